"""Table specifications: which column of which table holds what, as `portfolio.yaml` keeps it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from riskkit.errors import DataError, Message, message, raise_all
from riskkit.sources.aged_balance_headers import BUCKET_FIELDS
from riskkit.sources.database_names import database_label
from riskkit.sources.mapping_headers import fields
from riskkit.sources.tabular import RawTable, plain

SURE = 0.75

Kind = Literal[
    "customers", "invoices", "payments", "events", "aged_balance", "fec", "electronic_invoices", "bank_statement",
    "ignored",
]  # fmt: skip
TABLE_KINDS = ("invoices", "payments", "customers", "events", "aged_balance")

AMOUNTS = ("amount", "open_amount", "excl_tax_amount", "debit", "credit", "unit_price")
FIELD_WORDS = {
    "amount": "the amount (amount)",
    "customer_id": "the customer (customer_id)",
    "payment_amount": "the amount paid (payment_amount)",
    "payment_date": "the date of payment (payment_date)",
    "event_date": "the date of the event (event_date)",
    "event_kind": "the kind of event (event_kind)",
    "bucket_1": "an amount by age (bucket_1)",
}
_WANTED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "invoices": (AMOUNTS, ("customer_id", "customer_name")),
    "payments": (("payment_amount",), ("payment_date",), ("customer_id", "customer_name", "reference")),
    "customers": (("customer_id", "customer_name"),),
    "events": (("event_date",), ("event_kind",), ("customer_id", "customer_name")),
    "aged_balance": (BUCKET_FIELDS, ("customer_id", "customer_name")),
}


class TableSpec(BaseModel):
    """How one table of one file is read. This is what `portfolio.yaml` holds under `sources`.

    `columns` names, for each canonical field, the header it is read from. `signature` is that of
    the table's headers: a table with the same one is read the same way without a question. `instalments` pairs the
    header of each due date with that of its amount; `open_by_age` are the headers whose amounts add up to what each
    invoice still owes (an aged balance by invoice); `buckets` says the age of a column whose header does not.
    `confidence` (0 to 1, by field) and `unused` headers come from inference and are not written to the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    kind: Kind
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1)] | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    date_order: Literal["auto", "dmy", "mdy", "ymd"] = "auto"
    decimal: Literal["auto", "comma", "point"] = "auto"
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    tax_basis: Literal["ttc", "ht"] = "ttc"
    encoding: str | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    balance_date: dt.date | None = None
    buckets: dict[str, str] = Field(default_factory=dict)
    instalments: tuple[tuple[str, str], ...] = ()
    open_by_age: tuple[str, ...] = ()
    confirmed: bool = False
    signature: str = ""
    confidence: dict[str, float] = Field(default_factory=dict, exclude=True)
    unused: tuple[str, ...] = Field(default=(), exclude=True)

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Fields whose mapping a person should confirm."""
        return () if self.confirmed else tuple(field for field, sure in self.confidence.items() if sure < SURE)

    @property
    def label(self) -> str:
        """The name of the file or of the table of a database, with the sheet when one is named."""
        name = database_label(self.file) or Path(self.file).name
        return f"{name} [{self.sheet}]" if self.sheet else name


def signature(headers: Sequence[str]) -> str:
    """Short digest of the headers of a table, whatever their case and accents: next month's file has the same."""
    return hashlib.sha256("|".join(plain(header) for header in headers).encode()).hexdigest()[:12]


def check_spec(spec: TableSpec, table: RawTable) -> None:
    """`DataError` naming what `columns` asks that the file or the kind of table does not have."""
    faults = []
    known = {names.field for names in fields(spec.kind)}
    for field, header in spec.columns.items():
        if field not in known:
            faults.append(
                message(
                    "{file}: '{field}' is not a field of {kind}. The fields are: {fields}. Correct portfolio.yaml.",
                    file=spec.label, field=field, kind=spec.kind, fields=", ".join(sorted(known)),
                )
            )  # fmt: skip
        elif table.column(header) is None:
            faults.append(missing_column(spec, table, header, wanted_for=field))
    several = {"instalments": [header for pair in spec.instalments for header in pair], "open_by_age": spec.open_by_age}
    for wanted, headers in several.items():
        faults += [
            missing_column(spec, table, header, wanted_for=wanted) for header in headers if table.column(header) is None
        ]
    missing = missing_fields(spec.kind, spec.columns)
    if missing and not ((spec.instalments or spec.open_by_age) and missing == ["amount"]):
        faults.append(missing_message(spec.label, table.headers, missing))
    raise_all(DataError, faults)


_BANK_COLUMNS = 9  # a bank's export has no more


def missing_column(spec: TableSpec, table: RawTable, header: str, *, wanted_for: str) -> Message:
    """What to say of a header that the file does not have."""
    return message(
        "{file} has no column '{header}' (wanted for {field}). Its columns are: {headers}. Correct portfolio.yaml.",
        file=spec.label,
        header=header,
        field=wanted_for,
        headers=", ".join(table.headers),
    )


def missing_fields(kind: str, columns: Mapping[str, str]) -> list[str]:
    """What a table of that kind cannot do without and `columns` does not give."""
    return [options[0] for options in _WANTED.get(kind, ()) if not any(option in columns for option in options)]


def missing_message(label: str, headers: Sequence[str], missing: Sequence[str]) -> Message:
    """What to say of a table in which the columns it cannot do without are not recognised."""
    if "customer_id" in missing and _is_bank_statement(headers):
        return message(
            "{file} looks like a bank statement: dates, labels and amounts, and no customer. Who paid is missing. Ask "
            "the bank for its CFONB 120 statement, whose labels are matched with the invoices, or add a column with "
            "the customer code or the invoice number; a statement completes a list of invoices, a ledger (FEC) or an "
            "aged balance, and does not replace one.",
            file=label,
        )
    return message(
        "{file}: no column was recognised as {missing}. The columns seen are: {headers}. Name the right ones under "
        "'columns:' in portfolio.yaml, or ask for an export that holds them.",
        file=label,
        missing=_named([message(FIELD_WORDS[field]) for field in missing]),
        headers=", ".join(headers),
    )


def _is_bank_statement(headers: Sequence[str]) -> bool:
    """Whether headers are those of a bank statement: a date, a label, debit and credit or one amount, little else."""
    words = [plain(header) for header in headers]

    def has(*starts: str) -> bool:
        return any(word.startswith(starts) for word in words)

    money = (has("debit") and has("credit")) or has("montant", "amount")
    told = has("libelle", "operation", "nature de l", "description", "label", "details")
    return len(words) <= _BANK_COLUMNS and has("date") and told and money


def _named(words: Sequence[Message]) -> Message:
    first, *others = words
    return message("{one}, {other}", one=first, other=_named(others)) if others else first
