"""Reading a million invoices of .xlsx with every check, against bare readers; ten million of .csv in bounded memory.

The readers take turns on the same file, each in a process of its own; imports are not counted, and memory is the peak
of the whole process. A ratio is of two readings of the same round; low and high are the extremes of the rounds.

- `fastexcel`, the bare reader: every cell as text, up to the Arrow columns it hands over. Nothing is typed or kept.
- `openpyxl`, read-only: it iterates over its rows and keeps none.
- riskkit: the same cells by the same reader, a stretch of rows at a time on every core (`workbook_stretches`), plus
  the safety checks of the container, the mapping of a portfolio applied, every amount, date and code typed, each row
  accepted or set aside with its reason, rows and cents reconciled, customers gathered, the tables of invoices and
  payments written as Parquet, and the digest of the file. What it reads must add up, to the cent, to what was written.
  Finding the mapping is not included: a run has it in `portfolio.yaml` (`inference_seconds` says how long that took).

The .csv is read with its progress told, as the command line does. The load of the machine by others is in
`machine_load` (1-minute average at the beginning, on the cores named above).
"""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fastexcel
import openpyxl  # type: ignore[import-untyped]

from benchmarks.invoice_files import write_csv, write_xlsx
from riskkit.sources.collect import read_files
from riskkit.sources.mapping import TableSpec, infer_specs

PACKAGES = ("duckdb", "fastexcel", "openpyxl", "pandas", "xlsxwriter")
XLSX_ROWS = 1_000_000
CSV_ROWS = 10_000_000
ROUNDS = 3
_LAST_DAY = dt.date(2025, 12, 31)


def rows() -> list[dict[str, Any]]:
    """Rows of `benchmarks/results/sources.json`."""
    return [*_xlsx_rows(), *_csv_rows()]


def _xlsx_rows() -> Iterator[dict[str, Any]]:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "factures.xlsx"
        expected = write_xlsx(path, count=XLSX_ROWS)
        specs, inferred = _infer(path)
        seconds: dict[str, list[float]] = {"riskkit": [], "fastexcel": [], "openpyxl": []}
        for _ in range(ROUNDS):
            for name, read in _READERS.items():
                found, taken, _peak = _in_child(read, path, specs)
                _check(found, expected if name == "riskkit" else (expected[0], None))
                seconds[name].append(taken)
    medians = {f"{name}_seconds": statistics.median(taken) for name, taken in seconds.items()}
    medians |= {"inference_seconds": inferred, "machine_load": load}
    own = seconds["riskkit"]
    for measure, ratios in (
        ("speed_up_over_openpyxl", [slow / fast for slow, fast in zip(seconds["openpyxl"], own, strict=True)]),
        ("ratio_to_bare_reader", [slow / fast for slow, fast in zip(own, seconds["fastexcel"], strict=True)]),
    ):
        yield _row(measure, "xlsx_1e6", ratios, "ratio", baselines=medians)


def _csv_rows() -> Iterator[dict[str, Any]]:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "factures.csv"
        expected = write_csv(path, count=CSV_ROWS)
        specs, inferred = _infer(path)
        found, taken, peak = _in_child(_read_riskkit, path, specs)
        _check(found, expected)
    yield _row("seconds", "csv_1e7", [taken], "s", baselines={"inference_seconds": inferred, "machine_load": load})
    yield _row("peak_gb", "csv_1e7", [peak], "GB")


def _infer(path: Path) -> tuple[list[TableSpec], float]:
    begun = time.perf_counter()
    return infer_specs([path]), time.perf_counter() - begun


def _read_riskkit(path: Path, specs: list[TableSpec]) -> tuple[int, int | None]:
    told: list[float] = []
    reading = read_files(specs, currency="EUR", advance=told.append if path.suffix == ".csv" else None)
    if path.suffix == ".csv" and (len(told) < 10 or told != sorted(told) or told[-1] != 1.0):
        raise ValueError(f"progress told wrongly: {told[-5:]}")
    (file,) = reading.files
    if reading.latest_date > _LAST_DAY or reading.rows("invoices") != file.rows_accepted:
        raise ValueError(f"read wrongly: {file}")
    return file.rows_read, file.total_cents


def _read_fastexcel(path: Path, _specs: list[TableSpec]) -> tuple[int, int | None]:
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    handed_over = sheet.__arrow_c_array__()
    return sheet.height - 1 if handed_over else 0, None


def _read_openpyxl(path: Path, _specs: list[TableSpec]) -> tuple[int, int | None]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    count = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return count - 1, None


Reader = Callable[[Path, list[TableSpec]], tuple[int, int | None]]
_READERS: dict[str, Reader] = {
    "fastexcel": _read_fastexcel,
    "riskkit": _read_riskkit,
    "openpyxl": _read_openpyxl,
}


def _in_child(read: Reader, path: Path, specs: list[TableSpec]) -> tuple[tuple[int, int | None], float, float]:
    """What a reader found, its seconds and peak memory (GB), in a process of its own; imports are not counted."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_timed, read, path, specs).result()


def _timed(read: Reader, path: Path, specs: list[TableSpec]) -> tuple[tuple[int, int | None], float, float]:
    begun = time.perf_counter()
    found = read(path, specs)
    taken = time.perf_counter() - begun
    return found, taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def _check(found: tuple[int, int | None], expected: tuple[int, int | None]) -> None:
    if found != expected:
        raise ValueError(f"rows and cents read {found}, written {expected}")


def _row(
    measure: str, dataset: str, values: list[float], unit: str, *, baselines: dict[str, float] | None = None
) -> dict[str, Any]:
    several = len(values) > 1
    return {
        "measure": measure, "dataset": dataset, "value": round(statistics.median(values), 4),
        "low": round(min(values), 4) if several else None, "high": round(max(values), 4) if several else None,
        "unit": unit, "baselines": {k: round(v, 3) for k, v in (baselines or {}).items()}, "n": len(values),
    }  # fmt: skip
