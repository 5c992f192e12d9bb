"""Cheap connections for thousands of small readings: cursors of one database, each with a schema of its own.

Opening a database and binding the parsing macros takes most of the time of a file of twenty lines. A schema, temporary
objects and variables of a connection are gone when it closes, so a case finds nothing of those before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any
from unittest import mock

import duckdb

from riskkit.sources.parsing_macros import MACROS

_numbers = count()


class _Cursor:
    """A connection to a schema of the shared database; the parsing macros are there already."""

    def __init__(self) -> None:
        self._schema = f"case_{next(_numbers)}"
        self._cursor = _database().cursor()
        self._cursor.execute(f"create schema {self._schema}; set search_path = '{self._schema},main'")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __enter__(self) -> _Cursor:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    def execute(self, statement: Any, *values: Any) -> Any:
        return self._cursor if statement is MACROS else self._cursor.execute(statement, *values)

    def close(self) -> None:
        self._cursor.execute(f"drop schema {self._schema} cascade")
        self._cursor.close()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    database = _connect(":memory:", config={"threads": 1})
    database.execute("pragma disable_optimizer")  # takes longer than it saves on twenty lines
    database.execute(MACROS.replace("create or replace temp macro", "create macro"))
    return database


_connect = duckdb.connect


@contextmanager
def shared() -> Iterator[None]:
    """While it lasts, each connection that riskkit opens is one to a schema of the same database."""
    with mock.patch.object(duckdb, "connect", side_effect=lambda *_, **__: _Cursor()):
        yield
