"""Resampling of customers: bootstrap sums by group, and the permutation test that a group exceeds its share.

The unit drawn is the customer, never the invoice: ten late invoices of one customer are one piece of evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_CELLS_PER_CHUNK = 4_000_000  # draws × customers held at once: about 64 MB


@dataclass(frozen=True)
class GroupedPositions:
    """Overdue and exposure of customers, sorted by group, as shares of total exposure.

    `overdue` and `exposure` have one value a row; a row is a customer in a group. `bounds` holds the first row of each
    group, then the number of rows. `customer` is the customer of each row, from 0 to `customers_count` − 1.
    """

    overdue: Floats
    exposure: Floats
    bounds: Integers
    customer: Integers
    customers_count: int

    @property
    def groups_count(self) -> int:
        """How many groups there are."""
        return len(self.bounds) - 1

    @property
    def live_rows(self) -> Flags:
        """True for each row that holds an open item."""
        live: Flags = (self.exposure != 0) | (self.overdue != 0)
        return live

    @property
    def terms(self) -> Floats:
        """One row a position: u, e, u², ue, e². Their sums by group are all that the statistics need."""
        u, e = self.overdue, self.exposure
        return np.column_stack([u, e, u * u, u * e, e * e])

    def sums(self) -> Floats:
        """The five terms summed by group, as observed."""
        terms = self.terms
        return np.stack([terms[a:b].sum(axis=0) for a, b in pairwise(self.bounds)])


def resampled_sums(positions: GroupedPositions, *, draws: int, seed: int) -> Floats:
    """The five terms summed by group in each draw: an array draws × groups × 5.

    Each draw takes as many customers as there are, with replacement (multinomial weights). Customers who owe nothing
    change no sum, so they share one weight: exact, and quick when most accounts are idle.
    """
    terms = positions.terms
    live_rows = positions.live_rows
    live_customers, customer = np.unique(positions.customer[live_rows], return_inverse=True)
    bounds = np.concatenate([[0], np.cumsum(live_rows)])[positions.bounds]
    terms = np.ascontiguousarray(terms[live_rows])
    one_row_each = len(live_customers) == len(customer)
    if one_row_each:  # number the customers as their rows are sorted: no gathering of weights is needed
        customer = np.arange(len(customer))
    cells = len(live_customers) + 1  # the last one stands for every idle customer
    chunk = max(1, _CELLS_PER_CHUNK // positions.customers_count)
    generator = np.random.default_rng(seed)
    sums = np.zeros((draws, positions.groups_count, terms.shape[1]))
    for first in range(0, draws, chunk):
        size = min(chunk, draws - first)
        drawn = generator.integers(positions.customers_count, size=(size, positions.customers_count))
        np.minimum(drawn, cells - 1, out=drawn)
        drawn += np.arange(size)[:, None] * cells
        weights = np.bincount(drawn.ravel(), minlength=size * cells).reshape(size, cells).astype(np.float64)
        if not one_row_each:
            weights = weights[:, customer]
        for group, (a, b) in enumerate(pairwise(bounds)):
            sums[first : first + size, group] = weights[:, a:b] @ terms[a:b]
    return sums


def lifts(sums: Floats) -> tuple[Floats, Floats]:
    """Share of the overdue, and lift, of each group; NaN where nothing is overdue or the group owes nothing."""
    overdue, exposure = sums[..., 0], sums[..., 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        overdue_share = overdue / overdue.sum(axis=-1, keepdims=True)
        exposure_share = exposure / exposure.sum(axis=-1, keepdims=True)
        lift = np.where(exposure > 0, overdue_share / exposure_share, np.nan)
    return overdue_share, lift


def excess_and_error(sums: Floats) -> tuple[Floats, Floats]:
    """Excess overdue X_j = U_j − R·E_j of each group and its standard error by linearisation.

    With r_i = u_i − R·e_i and w_j = E_j ÷ E, customer i moves X_j by r_i·(1[i in j] − w_j).
    """
    overdue, exposure, uu, ue, ee = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = exposure.sum(axis=-1, keepdims=True)
        rate = overdue.sum(axis=-1, keepdims=True) / total
        weight = exposure / total
        squares = np.maximum(uu - 2 * rate * ue + rate * rate * ee, 0.0)
        return overdue - rate * exposure, _error(squares, weight=weight)


def _error(squares: Floats, *, weight: Floats) -> Floats:
    """Standard error of each group's excess from its sum of r² and its share of exposure."""
    variance = (1 - 2 * weight) * squares + weight**2 * squares.sum(axis=-1, keepdims=True)
    error: Floats = np.sqrt(np.maximum(variance, 0.0))
    return error


