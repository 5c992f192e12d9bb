"""Do the probabilities happen: predicted against observed, by groups of equal size, on months not taught."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from riskkit.exhibits.figure import make_sheet
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.score_words import CANDIDATES
from riskkit.exhibits.theme import EMPTY_HEIGHT, FIGURE_SIZE, Mode, Size


def reliability_finding(models: pd.DataFrame, *, horizon: int, language: str) -> str:
    """How far predicted and observed rates of the champion lie apart."""
    words = language_of(language)
    row = champion_row(models, horizon=horizon)
    if row is None:
        return words.text("Reliability of the probabilities")
    return words.text(
        "Over {months} months, predicted and observed differ by {points} points on average",
        months=horizon,
        points=words.number(100 * float(row["ece"])),
    )


def champion_row(models: pd.DataFrame, *, horizon: int) -> pd.Series | None:
    """Results of the champion over all cuts; None without a model."""
    rows = models[(models["horizon_months"] == horizon) & models["is_champion"] & models["cut_date"].isna()]
    return None if rows.empty else rows.iloc[0]


def plot_reliability(
    curves: pd.DataFrame,
    models: pd.DataFrame,
    *,
    horizon: int,
    language: str,
    mode: Mode = "light",
    size: Size | None = None,
    titled: bool = True,
) -> Figure:
    """Observed rate with its interval against predicted rate; on the diagonal, what was said is what happened.

    From: score_reliability and score_models of a run.
    """
    words = language_of(language)
    row = champion_row(models, horizon=horizon)
    finding = reliability_finding(models, horizon=horizon, language=language)
    height = EMPTY_HEIGHT if row is None else 3.2
    sheet = make_sheet(finding, finding, size=size or (FIGURE_SIZE[0], height), mode=mode, titled=titled)
    if row is None:
        return sheet.nothing(words.text("No statistical score: nothing to compare with what happened."))
    own = curves[(curves["horizon_months"] == horizon) & (curves["candidate"] == row["candidate"])]
    limit = min(1.0, float(own[["predicted_rate", "high"]].max().max()) * 1.05)
    side = min(sheet.top - 0.86, sheet.width - 1.1)
    left = (sheet.width - side) / 2 + 0.2
    axes = sheet.axes(left, 0.5, left + side, 0.5 + side)
    axes.set(xlim=(0, limit), ylim=(0, limit))
    axes.plot([0, limit], [0, limit], color=sheet.colours.quiet, lw=0.9, ls=(0, (4, 3)))
    for _, group in own.iterrows():
        axes.plot([group["predicted_rate"]] * 2, [group["low"], group["high"]], color=sheet.colours.accent, alpha=0.35,
                  lw=3, solid_capstyle="butt")  # fmt: skip
    axes.plot(own["predicted_rate"], own["observed_rate"], "o", ms=5, color=sheet.colours.accent, zorder=4)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=4))
        axis.set_major_formatter(FuncFormatter(lambda value, _: words.share(value)))
    axes.grid(color=sheet.colours.line, lw=0.5)
    axes.set_axisbelow(True)
    quiet = sheet.colours.quiet
    sheet.write(0.06, sheet.top - 0.14, words.text("observed, with its 95 % interval"), size="small", colour=quiet)
    said = words.text(
        "predicted ({model}, {cases} customer-months)",
        model=words.say(CANDIDATES[str(row["candidate"])]),
        cases=int(row["cases"]),
    )
    sheet.write(left + side, 0.14, said, size="small", colour=quiet, ha="right")
    return sheet.figure
