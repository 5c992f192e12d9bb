"""Any source of a portfolio: what it is, and its raw tables (spreadsheet, text, Parquet or a table of a database)."""

from __future__ import annotations

from pathlib import Path

import duckdb

from riskkit.errors import DataError, message
from riskkit.sources.bank_statement import looks_like_cfonb
from riskkit.sources.database import looks_like_parquet, open_database_table, open_parquet
from riskkit.sources.database_names import is_database_table
from riskkit.sources.electronic_invoices import (
    INVOICE_SUFFIXES,
    electronic_invoice_files,
    looks_like_electronic_invoice,
    read_document,
)
from riskkit.sources.mapping_spec import Kind, TableSpec
from riskkit.sources.tabular import RawTable, open_tables

Source = Path | str
"""A file, a folder of electronic invoices, or (text) a table of a database as `portfolio.yaml` names it."""


def kind_without_columns(path: Path) -> Kind | None:
    """What a source is when its reader needs no mapping: ledger, bank statement, electronic invoices; else None.

    `DataError` says what a folder, a PDF or an XML file is instead of an invoice.
    """
    from riskkit.sources.fec import looks_like_fec

    if path.is_dir():
        if not looks_like_electronic_invoice(path):
            raise DataError(
                message(
                    "Folder {folder} holds {count:PDF or XML file|PDF or XML files}, and none is an electronic "
                    "invoice. A PDF must carry its data (Factur-X); XML must be CII or UBL.",
                    folder=path.name,
                    count=len(electronic_invoice_files(path)),
                )
            )
        return "electronic_invoices"
    if not path.is_file():
        return None
    if looks_like_electronic_invoice(path):
        return "electronic_invoices"
    if path.suffix.lower() in INVOICE_SUFFIXES:
        read_document(path, file=path.name)  # says what is wrong with it
    if looks_like_fec(path):
        return "fec"
    return "bank_statement" if looks_like_cfonb(path) else None


def open_raw(
    source: Source, connection: duckdb.DuckDBPyConnection, *, folder: Path, is_preview: bool = False
) -> list[RawTable]:
    """Every table of a source, its shape found; `folder` takes what must be unpacked or extracted."""
    if is_database_table(str(source)):
        return [open_database_table(str(source), connection, folder=folder)]
    path = Path(source)
    if looks_like_parquet(path):
        return [open_parquet(path, connection)]
    return open_tables(path, connection, folder=folder, is_preview=is_preview)


def open_described(
    spec: TableSpec, connection: duckdb.DuckDBPyConnection, *, home: Path, folder: Path, is_preview: bool = False
) -> RawTable:
    """The raw table that a specification names, its file being relative to `home`."""
    if is_database_table(spec.file):
        return open_database_table(spec.file, connection, folder=folder, home=home)
    if looks_like_parquet(home / spec.file):
        return open_parquet(home / spec.file, connection)
    return open_tables(
        home / spec.file, connection, folder=folder, sheet=spec.sheet, header_row=spec.header_row,
        encoding=spec.encoding, separator=spec.separator, is_preview=is_preview,
    )[0]  # fmt: skip
