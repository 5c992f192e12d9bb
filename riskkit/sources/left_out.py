"""What is read and not counted, because other files say it already: every row and cent of it set aside, and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.schemas import CUSTOMERS, INVOICES, PAYMENTS, REJECTS
from riskkit.sources.cells import TypedRows, typed_rows
from riskkit.sources.mapping_spec import TableSpec, missing_fields
from riskkit.sources.reading import NEVER, Reading, SourceFile
from riskkit.sources.tables import read_tables
from riskkit.sources.tabular import RawTable

WHY = {
    "not_an_invoice": message(
        "{file} holds orders or quotes, not invoices: its {rows:row|rows} ({money}) {rows:?is|are} left out. Write "
        "kind: invoices in portfolio.yaml if that is wrong."
    ),
    "in_ledger": message(
        "{file} is left out ({rows:row|rows}, {money}): the ledger (FEC) already holds these movements, and reading "
        "both would count them twice."
    ),
    "in_invoices": message(
        "{file} is not counted ({rows:row|rows}, {money}): it is an aged balance, and the files given hold the "
        "invoices themselves. Its balances are compared with them, customer by customer, in the quality report."
    ),
    "net_of_payments": message(
        "{file} is left out ({rows:row|rows}, {money}): an aged balance is already net of payments, and holds no "
        "invoice they could settle."
    ),
}


def empty_reading(*, currency: str, notes: Sequence[Message] = ()) -> Reading:
    """A reading of nothing."""
    return Reading(
        files=(), currency=currency, coverage_start=NEVER, latest_date=NEVER, due_dates="none",
        invoices=INVOICES.empty(), payments=PAYMENTS.empty(), customers=CUSTOMERS.empty(), notes=tuple(notes),
    )  # fmt: skip


def rows_aside(
    tables: Sequence[tuple[RawTable, TableSpec, str]], connection: duckdb.DuckDBPyConnection, *, currency: str | None
) -> Reading:
    """Tables of invoices or payments of which every row is set aside.

    From: each raw table, its specification and the reason (a key of `WHY`). A table whose columns say no amount or
    customer has a note only.
    """
    typed: list[TypedRows] = []
    reasons: dict[str, str] = {}
    notes: list[Message] = []
    for table, spec, reason in tables:
        kind = "invoices" if spec.kind == "ignored" else spec.kind
        # The columns of what nobody reads are not checked: a file of orders may have lost some since last month.
        columns = {field: header for field, header in spec.columns.items() if table.column(header) is not None}
        if missing_fields(kind, columns):
            notes.append(_not_counted(spec))
            continue
        rows = typed_rows(table, spec.model_copy(update={"kind": kind, "columns": columns}))
        marked = rows.relation.project(f"* exclude (reason), coalesce(reason, '{reason}') as reason")
        typed.append(replace(rows, relation=marked))
        reasons[table.label] = reason
    if not typed:
        return empty_reading(currency=currency or "EUR", notes=notes)
    reading = read_tables(typed, connection, currency=currency, needs_invoices=False)
    notes += [_said([source], reasons[source.file], reading.currency) for source in reading.files]
    orders = {table.label for table, spec, _ in tables if spec.kind == "ignored"}
    files = tuple(replace(source, kind="ignored") if source.file in orders else source for source in reading.files)
    return reading.changed(files=files, notes=tuple(notes))


def all_aside(reading: Reading, reason: str) -> Reading:
    """A reading as if each of its rows was set aside for that reason: nothing of it is counted."""
    kept = [
        frame[["source_file", "source_line", "amount_cents"]].assign(table=name)
        for name, frame in (("invoices", reading.invoices), ("payments", reading.payments))
        if len(frame)
    ]
    aside = reading.rejects.assign(reason=reason) if len(reading.rejects) else None
    if kept:
        keys = ["source_file", "source_line"]
        every = pd.concat(kept, ignore_index=True)
        # An amount that an invoice says was paid before is not a row of its file.
        every = every[every["table"].eq("invoices") | ~every["source_file"].isin(set(reading.invoices["source_file"]))]
        rows = every.groupby([*keys, "table"], sort=False, as_index=False)[["amount_cents"]].sum()
        fresh = pd.concat([rows, _without_money(reading, rows)], ignore_index=True)
        fresh = fresh.assign(reason=reason, raw=None)[REJECTS.names]
        aside = fresh if aside is None else pd.concat([aside, fresh], ignore_index=True)
    files = tuple(
        replace(
            source,
            rows_accepted=0, rows_rejected=source.rows_read, accepted_cents=0, rejected_cents=source.total_cents,
        )
        for source in reading.files
    )  # fmt: skip
    return empty_reading(currency=reading.currency).changed(
        files=files,
        rejects=REJECTS.empty() if aside is None else aside,
        notes=(_said(files, reason, reading.currency),),
    )


def _without_money(reading: Reading, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of an aged balance whose customer owes nothing: they make no item, and are rows all the same."""
    aged = {source.file for source in reading.files if source.kind == "aged_balance"}
    keys = ["source_file", "source_line"]
    named = reading.customers.loc[reading.customers["source_file"].isin(aged), keys]
    seen = pd.MultiIndex.from_frame(rows[keys].astype({"source_line": "int64"}))
    new = named[~pd.MultiIndex.from_frame(named.astype({"source_line": "int64"})).isin(seen)]
    return new.assign(table="invoices", amount_cents=0)


def with_aside(reading: Reading, others: Sequence[Reading]) -> Reading:
    """A reading that also accounts for what was read beside it and is not counted."""
    rejects = [frame for frame in (reading.rejects, *(other.rejects for other in others)) if len(frame)]
    return reading.changed(
        files=(*reading.files, *(source for other in others for source in other.files)),
        rejects=pd.concat(rejects, ignore_index=True) if rejects else REJECTS.empty(),
        notes=(*reading.notes, *(note for other in others for note in other.notes)),
    )


def _said(files: Sequence[SourceFile], reason: str, currency: str) -> Message:
    """Why files are left out; those of a folder of electronic invoices are named together."""
    name = files[0].file if len(files) == 1 else message("{count:file|files}", count=len(files))
    money = Money(sum(source.total_cents for source in files), currency)
    return message(WHY[reason].template, file=name, rows=sum(source.rows_read for source in files), money=money)


def _not_counted(spec: TableSpec) -> Message:
    return message("{file} is left out, as portfolio.yaml asks (kind: ignored).", file=spec.label)