def studentised(excess: Floats, error: Floats) -> Floats:
    """Excess in standard errors; minus infinity where the error is nil, so that it never stands out."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(error > 1e-12, excess / error, -np.inf)


def eligible(positions: GroupedPositions, *, min_overdue: int, max_largest: float) -> Flags:
    """True for each group with enough overdue customers, none of which makes too large a part of its overdue."""
    counts, largest, sums = _spread(positions.overdue[None, :], positions.bounds[:-1], positions.bounds[1:])
    enough: Flags = ((counts >= min_overdue) & (largest < max_largest * sums))[0]
    return enough


def corrected_p(
    positions: GroupedPositions, *, tested: Flags, min_overdue: int, max_largest: float, draws: int, seed: int
) -> Floats:
    """One-sided p-value that a group exceeds its share, corrected for every group searched; NaN for the others.

    The studentised excess of each tested group is compared with the largest one over all eligible groups when
    customers who owe something are dealt anew to the groups (single-step max-T of Westfall and Young, 1993). Exact
    where groups do not matter, at any number of groups and for amounts as skewed as receivables are; Bonferroni on
    percentiles of the bootstrap needs draws in the far tail, and misses most sectors that do stand out.
    """
    p_values = np.full(positions.groups_count, np.nan)
    if not tested.any():
        return p_values
    statistic = studentised(*excess_and_error(positions.sums()))[tested]
    live = positions.live_rows
    edges = np.concatenate([[0], np.cumsum(live)])[positions.bounds]
    filled = np.flatnonzero(np.diff(edges))
    starts, ends = edges[filled], edges[filled + 1]
    overdue, exposure = positions.overdue[live], positions.exposure[live]
    rate, total = overdue.sum() / exposure.sum(), exposure.sum()  # dealing anew changes neither
    chunk = max(1, _CELLS_PER_CHUNK // (8 * len(overdue)))
    generator = np.random.default_rng(seed)
    maxima = np.full(draws, -np.inf)
    for first in range(0, draws, chunk):
        size = min(chunk, draws - first)
        order = generator.permuted(np.tile(np.arange(len(overdue), dtype=np.int32), (size, 1)), axis=1)
        dealt, against = overdue[order], exposure[order]
        counts, largest, sums = _spread(dealt, starts, ends)
        beyond_share = dealt - rate * against
        squares = np.add.reduceat(beyond_share**2, starts, axis=1)
        error = _error(squares, weight=np.add.reduceat(against, starts, axis=1) / total)
        pivots = studentised(np.add.reduceat(beyond_share, starts, axis=1), error)
        candidate = (counts >= min_overdue) & (largest < max_largest * sums)
        maxima[first : first + size] = np.where(candidate, pivots, -np.inf).max(axis=1)
    beyond = draws - np.searchsorted(np.sort(maxima), statistic, side="left")
    p_values[tested] = (1 + beyond) / (1 + draws)
    return p_values


def _spread(overdue: Floats, starts: Integers, ends: Integers) -> tuple[Integers, Floats, Floats]:
    """Of each row of `overdue`, by group: customers overdue, the largest of them, and their sum."""
    filled = ends > starts
    counts = np.zeros((len(overdue), len(starts)), dtype=np.int64)
    largest, sums = np.zeros(counts.shape), np.zeros(counts.shape)
    if filled.any():
        counts[:, filled] = np.add.reduceat((overdue > 0).astype(np.int64), starts[filled], axis=1)
        largest[:, filled] = np.maximum.reduceat(overdue, starts[filled], axis=1)
        sums[:, filled] = np.add.reduceat(overdue, starts[filled], axis=1)
    return counts, largest, sums
