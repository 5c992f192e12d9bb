"""What falls due when: what already has, and the thirteen weeks to come."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from riskkit.exhibits.figure import make_sheet, text_width
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import FIGURE_SIZE, Mode, Size

WEEKS = 13


def plot_dues(
    dues: pd.DataFrame,
    *,
    as_of: dt.date,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size = FIGURE_SIZE,
    titled: bool = True,
) -> Figure:
    """Open items by week of their due date: one hatched bar for what is overdue, then thirteen weeks, then the rest.

    From: dues (due_date, open_amount), one row an item or a day; undated ones are not drawn, and the title says how
    much they are. Weeks count seven days from the day after `as_of`; what is due on `as_of` is in the first.
    """
    words = language_of(language)
    late, weeks, later = week_amounts(dues, as_of=as_of)
    undated = float(dues.loc[dues["due_date"].isna(), "open_amount"].sum())
    finding = dues_finding(late, weeks, words, currency=currency)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    amounts = [late, *weeks, later]
    if max(amounts) <= 0:
        return sheet.nothing(words.text("Nothing is open at this date."))
    heading = words.text("open items by due date, {currency}", currency=currency)
    if undated > 0:
        told = words.compact_money(undated * 100, currency=currency)
        heading = words.text("open items by due date; {amount} without one", amount=told)
    sheet.write(0.06, sheet.top - 0.12, heading, size="small", colour=sheet.colours.quiet)
    axes = sheet.axes(0.62, 0.36, sheet.width - 0.1, sheet.top - 0.24)
    places = [0.0, *[1.5 + week for week in range(WEEKS)], WEEKS + 2.0]
    colours = [sheet.colours.contrast, *[sheet.colours.accent] * WEEKS, sheet.colours.neutral]
    bars = axes.bar(places, amounts, width=0.82, color=colours, lw=0)
    bars[0].set(hatch="///", edgecolor=sheet.colours.ground)
    axes.set(xlim=(-0.7, WEEKS + 2.7), ylim=(0, max(amounts) * 1.08))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: words.compact_money(value * 100, currency=currency) if value else "0")
    )
    axes.grid(axis="y", color=sheet.colours.line, lw=0.6)
    axes.set_axisbelow(True)
    marks = {places[0]: words.text("overdue"), places[-1]: words.text("later")}
    width = sheet.width * axes.get_position().width / (WEEKS + 3.4)
    step = 3 if width * 3 > text_width(words.date(dt.date(2024, 9, 28), style="day"), "small") + 0.08 else 6
    for week in range(2, WEEKS - 1, step):
        marks[places[1 + week]] = words.date(as_of + dt.timedelta(days=7 * week + 1), style="day")
    axes.set_xticks(list(marks), list(marks.values()), parse_math=False)
    return sheet.figure


def week_amounts(dues: pd.DataFrame, *, as_of: dt.date) -> tuple[float, list[float], float]:
    """Euros overdue, of each of the weeks to come, and after them."""
    dated = dues.dropna(subset=["due_date"])
    days = (dated["due_date"] - pd.Timestamp(as_of)).dt.days
    amounts = dated["open_amount"].astype("float64")
    weeks = [
        float(amounts[(days > 7 * week if week else days >= 0) & (days <= 7 * week + 7)].sum()) for week in range(WEEKS)
    ]
    return float(amounts[days < 0].sum()), weeks, float(amounts[days > 7 * WEEKS].sum())


def dues_finding(late: float, weeks: list[float], words: Language, *, currency: str) -> str:
    """What falls due in four weeks, and what already has."""
    soon = words.compact_money(sum(weeks[:4]) * 100, currency=currency)
    overdue = words.compact_money(late * 100, currency=currency)
    return words.text("{soon} fall due within four weeks; {overdue} are overdue already", soon=soon, overdue=overdue)
