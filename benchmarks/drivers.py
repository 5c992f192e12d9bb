"""The driver search on planted portfolios: what is there is found, what is not there is not announced.

Each portfolio is the sample of `sources.sample` (600 customers, 20,000 invoices, 36 months) with another seed and other
drivers, struck without files: items open and overdue at the end date with every payment on the invoice it was meant
for, as the truth of the sample has them. Customers come with the columns of the client's file.

- `no_driver`: nobody is late because of a group;
- `one_driver`: section F makes 40 % of the overdue with 20 % of sales, as in the sample;
- `two_drivers`: sections F and region Auvergne-Rhône-Alpes, 20 % of sales each, delays multiplied by 3;
- `interaction`: section C paying by LCR, 12 % of sales, delays multiplied by 4;
- `one_customer`: the same overdue as `one_driver`, by the largest customer of section F alone.

Detection: every planted group is among the findings, by its very name. False alarm: any group or pair is announced
where nothing, or only a customer, is planted. Misnamed: where something is planted, any other group or pair is
announced, near misses included (division 43 for section F, the sales team for its region). `exact_rate`: the planted
groups are announced and nothing else. Baseline `uncorrected`: a single group is taken for a driver when its excess at
equal size and terms is beyond 1.96 standard errors, without counting the tries.

Thresholds of the search were set on seeds from 10,000 on, never on those published (1 to 200).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pandas as pd

from riskkit.ledger.dimensions import group_customers
from riskkit.ledger.driver_search import SINGLE, Search, prepare_search
from riskkit.ledger.drivers import find_drivers
from riskkit.policy import Policy
from riskkit.sources.sample_customers import make_population
from riskkit.sources.sample_orders import make_orders
from riskkit.sources.sample_settlements import plan_settlements, solve_latenesses
from riskkit.sources.sample_spec import Driver, SampleSpec
from riskkit.sources.sample_truth import customer_habits

PACKAGES = ("numpy", "scipy", "pandas")
SEEDS = range(1, 201)
WORKERS = 2
DRAWS = 400  # of the bootstrap; only the sign of one end is used here

Where = tuple[tuple[str, str], ...]
F: Where = (("section", "F"),)
REGION: Where = (("region", "Auvergne-Rhône-Alpes"),)
PAIR: Where = (("section", "C"), ("payment_method", "LCR"))
CASES: dict[str, tuple[Driver, ...]] = {
    "no_driver": (),
    "one_driver": (Driver(),),
    "two_drivers": (
        Driver(where=F, lateness=3.0, sales_share=0.20),
        Driver(where=REGION, lateness=3.0, sales_share=0.20),
    ),
    "interaction": (Driver(where=PAIR, lateness=4.0, sales_share=0.12),),
    "one_customer": (Driver(one_customer=True),),
}
COLUMNS = {
    "headcount_band": "x_effectif",
    "region": "x_region",
    "payment_method": "x_mode_de_reglement",
    "customer_since": "x_client_depuis",
}


def portfolio(spec: SampleSpec) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers as their file has them, and what each owes and bought: the sample struck without files."""
    rng = np.random.default_rng(np.random.SeedSequence(spec.seed, spawn_key=(0,)))
    population = make_population(spec, rng, first_number=1, count=spec.customers)
    orders = make_orders(spec, rng, population, invoices=spec.invoices)
    plan = plan_settlements(spec, orders, population, latenesses=solve_latenesses(spec, orders, population))
    truth = customer_habits(spec, population, orders, plan)
    customers = population.frame.rename(columns=COLUMNS)
    held = pd.DataFrame(
        {
            "customer_id": customers["customer_id"],
            "name": customers["name"],
            "open_items_cents": truth["open_cents"].clip(lower=0),
            "overdue_cents": truth["overdue_cents"].clip(lower=0),
            "cash_12m_cents": 0,
            "sales_12m_cents": truth["sales_cents"],
            "first_date": customers["x_client_depuis"],
            "terms_days": np.nan,
        }
    )
    return customers, held


