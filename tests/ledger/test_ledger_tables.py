"""The tables of the past against plain loops over the same pairs, on ledgers with everything that occurs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import pytest

from riskkit.ledger.group_measures import GROUP_MEASURES
from riskkit.ledger.month_calendar import last_whole_month, month_end, month_of
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.policy import Policy
from riskkit.workbench.ledger_stage import LEDGER_TABLES, ledger_tables
from tests.ledger.ledgers import DAY0, book_of, random_lines

POLICY = Policy()
AS_OF = DAY0 + dt.timedelta(640)


def _run(lines, as_of=AS_OF):
    book = book_of(lines)
    snapshot = strike(book, as_of=as_of, policy=POLICY, terms=choose_terms(book, as_of=as_of, policy=POLICY))
    return snapshot, ledger_tables(snapshot, book, policy=POLICY)


def _bucket(late: int | None) -> str:
    if late is None:
        return "undated"
    for edge, code in ((0, "not_due"), (30, "d1_30"), (60, "d31_60"), (90, "d61_90"), (180, "d91_180")):
        if late <= edge:
            return code
    return "over_180"


def _open_at(lines, snapshot, day: int) -> dict[str, int]:
    """What was open of each debit at a day, from the pairs of the snapshot."""
    left = {x.line: x.cents for x in lines if x.cents > 0 and x.day.toordinal() <= day}
    for row in snapshot.allocations.collect(backend="pandas").to_native().itertuples():
        if row.day <= day:
            left[row.debit] -= row.cents
    return {line: int(cents) for line, cents in left.items() if cents}


@pytest.mark.parametrize("seed", range(3))
def test_balances_by_age_and_transitions_equal_the_loops(seed):
    lines = random_lines(seed)
    snapshot, tables = _run(lines)
    due = {x.line: x.due.toordinal() if x.due else None for x in lines if x.cents > 0}
    months = range(month_of(snapshot.coverage_start), last_whole_month(AS_OF) + 1)
    by_age: dict[tuple[dt.date, str], int] = defaultdict(int)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    before: dict[str, int] = {}
    ages: dict[str, str] = {}
    for month in months:
        end = month_end(month)
        now = _open_at(lines, snapshot, end.toordinal())
        now_ages = {x: _bucket(None if due[x] is None else end.toordinal() - due[x]) for x in now}
        for item, cents in now.items():
            by_age[end, now_ages[item]] += cents
        for item in before:
            counts[ages[item], now_ages.get(item, "gone")] += 1
        before, ages = now, now_ages
    history = tables["ageing_history"]
    found = {(r.month_end.date(), r.bucket): r.open_cents for r in history.itertuples() if r.open_cents}
    assert found == dict(by_age)
    moves = tables["item_transitions"].query("period == 'all'")
    moves = moves.assign(to=moves["to_bucket"].replace({"settled": "gone", "written_off": "gone"}))
    summed = moves.groupby(["from_bucket", "to"])["items_count"].sum()
    assert {key: int(n) for key, n in summed.items() if n} == dict(counts)
    for _, rows in tables["item_transitions"].groupby(["period", "from_bucket"]):
        assert rows["probability"].sum() == pytest.approx(1)
        assert rows["amount_share"].sum() == pytest.approx(1)


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


@pytest.mark.parametrize("seed", range(3))
def test_every_cent_of_a_cohort_is_collected_credited_lost_or_open(seed):
    lines = random_lines(seed)
    _, tables = _run(lines)
    cohorts = tables["cohorts"]
    parts = ["collected_cents", "credited_cents", "written_off_cents", "other_cents", "open_cents"]
    assert (cohorts[parts].sum(axis=1) == cohorts["billed_cents"]).all()
    first = cohorts.query("months_since == 0").set_index("billing_month")["billed_cents"]
    billed: dict[dt.date, int] = defaultdict(int)
    for x in lines:
        if x.kind in ("invoice", "deposit") and x.day <= AS_OF:
            billed[x.day.replace(day=1)] += x.cents
    assert {day.date(): int(cents) for day, cents in first.items()} == dict(billed)


def test_what_comes_after_the_date_changes_no_table():
    lines = random_lines(7)
    _, whole = _run(lines)
    _, known = _run([x for x in lines if x.day <= AS_OF])
    assert set(whole) == {table.name for table in LEDGER_TABLES if table is not GROUP_MEASURES}
    for name, table in whole.items():
        assert table.equals(known[name]), name
