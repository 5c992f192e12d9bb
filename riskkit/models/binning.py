"""Bins of one figure in which the risk only grows or only falls, and their weight of evidence.

The figure is cut at its quantiles; neighbours are pooled until the rate of events is monotone (pool adjacent
violators), each bin holds a minimal share of the rows, and no two neighbours could be the same by chance. A missing
figure is a bin of its own. The weight of evidence of a bin is ln(share of good in it ÷ share of bad in it), shrunk
towards 0 by `PRIOR` cases: a bin without evidence says nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
PRE_BINS, MAX_BINS = 20, 6
MIN_SHARE = 0.05
PRIOR = 4.0
SAME_BY_CHANCE = 2.7
"""χ² of one degree of freedom at 10 %: neighbours below it are pooled."""


@dataclass(frozen=True)
class Bins:
    """Bins of one figure: `edges` between them (a value equal to an edge is below it), and weights of evidence.

    `woe` has one value per bin, the lowest figures first, then that of a missing figure. `counts` and `bads` likewise.
    """

    name: str
    edges: tuple[float, ...]
    woe: tuple[float, ...]
    counts: tuple[float, ...]
    bads: tuple[float, ...]

    def index(self, values: Floats) -> npt.NDArray[np.int64]:
        """Bin of each value; the last is that of the missing."""
        place = np.searchsorted(np.array(self.edges), values, side="left")
        return np.where(np.isnan(values), len(self.edges) + 1, place).astype(np.int64)

    def transform(self, values: Floats) -> Floats:
        """Weight of evidence of each value."""
        return np.array(self.woe)[self.index(values)]

    @property
    def information(self) -> float:
        """Information value: Σ (share of good − share of bad) × weight of evidence."""
        counts, bads = np.array(self.counts), np.array(self.bads)
        goods = counts - bads
        if bads.sum() == 0 or goods.sum() == 0:
            return 0.0
        return float(((goods / goods.sum() - bads / bads.sum()) * np.array(self.woe)).sum())


def fit_bins(name: str, values: Floats, bad: Floats, *, direction: int = 0) -> Bins:
    """Bins of one figure from its values and what happened.

    Parameters
    ----------
    name
        Of the figure.
    values
        Its values, NaN where missing.
    bad
        1 for an event, 0 for none.
    direction
        1: the risk grows with the figure; −1: it falls; 0: whichever the data say.

    """
    known = ~np.isnan(values)
    read, events = values[known], bad[known]
    if direction == 0:
        direction = 1 if len(read) < 2 or _covariance(read, events) >= 0 else -1
    cuts = np.unique(np.quantile(read, np.linspace(0, 1, PRE_BINS + 1)[1:-1])) if len(read) else np.array([])
    cuts = cuts[cuts < read.max()] if len(read) else cuts
    place = np.searchsorted(cuts, read, side="left")
    counts: Floats = np.bincount(place, minlength=len(cuts) + 1).astype(np.float64)
    bads: Floats = np.bincount(place, weights=events, minlength=len(cuts) + 1).astype(np.float64)
    groups = _pooled(counts, bads, direction=direction, smallest=MIN_SHARE * len(values))
    edges = tuple(float(cuts[last]) for _, last in groups[:-1])
    sizes = [float(counts[a : b + 1].sum()) for a, b in groups] + [float((~known).sum())]
    falls = [float(bads[a : b + 1].sum()) for a, b in groups] + [float(bad[~known].sum())]
    return Bins(name, edges, _weights(sizes, falls), tuple(sizes), tuple(falls))


def _weights(counts: list[float], bads: list[float]) -> tuple[float, ...]:
    """Shrunk weights of evidence: each bin gets `PRIOR` cases at the average rate."""
    total, events = sum(counts), sum(bads)
    rate = min(max(events / total if total else 0.5, 1e-6), 1 - 1e-6)
    base = math.log((1 - rate) / rate)
    weights = []
    for count, bad in zip(counts, bads, strict=True):
        own = (bad + PRIOR * rate) / (count + PRIOR)
        weights.append(math.log((1 - own) / own) - base)
    return tuple(weights)


def _pooled(counts: Floats, bads: Floats, *, direction: int, smallest: float) -> list[tuple[int, int]]:
    """Runs of neighbouring pre-bins (first, last) after pooling."""
    groups = [(index, index) for index in range(len(counts)) if counts[index] > 0 or len(counts) == 1]
    groups = [(groups[i - 1][1] + 1 if i else 0, group[1]) for i, group in enumerate(groups)]

    def sums(group: tuple[int, int]) -> tuple[float, float]:
        return float(counts[group[0] : group[1] + 1].sum()), float(bads[group[0] : group[1] + 1].sum())

    def distance(left: tuple[int, int], right: tuple[int, int]) -> float:
        """χ² of two neighbours; 0 or less where they break the direction, −1 where one is too small."""
        (n1, b1), (n2, b2) = sums(left), sums(right)
        if min(n1, n2) < smallest:
            return -1.0
        rate = (b1 + b2) / (n1 + n2)
        spread = rate * (1 - rate) * (1 / n1 + 1 / n2)
        gap = direction * (b2 / n2 - b1 / n1)
        return math.copysign(gap * gap / spread, gap) if spread > 0 else 0.0

    while len(groups) > 1:
        gaps = [distance(groups[i], groups[i + 1]) for i in range(len(groups) - 1)]
        least = int(np.argmin(gaps))
        if gaps[least] >= SAME_BY_CHANCE and len(groups) <= MAX_BINS:
            break
        groups[least : least + 2] = [(groups[least][0], groups[least + 1][1])]
    return groups


def _covariance(values: Floats, events: Floats) -> float:
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return float(((ranks - ranks.mean()) * (events - events.mean())).sum())
