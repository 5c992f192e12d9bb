"""Mutations of a text table: its bytes, its lines, its columns, the container it travels in."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable
from random import Random

import xlsxwriter

Rows = list[list[str]]
Fresh = tuple[str, bytes]

_CELLS = (
    "", " ", "-", "n/a", "NC", "#REF!", "#N/A", "(12,50)", "12,50-", "1 234,56 €", "1.234", "1,234.56", "1E5", "1e400",
    "9" * 40, "-0", "0", "31/02/2024", "00/00/0000", "2024-13-01", "99/99/9999", "12/31/2023", "45000", "1900-01-01",
    "TOTAL", "Total général", "É\u0301", "\u202f12\u202f000,5", "😀", '"', '""', "'", ";", "a" * 3000, "\x00", "\x1f",
    "=1+1", "nan", "inf", "-inf", "None", "0x1A", "1_000", "½", "٣", "CR", "12,5CR", "--5", "5--", "$", "USD", "12 USD",
)  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,4})?")
_WORDS = (
    "Montant", "Montant TTC", "Montant HT", "Date", "Échéance", "Client", "Total", "0-30", "> 90", "Non échu", "SIREN",
    "Débit", "Crédit", "Sens", "Solde", "Devise", "Quantité", "Prix unitaire", "Échéance 1", "Montant 1", "", "c0",
    "line", "reason", "Statut", "Type", "Société", "currency", "select", "Réglé", "due date", "Litige",
)  # fmt: skip


def mutated(name: str, text: str, separator: str, random: Random) -> Fresh:
    """A file name and its bytes, after one to four mutations."""
    rows = [line.split(separator) for line in text.splitlines()]
    for _ in range(random.randint(0, 3)):
        random.choice(_TABLE)(rows, random)
    ending = random.choice(["\n", "\r\n", "\n", "\r"]) if random.random() < 0.3 else "\n"
    joined = ending.join(separator.join(row) for row in rows) + random.choice([ending, ""])
    return _packed(name, rows, joined, random)


def _packed(name: str, rows: Rows, joined: str, random: Random) -> Fresh:
    way = random.random()
    if way < 0.18:
        content, name = _workbook(rows), name.rsplit(".", 1)[0] + ".xlsx"
        return name, _bytes(content, random) if random.random() < 0.4 else content
    encoding = random.choice(["utf-8"] * 6 + ["cp1252", "utf-8-sig", "utf-16", "cp850", "utf-16-le"])
    content = joined.encode(encoding, errors="replace")
    if random.random() < 0.45:
        content = _bytes(content, random)
    if way > 0.95:
        return name + ".gz", gzip.compress(content, mtime=0)[: random.choice([None, -7, 40])]
    return name, content


def _bytes(content: bytes, random: Random) -> bytes:
    made = bytearray(content)
    for _ in range(random.choice([1, 1, 1, 2, 5, 30])):
        if not made:
            return bytes(made)
        at = random.randrange(len(made))
        match random.randrange(7):
            case 0:
                made[at] = random.randrange(256)
            case 1:
                del made[at : at + random.choice([1, 3, 50])]
            case 2:
                made[at:at] = random.randbytes(random.choice([1, 2, 9]))
            case 3:
                del made[at:]
            case 4:
                made[at:at] = made[at : at + random.choice([5, 60])]
            case 5:
                made[at:at] = random.choice([b'"', b"'", b"\x00", b"\xef\xbb\xbf", b"\r", b"\n\n", b"\t", b";", b","])
            case _:
                made[at] ^= 1 << random.randrange(8)
    return bytes(made)


def _workbook(rows: Rows) -> bytes:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Feuil1")
        for place, row in enumerate(rows):
            for column, cell in enumerate(row[:200]):
                clean = "".join(letter for letter in cell if letter >= " ")
                if _NUMBER.fullmatch(clean):
                    sheet.write_number(place, column, float(clean.replace(",", ".")))
                else:
                    sheet.write_string(place, column, clean)
    return sink.getvalue()


def _place(rows: Rows, random: Random) -> int:
    return random.randrange(len(rows)) if rows else 0


def _delete_line(rows: Rows, random: Random) -> None:
    if rows:
        del rows[_place(rows, random)]


def _repeat_line(rows: Rows, random: Random) -> None:
    if rows:
        rows.insert(_place(rows, random), list(rows[_place(rows, random)]))


def _swap_lines(rows: Rows, random: Random) -> None:
    if rows:
        a, b = _place(rows, random), _place(rows, random)
        rows[a], rows[b] = rows[b], rows[a]


def _blank_line(rows: Rows, random: Random) -> None:
    rows.insert(_place(rows, random), random.choice([[""], ["", "", ""], [" "]]))


def _title(rows: Rows, random: Random) -> None:
    rows.insert(0, random.choice([["Export du 31/12/2023"], ["Société X", "", "Page 1"], [""]]))


def _total(rows: Rows, random: Random) -> None:
    if rows:
        width = len(rows[-1])
        rows.append([random.choice(["Total", "TOTAL GENERAL", "Sous-total"])] + [""] * max(width - 2, 0) + ["123,45"])


def _header_again(rows: Rows, random: Random) -> None:
    if rows:
        rows.insert(_place(rows, random), list(rows[0]))


def _cut_line(rows: Rows, random: Random) -> None:
    if rows:
        at = _place(rows, random)
        rows[at] = rows[at][: random.randint(0, len(rows[at]))]


def _widen_line(rows: Rows, random: Random) -> None:
    if rows:
        rows[_place(rows, random)] += ["x"] * random.choice([1, 2, 40])


def _change_cells(rows: Rows, random: Random) -> None:
    for _ in range(random.choice([1, 1, 3, 12])):
        if rows and rows[at := _place(rows, random)]:
            rows[at][random.randrange(len(rows[at]))] = random.choice(_CELLS)


def _drop_column(rows: Rows, random: Random) -> None:
    at = random.randrange(max(len(rows[0]), 1)) if rows else 0
    for row in rows:
        del row[at : at + 1]


def _repeat_column(rows: Rows, random: Random) -> None:
    at = random.randrange(max(len(rows[0]), 1)) if rows else 0
    for row in rows:
        row[at:at] = row[at : at + 1]


def _swap_columns(rows: Rows, random: Random) -> None:
    width = len(rows[0]) if rows else 0
    if width > 1:
        a, b = random.randrange(width), random.randrange(width)
        for row in rows:
            if len(row) > max(a, b):
                row[a], row[b] = row[b], row[a]


def _rename_column(rows: Rows, random: Random) -> None:
    if rows and rows[0]:
        rows[0][random.randrange(len(rows[0]))] = random.choice(_WORDS)


def _spoil_column(rows: Rows, random: Random) -> None:
    at, cell = (random.randrange(max(len(rows[0]), 1)) if rows else 0), random.choice(_CELLS)
    for row in rows[1:]:
        if len(row) > at and random.random() < 0.7:
            row[at] = cell


_TABLE: tuple[Callable[[Rows, Random], None], ...] = (
    _delete_line, _repeat_line, _swap_lines, _blank_line, _title, _total, _header_again, _cut_line, _widen_line,
    _change_cells, _change_cells, _change_cells, _drop_column, _repeat_column, _swap_columns, _rename_column,
    _spoil_column,
)  # fmt: skip
