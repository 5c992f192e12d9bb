"""The tables of a ledger's past on real files, against plain loops over the same lines."""

from __future__ import annotations

import datetime as dt

import pytest

from riskkit.ledger.items_settled import settled_ledger
from riskkit.ledger.month_calendar import month_of
from riskkit.ledger.seasonality import monthly_series
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.workbench.ledger_stage import ledger_tables
from tests.acceptance.test_real_files import POLICY, ibm, industry, industry_lines  # noqa: F401 - fixtures
from tests.ledger.past_by_hand import check_tables, seasons_by_hand, settled_past


def _tables(book, as_of, terms=None):
    chosen = choose_terms(book, as_of=as_of, policy=POLICY, terms=terms)
    snapshot = strike(book, as_of=as_of, policy=POLICY, terms=chosen)
    return snapshot, ledger_tables(snapshot, book, policy=POLICY)


@pytest.mark.parametrize("as_of", [dt.date(2012, 6, 30), dt.date(2013, 2, 15), dt.date(2013, 12, 31)])
def test_ibm_tables_equal_the_loops(ibm, as_of):  # noqa: F811
    book, lines = ibm
    _, tables = _tables(book, as_of)
    assert len(tables["payer_profiles"]) > 50
    check_tables(lines, tables, as_of=as_of, start=min(x.day for x in lines))


@pytest.mark.parametrize("as_of", [dt.date(2022, 12, 31), dt.date(2023, 5, 20), dt.date(2024, 12, 31)])
def test_industry_tables_equal_the_loops(industry, as_of):  # noqa: F811
    _, tables = _tables(industry, as_of, "30")
    assert len(tables["payer_profiles"]) > 50
    check_tables(industry_lines(industry), tables, as_of=as_of, start=industry.coverage_start)


def test_industry_seasons_equal_the_loops(industry):  # noqa: F811
    as_of = dt.date(2024, 12, 31)
    snapshot, _ = _tables(industry, as_of, "30")
    series = monthly_series(settled_ledger(snapshot, industry, policy=POLICY))
    unpaid, days = seasons_by_hand(settled_past(industry_lines(industry), as_of))
    for name, expected in (("unpaid_after_30_days_share", unpaid), ("days_late_capped_days", days)):
        by_month = {month_of(dt.date(year, month, 1)): value for (year, month), value in expected.items()}
        assert len(series[name]) >= 30
        assert series[name].to_dict() == pytest.approx({month: by_month[month] for month in series[name].index})
