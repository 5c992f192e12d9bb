"""How much is overdue, month after month: the share of receivables, and the euros."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from riskkit.exhibits.figure import make_sheet
from riskkit.exhibits.findings import overdue_finding
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.measure_words import measure_label, show_measure
from riskkit.exhibits.plot_dso import MONTHS, day_number, day_numbers, frame_history, frame_values, value_place
from riskkit.exhibits.run_tables import measure_series
from riskkit.exhibits.theme import BUCKET_COLOURS, FIGURE_SIZE, Mode, Size


def plot_overdue_history(
    measures: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size = FIGURE_SIZE,
    titled: bool = True,
) -> Figure:
    """The overdue share as a line above the overdue amount as columns, over the last three years."""
    words = language_of(language)
    share = measure_series(measures, "overdue_share", months=MONTHS)
    amount = measure_series(measures, "overdue_amount", months=MONTHS)
    finding = overdue_finding(measures, language=language)
    values_now = "; ".join(
        f"{measure_label(name, language)}: {show_measure(name, float(values.iloc[-1]), language, currency=currency)}"
        for name, values in (("overdue_share", share), ("overdue_amount", amount))
        if len(values)
    )
    sheet = make_sheet(finding, values_now or finding, size=size, mode=mode, titled=titled)
    if len(share) < 2 or len(amount) < 2:
        return sheet.nothing(words.text("No history to draw yet: one date is known. {values}", values=values_now))
    days = pd.DatetimeIndex(np.concatenate([share.index, amount.index]).astype("M8[us]"))
    left, right, middle = 0.62, sheet.width - 0.62, 0.34 + (sheet.top - 0.34) * 0.46
    above = sheet.axes(left, middle + 0.12, right, sheet.top - 0.24)
    above.plot(day_numbers(share.index), share, color=sheet.colours.accent, lw=2.2)
    above.plot(day_numbers(share.index[-1:]), share.iloc[-1:], "o", ms=3.6, color=sheet.colours.accent, clip_on=False)
    frame_history(above, sheet, words, days)
    above.set_xticks([])
    frame_values(above, share, room=1.15)
    above.yaxis.set_major_locator(MaxNLocator(nbins=3))
    above.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.share(value)))
    below = sheet.axes(left, 0.34, right, middle - 0.18)
    below.bar(day_numbers(amount.index), amount, width=21, color=BUCKET_COLOURS["d31_60"], lw=0, align="center")
    frame_history(below, sheet, words, days)
    for axes in (above, below):
        axes.set_xlim(day_number(days.min()) - 14, day_number(days.max()) + 14)
    frame_values(below, amount, room=1.15)
    below.yaxis.set_major_locator(MaxNLocator(nbins=3))
    below.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: words.compact_money(value * 100, currency=currency) if value else "0")
    )
    quiet = sheet.colours.quiet
    sheet.write(0.06, sheet.top - 0.13, words.text("overdue, share of net receivables"), size="small", colour=quiet)
    sheet.write(0.06, middle - 0.1, words.text("overdue, {currency}", currency=currency), size="small", colour=quiet)
    for axes, shown, value in (
        (above, words.share(float(share.iloc[-1]), digits=1), float(share.iloc[-1])),
        (below, words.compact_money(float(amount.iloc[-1]) * 100, currency=currency), float(amount.iloc[-1])),
    ):
        sheet.write(right + 0.08, value_place(axes, sheet, value), shown, size="small", bold=True, va="center")
    return sheet.figure
