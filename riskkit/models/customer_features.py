"""What is known of each customer's payments at a date: the figures that scores are made of.

The rows are the items struck at each date (`ledger.snapshot`), so that a figure at a past date is what a run at that
date would have given: no payment, credit note or lettering made later takes part. One expression serves the date of
the run and every month end before it.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Lazy, to_pandas
from riskkit.ledger.book import BEHAVIOUR_KINDS
from riskkit.policy_scores import ScoringPolicy
from riskkit.schemas import Column, Table

c = nw.col
DAYS_PER_MONTH = 365.25 / 12

SUMS = Table(
    "customer_sums",
    "a customer at a date, with what its items add up to",
    (
        Column("as_of", "integer", "the date, as a day number"),
        Column("customer_id", "text", "the customer"),
        Column("first_day", "integer", "day of its first item known"),
        Column("last_day", "integer", "day of its last invoice", nullable=True),
        Column("last_settled_day", "integer", "day of the last settlement in full of an invoice", nullable=True),
        Column("issued_count", "integer", "invoices and deposits ever"),
        Column("window_count", "integer", "invoices issued in the window"),
        Column("window_cents", "cents", "their amount"),
        Column("recent_count", "integer", "invoices issued in the recent part of the window"),
        Column("recent_cents", "cents", "their amount"),
        Column("due_count", "integer", "invoices due in the window, or still overdue from before it"),
        Column("due_cents", "cents", "their amount, less credit notes"),
        Column("late_count", "integer", "of those, paid late or late still"),
        Column("late_cents", "cents", "their amount, less credit notes"),
        Column("broken_count", "integer", "of those, late enough to count as broken terms"),
        Column("broken_cents", "cents", "their amount, less credit notes"),
        Column("ever_due_count", "integer", "invoices that fell due ever"),
        Column("ever_late_count", "integer", "of those, paid late or late still"),
        Column("behaviour_cents", "cents", "weight of days beyond terms: settled in the window, or overdue"),
        Column("behaviour_cent_days", "integer", "that weight × days late, early payments counting 0"),
        Column("recent_behaviour_cents", "cents", "the same for what was settled, or went overdue, recently"),
        Column("recent_behaviour_cent_days", "integer", "that weight × days late"),
        Column("earlier_behaviour_cents", "cents", "the same for what was settled earlier in the window"),
        Column("earlier_behaviour_cent_days", "integer", "that weight × days late"),
        Column("open_cents", "cents", "what is owed"),
        Column("overdue_cents", "cents", "what is past due"),
        Column("over_30_cents", "cents", "what is more than 30 days past due"),
        Column("event_cents", "cents", "what is past due by more than the days of the event, large items only"),
        Column("disputed_cents", "cents", "what is owed and disputed"),
        Column("oldest_overdue_days", "integer", "days past due of the oldest overdue item", nullable=True),
    ),
)  # fmt: skip


def _sum(condition: nw.Expr, value: nw.Expr, name: str) -> nw.Expr:
    return nw.when(condition).then(value).otherwise(nw.lit(0)).sum().cast(nw.Int64).alias(name)


def customer_sums(items: Lazy, *, policy: ScoringPolicy) -> pd.DataFrame:
    """Sums of the items of each customer at each date.

    From: items struck at one date or more (`ledger.open_items.strike_items`).
    To:   `SUMS`, one row per date and customer that has an item by then.
    """
    as_of, due, day, opened, kept = c("as_of"), c("due_day"), c("day"), c("open"), c("cents") - c("credited")
    one = nw.lit(1).cast(nw.Int64)
    behaves = c("kind").is_in(BEHAVIOUR_KINDS)
    start, recent = as_of - policy.window_days, as_of - policy.recent_days
    settled_late = c("settled_day") - due
    dated = items.with_columns(
        behaves=behaves,
        kept=kept,
        days_late=nw.when(~c("settled_day").is_null())
        .then(nw.when(settled_late > 0).then(settled_late).otherwise(nw.lit(0)))
        .when((opened > 0) & (as_of > due))
        .then(as_of - due)
        .otherwise(nw.lit(0)),
        is_due=behaves & (due <= as_of) & (kept > 0),
        is_overdue=(opened > 0) & (as_of > due),
        is_paid=behaves & ~c("settled_day").is_null() & (c("paid") > 0),
    )
    in_window = c("is_due") & ((due > start) | c("is_overdue"))
    late, broken = c("days_late") > policy.late_after_days, c("days_late") > policy.broken_after_days
    still = c("is_overdue") & c("behaves")
    settled = c("is_paid") & (c("settled_day") > start)
    settled_recently = c("is_paid") & (c("settled_day") > recent)
    settled_earlier = settled & (c("settled_day") <= recent)
    late_weight, still_weight = c("kept") * c("days_late"), opened * c("days_late")
    fresh = still & (due > recent)
    is_event = c("is_overdue") & (c("days_past_due") > policy.event_days) & (opened >= event_cents(policy))
    grouped = dated.group_by("as_of", "customer_id").agg(
        day.min().alias("first_day"),
        nw.when(c("behaves")).then(day).max().alias("last_day"),
        nw.when(c("is_paid")).then(c("settled_day")).max().alias("last_settled_day"),
        _sum(c("behaves"), one, "issued_count"),
        _sum(c("behaves") & (day > start), one, "window_count"),
        _sum(c("behaves") & (day > start), c("cents"), "window_cents"),
        _sum(c("behaves") & (day > recent), one, "recent_count"),
        _sum(c("behaves") & (day > recent), c("cents"), "recent_cents"),
        _sum(in_window, one, "due_count"),
        _sum(in_window, c("kept"), "due_cents"),
        _sum(in_window & late, one, "late_count"),
        _sum(in_window & late, c("kept"), "late_cents"),
        _sum(in_window & broken, one, "broken_count"),
        _sum(in_window & broken, c("kept"), "broken_cents"),
        _sum(c("is_due"), one, "ever_due_count"),
        _sum(c("is_due") & late, one, "ever_late_count"),
        (_sum(settled, c("kept"), "a") + _sum(still, opened, "b")).alias("behaviour_cents"),
        (_sum(settled, late_weight, "a") + _sum(still, still_weight, "b")).alias("behaviour_cent_days"),
        (_sum(settled_recently, c("kept"), "a") + _sum(fresh, opened, "b")).alias("recent_behaviour_cents"),
        (_sum(settled_recently, late_weight, "a") + _sum(fresh, still_weight, "b")).alias("recent_behaviour_cent_days"),
        _sum(settled_earlier, c("kept"), "earlier_behaviour_cents"),
        _sum(settled_earlier, late_weight, "earlier_behaviour_cent_days"),
        opened.sum().cast(nw.Int64).alias("open_cents"),
        _sum(c("is_overdue"), opened, "overdue_cents"),
        _sum(c("is_overdue") & (c("days_past_due") > 30), opened, "over_30_cents"),
        _sum(is_event, opened, "event_cents"),
        _sum((opened > 0) & (c("dispute_day") <= as_of), opened, "disputed_cents"),
        nw.when(c("is_overdue")).then(c("days_past_due")).max().alias("oldest_overdue_days"),
    )
    return to_pandas(grouped, SUMS).sort_values(["as_of", "customer_id"], ignore_index=True)


def event_cents(policy: ScoringPolicy) -> int:
    """Smallest unpaid amount of an item whose age is an event, in cents."""
    return round(policy.event_min_amount * 100)


def customer_features(sums: pd.DataFrame, *, policy: ScoringPolicy) -> pd.DataFrame:
    """Figures of each customer at each date, from its sums alone.

    From: `SUMS`.
    To:   the same rows and columns, with days beyond terms and its trend, shares of invoices late and broken, share
          overdue, age and frequency of the relation, basket. NaN where nothing is known: a customer none of whose
          invoices has fallen due has no payment behaviour.

    Notes
    -----
    `dbt_trend_days` is the days beyond terms of the recent part of the window less those of the rest of it.
    `basket_ratio` is the mean recent invoice over the mean invoice of the rest of the window.

    """
    late = sums["behaviour_cent_days"] / _positive(sums["behaviour_cents"])
    recent = sums["recent_behaviour_cent_days"] / _positive(sums["recent_behaviour_cents"])
    earlier = sums["earlier_behaviour_cent_days"] / _positive(sums["earlier_behaviour_cents"])
    was_due = sums["due_count"] > 0
    earlier_count = sums["window_count"] - sums["recent_count"]
    earlier_basket = (sums["window_cents"] - sums["recent_cents"]) / _positive(earlier_count)
    overdue = sums["overdue_cents"] / _positive(sums["open_cents"])
    return sums.assign(
        dbt_days=late,
        recent_dbt_days=recent,
        earlier_dbt_days=earlier,
        dbt_trend_days=recent - earlier,
        late_share=sums["late_count"] / _positive(sums["due_count"]),
        broken_share=sums["broken_count"] / _positive(sums["due_count"]),
        overdue_share=overdue.fillna(0.0).where(was_due | (sums["overdue_cents"] > 0)),
        oldest_overdue_days=sums["oldest_overdue_days"].astype("Float64").astype("float64").fillna(0.0)
        .where(was_due | (sums["overdue_cents"] > 0)),
        relation_months=(sums["as_of"] - sums["first_day"]) / DAYS_PER_MONTH,
        invoices_12m_count=sums["window_count"] * 365.25 / policy.window_days,
        basket_cents=sums["window_cents"] / _positive(sums["window_count"]),
        recent_basket_cents=sums["recent_cents"] / _positive(sums["recent_count"]),
        earlier_basket_cents=earlier_basket,
        basket_ratio=sums["recent_cents"] / _positive(sums["recent_count"]) / earlier_basket,
        silent_days=(sums["as_of"] - sums["last_day"]).astype("Float64").astype("float64"),
    )  # fmt: skip


def _positive(values: pd.Series) -> pd.Series:
    """The values as floats, those not above zero missing: what may be divided by."""
    return values.astype("float64").where(values > 0)
