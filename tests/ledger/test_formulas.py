"""Published examples of the formulas page, and their edges."""

from __future__ import annotations

import datetime as dt

import pytest

from riskkit.ledger.formulas import NotComputableError, collection_effectiveness, countback_dso, dso


@pytest.mark.parametrize(
    ("receivables", "sales", "days", "published"), [(472, 2870.4, 365, 60.0), (20_000, 45_000, 90, 40)]
)
def test_dso_published_examples(receivables, sales, days, published):
    assert dso(receivables, sales, days=days) == pytest.approx(published, abs=0.05)


def test_dso_without_sales_is_not_computable():
    with pytest.raises(NotComputableError, match="no sales in the 90 days"):
        dso(100, 0, days=90)


def test_countback_published_example():
    # 2 500 − 1 200 (30 days of November) − 800 (31 of October) = 500 left of September's 700: 500/700 × 30 = 21.43
    sales = {(2024, 11): 1200.0, (2024, 10): 800.0, (2024, 9): 700.0}
    days = countback_dso(2500, sales, as_of=dt.date(2024, 11, 30), since=dt.date(2024, 9, 1))
    assert days == pytest.approx(30 + 31 + 500 / 700 * 30)
    assert days == pytest.approx(82.4, abs=0.05)


def test_countback_in_the_middle_of_a_month_counts_its_days_so_far():
    # 15 days of November sold 300; 100 left of October's 310 over 31 days = 10 days
    sales = {(2024, 11): 300.0, (2024, 10): 310.0}
    assert countback_dso(400, sales, as_of=dt.date(2024, 11, 15), since=dt.date(2024, 1, 1)) == pytest.approx(25)


def test_countback_does_not_extrapolate_past_what_is_known():
    sales = {(2024, 11): 100.0, (2024, 10): 100.0}
    with pytest.raises(NotComputableError, match="at least 61 days"):
        countback_dso(500, sales, as_of=dt.date(2024, 11, 30), since=dt.date(2024, 10, 1))


def test_countback_month_of_credit_notes_adds_to_what_is_left():
    # 100 + 50 credited in November = 150 left, of October's 310 over 31 days: 15 days after November's 30
    sales = {(2024, 11): -50.0, (2024, 10): 310.0}
    assert countback_dso(100, sales, as_of=dt.date(2024, 11, 30), since=dt.date(2024, 1, 1)) == pytest.approx(45)


def test_countback_of_nothing_owed_is_zero_and_of_a_credit_is_not_computable():
    day = dt.date(2024, 11, 30)
    assert countback_dso(0, {}, as_of=day, since=day) == 0
    with pytest.raises(NotComputableError, match="in credit"):
        countback_dso(-1, {}, as_of=day, since=day)


def test_collection_effectiveness_puts_not_yet_due_in_the_denominator():
    # opening 100, sales 200, closing 90 of which 60 not yet due: 210 collected of 240 collectable
    assert collection_effectiveness(100, 200, 90, 60) == pytest.approx(210 / 240)
    assert collection_effectiveness(100, 200, 60, 60) == 1
    with pytest.raises(NotComputableError, match="nothing was due"):
        collection_effectiveness(0, 60, 60, 60)
