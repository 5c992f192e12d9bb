"""What came out of reading files: canonical tables, what was set aside, and the count of rows and money by file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from typing import Any

import duckdb
import pandas as pd

from riskkit import engine
from riskkit.engine import Lazy
from riskkit.errors import Message, Money, ReconciliationError, message
from riskkit.schemas import CUSTOMERS, EVENTS, INVOICES, PAYMENTS, REJECTS
from riskkit.sources.control import Control
from riskkit.sources.stored import StoredTable, TableField

NEVER = dt.date(1990, 1, 1)
"""The date of a reading that holds no dated movement."""
REPEATS = frozenset({"fec_opening_chained", "in_ledger", "in_invoices", "in_tables", "net_of_payments"})
"""Reasons of rows set aside because another file of the same reading already says what they say."""


@dataclass(frozen=True)
class SourceFile:
    """One file read. Rows and money accepted and set aside add up to the file's own.

    Money is signed as in the file's table: tax-inclusive amounts of invoices (credit notes negative), amounts of
    payments, or debit minus credit on the receivable accounts of a ledger; 0 for a file without money.
    """

    file: str
    sha256: str
    kind: str
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    accepted_cents: int
    rejected_cents: int
    total_cents: int

    def fault(self) -> Message | None:
        """What does not add up in this file, or None."""
        rows_lost = self.rows_read - self.rows_accepted - self.rows_rejected
        cents_lost = self.total_cents - self.accepted_cents - self.rejected_cents
        if rows_lost == 0 and cents_lost == 0:
            return None
        return message(
            "{file}: {rows:row|rows} and {money} are neither accepted nor set aside. Nothing was written. Please "
            "report this file's shape: it is a fault of riskkit.",
            file=self.file,
            rows=rows_lost,
            money=Money(cents_lost),
        )


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Canonical tables read from files, and how they were understood.

    `coverage_start` is the first day from which every movement is known (a ledger's first day after its opening
    balances; otherwise the first issue date). `latest_date` is the latest date found: the default `as_of`.
    `notes` say in words what was understood, assumed or left out. `due_dates` is "file" or "none".
    `control` is what an aged balance read beside the invoices says that they should add up to.

    `invoices` and `payments` are pandas frames to those who use them; a large reading keeps them in files and loads
    them only then. `lazy` and `rows` never load them.
    """

    files: tuple[SourceFile, ...]
    currency: str
    coverage_start: dt.date
    latest_date: dt.date
    due_dates: str
    invoices: TableField = TableField()  # noqa: RUF009 - a descriptor, without a default
    payments: TableField = TableField()  # noqa: RUF009
    customers: pd.DataFrame
    events: pd.DataFrame = field(default_factory=EVENTS.empty)
    rejects: pd.DataFrame = field(default_factory=REJECTS.empty)
    notes: tuple[Message, ...] = ()
    control: Control | None = None

    def __post_init__(self) -> None:
        """Cast every table to its contract and check that nothing was lost, row or cent."""
        for name, table in (
            ("customers", CUSTOMERS),
            ("invoices", INVOICES),
            ("payments", PAYMENTS),
            ("events", EVENTS),
            ("rejects", REJECTS),
        ):
            held = self.held(name)
            if not isinstance(held, StoredTable):
                object.__setattr__(self, name, table.conform(held))
        faults = [fault for source in self.files if (fault := source.fault())]
        if faults:
            raise ReconciliationError(*faults)

    def held(self, name: str) -> pd.DataFrame | StoredTable:
        """The table of that name as it is held, stored or in memory, without loading it."""
        if name in ("invoices", "payments"):
            found: pd.DataFrame | StoredTable = type(self).__dict__[name].held(self)
            return found
        frame: pd.DataFrame = getattr(self, name)
        return frame

    def rows(self, name: str) -> int:
        """How many rows the table of that name has."""
        held = self.held(name)
        return held.rows if isinstance(held, StoredTable) else len(held)

    def lazy(self, name: str, connection: duckdb.DuckDBPyConnection) -> Lazy:
        """The table of that name as a lazy frame of a connection, without pandas when it is stored."""
        held = self.held(name)
        return held.lazy(connection) if isinstance(held, StoredTable) else engine.lazy(connection, held)

    def changed(self, **values: Any) -> Reading:
        """The same reading with other values in some fields; stored tables stay where they are."""
        kept = {item.name: self.held(item.name) for item in fields(self)}
        return Reading(**{**kept, **values})

    def close(self) -> None:
        """Remove the files of stored tables: they cannot be read afterwards."""
        for name in ("invoices", "payments"):
            held = self.held(name)
            if isinstance(held, StoredTable):
                held.store.close()
