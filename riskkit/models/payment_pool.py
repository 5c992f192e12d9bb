"""Forecasts of several models averaged: a linear pool whose weights are those that past outcomes found likeliest.

Each model gives every open item a probability of leaving in each week, or of staying longer. The weights w maximise

    Σ_items ln(Σ_k w_k p_ki) + n₀ ÷ K × Σ_k ln w_k

over items open at past dates, each with what was known of it on the day of the forecast: an item that had not left by
then only says that it stayed. The optimum is found by expectation-maximisation, n₀ items standing for equal weights.
Geweke and Amisano, Optimal prediction pools, Journal of Econometrics 164 (2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from riskkit.models.payment_time import Payments
from riskkit.models.pieces import Days, Floats

PRIOR_ITEMS = 20.0
MOST_ITEMS = 5_000
"""Items that teach the weights; of more, every second, third… is read: the weights are then known to about 0.02."""
_ROUNDS = 200
_LEAST_CHANCE = 1e-4
_STILL = 1e-5


@dataclass(frozen=True)
class PastChances:
    """What each model said of the items open at a past day, and when they left.

    `left` is model × item × week: the probability of having left by the end of each week of the horizon. `wait` is the
    days after `as_of` until the item left, less one; at or beyond what is known it had not.
    """

    as_of: int
    left: Floats
    wait: Days

    def chances(self, known_day: int) -> Floats | None:
        """Probability that each model gave to what was known of each item at a later day: item × model."""
        weeks = min((known_day - self.as_of) // 7, self.left.shape[2])
        if weeks < 1:
            return None
        edges = np.zeros((*self.left.shape[:2], weeks + 2))
        edges[:, :, 1:-1], edges[:, :, -1] = self.left[:, :, :weeks], 1.0
        week, row = np.minimum(self.wait // 7, weeks), np.arange(len(self.wait))
        found: Floats = np.maximum(edges[:, row, week + 1] - edges[:, row, week], _LEAST_CHANCE).T
        return found


def weekly_left(owed: Floats) -> Floats:
    """Probability of having left by the end of each whole week, from that of being owed at the end of each day."""
    result: Floats = 1 - owed[:, 6::7]
    return result


def pool_weights(past: Sequence[PastChances], *, known_day: int, models: int) -> Floats:
    """The weight of each model, from past days as they were known at `known_day`; equal where nothing is known."""
    known = [chances for one in past if (chances := one.chances(known_day)) is not None]
    weights: Floats = np.full(models, 1 / models)
    if not known:
        return weights
    chances = np.concatenate(known)
    chances = chances[:: -(-len(chances) // MOST_ITEMS)]
    for _ in range(_ROUNDS):
        shares = chances * weights
        held = (shares / shares.sum(axis=1, keepdims=True)).sum(axis=0) + PRIOR_ITEMS / models
        moved, weights = weights, held / held.sum()
        if float(np.abs(weights - moved).max()) < _STILL:
            break
    return weights


def pooled(payments: Sequence[Payments], weights: Floats) -> Payments:
    """The average of what several models expect of the same pieces."""
    names = ("cash", "later", "never", "owed", "later_by")
    means = {
        name: np.asarray(
            sum(weight * getattr(one, name) for weight, one in zip(weights.tolist(), payments, strict=True))
        )
        for name in names
    }
    return replace(payments[0], **means)
