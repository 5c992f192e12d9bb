"""A ledger takes due dates from electronic invoices given beside it: by hand, invoice by invoice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.exhibits.language import language
from riskkit.sources.collect import collect
from tests.sources.einvoice_texts import BUYER, OTHER, cii

_HEADER = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|"
)
_HEADER += "EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise"


def _sale(number: int, code: str, name: str, piece: str, day: str, cents: int) -> str:
    amount, net = f"{cents / 100:.2f}", f"{round(cents / 1.2) / 100:.2f}"
    tax = f"{(cents - round(cents / 1.2)) / 100:.2f}"
    head = f"VE|Ventes|{number}|{day}|"
    rest = f"|{piece}|{day}|Facture {piece}|"
    return "\n".join(
        [
            f"{head}411000|Clients|{code}|{name}{rest}{amount}|0.00|||{day}||",
            f"{head}707000|Ventes||{rest}0.00|{net}|||{day}||",
            f"{head}445710|TVA||{rest}0.00|{tax}|||{day}||",
        ]
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [
        _sale(1, "C1", "BATIMENTS IMAGINAIRES & FILS", "F2026-001", "20260115", 120000),  # same name, same amount
        _sale(2, "C1", "BATIMENTS IMAGINAIRES & FILS", "F2026-002", "20260116", 60000),  # another amount: 500.00
        _sale(3, "C2", "AUTRE CLIENT", "F2026-003", "20260117", 30000),  # another customer and amount: not the same
        _sale(4, "C3", "TIERS", "F2026-004", "20260118", 24000),  # another name, same amount
        _sale(5, "C3", "TIERS", "7", "20260601", 99900),  # the same number months later: another invoice
    ]
    (tmp_path / "732829320FEC20261231.txt").write_text("\n".join([_HEADER, *lines]) + "\n", encoding="utf-8")
    papers = tmp_path / "electroniques"
    papers.mkdir()

    def issue(name: str, number: str, day: str, due: str, cents: int, buyer: str = BUYER) -> None:
        net = round(cents / 1.2)
        money = {"ht": f"{net / 100:.2f}", "tax": f"{(cents - net) / 100:.2f}", "ttc": f"{cents / 100:.2f}"}
        (papers / name).write_text(cii(number, date=day, due=due, buyer=buyer, **money), encoding="utf-8")

    issue("1.xml", "F-2026-001", "20260115", "20260228", 120000)
    issue("2.xml", "F-2026-002", "20260116", "20260301", 50000)
    issue("3.xml", "F-2026-003", "20260117", "20260302", 31000)
    issue("4.xml", "F-2026-004", "20260118", "20260303", 24000, buyer=OTHER)
    issue("5.xml", "7", "20260119", "20260304", 99900)
    return tmp_path


def test_invoices_of_a_ledger_are_due_when_their_electronic_form_says(folder):
    ledger, papers = folder / "732829320FEC20261231.txt", folder / "electroniques"
    alone, _ = collect([ledger])
    reading, _ = collect([ledger, papers])
    due = reading.invoices.set_index("invoice_number")["due_date"]
    assert due["F2026-001"] == pd.Timestamp(2026, 2, 28)
    assert due["F2026-002"] == pd.Timestamp(2026, 3, 1)
    assert due["F2026-004"] == pd.Timestamp(2026, 3, 3)
    assert due[["F2026-003", "7"]].isna().all()
    # 1,200 + 600 + 240 take a date; 600 differs from 500 by 100; 310 + 999 are found under no number
    said = [language("fr").say(note).replace("\u202f", " ").replace("\u00a0", " ") for note in reading.notes]
    assert any("3 factures du FEC (2 040,00 €), sur 5 ayant un numéro, prennent leur échéance" in note for note in said)
    assert any("1 facture du FEC n’a pas le montant de sa version électronique (100,00 €" in note for note in said)
    assert any("2 factures électroniques (1 309,00 €) sont introuvables" in note for note in said)
    # no amount moved, nothing is counted twice
    same = [column for column in alone.invoices if column != "due_date"]
    assert reading.invoices[same].equals(alone.invoices[same])
    assert sum(source.rows_accepted for source in reading.files[1:]) == 0
    assert (alone.due_dates, reading.due_dates) == ("none", "file")


def test_customers_of_the_ledger_take_the_siren_of_their_invoices(folder):
    reading, _ = collect([folder / "732829320FEC20261231.txt", folder / "electroniques"])
    siren = reading.customers.set_index("customer_id")["siren_raw"]
    assert siren["C1"] == BUYER
    assert siren["C3"] == OTHER
    assert pd.isna(siren["C2"])


def test_another_siren_is_another_customer(folder):
    (folder / "clients.csv").write_text(f"Code client;Nom;SIREN\nC1;Batiments Imaginaires;{OTHER}\n", encoding="utf-8")
    reading, _ = collect([folder / name for name in ("732829320FEC20261231.txt", "electroniques", "clients.csv")])
    due = reading.invoices.set_index("invoice_number")["due_date"]
    assert due[["F2026-001", "F2026-002"]].isna().all()
    assert due["F2026-004"] == pd.Timestamp(2026, 3, 3)
