"""The property of a file, whatever it holds: a message, or a reading whose rows and cents are those of the file."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random

from riskkit.errors import RiskkitError
from riskkit.exhibits.language import language
from riskkit.sources.bank_statement import read_bank_statements
from riskkit.sources.collect import read_files
from riskkit.sources.electronic_invoices import read_electronic_invoices
from riskkit.sources.mapping import TableSpec, infer_specs
from riskkit.sources.reading import Reading
from tests.fuzz.corpus import Seed, seeds
from tests.fuzz.mutations import Fresh, mutated
from tests.fuzz.plain import Sums, bank_sums, einvoice_cents, ledger_sums, table_sums
from tests.sources.einvoice_texts import cii

_KNOWN_SHARE = 0.6
_COMPLETING = {"payments", "customers", "events"}
_ROWS_NOT_DATA = ("total_row", "repeated_header", "remark_row")


def outcome(seed: Seed, number: int, *, run: int) -> str:
    """What became of one case: refused, read, compared (rows and money equal to a plain loop's); or the fault found.

    `rows` stands for a reading whose rows were counted and whose money no plain loop can tell.
    """
    random = Random(f"{run}:{number}")
    fresh = mutated(seed, random)
    # Most often as next month's file of a portfolio is read; else as one that nobody has seen yet.
    is_known = random.random() < _KNOWN_SHARE
    known = _known(seed.name) if is_known and seed.kind == "table" and fresh.name.endswith((".csv", ".txt")) else ()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / fresh.name
        path.write_bytes(fresh.content)
        try:
            reading, specs = _read(path, seed.kind, known)
            said = _judged(reading, specs, seed, fresh)
            reading.close()
        except RiskkitError as fault:
            said = "refused" if all(_is_said(each) for each in fault.messages) else "fault: an error without its French"
        except Exception as fault:  # noqa: BLE001 - any other exception is what the fuzzer looks for
            said = f"fault: {type(fault).__name__}: {str(fault)[:160]}"
        left = [each.name for each in Path(folder).iterdir() if each != path]
        return f"fault: left beside the file: {left}" if left and not said.startswith("fault") else said


def _is_said(fault: object) -> bool:
    return len(language("fr").say(fault).strip()) > 20  # type: ignore[arg-type] - messages of the error


@cache
def _known(name: str) -> tuple[TableSpec, ...]:
    """How an unchanged slice of a seed is understood: what a person keeps from one month to the next."""
    seed = next(each for each in seeds() if each.name == name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / seed.name
        path.write_text(seed.slice(Random(0)), encoding="utf-8")
        try:
            return tuple(infer_specs([path]))
        except RiskkitError:
            return ()


@cache
def _companion() -> TableSpec:
    """A small table of invoices, kept for the whole run."""
    seed = seeds()[0]
    path = Path(tempfile.mkdtemp(prefix="riskkit-fuzz-")) / "beside.csv"
    path.write_text("\n".join([seed.header, *(line for block in seed.blocks[:5] for line in block)]), encoding="utf-8")
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    (spec,) = infer_specs([path])
    return spec


@cache
def _owed() -> Reading:
    """Invoices that a bank statement may settle; kept for the whole run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facture.xml"
        path.write_text(cii(), encoding="utf-8")
        return read_electronic_invoices([path])


def _read(path: Path, kind: str, known: Sequence[TableSpec]) -> tuple[Reading, list[TableSpec]]:
    if kind == "bank":
        return read_bank_statements([path], ledger=_owed()), []
    if kind == "einvoice":
        beside = path.parent / "autre.xml"
        beside.write_text(cii("F-9"), encoding="utf-8")
        try:
            return read_electronic_invoices([path, beside]), []
        finally:
            beside.unlink()
    specs = [spec.model_copy(update={"file": str(path)}) for spec in known] or infer_specs([path])
    # Payments, customers and events complete invoices: alone they would only be refused.
    beside = [] if {spec.kind for spec in specs} - _COMPLETING else [_companion()]
    return read_files([*specs, *beside]), specs


def _judged(reading: Reading, specs: list[TableSpec], seed: Seed, fresh: Fresh) -> str:
    for source in reading.files:
        if source.fault() is not None:
            return "fault: rows or cents neither accepted nor set aside"
    if len(reading.rejects) != sum(source.rows_rejected for source in reading.files):
        return "fault: the table of rejects does not hold every row set aside"
    sources = [source for source in reading.files if source.file == fresh.name]
    expected = _expected(reading, specs, seed, fresh) if len(sources) == 1 else None
    if expected is None:
        return "read"
    (rows, cents), (source,) = expected, sources
    if source.rows_read != rows:
        return f"fault: {source.rows_read} rows read, a plain loop counts {rows}"
    if cents is not None and source.total_cents != cents:
        return f"fault: {source.total_cents} cents read, a plain loop adds {cents}"
    return "rows" if cents is None else "compared"


def _expected(reading: Reading, specs: Sequence[TableSpec], seed: Seed, fresh: Fresh) -> Sums | None:
    if seed.kind == "bank":
        return bank_sums(fresh.text)
    of_file = reading.rejects[reading.rejects["source_file"] == fresh.name]
    if seed.kind == "einvoice":
        return None if "unreadable_file" in set(of_file["reason"]) else (1, einvoice_cents(fresh.content))
    if reading.files[0].kind == "fec":
        return ledger_sums(fresh.text, seed.separator)
    lines = set(of_file.loc[of_file["reason"].isin(_ROWS_NOT_DATA), "source_line"])
    if len(specs) != 1 or (specs[0].separator not in (None, seed.separator) and fresh.rows is None):
        return None
    return table_sums(fresh, specs[0], seed.separator, not_data=lines)
