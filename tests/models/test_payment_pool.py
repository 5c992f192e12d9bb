"""The pool of forecasts: the better model recovered, what is not known left out, averages by hand."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.models.payment_pool import PRIOR_ITEMS, PastChances, pool_weights, pooled, weekly_left
from riskkit.models.payment_time import Payments

WEEKS = 13


def geometric(rate, items):
    """Probability of having left by the end of each week when a share `rate` of what is left leaves in each."""
    return np.tile(1 - (1 - rate) ** np.arange(1, WEEKS + 1), (items, 1))


def past(rates, waits, as_of=1_000):
    return PastChances(as_of, np.stack([geometric(rate, len(waits)) for rate in rates]), np.asarray(waits))


def test_without_a_past_models_weigh_the_same():
    assert pool_weights([], known_day=2_000, models=2).tolist() == [0.5, 0.5]
    assert pool_weights([past((0.1, 0.5), [3, 4])], known_day=1_006, models=2).tolist() == [0.5, 0.5]  # no week is over


def test_the_weights_by_hand():
    # model 1 gives a leaving in week 1 the chance 0.1, model 2 gives it 0.5; n items left then: all speak for model 2
    known = pool_weights([past((0.1, 0.5), [0] * 60)], known_day=1_007, models=2)
    w = known[1]
    # at the optimum of 60 ln(0.1 (1 − w) + 0.5 w) + 10 ln(1 − w) + 10 ln w the slope is 0
    slope = 60 * 0.4 / (0.1 + 0.4 * w) - PRIOR_ITEMS / 2 / (1 - w) + PRIOR_ITEMS / 2 / w
    assert slope == pytest.approx(0, abs=0.01)


def test_planted_shares_of_two_laws_are_recovered():
    rng = np.random.default_rng(4)
    fast = rng.random(6_000) < 0.3
    weeks = rng.geometric(np.where(fast, 0.6, 0.1)) - 1
    found = pool_weights([past((0.6, 0.1), 7 * weeks + 2)], known_day=1_000 + 91, models=2)
    assert found[0] == pytest.approx(0.3, abs=0.03)
    # known two weeks later only: the same shares, less sure; what comes after is not looked at
    early = pool_weights([past((0.6, 0.1), 7 * weeks + 2)], known_day=1_014, models=2)
    hidden = pool_weights([past((0.6, 0.1), np.where(weeks < 2, 7 * weeks + 2, 10**6))], known_day=1_014, models=2)
    assert early.tolist() == hidden.tolist()
    assert early[0] == pytest.approx(0.3, abs=0.06)


def test_an_average_of_payments_is_still_one():
    def made(first):
        cash = np.array([[first, 0.2]])
        return Payments(
            cash=cash, later=np.array([0.1]), never=np.array([0.7 - first]), owed=1 - np.cumsum(cash, axis=1),
            later_by=np.array([[0.1]]), later_days=np.array([30]),
        )  # fmt: skip

    mixed = pooled([made(0.1), made(0.5)], np.array([0.25, 0.75]))
    assert mixed.cash.tolist() == [[pytest.approx(0.4), pytest.approx(0.2)]]  # 0.25 × 0.1 + 0.75 × 0.5
    assert mixed.cash.sum() + mixed.later[0] + mixed.never[0] == pytest.approx(1)


def test_weeks_end_on_their_seventh_day():
    owed = np.linspace(1, 0.5, 15)[None, 1:]
    assert weekly_left(owed)[0].tolist() == [1 - owed[0, 6], 1 - owed[0, 13]]
