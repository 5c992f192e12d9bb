"""Credit limits by hand: need, caps, insurance, alerts, delegation, reviews, and the published examples."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from riskkit.decisions.credit_limits import CREDIT_LIMITS, approver, credit_limits
from riskkit.decisions.limit_caps import credit_need, terms_coefficient
from riskkit.decisions.limit_reasons import limit_reasons
from riskkit.exhibits.language import language
from riskkit.models.flow_to_loss import LossGivenEvent
from riskkit.policy_decisions import CreditLimitPolicy, DecisionsPolicy, DelegationLevel
from tests.decisions.facts import facts_of

AS_OF = dt.date(2024, 3, 31)
DAY = pd.Timestamp(AS_OF)
LOSS = LossGivenEvent(0.2, 0.1, 0.4)
OWN_SALES = 1_000_000_000_00


def limits_of(*customers, own_sales=OWN_SALES, **rules):
    facts = facts_of(*customers)
    policy = DecisionsPolicy(limits=CreditLimitPolicy(**rules))
    before = facts.copy(deep=True)
    limits = credit_limits(facts, own_sales_cents=own_sales, loss=LOSS, as_of=AS_OF, policy=policy)
    pd.testing.assert_frame_equal(facts, before)
    reasons = limit_reasons(limits, facts, currency="EUR", policy=policy.limits)
    limits = limits.assign(
        reason_1=[str(why) for why, _ in reasons], reason_2=[str(watch or "") for _, watch in reasons]
    )
    return CREDIT_LIMITS.conform(limits)


def euros(limits, column, row=0):
    return int(limits[column].iloc[row]) / 100


def test_the_need_is_that_of_the_afdcc():
    # AFDCC, « Assiette de calcul d'une limite de crédit : état de l'art »: (EC + FAE + EF) × CDP × CCP
    # (10 000 + 5 000 + 25 000) × 1.2 (60 days) × 0.8 (late) = 38 400
    facts = facts_of({"orders_cents": 10_000_00, "to_invoice_cents": 5_000_00, "receivables_cents": 25_000_00,
                      "terms_days": 60.0, "profile": "late"})  # fmt: skip
    need = credit_need(facts, policy=CreditLimitPolicy())
    assert need["need"].iloc[0] == 38_400_00
    assert need["need_source"].iloc[0] == "afdcc"


def test_published_example_the_most_restrictive_of_equity_and_turnover():
    # My DSO Manager, online help, question 34: need 50 000, tangible net worth 80 000, turnover 700 000, notation B
    # → at most 35 % × 80 000 = 28 000 or 5 % × 700 000 = 35 000; the acceptable limit is 28 000
    shares = {"low": 0.35, "moderate": 0.35, "unknown": 0.35}
    limits = limits_of(
        {"orders_cents": 50_000_00, "equity_cents": 80_000_00, "turnover_cents": 700_000_00, "accounts_date": DAY},
        equity_shares=shares,
        turnover_shares=dict.fromkeys(shares, 0.05),
    )
    assert euros(limits, "need_cents") == 50_000
    assert euros(limits, "equity_cap_cents") == 28_000
    assert euros(limits, "turnover_cap_cents") == 35_000
    assert euros(limits, "limit_cents") == 28_000
    assert limits["decided_by"].iloc[0] == "equity"
    assert "35 % of its equity of 80,000.00 EUR" in limits["reason_1"].iloc[0]


def test_a_customer_that_owes_nothing_needs_what_it_buys_during_its_terms():
    # 365 000 a year at 30 days: 30 000
    limits = limits_of({"sales_12m_cents": 365_000_00})
    assert euros(limits, "need_cents") == 30_000
    assert limits["need_source"].iloc[0] == "sales"


@pytest.mark.parametrize(("days", "coefficient"), [(0, 1.0), (30, 1.0), (31, 1.1), (45, 1.1), (60, 1.2), (90, 1.2)])
def test_coefficient_of_terms_at_its_edges(days, coefficient):
    assert terms_coefficient(days, policy=CreditLimitPolicy()) == coefficient


def test_unknown_terms_neither_raise_nor_lower_the_need():
    assert terms_coefficient(float("nan"), policy=CreditLimitPolicy()) == 1.0


def test_expected_loss_holds_the_limit_down():
    # 1 % of 100 000 = 1 000 may be lost; chance 0.5 × part lost 0.2 = 0.1 → 10 000
    limits = limits_of({"receivables_cents": 30_000_00, "sales_12m_cents": 100_000_00, "probability": 0.5})
    assert euros(limits, "limit_cents") == 10_000
    assert limits["decided_by"].iloc[0] == "loss"
    # 30 000 × 0.5 × 0.2 = 3 000, between 1 500 and 6 000
    assert [euros(limits, f"expected_loss{end}_cents") for end in ("", "_low", "_high")] == [3_000, 1_500, 6_000]


def test_risk_appetite_is_a_share_of_our_own_sales_and_accounts_of_one_debtor_share_it():
    # 5 % of 200 000 = 10 000, shared 3 : 1 between needs of 30 000 and 10 000
    limits = limits_of(
        {"receivables_cents": 30_000_00, "debtor_id": "D"},
        {"receivables_cents": 10_000_00, "debtor_id": "D"},
        own_sales=200_000_00,
    )
    assert limits["limit_cents"].tolist() == [7_500_00, 2_500_00]
    assert set(limits["decided_by"]) == {"appetite"}


def test_without_sales_of_our_own_appetite_holds_nobody():
    limits = limits_of({"receivables_cents": 30_000_00}, own_sales=0)
    assert euros(limits, "limit_cents") == 30_000
    assert pd.isna(limits["appetite_cap_cents"].iloc[0])


def test_the_red_class_has_no_credit_and_its_exposure_is_all_over():
    limits = limits_of({"receivables_cents": 8_000_00, "risk_class": "4", "risk_level": "high"})
    assert euros(limits, "limit_cents") == 0
    assert limits["decided_by"].iloc[0] == "red"
    assert euros(limits, "over_limit_cents") == 8_000
    assert limits["alert_share"].iloc[0] == 1.0
    assert pd.isna(limits["usage_share"].iloc[0])


def test_equity_that_is_not_positive_leaves_nothing_and_old_accounts_do_not_count():
    old = DAY - pd.Timedelta(days=914)
    limits = limits_of(
        {"receivables_cents": 8_000_00, "equity_cents": -5_000_00, "accounts_date": DAY},
        {"receivables_cents": 8_000_00, "equity_cents": -5_000_00, "accounts_date": old},
    )
    assert limits["limit_cents"].tolist() == [0, 8_000_00]
    assert "not positive" in limits["reason_1"].iloc[0]


def test_a_catch_all_account_has_no_limit_rather_than_zero():
    limits = limits_of({"receivables_cents": 8_000_00, "is_catch_all": True, "risk_class": "unknown",
                        "risk_level": "unknown"})  # fmt: skip
    assert pd.isna(limits["limit_cents"].iloc[0])
    assert limits["alert_share"].iloc[0] == 0


def test_insurance_pays_its_share_up_to_the_cover_while_it_lasts():
    # exposure 100 000, cover 80 000 at 90 %: 72 000 paid, 28 000 left
    insured = {"receivables_cents": 100_000_00, "insured_amount_cents": 80_000_00, "insured_share": 0.9}
    ends = [DAY, DAY - pd.Timedelta(days=1), pd.NaT]
    limits = limits_of(*({**insured, "insured_to": end} for end in ends),
                       {**insured, "insured_from": DAY + pd.Timedelta(days=1)})  # fmt: skip
    assert limits["insured_cents"].tolist() == [72_000_00, 0, 72_000_00, 0]
    assert limits["net_exposure_cents"].tolist() == [28_000_00, 100_000_00, 28_000_00, 100_000_00]
    # the end of the cover is the day to look again
    assert limits["review_date"].iloc[0] == DAY


@pytest.mark.parametrize(
    ("owed", "alert"),
    [
        (0, 0),
        (4_999, 0),
        (5_000, 0.5),
        (6_999, 0.5),
        (7_000, 0.7),
        (9_000, 0.9),
        (9_999, 0.9),
        (10_000, 1),
        (12_000, 1),
    ],
)
def test_alerts_against_the_limit_in_force(owed, alert):
    limits = limits_of({"receivables_cents": owed * 100, "current_limit_cents": 10_000_00})
    assert limits["alert_share"].iloc[0] == alert
    assert euros(limits, "over_limit_cents") == max(owed - 10_000, 0)


def test_reviews_are_nearer_as_risk_grows_and_as_the_limit_fills_up():
    classes = ["1", "2", "3", "4", "5"]
    limits = limits_of(*({"risk_class": each, "current_limit_cents": 100_00} for each in classes))
    assert limits["review_date"].is_monotonic_decreasing
    assert limits["review_date"].iloc[0] == pd.Timestamp("2025-03-31")
    full = limits_of({"risk_class": "1", "receivables_cents": 9_000_00, "current_limit_cents": 10_000_00})
    assert full["review_date"].iloc[0] == pd.Timestamp("2024-04-30")


@pytest.mark.parametrize(
    ("amount", "steps", "role"),
    [(10_000, 0, "credit_analyst"), (10_000.01, 0, "credit_manager"), (50_000, 1, "finance_director"),
     (1e9, 0, "managing_director"), (1e9, 3, "managing_director")],
)  # fmt: skip
def test_delegation_by_amount_and_steps(amount, steps, role):
    assert approver(round(amount * 100), steps_up=steps, policy=CreditLimitPolicy()) == role


def test_a_company_in_liquidation_loses_what_the_policy_says_of_liquidations():
    # 10 000 × 1 (it has come) × 0.95
    limits = limits_of({"receivables_cents": 10_000_00, "state": "liquidation", "risk_class": "5", "risk_level": "high",
                        "probability": float("nan")})  # fmt: skip
    assert euros(limits, "expected_loss_cents") == 9_500
    assert limits["probability_source"].iloc[0] == "event"


def test_without_a_model_the_chance_is_that_of_the_class():
    limits = limits_of({"receivables_cents": 100_00, "probability": float("nan"), "risk_class": "3"})
    assert limits["probability_12m"].iloc[0] == 0.12
    assert limits["probability_source"].iloc[0] == "class"


def test_no_customers_give_an_empty_table():
    facts = facts_of({}).iloc[:0]
    limits = credit_limits(facts, own_sales_cents=0, loss=LOSS, as_of=AS_OF, policy=DecisionsPolicy())
    assert limits.empty


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-(10**9), 10**10), st.integers(0, 10**11), st.floats(0, 1), st.integers(-(10**9), 10**10)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_limit_never_exceeds_a_cap_nor_the_need_by_more_than_a_step(rows):
    limits = limits_of(
        *({"receivables_cents": owed, "sales_12m_cents": sold, "probability": chance, "equity_cents": equity,
           "accounts_date": DAY} for owed, sold, chance, equity in rows)
    )  # fmt: skip
    for cap in ("appetite", "loss", "equity", "turnover"):
        held = limits[f"{cap}_cap_cents"].notna()
        assert (limits.loc[held, "limit_cents"] <= limits.loc[held, f"{cap}_cap_cents"] + 1).all()
    assert (limits["limit_cents"] < limits["need_cents"] + 100_00).all()
    assert (limits["net_exposure_cents"] + limits["insured_cents"] == limits["exposure_cents"]).all()


@pytest.mark.parametrize(
    "rules",
    [
        {"review_months": {"1": 1, "2": 9, "3": 6, "4": 3, "5": 1, "unknown": 3}},
        {"appetite_shares": {"low": 0.05, "moderate": 0.02, "unknown": 0.01, "high": 0.1}},
        {"delegation": (DelegationLevel(role="a", up_to_amount=10), DelegationLevel(role="b", up_to_amount=5))},
        {"alert_shares": (0.9, 0.5)},
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(rules):
    with pytest.raises(ValidationError):
        CreditLimitPolicy(**rules)


def test_every_reason_has_its_french():
    facts = facts_of({"receivables_cents": 30_000_00, "sales_12m_cents": 100_000_00, "probability": 0.5})
    policy = DecisionsPolicy()
    limits = credit_limits(facts, own_sales_cents=OWN_SALES, loss=LOSS, as_of=AS_OF, policy=policy)
    [(why, watch)] = limit_reasons(limits, facts, currency="EUR", policy=policy.limits)
    assert language("fr").say(why).startswith("Besoin de 30")
    assert watch is not None
    assert language("fr").say(watch).startswith("Encours net supérieur de 20")
