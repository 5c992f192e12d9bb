"""What breaks the treasury: shocks on delay and failure, the largest debtors, groups, and the smallest shock that does.

The plan is the cash of 13 weeks: open items as forecast, and the invoices of the weeks ahead played from those of last
years (`scenario_ahead`). A shock delays part of it or takes it away. Failures draw their losses customer by customer.
Where cash and outflows are stated, the treasury breaks below the floor of the policy; else when what has come is behind
the plan by more than a part of it. Reverse stress solves for the smallest shock that breaks it, by bisection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from riskkit.decisions.scenario_ahead import HORIZON, WEEKS, YEAR_DAYS, Ahead, OpenNow
from riskkit.models.pass_through import Days, Floats
from riskkit.policy_scenarios import StressPolicy
from riskkit.schemas import Column, Table

WEEK_ENDS = 7.0 * np.arange(1, WEEKS + 1)
DRAWS = 500
LONGEST_DELAY = 180
MOST_CELLS = 5_000_000

STRESS = Table(
    "stress",
    "a shock and what it does to the cash of 13 weeks",
    (
        Column("shock", "text", "sector_delay, sector_failure, top_failure, group_domino, reverse_delay, "
               "reverse_failure or reverse_top"),
        Column("size", "number", "days, factor of the chance of failure, debtors, or share; missing where no shock "
               "breaks the treasury", nullable=True),
        Column("unit", "text", "days, factor, count or share"),
        Column("customers_count", "integer", "customers concerned"),
        Column("planned_cents", "cents", "cash of 13 weeks without the shock"),
        Column("missing_cents", "cents", "cash that does not come within 13 weeks"),
        Column("missing_low_cents", "cents", "low end at the confidence of the policy; missing where nothing is drawn",
               nullable=True),
        Column("missing_high_cents", "cents", "high end of it", nullable=True),
        Column("loss_cents", "cents", "what is lost in the end of what is owed"),
        Column("loss_low_cents", "cents", "low end; missing where nothing is drawn", nullable=True),
        Column("loss_high_cents", "cents", "high end", nullable=True),
        Column("weeks_of_cash", "number", "the missing cash, in mean weeks of the plan"),
        Column("breaks_in_week", "integer", "first week in which the treasury breaks; missing: it holds",
               nullable=True),
        Column("title", "text", "the shock, in the language of the run"),
        Column("reason", "text", "what it does, in the language of the run"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """The cash of 13 weeks, customer by customer: open items and invoices ahead with the codes of their customers."""

    opened: OpenNow
    open_customer: Days
    ahead: Ahead
    growth: float
    customers: int

    def weekly(self, delay: Floats | None = None) -> Floats:
        """Cash that comes each week of each customer, customers × weeks, each customer paying `delay` days later."""
        late = np.zeros(self.customers) if delay is None else delay
        ends = WEEK_ENDS[None, :] - late[self.open_customer][:, None]
        by = np.where(ends > 0, self.opened.paid_by(np.maximum(ends, 0.0)), 0.0) * self.opened.cents[:, None]
        paid = self.ahead.paid + late[self.ahead.customer]
        money = self.ahead.cents * self.ahead.weight * self.growth
        came = (paid[:, None] <= WEEK_ENDS) * money[:, None]
        whole = np.zeros((self.customers, WEEKS))
        np.add.at(whole, self.open_customer, by)
        np.add.at(whole, self.ahead.customer, came)
        return np.diff(whole, axis=1, prepend=0.0)


@dataclass(frozen=True)
class Shock:
    """A shock: what it takes from each customer's weeks, whom, with what chance, and what each owes then (cents)."""

    name: str
    size: float | None
    unit: str
    members: Days
    chance: Floats
    missing: Floats
    lost: Floats


def breaks_in(missing: Floats, planned: Floats, *, policy: StressPolicy) -> int | None:
    """The first week in which the treasury breaks, None where it holds.

    From: cash that is missing and planned, by week (cents).
    """
    if policy.opening_cash_amount is None or policy.weekly_outflow_amount is None:
        allowed = (1 - policy.floor_share) * planned.sum()
        low = np.cumsum(missing) > allowed
    else:
        out = 100 * policy.weekly_outflow_amount * np.arange(1, WEEKS + 1)
        cash = 100 * policy.opening_cash_amount + np.cumsum(planned - missing) - out
        low = cash < 100 * policy.floor_amount
    return int(np.argmax(low)) + 1 if low.any() else None


