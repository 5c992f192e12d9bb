"""Typed tables → canonical invoices, payments, customers and events, with the account of every row and cent."""

# ruff: noqa: S608 - only names of tables and columns written in this package are put into the SQL
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from riskkit.errors import DataError, Message, Money, message
from riskkit.schemas import EVENTS, INVOICES, PAYMENTS
from riskkit.sources import tables_statements as statements
from riskkit.sources.cells import REASONS, TypedRows
from riskkit.sources.container import sha256
from riskkit.sources.invoice_columns import invoice_columns, with_invoice_columns
from riskkit.sources.reading import NEVER, Reading
from riskkit.sources.settled_twice import judge_settlements, undated_settlements
from riskkit.sources.stored import Store, StoredTable
from riskkit.sources.tables_account import Account
from riskkit.sources.tables_customers import customer_rows, merged, with_missing
from riskkit.sources.tables_invoices import add_invoices
from riskkit.sources.tables_kept import (
    close_invoices,
    close_payments,
    ids_by_name,
    invoice_query,
    judge_rows,
    kept_events,
    number_invoices,
    payment_query,
    resolve_names,
    set_variable,
)
from riskkit.sources.tables_payments import add_payments

_FACTS = {"country": "country", "payment_terms": "payment_terms", "sales_person": "sales_person", "siren_raw": "siren"}
_DAYS = """
select min(issue_date), max(issue_date), bool_or(due_date is not null), count(*) from kept
"""
_PAID_DAYS = "select min(payment_date), max(payment_date) from every_payment"
Notes = dict[int, tuple[Message, ...]]


def read_tables(
    tables: Sequence[TypedRows],
    connection: duckdb.DuckDBPyConnection,
    *,
    currency: str | None = None,
    store: Store | None = None,
    digest: Callable[[Path], str] = sha256,
    needs_invoices: bool = True,
) -> Reading:
    """The reading of typed tables taken together.

    Parameters
    ----------
    tables
        Of kind invoices; customers, payments and events complete them.
    connection
        The connection that holds the raw tables.
    currency
        Currency of amounts that name none; EUR when neither this nor the tables say, which a note tells.
    store
        Where invoices and payments are kept; a temporary folder that goes away with the reading without one.
    digest
        Gives the SHA-256 of a file.
    needs_invoices
        Whether a reading without any invoice is refused by a `DataError` that says why; else it is given as it is.

    Notes
    -----
    Rows in other currencies than the most frequent one are set aside: nothing is converted without a rate.
    """
    by_kind = {k: [t for t in tables if t.spec.kind == k] for k in ("invoices", "payments", "customers", "events")}
    if not by_kind["invoices"] and needs_invoices:
        raise DataError(no_invoices([t.table.label for t in tables]))
    numbered = list(enumerate([*by_kind["invoices"], *by_kind["payments"]]))
    invoices, payments = numbered[: len(by_kind["invoices"])], numbered[len(by_kind["invoices"]) :]
    main, said = _add_rows(invoices, payments, connection, currency=currency)
    account = Account(connection, main, digest)
    account.notes += _currency_notes(tables, main, is_given=currency is not None)
    customers = _customers(by_kind["customers"], account)
    ids = ids_by_name(customers)
    for part, typed in numbered:
        resolve_names(typed, connection, part=part, ids=ids)
    judge_rows(connection)
    for part, typed in invoices:
        close_invoices(typed, account, part=part, notes=said[part])
    number_invoices(account)
    first, latest, has_due, kept = connection.execute(_DAYS).fetchall()[0]
    if not kept and needs_invoices:
        raise DataError(*_nothing_kept(account))
    connection.execute(statements.OWNERS)
    for part, typed in payments:
        close_payments(typed, account, part=part, notes=said[part])
    set_variable(connection, "has_payments", bool(payments))
    set_variable(connection, "latest", None)
    account.notes += judge_settlements(connection, currency=main)
    connection.execute(statements.EVERY_PAYMENT)
    paid = connection.execute(_PAID_DAYS).fetchall()[0]
    latest = max((day for day in (latest, paid[1]) if day is not None), default=NEVER)
    set_variable(connection, "latest", latest)
    account.notes += undated_settlements(connection, currency=main)
    events = kept_events(by_kind["events"], account, ids)
    everyone = with_missing(customers, _named(connection, by_kind["invoices"], events))
    kept_in = store or Store()
    return Reading(
        files=tuple(account.files),
        currency=main,
        coverage_start=first or paid[0] or NEVER,
        latest_date=latest,
        due_dates="file" if has_due else "none",
        invoices=StoredTable.write(connection, invoice_query(connection), INVOICES, kept_in),
        payments=StoredTable.write(connection, payment_query(connection), PAYMENTS, kept_in),
        customers=with_invoice_columns(everyone, invoice_columns(invoices, connection)),
        events=events.reindex(columns=EVENTS.names) if len(events) else EVENTS.empty(),
        rejects=account.rejected(),
        notes=tuple(account.notes),
    )


