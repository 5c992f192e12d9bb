"""Intervals of the cash of any period, from joint draws of payments and from past errors of such periods.

Draws hold what items, customers and segments share (`shared_effects`). What a whole period shared beyond that, such as
a holiday that moves a pay run to the next week, shows in past errors: their squares exceed the variance of the draws by
a share τ² of the squared expectation. Each period of a kind is multiplied by a gamma variable of mean 1 and spread τ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riskkit.models.pieces import Days, Floats

PRIOR_SHOCK, PRIOR_PERIODS = 0.15, 3.0
"""Spread assumed before any past period is known, and how many past periods it is worth."""
_LEAST_SHOCK = 0.005
BLOCKS = {"day": 1, "week": 7, "month": 28, "total": 91}
"""Days of a past period of each kind."""


@dataclass(frozen=True)
class PastPeriods:
    """Expected cash, variance of the draws and actual cash of past periods of one kind, cents."""

    expected: Floats
    variance: Floats
    actual: Floats


@dataclass(frozen=True)
class CashSpread:
    """Draws of daily cash (draws × days, cents), the expected daily cash, and τ by kind of period."""

    draws: Floats
    expected: Floats
    shocks: dict[str, float]
    seed: int

    def moments(self, bounds: Days) -> tuple[Floats, Floats]:
        """Expected cash and variance of the draws of the periods between these bounds (days from 0)."""
        return block_sums(self.expected, bounds), self._sums(bounds).var(axis=0)

    def intervals(self, bounds: Days, *, kind: str, levels: Sequence[float]) -> list[tuple[Floats, Floats]]:
        """Low and high of each period at each level. Periods follow one another, the last bound is the end."""
        sums = self._sums(bounds)
        shock = self.shocks.get(kind, PRIOR_SHOCK)
        if shock > _LEAST_SHOCK:
            generator = np.random.default_rng(self.seed)
            sums = sums * generator.gamma(shock**-2, shock**2, sums.shape)
        shares = [((1 - level) / 2, (1 + level) / 2) for level in levels]
        ends = [np.quantile(sums, pair, axis=0) for pair in shares]
        return [(pair[0], pair[1]) for pair in ends]

    def _sums(self, bounds: Days) -> Floats:
        running = np.concatenate([np.zeros((len(self.draws), 1)), np.cumsum(self.draws, axis=1)], axis=1)
        sums: Floats = np.diff(running[:, bounds], axis=1)
        return sums


def period_shock(past: Sequence[PastPeriods]) -> float:
    """τ of a kind of period from past ones; `PRIOR_SHOCK` when there is none."""
    if not past:
        return PRIOR_SHOCK
    expected, variance, actual = (
        np.concatenate([getattr(periods, name) for periods in past]) for name in ("expected", "variance", "actual")
    )
    square = expected**2
    worth = PRIOR_PERIODS * float(square.mean())
    if worth <= 0:
        return PRIOR_SHOCK
    beyond = float(((actual - expected) ** 2 - variance).sum())
    return float(np.sqrt(max((beyond + worth * PRIOR_SHOCK**2) / (float(square.sum()) + worth), 0.0)))


def block_bounds(kind: str, days: int) -> Days:
    """Bounds of the whole blocks of a kind inside so many days."""
    size = BLOCKS[kind]
    bounds: Days = np.arange(0, days // size + 1) * size
    return bounds


def block_sums(values: Floats, bounds: Days) -> Floats:
    """Sums of daily values between bounds; days after the last bound are in none."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    sums: Floats = np.diff(running[bounds])
    return sums
