"""How late each kind of payer settles: one small histogram a profile."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from riskkit.exhibits.figure import make_sheet, text_width, wrap
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.payer_words import profile_label
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size

PROFILES = ("punctual", "slightly_late", "late", "very_late", "irregular", "unknown")
LATE_DAYS = 30
_ROW = 0.52


def plot_delays(
    delays: pd.DataFrame,
    *,
    language: str,
    mode: Mode = "light",
    size: Size | None = None,
    titled: bool = True,
) -> Figure:
    """Share of each profile's amount by days late, early on the left, and what part of all amounts the profile is.

    From: delays (profile, low_days, high_days, amount, amount_share); `all` gives the title. Bars that are late are in
    the contrast colour and hatched.
    """
    words = language_of(language)
    by_profile = {
        str(name): rows.sort_values("high_days", na_position="last") for name, rows in delays.groupby("profile")
    }
    whole = by_profile.get("all", delays.head(0))
    shown = [name for name in PROFILES if name in by_profile and float(by_profile[name]["amount"].sum()) > 0]
    finding = delays_finding(whole, words)
    height = 0.95 + _ROW * len(shown) + 0.3 if shown else EMPTY_HEIGHT
    sheet = make_sheet(finding, finding, size=size or (FIGURE_SIZE[0], height), mode=mode, titled=titled)
    if not shown:
        return sheet.nothing(words.text("No item fell due over the last twelve months."))
    heading = words.text("share of amounts by days late, and the profile’s part of them all")
    sheet.write(0.06, sheet.top - 0.12, heading, size="small", colour=sheet.colours.quiet)
    names = {name: profile_label(name, words) for name in shown}
    room = min(max(text_width(label, "small") for label in names.values()), sheet.width * 0.3)
    total = float(whole["amount"].sum())
    right = sheet.width - text_width("100\u00a0%", "small", True) - 0.14
    top = sheet.top - 0.22
    step = (top - 0.34) / len(shown)
    highest = max(float(by_profile[name]["amount_share"].max()) for name in shown)
    for rank, name in enumerate(shown):
        rows = by_profile[name]
        bottom = top - (rank + 1) * step
        axes = sheet.axes(room + 0.16, bottom + 0.06, right, bottom + step - 0.03)
        late = (rows["low_days"].fillna(-1) >= 0).to_numpy()
        bars = axes.bar(range(len(rows)), rows["amount_share"], width=0.86, color=sheet.colours.accent, lw=0)
        for bar, is_late in zip(bars, late, strict=True):
            if is_late:
                bar.set(facecolor=sheet.colours.contrast, hatch="////", edgecolor=sheet.colours.ground)
        axes.set(xlim=(-0.6, len(rows) - 0.4), ylim=(0, highest * 1.05))
        axes.set_yticks([])
        axes.set_xticks([])
        if rank == len(shown) - 1:
            _mark_edges(axes, rows)
        middle = bottom + step / 2
        lines = wrap(names[name], room, size="small", lines=2)
        for number, line in enumerate(lines):
            place = middle + (len(lines) / 2 - number - 0.5) * 0.13
            sheet.write(room + 0.08, place, line, size="small", ha="right", va="center")
        part = words.share(float(rows["amount"].sum()) / total) if total > 0 else "–"
        sheet.write(right + 0.08, middle, part, size="small", bold=True, va="center")
    return sheet.figure


def delays_finding(whole: pd.DataFrame, words: Language) -> str:
    """What part of the amounts is settled, or still waits, long after its due date."""
    total = float(whole["amount"].sum()) if len(whole) else 0.0
    if total <= 0:
        return words.text("No delay can be measured")
    late = float(whole.loc[whole["low_days"] >= LATE_DAYS, "amount"].sum())
    return words.text(
        "{share} of amounts are settled, or still wait, more than {days} days late",
        share=words.share(late / total),
        days=LATE_DAYS,
    )


def _mark_edges(axes: Axes, rows: pd.DataFrame) -> None:
    """Days late written between the bars they part: a few, so that none touches another."""
    edges = rows["high_days"].to_list()
    marks = {
        place + 0.5: f"{int(edge)}"
        for place, edge in enumerate(edges)
        if not math.isnan(edge) and int(edge) in (-15, 0, 30, 90)
    }
    axes.set_xticks(list(marks), [mark.replace("-", "−") for mark in marks.values()])
