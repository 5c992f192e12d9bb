"""Cash of invoices that are not issued yet: the next 13 weeks billed like 13 known ones.

Like the same weeks of last year, scaled by how much the last 13 weeks differ from those before them a year ago, when
the ledger reaches back that far; like the last 13 weeks otherwise. It is an assumption, kept apart from what is owed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskkit.models.payment_time import PaymentTime
from riskkit.models.pieces import OPEN, Floats, Pieces
from riskkit.policy_forecast import HORIZON_DAYS

YEAR_DAYS = 364
"""52 weeks: the same weekdays a year earlier."""


def billed_cash(pieces: Pieces, model: PaymentTime) -> Floats:
    """Expected cash by day of the horizon, cents, of invoices to be issued during it."""
    shift, scale = _template(pieces)
    issue = pieces.issue + shift
    kept = pieces.only(pieces.behaves & (issue > pieces.as_of) & (issue <= pieces.as_of + HORIZON_DAYS))
    cash = np.zeros(HORIZON_DAYS)
    due = np.where(kept.due < 0, kept.due, kept.due + shift)
    moved = replace(
        kept, issue=kept.issue + shift, due=due, dispute=np.full(len(kept), -1), exit=np.full(len(kept), OPEN)
    )
    for day in np.unique(moved.issue):
        fresh = replace(moved.only(moved.issue == day), as_of=int(day))
        expected = fresh.cents @ model.predict(fresh).cash
        start = int(day) - pieces.as_of
        cash[start:] += expected[: HORIZON_DAYS - start]
    result: Floats = cash * scale
    return result


def _template(pieces: Pieces) -> tuple[int, float]:
    """By how many days known invoices are moved forward, and what their amounts are multiplied by."""
    billed = pieces.behaves

    def between(start: int, end: int) -> float:
        inside = billed & (pieces.issue > pieces.as_of - start) & (pieces.issue <= pieces.as_of - end)
        return float(pieces.cents[inside].sum())

    before = between(YEAR_DAYS + HORIZON_DAYS, YEAR_DAYS)
    reaches_back = bool((pieces.issue <= pieces.as_of - YEAR_DAYS - HORIZON_DAYS).any())
    if not reaches_back or before <= 0:
        return HORIZON_DAYS, 1.0
    return YEAR_DAYS, between(HORIZON_DAYS, 0) / before
