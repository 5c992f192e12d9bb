"""Concentration of receivables: published and hand-worked indices, and their properties."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.ledger.concentration import (
    effective_number,
    herfindahl,
    pareto_curve,
    pareto_point,
    top_share,
)

POSITIVE_AMOUNTS = st.lists(st.integers(min_value=1, max_value=10**10), min_size=1, max_size=40)


def test_herfindahl_of_the_example_published_by_the_us_department_of_justice():
    # "a market consisting of four firms with shares of 30, 30, 20, and 20 percent has an HHI of
    # 2,600 (30² + 30² + 20² + 20² = 2,600)" — justice.gov/atr/herfindahl-hirschman-index; ÷ 10,000 here.
    assert herfindahl(pd.Series([30, 30, 20, 20])) == pytest.approx(0.26, abs=1e-12)


def test_effective_number_is_the_inverse_of_the_index():
    # 1 ÷ 0.26 = 3.846153…
    assert effective_number(pd.Series([30, 30, 20, 20])) == pytest.approx(3.8461538, abs=1e-6)


def test_top_share_by_hand():
    amounts = pd.Series([50, 20, 15, 10, 5])  # total 100
    assert top_share(amounts, count=1) == pytest.approx(0.50)
    assert top_share(amounts, count=3) == pytest.approx(0.85)
    assert top_share(amounts, count=10) == pytest.approx(1.0)


def test_pareto_point_is_the_fewest_customers_that_reach_the_share():
    # 50 + 20 = 70 < 80; 50 + 20 + 15 = 85 ≥ 80: three customers of five carry 85 %.
    point = pareto_point(pd.Series([5, 15, 50, 10, 20]), share=0.8)
    assert point is not None
    assert (point.customers_count, point.customers_share) == (3, pytest.approx(0.6))
    assert point.amount_share == pytest.approx(0.85)


def test_pareto_point_reached_exactly_needs_no_more_customers():
    # 50 + 30 = 80 of 100 exactly; ten equal customers reach 80 % at the eighth.
    assert pareto_point(pd.Series([50, 30, 10, 10]), share=0.8).customers_count == 2
    assert pareto_point(pd.Series([7] * 10), share=0.8).customers_count == 8


def test_customers_who_owe_nothing_count_among_customers_and_credits_do_not_offset_debts():
    # Owed: 80 and 20. A customer at 0 and one in credit by 60 add nothing; they are two of the four customers.
    amounts = pd.Series([80, 20, 0, -60])
    assert herfindahl(amounts) == pytest.approx(0.8**2 + 0.2**2)  # 0.68
    point = pareto_point(amounts, share=0.8)
    assert (point.customers_count, point.customers_share) == (1, 0.25)


@pytest.mark.parametrize("amounts", [[], [0, 0], [-5, 0]])
def test_nothing_owed_has_no_concentration(amounts):
    series = pd.Series(amounts, dtype="int64")
    assert math.isnan(herfindahl(series))
    assert math.isnan(effective_number(series))
    assert math.isnan(top_share(series, count=3))
    assert pareto_point(series) is None
    assert pareto_curve(series).empty


def test_a_missing_amount_is_refused():
    with pytest.raises(ValueError, match="1 amounts are missing"):
        herfindahl(pd.Series([1.0, np.nan]))


def test_pareto_curve_by_hand():
    curve = pareto_curve(pd.Series({"C1": 20, "C2": 50, "C3": 0, "C4": 20, "C5": 10}))
    assert curve["customer_id"].tolist() == ["C2", "C1", "C4", "C5"]  # ties by id; C3 owes nothing
    assert curve["cumulative_share"].tolist() == pytest.approx([0.5, 0.7, 0.9, 1.0])
    assert curve["customers_share"].tolist() == pytest.approx([0.2, 0.4, 0.6, 0.8])


@given(POSITIVE_AMOUNTS)
def test_index_lies_between_equal_customers_and_one_customer(amounts):
    assert 1 / len(amounts) - 1e-9 <= herfindahl(pd.Series(amounts)) <= 1 + 1e-9


@given(POSITIVE_AMOUNTS, st.integers(min_value=2, max_value=1000), st.randoms())
def test_neither_the_currency_unit_nor_the_order_of_customers_matters(amounts, factor, random):
    shuffled = list(amounts)
    random.shuffle(shuffled)
    scaled = pd.Series([amount * factor for amount in shuffled])
    assert herfindahl(scaled) == pytest.approx(herfindahl(pd.Series(amounts)))
    assert top_share(scaled, count=3) == pytest.approx(top_share(pd.Series(amounts), count=3))


@given(POSITIVE_AMOUNTS)
def test_merging_the_two_largest_customers_concentrates(amounts):
    ordered = sorted(amounts, reverse=True)
    merged = [sum(ordered[:2]), *ordered[2:]]
    assert herfindahl(pd.Series(merged)) >= herfindahl(pd.Series(amounts)) - 1e-12
