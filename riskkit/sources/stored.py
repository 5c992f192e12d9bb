"""Canonical tables that stay outside pandas: Parquet files in a folder that goes away with them."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from riskkit import engine
from riskkit.engine import Lazy
from riskkit.schemas import Table

_QUOTE = "'"


class Store:
    """A folder for the tables of one reading.

    Without a given folder it is a temporary one, removed by `close` or when the last table that uses it is gone.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix=f"riskkit-tables-{os.getpid()}-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self._removal = None if folder else weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def close(self) -> None:
        """Remove the folder if it is temporary."""
        if self._removal is not None:
            self._removal()


@dataclass(frozen=True)
class StoredTable:
    """A table written by DuckDB in its declared form (cents as int64, days as dates), read when it is asked."""

    table: Table
    path: Path
    rows: int
    store: Store = field(repr=False)

    @classmethod
    def write(cls, connection: duckdb.DuckDBPyConnection, query: str, table: Table, store: Store) -> StoredTable:
        """Keep the rows of a query that gives the columns of `table`, and others after them."""
        path = store.folder / f"{table.name}.parquet"
        # Ids are all distinct: building a dictionary of them costs more than writing them.
        (rows,) = connection.execute(
            f"copy ({query}) to '{str(path).replace(_QUOTE, 2 * _QUOTE)}' "
            "(format parquet, compression uncompressed, dictionary_size_limit 1000)"
        ).fetchall()[0]
        return cls(table, path, int(rows), store)

    def frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The table as pandas, cast to its contract; `columns` loads only those, as they are stored."""
        with engine.connect() as connection:
            relation = connection.read_parquet(str(self.path))
            loaded: pd.DataFrame = (relation.select(*columns) if columns else relation).df()
        return loaded if columns else self.table.conform(loaded)

    def write_amounts(self, path: Path) -> None:
        """Write the table as a run keeps it: amounts in currency units, aside and then renamed."""
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        with engine.connect() as connection:
            relation = connection.read_parquet(str(self.path))
            shown = [
                f'("{name}"::decimal(18, 0) / 100)::decimal(18, 2) as "{engine.amount_name(name)}"'
                if name.endswith("_cents")
                else f'"{name}"'
                for name in relation.columns
            ]
            relation.project(", ".join(shown)).write_parquet(str(aside), compression="zstd")
        os.replace(aside, path)

    def lazy(self, connection: duckdb.DuckDBPyConnection) -> Lazy:
        """The table as a lazy frame of that connection."""
        return engine.scan(connection, self.path)


class TableField:
    """A field of a reading that holds a table: a pandas frame, or a stored table that is loaded when it is used."""

    def __set_name__(self, owner: type, name: str) -> None:
        """Remember the field's name."""
        self._held, self._loaded = f"_{name}_held", f"_{name}_loaded"

    def __get__(self, reading: Any, owner: type | None = None) -> pd.DataFrame:
        """The table as pandas."""
        if reading is None:
            raise AttributeError("a table has no default")
        held = reading.__dict__[self._held]
        if not isinstance(held, StoredTable):
            frame: pd.DataFrame = held
            return frame
        if self._loaded not in reading.__dict__:
            reading.__dict__[self._loaded] = held.frame()
        loaded: pd.DataFrame = reading.__dict__[self._loaded]
        return loaded

    def __set__(self, reading: Any, value: pd.DataFrame | StoredTable) -> None:
        """Hold a table."""
        reading.__dict__[self._held] = value
        reading.__dict__.pop(self._loaded, None)

    def held(self, reading: Any) -> pd.DataFrame | StoredTable:
        """What is held, without loading it."""
        found: pd.DataFrame | StoredTable = reading.__dict__[self._held]
        return found
