"""The property of a file, whatever it holds: a message, or a reading whose rows and cents are those of the file."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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

_KNOWN_SHARE = 0.9
_EMPTY_SHARE = 0.4
_TOGETHER = 8
_COMPLETING = {"payments", "customers", "events"}
_ROWS_NOT_DATA = ("total_row", "repeated_header", "remark_row")


@dataclass(frozen=True)
class Case:
    """A mutated file: how it is understood when somebody has seen it before, and whether it may hold no invoice."""

    seed: Seed
    fresh: Fresh
    known: TableSpec | None
    needs_invoices: bool

    @classmethod
    def of(cls, seed: Seed, number: int, *, run: int) -> Case:
        """The case of that number: the same in each run of that seed."""
        random = Random(f"{run}:{number}")
        fresh = mutated(seed, random)
        # Most often as next month's file of a portfolio is read; else as one that nobody has seen yet.
        known = _known(seed) if random.random() < _KNOWN_SHARE and seed.kind == "table" else None
        return cls(seed, fresh, known, random.random() > _EMPTY_SHARE)

    @property
    def is_company(self) -> bool:
        """Whether the file may be read with others: nothing can be refused because a column of it is gone."""
        if self.known is None or self.known.kind not in ("invoices", *_COMPLETING):
            return False
        rows = self.fresh.rows
        if rows is None:
            rows = [line.split(self.seed.separator) for line in (self.fresh.text or "").splitlines()[:2]]
        wanted = {*self.known.columns.values(), *(header for pair in self.known.instalments for header in pair)}
        return any(wanted <= {cell.strip() for cell in row} for row in rows[:2])


def outcome(seed: Seed, number: int, *, run: int) -> str:
    """What became of one case: refused, read, compared (rows and money equal to a plain loop's); or the fault found.

    `rows` stands for a reading whose rows were counted and whose money no plain loop can tell.
    """
    return _alone(Case.of(seed, number, run=run))


def outcomes(seeds_by_number: Mapping[int, Seed], *, run: int) -> dict[int, str]:
    """What became of each case; tables that somebody has seen before are read several at a time, as a portfolio is.

    When any of them is refused, they are read in two halves; one file is read alone.
    """
    cases = {number: Case.of(seed, number, run=run) for number, seed in seeds_by_number.items()}
    company = [number for number, case in cases.items() if case.is_company]
    said: dict[int, str] = {}
    groups = [company[at : at + _TOGETHER] for at in range(0, len(company), _TOGETHER)]
    while groups:
        group = groups.pop()
        if len(group) > 1 and not (found := _together({number: cases[number] for number in group})):
            groups += [group[: len(group) // 2], group[len(group) // 2 :]]
        elif len(group) > 1:
            said |= found
    return said | {number: _alone(case) for number, case in cases.items() if number not in said}


def _alone(case: Case) -> str:
    seed, fresh = case.seed, case.fresh
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / fresh.name
        path.write_bytes(fresh.content)
        try:
            reading, specs = _read(path, case)
            said = _judged(reading, specs, seed, fresh)
            reading.close()
        except RiskkitError as fault:
            said = "refused" if all(_is_said(each) for each in fault.messages) else "fault: an error without its French"
        except Exception as fault:  # noqa: BLE001 - any other exception is what the fuzzer looks for
            said = f"fault: {type(fault).__name__}: {str(fault)[:160]}"
        left = [each.name for each in Path(folder).iterdir() if each != path]
        return f"fault: left beside the file: {left}" if left and not said.startswith("fault") else said


def _together(cases: Mapping[int, Case]) -> dict[int, str]:
    """The outcomes of cases read as one portfolio; none when it is refused or anything is at fault but their company.

    A fault that a case does not show alone is one of the company.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        named = {n: replace(case.fresh, name=f"{n}_{case.fresh.name}") for n, case in cases.items()}
        specs = {}
        for number, fresh in named.items():
            (Path(folder) / fresh.name).write_bytes(fresh.content)
            known = cases[number].known
            assert known is not None
            specs[number] = known.model_copy(update={"file": fresh.name})
        try:
            reading = read_files(list(specs.values()), folder=Path(folder), needs_invoices=False)
            said = {n: _judged(reading, [specs[n]], cases[n].seed, fresh) for n, fresh in named.items()}
            reading.close()
        except RiskkitError:
            return {}
        except Exception as fault:  # noqa: BLE001 - any other exception is what the fuzzer looks for
            said = dict.fromkeys(cases, f"fault: {type(fault).__name__}: {str(fault)[:160]}")
        if len(list(Path(folder).iterdir())) != len(cases):
            said = dict.fromkeys(cases, "fault: something is left beside the files")
    if any(words.startswith("fault") for words in said.values()):
        alone = {number: _alone(case) for number, case in cases.items()}
        is_found = any(words.startswith("fault") for words in alone.values())
        return alone if is_found else {n: w.replace("fault", "fault in company") for n, w in said.items()}
    return said


def _is_said(fault: object) -> bool:
    return len(language("fr").say(fault).strip()) > 20  # type: ignore[arg-type] - messages of the error


@cache
def _known(seed: Seed) -> TableSpec | None:
    """How an unchanged slice of a seed is understood: what a person keeps from one month to the next."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / seed.name
        path.write_text(seed.slice(Random(0)), encoding="utf-8")
        try:
            return infer_specs([path])[0]
        except RiskkitError:
            return None


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


def _read(path: Path, case: Case) -> tuple[Reading, list[TableSpec]]:
    if case.seed.kind == "bank":
        return read_bank_statements([path], ledger=_owed()), []
    if case.seed.kind == "einvoice":
        beside = path.parent / "autre.xml"
        beside.write_text(cii("F-9"), encoding="utf-8")
        try:
            return read_electronic_invoices([path, beside]), []
        finally:
            beside.unlink()
    specs = [case.known.model_copy(update={"file": str(path)})] if case.known else infer_specs([path])
    # Payments, customers and events complete invoices: alone they would only be refused.
    beside = [] if {spec.kind for spec in specs} - _COMPLETING else [_companion()]
    return read_files([*specs, *beside], needs_invoices=case.needs_invoices), specs


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
