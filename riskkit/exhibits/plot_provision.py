"""From the provision by IFRS 9 to the one that the French rule allows, step by step."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.figure import fit, line_height, make_sheet, text_width
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size

_INDIVIDUAL = ("procedure", "stated")


def plot_provision(
    provision: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size = FIGURE_SIZE,
    titled: bool = True,
) -> Figure:
    """Two totals as bars, and between them what parts them: losses without an event, tax, disputes."""
    words = language_of(language)
    steps = provision_steps(provision)
    finding = provision_finding(provision, language=language, currency=currency)
    size = size if steps["ifrs"] or steps["statutory"] else (size[0], EMPTY_HEIGHT)
    sheet = make_sheet(finding, finding, size=size, mode=mode, titled=titled)
    if not (steps["ifrs"] or steps["statutory"]):
        return sheet.nothing(words.text("Nothing is set aside: nothing is owed, or nothing is expected to be lost."))
    names = [
        words.text("IFRS 9, tax included"),
        words.text("losses without an event"),
        words.text("tax on claims in procedures"),
        words.text("disputes"),
        words.text("French rule, without tax"),
    ]
    moves = [steps["ifrs"], -steps["no_event"], -steps["individual"], -steps["dispute"], steps["statutory"]]
    starts = [0.0, steps["ifrs"], steps["ifrs"] + moves[1], steps["ifrs"] + moves[1] + moves[2], 0.0]
    room = min(max(text_width(name, "small", True) for name in names) + 0.16, sheet.width * 0.46)
    axes = sheet.axes(room, 0.1, sheet.width - 0.72, sheet.top - 0.06)
    between = [sheet.colours.bad if move < 0 else sheet.colours.contrast for move in moves[1:4]]
    colours = [sheet.colours.accent, *between, sheet.colours.good]
    places = list(range(len(names)))[::-1]
    axes.barh(places, moves, left=starts, height=0.56, color=colours, lw=0)
    ends = [start + move for start, move in zip(starts, moves, strict=True)]
    axes.set_xlim(min(0.0, *ends), max(*starts, *ends) * 1.02)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=sheet.colours.quiet, lw=0.8)
    frame = axes.get_position()
    for rank, (name, move) in enumerate(zip(names, moves, strict=True)):
        total = rank in (0, len(names) - 1)
        middle = (frame.y0 + frame.height * (places[rank] + 0.6) / len(names)) * sheet.height - line_height("small") / 3
        sheet.write(0.06, middle, fit(name, room - 0.1, size="small", bold=total), size="small", bold=total)
        said = words.compact_money(move * 100, currency=currency)
        said = said.replace("-", "−") if total or move < 0 else f"+{said}"
        sheet.write(sheet.width - 0.06, middle, said, size="small", bold=total, ha="right")
    return sheet.figure


def provision_steps(provision: pd.DataFrame) -> dict[str, float]:
    """Both totals and what parts them, in currency units: ifrs − no_event − individual − dispute = statutory."""
    ifrs, statutory = (provision[f"{name}_amount"].astype("float64") for name in ("ifrs", "statutory"))
    gap = ifrs - statutory
    return {
        "ifrs": float(ifrs.sum()),
        "statutory": float(statutory.sum()),
        "no_event": float(gap[provision["ground"] == "none"].sum()),
        "individual": float(gap[provision["ground"].isin(_INDIVIDUAL)].sum()),
        "dispute": float(gap[provision["ground"] == "dispute"].sum()),
    }


def provision_finding(provision: pd.DataFrame, *, language: str, currency: str = "EUR") -> str:
    """The two totals, and the largest reason of their difference."""
    words = language_of(language)
    steps = provision_steps(provision)
    if not (steps["ifrs"] or steps["statutory"]):
        return words.text("Nothing to set aside")

    def shown(name: str) -> str:
        return words.compact_money(steps[name] * 100, currency=currency)

    return words.text(
        "To set aside: {ifrs} by IFRS 9, {statutory} by the French rule, which takes events only and no tax",
        ifrs=shown("ifrs"),
        statutory=shown("statutory"),
    )
