"""A client's own file, cell by cell as it is: what goes back to the client beside what was found."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb
import fastexcel

from riskkit.engine import connect
from riskkit.errors import DataError, message
from riskkit.sources import container, parsing
from riskkit.sources.tabular import open_tables

Cell: TypeAlias = str | float | bool | dt.datetime | None
_BOOLEANS: Mapping[str, Cell] = {"true": True, "false": False}


@dataclass(frozen=True)
class ClientFile:
    """Every sheet of a client's file as rows of cells; `sheet` and `header_row` say where its customers are.

    Rows are numbered as `source_line` numbers them: 1 is the first row of the sheet.
    """

    name: str
    sheets: Mapping[str, list[list[Cell]]]
    sheet: str
    header_row: int


def read_client_file(path: Path, *, sheet: str | None = None, header_row: int | None = None) -> ClientFile:
    """The cells of a workbook with their kinds (text, number, date, true or false), or of a text file, all as text.

    From: a file that `sources.tabular` opens.
    To:   a `ClientFile`. Values only: formulas are their results, styles are left behind.

    Parameters
    ----------
    path
        The file.
    sheet
        Sheet of the customers; the first that holds a table when not given.
    header_row
        Row of its headers; found when not given.

    """
    with tempfile.TemporaryDirectory() as folder, connect() as connection:
        parsing.install(connection)
        tables = open_tables(path, connection, folder=Path(folder), sheet=sheet, header_row=header_row)
        table = tables[0]
        if container.kind_of_file(path) == "workbook":
            workbook = fastexcel.read_excel(path)
            sheets = {name: _cells(workbook, name) for name in workbook.sheet_names}
            found = sheet or table.sheet or next(name for name in workbook.sheet_names if sheets[name])
            return ClientFile(path.name, sheets, found, table.header_row)
        rows: list[list[Cell]] = [[title] for title in table.titles[: table.header_row - 1]]
        rows.extend([] for _ in range(table.header_row - 1 - len(rows)))
        rows.append(list(table.headers))
        for line, *cells in table.relation.order("line").fetchall():
            rows.extend([] for _ in range(line - 1 - len(rows)))
            rows.append(cells)
        return ClientFile(path.name, {path.stem[:31]: rows}, path.stem[:31], table.header_row)


def _cells(workbook: fastexcel.ExcelReader, name: str) -> list[list[Cell]]:
    """The rows of a sheet. A cell's kind is what it reads as when its column is asked to be each kind in turn."""
    readings = []
    try:
        for kind in ("string", "float", "boolean", "datetime"):
            loaded = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes=kind)
            if loaded.width == 0 or loaded.height == 0:
                return []
            with duckdb.connect(":memory:") as connection:
                connection.register("sheet", loaded)
                readings.append(connection.table("sheet").fetchall())
    except fastexcel.FastExcelError:
        raise DataError(
            message("{file} is damaged or incomplete and cannot be opened. Ask for the file again.", file=name)
        ) from None
    return [[_cell(*values) for values in zip(*rows, strict=True)] for rows in zip(*readings, strict=True)]


def _cell(text: str | None, number: float | None, truth: bool | None, day: dt.datetime | None) -> Cell:
    """One cell from its four readings: a number is also true or false, a text is neither a truth nor a date."""
    if text is None:
        return None
    if truth is not None:
        return _BOOLEANS.get(text, number)
    return day if day is not None else text
