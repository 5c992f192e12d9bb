"""Hand-worked ledgers: who owes what at a date, line by line."""

from __future__ import annotations

import datetime as dt

import pytest

from riskkit.errors import DataError, UsageError
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.policy import Policy
from tests.ledger.ledgers import book_of, invoice, payment

POLICY = Policy()
AS_OF = dt.date(2024, 3, 31)


def struck(lines, as_of=AS_OF, terms=None):
    book = book_of(lines)
    return strike(book, as_of=as_of, policy=POLICY, terms=choose_terms(book, as_of=as_of, policy=POLICY, terms=terms))


def test_invoice_due_today_is_not_overdue_and_each_edge_falls_in_its_bucket():
    due = {
        "A": "2024-03-31",
        "B": "2024-03-30",
        "C": "2024-03-01",
        "D": "2024-02-29",
        "E": "2023-10-03",
        "F": "2023-10-02",
    }
    lines = [invoice(name, "C1", "2023-09-01", 1_000, day) for name, day in due.items()]
    items = struck(lines).open_items.set_index("item_id")
    # days past due: A 0, B 1, C 30, D 31, E 180, F 181
    assert items["days_past_due"].to_dict() == {"A": 0, "B": 1, "C": 30, "D": 31, "E": 180, "F": 181}
    expected = {"A": "not_due", "B": "d1_30", "C": "d1_30", "D": "d31_60", "E": "d91_180", "F": "over_180"}
    assert items["bucket"].to_dict() == expected


def test_a_payment_pays_the_invoice_it_names_before_an_older_one():
    lines = [
        invoice("OLD", "C1", "2024-01-01", 50_000, "2024-01-31"),
        invoice("NEW", "C1", "2024-02-01", 30_000, "2024-03-02"),
        payment("P", "C1", "2024-03-01", 30_000, reference="NEW"),
    ]
    snapshot = struck(lines)
    assert snapshot.open_items["item_id"].tolist() == ["OLD"]
    assert snapshot.matching == {"lettering": 0, "reference": 1, "fifo": 0, "none": 0}


def test_money_without_reference_pays_the_oldest_due_first_and_the_rest_stays_on_account():
    lines = [
        invoice("LATE_ISSUE_EARLY_DUE", "C1", "2024-02-01", 10_000, "2024-02-02"),
        invoice("EARLY_ISSUE_LATE_DUE", "C1", "2024-01-01", 10_000, "2024-02-20"),
        payment("P1", "C1", "2024-03-01", 15_000),
        payment("P2", "C2", "2024-03-01", 4_000),
    ]
    snapshot = struck(lines)
    # 15 000 pays 10 000 of the first due and 5 000 of the second; C2 owes nothing, its 4 000 stays on account
    assert snapshot.open_items[["item_id", "open_cents"]].to_numpy().tolist() == [["EARLY_ISSUE_LATE_DUE", 5_000]]
    assert snapshot.unapplied[["credit_id", "unapplied_cents"]].to_numpy().tolist() == [["P2", 4_000]]
    assert snapshot.matching["none"] == pytest.approx(4 / 19)
    assert snapshot.measures["receivables_amount"].value == 1_000
    assert snapshot.reconciliation["difference"] == 0


def test_a_lettering_made_after_the_date_is_not_known_yet():
    lines = [
        invoice("A", "C1", "2024-01-01", 10_000, "2024-01-31"),
        invoice("B", "C1", "2024-01-15", 10_000, "2024-02-14", lettering="L", lettering_day=dt.date(2024, 4, 2)),
        payment("P", "C1", "2024-03-01", 10_000, lettering="L", lettering_day=dt.date(2024, 4, 2)),
    ]
    assert struck(lines).open_items["item_id"].tolist() == ["B"]  # as known then, the money paid the oldest
    assert struck(lines, dt.date(2024, 4, 2)).open_items["item_id"].tolist() == ["A"]


def test_an_invoice_cancelled_by_a_credit_note_says_nothing_about_payment():
    lines = [
        invoice("A", "C1", "2024-01-01", 10_000, "2024-01-31"),
        invoice("AV", "C1", "2024-03-01", -10_000, reference="A"),
        invoice("B", "C1", "2024-01-01", 10_000, "2024-01-31"),
        payment("P", "C1", "2024-02-10", 10_000, reference="B"),
    ]
    measures = struck(lines).measures
    assert measures["days_beyond_terms_days"].value == 10  # B alone: 10 February − 31 January
    assert measures["mean_payment_delay_days"].value == 40


def test_a_bounced_payment_is_owed_again_from_its_day():
    lines = [
        invoice("A", "C1", "2024-01-01", 10_000, "2024-01-31"),
        payment("P", "C1", "2024-02-01", 10_000, reference="A"),
        payment("BOUNCED", "C1", "2024-02-05", -10_000, kind="refund"),
    ]
    snapshot = struck(lines)
    assert snapshot.open_items[["item_id", "kind", "days_past_due"]].to_numpy().tolist() == [["BOUNCED", "refund", 55]]
    assert snapshot.reconciliation["received"] == 0


def test_overpaid_and_empty_customers_do_not_hide_each_other():
    lines = [
        invoice("A", "C1", "2024-01-01", 10_000, "2024-01-31"),
        payment("P", "C2", "2024-01-05", 25_000),
    ]
    measures = struck(lines).measures
    assert measures["receivables_amount"].value == -15_000
    assert measures["overdue_amount"].value == 10_000
    assert measures["overdue_share"].value is None
    assert "nothing is owed on balance" in str(measures["overdue_share"].reason)


def test_terms_given_by_the_user_date_what_the_file_does_not():
    lines = [invoice("A", "C1", "2024-01-10", 10_000)]
    assert struck(lines, terms="45FM").open_items["due_date"].dt.date.tolist() == [dt.date(2024, 2, 29)]
    assert struck(lines).terms.source == "legal"
    with pytest.raises(UsageError, match="Terms 'bientôt' are not understood"):
        struck(lines, terms="bientôt")


def test_a_date_before_the_first_invoice_is_refused():
    with pytest.raises(DataError, match="the first invoice is dated 2024-01-10"):
        struck([invoice("A", "C1", "2024-01-10", 10_000)], dt.date(2024, 1, 9))
