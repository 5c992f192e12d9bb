"""The calendar of dues: what falls due on each day, and what already has."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Lazy
from riskkit.ledger.month_calendar import as_dates
from riskkit.schemas import Column, Table

c = nw.col

DUE_CALENDAR = Table(
    "due_calendar",
    "a day on which open items fell or fall due",
    (
        Column("due_date", "date", "the day; missing for undated items", nullable=True),
        Column("is_overdue", "flag", "True before the date of the run"),
        Column("items_count", "integer", "open items due that day"),
        Column("customers_count", "integer", "customers who owe them"),
        Column("open_cents", "cents", "what they still owe"),
        Column("disputed_cents", "cents", "of this, what is disputed"),
    ),
)


def open_by_due_day(items: Lazy) -> pd.DataFrame:
    """Open items by due day: `DUE_CALENDAR`, oldest first, undated last. From: items struck at one date."""
    disputed = nw.when(c("dispute_day") <= c("as_of")).then(c("open")).otherwise(nw.lit(0))
    grouped = (
        items.filter(c("open") > 0)
        .group_by("due_day")
        .agg(
            nw.when(c("days_past_due") > 0).then(nw.lit(1)).otherwise(nw.lit(0)).max().cast(nw.Int64).alias("overdue"),
            nw.len().cast(nw.Int64).alias("items_count"),
            c("customer_id").n_unique().cast(nw.Int64).alias("customers_count"),
            c("open").sum().cast(nw.Int64).alias("open_cents"),
            disputed.sum().cast(nw.Int64).alias("disputed_cents"),
        )
    )
    found: pd.DataFrame = grouped.collect(backend="pandas").to_native()
    found = found.assign(due_date=as_dates(found["due_day"]), is_overdue=found["overdue"] == 1)
    return DUE_CALENDAR.conform(found.sort_values("due_date"))[DUE_CALENDAR.names]
