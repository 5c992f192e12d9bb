"""Files in, one reading out: French ledgers and tables, each by its own reader."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from riskkit import engine
from riskkit.errors import DataError, Message, message, raise_all
from riskkit.schemas import REJECTS
from riskkit.sources import parsing
from riskkit.sources.cells import TypedRows, typed_rows
from riskkit.sources.mapping import TableSpec, check_spec, infer_specs
from riskkit.sources.reading import Reading
from riskkit.sources.tables import read_beside_ledger, read_tables
from riskkit.sources.tables_customers import merged
from riskkit.sources.tabular import open_tables

Progress = Callable[[str], None]


def collect(
    paths: Sequence[Path], *, currency: str | None = None, progress: Progress | None = None
) -> tuple[Reading, list[TableSpec]]:
    """Read files as they came: their mapping is inferred, applied, and returned to be kept."""
    specs = infer_specs(paths)
    return read_files(specs, currency=currency, progress=progress), specs


def read_files(
    specs: Sequence[TableSpec],
    *,
    folder: Path | None = None,
    currency: str | None = None,
    progress: Progress | None = None,
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
    progress
        Receives the name of each file as its reading begins.

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
    if ledger is not None and not tables:
        return replace(ledger, notes=(*ledger.notes, *notes))
    with tempfile.TemporaryDirectory() as aside, engine.connect(spill_folder=Path(aside)) as connection:
        parsing.install(connection)
        typed: list[TypedRows] = []
        faults: list[Message] = []
        for spec in tables:
            if progress is not None:
                progress(Path(spec.file).name)
            try:
                found = open_tables(
                    home / spec.file, connection, folder=Path(aside), sheet=spec.sheet,
                    header_row=spec.header_row, encoding=spec.encoding, separator=spec.separator,
                )  # fmt: skip
                check_spec(spec, found[0])
                typed.append(typed_rows(found[0], spec))
            except DataError as fault:
                faults += fault.messages
        raise_all(DataError, faults)
        if ledger is not None:
            extra = read_beside_ledger(typed, connection, currency=ledger.currency)
            return _completed(ledger, extra, notes)
        reading = read_tables(typed, connection, currency=currency)
    return replace(reading, notes=(*reading.notes, *notes))


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
    return replace(
        ledger,
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


def _beside_ledger(spec: TableSpec) -> Message:
    return message(
        "{file} is left out: the ledger (FEC) already holds these movements, and reading both would count them twice.",
        file=spec.label,
    )
