"""Files a client could send that no rule was written from: each writes itself and says what a careful person reads.

They were written before riskkit was run on them; the share of columns found then is in `test_unseen_files.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from tests.acceptance.client_files import ClientFile

_NARROW, _HARD = "\u202f", "\u00a0"


def text(content: str, encoding: str = "utf-8", end: str = "\r\n") -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content.replace("\n", end).encode(encoding)) and None


def _sheet(book: xlsxwriter.Workbook, name: str, rows: list[list[object]], *, hidden: bool = False) -> None:
    sheet, day = book.add_worksheet(name), book.add_format({"num_format": "dd/mm/yyyy"})
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet.write_datetime(r, c, dt.datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
            elif cell is not None:
                sheet.write(r, c, cell)
    if hidden:
        sheet.hide()


def book(sheets: dict[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False}) as book:
            for name, rows in sheets.items():
                _sheet(book, name, rows, hidden=name in hidden)

    return write


def _with_chart(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        cover = book.add_worksheet("Page de garde")
        cover.write(0, 0, "Dossier DUVAL — situation clients")
        _sheet(
            book,
            "Détail",
            [
                ["Client", "Pièce", "Date", "Échéance", "Reste dû"],
                ["MÉTAL OUEST", "FC-118", dt.date(2024, 9, 3), dt.date(2024, 10, 3), 1830.2],
                ["MÉTAL OUEST", "FC-131", dt.date(2024, 9, 20), dt.date(2024, 10, 20), 412],
                ["TRANSPORTS LEROY", "FC-140", dt.date(2024, 10, 1), dt.date(2024, 10, 31), 99.99],
            ],
        )
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "='Détail'!$E$2:$E$4"})
        book.add_chartsheet("Graphique").set_chart(chart)
        book.add_worksheet("Feuil3")


def _wide(path: Path) -> None:
    """A document export of 120 columns, most of them empty or of no use."""
    heads = ["GUID", "Type de document", "Numéro du document", "Date du document", "Code client", "Nom du client"]
    heads += [f"Champ libre {n}" for n in range(1, 110)]
    heads += ["Total brut HT", "Net à payer", "Date d'échéance", "Solde dû", "Devise"]
    rows: list[list[object]] = [heads]
    for n in range(1, 13):
        row: list[object] = [
            f"{{0A-{n:04d}}}",
            "Facture",
            f"FA{n:06d}",
            dt.date(2024, 5, n),
            f"CL{n % 4:05d}",
            f"Client {n % 4}",
        ]
        row += [f"note {n}" if k == 40 else None for k in range(1, 110)]
        row += [n * 100, n * 120, dt.date(2024, 6, n), n * 60 if n % 2 else 0, "EUR"]
        rows.append(row)
    with xlsxwriter.Workbook(str(path)) as book:
        _sheet(book, "Export", rows)


_AGED = """Société : ATELIERS DU VAL SAS;;;;;;;
Balance âgée clients détaillée au 30/06/2024 (EUR);;;;;;;
;;;;;;;
Client;N° pièce;Date pièce;Échéance;Non échu;0-30;31-60;> 60
C0012 - BOULANGERIE MARTIN;;;;;;;
;FA-1001;02/05/2024;01/06/2024;;240,00;;
;FA-1002;10/06/2024;10/07/2024;360,00;;;
Sous-total C0012 - BOULANGERIE MARTIN;;;;360,00;240,00;0,00;0,00
C0047 - GARAGE PETIT;;;;;;;
;FA-0911;15/03/2024;14/04/2024;;;;1 100,50
;AV-0034;20/05/2024;20/05/2024;;;-100,00;
Sous-total C0047 - GARAGE PETIT;;;;0,00;0,00;-100,00;1 100,50
TOTAL GÉNÉRAL;;;;360,00;240,00;-100,00;1 100,50
"""

UNSEEN = [
    ClientFile(
        "balance_cegid_quadra.csv",
        text("Compte;Libellé du compte;Solde;Non échu;0-30;31-60;> 60\n"
              "9DUPONT;DUPONT & FILS;1 234,56;1 000,00;234,56;0,00;0,00\n"
              "9LEGRAND;LEGRAND SA;-12,00;0,00;-12,00;0,00;0,00\n"
              "9ROBERT;ROBERT SARL;800,00;0,00;0,00;300,00;500,00\n"
              "Total;;2 022,56;1 000,00;222,56;300,00;500,00\n", "cp1252"),
        rows=3, cents=202256, aside=1, kind="aged_balance", more={"as_of": dt.date(2024, 6, 30)},
        columns={"customer_id": "Compte", "customer_name": "Libellé du compte", "total": "Solde"},
    ),
    ClientFile(
        "balance_detaillee_sous_totaux.csv", text(_AGED, "cp1252"),
        rows=4, cents=24000 + 36000 + 110050 - 10000, aside=5,
        columns={"invoice_number": "N° pièce", "issue_date": "Date pièce", "due_date": "Échéance"},
    ),
    ClientFile(
        # a header on two lines, dates with points and two-figure years, a hard space for thousands
        "deux_lignes_entete.csv",
        text(f"Tiers;;Document;;Montants;\nCode;Nom;Réf.;Date;HT;TTC\n"
              f"00017;Café de la Gare;2024-118;31.12.24;1{_HARD}000,00;1{_HARD}200,00\n"
              f"00017;Café de la Gare;2024-121;02.01.25;50,00;60,00\n"
              f"00231;Hôtel Bellevue;2024-119;31.12.24;2{_NARROW}500,50;3{_NARROW}000,60\n"),
        rows=3, cents=120000 + 6000 + 300060,
    ),
    ClientFile(
        "dates_avec_heure.csv",
        text("Client|Facture|Créée le|À régler avant le|Total\nNORD SA|1|2024-12-31 00:00:00|2025-01-30 00:00:00|"
              "1200.00\nSUD SA|2|2025-01-15 14:22:07|2025-02-14 00:00:00|80.10\n"),
        rows=2, cents=128010,
        columns={"customer_name": "Client", "invoice_number": "Facture", "issue_date": "Créée le",
                 "due_date": "À régler avant le", "amount": "Total"},
    ),
    ClientFile(
        # the serial numbers of Excel, kept as text by a copy and paste
        "series_excel.csv",
        text("Code tiers;Facture;Date facture;Date échéance;Montant TTC\nA1;F1;45292;45322;100,00\n"
              "A1;F2;45306;45336;200,00\nB2;F3;45323;45353;300,00\n"),
        rows=3, cents=60000, more={"last_issue": dt.date(2024, 2, 1)},
        columns={"issue_date": "Date facture", "due_date": "Date échéance", "amount": "Montant TTC"},
    ),
    ClientFile(
        "mois_en_lettres.csv",
        text("N° de facture;Nom du client;Date de la facture;À échéance du;Montant TTC\n"
              "F1;ALPHA;31 déc. 2024;30 janv. 2025;1 200,00\nF2;BETA;15 août 2024;14 sept. 2024;300,00\n"
              "F3;BETA;1er févr. 2025;3 mars 2025;45,00\n"),
        rows=3, cents=154500, more={"last_issue": dt.date(2025, 2, 1)},
        columns={"issue_date": "Date de la facture", "due_date": "À échéance du", "invoice_number": "N° de facture"},
    ),
    ClientFile(
        # every way of writing an amount, credits marked with CR
        "montants_mixtes.csv",
        text(f"Pièce;Client;Date;Montant\nF1;A;05/02/2024;1{_NARROW}234,56 €\nF2;A;06/02/2024;(1 234,56)\n"
              "F3;B;07/02/2024;1234,56-\nF4;B;08/02/2024;1 234,56 CR\nF5;C;09/02/2024;2.345,67\n"
              "F6;C;10/02/2024;€ 12,00\n"),
        rows=6, cents=123456 - 123456 - 123456 - 123456 + 234567 + 1200,
    ),
    ClientFile(
        "vieux_dos.txt",
        text("Code\tRaison sociale\tFacture\tDate\tEchéance\tMontant\n"
              "C1\tÉtablissements Noël\tF1\t05/01/2024\t04/02/2024\t1200,00\n"
              "C2\tGénéral Équipement\tF2\t06/01/2024\t05/02/2024\t300,50\n", "cp850"),
        rows=2, cents=150050, more={"names": {"Établissements Noël", "Général Équipement"}},
        columns={"customer_id": "Code", "customer_name": "Raison sociale", "due_date": "Echéance"},
    ),
    ClientFile(
        # quoted cells that hold line breaks and separators, and a mark of byte order
        "adresses_sur_deux_lignes.csv",
        text('\ufeff"Numéro de facture","Client","Adresse","Date","Échéance","Montant TTC"\n'
              '"F1","ALPHA","3, rue du Port\n44000 Nantes","05/01/2024","04/02/2024","1200,00"\n'
              '"F2","BETA ""Le Bon""","12 quai Sud\n13002 Marseille","06/01/2024","05/02/2024","300,50"\n', end="\n"),
        rows=2, cents=150050,
        columns={"customer_name": "Client", "issue_date": "Date", "due_date": "Échéance", "amount": "Montant TTC"},
    ),
    ClientFile(
        # a ledger of movements with lettering, no due date: opening balance, unpaid cheque, charges
        "extrait_compte_pennylane.csv",
        text("Date;Journal;Compte;Libellé de compte;Libellé de ligne;Numéro de facture;Débit;Crédit;Lettrage\n"
              "2024-01-01;AN;411DURAND;DURAND;À nouveau;;500,00;;\n"
              "2024-02-05;VE;411DURAND;DURAND;Facture F-12;F-12;1200,00;;AA\n"
              "2024-03-09;BQ1;411DURAND;DURAND;VIR DURAND;;;1200,00;AA\n"
              "2024-03-11;BQ1;411DURAND;DURAND;Rejet prélèvement;;150,00;;\n"
              "2024-02-06;VE;411MOREL;MOREL;Facture F-13;F-13;80,00;;\n"),
        rows=5, cents=50000 + 120000 - 120000 + 15000 + 8000,
        columns={"issue_date": "Date", "customer_id": "Compte", "customer_name": "Libellé de compte",
                 "debit": "Débit", "credit": "Crédit", "invoice_number": "Numéro de facture",
                 "document_type": "Journal"},
    ),
    ClientFile(
        "odoo_account_move.csv",
        text("number,invoice_partner_display_name,invoice_date,invoice_date_due,amount_untaxed_signed,"
              "amount_total_signed,amount_residual_signed,payment_state,state,currency_id\n"
              "INV/2024/0001,\"Azur, SARL\",2024-01-05,2024-02-04,100.0,120.0,120.0,not_paid,posted,EUR\n"
              "RINV/2024/0001,Azur SARL,2024-01-20,2024-01-20,-10.0,-12.0,0.0,paid,posted,EUR\n"
              "INV/2024/0002,Bois & Cie,2024-02-11,2024-03-12,500.0,600.0,150.0,partial,posted,EUR\n", end="\n"),
        rows=3, cents=12000 - 1200 + 60000,
        columns={"invoice_number": "number", "customer_name": "invoice_partner_display_name",
                 "issue_date": "invoice_date", "due_date": "invoice_date_due", "amount": "amount_total_signed",
                 "excl_tax_amount": "amount_untaxed_signed", "open_amount": "amount_residual_signed",
                 "status": "payment_state", "currency": "currency_id"},
    ),
    ClientFile(
        "quickbooks_aging_summary.xlsx",
        book({"A-R Aging": [
            ["Ouest Menuiserie SARL"], ["A/R Aging Summary"], ["As of June 30, 2024"], [],
            ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"],
            ["Amy's Bird Sanctuary", 100, None, None, None, None, 100],
            ["Cool Cars", None, 250.5, None, 49.5, None, 300],
            ["Diego Rodriguez", None, None, None, None, 75, 75],
            ["TOTAL", 100, 250.5, 0, 49.5, 75, 475]]}),
        rows=3, cents=47500, aside=1, kind="aged_balance", shown="", columns={"total": "Total"},
    ),
    ClientFile(
        "quickbooks_open_invoices.csv",
        text("Open Invoices\nAll Dates\n\nDate,Transaction type,Num,Customer full name,Terms,Due date,Open balance\n"
              "01/25/2024,Invoice,1037,Sonnenschein Family Store,Net 30,02/24/2024,362.07\n"
              "02/13/2024,Invoice,1042,Weiskopf Consulting,Net 30,03/14/2024,375.00\n"
              "02/28/2024,Credit Memo,1026,Weiskopf Consulting,,02/28/2024,-100.00\n"
              "TOTAL,,,,,,637.07\n", end="\n"),
        rows=3, cents=63707, aside=1,
        columns={"issue_date": "Date", "document_type": "Transaction type", "invoice_number": "Num",
                 "customer_name": "Customer full name", "payment_terms": "Terms", "due_date": "Due date",
                 "open_amount": "Open balance"},
    ),
    ClientFile(
        "sage_echeancier_tiers.csv",
        text("N° compte tiers;Intitulé du tiers;Date d'échéance;N° pièce;Référence;Date de facturation;"
              "Montant initial;Montant réglé;Solde;Mode de règlement\n"
              "CLI00012;ALPHA BTP;30/04/2024;FA00871;CDE 44;31/03/2024;12 000,00;2 000,00;10 000,00;LCR\n"
              "CLI00015;BETA BTP;15/05/2024;FA00880;CDE 51;15/04/2024;3 600,00;0,00;3 600,00;Virement\n", "cp1252"),
        rows=2, cents=1560000,
        columns={"customer_id": "N° compte tiers", "customer_name": "Intitulé du tiers",
                 "due_date": "Date d'échéance", "invoice_number": "N° pièce", "issue_date": "Date de facturation",
                 "amount": "Montant initial", "paid_amount": "Montant réglé", "open_amount": "Solde"},
    ),
    ClientFile(
        "evoliz_ventes.csv",
        text("N° de document;Type de document;Date du document;Client;SIREN client;Total HT;Total TVA;Total TTC;"
              "Reste à encaisser;Date d'échéance;Statut\n"
              "F-2024-01;Facture;05/01/2024;ALPHA;552100554;100,00;20,00;120,00;120,00;04/02/2024;Envoyée\n"
              "A-2024-01;Avoir;09/01/2024;ALPHA;552100554;-10,00;-2,00;-12,00;0,00;09/01/2024;Soldé\n"),
        rows=2, cents=10800,
        columns={"invoice_number": "N° de document", "document_type": "Type de document",
                 "issue_date": "Date du document", "customer_name": "Client", "siren": "SIREN client",
                 "excl_tax_amount": "Total HT", "tax_amount": "Total TVA", "amount": "Total TTC",
                 "open_amount": "Reste à encaisser", "due_date": "Date d'échéance", "status": "Statut"},
    ),
    ClientFile(
        "zoho_books.csv",
        text("Invoice Date,Invoice ID,Invoice Number,Invoice Status,Customer Name,Due Date,Currency Code,SubTotal,"
              "Total,Balance\n2024-01-05,98800001,INV-000001,Overdue,Alpha,2024-02-04,EUR,100.00,120.00,120.00\n"
              "2024-02-05,98800002,INV-000002,Closed,Beta,2024-03-06,EUR,50.00,60.00,0.00\n", end="\n"),
        rows=2, cents=18000,
        columns={"issue_date": "Invoice Date", "invoice_number": "Invoice Number", "status": "Invoice Status",
                 "customer_name": "Customer Name", "due_date": "Due Date", "currency": "Currency Code",
                 "excl_tax_amount": "SubTotal", "amount": "Total", "open_amount": "Balance"},
    ),
    ClientFile(
        # a FEC under another name, pipes, no lettering column at all
        "ecritures_2023.txt",
        text("JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|"
              "PieceDate|EcritureLib|Debit|Credit|ValidDate|Montantdevise|Idevise\n"
              "VE|VENTES|1|20230115|411000|Clients|C01|ALPHA|F1|20230115|Facture F1|1200,00|0,00|20230131||\n"
              "VE|VENTES|1|20230115|706000|Prestations|||F1|20230115|Facture F1|0,00|1000,00|20230131||\n"
              "VE|VENTES|1|20230115|445710|TVA|||F1|20230115|Facture F1|0,00|200,00|20230131||\n"),
        rows=3, cents=120000, kind="fec",
    ),
    ClientFile(
        "123456782FEC20231231.txt",
        text("JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\t"
              "PieceRef\tPieceDate\tEcritureLib\tMontant\tSens\tEcritureLet\tDateLet\tValidDate\tMontantdevise\t"
              "Idevise\n"
              "VE\tVentes\t1\t20230210\t41100000\tClients\tC01\tALPHA\tF1\t20230210\tFacture\t600,00\tD\t\t\t20230228"
              "\t\t\nVE\tVentes\t1\t20230210\t70600000\tVentes\t\t\tF1\t20230210\tFacture\t600,00\tC\t\t\t20230228\t\t"
              "\n", "iso-8859-15"),
        rows=2, cents=60000, kind="fec",
    ),
    ClientFile(
        "plusieurs_societes.xlsx",
        book({"Encours": [
            ["Société facturante", "Compte client", "Nom", "N° facture", "Date facture", "Échéance", "Montant TTC"],
            ["DUVAL SAS", "C1", "ALPHA", "F1", dt.date(2024, 1, 5), dt.date(2024, 2, 4), 1200],
            ["DUVAL SAS", "C2", "BETA", "F2", dt.date(2024, 1, 6), dt.date(2024, 2, 5), 300],
            ["DUVAL NORD", "C1", "GAMMA", "F1", dt.date(2024, 1, 7), dt.date(2024, 2, 6), 60]]}),
        rows=3, cents=156000,
        columns={"entity": "Société facturante", "customer_id": "Compte client", "customer_name": "Nom",
                 "invoice_number": "N° facture", "issue_date": "Date facture", "due_date": "Échéance",
                 "amount": "Montant TTC"},
    ),
    ClientFile(
        # one invoice on three lines, one for each date on which a part falls due
        "echeances_par_ligne.csv",
        text("Client;Facture;Date facture;N° échéance;Date échéance;Montant échéance;Total facture\n"
              "ALPHA;F1;05/01/2024;1;04/02/2024;400,00;1200,00\nALPHA;F1;05/01/2024;2;05/03/2024;400,00;1200,00\n"
              "ALPHA;F1;05/01/2024;3;04/04/2024;400,00;1200,00\nBETA;F2;08/01/2024;1;07/02/2024;60,00;60,00\n"),
        rows=4, cents=126000, columns={"amount": "Montant échéance", "due_date": "Date échéance"},
    ),
    ClientFile(
        "fichier_clients.xlsx",
        book({"Tiers": [
            ["Code", "Raison sociale", "SIREN", "SIRET", "IBAN", "BIC", "CP", "Ville", "Conditions"],
            ["C1", "ALPHA", 552100554.0, "55210055400013", "FR7630006000011234567890189", "AGRIFRPP", 1000, "BOURG",
             "45 jours fin de mois"],
            ["C2", "BETA", 5520135.0, None, "FR1420041010050500013M02606", "PSSTFRPP", 75011, "PARIS", "30 jours net"],
            ["C3", "GAMMA", None, None, None, None, 2000, "LAON", "comptant"]]}),
        rows=3, cents=0, kind="customers", shown="",
        columns={"customer_id": "Code", "customer_name": "Raison sociale", "siren": "SIREN", "postcode": "CP",
                 "town": "Ville", "payment_terms": "Conditions"},
    ),
    ClientFile(
        "encaissements_2024.csv",
        text("Date d'encaissement;Tiers;Libellé tiers;Moyen;Facture soldée;Montant encaissé;Banque\n"
              "12/02/2024;C1;ALPHA;Virement;F1;1 200,00;CIC\n15/02/2024;C2;BETA;Chèque;;300,00;CIC\n"
              "20/02/2024;C2;BETA;Rejet chèque;;-300,00;CIC\n"),
        rows=3, cents=120000, kind="payments",
        columns={"payment_date": "Date d'encaissement", "customer_id": "Tiers", "customer_name": "Libellé tiers",
                 "payment_amount": "Montant encaissé", "reference": "Facture soldée", "payment_mode": "Moyen"},
    ),
    ClientFile(
        "dossier_complet.xlsx",
        book({"LISEZ-MOI": [["Exporté le 30/09/2024 par C. Renaud"]],
               "Vide": [],
               "Paramètres": [["clé", "valeur"], ["exercice", "2024"]],
               "Factures 2024": [["N°", "Client", "Date", "Échéance", "TTC"],
                                 ["F1", "ALPHA", dt.date(2024, 9, 1), dt.date(2024, 10, 1), 100],
                                 ["F2", "BETA", dt.date(2024, 9, 2), dt.date(2024, 10, 2), 50.25]],
               "Ancien": [["N°", "Client", "Date", "Échéance", "TTC"],
                          ["F0", "ALPHA", dt.date(2022, 9, 1), dt.date(2022, 10, 1), 999]]}, hidden=("Ancien",)),
        rows=3, cents=15025 + 99900, more={"says": "masquée"},
    ),
    ClientFile("classeur_avec_graphique.xlsx", _with_chart, rows=3, cents=183020 + 41200 + 9999,
               columns={"customer_name": "Client", "invoice_number": "Pièce", "issue_date": "Date",
                        "due_date": "Échéance", "open_amount": "Reste dû"}),
    ClientFile("export_large.xlsx", _wide, rows=12, cents=120 * 78 * 100,
               columns={"document_type": "Type de document", "invoice_number": "Numéro du document",
                        "issue_date": "Date du document", "customer_id": "Code client",
                        "customer_name": "Nom du client", "excl_tax_amount": "Total brut HT", "amount": "Net à payer",
                        "due_date": "Date d'échéance", "open_amount": "Solde dû", "currency": "Devise"}),
    ClientFile(
        # typed by hand, as an assistant keeps it: no customer code, comments, a blank row, a total
        "suivi_impayes_secretariat.xlsx",
        book({"Feuil1": [
            ["SUIVI DES IMPAYÉS — mise à jour 15/11/2024"], [],
            ["Société", "n° fact.", "date fact.", "montant", "à payer le", "relance 1", "relance 2", "commentaire"],
            ["Garage Durand", "2024-0091", "03/09/2024", "1 450,00 €", "03/10/2024", "10/10/2024", "", "a promis"],
            ["Pharmacie du Centre", "2024-0094", "05/09/2024", "320 €", "05/10/2024", "", "", ""],
            [],
            ["Mairie de Lyon", "2024-0102", "20/09/2024", "2 000,00", "20/11/2024", "", "", "Chorus"],
            ["", "", "TOTAL", "3 770,00 €"]]}),
        rows=3, cents=377000, aside=1,
        columns={"customer_name": "Société", "invoice_number": "n° fact.", "issue_date": "date fact.",
                 "due_date": "à payer le"},
    ),
    ClientFile(
        "releve_mixte_ht_ttc.csv",
        text("Facture n°;Date émission;Date limite de paiement;Client n°;Client nom;Montant HT;Taux TVA;TVA;"
              "Montant TTC;Payé (O/N);Date de paiement\n"
              "1;05/01/2024;04/02/2024;12;ALPHA;100,00;20%;20,00;120,00;O;01/02/2024\n"
              "2;06/01/2024;05/02/2024;13;BETA;200,00;5,5%;11,00;211,00;N;\n"),
        rows=2, cents=33100,
        columns={"invoice_number": "Facture n°", "issue_date": "Date émission", "due_date": "Date limite de paiement",
                 "customer_id": "Client n°", "customer_name": "Client nom", "excl_tax_amount": "Montant HT",
                 "tax_amount": "TVA", "amount": "Montant TTC", "status": "Payé (O/N)",
                 "settled_date": "Date de paiement"},
    ),
    ClientFile(
        "dynamics_customer_transactions.csv",
        text('"Customer account";"Voucher";"Invoice";"Date";"Due date";"Amount in transaction currency";"Balance";'
              '"Currency";"Transaction type"\n'
              '"FR-0001";"V100";"FV-1";"2024-01-05";"2024-02-04";"1,200.00";"1,200.00";"EUR";"Sales order"\n'
              '"FR-0002";"V101";"FV-2";"2024-01-06";"2024-02-05";"300.50";"0.00";"EUR";"Sales order"\n'),
        rows=2, cents=150050,
        columns={"customer_id": "Customer account", "invoice_number": "Invoice", "issue_date": "Date",
                 "due_date": "Due date", "amount": "Amount in transaction currency", "open_amount": "Balance",
                 "currency": "Currency"},
    ),
    ClientFile(
        "netsuite_aging_detail.csv",
        text("Customer,Transaction Type,Date,Document Number,P.O. No.,Due Date,Age,Open Balance\n"
              "Alpha,,,,,,,\n,Invoice,15/01/2024,INV101,PO9,14/02/2024,45,1200.00\n"
              ",Invoice,20/02/2024,INV144,,21/03/2024,9,80.00\nTotal - Alpha,,,,,,,1280.00\n"
              "Beta,,,,,,,\n,Invoice,25/01/2024,INV110,,24/02/2024,35,60.00\nTotal - Beta,,,,,,,60.00\n"
              "Total,,,,,,,1340.00\n", end="\n"),
        rows=3, cents=134000, aside=5, shown="",
        columns={"issue_date": "Date", "invoice_number": "Document Number", "due_date": "Due Date",
                 "open_amount": "Open Balance"},
    ),
    ClientFile(
        "utf16_point_virgule.csv",
        text("Référence client;Intitulé;Facture;Émission;Exigibilité;Dû TTC\n"
              "R1;Œuvres & Cie;F1;05/01/2024;04/02/2024;1200,00\nR2;Façade Plus;F2;06/01/2024;05/02/2024;300,00\n",
              "utf-16-le"),
        rows=2, cents=150000,
        columns={"customer_id": "Référence client", "customer_name": "Intitulé", "invoice_number": "Facture",
                 "issue_date": "Émission", "due_date": "Exigibilité"},
    ),
]  # fmt: skip

IN_GERMAN = ClientFile(
    "postes_allemands.csv",
    text(
        "Kunde;Belegnummer;Belegdatum;Fälligkeit;Betrag\n1001;90001;05.01.2024;04.02.2024;1.234,56\n"
        "1002;90002;06.01.2024;05.02.2024;-200,00\n"
    ),
    rows=2,
    cents=103456,
    columns={"issue_date": "Belegdatum", "due_date": "Fälligkeit", "amount": "Betrag"},
)
