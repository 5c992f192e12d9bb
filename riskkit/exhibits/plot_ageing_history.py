"""How old the open items were, month after month."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from riskkit.exhibits.figure import make_sheet
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.plot_debtors import draw_bucket_legend
from riskkit.exhibits.plot_dso import MONTHS, day_numbers, frame_history
from riskkit.exhibits.theme import BUCKET_EDGE, FIGURE_SIZE, Mode, Size, bucket_bounds, bucket_colours, sort_buckets

OLD_DAYS = 90


def plot_ageing_history(
    history: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size = (FIGURE_SIZE[0], 2.9),
    titled: bool = True,
) -> Figure:
    """Open items at each month end, cut by age, the oldest at the bottom, over the last three years.

    From: history (as_of, one `<bucket>_amount` a bucket), one row per date, oldest first.
    """
    words = language_of(language)
    shown = history.tail(MONTHS)
    codes = sort_buckets(name.removesuffix("_amount") for name in history.columns if name.endswith("_amount"))
    codes = [code for code in codes if round(float(shown[f"{code}_amount"].abs().sum()), 2)]
    finding = ageing_history_finding(shown, codes, words, currency=currency)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    if len(shown) < 2 or not codes:
        return sheet.nothing(words.text("There is no history to draw: one date is known."))
    top = draw_bucket_legend(sheet, codes, language)
    axes = sheet.axes(0.62, 0.34, sheet.width - 0.32, top - 0.22)
    sheet.write(0.06, top - 0.14, words.text("open items, {currency}", currency=currency), size="small",
                colour=sheet.colours.quiet)  # fmt: skip
    days = pd.DatetimeIndex(shown["as_of"])
    stacked = [np.maximum(shown[f"{code}_amount"].to_numpy(dtype="float64"), 0) for code in codes[::-1]]
    colours = bucket_colours(codes)
    axes.stackplot(
        day_numbers(days), stacked, colors=[colours[code] for code in codes[::-1]], edgecolor=BUCKET_EDGE, linewidth=0.5
    )
    frame_history(axes, sheet, words, days)
    axes.set_ylim(0, float(np.sum(stacked, axis=0).max()) * 1.06 or 1.0)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: words.compact_money(value * 100, currency=currency) if value else "0")
    )
    return sheet.figure


def ageing_history_finding(history: pd.DataFrame, codes: list[str], words: Language, *, currency: str) -> str:
    """How the money that is late for long moved over a year."""
    old = [f"{code}_amount" for code in codes if (bucket_bounds(code)[0] or 0) > OLD_DAYS]
    if history.empty or not old:
        return words.text("Nothing is late for more than {days} days", days=OLD_DAYS)
    amounts = history[old].sum(axis=1)
    now = words.compact_money(float(amounts.iloc[-1]) * 100, currency=currency)
    if len(amounts) < 13:
        return words.text("{now} late for more than {days} days", now=now, days=OLD_DAYS)
    then = words.compact_money(float(amounts.iloc[-13]) * 100, currency=currency)
    return words.text("{now} late for more than {days} days, {then} a year ago", now=now, then=then, days=OLD_DAYS)
