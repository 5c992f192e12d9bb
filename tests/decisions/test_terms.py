"""Terms by hand: delay, deposit, guarantee, plans to the cent, and the discount against published rates."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.decisions.terms import (
    INSTALMENT_PLANS,
    TERMS,
    break_even_discount,
    instalment_plans,
    instalments,
    recommend_terms,
    yearly_discount_rate,
)
from riskkit.decisions.terms_reasons import PARTS, terms_notes, terms_reasons
from riskkit.exhibits.language import language
from riskkit.policy_terms import TermsPolicy
from riskkit.sources.quality_terms import legal_term

AS_OF = dt.date(2024, 3, 31)
LEGAL = legal_term("general")
BASE = {
    "customer_id": "C", "name": "Sound", "is_catch_all": False, "is_held": False, "risk_level": "low",
    "profile": "punctual", "terms_days": 30.0, "late_days": 0.0, "sales_12m_cents": 365_000_00, "overdue_cents": 0,
    "need_cents": 30_000_00, "limit_cents": 30_000_00, "yearly_loss_rate": 0.0, "has_group": False,
    "beyond_law_count": 0, "beyond_law_cents": 0,
}  # fmt: skip


def offered(*customers, legal=LEGAL, cash_rate=0.06, **rules):
    facts = pd.DataFrame([{**BASE, "customer_id": f"C{rank}", **each} for rank, each in enumerate(customers, 1)])
    facts = facts.astype({"limit_cents": "Int64"})
    before, policy = facts.copy(deep=True), TermsPolicy(**rules)
    made = recommend_terms(facts, legal=legal, cash_rate=cash_rate, pass_through=(0.8, 0.5, 1.0), policy=policy)
    pd.testing.assert_frame_equal(facts, before)
    reasons = terms_reasons(made, facts, legal=legal, currency="EUR", policy=policy)
    for part in PARTS:
        said = [each[part] for each in reasons]
        for sentence in filter(None, said):
            assert "{" not in language("fr").say(sentence)
        made[f"reason_{part}"] = [None if each is None else str(each) for each in said]
    return TERMS.conform(made)


@pytest.mark.parametrize(
    ("discount", "days", "rate"), [(0.02, 20, 37.2), (0.01, 20, 18.4), (0.03, 35, 32.3), (0.02, 45, 16.6)]
)
def test_yearly_rate_of_a_discount_is_the_published_one(discount, days, rate):
    # CalcuFinance, « Invoice discount »: 2/10 net 30, 1/10 net 30, 3/10 net 45, 2/15 net 60
    assert round(100 * yearly_discount_rate(discount, days=days), 1) == rate


@given(st.floats(0.001, 1.0), st.floats(1, 120))
def test_the_break_even_discount_costs_exactly_the_rate(rate, days):
    assert yearly_discount_rate(break_even_discount(rate, days=days), days=days) == pytest.approx(rate)


def test_a_sound_customer_keeps_its_terms_and_pays_no_deposit():
    row = offered({"terms_days": 45.0}).iloc[0]
    assert (row["recommended_days"], row["deposit_share"], row["guarantee"], row["plan_count"]) == (45, 0.0, "none", 0)
    assert row["freed_cents"] == 0
    assert "unchanged" in row["reason_terms"]


def test_shorter_terms_free_a_day_of_sales_a_day_as_far_as_customers_follow():
    # 365 000 a year = 1 000 a day; 60 → 45 days (a late payer) = 15 000, of which 80 % (50 to 100 %) follows
    row = offered({"terms_days": 60.0, "profile": "late"}).iloc[0]
    assert row["recommended_days"] == 45
    assert (row["freed_cents"], row["freed_low_cents"], row["freed_high_cents"]) == (12_000_00, 7_500_00, 15_000_00)
    assert "From 60 days to 45 days" in row["reason_terms"]


def test_high_risk_procedures_and_catch_all_accounts_pay_before_delivery():
    rows = offered({"risk_level": "high", "limit_cents": 0}, {"is_held": True}, {"is_catch_all": True})
    assert rows["recommended_days"].tolist() == [0, 0, 0]
    assert rows["deposit_share"].tolist() == [1.0, 1.0, 1.0]


def test_terms_beyond_the_law_are_brought_back_to_it_and_the_article_is_named():
    row = offered({"terms_days": 75.0, "beyond_law_count": 4, "beyond_law_cents": 1_000_00}).iloc[0]
    assert row["recommended_days"] == 60
    assert "L441-10" in row["reason_law"]
    transport = offered({"terms_days": 45.0}, legal=legal_term("transport")).iloc[0]
    assert transport["recommended_days"] == 30


def test_a_deposit_covers_what_the_limit_does_not_and_a_guarantee_the_rest():
    # need 30 000, limit 20 000: 33.3 % is missing → 35 %; limit 5 000: 50 % at most leaves 10 000
    rows = offered({"limit_cents": 20_000_00}, {"limit_cents": 5_000_00}, {"limit_cents": 5_000_00, "has_group": True})
    assert rows["deposit_share"].tolist() == [0.35, 0.5, 0.5]
    assert rows["uncovered_cents"].tolist() == [0, 10_000_00, 10_000_00]
    assert rows["guarantee"].tolist() == ["none", "bank", "parent"]


def test_a_plan_follows_what_the_customer_can_pay_a_month_and_adds_up_to_the_cent():
    # 24 000 a year = 2 000 a month, half of it for arrears = 1 000: 2 500.01 takes 3 instalments
    terms = offered({"sales_12m_cents": 24_000_00, "overdue_cents": 2_500_01}, {"overdue_cents": 2_500_01})
    assert terms["plan_count"].tolist() == [3, 0]  # the second can pay at once
    plan = instalment_plans(terms, as_of=AS_OF, policy=TermsPolicy())
    assert plan["instalment_cents"].tolist() == [833_34, 833_34, 833_33]
    assert int(plan["instalment_cents"].sum()) == 2_500_01
    assert plan["due_date"].dt.date.tolist() == [dt.date(2024, 4, 15), dt.date(2024, 5, 15), dt.date(2024, 6, 15)]
    assert plan["left_cents"].tolist()[-1] == 0
    assert list(plan.columns) == INSTALMENT_PLANS.names


@given(st.integers(1, 10**10), st.integers(1, 24), st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)))
def test_instalments_always_add_up_and_never_differ_by_more_than_a_cent(owed, count, first):
    plan = instalments(owed, count=count, first=first)
    cents = [each for _, each in plan]
    assert sum(cents) == owed
    assert max(cents) - min(cents) <= 1
    assert [day for day, _ in plan] == sorted({day for day, _ in plan})


def test_instalments_of_a_month_end_stay_on_month_ends():
    days = [day for day, _ in instalments(300, count=3, first=dt.date(2024, 1, 31))]
    assert days == [dt.date(2024, 1, 31), dt.date(2024, 2, 29), dt.date(2024, 3, 31)]


def test_a_discount_costs_no_more_than_the_time_and_the_losses_it_saves():
    # 60 + 14 − 8 = 66 days at 6 % + 3 % a year: v = 0.01627, v ÷ (1 + v) = 1.601 % → 1.6 %
    row = offered({"terms_days": 60.0, "late_days": 14.0, "yearly_loss_rate": 0.03}).iloc[0]
    assert row["discount_rate"] == pytest.approx(0.016)
    assert row["discount_yearly_rate"] <= 0.09
    assert row["discount_worth_cents"] == round(365_000_00 * 0.09 * 66 / 365)
    assert offered({"terms_days": 30.0}).iloc[0]["discount_rate"] == 0  # 22 days at 6 % are worth 0.36 %


def test_notes_say_what_shorter_terms_free():
    assert terms_notes(offered({}), currency="EUR") == ()
    said = terms_notes(offered({"terms_days": 60.0, "profile": "late"}), currency="EUR")
    assert "1 customer would free 12,000.00 EUR" in str(said[0])
