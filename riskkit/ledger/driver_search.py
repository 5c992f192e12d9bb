"""The search for what drives the unpaid: single groups and pairs, corrected for the number of tries, one at a time.

Customers are compared at equal size and terms. Chance is what remains when customers are dealt anew to groups within
these strata, so it includes every try, every overlap and every very large customer. What was found becomes a stratum of
its own before the search goes on: the next group must stand out among customers who share what is already known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from riskkit.ledger.dimension_columns import OTHERS
from riskkit.ledger.dimensions import SIZE_LEVELS, UNKNOWN, Grouping, dimension_of
from riskkit.ledger.equal_strata import strata_of
from riskkit.ledger.group_search import (
    Flags,
    Floats,
    Groups,
    Integers,
    crossed,
    greatest_by_chance,
    p_values,
    pair_groups,
    residuals,
    single_groups,
    spread,
    statistic,
    without_repeats,
)
from riskkit.policy_drivers import DriverPolicy

SINGLE, PAIR, SIZE = 0, 1, 2
WEIGHTS = (0.5, 0.4, 0.1)
"""Parts of the false-alarm rate given to single groups, to pairs, and to sizes."""
DEALT_CELLS, LEAST_DRAWS = 40_000_000, 399
"""Customers × permutations in all: past 40,000 customers they are fewer than the policy says, down to the second."""
PAIRED_SECTORS = ("section", "division")
STANDS = NormalDist().inv_cdf(0.95)
"""Standard errors beyond which one group, chosen beforehand, stands out."""


@dataclass(frozen=True)
class Candidate:
    """A group of a family, its excess in standard errors, and its chance corrected for every try."""

    family: int
    group: int
    statistic: float
    corrected_p: float
    score: float


@dataclass(frozen=True)
class Search:
    """Customers with an open item, the groups searched, and the strata in which they are alike.

    Amounts are shares of all exposure; rows are customers in order of their ids (`rows` places them in the positions).
    `found` are the members of each group already found, in order.
    """

    rows: Integers
    codes: pd.DataFrame
    overdue: Floats
    exposure: Floats
    sales_cents: Integers
    families: tuple[Groups, Groups, Groups]
    every: Groups
    policy: DriverPolicy
    seed: int
    found: tuple[Flags, ...] = ()

    def strata(self, family: int) -> Integers:
        """Strata of customers alike: equal size and terms, and in or out of what was found. Sizes: equal terms."""
        level = SIZE_LEVELS[0] if family == SIZE else ""
        usual = strata_of(self.codes, self.sales_cents, count=self.policy.size_strata, level=level)
        return crossed(usual, *[inside.astype(np.int64) for inside in self.found]) if self.found else usual

    @cached_property
    def chance(self) -> list[Floats]:
        """The largest statistic of each family by chance, in each permutation, sorted."""
        equal, terms = self.strata(SINGLE), self.strata(SIZE)
        fewer = max(LEAST_DRAWS, DEALT_CELLS // max(len(self.overdue), 1))
        draws, seed = min(self.policy.permutations, fewer), self.seed + 1000 * len(self.found)
        both = greatest_by_chance(
            self.families[:2], residuals(self.overdue, self.exposure, equal), equal, draws=draws, seed=seed
        )
        last = greatest_by_chance(
            self.families[2:], residuals(self.overdue, self.exposure, terms), terms, draws=draws, seed=seed + 1
        )
        return [*both, *last]

    def statistics(self, members: Any, family: int) -> Floats:
        """Excess in standard errors of each group, compared as the family is."""
        strata = self.strata(family)
        beyond = residuals(self.overdue, self.exposure, strata)
        return statistic(members, spread(members, beyond, strata), beyond[:, None])[:, 0]

    def corrected(self, observed: Floats, family: int) -> Floats:
        """Chance of each statistic, corrected for the tries of every family."""
        whole: Floats = np.minimum(p_values(observed, self.chance[family]) / WEIGHTS[family], 1.0)
        return whole

    def candidates(self) -> list[Candidate]:
        """The groups beyond chance, most so first."""
        found: list[Candidate] = []
        for family, groups in enumerate(self.families):
            if not len(groups):
                continue
            observed = self.statistics(groups.members, family)
            p = self.corrected(observed, family)
            limit = float(np.quantile(self.chance[family], 1 - WEIGHTS[family] * self.policy.false_alarm_rate))
            for group in np.flatnonzero(p <= self.policy.false_alarm_rate).tolist():
                score = float(observed[group]) / max(limit, 1e-9)
                found.append(Candidate(family, group, float(observed[group]), float(p[group]), score))
        return sorted(found, key=lambda candidate: (-candidate.score, candidate.family, candidate.group))

    def stands_without_largest(self, inside: Flags, family: int) -> bool:
        """Whether a group still stands out by itself when its largest overdue customer is left out of everything."""
        strata = self.strata(family)
        largest = int(np.argmax(np.where(inside, self.overdue, -1.0)))
        rest = np.arange(len(self.overdue)) != largest
        return standing(inside[rest], self.overdue[rest], self.exposure[rest], strata[rest]) > STANDS

    def evidence(self) -> dict[str, dict[str, tuple[float, bool]]]:
        """Of each single group searched, by level and code: corrected chance, and whether it holds without its largest.

        The second is True only for groups within the false-alarm rate, the only ones of which it is asked.
        """
        table: dict[str, dict[str, tuple[float, bool]]] = {}
        if not len(self.every) or self.overdue.sum() <= 0:
            return table
        is_size = np.array([condition[0][0] in SIZE_LEVELS for condition in self.every.conditions])
        for family, flags in ((SINGLE, ~is_size), (SIZE, is_size)):
            groups = self.every.chosen(flags)
            if not len(groups):
                continue
            for n, p in enumerate(self.corrected(self.statistics(groups.members, family), family)):
                level, code = groups.conditions[n][0]
                sure = p <= self.policy.false_alarm_rate
                stands = sure and self.stands_without_largest(groups.inside(n), family)
                table.setdefault(level, {})[code] = (float(p), bool(stands))
        return table

    def given(self, inside: Flags) -> Search:
        """The search that goes on once a group is found."""
        return replace(self, found=(*self.found, inside))


def standing(inside: Flags, overdue: Floats, exposure: Floats, strata: Integers) -> float:
    """Excess of one group within strata, in standard errors."""
    from scipy import sparse

    beyond = residuals(overdue, exposure, strata)
    members = sparse.csr_matrix(inside[None, :].astype(np.float64))
    return float(statistic(members, spread(members, beyond, strata), beyond[:, None])[0, 0])


def prepare_search(positions: pd.DataFrame, grouping: Grouping, *, policy: DriverPolicy, seed: int) -> Search:
    """The search over the groups of these customers.

    From: positions (`customer_positions.POSITIONS`) and the groups of the same customers, in the same order.
    To:   a `Search`. Groups of fewer customers with an open item than findings need are left out, as are the unknown
          and the small groups taken together; groups with the same members count once.
    """
    order = np.argsort(positions["customer_id"].to_numpy(dtype=str), kind="stable")
    rows = order[(positions["open_items_cents"] > 0).to_numpy()[order]].astype(np.int64)
    codes = grouping.codes.iloc[rows].reset_index(drop=True)
    exposure = positions["open_items_cents"].to_numpy(np.float64)[rows]
    total = max(float(exposure.sum()), 1.0)
    least = policy.min_overdue_customers
    levels = grouping.levels
    plain = [level for level in levels if level not in SIZE_LEVELS and level != "terms"]
    singles = _searched(single_groups(codes, plain), least=least)
    sizes = _searched(single_groups(codes, [level for level in levels if level in SIZE_LEVELS]), least=least)
    terms = _searched(single_groups(codes, [level for level in levels if level == "terms"]), least=least)
    own = without_repeats(singles)
    paired = [group for part in (own, sizes, terms) for group in _paired(part)]
    pairs = _pairs(own, sizes, terms, keep=paired, least=2 * least)
    return Search(
        rows=rows,
        codes=codes,
        overdue=positions["overdue_cents"].to_numpy(np.float64)[rows] / total,
        exposure=exposure / total,
        sales_cents=positions["sales_12m_cents"].to_numpy(np.int64)[rows],
        families=(own, without_repeats(pairs, known=[own, sizes, terms]), without_repeats(sizes)),
        every=_joined(singles, sizes),
        policy=policy,
        seed=seed,
    )


def _searched(groups: Groups, *, least: int) -> Groups:
    """The groups that have a name and enough customers, and leave enough out."""
    sizes = np.asarray(groups.members.sum(axis=1)).ravel()
    named = [conditions[0][1] not in (UNKNOWN, OTHERS) for conditions in groups.conditions]
    keep = (sizes >= least) & (groups.members.shape[1] - sizes >= least) & np.array(named, dtype=np.bool_)
    return groups.chosen(keep)


def _paired(groups: Groups) -> Iterator[bool]:
    """Whether each group may be half of a pair: of sectors, only sections and divisions."""
    for conditions in groups.conditions:
        level = conditions[0][0]
        yield dimension_of(level) != "sector" or level in PAIRED_SECTORS


def _pairs(own: Groups, sizes: Groups, terms: Groups, *, keep: list[bool], least: int) -> Groups:
    halves = _joined(_joined(own, sizes), terms).chosen(np.array(keep, dtype=np.bool_))
    dimension = [dimension_of(conditions[0][0]) for conditions in halves.conditions]
    return pair_groups(halves, dimension=dimension, min_customers=least)


def _joined(first: Groups, second: Groups) -> Groups:
    from scipy import sparse

    members = sparse.vstack([first.members, second.members], format="csr")
    return Groups((*first.conditions, *second.conditions), members)
