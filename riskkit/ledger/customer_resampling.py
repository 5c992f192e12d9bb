"""Bootstrap by customer: how far shares, lifts and excesses of groups would move with other customers of the same kind.

The unit drawn is the customer, never the invoice: ten late invoices of one customer are one piece of evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_CELLS_PER_CHUNK = 4_000_000  # draws × customers held at once: about 32 MB an array
_CELLS = 60_000_000  # draws × customers in all: past 30,000 customers the draws are fewer than the policy says


@dataclass(frozen=True)
class Intervals:
    """Ends of the intervals of each group: arrays of two rows (low, high). NaN where no draw gives a value."""

    share: Floats
    lift: Floats
    excess: Floats


def resampled_intervals(
    members: Any,
    overdue: Floats,
    exposure: Floats,
    *,
    customers_count: int,
    draws: int,
    confidence: float,
    seed: int,
) -> Intervals:
    """Percentile intervals of the share of overdue, the lift and the excess overdue of each group.

    From: members, a sparse matrix groups × customers of 0 and 1; overdue and exposure of those customers, who all hold
          an open item; `customers_count` counts those who hold none too.
    To:   `Intervals`; the excess is in the unit of `overdue`.

    Each draw takes as many customers as there are, with replacement. Those who owe nothing change no sum.
    """
    drawn = [
        _group_values(members, overdue[:, None] * weights, exposure[:, None] * weights)
        for weights in _weights(len(overdue), customers_count, draws=draws, seed=seed)
    ]
    tail = (1 - confidence) / 2
    share, lift, excess = (np.concatenate([part[n] for part in drawn], axis=1) for n in range(3))
    return Intervals(_ends(share, tail=tail), _ends(lift, tail=tail), _ends(excess, tail=tail))


def draws_made(draws: int, *, customers_count: int) -> int:
    """How many of the draws asked are made: fewer past 30,000 customers, never under 200 unless fewer are asked."""
    return min(draws, max(200, _CELLS // max(customers_count, 1)))


def _group_values(members: Any, overdue: Floats, exposure: Floats) -> tuple[Floats, Floats, Floats]:
    """Share, lift and excess of each group in each draw, from what each customer weighs in it."""
    owed, exposed = members @ overdue, members @ exposure
    total, whole = overdue.sum(axis=0), exposure.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = owed / total
        lift = np.where(exposed > 0, share / (exposed / whole), np.nan)
        return share, lift, owed - (total / whole) * exposed


def _weights(live: int, customers_count: int, *, draws: int, seed: int) -> Iterator[Floats]:
    """How often each live customer is drawn: arrays live × draws, a chunk at a time."""
    generator = np.random.default_rng(seed)
    cells = live + 1  # the last one stands for every customer who owes nothing
    draws = draws_made(draws, customers_count=customers_count)
    chunk = max(1, _CELLS_PER_CHUNK // max(customers_count, 1))
    for first in range(0, draws, chunk):
        size = min(chunk, draws - first)
        drawn = generator.integers(customers_count, size=(size, customers_count))
        np.minimum(drawn, cells - 1, out=drawn)
        drawn += np.arange(size)[:, None] * cells
        counts = np.bincount(drawn.ravel(), minlength=size * cells).reshape(size, cells)
        yield np.ascontiguousarray(counts[:, :live].T.astype(np.float64))


def _ends(drawn: Floats, *, tail: float) -> Floats:
    """Both percentile ends of each group over the draws that give it a value."""
    ends = np.full((2, len(drawn)), np.nan)
    whole = np.isfinite(drawn).all(axis=1)
    if whole.any():
        ends[:, whole] = np.quantile(drawn[whole], [tail, 1 - tail], axis=1)
    for group in np.flatnonzero(~whole):
        values = drawn[group][np.isfinite(drawn[group])]
        if len(values):
            ends[:, group] = np.quantile(values, [tail, 1 - tail])
    return ends
