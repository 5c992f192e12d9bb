"""Electronic invoices together with tables: customers, payments and other invoices of the same company."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
from stdnum import luhn

from riskkit.errors import Message, Money, message
from riskkit.schemas import INVOICES, PAYMENTS, REJECTS
from riskkit.sources.cells import TypedRows, typed_rows
from riskkit.sources.container import sha256
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.reading import Reading
from riskkit.sources.tables import read_beside_ledger, read_tables
from riskkit.sources.tables_customers import merged
from riskkit.sources.tables_kept import distinct_ids
from riskkit.sources.tabular import RawTable, plain

_NAME = "electronic invoices"  # stands for the files of the documents while the tables are read
_COLUMNS = ("invoice_number", "customer_id", "issue_date", "due_date", "amount", "currency")
_TABLE = """
create or replace temp table electronic_invoice_rows as
select row_number() over () + 1 as line, invoice_number as c0, customer_id as c1,
    strftime(issue_date, '%Y-%m-%d') as c2, strftime(due_date, '%Y-%m-%d') as c3,
    (amount_cents::decimal(18, 0) / 100)::decimal(18, 2)::varchar as c4, currency as c5
from electronic_invoices_in
"""


def read_with_documents(
    documents: Reading, tables: Sequence[TypedRows], connection: duckdb.DuckDBPyConnection, *, currency: str | None
) -> Reading:
    """Electronic invoices completed with tables of customers, payments, events and other invoices.

    Parameters
    ----------
    documents
        What `read_electronic_invoices` gave.
    tables
        At least one typed table.
    connection
        Holds the raw tables.
    currency
        Currency of amounts that name none; that of the electronic invoices without one.

    Notes
    -----
    Customers of the tables are those of the electronic invoices by code, or by SIREN. An invoice that a table also
    gives (same number, same amount) counts once, as the table says it: its electronic form is set aside, and gives
    the due date where the table has none.
    """
    documents = _with_codes(documents, tables, connection)
    every = [_typed(documents.invoices, connection), *tables]
    found = read_tables(every, connection, currency=currency or documents.currency, digest=_digest)
    apart = found.rejects["source_file"].eq(_NAME)
    refused = documents.invoices["source_file"].iloc[found.rejects.loc[apart, "source_line"].to_numpy() - 2]
    documents = _without(documents, set(refused), reason="other_currency")
    others = found.invoices[found.invoices["source_file"].ne(_NAME)]
    twins = _twins(documents.invoices, others)
    others = _with_due_dates(others, twins)
    notes = [*documents.notes, *_about_tables(found.notes), *_twins_note(twins, documents.currency)]
    documents = _without(documents, set(twins["source_file"]), reason="in_tables")
    invoices = _stacked([documents.invoices, others], INVOICES.empty())
    payments = _stacked([found.payments, documents.payments], PAYMENTS.empty())
    said = found.customers[found.customers["source_file"].ne(_NAME)]
    return found.changed(
        files=(*documents.files, *(source for source in found.files if source.file != _NAME)),
        due_dates="file" if invoices["due_date"].notna().any() else "none",
        invoices=invoices.assign(invoice_id=distinct_ids(invoices["invoice_id"], invoices)),
        payments=payments.assign(payment_id=distinct_ids(payments["payment_id"], payments)),
        customers=merged([frame.assign(reason=None) for frame in (said, documents.customers) if len(frame)]),
        rejects=_stacked([found.rejects[~apart], documents.rejects], REJECTS.empty()),
        notes=tuple(notes),
    )


def _digest(path: Path) -> str:
    return "" if str(path) == _NAME else sha256(path)


def _typed(invoices: pd.DataFrame, connection: duckdb.DuckDBPyConnection) -> TypedRows:
    """The electronic invoices as a table of invoices, line n + 2 being row n."""
    connection.register("electronic_invoices_in", invoices[[*INVOICES.names]])
    connection.execute(_TABLE)
    connection.unregister("electronic_invoices_in")
    raw = RawTable(Path(_NAME), None, 1, _COLUMNS, connection.table("electronic_invoice_rows"), is_spreadsheet=True)
    columns = {field: field for field in _COLUMNS}
    return typed_rows(raw, TableSpec(file=_NAME, kind="invoices", columns=columns, date_order="ymd", decimal="point"))


def _with_codes(documents: Reading, tables: Sequence[TypedRows], connection: duckdb.DuckDBPyConnection) -> Reading:
    """The documents with the tables' code for each customer whose SIREN one code alone bears there."""
    customers = [typed for typed in tables if typed.spec.kind == "customers"]
    if not customers:
        return documents
    said = read_beside_ledger(customers, connection, currency=documents.currency).customers
    by_siren = _alone(said.assign(siren=siren_of(said["siren_raw"])), "siren")
    own = documents.customers
    codes = siren_of(own["siren_raw"]).map(by_siren)
    codes = codes.where(codes.notna() & ~own["customer_id"].isin(set(said["customer_id"])), own["customer_id"])
    if codes.duplicated().any():  # two buyers of the documents under one code of the tables stay apart
        codes = codes.where(~codes.duplicated(keep=False), own["customer_id"])
    new = dict(zip(own["customer_id"], codes, strict=True))
    renamed = {
        name: (frame := getattr(documents, name)).assign(customer_id=frame["customer_id"].map(new))
        for name in ("invoices", "payments", "customers")
    }
    return documents.changed(**renamed)


