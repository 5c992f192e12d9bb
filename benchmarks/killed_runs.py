"""Fifty random moments of SIGKILL: the next run ends with the same bytes, and half a run is never taken for one.

A small sample (40 customers, 18 months) is run with its first notebook and every document, in processes killed at
moments drawn over the whole length of a run; every fifth time the next start is left to end, and each file that it
made is compared with those of a run that nobody disturbed, the manifest but for its seconds. `half_runs_count` are
folders that pass for a run and lack a file or a digest; `left_over_count` what remains beside the run in the end.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MOMENTS, LEFT_TO_END = 50, 5
AS_OF = "2025-12-31"
PACKAGES = ("duckdb", "papermill")
_COMMAND = [sys.executable, "-m", "riskkit.workbench.cli", "run", "sample", "--as-of", AS_OF, "--only", "01_ingestion"]


def rows() -> list[dict[str, Any]]:
    """Kills, half runs taken for runs, files that differ after the next start, what is left in the end."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        make_portfolio(home / "sample")
        return measure(home, random.Random(20))  # noqa: S311 - moments, no secrets


def make_portfolio(folder: Path) -> None:
    """A small sample as a portfolio."""
    from riskkit.sources.sample import SampleSpec, write_sample
    from riskkit.workbench.portfolio import Portfolio

    written = write_sample(folder / "sources", SampleSpec(seed=3, customers=40, invoices=400, months=18))
    files = [written.customers, written.invoices, written.payments]
    Portfolio.from_files(files, name="sample", folder=folder).write(folder)


def measure(home: Path, chance: random.Random) -> list[dict[str, Any]]:
    """Undisturbed once, then killed, killed, killed… and left to end."""
    started = time.perf_counter()
    _run_whole(home)
    seconds = time.perf_counter() - started
    run = home / "reports" / "sample" / AS_OF
    expected = contents(run)
    half = different = ends = killed = 0
    for moment in range(1, MOMENTS + 1):
        killed += _kill_after(seconds * chance.random(), home)
        half += run.exists() and not is_whole(run)
        if moment % LEFT_TO_END == 0:
            _run_whole(home)
            found = contents(run)
            different += sum(found.get(name) != expected.get(name) for name in found.keys() | expected.keys())
            ends += 1
    left = [path for path in run.parent.iterdir() if path != run]
    return [
        row("killed_count", killed, killed),
        row("half_runs_count", half, MOMENTS),
        row("different_files_count", different, ends * len(expected)),
        row("left_over_count", len(left), ends),
    ]


def _run_whole(home: Path) -> None:
    subprocess.run(_COMMAND, cwd=home, check=True, capture_output=True)  # noqa: S603 - our own command


def _kill_after(seconds: float, home: Path) -> bool:
    """Whether the run was still going on when it was killed."""
    with subprocess.Popen(_COMMAND, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return False


def is_whole(run: Path) -> bool:
    """Every file of its manifest is there, as it says."""
    outputs = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    digests = {
        path: hashlib.sha256((run / path).read_bytes()).hexdigest() for path in (each["file"] for each in outputs)
    }
    return bool(outputs) and all(digests[each["file"]] == each["sha256"] for each in outputs)


def contents(run: Path) -> dict[str, str]:
    """The digest of each file of a run; of its manifest without the seconds of notebooks."""
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    for notebook in manifest["notebooks"]:
        notebook.pop("seconds")
    files = {path.relative_to(run).as_posix(): path.read_bytes() for path in run.rglob("*") if path.is_file()}
    files["manifest.json"] = json.dumps(manifest).encode()
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def row(measure: str, value: int, n: int) -> dict[str, Any]:
    """One count."""
    return {
        "measure": measure, "dataset": "sample, 40 customers, 18 months", "value": float(value), "low": None,
        "high": None, "unit": "count", "n": n, "baselines": {},
    }  # fmt: skip
