"""The first rows of a table as its file shows them, for a person who confirms what the columns hold."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from riskkit.sources import parsing
from riskkit.sources.mapping_headers import fields
from riskkit.sources.mapping_spec import TABLE_KINDS, TableSpec, missing_fields
from riskkit.sources.opening import open_described


@dataclass(frozen=True)
class Preview:
    """Headers of a table and its first rows, as text."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def values(self, header: str, *, count: int = 4) -> list[str]:
        """The first different values under a header."""
        if header not in self.headers:
            return []
        place = self.headers.index(header)
        return list(dict.fromkeys(row[place] for row in self.rows if row[place]))[:count]


def preview(spec: TableSpec, *, folder: Path, count: int = 20) -> Preview:
    """The first rows of the table that a specification reads."""
    with tempfile.TemporaryDirectory() as aside, duckdb.connect(":memory:") as connection:
        parsing.install(connection)
        table = open_described(spec, connection, home=folder, folder=Path(aside), is_preview=True)
        cells = ", ".join(f"trim(coalesce(c{i}, ''))" for i in range(len(table.headers)))
        rows = table.relation.order("line").limit(count).project(cells).fetchall()
    return Preview(table.headers, tuple(tuple(str(cell) for cell in row) for row in rows))


def changed(spec: TableSpec, columns: dict[str, str | None]) -> TableSpec:
    """The specification with other columns for some fields (None: no column), confirmed by a person.

    A column named for two fields goes to the one named last.
    """
    kept = {field: header for field, header in spec.columns.items() if field not in columns}
    for field, header in columns.items():
        if header is not None:
            kept = {other: name for other, name in kept.items() if name != header}
            kept[field] = header
    return spec.model_copy(update={"columns": kept, "confirmed": True, "confidence": {}})


def fields_to_show(spec: TableSpec) -> list[str]:
    """Fields a person may correct: the doubtful ones first, then those found, then the ones still missing."""
    known = [names.field for names in fields(spec.kind)] if spec.kind in TABLE_KINDS else []
    missing = missing_fields(spec.kind, spec.columns)
    usual = [
        field for field in ("customer_name", "siren", "invoice_number", "issue_date", "due_date") if field in known
    ]
    return list(dict.fromkeys([*spec.doubtful, *missing, *spec.columns, *usual]))
