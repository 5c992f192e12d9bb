"""Files in, one reading out: each by its own reader, together what a company is owed."""

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
from riskkit.sources import container, parsing
from riskkit.sources.advance import Advance, Tell
from riskkit.sources.cells import TypedRows, typed_rows
from riskkit.sources.currencies import Rates
from riskkit.sources.einvoice_beside import read_with_documents
from riskkit.sources.einvoice_dates import with_document_dates
from riskkit.sources.electronic_invoices import KIND as DOCUMENTS
from riskkit.sources.left_out import all_aside, empty_reading, rows_aside, with_aside
from riskkit.sources.mapping import TableSpec, check_spec, infer_specs, infer_table
from riskkit.sources.opening import Source, open_described
from riskkit.sources.plan import Plan
from riskkit.sources.reading import Reading
from riskkit.sources.reshape import Opened, reshaped, with_extra_columns
from riskkit.sources.tables import no_invoices, read_beside_ledger, read_tables
from riskkit.sources.tables_customers import merged
from riskkit.sources.tabular import RawTable
from riskkit.sources.unmapped import Unmapped

Progress = Callable[[str], None]
_MEMORY = "1GB"
_OPENED, _TYPED = 0.45, 0.55


def collect(
    paths: Sequence[Source],
    *,
    currency: str | None = None,
    as_of: dt.date | None = None,
    rates: Rates | None = None,
    progress: Progress | None = None,
    advance: Tell | None = None,
    needs_invoices: bool = True,
) -> tuple[Reading, list[TableSpec]]:
    """Read files as they came: their mapping is inferred, applied, and returned to be kept."""
    specs = infer_specs(paths)
    reading = read_files(
        specs, currency=currency, as_of=as_of, rates=rates, progress=progress, advance=advance,
        needs_invoices=needs_invoices,
    )  # fmt: skip
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
    needs_invoices: bool = True,
) -> Reading:
    """Read the sources of a portfolio.

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
    needs_invoices
        Whether files that hold no invoice are refused; else what they hold is given, for a person to look at.

    Notes
    -----
    Raises one `DataError` with a message for every file that cannot be read.
    """
    plan = Plan.of(specs, home=folder or Path())
    given = Unmapped(plan, folder or Path(), currency, as_of, rates, progress)
    before = container.stamps(given.home / spec.file for spec in specs)
    with (
        tempfile.TemporaryDirectory() as aside,
        engine.connect(memory_limit=_MEMORY, spill_folder=Path(aside)) as connection,
    ):
        parsing.install(connection)
        told = Advance(advance, connection)
        described = [*plan.tables, *(spec for spec, _ in plan.left)]
        opened = _opened(described, given.home, connection, folder=Path(aside), told=told, progress=progress)
        used, left = opened[: len(plan.tables)], opened[len(plan.tables) :]
        reasons = [reason for _, reason in plan.left]
        others = [rows_aside([(*pair, why) for pair, why in zip(left, reasons, strict=True)], connection,
                             currency=currency)] if left else []  # fmt: skip
        used, notes = reshaped(used, connection, currency=currency, rates=rates)
        with told.stretch(_OPENED, _TYPED):
            typed = [typed_rows(table, spec) for table, spec in used]
        base = given.base()
        with told.stretch(_TYPED, 1.0):
            reading = _joined(base, typed, connection, currency=currency, needs_invoices=needs_invoices)
        reading = reading.changed(notes=(*reading.notes, *notes), **_extra(reading, used))
    reading = given.with_statements(reading)
    if needs_invoices and not reading.rows("invoices"):
        raise DataError(no_invoices([spec.label for spec in specs]))
    repeated = given.repeated()
    for found, reason in repeated:
        if reason == "in_ledger" and found.files[0].kind == DOCUMENTS:
            reading = with_document_dates(reading, found)
    others += [all_aside(found, reason) for found, reason in repeated]
    reading = reading.changed(control=given.control(reading))
    container.check_unchanged(before)
    return with_aside(reading, others) if others else reading


