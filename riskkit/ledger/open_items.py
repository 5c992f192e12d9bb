"""Items struck at a date: what of each debit is paid, credited, written off or still open, and since when."""

from __future__ import annotations

from itertools import pairwise

import narwhals.stable.v2 as nw

from riskkit.engine import Keep, Lazy, materialise
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


_FOR_SETTLEMENT = ("is_cash", "order_day", "lettering", "lettering_day", "reference")


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


def strike_flows(known: Lazy, allocations: Lazy) -> Lazy:
    """What settled each debit, with the debit's own dates: one row per debit, credit and pass.

    From: known lines and their allocations (`Book.known`, `settlement.settle`).
    To:   as_of, debit (its entry), customer_id, kind, issue_day, due_day, dispute_day (of the debit), day (of the
          settlement), cents (> 0), way: paid (money), credited (a credit note), written_off, or other (an entry).
    """
    credit_way = (
        nw.when(c("is_cash"))
        .then(nw.lit("paid"))
        .when(c("kind") == "credit_note")
        .then(nw.lit("credited"))
        .when(c("kind") == "write_off")
        .then(nw.lit("written_off"))
        .otherwise(nw.lit("other"))
    )
    credits = known.filter(c("cents") < 0).select(credit=c("entry"), way=credit_way)
    debits = known.filter(c("cents") > 0).select(
        "as_of", "customer_id", "kind", "due_day", "dispute_day", debit=c("entry"), issue_day=c("day")
    )
    pairs = allocations.select("debit", "credit", "day", "cents")
    return pairs.join(credits, on="credit", how="inner").join(debits, on="debit", how="inner").drop("credit")


def strike_items(known: Lazy, flows: Lazy, *, policy: Policy, keep: Keep = materialise) -> Lazy:
    """Every debit at each valuation date, with what has settled it.

    From: known lines (`Book.known`) and what settled them (`strike_flows`).
    To:   one row per as_of and debit: cents, applied, paid (cash), credited, written_off, paid_late (cash and other
          entries after the due day), open, first_day and last_day (of what settled it), settled_day (when nothing is
          left), unpaid_at_risk (what was unpaid `at_risk_days` after the due day), unpaid_at_default (the same for
          `default_days`), open_at_start (what was open at the start of the behaviour window), days_past_due, bucket,
          and what the line is (not what matched it).
    """
    start = c("as_of") - policy.behaviour_window_days
    zero = nw.lit(0)

    def part(condition: nw.Expr) -> nw.Expr:
        return nw.when(condition).then(c("cents")).otherwise(zero).sum().cast(nw.Int64)

    sums = {
        "applied": c("cents").sum().cast(nw.Int64),
        "paid": part(c("way") == "paid"),
        "credited": part(c("way") == "credited"),
        "written_off": part(c("way") == "written_off"),
        "paid_late": part(c("way").is_in(["paid", "other"]) & (c("day") > c("due_day"))),
        "by_risk": part(c("day") <= c("due_day") + policy.at_risk_days),
        "by_default": part(c("day") <= c("due_day") + policy.default_days),
        "by_start": part(c("day") <= start),
    }
    applied = flows.group_by("debit").agg(
        c("day").min().alias("first_day"),
        c("day").max().alias("last_day"),
        *[expression.alias(name) for name, expression in sums.items()],
    )
    debits = known.filter(c("cents") > 0).drop(*_FOR_SETTLEMENT)
    items = debits.join(applied, left_on="entry", right_on="debit", how="left")
    items = items.with_columns(*[nw.when(c(name).is_null()).then(zero).otherwise(c(name)).alias(name) for name in sums])
    # What follows costs less to compute again than to keep.
    return (
        keep(items)
        .with_columns(
            open=c("cents") - c("applied"),
            unpaid_at_risk=c("cents") - c("by_risk"),
            unpaid_at_default=c("cents") - c("by_default"),
            open_at_start=nw.when(c("day") <= start).then(c("cents") - c("by_start")).otherwise(zero),
            settled_day=nw.when(c("cents") == c("applied")).then(c("last_day")),
            days_past_due=c("as_of") - c("due_day"),
        )
        .with_columns(bucket=bucket(c("days_past_due"), edges=policy.ageing_edges_days))
        .drop("by_risk", "by_default", "by_start")
    )


def strike_credits(known: Lazy, rest: Lazy, *, keep: Keep = materialise) -> Lazy:
    """Credits that are not applied in full at each valuation date: cents (positive), applied, unapplied (> 0).

    From: known lines (`Book.known`) and the rest of them (`settlement.Settlement`).
    """
    left = rest.filter(c("cents") < 0).select("entry", unapplied=-c("cents"))
    return keep(
        known.select("entry", "as_of", "line", "customer_id", "kind", "day", cents=-c("cents"))
        .join(left, on="entry", how="inner")
        .with_columns(applied=c("cents") - c("unapplied"))
    )
