"""The text of a French accounting file (FEC): encoding, separator, place of each field, lines in blocks."""

from __future__ import annotations

import gzip
import io
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from riskkit.errors import DataError, Message, message
from riskkit.sources.container import not_readable, refuse_swelling

HEADERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "journal": ("journalcode", "codejournal"),
        "journal_label": ("journallib", "journallibelle", "libellejournal"),
        "number": ("ecriturenum", "numecriture", "ecriturenumero"),
        "date": ("ecrituredate", "dateecriture"),
        "account": ("comptenum", "numcompte", "comptenumero"),
        "account_label": ("comptelib", "comptelibelle", "libellecompte"),
        "auxiliary": ("compauxnum", "compteauxnum", "comptauxnum"),
        "auxiliary_label": ("compauxlib", "compteauxlib", "comptauxlib"),
        "piece": ("pieceref", "refpiece"),
        "piece_date": ("piecedate", "datepiece"),
        "label": ("ecriturelib", "ecriturelibelle", "libelleecriture"),
        "debit": ("debit",),
        "credit": ("credit",),
        "amount": ("montant",),
        "side": ("sens",),
        "lettering": ("ecriturelet", "lettrage", "ecriturelettrage"),
        "lettering_date": ("datelet", "datelettrage"),
    }
)
"""Names a field may have in a header, reduced to lower-case letters without accents."""

OFFICIAL = {
    "journal": "JournalCode",
    "number": "EcritureNum",
    "date": "EcritureDate",
    "account": "CompteNum",
    "auxiliary": "CompAuxNum",
    "debit": "Debit",
    "credit": "Credit",
}
REQUIRED = ("journal", "number", "date", "account")
SEPARATORS = ("\t", "|", ";")
ABSENT = 10_000
"""Position given to a field the file does not have: past the end of any line."""

BLOCK_CHARACTERS = 16_000_000
_HEADER_CHARACTERS = 65_536
_HEADER_LINES = 20
_CP1252 = {0xDC00 + byte: bytes([byte]).decode("cp1252", errors="replace") for byte in range(0x80, 0x100)}


@dataclass(frozen=True)
class Layout:
    """How one file is written. `positions` count from 1; `width` is the number of fields of the header."""

    encoding: str
    separator: str
    header_line: int
    width: int
    positions: Mapping[str, int]
    is_quoted: bool

    def position(self, field: str) -> int:
        """Where a field is, or a place past every line's end."""
        return self.positions.get(field, ABSENT)

    @property
    def needed_width(self) -> int:
        """Fewest fields a line may have: software that cuts trailing empty fields still writes these."""
        amounts = ("debit", "credit") if "debit" in self.positions else ("amount", "side")
        return max(self.position(field) for field in (*REQUIRED, *amounts))

    @property
    def separator_name(self) -> Message:
        """The separator in words."""
        names = {
            "\t": message("fields separated by tabs"),
            "|": message("fields separated by vertical bars"),
            ";": message("fields separated by semicolons"),
        }
        return names[self.separator]


def _bytes_of(path: Path) -> gzip.GzipFile | io.BufferedReader:
    with path.open("rb") as stream:
        is_gzip = stream.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if is_gzip else path.open("rb")


def find_encoding(path: Path) -> str:
    """The codec that reads every byte: UTF-8 (or 16) where it holds, else cp1252 or ISO-8859-15.

    A file of mostly sound UTF-8 with a few stray bytes keeps it (`utf-8-mixed`): only those are read as cp1252.
    """
    with _bytes_of(path) as stream:
        start = stream.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sound = stray = 0
    has_c1 = False
    size, packed = 0, path.stat().st_size
    with _bytes_of(path) as stream, io.TextIOWrapper(stream, "utf-8", errors="surrogateescape") as text:
        while block := text.read(BLOCK_CHARACTERS):
            size += len(block)
            refuse_swelling(path, packed_bytes=packed, unpacked_bytes=size, is_streamed=True)
            if block.isascii():
                continue
            strays = re.findall("[\udc80-\udcff]", block)
            stray += len(strays)
            sound += len(re.findall("[^\x00-\x7f]", block)) - len(strays)
            has_c1 = has_c1 or any("\udc80" <= byte <= "\udc9f" for byte in strays)
    if stray == 0:
        return "utf-8-sig"
    if sound > stray:
        return "utf-8-mixed"
    return "cp1252" if has_c1 else "iso8859-15"


def _text_of(path: Path, encoding: str) -> io.TextIOWrapper:
    is_mixed = encoding == "utf-8-mixed"
    # cp1252 leaves five bytes undefined; they become the replacement sign and never touch digits or separators
    errors = "surrogateescape" if is_mixed else "replace"
    return io.TextIOWrapper(_bytes_of(path), "utf-8-sig" if is_mixed else encoding, errors=errors, newline=None)


