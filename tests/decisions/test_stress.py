"""Stress by hand: an invoice of 1 000 a day, the largest debtors, a group, and the smallest shock that breaks."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskkit.decisions.scenario_ahead import WEEKS, OpenNow, ahead_of
from riskkit.decisions.stress import (
    STRESS,
    Plan,
    breaks_in,
    failure_chance,
    group_domino,
    largest_debtors,
    reverse_shocks,
    shocks,
    stress_row,
)
from riskkit.decisions.stress_words import stress_note, stress_reason, stress_title
from riskkit.exhibits.language import language
from riskkit.policy_scenarios import Scenario, StressPolicy
from tests.decisions.test_scenarios import AS_OF, daily

FACTS = pd.DataFrame({
    "customer_id": ["A", "B", "C", "D", "X"], "name": ["A", "B", "C", None, "X"],
    "debtor_id": ["A", "A", "C", "D", "X"], "group_id": ["G", "G", "G", None, None],
    "is_catch_all": [False, False, False, False, True], "section": ["F", "F", "C", "C", None],
    "net_exposure_cents": [6_000_00, 5_000_00, 8_000_00, 1_000_00, 50_000_00],
    "probability_12m": [0.5, 0.0, 0.1, 1.0, 0.0], "loss_given_event": 0.3,
})  # fmt: skip


@pytest.fixture
def plan():
    """10 000 of A open, due in full by day 7, and 1 000 a day of C paid at 30 days."""
    opened = OpenNow(np.array([10_000_00.0]), np.array([0]), np.ones((1, 5)))
    ahead = ahead_of(daily(terms=30, customer=2), Scenario(name="s", dunning=True), as_of=AS_OF, seed=1)
    return Plan(opened, np.array([0]), ahead, 1.0, len(FACTS))


def test_the_plan_is_open_items_and_the_invoices_to_come(plan):
    weekly = plan.weekly()
    # invoices of days 1 to 61 are paid by day 91
    assert weekly.sum(axis=1).round().tolist() == [10_000_00, 0, 61_000_00, 0, 0]
    assert weekly[2, :4].sum() == 0  # day 28: nothing yet
    assert weekly[2, 4] == pytest.approx(5_000_00)


def test_a_delay_pushes_cash_out_of_the_weeks(plan):
    late = plan.weekly(np.full(len(FACTS), 10.0))
    # 10 days later: 51 invoices instead of 61; the open item comes by day 17
    assert late.sum(axis=1).round().tolist() == [10_000_00, 0, 51_000_00, 0, 0]
    assert late[0, 0] == 0


def test_the_largest_debtors_hold_all_their_accounts_and_no_one_off_customers():
    assert FACTS.iloc[largest_debtors(FACTS, 1)]["customer_id"].tolist() == ["A", "B"]
    assert FACTS.iloc[largest_debtors(FACTS, 2)]["customer_id"].tolist() == ["A", "B", "C"]


def test_a_group_falls_with_its_largest_company():
    members, chance = group_domino(FACTS, cascade_share=0.4)
    assert members.tolist() == [0, 1, 2]
    assert chance.tolist() == [1.0, 1.0, 0.4, 0.0, 0.0]
    assert group_domino(FACTS.assign(group_id=None), cascade_share=0.4) is None


def test_chance_of_failure_grows_by_the_factor_and_stays_a_chance():
    # A: 1 − 0.5^(91 ÷ 365) = 15.9 % in 13 weeks, twice more when tripled
    added = failure_chance(FACTS, factor=3.0)
    assert added[0] == pytest.approx(2 * (1 - 0.5 ** (91 / 365)))
    assert added[3] == 0.0  # it fails already
    assert ((added >= 0) & (added <= 1)).all()


def test_shocks_by_hand(plan):
    made = {(shock.name, shock.size): shock for shock in shocks(plan, FACTS, policy=StressPolicy(top_counts=(1, 2)))}
    top = made["top_failure", 1.0]
    assert top.missing.sum() == pytest.approx(10_000_00)
    assert top.lost.sum() == pytest.approx(0.9 * 11_000_00)
    domino = made["group_domino", 0.5]
    row = stress_row(domino, plan.weekly().sum(axis=0), confidence=0.95, policy=StressPolicy(), seed=1)
    # A and B fail, C one time in two: 10 000 + 30 500 of cash, 0.9 × (11 000 + 4 000) lost
    assert row["missing_cents"] == 40_500_00
    assert row["loss_cents"] == 13_500_00
    assert (row["missing_low_cents"], row["missing_high_cents"]) == (10_000_00, 71_000_00)
    assert ("sector_delay", 15.0) in made


def test_the_treasury_breaks_under_its_floor_or_behind_its_plan():
    planned = np.full(WEEKS, 100_00.0)
    none = np.zeros(WEEKS)
    stated = StressPolicy(opening_cash_amount=50, weekly_outflow_amount=100, floor_amount=20)
    assert breaks_in(none, planned, policy=stated) is None
    assert breaks_in(np.full(WEEKS, 10_00.0), planned, policy=stated) == 4  # 50 − 4 × 10 = 10 < 20
    assert breaks_in(np.full(WEEKS, 11_00.0), planned, policy=StressPolicy()) == 12  # 132 > a tenth of 1 300


def test_reverse_stress_finds_the_smallest_shock(plan):
    policy = StressPolicy()
    planned = plan.weekly().sum(axis=0)
    solved = {shock.name: shock for shock in reverse_shocks(plan, FACTS, policy=policy)}
    delay = solved["reverse_delay"]
    before = planned - plan.weekly(np.full(len(FACTS), delay.size - 0.5)).sum(axis=0)
    assert breaks_in(delay.missing.sum(axis=0), planned, policy=policy) is not None
    assert breaks_in(before, planned, policy=policy) is None
    assert solved["reverse_top"].size == 1.0  # 10 000 of 71 000 is more than a tenth
    rich = StressPolicy(opening_cash_amount=10_000_000, weekly_outflow_amount=1)
    assert [shock.size for shock in reverse_shocks(plan, FACTS, policy=rich)] == [None, None, None]


def test_every_shock_is_a_row_with_its_sentences(plan):
    policy, planned = StressPolicy(), plan.weekly().sum(axis=0)
    rows = []
    for shock in (*shocks(plan, FACTS, policy=policy), *reverse_shocks(plan, FACTS, policy=policy)):
        row = stress_row(shock, planned, confidence=0.95, policy=policy, seed=1)
        title = stress_title(shock, section="C", facts=FACTS, policy=policy)
        said = [language("fr").say(each) for each in (title, stress_reason(row, currency="EUR", policy=policy))]
        assert not any("{" in sentence for sentence in said)
        rows.append(row | dict(zip(("title", "reason"), said, strict=True)))
    table = STRESS.conform(pd.DataFrame(rows))
    assert stress_note(table, currency="EUR", section="C", policy=policy)
    assert dt.date(2024, 6, 30) == AS_OF
