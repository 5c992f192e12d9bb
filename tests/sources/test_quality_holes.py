"""Holes in time: found where chance cannot explain them, never in a small or seasonal portfolio."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.sources.quality import make_quality
from riskkit.sources.quality_holes import expected_counts, hole_months
from tests.sources.quality_cases import invoice, make_reading, payment


def months(*counts: int, first: str = "2022-01") -> pd.Series:
    return pd.Series(counts, index=pd.period_range(first, periods=len(counts), freq="M"))


def test_an_empty_month_among_full_ones_is_a_hole() -> None:
    flags = hole_months(months(*[30] * 7, 0, *[30] * 4))
    assert flags.sum() == 1
    assert flags.iloc[7]


def test_a_small_portfolio_may_have_empty_months() -> None:
    # three invoices a month: exp(−3) × 12 months = 0.6, well above one in a hundred
    assert not hole_months(months(3, 2, 4, 0, 3, 5, 2, 3, 0, 4, 3, 2)).any()


def test_eight_a_month_is_where_flagging_begins() -> None:
    # twelve months: 12 × exp(−λ) < 0.01 needs λ > ln 1 200 = 7.09
    assert not hole_months(months(*[7] * 6, 0, *[7] * 5)).any()
    assert hole_months(months(*[8] * 6, 0, *[8] * 5)).any()


def test_a_month_nearly_empty_is_a_hole_and_a_slow_one_is_not() -> None:
    assert hole_months(months(*[100] * 6, 4, *[100] * 5)).iloc[6]
    assert not hole_months(months(*[100] * 6, 40, *[100] * 5)).any()


def test_a_business_closed_every_august_has_no_hole() -> None:
    year = [40, 42, 39, 41, 40, 43, 38, 0, 41, 40, 39, 42]
    assert not hole_months(months(*year, *year)).any()
    once = [*year[:7], 41, *year[8:]]
    assert hole_months(months(*once, *year)).sum() == 1


def test_expected_count_is_the_local_median() -> None:
    assert expected_counts(months(1, 2, 30, 4, 5)).to_list() == [4.0] * 5


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=3, max_size=36))
def test_nothing_is_flagged_below_seven_a_month(counts) -> None:
    assert not hole_months(months(*counts)).any()


@pytest.mark.parametrize(("as_of", "expected"), [("2023-12-31", 1), ("2023-12-30", 0)])
def test_a_month_counts_only_once_it_is_over(as_of, expected) -> None:
    days = [f"2023-{month:02}-{day:02}" for month in range(1, 12) for day in range(1, 21)]
    rows = [invoice(f"F{n}", "C1", 100_00, day) for n, day in enumerate(days)]
    reading = make_reading(rows, [payment("F1", "C1", 1, "2023-06-01")])
    found = make_quality(reading, as_of=dt.date.fromisoformat(as_of)).quality.set_index("code")["rows_count"]
    assert found.get("hole_invoices", 0) == expected


def test_a_hole_is_worth_a_usual_month_and_a_stray_early_date_opens_none() -> None:
    days = [f"2023-{month:02}-{day:02}" for month in (1, 2, 3, 4, 6, 7, 8, 9) for day in range(1, 26)]
    rows = [invoice(f"F{n}", "C1", 100_00, day) for n, day in enumerate(days)]
    rows.append(invoice("OLD", "C1", 100_00, "2012-01-05"))
    reading = make_reading(rows, [payment("F1", "C1", 1, "2023-06-01")])
    report = make_quality(reading, as_of=dt.date(2023, 9, 30))
    row = report.quality.set_index("code").loc["hole_invoices"]
    assert row["rows_count"] == 1  # May 2023, and not the eleven years before
    assert row["amount_cents"] == 25 * 100_00
    assert report.rows.loc[report.rows["code"] == "hole_invoices", "row_id"].to_list() == ["2023-05"]
