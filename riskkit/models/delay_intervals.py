"""Intervals of one invoice's payment delay that keep their promise: adaptive conformal prediction.

A model's 80 % interval holds 80 % only where the model is right. Past outcomes say how far it is not: the score of an
outcome is the smallest central probability whose interval, in whole days, would have held it, and the share to use is
the level-quantile of the latest scores. Customers change, so the level itself moves with each outcome that is known:

    α ← α + γ (α₀ − miss)                                                          (Gibbs and Candès, 2021)

γ is `STEP`, and less where many outcomes are awaited: a step taken on news that is N outcomes old must be small against
1 ÷ N, or the level swings (a loop with a delay). Nothing is learned before it is known: an outcome enters on the day
the invoice is settled, with the share that was used when its interval was given.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from riskkit.models.pieces import Days, Floats

STEP, AWAITED = 0.01, 1.0
"""Largest step γ for one outcome, and largest product of the step and the outcomes awaited."""
WINDOW, LEAST = 300, 30
"""How many of the latest outcomes are kept, and from how many on they are used."""


class AdaptiveLevel:
    """Which central share of the predicted distribution to show so that a share `level` of outcomes is inside."""

    def __init__(self, level: float) -> None:
        self._level = level
        self._miss = 1 - level
        self._batches: deque[Floats] = deque()
        self._awaited = 0

    @property
    def is_adapted(self) -> bool:
        """Whether enough outcomes are known for the share to be theirs and not the model's."""
        return sum(len(batch) for batch in self._batches) >= LEAST

    @property
    def share(self) -> float:
        """The central share to use now; the level itself before `LEAST` outcomes are known."""
        if not self.is_adapted:
            return self._level
        count = sum(len(batch) for batch in self._batches)
        ordered = np.sort(np.concatenate(self._batches))
        rank = int(np.ceil((1 - self._miss) * (count + 1)))
        return float(ordered[max(rank, 1) - 1]) if rank <= count else 1.0

    def learn(self, scores: Floats, *, used: Floats, awaited: int) -> None:
        """Outcomes known together: their scores, the shares of their intervals, how many others are still awaited.

        An interval given before there was anything to adapt to (NaN in `used`) moves no level.
        """
        self._awaited = max(self._awaited, awaited + len(scores))
        adapted = ~np.isnan(used)
        step = min(STEP, AWAITED / self._awaited)
        self._miss += step * float(((1 - self._level) - (scores[adapted] > used[adapted])).sum())
        self._batches.append(scores)
        while sum(len(batch) for batch in self._batches) - len(self._batches[0]) >= WINDOW:
            self._batches.popleft()


def replay(given: Days, known: Days, scores: Floats, *, level: float) -> tuple[Floats, AdaptiveLevel]:
    """Intervals given one day after another, each with what was known before: the shares used, and the level left.

    From: the day on which each interval was given, the day on which its outcome became known, its score. An outcome
    counts for the intervals given after the day it is known.
    """
    adaptive = AdaptiveLevel(level)
    used = np.full(len(scores), np.nan)
    order = np.argsort(known, kind="stable")
    days = known[order]
    learned = shown = 0
    for day in [*np.unique(given).tolist(), None]:
        end = len(order) if day is None else int(np.searchsorted(days, day, side="left"))
        while learned < end:
            batch = order[learned : int(np.searchsorted(days, days[learned], side="right"))]
            learned += len(batch)
            adaptive.learn(scores[batch], used=used[batch], awaited=shown - learned)
        if day is not None:
            here = given == day
            used[here] = adaptive.share if adaptive.is_adapted else np.nan
            shown += int(here.sum())
    return np.where(np.isnan(used), level, used), adaptive


def delay_scores(left: Floats, days: Days) -> Floats:
    """Smallest central share whose interval holds each outcome.

    From: left, probability of having left by the end of each day (rows are invoices, columns days from 1); the day,
    from 1, on which each left. To: 0 for an outcome at the median, near 1 far from it.
    """
    row, at = np.arange(len(left)), np.clip(days, 1, left.shape[1]) - 1
    by_then = left[row, at]
    before = np.where(at > 0, left[row, np.maximum(at - 1, 0)], 0.0)
    scores: Floats = np.maximum(np.maximum(1 - 2 * by_then, 2 * before - 1), 0.0)
    return scores


def delay_interval(left: Floats, share: float) -> tuple[Days, Days]:
    """First and last day (from 1) of the central interval of that share; one past the last column where it is open."""
    days = left.shape[1]
    ends = []
    for bound in ((1 - share) / 2, (1 + share) / 2):
        reached = left >= bound
        ends.append(np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, days + 1))
    return ends[0], ends[1]
