"""Fit the weights of company matching on one half of real names, spoiled from a seed; the other half measures them.

Reads the public file of names that `benchmarks.matching_cases` names; writes `riskkit/companies/matching_weights.json`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.matching_cases import FIT_HALF, make_cases, read_companies, write_register
from riskkit.companies.comparison import EVIDENCE
from riskkit.companies.likelihood import fit_weights
from riskkit.companies.pairs import compare_customers, customer_parties
from riskkit.engine import connect

TARGET = Path(__file__).parents[1] / "riskkit" / "companies" / "matching_weights.json"
SEED = 1


def main() -> None:
    """Fit and write."""
    cases = make_cases(read_companies(), half=FIT_HALF, copies=3, seed=SEED)
    with tempfile.TemporaryDirectory() as folder, connect() as connection:
        write_register(cases.register, Path(folder))
        pairs = compare_customers(connection, customer_parties(cases.customers), Path(folder))
    truth = cases.customers.set_index("customer_id")["truth"]
    is_match = (pairs["customer_id"].map(truth) == pairs["siren"]).to_numpy()
    weights = fit_weights(pairs[list(EVIDENCE)].to_numpy(), pd.factorize(pairs["customer_id"])[0], is_match)
    written = {
        "fitted_by": "scripts/fit_matching.py",
        "customers": len(cases.customers),
        "pairs": len(pairs),
        "seed": SEED,
        "weights": {name: round(float(weight), 3) for name, weight in zip(EVIDENCE, weights, strict=True)},
    }
    TARGET.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(pairs)} pairs of {len(cases.customers)} customers")


if __name__ == "__main__":
    main()
