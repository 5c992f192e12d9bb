"""How a driver is best told: a group, the wider group that holds it, or the pair inside it that explains it."""

from __future__ import annotations

import numpy as np

from riskkit.ledger.driver_search import PAIR, SINGLE, Candidate, Search, standing
from riskkit.ledger.group_search import Flags, crossed

ALIKE, EXCEEDS = 1.0, 2.0
"""Standard errors: under which the rest of a group is like others, above which a pair exceeds the rest of its group."""


def best_description(candidate: Candidate, candidates: list[Candidate], search: Search) -> Candidate:
    """The candidate, or the one that tells the same lateness better: a wider group that is late throughout, or a pair.

    From: the candidates of a search, all beyond chance.
    To:   one of them.
    """
    return _narrowed(_widened(candidate, candidates, search), candidates, search)


def _widened(candidate: Candidate, candidates: list[Candidate], search: Search) -> Candidate:
    """The widest single group beyond chance that holds the candidate, when its other members are late as well."""
    inside = search.families[candidate.family].inside(candidate.group)
    strata = search.strata(SINGLE)
    best, size = candidate, int(inside.sum())
    for other in candidates:
        if other.family != SINGLE:
            continue
        wider = search.families[SINGLE].inside(other.group)
        if int(wider.sum()) > size and bool(wider[inside].all()):
            rest = wider & ~inside
            if standing(rest, search.overdue, search.exposure, strata) > ALIKE:
                best, size = other, int(wider.sum())
    return best


def _narrowed(candidate: Candidate, candidates: list[Candidate], search: Search) -> Candidate:
    """The first pair beyond chance inside a single group, when it explains the group: the other members are as others.

    The pair must exceed the rest of the group, and that rest must not stand out by itself.
    """
    if candidate.family == PAIR:
        return candidate
    inside = search.families[candidate.family].inside(candidate.group)
    strata = search.strata(SINGLE)
    within = crossed(strata, inside.astype(np.int64))
    for other in candidates:
        if other.family != PAIR:
            continue
        part = search.families[PAIR].inside(other.group)
        if not bool(inside[part].all()) or bool(part[inside].all()):
            continue
        rest = standing(inside & ~part, search.overdue, search.exposure, strata)
        if rest < ALIKE and standing(part, search.overdue, search.exposure, within) > EXCEEDS:
            return other
    return candidate


def holds(inside: Flags, family: int, search: Search) -> bool:
    """Whether a group may be announced: enough overdue customers, none of which is the story."""
    policy = search.policy
    owed = search.overdue[inside]
    if int((owed > 0).sum()) < policy.min_overdue_customers or owed.max() >= policy.max_largest_share * owed.sum():
        return False
    return search.stands_without_largest(inside, family)
