"""Mutations of a text table: its bytes, its lines, its columns, the container it travels in."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import xlsxwriter

from tests.fuzz.corpus import Seed

Rows = list[list[str]]


@dataclass(frozen=True)
class Fresh:
    """A file to read: its name and bytes, and where nothing in its bytes hides it, its text or its rows of cells."""

    name: str
    content: bytes
    text: str | None = None
    rows: Rows | None = None


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


def mutated(seed: Seed, random: Random) -> Fresh:
    """A slice of a file after up to four mutations."""
    text = seed.slice(random)
    if seed.kind == "einvoice":
        return _document(seed.name, text, random)
    if seed.kind == "bank":
        return _statement(seed.name, text, random)
    rows = [line.split(seed.separator) for line in text.splitlines()]
    # Lines that no longer balance are refused at once: most ledgers keep their amounts, so that more is tried.
    operations = _LEDGER if seed.kind == "ledger" and random.random() < 0.75 else _TABLE
    for _ in range(random.randint(0, 3)):
        random.choice(operations)(rows, random)
    ending = random.choice(["\n", "\r\n", "\r\n", "\r"]) if random.random() < 0.2 else "\n"
    joined = ending.join(seed.separator.join(row) for row in rows) + random.choice([ending, ""])
    return _packed(seed, rows, joined, random)


def _packed(seed: Seed, rows: Rows, joined: str, random: Random) -> Fresh:
    way, name = random.random(), seed.name
    if way < 0.18 and seed.kind == "table":
        content, kept = _workbook(rows)
        name = name.rsplit(".", 1)[0] + ".xlsx"
        return Fresh(name, _bytes(content, random)) if random.random() < 0.15 else Fresh(name, content, rows=kept)
    encoding = random.choice(["utf-8"] * 6 + ["cp1252", "utf-8-sig", "utf-16", "cp850", "utf-16-le"])
    content = joined.encode(encoding, errors="replace")
    text: str | None = content.decode(encoding)
    if random.random() < 0.25:
        content = _bytes(content, random)
        text = _decoded(content) if encoding == "utf-8" else None
    if way > 0.95:
        cut = random.choice([None, -7, 40])
        return Fresh(name + ".gz", gzip.compress(content, mtime=0)[:cut], None if cut else text)
    return Fresh(name, content, text)


def _decoded(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _document(name: str, text: str, random: Random) -> Fresh:
    for _ in range(random.randint(0, 3)):
        values = list(re.finditer(r">([^<>]+)<", text))
        elements = list(re.finditer(r"<([\w:]+)(?: [^<>]*)?>[^<>]*</\1>", text))
        if not values or not elements:
            break
        value, element = random.choice(values), random.choice(elements)
        match random.randrange(4):
            case 0:
                cell = random.choice(_CELLS).replace("<", "")
                text = text[: value.start(1)] + cell + text[value.end(1) :]
            case 1:
                text = text[: value.start(1)] + str(random.randint(-9999, 999999) / 100) + text[value.end(1) :]
            case 2:
                text = text[: element.start()] + text[element.end() :]
            case _:
                text = text[: element.end()] + element[0] + text[element.end() :]
    content = text.encode(random.choice(["utf-8"] * 5 + ["utf-16", "cp1252"]), errors="replace")
    if random.random() < 0.4:
        content = _bytes(content, random)
    return Fresh(name, content, _decoded(content))


def _statement(name: str, text: str, random: Random) -> Fresh:
    rows = [[line] for line in text.splitlines()]
    for _ in range(random.randint(0, 3)):
        match random.randrange(3):
            case 0:
                random.choice((_delete_line, _repeat_line, _swap_lines, _blank_line))(rows, random)
            case 1:
                row = random.choice(rows)
                at = random.randrange(len(row[0]) + 1)
                row[0] = row[0][:at] + random.choice("0123456789{}AJR Zé") + row[0][at + 1 :]
            case _:
                row = random.choice(rows)
                at = random.randrange(len(row[0]) + 1)
                row[0] = row[0][:at] + random.choice(["", " ", "0", "99"]) + row[0][at:]
    content = (
        random.choice(["\n", "\r\n", "\n"])
        .join(row[0] for row in rows)
        .encode(random.choice(["utf-8", "utf-8", "cp1252"]), errors="replace")
    )
    if random.random() < 0.3:
        content = _bytes(content, random)
    return Fresh(name, content, _decoded(content))


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


def _workbook(rows: Rows) -> tuple[bytes, Rows]:
    """A workbook of one sheet, and its cells as text."""
    sink, kept = io.BytesIO(), list[list[str]]()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Feuil1")
        for place, row in enumerate(rows):
            kept.append([])
            for column, cell in enumerate(row[:200]):
                clean = "".join(letter for letter in cell if letter >= " ")
                if _NUMBER.fullmatch(clean):
                    sheet.write_number(place, column, float(clean.replace(",", ".")))
                    clean = repr(float(clean.replace(",", "."))).removesuffix(".0")
                else:
                    sheet.write_string(place, column, clean)
                kept[-1].append(clean)
    return sink.getvalue(), kept


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


def _change_words(rows: Rows, random: Random) -> None:
    """Cells of a ledger but for accounts, sides and amounts."""
    fixed = [at for at, name in enumerate(rows[0]) if _FIXED.search(name)] if rows else []
    for _ in range(random.choice([1, 3, 12])):
        at = random.randrange(1, len(rows)) if len(rows) > 1 else 0
        if free := [column for column in range(len(rows[at]) if at else 0) if column not in fixed]:
            rows[at][random.choice(free)] = random.choice(_CELLS)


def _repeat_body(rows: Rows, random: Random) -> None:
    rows += [list(row) for row in rows[1:]]


_FIXED = re.compile("compte?num|debit|credit|montant|sens", re.IGNORECASE)
_LINES = (_delete_line, _repeat_line, _swap_lines, _blank_line, _title, _total, _header_again, _cut_line, _widen_line)
_COLUMNS = (_drop_column, _repeat_column, _swap_columns, _rename_column)
_TABLE: tuple[Callable[[Rows, Random], None], ...] = (
    *_LINES * 2, *_COLUMNS, *(_change_cells, _spoil_column) * 4, *(_change_cells,) * 6,
)  # fmt: skip
_LEDGER = (
    *(_change_words,) * 6, _swap_lines, _blank_line, _widen_line, _repeat_body, _swap_columns, _repeat_column, _title,
)  # fmt: skip