def largest_section(facts: pd.DataFrame) -> str | None:
    """The known section that owes most; None where none is known."""
    sums = facts[~facts["is_catch_all"]].groupby("section")["net_exposure_cents"].sum()
    return str(sums.idxmax()) if len(sums) and int(sums.max()) > 0 else None


def largest_debtors(facts: pd.DataFrame, count: int) -> Days:
    """Positions of the accounts of the `count` debtors that owe most; accounts of one-off customers are none."""
    own = facts[~facts["is_catch_all"]]
    sums = own.groupby("debtor_id")["net_exposure_cents"].sum().sort_values(ascending=False, kind="stable")
    return np.flatnonzero((facts["debtor_id"].isin(sums.index[:count]) & ~facts["is_catch_all"]).to_numpy())


def shocks(plan: Plan, facts: pd.DataFrame, *, policy: StressPolicy) -> list[Shock]:
    """The shocks of the policy that these customers allow.

    From: customer_id, debtor_id, group_id (missing: none), is_catch_all, section, net_exposure_cents, probability_12m,
          loss_given_event, one row a customer in the order of the codes of the plan.
    """
    base = plan.weekly()
    made = []
    section = largest_section(facts)
    if section is not None:
        inside = (facts["section"] == section).fillna(value=False).to_numpy(dtype=bool) & ~facts["is_catch_all"]
        members = np.flatnonzero(inside)
        delay = np.where(inside, float(policy.delay_shock_days), 0.0)
        made.append(_delayed("sector_delay", float(policy.delay_shock_days), members, base, plan.weekly(delay)))
        made.append(_failed(
            "sector_failure", policy.failure_factor, "factor", members, base, facts,
            chance=failure_chance(facts, factor=policy.failure_factor), share=policy.failed_loss_share,
        ))  # fmt: skip
    for count in policy.top_counts:
        members = largest_debtors(facts, count)
        if len(members):
            made.append(_failed("top_failure", float(count), "count", members, base, facts,
                                chance=np.ones(len(facts)), share=policy.failed_loss_share))  # fmt: skip
    domino = group_domino(facts, cascade_share=policy.cascade_share)
    if domino is not None:
        members, chance = domino
        made.append(_failed("group_domino", policy.cascade_share, "share", members, base, facts, chance=chance,
                            share=policy.failed_loss_share))  # fmt: skip
    return made


def failure_chance(facts: pd.DataFrame, *, factor: float) -> Floats:
    """Added chance of an event of each customer within 13 weeks when that of a year is multiplied."""
    quarter = 1 - (1 - facts["probability_12m"].to_numpy(dtype=np.float64).clip(0, 1)) ** (HORIZON / YEAR_DAYS)
    added: Floats = np.minimum(quarter * factor, 1.0) - quarter
    return added


def group_domino(facts: pd.DataFrame, *, cascade_share: float) -> tuple[Days, Floats] | None:
    """The group of companies that owes most: its accounts, and the chance that each fails once its largest has.

    None where no group has two debtors that owe.
    """
    owing = facts[facts["group_id"].notna() & ~facts["is_catch_all"] & (facts["net_exposure_cents"] > 0)]
    several = owing.groupby("group_id")["debtor_id"].transform("nunique") > 1
    owing = owing[several]
    if owing.empty:
        return None
    worst = owing.groupby("group_id")["net_exposure_cents"].sum().idxmax()
    members = owing[owing["group_id"] == worst]
    first = members.groupby("debtor_id")["net_exposure_cents"].sum().idxmax()
    chance = np.zeros(len(facts))
    places = facts.index.get_indexer(members.index)
    chance[places] = np.where(members["debtor_id"] == first, 1.0, cascade_share)
    return np.asarray(places, dtype=np.int64), chance


def _delayed(name: str, size: float, members: Days, base: Floats, then: Floats) -> Shock:
    missing = (base - then)[members]
    return Shock(name, size, "days", members, np.ones(len(members)), missing, np.zeros(len(members)))


