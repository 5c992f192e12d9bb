"""Simple forecasts that the model must beat: cash of the open items by day, cents, from what is known at the date.

An item whose day has passed is expected on the next day, as a person would do with the same rule.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from riskkit.models.habits import clock_origin
from riskkit.models.pieces import CASH, OPEN, Floats, Pieces
from riskkit.policy_forecast import HORIZON_DAYS, HORIZON_WEEKS

Baseline = Callable[[Pieces], Floats]
_WEEKS_KEPT = 104


def due_date(pieces: Pieces) -> Floats:
    """Each open item on its due date."""
    opened = pieces.only(pieces.is_open)
    return _placed(opened, clock_origin(opened) - opened.as_of)


def customer_median(pieces: Pieces) -> Floats:
    """Each open item at the median delay from issue of its customer's payments, or of all where it has none."""
    opened = pieces.only(pieces.is_open)
    paid = pieces.only((pieces.exit == CASH) & pieces.behaves)
    if not len(paid):
        return due_date(pieces)
    delay = pd.Series((paid.out - paid.issue).astype(float))
    median = delay.groupby(paid.customer).median()
    habit = pd.Series(opened.customer).map(median).fillna(float(delay.median())).to_numpy()
    return _placed(opened, np.floor(opened.issue + habit - opened.as_of))


def mean_13_weeks(pieces: Pieces) -> Floats:
    """The mean of the last 13 weeks' cash, every day: all the cash received, whatever it pays."""
    recent = (pieces.exit == CASH) & (pieces.out > pieces.as_of - HORIZON_DAYS)
    return np.full(HORIZON_DAYS, pieces.cents[recent].sum() / HORIZON_DAYS)


def cohort_curves(pieces: Pieces) -> Floats:
    """Share of billing collected by age in weeks, in euros, applied to each cohort's open amount (chain ladder)."""
    opened, taught = pieces.only(pieces.is_open), pieces.only(pieces.behaves)
    age = np.minimum((taught.out - taught.issue) // 7, _WEEKS_KEPT)
    size = _WEEKS_KEPT + HORIZON_WEEKS + 2
    at_risk = np.bincount(age, taught.cents, size)[::-1].cumsum()[::-1]
    left = taught.exit != OPEN
    paid = np.bincount(age[taught.exit == CASH], taught.cents[taught.exit == CASH], size)
    gone = np.bincount(age[left], taught.cents[left], size)
    with np.errstate(divide="ignore", invalid="ignore"):
        paid_rate, gone_rate = (np.where(at_risk > 0, part / at_risk, 0.0) for part in (paid, gone))
    reached = np.minimum((opened.as_of - opened.issue) // 7, _WEEKS_KEPT)
    owed, weeks = opened.cents.astype(float), []
    for ahead in range(HORIZON_WEEKS):
        at = np.minimum(reached + ahead, size - 1)
        weeks.append(float((owed * paid_rate[at]).sum()))
        owed = owed * (1 - gone_rate[at])
    return np.repeat(np.array(weeks) / 7, 7)


BASELINES: dict[str, Baseline] = {
    "due_date": due_date,
    "customer_median": customer_median,
    "mean_13_weeks": mean_13_weeks,
    "cohort_curves": cohort_curves,
}


def _placed(opened: Pieces, ahead: np.ndarray) -> Floats:
    """The open amounts on days so far ahead; those past the horizon are left out."""
    day = np.clip(ahead.astype(np.int64), 1, HORIZON_DAYS + 1) - 1
    return np.bincount(day, opened.cents.astype(float), HORIZON_DAYS + 1)[:HORIZON_DAYS].astype(np.float64)
