"""What is known of a workbook before it is opened: how far its cells reach, its macros, its links to other files.

The reader lays out every cell between the first and the last one: a single cell far away would take all the memory.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from riskkit.errors import DataError, Message, message

MAX_CELLS = 64_000_000
MAX_COLUMNS = 500
_ODS_WEIGHT = 6  # a cell of an OpenDocument sheet takes about six times the memory, once read
_SCAN_BYTES = 64_000_000
_BLOCK = 1 << 20
_OVERLAP = 64
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_DIMENSION = re.compile(rb"""<(?:\w+:)?dimension\s+ref=["'](?:[A-Z]+[0-9]+:)?([A-Z]{1,3})([0-9]{1,7})["']""")
_CELL = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_ERROR = re.compile(rb"""<c\s(?=[^>]*\st=["']e["'])[^>]*?r=["']([A-Z]{1,3}[0-9]{1,7})["']""")
_ODS_ROW = re.compile(rb"<table:table-row([^>]*)>(.*?)</table:table-row>", re.DOTALL)
_ODS_FILLED = re.compile(rb"<table:table-cell([^>]*value-type[^>]*)>")
_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated=["']([0-9]{1,9})["']""")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError, KeyError)


def check_reach(path: Path) -> None:
    """`DataError` when the cells of a sheet reach so far that laying them out would take gigabytes."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for item in archive.infolist():
                if _SHEET.fullmatch(item.filename):
                    _refuse_reach(path, *_reach(archive, item))
                elif item.filename == "content.xml":
                    _refuse_reach(path, *_repeats(archive, item), weight=_ODS_WEIGHT)
    except _UNREADABLE:
        return  # what cannot be unpacked is said by the reader


def workbook_notes(path: Path) -> list[Message]:
    """What a workbook holds that is not read: errors in cells (of a sheet not too large), macros, links to others."""
    if not zipfile.is_zipfile(path):
        return []
    notes, errors = [], list[bytes]()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        sheets = [item for item in archive.infolist() if _SHEET.fullmatch(item.filename)]
        if sum(item.file_size for item in sheets) <= _SCAN_BYTES:
            for item in sheets:
                errors += _ERROR.findall(archive.read(item))
    if errors:
        notes.append(
            message(
                "{file}: {count:cell|cells} {count:?holds|hold} an Excel error such as #REF!, the first in {cell}: "
                "{count:?it is|they are} read as empty. Correct {count:?it|them} in Excel, or ask for the file again.",
                file=path.name,
                count=len(errors),
                cell=errors[0].decode("ascii"),
            )
        )
    if any(name.endswith("vbaProject.bin") for name in names):
        notes.append(message("{file} holds macros: they are neither read nor run.", file=path.name))
    if any(name.startswith("xl/externalLinks/") for name in names):
        notes.append(
            message(
                "{file} has links to other workbooks: they are not followed, and the values Excel last saved are read.",
                file=path.name,
            )
        )
    return notes


def _reach(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> tuple[int, int]:
    """The last row and column of a sheet: by its cells, or by what a large sheet says of itself."""
    if item.file_size > _SCAN_BYTES:
        with archive.open(item) as sheet:
            said = _DIMENSION.search(sheet.read(_BLOCK))
        if said is not None and said[0].find(b":") > 0:
            return int(said[2]), _column_number(said[1])
    rows = columns = 0
    for block in _blocks(archive, item):
        found = _CELL.findall(block)
        if found:
            rows = max(rows, max(int(row) for _, row in found))
            columns = max(columns, max(map(_column_number, {letters for letters, _ in found})))
    return rows, columns


def _repeats(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> tuple[int, int]:
    """Rows and columns of an OpenDocument sheet, repeated filled cells counted; empty ones cost the reader nothing."""
    rows = columns = 0
    content = archive.read(item) if item.file_size <= _SCAN_BYTES else b""
    for row in _ODS_ROW.finditer(content):
        filled = _ODS_FILLED.findall(row[2])
        if filled:
            rows += _times(row[1])
            columns = max(columns, sum(map(_times, filled)))
    return rows, columns


def _times(tag: bytes) -> int:
    found = _REPEATED.search(tag)
    return int(found[1]) if found else 1


def _blocks(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> Iterator[bytes]:
    kept = b""
    with archive.open(item) as content:
        while block := content.read(_BLOCK):
            yield kept + block
            kept = block[-_OVERLAP:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _refuse_reach(path: Path, rows: int, columns: int, *, weight: int = 1) -> None:
    if rows * columns * weight > MAX_CELLS:
        raise DataError(
            message(
                "{file} reaches row {rows} and column {columns}, most of it empty: opening it would take too much "
                "memory. Delete the empty rows and columns in Excel, or save the sheet as CSV.",
                file=path.name,
                rows=rows,
                columns=columns,
            )
        )
