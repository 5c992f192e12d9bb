"""What each customer owed at past month ends, each struck from what was known then."""

from __future__ import annotations

import datetime as dt

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Lazy, to_pandas
from riskkit.ledger.book import Book, c
from riskkit.ledger.settlement import settle
from riskkit.ledger.terms import TermsChoice
from riskkit.schemas import Column, Table

SALES_DAYS = 365

MONTH_POSITIONS = Table(
    "month_positions",
    "what a customer owed at a month end, as known then",
    (
        Column("as_of_day", "integer", "the month end, as `date.toordinal` counts"),
        Column("customer_id", "text", "the customer"),
        Column("open_items_cents", "cents", "gross open items"),
        Column("overdue_cents", "cents", "the part past its due date"),
    ),
)
SALES = Table(
    "customer_sales",
    "what a customer bought",
    (
        Column("customer_id", "text", "the customer"),
        Column("sales_12m_cents", "cents", "sales of the last twelve months"),
        Column("first_date", "date", "its first movement in the ledger", nullable=True),
        Column("terms_days", "number", "mean days from issue to due date of its invoices", nullable=True),
    ),
)


def month_positions(book: Book, *, as_of: dt.date, months: int, terms: TermsChoice) -> pd.DataFrame:
    """Positions at the last month ends before `as_of` that the ledger covers, at most `months` of them.

    To: `MONTH_POSITIONS`, customers with something open. What a run at each of these dates would say, with its terms.
    """
    ends = pd.date_range(end=as_of - dt.timedelta(days=1), periods=months, freq="ME") if months else []
    dates = [end.date() for end in ends if end.date() >= book.coverage_start]
    if not dates:
        return MONTH_POSITIONS.empty()
    known = book.known(book.dated(default_terms=terms.code), as_of=dates)
    applied = settle(known).group_by("as_of", "debit").agg(c("cents").sum().cast(nw.Int64).alias("applied"))
    items = known.filter(c("cents") > 0).join(applied, left_on=["as_of", "line"], right_on=["as_of", "debit"], how="left")
    left = nw.when(c("applied").is_null()).then(c("cents")).otherwise(c("cents") - c("applied"))
    late = nw.when(c("due_day") < c("as_of")).then(c("left")).otherwise(nw.lit(0))
    owed = (
        items.with_columns(left=left)
        .filter(c("left") > 0)
        .with_columns(late=late)
        .group_by("as_of", "customer_id")
        .agg(
            c("left").sum().cast(nw.Int64).alias("open_items_cents"),
            c("late").sum().cast(nw.Int64).alias("overdue_cents"),
        )
    )
    rows = to_pandas(owed.rename({"as_of": "as_of_day"}), MONTH_POSITIONS)
    return rows.sort_values(["as_of_day", "customer_id"], ignore_index=True)


def customer_sales(invoices: Lazy, *, as_of: dt.date) -> pd.DataFrame:
    """What each customer bought in the twelve months up to `as_of`, since when, and its mean terms: `SALES`."""
    issued, due = c("issue_date"), c("due_date")
    recent = c("is_sale") & (issued > as_of - dt.timedelta(days=SALES_DAYS))
    sold = nw.when(recent).then(c("amount_cents")).otherwise(nw.lit(0))
    days = nw.when(c("amount_cents") > 0).then((due - issued).dt.total_minutes() / 1440)
    sales = (
        invoices.filter(issued <= as_of)
        .with_columns(sold=sold, days=days)
        .group_by("customer_id")
        .agg(
            c("sold").sum().cast(nw.Int64).alias("sales_12m_cents"),
            issued.min().alias("first_date"),
            c("days").mean().alias("terms_days"),
        )
    )
    return to_pandas(sales, SALES)
