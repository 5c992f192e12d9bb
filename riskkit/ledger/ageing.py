"""The aged balance: what each customer owes by age, less what is not applied."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Lazy
from riskkit.ledger.open_items import bucket_codes
from riskkit.schemas import Column, Table

c = nw.col

AGEING = Table(
    "ageing",
    "a customer with something open or unapplied at `as_of`; the buckets are those of the policy",
    (
        Column("customer_id", "text", "the customer"),
        Column("customer_name", "text", "its name", nullable=True),
        Column("not_due_cents", "cents", "not yet due, or due today"),
        Column("d1_30_cents", "cents", "1 to 30 days past due; one column per bucket of the policy follows"),
        Column("d31_60_cents", "cents", "31 to 60 days past due"),
        Column("d61_90_cents", "cents", "61 to 90 days past due"),
        Column("d91_180_cents", "cents", "91 to 180 days past due"),
        Column("over_180_cents", "cents", "more than 180 days past due"),
        Column("undated_cents", "cents", "open, without a due date"),
        Column("open_items_cents", "cents", "sum of the buckets"),
        Column("overdue_cents", "cents", "what is past due"),
        Column("unapplied_cents", "cents", "payments and credit notes not applied to items"),
        Column("receivables_cents", "cents", "open items less unapplied: the balance of the account"),
        Column("oldest_days_past_due", "integer", "age of the oldest open item", nullable=True),
    ),
)


def age_customers(items: Lazy, credits: Lazy, *, names: pd.Series, edges: tuple[int, ...]) -> pd.DataFrame:
    """The aged balance at one valuation date.

    From: items and credits struck at that date; names by customer_id.
    To:   one row per customer with something open or unapplied: customer_id, customer_name, one `<bucket>_cents` per
          bucket of the policy, open_items_cents, overdue_cents, unapplied_cents, receivables_cents (open − unapplied),
          oldest_days_past_due. Largest balance first.
    """
    codes = bucket_codes(edges)
    opened = c("open")
    by_bucket = [
        nw.when(c("bucket") == code).then(opened).otherwise(nw.lit(0)).sum().cast(nw.Int64).alias(f"{code}_cents")
        for code in codes
    ]
    overdue = nw.when(c("days_past_due") > 0).then(opened).otherwise(nw.lit(0)).sum().cast(nw.Int64)
    aged = _collect(
        items.filter(opened > 0)
        .group_by("customer_id")
        .agg(
            *by_bucket,
            opened.sum().cast(nw.Int64).alias("open_items_cents"),
            overdue.alias("overdue_cents"),
            c("days_past_due").max().alias("oldest_days_past_due"),
        )
    )
    unapplied = _collect(
        credits.group_by("customer_id").agg(c("unapplied").sum().cast(nw.Int64).alias("unapplied_cents"))
    )
    table = aged.merge(unapplied, on="customer_id", how="outer")
    money = [name for name in table.columns if name.endswith("_cents")]
    table[money] = table[money].fillna(0).astype("int64")
    table["receivables_cents"] = table["open_items_cents"] - table["unapplied_cents"]
    table["oldest_days_past_due"] = table["oldest_days_past_due"].astype("Int64")
    table["customer_id"] = table["customer_id"].astype("str")
    table.insert(1, "customer_name", table["customer_id"].map(names).astype("str"))
    return table.sort_values(["receivables_cents", "customer_id"], ascending=[False, True], ignore_index=True)


def _collect(frame: Lazy) -> pd.DataFrame:
    collected: pd.DataFrame = frame.collect(backend="pandas").to_native()
    return collected
