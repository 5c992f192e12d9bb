"""Text tables: their encoding, separator and quoting found from the bytes, every cell kept as text with its line."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from riskkit.errors import DataError, message

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS = (";", "\t", "|", ",")
_SAMPLE_LINES = 200
_BLOCK = 1 << 20
_CHUNK_ROWS = 50_000
_ASCII = bytes(range(128))
_MAX_COLUMNS = 500
_LETTERS = set("éèêëàâäçîïôöùûüÉÈÊËÀÂÇÎÏÔÙÛœŒ€°«»ñáíóúß’£")


@dataclass(frozen=True)
class Dialect:
    """How a text table is written."""

    encoding: str
    separator: str
    is_quoted: bool
    width: int


def find_encoding(path: Path) -> str:
    """The encoding of a text file: by its mark, else UTF-8 when all bytes agree, else the likeliest older one."""
    with path.open("rb") as handle:
        start = handle.read(_BLOCK)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[:4000:2].count(0) > len(start[:4000]) // 4:
        return "utf-16-be"
    if start[1:4000:2].count(0) > len(start[:4000]) // 4:
        return "utf-16-le"
    decoder = codecs.getincrementaldecoder("utf-8")()
    high_bytes = bytearray()
    is_utf8 = True
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
            if not block.isascii() and len(high_bytes) < _BLOCK:
                high_bytes += block.translate(None, _ASCII)
    return "utf-8" if is_utf8 and not decoder.getstate()[0] else _older_encoding(bytes(high_bytes))


def _older_encoding(high_bytes: bytes) -> str:
    def likeness(encoding: str) -> int:
        letters = high_bytes.decode(encoding, errors="replace")
        return sum(1 if letter in _LETTERS else 0 if letter == "\u00a0" else -1 for letter in letters)

    return max(("cp1252", "iso8859-15", "cp850", "mac-roman"), key=likeness)


def find_dialect(path: Path, *, encoding: str | None = None, separator: str | None = None) -> Dialect:
    """How the text table of that file is written; `encoding` and `separator` given are taken as they are."""
    chosen = encoding or find_encoding(path)
    try:
        with path.open(encoding=chosen, errors="replace", newline="") as handle:
            lines = [line.rstrip("\r\n") for line in islice(_lines(handle), _SAMPLE_LINES)]
    except LookupError:
        raise DataError(
            message(
                "{file}: the encoding '{encoding}' is not known. Write utf-8, cp1252 or utf-16 in portfolio.yaml.",
                file=path.name,
                encoding=chosen,
            )
        ) from None
    mark = separator or max(SEPARATORS, key=lambda s: _regularity(lines, s))
    is_quoted = any(f'{mark}"' in line or line.lstrip().startswith('"') for line in lines)
    widths = [len(fields) for fields in _parsed(lines, mark, is_quoted=is_quoted)]
    return Dialect(chosen, mark, is_quoted, min(max(widths, default=1), _MAX_COLUMNS))


def _lines(handle: io.TextIOBase) -> Iterator[str]:
    while line := handle.readline(_BLOCK):
        if line.strip():
            yield line


def _parsed(lines: list[str], separator: str, *, is_quoted: bool) -> list[list[str]]:
    try:
        return list(_reader(lines, separator, is_quoted=is_quoted))
    except csv.Error:
        return [line.split(separator) for line in lines]


def _reader(lines: Iterable[str], separator: str, *, is_quoted: bool) -> CsvReader:
    if is_quoted:
        return csv.reader(lines, delimiter=separator)
    return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)


def _regularity(lines: list[str], separator: str) -> float:
    """How well a separator explains the lines: share of lines of the commonest width, more for wider tables."""
    widths = Counter(len(fields) for fields in _parsed(lines, separator, is_quoted=True))
    widths.pop(1, None)
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return count / max(len(lines), 1) + min(width, 20) / 100


def load(path: Path, dialect: Dialect, connection: duckdb.DuckDBPyConnection, *, table: str, folder: Path) -> int:
    """Read the file into a table of text columns c0, c1, … and its `line`; returns how many columns it has.

    DuckDB reads regular files. A file with blank lines or line breaks inside quotes is read row by row, so that
    every row keeps the line of the file where it begins.
    """
    source = path
    if dialect.encoding not in ("utf-8", "utf-8-sig"):
        source = folder / f"{table}.txt"
        with (
            path.open(encoding=dialect.encoding, errors="replace", newline="") as old,
            source.open("w", encoding="utf-8", newline="") as new,
        ):
            while block := old.read(_BLOCK):
                new.write(block.replace("\x00", ""))
    if not _load_fast(source, dialect, connection, table=table):
        return _load_slowly(source, dialect, connection, table=table)
    return dialect.width


def _load_fast(path: Path, dialect: Dialect, connection: duckdb.DuckDBPyConnection, *, table: str) -> bool:
    try:
        rows = connection.read_csv(
            str(path),
            header=False,
            sep=dialect.separator,
            quotechar='"' if dialect.is_quoted else "",
            escapechar='"' if dialect.is_quoted else "",
            columns={f"c{i}": "VARCHAR" for i in range(dialect.width)},
            auto_detect=False,
            strict_mode=False,
            null_padding=True,
            max_line_size=10_000_000,
        )
        rows.project("row_number() over () as line, *").to_table(table)
    except duckdb.Error:
        connection.execute(f"drop table if exists {table}")
        return False
    if connection.table(table).shape[0] == _line_count(path, dialect):
        return True
    connection.execute(f"drop table {table}")
    return False


def _line_count(path: Path, dialect: Dialect) -> int:
    """How many lines a file has; -1 when one has more separators than the table has columns, quotes aside."""
    mark, width, count = dialect.separator.encode(), dialect.width, 0
    with path.open("rb") as handle:
        for line in handle:
            count += 1
            if line.count(mark) >= width and b'"' not in line:
                return -1
    return count


def _load_slowly(path: Path, dialect: Dialect, connection: duckdb.DuckDBPyConnection, *, table: str) -> int:
    is_quoted = dialect.is_quoted
    width = 1
    for line, fields in _rows(path, dialect, is_quoted=is_quoted):
        width = max(width, len(fields))
        if is_quoted and any(field.count("\n") > 20 for field in fields):
            # A quote that never closes has swallowed lines: this file's quotes are only characters.
            return _load_slowly(
                path, Dialect(dialect.encoding, dialect.separator, False, width), connection, table=table
            )
        if width > _MAX_COLUMNS:
            raise DataError(
                message(
                    "{file}: line {line} has more than {count:column|columns}. Check the separator of the file.",
                    file=path.name,
                    line=line,
                    count=_MAX_COLUMNS,
                )
            )
    names = [f"c{i}" for i in range(width)]
    connection.execute(f"create table {table} (line bigint, " + ", ".join(f"{name} varchar" for name in names) + ")")
    rows = _rows(path, dialect, is_quoted=is_quoted)
    while chunk := [(line, *fields, *([None] * (width - len(fields)))) for line, fields in islice(rows, _CHUNK_ROWS)]:
        frame = pd.DataFrame(chunk, columns=["line", *names])
        frame[names] = frame[names].astype("str").where(frame[names].notna(), None)
        connection.append(table, frame)
    return width


def _rows(path: Path, dialect: Dialect, *, is_quoted: bool) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins; blank lines are passed over."""
    csv.field_size_limit(1 << 27)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as handle:
        reader = _reader(handle, dialect.separator, is_quoted=is_quoted)
        begins = 1
        for fields in reader:
            if fields:
                yield begins, fields
            begins = reader.line_num + 1
