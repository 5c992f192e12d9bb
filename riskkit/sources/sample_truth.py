"""The truth of a sample: habits per customer, what each payment was meant for, and the planted shares as they came out.

Overdue at the end date is Σ over items due before it of amount − credit notes − payments − write-offs meant for them.
A group's share of the overdue is its sum over the sum of all; its share of sales is its invoices and deposits less
credit notes, tax included, over those of all.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from riskkit.sources.sample_calendar import NEVER, PAY_RULES, Days, day_number
from riskkit.sources.sample_customers import HABITS, PROCEDURES, SLIDE_DAYS, Population
from riskkit.sources.sample_orders import Orders
from riskkit.sources.sample_settlements import Settlements, open_cents
from riskkit.sources.sample_spec import Driver, PlantedDriver, Sample, SampleSpec, SampleTruth


def customer_habits(spec: SampleSpec, population: Population, orders: Orders, plan: Settlements) -> pd.DataFrame:
    """One row per customer: habit, mean delay, pay day, failure, sliding at the end date; sales, open and overdue.

    `driver_0`, `driver_1`… tell whether the customer belongs to the group of each planted driver.
    """
    end = day_number(spec.end_date)
    still_open = open_cents(orders, plan, day=end)
    sold = orders.amount - np.where(orders.credit_day <= end, orders.credit_amount, 0)
    late = np.where(orders.due < end, still_open, 0)
    count = len(population.frame)
    failure = population.failure_day
    groups = {f"driver_{index}": driver.members(population.frame) for index, driver in enumerate(spec.drivers)}
    return pd.DataFrame(
        {
            "customer_id": population.frame["customer_id"],
            "habit": [HABITS[index] for index in population.habit.tolist()],
            "mean_delay_days": population.mean_delay,
            "pay_rule": [PAY_RULES[index] for index in population.pay_rule.tolist()],
            "failure_date": pd.Series(np.where(failure < NEVER, _as_dates(failure), np.datetime64("NaT"))),
            "procedure": pd.Series(
                [PROCEDURES[p] if p >= 0 else None for p in population.procedure.tolist()], dtype="str"
            ),
            "is_sliding": (failure > end) & (failure - SLIDE_DAYS <= end),
            "sales_cents": _by_customer(orders.customer, sold, count),
            "open_cents": _by_customer(orders.customer, still_open, count),
            "overdue_cents": _by_customer(orders.customer, late, count),
            **groups,
        }
    )


def make_truth(
    spec: SampleSpec,
    customers: pd.DataFrame,
    payments: pd.DataFrame,
    *,
    habits: pd.DataFrame,
    allocations: pd.DataFrame,
    future_payments: pd.DataFrame,
) -> SampleTruth:
    """The truth of a whole sample, from the frames of its blocks. Every lateness of `spec` is set by now."""
    sales, overdue = int(habits["sales_cents"].sum()), int(habits["overdue_cents"].sum())
    planted = tuple(
        _planted(driver, customers, habits, habits[f"driver_{index}"]) for index, driver in enumerate(spec.drivers)
    )
    paid = allocations[allocations["payment_id"].notna()]
    return SampleTruth(
        drivers=planted,
        sales_cents=sales,
        open_cents=int(habits["open_cents"].sum()),
        overdue_cents=overdue,
        unapplied_cents=int(payments["amount_cents"].sum()) - int(paid["amount_cents"].sum()),
        habits=habits,
        allocations=allocations,
        future_payments=future_payments,
    )


def _planted(driver: Driver, customers: pd.DataFrame, habits: pd.DataFrame, inside: pd.Series) -> PlantedDriver:
    late = habits.loc[inside, "overdue_cents"]
    single = None
    if driver.one_customer and len(late):
        single = str(customers.loc[habits.loc[inside, "sales_cents"].idxmax(), "customer_id"])
    return PlantedDriver(
        where=driver.where,
        lateness=driver.lateness or 1.0,
        winter=driver.winter,
        one_customer_id=single,
        customers=int(inside.sum()),
        sales_share=_share(habits.loc[inside, "sales_cents"], habits["sales_cents"]),
        overdue_share=_share(late, habits["overdue_cents"]),
        overdue_cents=int(late.sum()),
    )


def write_truth(folder: Path, sample: Sample, mess: dict[str, int]) -> Path:
    """`truth.json`: the planted drivers, totals, habits, procedures, and how many of each fault the files hold."""
    truth = sample.truth
    content = {
        "seed": sample.spec.seed,
        "end_date": sample.spec.end_date.isoformat(),
        "drivers": [asdict(driver) for driver in truth.drivers],
        "sales_cents": truth.sales_cents,
        "open_cents": truth.open_cents,
        "overdue_cents": truth.overdue_cents,
        "unapplied_cents": truth.unapplied_cents,
        "mess": mess,
        "habits": json.loads(truth.habits.to_json(orient="records", date_format="iso", date_unit="s")),
        "events": json.loads(sample.events.to_json(orient="records", date_format="iso", date_unit="s")),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "truth.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _as_dates(days: Days) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    return days.astype("datetime64[D]").astype("datetime64[us]")


def _by_customer(customer: Days, cents: Days, count: int) -> Days:
    """Exact sums of integer cents by customer row."""
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, customer, cents)
    return total


def _share(part: pd.Series, whole: pd.Series) -> float:
    total = int(whole.sum())
    return int(part.sum()) / total if total else float("nan")
