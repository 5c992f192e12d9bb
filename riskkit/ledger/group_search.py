"""Groups of customers as rows of a sparse matrix, and the test that one of many groups exceeds its share.

The unit is the customer: ten late invoices of one customer are one piece of evidence. A group's excess within strata is
Σ r_i over its members, r_i = u_i − R_s·e_i, with u overdue, e exposure and R_s = Σu ÷ Σe of the stratum s of i.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Condition = tuple[str, str]
"""A level and a code."""

_CELLS_PER_CHUNK = 4_000_000  # customers × draws held at once: 32 MB an array


@dataclass(frozen=True)
class Groups:
    """Groups by their conditions (one, or two that both hold) and members: a sparse groups × customers of 0 and 1."""

    conditions: tuple[tuple[Condition, ...], ...]
    members: Any

    def __len__(self) -> int:
        """How many groups there are."""
        return len(self.conditions)

    def chosen(self, keep: Flags) -> Groups:
        """The groups flagged."""
        return Groups(tuple(c for c, k in zip(self.conditions, keep, strict=True) if k), self.members[keep])

    def inside(self, group: int) -> Flags:
        """True for each customer of a group."""
        flags = np.zeros(self.members.shape[1], dtype=np.bool_)
        flags[self.members.indices[self.members.indptr[group] : self.members.indptr[group + 1]]] = True
        return flags


def single_groups(codes: pd.DataFrame, levels: Sequence[str]) -> Groups:
    """Every group of every level, in order of level and code."""
    from scipy import sparse

    conditions: list[tuple[Condition, ...]] = []
    rows: list[Integers] = []
    for level in levels:
        place, names = pd.factorize(codes[level], sort=True)
        rows.append(len(conditions) + place.astype(np.int64))
        conditions += [((level, str(name)),) for name in names]
    count = len(codes)
    shape = (len(conditions), count)
    if not rows:
        return Groups((), sparse.csr_matrix(shape))
    columns = np.tile(np.arange(count), len(rows))
    members = sparse.csr_matrix((np.ones(len(columns)), (np.concatenate(rows), columns)), shape=shape)
    members.sort_indices()
    return Groups(tuple(conditions), members)


def pair_groups(singles: Groups, *, dimension: Sequence[str], min_customers: int) -> Groups:
    """Every pair of groups of two dimensions that holds `min_customers` customers or more.

    `dimension` names the dimension of each single group: two levels of one dimension make no pair.
    """
    from scipy import sparse

    together = sparse.triu(singles.members @ singles.members.T, k=1).tocoo()
    of = pd.factorize(np.asarray(dimension, dtype=object))[0]
    keep = (together.data >= min_customers) & (of[together.row] != of[together.col])
    first, second = together.row[keep], together.col[keep]
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    members = singles.members[first].multiply(singles.members[second]).tocsr()
    members.sort_indices()
    conditions = tuple(
        (*singles.conditions[a], *singles.conditions[b]) for a, b in zip(first.tolist(), second.tolist(), strict=True)
    )
    return Groups(conditions, members)


def without_repeats(groups: Groups, *, known: Sequence[Groups] = ()) -> Groups:
    """The groups without those whose members are those of an earlier one, or of a group of `known`."""
    if not len(groups):
        return groups
    mark = np.random.default_rng(0).random(groups.members.shape[1])  # equal members, equal sums of these numbers
    taken = {round(float(value), 9) for other in known for value in other.members @ mark}
    keep = np.zeros(len(groups), dtype=np.bool_)
    for group, value in enumerate(groups.members @ mark):
        key = round(float(value), 9)
        keep[group] = key not in taken
        taken.add(key)
    return groups.chosen(keep)


def residuals(overdue: Floats, exposure: Floats, strata: Integers) -> Floats:
    """r_i = u_i − R_s·e_i: overdue beyond the rate of the customer's stratum. Sums to 0 in each stratum."""
    total = np.bincount(strata, exposure)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(total > 0, np.bincount(strata, overdue) / total, 0.0)
    beyond: Floats = overdue - rate[strata] * exposure
    return beyond