def no_invoices(labels: Sequence[str]) -> Message:
    """What to say when none of the files holds invoices."""
    return message(
        "No table of invoices among the files given ({files}). Add the list of invoices, or name its columns "
        "under 'columns:' in portfolio.yaml.",
        files=", ".join(labels),
    )


def read_beside_ledger(tables: Sequence[TypedRows], connection: duckdb.DuckDBPyConnection, *, currency: str) -> Reading:
    """Customers and events, to complete a ledger: the other tables of the reading are empty."""
    account = Account(connection, currency)
    customers = _customers([t for t in tables if t.spec.kind == "customers"], account)
    events = kept_events([t for t in tables if t.spec.kind == "events"], account, ids_by_name(customers))
    return Reading(
        files=tuple(account.files), currency=currency, coverage_start=NEVER, latest_date=NEVER, due_dates="none",
        invoices=INVOICES.empty(), payments=PAYMENTS.empty(), customers=customers,
        events=events.reindex(columns=EVENTS.names), rejects=account.rejected(), notes=tuple(account.notes),
    )  # fmt: skip


def _add_rows(
    invoices: Sequence[tuple[int, TypedRows]],
    payments: Sequence[tuple[int, TypedRows]],
    connection: duckdb.DuckDBPyConnection,
    *,
    currency: str | None,
) -> tuple[str, Notes]:
    """Every row of invoices and payments in the engine's tables; the main currency, and what each table assumed."""
    names = sorted({typed.table.path.name for _, typed in (*invoices, *payments)})
    connection.execute(statements.FILE_NAMES, {"names": names})
    connection.execute(statements.TABLES)
    connection.execute(statements.MACROS)
    said: Notes = {}
    for part, typed in invoices:
        said[part] = add_invoices(typed, connection, part=part, currency=typed.spec.currency or currency or "EUR")
    owed = _main_currency(connection, "invoice_rows")
    is_said = any(typed.has("currency") for _, typed in invoices)
    for part, typed in payments:
        usual = owed if is_said else typed.spec.currency or currency or owed
        said[part] = add_payments(typed, connection, part=part, currency=usual)
    for part, typed in (*invoices, *payments):
        values = [part, typed.table.path.name, "unit_price" in typed.columns and typed.spec.kind == "invoices"]
        connection.execute("insert into parts values ($1, $2, $3, $4)", [*values, typed.has("credit")])
    main = _main_currency(connection, "invoice_rows", "payment_rows")
    connection.execute(statements.CURRENCY_CODES, {"codes": [main]})
    set_variable(connection, "main_currency", main)
    return main, said


def _customers(tables: Sequence[TypedRows], account: Account) -> pd.DataFrame:
    parts = []
    for typed in tables:
        part = customer_rows(typed, account.connection)
        account.close_frame(typed, part["reason"])
        parts.append(part)
    return merged(parts)


def _named(connection: duckdb.DuckDBPyConnection, tables: Sequence[TypedRows], events: pd.DataFrame) -> pd.DataFrame:
    """The customers that invoices, payments and events name, with the first thing each says of them."""
    facts = ", ".join(
        (f"arg_min({fact}, place)" if any(t.has(field) for t in tables) else "null::varchar") + f" as {fact}"
        for fact, field in _FACTS.items()
    )
    said: pd.DataFrame = connection.execute(statements.SAID_OF_CUSTOMERS.format(facts=facts)).df()
    said = said.astype(dict.fromkeys(("customer_id", "name", *_FACTS, "source_file"), "str"))
    if events.empty:
        return said
    return pd.concat([said, events.reindex(columns=said.columns)], ignore_index=True)


def _main_currency(connection: duckdb.DuckDBPyConnection, *tables: str) -> str:
    counts: dict[str, int] = {}
    for table in tables:
        found = connection.execute(
            f"select currency, count(*) from {table} where reason is null group by currency order by min(rowid)"
        ).fetchall()
        for code, count in found:
            counts[code] = counts.get(code, 0) + count
    return max(counts, key=lambda code: counts[code]) if counts else "EUR"


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


def _nothing_kept(account: Account) -> list[Message]:
    faults = []
    for source in account.files:
        aside = [frame for frame in account.rejects if frame["source_file"].iloc[0] == source.file.split(" [")[0]]
        if source.kind == "invoices" and aside:
            counts = pd.concat(aside)["reason"].value_counts()
            faults.append(
                message(
                    "{file}: none of its {rows:row|rows} can be used as an invoice ({money} in all). Most often: "
                    "{reason} ({count:row|rows}). Ask for an export that holds it, or correct 'columns:' in "
                    "portfolio.yaml.",
                    file=source.file, rows=source.rows_read, money=Money(source.total_cents, account.currency),
                    reason=message(REASONS[str(counts.index[0])]), count=int(counts.iloc[0]),
                )
            )  # fmt: skip
    return faults or [message("The files given hold no invoice. Check that they are the right ones.")]
