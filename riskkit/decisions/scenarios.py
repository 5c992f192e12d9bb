"""What if: terms, deposits, discounts, limits or dunning change for some customers. Cash, DSO, losses, margin and law.

Levers come from `policy_scenarios`; the weeks ahead are played by `scenario_replay`. Losses follow exposure: the loss
expected on the customers concerned falls by the share by which what they owe falls, times a factor drawn around 1.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.decisions.scenario_ahead import HORIZON, WEEKS, YEAR_DAYS, OpenNow, ahead_of
from riskkit.decisions.scenario_replay import Effects, play
from riskkit.decisions.scenario_tables import SCENARIO_ASSUMPTIONS, SCENARIO_WEEKS, SCENARIOS, UNITS
from riskkit.ledger.terms import parse_terms
from riskkit.models.pass_through import Billing, Floats, PassThrough
from riskkit.policy_scenarios import Range, Reactions, Scenario, ScenariosPolicy
from riskkit.sources.quality_terms import LegalTerm

LONGEST_GROWTH = 1.5
REACTIONS = ("pass_through", "followers_share", "discount_takers_share", "dunning_gain_share", "lost_sales_share")


@dataclass(frozen=True)
class Company:
    """What a scenario is compared with: cents of receivables and of sales of twelve months, costs, confidence."""

    as_of: dt.date
    receivables_cents: int
    sales_12m_cents: int
    vat_rate: float
    cash_rate: float
    confidence: float
    seed: int


@dataclass(frozen=True)
class Played:
    """A scenario played: who is concerned (positions in the facts) and what it gives."""

    scenario: Scenario
    members: np.ndarray[tuple[int], np.dtype[np.int64]]
    effects: Effects


def members_of(scenario: Scenario, facts: pd.DataFrame) -> pd.Series:
    """True for the customers of a scenario; accounts of one-off customers belong to none.

    From: customer_id, is_catch_all, section, division, segment, risk_level, overdue_cents.
    """
    inside = ~facts["is_catch_all"]
    if scenario.target == "all":
        return inside
    if scenario.target == "largest_overdue_section":
        worst = worst_section(facts)
        return inside & (facts["section"] == worst).fillna(value=False) if worst else inside & False
    column = "customer_id" if scenario.target == "customer" else scenario.target
    return inside & (facts[column] == scenario.value).fillna(value=False).astype(bool)


def worst_section(facts: pd.DataFrame) -> str | None:
    """The known section with most overdue; None where nothing is overdue or no section is known."""
    sums = facts[~facts["is_catch_all"]].groupby("section")["overdue_cents"].sum()
    return str(sums.idxmax()) if len(sums) and int(sums.max()) > 0 else None


def sales_growth(billing: Billing, *, as_of: int) -> float:
    """Sales of the last 13 weeks ÷ those of the same weeks a year before, drawn half-way to 1; 1 where not known."""
    first = int(billing.issue.min()) if len(billing) else as_of
    now = billing.cents[(billing.issue > as_of - HORIZON) & (billing.issue <= as_of)].sum()
    before = (billing.issue > as_of - YEAR_DAYS - HORIZON) & (billing.issue <= as_of - YEAR_DAYS)
    then = billing.cents[before].sum()
    if first > as_of - YEAR_DAYS - HORIZON or then <= 0 or now <= 0:
        return 1.0
    return float(np.clip(np.sqrt(now / then), 1 / LONGEST_GROWTH, LONGEST_GROWTH))


def blocked_share(facts: pd.DataFrame, scenario: Scenario) -> Floats:
    """Part of each customer's sales of 13 weeks that a smaller limit stops: what it owes beyond, over what it buys."""
    if scenario.limit_factor >= 1:
        return np.zeros(len(facts))
    limit = facts["current_limit_cents"].astype("Float64").fillna(facts["limit_cents"].astype("Float64"))
    limits = limit.astype("float64").fillna(np.inf)
    owed = facts["net_exposure_cents"].astype("float64")
    beyond = (owed - limits * scenario.limit_factor).clip(lower=0) - (owed - limits).clip(lower=0)
    bought = facts["sales_12m_cents"].clip(lower=0) * HORIZON / YEAR_DAYS
    return np.asarray((beyond / bought.where(bought > 0)).clip(0, 1).fillna(0.0), dtype=np.float64)


def play_scenario(
    scenario: Scenario,
    facts: pd.DataFrame,
    billing: Billing,
    opened: OpenNow,
    open_customer: Floats,
    *,
    growth: float,
    followed: PassThrough,
    company: Company,
    policy: ScenariosPolicy,
) -> Played:
    """One scenario over the weeks ahead.

    Parameters
    ----------
    scenario
        Levers and whom they are pulled on.
    facts
        One row a customer, in the order of the codes of `billing` (see `members_of`, `blocked_share`).
    billing
        Invoices of the past, all customers.
    opened, open_customer
        Open items, and the code of the customer of each.
    growth
        See `sales_growth`.
    followed
        How far customers follow a change of terms.
    company
        Date, seed.
    policy
        Reactions and draws.

    """
    inside = members_of(scenario, facts).to_numpy(dtype=bool)
    ahead = ahead_of(billing.only(inside[billing.customer]), scenario, as_of=company.as_of, seed=company.seed)
    theirs = inside[open_customer.astype(np.int64)]
    own = OpenNow(opened.cents[theirs], opened.due[theirs], opened.within[theirs])
    ranges = {name: getattr(policy.reactions, name) for name in REACTIONS} | {"pass_through": followed.value}
    effects = play(
        ahead, own, scenario, blocked=blocked_share(facts, scenario), growth=growth, reactions=ranges, policy=policy,
        seed=company.seed,
    )  # fmt: skip
    return Played(scenario, np.flatnonzero(inside), effects)


