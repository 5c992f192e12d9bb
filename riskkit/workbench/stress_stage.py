"""Stress tests and cover of a run: tables, and what is to be said of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.companies.nomenclature import naf_label
from riskkit.decisions.cover import COVER, cover_notes, cover_reasons, price_cover
from riskkit.decisions.scenario_ahead import ahead_of
from riskkit.decisions.scenarios import Company, sales_growth
from riskkit.decisions.stress import STRESS, Plan, largest_section, reverse_shocks, shocks, stress_row
from riskkit.decisions.stress_words import stress_note, stress_reason, stress_title
from riskkit.errors import Message
from riskkit.exhibits.language import Language
from riskkit.models.pass_through import Billing
from riskkit.policy import Policy
from riskkit.policy_scenarios import Scenario
from riskkit.workbench.scenarios_stage import open_now

STRESS_TABLES = (COVER, STRESS)
_AS_IT_IS = Scenario(name="as_it_is", dunning=True)
"""Only the invoices of the weeks ahead are read of it, not its lever."""


def stress_tests(
    facts: pd.DataFrame,
    billing: Billing,
    payment_time: pd.DataFrame,
    *,
    company: Company,
    currency: str,
    policy: Policy,
    words: Language,
) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """`STRESS`, and one note on what breaks the treasury."""
    rules = policy.decisions.stress
    opened, codes = open_now(payment_time, facts, as_of=company.as_of)
    plan = Plan(
        opened=opened,
        open_customer=codes.astype(np.int64),
        ahead=ahead_of(billing, _AS_IT_IS, as_of=company.as_of, seed=company.seed),
        growth=sales_growth(billing, as_of=company.as_of.toordinal()),
        customers=len(facts),
    )
    planned = plan.weekly().sum(axis=0)
    if planned.sum() <= 0:
        return STRESS.empty(), ()
    section = largest_section(facts)
    label = f"{section} ({naf_label(section, words.code)})" if section else ""
    solved = reverse_shocks(plan, facts, policy=rules)
    rows = []
    for shock in (*shocks(plan, facts, policy=rules), *solved):
        row = stress_row(shock, planned, confidence=company.confidence, policy=rules, seed=company.seed)
        title = stress_title(shock, section=label, facts=facts, policy=rules)
        reason = stress_reason(row, currency=currency, policy=rules)
        rows.append(row | {"title": words.say(title), "reason": words.say(reason)})
    table = STRESS.conform(pd.DataFrame(rows))[STRESS.names]
    return table, stress_note(table, currency=currency, section=label, policy=rules)


def covers(
    facts: pd.DataFrame, *, company: Company, currency: str, policy: Policy, words: Language
) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """`COVER`, and what insuring and factoring come to."""
    rules = policy.decisions.cover
    overdraft = company.cash_rate if rules.overdraft_rate is None else rules.overdraft_rate
    made = price_cover(facts, vat_rate=company.vat_rate, overdraft_rate=overdraft, policy=rules)
    said = cover_reasons(made, currency=currency, policy=rules)
    texts = [". ".join(words.say(each) for each in reasons) for reasons in said]
    table = COVER.conform(made.assign(reason=pd.Series(texts, index=made.index, dtype="str")))[COVER.names]
    return table, cover_notes(table, currency=currency, overdraft_rate=overdraft)
