"""Which groups carry more than their part: the ratio of their share of the overdue to their share of what is open."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from riskkit.exhibits.figure import Sheet, brief, line_height, make_sheet, text_width, wrap
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size

_ROW = 0.31


def plot_lift(
    groups: pd.DataFrame,
    *,
    language: str,
    count: int = 12,
    mode: Mode = "light",
    size: Size | None = None,
    titled: bool = True,
) -> Figure:
    """Ratio (dot) and its interval (line) of each group, against 1: exactly its part.

    From: groups (label, lift, lift_low, lift_high), the order kept. A group whose whole interval is above 1 is drawn
    full and its name in bold, the others hollow: no colour is needed to tell them apart.
    """
    words = language_of(language)
    rows = groups[groups["lift"].notna()].head(count)
    finding = lift_finding(groups, words)
    labels = [str(label) for label in rows["label"]]
    ratios = [f"×\u00a0{words.number(float(value))}" for value in rows["lift"]]
    described = "; ".join(f"{label}: {ratio}" for label, ratio in zip(labels, ratios, strict=True))
    height = 1.35 + _ROW * len(labels) if labels else EMPTY_HEIGHT
    sheet = make_sheet(finding, described or finding, size=size or (FIGURE_SIZE[0], height), mode=mode, titled=titled)
    if not labels:
        return sheet.nothing(words.text("Nothing here is known to be overdue: there is no group to compare."))
    key = words.text("share of overdue ÷ share of open items, with its 95% interval by customer")
    for number, line in enumerate(wrap(key, sheet.width - 0.12, size="small", lines=2)):
        place = sheet.top - 0.12 - number * line_height("small")
        sheet.write(0.06, place, line, size="small", colour=sheet.colours.quiet)
    room = min(max(text_width(label, bold=True) for label in labels), sheet.width * 0.42)
    right = sheet.width - max(text_width(ratio, "small", True) for ratio in ratios) - 0.16
    axes = sheet.axes(room + 0.18, 0.28, right, sheet.top - 0.2 - line_height("small"))
    above = [bool(row["lift_low"] > 1) for _, row in rows.iterrows()]
    _draw(axes, sheet, rows, above, words)
    _write(axes, sheet, labels, ratios, above)
    return sheet.figure


def lift_finding(groups: pd.DataFrame, words: Language) -> str:
    """The group most surely above its part, or that none is."""
    above = groups[groups["lift_low"] > 1]
    if above.empty:
        return words.text("No group clearly carries more than its part")
    top = above.sort_values("lift_low").iloc[-1]
    return words.text(
        "{group} carries {lift} times its part of the overdue [{low}; {high}]",
        group=brief(str(top["label"])),
        lift=words.number(float(top["lift"])),
        low=words.number(float(top["lift_low"])),
        high=words.number(float(top["lift_high"])),
    )


def _draw(axes: Axes, sheet: Sheet, rows: pd.DataFrame, above: list[bool], words: Language) -> None:
    colours = sheet.colours
    highest = max(float(rows["lift"].max()) * 1.6, 1.6)
    axes.set_xlim(0, min(highest, max(float(rows["lift_high"].max()), float(rows["lift"].max())) * 1.05 + 0.1))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, digits=1)))
    axes.grid(axis="x", color=colours.line, lw=0.6)
    axes.set_axisbelow(True)
    axes.axvline(1, color=colours.ink, lw=1.2)
    for rank, (_, row) in enumerate(rows.iterrows()):
        colour = colours.contrast if above[rank] else colours.accent
        if math.isfinite(row["lift_low"]) and math.isfinite(row["lift_high"]):
            axes.plot([row["lift_low"], row["lift_high"]], [rank, rank], color=colour, lw=2, solid_capstyle="butt")
        face = colour if above[rank] else colours.ground
        axes.plot([row["lift"]], [rank], "o", ms=6, mfc=face, mec=colour, mew=1.5, zorder=4)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _write(axes: Axes, sheet: Sheet, labels: list[str], ratios: list[str], above: list[bool]) -> None:
    place = axes.get_position()
    left, bottom, height = place.x0 * sheet.width, place.y0 * sheet.height, place.height * sheet.height
    for rank, label in enumerate(labels):
        middle = bottom + height * (1 - (rank + 0.5) / len(labels))
        lines = wrap(label, left - 0.14, bold=above[rank], lines=2)
        tight = line_height("label") * 0.88
        for number, line in enumerate(lines):
            place_y = middle + (len(lines) / 2 - number - 0.5) * tight
            sheet.write(left - 0.08, place_y, line, ha="right", va="center", bold=above[rank])
        where = (place.x0 + place.width) * sheet.width + 0.08
        sheet.write(where, middle, ratios[rank], size="small", va="center", bold=above[rank])
