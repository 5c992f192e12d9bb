"""Typed tables → canonical invoices, payments, customers and events, with the account of every row and cent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import duckdb
import pandas as pd

from riskkit.errors import DataError, Message, Money, message
from riskkit.schemas import EVENTS, INVOICES, PAYMENTS
from riskkit.sources.cells import REASONS, TypedRows
from riskkit.sources.reading import Reading
from riskkit.sources.tables_account import Account
from riskkit.sources.tables_customers import customer_rows, merged, with_missing
from riskkit.sources.tables_invoices import invoice_rows
from riskkit.sources.tables_kept import (
    distinct_ids,
    ids_by_name,
    kept_events,
    kept_invoices,
    kept_payments,
    settlements,
    with_disputes,
)
from riskkit.sources.tables_payments import payment_rows

_FACTS = ("country", "payment_terms", "sales_person", "siren_raw")


def read_tables(
    tables: Sequence[TypedRows], connection: duckdb.DuckDBPyConnection, *, currency: str | None = None
) -> Reading:
    """The reading of typed tables taken together.

    Parameters
    ----------
    tables
        At least one of kind invoices; customers, payments and events complete it.
    connection
        The connection that holds the raw tables.
    currency
        Currency of amounts that name none; EUR when neither this nor the tables say, which a note tells.

    Notes
    -----
    Rows in other currencies than the most frequent one are set aside: nothing is converted without a rate. Raises
    `DataError` when no invoice can be made.
    """
    by_kind = {k: [t for t in tables if t.spec.kind == k] for k in ("invoices", "payments", "customers", "events")}
    if not by_kind["invoices"]:
        raise DataError(
            message(
                "No table of invoices among the files given ({files}). Add the list of invoices, or name its columns "
                "under 'columns:' in portfolio.yaml.",
                files=", ".join(f"{t.table.label}" for t in tables),
            )
        )
    invoices = [invoice_rows(t, currency=t.spec.currency or currency or "EUR") for t in by_kind["invoices"]]
    owed = _main_currency([part.rows for part in invoices])
    is_said = any(t.has("currency") for t in by_kind["invoices"])
    payments = [
        payment_rows(t, currency=owed if is_said else t.spec.currency or currency or owed) for t in by_kind["payments"]
    ]
    main = _main_currency([part.rows for part in invoices] + [rows for rows, _ in payments])
    account = Account(connection, main)
    account.notes += _currency_notes(tables, main, is_given=currency is not None)
    customer_parts = []
    for t in by_kind["customers"]:
        part = customer_rows(t, connection)
        account.close(t, part["reason"], None)
        customer_parts.append(part)
    customers = merged(customer_parts)
    ids = ids_by_name(customers)
    kept = kept_invoices(invoices, account, ids)
    if kept.empty:
        raise DataError(*_nothing_kept(account))
    settled = settlements(invoices, kept, account, has_payments=bool(payments))
    paid = kept_payments(by_kind["payments"], payments, kept, account, ids)
    every_payment = pd.concat([frame for frame in (paid, settled) if len(frame)] or [PAYMENTS.empty()])
    latest = _latest(kept, every_payment)
    every_payment["payment_date"] = every_payment["payment_date"].fillna(pd.Timestamp(latest))
    kept = with_disputes(kept, latest)
    events = kept_events(by_kind["events"], account, ids)
    named = pd.concat(
        [f.reindex(columns=["customer_id", "name", *_FACTS, "source_file", "source_line"]) for f in
         (kept, every_payment, events) if len(f)],
    )  # fmt: skip
    every_payment["payment_id"] = distinct_ids(every_payment["payment_id"], every_payment)
    return Reading(
        files=tuple(account.files),
        currency=main,
        coverage_start=kept["issue_date"].min().date(),
        latest_date=latest,
        due_dates="file" if kept["due_date"].notna().any() else "none",
        invoices=kept.reindex(columns=INVOICES.names),
        payments=every_payment.reindex(columns=PAYMENTS.names),
        customers=with_missing(customers, named),
        events=events.reindex(columns=EVENTS.names) if len(events) else EVENTS.empty(),
        rejects=account.rejected(),
        notes=tuple(account.notes),
    )


def read_beside_ledger(tables: Sequence[TypedRows], connection: duckdb.DuckDBPyConnection, *, currency: str) -> Reading:
    """Customers and events, to complete a ledger: the other tables of the reading are empty."""
    account = Account(connection, currency)
    parts = []
    for typed in tables:
        if typed.spec.kind == "customers":
            part = customer_rows(typed, connection)
            account.close(typed, part["reason"], None)
            parts.append(part)
    customers = merged(parts)
    events = kept_events([t for t in tables if t.spec.kind == "events"], account, ids_by_name(customers))
    never = dt.date(1990, 1, 1)
    return Reading(
        files=tuple(account.files), currency=currency, coverage_start=never, latest_date=never, due_dates="none",
        invoices=INVOICES.empty(), payments=PAYMENTS.empty(), customers=customers,
        events=events.reindex(columns=EVENTS.names), rejects=account.rejected(), notes=tuple(account.notes),
    )  # fmt: skip


def _main_currency(parts: Sequence[pd.DataFrame]) -> str:
    usable = pd.concat([part.loc[part["reason"].isna(), "currency"] for part in parts])
    counts = usable.value_counts()
    return str(counts.index[0]) if len(counts) else "EUR"


def _currency_notes(tables: Sequence[TypedRows], main: str, *, is_given: bool) -> list[Message]:
    with_money = [t for t in tables if t.spec.kind in ("invoices", "payments")]
    if any(t.has("currency") for t in with_money):
        return []
    silent = [t.table.label for t in with_money if not t.has("currency") and t.spec.currency is None]
    if is_given or not silent:
        return []
    return [
        message(
            "{files}: no currency is given; amounts are taken as {currency}. Write currency: in portfolio.yaml if "
            "that is wrong.",
            files=", ".join(silent),
            currency=main,
        )
    ]


def _latest(invoices: pd.DataFrame, payments: pd.DataFrame) -> dt.date:
    days = pd.concat([invoices["issue_date"], payments["payment_date"]]).dropna()
    latest: dt.date = days.max().date()
    return latest


def _nothing_kept(account: Account) -> list[Message]:
    faults = []
    for source in account.files:
        aside = [frame for frame in account.rejects if frame["source_file"].iloc[0] == source.file.split(" [")[0]]
        if source.kind == "invoices" and aside:
            counts = pd.concat(aside)["reason"].value_counts()
            faults.append(
                message(
                    "{file}: none of its {rows} rows can be used as an invoice ({money} in all). Most often: {reason} "
                    "({count} rows). Ask for an export that holds it, or correct 'columns:' in portfolio.yaml.",
                    file=source.file, rows=source.rows_read, money=Money(source.total_cents, account.currency),
                    reason=message(REASONS[str(counts.index[0])]), count=int(counts.iloc[0]),
                )
            )  # fmt: skip
    return faults or [message("The files given hold no invoice. Check that they are the right ones.")]
