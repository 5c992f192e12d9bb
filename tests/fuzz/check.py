"""The property of a file, whatever it holds: a message, or a reading whose rows and cents are those of the file."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import warnings
from pathlib import Path
from random import Random

from riskkit.errors import RiskkitError
from riskkit.sources.collect import read_files
from riskkit.sources.mapping import TableSpec, infer_specs
from riskkit.sources.reading import Reading
from tests.fuzz.corpus import Seed
from tests.fuzz.mutations import mutated

_PLAIN = re.compile(r"-?\d{1,9}([.,]\d{1,2})?")
_NOTHING = {"", "-", "nan"}
_SIGNED_BY = {
    "side",
    "document_type",
    "label",
    "open_amount",
    "debit",
    "credit",
    "unit_price",
    "payment_kind",
    "payment_mode",
}


def outcome(seed: Seed, number: int, *, run: int) -> str:
    """What became of one case: refused, read, compared (read, and equal to a plain loop); or the fault found."""
    random = Random(f"{run}:{number}")
    name, content = mutated(seed.name, seed.text, seed.separator, random)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            specs = infer_specs([path])
            reading = read_files(specs)
        except RiskkitError as fault:
            return "refused" if str(fault).strip() else "fault: an error without a message"
        except Exception as fault:  # noqa: BLE001 - any other exception is what the fuzzer looks for
            return f"fault: {type(fault).__name__}: {str(fault)[:160]}"
        return _judged(reading, specs, seed, content, name)


def _judged(reading: Reading, specs: list[TableSpec], seed: Seed, content: bytes, name: str) -> str:
    for source in reading.files:
        if source.fault() is not None:
            return "fault: rows or cents neither accepted nor set aside"
    if len(reading.rejects) != sum(source.rows_rejected for source in reading.files):
        return "fault: the table of rejects does not hold every row set aside"
    expected = plain_sums(content, specs, seed.separator) if name.endswith((".csv", ".txt")) else None
    if expected is None or len(reading.files) != 1:
        return "read"
    rows, cents = expected
    (source,) = reading.files
    not_data = reading.rejects["reason"].isin(["total_row", "repeated_header", "remark_row"]).any()
    if source.rows_read != rows:
        return f"fault: {source.rows_read} rows read, a plain loop counts {rows}"
    if cents is not None and not not_data and source.total_cents != cents:
        return f"fault: {source.total_cents} cents read, a plain loop adds {cents}"
    return "compared"


def plain_sums(content: bytes, specs: list[TableSpec], separator: str) -> tuple[int, int | None] | None:
    """Rows below the header and the sum of their amounts by a plain loop, where a plain loop can tell."""
    if len(specs) != 1 or specs[0].kind not in ("invoices", "payments") or specs[0].instalments:
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if any(mark in text for mark in '"\x00\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\ufeff'):
        return None
    lines = list(csv.reader(io.StringIO(text), delimiter=separator, quoting=csv.QUOTE_NONE))
    spec = specs[0]
    field = "amount" if spec.kind == "invoices" else "payment_amount"
    headers = list(spec.columns.values())
    place = next(
        (i for i, row in enumerate(lines[:40]) if all(h in [" ".join(c.split()) for c in row] for h in headers)), None
    )
    if place is None:
        return None
    body = [row for row in lines[place + 1 :] if any(cell.strip() for cell in row)]
    names = [" ".join(cell.split()) for cell in lines[place]]
    if field not in spec.columns or _SIGNED_BY & set(spec.columns) or names.count(spec.columns[field]) != 1:
        return len(body), None
    at = names.index(spec.columns[field])
    cells = [row[at].strip() if len(row) > at else "" for row in body]
    if not all(cell.lower() in _NOTHING or _PLAIN.fullmatch(cell) for cell in cells):
        return len(body), None
    return len(body), sum(_cents(cell) for cell in cells if cell.lower() not in _NOTHING)


def _cents(cell: str) -> int:
    whole, _, rest = cell.replace(",", ".").partition(".")
    cents = abs(int(whole)) * 100 + int((rest + "00")[:2])
    return -cents if cell.startswith("-") else cents
