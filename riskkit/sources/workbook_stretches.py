"""A large sheet read a stretch of rows at a time: each is looked at before it is laid out, several at once.

The reader lays out a workbook in one thread, and only once every cell is known to be near. Here a sheet is unpacked and
cut between two rows; each stretch, with what it needs of its workbook, is a workbook of its own, laid out while the
next one is unpacked. A stretch begins by a row of our own, so what comes back says whether each of its cells is in its
own rows. Where anything is unusual nothing is guessed: the sheet is read whole, as small ones are.
"""

# ruff: noqa: S608 - only names of tables and columns written in this package are put into the SQL
from __future__ import annotations

import html
import io
import os
import re
import secrets
import zipfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import fastexcel

from riskkit.sources.parsing import quoted
from riskkit.sources.workbook_pieces import UNREADABLE, pieces
from riskkit.sources.workbook_reach import MAX_CELLS, MAX_COLUMNS, may_share_too_much, widened

_STRETCH_BYTES = 8_000_000
_MOST_STRINGS_BYTES = 16_000_000
_STRINGS_SHARE = 4  # a stretch is that many times as long as the texts shared by all, which are read with each
_FEWEST_STRETCHES = 2
_NEEDED = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|xl/(_rels/workbook\.xml\.rels|workbook\.xml|styles\.xml)")
_ROW_END = b"</row>"
_STRINGS = "xl/sharedStrings.xml"
_HEAD = re.compile(rb"(.*<worksheet[^>]*>).*?<sheetData>", re.DOTALL)
_ROW_START = re.compile(rb"""<row\s(?:[^>]*?\s)?r=["']([0-9]{1,7})["'][^>]*>""")
_SHEET = re.compile(r"<sheet\s[^>]*>")
_RELATION = re.compile(r"<Relationship\s[^>]*>")


class _OddSheetError(Exception):
    """Something in a sheet is not as it usually is."""


@dataclass(frozen=True)
class LargeSheet:
    """A sheet that can be read in stretches: its file, its name, where it is, and what its stretches need with it."""

    path: Path
    name: str
    part: zipfile.ZipInfo
    beside: tuple[tuple[str, bytes], ...]
    stretch_bytes: int
    mark: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True)
class _Stretch:
    """Whole rows of a sheet, as a workbook, with a row of our own: the one before them, or after the first ones.

    It comes first in the text, so that a cell of the sheet that claims its place takes it, and is seen.
    """

    workbook: bytes
    first: int
    last: int
    own: int


def large_sheets(path: Path) -> dict[str, LargeSheet]:
    """The sheets of a workbook that are worth reading in stretches, by name; empty for a file of another kind."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {part.filename: part for part in archive.infolist()}
            if len(parts) != len(archive.infolist()) or "xl/workbook.xml" not in parts:
                return {}
            strings = parts[_STRINGS].file_size if _STRINGS in parts else 0
            stretch = max(_STRETCH_BYTES, _STRINGS_SHARE * strings)
            large = {
                name: parts[place]
                for name, place in _places(archive).items()
                if place in parts and parts[place].file_size >= _FEWEST_STRETCHES * stretch
            }
            if not large or strings > _MOST_STRINGS_BYTES:
                return {}
            beside = tuple((name, archive.read(name)) for name in parts if _NEEDED.fullmatch(name) or name == _STRINGS)
    except (*UNREADABLE, KeyError, UnicodeDecodeError):
        return {}  # what cannot be unpacked is said by the reader
    return {
        name: LargeSheet(path, name, part, beside, stretch)
        for name, part in large.items()
        if not may_share_too_much(path, part)
    }


def load_in_stretches(sheet: LargeSheet, connection: duckdb.DuckDBPyConnection, *, table: str) -> int | None:
    """Make the table of a sheet's cells (`line`, c0, c1, …); to: its columns, None when it must be read whole."""
    try:
        return _load(sheet, connection, table=table)
    except (_OddSheetError, fastexcel.FastExcelError, *UNREADABLE):
        connection.execute(f"drop table if exists {table}")
        return None


def _places(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where each sheet of a workbook is, by its name; empty when two say the same."""
    said = archive.read("xl/workbook.xml").decode()
    related = archive.read("xl/_rels/workbook.xml.rels").decode()
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in _RELATION.findall(related)}
    sheets = [(_attribute(tag, "name"), _attribute(tag, "r:id")) for tag in _SHEET.findall(said)]
    places = {name: targets.get(relation, "") for name, relation in sheets}
    if len(places) != len(sheets) or len(set(places.values())) != len(sheets):
        return {}
    return {name: place[1:] if place.startswith("/") else f"xl/{place}" for name, place in places.items()}


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\s{name}=(?:"([^"]*)"|'([^']*)')""", tag)
    return html.unescape(found[1] or found[2] or "") if found else ""


def _load(sheet: LargeSheet, connection: duckdb.DuckDBPyConnection, *, table: str) -> int:
    width = written = 0
    marks: list[int] = []
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        try:
            for stretch, loaded in _laid_out(sheet, pool):
                width = _widen(connection, table, width, loaded.width)
                _insert(connection, loaded, stretch, mark=sheet.mark, table=table, at=written)
                marks.append(written + stretch.own - stretch.first)
                written += loaded.height
        finally:
            pool.shutdown(cancel_futures=True)
    connection.execute(f"delete from {table} where rowid in (select unnest($marks))", {"marks": marks})
    return width


