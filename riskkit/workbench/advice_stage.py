"""On what terms to sell, what to insure, what if, and what breaks the treasury: one stage of a run after decisions."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from riskkit.decisions.cover import COVER
from riskkit.decisions.scenario_tables import SCENARIO_TABLES
from riskkit.decisions.scenarios import Company
from riskkit.decisions.stress import STRESS
from riskkit.decisions.terms import INSTALMENT_PLANS, TERMS, instalment_plans, recommend_terms
from riskkit.decisions.terms_reasons import PARTS, terms_notes, terms_reasons
from riskkit.errors import Message
from riskkit.exhibits.language import language as language_of
from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import Snapshot
from riskkit.policy import Policy
from riskkit.sources.quality_terms import legal_term
from riskkit.workbench.companies_stage import Identified
from riskkit.workbench.decisions_stage import PROFILE_HALF_YEARS, Decided
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.scenarios_stage import read_billing, what_if
from riskkit.workbench.stress_stage import STRESS_TABLES, covers, stress_tests

ADVICE_TABLES = (TERMS, INSTALMENT_PLANS, *SCENARIO_TABLES, *STRESS_TABLES)
_OF_LIMITS = ["need_cents", "limit_cents", "exposure_cents", "net_exposure_cents", "insured_limit_cents",
              "probability_12m", "loss_given_event", "expected_loss_cents", "expected_loss_low_cents",
              "expected_loss_high_cents"]  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """The tables of the stage, by name (money in cents), and what is to be said."""

    tables: dict[str, pd.DataFrame]
    notes: tuple[Message, ...]


def advise(
    snapshot: Snapshot,
    identified: Identified,
    decided: Decided,
    *,
    behind: dict[str, pd.DataFrame],
    legal_delays: pd.DataFrame,
    payment_time: pd.DataFrame,
    book: Book,
    portfolio: Portfolio,
    language: str,
) -> Advice:
    """Terms, instalment plans and cover of each customer, the scenarios of the policy, and stress tests.

    Parameters
    ----------
    snapshot
        The ledger at the date of the run.
    identified
        Customers, their companies and groups.
    decided
        Limits, segments and losses.
    behind
        Tables of the ledger's past: `payer_profiles` is read.
    legal_delays
        `LEGAL_DELAYS`: invoices that are due later than the law allows.
    payment_time
        `PAYMENT_TIME`: when each open item should be paid.
    book
        Every movement, settled in the snapshot.
    portfolio
        Its policy.
    language
        Of the reasons.

    """
    policy, words = portfolio.policy, language_of(language)
    facts = advice_facts(
        snapshot, identified, decided, profiles=behind["payer_profiles"], legal_delays=legal_delays, policy=policy
    )
    terms, plans, said = _terms(facts, snapshot, policy=policy, language=language)
    company = _company(facts, snapshot, policy=policy)
    billing = read_billing(snapshot, facts, book=book)
    played, said_if = what_if(
        facts, billing, payment_time, company=company, currency=snapshot.currency, policy=policy, words=words
    )
    stressed, said_stress = stress_tests(
        facts, billing, payment_time, company=company, currency=snapshot.currency, policy=policy, words=words
    )
    covered, said_cover = covers(facts, company=company, currency=snapshot.currency, policy=policy, words=words)
    own = {TERMS.name: terms, INSTALMENT_PLANS.name: plans, COVER.name: covered, STRESS.name: stressed}
    return Advice({**own, **played}, (*said, *said_cover, *said_if, *said_stress))


def _company(facts: pd.DataFrame, snapshot: Snapshot, *, policy: Policy) -> Company:
    return Company(
        as_of=snapshot.as_of,
        receivables_cents=int(snapshot.ageing["receivables_cents"].sum()),
        sales_12m_cents=int(facts["sales_12m_cents"].sum()),
        vat_rate=policy.decisions.provision.vat_rate,
        cash_rate=cash_rate(policy),
        confidence=policy.confidence,
        seed=policy.seed,
    )


def cash_rate(policy: Policy) -> float:
    """Yearly cost of cash: that of the measures where it is given, else that of the terms."""
    given = policy.measures.financing_rate
    return policy.decisions.terms.cash_rate if given is None else given


def advice_facts(
    snapshot: Snapshot,
    identified: Identified,
    decided: Decided,
    *,
    profiles: pd.DataFrame,
    legal_delays: pd.DataFrame,
    policy: Policy,
) -> pd.DataFrame:
    """What this stage reads of each customer: the facts of limits, what limits found, lateness, groups and law."""
    limits = decided.tables["credit_limits"].set_index("customer_id")
    facts = decided.facts.join(limits[_OF_LIMITS], on="customer_id")
    facts["segment"] = facts["customer_id"].map(decided.tables["segments"].set_index("customer_id")["segment"])
    late = snapshot.open_items
    late = late[(late["days_past_due"] > 0).fillna(value=False) & late["dispute_date"].isna()]
    owed = late.groupby("customer_id")["open_cents"].sum()
    beyond = legal_delays.set_index("customer_id")[["beyond_count", "beyond_cents"]]
    groups = identified.debtors.set_index("customer_id")["group_id"] if len(identified.debtors) else pd.Series()
    group = facts["customer_id"].map(groups.to_dict())
    debtors = facts.groupby(group)["debtor_id"].transform("nunique").reindex(facts.index)
    sections = identified.customers.set_index("customer_id")[["section", "division"]]
    return facts.join(sections, on="customer_id").assign(
        overdue_cents=facts["customer_id"].map(owed).fillna(0).astype("int64"),
        late_days=facts["customer_id"].map(_latest_lateness(profiles)).astype("float64"),
        is_held=facts["state"].isin(policy.decisions.losses.procedure_loss_shares),
        group_id=group,
        has_group=(debtors > 1).fillna(value=False).astype(bool),
        yearly_loss_rate=(facts["probability_12m"] * facts["loss_given_event"]).clip(upper=1.0),
        beyond_law_count=facts["customer_id"].map(beyond["beyond_count"]).fillna(0).astype("int64"),
        beyond_law_cents=facts["customer_id"].map(beyond["beyond_cents"]).fillna(0).astype("int64"),
    )


def _latest_lateness(profiles: pd.DataFrame) -> pd.Series:
    """Mean days late of each customer in the latest half-year in which it has a profile."""
    last = sorted(profiles["period_start"].unique())[-PROFILE_HALF_YEARS:]
    known = profiles[profiles["period_start"].isin(last) & (profiles["profile"] != "unknown")]
    latest = known.sort_values("period_start").drop_duplicates("customer_id", keep="last")
    return latest.set_index("customer_id")["mean_days_late"]


def _terms(
    facts: pd.DataFrame, snapshot: Snapshot, *, policy: Policy, language: str
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Message, ...]]:
    rules, words = policy.decisions.terms, language_of(language)
    legal, reacts = legal_term(rules.activity), policy.decisions.scenarios.reactions.pass_through
    made = recommend_terms(
        facts, legal=legal, cash_rate=cash_rate(policy), pass_through=(reacts.middle, reacts.low, reacts.high),
        policy=rules,
    )  # fmt: skip
    reasons = terms_reasons(made, facts, legal=legal, currency=snapshot.currency, policy=rules)
    for part in PARTS:
        texts = [None if (said := each[part]) is None else words.say(said) for each in reasons]
        made[f"reason_{part}"] = pd.Series(texts, index=made.index, dtype="str")
    terms = TERMS.conform(made)[TERMS.names]
    plans = instalment_plans(terms, as_of=snapshot.as_of, policy=rules)
    return terms, plans, terms_notes(terms, currency=snapshot.currency)
