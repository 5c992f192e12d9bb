"""Measures of terms and of the balance sheet: worked by hand, then by plain loops on ledgers with everything."""

from __future__ import annotations

import datetime as dt

import pytest

from riskkit.ledger.snapshot import choose_terms, measure_history, strike
from riskkit.policy import Policy
from riskkit.policy_own import BalanceSheet
from tests.ledger.ledgers import DAY0, book_of, invoice, payment, random_lines, reading_of
from tests.ledger.oracle import settle_by_hand

AS_OF = dt.date(2023, 12, 31)
POLICY = Policy.model_validate({"measures": {"financing_rate": 0.05}})


def _measures(lines, *, balance=None, as_of=AS_OF, policy=POLICY):
    from riskkit.ledger.book import Book

    book = Book.from_reading(reading_of(lines), policy=policy, balance=balance)
    return strike(book, as_of=as_of, policy=policy, terms=choose_terms(book, as_of=as_of, policy=policy)).measures


BY_HAND = [
    invoice("F1", "A", "2023-01-01", 365_000, "2023-01-31"),  # 30 days, paid 70 days after issue: 39 days late
    payment("P1", "A", "2023-03-12", 365_000, reference="F1"),
    invoice("F2", "B", "2023-10-01", 100_000, "2023-12-01"),  # 61 days, open: 30 late, 91 after issue
    invoice("F3", "B", "2023-12-20", 265_000, "2024-02-18"),  # 60 days, not due
]


def test_terms_by_hand():
    m = {name: measure.value for name, measure in _measures(BY_HAND).items()}
    # (3650 × 30 + 1000 × 61 + 2650 × 60) ÷ 7300 = 329 500 ÷ 7300
    assert m["contractual_dso_days"] == pytest.approx(329_500 / 7_300)
    # overdue 1000 ÷ 7300 × 365 = 50; receivables 3650 ÷ 7300 × 365 = 182.5; not due 2650 → 132.5
    assert m["late_dso_days"] == pytest.approx(50)
    assert m["best_possible_dso_days"] + m["late_dso_days"] == pytest.approx(m["dso_days"])
    # 7300 ÷ 365 = 20 € a day; at 5 %: 1 € a year
    assert m["dso_day_amount"] == pytest.approx(2_000)
    assert m["dso_day_cost_amount"] == pytest.approx(100)
    # settled late 3650 + overdue 1000, over settled 3650 + overdue 1000: all of it
    assert m["broken_terms_rate"] == 1
    # beyond 60 days from issue: 3650 by 10 days, 1000 by 31; over settled 3650 + open 3650
    assert m["beyond_legal_rate"] == pytest.approx(4_650 / 7_300)
    assert m["beyond_legal_days"] == pytest.approx((3_650 * 10 + 1_000 * 31) / 4_650)


def test_without_a_financing_rate_the_cost_says_what_to_give():
    cost = _measures(BY_HAND, policy=Policy())["dso_day_cost_amount"]
    assert cost.value is None
    assert "financing_rate" in str(cost.reason)


def test_working_capital_by_hand_and_never_before_its_balance_sheet():
    sheet = BalanceSheet(
        closing_date=dt.date(2023, 6, 30),
        supplier_debts_amount=600,
        purchases_amount=3_650,
        cost_of_purchases_amount=3_600,
        stocks_amount=1_000,
        other_operating_debts_amount=50,
        sales_excl_tax_amount=7_300,
    )
    m = {name: measure.value for name, measure in _measures(BY_HAND, balance=sheet).items()}
    assert m["dpo_days"] == pytest.approx(60)  # 600 ÷ 3650 × 365
    assert m["dpo_cost_of_purchases_days"] == pytest.approx(60)  # 600 ÷ 3600 × 360
    assert m["bfr_amount"] == pytest.approx((1_000 + 3_650 - 600 - 50) * 100)  # receivables of the ledger: 3650
    assert m["bfr_days"] == pytest.approx(4_000 / 7_300 * 365)
    early = _measures(BY_HAND, balance=sheet, as_of=dt.date(2023, 6, 29))
    assert early["bfr_amount"].value is None
    assert "2023-06-30" in str(early["bfr_amount"].reason)
    assert "balance_sheet" in str(_measures(BY_HAND)["dpo_days"].reason)


@pytest.mark.parametrize("seed", range(3))
def test_terms_equal_the_loops(seed):
    lines = random_lines(seed)
    as_of = DAY0 + dt.timedelta(600)
    known, _pairs = settle_by_hand(lines, as_of)
    year = dt.timedelta(365)
    behaving = [x for x in known if x.cents > 0 and x.kind in ("invoice", "deposit")]
    ended = [(x, max(d for d, _ in x.moves)) for x in behaving if not x.left and x.paid]
    settled = [(x, d) for x, d in ended if d > as_of - year]
    overdue = [x for x in behaving if x.left and x.due and x.due < as_of]
    sold = [x for x in behaving if x.day > as_of - year and x.due]
    m = {name: measure.value for name, measure in _measures(lines, as_of=as_of).items()}
    weight = sum(x.cents - x.credited for x in sold)
    assert m["contractual_dso_days"] == pytest.approx(
        sum((x.cents - x.credited) * (x.due - x.day).days for x in sold if x.due) / weight
    )
    whole = sum(x.cents - x.credited for x, _ in settled) + sum(x.left for x in overdue)
    broken = sum(x.cents - x.credited for x, d in settled if x.due and d > x.due) + sum(x.left for x in overdue)
    assert m["broken_terms_rate"] == pytest.approx(broken / whole)
    legal = dt.timedelta(60)
    beyond = sum(x.cents - x.credited for x, d in settled if d > x.day + legal)
    beyond += sum(x.left for x in behaving if x.left and as_of > x.day + legal)
    everything = sum(x.cents - x.credited for x, _ in settled) + sum(x.left for x in behaving)
    assert m["beyond_legal_rate"] == pytest.approx(beyond / everything)


def test_the_history_of_new_measures_is_what_a_run_says():
    lines = random_lines(5)
    book = book_of(lines, policy=POLICY)
    as_of = DAY0 + dt.timedelta(420)
    terms = choose_terms(book, as_of=as_of, policy=POLICY)
    history = measure_history(book, as_of=as_of, policy=POLICY, terms=terms)
    date = sorted(history["as_of"].unique())[9]
    at = strike(book, as_of=date.date(), policy=POLICY, terms=terms).measures
    rows = history[history["as_of"] == date].set_index("measure")["value"]
    for name in ("contractual_dso_days", "late_dso_days", "clean_dso_days", "broken_terms_rate", "beyond_legal_rate"):
        assert rows[name] == pytest.approx(at[name].shown(name))
