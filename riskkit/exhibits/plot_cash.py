"""The cash of the next 13 weeks with its intervals, beside what falls due; and how wrong past forecasts were."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from riskkit.exhibits.cash_words import backtest_finding, cash_finding, method_name, periods
from riskkit.exhibits.figure import Sheet, fit, line_height, make_sheet, text_width
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import FIGURE_SIZE, Mode, Size

_BANDS = ((0.95, 0.16), (0.8, 0.26), (0.5, 0.42))
_WIDTH = 0.62


def plot_cash_forecast(
    forecast: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size = FIGURE_SIZE,
    titled: bool = True,
) -> Figure:
    """Thirteen weeks: expected cash as a line across its 50, 80 and 95 % bands, what falls due as a diamond."""
    words = language_of(language)
    finding = cash_finding(forecast, language=language, currency=currency)
    weeks = periods(forecast, "week")
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    if weeks.empty or not float((weeks["base_amount"] + weeks["due_amount"]).sum()):
        return sheet.nothing(words.text("Nothing is open at this date: there is no cash to forecast."))
    axes = sheet.axes(0.62, 0.36, sheet.width - 0.1, sheet.top - 0.24)
    highest = float(weeks[["base_amount", "due_amount"]].to_numpy(dtype="float64").max())
    for level, strength in _BANDS:
        rows = periods(forecast, "week", level=level)
        low, high = rows["low_amount"].astype("float64"), rows["high_amount"].astype("float64")
        if low.notna().all():
            axes.bar(rows.index, high - low, bottom=low, width=_WIDTH, color=sheet.colours.accent, alpha=strength, lw=0)
            highest = max(highest, float(high.max()))
    base = weeks["base_amount"].astype("float64")
    axes.hlines(base, weeks.index - _WIDTH / 2, weeks.index + _WIDTH / 2, color=sheet.colours.accent, lw=2.4)
    due = weeks["due_amount"].astype("float64")
    axes.plot(weeks.index, due, "D", ms=4, mfc="none", mec=sheet.colours.contrast, mew=1.2, clip_on=False)
    axes.set_ylim(0, highest * 1.05)
    _frame_weeks(axes, sheet, words, weeks, currency)
    _legend(sheet, words, with_bands=bool(weeks["low_amount"].notna().all()))
    return sheet.figure


def plot_cash_backtest(
    summary: pd.DataFrame, *, language: str, mode: Mode = "light", size: Size = FIGURE_SIZE, titled: bool = True
) -> Figure:
    """Weekly error of each method on past dates with its interval, the smallest on top; the one used is bold."""
    words = language_of(language)
    finding = backtest_finding(summary, language=language)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    rows = summary[summary["weekly_wape_rate"].notna()].sort_values("weekly_wape_rate", ascending=False)
    if rows.empty:
        return sheet.nothing(
            words.text("No past date is far enough from the start of the ledger to test the forecast.")
        )
    names = [method_name(str(name), words) for name in rows["method"]]
    room = min(max(text_width(name, "small", True) for name in names), sheet.width * 0.46)
    axes = sheet.axes(room + 0.2, 0.12, sheet.width - 0.62, sheet.top - 0.22)
    colours = [sheet.colours.accent if chosen else sheet.colours.neutral for chosen in rows["is_chosen"]]
    places = list(range(len(rows)))
    values = rows["weekly_wape_rate"].astype("float64").tolist()
    axes.barh(places, values, height=0.6, color=colours, lw=0)
    axes.hlines(places, rows["low_rate"], rows["high_rate"], color=sheet.colours.ink, lw=1.0)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(0, max([*values, *rows["high_rate"].dropna().astype("float64").tolist()]) * 1.02)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    place = axes.get_position()
    for rank, (name, value, chosen) in enumerate(zip(names, values, rows["is_chosen"], strict=True)):
        middle = (place.y0 + place.height * (rank + 0.6) / len(rows)) * sheet.height - line_height("small") / 3
        sheet.write(0.06, middle, fit(name, room, size="small", bold=bool(chosen)), size="small", bold=bool(chosen))
        sheet.write(sheet.width - 0.06, middle, words.share(value), size="small", bold=bool(chosen), ha="right")
    said = words.text("weekly error: Σ |forecast − actual| ÷ Σ actual")
    sheet.write(
        0.06, sheet.top - 0.12, fit(said, sheet.width - 0.12, size="small"), size="small", colour=sheet.colours.quiet
    )
    return sheet.figure


def _frame_weeks(axes: Axes, sheet: Sheet, words: Language, weeks: pd.DataFrame, currency: str) -> None:
    axes.set_xlim(-0.6, len(weeks) - 0.4)
    dates = [f"{day:%d/%m}" for day in weeks["period_start"]]
    inches = sheet.width * axes.get_position().width / len(weeks)
    step = next(step for step in (1, 2, 3, 4, 6) if step * inches > text_width("00/00", "small") + 0.1 or step == 6)
    axes.set_xticks(list(range(0, len(weeks), step)), dates[::step], parse_math=False)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, min_n_ticks=2))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: words.compact_money(value * 100, currency=currency) if value else "0")
    )
    axes.grid(axis="y", color=sheet.colours.line, lw=0.6)
    axes.set_axisbelow(True)


def _legend(sheet: Sheet, words: Language, *, with_bands: bool) -> None:
    """What the signs mean, in one line under the title."""
    said = words.text("— expected, with its 50, 80 and 95 % bands") if with_bands else words.text("— on the due date")
    quiet, place = sheet.colours.quiet, sheet.top - 0.12
    sheet.write(0.06, place, said, size="small", colour=sheet.colours.accent)
    due = words.text("◇ falls due")
    if text_width(said, "small") + text_width(due, "small") + 0.3 < sheet.width:
        left = 0.06 + text_width(said, "small") + 0.15
        sheet.write(left, place, due, size="small", colour=sheet.colours.contrast if due else quiet)
