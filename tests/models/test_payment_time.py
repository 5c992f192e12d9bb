"""Payment times: pieces tie to the ledger, the curve is a life table, habits are recovered, calendars are French."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.models.business_days import CLOSED, MONTH_END, PLAIN, business_days
from riskkit.models.habits import fit_habits
from riskkit.models.payment_curve import fit_curve
from riskkit.models.payment_time import LAYERS, CustomerFacts, fit_payment_time
from riskkit.models.pieces import CASH, OPEN, OTHER, Pieces, strike_pieces
from riskkit.policy import Policy
from riskkit.policy_forecast import ForecastPolicy
from tests.ledger.ledgers import DAY0, book_of, invoice, payment, random_lines
from tests.ledger.oracle import settle_by_hand
from tests.models.forecasts import AS_OF, habit_lines

POLICY = Policy()


def made(late: list[list[float]], *, as_of: int = 740_000, last_days: int = 60) -> Pieces:
    """Pieces of customers that paid so many days after a due date 30 days after issue; the latest still open."""
    rows = []
    for customer, delays in enumerate(late):
        for rank, delay in enumerate(delays):
            issue = as_of - last_days - 7 * rank
            out = issue + 30 + round(delay)
            is_open = out > as_of
            rows.append((customer, issue, issue + 30, min(out, as_of), -1, OPEN if is_open else CASH, 100, 100))
    table = np.array(rows, dtype=np.int64).T
    names = tuple(f"C{number}" for number in range(len(late)))
    count = table.shape[1]
    lines = np.array([f"i:{number}" for number in range(count)], dtype=object)
    return Pieces(as_of, names, *table, np.ones(count, dtype=bool), lines)


def test_pieces_of_a_small_ledger_by_hand():
    lines = [
        invoice("F1", "A", "2024-01-02", 10_000, "2024-02-01"),
        payment("P1", "A", "2024-02-05", 4_000, reference="F1"),
        payment("P2", "A", "2024-02-20", 1_000, reference="F1", kind="write_off"),
        invoice("F2", "B", "2024-01-10", 7_000, "2024-02-09"),
        payment("P3", "B", "2024-03-01", 7_000, reference="F2"),  # after the date: F2 is open
        invoice("F3", "B", "2024-03-02", 500, "2024-04-01"),  # after the date: unknown
    ]
    day = dt.date(2024, 2, 28)
    pieces = strike_pieces(book_of(lines), as_of=[day], terms_code="30")[day]
    found = sorted(zip(pieces.exit.tolist(), pieces.cents.tolist(), pieces.out.tolist(), strict=True))
    # F1: 40.00 in cash on 5 February, 10.00 written off on the 20th, 50.00 open; F2: 70.00 open
    assert found == [
        (OPEN, 5_000, day.toordinal()),
        (OPEN, 7_000, day.toordinal()),
        (CASH, 4_000, dt.date(2024, 2, 5).toordinal()),
        (OTHER, 1_000, dt.date(2024, 2, 20).toordinal()),
    ]
    assert sorted(pieces.line[pieces.is_open]) == ["i:F1", "i:F2"]
    assert pieces.weight.tolist() == pytest.approx(
        [c / i for c, i in zip(pieces.cents, pieces.item_cents, strict=True)]
    )


@pytest.mark.parametrize("seed", range(3))
def test_pieces_are_the_ledger_settled_by_plain_loops(seed):
    lines = random_lines(seed)
    dates = [DAY0 + dt.timedelta(days=days) for days in (200, 450, 700)]
    struck = strike_pieces(book_of(lines), as_of=dates, terms_code="30")
    for date in dates:
        settled, _ = settle_by_hand(lines, date)
        debits = [line for line in settled if line.cents > 0]
        pieces = struck[date]
        assert pieces.cents.sum() == sum(line.cents for line in debits)
        assert pieces.cents[pieces.is_open].sum() == sum(line.left for line in debits)
        assert (pieces.out <= date.toordinal()).all()
        assert (pieces.issue <= date.toordinal()).all()


def test_the_hazard_is_exits_over_time_watched():
    # Remission under 6-MP (Freireich et al. 1963; Cox and Oakes 1984, table 1.1): 21 patients, 9 relapses, 359 weeks
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapse = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    left, time = np.array(relapse, dtype=bool), np.array(weeks, dtype=float)
    assert (time.sum(), left.sum()) == (359, 9)
    # twenty like each of them, so that the intervals are as fine as the times
    time, left = np.tile(time, 20), np.tile(left, 20)
    curve = fit_curve(np.zeros(420), time, left=left, is_cash=left, weight=np.ones(420))
    # Nelson–Aalen of the same data: 3/21 + 1/17 + 1/15 = 0.268 at 10 weeks; + 1/12 + 1/11 = 0.443 at 16; + 1/7 + 1/6
    # = 0.752 at 23 (Kaplan–Meier, same table: survival 0.753, 0.627 and 0.448)
    assert -curve.log_survival_at(np.array([10.0, 16.0, 23.0])) == pytest.approx([0.268, 0.443, 0.752], abs=0.03)


def test_the_curve_recovers_a_known_law_through_censoring_and_other_exits():
    draw = np.random.default_rng(5)
    cash, other, seen = draw.exponential(20, 20_000), draw.exponential(180, 20_000), draw.uniform(0, 60, 20_000)
    time = np.minimum(np.minimum(cash, other), seen)
    left, is_cash = time < seen, (cash < other) & (cash < seen)
    curve = fit_curve(np.zeros(20_000), time, left=left, is_cash=is_cash, weight=np.ones(20_000))
    at = np.array([5.0, 20.0, 40.0])
    assert curve.log_survival_at(at) == pytest.approx(-at * (1 / 20 + 1 / 180), rel=0.05)  # competing rates add up
    assert curve.cash_share_at(np.arange(1.0, 30.0)).mean() == pytest.approx(0.9, abs=0.015)  # 1/20 ÷ (1/20 + 1/180)
    spreads = fit_curve(np.zeros(20_000), time / 20, left=left, is_cash=is_cash, weight=np.ones(20_000))
    assert spreads.mean_beyond(np.array([0.5]))[0] == pytest.approx(0.5 + 0.9, rel=0.1)  # memoryless: 18 days more


def test_habits_are_recovered_and_small_customers_are_drawn_to_the_others():
    draw = np.random.default_rng(7)
    truth = draw.normal(8, 3, 40)
    sizes = [60] * 20 + [2] * 20
    late = [list(draw.normal(mean, 6, size)) for mean, size in zip(truth, sizes, strict=True)]
    pieces = made(late, last_days=120)
    habits = fit_habits(pieces, segment=np.zeros(40, dtype=np.int64), changed=np.zeros(len(pieces)))
    raw = np.array([np.mean(delays) for delays in late])
    own, shrunk = np.abs(raw - truth)[20:].mean(), np.abs(habits.location - truth)[20:].mean()
    assert np.abs(habits.location - truth)[:20].max() < 2.5
    assert shrunk < own
    assert habits.settled[:20].tolist() == [60.0] * 20


def test_open_invoices_are_censored_not_dropped():
    draw = np.random.default_rng(3)
    pieces = made([list(draw.normal(40, 5, 60)) for _ in range(20)], last_days=62)
    recent = pieces.only(pieces.issue > pieces.as_of - 80)  # paid around day 70: half of them are still open
    one = np.zeros(20, dtype=np.int64)
    habits = fit_habits(recent, segment=one, changed=np.zeros(len(recent)))
    paid = recent.exit == CASH
    assert 0.2 < paid.mean() < 0.8
    dropped = float(np.mean((recent.out - recent.due)[paid]))
    assert abs(habits.location.mean() - 40) < 1.0 < abs(dropped - 40)


def test_a_dated_change_moves_the_habit():
    draw = np.random.default_rng(11)
    late = [float(draw.normal(10 if rank >= 40 else 2, 2)) for rank in range(80)]  # rank 0 is the latest
    pieces = made([late, late, late], last_days=90)
    day = pieces.as_of - 90 - 7 * 39
    facts = CustomerFacts(np.zeros(3, dtype=np.int64), np.full(3, day), np.full(3, -1))
    habits = fit_habits(pieces, segment=facts.segment, changed=facts.changed(pieces))
    assert habits.change_days == pytest.approx(-8, abs=1)


def test_french_business_days():
    first = dt.date(2024, 1, 1).toordinal()
    days = business_days(first, dt.date(2025, 12, 31).toordinal())

    def kind(day: str) -> int:
        return int(days.kind[dt.date.fromisoformat(day).toordinal() - first])

    # Easter Monday 2024 and 2025, Ascension 2024, Whit Monday 2025, 14 July, 1 May
    closed = ["2024-04-01", "2025-04-21", "2024-05-09", "2025-06-09", "2024-07-14", "2025-05-01", "2024-01-06"]
    assert {kind(day) for day in closed} == {CLOSED}
    assert kind("2024-03-29") == MONTH_END  # Good Friday is worked; 30 and 31 March are a week-end
    assert kind("2024-08-12") == 2  # the 10th was a Saturday
    assert kind("2024-08-09") == PLAIN
    assert kind("2024-11-25") == 5


@pytest.fixture(scope="module")
def struck() -> Pieces:
    return strike_pieces(book_of(habit_lines()), as_of=[AS_OF], terms_code="30")[AS_OF]


@pytest.mark.parametrize("layer", LAYERS)
def test_probabilities_are_probabilities(struck, layer):
    facts = CustomerFacts.none(len(struck.customer_ids))
    model = fit_payment_time(struck, facts=facts, policy=ForecastPolicy(), seed=1, layer=layer)
    assert model is not None
    payments = model.predict(struck.only(struck.is_open))
    assert (payments.cash >= 0).all()
    assert (np.diff(payments.owed, axis=1) <= 1e-12).all()  # what is owed never comes back
    assert (np.diff(payments.later_by, axis=1) >= -1e-12).all()
    assert payments.cash.sum(axis=1) + payments.later + payments.never == pytest.approx(np.ones(len(payments.later)))
    days = [payments.day_of(share) for share in (0.1, 0.5, 0.9)]
    assert all((np.nan_to_num(a, nan=1e9) <= np.nan_to_num(b, nan=1e9)).all() for a, b in pairwise(days))


def test_the_age_reached_is_used(struck):
    facts = CustomerFacts.none(len(struck.customer_ids))
    model = fit_payment_time(struck, facts=facts, policy=ForecastPolicy(), seed=1)
    assert model is not None
    opened = struck.only(struck.is_open & (struck.customer == 3))
    alone = model.predict(opened)
    waiting = alone.day_of(0.5) + opened.as_of - opened.due
    fresh = opened.due > opened.as_of
    assert np.nanmedian(waiting[fresh]) == pytest.approx(9, abs=4)  # customer 3 pays 9 days late
    assert (alone.day_of(0.1)[~np.isnan(alone.day_of(0.1))] >= 1).all()


@pytest.mark.parametrize("fact", ["dispute", "procedure"])
def test_a_dispute_or_a_procedure_holds_payment_back(struck, fact):
    facts = CustomerFacts.none(len(struck.customer_ids))
    model = fit_payment_time(struck, facts=facts, policy=ForecastPolicy(), seed=1)
    assert model is not None
    opened = struck.only(struck.is_open)
    free = model.predict(opened).cash.sum()
    since = np.full(len(opened), opened.as_of - 1)
    if fact == "dispute":
        held = model.predict(replace(opened, dispute=since)).cash.sum()
    else:
        everybody = replace(facts, hold_day=np.full(len(facts.hold_day), opened.as_of - 1))
        held = replace(model, facts=everybody).predict(opened).cash.sum()
    assert held < 0.7 * free


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-20, 90), min_size=40, max_size=80), st.integers(0, 3))
def test_any_delays_give_a_model_that_adds_up(delays, customers):
    late = [delays[start :: customers + 1] for start in range(customers + 1)]
    pieces = made(late, last_days=45)
    facts = CustomerFacts.none(len(late))
    model = fit_payment_time(pieces, facts=facts, policy=ForecastPolicy(minimum_settled=5), seed=1)
    opened = pieces.only(pieces.is_open)
    if model is None:
        assert pieces.weight[~pieces.is_open].sum() < 5
        return
    payments = model.predict(opened)
    assert np.isfinite(payments.cash).all()
    assert payments.cash.sum(axis=1) + payments.later + payments.never == pytest.approx(np.ones(len(opened)))
