"""A second list of files that no rule was written from, made once the first list (`unseen_files`) was mended."""

from __future__ import annotations

import datetime as dt

from tests.acceptance.client_files import ClientFile
from tests.acceptance.unseen_files import book, text

LATER = [
    ClientFile(
        "sage50_encours.csv",
        text(
            "Code client;Nom du client;Numéro de pièce;Date de pièce;Date d'échéance;Débit;Crédit;"
            "Solde progressif\n"
            "CLDURAND;DURAND;FA100;03/01/2024;02/02/2024;600,00;;600,00\n"
            "CLDURAND;DURAND;RG12;20/02/2024;;;100,00;500,00\n",
            "cp1252",
        ),
        rows=2,
        cents=50000,
        columns={
            "customer_id": "Code client",
            "customer_name": "Nom du client",
            "invoice_number": "Numéro de pièce",
            "issue_date": "Date de pièce",
            "due_date": "Date d'échéance",
            "debit": "Débit",
            "credit": "Crédit",
        },
    ),
    ClientFile(
        "axonaut.csv",
        text(
            "Numéro,Date,Date de paiement prévue,Société,SIRET,Montant HT,TVA,Montant TTC,"
            "Restant dû,Statut\n"
            "F2024-01,05/01/2024,04/02/2024,ALPHA,55210055400013,100.00,20.00,120.00,120.00,"
            "Non payée\n"
            "F2024-02,06/01/2024,05/02/2024,BETA,40483304800022,50.00,10.00,60.00,0.00,Payée\n",
            end="\n",
        ),
        rows=2,
        cents=18000,
        columns={
            "invoice_number": "Numéro",
            "issue_date": "Date",
            "due_date": "Date de paiement prévue",
            "customer_name": "Société",
            "siren": "SIRET",
            "excl_tax_amount": "Montant HT",
            "tax_amount": "TVA",
            "amount": "Montant TTC",
            "open_amount": "Restant dû",
            "status": "Statut",
        },
    ),
    ClientFile(
        "sellsy.csv",
        text(
            '"Référence";"Client";"Créé le";"Date limite";"Montant HT";"Montant TTC";"Montant dû";'
            '"Devise";"Commercial"\n'
            '"FACT-1";"ALPHA";"2024-01-05";"2024-02-04";"100,00";"120,00";"20,00";"EUR";'
            '"J. Petit"\n'
            '"FACT-2";"BETA";"2024-01-06";"2024-02-05";"50,00";"60,00";"60,00";"EUR";"J. Petit"\n'
        ),
        rows=2,
        cents=18000,
        columns={
            "invoice_number": "Référence",
            "customer_name": "Client",
            "issue_date": "Créé le",
            "due_date": "Date limite",
            "excl_tax_amount": "Montant HT",
            "amount": "Montant TTC",
            "open_amount": "Montant dû",
            "currency": "Devise",
            "sales_person": "Commercial",
        },
    ),
    ClientFile(
        "freshbooks.csv",
        text(
            "Client Name,Invoice #,Date Issued,Invoice Status,Date Due,Line Subtotal,Line Total,"
            "Currency\n"
            "Alpha,0001,2024-01-05,overdue,2024-02-04,100.00,120.00,EUR\n"
            "Beta,0002,2024-01-06,paid,2024-02-05,50.00,60.00,EUR\n",
            end="\n",
        ),
        rows=2,
        cents=18000,
        columns={
            "customer_name": "Client Name",
            "invoice_number": "Invoice #",
            "issue_date": "Date Issued",
            "status": "Invoice Status",
            "due_date": "Date Due",
            "excl_tax_amount": "Line Subtotal",
            "amount": "Line Total",
            "currency": "Currency",
        },
    ),
    ClientFile(
        "jde_f03b11.csv",
        text(
            "Customer Number;Customer Name;Doc Type;Document Number;Invoice Date;Due Date;"
            "Gross Amount;Open Amount;Cur Cod;Pmt Terms\n"
            "4242;ALPHA;RI;10001;05/01/2024;04/02/2024;1200.00;1200.00;EUR;N30\n"
            "4243;BETA;RM;10002;06/01/2024;05/02/2024;-60.00;-60.00;EUR;N30\n"
        ),
        rows=2,
        cents=114000,
        columns={
            "customer_id": "Customer Number",
            "customer_name": "Customer Name",
            "document_type": "Doc Type",
            "invoice_number": "Document Number",
            "issue_date": "Invoice Date",
            "due_date": "Due Date",
            "amount": "Gross Amount",
            "open_amount": "Open Amount",
            "currency": "Cur Cod",
        },
    ),
    ClientFile(
        "balance_agee_anglais.xlsx",
        book(
            {
                "AR": [
                    ["ACME EUROPE"],
                    ["Aged receivables at 30 June 2024"],
                    [
                        "Customer code",
                        "Customer",
                        "Balance",
                        "Not yet due",
                        "1-30 days",
                        "31-60 days",
                        "61-90 days",
                        "Over 90 days",
                        "Credit limit",
                    ],
                    ["A1", "ALPHA", 100, 40, 60, 0, 0, 0, 500],
                    ["B2", "BETA", 250, 0, 0, 50, 0, 200, 1000],
                    ["Grand total", None, 350, 40, 60, 50, 0, 200, None],
                ]
            }
        ),
        rows=2,
        cents=35000,
        aside=1,
        kind="aged_balance",
        columns={"customer_id": "Customer code", "customer_name": "Customer", "total": "Balance"},
    ),
    ClientFile(
        "reglements_recus.csv",
        text(
            "Reçu le;De;Mode de paiement;Réf. facture;Somme\n"
            "05/02/2024;ALPHA;Virement;F1;1 200,00 €\n"
            "07/02/2024;BETA;Chèque;F2;60,00 €\n"
        ),
        rows=0,
        cents=0,
        aside=2,
        kind="payments",
        columns={
            "payment_date": "Reçu le",
            "payment_mode": "Mode de paiement",
            "reference": "Réf. facture",
            "payment_amount": "Somme",
        },
    ),
    ClientFile(
        "base_tiers.csv",
        text(
            "N° tiers;Nom / Raison sociale;N° SIREN;Code NAF;Adresse 1;Code postal;Ville;Tél.;"
            "E-mail;Délai de règlement;Plafond d'encours\n"
            "1;ALPHA;552100554;4941A;1 rue A;01000;BOURG;0102030405;a@b.fr;30 jours;5000\n"
            "2;BETA;404833048;6201Z;2 rue B;75011;PARIS;0102030406;c@d.fr;45 jours fin de mois;"
            "8000\n"
        ),
        rows=2,
        cents=0,
        kind="customers",
        columns={
            "customer_id": "N° tiers",
            "customer_name": "Nom / Raison sociale",
            "siren": "N° SIREN",
            "naf_code": "Code NAF",
            "address": "Adresse 1",
            "postcode": "Code postal",
            "town": "Ville",
            "payment_terms": "Délai de règlement",
            "credit_limit": "Plafond d'encours",
        },
    ),
    ClientFile(
        "factures_batiment.xlsx",
        book(
            {
                "Situations": [
                    [
                        "Chantier",
                        "Maître d'ouvrage",
                        "N° situation",
                        "Date situation",
                        "Date d'exigibilité",
                        "Montant HT",
                        "TVA",
                        "Montant TTC",
                        "Retenue de garantie",
                        "Réglé",
                        "Reste dû",
                    ],
                    [
                        "Gymnase",
                        "VILLE DE LAON",
                        "S1",
                        dt.date(2024, 1, 5),
                        dt.date(2024, 2, 4),
                        1000,
                        200,
                        1200,
                        60,
                        0,
                        1140,
                    ],
                    [
                        "Gymnase",
                        "VILLE DE LAON",
                        "S2",
                        dt.date(2024, 2, 5),
                        dt.date(2024, 3, 6),
                        500,
                        100,
                        600,
                        30,
                        570,
                        0,
                    ],
                ]
            }
        ),
        rows=2,
        cents=180000,
        columns={
            "customer_name": "Maître d'ouvrage",
            "invoice_number": "N° situation",
            "issue_date": "Date situation",
            "due_date": "Date d'exigibilité",
            "excl_tax_amount": "Montant HT",
            "tax_amount": "TVA",
            "amount": "Montant TTC",
            "paid_amount": "Réglé",
            "open_amount": "Reste dû",
        },
    ),
    ClientFile(
        "releve_factures_transport.txt",
        text(
            "Cde client\tNom client\tNo facture\tDt facture\tDt échéance\tMt HT\tMt TVA\tMt TTC\t"
            "Dt règlement\n"
            "10\tALPHA\t555\t050124\t040224\t100,00\t20,00\t120,00\t\n"
            "11\tBETA\t556\t060124\t050224\t50,00\t10,00\t60,00\t010224\n",
            "cp1252",
        ),
        rows=2,
        cents=18000,
        columns={
            "customer_id": "Cde client",
            "customer_name": "Nom client",
            "invoice_number": "No facture",
            "issue_date": "Dt facture",
            "due_date": "Dt échéance",
            "excl_tax_amount": "Mt HT",
            "tax_amount": "Mt TVA",
            "amount": "Mt TTC",
            "settled_date": "Dt règlement",
        },
    ),
]
