"""What was known of a customer's payments on the day each of its invoices was issued.

One stream of events per customer, in order of days: an invoice *asks* on its issue day, a settlement or a due date that
passed *tells*. What is told on a day is heard by those who ask from the next day on, so no row can see its own future.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Lazy, to_pandas
from riskkit.ledger.book import BEHAVIOUR_KINDS
from riskkit.schemas import Column, Table

c = nw.col

INVOICE_HISTORY = Table(
    "invoice_history",
    "an invoice, what was known of its customer on its issue day, and what became of it",
    (
        Column("line", "text", "the invoice: i: and its key"),
        Column("customer_id", "text", "the customer"),
        Column("day", "integer", "day of issue"),
        Column("due_day", "integer", "day due"),
        Column("settled_day", "integer", "day it was settled in full; missing while it is not", nullable=True),
        Column("cents", "cents", "its amount"),
        Column("settled_count", "integer", "invoices of the customer settled before its issue day"),
        Column("late_count", "integer", "of those, settled after their due day"),
        Column("open_count", "integer", "invoices issued before, not settled by then"),
        Column("overdue_count", "integer", "of those, past due by then"),
        Column("delay_sum", "number", "Σ of the delays of the settled ones: days after due, less what explains them"),
        Column("delay_square_sum", "number", "Σ of the squares of the same"),
    ),
)
_ZERO = nw.lit(0).cast(nw.Int64)
_ONE = nw.lit(1).cast(nw.Int64)
_NONE = nw.lit(0.0).cast(nw.Float64)
_COUNTS = ("settled_count", "late_count", "open_count", "overdue_count")
_SUMS = ("delay_sum", "delay_square_sum")


def invoice_items(items: Lazy) -> Lazy:
    """Invoices with a due date among the items struck at one date."""
    dated = items.filter(c("kind").is_in(BEHAVIOUR_KINDS) & ~c("due_day").is_null())
    return dated.select("line", "customer_id", "day", "due_day", "settled_day", "cents")


def invoice_history(invoices: Lazy, delays: Lazy) -> pd.DataFrame:
    """The history of each invoice's customer on its issue day.

    From: invoices (`invoice_items`); delays (line, delay) of the settled ones.
    To:   `INVOICE_HISTORY`, in order of issue day and line.
    """
    told = invoices.join(delays, on="line", how="left")
    settled = ~c("settled_day").is_null()
    late = c("settled_day") > c("due_day")
    passed = ~settled | late
    rows = [
        _event(told, day=c("day"), asks=True),
        _event(told, day=c("day"), open_count=_ONE),
        _event(told.filter(passed), day=c("due_day") + 1, overdue_count=_ONE),
        _event(
            told.filter(settled),
            day=c("settled_day"),
            settled_count=_ONE,
            late_count=nw.when(late).then(_ONE).otherwise(_ZERO),
            open_count=-_ONE,
            overdue_count=nw.when(late).then(-_ONE).otherwise(_ZERO),
            delay_sum=nw.when(~c("delay").is_null()).then(c("delay")).otherwise(_NONE),
            delay_square_sum=nw.when(~c("delay").is_null()).then(c("delay") * c("delay")).otherwise(_NONE),
        ),
    ]
    order = ["event_day", "tells", "line"]
    running = [c(name).cum_sum().over("customer_id", order_by=order).alias(name) for name in (*_COUNTS, *_SUMS)]
    heard = nw.concat(rows).with_columns(*running).filter(c("tells") == 0)
    known = heard.select("line", *_COUNTS, *_SUMS).join(invoices, on="line", how="inner")
    return to_pandas(known, INVOICE_HISTORY).sort_values(["day", "line"], ignore_index=True)


def _event(invoices: Lazy, *, day: nw.Expr, asks: bool = False, **told: nw.Expr) -> Lazy:
    """Rows of the stream: on the same day those who ask come before what is told."""
    values = {name: told.get(name, _ZERO) for name in _COUNTS} | {name: told.get(name, _NONE) for name in _SUMS}
    return invoices.select(
        "customer_id",
        "line",
        event_day=day.cast(nw.Int64),
        tells=_ZERO if asks else _ONE,
        **{name: value.alias(name) for name, value in values.items()},
    )
