"""Exports of the usual accounting software, by their headers as commonly exported. Rows are made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.ledger.terms import parse_terms
from riskkit.sources.mapping import infer_specs

EXPORTS = {
    "sage_100_f_docentete": (
        "DO_Type;DO_Piece;DO_Date;DO_Tiers;DO_TotalHT;DO_TotalTTC;DO_NetAPayer;DO_MontantRegle\n"
        "6;FA001;15/01/2024;CLI001;100,00;120,00;120,00;0,00\n6;FA002;20/01/2024;CLI002;50,00;60,00;60,00;60,00\n"
        "7;FA003;21/01/2024;CLI002;10,00;12,00;12,00;0,00\n",
        "invoices",
        {"document_type": "DO_Type", "invoice_number": "DO_Piece", "issue_date": "DO_Date", "customer_id": "DO_Tiers",
         "excl_tax_amount": "DO_TotalHT", "paid_amount": "DO_MontantRegle"},
    ),
    "sage_100_f_comptet": (
        "CT_Num;CT_Intitule;CT_Adresse;CT_CodePostal;CT_Ville;CT_Siret;CT_APE;CT_Pays\n"
        "CLI001;ALPHA;1 rue A;44000;NANTES;55210055400013;43.21A;France\n"
        "CLI002;BETA;2 rue B;35000;RENNES;40483304800022;62.01Z;France\n",
        "customers",
        {"customer_id": "CT_Num", "customer_name": "CT_Intitule", "address": "CT_Adresse", "postcode": "CT_CodePostal",
         "town": "CT_Ville", "siren": "CT_Siret", "naf_code": "CT_APE", "country": "CT_Pays"},
    ),
    "ebp_factures": (
        "Numéro du document;Date du document;Code client;Nom du client;Montant HT;Montant TVA;Montant TTC;"
        "Date d'échéance;Solde dû\nFA00012;15/01/2024;CL0001;ALPHA;100,00;20,00;120,00;14/02/2024;120,00\n"
        "FA00013;16/01/2024;CL0002;BETA;50,00;10,00;60,00;15/02/2024;0,00\n",
        "invoices",
        {"invoice_number": "Numéro du document", "issue_date": "Date du document", "customer_id": "Code client",
         "customer_name": "Nom du client", "amount": "Montant TTC", "due_date": "Date d'échéance",
         "open_amount": "Solde dû", "excl_tax_amount": "Montant HT", "tax_amount": "Montant TVA"},
    ),
    "cegid_factures": (
        "GP_NUMERO;GP_DATEPIECE;GP_TIERS;T_LIBELLE;GP_TOTALHT;GP_TOTALTTC;GP_DATEECHEANCE\n"
        "1001;15/01/2024;C001;ALPHA;100,00;120,00;14/02/2024\n1002;16/01/2024;C002;BETA;50,00;60,00;15/02/2024\n",
        "invoices",
        {"invoice_number": "GP_NUMERO", "issue_date": "GP_DATEPIECE", "customer_id": "GP_TIERS",
         "customer_name": "T_LIBELLE", "amount": "GP_TOTALTTC", "excl_tax_amount": "GP_TOTALHT",
         "due_date": "GP_DATEECHEANCE"},
    ),
    "odoo_invoices": (
        "Number,Invoice Partner Display Name,Invoice/Bill Date,Due Date,Untaxed Amount Signed,Total Signed,"
        "Amount Due Signed,Payment Status\n"
        "INV/2024/00001,ALPHA SARL,2024-01-15,2024-02-14,100.00,120.00,120.00,Not Paid\n"
        "INV/2024/00002,BETA,2024-01-16,2024-02-15,50.00,60.00,0.00,Paid\n",
        "invoices",
        {"invoice_number": "Number", "customer_name": "Invoice Partner Display Name", "issue_date": "Invoice/Bill Date",
         "due_date": "Due Date", "amount": "Total Signed", "open_amount": "Amount Due Signed",
         "excl_tax_amount": "Untaxed Amount Signed", "status": "Payment Status"},
    ),
    "odoo_account_move": (
        "name,partner_id,invoice_date,invoice_date_due,amount_untaxed,amount_total,amount_residual,payment_state,"
        "currency_id\nFAC/2024/0001,ALPHA,2024-01-15,2024-02-14,100.0,120.0,120.0,not_paid,EUR\n"
        "FAC/2024/0002,BETA,2024-01-16,2024-02-15,50.0,60.0,0.0,paid,EUR\n",
        "invoices",
        {"issue_date": "invoice_date", "due_date": "invoice_date_due", "amount": "amount_total",
         "open_amount": "amount_residual", "excl_tax_amount": "amount_untaxed", "status": "payment_state",
         "currency": "currency_id"},
    ),
    "dolibarr_factures": (
        "Réf. facture;Réf. client;Date facturation;Date échéance;Nom du tiers;Montant HT;Montant TVA;Montant TTC;État\n"
        "FA2401-0001;;2024-01-15;2024-02-14;ALPHA;100;20;120;Impayée\n"
        "FA2401-0002;;2024-01-16;2024-02-15;BETA;50;10;60;Payée\n",
        "invoices",
        {"invoice_number": "Réf. facture", "issue_date": "Date facturation", "due_date": "Date échéance",
         "customer_name": "Nom du tiers", "excl_tax_amount": "Montant HT", "tax_amount": "Montant TVA",
         "amount": "Montant TTC", "status": "État"},
    ),
    "dolibarr_tiers": (
        "Nom du tiers;Code client;Adresse;Code postal;Ville;Pays;Id. prof. 1;Id. prof. 3\n"
        "ALPHA;CU2401-0001;1 rue A;44000;NANTES;France;552100554;43.21A\n"
        "BETA;CU2401-0002;2 rue B;35000;RENNES;France;404833048;62.01Z\n",
        "customers",
        {"customer_name": "Nom du tiers", "customer_id": "Code client", "siren": "Id. prof. 1",
         "naf_code": "Id. prof. 3", "postcode": "Code postal", "town": "Ville"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_understood_by_its_headers(tmp_path: Path, name):
    text, kind, columns = EXPORTS[name]
    path = tmp_path / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    (spec,) = infer_specs([path])
    assert spec.kind == kind
    assert {field: spec.columns.get(field) for field in columns} == columns


@pytest.mark.parametrize(("code", "meant"), [("30FM", "30FM"), ("45FM10", "45FM10"), ("60NET", "60")])
def test_terms_of_sage_are_read(code, meant):
    terms = parse_terms(code)
    assert terms is not None
    assert terms.code == meant
