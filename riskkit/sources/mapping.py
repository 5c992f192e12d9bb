"""Which column holds what, inferred from headers and contents; what a table with known headers was understood as."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from riskkit.errors import DataError, Message, raise_all
from riskkit.sources import mapping_contents, parsing
from riskkit.sources.aged_balance_headers import balance_date, balance_sides, bucket_of, buckets_in
from riskkit.sources.container import not_readable
from riskkit.sources.instalments import numbered_pairs
from riskkit.sources.lettering import with_lettering
from riskkit.sources.mapping_assign import assign, coded_customers, named_customers, one_entity
from riskkit.sources.mapping_guess import Found, completed, guessed_invoices, unnamed_customers, with_sums
from riskkit.sources.mapping_headers import (
    BESIDE,
    KINDS,
    essential,
    fields,
    is_not_invoices,
    tells_payments,
)
from riskkit.sources.mapping_spec import (
    AMOUNTS,
    FIELD_WORDS,
    SURE,
    Kind,
    TableSpec,
    check_spec,
    missing_fields,
    missing_message,
    signature,
)
from riskkit.sources.opening import Source, kind_without_columns, open_raw
from riskkit.sources.parsing import quoted
from riskkit.sources.tabular import RawTable, plain

__all__ = ["FIELD_WORDS", "SURE", "Kind", "TableSpec", "check_spec", "infer_specs", "infer_table", "missing_fields"]

_MONEY_FIELDS = {*AMOUNTS, "payment_amount", "paid_amount", "bucket_1", "total"}
_CURRENCY_WORDS = {"€": "EUR", "EUR": "EUR", "USD": "USD", "$": "USD", "£": "GBP", "GBP": "GBP", "CHF": "CHF",
                   "XPF": "XPF", "₹": "INR", "INR": "INR", "CFP": "XPF"}  # fmt: skip
_NAME_HINTS: Mapping[str, tuple[str, ...]] = {
    "invoices": ("facture", "factures", "invoice", "invoices", "ventes", "sales", "fact", "receivable", "receivables"),
    "payments": ("reglement", "reglements", "paiement", "paiements", "payment", "payments", "encaissement",
                 "encaissements", "receipts"),
    "customers": ("client", "clients", "customer", "customers", "tiers", "master"),
    "events": ("evenement", "evenements", "event", "events", "procedure", "procedures"),
}  # fmt: skip


def infer_specs(paths: Sequence[Source], *, known: Sequence[TableSpec] = ()) -> list[TableSpec]:
    """How to read each file, one specification per table found, confidences included.

    A table whose headers are those of a specification in `known` is read as that one says, and nothing is asked of
    it again. Raises one `DataError` with a message for every file that cannot be read or understood.
    """
    specs: list[TableSpec] = []
    faults: list[Message] = []
    for path in paths:
        try:
            kind = kind_without_columns(path) if isinstance(path, Path) else None
            specs += _infer_tables(path, known) if kind is None else [TableSpec(file=str(path), kind=kind)]
        except DataError as fault:
            faults += fault.messages
        except OSError:
            faults.append(not_readable(Path(path)))
    raise_all(DataError, faults)
    return specs


def infer_table(table: RawTable, *, known: Sequence[TableSpec] = ()) -> TableSpec | None:
    """How to read one table: the kind whose fields its columns explain best; None when no kind does."""
    spec = _known(table, known)
    if spec is not None:
        return spec
    seen = mapping_contents.contents(table)
    return _aged_balance(table, seen) or _best_kind(table, seen) or _guessed(table, seen)


def _known(table: RawTable, known: Sequence[TableSpec]) -> TableSpec | None:
    wanted = signature(table.headers)
    for spec in known:
        if spec.signature == wanted and all(table.column(header) for header in spec.columns.values()):
            changes = {"file": str(table.path), "sheet": table.sheet, "header_row": _header_row(table)}
            return spec.model_copy(update={**changes, "balance_date": None, "confirmed": True, "confidence": {}})
    return None


def _best_kind(table: RawTable, seen: Sequence[mapping_contents.Contents]) -> TableSpec | None:
    name_words = set(plain(f"{table.path.name} {table.sheet or ''}").split())
    best: tuple[float, TableSpec] | None = None
    for kind in KINDS:
        found = assign(table.headers, seen, fields(kind))
        pairs = numbered_pairs(table.headers, seen) if kind == "invoices" else ()
        if kind == "invoices":
            found = one_entity(completed(table, seen, with_sums(table, seen, found)))
        found = named_customers(table.headers, seen, found)
        if kind == "customers":
            found = coded_customers(table.headers, seen, found)
        if kind in ("invoices", "payments"):
            found = with_lettering(table, seen, found)
        columns = {field: table.headers[index] for field, (index, _) in found.items()}
        missing = [field for field in missing_fields(kind, columns) if not (pairs and field == "amount")]
        if missing or not _makes_sense(kind, columns, has_pairs=bool(pairs)):
            continue
        score = sum(sure for field, (_, sure) in found.items() if field not in BESIDE) + 1.5 * bool(
            name_words & set(_NAME_HINTS[kind])
        )
        score -= 3.0 if kind == "invoices" and not {"issue_date", "due_date"} & set(columns) and not pairs else 0.0
        score -= 2.0 if kind == "customers" and best is not None else 0.0
        score -= 1.0 if kind == "payments" and not tells_payments(table.headers) else 0.0
        if best is None or score > best[0]:
            is_order = kind == "invoices" and _are_orders(table, columns)
            chosen: Kind = "ignored" if is_order else kind
            best = score, _spec(table, chosen, found, seen, pairs=pairs)
    return None if best is None else best[1]


def _guessed(table: RawTable, seen: Sequence[mapping_contents.Contents]) -> TableSpec | None:
    """A table of invoices by its contents: amounts, dates and codes whose headers say nothing."""
    found = guessed_invoices(table, seen, with_sums(table, seen, assign(table.headers, seen, fields("invoices"))))
    columns = {field: table.headers[index] for field, (index, _) in found.items()}
    if missing_fields("invoices", columns) or "issue_date" not in columns or "invoice_number" not in columns:
        return None
    return _spec(table, "invoices", found, seen)


def _aged_balance(table: RawTable, seen: Sequence[mapping_contents.Contents]) -> TableSpec | None:
    """A balance by age, one row per customer; None for a table of invoices, aged or not."""
    ages = buckets_in(table.headers)
    places = {header: table.headers.index(header) for header in ages}
    places = {header: at for header, at in places.items() if seen[at].filled == 0 or seen[at].amount > 0.3}
    if len(places) < 2 or not any(ages[header].is_due for header in places):
        return _plain_balance(table, seen)
    invoices = assign(table.headers, seen, fields("invoices"))
    money = {field: at for field, (at, _) in invoices.items() if field in ("amount", "open_amount")}
    is_detailed = {"invoice_number", "issue_date"} <= set(invoices) or {"invoice_number", "due_date"} <= set(invoices)
    if is_detailed:
        has_total = set(money.values()) - set(places.values())
        return None if has_total else _balance_by_invoice(table, seen, invoices, set(places.values()))
    found = assign(table.headers, seen, fields("aged_balance"), reserved=set(places.values()))
    for rank, (_, at) in enumerate(sorted(places.items(), key=lambda item: item[1]), start=1):
        found[f"bucket_{rank}"] = (at, 1.0)
    if not {"customer_id", "customer_name"} & set(found):
        found |= unnamed_customers(table, seen, found)
    if not {"customer_id", "customer_name"} & set(found) or len(places) > 16:
        return None
    spec = _spec(table, "aged_balance", found, seen)
    said = balance_date([*table.titles, table.sheet or "", table.path.name.replace("_", " ")])
    named = {f: f"{ages[h].low}-" for f, h in spec.columns.items() if f.startswith("bucket_") and bucket_of(h) is None}
    return spec.model_copy(update={"balance_date": said, "buckets": named})


def _balance_by_invoice(
    table: RawTable, seen: Sequence[mapping_contents.Contents], found: Found, places: set[int]
) -> TableSpec | None:
    """A balance by age of one row per invoice, whose only amounts are by age: invoices, and what each still owes."""
    kept = {field: place for field, place in found.items() if place[0] not in places}
    if not {"customer_id", "customer_name"} & set(kept):
        return None
    headers = tuple(table.headers[at] for at in sorted(places))
    spec = _spec(table, "invoices", kept, seen)
    unused = tuple(header for header in spec.unused if header not in headers)
    return spec.model_copy(update={"open_by_age": headers, "unused": unused, "tax_basis": "ttc"})


def _plain_balance(table: RawTable, seen: Sequence[mapping_contents.Contents]) -> TableSpec | None:
    """A balance of one row per customer without ages: what each owes in all, of no known age."""
    found = assign(table.headers, seen, fields("aged_balance"))
    sides = balance_sides(table.headers)
    is_one = "total" in found and essential(table.headers[found["total"][0]]).startswith(
        ("solde", "balance", "encours")
    )
    if not {"customer_id", "customer_name"} & set(found) or not (sides or is_one):
        return None
    key = found.get("customer_id", found.get("customer_name", (0, 0.0)))[0]
    if any(column.date > 0.5 for column in seen) or seen[key].distinct < 0.9 or seen[key].filled < 0.5:
        return None
    kept = {field: place for field, place in found.items() if field != "total"}
    headers = sides or (table.headers[found["total"][0]],)
    kept |= {f"bucket_{rank}": (table.headers.index(header), 1.0) for rank, header in enumerate(headers, start=1)}
    said = balance_date([*table.titles, table.sheet or "", table.path.name.replace("_", " ")])
    undated = {field: "undated" for field in kept if field.startswith("bucket_")}
    return _spec(table, "aged_balance", kept, seen).model_copy(update={"balance_date": said, "buckets": undated})


def _spec(
    table: RawTable,
    kind: Kind,
    found: Found,
    seen: Sequence[mapping_contents.Contents],
    *,
    pairs: tuple[tuple[str, str], ...] = (),
) -> TableSpec:
    paired = {header for pair in pairs for header in pair}
    kept = {field: at for field, at in found.items() if table.headers[at[0]] not in paired}
    columns = {field: table.headers[index] for field, (index, _) in kept.items()}
    used = {index for index, _ in kept.values()} | {table.headers.index(header) for header in paired}
    return TableSpec(
        file=str(table.path),
        kind=kind,
        sheet=table.sheet,
        header_row=_header_row(table),
        columns=columns,
        currency=_currency_said(table, columns),
        tax_basis="ht" if kind == "invoices" and _is_excl_tax_only(columns) and not pairs else "ttc",
        instalments=pairs,
        signature=signature(table.headers),
        confidence={field: round(sure, 2) for field, (_, sure) in kept.items()},
        unused=tuple(h for i, h in enumerate(table.headers) if i not in used and seen[i].filled > 0),
    )


def _header_row(table: RawTable) -> int | None:
    return table.header_row if table.header_row > 1 else None


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
    others = {"amount", "open_amount", "debit", "credit", "unit_price"}
    return "excl_tax_amount" in columns and not set(columns) & others


def _infer_tables(source: Source, known: Sequence[TableSpec]) -> list[TableSpec]:
    with duckdb.connect(":memory:") as connection, tempfile.TemporaryDirectory() as folder:
        parsing.install(connection)
        tables = open_raw(source, connection, folder=Path(folder), is_preview=True)
        specs = [spec for table in tables if (spec := infer_table(table, known=known)) is not None]
        if isinstance(source, str):
            specs = [spec.model_copy(update={"file": source}) for spec in specs]
        lacking = [missing for table, spec in _paired(tables, specs) if (missing := _lacks(table, spec))]
    if lacking and not any(spec.kind == "invoices" for spec in specs):
        raise DataError(*lacking)
    if specs:
        return specs
    widest = max(tables, key=lambda table: len(table.headers))
    raise DataError(missing_message(widest.label, widest.headers, ["amount", "customer_id"]))


def _paired(tables: Sequence[RawTable], specs: Sequence[TableSpec]) -> list[tuple[RawTable, TableSpec | None]]:
    by_sheet = {spec.sheet: spec for spec in specs}
    return [(table, by_sheet.get(table.sheet)) for table in tables]


def _lacks(table: RawTable, spec: TableSpec | None) -> Message | None:
    """What a table that numbers and dates invoices lacks to be one; None for any other table."""
    if spec is not None and spec.kind != "customers":
        return None
    seen = mapping_contents.contents(table)
    found = completed(table, seen, assign(table.headers, seen, fields("invoices")))
    columns = {field: table.headers[index] for field, (index, _) in found.items()}
    if "invoice_number" not in columns or not {"issue_date", "due_date"} & set(columns):
        return None
    missing = missing_fields("invoices", columns)
    return missing_message(table.label, table.headers, missing) if missing else None


def _are_orders(table: RawTable, columns: Mapping[str, str]) -> bool:
    return "due_date" not in columns and is_not_invoices(f"{table.path.name} {table.sheet or ''}")


def _makes_sense(kind: str, columns: Mapping[str, str], *, has_pairs: bool) -> bool:
    """Whether a table of that kind would hold these columns: invoices are numbered or dated."""
    if kind == "invoices":
        if "unit_price" in columns and "quantity" not in columns and not set(columns) & set(AMOUNTS[:-1]):
            return False
        return has_pairs or bool({"invoice_number", "issue_date", "due_date"} & set(columns))
    return True
