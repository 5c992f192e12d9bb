"""Items struck at a date: what of each debit is paid, credited, written off or still open, and since when."""

from __future__ import annotations

from itertools import pairwise

import narwhals.stable.v2 as nw

from riskkit.engine import Lazy, materialise
from riskkit.policy import Policy
from riskkit.schemas import Column, Table

c = nw.col

OPEN_ITEMS = Table(
    "open_items",
    "an item that the customer still owes, in whole or in part, at `as_of`",
    (
        Column("item_id", "text", "key of the invoice, or of the refund, that is open"),
        Column("invoice_number", "text", "number as the file gives it", nullable=True),
        Column("customer_id", "text", "who owes it"),
        Column("customer_name", "text", "name of the customer", nullable=True),
        Column("kind", "text", "invoice, deposit, opening, refund or other"),
        Column("issue_date", "date", "date of issue"),
        Column("due_date", "date", "date due; missing when unknown", nullable=True),
        Column("due_source", "text", "where the due date comes from: file, customer (its terms) or default"),
        Column("days_past_due", "integer", "as_of − due date; 0 or less is not overdue", nullable=True),
        Column("bucket", "text", "ageing bucket"),
        Column("amount_cents", "cents", "amount of the item, tax included"),
        Column("applied_cents", "cents", "what payments, credit notes and write-offs have settled of it"),
        Column("open_cents", "cents", "what is still owed"),
        Column("dispute_date", "date", "since when it is disputed", nullable=True),
        Column("source_file", "text", "file it was read from"),
        Column("source_line", "integer", "line of that file"),
    ),
)

UNAPPLIED = Table(
    "unapplied",
    "a payment or credit note, known at `as_of`, that is not applied in full to items",
    (
        Column("credit_id", "text", "key of the payment or credit note"),
        Column("customer_id", "text", "whose it is"),
        Column("customer_name", "text", "name of the customer", nullable=True),
        Column("kind", "text", "payment, credit_note, write_off or other"),
        Column("credit_date", "date", "its date"),
        Column("amount_cents", "cents", "its amount, positive"),
        Column("applied_cents", "cents", "what of it settles items"),
        Column("unapplied_cents", "cents", "what is left"),
    ),
)


def bucket_codes(edges: tuple[int, ...]) -> list[str]:
    """Names of the ageing buckets of those edges: not_due, d1_30, …, over_180, undated."""
    inner = [f"d{low + 1}_{high}" for low, high in pairwise(edges)]
    return ["not_due", *inner, f"over_{edges[-1]}", "undated"]


def bucket(days_past_due: nw.Expr, *, edges: tuple[int, ...]) -> nw.Expr:
    """The bucket of a number of days past due; they partition everything, undated included."""
    codes = bucket_codes(edges)
    expression = nw.when(days_past_due.is_null()).then(nw.lit(codes[-1]))
    for edge, code in zip(edges, codes, strict=False):
        expression = expression.when(days_past_due <= edge).then(nw.lit(code))
    return expression.otherwise(nw.lit(codes[-2]))


def strike_items(known: Lazy, allocations: Lazy, *, policy: Policy) -> Lazy:
    """Every debit at each valuation date, with what has settled it.

    From: known lines and their allocations (`Book.known`, `settlement.settle`).
    To:   one row per as_of and debit: cents, applied, paid (cash), credited, written_off, open, settled_day (when
          nothing is left), unpaid_at_risk (what was unpaid `at_risk_days` after the due day), unpaid_at_default
          (the same for `default_days`), paid_before (settled on or before the start of the behaviour window),
          days_past_due, bucket, and the line's own columns.
    """
    debits = known.filter(c("cents") > 0)
    credits = known.filter(c("cents") < 0).select("as_of", "is_cash", credit=c("line"), credit_kind=c("kind"))
    start = c("as_of") - policy.behaviour_window_days
    zero = nw.lit(0)
    spread = (
        allocations.join(credits, on=["as_of", "credit"], how="inner")
        .join(debits.select("as_of", "due_day", debit=c("line")), on=["as_of", "debit"], how="inner")
        .with_columns(
            paid=nw.when(c("is_cash")).then(c("cents")).otherwise(zero),
            credited=nw.when(c("credit_kind") == "credit_note").then(c("cents")).otherwise(zero),
            written_off=nw.when(c("credit_kind") == "write_off").then(c("cents")).otherwise(zero),
            by_risk=nw.when(c("day") <= c("due_day") + policy.at_risk_days).then(c("cents")).otherwise(zero),
            by_default=nw.when(c("day") <= c("due_day") + policy.default_days).then(c("cents")).otherwise(zero),
            by_start=nw.when(c("day") <= start).then(c("cents")).otherwise(zero),
        )
    )
    sums = ["paid", "credited", "written_off", "by_risk", "by_default", "by_start"]
    applied = spread.group_by("as_of", "debit").agg(
        c("cents").sum().cast(nw.Int64).alias("applied"),
        c("day").max().alias("last_day"),
        *[c(name).sum().cast(nw.Int64) for name in sums],
    )
    items = debits.join(applied, left_on=["as_of", "line"], right_on=["as_of", "debit"], how="left")
    items = items.with_columns(
        *[nw.when(c(name).is_null()).then(zero).otherwise(c(name)).alias(name) for name in ["applied", *sums]]
    )
    return materialise(
        items.with_columns(
            open=c("cents") - c("applied"),
            unpaid_at_risk=c("cents") - c("by_risk"),
            unpaid_at_default=c("cents") - c("by_default"),
            open_at_start=nw.when(c("day") <= start).then(c("cents") - c("by_start")).otherwise(zero),
            settled_day=nw.when(c("cents") == c("applied")).then(c("last_day")),
            days_past_due=c("as_of") - c("due_day"),
        )
        .with_columns(bucket=bucket(c("days_past_due"), edges=policy.ageing_edges_days))
        .drop("last_day", "by_risk", "by_default", "by_start")
    )


def strike_credits(known: Lazy, allocations: Lazy) -> Lazy:
    """Every credit at each valuation date: cents (positive), applied, unapplied."""
    applied = allocations.group_by("as_of", "credit").agg(applied=c("cents").sum().cast(nw.Int64))
    return materialise(
        known.filter(c("cents") < 0)
        .with_columns(cents=-c("cents"))
        .join(applied, left_on=["as_of", "line"], right_on=["as_of", "credit"], how="left")
        .with_columns(applied=nw.when(c("applied").is_null()).then(nw.lit(0)).otherwise(c("applied")))
        .with_columns(unapplied=c("cents") - c("applied"))
    )
