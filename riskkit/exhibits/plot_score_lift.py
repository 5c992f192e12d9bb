"""How much is caught by looking at the riskiest customers first: events, and the unpaid money behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from riskkit.exhibits.figure import make_sheet, text_width
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.plot_reliability import champion_row
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size


def lift_finding(lifts: pd.DataFrame, models: pd.DataFrame, *, horizon: int, language: str) -> str:
    """What the riskiest tenth holds."""
    words = language_of(language)
    row = champion_row(models, horizon=horizon)
    if row is None:
        return words.text("What the riskiest customers hold")
    first = _own(lifts, str(row["candidate"]), horizon).iloc[0]
    return words.text(
        "The riskiest tenth holds {events} of the events and {money} of the unpaid",
        events=words.share(float(first["caught_share"])),
        money=words.share(float(first["unpaid_caught_share"])),
    )


def plot_score_lift(
    lifts: pd.DataFrame,
    models: pd.DataFrame,
    *,
    horizon: int,
    language: str,
    mode: Mode = "light",
    size: Size | None = None,
    titled: bool = True,
) -> Figure:
    """Share of events and of unpaid money caught against the share of customers looked at, the riskiest first.

    From: score_lift and score_models of a run.
    """
    words = language_of(language)
    row = champion_row(models, horizon=horizon)
    finding = lift_finding(lifts, models, horizon=horizon, language=language)
    height = EMPTY_HEIGHT if row is None else 2.9
    sheet = make_sheet(finding, finding, size=size or (FIGURE_SIZE[0], height), mode=mode, titled=titled)
    if row is None:
        return sheet.nothing(words.text("No statistical score: nothing to compare with what happened."))
    lines = [
        (words.text("unpaid money"), _own(lifts, str(row["candidate"]), horizon)["unpaid_caught_share"], "contrast"),
        (words.text("events of the horizon"), _own(lifts, str(row["candidate"]), horizon)["caught_share"], "accent"),
    ]
    if row["candidate"] != "customer_rate":
        base = _own(lifts, "customer_rate", horizon)["caught_share"]
        lines.append((words.text("events, by the customer's own rate"), base, "neutral"))
    axes = sheet.axes(0.52, 0.5, sheet.width - 0.3, sheet.top - 0.2 - 0.17 * len(lines))
    looked = np.arange(0, 11) / 10
    axes.plot([0, 1], [0, 1], color=sheet.colours.quiet, lw=0.9, ls=(0, (4, 3)))
    for rank, (name, caught, colour) in enumerate(lines):
        drawn = getattr(sheet.colours, colour)
        axes.plot(looked, np.r_[0.0, caught.to_numpy(dtype="float64")], color=drawn, lw=2, marker="o", ms=3)
        y = sheet.top - 0.14 - 0.17 * rank
        sheet.write(0.34, y, name, size="small", colour=sheet.colours.quiet)
        key = sheet.axes(0.06, y, 0.28, y + 0.07)
        key.set_axis_off()
        key.plot([0, 1], [0.5, 0.5], color=drawn, lw=2)
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([0, 0.25, 0.5, 0.75, 1])
        axis.set_major_formatter(FuncFormatter(lambda value, _: words.share(value)))
    axes.grid(color=sheet.colours.line, lw=0.5)
    axes.set_axisbelow(True)
    said = words.text("customers looked at, the riskiest first")
    sheet.write(sheet.width - 0.12 - text_width(said, "small"), 0.12, said, size="small", colour=sheet.colours.quiet)
    return sheet.figure


def _own(lifts: pd.DataFrame, candidate: str, horizon: int) -> pd.DataFrame:
    chosen = lifts[(lifts["horizon_months"] == horizon) & (lifts["candidate"] == candidate)]
    return chosen.sort_values("decile")
