"""What the worklist brings, action by action, and where the day's capacity of calls ends."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from riskkit.exhibits.figure import fit, make_sheet, text_width
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size

FIRST = 20
"""Actions whose part of the whole the title says."""


def plot_worklist(
    dunning: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size = FIGURE_SIZE,
    titled: bool = True,
) -> Figure:
    """Cumulated expected gain over today's actions in our order with its band, against the order of amounts."""
    words = language_of(language)
    rows = gained_rows(dunning)
    finding = worklist_finding(dunning, language=language, currency=currency)
    size = size if len(rows) else (size[0], EMPTY_HEIGHT)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    if rows.empty:
        return sheet.nothing(words.text("No action is expected to bring in more than it costs today."))
    axes = sheet.axes(0.62, 0.4, sheet.width - 0.12, sheet.top - 0.26)
    count = np.arange(len(rows) + 1)
    low, base, high = (np.concatenate([[0.0], np.cumsum(rows[name])]) for name in ("low", "gain", "high"))
    by_amount = rows.sort_values("amount", ascending=False, kind="stable")["gain"]
    axes.fill_between(count, low, high, color=sheet.colours.accent, alpha=0.16, lw=0)
    axes.plot(count, base, color=sheet.colours.accent, lw=2)
    axes.plot(
        count, np.concatenate([[0.0], np.cumsum(by_amount)]), color=sheet.colours.contrast, lw=1.3, ls=(0, (4, 2))
    )
    axes.set(xlim=(0, len(rows)), ylim=(0, float(high[-1]) * 1.04))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, min_n_ticks=2))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: words.compact_money(value * 100, currency=currency) if value else "0")
    )
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.grid(axis="y", color=sheet.colours.line, lw=0.6)
    axes.set_axisbelow(True)
    place = axes.get_position()
    below = words.text("actions of the day, in order")
    sheet.write(sheet.width / 2, place.y0 * sheet.height - 0.33, below, size="small", colour=sheet.colours.quiet,
                ha="center")  # fmt: skip
    ours, other = words.text("— our order, with its interval"), words.text("- - largest amount first")
    sheet.write(0.06, sheet.top - 0.12, fit(ours, sheet.width - 0.12, size="small"), size="small",
                colour=sheet.colours.accent)  # fmt: skip
    if text_width(ours, "small") + text_width(other, "small") + 0.3 < sheet.width:
        sheet.write(0.21 + text_width(ours, "small"), sheet.top - 0.12, other, size="small",
                    colour=sheet.colours.contrast)  # fmt: skip
    return sheet.figure


def gained_rows(dunning: pd.DataFrame) -> pd.DataFrame:
    """Today's actions with an expected gain, best first: gain, low, high and amount in currency units."""
    kept = dunning[dunning["is_today"] & dunning["rank"].notna() & dunning["gain_amount"].notna()]
    kept = kept.sort_values("gain_amount", ascending=False, kind="stable")
    named = {"gain": "gain_amount", "low": "gain_low_amount", "high": "gain_high_amount", "amount": "amount"}
    return pd.DataFrame({name: kept[column].astype("float64") for name, column in named.items()})


def worklist_finding(dunning: pd.DataFrame, *, language: str, currency: str = "EUR") -> str:
    """What today's actions should bring, and which part the first ones make."""
    words = language_of(language)
    rows = gained_rows(dunning)
    whole = float(rows["gain"].sum())
    if rows.empty or whole <= 0:
        return words.text("Nothing to dun today with a gain that can be computed")
    first = min(FIRST, len(rows))
    return words.text(
        "Today's {count:action|actions} should bring {money} more; the first {first} make {share} of it",
        count=len(rows),
        money=words.compact_money(whole * 100, currency=currency),
        first=first,
        share=words.share(float(rows["gain"].head(first).sum()) / whole),
    )