def scenario_rows(
    played: Played, facts: pd.DataFrame, *, title: str, legal: LegalTerm, company: Company, policy: ScenariosPolicy
) -> pd.DataFrame:
    """`SCENARIOS` of one scenario: every measure of `UNITS`."""
    own, effects = facts.iloc[played.members], played.effects
    sales, excl_tax = company.sales_12m_cents, company.sales_12m_cents / (1 + company.vat_rate)
    at_end = effects.receivables[:, -1]
    margin = effects.discount_cost + effects.lost_sales * policy.margin_rate
    margin = margin / (1 + company.vat_rate)
    yearly_loss = float(own["expected_loss_cents"].sum())
    spread = policy.reactions.loss_spread
    factor = np.exp(spread * np.random.default_rng(company.seed).standard_normal(len(at_end)) - spread**2 / 2)
    share = effects.receivables / np.maximum(effects.base_receivables, 1.0)
    loss = yearly_loss * HORIZON / YEAR_DAYS * share.mean(axis=1) * factor
    yearly = effects.long_run * company.cash_rate - yearly_loss * share[:, -1] * factor
    days = YEAR_DAYS / sales if sales > 0 else 0.0
    bfr_days = YEAR_DAYS / excl_tax if sales > 0 else 0.0
    now = company.receivables_cents
    before, after = _legal_risk(own, played.scenario, legal)
    values: dict[str, tuple[float | None, Floats]] = {
        "cash_13w_amount": (None, effects.freed[:, -1] / 100),
        "receivables_amount": (now / 100, at_end / 100),
        "dso_days": (now * days, at_end * days),
        "bfr_days": (now * bfr_days, at_end * bfr_days),
        "long_run_cash_amount": (None, effects.long_run / 100),
        "long_run_dso_days": (now * days, -effects.long_run * days),
        "target_overdue_amount": (float(np.median(effects.base_overdue[:, -1])) / 100, effects.overdue[:, -1] / 100),
        "target_loss_13w_amount": (yearly_loss * HORIZON / YEAR_DAYS / 100, loss / 100),
        "target_loss_share": (None, share[:, -1]),
        "margin_cost_13w_amount": (None, margin / 100),
        "net_yearly_amount": (None, (yearly - margin * YEAR_DAYS / HORIZON) / 100),
        "legal_risk_count": (float(before), np.full(len(at_end), float(after - before))),
    }
    ends = ((1 - company.confidence) / 2, (1 + company.confidence) / 2)
    rows = [
        (measure, UNITS[measure], base, *np.quantile(drawn, (0.5, *ends))) for measure, (base, drawn) in values.items()
    ]
    frame = pd.DataFrame(rows, columns=["measure", "unit", "base", "change", "low", "high"])
    part = float(own["sales_12m_cents"].clip(lower=0).sum()) / sales if sales > 0 else 0.0
    return SCENARIOS.conform(
        frame.assign(scenario=played.scenario.name, title=title, customers_count=len(own), sales_share=part)
    )[SCENARIOS.names]


def _legal_risk(own: pd.DataFrame, scenario: Scenario, legal: LegalTerm) -> tuple[int, int]:
    """Customers with invoices due later than the law allows, before the scenario and after it."""
    before = own["beyond_law_count"] > 0
    terms = parse_terms(scenario.terms) if scenario.terms else None
    if terms is None:
        return int(before.sum()), int(before.sum())
    most = legal.end_of_month_days if terms.end_of_month and legal.end_of_month_days else legal.days
    if terms.days > most:
        return int(before.sum()), len(own)
    return int(before.sum()), 0


def week_rows(played: Played, *, company: Company) -> pd.DataFrame:
    """`SCENARIO_WEEKS` of one scenario."""
    ends = ((1 - company.confidence) / 2, (1 + company.confidence) / 2)
    middle, low, high = np.rint(np.quantile(played.effects.freed, (0.5, *ends), axis=0)).astype(np.int64)
    weeks = np.arange(1, WEEKS + 1)
    return SCENARIO_WEEKS.conform(
        pd.DataFrame(
            {
                "scenario": played.scenario.name,
                "week": weeks,
                "week_end": [company.as_of + dt.timedelta(days=7 * int(week)) for week in weeks],
                "freed_cents": middle,
                "freed_low_cents": low,
                "freed_high_cents": high,
                "overdue_cents": np.rint(np.median(played.effects.overdue, axis=0)).astype(np.int64),
            }
        )
    )


def assumption_rows(reactions: Reactions, followed: PassThrough, *, growth: float) -> pd.DataFrame:
    """`SCENARIO_ASSUMPTIONS`: what is assumed of every scenario, and what the ledger corrected."""
    half = 1.96 * reactions.growth_spread
    stated: dict[str, tuple[Range, str, int]] = {name: (getattr(reactions, name), "policy", 0) for name in REACTIONS}
    stated["pass_through"] = (followed.value, followed.source, followed.customers_count)
    grown = Range(middle=growth, low=growth * float(np.exp(-half)), high=growth * float(np.exp(half)))
    stated["sales_growth"] = (grown, "ledger" if growth != 1.0 else "policy", 0)
    rows = [
        {"assumption": name, **value.model_dump(), "source": source, "customers_count": count}
        for name, (value, source, count) in stated.items()
    ]
    return SCENARIO_ASSUMPTIONS.conform(pd.DataFrame(rows))
