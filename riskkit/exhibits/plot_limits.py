"""Credit limits: what each customer uses of its own, and who is over."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from riskkit.exhibits.figure import fit, make_sheet, text_width
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import EMPTY_HEIGHT, Mode, Size

LIMITS_SIZE: Size = (4.0, 2.9)
_LEAST = 100.0


def plot_limits(
    limits: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size = LIMITS_SIZE,
    titled: bool = True,
) -> Figure:
    """Net exposure against limit on log scales, the diagonal where a limit is full; a limit of zero is at the left."""
    words = language_of(language)
    finding = limits_finding(limits, language=language, currency=currency)
    rows = _shown(limits)
    size = size if len(rows) else (size[0], EMPTY_HEIGHT)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    if rows.empty:
        return sheet.nothing(words.text("No customer has a limit in use."))
    axes = sheet.axes(0.66, 0.44, sheet.width - 0.12, sheet.top - 0.26)
    highest = float(rows[["limit", "net"]].to_numpy().max()) * 1.5
    for is_over, colour, alpha in ((False, sheet.colours.accent, 0.5), (True, sheet.colours.bad, 0.75)):
        part = rows[rows["over"] == is_over]
        axes.plot(part["limit"], part["net"], "^" if is_over else "o", ms=3.2, color=colour, alpha=alpha, mew=0)
    axes.plot([_LEAST, highest], [_LEAST, highest], color=sheet.colours.quiet, lw=1)
    axes.set(xscale="log", yscale="log", xlim=(_LEAST * 0.8, highest), ylim=(_LEAST * 0.8, highest))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(base=10))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: words.compact_money(value * 100, currency=currency)))
    axes.grid(color=sheet.colours.line, lw=0.5)
    axes.set_axisbelow(True)
    quiet = sheet.colours.quiet
    below = words.text("limit in force, or proposed (100: 100 and less)")
    sheet.write(sheet.width / 2, 0.1, fit(below, sheet.width - 0.12, size="small"), size="small", colour=quiet,
                ha="center")  # fmt: skip
    over, within = words.text("▲ over the limit"), words.text("● within it; up: net exposure")
    sheet.write(0.06, sheet.top - 0.12, over, size="small", colour=sheet.colours.bad)
    sheet.write(0.2 + text_width(over, "small"), sheet.top - 0.12,
                fit(within, sheet.width - 0.3 - text_width(over, "small"), size="small"), size="small",
                colour=sheet.colours.accent)  # fmt: skip
    return sheet.figure


def _shown(limits: pd.DataFrame) -> pd.DataFrame:
    """Customers with a limit and something at stake: limit, net and over, in currency units, both at least `_LEAST`."""
    limit = limits["current_limit_amount"].astype("float64").fillna(limits["limit_amount"].astype("float64"))
    net = limits["net_exposure_amount"].astype("float64")
    over = limits["over_limit_amount"].astype("float64") > 0
    table = pd.DataFrame({"limit": limit.clip(lower=_LEAST), "net": net.clip(lower=_LEAST), "over": over})
    return table[limit.notna() & (net > 0)]


def limits_finding(limits: pd.DataFrame, *, language: str, currency: str = "EUR") -> str:
    """How many customers are over their limit, and by how much."""
    words = language_of(language)
    over = limits["over_limit_amount"].astype("float64")
    count = int((over > 0).sum())
    if not count:
        return words.text("No customer is over its credit limit")
    return words.text(
        "{count:customer is|customers are} over {count:?its|their} limit, by {money} in all; {red} of it on high risks",
        count=count,
        money=words.compact_money(float(over.sum()) * 100, currency=currency),
        red=words.share(float(over[limits["risk_level"] == "high"].sum() / over.sum())),
    )
