"""The settled ledger as every table about the past reads it: items, and what settled them, with months.

Everything here follows the settlement known at `as_of`: a payment made in March is where it truly went, even where a
reading in March could not yet tell. Balances of the past are those of the ledger all the same: at any month end, open
items less unapplied credits are the balance of the accounts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import narwhals.stable.v2 as nw

from riskkit.engine import Lazy
from riskkit.ledger.book import Book
from riskkit.ledger.month_calendar import day_calendar, last_whole_month, with_calendar
from riskkit.ledger.snapshot import Snapshot
from riskkit.policy import Policy

c = nw.col


_ITEM_COLUMNS = (
    "entry",
    "customer_id",
    "kind",
    "due_day",
    "dispute_day",
    "cents",
    "credited",
    "written_off",
    "paid_late",
    "open",
    "settled_day",
    "days_past_due",
    "issue_month",
    "due_month",
    "due_half",
    "late_half",
    "first_month",
    "last_month",
)
_FLOW_COLUMNS = (
    "debit",
    "customer_id",
    "kind",
    "due_day",
    "dispute_day",
    "day",
    "cents",
    "way",
    "issue_month",
    "due_month",
    "month",
)


@dataclass(frozen=True)
class SettledLedger:
    """Items and flows struck at `as_of`, with their months and half-years.

    `items`: those of the snapshot with issue_month, due_month, due_half, late_half (of the day after the due date),
    first_month and last_month (of what settled them; missing while nothing did). `flows`: those of the snapshot with
    issue_month, due_month and month. Both are kept, with only the columns that the tables need.
    """

    as_of: dt.date
    coverage_start: dt.date
    last_month: int
    items: Lazy
    flows: Lazy
    book: Book
    policy: Policy


def settled_ledger(snapshot: Snapshot, book: Book, *, policy: Policy) -> SettledLedger:
    """The settled ledger of a snapshot."""
    reach = snapshot.items.select(
        first=nw.min_horizontal(c("day").min(), c("due_day").min()),
        last=nw.max_horizontal(c("day").max(), c("due_day").max() + 1),
    )
    bounds = reach.collect(backend="pandas").to_native().iloc[0]
    as_of_day = snapshot.as_of.toordinal()
    first = int(bounds["first"]) if bounds.notna().all() else as_of_day
    last = max(int(bounds["last"]), as_of_day) if bounds.notna().all() else as_of_day
    calendar = day_calendar(book.connection, first, last)
    items = with_calendar(snapshot.items, calendar, "day", issue_month="month")
    items = with_calendar(items, calendar, "due_day", due_month="month", due_half="half")
    items = with_calendar(items.with_columns(late_day=c("due_day") + 1), calendar, "late_day", late_half="half")
    items = with_calendar(items, calendar, "first_day", first_month="month")
    items = with_calendar(items, calendar, "last_day", last_month="month")
    flows = with_calendar(snapshot.flows, calendar, "issue_day", issue_month="month")
    flows = with_calendar(flows, calendar, "due_day", due_month="month")
    flows = with_calendar(flows, calendar, "day", month="month")
    items, flows = book.keep(items.select(*_ITEM_COLUMNS)), book.keep(flows.select(*_FLOW_COLUMNS))
    return SettledLedger(
        as_of=snapshot.as_of,
        coverage_start=snapshot.coverage_start,
        last_month=last_whole_month(snapshot.as_of),
        items=items,
        flows=flows,
        book=book,
        policy=policy,
    )
