"""Rows of shaded cells with their numbers: one ramp that darkens, so that a black and white print reads the same."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle

from riskkit.exhibits.figure import Sheet, fit, line_height, text_width, wrap
from riskkit.exhibits.language import Language
from riskkit.exhibits.theme import bucket_bounds, ink_on

_RAMP = LinearSegmentedColormap.from_list("heat", ["#eef3f7", "#9cc4d6", "#2f7d9f", "#0a3c55"])
ROW = 0.3  # inches
HEAD = 2 * line_height("small") + 0.08


def short_bucket(code: str, words: Language) -> tuple[str, str]:
    """A bucket's name in two short lines, for the head of a narrow column."""
    first, last = bucket_bounds(code)
    if first is None:
        named = {
            "not_due": words.text("not|due"),
            "settled": words.text("paid in|full"),
            "written_off": words.text("written|off"),
        }.get(code, words.text("no|date"))
    elif last is None:
        named = f">|{first - 1}"
    else:
        named = f"{first}–|{last}"
    above, _, below = named.partition("|")
    return above, below


def draw_cells(
    sheet: Sheet,
    shares: Sequence[Sequence[float]],
    *,
    rows: Sequence[str],
    heads: Sequence[tuple[str, str]],
    ends: Sequence[str],
    words: Language,
    top: float,
    bold: Sequence[bool] | None = None,
) -> None:
    """The cells from `top` (inches) down: row names on the left, heads above, what ends each row on the right.

    `shares` are of 1 and written as whole percentages; a missing one stays blank.
    """
    marked = bold or [False] * len(rows)
    names = min(
        max(text_width(name, "small", mark) for name, mark in zip(rows, marked, strict=True)), sheet.width * 0.31
    )
    left = 0.06 + names + 0.1
    right = sheet.width - max((text_width(end, "small") for end in ends), default=0.0) - 0.14
    width = (right - left) / max(len(heads), 1)
    for rank, lines in enumerate(heads):
        for number, line in enumerate(lines):
            place = top - (number + 1) * line_height("small") + 0.03
            middle = left + (rank + 0.5) * width
            shown = fit(line, width + 0.05, size="small")
            sheet.write(middle, place, shown, size="small", colour=sheet.colours.quiet, ha="center")
    step = min(ROW, (top - HEAD - 0.06) / max(len(rows), 1))
    for rank, name in enumerate(rows):
        middle = top - HEAD - (rank + 0.5) * step
        _write_row_name(sheet, name, left - 0.08, middle, room=names, step=step, bold=marked[rank])
        for place, share in enumerate(shares[rank]):
            if math.isfinite(share):
                _draw_cell(sheet, left + place * width, middle - step / 2, width, step, share, words)
        sheet.write(right + 0.08, middle, ends[rank], size="small", va="center", bold=marked[rank])


def _write_row_name(
    sheet: Sheet, name: str, right: float, middle: float, *, room: float, step: float, bold: bool
) -> None:
    tight = line_height("small") * 0.86
    count = 2 if step >= 2 * tight else 1
    lines = wrap(name, room, size="small", bold=bold, lines=count)
    for number, line in enumerate(lines):
        place = middle + (len(lines) / 2 - number - 0.5) * tight
        sheet.write(right, place, line, size="small", ha="right", va="center", bold=bold)


def _draw_cell(
    sheet: Sheet, left: float, bottom: float, width: float, height: float, share: float, words: Language
) -> None:
    colour = to_hex(_RAMP(min(max(share, 0.0), 1.0) ** 0.7))
    sheet.figure.add_artist(
        Rectangle(
            ((left + 0.01) / sheet.width, (bottom + 0.01) / sheet.height),
            (width - 0.02) / sheet.width,
            (height - 0.02) / sheet.height,
            facecolor=colour,
            linewidth=0,
            transform=sheet.figure.transFigure,
        )
    )
    shown = words.number(100 * share, digits=0)
    middle = (left + width / 2, bottom + height / 2)
    sheet.write(*middle, shown, size="small", colour=ink_on(colour), ha="center", va="center")
