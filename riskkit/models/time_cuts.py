"""Splits of cases by time and by debtor: a model is tried on months it could not know and on debtors it never saw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.models.outcomes import horizon_ends

WINDOW_MONTHS, STEP_MONTHS, CUTS = 3, 3, 3
MIN_TRAINING_MONTHS = 4
FOLDS = 3


@dataclass(frozen=True)
class TimeCut:
    """A day: cases whose horizon ended by then teach, cases from then on, for three months, test."""

    day: int
    training: npt.NDArray[np.int64]
    test: npt.NDArray[np.int64]


def time_cuts(cases: pd.DataFrame, *, months: int, min_events: int) -> list[TimeCut]:
    """Up to `CUTS` cuts, the latest first, each with enough months and customers with an event to learn from.

    From: labelled cases of one horizon. Test months of two cuts do not overlap.
    """
    days = np.sort(cases["as_of"].unique())
    ends = horizon_ends(cases["as_of"], months=months)
    found: list[TimeCut] = []
    for step in range(CUTS):
        first = len(days) - WINDOW_MONTHS - step * STEP_MONTHS
        if first < 1:
            break
        cut = int(days[first])
        training = np.flatnonzero(ends <= cut)
        test = np.flatnonzero(cases["as_of"].isin(days[first : first + WINDOW_MONTHS]))
        taught = cases.iloc[training]
        enough = taught.loc[taught["bad"] > 0, "customer_id"].nunique() >= min_events
        if not enough or taught["as_of"].nunique() < MIN_TRAINING_MONTHS:
            break
        found.append(TimeCut(cut, training, test))
    return found


def debtor_folds(groups: pd.Series, *, seed: int, folds: int = FOLDS) -> npt.NDArray[np.int64]:
    """Fold of each case: all the cases of a debtor in one, debtors in random order of the seed."""
    names = np.sort(groups.unique())
    order = np.random.default_rng(seed).permutation(len(names))
    return pd.Series(order % folds, index=names).reindex(groups.to_numpy()).to_numpy(dtype="int64")


def unseen(cut: TimeCut, fold: npt.NDArray[np.int64]) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Pairs of training and test cases of a cut, no debtor on both sides."""
    for number in np.unique(fold[cut.test]):
        yield cut.training[fold[cut.training] != number], cut.test[fold[cut.test] == number]
