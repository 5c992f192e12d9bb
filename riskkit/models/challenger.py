"""The challenger: gradient-boosted trees whose risk only grows, or only falls, with the figures where it must.

Trees are few, shallow and slow, so that a small ledger does not teach them its accidents. scikit-learn is imported
here only when a model is fitted or read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
TRUSTED_TYPES = (
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss._loss.CyHalfBinomialLoss",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
"""What a saved challenger may hold besides numbers: a file that holds anything else is refused."""


@dataclass(frozen=True)
class Challenger:
    """Fitted trees and the figures they read, in order."""

    trees: Any
    figures: tuple[str, ...]
    name: str = "challenger"

    def predict(self, figures: pd.DataFrame) -> Floats:
        """Probability of the event for each row."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1, user_api="openmp"):
            result: Floats = self.trees.predict_proba(_matrix(figures, self.figures))[:, 1]
        return result


def fit_challenger(
    figures: pd.DataFrame,
    bad: Floats,
    *,
    directions: Mapping[str, int],
    seed: int,
    rounds: int = 80,
    learning_rate: float = 0.06,
    leaves: int = 8,
    leaf_cases: int = 40,
) -> Challenger:
    """Trees fitted to these cases.

    Parameters
    ----------
    figures
        One row per case, NaN where missing (a branch of its own).
    bad
        1 for an event.
    directions
        Figures to use, each with the direction in which the risk may move (1, −1, 0 either way).
    seed
        Of the random choices of the trees.
    rounds, learning_rate, leaves, leaf_cases
        Number of trees, weight of each, leaves of each, cases in the smallest leaf.

    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    names = tuple(directions)
    trees = HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=learning_rate,
        max_leaf_nodes=leaves,
        min_samples_leaf=min(leaf_cases, max(5, len(bad) // 20)),
        l2_regularization=5.0,
        monotonic_cst=[directions[name] for name in names],
        early_stopping=False,
        random_state=seed,
    )
    with threadpool_limits(limits=1, user_api="openmp"):  # trees this small lose more to threads than they gain
        trees.fit(_matrix(figures, names), bad.astype("int64"))
    return Challenger(trees, names)


def _matrix(figures: pd.DataFrame, names: tuple[str, ...]) -> Floats:
    return figures[list(names)].to_numpy(dtype="float64", na_value=np.nan)
