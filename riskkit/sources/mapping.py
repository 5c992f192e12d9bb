"""Which column holds what: table specifications, written in `portfolio.yaml`, inferred from headers and contents."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import duckdb
from pydantic import BaseModel, ConfigDict, Field

from riskkit.errors import DataError, Message, message, raise_all
from riskkit.sources import mapping_contents, parsing
from riskkit.sources.mapping_headers import KINDS, FieldNames, fields, is_not_invoices
from riskkit.sources.parsing import quoted
from riskkit.sources.tabular import RawTable, open_tables, plain

SURE = 0.75
_ACCEPTED = 0.5

Kind = Literal["customers", "invoices", "payments", "events", "fec", "ignored"]

_AMOUNTS = ("amount", "open_amount", "excl_tax_amount", "debit", "credit", "unit_price")
_MONEY_FIELDS = {*_AMOUNTS, "payment_amount", "paid_amount"}
_CURRENCY_WORDS = {"€": "EUR", "EUR": "EUR", "USD": "USD", "$": "USD", "£": "GBP", "GBP": "GBP", "CHF": "CHF",
                   "XPF": "XPF", "₹": "INR", "INR": "INR", "CFP": "XPF"}  # fmt: skip
FIELD_WORDS = {
    "amount": "the amount (amount)",
    "customer_id": "the customer (customer_id)",
    "payment_amount": "the amount paid (payment_amount)",
    "payment_date": "the date of payment (payment_date)",
    "event_date": "the date of the event (event_date)",
    "event_kind": "the kind of event (event_kind)",
}
_NAME_HINTS: Mapping[str, tuple[str, ...]] = {
    "invoices": ("facture", "factures", "invoice", "invoices", "ventes", "sales", "fact", "receivable", "receivables"),
    "payments": ("reglement", "reglements", "paiement", "paiements", "payment", "payments", "encaissement",
                 "encaissements", "receipts"),
    "customers": ("client", "clients", "customer", "customers", "tiers", "master"),
    "events": ("evenement", "evenements", "event", "events", "procedure", "procedures"),
}  # fmt: skip


class TableSpec(BaseModel):
    """How one table of one file is read. This is what `portfolio.yaml` holds under `sources`.

    `columns` names, for each canonical field, the header it is read from. `confidence` (0 to 1, by field) and
    `unused` headers come from inference and are not written to the file.
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
    confidence: dict[str, float] = Field(default_factory=dict, exclude=True)
    unused: tuple[str, ...] = Field(default=(), exclude=True)

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Fields whose mapping a person should confirm."""
        return tuple(field for field, sure in self.confidence.items() if sure < SURE)

    @property
    def label(self) -> str:
        """The file's name, with the sheet when one is named."""
        name = Path(self.file).name
        return f"{name} [{self.sheet}]" if self.sheet else name


def infer_specs(paths: Sequence[Path]) -> list[TableSpec]:
    """How to read each file, one specification per table found, confidences included.

    Raises one `DataError` with a message for every file that cannot be read or understood.
    """
    from riskkit.sources.fec import looks_like_fec

    specs: list[TableSpec] = []
    faults: list[Message] = []
    for path in paths:
        try:
            if path.is_file() and looks_like_fec(path):
                specs.append(TableSpec(file=str(path), kind="fec"))
            else:
                specs += _infer_file(path)
        except DataError as fault:
            faults += fault.messages
    raise_all(DataError, faults)
    return specs


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
            faults.append(
                message(
                    "{file} has no column '{header}' (wanted for {field}). Its columns are: {headers}. Correct "
                    "portfolio.yaml.",
                    file=spec.label, header=header, field=field, headers=", ".join(table.headers),
                )
            )  # fmt: skip
    missing = missing_fields(spec.kind, spec.columns)
    if missing:
        faults.append(_missing_message(spec.label, table.headers, missing))
    raise_all(DataError, faults)


def missing_fields(kind: str, columns: Mapping[str, str]) -> list[str]:
    """What a table of that kind cannot do without and `columns` does not give."""
    wanted: dict[str, tuple[tuple[str, ...], ...]] = {
        "invoices": (_AMOUNTS, ("customer_id", "customer_name")),
        "payments": (("payment_amount",), ("payment_date",), ("customer_id", "customer_name", "reference")),
        "customers": (("customer_id", "customer_name"),),
        "events": (("event_date",), ("event_kind",), ("customer_id", "customer_name")),
    }
    return [options[0] for options in wanted.get(kind, ()) if not any(option in columns for option in options)]


