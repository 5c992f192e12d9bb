"""Pieces of invoices: what a customer owed, cut by when and how each part of it left, or did not leave yet.

An invoice paid half in March and half in May is two pieces; what of it is still open is a third one. Every model of
payment time learns from pieces, so that a part payment, a credit note and an open item each say what they know, and
nothing more. Pieces are struck at a date like the ledger itself: a lettering made later is not used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.engine import Lazy, lazy
from riskkit.ledger.book import BEHAVIOUR_KINDS, Book, c
from riskkit.ledger.open_items import strike_flows
from riskkit.ledger.settlement import settle

Days = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

OPEN, CASH, OTHER = 0, 1, 2
"""How a piece left: not yet, by a payment, otherwise (credit note, write-off)."""
UNDATED = -1
"""Day of an item whose due date, dispute or customer is not known."""


@dataclass(frozen=True)
class Pieces:
    """What is known at `as_of` of the items issued by then: parallel arrays, one entry a piece.

    `customer` is a code into `customer_ids`. `issue`, `due`, `out` and `dispute` are integer days
    (`date.toordinal()`); `out` is the day the piece left, and `as_of` for an open one; `due` and `dispute` are
    `UNDATED` where unknown. `cents` is the piece, `item_cents` the item it is part of, `line` names the open items
    ("" for pieces that left). `behaves` is True for invoices and deposits: only they teach.
    """

    as_of: int
    customer_ids: tuple[str, ...]
    customer: Days
    issue: Days
    due: Days
    out: Days
    dispute: Days
    exit: Days
    cents: Days
    item_cents: Days
    behaves: Flags
    line: npt.NDArray[np.object_]

    def __len__(self) -> int:
        """How many pieces there are."""
        return len(self.cents)

    def only(self, kept: Flags | Days) -> Pieces:
        """The pieces flagged, in the same order, or those at these positions."""
        columns = ("customer", "issue", "due", "out", "dispute", "exit", "cents", "item_cents", "behaves", "line")
        return Pieces(self.as_of, self.customer_ids, *(getattr(self, name)[kept] for name in columns))

    @property
    def is_open(self) -> Flags:
        """True for what is still owed at `as_of`."""
        flags: Flags = self.exit == OPEN
        return flags

    @property
    def weight(self) -> Floats:
        """Share of its item that each piece is: an invoice teaches once, however many payments settled it."""
        share: Floats = self.cents / self.item_cents
        return share


def strike_pieces(book: Book, *, as_of: Sequence[dt.date], terms_code: str) -> dict[dt.date, Pieces]:
    """The pieces known at each date, each settled with nothing that was dated or lettered later.

    From: the book; the code of the terms of items without a due date.
    To:   pieces by date. Their cents sum to the debits of the ledger at the date: nothing is lost on the way.
    """
    known = book.known(book.dated(default_terms=terms_code), as_of=list(as_of))
    flows = book.keep(_flows(known, settle(known, keep=book.keep).allocations))
    ids = tuple(sorted(book.customers["customer_id"].astype("str")))
    codes = lazy(book.connection, pd.DataFrame({"customer_id": list(ids), "customer": np.arange(len(ids))}))
    heads = book.keep(_heads(known).join(codes, on="customer_id", how="left"))
    left, still_open = _left(heads, flows), _still_open(heads, flows)
    pieces = {}
    for date in as_of:
        day = date.toordinal()
        rows = pd.concat([part[part["as_of"] == day] for part in (left, still_open)], ignore_index=True)
        pieces[date] = Pieces(
            as_of=day,
            customer_ids=ids,
            **{name: rows[name].to_numpy(dtype=np.int64) for name in _INTEGERS},
            behaves=rows["behaves"].to_numpy(dtype=np.int64) == 1,
            line=rows["line"].fillna("").to_numpy(dtype=object),
        )
    return pieces


_INTEGERS = ("customer", "issue", "due", "out", "dispute", "exit", "cents", "item_cents")


def _heads(known: Lazy) -> Lazy:
    """One row per date and item: what its pieces share, in integers, and its line."""
    missing = nw.lit(UNDATED).cast(nw.Int64)
    dispute_known = ~c("dispute_day").is_null() & (c("dispute_day") <= c("as_of"))
    return known.filter(c("cents") > 0).select(
        "entry",
        "as_of",
        "line",
        "customer_id",
        issue=c("day"),
        due=nw.when(c("due_day").is_null()).then(missing).otherwise(c("due_day")),
        dispute=nw.when(dispute_known).then(c("dispute_day")).otherwise(missing),
        item_cents=c("cents"),
        behaves=nw.when(c("kind").is_in(BEHAVIOUR_KINDS)).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64),
    )


def _flows(known: Lazy, allocations: Lazy) -> Lazy:
    """What left each item: one row per date, item, day and way out."""
    is_cash = nw.when(c("way") == "paid").then(nw.lit(CASH)).otherwise(nw.lit(OTHER)).cast(nw.Int64)
    return (
        strike_flows(known, allocations)
        .with_columns(exit=is_cash)
        .group_by("debit", "day", "exit")
        .agg(c("cents").sum().cast(nw.Int64))
        .select("exit", "cents", entry=c("debit"), out=c("day"))
    )


def _left(heads: Lazy, flows: Lazy) -> pd.DataFrame:
    """Pieces that left, ordered."""
    rows = heads.join(flows, on="entry", how="inner").select("as_of", *_INTEGERS, "behaves")
    frame: pd.DataFrame = rows.collect(backend="pandas").to_native()
    return frame.sort_values(["as_of", *_INTEGERS], kind="stable")


def _still_open(heads: Lazy, flows: Lazy) -> pd.DataFrame:
    """Pieces still owed: one row per date and open item, ordered, with the item's line."""
    applied = flows.group_by("entry").agg(applied=c("cents").sum().cast(nw.Int64))
    rest = nw.when(c("applied").is_null()).then(c("item_cents")).otherwise(c("item_cents") - c("applied"))
    opened = (
        heads.join(applied, on="entry", how="left")
        .with_columns(cents=rest, out=c("as_of"), exit=nw.lit(OPEN).cast(nw.Int64))
        .filter(c("cents") > 0)
        .select("as_of", *_INTEGERS, "behaves", "line")
    )
    frame: pd.DataFrame = opened.collect(backend="pandas").to_native()
    return frame.sort_values(["as_of", *_INTEGERS, "line"], kind="stable")
