"""Late at issue date, by hand: what an invoice may know of its customer, and a law of delays that is recovered."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.models.invoice_history import invoice_items
from riskkit.models.late_invoices import (
    fit_delay_law,
    fit_late_invoices,
    history_of,
    is_late,
    lateness_figures,
    norm_above,
    settled_delays,
)
from riskkit.models.validation import auc
from riskkit.policy import Policy
from tests.ledger.ledgers import book_of, invoice, payment, random_lines

POLICY = Policy()


def items_of(lines, as_of):
    book = book_of(lines)
    snapshot = strike(book, as_of=as_of, policy=POLICY, terms=choose_terms(book, as_of=as_of, policy=POLICY))
    return invoice_items(snapshot.items), book.connection


def facts_of(items):
    known = items.select("line").collect(backend="pandas").to_native()
    return known.assign(size=0.0)


def history(lines, as_of=dt.date(2025, 12, 31)):
    items, connection = items_of(lines, as_of)
    facts = facts_of(items)
    law = fit_delay_law(settled_delays(items).merge(facts, on="line"), known=())
    return history_of(items, facts, law, connection=connection), law


def test_an_invoice_knows_what_happened_before_its_day_and_nothing_of_the_day():
    lines = [
        invoice("1", "A", "2024-01-01", 10_000, "2024-01-31"),
        payment("1", "A", "2024-02-10", 10_000, reference="1"),  # 10 days late
        invoice("2", "A", "2024-01-15", 10_000, "2024-02-14"),
        payment("2", "A", "2024-03-01", 10_000, reference="2"),  # 16 days late, on the day invoice 4 is issued
        invoice("3", "A", "2024-02-05", 10_000, "2024-03-06"),  # 1 is overdue, 2 open
        payment("3", "A", "2024-03-01", 10_000, reference="3"),
        invoice("4", "A", "2024-03-01", 10_000, "2024-03-31"),
    ]
    known, _ = history(lines, as_of=dt.date(2024, 6, 30))
    rows = known.set_index("line")
    columns = ["settled_count", "late_count", "open_count", "overdue_count"]
    assert rows.loc["i:1", columns].tolist() == [0, 0, 0, 0]
    assert rows.loc["i:2", columns].tolist() == [0, 0, 1, 0]
    assert rows.loc["i:3", columns].tolist() == [0, 0, 2, 1]
    # the payments of 1 March are not known to those who ask that day; 2 is overdue since 15 February
    assert rows.loc["i:4", columns].tolist() == [1, 1, 2, 1]
    assert rows.loc["i:4", "delay_sum"] == 10
    assert is_late(known).tolist() == [True, True, False, True]


def test_the_stream_is_what_a_loop_finds():
    lines = random_lines(17, customers=4, invoices=90)
    known, _ = history(lines)
    known = known.astype({"settled_day": "float64"})
    for row in known.sample(25, random_state=1).to_dict("records"):
        own = known[(known["customer_id"] == row["customer_id"]) & (known["line"] != row["line"])]
        before = own[own["day"] < row["day"]]
        settled = own[own["settled_day"] < row["day"]]
        assert row["settled_count"] == len(settled)
        assert row["late_count"] == (settled["settled_day"] > settled["due_day"]).sum()
        unsettled = before[~(before["settled_day"] < row["day"])]
        assert row["open_count"] == len(unsettled)
        delays = (settled["settled_day"] - settled["due_day"]).clip(-45, 45)
        assert row["delay_sum"] == pytest.approx(delays.sum())


def test_what_comes_later_changes_no_history():
    lines = [x for x in random_lines(23, customers=5, invoices=120, days=500) if x.lettering is None]
    lines = [x for x in lines if x.reference is not None]
    day = dt.date(2023, 12, 31)
    whole, law = history(lines)
    items, connection = items_of([x for x in lines if x.day <= day], day)
    then = history_of(items, facts_of(items), law, connection=connection)
    columns = ["line", "settled_count", "late_count", "open_count", "overdue_count", "delay_sum"]
    now = whole[whole["day"] <= day.toordinal()].sort_values("line")[columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(now, then.sort_values("line")[columns].reset_index(drop=True))


def test_the_law_of_delays_is_recovered():
    rng = np.random.default_rng(1)
    customers, each = 300, 12
    mean = rng.normal(4, 6, customers)
    size = rng.normal(size=customers * each)
    delay = np.repeat(mean, each) + 3 * size + rng.normal(0, 5, customers * each)
    settled = pd.DataFrame({"customer_id": np.repeat(np.arange(customers), each), "size": size, "delay": delay})
    law = fit_delay_law(settled, known=("size",))
    assert law.slopes["size"] == pytest.approx(3, abs=0.25)
    assert law.mean == pytest.approx(4, abs=1)
    assert law.within**0.5 == pytest.approx(5, abs=0.3)
    assert law.between**0.5 == pytest.approx(6, abs=0.6)


def test_the_normal_tail():
    # Abramowitz and Stegun, table 26.1: Q(1.96) = 0.0249979, Q(0) = 0.5
    assert norm_above(np.array([1.96, 0.0]), np.array([1.0, 2.0])) == pytest.approx([0.0249979, 0.5], abs=1e-7)


def test_a_habit_is_found_and_open_invoices_take_part():
    rng = np.random.default_rng(2)
    lines = []
    for n in range(600):
        customer = n % 20
        issued = dt.date(2023, 1, 1) + dt.timedelta(int(n))
        due = issued + dt.timedelta(30)
        paid = due + dt.timedelta(round((customer - 10) * 1.5 + rng.normal(0, 5)))
        lines.append(invoice(str(n), f"C{customer:02d}", issued.isoformat(), 10_000, due.isoformat()))
        if paid > issued:
            lines.append(payment(str(n), f"C{customer:02d}", paid.isoformat(), 10_000, reference=str(n)))
    cut = dt.date(2024, 1, 1)
    items, connection = items_of([x for x in lines if x.day < cut], cut)
    facts = facts_of(items)
    law = fit_delay_law(settled_delays(items).merge(facts, on="line"), known=())
    taught = history_of(items, facts, law, connection=connection)
    model = fit_late_invoices(taught, law, late_rate=0.5, prior_count=3.0, known_day=cut.toordinal())
    whole, connection = items_of(lines, dt.date(2025, 1, 1))
    asked = history_of(whole, facts_of(whole), law, connection=connection)
    asked = asked[asked["day"] >= cut.toordinal()]
    late = is_late(asked).to_numpy(dtype="float64")
    rate = lateness_figures(asked, law, late_rate=0.5, prior_count=3.0)["shrunk_late_rate"].to_numpy()
    assert auc(model.predict(asked), late) > auc(rate, late)
    assert auc(model.predict(asked), late) > 0.9
