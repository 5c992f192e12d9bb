"""The company's place among four: few or many debtors, low or high receivables."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from riskkit.decisions.matrix import strategy
from riskkit.exhibits.figure import fit, line_height, make_sheet, wrap
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import FIGURE_SIZE, Mode, Size

_CELLS = (("high_few", 0, 1), ("high_many", 1, 1), ("low_few", 0, 0), ("low_many", 1, 0))


def matrix_finding(matrix: pd.DataFrame, *, language: str) -> str:
    """The cell of the company and its strategy, in one sentence."""
    return language_of(language).say(strategy(str(matrix["cell"].iloc[0]))).partition(". ")[0].rstrip(".")


def plot_matrix(
    matrix: pd.DataFrame, *, language: str, mode: Mode = "light", size: Size = FIGURE_SIZE, titled: bool = True
) -> Figure:
    """Four cells with their strategies; the company's is in colour, its DSO and number of debtors a dot in it.

    From: `receivables_matrix` of a run, placed. Distances are ratios to the thresholds, up to four times either way.
    """
    words, row = language_of(language), matrix.iloc[0]
    finding = matrix_finding(matrix, language=language)
    where = words.text(
        "DSO of {dso} (high from {high}); {number:equal debtor|equal debtors} (many from {many}).",
        dso=words.days(float(row["receivables_days"])), high=words.days(float(row["high_receivables_days"])),
        number=round(float(row["effective_number"])), many=round(float(row["many_customers_number"])),
    )  # fmt: skip
    sheet = make_sheet(finding, where, size=size, mode=mode, titled=titled)
    left, bottom, right, top = 0.1, 0.3, sheet.width - 0.1, sheet.top - 0.22
    axes = sheet.axes(left, bottom, right, top)
    axes.set(xlim=(0, 2), ylim=(0, 2), xticks=[], yticks=[])
    axes.spines["bottom"].set_visible(False)
    wide, high = (right - left) / 2, (top - bottom) / 2
    for cell, across, up in _CELLS:
        own = cell == str(row["cell"])
        axes.add_patch(_square(across, up, sheet.colours.accent if own else sheet.colours.raised))
        said = words.say(strategy(cell)).partition(". ")[0].rstrip(".")
        lines = wrap(said, wide * 0.62, bold=own, lines=3)
        ink = sheet.colours.accent_ink if own else sheet.colours.quiet
        place = bottom + 2 * high - 0.1 if up else bottom + 0.1 + len(lines) * line_height("label")
        edge = right - 0.12 if across else left + 0.12
        for line in lines:  # in the outer corner: the dot is nearer to the middle
            place -= line_height("label")
            sheet.write(edge, place + 0.04, line, colour=ink, bold=own, ha="right" if across else "left")
    x, y = (
        1 + max(min(math.log(max(float(row[value]), 1e-9) / float(row[limit]), 4), 0.93), -0.93)
        for value, limit in (
            ("effective_number", "many_customers_number"),
            ("receivables_days", "high_receivables_days"),
        )
    )
    axes.plot([x], [y], "o", ms=8, mfc=sheet.colours.contrast, mec=sheet.colours.ground, mew=1.4)
    quiet = sheet.colours.quiet
    sheet.write(left, sheet.top - 0.14, fit(words.text("↑ DSO"), wide, size="small"), size="small", colour=quiet)
    sheet.write(right, 0.1, fit(words.text("debtors →"), wide, size="small"), size="small", colour=quiet, ha="right")
    sheet.write(left, 0.1, fit(where, sheet.width - 1.1, size="small"), size="small", colour=quiet)
    return sheet.figure


def _square(across: int, up: int, colour: str) -> Rectangle:
    return Rectangle((across + 0.01, up + 0.015), 0.98, 0.97, color=colour, lw=0)
