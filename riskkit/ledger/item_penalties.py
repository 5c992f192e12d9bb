"""Late-payment penalties of each open item up to a day, piecewise by half-year: what a letter claims, to the cent.

The same rules as `claimable_penalties`, for what is still open only: from the day after the due date, amount × days ×
yearly rate ÷ 365 in each half-year, rounded once in each; five years at most. What was paid late is claimed apart, by
that table. A consumer owes none of them: the articles are those of trade.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from riskkit.ledger.formulas import NotComputableError
from riskkit.ledger.month_calendar import half_of, half_start
from riskkit.ledger.penalties import LIMITATION_YEARS, penalty_cents
from riskkit.ledger.penalty_rates import penalty_rate
from riskkit.policy_measures import PenaltyPolicy

ITEM_PENALTIES = ("item_id", "half", "from_date", "to_date", "days", "open_cents", "rate", "rate_source",
                  "penalties_cents", "reason")  # fmt: skip


def item_penalties(items: pd.DataFrame, *, until: dt.date, is_public: bool, policy: PenaltyPolicy) -> pd.DataFrame:
    """The penalties of these items of one customer: `ITEM_PENALTIES`, one row per item and half-year of lateness.

    From: items (item_id, due_date, open_cents); those undated, or not due before `until`, have no row.
    To:   from_date and to_date are the first and the last day counted. Rate and penalties are missing past the end of
          the rate tables, `reason` says why (a `Message`).

    Parameters
    ----------
    until
        Last day that counts, inclusive: the date of the letter, or the eve of a collective procedure.
    is_public
        Whether the buyer is public: another rate.

    """
    earliest = (pd.Timestamp(until) - pd.DateOffset(years=LIMITATION_YEARS)).date()
    rows = []
    for item in items[items["due_date"].notna()].to_dict("records"):
        day = max(item["due_date"].date(), earliest) + dt.timedelta(days=1)
        while day <= until:
            half = half_of(day)
            last = min(half_start(half + 1) - dt.timedelta(days=1), until)
            days = (last - day).days + 1
            rate, source, reason = _rate(half, is_public=is_public, policy=policy)
            owed = None if rate is None else penalty_cents(int(item["open_cents"]) * days, rate)
            rows.append((item["item_id"], half, day, last, days, int(item["open_cents"]), rate, source, owed, reason))
            day = last + dt.timedelta(days=1)
    return pd.DataFrame(rows, columns=list(ITEM_PENALTIES)).astype({"penalties_cents": "Int64", "rate": "float64"})


def late_count(items: pd.DataFrame, *, until: dt.date) -> int:
    """Invoices that owe the fixed indemnity: due before `until` or on the day before it, not older than five years."""
    earliest = pd.Timestamp(until) - pd.DateOffset(years=LIMITATION_YEARS)
    return int(((items["due_date"] < pd.Timestamp(until)) & (items["due_date"] >= earliest)).sum())


def _rate(half: int, *, is_public: bool, policy: PenaltyPolicy) -> tuple[float | None, str, object]:
    try:
        return (*penalty_rate(half, is_public=is_public, policy=policy), None)
    except NotComputableError as fault:
        return None, "unknown", fault.reason
