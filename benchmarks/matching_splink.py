"""The same customers matched by Splink, to be read beside `matching`: what a well-kept library gives.

Splink is not pinned: `pip install splink==5.0.0` (it runs with the pinned DuckDB and pandas) before `make bench
NAME=matching_splink`. It gets the fields cleaned by riskkit, six blocking rules, weights from the labels of the half
that fits riskkit's own, and the threshold at which that half is 0.995 precise; the other half is measured.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.intervals import wilson
from benchmarks.matching import NAMES_SEED
from benchmarks.matching_cases import FIT_HALF, MEASURED_HALF, make_cases, read_companies
from riskkit.companies.addresses import read_address
from riskkit.companies.names import read_name

PACKAGES = ("splink", "duckdb", "pandas")
PRECISION = 0.995
FIT_SEED = 1  # that of scripts/fit_matching.py


def rows() -> list[dict[str, Any]]:
    """Rows of `benchmarks/results/matching_splink.json`."""
    fitted, measured = _sides(FIT_HALF, FIT_SEED), _sides(MEASURED_HALF, NAMES_SEED)
    linker = _linker(*fitted, _settings(len(fitted[1])))
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    linker.training.estimate_m_from_label_column("label")
    best, _ = _best(linker, fitted[0])
    chances = np.unique(np.quantile(best["chance"], np.linspace(0, 1, 400)))
    threshold = min(chance for chance in chances if best.loc[best["chance"] >= chance, "is_right"].mean() >= PRECISION)
    best, held = _best(_linker(*measured, linker.misc.save_model_to_json()), measured[0])
    matched, present = best["chance"] >= threshold, int((measured[0]["truth"] != "").sum())
    right = int((matched & best["is_right"]).sum())
    return [
        _row("precision", right, int(matched.sum())),
        _row("recall", right, present),
        _row("recall_of_candidates", held, present),
    ]


def _sides(half: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers and register, cleaned by riskkit."""
    cases = make_cases(read_companies(), half=half, copies=3, seed=seed)
    customers = _cleaned(cases.customers.rename(columns={"customer_id": "unique_id", "address": "line"}))
    register = _cleaned(
        cases.register.assign(unique_id=cases.register["siren"], truth=cases.register["siren"], line=lambda f: f.street)
    )
    label = customers["truth"].where(customers["truth"] != "", "absent " + customers["unique_id"])
    return customers.assign(label=label), register.assign(label=register["truth"])


def _cleaned(frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for row in frame.to_dict("records"):
        name = read_name(str(row["name"]))
        place = read_address(str(row["line"]), str(row["postcode"]), str(row["town"]))
        words = sorted(name.tokens)
        rows.append({
            "unique_id": row["unique_id"], "truth": row["truth"], "words": " ".join(words), "compact": name.compact,
            "first": name.tokens[0] if words else None, "longest": max(words, key=len) if words else None,
            "initials": name.initials or None, "postcode": place.postcode or None, "area": place.postcode[:2] or None,
            "town": place.town or None, "street": " ".join(sorted(place.street_words)) or None,
            "number": place.number or None,
            "form": name.legal_form or str(row.get("legal_form") or "")[:2] or None,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _settings(size: int) -> Any:
    splink = importlib.import_module("splink")
    level = importlib.import_module("splink.comparison_level_library")
    compare = importlib.import_module("splink.comparison_library")

    def graded(name: str, *levels: Any) -> Any:
        return compare.CustomComparison(output_column_name=name, comparison_levels=[*levels, level.ElseLevel()])

    exact, alike = level.ExactMatchLevel, level.JaroWinklerLevel
    return splink.SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=0.75 / size,
        comparisons=[
            graded("name", level.NullLevel("words"), exact("words", term_frequency_adjustments=True), exact("compact"),
                   alike("compact", 0.95), alike("words", 0.95), alike("words", 0.9), alike("words", 0.8)),
            graded("word", level.NullLevel("longest"), exact("longest", term_frequency_adjustments=True),
                   level.LevenshteinLevel("longest", 1)),
            graded("place", level.NullLevel("town"), exact("postcode", term_frequency_adjustments=True), exact("town"),
                   exact("area")),
            graded("road", level.NullLevel("street"), level.And(exact("street"), exact("number")), exact("street"),
                   alike("street", 0.9)),
            compare.ExactMatch("form"),
        ],
        blocking_rules_to_generate_predictions=[
            splink.block_on(*columns)
            for columns in (("first",), ("longest",), ("postcode", "substr(words, 1, 2)"), ("substr(compact, 1, 4)",),
                            ("postcode", "street"), ("initials",))
        ],
    )  # fmt: skip


def _linker(customers: pd.DataFrame, register: pd.DataFrame, settings: Any) -> Any:
    splink = importlib.import_module("splink")
    engine = splink.DuckDBAPI()
    sides = [
        engine.register(customers, dataset_display_name="customers"),
        engine.register(register, dataset_display_name="register"),
    ]
    return splink.Linker(sides, settings)


def _best(linker: Any, customers: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The best company of each customer, its chance shared with its rivals; and how many true ones were compared."""
    pairs = linker.inference.predict(threshold_match_probability=0.001).as_pandas_dataframe()
    is_left = pairs["unique_id_l"].isin(customers["unique_id"])
    customer = pairs["unique_id_l"].where(is_left, pairs["unique_id_r"])
    siren = pairs["unique_id_r"].where(is_left, pairs["unique_id_l"])
    odds = pairs["match_probability"].clip(upper=1 - 1e-12)
    odds = odds / (1 - odds)
    chance = odds / (1 + odds.groupby(customer).transform("sum"))
    truth = customers.set_index("unique_id")["truth"]
    found = pd.DataFrame({"customer": customer, "chance": chance, "is_right": siren == customer.map(truth)})
    return found.sort_values("chance").groupby("customer").tail(1), int(found["is_right"].sum())


def _row(measure: str, count: int, total: int) -> dict[str, Any]:
    low, high = wilson(count, total)
    return {
        "measure": measure, "dataset": "names", "value": round(count / total, 5), "low": round(low, 5),
        "high": round(high, 5), "unit": "share", "baselines": {}, "n": total,
    }  # fmt: skip
