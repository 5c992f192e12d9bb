"""The cash forecast: to the cent, blind to the future, tested on the past, honest with little history."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.models.cash_baselines import BASELINES
from riskkit.models.cash_spread import CashSpread, PastPeriods, block_sums, period_shock
from riskkit.models.cash_tables import period_bounds, split_cents
from riskkit.models.forecast_tables import FORECAST_TABLES
from riskkit.models.pieces import strike_pieces
from riskkit.models.shared_effects import PRIOR, Shares, draw_cash, first_cash, normal_scores, pair_sums, shares_of
from riskkit.policy import Policy
from riskkit.policy_forecast import HORIZON_DAYS, ForecastPolicy
from riskkit.sources.sample import SampleSpec, make_sample
from tests.ledger.ledgers import book_of, invoice, payment
from tests.models.forecasts import AS_OF, POLICY, forecast_of, habit_lines

PERIODS = ("day", "week", "month", "total")


@pytest.fixture(scope="module")
def lines():
    return habit_lines()


@pytest.fixture(scope="module")
def forecast(lines):
    return forecast_of(lines)


def test_every_table_keeps_its_contract(forecast):
    assert set(forecast.tables) == {table.name for table in FORECAST_TABLES}
    for table in FORECAST_TABLES:
        assert list(forecast.tables[table.name].columns) == table.names
        assert len(forecast.tables[table.name])


def test_items_periods_and_customers_add_up_to_the_cent(forecast, lines):
    items, cash, customers = (forecast.tables[name] for name in ("payment_time", "cash_forecast", "cash_customers"))
    assert (items["expected_cents"] + items["later_cents"] + items["never_cents"] == items["open_cents"]).all()
    assert (items[["expected_cents", "later_cents", "never_cents"]] >= 0).all(axis=None)
    known = [line for line in lines if line.day <= AS_OF]
    assert items["open_cents"].sum() == sum(line.cents for line in known)  # nobody here pays in advance or too much
    for kind in PERIODS:
        for level in (0.5, 0.8, 0.95):
            rows = cash[(cash["period_kind"] == kind) & (cash["level"] == level)]
            assert rows["base_cents"].sum() == items["expected_cents"].sum(), kind
            assert rows["due_cents"].sum() == cash.loc[cash["period_kind"] == "total", "due_cents"].iloc[0]
            assert (rows["low_cents"] <= rows["base_cents"]).all()
            assert (rows["base_cents"] <= rows["high_cents"]).all()
    for name in ("open_cents", "expected_cents", "later_cents", "never_cents"):
        assert customers[name].sum() == items[name].sum()


def test_wider_levels_hold_narrower_ones(forecast):
    cash = forecast.tables["cash_forecast"].set_index(["period_kind", "period_start", "level"])
    for inner, outer in ((0.5, 0.8), (0.8, 0.95)):
        inside, outside = cash.xs(inner, level="level"), cash.xs(outer, level="level")
        assert (outside["low_cents"] <= inside["low_cents"]).all()
        assert (outside["high_cents"] >= inside["high_cents"]).all()


def test_probabilities_grow_with_time_and_dates_are_in_order(forecast):
    items = forecast.tables["payment_time"]
    shares = items[[f"paid_{days}d_share" for days in (7, 14, 28, 56, 91)]].to_numpy()
    assert (np.diff(shares, axis=1) >= 0).all()
    assert ((shares >= 0) & (shares <= 1)).all()
    known = items.dropna(subset=["low_date", "expected_date", "high_date"])
    assert len(known)
    assert (known["low_date"] <= known["expected_date"]).all()
    assert (known["expected_date"] <= known["high_date"]).all()
    assert (known["low_date"] > pd.Timestamp(AS_OF)).all()


def test_nothing_after_the_date_changes_the_forecast(lines, forecast):
    past = [line for line in lines if line.day <= AS_OF]
    assert len(past) < len(lines)
    alone = forecast_of(past)
    for name, table in forecast.tables.items():
        pd.testing.assert_frame_equal(table, alone.tables[name])


def test_the_order_of_the_lines_is_irrelevant(lines, forecast):
    again = forecast_of(lines[::-1])
    items, other = (t.tables["payment_time"].set_index("item_id").sort_index() for t in (forecast, again))
    pd.testing.assert_series_equal(items["expected_date"], other["expected_date"])
    assert forecast.tables["cash_forecast"]["base_cents"].sum() == pytest.approx(
        again.tables["cash_forecast"]["base_cents"].sum(), rel=1e-6
    )


def test_a_backtest_says_what_a_forecast_at_that_date_said(lines, forecast):
    rows = forecast.tables["cash_backtest"]
    day = rows["as_of"].max().date()
    # its own past: the two dates that the backtest has before it
    then = forecast_of(lines, as_of=day, policy=Policy(forecast=ForecastPolicy(backtest_dates=2)))
    weeks = then.tables["cash_forecast"]
    weeks = weeks[(weeks["period_kind"] == "week") & (weeks["level"] == 0.8)]["base_cents"].to_numpy()
    told = rows[(rows["as_of"] == pd.Timestamp(day)) & (rows["method"] == "model")]["expected_cents"].to_numpy()
    assert len(told) == 4  # only weeks that are over
    assert told == pytest.approx(weeks[:4], abs=2)


def test_the_weekly_error_is_what_plain_loops_say(forecast):
    rows, summary = (forecast.tables[name] for name in ("cash_backtest", "cash_backtest_summary"))
    for method in ("model", "due_date"):
        missed = came = 0
        for row in rows[rows["method"] == method].itertuples():
            missed += abs(row.expected_cents - row.actual_cents)
            came += row.actual_cents
        told = summary.set_index("method").loc[method, "weekly_wape_rate"]
        assert told == pytest.approx(missed / came)


def test_actual_cash_of_the_backtest_by_hand(lines, forecast):
    rows = forecast.tables["cash_backtest"]
    day = rows["as_of"].min().date()
    issued = {line.line[2:]: line.day for line in lines if line.cents > 0}
    week = [day + dt.timedelta(days=ahead) for ahead in range(1, 8)]
    came = sum(-line.cents for line in lines if line.cents < 0 and line.day in week and issued[line.reference] <= day)
    told = rows[(rows["as_of"] == pd.Timestamp(day)) & (rows["method"] == "model") & (rows["week"] == 1)]
    assert told["actual_cents"].tolist() == [came]


def test_habits_are_found_again_and_late_customers_named(forecast):
    items = forecast.tables["payment_time"]
    to_come = items[items["due_date"] > pd.Timestamp(AS_OF)]
    days = to_come.groupby("customer_id")["expected_late_days"].median()
    for customer, late in days.items():
        assert float(late) == pytest.approx(3 * int(customer[1:]), abs=4), customer
    summary = forecast.tables["cash_backtest_summary"].set_index("method")["weekly_wape_rate"]
    assert summary["model"] < summary["due_date"]
    assert summary["model"] < summary["mean_13_weeks"]


def test_too_little_history_says_so_and_shows_due_dates():
    few = [
        invoice("F1", "A", "2024-05-02", 10_000, "2024-06-01"),
        payment("P1", "A", "2024-06-05", 4_000, reference="F1"),
        invoice("F2", "B", "2024-06-10", 7_000, "2024-07-10"),
    ]
    told = forecast_of(few)
    assert "not computable" in str(told.notes[0])
    items = told.tables["payment_time"].set_index("item_id")
    assert items.loc["F2", "expected_date"] == pd.Timestamp("2024-07-10")
    assert pd.isna(items.loc["F1", "expected_date"])  # overdue: nothing says when
    assert items["paid_28d_share"].isna().all()
    assert set(items["evidence"]) == {"terms"}
    total = told.tables["cash_forecast"].query("period_kind == 'total'").iloc[0]
    assert (total["base_cents"], total["due_cents"]) == (7_000, 7_000)
    assert pd.isna(total["low_cents"])
    assert told.tables["cash_backtest"].query("method == 'model'").empty


def test_nothing_open_is_an_empty_forecast():
    told = forecast_of(
        [
            invoice("F1", "A", "2024-05-02", 10_000, "2024-06-01"),
            payment("P1", "A", "2024-06-05", 10_000, reference="F1"),
        ]
    )
    assert told.tables["payment_time"].empty
    assert told.tables["cash_forecast"]["base_cents"].sum() == 0
    assert "Nothing is open" in str(told.notes[0])


def test_a_customer_in_procedure_is_not_counted_on(lines):
    known = pd.DataFrame(
        {"customer_id": ["C03"], "event_date": [pd.Timestamp(AS_OF)], "kind": ["liquidation"],
         "source_file": ["e"], "source_line": [1]}
    )  # fmt: skip
    late = known.assign(event_date=pd.Timestamp(AS_OF + dt.timedelta(days=1)))
    held, free = (
        forecast_of(lines, events=events).tables["payment_time"].query("customer_id == 'C03'")
        for events in (known, late)
    )
    assert held["expected_cents"].sum() < 0.4 * free["expected_cents"].sum()
    assert set(held["reason"]) == {"procedure"}
    assert "procedure" not in set(free["reason"])


def test_future_billing_is_apart(lines, forecast):
    policy = Policy(forecast=ForecastPolicy(backtest_dates=3, future_billing=True))
    cash = forecast_of(lines, policy=policy).tables["cash_forecast"]
    owed = cash[cash["source"] == "open_items"].reset_index(drop=True)
    pd.testing.assert_frame_equal(owed, forecast.tables["cash_forecast"])
    billed = cash[(cash["source"] == "future_billing") & (cash["period_kind"] == "week") & (cash["level"] == 0.8)]
    assert billed["base_cents"].iloc[0] == 0  # what is billed tomorrow is not paid this week
    # a stationary ledger: nearly as much is billed and paid in 13 weeks as was billed in the first weeks of them
    assert 0 < billed["base_cents"].sum() < owed["base_cents"].sum()


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 10**9), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_cents_are_split_without_loss(rows):
    cents = np.array([row[0] for row in rows])
    within = np.array([row[1] for row in rows])
    later = np.array([row[2] for row in rows]) * (1 - within)
    parts = split_cents(cents, within, later)
    assert (sum(parts) == cents).all()
    assert all((part >= 0).all() for part in parts)


def test_periods_cover_the_horizon_once():
    for kind in PERIODS:
        bounds = period_bounds(kind, dt.date(2023, 11, 30))
        assert (bounds[0], bounds[-1]) == (0, HORIZON_DAYS)
        assert (np.diff(bounds) > 0).all()
    # from 1 December 2023: 31 + 31 + 29 days
    assert period_bounds("month", dt.date(2023, 11, 30)).tolist() == [0, 31, 62, 91]


def test_draws_have_the_expected_mean_and_spread_with_what_is_shared():
    day = dt.date(2024, 6, 28)
    struck = strike_pieces(book_of(habit_lines(invoices=300)), as_of=[day], terms_code="30")[day]
    opened = struck.only(struck.is_open)
    cash = np.full((len(opened), HORIZON_DAYS), 0.9 / HORIZON_DAYS)
    alone, together = (
        draw_cash(opened, cash, np.zeros(20, dtype=np.int64), shares=shares, draws=4_000, seed=2)
        for shares in (Shares(0, 0, 0), Shares(0.3, 0.0, 0.4))
    )
    expected = opened.cents.sum() * 0.9
    assert alone.sum(axis=1).mean() == pytest.approx(expected, rel=0.02)
    assert together.sum(axis=1).mean() == pytest.approx(expected, rel=0.03)
    own = (opened.cents.astype(float) ** 2).sum() * 0.09  # Σ a² p (1 − p)
    assert alone.sum(axis=1).var() == pytest.approx(own, rel=0.1)
    assert together.sum(axis=1).var() > 2 * own


def test_small_items_are_drawn_like_the_others(monkeypatch):
    day = dt.date(2024, 6, 28)
    struck = strike_pieces(book_of(habit_lines(invoices=900)), as_of=[day], terms_code="30")[day]
    opened = struck.only(struck.is_open)
    cash = np.full((len(opened), HORIZON_DAYS), 0.9 / HORIZON_DAYS)
    asked = {"shares": Shares(0.2, 0.0, 0.0), "draws": 4_000, "seed": 2}
    exact = draw_cash(opened, cash, np.zeros(20, dtype=np.int64), **asked).reshape(4_000, 13, 7).sum(axis=2)
    monkeypatch.setattr("riskkit.models.shared_effects.MOST_ITEMS", 10)
    near = draw_cash(opened, cash, np.zeros(20, dtype=np.int64), **asked).reshape(4_000, 13, 7).sum(axis=2)
    assert near.sum(axis=1).mean() == pytest.approx(exact.sum(axis=1).mean(), rel=0.02)
    # days are drawn apart: an item not paid in one week is not more likely in the next, so the total is a little wide
    assert exact.sum(axis=1).std() < near.sum(axis=1).std() < 1.6 * exact.sum(axis=1).std()
    assert near.std(axis=0).mean() == pytest.approx(exact.std(axis=0).mean(), rel=0.15)


def test_shares_are_recovered_from_scores():
    draw, customers, items = np.random.default_rng(4), 60, 20
    customer = np.repeat(np.arange(customers), items)
    segment = np.arange(customers) % 5
    sums = []
    for _ in range(200):
        score = (
            draw.normal(0, np.sqrt(0.10)) + draw.normal(0, np.sqrt(0.05), 5)[segment[customer]]
            + draw.normal(0, np.sqrt(0.25), customers)[customer] + draw.normal(0, np.sqrt(0.60), customers * items)
        )  # fmt: skip
        sums.append(pair_sums(score, customer, segment))
    shares = shares_of(sums)
    assert (shares.company, shares.segment, shares.customer) == pytest.approx((0.10, 0.05, 0.25), abs=0.04)
    assert shares_of([]) == Shares(*(pytest.approx(value) for value in PRIOR))


def test_scores_of_a_right_forecast_are_standard_normal():
    day = dt.date(2024, 3, 1)
    later = dt.date(2024, 6, 28)
    struck = strike_pieces(book_of(habit_lines(invoices=900)), as_of=[day, later], terms_code="30")
    opened = struck[day].only(struck[day].is_open)
    wait = first_cash(opened, struck[later], days=HORIZON_DAYS)
    assert ((wait >= 0) & (wait <= HORIZON_DAYS)).all()
    draw = np.random.default_rng(1)
    owed = np.tile(1 - np.arange(1, 92) / 100, (20_000, 1))  # each day one hundredth, nine never
    when = draw.integers(0, 100, 20_000)
    scores = normal_scores(owed, np.minimum(when, 91), seed=3)
    assert scores.mean() == pytest.approx(0, abs=0.03)
    assert scores.std() == pytest.approx(1, abs=0.03)


def test_shared_shock_by_hand():
    # one past period: expected 100, independent variance 0, actual 150; prior 0.15 worth three of them
    past = PastPeriods(np.array([100.0]), np.array([0.0]), np.array([150.0]))
    assert period_shock([past]) == pytest.approx(np.sqrt((50**2 + 3 * 100**2 * 0.15**2) / (4 * 100**2)))
    assert period_shock([]) == 0.15
    assert block_sums(np.arange(10.0), np.array([0, 3, 6])).tolist() == [3.0, 12.0]


def test_intervals_cover_what_they_say():
    draw = np.random.default_rng(9)
    days = draw.gamma(2.0, 50.0, (3_000, HORIZON_DAYS))
    spread = CashSpread(days[:2_000], days.mean(axis=0), {"week": 0.0}, seed=1)
    bounds = np.arange(0, 92, 7)
    came = np.add.reduceat(days[2_000:], bounds[:-1], axis=1)
    ((low, high),) = spread.intervals(bounds, kind="week", levels=[0.8])
    assert ((came >= low) & (came <= high)).mean() == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("name", BASELINES)
def test_simple_rules_place_no_more_than_is_owed(name):
    day = dt.date(2024, 6, 28)
    struck = strike_pieces(book_of(habit_lines(invoices=300)), as_of=[day], terms_code="30")[day]
    cash = BASELINES[name](struck)
    assert cash.shape == (HORIZON_DAYS,)
    assert (cash >= 0).all()
    if name != "mean_13_weeks":  # that one counts cash of invoices to come
        assert cash.sum() <= struck.cents[struck.is_open].sum() * (1 + 1e-9)


def test_due_date_and_customer_median_by_hand():
    day = dt.date(2024, 6, 28)
    few = [
        invoice("F1", "A", "2024-04-01", 1_000, "2024-05-01"),
        payment("P1", "A", "2024-05-11", 1_000, reference="F1"),  # 40 days after issue
        invoice("F2", "A", "2024-06-08", 2_000, "2024-07-08"),  # due in 10 days, habit says in 20
        invoice("F3", "A", "2024-03-01", 5_000, "2024-04-01"),  # past everything: next day
    ]
    pieces = strike_pieces(book_of(few), as_of=[day], terms_code="30")[day]
    due, median = BASELINES["due_date"](pieces), BASELINES["customer_median"](pieces)
    assert {int(d) + 1: int(due[d]) for d in np.flatnonzero(due)} == {1: 5_000, 10: 2_000}
    assert {int(d) + 1: int(median[d]) for d in np.flatnonzero(median)} == {1: 5_000, 20: 2_000}


def test_the_cash_that_comes_in_the_sample_is_inside_the_interval(tmp_path):
    from riskkit.ledger.book import Book
    from riskkit.ledger.snapshot import choose_terms, strike
    from riskkit.models.cash_forecast import forecast_cash
    from riskkit.sources.sample import write_sample
    from riskkit.workbench.portfolio import Portfolio

    spec = SampleSpec(customers=80, invoices=2_000, months=30)
    written = write_sample(tmp_path / "sources", spec)
    portfolio = Portfolio.from_files(
        [written.customers, written.invoices, written.payments], name="x", language="fr", folder=tmp_path
    )
    reading = portfolio.read(as_of=spec.end_date)
    book = Book.from_reading(reading, policy=POLICY)
    terms = choose_terms(book, as_of=spec.end_date, policy=POLICY)
    snapshot = strike(book, as_of=spec.end_date, policy=POLICY, terms=terms)
    told = forecast_cash(
        book, reading.customers, reading.events, snapshot.open_items,
        as_of=spec.end_date, policy=POLICY, terms_code=terms.code,
    )  # fmt: skip
    future = make_sample(spec).truth.future_payments
    end = pd.Timestamp(spec.end_date) + pd.Timedelta(days=HORIZON_DAYS)
    came = int(future.loc[future["payment_date"] <= end, "amount_cents"].sum())
    total = told.tables["cash_forecast"].query("period_kind == 'total' and level == 0.95").iloc[0]
    assert total["low_cents"] <= came <= total["high_cents"]
    assert total["base_cents"] == pytest.approx(came, rel=0.15)
    summary = told.tables["cash_backtest_summary"].set_index("method")["weekly_wape_rate"]
    assert summary["model"] < summary[list(BASELINES)].min()
