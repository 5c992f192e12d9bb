"""Answers to orders by hand: room, deposit, approval, refusal, law, and a SIREN of which nothing is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.decisions.new_order import VERDICTS, Buyer, answer_order, new_customer
from riskkit.exhibits.language import language
from riskkit.policy_decisions import DecisionsPolicy
from riskkit.sources.quality_terms import legal_term

POLICY = DecisionsPolicy()
LEGAL = legal_term("general")
SOUND = Buyer(
    name="Sound", is_known=True, is_catch_all=False, state="in_bonis", risk_level="low", limit_cents=20_000_00,
    net_exposure_cents=5_000_00, overdue_cents=0, old_overdue_cents=0, oldest_days=0, usual_days=45,
    recommended_days=60, late_days=0.0, probability_12m=0.04, loss_parts=(0.5, 0.25, 1.0),
)  # fmt: skip


def answered(amount=10_000_00, *, terms=None, **facts):
    answer = answer_order(replace(SOUND, **facts), amount_cents=amount, terms_days=terms, legal=LEGAL, currency="EUR",
                          policy=POLICY)  # fmt: skip
    assert answer.reasons
    for reason in answer.reasons:
        assert "{" not in language("fr").say(reason)
    return answer


def test_an_order_that_fits_is_accepted_and_fills_the_limit():
    answer = answered()
    assert (answer.verdict, answer.deposit_cents, answer.approver) == ("accept", 0, None)
    assert (answer.limit_cents, answer.used_before_cents, answer.used_after_cents) == (20_000_00, 5_000_00, 15_000_00)
    assert "15,000.00 EUR of room" in str(answer.reasons[0])


def test_the_loss_of_an_order_is_chance_over_its_days_times_part_lost():
    # 10 000 × 4 % × 73 ÷ 365 (60 days and 13 late) × 50 % = 40, from 20 to 80
    answer = answered(terms=60, late_days=13.0)
    assert answer.expected_loss_cents == (40_00, 20_00, 80_00)


def test_a_deposit_brings_a_larger_order_under_the_limit():
    # 20 000 for 15 000 of room: 25 % is missing → a deposit of 25 %
    answer = answered(20_000_00)
    assert (answer.verdict, answer.deposit_cents) == ("deposit", 5_000_00)
    assert answer.used_after_cents == 20_000_00


def test_a_little_beyond_is_accepted_and_much_beyond_needs_somebody():
    assert answered(16_000_00).verdict == "accept"  # 1 000 of 16 000: 6 %
    much = answered(40_000_00)
    # 45 000 owed: the credit manager's, one level up because it is beyond the limit
    assert (much.verdict, much.approver) == ("approve", "finance_director")


@pytest.mark.parametrize(
    ("facts", "verdict", "words"),
    [
        ({"state": "liquidation"}, "refuse", "judicial liquidation"),
        ({"old_overdue_cents": 900_00, "overdue_cents": 900_00, "oldest_days": 80}, "refuse", "80 days"),
        ({"state": "receivership"}, "deposit", "paid before delivery"),
        ({"risk_level": "high", "limit_cents": 0}, "deposit", "High risk"),
        ({"is_catch_all": True, "limit_cents": None}, "deposit", "one-off"),
        ({"probability_12m": 1.0, "late_days": 90.0, "loss_parts": (0.9, 0.9, 0.9)}, "refuse", "Expected loss"),
    ],
)
def test_what_refuses_or_asks_for_the_whole(facts, verdict, words):
    answer = answered(**facts)
    assert answer.verdict == verdict
    assert words in str(answer.reasons[0])
    assert answer.deposit_cents == (answer.amount_cents if verdict == "deposit" else 0)
    assert answer.used_after_cents == answer.used_before_cents


def test_small_or_disputed_arrears_do_not_refuse():
    assert answered(old_overdue_cents=499_99, overdue_cents=499_99, oldest_days=80).verdict == "accept"


def test_terms_are_brought_to_the_law_and_to_the_risk():
    unlawful = answered(terms=75)
    assert (unlawful.is_lawful, unlawful.terms_days) == (False, 60)
    assert any("L441-10" in str(reason) for reason in unlawful.reasons)
    long = answered(terms=60, recommended_days=30)
    assert (long.is_lawful, long.terms_days) == (True, 30)
    assert answered().terms_days == 45


def test_a_bare_siren_has_the_small_credit_of_the_policy():
    buyer = new_customer("404833048", policy=POLICY, loss_parts=(0.25, 0.2, 0.3))
    small, large = (
        answer_order(buyer, amount_cents=cents, terms_days=None, legal=LEGAL, currency="EUR", policy=POLICY)
        for cents in (3_000_00, 30_000_00)
    )
    assert (small.verdict, small.terms_days) == ("accept", 30)
    assert large.verdict == "approve"
    assert any("Kbis" in str(reason) for reason in small.reasons)


@given(st.integers(1, 10**9), st.integers(0, 10**8), st.integers(0, 10**8))
def test_what_is_accepted_without_anybody_never_goes_far_beyond_the_limit(amount, limit, used):
    answer = answered(amount, limit_cents=limit, net_exposure_cents=used)
    assert answer.verdict in VERDICTS
    assert 0 <= answer.deposit_cents <= amount
    if answer.verdict == "accept":
        assert answer.used_after_cents <= max(limit, used) + POLICY.orders.smallest_deposit * amount + 1
    if answer.verdict == "deposit":
        assert answer.used_after_cents <= max(limit, used) + 1


def test_an_order_has_an_amount():
    with pytest.raises(ValueError, match="amount"):
        answered(0)
