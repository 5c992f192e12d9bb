"""Lettering outside a FEC: extracts of customer accounts as Sage, EBP, Cegid, Quadra, SAP and Odoo give them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from riskkit.exhibits.language import language
from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.policy import Policy
from riskkit.sources.collect import collect
from riskkit.sources.reading import Reading

# One customer: two invoices of 100 €, and one payment of 100 € on the 25th, which pays the second.
INVOICES = [("10/01/2024", "VE", "F1", "100,00", ""), ("20/01/2024", "VE", "F2", "100,00", "")]
PAYMENT = ("25/01/2024", "BQ", "R1", "", "100,00")


def read(folder: Path, text: str, name: str = "grand_livre.csv") -> Reading:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return collect([path])[0]


def open_items(reading: Reading, as_of: dt.date) -> dict[str, float]:
    policy = Policy()
    book = Book.from_reading(reading, policy=policy)
    terms = choose_terms(book, as_of=as_of, policy=policy)
    items = strike(book, as_of=as_of, policy=policy, terms=terms).open_items
    return dict(zip(items["item_id"], items["open_cents"] / 100, strict=True))


def ledger(letters: list[str], days: list[str] | None = None, header: str = "Lettrage") -> str:
    dated = ";Date lettrage" if days else ""
    lines = [f"Date;Journal;Code client;N° pièce;Débit;Crédit;{header}{dated}"]
    for place, (day, journal, piece, debit, credit) in enumerate([*INVOICES, PAYMENT]):
        end = f";{days[place]}" if days else ""
        lines.append(f"{day};{journal};C1;{piece};{debit};{credit};{letters[place]}{end}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("header", ["Lettrage", "Code lettrage", "Let.", "Lettré", "Lettre", "Lettr.", "EC_Lettrage"])
def test_the_lettered_invoice_is_paid_and_not_the_oldest(tmp_path, header):
    reading = read(tmp_path, ledger(["", "AA", "AA"], header=header))
    # Without a lettering, 100 € would pay F1, the oldest.
    assert open_items(reading, dt.date(2024, 1, 31)) == {"F1": 100.0}
    assert open_items(read(tmp_path, ledger(["", "", ""], header=header)), dt.date(2024, 1, 31)) == {"F2": 100.0}


def test_a_lettering_is_known_from_its_date_on(tmp_path):
    reading = read(tmp_path, ledger(["", "AA", "AA"], ["", "28/01/2024", "28/01/2024"]))
    assert open_items(reading, dt.date(2024, 1, 24)) == {"F1": 100.0, "F2": 100.0}
    assert open_items(reading, dt.date(2024, 1, 27)) == {"F2": 100.0}  # paid, not lettered yet: the oldest first
    assert open_items(reading, dt.date(2024, 1, 28)) == {"F1": 100.0}
    assert reading.invoices["lettering_date"].dt.date.tolist()[1] == dt.date(2024, 1, 28)
    notes = " ".join(language("fr").say(note) for note in reading.notes)
    assert "2 lignes sur 3 sont lettrées" in notes.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_same_letter_of_two_customers_or_two_files_is_not_the_same(tmp_path):
    first = tmp_path / "2023.csv"
    second = tmp_path / "2024.csv"
    head = "Date;Journal;Code client;N° pièce;Débit;Crédit;Lettrage\n"
    first.write_text(head + "10/01/2023;VE;C1;F1;100,00;;A\n20/01/2023;VE;C2;F2;70,00;;A\n", encoding="utf-8")
    second.write_text(head + "05/01/2024;VE;C1;F3;40,00;;A\n06/01/2024;BQ;C1;R1;;40,00;A\n", encoding="utf-8")
    reading = collect([first, second])[0]
    keys = [*reading.invoices["lettering"], *reading.payments["lettering"]]
    assert keys == ["C1|A|2023.csv", "C2|A|2023.csv", "C1|A|2024.csv", "C1|A|2024.csv"]
    assert open_items(reading, dt.date(2024, 1, 31)) == {"F1": 100.0, "F2": 70.0}


def test_yes_and_no_letter_the_lines_of_a_customer_that_say_yes(tmp_path):
    reading = read(tmp_path, ledger(["Non", "Oui", "Oui"], header="Lettré"))
    assert reading.invoices["lettering"].isna().tolist() == [True, False]
    assert open_items(reading, dt.date(2024, 1, 31)) == {"F1": 100.0}


def test_line_items_of_sap_are_matched_by_their_clearing_document(tmp_path):
    # F1 119 + F2 50 − credit note 20 − payment 99: document 900 clears F1, the credit note and the payment.
    text = (
        "Customer;Document Number;Document Type;Document Date;Net due date;Amount in local currency;Clearing Document;"
        "Clearing date\n"
        "100012;1800001;RV;2024-01-05;2024-02-04;119,00;900001;2024-02-10\n"
        "100012;1800002;RV;2024-01-10;2024-02-09;50,00;;\n"
        "100012;1800003;Credit memo;2024-01-20;2024-01-20;-20,00;900001;2024-02-10\n"
        "100012;1400001;Payment;2024-02-08;2024-02-08;-99,00;900001;2024-02-10\n"
    )
    reading = read(tmp_path, text, "FBL5N.csv")
    assert reading.files[0].total_cents == 5000
    assert reading.payments["amount_cents"].tolist() == [9900]
    assert open_items(reading, dt.date(2024, 2, 29)) == {"1800002": 50.0}


def test_in_a_list_of_invoices_the_date_of_the_lettering_is_the_day_they_were_settled(tmp_path):
    text = (
        "N° facture;Code client;Date facture;Montant TTC;Lettrage;Date lettrage\n"
        "F1;C1;10/01/2024;100,00;A;25/01/2024\nF2;C1;20/01/2024;50,00;;\n"
    )
    reading = read(tmp_path, text)
    assert reading.payments["payment_date"].dt.date.tolist() == [dt.date(2024, 1, 25)]
    assert open_items(reading, dt.date(2024, 1, 31)) == {"F2": 50.0}


def test_invoices_and_payments_of_two_files_meet_by_their_letter(tmp_path):
    invoices = tmp_path / "factures.csv"
    payments = tmp_path / "reglements.csv"
    head = "N° facture;Code client;Date facture;Montant TTC;Lettrage\n"
    invoices.write_text(head + "F1;C1;10/01/2024;100,00;\nF2;C1;20/01/2024;100,00;AB\n", encoding="utf-8")
    payments.write_text(
        "Code client;Date règlement;Montant réglé;Mode;Lettrage\nC1;25/01/2024;100,00;Virement;AB\n", encoding="utf-8"
    )
    reading = collect([invoices, payments])[0]
    assert open_items(reading, dt.date(2024, 1, 31)) == {"F1": 100.0}


def test_what_an_extract_says_of_its_balance_is_not_counted_beside_its_payments(tmp_path):
    # The extract gives the balance of each line too; the payment must reduce what is owed once: 200 − 100.
    text = (
        "Date;Journal;Code client;N° pièce;Débit;Crédit;Lettrage;Reste dû\n"
        "10/01/2024;VE;C1;F1;100,00;;;100,00\n20/01/2024;VE;C1;F2;100,00;;A;0,00\n25/01/2024;BQ;C1;R1;;100,00;A;0,00\n"
    )
    reading = read(tmp_path, text)
    assert reading.payments["amount_cents"].tolist() == [10000]
    assert open_items(reading, dt.date(2024, 1, 31)) == {"F1": 100.0}
