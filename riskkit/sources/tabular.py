"""A spreadsheet or text file → raw tables: every cell as text, the header found, each row with its line in the file."""

# ruff: noqa: S608 - only names of tables and columns written in this package are put into the SQL
from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import fastexcel

from riskkit.errors import DataError, Message, message
from riskkit.sources import container, delimited, preview
from riskkit.sources.header_rows import joined
from riskkit.sources.parsing import quoted
from riskkit.sources.workbook_reach import MAX_COLUMNS, check_reach
from riskkit.sources.workbook_stretches import large_sheets, load_in_stretches

_HEADER_SEARCH_ROWS = 40
logging.getLogger("calamine").addHandler(logging.NullHandler())  # the reader's remarks (a chart sheet…) are not ours
_NUMERIC = re.compile(r"[-+(]?[\d\s.,\u00a0\u202f]*\d[\d\s.,\u00a0\u202f]*[-)%€$£]*|\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}.*")


@dataclass(frozen=True)
class RawTable:
    """A table as found: its place, its headers by column of `relation`, and the lines that frame it.

    `relation` has one row per non-empty row below the header: `line` (1 is the file's first) and text columns
    c0, c1, … in the order of `headers`.
    """

    path: Path
    sheet: str | None
    header_row: int
    headers: tuple[str, ...]
    relation: duckdb.DuckDBPyRelation
    is_spreadsheet: bool
    encoding: str | None = None
    separator: str | None = None
    titles: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The file's name, with the sheet when it has one."""
        return f"{self.path.name} [{self.sheet}]" if self.sheet else self.path.name

    def column(self, header: str) -> str | None:
        """The column of `relation` under that header; headers are compared without case, accents or spacing."""
        wanted = plain(header)
        for index, name in enumerate(self.headers):
            if name == header or plain(name) == wanted:
                return f"c{index}"
        return None


def plain(text: str) -> str:
    """Text without accents, case, or marks between words: how headers are compared."""
    bare = unicodedata.normalize("NFKD", text.replace("°", " ").replace("º", " "))
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    bare = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])", " ", bare)
    return " ".join(re.findall(r"[a-z0-9]+", bare.lower()))


def open_tables(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    *,
    folder: Path,
    sheet: str | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    is_preview: bool = False,
) -> list[RawTable]:
    """Every table of a file, one per sheet that holds rows; `folder` takes what must be unpacked or re-encoded.

    A preview reads only the first rows of a large file, enough to understand its columns. What is given
    (`sheet`, `header_row`, `encoding`, `separator`) is taken as it is; the rest is found. Raises `DataError` with one
    clear message for a file that cannot be read.
    """
    kind = container.kind_of_file(path)
    if kind == "workbook":
        container.check_formulas(path)
        source = preview.workbook_preview(path, folder=folder) if is_preview else path
        tables = _sheets(path, source, connection, sheet=sheet, header_row=header_row)
    else:
        text = container.unpacked(path, folder=folder) if kind == "gzip" else path
        if kind == "gzip" and container.kind_of_file(text) != "text":
            raise DataError(
                message(
                    "{file} is an archive, not a spreadsheet. Unpack it and give the files it holds.", file=path.name
                )
            )
        text = preview.text_preview(text, folder=folder) if is_preview else text
        dialect = delimited.find_dialect(text, encoding=encoding, separator=separator)
        name = f"raw_{_table_count(connection)}"
        width = delimited.load(text, dialect, connection, table=name, folder=folder)
        table = _framed(path, None, connection, name, width, header_row=header_row, is_spreadsheet=False)
        tables = [] if table is None else [_written(table, dialect)]
    if not tables:
        raise DataError(message("{file} holds no row under a header. Ask for the file again.", file=path.name))
    return tables


def _written(table: RawTable, dialect: delimited.Dialect) -> RawTable:
    return RawTable(**{**table.__dict__, "encoding": dialect.encoding, "separator": dialect.separator})


def _sheets(
    path: Path, source: Path, connection: duckdb.DuckDBPyConnection, *, sheet: str | None, header_row: int | None
) -> list[RawTable]:
    large = large_sheets(source)
    check_reach(source, but=[each.part.filename for each in large.values()])
    try:
        workbook = fastexcel.read_excel(source)
        names = [sheet] if sheet is not None else workbook.sheet_names
        if sheet is not None and sheet not in workbook.sheet_names:
            raise DataError(
                message(
                    "{file} has no sheet '{sheet}'. Its sheets are: {sheets}. Correct portfolio.yaml.",
                    file=path.name,
                    sheet=sheet,
                    sheets=", ".join(workbook.sheet_names),
                )
            )
        tables = []
        for name in names:
            table_name = f"raw_{_table_count(connection)}"
            width = load_in_stretches(large[name], connection, table=table_name) if name in large else None
            if width is None:
                if name in large:
                    check_reach(source)
                width = _load_whole(path, workbook, name, connection, table=table_name)
            label = name if len(workbook.sheet_names) > 1 else None
            found = width and _framed(
                path, label, connection, table_name, width, header_row=header_row, is_spreadsheet=True
            )
            if found:
                tables.append(found)
    except fastexcel.FastExcelError as fault:
        words = str(fault).splitlines()[0]
        if "assword" in words or "ncrypt" in words:
            raise DataError(
                message("{file} is protected by a password. Save it without one and try again.", file=path.name)
            ) from None
        raise DataError(
            message("{file} is damaged or incomplete and cannot be opened. Ask for the file again.", file=path.name)
        ) from None
    return tables


