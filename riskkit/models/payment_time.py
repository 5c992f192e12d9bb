"""When each open item is paid: daily probabilities of cash, what comes later, what never comes.

The model is fitted on the pieces known at a date and answers for pieces open at that date, given the age they have
reached. Three layers, each kept because the layer below lost to it on past dates (`docs/benchmarks.md`): a shared
`PaymentCurve`, the `Habits` of customers, and the `PayCalendar`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.models.habits import Habits, fit_habits
from riskkit.models.pay_calendar import PayCalendar, fit_calendar
from riskkit.models.pieces import OPEN, UNDATED, Days, Flags, Floats, Pieces
from riskkit.policy_forecast import HORIZON_DAYS, ForecastPolicy

CHUNK = 20_000
LAYERS = ("curve", "habits", "curve_calendar", "calendar")
"""Curve alone, with habits, with the calendar and no habit, with both. The first is the pooled empirical survival."""


@dataclass(frozen=True)
class CustomerFacts:
    """Dated facts about customers that change how they pay, by customer code; `UNDATED` where there is none.

    `change_day` is the day from which the customer may pay at another pace, `hold_day` that of its procedure.
    `segment` numbers its segment from 0.
    """

    segment: Days
    change_day: Days
    hold_day: Days

    @classmethod
    def none(cls, count: int) -> CustomerFacts:
        """Nothing known of that many customers: one segment, no dated fact."""
        nothing = np.full(count, UNDATED, dtype=np.int64)
        return cls(np.zeros(count, dtype=np.int64), nothing, nothing)

    def known(self, as_of: int) -> CustomerFacts:
        """The facts dated on or before that day."""
        return CustomerFacts(
            self.segment,
            np.where(self.change_day <= as_of, self.change_day, UNDATED),
            np.where(self.hold_day <= as_of, self.hold_day, UNDATED),
        )

    def changed(self, pieces: Pieces) -> Floats:
        """1.0 for pieces issued on or after their customer's change of habit."""
        day = self.change_day[pieces.customer]
        return np.where((day != UNDATED) & (pieces.issue >= day), 1.0, 0.0)


@dataclass(frozen=True)
class Payments:
    """What is expected of each open piece: one row a piece, shares of its open amount.

    `cash` is by day of the horizon, `later` the cash after it within `never_after_days`, `never` the rest; the three
    sum to 1. `owed` is the probability that the piece is still owed at the end of each day. `later_by` cumulates the
    later cash at the ends of steps of 30 days, `later_days` after the date.
    """

    cash: Floats
    later: Floats
    never: Floats
    owed: Floats
    later_by: Floats
    later_days: Days

    def day_of(self, share: float) -> Floats:
        """Days after the date by which each piece has brought that share of its amount; NaN where it never does."""
        within, days = np.cumsum(self.cash, axis=1), self.cash.shape[1]
        found = np.where(within[:, -1] >= share, (within >= share).argmax(axis=1) + 1.0, np.nan)
        if not len(self.later_days):
            return found
        total = np.concatenate([within[:, -1:], within[:, -1:] + self.later_by], axis=1)
        steps = np.concatenate([[days], self.later_days]).astype(float)
        step = (total >= share).argmax(axis=1)
        rows = np.flatnonzero(np.isnan(found) & (total[:, -1] >= share))
        high, low = total[rows, step[rows]], total[rows, step[rows] - 1]
        inside = (share - low) / np.maximum(high - low, 1e-12)
        found[rows] = np.ceil(steps[step[rows] - 1] + inside * (steps[step[rows]] - steps[step[rows] - 1]))
        return found


