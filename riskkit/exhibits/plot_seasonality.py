"""Which months of the year depart from the others, and how surely."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from riskkit.exhibits.figure import make_sheet
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size

MONTHS = 12
LATENESS, UNPAID, SALES = "days_late_capped_days", "unpaid_after_30_days_share", "sales_amount"


def plot_seasonality(
    seasonality: pd.DataFrame,
    *,
    language: str,
    measure: str = LATENESS,
    mode: Mode = "light",
    size: Size = FIGURE_SIZE,
    titled: bool = True,
) -> Figure:
    """The effect of each calendar month on a measure (dot) and its interval (line); full where it excludes 0.

    From: seasonality (measure, calendar_month, effect, low, high, reason). One of the measures of that table.
    """
    words = language_of(language)
    rows = seasonality[seasonality["measure"] == measure].sort_values("calendar_month")
    known = rows[rows["effect"].notna()]
    finding = seasonality_finding(known, measure, words)
    size = size if len(known) >= MONTHS else (size[0], EMPTY_HEIGHT)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    if len(known) < MONTHS:
        return sheet.nothing(words.text("Two whole years are needed before the months of the year can be compared."))
    colours = sheet.colours
    axes = sheet.axes(0.56, 0.34, sheet.width - 0.1, sheet.top - 0.24)
    sheet.write(0.06, sheet.top - 0.12, _heading(measure, words), size="small", colour=colours.quiet)
    for _, row in known.iterrows():
        month = int(row["calendar_month"])
        sure = row["low"] > 0 or row["high"] < 0
        colour = colours.contrast if sure else colours.accent
        if math.isfinite(row["low"]) and math.isfinite(row["high"]):
            axes.plot([month, month], [row["low"], row["high"]], color=colour, lw=2, solid_capstyle="butt")
        face = colour if sure else colours.ground
        axes.plot([month], [row["effect"]], "o", ms=6, mfc=face, mec=colour, mew=1.5, zorder=4)
    axes.axhline(0, color=colours.ink, lw=1)
    axes.set_xlim(0.4, 12.6)
    letters = [words.date(dt.date(2024, month, 1), style="letter") for month in range(1, 13)]
    axes.set_xticks(range(1, 13), letters)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _signed(value, measure, words)))
    axes.grid(axis="y", color=colours.line, lw=0.6)
    axes.set_axisbelow(True)
    return sheet.figure


def seasonality_finding(known: pd.DataFrame, measure: str, words: Language) -> str:
    """The month that most surely departs from the year, or that none does."""
    if len(known) < MONTHS:
        return words.text("The months of the year cannot be compared yet")
    sure = known[(known["low"] > 0) | (known["high"] < 0)]
    if sure.empty:
        return words.text("No month of the year departs from the others beyond chance")
    top = sure.iloc[int(sure["effect"].abs().to_numpy().argmax())]
    month = words.date(dt.date(2024, int(top["calendar_month"]), 1), style="month").rpartition(" ")[0]
    ends = {name: _signed(float(top[name]), measure, words) for name in ("effect", "low", "high")}
    said = {
        LATENESS: words.text(
            "Due in {month}: {effect} days late against the year [{low}; {high}]", month=month, **ends
        ),
        UNPAID: words.text(
            "Due in {month}: {effect} points unpaid after 30 days against the year [{low}; {high}]", month=month, **ends
        ),
        SALES: words.text("Sales in {month}: {effect} against the mean month [{low}; {high}]", month=month, **ends),
    }
    return said[measure]


def _heading(measure: str, words: Language) -> str:
    return {
        LATENESS: words.text("days late (0 to 90), by month of the due date, less the year’s mean"),
        UNPAID: words.text("points unpaid 30 days after the due date, less the year’s mean"),
        SALES: words.text("sales against the mean month, %"),
    }.get(measure, measure)


def _signed(value: float, measure: str, words: Language) -> str:
    """An effect with its sign, in its unit: points and shares are hundredths."""
    scaled = value if measure == LATENESS else 100 * value
    shown = words.number(abs(scaled), digits=0 if abs(scaled) >= 10 or float(scaled).is_integer() else 1)
    sign = "+" if scaled > 0 else "−" if scaled < 0 else ""
    return f"{sign}{words.share(abs(value))}" if measure == SALES else f"{sign}{shown}"
