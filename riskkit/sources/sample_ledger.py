"""The sample's ledger as numbers: items and settlements of a block of customers, keyed by integers.

Rows people see are made from these (`sample` in memory, `sample_parquet` on disk). Numbers run by date inside a block.

- All payments of a customer on one day are one transfer; each account of one-off buyers pays item by item.
- A transfer loses its references with probability `lost_reference_share`: it becomes one payment without invoice.
- `double_payment_share` of payments arrive twice; the second one names no invoice and stays unapplied.
- A fifth of the credit notes do not say which invoice they correct.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.sources.sample_calendar import NEVER, Days, day_number
from riskkit.sources.sample_customers import Population
from riskkit.sources.sample_orders import CREDIT_NOTE, Orders
from riskkit.sources.sample_settlements import Settlements
from riskkit.sources.sample_spec import SampleSpec

PAYMENT, WRITE_OFF = 0, 1
UNLINKED_CREDIT_SHARE = 0.2


@dataclass(frozen=True)
class Book:
    """The ledger of a block up to the end date, keyed by integers; 0 is no item, `NEVER` no day.

    `items`: number, customer (row in the block), kind, issue_day, due_day, amount_cents, amount_excl_tax_cents,
    dispute_day, credited (number the credit note names), corrects (number it was meant for), deposit,
    deposit_excl_tax_cents. `settlements`: number, transfer, customer, item, day, amount_cents, kind.
    `allocations`: settlement, credit_note, item, amount_cents. `future`: customer, item, day, amount_cents, kind.
    """

    items: pd.DataFrame
    settlements: pd.DataFrame
    allocations: pd.DataFrame
    future: pd.DataFrame


def make_book(
    spec: SampleSpec,
    rng: np.random.Generator,
    population: Population,
    orders: Orders,
    plan: Settlements,
    *,
    first_item: int = 1,
    first_settlement: int = 1,
) -> Book:
    """The ledger of a block; item and settlement numbers begin where the previous block stopped."""
    end = day_number(spec.end_date)
    items, number = _items(rng, orders, end=end, first_item=first_item)
    rows = _settlement_rows(spec, rng, population, orders, plan)
    rows["item"] = np.where(rows["order"] >= 0, number[rows["order"]], 0)
    future = rows[(rows["day"] > end) & (rows["item"] > 0)]
    known = rows[rows["day"] <= end].sort_values(["day", "customer", "order"], ignore_index=True)
    settlements, allocations = _transfers(spec, rng, known, population, first_settlement=first_settlement)
    credits = items[items["kind"] == CREDIT_NOTE]
    credit_rows = pd.DataFrame(
        {
            "settlement": 0,
            "credit_note": credits["number"],
            "item": credits["corrects"],
            "amount_cents": -credits["amount_cents"],
        }
    )
    return Book(
        items=items,
        settlements=settlements,
        allocations=pd.concat([allocations, credit_rows], ignore_index=True),
        future=future.drop(columns="order").reset_index(drop=True),
    )


def _items(rng: np.random.Generator, orders: Orders, *, end: int, first_item: int) -> tuple[pd.DataFrame, Days]:
    """Items in order of issue, and the number of each order (by entry of `orders`)."""
    credited = np.flatnonzero(orders.credit_day <= end)
    issue = np.concatenate([orders.issue, orders.credit_day[credited]])
    order = np.argsort(issue, kind="stable")
    number = np.empty(len(issue), dtype=np.int64)
    number[order] = first_item + np.arange(len(issue))
    plain = np.zeros(len(credited), dtype=np.int64)
    of_order = number[: len(orders.issue)]
    after = orders.deposit >= 0
    deposit = np.where(after, of_order[orders.deposit], 0)
    deducted = np.where(after, orders.excl_tax[orders.deposit], 0)
    corrects = of_order[credited]
    named = np.where(rng.random(len(credited)) < UNLINKED_CREDIT_SHARE, 0, corrects)
    none = np.zeros(len(orders.issue), dtype=np.int64)
    dispute = np.where(orders.dispute_day <= end, orders.dispute_day, NEVER)
    columns = {
        "number": (of_order, number[len(orders.issue) :]),
        "customer": (orders.customer, orders.customer[credited]),
        "kind": (orders.kind, plain + CREDIT_NOTE),
        "issue_day": (orders.issue, orders.credit_day[credited]),
        "due_day": (orders.due, orders.credit_day[credited]),
        "amount_cents": (orders.amount, -orders.credit_amount[credited]),
        "amount_excl_tax_cents": (orders.excl_tax, -orders.credit_excl_tax[credited]),
        "dispute_day": (dispute, plain + NEVER),
        "credited": (none, named),
        "corrects": (none, corrects),
        "deposit": (deposit, plain),
        "deposit_excl_tax_cents": (deducted, plain),
    }
    return pd.DataFrame({name: np.concatenate(parts)[order] for name, parts in columns.items()}), of_order


def _settlement_rows(
    spec: SampleSpec, rng: np.random.Generator, population: Population, orders: Orders, plan: Settlements
) -> pd.DataFrame:
    """One row per settlement of an order, at any date, double payments included (order −1)."""
    parts = []
    for day, cents, kind in (
        (plan.first_day, plan.first_cents, PAYMENT),
        (plan.second_day, plan.second_cents, PAYMENT),
        (plan.write_off_day, plan.write_off_cents, WRITE_OFF),
    ):
        entry = np.flatnonzero(day < NEVER)
        parts.append(_rows(orders.customer[entry], entry, day[entry], cents[entry], kind))
    twice = np.flatnonzero((plan.first_day < NEVER) & (rng.random(len(plan.first_day)) < spec.double_payment_share))
    again = plan.first_day[twice] + 7 * rng.integers(1, 5, len(twice))
    kept = again < population.failure_day[orders.customer[twice]]
    twice, again = twice[kept], again[kept]
    parts.append(_rows(orders.customer[twice], np.full(len(twice), -1), again, plan.first_cents[twice], PAYMENT))
    return pd.concat(parts, ignore_index=True)


def _rows(customer: Days, order: Days, day: Days, cents: Days, kind: int) -> pd.DataFrame:
    return pd.DataFrame({"customer": customer, "order": order, "day": day, "amount_cents": cents, "kind": kind})


def _transfers(
    spec: SampleSpec,
    rng: np.random.Generator,
    rows: pd.DataFrame,
    population: Population,
    *,
    first_settlement: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Settlements grouped in transfers, some without reference, and what each was meant for."""
    customer, day, kind = (rows[name].to_numpy(dtype=np.int64) for name in ("customer", "day", "kind"))
    single = population.is_catch_all[customer] | (kind == WRITE_OFF) | (rows["order"].to_numpy() < 0)
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (customer[1:] != customer[:-1]) | (day[1:] != day[:-1]) | single[1:] | single[:-1]
    transfer = np.cumsum(new)
    lost = (rng.random(len(rows)) < spec.lost_reference_share)[np.flatnonzero(new)][transfer - 1]
    lost &= ~(single & (kind == WRITE_OFF))
    begins = new | ~lost
    settlement = first_settlement - 1 + np.cumsum(begins)
    starts = np.flatnonzero(begins)
    cents = rows["amount_cents"].to_numpy(dtype=np.int64)
    settlements = pd.DataFrame(
        {
            "number": settlement[starts],
            "transfer": first_settlement - 1 + transfer[starts],
            "customer": customer[starts],
            "item": np.where(lost, 0, rows["item"].to_numpy(dtype=np.int64))[starts],
            "day": day[starts],
            "amount_cents": np.add.reduceat(cents, starts) if len(starts) else cents,
            "kind": kind[starts],
        }
    )
    meant = rows["item"].to_numpy(dtype=np.int64) > 0
    allocations = pd.DataFrame(
        {
            "settlement": settlement[meant],
            "credit_note": 0,
            "item": rows["item"].to_numpy(dtype=np.int64)[meant],
            "amount_cents": cents[meant],
        }
    )
    return settlements, allocations
