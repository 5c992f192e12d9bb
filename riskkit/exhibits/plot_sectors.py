"""Which sectors are behind the overdue money: their part of it against their part of the open items."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from riskkit.exhibits.figure import Sheet, line_height, make_sheet, text_width, wrap
from riskkit.exhibits.findings import SECTOR_UNKNOWN, nothing_overdue_text, sector_rows, sectors_finding, sectors_known
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size

_ROW = 0.33  # inches a sector: two lines of text


def plot_sectors(
    sectors: pd.DataFrame,
    *,
    language: str,
    count: int = 8,
    level: str | None = None,
    mode: Mode = "light",
    size: Size | None = None,
    titled: bool = True,
) -> Figure:
    """Part of the overdue money (dot, with its interval) against part of the open items (bar across) by sector.

    From: sectors (level, code, label, overdue_share with low and high, exposure_share, is_finding). A sector that is
    a finding is drawn in the contrast colour and its name in bold.
    """
    words = language_of(language)
    rows = sector_rows(sectors, level=level)
    left_out = max(0, len(rows) - count)
    rows = rows.head(count)
    finding = sectors_finding(sectors, language=language)
    labels = [sector_label(row, words) for _, row in rows.iterrows()]
    description = "; ".join(
        words.text(
            "{sector}: {overdue} of the overdue money, {exposure} of the open items",
            sector=label,
            overdue=words.share(float(row["overdue_share"])),
            exposure=words.share(float(row["exposure_share"])),
        )
        for label, (_, row) in zip(labels, rows.iterrows(), strict=True)
    )
    height = max(2.2, 1.3 + _ROW * len(labels)) if sectors_known(sectors) else EMPTY_HEIGHT
    sheet = make_sheet(finding, description or finding, size=size or (FIGURE_SIZE[0], height), mode=mode, titled=titled)
    if not sectors_known(sectors):
        return sheet.nothing(sector_unknown_text(words))
    if not rows["overdue_share"].notna().any():
        return sheet.nothing(nothing_overdue_text(sectors, words))
    label_room = min(max(text_width(label, bold=True) for label in labels), sheet.width * 0.42)
    top = _draw_key(sheet, words) - 0.06
    axes = sheet.axes(label_room + 0.2, 0.56 if left_out else 0.38, sheet.width - 0.5, top)
    _draw_rows(axes, sheet, rows, words)
    _write_labels(axes, sheet, rows, labels, words)
    place = axes.get_position()
    below = place.y0 * sheet.height - 0.31
    quiet = sheet.colours.quiet
    sheet.write(place.x0 * sheet.width, below, words.text("share of the total, %"), size="small", colour=quiet)
    if left_out:
        others = words.text("Sectors left out here, in the table of the run: {count}", count=left_out)
        sheet.write(0.06, 0.06, others, size="small", colour=quiet)
    return sheet.figure


def sector_label(row: pd.Series, words: Language) -> str:
    """The name of a sector; customers whose sector is not known are a class of their own."""
    return words.text("Sector not known") if row["code"] == SECTOR_UNKNOWN else str(row["label"])


def sector_unknown_text(words: Language) -> str:
    """What to do when no customer's sector is known."""
    return words.text(
        "The sector of the customers is not known, so overdue money cannot be explained by sector. Add a column with "
        "the NAF code or the SIREN to the list of customers and run again."
    )


def _draw_rows(axes: Axes, sheet: Sheet, rows: pd.DataFrame, words: Language) -> None:
    colours = sheet.colours
    highest = float(rows[["overdue_share", "overdue_share_high", "exposure_share"]].max().max())
    axes.set_xlim(0, highest * 1.04 or 1)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(axis="x", color=colours.line, lw=0.6)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value * 100, digits=0)))
    for rank, (_, row) in enumerate(rows.iterrows()):
        colour = colours.contrast if bool(row["is_finding"]) else colours.accent
        low, high, share = (float(row[f"overdue_share{part}"]) for part in ("_low", "_high", ""))
        if math.isfinite(low) and math.isfinite(high):
            axes.plot([low, high], [rank, rank], color=colour, lw=3.2, alpha=0.32, solid_capstyle="butt")
        axes.plot([share], [rank], "o", ms=6.5, color=colour, clip_on=False, zorder=4)
        exposure = float(row["exposure_share"])
        axes.plot([exposure, exposure], [rank - 0.3, rank + 0.3], color=colours.ink, lw=1.8, zorder=5)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _write_labels(axes: Axes, sheet: Sheet, rows: pd.DataFrame, labels: list[str], words: Language) -> None:
    place = axes.get_position()
    room = place.x0 * sheet.width - 0.18
    bottom, height = place.y0 * sheet.height, place.height * sheet.height
    words_right = (place.x0 + place.width) * sheet.width + 0.1
    for rank, (label, (_, row)) in enumerate(zip(labels, rows.iterrows(), strict=True)):
        middle = bottom + height * (1 - (rank + 0.5) / len(labels))
        found = bool(row["is_finding"])
        lines = wrap(label, room, bold=found, lines=2)
        for number, line in enumerate(lines):
            place_y = middle + (len(lines) / 2 - number - 0.5) * line_height("label") * 0.9
            sheet.write(place.x0 * sheet.width - 0.12, place_y, line, ha="right", va="center", bold=found)
        lift = float(row["lift"])
        if math.isfinite(lift):
            shown = f"× {words.number(lift)}"
            sheet.write(words_right, middle, shown, size="small", va="center", bold=found)


def _draw_key(sheet: Sheet, words: Language) -> float:
    """What the marks mean, in one or two lines; the place under it."""
    entries = (
        (words.text("share of overdue and its interval"), "dot"),
        (words.text("share of open items"), "tick"),
        (words.text("one over the other"), "times"),
    )
    x, y = 0.06, sheet.top - 0.13
    quiet = sheet.colours.quiet
    layer = sheet.axes(0, 0, sheet.width, sheet.height)
    layer.set_axis_off()
    layer.set(xlim=(0, sheet.width), ylim=(0, sheet.height))
    for text, mark in entries:
        width = 0.34 + text_width(text, "small") + 0.2
        if x > 0.06 and x + width - 0.2 > sheet.width:
            x, y = 0.06, y - 0.18
        middle = y + 0.035
        if mark == "dot":
            layer.plot([x, x + 0.26], [middle, middle], color=sheet.colours.accent, lw=3.2, alpha=0.32)
            layer.plot([x + 0.13], [middle], "o", ms=5.5, color=sheet.colours.accent)
        elif mark == "times":
            sheet.write(x + 0.2, middle, "×", size="small", ha="center", va="center")
        else:
            layer.plot([x + 0.2, x + 0.2], [middle - 0.06, middle + 0.06], color=sheet.colours.ink, lw=1.8)
        sheet.write(x + 0.34, y, text, size="small", colour=quiet)
        x += width
    return y - 0.06
