"""A scorecard: binned figures, their weight of evidence in a logistic regression, and integer points.

The points are the model: the probability is read from their sum, so that whoever adds up the table by hand finds what
the machine says, for one customer as for all. `BASE_POINTS` stand for odds of `BASE_ODDS` good to 1 bad, and
`DOUBLING_POINTS` more double the odds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.models.binning import Bins, fit_bins

Floats = npt.NDArray[np.float64]
BASE_POINTS, BASE_ODDS, DOUBLING_POINTS = 500, 10.0, 40.0
MIN_INFORMATION = 0.02
MAX_CORRELATION = 0.85
RIDGE = 1.0


@dataclass(frozen=True)
class ScorecardLine:
    """One figure of the table: its bins and the integer points of each, the missing bin last."""

    bins: Bins
    points: tuple[int, ...]


@dataclass(frozen=True)
class Scorecard:
    """A fitted table of points. `constant` points are given to everybody; more points, less risk."""

    constant: int
    lines: tuple[ScorecardLine, ...]
    name: str = "scorecard"

    def points(self, figures: pd.DataFrame) -> pd.DataFrame:
        """Points of each row by line; the score is `constant` and their sum."""
        return pd.DataFrame(
            {
                line.bins.name: np.array(line.points)[
                    line.bins.index(figures[line.bins.name].to_numpy(dtype="float64", na_value=np.nan))
                ]
                for line in self.lines
            },
            index=figures.index,
        )

    def score(self, figures: pd.DataFrame) -> pd.Series:
        """Points in all, integers: more is safer."""
        return (self.points(figures).sum(axis=1) + self.constant).astype("int64")

    def predict(self, figures: pd.DataFrame) -> Floats:
        """Probability of the event for each row, from its points alone."""
        return probability_of(self.score(figures).to_numpy(dtype="float64"))

    def to_dict(self) -> dict[str, Any]:
        """The scorecard as plain numbers."""
        return {
            "constant": self.constant,
            "lines": [
                {
                    "name": line.bins.name,
                    "edges": list(line.bins.edges),
                    "woe": list(line.bins.woe),
                    "counts": list(line.bins.counts),
                    "bads": list(line.bins.bads),
                    "points": list(line.points),
                }
                for line in self.lines
            ],
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Scorecard:
        """A scorecard from `to_dict`."""
        lines = tuple(
            ScorecardLine(
                Bins(
                    str(line["name"]),
                    *(tuple(float(v) for v in line[part]) for part in ("edges", "woe", "counts", "bads")),
                ),
                tuple(int(v) for v in line["points"]),
            )
            for line in given["lines"]
        )
        return cls(int(given["constant"]), lines)


def probability_of(points: Floats) -> Floats:
    """Probability of the event that a number of points stands for."""
    log_odds = math.log(BASE_ODDS) + (points - BASE_POINTS) * math.log(2) / DOUBLING_POINTS
    result: Floats = 1 / (1 + np.exp(log_odds))
    return result


def fit_scorecard(
    figures: pd.DataFrame, bad: Floats, *, directions: Mapping[str, int], weights: Floats | None = None
) -> Scorecard:
    """The table of points of these figures.

    From: figures, one row per case, NaN where missing; bad, 1 for an event.
    To:   lines with an information value of at least `MIN_INFORMATION`, none of which repeats another, each with a
          coefficient of the right sign (a bin with a higher rate of events never has more points).

    Parameters
    ----------
    directions
        Figures to use, each with the direction of its risk (1 grows, −1 falls, 0 either way).
    weights
        Of the cases; None weighs them equally.

    """
    binned = [
        fit_bins(name, figures[name].to_numpy(dtype="float64", na_value=np.nan), bad, direction=direction)
        for name, direction in directions.items()
    ]
    binned = sorted((b for b in binned if b.information >= MIN_INFORMATION), key=lambda b: -b.information)
    kept, columns = _uncorrelated(binned, figures)
    constant, slopes = fit_logistic(columns, bad, weights=weights)
    while len(kept) and (slopes >= 0).any():  # woe is ln(good ÷ bad): more woe, less risk
        stays = slopes < 0
        kept = [bins for bins, stay in zip(kept, stays, strict=True) if stay]
        columns = columns[:, stays]
        constant, slopes = fit_logistic(columns, bad, weights=weights)
    factor = DOUBLING_POINTS / math.log(2)
    lines = tuple(
        ScorecardLine(bins, tuple(round(-slope * woe * factor) for woe in bins.woe))
        for bins, slope in zip(kept, slopes.tolist(), strict=True)
    )
    return Scorecard(round(BASE_POINTS - factor * (constant + math.log(BASE_ODDS))), lines)


def _uncorrelated(binned: Sequence[Bins], figures: pd.DataFrame) -> tuple[list[Bins], Floats]:
    """The most informative figures none of which repeats one already kept, with their weights of evidence."""
    kept: list[Bins] = []
    columns: list[Floats] = []
    for bins in binned:
        woe = bins.transform(figures[bins.name].to_numpy(dtype="float64", na_value=np.nan))
        if all(abs(_correlation(woe, other)) < MAX_CORRELATION for other in columns):
            kept.append(bins)
            columns.append(woe)
    return kept, np.column_stack(columns) if columns else np.zeros((len(figures), 0))


def _correlation(a: Floats, b: Floats) -> float:
    spread = float(a.std() * b.std())
    return float(((a - a.mean()) * (b - b.mean())).mean()) / spread if spread > 0 else 0.0


def fit_logistic(
    columns: Floats, bad: Floats, *, weights: Floats | None = None, ridge: float = RIDGE
) -> tuple[float, Floats]:
    """Constant and slopes of a logistic regression by Newton's method, slopes held by a ridge penalty.

    The log-odds of the event are constant + columns · slopes.
    """
    weight = np.ones(len(bad)) if weights is None else weights
    design = np.column_stack([np.ones(len(bad)), columns])
    rate = min(max(float((weight * bad).sum() / weight.sum()), 1e-6), 1 - 1e-6)
    theta = np.zeros(design.shape[1])
    theta[0] = math.log(rate / (1 - rate))
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0.0
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ theta, -30, 30)))
        slope = design.T @ (weight * (bad - chance)) - penalty * theta
        curve = (design * (weight * chance * (1 - chance))[:, None]).T @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, slope)
        theta = theta + np.clip(step, -5, 5)
        if float(np.abs(step).max()) < 1e-8:
            break
    return float(theta[0]), theta[1:]
