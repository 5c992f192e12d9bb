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

from dataclasses import dataclass

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Keep, Lazy, materialise

c = nw.col
SCOPES = {"lettering": ("lettering",), "reference": ("customer_id", "reference"), "fifo": ("customer_id",)}
METHODS = tuple(SCOPES)
_ONE = nw.lit(1).cast(nw.Int64)


@dataclass(frozen=True)
class Settlement:
    """`allocations`: one row per (debit, credit, method), both entries: cents (> 0), day (the later of the two lines).

    `rest`: entry and signed cents of what no allocation took of each line; lines with nothing left have no row.
    """

    allocations: Lazy
    rest: Lazy


def settle(known: Lazy, *, keep: Keep = materialise) -> Settlement:
    """Allocations of credits to debits at each valuation date.

    From: known, one row per line and valuation date: entry (the integer that names the row), as_of (integer day), line
          (text id), customer_id, day, order_day (integer days), cents (signed, not 0), lettering, lettering_day,
          reference (missing where there is none).
    To:   every cent of a line is in its allocations or in its rest.
    """
    lettered = c("lettering_day").is_null() | (c("lettering_day") <= c("as_of"))
    left = known.select(
        "entry",
        "as_of",
        "line",
        "customer_id",
        "day",
        "order_day",
        "reference",
        "cents",
        lettering=nw.when(lettered).then(c("lettering")),
    )
    passes = []
    for number, (method, scope) in enumerate(SCOPES.items()):
        scopes = _two_sided(left, inside=["as_of", *scope], keep=keep)
        if _is_empty(scopes):
            continue
        single, several = _single_pairs(scopes), _several_pairs(left, scopes, inside=["as_of", *scope], keep=keep)
        passes.append(nw.concat([single, several]).with_columns(method=nw.lit(method)))
        later = {key for scope in list(SCOPES.values())[number + 1 :] for key in scope}
        left = keep(_remaining(left, single, several, keys=sorted(later)))
    if not passes:
        passes = [_single_pairs(scopes).with_columns(method=nw.lit(METHODS[-1]))]
    return Settlement(nw.concat(passes), left.select("entry", "cents"))


def _two_sided(lines: Lazy, *, inside: list[str], keep: Keep) -> Lazy:
    """The scopes that hold debits and credits, the only ones where something is paid, numbered.

    To: scope, lines, the keys, and what a scope of one debit and one credit needs to be paired: debit, credit, cents,
    day.
    """
    scoped = lines
    for key in inside[1:]:
        scoped = scoped.filter(~c(key).is_null())
    debit = nw.when(c("cents") > 0)
    found = scoped.group_by(*inside).agg(
        debits=debit.then(_ONE).count().cast(nw.Int64),
        lines=nw.len().cast(nw.Int64),
        debit=debit.then(c("entry")).max(),
        credit=nw.when(c("cents") < 0).then(c("entry")).max(),
        cents=c("cents").abs().min(),
        day=c("day").max(),
    )
    both = found.filter((c("debits") > 0) & (c("debits") < c("lines"))).drop("debits")
    return keep(both, number="scope")


def _single_pairs(scopes: Lazy) -> Lazy:
    """The pair of each scope that holds one debit and one credit: no running sums."""
    return scopes.filter(c("lines") == 2).select("debit", "credit", "cents", "day")


def _several_pairs(lines: Lazy, scopes: Lazy, *, inside: list[str], keep: Keep) -> Lazy:
    """Pairs inside each scope of more than two lines by the overlap of the two running sums."""
    met = lines.join(scopes.filter(c("lines") > 2).select("scope", *inside), on=inside, how="inner")
    ends = met.select(
        "scope",
        "entry",
        "day",
        side=nw.when(c("cents") > 0).then(_ONE).otherwise(-_ONE),
        order_day=c("order_day"),
        line=c("line"),
        cents=c("cents").abs(),
    ).select(
        "scope",
        "entry",
        "day",
        "side",
        end=c("cents").cum_sum().over("scope", "side", order_by=["order_day", "line"]).cast(nw.Int64),
        is_debit=nw.when(c("side") == 1).then(_ONE).otherwise(_ONE - 1),
        is_credit=nw.when(c("side") == 1).then(_ONE - 1).otherwise(_ONE),
    )
    order = ["end", "is_debit"]  # at equal ends the credit comes first: the debit's own stretch is then empty
    walk = keep(
        ends.with_columns(
            debits=c("is_debit").cum_sum().over("scope", order_by=order),
            credits=c("is_credit").cum_sum().over("scope", order_by=order),
            start=c("end").shift(1).over("scope", order_by=order),
        ).select(
            "scope",
            "entry",
            "day",
            "side",
            rank=nw.when(c("side") == 1).then(c("debits")).otherwise(c("credits")),
            partner_rank=nw.when(c("side") == 1).then(c("credits")).otherwise(c("debits")) + 1,
            partner_side=-c("side"),
            stretch=c("end") - nw.when(c("start").is_null()).then(nw.lit(0)).otherwise(c("start")),
        )
    )
    partners = walk.select(
        "scope", partner_side=c("side"), partner_rank=c("rank"), partner=c("entry"), partner_day=c("day")
    )
    return keep(
        walk.filter(c("stretch") > 0)
        .join(partners, on=["scope", "partner_side", "partner_rank"], how="inner")
        .select(
            debit=nw.when(c("side") == 1).then(c("entry")).otherwise(c("partner")),
            credit=nw.when(c("side") == 1).then(c("partner")).otherwise(c("entry")),
            cents=c("stretch"),
            day=nw.max_horizontal("day", "partner_day"),
        )
    )


def _is_empty(frame: Lazy) -> bool:
    first: pd.DataFrame = frame.head(1).collect(backend="pandas").to_native()
    return first.empty


def _remaining(lines: Lazy, single: Lazy, several: Lazy, *, keys: list[str]) -> Lazy:
    """Lines with what the pairs of a pass leave of them, and the keys of later passes; lines with nothing are gone."""
    parts = [several.select("cents", entry=c("debit")), several.select("cents", entry=c("credit"))]
    spent = nw.concat(
        [
            single.select(entry=c("debit"), spent=c("cents")),
            single.select(entry=c("credit"), spent=c("cents")),
            nw.concat(parts).group_by("entry").agg(spent=c("cents").sum().cast(nw.Int64)),
        ]
    )
    rest = c("cents").abs() - nw.when(c("spent").is_null()).then(nw.lit(0)).otherwise(c("spent"))
    return (
        lines.join(spent, on="entry", how="left")
        .with_columns(rest=rest)
        .filter(c("rest") > 0)
        .select(
            "entry",
            "as_of",
            "line",
            "day",
            "order_day",
            *keys,
            cents=nw.when(c("cents") > 0).then(c("rest")).otherwise(-c("rest")),
        )
    )
