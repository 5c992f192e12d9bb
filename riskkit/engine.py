"""The engine under the computations that are proportional to invoices: Narwhals expressions run by DuckDB.

A computation takes and returns `narwhals.LazyFrame`. The same functions accept Polars or Spark frames; what differs
between engines is kept in this module.
"""

from __future__ import annotations

import os
import tempfile
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.schemas import Table

Lazy: TypeAlias = nw.LazyFrame[Any]


class Keep(Protocol):
    """Computes a frame once and keeps it: `materialise` in memory, `keep_in` tables that spill where it would not fit.

    With `number` the frame has one integer column more of that name, different in every row: a key, not an order.
    """

    def __call__(self, frame: Lazy, *, number: str | None = None) -> Lazy:
        """The frame, kept."""


_KEPT = count()
_LONG_CHAINS = "set disabled_optimizers = 'cte_inlining'"


def connect(
    *, memory_limit: str = "3GB", spill_folder: Path | None = None, long_chains: bool = False
) -> duckdb.DuckDBPyConnection:
    """A private DuckDB connection that spills to disk past `memory_limit` and fetches nothing from a network.

    It spills into `spill_folder`, by default a folder of this process in the system's temporary folder, which DuckDB
    makes when it needs it and removes when it closes. `long_chains` is for computations of many steps: DuckDB 2.0 takes
    seconds to plan a chain of expressions over windows (5.7 s for a query that runs in 0.06 s) where it inlines them.
    """
    spill = spill_folder or Path(tempfile.gettempdir()) / f"riskkit-spill-{os.getpid()}"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(spill),
    }
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("set enable_progress_bar = false")
    if long_chains:
        connection.execute(_LONG_CHAINS)
    return connection


def lazy(connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame) -> Lazy:
    """A pandas frame as a lazy frame of that connection. Its rows are copied once; dates become engine dates."""
    dates = [name for name in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[name].dtype)]
    casts = ", ".join(f'"{name}"::date as "{name}"' for name in dates)
    kept = f"* replace ({casts})" if dates else "*"
    # Held outside the catalogue: each catalogue entry would make every other relation bind again when it is used.
    relation = connection.from_df(frame).project(kept).materialize()
    result: Lazy = nw.from_native(relation).lazy()
    return result


def scan(connection: duckdb.DuckDBPyConnection, path: Path) -> Lazy:
    """A Parquet file, or a folder of them, as a lazy frame."""
    pattern = str(path / "*.parquet") if path.is_dir() else str(path)
    return nw.from_native(connection.read_parquet(pattern)).lazy()


def materialise(frame: Lazy, *, number: str | None = None) -> Lazy:
    """The frame computed once and kept by its engine, for an intermediate that is used more than once: a `Keep`."""
    native = nw.to_native(frame)
    if isinstance(native, duckdb.DuckDBPyRelation):
        kept: Any = native.project(f'*, row_number() over () as "{number}"' if number else "*").materialize()
    elif number:
        return materialise(frame.with_row_index(number, order_by=frame.collect_schema().names()))
    elif hasattr(native, "cache"):
        kept = native.cache()
    else:
        return frame.collect().lazy()
    result: Lazy = nw.from_native(kept).lazy()
    return result


def keep_in(connection: duckdb.DuckDBPyConnection) -> Keep:
    """A `Keep` that makes each frame a table of that connection: past the memory limit, the engine spills it to disk.

    The engine's own materialised frames live outside its memory limit. Worth it for large frames only: each table makes
    every other relation bind again, and planning (see `connect`) takes its time where running takes longer.
    """

    def keep(frame: Lazy, *, number: str | None = None) -> Lazy:
        native = nw.to_native(frame)
        if not isinstance(native, duckdb.DuckDBPyRelation):
            return materialise(frame, number=number)
        name = f"kept_{next(_KEPT)}"
        connection.execute("reset disabled_optimizers")
        native.create(name)
        table = connection.table(name)
        # A table numbers its rows by itself; a window over the query doubles what making the table takes.
        result: Lazy = nw.from_native(table.project(f'*, rowid as "{number}"') if number else table).lazy()
        return result

    return keep


def day_number(day: nw.Expr) -> nw.Expr:
    """Days since 1 January of year 1 as an integer, the same on every engine; equals `date.toordinal()`."""
    year = day.dt.year().cast(nw.Int64) - 1
    return 365 * year + year // 4 - year // 100 + year // 400 + day.dt.ordinal_day().cast(nw.Int64)


def to_pandas(frame: Lazy, table: Table) -> pd.DataFrame:
    """The frame as pandas, cast to the declared table: the one way out of the engine."""
    native = nw.to_native(frame)
    collected = native.df() if isinstance(native, duckdb.DuckDBPyRelation) else frame.collect().to_pandas()
    return table.conform(collected)[table.names]


def amount_name(cents_name: str) -> str:
    """Name of a money column as people see it: `open_cents` is shown as `open_amount`, `amount_cents` as `amount`."""
    stem = cents_name.removesuffix("_cents")
    return stem if stem == "amount" else f"{stem}_amount"


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as Parquet, aside and then renamed, so that a reader never meets half a file.

    Integer `_cents` columns are written as exact decimals in currency units, under the name `amount_name` gives.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    shown = ", ".join(
        f'("{name}"::decimal(18, 0) / 100)::decimal(18, 2) as "{amount_name(name)}"'
        if name.endswith("_cents")
        else f'"{name}"'
        for name in frame.columns
    )
    with connect() as connection:
        relation = nw.to_native(lazy(connection, frame)).project(shown)
        relation.write_parquet(str(aside), compression="zstd")
    os.replace(aside, path)


def read_parquet(path: Path, *, columns: list[str] | None = None) -> pd.DataFrame:
    """A table of a run as pandas, in currency units: amounts float64, dates `datetime64[us]`, text `str`."""
    with connect() as connection:
        relation = connection.read_parquet(str(path))
        frame: pd.DataFrame = (relation.select(*columns) if columns else relation).df()
    for name in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[name].dtype):
            frame[name] = frame[name].astype("datetime64[us]")
        elif frame[name].dtype == object:
            frame[name] = frame[name].astype("str")
    return frame
