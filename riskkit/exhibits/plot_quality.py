"""How much money the findings on the files concern: one bar a finding, coloured by severity."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.figure import Sheet, line_height, make_sheet, text_width, wrap
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.plot_ageing import draw_part
from riskkit.exhibits.quality_words import quality_amount, quality_finding, say_packed, severity_name
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Palette, Size
from riskkit.sources.quality_tables import SEVERITIES

_ROW = 0.36  # inches a finding: two lines of text
SMALL_SHARE = 0.01


def plot_quality(
    quality: pd.DataFrame,
    grades: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    count: int = 8,
    mode: Mode = "light",
    size: Size | None = None,
    titled: bool = True,
) -> Figure:
    """The findings that weigh on grades, largest money first; the amount and its share at the end of the bar.

    From: quality and grades of one report. The title states the overall grade and its main reason.
    """
    words = language_of(language)
    graded = quality[quality["is_graded"].astype(bool)] if len(quality) else quality
    rows = graded.assign(shown=quality_amount(graded)) if len(graded) else graded.assign(shown=[])
    rows = rows[rows["shown"] > 0].sort_values("shown", ascending=False, kind="stable")
    left_out = max(0, len(rows) - count)
    rows = rows.head(count)
    finding = quality_finding(quality, grades, language=language)
    labels = [say_packed(text, language) for text in rows["label"]]
    ends = []
    for _, row in rows.iterrows():
        share = float(row["share_of_amount"])
        money = words.compact_money(float(row["shown"]) * 100, currency=currency)
        shown = words.share(share) if share >= SMALL_SHARE or share == 0 else f"< {words.share(SMALL_SHARE)}"
        ends.append(money if math.isnan(share) else f"{money} · {shown}")
    description = "; ".join(f"{label}: {end}" for label, end in zip(labels, ends, strict=True))
    height = max(1.7, 1.15 + _ROW * len(labels)) if labels else EMPTY_HEIGHT
    sheet = make_sheet(finding, description or finding, size=size or (FIGURE_SIZE[0], height), mode=mode, titled=titled)
    if not labels:
        return sheet.nothing(words.text("No finding concerns any money."))
    severities = rows["severity"].astype(str).to_list()
    top = _draw_legend(sheet, [code for code in SEVERITIES if code in severities], language) - 0.06
    bottom = 0.24 if left_out else 0.06
    _draw_bars(sheet, labels, ends, rows["shown"].to_list(), severities, top=top, bottom=bottom)
    if left_out:
        others = words.text("Findings left out here, in the table of the run: {count}", count=left_out)
        sheet.write(0.06, 0.06, others, size="small", colour=sheet.colours.quiet)
    return sheet.figure


def severity_colours(colours: Palette) -> dict[str, str]:
    """The colour of each severity."""
    return {"blocking": colours.bad, "important": colours.contrast, "minor": colours.neutral}


def _draw_bars(
    sheet: Sheet,
    labels: list[str],
    ends: list[str],
    amounts: list[float],
    severities: list[str],
    *,
    top: float,
    bottom: float,
) -> None:
    colours = severity_colours(sheet.colours)
    room = min(max(text_width(label) for label in labels), sheet.width * 0.46)
    left = room + 0.18
    right = sheet.width - max(text_width(end, "small", True) for end in ends) - 0.16
    step = min(0.42, (top - bottom) / len(labels))
    leading = line_height("label") * 0.9
    for rank, (label, end, amount, severity) in enumerate(zip(labels, ends, amounts, severities, strict=True)):
        middle = top - (rank + 0.5) * step
        lines = wrap(label, room, lines=2)
        for number, line in enumerate(lines):
            place = middle + (len(lines) / 2 - number - 0.5) * leading
            sheet.write(left - 0.1, place, line, ha="right", va="center")
        width = max(0.015, (right - left) * amount / amounts[0])
        draw_part(sheet, left, middle - step * 0.26, width, step * 0.52, colour=colours[severity], edge=False)
        sheet.write(left + width + 0.07, middle, end, size="small", bold=True, va="center")


def _draw_legend(sheet: Sheet, severities: list[str], language: str) -> float:
    """What the colours mean; the place under it, in inches."""
    colours = severity_colours(sheet.colours)
    x, y = 0.06, sheet.top - 0.13
    for severity in severities:
        label = severity_name(severity, language)
        draw_part(sheet, x, y - 0.01, 0.11, 0.11, colour=colours[severity], edge=False)
        sheet.write(x + 0.17, y, label, size="small", colour=sheet.colours.quiet)
        x += 0.17 + text_width(label, "small") + 0.16
    words = language_of(language)
    explained = words.text("money concerned and its share")
    if x + text_width(explained, "small") < sheet.width - 0.06:
        sheet.write(x + 0.02, y, explained, size="small", colour=sheet.colours.quiet)
    return y - 0.04