@dataclass(frozen=True)
class Spread:
    """What the error of the groups' excess needs and that dealing customers anew does not change.

    `own` weighs each member's r² (members × 1 − 2f, f the group's part of the stratum); `rest` is Σ f²·Σ_s r² and
    `dealt` the variance of the excess when customers are dealt anew.
    """

    own: Any
    rest: Floats
    dealt: Floats


def spread(members: Any, beyond: Floats, strata: Integers) -> Spread:
    """See `Spread`."""
    from scipy import sparse

    count = int(strata.max()) + 1 if len(strata) else 0
    size = np.bincount(strata, minlength=count).astype(np.float64)
    squares = np.bincount(strata, beyond**2, minlength=count)
    in_stratum = sparse.csr_matrix((np.ones(len(strata)), (np.arange(len(strata)), strata)), shape=(len(strata), count))
    held = (members @ in_stratum).toarray()
    part = held / np.maximum(size, 1.0)
    group = np.repeat(np.arange(members.shape[0]), np.diff(members.indptr))
    own = members.copy()
    own.data = 1.0 - 2.0 * part[group, strata[members.indices]]
    dealt = (held * (1.0 - part)) @ (squares / np.maximum(size - 1.0, 1.0))
    return Spread(own, part**2 @ squares, dealt)


def statistic(members: Any, of: Spread, beyond: Floats) -> Floats:
    """Excess of each group in standard errors; 0 where it has none. `beyond` may hold one column per draw.

    The variance is the mean of the group's own (which one customer cannot beat: its square is in it) and of that under
    dealing anew (which a handful of like customers cannot beat: it does not shrink with them).
    """
    excess = members @ beyond
    own = np.maximum((of.own @ beyond**2).T + of.rest, 0.0)
    error = np.sqrt(0.5 * own + 0.5 * of.dealt).T
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.where(error > 1e-12, excess / error, 0.0)
    return result


def greatest_by_chance(
    families: Sequence[Groups], beyond: Floats, strata: Integers, *, draws: int, seed: int
) -> list[Floats]:
    """The largest statistic of each family of groups in each draw, sorted: customers dealt anew within their stratum.

    A single-step max-T (Westfall and Young, 1993): exact when, within strata, groups have nothing to do with lateness,
    for any number of groups, however they overlap and however skewed amounts are.
    """
    spreads = [spread(family.members, beyond, strata) for family in families]
    generator = np.random.default_rng(seed)
    order = np.argsort(strata, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(strata))]) if len(strata) else np.zeros(1, dtype=np.int64)
    chunk = max(1, min(draws, _CELLS_PER_CHUNK // max(len(beyond), 1)))
    maxima = [np.full(draws, -np.inf) for _ in families]
    for first in range(0, draws, chunk):
        size = min(chunk, draws - first)
        dealt = np.empty((len(beyond), size))
        for a, b in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            rows = order[a:b]
            dealt[rows] = generator.permuted(np.tile(beyond[rows], (size, 1)), axis=1).T
        for kept, family, of in zip(maxima, families, spreads, strict=True):
            if len(family):
                kept[first : first + size] = statistic(family.members, of, dealt).max(axis=0)
    return [np.asarray(np.sort(kept), dtype=np.float64) for kept in maxima]


def p_values(observed: Floats, greatest: Floats) -> Floats:
    """Chance, corrected for the whole family, of a statistic as large as each one observed."""
    beyond = len(greatest) - np.searchsorted(greatest, observed, side="left")
    corrected: Floats = ((1.0 + beyond) / (1.0 + len(greatest))).astype(np.float64)
    return corrected


def size_strata(sales_cents: Integers, *, count: int) -> Integers:
    """Class of sales of each customer, 0 the smallest; equal sales are never parted."""
    if len(sales_cents) < 10 * count:
        return np.zeros(len(sales_cents), dtype=np.int64)
    rank = pd.Series(sales_cents).rank(method="min", pct=True)
    classes: Integers = np.ceil(rank.to_numpy() * count).clip(1, count).astype(np.int64) - 1
    return pd.factorize(classes, sort=True)[0].astype(np.int64)


def crossed(*strata: Integers) -> Integers:
    """The strata that two or more stratifications make together."""
    frame = pd.DataFrame(dict(enumerate(strata)))
    numbers: Integers = frame.groupby(list(frame.columns), sort=True).ngroup().to_numpy().astype(np.int64)
    return numbers
