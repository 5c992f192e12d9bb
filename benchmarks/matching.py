"""Matching customers to a Sirene extract: precision and recall on real names; time and memory on five million.

The weights were fitted on the other half of the names (`scripts/fit_matching.py`); namesakes are on one side. The half
measured as `names` was measured before while features changed, with another seed; `fresh_names` are companies of a day
of BODACC, measured for the first time once everything was settled.
"""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from benchmarks.corruption import KINDS, spoil
from benchmarks.intervals import wilson
from benchmarks.large_register import companies_sql, write_large_register
from benchmarks.matching_cases import (
    HOMONYMS_FILE,
    MEASURED_HALF,
    NAMES_FILE,
    NOTICED,
    NOTICES_FILE,
    make_cases,
    make_homonym_cases,
    read_companies,
    read_noticed_companies,
    write_register,
)
from riskkit.companies.matching import match_customers
from riskkit.policy_companies import MatchingPolicy

REGISTER_SIZE = 5_000_000
CUSTOMERS = 1_000
PACKAGES = ("duckdb", "pandas", "rapidfuzz")
SEED = 20_240_101
NAMES_SEED = 20_261_125
_DRAWS = 1_000


def rows() -> list[dict[str, Any]]:
    """Rows of `benchmarks/results/matching.json`; those of real names only where the public file of names is there."""
    found = list(_large_rows())
    if NAMES_FILE.exists():
        found = [*_name_rows(), *_fresh_rows(), *_homonym_rows(), *found]
    return found


def _name_rows() -> Iterator[dict[str, Any]]:
    """Real names nobody tuned on, spoiled, a quarter of them not in the register."""
    cases = make_cases(read_companies(), half=MEASURED_HALF, copies=3, seed=NAMES_SEED)
    with tempfile.TemporaryDirectory() as folder:
        write_register(cases.register, Path(folder))
        matches, *_ = _in_child(cases.customers, Path(folder))
    judged = _judged(cases.customers, matches)
    baseline = _same_name_baseline(cases.customers, cases.register)
    yield from _quality(judged, "names", baseline)
    yield _row("calibration_error", "names", _calibration_error(judged), "share", n=len(judged))
    present = int((judged["truth"] != "").sum())
    shown = int((judged["outcome"].isin(["matched", "to_confirm"]) & judged["is_right"]).sum())
    yield _row("recall_with_confirmation", "names", shown / present, "share", n=present)
    for kind in (*KINDS, "old_address", "no_postcode", "no_street", "none"):
        part = judged[judged["kinds"].str.split("+").map(lambda kinds, kind=kind: kind in kinds)]
        yield from _quality(part, f"names:{'no_address' if kind == 'none' else kind}", {})


def _fresh_rows() -> Iterator[dict[str, Any]]:
    """Real names and towns never used before, against a register that holds the other real names too."""
    if not NOTICES_FILE.exists():
        return
    companies = pd.concat([read_companies(), read_noticed_companies()], ignore_index=True).drop_duplicates("siren")
    cases = make_cases(companies, half=NOTICED, copies=4, seed=NAMES_SEED)
    with tempfile.TemporaryDirectory() as folder:
        write_register(cases.register, Path(folder))
        matches, *_ = _in_child(cases.customers, Path(folder))
    judged = _judged(cases.customers, matches)
    yield from _quality(judged, "fresh_names", _same_name_baseline(cases.customers, cases.register))
    yield _row("calibration_error", "fresh_names", _calibration_error(judged), "share", n=len(judged))


def _homonym_rows() -> Iterator[dict[str, Any]]:
    """Many companies of one name (LA POSTE, KIKOU, AGA, GANYMEDE), real addresses, among the other real names."""
    cases = make_homonym_cases(copies=5, seed=SEED)
    with tempfile.TemporaryDirectory() as folder:
        for file in (NAMES_FILE, HOMONYMS_FILE):
            (Path(folder) / file.name).symlink_to(file)
        matches, *_ = _in_child(cases.customers, Path(folder))
    yield from _quality(_judged(cases.customers, matches), "homonyms", {})


def _large_rows() -> Iterator[dict[str, Any]]:
    """A thousand customers against five million made-up companies."""
    with tempfile.TemporaryDirectory() as folder:
        write_large_register(Path(folder), count=REGISTER_SIZE)
        customers = _large_customers()
        matches, seconds, cpu, peak = _in_child(customers, Path(folder))
    yield _row("seconds", "1000_vs_5M", seconds, "s", n=CUSTOMERS)
    yield _row("cpu_seconds", "1000_vs_5M", cpu, "s", n=CUSTOMERS)
    yield _row("peak_gb", "1000_vs_5M", peak, "GB", n=CUSTOMERS)
    judged = _judged(customers, matches)
    yield from _quality(judged, "1000_vs_5M", {})
    is_told = _told_apart(customers)
    present = customers["truth"] != ""
    yield _row("told_apart_share", "1000_vs_5M", float(is_told[present].mean()), "share", n=int(present.sum()))
    yield from _quality(judged[(is_told | ~present).to_numpy()], "1000_vs_5M:told_apart", {})


