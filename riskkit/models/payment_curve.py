"""The shared curve of payment: how fast pieces of invoices leave, against a clock on which customers are alike.

A life table with a constant hazard inside each interval (piecewise exponential). Intervals hold equal numbers of exits,
narrower in the tail as long as there are exits to fill them. What left otherwise than by cash (credit notes,
write-offs) is a competing way out: `cash_share` says which part of the exits of an interval brought money. Open pieces
count for the time they were watched and no longer (right censoring), invoices enter at issue (late entry).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskkit.models.pieces import Flags, Floats

EXITS_PER_INTERVAL = 4.0
MOST_INTERVALS = 60
_TAIL = (0.975, 0.985, 0.9925, 0.996, 0.998)
_CASH_PRIOR = 2.0


@dataclass(frozen=True)
class PaymentCurve:
    """Log-survival at interval starts, hazard after the last, and the share of exits that is cash, by interval."""

    starts: Floats
    log_survival: Floats
    last_hazard: float
    cash_share: Floats

    def log_survival_at(self, clock: Floats) -> Floats:
        """Log of the probability of being still owed at each clock time; 0 before the first exit ever seen."""
        inside = np.interp(clock, self.starts, self.log_survival)
        beyond = self.log_survival[-1] - self.last_hazard * (clock - self.starts[-1])
        result: Floats = np.where(clock > self.starts[-1], beyond, inside)
        return result

    def cash_share_at(self, clock: Floats) -> Floats:
        """Share of the exits at each clock time that is cash."""
        share: Floats = self.cash_share[self._interval(clock)]
        return share

    def mean_beyond(self, clock: Floats) -> Floats:
        """Expected clock time of an exit after each clock time, for a piece still owed then."""
        far = self.starts[-1] + np.array([1.0, 2.0, 4.0, 8.0])
        edges = np.concatenate([self.starts, far])
        leaving = -np.diff(np.exp(self.log_survival_at(edges)))
        middle = (edges[1:] + edges[:-1]) / 2
        above = np.cumsum((leaving * middle)[::-1])[::-1] / np.maximum(np.cumsum(leaving[::-1])[::-1], 1e-12)
        at = np.clip(np.searchsorted(edges, clock) - 1, 0, len(middle) - 1)
        expected: Floats = np.maximum(np.minimum(above, middle + 6.0)[at], clock)
        return expected

    def _interval(self, clock: Floats) -> np.ndarray:
        return np.clip(np.searchsorted(self.starts, clock, side="left") - 1, 0, len(self.starts) - 1)


def fit_curve(
    entry: Floats, leave: Floats, *, left: Flags, is_cash: Flags, weight: Floats, intervals: int = MOST_INTERVALS
) -> PaymentCurve:
    """The curve of pieces that entered and left (or were last seen) at these clock times.

    From: parallel arrays, one entry a piece; `left` is False for pieces still open; at least one piece left.
    To:   the curve. Hazard of an interval = exits ÷ time watched in it, both weighted.
    """
    starts = _interval_starts(leave[left], weight[left], intervals, first=float(entry.min()))
    count, widths = len(starts), np.diff(starts)
    first = np.clip(np.searchsorted(starts, entry, side="right") - 1, 0, count - 1)
    last = np.clip(np.searchsorted(starts, leave, side="left") - 1, 0, count - 1)
    crossed = np.bincount(first, weight, count) - np.bincount(last, weight, count)
    watched = np.cumsum(crossed) * np.append(widths, 0.0)
    watched -= np.bincount(first, weight * np.maximum(entry - starts[first], 0.0), count)
    watched += np.bincount(last, weight * np.maximum(leave - starts[last], 0.0), count)
    exits = np.bincount(last[left], weight[left], count)
    cash = np.bincount(last[left & is_cash], weight[left & is_cash], count)
    hazard = np.maximum(exits, 1e-6) / np.maximum(watched, 1e-9)
    overall = cash.sum() / exits.sum()
    return PaymentCurve(
        starts=starts,
        log_survival=np.concatenate([[0.0], -np.cumsum(hazard[:-1] * widths)]),
        last_hazard=float(hazard[-1]),
        cash_share=(cash + _CASH_PRIOR * overall) / (exits + _CASH_PRIOR),
    )


def _interval_starts(times: Floats, weight: Floats, intervals: int, *, first: float) -> Floats:
    """Starts of intervals that hold about as many exits each; the last one has no end."""
    order = np.argsort(times, kind="stable")
    ordered, running = times[order], np.cumsum(weight[order])
    whole = running[-1]
    count = int(min(intervals, max(3.0, whole / EXITS_PER_INTERVAL)))
    tail = [share for share in _TAIL if (1 - share) * whole >= 0.75 * EXITS_PER_INTERVAL]
    shares = np.unique(np.concatenate([np.arange(1, count) / count, tail]))
    cuts = ordered[np.minimum(np.searchsorted(running, shares * whole), len(ordered) - 1)]
    start = max(float(ordered[0]) - 0.25, first)
    starts: Floats = np.concatenate([[start], np.unique(cuts[cuts > start])])
    return starts
