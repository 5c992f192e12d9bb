"""How far the cells of a workbook reach and how much text they hold, by streaming: what a sheet says of itself may lie.

The reader lays out every cell between the first and the last one, and gives each cell a text of its own: a cell far
away, or a long text that a million cells share, would take all the memory, and end the process without a word.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from riskkit.errors import DataError, message
from riskkit.sources.container import refuse_swelling
from riskkit.sources.workbook_pieces import ATTRIBUTES, UNREADABLE, ahead, blocks, pieces, spans

MAX_CELLS = 64_000_000
MAX_COLUMNS = 500
_MAX_TEXT_BYTES = 4_000_000_000
_ODS_WEIGHT = 6  # a cell of an OpenDocument sheet takes about six times the memory, once read
_SHORTEST_CELL = len('<c t="s"><v>1</v></c>')
_STRINGS = "xl/sharedstrings.xml"
# In one pass: cells whose place is not written as A1 to Z999999, which bound what the others can reach.
_UNUSUAL = re.compile(rb"""<c[\s/>](?!r="[A-Z][0-9]{1,6}")(?:r="([A-Z]{1,3})([0-9]{1,10})")?""")
_PREFIXED = re.compile(rb":c[\s/>]")
_USUAL_ROWS, _USUAL_COLUMNS = 999_999, 26
_PLACED = re.compile(rb"<(/?)(?:[\w.-]+:)?(row|c)(?=[\s/>])(" + ATTRIBUTES + rb")>")
_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,10})["']""")
_ROW = re.compile(rb"""\sr\s*=\s*["']([0-9]{1,10})["']""")
_SHARED = re.compile(rb"""\st=["']s["'][^>]*>\s*<(?:\w+:)?v>\s*([0-9]{1,9})\s*<""")
_REPEATED_PART = re.compile(
    rb"<(/?)(table:table-row|table:table-cell|table:covered-table-cell|table:table|text:s)(?=[\s/>])("
    + ATTRIBUTES
    + rb")>"
)
_REPEATED = re.compile(rb"""(?:number-(?:rows|columns)-repeated|text:c)\s*=\s*["']([0-9]{1,18})["']""")


def check_reach(path: Path, *, but: Collection[str] = ()) -> None:
    """`DataError` when laying out the cells of a workbook, or the texts they share, would take gigabytes.

    The parts named by `but` are left out: whoever reads them looks at them first (`workbook_stretches`).
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
        longest = max((_longest_text(path, each) for each in parts if each.filename.lower() == _STRINGS), default=0)
        for part in parts:
            name = part.filename.lower()
            if part.filename in but:
                continue
            if name == "content.xml":
                _check_document(path, part)
            elif re.fullmatch(r"xl/worksheets/[^/]+\.bin", name):
                _refuse_reach(path, *_reach_of_records(path, part))
            elif name.startswith("xl/") and name.endswith(".xml") and name != _STRINGS:
                _check_sheet(path, part, parts, longest)
    except UNREADABLE:
        return  # what cannot be unpacked is said by the reader


def _check_sheet(path: Path, sheet: zipfile.ZipInfo, parts: list[zipfile.ZipInfo], longest: int) -> None:
    rows, columns = _bound(path, sheet)
    if rows * columns > MAX_CELLS:
        _refuse_reach(path, *_reach_by_place(path, sheet))
    if _texts_may_swell(sheet, longest):
        shared = sum(block.count(b't="s"') + block.count(b"t='s'") for block in blocks(path, sheet))
        if shared * longest > _MAX_TEXT_BYTES:
            _refuse_texts(path, sheet, next(part for part in parts if part.filename.lower() == _STRINGS))


def may_share_too_much(path: Path, sheet: zipfile.ZipInfo) -> bool:
    """Whether the cells of a sheet could hold gigabytes of the texts that the workbook shares."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    longest = max((_longest_text(path, each) for each in parts if each.filename.lower() == _STRINGS), default=0)
    return _texts_may_swell(sheet, longest)


def _texts_may_swell(sheet: zipfile.ZipInfo, longest: int) -> bool:
    return sheet.file_size // _SHORTEST_CELL * longest > _MAX_TEXT_BYTES


def _refuse_texts(path: Path, sheet: zipfile.ZipInfo, strings: zipfile.ZipInfo) -> None:
    lengths = [len(text) for text in b"".join(blocks(path, strings)).split(b"</si>")]
    used = (int(index) for block in blocks(path, sheet) for index in _SHARED.findall(block))
    total = sum(lengths[index] for index in used if index < len(lengths))
    if total > _MAX_TEXT_BYTES:
        refuse_swelling(path, packed_bytes=path.stat().st_size, unpacked_bytes=total)


def _bound(path: Path, sheet: zipfile.ZipInfo) -> tuple[int, int]:
    """The rows and the columns that no cell of a sheet is beyond, found at the speed of unpacking."""
    rows, columns = _USUAL_ROWS, _USUAL_COLUMNS
    for text, start, end in ahead(spans(path, sheet)):
        span_rows, span_columns = widened(text, start, end)
        rows, columns = max(rows, span_rows), max(columns, span_columns)
    return rows, columns