def _laid_out(sheet: LargeSheet, pool: ThreadPoolExecutor) -> Iterator[tuple[_Stretch, Any]]:
    """The stretches in their order, each with its cells; a few are on their way while one is taken."""
    coming: deque[tuple[_Stretch, Future[Any]]] = deque()
    most = (os.cpu_count() or 1) + 1
    for stretch in _stretches(sheet):
        coming.append((stretch, pool.submit(_lay_out, sheet.name, stretch)))
        if len(coming) >= most:
            taken, future = coming.popleft()
            yield taken, future.result()
    while coming:
        taken, future = coming.popleft()
        yield taken, future.result()


def _lay_out(name: str, stretch: _Stretch) -> Any:
    reader = fastexcel.read_excel(stretch.workbook)
    # The first stretch is given from the first row of the sheet, any other from the row of our own.
    skipped = 0 if stretch.first == 1 else None
    return reader.load_sheet(name, header_row=None, skip_rows=skipped, dtypes="string")


def _stretches(sheet: LargeSheet) -> Iterator[_Stretch]:
    """Whole rows of a sheet, none of whose cells is far; `_OddSheetError` where they cannot be told or are odd."""
    head, kept, after = b"", b"", 0
    gathered: list[bytes] = []
    size = 0
    for piece in pieces(sheet.path, sheet.part):
        gathered.append(piece)
        size += len(piece)
        if size < sheet.stretch_bytes:
            continue
        head, kept, stretch = _cut(sheet, head, b"".join(gathered), after)
        after, gathered, size = stretch.last, [kept], len(kept)
        yield stretch
    kept = b"".join(gathered)
    if _ROW_END in kept:
        head, kept, stretch = _cut(sheet, head, kept, after)
        yield stretch
    if not kept.lstrip().startswith(b"</sheetData>") or b"<row" in kept or b"<c " in kept:
        raise _OddSheetError


def _cut(sheet: LargeSheet, head: bytes, text: bytes, after: int) -> tuple[bytes, bytes, _Stretch]:
    """The head of the sheet, what is left after the last whole row, and the rows before it."""
    begun = 0
    if not head:
        found = _HEAD.match(text, 0, 1 << 16)
        if found is None:
            raise _OddSheetError
        head, begun = found[1] + b"<sheetData>", found.end()
    end = text.rfind(_ROW_END, begun) + len(_ROW_END)
    last = _ROW_START.match(text, text.rfind(b"<row ", begun, end)) if end >= begun + len(_ROW_END) else None
    if last is None or not after < int(last[1]) or _is_odd(text, begun, end):
        raise _OddSheetError
    first, own = (after, after) if after else (1, int(last[1]) + 1)
    mark = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%b</t></is></c></row>' % (own, own, sheet.mark.encode())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sheet.beside:
            archive.writestr(name, content)
        with archive.open(sheet.part.filename, "w") as rows:
            rows.write(head + mark)
            rows.write(memoryview(text)[begun:end])
            rows.write(b"</sheetData></worksheet>")
    return head, text[end:], _Stretch(packed.getvalue(), first, int(last[1]), own)


def _is_odd(text: bytes, start: int, end: int) -> bool:
    """Whether rows hold anything but rows, cells and texts, or a cell that may be far away."""
    # One letter is found at ten times the speed of two, and these are in texts only.
    if any(mark[1:] in text and text.find(mark, start, end) >= 0 for mark in (b"<!", b"<?")):
        return True
    if text.find(b"sheetData", start, end) >= 0:
        return True
    rows, columns = widened(text, start, end)
    return rows * columns > MAX_CELLS


def _widen(connection: duckdb.DuckDBPyConnection, table: str, before: int, width: int) -> int:
    if width > MAX_COLUMNS or width == 0:
        raise _OddSheetError
    if not before:
        columns = ", ".join(f"c{i} varchar" for i in range(width))
        connection.execute(f"create table {table} (line bigint, {columns})")
    for i in range(before, width) if before else ():
        connection.execute(f"alter table {table} add column c{i} varchar")
    return max(before, width)


def _insert(
    connection: duckdb.DuckDBPyConnection, loaded: Any, stretch: _Stretch, *, mark: str, table: str, at: int
) -> None:
    """Add the cells of a stretch, seen to be all in its own rows; `at` is how many rows the table was given before."""
    if loaded.height > max(stretch.last, stretch.own) + 1 - stretch.first:
        raise _OddSheetError
    connection.register("sheet_in", loaded)
    columns = connection.table("sheet_in").columns
    given = ", ".join(quoted(column) for column in columns)
    names = ", ".join(f"c{i}" for i in range(len(columns)))
    connection.execute(
        f"insert into {table} (line, {names}) select row_number() over () + {stretch.first - 1}, {given} from sheet_in"
    )
    connection.unregister("sheet_in")
    own = connection.execute(
        f"select * exclude (line) from {table} where rowid = {at + stretch.own - stretch.first}"
    ).fetchall()[0]
    if own[0] != mark or any(cell is not None for cell in own[1:]):
        raise _OddSheetError
    if stretch.first == 1 and connection.execute(f"select count(c0) from {table}").fetchall()[0][0] == 1:
        raise _OddSheetError  # the reader leaves out the first columns of a sheet when they are empty
