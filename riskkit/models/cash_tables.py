"""Rows of the forecast tables: items, customers and periods, in cents that add up.

Of each item, expected + later + never = open, to the cent; days add up to weeks, months and the total, and the total of
the periods is the sum of the items.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskkit.models.cash_spread import CashSpread
from riskkit.models.forecast_tables import CASH_CUSTOMERS, CASH_FORECAST, PAYMENT_TIME, WITHIN_DAYS
from riskkit.models.payment_time import Payments, PaymentTime
from riskkit.models.pieces import UNDATED, Days, Floats, Pieces
from riskkit.policy_forecast import HORIZON_DAYS, LEVELS, ForecastPolicy

_GIVEN = ["item_id", "invoice_number", "customer_id", "customer_name", "due_date", "open_cents"]


def item_rows(
    open_items: pd.DataFrame,
    opened: Pieces,
    payments: Payments,
    model: PaymentTime,
    *,
    dated: Payments,
    policy: ForecastPolicy,
    central_share: float,
) -> pd.DataFrame:
    """`PAYMENT_TIME` of the open items; `opened` and `payments` are in their order.

    `payments` gives the amounts, `dated` the dates; `central_share` is the central part of each item's distribution
    that its interval shows (see `delay_intervals`).
    """
    within = np.cumsum(payments.cash, axis=1)
    expected, later, never = split_cents(opened.cents, within[:, -1], payments.later)
    as_of = dt.date.fromordinal(opened.as_of)
    ends = ((1 - central_share) / 2, (1 + central_share) / 2)
    middle, low, high = (dated.day_of(share) for share in (0.5, *ends))
    settled = model.habits.settled[opened.customer]
    known = settled >= policy.customer_settled
    due = opened.due - opened.as_of
    late = np.where(opened.due == UNDATED, np.nan, middle - due)
    held = model.facts.hold_day[opened.customer] != UNDATED
    reason = np.select([held, opened.dispute != UNDATED, known], ["procedure", "dispute", "habit"], default="segment")
    rows = open_items[_GIVEN].assign(
        **{f"paid_{days}d_share": np.minimum(within[:, days - 1], 1.0) for days in WITHIN_DAYS},
        expected_date=_dates(as_of, middle),
        low_date=_dates(as_of, low),
        high_date=_dates(as_of, high),
        expected_cents=expected,
        later_cents=later,
        never_cents=never,
        expected_late_days=pd.array(late, dtype="Float64"),
        is_expected_late=(np.nan_to_num(late, nan=1.0) > 0) | np.isnan(middle),
        evidence=np.where(known, "customer", "segment"),
        settled_count=np.floor(settled + 1e-9).astype(np.int64),
        reason=reason,
    )
    return PAYMENT_TIME.conform(rows)[PAYMENT_TIME.names]


def due_date_items(open_items: pd.DataFrame, opened: Pieces) -> pd.DataFrame:
    """`PAYMENT_TIME` where nothing can be learned: the due date, no probability, nothing counted as never paid."""
    ahead = (opened.due - opened.as_of).astype(float)
    to_come = (opened.due != UNDATED) & (ahead >= 1)
    inside = to_come & (ahead <= HORIZON_DAYS)
    rows = open_items[_GIVEN].assign(
        expected_date=_dates(dt.date.fromordinal(opened.as_of), np.where(to_come, ahead, np.nan)),
        expected_cents=np.where(inside, opened.cents, 0),
        later_cents=np.where(inside, 0, opened.cents),
        never_cents=0,
        expected_late_days=pd.array(np.where(to_come, 0.0, np.nan), dtype="Float64"),
        is_expected_late=(opened.due != UNDATED) & (ahead < 0),
        evidence="terms",
        settled_count=0,
        reason="due_date",
    )
    return PAYMENT_TIME.conform(rows)[PAYMENT_TIME.names]


def split_cents(cents: Days, within: Floats, later: Floats) -> tuple[Days, Days, Days]:
    """Each amount split into expected, later and never: three integers that add up to it, none below 0."""
    expected = np.clip(np.rint(cents * within), 0, cents).astype(np.int64)
    after = np.clip(np.rint(cents * (within + later)), expected, cents).astype(np.int64)
    return expected, after - expected, cents - after


def customer_rows(items: pd.DataFrame) -> pd.DataFrame:
    """`CASH_CUSTOMERS` of `PAYMENT_TIME`, those expected late with most money first."""
    weight = items["open_cents"].where(items["expected_late_days"].notna(), 0)
    table = items.assign(
        late_cents=items["open_cents"].where(items["is_expected_late"], 0),
        weight=weight,
        weighted_days=weight * items["expected_late_days"].astype("Float64").fillna(0.0).astype("float64"),
    )
    sums = ["open_cents", "expected_cents", "late_cents", "later_cents", "never_cents", "weight", "weighted_days"]
    by_customer = table.groupby("customer_id", sort=True)
    rows = by_customer[sums].sum()
    rows["late_days"] = (rows["weighted_days"] / rows["weight"].where(rows["weight"] > 0)).astype("float64")
    rows["customer_name"] = by_customer["customer_name"].first()
    rows["settled_count"] = by_customer["settled_count"].first()
    rows = rows.reset_index().sort_values(["late_cents", "customer_id"], ascending=[False, True])
    return CASH_CUSTOMERS.conform(rows)[CASH_CUSTOMERS.names]


def forecast_rows(
    opened: Pieces, cash: Floats, spread: CashSpread | None, *, as_of: dt.date, items: pd.DataFrame | None = None
) -> pd.DataFrame:
    """`CASH_FORECAST` of the daily expected cash, cents; without a spread, its ends are missing.

    With `items`, the total is exactly the sum of their expected cents.
    """
    running = np.rint(np.concatenate([[0.0], np.cumsum(cash)])).astype(np.int64)
    if items is not None:
        running[-1] = int(items["expected_cents"].sum())
        running = np.minimum(running, running[-1])
    ahead = opened.due - opened.as_of
    to_come = (opened.due != UNDATED) & (ahead >= 1) & (ahead <= HORIZON_DAYS)
    due = np.concatenate([[0], np.cumsum(np.bincount(ahead[to_come], opened.cents[to_come], HORIZON_DAYS + 1)[1:])])
    parts = []
    for kind in ("day", "week", "month", "total"):
        bounds = period_bounds(kind, as_of)
        frame = pd.DataFrame(
            {
                "source": "open_items",
                "period_kind": kind,
                "period_start": _dates(as_of, (bounds[:-1] + 1).astype(np.float64)),
                "period_end": _dates(as_of, bounds[1:].astype(np.float64)),
                "base_cents": np.diff(running[bounds]),
                "due_cents": np.rint(np.diff(due[bounds])).astype(np.int64),
            }
        )
        parts += _levels(frame, spread, bounds, kind)
    return CASH_FORECAST.conform(pd.concat(parts, ignore_index=True))[CASH_FORECAST.names]


def period_bounds(kind: str, as_of: dt.date) -> Days:
    """Bounds of the periods of a kind, days from 0 (the day after `as_of`) to the end of the horizon."""
    if kind == "month":
        days = [as_of + dt.timedelta(days=ahead + 1) for ahead in range(HORIZON_DAYS)]
        starts = [ahead for ahead, day in enumerate(days) if ahead == 0 or day.day == 1]
        return np.array([*starts, HORIZON_DAYS], dtype=np.int64)
    size = {"day": 1, "week": 7, "total": HORIZON_DAYS}[kind]
    return np.arange(0, HORIZON_DAYS + 1, size, dtype=np.int64)


def _levels(frame: pd.DataFrame, spread: CashSpread | None, bounds: Days, kind: str) -> list[pd.DataFrame]:
    """The periods at each level. Where the expectation is outside its own interval, the interval reaches to it."""
    if spread is None:
        return [frame.assign(level=level) for level in LEVELS]
    parts = []
    for level, (low, high) in zip(LEVELS, spread.intervals(bounds, kind=kind, levels=LEVELS), strict=True):
        lowest = np.minimum(np.floor(low).astype(np.int64), frame["base_cents"])
        highest = np.maximum(np.ceil(high).astype(np.int64), frame["base_cents"])
        parts.append(frame.assign(level=level, low_cents=lowest, high_cents=highest))
    return parts


def _dates(as_of: dt.date, ahead: Floats) -> pd.Series:
    """Dates so many days after `as_of`; missing where the number is."""
    days = pd.to_timedelta(pd.Series(ahead), unit="D")
    dates: pd.Series = (pd.Timestamp(as_of) + days).astype("datetime64[us]")
    return dates
