"""CFONB120 bank statements: read to the cent, balanced, and matched only where it is certain."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.schemas import CUSTOMERS, INVOICES, PAYMENTS
from riskkit.sources.bank_statement import REASONS, looks_like_cfonb, read_bank_statements
from riskkit.sources.cfonb import balance_notes, read_statements
from riskkit.sources.reading import Reading

ACCOUNT = "30002    00447EUR2 00000123456"  # bank, desk, currency, decimals, account
POSITIVE, NEGATIVE = "{ABCDEFGHI", "}JKLMNOPQR"


def overpunched(cents: int) -> str:
    """13 digits and a last one that holds the sign, as banks write it."""
    digits = f"{abs(cents):014d}"
    return digits[:13] + (POSITIVE if cents >= 0 else NEGATIVE)[int(digits[13])]


def balance(code: str, day: str, cents: int) -> str:
    return f"{code}{ACCOUNT}  {day}{' ' * 50}{overpunched(cents)}{' ' * 16}"


def movement(day: str, cents: int, label: str, *, code: str = "18", returned: str = "  ", reference: str = "") -> str:
    head = f"04{ACCOUNT}{code}{day}{returned}{day}{label:<31.31}  0000000 0"
    return f"{head}{overpunched(cents)}{reference:<16.16}"


def detail(day: str, qualifier: str, text: str) -> str:
    return f"05{ACCOUNT}18{day}     {qualifier}{text:<70.70}  "


def statement(folder: Path, *lines: str, opening: int = 0, closing: int = 0, name: str = "releve.txt") -> Path:
    path = folder / name
    every = [balance("01", "310126", opening), *lines, balance("07", "280226", closing)]
    assert {len(line) for line in every} == {120}
    path.write_text("\n".join(every) + "\n", encoding="ascii")
    return path


def ledger(payments: list[tuple[str, str, int]] | None = None, currency: str = "EUR") -> Reading:
    """Three customers; C1 owes F2026-001 (1,200.00) and F2026-002 (300.00), C2 owes 77001 (500.00), C3 500.00."""
    invoices = [
        ("F2026-001", "C1", 120000),
        ("F2026-002", "C1", 30000),
        ("77001", "C2", 50000),
        ("F2026-009", "C3", 50000),
    ]
    frame = pd.DataFrame(
        [
            {"invoice_id": n, "invoice_number": n, "customer_id": c, "kind": "invoice", "is_sale": True,
             "issue_date": "2026-01-10", "due_date": "2026-02-09", "amount_cents": cents, "currency": currency,
             "reference": n, "source_file": "f.csv", "source_line": i}
            for i, (n, c, cents) in enumerate(invoices, start=2)
        ]
    )  # fmt: skip
    names = {"C1": "Menuiserie Tartempion SARL", "C2": "Établissements Durandal", "C3": "Transports Zéphyrine"}
    customers = pd.DataFrame(
        [
            {"customer_id": c, "name": n, "is_catch_all": False, "source_file": "f.csv", "source_line": 2}
            for c, n in names.items()
        ]
    )
    paid = pd.DataFrame(
        [
            {"payment_id": f"P{i}", "customer_id": c, "kind": "payment", "payment_date": day, "amount_cents": cents,
             "currency": currency, "reference": None, "source_file": "p.csv", "source_line": i}
            for i, (c, day, cents) in enumerate(payments or [], start=2)
        ]
    )  # fmt: skip
    return Reading(
        files=(), currency=currency, coverage_start=dt.date(2026, 1, 10), latest_date=dt.date(2026, 1, 10),
        due_dates="file", invoices=INVOICES.conform(frame), customers=CUSTOMERS.conform(customers),
        payments=PAYMENTS.conform(paid) if payments else PAYMENTS.empty(),
    )  # fmt: skip


def _found(reading: Reading) -> list[tuple[object, ...]]:
    shown = reading.payments[["customer_id", "reference", "amount_cents", "kind"]].astype("object")
    return [tuple(None if pd.isna(value) else value for value in row) for row in shown.to_numpy()]


def _reasons(reading: Reading) -> list[str]:
    return reading.rejects["reason"].tolist()


def _french(reading: Reading) -> str:
    return " ".join(language("fr").say(note) for note in reading.notes)


def test_the_real_example_ties_to_its_balances(shared_data):
    path = shared_data / "bank" / "cfonb120_example.txt"
    first, second = read_statements(path)
    # −190.40 − 32.21 − 10.70 − 7.90 = −241.21, then −241.21 + 97.49 − 12.10 − 7.90 = −163.72
    assert [m.cents for m in first.movements] == [-3221, -1070, -790]
    assert [m.cents for m in second.movements] == [9749, -1210, -790]
    assert (first.old_cents, first.new_cents, second.new_cents) == (-19040, -24121, -16372)
    assert (first.gap_cents, second.gap_cents) == (0, 0)
    assert looks_like_cfonb(path)
    reading = read_bank_statements([path], ledger=ledger())
    (file,) = reading.files
    # −32.21 − 10.70 − 7.90 + 97.49 − 12.10 − 7.90 = 26.68
    assert (file.rows_read, file.rows_rejected, file.total_cents, file.rejected_cents) == (6, 6, 2668, 2668)
    assert sorted(set(_reasons(reading))) == ["money_out", "unmatched_credit"]


def test_an_invoice_number_in_any_text_of_the_movement_names_its_customer(tmp_path):
    path = statement(
        tmp_path,
        movement("090226", 120000, "VIR SEPA RECU"),
        detail("090226", "LCC", "REGLEMENT FACTURE F2026-001"),
        movement("100226", 10000, "VIR ACOMPTE F2026 002"),
        movement("110226", 5000, "VIR", reference="F2026002"),
        closing=135000,  # 1,200.00 + 100.00 + 50.00
    )
    reading = read_bank_statements([path], ledger=ledger())
    # "F2026 002" is not the number as written; the number with its letters is
    assert _found(reading) == [("C1", "F2026-001", 120000, "payment"), ("C1", "F2026-002", 5000, "payment")]
    assert _reasons(reading) == ["unmatched_credit"]
    assert reading.latest_date == dt.date(2026, 2, 28)
    assert sum(file.total_cents for file in reading.files) == 135000


def test_two_invoices_of_one_customer_name_the_customer_and_no_invoice(tmp_path):
    path = statement(tmp_path, movement("090226", 150000, "VIR F2026-001 F2026-002"), closing=150000)
    assert _found(read_bank_statements([path], ledger=ledger())) == [("C1", None, 150000, "payment")]


def test_a_number_of_digits_alone_needs_the_amount_or_the_name(tmp_path):
    path = statement(
        tmp_path,
        movement("090226", 12300, "VIR DOSSIER 77001"),  # another amount, no name: set aside
        movement("100226", 20000, "VIR DURANDAL 77001"),
        movement("110226", 50000, "VIR 77001"),
        closing=82300,
    )
    reading = read_bank_statements([path], ledger=ledger())
    assert _found(reading) == [("C2", "77001", 20000, "payment"), ("C2", "77001", 50000, "payment")]
    assert reading.rejects["amount_cents"].tolist() == [12300]


def test_a_name_counts_only_with_the_exact_amount_of_an_unsettled_invoice(tmp_path):
    path = statement(
        tmp_path,
        movement("090226", 50000, "VIR TRANSPORTS ZEPHYRINE"),  # C3 and 500.00: F2026-009
        movement("100226", 50000, "VIR TRANSPORTS ZEPHYRINE"),  # settled by the line above
        movement("110226", 49999, "VIR TARTEMPION"),  # a cent short
        movement("120226", 50000, "VIR TRANSPORTS"),  # an everyday word names nobody
        closing=199999,
    )
    reading = read_bank_statements([path], ledger=ledger())
    assert _found(reading) == [("C3", "F2026-009", 50000, "payment")]
    assert _reasons(reading) == ["unmatched_credit"] * 3
    assert reading.rejects["amount_cents"].sum() == 149999  # 500.00 + 499.99 + 500.00
    assert "1\u202f499,99" in _french(reading)


def test_two_customers_named_is_nobody(tmp_path):
    path = statement(tmp_path, movement("090226", 170000, "VIR F2026-001 ET F2026-009"), closing=170000)
    reading = read_bank_statements([path], ledger=ledger())
    assert (_found(reading), _reasons(reading)) == ([], ["several_customers"])


def test_a_payment_the_ledger_holds_is_not_counted_twice(tmp_path):
    path = statement(
        tmp_path,
        movement("090226", 120000, "VIR F2026-001"),
        movement("100226", 120000, "VIR F2026-001"),  # a second one of the same amount is a new payment
        closing=240000,
    )
    reading = read_bank_statements([path], ledger=ledger([("C1", "2026-02-06", 120000)]))
    assert _reasons(reading) == ["already_recorded"]
    assert len(reading.payments) == 2
    far = read_bank_statements([path], ledger=ledger([("C1", "2026-01-20", 120000)]))
    assert len(far.payments) == 3


def test_a_bounced_payment_is_a_refund_and_other_money_out_is_nobodys(tmp_path):
    path = statement(
        tmp_path,
        movement("090226", -30000, "REJET PRLV F2026-002"),
        movement("100226", -30000, "PRLV F2026-002 FOURNISSEUR"),
        movement("110226", -1500, "REJET PRLV INCONNU"),
        closing=-61500,
    )
    reading = read_bank_statements([path], ledger=ledger())
    assert _found(reading) == [("C1", "F2026-002", -30000, "refund")]
    assert _reasons(reading) == ["money_out", "money_out"]


def test_an_invoice_of_the_future_or_long_past_is_not_meant(tmp_path):
    early = statement(tmp_path, movement("090126", 120000, "VIR F2026-001"), closing=120000)
    assert _found(read_bank_statements([early], ledger=ledger())) == []
    late = statement(tmp_path, movement("110128", 120000, "VIR F2026-001"), closing=120000)
    assert _found(read_bank_statements([late], ledger=ledger())) == []


def test_another_currency_is_set_aside(tmp_path):
    path = statement(tmp_path, movement("090226", 120000, "VIR F2026-001"), closing=120000)
    assert _reasons(read_bank_statements([path], ledger=ledger(currency="USD"))) == ["other_currency"]


def test_a_statement_that_does_not_balance_says_by_how_much(tmp_path):
    path = statement(tmp_path, movement("090226", 120000, "VIR F2026-001"), opening=500, closing=130500)
    # 5.00 + 1,200.00 = 1,205.00, and the new balance is 1,305.00: 100.00 is missing
    assert read_statements(path)[0].gap_cents == 10000
    assert "100,00" in _french(read_bank_statements([path], ledger=ledger()))
    nothing_between = path.read_text(encoding="ascii")
    path.write_text(nothing_between + nothing_between, encoding="ascii")
    notes = " ".join(str(note) for note in balance_notes(read_statements(path), file="x"))
    assert "does not begin where the one before ends" in notes


def test_lines_may_be_trimmed_or_without_line_ends(tmp_path):
    path = statement(tmp_path, movement("090226", 120000, "VIR F2026-001"), closing=120000)
    whole = read_statements(path)[0]
    text = path.read_text(encoding="ascii")
    for changed in (text.replace("\n", ""), text.replace("\n", "\r\n\r\n"), "\ufeff" + text,
                    "\n".join(line.rstrip() for line in text.splitlines())):  # fmt: skip
        path.write_text(changed, encoding="utf-8", newline="")
        again = read_statements(path)[0]
        assert ([m.cents for m in again.movements], again.gap_cents) == ([m.cents for m in whole.movements], 0)


@pytest.mark.parametrize(
    "line",
    [
        "un texte",
        "04" + "x" * 118,
        "99" + "0" * 118,
        movement("310226", 100, "VIR"),
        movement("090226", 100, "VIR")[:100],
    ],
)
def test_a_line_that_cannot_be_read_stops_the_reading_with_its_number(tmp_path, line):
    path = tmp_path / "releve.txt"
    path.write_text("\n".join([balance("01", "310126", 0), line, balance("07", "280226", 0)]), encoding="ascii")
    with pytest.raises(DataError) as caught:
        read_bank_statements([path], ledger=ledger())
    assert "ligne 2" in language("fr").say(caught.value.messages[0])


def test_other_files_are_not_taken_for_a_statement(tmp_path):
    for text in ("a;b\n1;2\n", "01/02/2026;VIR;100,00\n", "", "0" * 240):
        (tmp_path / "x.txt").write_text(text, encoding="ascii")
        assert not looks_like_cfonb(tmp_path / "x.txt")
    assert not looks_like_cfonb(tmp_path)


def test_every_reason_has_its_french():
    assert all(language("fr").text(words) != words for words in REASONS.values())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20), st.integers(-(10**9), 10**9))
def test_every_cent_of_a_statement_is_kept_or_set_aside(tmp_path_factory, amounts, opening):
    lines = [movement("090226", cents, "VIR F2026-001") for cents in amounts]
    folder = tmp_path_factory.mktemp("bank")
    path = statement(folder, *lines, opening=opening, closing=opening + sum(amounts))
    assert read_statements(path)[0].gap_cents == 0
    reading = read_bank_statements([path], ledger=ledger())
    (file,) = reading.files
    assert file.rows_read == len(amounts)
    assert file.total_cents == sum(amounts)
    assert reading.payments["amount_cents"].sum() + reading.rejects["amount_cents"].sum() == sum(amounts)
