"""Rows of files as people keep them → canonical tables; every row and cent accounted for. Sums are by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.sources.collect import collect, read_files
from riskkit.sources.mapping import TableSpec, infer_specs
from riskkit.sources.reading import Reading

HEADER = "N° facture;Code client;Date facture;Date échéance;Montant TTC"


def _read(folder: Path, **texts: str) -> Reading:
    paths = []
    for name, text in texts.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return collect(paths)[0]


def _notes(reading: Reading) -> str:
    return " ".join(language("fr").say(note) for note in reading.notes)


def _reasons(reading: Reading) -> dict[int, str]:
    return dict(zip(reading.rejects["source_line"], reading.rejects["reason"], strict=True))


def test_invoices_and_payments_meet_by_reference(tmp_path):
    reading = _read(
        tmp_path,
        factures=f"{HEADER}\nF1;C1;31/01/2024;01/03/2024;1 200,00\nF2;C2;15/02/2024;16/03/2024;80,50\n",
        reglements="Date règlement;N° facture;Montant;Mode\n10/03/2024;F1;1 000,00;Virement\n",
    )
    assert reading.invoices["amount_cents"].tolist() == [120000, 8050]
    assert reading.invoices["due_date"].dt.date.tolist() == [dt.date(2024, 3, 1), dt.date(2024, 3, 16)]
    assert reading.payments[["customer_id", "reference", "amount_cents"]].to_numpy().tolist() == [["C1", "F1", 100000]]
    assert (reading.coverage_start, reading.latest_date) == (dt.date(2024, 1, 31), dt.date(2024, 3, 10))
    assert reading.customers["customer_id"].tolist() == ["C1", "C2"]
    assert [(f.rows_read, f.total_cents) for f in reading.files] == [(2, 128050), (1, 100000)]


def test_a_total_row_is_checked_and_never_counted(tmp_path):
    rows = "F1;C1;31/01/2024;01/03/2024;100,00\nF2;C2;15/02/2024;16/03/2024;50,00\n"
    right = _read(tmp_path, factures=f"{HEADER}\n{rows};;;Total général;150,00\n")
    assert right.files[0].total_cents == 15000
    assert _reasons(right) == {4: "total_row"}
    assert "est bien le total affiché, 150,00" in _notes(right)
    wrong = _read(tmp_path, factures=f"{HEADER}\n{rows};TOTAL;;;170,00\n")
    assert wrong.files[0].total_cents == 15000
    assert "l’écart de 20,00" in _notes(wrong)


def test_a_customer_called_total_is_a_customer(tmp_path):
    reading = _read(
        tmp_path,
        factures="N° facture;Code client;Nom client;Date facture;Montant TTC\nF1;C1;TOTAL ENERGIES;31/01/2024;10,00\n",
    )
    assert reading.invoices["amount_cents"].tolist() == [1000]
    assert reading.customers["name"].tolist() == ["TOTAL ENERGIES"]


def test_every_row_that_cannot_be_kept_says_why_where_and_how_much(tmp_path):
    reading = _read(
        tmp_path,
        factures=f"{HEADER}\n"
        "F1;C1;31/01/2024;01/03/2024;100,00\n"
        "F2;C2;31/02/2024;01/03/2024;20,00\n"  # no such day
        "F3;C3;15/02/2024;01/03/2024;vingt\n"
        "F4;;15/02/2024;01/03/2024;40,00\n"
        "F5;C5;15/02/2024;01/03/2024;\n"
        "F6;C6;;01/03/2024;60,00\n"
        "F7;C7;15/02/2204;01/03/2024;70,00\n"
        "F8;C8;15/02/2024;1 mars?;80,00\n"
        "N° facture;Code client;Date facture;Date échéance;Montant TTC\n"
        "Edité par la comptabilité;;;;\n",
    )
    assert _reasons(reading) == {
        3: "unreadable_date", 4: "unreadable_amount", 5: "missing_customer", 6: "missing_amount",
        7: "missing_issue_date", 8: "impossible_date", 9: "unreadable_date", 10: "repeated_header", 11: "remark_row",
    }  # fmt: skip
    source = reading.files[0]
    assert (source.rows_read, source.rows_accepted, source.rows_rejected) == (10, 1, 9)
    assert (source.accepted_cents, source.rejected_cents) == (10000, 2000 + 4000 + 6000 + 7000 + 8000)
    assert reading.rejects["raw"].iloc[0] == "F2|C2|31/02/2024|01/03/2024|20,00"


def test_invoices_settled_on_their_own_row_become_payments(tmp_path):
    reading = _read(
        tmp_path,
        factures="Invoice No,Customer ID,Invoice Date,Due Date,Amount,Status,Settled Date\n"
        "1,A,1/15/2013,2/14/2013,10.00,Paid,2/1/2013\n"
        "2,A,2/20/2013,3/22/2013,20.00,Unpaid,\n"
        "3,B,3/3/2013,4/2/2013,30.00,Paid,4/20/2013\n",
    )
    assert reading.payments["payment_date"].dt.date.tolist() == [dt.date(2013, 2, 1), dt.date(2013, 4, 20)]
    assert reading.payments["amount_cents"].tolist() == [1000, 3000]
    assert reading.payments["reference"].tolist() == ["1", "3"]
    assert "mois en premier" in _notes(reading)


def test_an_amount_paid_without_a_date_is_set_at_the_latest_date_and_said(tmp_path):
    reading = _read(
        tmp_path,
        factures="DO_Piece;DO_Date;CT_Num;DO_TotalTTC;DO_MontantRegle\n"
        "F1;15/01/2026;C1;3480000;0\nF2;10/02/2026;C1;1740000;500000\n",
    )
    assert reading.payments[["kind", "amount_cents"]].to_numpy().tolist() == [["other", 50000000]]
    assert reading.payments["payment_date"].dt.date.tolist() == [dt.date(2026, 2, 10)]
    assert "n’a pas de date" in _notes(reading)


def test_a_status_paid_without_a_date_is_not_a_payment_when_payments_are_given(tmp_path):
    reading = _read(
        tmp_path,
        factures="N° facture;Code client;Date facture;Montant TTC;Statut\nF1;C1;31/01/2024;10,00;Payée\n",
        reglements="Date règlement;N° facture;Montant\n10/03/2024;F1;10,00\n",
    )
    assert reading.payments["amount_cents"].tolist() == [1000]


def test_credit_notes_are_negative_whatever_the_file_writes(tmp_path):
    reading = _read(
        tmp_path,
        factures="N° facture;Code client;Type;Date facture;Montant TTC;Montant HT;Facture d'origine\n"
        "F1;C1;Facture;31/01/2024;120,00;100,00;\n"
        "A1;C1;Avoir;10/02/2024;12,00;10,00;F1\n"
        "A2;C1;Avoir;11/02/2024;-6,00;-5,00;\n"
        "D1;C1;Facture d'acompte;12/02/2024;24,00;20,00;\n"
        "F2;C1;Facture;13/02/2024;0,00;0,00;\n",
    )
    assert reading.invoices["kind"].tolist() == ["invoice", "credit_note", "credit_note", "deposit", "invoice"]
    assert reading.invoices["amount_cents"].tolist() == [12000, -1200, -600, 2400, 0]
    assert reading.invoices["excl_tax_cents"].tolist() == [10000, -1000, -500, 2000, 0]
    assert reading.invoices["reference"].tolist() == ["F1", "F1", "A2", "D1", "F2"]
    assert reading.files[0].total_cents == 12000 - 1200 - 600 + 2400


def test_debits_are_invoices_and_credits_payments(tmp_path):
    reading = _read(
        tmp_path,
        grand_livre="Compte;Date;Pièce;Journal;Libellé;Débit;Crédit\n"
        "411A;05/01/2024;F1;VE;Facture;1 000,00;\n"
        "411A;20/01/2024;A1;VE;Avoir sur F1;;100,00\n"
        "411A;31/01/2024;B1;BQ;Virement;;900,00\n",
    )
    assert reading.invoices["amount_cents"].tolist() == [100000, -10000]
    assert reading.payments["amount_cents"].tolist() == [90000]
    assert reading.files[0].total_cents == 100000 - 10000 - 90000


def test_repeated_numbers_are_kept_and_said(tmp_path):
    line = "F1;C1;31/01/2024;01/03/2024;100,00\n"
    reading = _read(tmp_path, factures=f"{HEADER}\n{line}{line}")
    assert reading.invoices["invoice_id"].tolist() == ["F1", "F1#3"]
    assert reading.invoices["amount_cents"].sum() == 20000
    assert "2 lignes partagent leur numéro" in _notes(reading)


def test_a_payment_without_customer_nor_known_invoice_is_set_aside_with_its_money(tmp_path):
    reading = _read(
        tmp_path,
        factures=f"{HEADER}\nF1;C1;31/01/2024;01/03/2024;100,00\n",
        reglements="Date règlement;N° facture;Montant\n10/03/2024;F1;60,00\n11/03/2024;F9;7,00\n",
    )
    assert reading.payments["amount_cents"].tolist() == [6000]
    assert _reasons(reading) == {3: "unknown_invoice"}
    assert reading.files[1].rejected_cents == 700


def test_a_payment_of_an_unknown_invoice_keeps_its_reference(tmp_path):
    reading = _read(
        tmp_path,
        factures=f"{HEADER}\nF1;C1;31/01/2024;01/03/2024;100,00\n",
        reglements="Date règlement;Code client;N° facture;Montant;Type\n"
        "10/03/2024;C1;F9;60,00;Règlement\n11/03/2024;C7;;5,00;Perte sur créance\n12/03/2024;C1;;20,00;Rejet\n",
    )
    assert reading.payments["reference"].fillna("").tolist() == ["F9", "", ""]
    assert reading.payments["kind"].tolist() == ["payment", "write_off", "refund"]
    assert reading.payments["amount_cents"].tolist() == [6000, 500, -2000]
    assert set(reading.customers["customer_id"]) == {"C1", "C7"}


def test_other_currencies_are_set_aside_and_never_converted(tmp_path):
    reading = _read(
        tmp_path,
        factures="N° facture;Code client;Date facture;Montant TTC;Devise\n"
        "F1;C1;31/01/2024;10,00;EUR\nF2;C1;31/01/2024;20,00;€\nF3;C2;31/01/2024;40,00;USD\n",
        reglements="Date règlement;N° facture;Montant\n10/03/2024;F1;10,00\n",
    )
    assert (reading.currency, reading.invoices["amount_cents"].tolist()) == ("EUR", [1000, 2000])
    assert _reasons(reading) == {4: "other_currency"}
    assert "1 ligne en USD" in _notes(reading)


def test_customers_keep_their_other_columns_and_lose_no_row(tmp_path):
    reading = _read(
        tmp_path,
        clients="Siren;Raison sociale;Adresse complète;Code client;Code NAF;Délai de règlement;Commercial;Région\n"
        "552 100 554;Alpha;12 rue des Forges, 62300 Lens;C1;43.21A;30 jours fin de mois;Martin;Nord\n"
        "NC;Béta;;C2;4321A;45 jours;;Sud\n"
        ";Béta bis;;C2;;;;Sud\n"
        ";CLIENTS DIVERS;;9DIVERS;;;;\n",
        factures=f"{HEADER}\nF1;C1;31/01/2024;01/03/2024;100,00\nF2;C3;31/01/2024;01/03/2024;1,00\n",
    )
    customers = reading.customers.set_index("customer_id")
    assert customers.index.tolist() == ["C1", "C2", "9DIVERS", "C3"]
    assert customers.loc["C1", ["siren_raw", "postcode", "town", "payment_terms", "x_region"]].tolist() == [
        "552 100 554", "62300", "Lens", "30 jours fin de mois", "Nord",
    ]  # fmt: skip
    assert customers["siren"].isna().all()
    assert customers["is_catch_all"].tolist() == [False, False, True, False]
    assert _reasons(reading) == {4: "duplicate_customer"}


def test_invoices_that_name_customers_find_their_code_by_name(tmp_path):
    reading = _read(
        tmp_path,
        clients="Code client;Raison sociale;Ville\nC1;Société Alpha;Lens\nC2;Béta;Lille\n",
        factures="N° facture;Raison sociale;Date facture;Montant TTC\nF1;SOCIETE ALPHA;31/01/2024;10,00\n"
        "F2;Gamma;31/01/2024;5,00\n",
    )
    assert reading.invoices["customer_id"].tolist() == ["C1", "GAMMA"]


def test_disputes_have_a_date_never_before_it_is_known(tmp_path):
    reading = _read(
        tmp_path,
        factures="N° facture;Code client;Date facture;Montant TTC;Litige\nF1;C1;31/01/2024;10,00;Oui\n"
        "F2;C1;29/02/2024;10,00;Non\n",
    )
    assert reading.invoices["dispute_date"].dt.date.tolist()[0] == dt.date(2024, 2, 29)
    assert pd.isna(reading.invoices["dispute_date"].iloc[1])


def test_events_are_named_by_kind(tmp_path):
    reading = _read(
        tmp_path,
        factures=f"{HEADER}\nF1;C1;31/01/2024;01/03/2024;100,00\n",
        procedures="Siren;Raison sociale;Code client;Date du jugement;Nature du jugement\n"
        "552100554;Alpha;C1;10/02/2024;Jugement d'ouverture de liquidation judiciaire\n",
    )
    assert reading.events[["customer_id", "kind"]].to_numpy().tolist() == [["C1", "liquidation"]]


def test_what_the_settings_say_is_what_is_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x;y;z\n1/2/2024;A;1.234\n", encoding="utf-8")
    spec = TableSpec(
        file="a.csv", kind="invoices", columns={"issue_date": "x", "customer_id": "Y", "amount": "z"},
        date_order="mdy", decimal="point", currency="CHF",
    )  # fmt: skip
    reading = read_files([spec], folder=tmp_path)
    assert reading.currency == "CHF"
    assert reading.invoices["issue_date"].dt.date.tolist() == [dt.date(2024, 1, 2)]
    assert reading.invoices["amount_cents"].tolist() == [123]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"issue_date": "x", "customer_id": "y", "amount": "montant"}, "n’a pas de colonne « montant »"),
        ({"issue_date": "x", "client": "y", "amount": "z"}, "« client » n’est pas un champ"),
        ({"issue_date": "x", "amount": "z"}, "le client (customer_id)"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, columns, said):
    (tmp_path / "a.csv").write_text("x;y;z\n1/2/2024;A;1,00\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_files([TableSpec(file="a.csv", kind="invoices", columns=columns)], folder=tmp_path)
    assert said in " ".join(language("fr").say(m) for m in caught.value.messages).replace("\u00a0", " ")


def test_payments_alone_are_not_a_ledger(tmp_path):
    path = tmp_path / "reglements.csv"
    path.write_text("Date règlement;Code client;Montant\n10/03/2024;C1;10,00\n", encoding="utf-8")
    with pytest.raises(DataError, match="No table of invoices"):
        read_files(infer_specs([path]))