def outcome(case: str, seed: int) -> dict[str, Any]:
    """What the search announces on one portfolio, against what was planted."""
    drivers = CASES[case]
    spec = SampleSpec(seed=seed, drivers=drivers)
    customers, held = portfolio(spec)
    policy = Policy()
    grouping = group_customers(customers, held, as_of=spec.end_date, policy=policy.drivers)
    search = prepare_search(held, grouping, policy=policy.drivers, seed=policy.seed)
    found = find_drivers(
        held,
        grouping,
        search,
        draws=DRAWS,
        confidence=policy.confidence,
        seed=policy.seed,
        is_catch_all=customers["is_catch_all"],
    )
    groups = found[found["kind"] != "customer"]
    named = {frozenset(_conditions(row)) for _, row in groups.iterrows()}
    planted = {frozenset(driver.where) for driver in drivers if not driver.one_customer}
    single = (held["overdue_cents"] / max(held["overdue_cents"].sum(), 1)).idxmax()
    return {
        "case": case,
        "seed": seed,
        "detected": planted <= named,
        "alarm": bool(named - planted),
        "announced": bool(named),
        "customer": str(held["customer_id"][single]) in set(found.loc[found["kind"] == "customer", "code"]),
        "uncorrected": _uncorrected(search, planted),
        "named": sorted(" × ".join("=".join(part) for part in sorted(group)) for group in named),
    }


def _conditions(row: pd.Series) -> Iterator[tuple[str, str]]:
    yield str(row["level"]), str(row["code"])
    if row["kind"] == "pair":
        yield str(row["second_level"]), str(row["second_code"])


def _uncorrected(search: Search, planted: set[frozenset[tuple[str, str]]]) -> bool:
    """Whether a search that does not count its tries announces a group that was not planted."""
    singles = search.families[SINGLE]
    beyond = search.statistics(singles.members, SINGLE) > 1.96
    return any(flag and frozenset(c) not in planted for c, flag in zip(singles.conditions, beyond, strict=True))


def outcomes(seeds: range, cases: tuple[str, ...] = tuple(CASES)) -> pd.DataFrame:
    """The outcomes of every case and seed, on two processes."""
    orders = [(case, seed) for seed in seeds for case in cases]
    with ProcessPoolExecutor(WORKERS) as workers:
        return pd.DataFrame(list(workers.map(outcome, *zip(*orders, strict=True), chunksize=10)))


def rows() -> list[dict[str, Any]]:
    """Detection, false alarms and exactness by case."""
    whole = outcomes(SEEDS)
    made = []
    for case, part in whole.groupby("case", sort=False):
        none = {"uncorrected": float(part["uncorrected"].mean())}
        if case in ("no_driver", "one_customer"):
            made.append(_row("false_alarm_rate", str(case), part["announced"], baselines=none))
        else:
            made.append(_row("detection_rate", str(case), part["detected"]))
            made.append(_row("misnamed_rate", str(case), part["alarm"], baselines=none))
            made.append(_row("exact_rate", str(case), part["detected"] & ~part["alarm"]))
        if case == "one_customer":
            made.append(_row("customer_named_rate", str(case), part["customer"]))
    return made


def _row(measure: str, case: str, hits: pd.Series, *, baselines: dict[str, float] | None = None) -> dict[str, Any]:
    low, high = wilson(int(hits.sum()), len(hits))
    return {
        "measure": measure, "dataset": case, "value": float(hits.mean()), "low": low, "high": high, "unit": "share",
        "baselines": baselines or {}, "n": len(hits),
    }  # fmt: skip


def wilson(hits: int, n: int, *, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % Wilson interval of a rate."""
    rate, span = hits / n, z * z / n
    middle = (rate + span / 2) / (1 + span)
    half = z * (rate * (1 - rate) / n + span / (4 * n)) ** 0.5 / (1 + span)
    return max(middle - half, 0.0), min(middle + half, 1.0)


if __name__ == "__main__":  # tuning: python -m benchmarks.drivers 10000 10060
    first, last = map(int, sys.argv[1:3])
    tuned = outcomes(range(first, last))
    shown = tuned.groupby("case", sort=False)[["detected", "alarm", "announced", "customer", "uncorrected"]].mean()
    sys.stdout.write(f"{shown.round(3).to_string()}\n")
    sys.stdout.write(tuned.explode("named").groupby("case")["named"].value_counts().to_string() + "\n")
