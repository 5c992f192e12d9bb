"""The habit of each customer: how long after the due date it pays, and how regularly, shrunk to what others show.

A customer with two invoices is mostly described by its segment, one with two hundred by itself: location m_i and
spread s_i are empirical-Bayes estimates in three levels (customer, segment, portfolio). On the clock (day − m_i) ÷ s_i
all customers then share one `PaymentCurve`.

    m_i = M_g + B_i (y_i − M_g),   B_i = T ÷ (T + s_i² ÷ n_i)
    s_i² = (ν s² + Σ(y − y_i)²) ÷ (ν + n_i − 1)

y are days past due, those of open pieces at their expectation under the current fit; n_i counts invoices (a part
payment counts for its part); T is the variance between customers by moments; ν = 15.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskkit.models.payment_curve import PaymentCurve, fit_curve
from riskkit.models.pieces import CASH, OPEN, Days, Floats, Pieces

ROUNDS = 4
SPREAD_PRIOR = 15.0
LOWEST, HIGHEST = -2.0, 3.0
"""Spreads from the location at which a delay is cut while a location is estimated: one forgotten invoice moves none."""
_LEAST_CHANGE = 2.0


@dataclass(frozen=True)
class Habits:
    """Location and spread by customer code, days; `change_days` is added from a dated change of habit on.

    `settled` is how many invoices each customer has shown settled: the evidence behind its own figures.
    """

    location: Floats
    spread: Floats
    change_days: float
    settled: Floats
    curve: PaymentCurve

    def clock(self, pieces: Pieces, day: Days, *, changed: Floats) -> Floats:
        """Clock times of each piece at those integer days: one row a piece, one column a day."""
        where = pieces.customer
        middle = clock_origin(pieces) + self.location[where] + self.change_days * changed
        result: Floats = (day - middle[:, None]) / self.spread[where][:, None]
        return result


def clock_origin(pieces: Pieces) -> Days:
    """The due day of each piece, or its issue day where no due day is known."""
    origin: Days = np.where(pieces.due < 0, pieces.issue, pieces.due)
    return origin


def fit_habits(pieces: Pieces, *, segment: Days, changed: Floats, pooled: bool = False) -> Habits:
    """Habits of the customers of these pieces.

    Parameters
    ----------
    pieces
        Pieces that teach; at least one left.
    segment
        Segment of each customer code, from 0.
    changed
        1.0 for pieces issued on or after a dated change of their customer's habit, else 0.0.
    pooled
        True takes all customers for one: the simplest survival model, kept where habits do not pay.

    """
    origin = clock_origin(pieces)
    late, at_issue = (pieces.out - origin).astype(float), (pieces.issue - origin).astype(float)
    left, weight, where = pieces.exit != OPEN, pieces.weight, pieces.customer
    count = len(pieces.customer_ids)
    settled: Floats = np.bincount(where, weight * left, count).astype(np.float64)
    expected, change = late.copy(), 0.0
    location, spread = np.zeros(count), np.ones(count)
    for turn in range(ROUNDS):
        if not pooled:
            change = _change(where, weight / spread[where] ** 2, expected, changed, count)
            own = expected - change * changed
            if turn:
                middle, wide = location[where], spread[where]
                own = np.clip(own, middle + LOWEST * wide, middle + HIGHEST * wide)
            location, spread = _shrunk(where, weight, own, segment, count)
        middle = location[where] + change * changed
        entry, leave = (at_issue - 1 - middle) / spread[where], (late - middle) / spread[where]
        leave = np.maximum(leave, entry + 1e-6)
        curve = fit_curve(entry, leave, left=left, is_cash=pieces.exit == CASH, weight=weight, **_fineness(pooled))
        if pooled:
            break
        ahead = middle + spread[where] * curve.mean_beyond(leave)
        expected = np.where(left, late, np.maximum(ahead, late + 1))
    return Habits(location, spread, change, settled, curve)


def _fineness(pooled: bool) -> dict[str, int]:
    """Without habits the curve itself must hold the pay days: finer intervals."""
    return {"intervals": 200} if pooled else {}


def _change(where: Days, weight: Floats, late: Floats, changed: Floats, count: int) -> float:
    """Days by which a dated change moves payments: slope inside customers, 0 where too few show both sides."""
    if not changed.any():
        return 0.0
    total = np.maximum(np.bincount(where, weight, count), 1e-12)
    before = changed - (np.bincount(where, weight * changed, count) / total)[where]
    moved = late - (np.bincount(where, weight * late, count) / total)[where]
    square = float((weight * before * before).sum())
    enough = float((before * before).sum()) > _LEAST_CHANGE
    return float((weight * before * moved).sum()) / square if enough else 0.0


def _shrunk(where: Days, weight: Floats, late: Floats, segment: Days, count: int) -> tuple[Floats, Floats]:
    """Empirical-Bayes location and spread of each customer; customers without an invoice take their segment's."""
    size = np.bincount(where, weight, count)
    seen = size > 1e-9
    mean = np.bincount(where, weight * late, count) / np.maximum(size, 1e-12)
    squares = np.bincount(where, weight * (late - mean[where]) ** 2, count)
    freedom = np.maximum(size - 1, 0.0)
    common = max(float(squares.sum()) / max(float(freedom.sum()), 1.0), 0.25)
    variance = (SPREAD_PRIOR * common + squares) / (SPREAD_PRIOR + freedom)
    error = variance / np.maximum(size, 1e-12)
    trust = 1 / (error[seen] + common)
    middle = float(np.average(mean[seen], weights=trust))
    excess = np.average((mean[seen] - middle) ** 2, weights=trust) - np.average(error[seen], weights=trust)
    between = max(float(excess), 0.05 * common)
    prior = _segment_means(mean, np.where(seen, 1 / (error + between), 0.0), segment)
    pull = np.where(seen, between / (between + error), 0.0)
    location = prior + pull * (np.where(seen, mean, prior) - prior)
    return location, np.sqrt(np.where(seen, variance, common + between))


def _segment_means(mean: Floats, precision: Floats, segment: Days) -> Floats:
    """Mean of each customer's segment, itself shrunk to that of all."""
    count = int(segment.max()) + 1
    held = np.bincount(segment, precision, count)
    overall = float((precision * mean).sum() / precision.sum())
    own = np.where(held > 0, np.bincount(segment, precision * mean, count) / np.maximum(held, 1e-12), overall)
    error = 1 / np.maximum(held, 1e-12)
    seen = held > 0
    between = np.average((own[seen] - overall) ** 2, weights=held[seen]) - np.average(error[seen], weights=held[seen])
    pull = np.where(seen, max(float(between), 0.0) / (max(float(between), 0.0) + error), 0.0)
    means: Floats = (overall + pull * (own - overall))[segment]
    return means
