"""What each customer owed at each month end and bought in the month: what any filter on customers adds up again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Lazy
from riskkit.ledger.open_items import bucket_codes
from riskkit.schemas import Column, Table

c = nw.col

CUSTOMER_MONTHS = Table(
    "customer_months",
    "a customer at a month end, or at `as_of`, with a balance then or sales in that month; as known on that day",
    (
        Column("as_of", "date", "the month end; the last is the date of the run"),
        Column("customer_id", "text", "the customer"),
        Column("not_due_cents", "cents", "open then and not yet due, or due on the day"),
        Column("d1_30_cents", "cents", "1 to 30 days past due; one column per bucket of the policy follows"),
        Column("d31_60_cents", "cents", "31 to 60 days past due"),
        Column("d61_90_cents", "cents", "61 to 90 days past due"),
        Column("d91_180_cents", "cents", "91 to 180 days past due"),
        Column("over_180_cents", "cents", "more than 180 days past due"),
        Column("undated_cents", "cents", "open, without a due date"),
        Column("receivables_cents", "cents", "balance of the account: open items less unapplied"),
        Column("sales_cents", "cents", "net sales of the month up to that day, tax included"),
    ),
)


def customer_months(
    known: Lazy, items: Lazy, invoices: Lazy, *, as_of: Sequence[dt.date], edges: tuple[int, ...]
) -> pd.DataFrame:
    """Balance by age and sales of the month, by customer and month end.

    From: lines and items struck at each date of `as_of` (month ends, and the date of the run last); the invoices.
    To:   `CUSTOMER_MONTHS` with the buckets of the policy; a customer without a balance and without sales has no row.
          Σ buckets less receivables is what was unapplied then.

    Parameters
    ----------
    known, items
        As `Book.known` and `open_items.strike_items` give them.
    invoices
        Every invoice; those later than the last date are not counted.
    as_of
        The dates, sorted; two of the same month cannot both carry its sales, so only its last does.
    edges
        Upper edges of the ageing buckets, days.

    """
    codes = bucket_codes(edges)
    keys = ["as_of", "customer_id"]
    opened = c("open")
    buckets = _collect(
        items.filter(opened > 0)
        .group_by(*keys)
        .agg(
            *[
                nw.when(c("bucket") == code).then(opened).otherwise(nw.lit(0)).sum().cast(nw.Int64).alias(code)
                for code in codes
            ]
        )
    )
    balances = _collect(known.group_by(*keys).agg(c("cents").sum().cast(nw.Int64).alias("receivables")))
    table = buckets.merge(balances, on=keys, how="outer").merge(_monthly_sales(invoices, as_of), on=keys, how="outer")
    money = [*codes, "receivables", "sales"]
    table[money] = table[money].fillna(0).astype("int64")
    table = table[(table[money] != 0).any(axis=1)].rename(columns={name: f"{name}_cents" for name in money})
    table["as_of"] = pd.to_datetime([dt.date.fromordinal(int(day)) for day in table["as_of"]]).astype("datetime64[us]")
    table["customer_id"] = table["customer_id"].astype("str")
    return table.sort_values(keys, ignore_index=True)[[*keys, *[f"{name}_cents" for name in money]]]


def _monthly_sales(invoices: Lazy, as_of: Sequence[dt.date]) -> pd.DataFrame:
    """Net sales by customer and month, under the last date of that month."""
    day = c("issue_date")
    sold = invoices.filter(c("is_sale") & (day <= max(as_of)))
    by_month = sold.select("customer_id", "amount_cents", month=day.dt.year() * 12 + day.dt.month() - 1)
    sums = _collect(by_month.group_by("customer_id", "month").agg(sales=c("amount_cents").sum().cast(nw.Int64)))
    dates = {date.year * 12 + date.month - 1: date.toordinal() for date in as_of}
    return (
        sums.assign(as_of=sums["month"].map(dates))
        .dropna(subset="as_of")
        .astype({"as_of": "int64"})[["as_of", "customer_id", "sales"]]
    )


def _collect(frame: Lazy) -> pd.DataFrame:
    collected: pd.DataFrame = frame.collect(backend="pandas").to_native()
    return collected