def _joined(
    base: Reading | None,
    typed: Sequence[TypedRows],
    connection: duckdb.DuckDBPyConnection,
    *,
    currency: str | None,
    needs_invoices: bool,
) -> Reading:
    """The base completed by tables, or the tables by themselves."""
    if base is not None and not typed:
        return base
    if base is None:
        if not typed:
            return empty_reading(currency=currency or "EUR")
        return read_tables(typed, connection, currency=currency, needs_invoices=needs_invoices)
    if any(source.kind == DOCUMENTS for source in base.files):
        return read_with_documents(base, typed, connection, currency=currency)
    return _completed(base, read_beside_ledger(typed, connection, currency=base.currency))


def _extra(reading: Reading, opened: Sequence[Opened]) -> dict[str, pd.DataFrame]:
    """Invoices and payments with the columns that entities and conversions add, where there are any."""
    if not any("entity" in spec.columns or "foreign_code" in table.relation.columns for table, spec in opened):
        return {}
    return {name: with_extra_columns(getattr(reading, name), opened, kind=name) for name in ("invoices", "payments")}


def _opened(
    specs: Sequence[TableSpec],
    home: Path,
    connection: duckdb.DuckDBPyConnection,
    *,
    folder: Path,
    told: Advance,
    progress: Progress | None,
) -> list[Opened]:
    """The raw table of each specification; one `DataError` for all that cannot be read."""
    opened: list[Opened] = []
    faults: list[Message] = []
    for spec, (low, high, size) in zip(specs, _ends(home, specs), strict=True):
        if progress is not None:
            progress(spec.label)
        try:
            with told.stretch(low, high, size=size):
                table = open_described(spec, connection, home=home, folder=folder)
            full = _with_columns(spec, table)
            if full.kind != "ignored":
                check_spec(full, table)
            opened.append((table, full))
        except DataError as fault:
            faults += fault.messages
        except OSError:
            faults.append(container.not_readable(home / spec.file))
    raise_all(DataError, faults)
    return opened


def _with_columns(spec: TableSpec, table: RawTable) -> TableSpec:
    """The specification; where it names no column, with those inferred for a table of its kind."""
    if spec.columns or spec.instalments or spec.open_by_age or spec.kind == "ignored":
        return spec
    guess = infer_table(table)
    if guess is None or guess.kind != spec.kind:
        return spec
    kept = ("columns", "instalments", "open_by_age", "buckets", "tax_basis", "signature", "confidence")
    changes = {name: getattr(guess, name) for name in kept}
    return spec.model_copy(update={**changes, "currency": spec.currency or guess.currency})


def _ends(home: Path, specs: Sequence[TableSpec]) -> list[tuple[float, float, int]]:
    """The stretch of the reading that opening each file takes, by its bytes, and those bytes."""
    sizes = [path.stat().st_size if (path := home / spec.file).is_file() else 0 for spec in specs]
    whole, done, ends = max(sum(sizes), 1), 0, []
    for size in sizes:
        ends.append((_OPENED * done / whole, _OPENED * (done + size) / whole, size))
        done += size
    return ends


def _completed(ledger: Reading, extra: Reading) -> Reading:
    """A ledger whose customers are completed, by account code, with what a table of customers says."""
    said, notes = extra.customers, list(extra.notes)
    known = said["customer_id"].isin(set(ledger.customers["customer_id"]))
    customers = ledger.customers
    if known.any():
        customers = merged([said[known].assign(reason=None), ledger.customers.assign(reason=None)])
        flags = ledger.customers.set_index("customer_id")["is_catch_all"]
        customers["is_catch_all"] = customers["is_catch_all"] | customers["customer_id"].map(flags).astype(bool)
    if len(said):
        notes.append(
            message(
                "{known} of the {total} customers of the table {known:?has|have} the account code of a customer of "
                "the ledger; {known:?it completes|they complete} it.",
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
