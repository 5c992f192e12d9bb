"""Who will not pay: scores against what happened, on real and published sets and on samples of known truth.

Measures and protocols are in the modules `prediction_*`. Nothing is tuned on what it is measured on; each baseline is
beside its model. About ten minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import prediction_fec, prediction_ibm, prediction_sample, prediction_solvency

PACKAGES = ("pandas", "scikit-learn", "duckdb", "numpy")
DATA = Path(__file__).parents[2] / "shared" / "data"

PARTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "ibm": lambda: prediction_ibm.rows(DATA),
    "fec": lambda: prediction_fec.rows(DATA),
    "polish_1": lambda: prediction_solvency.polish_rows(DATA, 1),
    "polish_5": lambda: prediction_solvency.polish_rows(DATA, 5),
    "taiwan": lambda: prediction_solvency.taiwanese_rows(DATA),
    "sample": prediction_sample.recovery_rows,
    "failures": prediction_sample.failure_rows,
}


def rows() -> list[dict[str, Any]]:
    """Every part, one after the other; each says what it found as it ends."""
    made = []
    for name, part in PARTS.items():
        found = part()
        made += found
        for each in found:
            print(name, each["measure"], each["dataset"], round(each["value"], 4), file=sys.stderr, flush=True)
    return made
