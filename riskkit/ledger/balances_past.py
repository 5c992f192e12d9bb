"""Balances of past month ends by age, how items move between ages, and how balances roll from one age to the next.

Transitions follow items: the rows of a matrix sum to 1. Net roll rates compare balances: they may exceed 1, because
what enters a bucket need not come from the one before. The two are never mixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from riskkit.engine import Lazy
from riskkit.ledger.items_settled import SettledLedger
from riskkit.ledger.month_calendar import month_end, month_of, month_starts
from riskkit.ledger.open_items import bucket_codes
from riskkit.schemas import Column, Table

c = nw.col
SETTLED, WRITTEN_OFF = "settled", "written_off"

AGEING_HISTORY = Table(
    "ageing_history",
    "an ageing bucket at a month end that the ledger covers",
    (
        Column("month_end", "date", "the month end"),
        Column("bucket", "text", "ageing bucket on that day"),
        Column("items_count", "integer", "open items"),
        Column("open_cents", "cents", "what was open, by the settlement known at the date of the run"),
    ),
)
ITEM_TRANSITIONS = Table(
    "item_transitions",
    "a move of open items from an ageing bucket at a month end to a state at the next one",
    (
        Column("period", "text", "latest (the last months, `measures.transition_months` of the policy) or all"),
        Column("months_count", "integer", "pairs of month ends in the period"),
        Column("from_bucket", "text", "ageing bucket at the first month end"),
        Column("to_bucket", "text", "ageing bucket at the next month end; settled; written_off"),
        Column("items_count", "integer", "items that moved; an item partly settled stays an item"),
        Column("amount_cents", "cents", "what was open at first; the part settled in between goes to settled"),
        Column("probability", "number", "items of the row, as a share of those of from_bucket; sums to 1"),
        Column("amount_share", "number", "the same share by amount; sums to 1"),
    ),
)
NET_ROLL_RATES = Table(
    "net_roll_rates",
    "an ageing bucket at a month end against the bucket before it a month earlier",
    (
        Column("month_end", "date", "the later month end"),
        Column("from_bucket", "text", "ageing bucket a month earlier"),
        Column("to_bucket", "text", "the next bucket, at the later month end"),
        Column("from_cents", "cents", "balance of from_bucket a month earlier"),
        Column("to_cents", "cents", "balance of to_bucket"),
        Column("rate", "number", "to ÷ from; may exceed 1; missing when nothing was in from_bucket", nullable=True),
    ),
)
_SPAN = ("first", "last", "due_day", "cents", "next_open", "next_written_off")
_NEXT = ("next_open", "next_written_off", "next_items", "next_written_off_items")


def open_spans(ledger: SettledLedger) -> pd.DataFrame:
    """How long what amount stayed open, over month ends, summed over items that share their months and due day.

    To: first, last (months at whose ends it was open), due_day (missing when undated), cents, items, and what was left
    at the month end after `last`: next_open, next_written_off (cents), next_items, next_written_off_items; missing
    where `last` is the last whole month.
    """
    parts = [*_simple_spans(ledger), _parts_spans(ledger)]
    spans = nw.concat([part.select(*[c(name).cast(nw.Int64) for name in _SPAN]) for part in parts])
    summed = (
        spans.filter(c("first") <= c("last"))
        .group_by("first", "last", "due_day")
        .agg(
            c("cents").sum().cast(nw.Int64),
            nw.len().cast(nw.Int64).alias("items"),
            c("next_open").sum().cast(nw.Int64),
            c("next_written_off").sum().cast(nw.Int64),
            _count(c("next_open") > 0).alias("next_items"),
            _count((c("next_open") == 0) & (c("next_written_off") > 0)).alias("next_written_off_items"),
        )
    )
    frame: pd.DataFrame = summed.collect(backend="pandas").to_native()
    integers = ["first", "last", "cents", "items", *_NEXT]
    return frame.astype(dict.fromkeys(integers, "int64")).sort_values(["first", "last", "due_day"], ignore_index=True)


def _count(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).sum().cast(nw.Int64)


def _simple_spans(ledger: SettledLedger) -> tuple[Lazy, Lazy]:
    """Spans of items settled on one day or not at all: until that day, and what is left after it."""
    last, zero = nw.lit(ledger.last_month).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    items = ledger.items.filter(c("first_month").is_null() | (c("first_month") == c("last_month")))
    leaves = ~c("last_month").is_null() & (c("last_month") <= last)
    before = items.select(
        "due_day",
        "cents",
        first=c("issue_month"),
        last=nw.when(leaves).then(c("last_month") - 1).otherwise(last),
        next_open=nw.when(leaves).then(c("open")).otherwise(zero),
        next_written_off=nw.when(leaves).then(c("written_off")).otherwise(zero),
    )
    after = items.filter(leaves & (c("open") > 0)).select(
        "due_day", cents=c("open"), first=c("last_month"), last=last, next_open=zero, next_written_off=zero
    )
    return before, after


def _parts_spans(ledger: SettledLedger) -> Lazy:
    """Spans of items settled in parts over several months."""
    last, zero = nw.lit(ledger.last_month).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    items = ledger.items.filter(c("first_month") < c("last_month")).select("entry", "due_day", "issue_month", "cents")
    moves = (
        ledger.flows.join(items.select("entry"), left_on="debit", right_on="entry", how="inner")
        .filter(c("month") <= last)
        .group_by("debit", "due_day", "month")
        .agg(
            moved=-c("cents").sum().cast(nw.Int64),
            written_off=nw.when(c("way") == "written_off").then(c("cents")).otherwise(zero).sum().cast(nw.Int64),
        )
        .select("debit", "due_day", "month", "moved", "written_off")
    )
    issued = items.select(
        debit=c("entry"), due_day=c("due_day"), month=c("issue_month"), moved=c("cents"), written_off=zero
    )
    # Kept: the engine plans a longer chain of expressions forty times slower than it runs it.
    summed = ledger.book.keep(
        nw.concat([issued, moves])
        .group_by("debit", "due_day", "month")
        .agg(c("moved").sum().cast(nw.Int64), c("written_off").sum().cast(nw.Int64))
    )
    steps = summed.with_columns(cents=c("moved").cum_sum().over("debit", order_by="month")).with_columns(
        next_month=c("month").shift(-1).over("debit", order_by="month"),
        next_open=c("cents").shift(-1).over("debit", order_by="month"),
        next_written_off=c("written_off").shift(-1).over("debit", order_by="month"),
    )
    leaves = ~c("next_month").is_null()
    return steps.filter(c("cents") > 0).select(
        "due_day",
        "cents",
        first=c("month"),
        last=nw.when(leaves).then(c("next_month") - 1).otherwise(last),
        next_open=nw.when(leaves).then(c("next_open")).otherwise(zero),
        next_written_off=nw.when(leaves).then(c("next_written_off")).otherwise(zero),
    )


def month_end_balances(spans: pd.DataFrame, *, last_month: int, edges: Sequence[int]) -> pd.DataFrame:
    """The spans at each month end that they cover, with their ages.

    From: `open_spans`. To: month, bucket and next_bucket (numbers in `bucket_codes`), cents, items, leaves (True at
    the last month end of a span that something settles), and the next_ columns.
    """
    first = spans["first"].to_numpy()
    lengths = np.maximum(spans["last"].to_numpy() - first + 1, 0)
    rows = spans.loc[spans.index.repeat(lengths)].reset_index(drop=True)
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    month = rows["first"].to_numpy() + offset
    due = rows["due_day"].to_numpy(dtype="float64", na_value=np.nan)
    return rows.assign(
        month=month,
        bucket=_bucket_numbers(month, due, edges),
        next_bucket=_bucket_numbers(month + 1, due, edges),
        leaves=(month == rows["last"].to_numpy()) & (month < last_month),
    )


def _bucket_numbers(months: np.ndarray, due: np.ndarray, edges: Sequence[int]) -> np.ndarray:
    if not len(months):
        return np.zeros(0, dtype="int64")
    low = int(months.min())
    ends = np.array([month_end(month).toordinal() for month in range(low, int(months.max()) + 1)])
    late = ends[months - low] - due
    numbers = np.searchsorted(np.asarray(edges), late, side="left")
    return np.where(np.isnan(due), len(edges) + 1, numbers)


def ageing_history(balances: pd.DataFrame, *, ledger: SettledLedger) -> pd.DataFrame:
    """Open items by age at each month end that the ledger covers: `AGEING_HISTORY`, every bucket at every month end."""
    codes = bucket_codes(ledger.policy.ageing_edges_days)
    months = range(_first_month(ledger), ledger.last_month + 1)
    index = pd.MultiIndex.from_product([months, range(len(codes))], names=["month", "bucket"])
    sums = balances.groupby(["month", "bucket"])[["items", "cents"]].sum().reindex(index, fill_value=0).reset_index()
    return AGEING_HISTORY.conform(
        pd.DataFrame(
            {
                "month_end": _month_ends(sums["month"]),
                "bucket": [codes[number] for number in sums["bucket"]],
                "items_count": sums["items"],
                "open_cents": sums["cents"],
            }
        )
    )


def item_transitions(balances: pd.DataFrame, *, ledger: SettledLedger) -> pd.DataFrame:
    """How items move between ages from one month end to the next, lately and over the whole ledger: `ITEM_TRANSITIONS`.

    A bucket in which nothing ever stood has no row: nothing is known of it.
    """
    first = _first_month(ledger)
    codes = [*bucket_codes(ledger.policy.ageing_edges_days), SETTLED, WRITTEN_OFF]
    inside = (balances["month"] < ledger.last_month) & (balances["month"] >= first)
    moves = _moves(balances[inside], settled=len(codes) - 2)
    months = max(ledger.last_month - first, 0)
    latest = min(ledger.policy.measures.transition_months, months)
    tables = [
        _matrix(moves[moves["month"] >= ledger.last_month - latest], period="latest", months=latest),
        _matrix(moves, period="all", months=months),
    ]
    table = pd.concat(tables, ignore_index=True)
    table["from_bucket"] = [codes[int(number)] for number in table["from"]]
    table["to_bucket"] = [codes[int(number)] for number in table["to"]]
    return ITEM_TRANSITIONS.conform(table)[ITEM_TRANSITIONS.names]


def _moves(balances: pd.DataFrame, *, settled: int) -> pd.DataFrame:
    """One row per month, from and to (numbers of states; `settled`, then written off), with cents and items."""
    stays, leaves = balances[~balances["leaves"]], balances[balances["leaves"]]
    gone = leaves["cents"] - leaves["next_open"] - leaves["next_written_off"]
    gone_items = leaves["items"] - leaves["next_items"] - leaves["next_written_off_items"]
    parts = [
        (stays, stays["next_bucket"], stays["cents"], stays["items"]),
        (leaves, leaves["next_bucket"], leaves["next_open"], leaves["next_items"]),
        (leaves, settled, gone, gone_items),
        (leaves, settled + 1, leaves["next_written_off"], leaves["next_written_off_items"]),
    ]
    frames = [
        pd.DataFrame({"month": part["month"], "from": part["bucket"], "to": to, "cents": cents, "items": items})
        for part, to, cents, items in parts
    ]
    return pd.concat(frames, ignore_index=True).groupby(["month", "from", "to"], as_index=False).sum()


def _matrix(moves: pd.DataFrame, *, period: str, months: int) -> pd.DataFrame:
    summed = moves.groupby(["from", "to"], as_index=False)[["cents", "items"]].sum()
    summed = summed[(summed["cents"] != 0) | (summed["items"] != 0)]
    whole = summed.groupby("from")[["cents", "items"]].transform("sum")
    return summed.assign(
        period=period,
        months_count=months,
        items_count=summed["items"],
        amount_cents=summed["cents"],
        probability=summed["items"] / whole["items"],
        amount_share=summed["cents"] / whole["cents"],
    )


def net_roll_rates(ageing: pd.DataFrame, *, edges: Sequence[int]) -> pd.DataFrame:
    """Balance of each bucket against that of the bucket before it, a month earlier.

    From: `AGEING_HISTORY`. To: `NET_ROLL_RATES`; undated items roll nowhere.
    """
    codes = bucket_codes(tuple(edges))[:-1]
    wide = ageing.pivot_table(index="month_end", columns="bucket", values="open_cents", aggfunc="sum").reindex(
        columns=codes
    )
    tables = []
    for low, high in pairwise(codes):
        before = wide[low].shift(1)
        table = pd.DataFrame({"from_cents": before, "to_cents": wide[high]}).iloc[1:].reset_index()
        rate = table["to_cents"] / table["from_cents"].where(table["from_cents"] > 0)
        tables.append(table.assign(from_bucket=low, to_bucket=high, rate=rate))
    rolled = pd.concat(tables, ignore_index=True)
    order = {code: number for number, code in enumerate(codes)}
    rolled = rolled.sort_values(
        ["month_end", "from_bucket"], key=lambda s: s.map(order) if s.name != "month_end" else s
    )
    return NET_ROLL_RATES.conform(rolled)[NET_ROLL_RATES.names]


def _first_month(ledger: SettledLedger) -> int:
    """The first month whose end the ledger covers."""
    return month_of(ledger.coverage_start)


def _month_ends(months: pd.Series) -> pd.Series:
    return month_starts(months + 1) - pd.Timedelta(days=1)
