"""Tables of a Parquet folder (DuckDB alone) or of a SQL database (through Ibis, an extra) → raw tables.

A source is written in `portfolio.yaml` as `warehouse/factures.parquet`, or as `env:NAME#schema.table`, where NAME is
the environment variable that holds the database's address: passwords are never in a file. An address without a
password may be written itself: `sqlite://ledger.sqlite#factures`, `postgresql://server/compta#ventes.factures`.

What comes out is a `RawTable`, every cell as text, that goes the same way as a spreadsheet from there.
"""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from riskkit.errors import DataError, UsageError, message
from riskkit.sources.database_names import DatabaseTable, database_table, no_such_variable
from riskkit.sources.parsing import quoted
from riskkit.sources.tabular import RawTable

_BATCH_ROWS = 50_000


def open_database_table(
    source: str,
    connection: duckdb.DuckDBPyConnection,
    *,
    folder: Path,
    home: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> RawTable:
    """A table of a database, read whole and once into `folder`, every cell as text.

    Parameters
    ----------
    source
        As in `portfolio.yaml`, see the module.
    connection
        The connection that will hold the table.
    folder
        Takes an extract in Parquet: what was read, whose digest goes into the manifest.
    home
        What the file of an SQLite or DuckDB address is relative to; the current folder without one.
    environment
        Where variables are looked up; that of the process without one.

    Notes
    -----
    No message holds the address. Rows come in batches; the driver of SQLite holds the whole table all the same.
    """
    wanted = database_table(source)
    address = _beside(_address(wanted, os.environ if environment is None else environment), home or Path())
    ibis = _ibis()
    extract = folder / wanted.label
    faults = _driver_errors(ibis)
    try:
        backend = ibis.connect(address)
    except faults as fault:
        raise DataError(
            message(
                "The database of {table} cannot be reached ({fault}). Check the address, the user and the password, "
                "that the server is running, and that its driver is installed (riskkit[warehouse]).",
                table=wanted.label,
                fault=type(fault).__name__,
            )
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*infer_string")  # Ibis 12 asks pandas 3 for a retired option
            table = backend.table(wanted.table, database=wanted.schema)
            batches: Any = table.to_pyarrow_batches(chunk_size=_BATCH_ROWS)
            connection.from_arrow(batches).write_parquet(str(extract))
    except faults as fault:
        raise DataError(
            message(
                "The table {table} cannot be read from its database ({fault}). Check its name, its schema, and that "
                "you may read it.",
                table=wanted.label,
                fault=type(fault).__name__,
            )
        ) from None
    finally:
        backend.disconnect()
    return open_parquet(extract, connection)


def parquet_files(folder: Path) -> list[Path]:
    """The Parquet files of a folder and its sub-folders, in order of name: each is read as a table of its own."""
    return sorted(path for path in folder.rglob("*.parquet") if path.is_file() and not path.name.startswith("."))


def looks_like_parquet(path: Path) -> bool:
    """Whether a file is Parquet, whatever its name; a pipe is never opened, for nobody may be writing to it."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as handle:
            return handle.read(4) == b"PAR1"
    except OSError:
        return False


def open_parquet(path: Path, connection: duckdb.DuckDBPyConnection) -> RawTable:
    """A Parquet file as a raw table: the first row is line 1, every cell as exact text, dates as 2026-01-31."""
    try:
        relation = connection.read_parquet(str(path), file_row_number=True)
        columns = [(str(name), str(kind)) for name, kind in zip(relation.columns, relation.types, strict=True)]
        columns = [(name, kind) for name, kind in columns if name != "file_row_number"]
        cells = [f"{_as_text(quoted(name), kind)} as c{index}" for index, (name, kind) in enumerate(columns)]
        filled = " or ".join(f"c{index} is not null" for index in range(len(columns))) or "false"
        raw = relation.project(", ".join(["file_row_number + 1 as line", *cells])).filter(filled)
        is_empty = not raw.limit(1).fetchall()
        raw.aggregate(", ".join(f"max(length(c{index}))" for index in range(len(columns))) or "count(*)").fetchall()
    except (duckdb.Error, OSError):
        raise DataError(
            message("{file} is damaged or incomplete and cannot be opened. Ask for the file again.", file=path.name)
        ) from None
    if is_empty:
        raise DataError(message("{file} is empty. Ask for the file again.", file=path.name))
    return RawTable(path, None, 1, tuple(name for name, _ in columns), raw, is_spreadsheet=True)


def _as_text(column: str, kind: str) -> str:
    """A cell as text that reads back as the same value: numbers with a decimal point, dates without a time."""
    if kind.startswith("TIMESTAMP"):
        return f"strftime({column}::timestamp, '%Y-%m-%d')"
    if kind in ("FLOAT", "DOUBLE"):
        return (
            f"case when {column} = trunc({column}) and abs({column}) < 1e15 then {column}::bigint::varchar "
            f"when isfinite({column}) then {column}::varchar end"
        )
    if kind == "BLOB":
        return "null::varchar"
    return f"{column}::varchar"


def _address(wanted: DatabaseTable, environment: Mapping[str, str]) -> str:
    if wanted.address is not None:
        return wanted.address
    address = environment.get(wanted.variable or "", "").strip()
    if not address:
        raise no_such_variable(wanted.variable or "")
    return address


def _beside(address: str, home: Path) -> str:
    """The address, a relative file of SQLite or DuckDB being found from `home`."""
    scheme, found, rest = address.partition("://")
    if not found or scheme not in ("sqlite", "duckdb") or rest.startswith(("/", "~")) or not rest:
        return address
    return f"{scheme}://{(home / rest).absolute().as_posix()}"


def _ibis() -> Any:
    try:
        return importlib.import_module("ibis")
    except ImportError:
        raise UsageError(
            message("Reading a database needs an extra that is missing. Install it: pip install riskkit[warehouse]")
        ) from None


def _driver_errors(ibis: Any) -> tuple[type[Exception], ...]:
    """What a database that cannot be reached or read raises: each driver has its own errors, kin of no other."""
    own = [each for each in vars(ibis.common.exceptions).values() if isinstance(each, type)]  # not all are kin
    found: list[type[Exception]] = [each for each in own if issubclass(each, Exception) and each is not Exception]
    found += [duckdb.Error, OSError, ValueError, LookupError]
    found += [TypeError, AttributeError, ImportError]  # an address whose scheme or options Ibis does not know
    for module, name in (("psycopg", "Error"), ("sqlite3", "Error"), ("sqlalchemy.exc", "SQLAlchemyError")):
        try:
            found.append(getattr(importlib.import_module(module), name))
        except ImportError:
            continue
    return tuple(found)