def siren_of(raw: pd.Series) -> pd.Series:
    """The SIREN that a SIREN, SIRET or French VAT number shows, missing where it is none."""
    digits = raw.astype("str").str.replace(r"\D", "", regex=True).where(raw.notna())
    nine = digits.where(digits.str.len().ne(11), digits.str[2:]).str[:9]
    return nine.where(nine.map(lambda text: len(text) == 9 and luhn.is_valid(text), na_action="ignore").eq(True))


def _alone(frame: pd.DataFrame, key: str) -> dict[str, str]:
    filled = frame[frame[key].notna()]
    once = filled[~filled[key].duplicated(keep=False)]
    return dict(zip(once[key], once["customer_id"], strict=True))


def _twins(own: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The electronic invoices that the tables also give, one row each: source_file, key, amount_cents, due_date."""
    grouped = own.assign(key=_keys(own)).groupby(["source_file", "key"], as_index=False, sort=False)
    mine = grouped.agg(
        amount_cents=("amount_cents", "sum"), due_date=("due_date", "min"), dates=("due_date", "nunique")
    )
    summed = others.assign(key=_keys(others)).groupby("key", sort=False)["amount_cents"].sum()
    found: pd.DataFrame = mine.merge(summed.reset_index(), on=["key", "amount_cents"], how="inner")
    return found


def _keys(invoices: pd.DataFrame) -> pd.Series:
    return invoices["invoice_number"].map(lambda text: plain(text).replace(" ", ""), na_action="ignore")


def _with_due_dates(others: pd.DataFrame, twins: pd.DataFrame) -> pd.DataFrame:
    known = twins[twins["dates"].eq(1)].drop_duplicates("key").set_index("key")["due_date"]
    if known.empty:
        return others
    return others.assign(due_date=others["due_date"].fillna(_keys(others).map(known)))


def _without(documents: Reading, files: Collection[str], *, reason: str) -> Reading:
    """The documents, those of some files being set aside."""
    if not files:
        return documents
    kept = {
        name: (frame := getattr(documents, name))[~frame["source_file"].isin(files)]
        for name in ("invoices", "payments", "customers")
    }
    named = set(kept["invoices"]["customer_id"])
    gone = documents.invoices[documents.invoices["source_file"].isin(files)]
    rows = gone.groupby(["source_file", "invoice_number"], as_index=False, sort=False)["amount_cents"].sum()
    aside = rows.assign(source_line=1, table="invoices", reason=reason, raw=rows["invoice_number"])
    return documents.changed(
        files=tuple(
            replace(
                source, rows_accepted=0, rows_rejected=1, accepted_cents=0, rejected_cents=source.total_cents
            ) if source.file in files else source
            for source in documents.files
        ),
        invoices=kept["invoices"],
        payments=kept["payments"],
        customers=documents.customers[documents.customers["customer_id"].isin(named)],
        rejects=_stacked([documents.rejects, aside[REJECTS.names]], REJECTS.empty()),
    )  # fmt: skip


def _stacked(frames: Sequence[pd.DataFrame], empty: pd.DataFrame) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else empty


def _about_tables(notes: Sequence[Message]) -> list[Message]:
    """The notes of a reading, without those on the table that stands for the electronic invoices."""
    return [note for note in notes if _NAME not in str(note.values)]


def _twins_note(twins: pd.DataFrame, currency: str) -> list[Message]:
    if twins.empty:
        return []
    return [
        message(
            "{count:electronic invoice|electronic invoices} ({money}) {count:?is|are} also in a table of invoices, "
            "same number and same amount: {count:?it counts|they count} once, as the table says; due dates it lacks "
            "come from {count:?it|them}.",
            count=len(twins),
            money=Money(int(twins["amount_cents"].sum()), currency),
        )
    ]
