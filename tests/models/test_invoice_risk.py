"""Which invoices not yet due will be late: by simulation, and what it may not know."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskkit.ledger.snapshot import choose_terms, strike, strike_history
from riskkit.models.invoice_risk import invoice_risk, past_cuts
from riskkit.models.invoice_risk_tables import INVOICE_RISK
from riskkit.policy import Policy
from tests.ledger.ledgers import book_of, invoice, payment

POLICY = Policy()
AS_OF = dt.date(2024, 12, 31)
CUSTOMERS = 40


def ledger(*, chance, late_days=60, seed=5, until=AS_OF):
    """Two invoices a month per customer over two years; paid so many days late by `chance`, else on the due day."""
    rng = np.random.default_rng(seed)
    lines = []
    for customer in range(CUSTOMERS):
        for n in range(50):
            due = dt.date(2023, 1, 20) + dt.timedelta(15 * n)
            issued = due - dt.timedelta(30)
            is_late = rng.random() < chance(customer)
            paid = due + dt.timedelta(late_days if is_late else 0)
            number, name = f"{customer}.{n}", f"C{customer:02d}"
            if issued <= until:
                lines.append(invoice(number, name, issued.isoformat(), 10_000, due.isoformat()))
            if paid <= until:
                lines.append(payment(number, name, paid.isoformat(), 10_000, reference=number))
    return lines


def ask(lines, *, policy=POLICY, catch_all=(), as_of=AS_OF):
    book = book_of(lines)
    terms = choose_terms(book, as_of=as_of, policy=policy)
    snapshot = strike(book, as_of=as_of, policy=policy, terms=terms)
    history = strike_history(book, as_of=as_of, policy=policy, terms=terms)
    names = sorted({f"C{n:02d}" for n in range(CUSTOMERS)})
    customers = pd.DataFrame({"customer_id": names, "is_catch_all": [name in catch_all for name in names]})
    return invoice_risk(
        history, snapshot.open_items, customers, as_of=as_of, connection=book.connection, policy=policy
    ), snapshot  # fmt: skip


def planted(customer):
    return 0.05 + 0.9 * customer / (CUSTOMERS - 1)


def test_planted_chances_are_found_and_their_money_adds_up():
    found, snapshot = ask(ledger(chance=planted))
    rows = found.invoices
    given = rows["customer_id"].str[1:].astype(int).map(planted)
    assert np.corrcoef(rows["late_probability"], given)[0, 1] > 0.95
    assert rows["late_probability"].mean() == pytest.approx(given.mean(), abs=0.06)
    assert (rows["late_after_days"] == POLICY.scores.broken_after_days).all()
    waiting = snapshot.open_items[snapshot.open_items["days_past_due"] <= 0]
    assert set(rows["item_id"]) == set(waiting["item_id"])
    assert rows["open_cents"].sum() == waiting["open_cents"].sum()
    assert rows["late_cents"].tolist() == (rows["open_cents"] * rows["late_probability"]).round().tolist()


def test_past_dates_say_what_the_chances_are_worth():
    found, _ = ask(ledger(chance=planted))
    whole = found.results[found.results["cut_date"].isna()].iloc[0]
    # chances spread evenly from 0.05 to 0.95: the best ordering has an area of 1/2 + (0.9 / 3) / (4 × 1/4) = 0.80
    assert whole["auc"] == pytest.approx(0.8, abs=0.06)
    assert whole["ece"] < 0.08
    assert whole["late_rate"] == pytest.approx(0.5, abs=0.08)
    assert found.results["cut_date"].dropna().dt.date.tolist() == [
        dt.date(2024, 3, 31), dt.date(2024, 6, 30), dt.date(2024, 9, 30)
    ]  # fmt: skip


def test_what_came_later_changes_no_chance():
    early = dt.date(2024, 6, 30)
    then, _ = ask(ledger(chance=planted, until=early), as_of=early)
    whole, _ = ask(ledger(chance=planted), as_of=early)
    pd.testing.assert_frame_equal(then.invoices, whole.invoices)
    pd.testing.assert_frame_equal(then.results, whole.results)


def test_accounts_that_are_nobody_are_left_out():
    found, _ = ask(ledger(chance=planted), catch_all=("C39",))
    assert "C39" not in set(found.invoices["customer_id"])


def test_where_nobody_is_long_late_a_few_days_are_late():
    found, _ = ask(ledger(chance=lambda _: 0.4, late_days=10))
    assert (found.invoices["late_after_days"] == POLICY.scores.late_after_days).all()
    assert found.invoices["late_probability"].mean() == pytest.approx(0.4, abs=0.1)


def test_too_little_says_so():
    found, _ = ask(ledger(chance=lambda _: 0.0))
    assert found.invoices.empty
    assert list(found.invoices) == INVOICE_RISK.names
    assert len(found.notes) == 1


def test_cuts_are_dates_that_were_struck():
    dates = [dt.date(2024, month, 28) for month in range(1, 13)]
    assert past_cuts(dates, dt.date(2024, 12, 28)) == [
        dt.date(2024, 3, 28), dt.date(2024, 6, 28), dt.date(2024, 9, 28)
    ]  # fmt: skip
    assert past_cuts(dates[-1:], dt.date(2024, 12, 28)) == []
