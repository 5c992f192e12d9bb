"""Column contracts of the tables that travel between stages, and of those a run keeps.

Money is an integer count of minor units (`_cents`, int64): sums are exact and equal on every engine. Ids are text,
dates are dates. `docs/tables.md` is written from this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

DTYPES: dict[str, Any] = {
    "text": "str",
    "cents": "int64",
    "integer": "int64",
    "number": "float64",
    "date": "datetime64[us]",
    "flag": "bool",
}
_DTYPES = {kind: pd.Series(dtype=dtype).dtype for kind, dtype in DTYPES.items()}


@dataclass(frozen=True)
class Column:
    """One column: its name, its kind (a key of `DTYPES`), what it means, and whether it may be missing."""

    name: str
    kind: str
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its name, what one row is, and its columns in order."""

    name: str
    one_row: str
    columns: tuple[Column, ...]

    def __iter__(self) -> Iterator[Column]:
        """The columns, in order."""
        return iter(self.columns)

    @property
    def names(self) -> list[str]:
        """Column names, in order."""
        return [column.name for column in self.columns]

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with exactly these columns first and in order, each cast; other columns follow untouched.

        A nullable column that is absent is added empty. Raises `KeyError` for a missing required column and
        `ValueError` for a missing value where none may be: both are faults of the program, not of a user.
        """
        cast: dict[str, pd.Series] = {}
        for column in self.columns:
            if column.name not in frame and not column.nullable:
                raise KeyError(f"table {self.name}: column {column.name} is required")
            values = frame[column.name] if column.name in frame else pd.Series(None, index=frame.index, dtype="str")
            if not column.nullable and values.isna().any():
                raise ValueError(f"table {self.name}: column {column.name} has missing values")
            if column.kind in ("cents", "integer") and column.nullable:
                cast[column.name] = values.astype("Int64")
            elif values.dtype == (dtype := _DTYPES[column.kind]):
                cast[column.name] = values
            elif column.kind == "date":
                cast[column.name] = pd.to_datetime(values).astype(dtype)
            else:
                cast[column.name] = values.astype(dtype)
        extra = {name: frame[name] for name in frame.columns if name not in cast}
        return pd.DataFrame({**cast, **extra}, index=frame.index).reset_index(drop=True)

    def empty(self) -> pd.DataFrame:
        """A frame of this table without rows."""
        return _empty(self).copy()


@cache
def _empty(table: Table) -> pd.DataFrame:
    return table.conform(pd.DataFrame({column.name: pd.Series(dtype="str") for column in table.columns}))


_SOURCE = (
    Column("source_file", "text", "name of the file the row was read from"),
    Column("source_line", "integer", "line of that file (1 is the first line or spreadsheet row)"),
)

CUSTOMERS = Table(
    "customers",
    "a customer account of the ledger",
    (
        Column("customer_id", "text", "account code of the customer in the accounting system; unique"),
        Column("name", "text", "legal or usual name", nullable=True),
        Column(
            "siren",
            "text",
            "SIREN, nine digits, valid by Luhn; missing when unknown or not repairable",
            nullable=True,
        ),
        Column("siren_raw", "text", "what the file held where a SIREN was expected", nullable=True),
        Column("address", "text", "postal address as given", nullable=True),
        Column("postcode", "text", "postcode, five digits in France", nullable=True),
        Column("town", "text", "town", nullable=True),
        Column("country", "text", "country as given", nullable=True),
        Column(
            "naf_code",
            "text",
            "NAF rev. 2 sub-class with its dot (43.21A); missing when unknown",
            nullable=True,
        ),
        Column("legal_form", "text", "legal form as given", nullable=True),
        Column(
            "payment_terms",
            "text",
            "agreed terms as a term code (30, 45FM, FM45, 60); missing when unknown",
            nullable=True,
        ),
        Column("sales_person", "text", "who owns the account", nullable=True),
        Column("is_catch_all", "flag", "True for an account that mixes one-off customers (CLIENTS DIVERS)"),
        *_SOURCE,
    ),
)

INVOICES = Table(
    "invoices",
    "an invoice, a credit note or another item that changes what a customer owes by being issued",
    (
        Column("invoice_id", "text", "unique key inside the portfolio"),
        Column("invoice_number", "text", "number as the file gives it", nullable=True),
        Column("customer_id", "text", "the customer who owes it"),
        Column(
            "kind",
            "text",
            "invoice, credit_note, deposit, opening (a balance brought forward that is not itemised), other",
        ),
        Column("is_sale", "flag", "True when the item counts in sales; False for opening items and transfers"),
        Column("issue_date", "date", "date of issue"),
        Column(
            "due_date",
            "date",
            "date due as the file says; a FEC has none but by electronic invoices given beside it",
            nullable=True,
        ),
        Column("amount_cents", "cents", "tax-inclusive amount; credit notes are negative"),
        Column(
            "excl_tax_cents",
            "cents",
            "amount without tax, where the file gives it",
            nullable=True,
        ),
        Column("currency", "text", "ISO 4217 code"),
        Column(
            "reference",
            "text",
            "matching key that payments quote, unique within the customer's usage",
            nullable=True,
        ),
        Column(
            "lettering",
            "text",
            "scoped lettering key: account, auxiliary, code and file joined by |",
            nullable=True,
        ),
        Column(
            "lettering_date",
            "date",
            "when the lettering was made; missing when the file does not say",
            nullable=True,
        ),
        Column(
            "dispute_date",
            "date",
            "since when the customer disputes it; missing when not disputed",
            nullable=True,
        ),
        *_SOURCE,
    ),
)

PAYMENTS = Table(
    "payments",
    "a settlement, whether its invoice is known or not",
    (
        Column("payment_id", "text", "unique key inside the portfolio"),
        Column("customer_id", "text", "the customer who paid"),
        Column(
            "kind",
            "text",
            "payment, write_off, refund (negative amount: money given back or a payment that bounced), other",
        ),
        Column("payment_date", "date", "date of the settlement"),
        Column("amount_cents", "cents", "positive reduces what the customer owes"),
        Column("currency", "text", "ISO 4217 code"),
        Column(
            "reference",
            "text",
            "matching key of the invoice it names; missing when it names none",
            nullable=True,
        ),
        Column("lettering", "text", "scoped lettering key, as in invoices", nullable=True),
        Column(
            "lettering_date",
            "date",
            "when the lettering was made; missing when the file does not say",
            nullable=True,
        ),
        *_SOURCE,
    ),
)

EVENTS = Table(
    "events",
    "a dated fact about a customer: collective procedure, dispute, broken promise, privilege",
    (
        Column("customer_id", "text", "the customer"),
        Column("event_date", "date", "when it became known"),
        Column("kind", "text", "safeguard, receivership, liquidation, dispute, …"),
        *_SOURCE,
    ),
)

REJECTS = Table(
    "rejects",
    "a row that was read and set aside, with its reason",
    (
        *_SOURCE,
        Column("table", "text", "the table it was meant for"),
        Column("reason", "text", "reason code; the message catalogue says it in words"),
        Column(
            "amount_cents",
            "cents",
            "money the row concerns; 0 when it holds none that can be read",
        ),
        Column("raw", "text", "the row as read, fields joined by |", nullable=True),
    ),
)

SEVERAL_VALUES = "several values"
"""Of a customer whose invoices differ in a column of the client's file, none of its values with most of the billing."""

CANONICAL = (CUSTOMERS, INVOICES, PAYMENTS, EVENTS, REJECTS)
