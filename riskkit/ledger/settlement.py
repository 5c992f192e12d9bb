"""Settlement: which credit pays which debit, as known at a date.

Debits are items that raise what a customer owes (invoices, refunds); credits lower it (payments, credit notes,
write-offs). Three passes, each on what the one before left:

1. `lettering`: lines that the accountant lettered together, when the lettering is known at the date;
2. `reference`: a credit that names an item of the same customer;
3. `fifo`: the rest of a customer's credits against their oldest due debits (as article 1342-10 of the Code civil).

Inside a scope (lettering key, customer and reference, or customer) debits and credits are each laid end to end in
order of date; where the two lines overlap, the credit pays the debit. The overlap needs only ordered running sums, so
it is the same expression on every engine, and every cent of a credit is applied once or left unapplied.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Keep, Lazy, materialise

c = nw.col
SCOPES = {"lettering": ("lettering",), "reference": ("customer_id", "reference"), "fifo": ("customer_id",)}
METHODS = tuple(SCOPES)
_PAIRED = ("line", "day", "order_day", "side", "cents")


def settle(known: Lazy, *, keep: Keep = materialise) -> Lazy:
    """Allocations of credits to debits at each valuation date.

    From: known, one row per line and valuation date: as_of (integer day), line (text id), customer_id, day, order_day
          (integer days), cents (signed, not 0), lettering, lettering_day, reference (missing where there is none).
    To:   one row per (as_of, debit, credit, method): cents (> 0), day (the later of the two lines' days).
    """
    left = known.select(
        "as_of",
        "line",
        "customer_id",
        "day",
        "order_day",
        "reference",
        side=nw.when(c("cents") > 0).then(nw.lit(1)).otherwise(nw.lit(-1)).cast(nw.Int64),
        cents=c("cents").abs(),
        lettering=nw.when(c("lettering_day").is_null() | (c("lettering_day") <= c("as_of"))).then(c("lettering")),
    )
    passes = []
    for method, scope in SCOPES.items():
        pairs = keep(_pairs(left, inside=["as_of", *scope], keep=keep).with_columns(method=nw.lit(method)))
        passes.append(pairs)
        if method != METHODS[-1] and not _is_empty(pairs):
            left = keep(_remaining(left, pairs))
    return nw.concat(passes)


def _pairs(lines: Lazy, *, inside: list[str], keep: Keep) -> Lazy:
    """Pairs inside each scope. Scopes with one side only pay nothing; one debit and one credit need no running sums."""
    is_debit = nw.when(c("side") == 1).then(nw.lit(1)).otherwise(nw.lit(0))
    scoped = lines
    for key in inside[1:]:
        scoped = scoped.filter(~c(key).is_null())
    counted = scoped.group_by(*inside).agg(is_debit.sum().cast(nw.Int64).alias("debits"), lines=nw.len().cast(nw.Int64))
    both = counted.filter((c("debits") > 0) & (c("debits") < c("lines")))
    columns = scoped.select(*inside, *(name for name in _PAIRED if name not in inside))
    met = keep(columns.join(both.select(*inside, "lines"), on=inside, how="inner"))
    return nw.concat(
        [
            _single_pairs(met.filter(c("lines") == 2), inside=inside),
            _overlaps(met.filter(c("lines") > 2), inside=inside, keep=keep),
        ]
    )


def _single_pairs(lines: Lazy, *, inside: list[str]) -> Lazy:
    """The pair of each scope that holds one debit and one credit."""
    debits = lines.filter(c("side") == 1).select(*inside, debit=c("line"), debit_cents=c("cents"), debit_day=c("day"))
    credits = lines.filter(c("side") == -1).select(*inside, "cents", "day", credit=c("line"))
    return debits.join(credits, on=inside, how="inner").select(
        "as_of",
        "debit",
        "credit",
        cents=nw.min_horizontal("cents", "debit_cents"),
        day=nw.max_horizontal("day", "debit_day"),
    )


def _overlaps(lines: Lazy, *, inside: list[str], keep: Keep) -> Lazy:
    """Pairs inside each scope by the overlap of the two running sums."""
    ends = (
        lines.select(*inside, "line", "day", "order_day", "side", "cents")
        .with_columns(end=c("cents").cum_sum().over(*inside, "side", order_by=["order_day", "line"]).cast(nw.Int64))
        .with_columns(
            is_debit=nw.when(c("side") == 1).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64),
            is_credit=nw.when(c("side") == 1).then(nw.lit(0)).otherwise(nw.lit(1)).cast(nw.Int64),
        )
    )
    order = ["end", "is_debit"]  # at equal ends the credit comes first: the debit's own stretch is then empty
    walk = keep(
        ends.with_columns(
            debits=c("is_debit").cum_sum().over(*inside, order_by=order),
            credits=c("is_credit").cum_sum().over(*inside, order_by=order),
            start=c("end").shift(1).over(*inside, order_by=order),
        ).with_columns(
            rank=nw.when(c("side") == 1).then(c("debits")).otherwise(c("credits")),
            partner_rank=nw.when(c("side") == 1).then(c("credits")).otherwise(c("debits")) + 1,
            partner_side=-c("side"),
            stretch=c("end") - nw.when(c("start").is_null()).then(nw.lit(0)).otherwise(c("start")),
        )
    )
    partners = walk.select(
        *inside, partner_side=c("side"), partner_rank=c("rank"), partner=c("line"), partner_day=c("day")
    )
    return (
        walk.filter(c("stretch") > 0)
        .join(partners, on=[*inside, "partner_side", "partner_rank"], how="inner")
        .select(
            "as_of",
            debit=nw.when(c("side") == 1).then(c("line")).otherwise(c("partner")),
            credit=nw.when(c("side") == 1).then(c("partner")).otherwise(c("line")),
            cents=c("stretch"),
            day=nw.max_horizontal("day", "partner_day"),
        )
    )


def _is_empty(frame: Lazy) -> bool:
    first: pd.DataFrame = frame.head(1).collect(backend="pandas").to_native()
    return first.empty


def _remaining(lines: Lazy, pairs: Lazy) -> Lazy:
    """Lines with what these pairs leave of them; lines with nothing left are gone."""
    used = nw.concat(
        [pairs.select("as_of", "cents", line=c("debit")), pairs.select("as_of", "cents", line=c("credit"))]
    )
    spent = used.group_by("as_of", "line").agg(spent=c("cents").sum().cast(nw.Int64))
    return (
        lines.join(spent, on=["as_of", "line"], how="left")
        .with_columns(cents=c("cents") - nw.when(c("spent").is_null()).then(nw.lit(0)).otherwise(c("spent")))
        .filter(c("cents") > 0)
        .drop("spent")
    )
