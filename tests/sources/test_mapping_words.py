"""Headers that no list knows, understood word by word: never without a question, and never against what they say."""

from __future__ import annotations

import pytest

from riskkit.sources.mapping import SURE, infer_specs
from riskkit.sources.mapping_headers import fields
from riskkit.sources.mapping_words import word_nearness

SAID = {
    "open_amount": ["Montant restant à régler (€)", "Total dû TTC", "Reste à recouvrer", "Solde à percevoir"],
    "due_date": ["À encaisser avant le", "Échéance prévue", "Délai accordé jusqu'au terme", "Payment Due", "Dt éch."],
    "paid_amount": ["Paiements imputés", "Mt régl.", "Montant recouvré", "Amt Rcvd", "Encaissé (k€)"],
    "issue_date": ["Dt création", "Date cptable", "Invoice Issued", "Émission"],
    "settled_date": ["Payée le", "Encaissée le", "Last payment"],
    "amount": ["Mt initial", "Montant dev.", "Total signé en devise"],
    "excl_tax_amount": ["Montant hors taxes signé"],
    "sales_person": ["Chargé d'affaires", "Repr.", "Responsable du client"],
    "status": ["Étape", "Statut courant"],
    "currency": ["Devise int."],
    "lettering": ["Lett", "Pièce rappr."],
}  # fmt: skip
NOT_SAID = [
    ("paid_amount", "Montant net à payer"),
    ("paid_amount", "Reste à payer"),
    ("amount", "Solde"),
    ("issue_date", "Date de relance"),
    ("issue_date", "Date de livraison"),
    ("settled_date", "Date de règlement prévue"),
    ("customer_name", "Segment client"),
    ("invoice_number", "N° commande"),
    ("open_amount", "Montant du règlement"),
    ("amount", "Montant des frais"),
    ("tax_amount", "Montant hors taxes"),
]


@pytest.mark.parametrize(("field", "header"), [(field, header) for field, said in SAID.items() for header in said])
def test_words_say_a_field_which_is_then_asked(field, header):
    near = word_nearness(field, header)
    assert 0.5 <= near < SURE


@pytest.mark.parametrize(("field", "header"), NOT_SAID)
def test_words_of_another_idea_say_another_field(field, header):
    assert word_nearness(field, header) == 0.0


def test_every_field_that_words_say_is_a_field():
    from riskkit.sources import mapping_words

    known = {names.field for kind in ("invoices", "payments", "customers", "aged_balance") for names in fields(kind)}
    assert set(mapping_words._patterns()) <= known
    ideas = set(mapping_words._described()["words"])
    for patterns in mapping_words._patterns().values():
        for wanted, forgiven in patterns:
            assert wanted | forgiven <= ideas


def test_a_file_of_unknown_headers_is_read_and_each_is_asked(tmp_path):
    path = tmp_path / "loyers.csv"
    path.write_text(
        "Locataire;Quittance n°;Éditée le;Payable avant le;Loyer TTC;Déjà perçu;Arriéré\n"
        "DUPONT;Q1;03/01/2024;10/01/2024;1200,00;0,00;1200,00\nDURAND;Q2;05/01/2024;12/01/2024;600,00;600,00;0,00\n",
        encoding="utf-8",
    )
    (spec,) = infer_specs([path])
    assert spec.kind == "invoices"
    assert spec.columns == {
        "customer_name": "Locataire", "invoice_number": "Quittance n°", "issue_date": "Éditée le",
        "due_date": "Payable avant le", "amount": "Loyer TTC", "paid_amount": "Déjà perçu", "open_amount": "Arriéré",
    }  # fmt: skip
    assert {"due_date", "open_amount", "issue_date"} <= set(spec.doubtful)


def test_customers_named_without_a_code_are_names(tmp_path):
    path = tmp_path / "suivi.csv"
    path.write_text("Débiteur;Réf.;Échu le;Mt restant dû\nALPHA;F1;03/01/2024;120,00\n", encoding="utf-8")
    (spec,) = infer_specs([path])
    assert spec.columns["customer_name"] == "Débiteur"
    assert "customer_id" not in spec.columns


def test_the_only_number_of_a_table_of_customers_is_their_code(tmp_path):
    path = tmp_path / "clients.csv"
    path.write_text("Complete Name,Reference,Zip\nAlpha,C001,44000\nBeta,C002,35000\n", encoding="utf-8")
    (spec,) = infer_specs([path])
    assert (spec.kind, spec.columns["customer_id"]) == ("customers", "Reference")
