"""The whole diagnosis of the sample from its raw files, documents included, and each document alone.

`diagnostic_s` is the time of `riskkit diagnose` in a process of its own: reading, tables, notebooks, pages, report,
slides and workbooks of 600 customers and 36 months; asked: 60 at most. `pdf_s` (asked: 8 at most of it),
`report_html_s`, `slides_s` and `workbook_s` are each document made again from the finished run, once, in a process of
its own, the imports it needs included. `workbook_200k_s` and `workbook_200k_mb` write 200,000 open items drawn again
from the run's: the memory is the largest that the process held, less what it held before.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PACKAGES = ("matplotlib", "pandas", "python-pptx", "typst", "xlsxwriter")
ITEMS, CUSTOMERS = 200_000, 20_000
DOCUMENTS = ("pdf", "report_html", "slides", "workbook", "workbook_200k")


def rows() -> list[dict[str, Any]]:
    """Seconds of the diagnosis of the sample, and of each document."""
    from riskkit.sources.sample import SampleSpec, write_sample

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        written = write_sample(home / "sources", SampleSpec())
        files = [written.customers, written.invoices, written.payments, written.procedures]
        run = home / "run"
        command = [sys.executable, "-m", "riskkit.workbench.cli", "diagnose", *map(str, files), "--out", str(run)]
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=home)  # noqa: S603 - our own program
        whole = time.perf_counter() - begun
        made = [_row("diagnostic_s", "sample", whole, "s")]
        for part in DOCUMENTS:
            found = _alone(part, run)
            dataset = "sample" if part != "workbook_200k" else "200,000 open items"
            made.append(_row(f"{part}_s", dataset, found["seconds"], "s"))
            if part == "workbook_200k":
                made.append(_row(f"{part}_mb", dataset, found["megabytes"], "MB"))
    return made


def _row(measure: str, dataset: str, value: float, unit: str) -> dict[str, Any]:
    return {"measure": measure, "dataset": dataset, "value": round(value, 2), "low": None, "high": None, "unit": unit,
            "baselines": {}, "n": 1}  # fmt: skip


def _alone(part: str, run: Path) -> dict[str, float]:
    """Seconds and megabytes of one document in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.documents", part, str(run)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own program
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(part: str, run: Path) -> dict[str, float]:
    """Make one document of a finished run."""
    import resource

    from riskkit.exhibits.brand import Brand
    from riskkit.exhibits.report.section import Material
    from riskkit.workbench.report_stage import TABLES
    from riskkit.workbench.stored_run import load_run, read_tables

    held = [name for name in TABLES if (run / "tables" / f"{name}.parquet").is_file()]
    material = Material(load_run(run), read_tables(run, held), "fr")
    if part == "workbook_200k":
        material = _large(material)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        if part in ("pdf", "report_html"):
            from riskkit.exhibits.report.document import make_report, report_html
            from riskkit.exhibits.report.typeset import report_pdf

            report = make_report(material)
            _ = report_pdf(report, as_of=material.run.as_of) if part == "pdf" else report_html(report)
        elif part == "slides":
            from riskkit.exhibits.deck.contents import diagnostic_deck

            diagnostic_deck(material, Brand())
        else:
            from riskkit.exhibits.workbook.contents import diagnostic_workbook

            diagnostic_workbook(Path(folder) / "diagnostic.xlsx", material, Brand())
        seconds = time.perf_counter() - begun
    held_now = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "megabytes": (held_now - before) / 1024}


def _large(material: Any) -> Any:
    """The same run with 200,000 open items of 20,000 customers, and an ageing that ties to them."""
    from dataclasses import replace

    import numpy as np

    run, random = material.run, np.random.default_rng(20_240_331)
    items = run.open_items.sample(ITEMS, replace=True, random_state=1).reset_index(drop=True)
    cents = random.integers(1, 1_000_000, ITEMS)
    items = items.assign(
        item_id=[f"I{rank:06d}" for rank in range(ITEMS)],
        customer_id=[f"C{rank:05d}" for rank in random.integers(0, CUSTOMERS, ITEMS)],
        open_amount=cents / 100,
        cents=cents,
    )
    ageing = items.groupby("customer_id", as_index=False).agg(customer_name=("customer_name", "first"),
                                                              cents=("cents", "sum"))  # fmt: skip
    empty = {name: 0.0 for name in run.ageing if name.endswith("_amount")}
    owed = ageing.pop("cents") / 100
    same = dict.fromkeys(("not_due_amount", "open_items_amount", "receivables_amount"), owed)
    ageing = ageing.assign(**{**empty, **same}, oldest_days_past_due=0)
    manifest = {**run.manifest, "reconciliation": {"open": int(cents.sum()) / 100}}
    large = replace(run, open_items=items.drop(columns="cents"), ageing=ageing, manifest=manifest)
    return replace(material, run=large, tables={})


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
