"""Planted changes of terms, seen from before them and from after: what benchmark and tests of what-if compare."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from riskkit.decisions.scenario_ahead import OpenNow
from riskkit.decisions.scenarios import Company, play_scenario, sales_growth
from riskkit.models.pass_through import NEVER, Billing, pass_through
from riskkit.policy_scenarios import Range, Reactions, Scenario, ScenariosPolicy
from riskkit.sources.sample import Sample, SampleSpec, TermsChange, make_sample

HORIZON = 91
END = dt.date(2025, 9, 30)
SECTION = "F"
SPEC = SampleSpec(customers=400, invoices=12_000, months=30, end_date=END)
POLICY = ScenariosPolicy(
    reactions=Reactions(lost_sales_share=Range(middle=0, low=0, high=0)),
)
"""The sample plants no lost sales: customers buy on."""


@dataclass(frozen=True)
class Case:
    """A prediction beside its truth, in cents; shares are of what the sector would owe, or have overdue."""

    freed: float
    freed_low: float
    freed_high: float
    naive_freed: float
    true_freed: float
    weeks_inside: tuple[bool, ...]
    overdue_inside: bool
    true_receivables_share: float
    true_overdue_share: float

    @property
    def freed_inside(self) -> bool:
        """Whether the cash really freed lies in the interval."""
        return self.freed_low <= self.true_freed <= self.freed_high


@dataclass(frozen=True)
class ReadPassThrough:
    """The pass-through read from a ledger, beside the one planted."""

    planted: float
    low: float
    middle: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether the planted one lies in the interval."""
        return self.low <= self.planted <= self.high


def planted(seed: int) -> float:
    """The pass-through of a seed, between 0.5 and 1."""
    return float(np.random.default_rng([7, seed]).uniform(0.5, 1.0))


def make_case(seed: int, *, spec: SampleSpec = SPEC, policy: ScenariosPolicy = POLICY) -> Case:
    """A change of terms predicted from before it, and what it did."""
    as_of = spec.end_date - dt.timedelta(days=HORIZON)
    change = TermsChange((("section", SECTION),), "30", as_of + dt.timedelta(days=1), planted(seed))
    spec = replace(spec, seed=seed)
    without = make_sample(spec)
    latenesses = tuple(replace(each, lateness=truth.lateness)
                       for each, truth in zip(spec.drivers, without.truth.drivers, strict=True))  # fmt: skip
    changed = make_sample(replace(spec, drivers=latenesses, terms_change=change))
    facts, billing = customer_facts(without), billing_of(without)
    seen = known_at(billing, as_of)
    company = Company(as_of, 1, 1, 0.2, 0.06, 0.95, seed)
    scenario = Scenario(name="case", target="section", value=SECTION, terms="30")
    growth = sales_growth(seen, as_of=as_of.toordinal())
    followed = pass_through(seen, as_of=as_of.toordinal(), assumed=policy.reactions.pass_through)
    none = OpenNow(np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros((0, 5)))
    played = play_scenario(
        scenario, facts, seen, none, np.zeros(0), growth=growth, followed=followed, company=company, policy=policy
    )
    ends = [as_of.toordinal() + 7 * week for week in range(1, 14)]
    inside = facts["section"].eq(SECTION).to_numpy(dtype=bool)
    base = [_state(without, inside, day) for day in ends]
    then = [_state(changed, inside, day) for day in ends]
    freed = np.array([after[0] - before[0] for before, after in zip(base, then, strict=True)])
    low, middle, high = np.quantile(played.effects.freed, (0.025, 0.5, 0.975), axis=0)
    overdue = np.quantile(played.effects.overdue[:, -1], (0.025, 0.975))
    true_overdue = then[-1][2] - base[-1][2]
    return Case(
        freed=float(middle[-1]), freed_low=float(low[-1]), freed_high=float(high[-1]),
        naive_freed=_naive(seen, inside, as_of.toordinal()), true_freed=float(freed[-1]),
        weeks_inside=tuple(bool(each) for each in (freed >= low) & (freed <= high)),
        overdue_inside=bool(overdue[0] <= true_overdue <= overdue[1]),
        true_receivables_share=(then[-1][1] - base[-1][1]) / base[-1][1],
        true_overdue_share=true_overdue / base[-1][2],
    )  # fmt: skip