def _failed(
    name: str, size: float, unit: str, members: Days, base: Floats, facts: pd.DataFrame, *, chance: Floats, share: float
) -> Shock:
    owed = facts["net_exposure_cents"].to_numpy(dtype=np.float64).clip(min=0)[members]
    return Shock(name, size, unit, members, chance[members], base[members], owed * share)


def reverse_shocks(plan: Plan, facts: pd.DataFrame, *, policy: StressPolicy) -> list[Shock]:
    """The smallest shock of each kind that breaks the treasury; size None where none does.

    Days of delay of everybody, number of the largest debtors that fail, part unpaid of the section that owes most.
    """
    base = plan.weekly()
    planned = base.sum(axis=0)
    everybody = np.arange(plan.customers)

    def delayed(days: float) -> Shock:
        return _delayed("reverse_delay", days, everybody, base, plan.weekly(np.full(plan.customers, days)))

    section = largest_section(facts)
    inside = (facts["section"] == section).fillna(value=False).to_numpy(dtype=bool) if section else np.zeros(0, bool)
    members = np.flatnonzero(inside)

    def unpaid(share: float) -> Shock:
        return _failed("reverse_failure", share, "share", members, share * base, facts,
                       chance=np.ones(plan.customers), share=share * policy.failed_loss_share)  # fmt: skip

    def toppled(count: float) -> Shock:
        return _failed("reverse_top", count, "count", largest_debtors(facts, int(count)), base, facts,
                       chance=np.ones(plan.customers), share=policy.failed_loss_share)  # fmt: skip

    debtors = int(facts.loc[~facts["is_catch_all"] & (facts["net_exposure_cents"] > 0), "debtor_id"].nunique())
    solved = [
        smallest(delayed, LONGEST_DELAY, step=0.5, planned=planned, policy=policy),
        smallest(toppled, debtors, step=1.0, planned=planned, policy=policy),
    ]
    if section is not None:
        solved.append(smallest(unpaid, 1.0, step=0.005, planned=planned, policy=policy))
    return solved


def smallest(
    shock: Callable[[float], Shock], most: float, *, step: float, planned: Floats, policy: StressPolicy
) -> Shock:
    """The smallest size, in whole steps, at which a shock breaks the treasury, by bisection; size None: none does.

    A larger shock takes more cash, so that once broken it stays broken.
    """
    low, high = 0, round(most / step)

    def breaks(steps: int) -> bool:
        return breaks_in(shock(steps * step).missing.sum(axis=0), planned, policy=policy) is not None

    if breaks(0):
        return shock(0.0)
    if high < 1 or not breaks(high):
        whole = shock(most)
        return Shock(whole.name, None, whole.unit, whole.members, whole.chance, whole.missing, whole.lost)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if breaks(middle) else (middle, high)
    return shock(high * step)


def stress_row(shock: Shock, planned: Floats, *, confidence: float, policy: StressPolicy, seed: int) -> dict[str, Any]:
    """One row of `STRESS` but for its sentences."""
    missing = (shock.chance[:, None] * shock.missing).sum(axis=0)
    total, lost = float(missing.sum()), float((shock.chance * shock.lost).sum())
    row: dict[str, Any] = {
        "shock": shock.name, "size": shock.size, "unit": shock.unit, "customers_count": len(shock.members),
        "planned_cents": round(float(planned.sum())), "missing_cents": round(total), "loss_cents": round(lost),
        "weeks_of_cash": total / max(float(planned.mean()), 1.0),
        "breaks_in_week": breaks_in(missing, planned, policy=policy),
    }  # fmt: skip
    if bool((shock.chance < 1).any()) and len(shock.members):
        draws = max(min(DRAWS, MOST_CELLS // len(shock.members)), 50)
        fails = np.random.default_rng(seed).random((draws, len(shock.members))) < shock.chance
        ends = ((1 - confidence) / 2, (1 + confidence) / 2)
        for name, cents in (("missing", shock.missing.sum(axis=1)), ("loss", shock.lost)):
            low, high = np.quantile(fails @ cents, ends)
            row |= {f"{name}_low_cents": round(float(low)), f"{name}_high_cents": round(float(high))}
    return row
