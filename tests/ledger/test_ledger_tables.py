"""The tables of the past against plain loops over the same pairs, on ledgers with everything that occurs."""

from __future__ import annotations

import datetime as dt

import pytest

from riskkit.ledger.group_measures import GROUP_MEASURES
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.policy import Policy
from riskkit.workbench.ledger_stage import LEDGER_TABLES, ledger_tables
from tests.ledger.ledgers import DAY0, book_of, random_lines
from tests.ledger.past_by_hand import check_tables

POLICY = Policy()
AS_OF = DAY0 + dt.timedelta(640)


def _run(lines, as_of=AS_OF):
    book = book_of(lines)
    snapshot = strike(book, as_of=as_of, policy=POLICY, terms=choose_terms(book, as_of=as_of, policy=POLICY))
    return snapshot, ledger_tables(snapshot, book, policy=POLICY)


@pytest.mark.parametrize("seed", range(4))
def test_every_table_equals_the_loops(seed):
    lines = random_lines(seed)
    snapshot, tables = _run(lines)
    check_tables(lines, tables, as_of=AS_OF, start=snapshot.coverage_start)


def test_open_items_less_what_was_unapplied_is_the_balance_of_every_month_end():
    lines = random_lines(4)
    snapshot, tables = _run(lines)
    pairs = snapshot.allocations.collect(backend="pandas").to_native()
    opened = tables["ageing_history"].groupby("month_end")["open_cents"].sum()
    for end, cents in opened.items():
        day = end.date()
        balance = sum(x.cents for x in lines if x.day <= day)
        credits = -sum(x.cents for x in lines if x.cents < 0 and x.day <= day)
        applied = int(pairs.loc[pairs["day"] <= day.toordinal(), "cents"].sum())
        assert cents - (credits - applied) == balance


def test_every_cent_of_a_cohort_is_collected_credited_lost_or_open():
    _, tables = _run(random_lines(2))
    parts = ["collected_cents", "credited_cents", "written_off_cents", "other_cents", "open_cents"]
    assert (tables["cohorts"][parts].sum(axis=1) == tables["cohorts"]["billed_cents"]).all()


def test_what_comes_after_the_date_changes_no_table():
    lines = random_lines(7)
    _, whole = _run(lines)
    _, known = _run([x for x in lines if x.day <= AS_OF])
    assert set(whole) == {table.name for table in LEDGER_TABLES if table is not GROUP_MEASURES}
    for name, table in whole.items():
        assert table.equals(known[name]), name