def _load_whole(path: Path, workbook: Any, name: str, connection: duckdb.DuckDBPyConnection, *, table: str) -> int:
    """Make the table of a sheet's cells (`line`, c0, c1, …); to: its columns, 0 without any cell."""
    loaded = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if loaded.width == 0 or loaded.height == 0:
        return 0
    if loaded.width > MAX_COLUMNS:
        raise DataError(_too_wide(path, name, loaded.width))
    connection.register("sheet_in", loaded)
    stored = ", ".join(f"{quoted(column)} as c{i}" for i, column in enumerate(connection.table("sheet_in").columns))
    connection.table("sheet_in").project(f"row_number() over () as line, {stored}").to_table(table)
    connection.unregister("sheet_in")
    return int(loaded.width)


def _too_wide(path: Path, sheet: str, width: int) -> Message:
    return message(
        "{file}, sheet '{sheet}': {columns:column|columns} {columns:?is|are} filled, and {limit} at most can be "
        "read. Keep the columns of the list of invoices, and try again.",
        file=path.name,
        sheet=sheet,
        columns=width,
        limit=MAX_COLUMNS,
    )


def _table_count(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute("select count(*) from duckdb_tables()").fetchall()[0][0])


def _framed(
    path: Path,
    sheet: str | None,
    connection: duckdb.DuckDBPyConnection,
    name: str,
    width: int,
    *,
    header_row: int | None,
    is_spreadsheet: bool,
) -> RawTable | None:
    """The table under its header, or None when the sheet holds no table of two columns and a row."""
    relation = connection.table(name)
    first = [tuple(row) for row in relation.order("line").limit(_HEADER_SEARCH_ROWS).fetchall()]
    if not first:
        return None
    at = _header_position(first) if header_row is None else _position_of(first, header_row)
    if at is None:
        if header_row is not None:
            raise DataError(
                message(
                    "{file} has no row {line} among its first rows. Correct header_row in portfolio.yaml.",
                    file=path.name,
                    line=header_row,
                )
            )
        return None
    line, at, cells = joined(first, at)
    headers = _named(cells)
    # Empty rows go now: passing over them would cost every later look at the table.
    likely = " and ".join(f"coalesce(c{i}, '') < '!'" for i in range(width))
    empty = " and ".join(f"trim(coalesce(c{i}, '')) = ''" for i in range(width))
    connection.execute(f"delete from {name} where {likely} and {empty}")
    body = relation.filter(f"line > {int(line)}")
    titles = [" ".join(str(cell) for cell in row[1:] if cell and str(cell).strip()) for row in first[:at]]
    if not body.limit(1).fetchall():
        return None
    return RawTable(
        path, sheet, int(line), headers, body, is_spreadsheet, titles=tuple(title for title in titles if title)
    )


def _position_of(rows: Sequence[tuple[object, ...]], line: int) -> int | None:
    return next((index for index, row in enumerate(rows) if row[0] == line), None)


def _header_position(rows: Sequence[tuple[object, ...]]) -> int | None:
    """The first row that is as wide as the table, made of distinct words, and above rows that are not like it."""
    filled = [[_text(cell) for cell in row[1:] if _text(cell)] for row in rows]
    widths = Counter(len(cells) for cells in filled if len(cells) > 1)
    if not widths:
        return None
    usual = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
    best: tuple[float, int] | None = None
    for index, cells in enumerate(filled):
        if len(cells) < max(2, usual * 0.5):
            continue
        words = sum(1 for cell in cells if not _NUMERIC.fullmatch(cell) and len(cell) < 80) / len(cells)
        distinct = len({cell.lower() for cell in cells}) / len(cells)
        below = [cells_below for cells_below in filled[index + 1 : index + 6] if len(cells_below) > 1]
        numbers_below = max(
            (sum(1 for cell in row if _NUMERIC.fullmatch(cell)) / len(row) for row in below), default=0.0
        )
        score = 2 * words + distinct + min(len(cells) / usual, 1.0) + min(numbers_below, 0.5) - 0.02 * index
        if words >= 0.6 and (best is None or score > best[0] + 1e-9):
            best = (score, index)
    # A header repeated inside the table is its first one: the rows between are not titles.
    return None if best is None else filled.index(filled[best[1]])


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _named(cells: Sequence[object]) -> tuple[str, ...]:
    """Header texts, made distinct: an empty one takes its place's number, a repeated one a rank."""
    headers: list[str] = []
    for index, cell in enumerate(cells):
        name = " ".join(_text(cell).split()) or f"column {index + 1}"
        rank, distinct = 1, name
        while distinct in headers:
            rank += 1
            distinct = f"{name} ({rank})"
        headers.append(distinct)
    return tuple(headers)
