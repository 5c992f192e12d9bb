"""Two routes to one number: the engine against plain loops, on ledgers with everything that occurs."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import choose_terms, measure_history, strike
from riskkit.policy import Policy
from tests.ledger.ledgers import DAY0, book_of, named_allocations, random_lines, reading_of
from tests.ledger.oracle import countback_by_hand, measure_by_hand, settle_by_hand

POLICY = Policy()
CUTS = [DAY0 + dt.timedelta(days) for days in (40, 200, 420, 640, 900)]


def _strike(book: Book, as_of: dt.date):
    return strike(book, as_of=as_of, policy=POLICY, terms=choose_terms(book, as_of=as_of, policy=POLICY))


@pytest.mark.parametrize("seed", range(6))
def test_every_open_cent_and_every_pair_equals_the_loops(seed):
    lines = random_lines(seed)
    book = book_of(lines)
    for as_of in CUTS:
        known, pairs = settle_by_hand(lines, as_of)
        snapshot = _strike(book, as_of)
        found = named_allocations(snapshot)
        grouped = found.groupby(["debit", "credit", "method"])["cents"].sum()
        assert {key: int(cents) for key, cents in grouped.items()} == pairs
        still_open = {x.line[2:]: x.left for x in known if x.cents > 0 and x.left}
        assert dict(zip(snapshot.open_items["item_id"], snapshot.open_items["open_cents"], strict=True)) == still_open
        on_account = {x.line[2:]: x.left for x in known if x.cents < 0 and x.left}
        left = snapshot.unapplied
        assert dict(zip(left["credit_id"], left["unapplied_cents"], strict=True)) == on_account


@pytest.mark.parametrize("seed", range(6))
def test_every_measure_equals_the_loops(seed):
    lines = random_lines(seed)
    start = min(x.day for x in lines)
    failed = {"C1": DAY0 + dt.timedelta(300), "C3": DAY0 + dt.timedelta(500)}
    events = pd.DataFrame(
        {
            "customer_id": list(failed),
            "event_date": list(failed.values()),
            "kind": "liquidation",
            "source_file": "test",
            "source_line": 1,
        }
    )
    book = Book.from_reading(reading_of(lines, events=events), policy=POLICY)
    for as_of in CUTS:
        expected = measure_by_hand(lines, as_of, start, failed)
        expected["countback_dso_days"] = countback_by_hand(lines, as_of, start)
        measures = _strike(book, as_of).measures
        for name, value in expected.items():
            assert (measures[name].value is None) == (value is None), (as_of, name)
            if value is not None:
                assert measures[name].value == pytest.approx(value, rel=1e-12, abs=1e-9), (as_of, name)


def test_history_is_what_a_run_at_each_month_end_says():
    lines = random_lines(11)
    book = book_of(lines)
    as_of = DAY0 + dt.timedelta(500)
    terms = choose_terms(book, as_of=as_of, policy=POLICY)
    history = measure_history(book, as_of=as_of, policy=POLICY, terms=terms)
    dates = sorted(history["as_of"].unique())
    assert len(dates) == 17  # 16 month ends from January 2023 and the date itself, 2024-05-15
    for date in dates[::4]:
        at = strike(book, as_of=pd.Timestamp(date).date(), policy=POLICY, terms=terms).measures
        rows = history[history["as_of"] == date].set_index("measure")
        for name, measure in at.items():
            shown = measure.shown(name)
            if shown is None:
                assert pd.isna(rows.loc[name, "value"])
                assert rows.loc[name, "reason"] == str(measure.reason)
            else:
                assert rows.loc[name, "value"] == pytest.approx(shown)


def test_what_comes_after_the_date_changes_nothing():
    lines = random_lines(7)
    as_of = DAY0 + dt.timedelta(400)
    past = [x for x in lines if x.day <= as_of]
    whole, known = _strike(book_of(lines), as_of), _strike(book_of(past), as_of)
    pd.testing.assert_frame_equal(whole.ageing, known.ageing)
    pd.testing.assert_frame_equal(whole.open_items, known.open_items)
    assert whole.measures == known.measures
    assert whole.matching == known.matching


def test_the_order_of_rows_is_irrelevant_and_a_currency_factor_leaves_days_alone():
    lines = random_lines(3)
    as_of = DAY0 + dt.timedelta(500)
    straight = _strike(book_of(lines), as_of)
    turned = _strike(book_of(lines[::-1]), as_of)
    pd.testing.assert_frame_equal(straight.ageing, turned.ageing)
    assert straight.measures == turned.measures
    for x in lines:
        x.cents *= 7
    scaled = _strike(book_of(lines), as_of)
    for name, measure in straight.measures.items():
        expected = measure.value * 7 if name.endswith("_amount") and measure.value is not None else measure.value
        assert scaled.measures[name].value == (None if expected is None else pytest.approx(expected))


def test_buckets_add_up_to_the_ledger_for_every_customer():
    lines = random_lines(5)
    as_of = DAY0 + dt.timedelta(600)
    snapshot = _strike(book_of(lines), as_of)
    buckets = [f"{name}_cents" for name in ("not_due", "d1_30", "d31_60", "d61_90", "d91_180", "over_180", "undated")]
    aged = snapshot.ageing.set_index("customer_id")
    assert (aged[buckets].sum(axis=1) == aged["open_items_cents"]).all()
    by_loop = dict.fromkeys(aged.index, 0)
    for x in lines:
        if x.day <= as_of:
            by_loop[x.customer] = by_loop.get(x.customer, 0) + x.cents
    assert {k: v for k, v in by_loop.items() if v} == {k: int(v) for k, v in aged["receivables_cents"].items() if v}
    r = snapshot.reconciliation
    assert r["invoiced"] - r["credited"] - r["received"] - r["written_off"] == r["open"] - r["unapplied"]
    assert r["difference"] == 0