def widened(text: bytes, start: int, end: int) -> tuple[int, int]:
    """The rows and the columns that no cell of a stretch of a sheet, which cuts no tag in two, is beyond."""
    rows, columns = _USUAL_ROWS, _USUAL_COLUMNS
    unusual = _UNUSUAL.findall(text, start, end)
    if unusual:
        columns = max(columns, max(map(_column_number, {letters for letters, _ in unusual})))
        rows = max(rows, max(int(row or MAX_CELLS) for _, row in unusual))
    if b":" in text and _PREFIXED.search(text, start, end):
        rows = MAX_CELLS
    return rows, columns


def _reach_by_place(path: Path, sheet: zipfile.ZipInfo) -> tuple[int, int]:
    """The last row and column, every cell followed; one that does not say its place comes after the one before."""
    last_row = last_column = 0
    row = column = 1
    for block in blocks(path, sheet):
        for closing, name, attributes in _PLACED.findall(block):
            if name == b"row":
                said = _ROW.search(attributes)
                row = row + 1 if closing or attributes.endswith(b"/") else int(said[1]) if said else row
                column = 1
            elif not closing:
                place = _CELL.search(attributes)
                at, column = (int(place[2]), _column_number(place[1].upper())) if place else (row, column)
                last_row, last_column = max(last_row, at), max(last_column, column)
                column += 1
    return last_row, last_column


@dataclass
class _Repeats:
    """Where a reading of an OpenDocument file stands, and the widest reach and the text met so far."""

    widest: tuple[int, int] = (0, 0)
    text_bytes: int = 0
    reach: tuple[int, int] = (0, 0)
    rows: int = 0
    row_times: int = 1
    column: int = 0
    filled: int = 0
    cell_times: int = 1
    cell_start: int = 0
    spaces: int = 0

    def meet(self, name: bytes, attributes: bytes, *, closing: bool, at: int) -> None:
        """Take in a tag at that place of the file."""
        found = _REPEATED.search(attributes)
        times = int(found[1]) if found else 1
        is_whole = attributes.endswith(b"/")
        if name == b"table:table":
            self.rows, self.reach = 0, (0, 0)
        elif name == b"text:s":
            self.spaces += times
        elif name == b"table:table-row":
            if not closing:
                self.row_times, self.column, self.filled = times, 0, 0
            if closing or is_whole:
                self._end_row()
        else:
            if not closing:
                self.column, self.cell_times, self.cell_start, self.spaces = self.column + times, times, at, 0
                self.filled = self.column if b"value" in attributes else self.filled
            if closing or is_whole:
                self.text_bytes += (at - self.cell_start + self.spaces) * self.cell_times * self.row_times

    def _end_row(self) -> None:
        self.rows += self.row_times
        if self.filled:
            self.reach = (self.rows, max(self.reach[1], self.filled))
            self.widest = max(self.widest, self.reach, key=lambda each: each[0] * each[1])


def _check_document(path: Path, content: zipfile.ZipInfo) -> None:
    """The sheets of an OpenDocument file: rows and cells up to the last that holds something, and their texts."""
    met, begun = _Repeats(), 0
    for block in blocks(path, content):
        for tag in _REPEATED_PART.finditer(block):
            met.meet(tag[2], tag[3], closing=bool(tag[1]), at=begun + tag.start())
        begun += len(block)
    _refuse_reach(path, *met.widest, weight=_ODS_WEIGHT)
    if met.text_bytes > _MAX_TEXT_BYTES:
        refuse_swelling(path, packed_bytes=path.stat().st_size, unpacked_bytes=met.text_bytes)


def _reach_of_records(path: Path, sheet: zipfile.ZipInfo) -> tuple[int, int]:
    """The last row and column of a binary sheet (.xlsb): a record for each row, and one for each cell ([MS-XLSB])."""
    rows = columns = 0
    kept = b""
    for piece in pieces(path, sheet):
        kept += piece
        at, size = 0, len(kept)
        while size - at > 16:
            kind, after = _variable(kept, at, 2)
            length, start = _variable(kept, after, 4)
            if start + length > size:
                break
            if kind == 0:
                rows = max(rows, int.from_bytes(kept[start : start + 4], "little") + 1)
            elif 1 <= kind <= 11:
                columns = max(columns, int.from_bytes(kept[start : start + 4], "little") + 1)
            at = start + length
        kept = kept[at:]
    return rows, columns


def _variable(content: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    number = 0
    for place in range(most):
        byte = content[at + place]
        number |= (byte & 127) << (7 * place)
        if byte < 128:
            return number, at + place + 1
    return number, at + most


def _longest_text(path: Path, strings: zipfile.ZipInfo) -> int:
    longest = begun = 0
    for piece in pieces(path, strings):
        first, *others = piece.split(b"</si>")
        longest = max(longest, begun + len(first), *map(len, others))
        begun = len(others[-1]) if others else begun + len(first)
    return longest


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
