"""Contracts of the tables of the cash forecast."""

from __future__ import annotations

from riskkit.policy_forecast import HORIZON_DAYS
from riskkit.schemas import Column, Table

WITHIN_DAYS = (7, 14, 28, 56, HORIZON_DAYS)

PAYMENT_TIME = Table(
    "payment_time",
    "an open item, with when its money is expected",
    (
        Column("item_id", "text", "key of the item, as in open_items"),
        Column("invoice_number", "text", "number as the file gives it", nullable=True),
        Column("customer_id", "text", "who owes it"),
        Column("customer_name", "text", "name of the customer", nullable=True),
        Column("due_date", "date", "date due; missing when unknown", nullable=True),
        Column("open_cents", "cents", "what is still owed"),
        *(
            Column(
                f"paid_{days}d_share",
                "number",
                f"expected share of it in cash within {days} days; missing when not computable",
                nullable=True,
            )
            for days in WITHIN_DAYS
        ),
        Column("expected_date", "date", "date by which half of it is expected; missing when never", nullable=True),
        Column("low_date", "date", "early end of the 80 % interval of the payment date", nullable=True),
        Column("high_date", "date", "late end of it; missing when beyond what is looked at", nullable=True),
        Column("expected_cents", "cents", "cash expected within 13 weeks"),
        Column("later_cents", "cents", "cash expected later"),
        Column("never_cents", "cents", "not expected in cash: credit notes, write-offs, never paid"),
        Column("expected_late_days", "integer", "expected date less due date; above 0 is late", nullable=True),
        Column("is_expected_late", "flag", "True when it is overdue, or expected after its due date, or never"),
        Column("evidence", "text", "customer (its own habit), segment (too few settled invoices) or terms (due date)"),
        Column("settled_count", "integer", "settled invoices of the customer that the habit rests on"),
        Column("reason", "text", "what weighs on it: procedure, dispute, habit, segment or due_date"),
    ),
)

_PERIOD = (
    Column("period_kind", "text", "day, week (seven days from the date), month (calendar, inside 13 weeks) or total"),
    Column("period_start", "date", "first day of the period"),
    Column("period_end", "date", "last day of the period"),
)

CASH_FORECAST = Table(
    "cash_forecast",
    "a period of the 13 weeks after `as_of`, at one level of confidence",
    (
        Column("source", "text", "open_items, or future_billing: invoices not issued yet (apart, optional)"),
        *_PERIOD,
        Column("level", "number", "level of the interval: 0.50, 0.80 or 0.95"),
        Column("low_cents", "cents", "low end of the interval; missing when not computable", nullable=True),
        Column("base_cents", "cents", "expected cash"),
        Column("high_cents", "cents", "high end of the interval; missing when not computable", nullable=True),
        Column("due_cents", "cents", "open items that fall due in the period (nothing overdue)"),
    ),
)

CASH_CUSTOMERS = Table(
    "cash_customers",
    "a customer that owes something, with what is expected of it",
    (
        Column("customer_id", "text", "the customer"),
        Column("customer_name", "text", "its name", nullable=True),
        Column("open_cents", "cents", "what it owes"),
        Column("expected_cents", "cents", "cash expected within 13 weeks"),
        Column("late_cents", "cents", "part of what it owes that is expected late"),
        Column("later_cents", "cents", "cash expected after 13 weeks"),
        Column("never_cents", "cents", "not expected in cash"),
        Column("late_days", "number", "mean lateness expected, weighted by euros; missing when unknown", nullable=True),
        Column("settled_count", "integer", "settled invoices its habit rests on"),
    ),
)

CASH_BACKTEST = Table(
    "cash_backtest",
    "a week after a past date, as a method would have forecast it with what was known then, and what came",
    (
        Column("as_of", "date", "the past date"),
        Column("method", "text", "model, or the simple rule it is compared with"),
        Column("week", "integer", "1 to 13 after the date; only weeks that are over"),
        Column("expected_cents", "cents", "cash forecast for the items open at the date"),
        Column("actual_cents", "cents", "cash that came for them"),
        *(
            Column(f"{end}_{level}_cents", "cents", f"{words} of the {level} % interval", nullable=True)
            for level in (50, 80, 95)
            for end, words in (("low", "low end"), ("high", "high end"))
        ),
    ),
)

CASH_BACKTEST_SUMMARY = Table(
    "cash_backtest_summary",
    "a method, with its past errors",
    (
        Column("method", "text", "model, or the simple rule it is compared with"),
        Column("is_chosen", "flag", "True for the method whose forecast is shown"),
        Column("dates_count", "integer", "past dates"),
        Column("weeks_count", "integer", "weeks compared"),
        Column("weekly_wape_rate", "number", "Σ |forecast − actual| ÷ Σ actual over weeks and dates", nullable=True),
        Column("low_rate", "number", "low end of its 95 % interval (bootstrap of dates)", nullable=True),
        Column("high_rate", "number", "high end of it", nullable=True),
        Column("four_week_error_rate", "number", "the same on the cash of the first 28 days", nullable=True),
        Column(
            "item_loss",
            "number",
            "mean of −log of the probability given to the week in which an item's cash came; lower is better",
            nullable=True,
        ),
        *(
            Column(f"coverage_{level}_rate", "number", f"weeks inside the {level} % interval", nullable=True)
            for level in (50, 80, 95)
        ),
    ),
)

FORECAST_TABLES = (PAYMENT_TIME, CASH_FORECAST, CASH_CUSTOMERS, CASH_BACKTEST, CASH_BACKTEST_SUMMARY)
