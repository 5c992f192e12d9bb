"""The calendar of payments: which days bring money, each customer's pay days, what holds a payment back.

The habits and the curve say how long payments take; this module says on which of the days around they fall. Each factor
multiplies the daily probability of payment (a discrete hazard) and is payments seen ÷ payments expected without it:

- weekday × kind of day (pay days, month end, closed days), for all customers;
- kind of day for each customer, its own payments mixed with those of all: by how much, the customers themselves say
  (the concentration of a Dirichlet-multinomial, by maximum likelihood over `CONCENTRATIONS`);
- while an item is disputed, and while its customer is in a collective procedure;
- a level: all of it over the last `LEVEL_DAYS`, so that a portfolio that now pays faster or slower is followed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskkit.models.business_days import KINDS, BusinessDays, business_days
from riskkit.models.habits import Habits
from riskkit.models.pieces import OPEN, UNDATED, Days, Floats, Pieces

CALENDAR_DAYS = 730
LEVEL_DAYS = 182
WATCHED_DAYS = 150
MOST_PIECES = 2_500
CONCENTRATIONS = tuple(2.0**power for power in range(-1, 12))
_CELL_PRIOR, _LEVEL_PRIOR = 5.0, 20.0
_DISPUTE, _PROCEDURE = 0, 1
_HOLD_PRIOR = ((0.25, 4.0), (0.02, 4.0))
"""Factor expected of a dispute and of a procedure, and how many expected payments that expectation is worth."""
MOST_LIKELY = 0.97
"""Highest probability of payment in one day."""


@dataclass(frozen=True)
class PayCalendar:
    """Factors of the daily probability of payment. `common` is weekday × kind, `own` customer code × kind."""

    common: Floats
    own: Floats
    holds: Floats

    def hazards(self, hazard: Floats, pieces: Pieces, days: Days, held_since: Days) -> Floats:
        """Daily probabilities with the calendar in them: rows are pieces, columns the integer days `days`."""
        calendar = business_days(int(days[0]), int(days[-1]))
        factor = self.common[calendar.weekday, calendar.kind][None, :] * self.own[pieces.customer][:, calendar.kind]
        for rank, since in enumerate((pieces.dispute, held_since)):
            held = (since[:, None] != UNDATED) & (days[None, :] > since[:, None])
            factor = np.where(held, factor * self.holds[rank], factor)
        result: Floats = np.minimum(hazard * factor, MOST_LIKELY)
        return result


@dataclass(frozen=True)
class _Watched:
    """Days on which pieces were watched, flat: weight × hazard expected, and where each belongs."""

    expected: Floats
    weight: Floats
    day: Days
    customer: Days
    disputed: np.ndarray
    held: np.ndarray


def fit_calendar(pieces: Pieces, habits: Habits, *, changed: Floats, held_since: Days, seed: int) -> PayCalendar:
    """The factors, from the pieces watched during the last `CALENDAR_DAYS`.

    Expectations come from `MOST_PIECES` pieces drawn by `seed`; payments of the same pieces are counted against
    them, and every piece counts for the pay days of its customer.
    """
    first = pieces.as_of - CALENDAR_DAYS
    calendar = business_days(first - 1, pieces.as_of)
    recent = np.flatnonzero((pieces.out > first) & (pieces.issue > first - WATCHED_DAYS))
    drawn = recent
    if len(recent) > MOST_PIECES:
        drawn = np.sort(np.random.default_rng(seed).choice(recent, MOST_PIECES, replace=False))
    kept = np.zeros(len(pieces), dtype=bool)
    kept[drawn] = True
    watched, seen_day, seen_weight, seen_held = _watch(
        pieces.only(kept), habits, changed[kept], held_since[kept], first
    )
    holds = _hold_factors(watched, seen_weight, seen_held)
    steady = _factor(watched, holds) * watched.expected
    common = _common(steady, watched.day, seen_day, seen_weight, calendar)
    own = _own(pieces, recent, common, steady, watched.day, calendar)
    at = calendar.at(watched.day)
    factor = common[calendar.weekday[at], calendar.kind[at]] * own[watched.customer, calendar.kind[at]]
    late = watched.day > pieces.as_of - LEVEL_DAYS
    level, paid = 1.0, seen_weight[seen_day > pieces.as_of - LEVEL_DAYS].sum()
    for _ in range(6):
        hazard = steady * factor * level / np.maximum(watched.weight, 1e-12)
        expected = (np.minimum(hazard, MOST_LIKELY) * watched.weight)[late].sum()
        level *= (paid + _LEVEL_PRIOR) / (expected + _LEVEL_PRIOR)
    return PayCalendar(common * level, own, holds)


def _watch(
    pieces: Pieces, habits: Habits, changed: Floats, held_since: Days, first: int
) -> tuple[_Watched, Days, Floats, np.ndarray]:
    start = np.maximum(pieces.issue, first)
    length = np.minimum(pieces.out - start, WATCHED_DAYS)
    steps = np.arange(int(length.max()) + 1 if len(length) else 1)
    days = start[:, None] + steps[None, :]
    hazard = 1 - np.exp(np.diff(habits.curve.log_survival_at(habits.clock(pieces, days, changed=changed)), axis=1))
    inside = steps[None, :-1] < length[:, None]
    row = np.broadcast_to(np.arange(len(pieces))[:, None], inside.shape)[inside]
    day = days[:, 1:][inside]
    weight = pieces.weight
    watched = _Watched(
        expected=hazard[inside] * weight[row],
        weight=weight[row],
        day=day,
        customer=pieces.customer[row],
        disputed=(pieces.dispute[row] != UNDATED) & (day > pieces.dispute[row]),
        held=(held_since[row] != UNDATED) & (day > held_since[row]),
    )
    paid = (pieces.exit != OPEN) & (pieces.out > start) & (pieces.out - start <= WATCHED_DAYS)
    out = pieces.out[paid]
    state = np.stack(
        [
            (pieces.dispute[paid] != UNDATED) & (out > pieces.dispute[paid]),
            (held_since[paid] != UNDATED) & (out > held_since[paid]),
        ]
    )
    return watched, out, weight[paid], state


def _hold_factors(watched: _Watched, seen_weight: Floats, seen_held: np.ndarray) -> Floats:
    """Payments seen ÷ expected while held, drawn towards what is expected of a hold; never above 1."""
    factors = []
    for rank, inside in enumerate((watched.disputed, watched.held)):
        expectation, worth = _HOLD_PRIOR[rank]
        seen, expected = seen_weight[seen_held[rank]].sum(), watched.expected[inside].sum()
        factors.append(min((seen + expectation * worth) / (expected + worth), 1.0))
    return np.array(factors)


def _factor(watched: _Watched, holds: Floats) -> Floats:
    factor = np.where(watched.disputed, holds[_DISPUTE], 1.0)
    result: Floats = np.where(watched.held, factor * holds[_PROCEDURE], factor)
    return result


def _common(expected: Floats, day: Days, seen_day: Days, seen_weight: Floats, calendar: BusinessDays) -> Floats:
    """Weekday × kind of day: two sets of factors fitted in turn (iterative proportional fitting)."""

    def cells(days: Days, values: Floats) -> Floats:
        at = calendar.at(days)
        return (
            np.bincount(calendar.weekday[at] * KINDS + calendar.kind[at], values, 7 * KINDS)
            .reshape(7, KINDS)
            .astype(np.float64)
        )

    seen, due = cells(seen_day, seen_weight), cells(day, expected)
    weekday, kind = np.ones(7), np.ones(KINDS)
    for _ in range(20):
        weekday = (seen.sum(axis=1) + _CELL_PRIOR) / ((due * kind).sum(axis=1) + _CELL_PRIOR)
        kind = (seen.sum(axis=0) + _CELL_PRIOR) / ((due * weekday[:, None]).sum(axis=0) + _CELL_PRIOR)
    return weekday[:, None] * kind[None, :]


def _own(pieces: Pieces, recent: Days, common: Floats, expected: Floats, day: Days, calendar: BusinessDays) -> Floats:
    """Each customer's share of payments on each kind of day, over that of all."""
    at = calendar.at(day)
    share = np.bincount(calendar.kind[at], expected * common[calendar.weekday[at], calendar.kind[at]], KINDS)
    share = np.maximum(share / max(share.sum(), 1e-12), 1e-4)
    paid = recent[pieces.exit[recent] != OPEN]
    count = len(pieces.customer_ids)
    kind = calendar.kind[calendar.at(pieces.out[paid])]
    seen = (
        np.bincount(pieces.customer[paid] * KINDS + kind, pieces.weight[paid], count * KINDS).reshape(count, KINDS)
        * 1.0
    )
    prior = _concentration(seen, share)
    own: Floats = (seen + prior * share) / (seen.sum(axis=1, keepdims=True) + prior) / share
    return own


def _concentration(seen: npt.NDArray[np.floating], share: Floats) -> float:
    """How alike customers' pay days are: the likeliest concentration around the common shares; small is unlike."""
    from scipy.special import gammaln

    counted = seen[seen.sum(axis=1) >= 2]
    if len(counted) < 2:
        return CONCENTRATIONS[-1]
    total = counted.sum(axis=1)

    def likelihood(concentration: float) -> float:
        pseudo = concentration * share / share.sum()
        inside = gammaln(counted + pseudo) - gammaln(pseudo)
        return float((gammaln(concentration) - gammaln(total + concentration)).sum() + inside.sum())

    return max(CONCENTRATIONS, key=likelihood)
