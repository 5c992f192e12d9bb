"""Files in, one reading out: French ledgers and tables, each by its own reader."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from riskkit import engine
from riskkit.errors import DataError, Message, message, raise_all
from riskkit.schemas import REJECTS
from riskkit.sources import parsing
from riskkit.sources.advance import Advance, Tell
from riskkit.sources.aged_balance import read_aged_balances
from riskkit.sources.cells import typed_rows
from riskkit.sources.currencies import Rates
from riskkit.sources.mapping import TableSpec, check_spec, infer_specs
from riskkit.sources.reading import Reading
from riskkit.sources.reshape import reshaped, with_extra_columns
from riskkit.sources.tables import read_beside_ledger, read_tables
from riskkit.sources.tables_customers import merged
from riskkit.sources.tabular import RawTable, open_tables

Progress = Callable[[str], None]
_MEMORY = "1GB"
_OPENED, _TYPED = 0.45, 0.55


def collect(
    paths: Sequence[Path],
    *,
    currency: str | None = None,
    as_of: dt.date | None = None,
    rates: Rates | None = None,
    progress: Progress | None = None,
    advance: Tell | None = None,
) -> tuple[Reading, list[TableSpec]]:
    """Read files as they came: their mapping is inferred, applied, and returned to be kept."""
    specs = infer_specs(paths)
    reading = read_files(specs, currency=currency, as_of=as_of, rates=rates, progress=progress, advance=advance)
    return reading, specs


def read_files(
    specs: Sequence[TableSpec],
    *,
    folder: Path | None = None,
    currency: str | None = None,
    as_of: dt.date | None = None,
    rates: Rates | None = None,
    progress: Progress | None = None,
    advance: Tell | None = None,
) -> Reading:
    """Read the tables of a portfolio.

    Parameters
    ----------
    specs
        One per table; a French ledger may come with tables of customers, which complete it.
    folder
        What the files of `specs` are relative to; the current folder without one.
    currency
        Currency of amounts that name none.
    as_of
        The day of an aged balance that does not say its own.
    rates
        Rates of exchange; without them, rows in other currencies are set aside.
    progress
        Receives the name of each file as its reading begins.
    advance
        Receives the share of the whole reading that is done, from 0 to 1, several times a second.

    Notes
    -----
    Raises one `DataError` with a message for every file that cannot be read.
    """
    home = folder or Path()
    ledgers = [spec for spec in specs if spec.kind == "fec"]
    notes = [_left_out(spec) for spec in specs if spec.kind == "ignored"]
    tables = [spec for spec in specs if spec.kind not in ("fec", "ignored")]
    if ledgers:
        notes += [_beside_ledger(spec) for spec in tables if spec.kind in ("invoices", "payments")]
        tables = [spec for spec in tables if spec.kind in ("customers", "events")]
    ledger = _read_ledgers(ledgers, home, currency, progress) if ledgers else None
    aged = [spec for spec in tables if spec.kind == "aged_balance"]
    tables = [spec for spec in tables if spec.kind != "aged_balance"]
    if aged and (ledgers or any(spec.kind == "invoices" for spec in tables)):
        notes += [_beside_invoices(spec) for spec in aged]
    elif aged:
        notes += [_beside_balance(spec) for spec in tables if spec.kind == "payments"]
        tables = [spec for spec in tables if spec.kind in ("customers", "events")]
        ledger = read_aged_balances(aged, folder=home, currency=currency, as_of=as_of, rates=rates)
    if ledger is not None and not tables:
        return ledger.changed(notes=(*ledger.notes, *notes))
    with (
        tempfile.TemporaryDirectory() as aside,
        engine.connect(memory_limit=_MEMORY, spill_folder=Path(aside)) as connection,
    ):
        parsing.install(connection)
        told = Advance(advance, connection)
        opened = _opened(tables, home, connection, folder=Path(aside), told=told, progress=progress)
        opened, said = reshaped(opened, connection, currency=currency, rates=rates)
        notes += said
        with told.stretch(_OPENED, _TYPED):
            typed = [typed_rows(table, spec) for table, spec in opened]
        if ledger is not None:
            extra = read_beside_ledger(typed, connection, currency=ledger.currency)
            return _completed(ledger, extra, notes)
        with told.stretch(_TYPED, 1.0):
            reading = read_tables(typed, connection, currency=currency)
        added: dict[str, pd.DataFrame] = {}
        if any("entity" in spec.columns or "foreign_code" in table.relation.columns for table, spec in opened):
            added = {
                name: with_extra_columns(getattr(reading, name), opened, kind=name) for name in ("invoices", "payments")
            }
        return reading.changed(notes=(*reading.notes, *notes), **added)


def _opened(
    specs: Sequence[TableSpec],
    home: Path,
    connection: duckdb.DuckDBPyConnection,
    *,
    folder: Path,
    told: Advance,
    progress: Progress | None,
) -> list[tuple[RawTable, TableSpec]]:
    """The raw table of each specification; one `DataError` for all that cannot be read."""
    opened: list[tuple[RawTable, TableSpec]] = []
    faults: list[Message] = []
    for spec, (low, high, size) in zip(specs, _ends(home, specs), strict=True):
        if progress is not None:
            progress(Path(spec.file).name)
        try:
            with told.stretch(low, high, size=size):
                found = open_tables(
                    home / spec.file, connection, folder=folder, sheet=spec.sheet,
                    header_row=spec.header_row, encoding=spec.encoding, separator=spec.separator,
                )  # fmt: skip
            check_spec(spec, found[0])
            opened.append((found[0], spec))
        except DataError as fault:
            faults += fault.messages
    raise_all(DataError, faults)
    return opened


def _ends(home: Path, specs: Sequence[TableSpec]) -> list[tuple[float, float, int]]:
    """The stretch of the reading that opening each file takes, by its bytes, and those bytes."""
    sizes = [path.stat().st_size if (path := home / spec.file).is_file() else 0 for spec in specs]
    whole, done, ends = max(sum(sizes), 1), 0, []
    for size in sizes:
        ends.append((_OPENED * done / whole, _OPENED * (done + size) / whole, size))
        done += size
    return ends


def _read_ledgers(specs: Sequence[TableSpec], home: Path, currency: str | None, progress: Progress | None) -> Reading:
    from riskkit.sources.fec import read_fec

    if progress is not None:
        for spec in specs:
            progress(Path(spec.file).name)
    chosen = currency or next((spec.currency for spec in specs if spec.currency), "EUR")
    return read_fec([home / spec.file for spec in specs], currency=chosen)


def _completed(ledger: Reading, extra: Reading, notes: Sequence[Message]) -> Reading:
    """A ledger whose customers are completed, by account code, with what a table of customers says."""
    said, notes = extra.customers, [*extra.notes, *notes]
    known = said["customer_id"].isin(set(ledger.customers["customer_id"]))
    customers = ledger.customers
    if known.any():
        customers = merged([said[known].assign(reason=None), ledger.customers.assign(reason=None)])
        flags = ledger.customers.set_index("customer_id")["is_catch_all"]
        customers["is_catch_all"] = customers["is_catch_all"] | customers["customer_id"].map(flags).astype(bool)
    if len(said):
        notes.append(
            message(
                "{known} of the {total} customers of the table have the account code of a customer of the ledger; "
                "they complete it.",
                known=int(known.sum()),
                total=len(said),
            )
        )
    rejects = [frame for frame in (ledger.rejects, extra.rejects) if len(frame)]
    return ledger.changed(
        files=(*ledger.files, *extra.files),
        customers=customers,
        events=extra.events if len(extra.events) else ledger.events,
        rejects=pd.concat(rejects) if rejects else REJECTS.empty(),
        notes=(*ledger.notes, *notes),
    )


def _left_out(spec: TableSpec) -> Message:
    return message(
        "{file} holds orders or quotes, not invoices: it is left out. Write kind: invoices in portfolio.yaml if that "
        "is wrong.",
        file=spec.label,
    )


def _beside_invoices(spec: TableSpec) -> Message:
    return message(
        "{file} is left out: it is an aged balance, and the files given hold the invoices themselves. Compare their "
        "totals.",
        file=spec.label,
    )


def _beside_balance(spec: TableSpec) -> Message:
    return message(
        "{file} is left out: an aged balance is already net of payments, and holds no invoice they could settle.",
        file=spec.label,
    )


def _beside_ledger(spec: TableSpec) -> Message:
    return message(
        "{file} is left out: the ledger (FEC) already holds these movements, and reading both would count them twice.",
        file=spec.label,
    )