def _told_apart(customers: pd.DataFrame) -> pd.Series:
    """Whether one company alone has the true name and the part of its place that the customer truthfully gives.

    The register was made with many namesakes in one town (`SCI DU PARC`): without a street, nobody tells them apart.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"create temp view companies as {companies_sql(first=0, count=REGISTER_SIZE)}")
        connection.register("asked", customers[["customer_id", "truth", "kinds"]])
        counts = connection.sql(
            """with own as (
                select customer_id, name, postcode, street, string_split(kinds, '+') as kinds
                from asked join companies on asked.truth = companies.siren)
            select customer_id, count(*) as alike from own join companies as other using (name)
            where (list_has_any(kinds, ['none', 'old_address']) or other.postcode = own.postcode)
                and (list_has_any(kinds, ['none', 'old_address', 'no_street']) or other.street = own.street)
            group by customer_id"""
        ).df()
    return customers["customer_id"].map(counts.set_index("customer_id")["alike"]).eq(1)


def _large_customers() -> pd.DataFrame:
    """Customers of the large register, one in five from beyond its end."""
    draw = random.Random(SEED)  # noqa: S311
    absent = CUSTOMERS // 5
    numbers = sorted(draw.sample(range(REGISTER_SIZE), CUSTOMERS - absent))
    wanted = [(n, n, 1) for n in numbers] + [(-1, REGISTER_SIZE, absent)]
    with duckdb.connect(":memory:") as connection:
        found = pd.concat(
            [connection.sql(companies_sql(first=first, count=count)).df() for _, first, count in wanted[-1:]]
            + [
                connection.sql(
                    f"from ({companies_sql(first=0, count=REGISTER_SIZE)}) where number in ({_listed(numbers)})"
                ).df()
            ]
        )
    rows = []
    for company in found.itertuples():
        spoiled = spoil(
            draw, str(company.name), legal_form=str(company.legal_form), acronym="", address=str(company.street),
            postcode=str(company.postcode), town=str(company.town),
        )  # fmt: skip
        truth = "" if int(company.number) >= REGISTER_SIZE else company.siren
        rows.append((f"C{company.number}", spoiled.name, spoiled.address, spoiled.postcode, spoiled.town, truth,
                     company.siren, "+".join(spoiled.kinds)))  # fmt: skip
    columns = ["customer_id", "name", "address", "postcode", "town", "truth", "origin", "kinds"]
    return pd.DataFrame(rows, columns=columns)


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _in_child(customers: pd.DataFrame, register: Path) -> tuple[pd.DataFrame, float, float, float]:
    """The matches, seconds, processor seconds and peak memory (GB) of a process of its own."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_timed, customers[["customer_id", "name", "address", "postcode", "town"]], register).result()


def _timed(customers: pd.DataFrame, register: Path) -> tuple[pd.DataFrame, float, float, float]:
    start, busy = time.perf_counter(), time.process_time()
    found = match_customers(customers, register, thresholds=MatchingPolicy())
    seconds, cpu = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9  # Linux counts kibibytes
    return found.matches, seconds, cpu, peak


def _judged(customers: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """Customers beside their outcome; `is_right` when the company named is the true one."""
    judged = customers.merge(matches[["customer_id", "outcome", "siren", "probability"]], on="customer_id")
    return judged.assign(is_right=(judged["siren"] == judged["truth"]) & (judged["truth"] != ""))


def _quality(judged: pd.DataFrame, dataset: str, baselines: dict[str, dict[str, float]]) -> Iterator[dict[str, Any]]:
    """Precision and recall at the matched threshold, with intervals bootstrapped by company."""
    matched, present = judged["outcome"] == "matched", judged["truth"] != ""
    counts = pd.DataFrame({
        "right": matched & judged["is_right"], "matched": matched, "present": present, "origin": judged["origin"],
    }).groupby("origin").sum()  # fmt: skip
    draw = np.random.default_rng(SEED)
    picked = draw.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=_DRAWS) @ counts.to_numpy(
        "int64"
    )
    for measure, below in (("precision", "matched"), ("recall", "present")):
        total, right = int(counts[below].sum()), int(counts["right"].sum())
        if not total:
            continue
        column = list(counts.columns).index(below)
        low, high = np.nanquantile(picked[:, 0] / np.maximum(picked[:, column], 1), [0.025, 0.975])
        wilson_low, wilson_high = wilson(right, total)
        yield _row(
            measure, dataset, right / total, "share", n=total,
            low=min(float(low), wilson_low), high=max(float(high), wilson_high), baselines=baselines.get(measure, {}),
        )  # fmt: skip


def _calibration_error(judged: pd.DataFrame) -> float:
    """Mean gap of announced probability and share of right matches over ten groups of equal width (ECE)."""
    groups = judged.groupby(np.minimum((judged["probability"] * 10).astype("int64"), 9))
    gaps = (groups["probability"].mean() - groups["is_right"].mean()).abs()
    return float((gaps * groups.size()).sum() / len(judged))


def _same_name_baseline(customers: pd.DataFrame, register: pd.DataFrame) -> dict[str, dict[str, float]]:
    """What a lookup of the exact name in capitals gives, when one company alone bears it."""
    once = (
        register.assign(key=register["name"].str.upper()).drop_duplicates("key", keep=False).set_index("key")["siren"]
    )
    found = customers["name"].str.upper().map(once)
    right = (found == customers["truth"]).sum()
    label = "exact name"
    return {
        "precision": {label: float(right / found.notna().sum())},
        "recall": {label: float(right / (customers["truth"] != "").sum())},
    }


def _row(
    measure: str,
    dataset: str,
    value: float,
    unit: str,
    *,
    n: int,
    low: float | None = None,
    high: float | None = None,
    baselines: dict[str, float] | None = None,
) -> dict[str, Any]:
    return {
        "measure": measure, "dataset": dataset, "value": round(float(value), 5),
        "low": None if low is None else round(low, 5), "high": None if high is None else round(high, 5),
        "unit": unit, "baselines": {k: round(v, 5) for k, v in (baselines or {}).items()}, "n": n,
    }  # fmt: skip
