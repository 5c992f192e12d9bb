"""The three DSO over time: simple, count-back and best possible."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from riskkit.exhibits.figure import Sheet, fit, line_height, make_sheet, text_width
from riskkit.exhibits.findings import dso_finding
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.measure_words import measure_label, show_measure
from riskkit.exhibits.run_tables import measure_series
from riskkit.exhibits.theme import FIGURE_SIZE, FONT_SIZES, Mode, Size

MONTHS = 36
_LINES = (
    ("dso_days", "accent", "-", 2.2),
    ("countback_dso_days", "contrast", (0, (4, 1.6)), 1.6),
    ("best_possible_dso_days", "neutral", (0, (1.2, 1.4)), 1.6),
)


def plot_dso_history(
    measures: pd.DataFrame, *, language: str, mode: Mode = "light", size: Size = FIGURE_SIZE, titled: bool = True
) -> Figure:
    """DSO, count-back DSO and best-possible DSO over the last three years, each line named at its end.

    From: measures (as_of, measure, value in days). The band between simple and best possible is what lateness costs.
    """
    words = language_of(language)
    shown = {name: measure_series(measures, name, months=MONTHS) for name, *_ in _LINES}
    shown = {name: values for name, values in shown.items() if len(values)}
    finding = dso_finding(measures, language=language)
    values_now = [
        f"{measure_label(name, language)}: {show_measure(name, float(values.iloc[-1]), language)}"
        for name, values in shown.items()
    ]
    sheet = make_sheet(finding, "; ".join(values_now) or finding, size=size, mode=mode, titled=titled)
    if not any(len(values) > 1 for values in shown.values()):
        return sheet.nothing(
            words.text("No history to draw yet: one date is known. {values}", values="; ".join(values_now))
        )
    labels = {
        name: [measure_label(name, language), show_measure(name, float(v.iloc[-1]), language)]
        for name, v in shown.items()
    }
    room = max(max(text_width(label, "small"), text_width(value, "small", True)) for label, value in labels.values())
    axes = sheet.axes(0.42, 0.34, sheet.width - min(room, sheet.width * 0.36) - 0.16, sheet.top - 0.22)
    sheet.write(0.06, sheet.top - 0.12, words.text("days"), size="small", colour=sheet.colours.quiet)
    for name, colour, dashes, weight in _LINES:
        if name in shown:
            axes.plot(
                day_numbers(shown[name].index), shown[name], color=getattr(sheet.colours, colour), ls=dashes, lw=weight
            )
    _shade_lateness(axes, sheet, shown)
    frame_history(
        axes, sheet, words, pd.DatetimeIndex(np.concatenate([v.index for v in shown.values()]).astype("M8[us]"))
    )
    frame_values(axes, pd.concat(list(shown.values())), room=1.08)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, digits=0)))
    _name_lines(axes, sheet, shown, labels)
    return sheet.figure


def frame_history(axes: Axes, sheet: Sheet, words: Language, days: pd.DatetimeIndex) -> None:
    """Time along the bottom with whole months or years that never touch, quiet grid lines across."""
    first, last = days.min(), days.max()
    axes.set_xlim(day_number(first), day_number(last))
    width_inches = sheet.width * axes.get_position().width
    months = (last.year - first.year) * 12 + last.month - first.month
    wanted = max(1, int(width_inches / (text_width(words.date(dt.date(2024, 9, 30), style="month"), "small") + 0.18)))
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120) if months / s <= wanted or s == 120)
    ends = pd.date_range(first, last, freq="ME")
    ticks = [end for end in ends if (last.year - end.year) * 12 + last.month - end.month in range(0, months + 1, step)]
    axes.set_xticks(
        [day_number(tick) for tick in ticks],
        [words.date(tick.date(), style="month") for tick in ticks],
        parse_math=False,
    )
    for label, tick in zip(axes.get_xticklabels(), ticks, strict=True):
        label.set_horizontalalignment("left" if day_number(tick) - day_number(first) < 20 else "center")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=2))
    axes.grid(axis="y", color=sheet.colours.line, lw=0.6)
    axes.set_axisbelow(True)


def frame_values(axes: Axes, values: pd.Series, *, room: float) -> None:
    """Values up the side from zero, or from below it where a balance in credit makes some negative."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    axes.set_ylim(low * room, high * room if high > low else 1.0)
    if low < 0:
        axes.axhline(0, color=axes.spines["bottom"].get_edgecolor(), lw=0.8)


def value_place(axes: Axes, sheet: Sheet, value: float) -> float:
    """How high on the sheet a value of these axes is, inches."""
    place, (low, high) = axes.get_position(), axes.get_ylim()
    return float((place.y0 + place.height * (value - low) / (high - low)) * sheet.height)


def day_numbers(days: pd.Index) -> NDArray[np.float64]:
    """Places of dates along an axis: days since 1970."""
    return pd.DatetimeIndex(days).to_numpy("datetime64[D]").astype("float64")


def day_number(day: pd.Timestamp) -> float:
    """The place of one date along an axis."""
    return float(day_numbers(pd.DatetimeIndex([day]))[0])


def spread(wanted: list[float], *, gap: float, low: float, high: float) -> list[float]:
    """Places as near as possible to those wanted (ascending), at least `gap` apart, inside the bounds if they fit."""
    placed = list(wanted)
    for _ in range(60):
        moved = False
        for rank in range(len(placed) - 1):
            short = gap - (placed[rank + 1] - placed[rank])
            if short > 1e-9:
                placed[rank] -= short / 2
                placed[rank + 1] += short / 2
                moved = True
        if placed and placed[0] < low:
            placed[0], moved = low, True
        if placed and placed[-1] > high:
            placed[-1], moved = high, True
        if not moved:
            break
    return placed


def _shade_lateness(axes: Axes, sheet: Sheet, shown: dict[str, pd.Series]) -> None:
    if not {"dso_days", "best_possible_dso_days"} <= set(shown):
        return
    both = pd.concat([shown["dso_days"], shown["best_possible_dso_days"]], axis=1, join="inner")
    axes.fill_between(
        day_numbers(both.index), both.iloc[:, 1], both.iloc[:, 0], color=sheet.colours.accent, alpha=0.1, lw=0
    )


def _name_lines(axes: Axes, sheet: Sheet, shown: dict[str, pd.Series], labels: dict[str, list[str]]) -> None:
    place = axes.get_position()
    bottom, height = place.y0 * sheet.height, place.height * sheet.height
    ordered = sorted(shown, key=lambda name: float(shown[name].iloc[-1]))
    block = 2 * line_height("small")
    wanted = [value_place(axes, sheet, float(shown[name].iloc[-1])) for name in ordered]
    placed = spread(wanted, gap=block + 0.07, low=bottom + block / 2, high=max(bottom + height, bottom + block))
    left = (place.x0 + place.width) * sheet.width + 0.1
    for name, middle in zip(ordered, placed, strict=True):
        colour = getattr(sheet.colours, next(c for n, c, *_ in _LINES if n == name))
        label, value = labels[name]
        room = sheet.width - left
        sheet.write(left, middle + 0.03, fit(label, room, size="small"), size="small", colour=colour)
        sheet.write(left, middle - FONT_SIZES["small"] / 72 - 0.02, value, size="small", colour=colour, bold=True)
        axes.plot(
            [day_number(shown[name].index[-1])], [float(shown[name].iloc[-1])], "o", ms=3.6, color=colour, clip_on=False
        )
