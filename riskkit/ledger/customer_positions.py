"""What each customer owes, bought and paid at a date: one row per customer, from which every comparison starts."""

from __future__ import annotations

import datetime as dt

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Lazy, day_number, to_pandas
from riskkit.ledger.book import c
from riskkit.schemas import Column, Table

YEAR_DAYS = 365

_SALES = (
    Column("sales_12m_cents", "cents", "sales of the last twelve months"),
    Column("first_date", "date", "its first movement in the ledger", nullable=True),
    Column("terms_days", "number", "mean days from issue to due date of its invoices", nullable=True),
)
CUSTOMER_SALES = Table("customer_sales", "what a customer bought", (Column("customer_id", "text", "who"), *_SALES))
CUSTOMER_CASH = Table(
    "customer_cash",
    "what a customer paid",
    (Column("customer_id", "text", "who"), Column("cash_12m_cents", "cents", "paid in the last twelve months")),
)
POSITIONS = Table(
    "customer_positions",
    "what a customer owes, bought and paid at a date",
    (
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "name of the customer", nullable=True),
        Column("open_items_cents", "cents", "exposure: gross open items"),
        Column("overdue_cents", "cents", "the part of the open items past its due date"),
        Column("cash_12m_cents", "cents", "what it paid in the last twelve months, refunds deducted"),
        *_SALES,
    ),
)


def customer_positions(
    customers: pd.DataFrame, ageing: pd.DataFrame, *, invoices: Lazy, payments: Lazy, as_of: dt.date
) -> pd.DataFrame:
    """`POSITIONS`, one row per customer in the order of `customers` (customer_id, name); zeros where there is nothing.

    From: the aged balance at `as_of`, invoices and payments as read; rows later than `as_of` are not counted.
    """
    day, start = c("issue_date"), as_of - dt.timedelta(days=YEAR_DAYS)
    sold = nw.when(c("is_sale") & (day > start)).then(c("amount_cents")).otherwise(nw.lit(0))
    lasts = day_number(c("due_date")) - day_number(day)
    sales = to_pandas(
        invoices.filter(day <= as_of)
        .with_columns(sold=sold, days=nw.when(c("amount_cents") > 0).then(lasts))
        .group_by("customer_id")
        .agg(c("sold").sum().cast(nw.Int64).alias("sales_12m_cents"), day.min().alias("first_date"),
             c("days").mean().alias("terms_days")),
        CUSTOMER_SALES,
    )  # fmt: skip
    paid_day = c("payment_date")
    cash = to_pandas(
        payments.filter((paid_day <= as_of) & (paid_day > start) & c("kind").is_in(["payment", "refund"]))
        .group_by("customer_id")
        .agg(c("amount_cents").sum().cast(nw.Int64).alias("cash_12m_cents")),
        CUSTOMER_CASH,
    )
    sums = ageing.set_index("customer_id")[["open_items_cents", "overdue_cents"]]
    found = customers[["customer_id", "name"]].join(sums, on="customer_id")
    found = found.join(sales.set_index("customer_id"), on="customer_id").join(
        cash.set_index("customer_id"), on="customer_id"
    )
    cents = [column.name for column in POSITIONS if column.kind == "cents"]
    whole = found.astype(dict.fromkeys(cents, "Int64")).fillna(dict.fromkeys(cents, 0))
    return POSITIONS.conform(whole)[POSITIONS.names]
