"""How fast each month's billing is collected."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from riskkit.exhibits.figure import make_sheet, text_width
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.plot_dso import spread
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size

MONTHS_SINCE, SHOWN, COMPARED = 9, 24, 6


def plot_cohorts(
    cohorts: pd.DataFrame, *, language: str, mode: Mode = "light", size: Size = FIGURE_SIZE, titled: bool = True
) -> Figure:
    """Part collected of each month's billing by months since, the last six months apart from those a year before.

    From: cohorts (billing_month, months_since, is_complete, billed_amount, credited_amount, collected_amount,
    collected_share). Months not ended are left out. Thick lines are the euros of six months together.
    """
    words = language_of(language)
    known = cohorts[cohorts["is_complete"].astype(bool) & (cohorts["months_since"] <= MONTHS_SINCE)]
    recent, before = _pooled(known, skip=0), _pooled(known, skip=12)
    finding = cohorts_finding(recent, before, words)
    size = size if len(recent) >= 2 else (size[0], EMPTY_HEIGHT)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    if len(recent) < 2:
        return sheet.nothing(words.text("There is too little history: no month of billing has a whole month after it."))
    colours = sheet.colours
    named = {"recent": words.text("last 6 months"), "before": words.text("a year before")}
    room = max(text_width(name, "small", True) for name in named.values())
    axes = sheet.axes(0.5, 0.36, sheet.width - room - 0.2, sheet.top - 0.24)
    heading = words.text("collected, share of the billing of a month")
    sheet.write(0.06, sheet.top - 0.12, heading, size="small", colour=colours.quiet)
    months = sorted(known["billing_month"].unique())[-SHOWN:]
    for month in months:
        curve = known[known["billing_month"] == month].sort_values("months_since")
        axes.plot(curve["months_since"], curve["collected_share"], color=colours.line, lw=0.9)
    ends = {}
    for name, curve, colour, dashes in (
        ("before", before, colours.neutral, (0, (4, 1.6))),
        ("recent", recent, colours.accent, "-"),
    ):
        if len(curve):
            axes.plot(curve.index, curve, color=colour, lw=2.2, ls=dashes)
            ends[name] = (float(curve.iloc[-1]), colour)
    axes.set(xlim=(0, MONTHS_SINCE), ylim=(0, 1.02))
    axes.set_xticks(range(0, MONTHS_SINCE + 1, 3))
    axes.set_yticks([0, 0.5, 1.0])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.share(value)))
    axes.grid(axis="y", color=colours.line, lw=0.6)
    axes.set_axisbelow(True)
    place = axes.get_position()
    below = words.text("months since the month of issue")
    middle = (place.x0 + place.width / 2) * sheet.width
    sheet.write(middle, place.y0 * sheet.height - 0.31, below, size="small", colour=colours.quiet, ha="center")
    ordered = sorted(ends, key=lambda name: ends[name][0])
    wanted = [(place.y0 + place.height * ends[name][0] / 1.02) * sheet.height for name in ordered]
    top = (place.y0 + place.height) * sheet.height
    for name, y in zip(ordered, spread(wanted, gap=0.17, low=place.y0 * sheet.height, high=top), strict=True):
        where = (place.x0 + place.width) * sheet.width + 0.08
        sheet.write(where, y, named[name], size="small", bold=True, colour=ends[name][1], va="center")
    return sheet.figure


def cohorts_finding(recent: pd.Series, before: pd.Series, words: Language) -> str:
    """How much is collected two months after the month of issue, and a year before."""
    if 2 not in recent.index:
        return words.text("The billing is too recent to say how fast it is collected")
    now = words.share(float(recent[2]))
    if 2 not in before.index:
        return words.text("{now} of a month’s billing is collected two months later", now=now)
    then = words.share(float(before[2]))
    return words.text(
        "{now} of a month’s billing is collected two months later; {then} a year before", now=now, then=then
    )


def _pooled(known: pd.DataFrame, *, skip: int) -> pd.Series:
    """Collected ÷ (billed − credited) of six months of billing together, by months since; the last `skip` left out.

    Each point is over the six latest months that have reached it.
    """
    points = {}
    for since, rows in known.groupby("months_since"):
        kept = rows.sort_values("billing_month").iloc[: len(rows) - skip].tail(COMPARED)
        due = float((kept["billed_amount"] - kept["credited_amount"]).sum())
        if len(kept) == COMPARED and due > 0:
            points[int(str(since))] = float(kept["collected_amount"].sum()) / due
    return pd.Series(points, dtype="float64")
