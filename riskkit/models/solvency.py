"""How far accounts alone go in telling which companies will fail: ratios, what lies between them, three models.

A ratio is cut finer by another that nearly repeats it: costs over sales shows in neither of two stock periods, and in
their quotient. `ratio_pairs` adds the difference and the quotient of every two ratios whose ranks agree, leaving out
those that are one ratio but for rounding, which tell how a file was made and not how a company fares.

The explainable model adds up one step curve per ratio, in integer points; in the challenger two ratios at a time meet.
Altman's Z'' is the baseline (`companies.account_measures.altman_z`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.models.scorecard import BASE_POINTS, DOUBLING_POINTS, probability_of

Floats = npt.NDArray[np.float64]
ALIKE = 0.93
"""Rank correlation from which two ratios are set against each other."""
IDENTICAL_SPREAD = 0.05
"""Two ratios whose quotient varies less than this (tenth to nine-tenths, over the median) are one ratio."""


GRID = 512
"""Values at which a curve is read at most: the trees themselves see 255 parts of a figure."""


@dataclass(frozen=True)
class RatioPairs:
    """Pairs of ratios worth setting against each other, found without looking at who failed."""

    names: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]

    def transform(self, ratios: pd.DataFrame) -> pd.DataFrame:
        """The ratios, the count of those missing, and for each pair its difference and quotient."""
        made: dict[str, pd.Series] = {name: ratios[name].astype("float64") for name in self.names}
        made["missing_count"] = ratios[list(self.names)].isna().sum(axis=1).astype("float64")
        for left, right in self.pairs:
            divisor = ratios[right].where(ratios[right].abs() > 1e-9)
            made[f"{left} − {right}"] = ratios[left] - ratios[right]
            made[f"{left} ÷ {right}"] = ratios[left] / divisor
        return pd.DataFrame(made).replace([np.inf, -np.inf], np.nan)


def find_pairs(ratios: pd.DataFrame) -> RatioPairs:
    """Pairs of ratios whose ranks agree (`ALIKE`) and that are not one ratio but for rounding."""
    alike = ratios.rank().corr().abs().to_numpy()
    names = [str(name) for name in ratios.columns]
    kept = []
    for left, right in combinations(range(len(names)), 2):
        if alike[left, right] > ALIKE and not _is_one_ratio(ratios.iloc[:, left], ratios.iloc[:, right]):
            kept.append((names[left], names[right]))
    return RatioPairs(tuple(names), tuple(kept))


def _is_one_ratio(left: pd.Series, right: pd.Series) -> bool:
    quotient = (left / right.where(right.abs() > 1e-9)).replace([np.inf, -np.inf], np.nan).dropna()
    if quotient.empty:
        return True
    low, middle, high = quotient.quantile([0.1, 0.5, 0.9])
    return bool(abs(high - low) <= IDENTICAL_SPREAD * abs(middle))


@dataclass(frozen=True)
class PointCurves:
    """The explainable model: for each figure a step curve of integer points, added up. More points, less risk.

    `steps` of a figure: (edges, points): the points of a value are those of the first edge not below it, the last
    beyond all edges; `missing` are its points when it is missing.
    """

    constant: int
    steps: dict[str, tuple[tuple[float, ...], tuple[int, ...]]]
    missing: dict[str, int]
    name: str = "point_curves"

    def points(self, figures: pd.DataFrame) -> pd.DataFrame:
        """Points of each row by figure."""
        made = {}
        for name, (edges, points) in self.steps.items():
            values = figures[name].to_numpy(dtype="float64", na_value=np.nan)
            place = np.searchsorted(np.array(edges), values, side="left")
            read = np.array(points)[np.minimum(place, len(points) - 1)]
            made[name] = np.where(np.isnan(values), self.missing[name], read)
        return pd.DataFrame(made, index=figures.index)

    def predict(self, figures: pd.DataFrame) -> Floats:
        """Probability of failure of each row, from its points alone."""
        return probability_of((self.points(figures).sum(axis=1) + self.constant).to_numpy(dtype="float64"))


def fit_curves(figures: pd.DataFrame, failed: Floats, *, seed: int, rounds: int = 800) -> PointCurves:
    """Step curves fitted by boosting trees of one split each, then written as integers.

    From: figures (`RatioPairs.transform`), NaN where missing; failed, 1 or 0.
    """
    trees = _boosted(figures, failed, seed=seed, max_leaf_nodes=2, max_iter=rounds, learning_rate=0.15, within=None)
    names = [str(name) for name in figures.columns]
    matrix = figures.to_numpy(dtype="float64", na_value=np.nan)
    blank = np.full((1, len(names)), np.nan)
    with _one_thread():
        base = float(trees.decision_function(blank)[0])
        factor = DOUBLING_POINTS / np.log(2)
        steps: dict[str, tuple[tuple[float, ...], tuple[int, ...]]] = {}
        for place, name in enumerate(names):
            values = np.unique(matrix[~np.isnan(matrix[:, place]), place])
            values = values if len(values) <= GRID else np.unique(np.quantile(values, np.linspace(0, 1, GRID)))
            if not len(values):
                continue
            asked = np.repeat(blank, len(values), axis=0)
            asked[:, place] = values
            points = np.round(-(trees.decision_function(asked) - base) * factor).astype("int64")
            last = np.flatnonzero(np.diff(points) != 0)
            edges = (values[last] + values[last + 1]) / 2
            if len(last) or points[0] != 0:
                steps[name] = (tuple(edges.tolist()), tuple(points[np.r_[last, len(points) - 1]].tolist()))
    constant = round(BASE_POINTS - factor * (base + np.log(10.0)))
    return PointCurves(int(constant), steps, dict.fromkeys(steps, 0))


@dataclass(frozen=True)
class PairTrees:
    """The challenger: several boosted models of different seeds, in which two figures at a time meet; their mean."""

    trees: tuple[Any, ...]
    name: str = "pair_trees"

    def predict(self, figures: pd.DataFrame) -> Floats:
        """Probability of failure of each row: mean of the log-odds of the models."""
        matrix = figures.to_numpy(dtype="float64", na_value=np.nan)
        with _one_thread():
            odds = np.mean([model.decision_function(matrix) for model in self.trees], axis=0)
        result: Floats = 1 / (1 + np.exp(-odds))
        return result


def fit_trees(figures: pd.DataFrame, failed: Floats, *, seed: int, models: int = 2, rounds: int = 300) -> PairTrees:
    """Boosted trees in which two figures at a time meet, one model per seed."""
    return PairTrees(
        tuple(
            _boosted(
                figures, failed, seed=seed + number, max_leaf_nodes=8, max_iter=rounds, learning_rate=0.06,
                within="pairwise",
            )
            for number in range(models)
        )
    )  # fmt: skip


def _boosted(
    figures: pd.DataFrame,
    failed: Floats,
    *,
    seed: int,
    max_leaf_nodes: int,
    max_iter: int,
    learning_rate: float,
    within: str | None,
) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=max_iter,
        learning_rate=learning_rate,
        max_leaf_nodes=max_leaf_nodes,
        min_samples_leaf=15,
        l2_regularization=1.0,
        max_features=0.3,
        interaction_cst=within or "no_interactions",
        early_stopping=False,
        random_state=seed,
    )
    with _one_thread():
        model.fit(figures.to_numpy(dtype="float64", na_value=np.nan), failed.astype("int64"))
    return model


def _one_thread() -> Any:
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1, user_api="openmp")
