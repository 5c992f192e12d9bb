"""The first rows of a large file, as a file of the same kind: enough to understand its columns."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

PREVIEW_ROWS = 2_000
_TEXT_BYTES = 8_000_000
_PREVIEW_LINES, _LONGEST_PREVIEW = 100, 64_000_000
_SHEET_BYTES = 20_000_000
_BLOCK = 1 << 20
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_STRINGS = "xl/sharedStrings.xml"
_ROW_END = re.compile(rb"</((?:\w+:)?)row>")
_STRING_END = re.compile(rb"</(?:\w+:)?si>")
_STRING_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*\bt="s"[^>]*>\s*<(?:\w+:)?v>(\d+)<""")


def text_preview(path: Path, *, folder: Path) -> Path:
    """The first lines of a large text file, written into `folder`; the file itself when it is small."""
    if path.stat().st_size <= _TEXT_BYTES:
        return path
    target = _aside(path, folder)
    with path.open("rb") as source:
        start = source.read(_BLOCK)
        while start.count(b"\n") < _PREVIEW_LINES and len(start) < _LONGEST_PREVIEW and (more := source.read(_BLOCK)):
            start += more
    target.write_bytes(start[: start.rfind(b"\n") + 1] or start)
    # An encoding of two bytes a letter ends its line with a zero byte, which must not be cut off.
    if start.count(b"\x00") > len(start) // 4:
        target.write_bytes(start[: len(start) // 4 * 4])
    return target


def workbook_preview(path: Path, *, folder: Path) -> Path:
    """A workbook with the first rows of each large sheet, written into `folder`; the file itself when it is small."""
    if not zipfile.is_zipfile(path):
        return path
    target = _aside(path, folder)
    try:
        with zipfile.ZipFile(path) as archive:
            sheets = [item for item in archive.infolist() if _SHEET.fullmatch(item.filename)]
            if sum(item.file_size for item in sheets) <= _SHEET_BYTES:
                return path
            cut = {item.filename: _first_rows(archive, item.filename) for item in sheets}
            texts = [int(index) for rows in cut.values() for index in _STRING_CELL.findall(rows)]
            with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as preview:
                for item in archive.infolist():
                    if item.filename == _STRINGS:
                        preview.writestr(item.filename, _first_strings(archive, max(texts, default=-1) + 1))
                    else:
                        preview.writestr(item.filename, cut.get(item.filename) or archive.read(item))
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError):
        return path
    return target


def _aside(path: Path, folder: Path) -> Path:
    aside = folder / "preview"
    aside.mkdir(exist_ok=True)
    return aside / path.name


def _first_rows(archive: zipfile.ZipFile, name: str) -> bytes:
    kept = b""
    with archive.open(name) as sheet:
        while block := sheet.read(_BLOCK):
            kept += block
            ends = list(_ROW_END.finditer(kept))
            if len(ends) >= PREVIEW_ROWS:
                end = ends[PREVIEW_ROWS - 1]
                return kept[: end.end()] + b"</%bsheetData></%bworksheet>" % (end[1], end[1])
            if len(kept) > _SHEET_BYTES:
                raise ValueError("rows too long to preview")
    return kept


def _first_strings(archive: zipfile.ZipFile, count: int) -> bytes:
    kept = b""
    with archive.open(_STRINGS) as strings:
        while block := strings.read(_BLOCK):
            kept += block
            ends = list(_STRING_END.finditer(kept)) if count else []
            if len(ends) >= count:
                opening = re.search(rb"<((?:\w+:)?)sst\b[^>]*>", kept)
                if opening is None:
                    raise ValueError("no table of strings")
                last = ends[count - 1].end() if count else opening.end()
                return kept[:last] + b"</%bsst>" % opening[1]
            if len(kept) > 4 * _SHEET_BYTES:
                raise ValueError("strings too far to preview")
    return kept