def infer_table(table: RawTable) -> TableSpec | None:
    """How to read one table: the kind whose fields its columns explain best; None when no kind does."""
    seen = mapping_contents.contents(table)
    name_words = set(plain(f"{table.path.name} {table.sheet or ''}").split())
    best: tuple[float, TableSpec] | None = None
    for kind in KINDS:
        found = _assign(table.headers, seen, fields(kind))
        columns = {field: table.headers[index] for field, (index, _) in found.items()}
        if missing_fields(kind, columns) or not _makes_sense(kind, columns):
            continue
        score = sum(sure for _, sure in found.values()) + 1.5 * bool(name_words & set(_NAME_HINTS[kind]))
        score -= 3.0 if kind == "invoices" and not {"issue_date", "due_date"} & set(columns) else 0.0
        score -= 2.0 if kind == "customers" and best is not None else 0.0
        if best is None or score > best[0]:
            used = {index for index, _ in found.values()}
            best = score, TableSpec(
                file=str(table.path),
                kind="ignored" if kind == "invoices" and _are_orders(table, columns) else kind,
                sheet=table.sheet,
                header_row=table.header_row if table.header_row > 1 else None,
                columns=columns,
                currency=_currency_said(table, columns),
                tax_basis="ht" if kind == "invoices" and _is_excl_tax_only(columns) else "ttc",
                confidence={field: round(sure, 2) for field, (_, sure) in found.items()},
                unused=tuple(h for i, h in enumerate(table.headers) if i not in used and seen[i].filled > 0),
            )  # fmt: skip
    return None if best is None else best[1]


def _currency_said(table: RawTable, columns: Mapping[str, str]) -> str | None:
    """The currency that the amounts' header or cells name, when they agree on one."""
    if "currency" in columns:
        return None
    said: set[str] = set()
    for field in _MONEY_FIELDS & set(columns):
        header = columns[field]
        said |= {code for code in _CURRENCY_WORDS.values() if code in header.upper().replace("_", " ").split()}
        said |= {code for sign, code in _CURRENCY_WORDS.items() if sign in header.upper()}
        cells = table.relation.limit(200).project(quoted(table.column(header) or "c0")).fetchall()
        said |= {code for (cell,) in cells for sign, code in _CURRENCY_WORDS.items() if cell and sign in cell.upper()}
    return said.pop() if len(said) == 1 else None


def _is_excl_tax_only(columns: Mapping[str, str]) -> bool:
    return "excl_tax_amount" in columns and not set(columns) & {
        "amount",
        "open_amount",
        "debit",
        "credit",
        "unit_price",
    }


def _infer_file(path: Path) -> list[TableSpec]:
    with duckdb.connect(":memory:") as connection, tempfile.TemporaryDirectory() as folder:
        parsing.install(connection)
        tables = open_tables(path, connection, folder=Path(folder))
        specs = [spec for table in tables if (spec := infer_table(table)) is not None]
    if specs:
        return specs
    widest = max(tables, key=lambda table: len(table.headers))
    raise DataError(_missing_message(widest.label, widest.headers, ["amount", "customer_id"]))


def _missing_message(label: str, headers: Sequence[str], missing: Sequence[str]) -> Message:
    return message(
        "{file}: no column was recognised as {missing}. The columns seen are: {headers}. Name the right ones under "
        "'columns:' in portfolio.yaml, or ask for an export that holds them.",
        file=label,
        missing=_named([message(FIELD_WORDS[field]) for field in missing]),
        headers=", ".join(headers),
    )


def _named(words: Sequence[Message]) -> Message:
    first, *others = words
    return message("{one}, {other}", one=first, other=_named(others)) if others else first


def _are_orders(table: RawTable, columns: Mapping[str, str]) -> bool:
    return "due_date" not in columns and is_not_invoices(f"{table.path.name} {table.sheet or ''}")


def _makes_sense(kind: str, columns: Mapping[str, str]) -> bool:
    """Whether a table of that kind would hold these columns: invoices are numbered or dated."""
    if kind == "invoices":
        if "unit_price" in columns and "quantity" not in columns and not set(columns) & set(_AMOUNTS[:-1]):
            return False
        return bool({"invoice_number", "issue_date", "due_date"} & set(columns))
    return True


def _assign(
    headers: Sequence[str], seen: Sequence[mapping_contents.Contents], wanted: Sequence[FieldNames]
) -> dict[str, tuple[int, float]]:
    """Each field its best column, each column one field: the surest pairs first."""
    pairs = []
    for names in wanted:
        for index, header in enumerate(headers):
            near, fit = names.nearness(header), seen[index].fit(names.content)
            if names.content in ("date", "amount", "days", "side", "currency", "flag") and fit < 0.6:
                continue
            sure = near * (0.5 + 0.5 * fit)
            if near == 0.0 and names.content in ("siren", "naf") and fit > 0.8 and seen[index].distinct > 0.05:
                sure = 0.7 * fit
            if sure >= _ACCEPTED:
                pairs.append((sure, -index, names.field))
    found: dict[str, tuple[int, float]] = {}
    taken: set[int] = set()
    for sure, negative_index, field in sorted(pairs, reverse=True):
        if field not in found and -negative_index not in taken:
            found[field] = (-negative_index, sure)
            taken.add(-negative_index)
    return found
