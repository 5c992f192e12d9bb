"""Rows and money of a mutated file by plain loops that share nothing with the readers; None where they cannot tell."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Mapping

from riskkit.sources.mapping import TableSpec
from tests.fuzz.corpus import cents
from tests.fuzz.mutations import Fresh, Rows

Sums = tuple[int, int | None]

_PLAIN = re.compile(r"-?\d{1,9}([.,]\d{1,2})?", re.ASCII)
_NOTHING = {"", "-", "nan"}
_SIGNED_BY = {
    "side", "document_type", "label", "open_amount", "debit", "credit", "unit_price", "payment_kind", "payment_mode",
}  # fmt: skip
_MONEY = {"amount", "payment_amount", "open_amount", "excl_tax_amount", "debit", "credit", "unit_price"}
_HIDING = '"\x00\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\ufeff'
_LEDGER_BLANKS = " \t\r\u00a0\u202f\ufeff\x00"
_OVERPUNCHED = {**{d: (1, d) for d in "0123456789"}, **{c: (1, str(i)) for i, c in enumerate("{ABCDEFGHI")},
                **{c: (-1, str(i)) for i, c in enumerate("}JKLMNOPQR")}}  # fmt: skip


def table_sums(fresh: Fresh, spec: TableSpec, separator: str, *, not_data: Collection[int]) -> Sums | None:
    """Rows below the header and the sum of their amounts; `not_data` are the lines of totals and repeated headers."""
    if spec.kind not in ("invoices", "payments", "customers", "events") or spec.instalments:
        return None
    rows = _numbered(fresh, separator)
    if rows is None:
        return None
    wanted = list(spec.columns.values())
    heads = [(line, [" ".join(cell.split()) for cell in row]) for line, row in rows[:40]]
    found = next(((line, names) for line, names in heads if all(header in names for header in wanted)), None)
    if found is None:
        return None
    body = [(line, row) for line, row in rows if line > found[0] and any(cell.strip() for cell in row)]
    return len(body), _money(body, found[1], spec.columns, not_data)


def _numbered(fresh: Fresh, separator: str) -> list[tuple[int, list[str]]] | None:
    if fresh.rows is not None:
        cells: Rows = [[cell.replace("_x000D_", "") for cell in row] for row in fresh.rows]
        return list(enumerate(cells, start=1))
    if fresh.text is None or any(mark in fresh.text.removeprefix("\ufeff") for mark in _HIDING):
        return None
    reader = csv.reader(io.StringIO(fresh.text.removeprefix("\ufeff")), delimiter=separator, quoting=csv.QUOTE_NONE)
    return list(enumerate(reader, start=1))


def _money(
    body: list[tuple[int, list[str]]], names: list[str], columns: Mapping[str, str], not_data: Collection[int]
) -> int | None:
    if not body or not set(columns) & _MONEY:
        return 0
    field = next((field for field in ("amount", "payment_amount") if field in columns), "")
    if {"debit", "credit"} <= set(columns) and not set(columns) & (_SIGNED_BY - {"debit", "credit", "label"}):
        debit, credit = (_column(body, names, columns[side], not_data) for side in ("debit", "credit"))
        return None if debit is None or credit is None else debit - credit
    if not field or _SIGNED_BY & set(columns):
        return None
    return _column(body, names, columns[field], not_data)


def _column(body: list[tuple[int, list[str]]], names: list[str], header: str, not_data: Collection[int]) -> int | None:
    if names.count(header) != 1:
        return None
    at = names.index(header)
    cells = [row[at].strip() if len(row) > at else "" for line, row in body if line not in not_data]
    if not all(cell.lower() in _NOTHING or _PLAIN.fullmatch(cell) for cell in cells):
        return None
    return sum(cents(cell) for cell in cells if cell.lower() not in _NOTHING)


def ledger_sums(text: str | None, separator: str) -> Sums | None:
    """Lines of a FEC, and debit less credit of its accounts 411."""
    if text is None or any(mark in text.removeprefix("\ufeff") for mark in _HIDING):
        return None
    lines = text.removeprefix("\ufeff").split("\n")
    place = next((i for i, line in enumerate(lines) if "comptenum" in line.lower()), None)
    if place is None:
        return None
    names = [name.strip(_LEDGER_BLANKS).lower() for name in lines[place].split(separator)]
    if any(names.count(name) != 1 for name in ("debit", "credit", "comptenum")):
        return None
    debit, credit, account = (names.index(name) for name in ("debit", "credit", "comptenum"))
    rows = total = 0
    for line in lines[place + 1 :]:
        if not line.strip(_LEDGER_BLANKS + separator):
            continue
        cells = [cell.strip(_LEDGER_BLANKS) for cell in line.split(separator)]
        rows += 1
        if len(cells) <= max(debit, credit, account):
            return None
        if not cells[account].startswith("411"):
            continue
        amounts = cells[debit], cells[credit]
        if not all(cell == "" or _PLAIN.fullmatch(re.sub(r"^0+(?=\d)", "", cell)) for cell in amounts):
            return None
        total += cents(amounts[0]) - cents(amounts[1])
    return rows, total


def bank_sums(text: str | None) -> Sums | None:
    """Movements of a CFONB120 statement and their sum."""
    if text is None or any(mark in text for mark in "\r\x00\x1a"):
        return None
    movements = [line for line in text.split("\n") if line.startswith("04")]
    total = 0
    for line in movements:
        sign, last = _OVERPUNCHED.get(line[103:104], (0, ""))
        if not sign or not line[90:103].isdigit() or line[19] not in "2 ":
            return None
        total += sign * int(line[90:103] + last)
    return len(movements), total


def einvoice_cents(content: bytes) -> int | None:
    """The signed total, tax included, of an electronic invoice."""
    try:
        root = ET.fromstring(content)  # noqa: S314 - the corpus is made here
    except (ET.ParseError, ValueError, LookupError):
        return None
    texts: dict[str, list[str]] = {}
    for element in root.iter():
        texts.setdefault(str(element.tag).rsplit("}", 1)[-1], []).append((element.text or "").strip())
    totals = texts.get("GrandTotalAmount", []) + texts.get("TaxInclusiveAmount", [])
    kinds = texts.get("InvoiceTypeCode", []) + texts.get("CreditNoteTypeCode", [])
    kinds = kinds or texts.get("TypeCode", [])[:1]
    if len(totals) != 1 or len(kinds) != 1 or kinds[0] not in ("380", "381") or not _PLAIN.fullmatch(totals[0]):
        return None
    if "," in totals[0]:
        return None
    is_credit = kinds[0] == "381" or str(root.tag).endswith("CreditNote")
    return -cents(totals[0]) if is_credit else cents(totals[0])
