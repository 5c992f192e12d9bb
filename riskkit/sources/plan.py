"""Which sources of a portfolio make the reading, which complete it, and which only say again what others say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from riskkit.errors import DataError, message
from riskkit.sources.database import parquet_files
from riskkit.sources.database_names import is_database_table
from riskkit.sources.mapping_spec import TABLE_KINDS, TableSpec

Specs = tuple[TableSpec, ...]


@dataclass(frozen=True)
class Plan:
    """The sources by what is done with them.

    One of `ledgers`, `documents` (electronic invoices) and `aged` is the base, completed by `tables` and
    `statements`; without any, `tables` stand by themselves. `left` tables, with their reason, and `aside` sources are
    read, accounted for, and not counted.
    """

    ledgers: Specs
    documents: Specs
    aged: Specs
    tables: Specs
    statements: Specs
    left: tuple[tuple[TableSpec, str], ...]
    aside: tuple[tuple[TableSpec, str], ...]

    @classmethod
    def of(cls, specs: Sequence[TableSpec], *, home: Path) -> Plan:
        """What to do with each source."""
        by_kind: dict[str, list[TableSpec]] = {}
        for spec in _one_by_one(specs, home):
            by_kind.setdefault(spec.kind, []).append(spec)
        found = {kind: tuple(items) for kind, items in by_kind.items()}
        ledgers, documents, aged = (found.get(kind, ()) for kind in ("fec", "electronic_invoices", "aged_balance"))
        invoices, payments = found.get("invoices", ()), found.get("payments", ())
        statements = found.get("bank_statement", ())
        beside = (*found.get("customers", ()), *found.get("events", ()))
        orders = tuple((spec, "not_an_invoice") for spec in found.get("ignored", ()))
        if ledgers:
            left = _because("in_ledger", *invoices, *payments)
            aside = _because("in_ledger", *documents, *statements) + _because("in_invoices", *aged)
            return cls(ledgers, (), (), beside, (), (*left, *orders), aside)
        if invoices or documents:
            tables = (*invoices, *payments, *beside)
            return cls((), documents, (), tables, statements, orders, _because("in_invoices", *aged))
        if aged:
            left = _because("net_of_payments", *payments)
            return cls((), (), aged, beside, (), (*left, *orders), _because("net_of_payments", *statements))
        return cls((), (), (), (*payments, *beside), statements, orders, ())


def _because(reason: str, *specs: TableSpec) -> tuple[tuple[TableSpec, str], ...]:
    return tuple((spec, reason) for spec in specs)


def _one_by_one(specs: Sequence[TableSpec], home: Path) -> list[TableSpec]:
    """The specifications, a folder of Parquet files being one for each of its files."""
    found: list[TableSpec] = []
    for spec in specs:
        if spec.kind not in TABLE_KINDS or is_database_table(spec.file) or not (home / spec.file).is_dir():
            found.append(spec)
            continue
        files = parquet_files(home / spec.file)
        if not files:
            raise DataError(
                message(
                    "Folder {folder} holds no Parquet file. Name a file or another folder in portfolio.yaml.",
                    folder=spec.label,
                )
            )
        found += [
            spec.model_copy(update={"file": f"{spec.file}/{path.relative_to(home / spec.file).as_posix()}"})
            for path in files
        ]
    return found
