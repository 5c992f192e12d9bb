"""The two cuts of a probability into three classes, by evidence: red by F0.5, orange by F2, on out-of-time results.

F0.5 weighs precision (a red flag must be right), F2 recall (an orange one must miss little), as the French State's
*signaux faibles* does [10].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.schemas import Column, Table

Floats = npt.NDArray[np.float64]

SCORE_THRESHOLDS = Table(
    "score_thresholds",
    "a cut of the probability, chosen on out-of-time results",
    (
        Column("horizon_months", "integer", "horizon of the prediction"),
        Column("level", "text", "high (red) or moderate (orange)"),
        Column("probability", "number", "lowest probability of the class"),
        Column("beta", "number", "weight of recall in the F measure: 0.5 or 2"),
        Column("f_measure", "number", "the measure at the cut"),
        Column("precision", "number", "share of those at or above the cut in which the event happened"),
        Column("recall", "number", "share of the events at or above the cut"),
        Column("flagged_share", "number", "share of the predictions at or above the cut"),
    ),
)


@dataclass(frozen=True)
class Cut:
    """A cut and how it did."""

    probability: float
    f_measure: float
    precision: float
    recall: float
    flagged_share: float


def best_cut(chance: Floats, bad: Floats, *, beta: float) -> Cut:
    """The lowest probability that maximises F-beta over predictions of what happened."""
    order = np.argsort(-chance, kind="stable")
    ends = np.flatnonzero(np.r_[np.diff(chance[order]) < 0, True])
    caught, flagged = np.cumsum(bad[order])[ends], ends + 1.0
    precision, recall = caught / flagged, caught / max(float(bad.sum()), 1.0)
    square = beta * beta
    with np.errstate(invalid="ignore"):
        measure = np.nan_to_num((1 + square) * precision * recall / (square * precision + recall))
    best = int(len(measure) - 1 - np.argmax(measure[::-1])) if beta > 1 else int(np.argmax(measure))
    return Cut(
        float(chance[order][ends[best]]),
        float(measure[best]),
        float(precision[best]),
        float(recall[best]),
        float(flagged[best] / len(chance)),
    )


def choose_thresholds(chance: Floats, bad: Floats, *, horizon: int) -> pd.DataFrame:
    """The red and the orange cut: `SCORE_THRESHOLDS`. An orange cut above the red one is brought down to it."""
    red, orange = best_cut(chance, bad, beta=0.5), best_cut(chance, bad, beta=2.0)
    rows = [
        (horizon, "high", red.probability, 0.5, red.f_measure, red.precision, red.recall, red.flagged_share),
        (
            horizon, "moderate", min(orange.probability, red.probability), 2.0, orange.f_measure, orange.precision,
            orange.recall, orange.flagged_share,
        ),
    ]  # fmt: skip
    return SCORE_THRESHOLDS.conform(pd.DataFrame(rows, columns=SCORE_THRESHOLDS.names))


def level_by_probability(chance: pd.Series, thresholds: pd.DataFrame) -> pd.Series:
    """low, moderate or high by the cuts; missing where there is no probability."""
    cuts = thresholds.set_index("level")["probability"]
    level = pd.Series("low", index=chance.index, dtype="str")
    level = level.mask(chance >= cuts["moderate"], "moderate").mask(chance >= cuts["high"], "high")
    return level.where(chance.notna())