@dataclass(frozen=True)
class PaymentTime:
    """A fitted model. `calendar` is None for the layers below it."""

    as_of: int
    facts: CustomerFacts
    habits: Habits
    calendar: PayCalendar | None
    never_after_days: int

    def predict(self, pieces: Pieces, *, days: int = HORIZON_DAYS) -> Payments:
        """Shares of cash by day for pieces open at `as_of`, given the age each has reached."""
        parts = [self._predict(pieces.only(_range(len(pieces), start)), days) for start in range(0, len(pieces), CHUNK)]
        if not parts:
            parts = [self._predict(pieces, days)]
        names = ("cash", "later", "never", "owed", "later_by")
        whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        return Payments(**whole, later_days=parts[0].later_days)

    def _predict(self, pieces: Pieces, days: int) -> Payments:
        changed = self.facts.changed(pieces)
        steps = np.arange(days + 1)
        ahead = np.broadcast_to(pieces.as_of + steps, (len(pieces), days + 1))
        clock = self.habits.clock(pieces, ahead, changed=changed)
        curve = self.habits.curve
        hazard = 1 - np.exp(np.diff(curve.log_survival_at(clock), axis=1))
        held = self.facts.hold_day[pieces.customer]
        if self.calendar is not None:
            hazard = self.calendar.hazards(hazard, pieces, pieces.as_of + steps[1:], held)
        owed = np.cumprod(1 - hazard, axis=1)
        before = np.concatenate([np.ones((len(pieces), 1)), owed[:, :-1]], axis=1)
        cash = before * hazard * curve.cash_share_at(clock[:, 1:])
        later_by, later_days = self._later(pieces, days, owed[:, -1], changed, held)
        later = later_by[:, -1] if len(later_days) else np.zeros(len(pieces))
        never = np.maximum(1 - cash.sum(axis=1) - later, 0.0)
        return Payments(cash, later, never, owed, later_by, later_days)

    def _later(self, pieces: Pieces, days: int, owed: Floats, changed: Floats, held: Days) -> tuple[Floats, Days]:
        """Cash after the horizon, cumulated by steps of 30 days up to `never_after_days`, without the pay days."""
        if days >= self.never_after_days:
            return np.zeros((len(pieces), 0)), np.zeros(0, dtype=np.int64)
        steps = np.unique(np.append(np.arange(days, self.never_after_days, 30), self.never_after_days))
        day = np.broadcast_to(pieces.as_of + steps, (len(pieces), len(steps)))
        clock = self.habits.clock(pieces, day, changed=changed)
        curve = self.habits.curve
        leaving = -np.diff(curve.log_survival_at(clock), axis=1)
        if self.calendar is not None:
            leaving *= np.where(pieces.dispute != UNDATED, self.calendar.holds[0], 1.0)[:, None]
            leaving *= np.where(held != UNDATED, self.calendar.holds[1], 1.0)[:, None]
        still = np.exp(-np.concatenate([np.zeros((len(pieces), 1)), np.cumsum(leaving, axis=1)], axis=1))
        gone = -np.diff(still, axis=1) * curve.cash_share_at(clock[:, 1:])
        return owed[:, None] * np.cumsum(gone, axis=1), steps[1:]


def fit_payment_time(
    pieces: Pieces, *, facts: CustomerFacts, policy: ForecastPolicy, seed: int, layer: str = "calendar"
) -> PaymentTime | None:
    """The model of what is known at `pieces.as_of`; None where fewer than `minimum_settled` invoices are settled.

    Parameters
    ----------
    pieces
        Struck at the date; open pieces teach what they have lived, and no more.
    facts
        Dated facts; those after the date are not used.
    policy
        How much history, and how much is enough.
    seed
        Of the pieces drawn where there are very many.
    layer
        One of `LAYERS`: the ladder, for tests of what each layer brings.

    """
    teaching = pieces.only(pieces.behaves & (pieces.issue > pieces.as_of - policy.history_days))
    if float(teaching.weight[teaching.exit != OPEN].sum()) < policy.minimum_settled:
        return None
    known = facts.known(pieces.as_of)
    changed = known.changed(teaching)
    habits = fit_habits(teaching, segment=known.segment, changed=changed, pooled=layer.startswith("curve"))
    calendar = None
    if layer.endswith("calendar"):
        held = known.hold_day[teaching.customer]
        calendar = fit_calendar(teaching, habits, changed=changed, held_since=held, seed=seed)
    return PaymentTime(pieces.as_of, known, habits, calendar, policy.never_after_days)


def _range(count: int, start: int) -> Flags:
    kept: npt.NDArray[np.bool_] = np.zeros(count, dtype=bool)
    kept[start : start + CHUNK] = True
    return kept


def segment_codes(segments: pd.Series) -> Days:
    """Numbers of segments from 0, missing ones sharing a number of their own."""
    codes: Days = pd.factorize(segments.fillna("").astype("str"), sort=True)[0].astype(np.int64)
    return codes