def field_name(title: str) -> str | None:
    """The field a header title stands for, or None."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    letters = re.sub(r"[^a-z]", "", plain.lower())
    return next((field for field, titles in HEADERS.items() if letters in titles), None)


def find_layout(text: str, *, encoding: str) -> tuple[Layout | None, list[str]]:
    """The layout that the first lines announce, and the official names of the needed fields they lack.

    The layout is None when no line holds at least half of the fields that a FEC must have.
    """
    best: tuple[int, Layout] | None = None
    for number, line in enumerate(text.split("\n")[:_HEADER_LINES], start=1):
        for separator in SEPARATORS:
            titles = [title.strip() for title in line.split(separator)]
            positions: dict[str, int] = {}
            for place, title in enumerate(titles, start=1):
                if (field := field_name(title)) is not None:
                    positions.setdefault(field, place)
            filled = [title for title in titles if title]
            is_quoted = bool(filled) and all(len(t) > 1 and t[0] == t[-1] == '"' for t in filled)
            layout = Layout(encoding, separator, number, len(titles), MappingProxyType(positions), is_quoted)
            if len(positions) >= 6 and (best is None or len(positions) > best[0]):
                best = (len(positions), layout)
    if best is None:
        return None, []
    has = best[1].positions
    missing = [OFFICIAL[field] for field in REQUIRED if field not in has]
    if not ({"debit", "credit"} <= has.keys() or {"amount", "side"} <= has.keys()):
        missing += [OFFICIAL[field] for field in ("debit", "credit") if field not in has]
    return best[1], missing


def looks_like_fec(path: Path) -> bool:
    """Whether the first lines of the file hold the header of a FEC, whatever its name, separator or encoding."""
    try:
        for encoding in ("utf-8-sig", "utf-16"):
            with _text_of(path, encoding) as text:
                layout, missing = find_layout(text.read(_HEADER_CHARACTERS), encoding=encoding)
            if layout is not None and not missing:
                return True
    except (OSError, EOFError, zlib.error, UnicodeError):
        return False
    return False


def read_layout(path: Path) -> Layout:
    """How the file is written. `DataError` when it cannot be opened, is empty or is not a FEC."""
    try:
        encoding = find_encoding(path)
        with _text_of(path, encoding) as text:
            beginning = text.read(_HEADER_CHARACTERS)
    except (OSError, EOFError, zlib.error, UnicodeError) as fault:
        raise _unreadable(path, fault) from None
    if not beginning.strip():
        raise DataError(message("{file} is empty. Ask for the FEC again.", file=path.name))
    layout, missing = find_layout(beginning, encoding=encoding)
    if layout is None:
        raise DataError(
            message(
                "{file} is not a FEC: no header with JournalCode, EcritureDate, CompteNum, Debit, Credit in its first "
                "lines. Give the text file exported by the accounting software, header included.",
                file=path.name,
            )
        )
    if missing:
        raise DataError(
            message(
                "{file}: the header lacks {fields}. Without them no line can be read. Export the FEC again with "
                "its 18 fields.",
                file=path.name,
                fields=", ".join(missing),
            )
        )
    return layout


def blocks(path: Path, layout: Layout) -> Iterator[tuple[int, str]]:
    """The lines after the header, in blocks of whole lines: number of the first line, text without a last newline."""
    next_line, rest = 1, ""
    try:
        with _text_of(path, layout.encoding) as text:
            while piece := text.read(BLOCK_CHARACTERS):
                whole, newline, tail = (rest + piece).rpartition("\n")
                rest = tail
                if newline:
                    yield from _after_header(next_line, whole, layout)
                    next_line += whole.count("\n") + 1
                elif len(rest) > BLOCK_CHARACTERS:
                    raise DataError(
                        message(
                            "{file}: line {line} has no end. It is not a ledger: export the FEC again.",
                            file=path.name,
                            line=next_line,
                        )
                    )
    except (OSError, EOFError, zlib.error, UnicodeError) as fault:
        raise _unreadable(path, fault) from None
    if rest:
        yield from _after_header(next_line, rest, layout)


def _after_header(first: int, whole: str, layout: Layout) -> Iterator[tuple[int, str]]:
    skipped = max(0, layout.header_line - first + 1)
    parts = whole.split("\n", skipped)
    if len(parts) <= skipped:
        return
    rest = parts[skipped]
    yield first + skipped, rest.translate(_CP1252) if layout.encoding == "utf-8-mixed" else rest


def _unreadable(path: Path, fault: Exception) -> DataError:
    if isinstance(fault, FileNotFoundError):
        return DataError(message("{file} does not exist. Check the path.", file=str(path)))
    if isinstance(fault, OSError) and not isinstance(fault, gzip.BadGzipFile):
        return DataError(not_readable(path))
    cut = message("an archive cut or damaged")
    why = message("letters that its encoding does not have") if isinstance(fault, UnicodeError) else cut
    return DataError(
        message("{file} cannot be read to its end ({fault}). Copy or export it again.", file=path.name, fault=why)
    )
