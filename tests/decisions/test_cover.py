"""Insurance, factoring and reports by hand: when each pays."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.decisions.cover import COVER, cover_notes, cover_reasons, price_cover
from riskkit.exhibits.language import language
from riskkit.policy_terms import CoverPolicy

BASE = {
    "customer_id": "C", "name": "Sound", "risk_level": "low", "is_catch_all": False, "is_held": False,
    "sales_12m_cents": 120_000_00, "terms_days": 60.0, "late_days": 13.0, "insured_limit_cents": 0,
    "expected_loss_cents": 400_00, "expected_loss_low_cents": 200_00, "expected_loss_high_cents": 800_00,
}  # fmt: skip


def priced(*customers, overdraft=0.06, **prices):
    facts = pd.DataFrame([{**BASE, **each} for each in customers])
    before, policy = facts.copy(deep=True), CoverPolicy(**prices)
    made = price_cover(facts, vat_rate=0.2, overdraft_rate=overdraft, policy=policy)
    pd.testing.assert_frame_equal(facts, before)
    reasons = cover_reasons(made, currency="EUR", policy=policy)
    for sentence in (each for said in reasons for each in said):
        assert "{" not in language("fr").say(sentence)
    return COVER.conform(made.assign(reason=["; ".join(map(str, said)) for said in reasons]))


def test_insurance_pays_where_the_insured_loss_exceeds_the_premium():
    # premium 100 000 × 0.25 % = 250; 90 % of 400 is 360: 110 better (from −70 to 470)
    row = priced({}).iloc[0]
    assert row["premium_cents"] == 250_00
    gains = [row[f"insurance_gain{end}_cents"] for end in ("", "_low", "_high")]
    assert gains == [110_00, -70_00, 470_00]
    assert row["is_insured_better"]


@pytest.mark.parametrize("why", [{"risk_level": "high"}, {"insured_limit_cents": 1}, {"is_held": True}])
def test_nobody_insures_what_cannot_be_or_is_already(why):
    row = priced(why).iloc[0]
    assert row["premium_cents"] == 0
    assert not row["is_insured_better"]


def test_factoring_is_compared_with_the_overdraft_it_replaces():
    # 120 000 × 73 ÷ 365 × 90 % = 21 600 of cash; 720 of commission is 3.33 % + 4.5 % = 7.83 % a year
    row = priced({}).iloc[0]
    assert row["factoring_cash_cents"] == 21_600_00
    assert row["factoring_rate"] == pytest.approx(720 / 21_600 + 0.045)
    assert row["factoring_cost_cents"] == round(2_160_000 * (720 / 21_600 + 0.045 - 0.06))
    assert not row["is_factored_better"]
    assert priced({}, overdraft=0.09).iloc[0]["is_factored_better"]


def test_cash_that_is_lacking_takes_the_cheapest_invoices_first():
    rows = priced({"terms_days": 30.0}, {"terms_days": 90.0}, {"terms_days": 60.0}, cash_need_amount=25_000)
    assert rows["is_factored_better"].tolist() == [False, True, False]  # 103 days bring 30 476
    assert "Assign its invoices" in rows["reason"].iloc[1]


def test_a_report_pays_where_it_avoids_more_than_its_price():
    # 15 % of 400 is 60, less 35: 25 better; from 5 % of 200 to 30 % of 800
    row = priced({}).iloc[0]
    assert [row[f"report_gain{end}_cents"] for end in ("", "_low", "_high")] == [25_00, -25_00, 205_00]
    assert row["is_report_better"]
    assert not priced({"expected_loss_cents": 100_00}).iloc[0]["is_report_better"]


def test_notes_say_what_it_comes_to():
    said = [str(note) for note in cover_notes(priced({}, {}), currency="EUR", overdraft_rate=0.06)]
    assert "2 insurable customers" in said[0]
    assert "220.00 EUR" in said[0]
    assert "7.8 % a year all in" in said[1]
    assert cover_notes(priced({"sales_12m_cents": 0}), currency="EUR", overdraft_rate=0.06) == ()