def read_pass_through(seed: int, *, spec: SampleSpec = SPEC) -> ReadPassThrough:
    """What is read of the pass-through from a ledger that lived the change for a year."""
    change = TermsChange((("section", SECTION),), "30", spec.end_date - dt.timedelta(days=365), planted(seed))
    sample = make_sample(replace(spec, seed=seed, terms_change=change))
    as_of = spec.end_date.toordinal()
    found = pass_through(known_at(billing_of(sample), spec.end_date), as_of=as_of,
                         assumed=POLICY.reactions.pass_through).value  # fmt: skip
    return ReadPassThrough(planted(seed), found.low, found.middle, found.high)


def customer_facts(sample: Sample) -> pd.DataFrame:
    """What scenarios read of each customer of a sample, in the order of its frame."""
    frame = sample.customers
    return pd.DataFrame({
        "customer_id": frame["customer_id"], "is_catch_all": frame["is_catch_all"], "section": frame["section"],
        "division": frame["division"], "segment": "trust", "risk_level": "low", "overdue_cents": 0,
        "sales_12m_cents": 1, "net_exposure_cents": 0, "limit_cents": 0, "current_limit_cents": 0,
        "expected_loss_cents": 0, "beyond_law_count": 0,
    })  # fmt: skip


def billing_of(sample: Sample) -> Billing:
    """Invoices of a sample with the day they were paid in full, by what each payment was meant for."""
    issued = sample.invoices[sample.invoices["kind"] != "credit_note"]
    paid = sample.truth.allocations.merge(sample.payments[["payment_id", "payment_date", "kind"]], on="payment_id",
                                          how="inner")  # fmt: skip
    cash = paid[paid["kind"] == "payment"].groupby("invoice_id").agg(
        day=("payment_date", "max"), cents=("amount_cents", "sum"))  # fmt: skip
    rows = issued.join(cash, on="invoice_id")
    code = pd.Series(range(len(sample.customers)), index=sample.customers["customer_id"])
    return Billing(
        customer=rows["customer_id"].map(code).to_numpy(dtype=np.int64),
        issue=_ordinals(rows["issue_date"]),
        due=_ordinals(rows["due_date"]),
        paid=np.where(rows["day"].isna(), NEVER, _ordinals(rows["day"].fillna(rows["issue_date"]))),
        cents=rows["cents"].fillna(rows["amount_cents"]).to_numpy(dtype=np.int64),
    )


def known_at(billing: Billing, day: dt.date) -> Billing:
    """What of these invoices is known on a day: those issued by then, paid by then."""
    at = day.toordinal()
    known = billing.only(billing.issue <= at)
    return replace(known, paid=np.where(known.paid <= at, known.paid, NEVER))


def _state(sample: Sample, inside: np.ndarray, day: int) -> tuple[float, float, float]:
    """Cash come, receivables and overdue amount of the group at the end of a day, cents, by what payments were for."""
    billing = billing_of(sample)
    theirs = billing.only(inside[billing.customer] & (billing.issue <= day))
    came = theirs.paid <= day
    owed = theirs.cents[~came]
    return (float(theirs.cents[came].sum()), float(owed.sum()), float(owed[theirs.due[~came] < day].sum()))


def _naive(billing: Billing, inside: np.ndarray, as_of: int) -> float:
    """What a spreadsheet says: sales of a year of the group ÷ 365 × days of terms less, all of it at once."""
    theirs = billing.only(inside[billing.customer] & (billing.issue > as_of - 365))
    shorter = np.average(theirs.due - theirs.issue, weights=theirs.cents) - 30
    return float(theirs.cents.sum() / 365 * shorter)


def _ordinals(days: pd.Series) -> np.ndarray:
    epoch = dt.date(1970, 1, 1).toordinal()
    return np.asarray(days.to_numpy(dtype="datetime64[D]").astype(np.int64) + epoch, dtype=np.int64)
