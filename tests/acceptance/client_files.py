"""Files as clients send them, made by hand: each writes itself and says what a careful person would read in it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter


@dataclass(frozen=True)
class ClientFile:
    """A file and what is in it: rows kept and their cents, rows that are not data, and where columns are."""

    name: str
    write: Callable[[Path], None]
    rows: int
    cents: int
    kind: str = "invoices"
    aside: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    more: dict[str, object] = field(default_factory=dict)
    shown: str = "€"


def _text(content: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content.encode(encoding)) and None


def _book(**sheets: list[list[object]]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with xlsxwriter.Workbook(str(path)) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for r, row in enumerate(rows):
                    for c, cell in enumerate(row):
                        if cell is not None:
                            sheet.write(r, c, cell)

    return write


def _merged(path: Path) -> None:
    """A header on two rows, groups merged above it."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Grand livre")
        sheet.merge_range(0, 0, 0, 7, "SOCIÉTÉ DUPONT — Factures clients au 31/03/2024")
        sheet.merge_range(2, 0, 2, 1, "Client")
        sheet.merge_range(2, 2, 2, 4, "Facture")
        sheet.merge_range(2, 5, 2, 6, "Montant")
        for c, name in enumerate(["Code", "Nom", "N°", "Date", "Échéance", "HT", "TTC"]):
            sheet.write(3, c, name)
        rows = [["C1", "ALPHA", "F1", "05/01/2024", "04/02/2024", 100, 120],
                ["C2", "BÊTA", "F2", "06/01/2024", "05/02/2024", 50, 60]]  # fmt: skip
        for r, row in enumerate(rows, start=4):
            for c, cell in enumerate(row):
                sheet.write(r, c, cell)
        sheet.write_row(6, 0, ["TOTAL", None, None, None, None, 150, 180])


def _ods(rows: list[list[object]]) -> Callable[[Path], None]:
    def cell(value: object) -> str:
        if isinstance(value, float | int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    def write(path: Path) -> None:
        body = "".join(f"<table:table-row>{''.join(cell(value) for value in row)}</table:table-row>" for row in rows)
        names = "urn:oasis:names:tc:opendocument:xmlns"
        content = (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}:office:1.0" '
            f'xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0" office:version="1.2"><office:body>'
            f'<office:spreadsheet><table:table table:name="Feuille1">{body}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>"
        )
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        manifest = (
            f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{names}:manifest:1.0"><manifest:file-entry '
            f'manifest:full-path="/" manifest:media-type="{kind}"/><manifest:file-entry manifest:full-path='
            '"content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
        )
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", kind)
            archive.writestr("META-INF/manifest.xml", manifest)
            archive.writestr("content.xml", content)

    return write


FILES = [
    ClientFile(
        # titles above, amounts with a currency sign and thin spaces, a total below
        "titres_et_totaux.csv",
        _text("SARL MARTIN;;;;\nÉtat des factures clients non réglées;;;;\nÉdité le 02/04/2024 à 10:31;;;;\n;;;;\n"
              "N° Facture;Client;Date de facture;Date d'échéance;Montant TTC\n"
              "FA2401;DURAND;05/01/2024;04/02/2024;1 234,56 €\nFA2402;PETIT;15/01/2024;14/02/2024;2 000,00 €\n"
              "FA2403;DURAND;31/01/2024;01/03/2024;65,44 €\nTotal général;;;;3 300,00 €\n"),
        rows=3, cents=330000, aside=1,
        columns={"invoice_number": "N° Facture", "customer_name": "Client", "issue_date": "Date de facture",
                 "due_date": "Date d'échéance", "amount": "Montant TTC"},
    ),
    ClientFile("entetes_fusionnes.xlsx", _merged, rows=2, cents=18000, aside=1),
    ClientFile(
        # credit notes in parentheses and with a trailing minus, cp1252
        "avoirs_parentheses.csv",
        _text("Numéro;Libellé client;Émise le;Échéance;Total TTC\nF1;Société Générale d’Étanchéité;02/01/2024;"
              "01/02/2024;100,00\nA1;Société Générale d’Étanchéité;05/01/2024;;(23,45)\nA2;Frères Noël;06/01/2024;;"
              "123,45-\n", "cp1252"),
        rows=3, cents=10000 - 2345 - 12345,
    ),
    ClientFile(
        # a customer account: debit and credit columns, payments among the movements
        "grand_livre_auxiliaire.csv",
        _text("Compte;Intitulé;Date;Journal;Pièce;Libellé;Échéance;Débit;Crédit\n"
              "411ALPHA;ALPHA;05/01/2024;VE;F1;Facture F1;04/02/2024;1 200,00;\n"
              "411ALPHA;ALPHA;10/02/2024;BQ;R1;Règlement F1;;;1 000,00\n"
              "411BETA;BETA;15/02/2024;VE;F2;Facture F2;16/03/2024;300,00;\n"
              "411BETA;BETA;20/02/2024;VE;A1;Avoir sur F2;;;50,00\n"),
        rows=4, cents=120000 - 100000 + 30000 - 5000,
        columns={"debit": "Débit", "credit": "Crédit", "customer_id": "Compte", "invoice_number": "Pièce",
                 "issue_date": "Date", "due_date": "Échéance"},
    ),
    ClientFile(
        # four ways of writing a date in one column, utf-16 with tabulations
        "quatre_formats.txt",
        _text("Code client\tN° pièce\tDate pièce\tMontant\nC1\tF1\t05/01/2024\t10,00\nC1\tF2\t2024-01-15\t20,00\n"
              "C2\tF3\t25.01.24\t30,00\nC2\tF4\t31 janvier 2024\t40,00\n", "utf-16"),
        rows=4, cents=10000,
    ),
    ClientFile(
        "feuilles.xlsx",
        _book(Notice=[["Export du 31/03/2024"], ["Ne pas modifier"]],
              Clients=[["Code", "Raison sociale", "SIRET", "CP", "Ville"],
                       ["C1", "ALPHA", "55210055400013", "44000", "NANTES"],
                       ["C2", "BÊTA", "40483304800022", "01000", "BOURG"]],
              Factures=[["Code", "N° facture", "Date", "Échéance", "TTC"],
                        ["C1", "F1", "05/01/2024", "04/02/2024", 120.5], ["C2", "F2", "06/01/2024", "05/02/2024", 60]],
              Règlements=[["Date", "Code", "Facture", "Montant"], ["10/02/2024", "C1", "F1", 100]]),
        rows=2, cents=18050, more={"customers": 2, "payments": 1, "payments_cents": 10000},
    ),
    ClientFile(
        "classeur.ods",
        _ods([["Client", "Facture", "Date facture", "Échéance", "Montant"], ["ALPHA", "F1", "05/01/2024", "04/02/2024",
             120.5], ["BETA", "F2", "06/01/2024", "05/02/2024", 60]]),
        rows=2, cents=18050,
    ),
    ClientFile(
        "ht_et_ttc.csv",
        _text("Num Fact|Cli|Dt Fact|Dt Ech|Mt HT|Mt TVA|Mt TTC\n1001|C1|05/01/24|04/02/24|100.00|20.00|120.00\n"
              "1002|C2|06/01/24|05/02/24|50.00|10.00|60.00\n1003|C2|07/01/24|06/02/24|10.00|0.55|10.55\n"),
        rows=3, cents=19055,
        columns={"amount": "Mt TTC", "excl_tax_amount": "Mt HT", "tax_amount": "Mt TVA", "due_date": "Dt Ech",
                 "issue_date": "Dt Fact", "invoice_number": "Num Fact", "customer_id": "Cli"},
    ),
    ClientFile(
        "balance_agee_20240331.csv",
        _text("Balance âgée clients au 31/03/2024;;;;;;\nCompte;Nom;Solde;Non échu;1 à 30 j;31 à 60 j;+ de 60 j\n"
              "411001;ALPHA;1 000,00;600,00;400,00;0,00;0,00\n411002;BETA;250,50;0,00;0,00;50,50;200,00\n"
              "411003;GAMMA;-30,00;-30,00;0,00;0,00;0,00\nTOTAL;;1 220,50;570,00;400,00;50,50;200,00\n"),
        rows=3, cents=122050, aside=1, kind="aged_balance",
    ),
    ClientFile(
        "echeancier.csv",
        _text("N° facture;Client;Date facture;Échéance 1;Montant 1;Échéance 2;Montant 2\n"
              "F1;ALPHA;05/01/2024;04/02/2024;60,00;05/03/2024;60,00\nF2;BETA;06/01/2024;05/02/2024;30,00;;\n"),
        rows=3, cents=15000,
    ),
    ClientFile(
        "sage_ecritures_tiers.csv",
        _text("CT_Num;CT_Intitule;EC_Date;EC_Piece;EC_RefPiece;EC_Intitule;EC_Echeance;EC_Sens;EC_Montant;JO_Num\n"
              "CALPHA;ALPHA;050124;1;F1;Facture F1;040224;0;120,00;VTE\n"
              "CALPHA;ALPHA;100224;2;F1;Virement;;1;120,00;BQ1\n"
              "CBETA;BETA;060124;3;F2;Facture F2;050224;0;60,00;VTE\n"),
        rows=3, cents=6000,
    ),
    ClientFile(
        "ebp_echeances.csv",
        _text('"Date échéance";"N° document";"Code tiers";"Nom tiers";"Date document";"Montant échéance";'
              '"Montant réglé";"Solde"\n"04/02/2024";"FA0001";"C001";"ALPHA";"05/01/2024";"120,00";"20,00";"100,00"\n'
              '"05/02/2024";"FA0002";"C002";"BETA";"06/01/2024";"60,00";"0,00";"60,00"\n', "cp1252"),
        rows=2, cents=18000,
        columns={"amount": "Montant échéance", "paid_amount": "Montant réglé", "open_amount": "Solde",
                 "due_date": "Date échéance", "issue_date": "Date document", "invoice_number": "N° document"},
    ),
    ClientFile(
        "odoo.xlsx",
        _book(Sheet1=[["Numéro", "Nom d'affichage du partenaire de la facture", "Date de la facture", "Date d'échéance",
                       "Hors taxes", "Total signé", "Montant dû signé", "Statut du paiement", "Statut"],
                      ["FAC/2024/00001", "ALPHA", "2024-01-05", "2024-02-04", 100, 120, 20, "Partiellement réglé",
                       "Comptabilisé"],
                      ["RFAC/2024/00001", "BETA", "2024-01-06", "2024-01-06", -50, -60, 0, "Payé", "Comptabilisé"]]),
        rows=2, cents=6000,
    ),
    ClientFile(
        "dolibarr_factures.csv",
        _text('"Réf.","Tiers","Date facturation","Date d\'échéance","Montant HT","Montant TTC","Déjà réglé",'
              '"Reste à payer","État"\n'
              '"FA2401-0001","ALPHA","05/01/2024","04/02/2024","100,00","120,00","0,00","120,00","Impayée"\n'
              '"AV2401-0001","ALPHA","06/01/2024","06/01/2024","-10,00","-12,00","-12,00","0,00","Payée"\n'),
        rows=2, cents=10800,
    ),
    ClientFile(
        "aging_detail.csv",
        _text("Customer,Invoice #,Invoice Date,Due Date,Terms,Amount,Open Balance,Days Past Due\n"
              'ACME Inc.,10023,01/25/2024,02/24/2024,Net 30,"$1,250.00","$1,250.00",36\n'
              'Globex LLC,10024,02/13/2024,03/14/2024,Net 30,"$600.50",$100.50,17\n'
              'Globex LLC,CM-7,02/28/2024,02/28/2024,,"($50.50)",($50.50),32\n'),
        rows=3, cents=125000 + 60050 - 5050, shown="$US",
        columns={"customer_name": "Customer", "invoice_number": "Invoice #", "due_date": "Due Date",
                 "open_amount": "Open Balance", "amount": "Amount", "payment_terms": "Terms"},
    ),
    ClientFile(
        "cegid_pieces.csv",
        _text("Nature;Numéro;Date pièce;Tiers;Raison sociale;Total HT;Total TTC;"
              "Mode de règlement;Date échéance;Devise\n"
              "FAC;000123;05/01/2024;0000042;ALPHA;100,00;120,00;VIR30;04/02/2024;EUR\n"
              "AVC;000124;06/01/2024;0000042;ALPHA;10,00;12,00;VIR30;06/01/2024;EUR\n"
              "FAC;000125;07/01/2024;0000043;BETA;50,00;60,00;CHQ;07/02/2024;EUR\n"),
        rows=3, cents=12000 - 1200 + 6000,
        columns={"customer_id": "Tiers", "invoice_number": "Numéro", "document_type": "Nature"},
    ),
    ClientFile(
        # no header says anything; SIREN, dates and amounts that add up speak for themselves
        "sans_entete_utile.csv",
        _text("Col1;Col2;Col3;Col4;Col5;Col6;Col7;Col8\n"
              + "".join(f"FA{n:05d};C{n % 7:03d};{siren};{n % 28 + 1:02d}/01/2024;{n % 28 + 1:02d}/02/2024;{n},00;"
                        f"{n * 20 // 100},{n * 20 % 100:02d};{n * 120 // 100},{n * 120 % 100:02d}\n"
                        for n in range(1, 41) for siren in [["552100554", "404833048", "732829320"][n % 3]])),
        rows=40, cents=sum(n * 120 for n in range(1, 41)),
        columns={"amount": "Col8", "excl_tax_amount": "Col6", "issue_date": "Col4", "due_date": "Col5",
                 "invoice_number": "Col1", "siren": "Col3"},
    ),
    ClientFile(
        "reglements_seuls.csv",
        _text("Date encaissement;Code client;Mode;N° facture réglée;Montant encaissé\n"
              "10/02/2024;C1;VIR;F1;1 200,00\n11/02/2024;C2;CHQ;F2;-60,00\n"),
        rows=2, cents=114000, kind="payments",
    ),
    ClientFile(
        # a printed ledger: customers are titles above their movements
        "grand_livre_imprime.csv",
        _text("Compte;Date;Journal;Pièce;Libellé;Débit;Crédit;Solde\n411ALPHA ALPHA SARL;;;;;;;\n"
              ";05/01/2024;VE;F1;Facture F1;1 200,00;;1 200,00\n;10/02/2024;BQ;R1;Règlement;;1 000,00;200,00\n"
              "Total 411ALPHA;;;;;1 200,00;1 000,00;200,00\n411BETA BETA SA;;;;;;;\n"
              ";06/01/2024;VE;F2;Facture F2;300,00;;300,00\nTotal 411BETA;;;;;300,00;;300,00\n"),
        rows=3, cents=50000, aside=4,
    ),
    ClientFile(
        "facture_client_devise.csv",
        _text("Facture;Client;Date;Montant;Devise\nF1;ALPHA;05/01/2024;100,00;EUR\nF2;BETA;06/01/2024;200,00;$\n"
              "F3;GAMMA;06/01/2024;300,00;EUR\n"),
        rows=2, cents=40000, aside=1,
    ),
    ClientFile(
        # SAP, open and cleared items of customers: point for thousands, minus behind
        "sap_postes.txt",
        _text("Account\tName 1\tDocument Number\tDocument Type\tDocument Date\tNet due date\tAmount in local currency\t"
              "Local Currency\tText\n100001\tALPHA\t1800000001\tRV\t05.01.2024\t04.02.2024\t1.234,56\tEUR\tFacture\n"
              "100002\tBETA\t1600000001\tRG\t06.01.2024\t06.01.2024\t34,56-\tEUR\tAvoir\n", "utf-16"),
        rows=2, cents=120000,
        columns={"customer_id": "Account", "customer_name": "Name 1", "amount": "Amount in local currency",
                 "due_date": "Net due date", "issue_date": "Document Date"},
    ),
    ClientFile(
        "xero.csv",
        _text("ContactName,EmailAddress,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,TaxTotal,InvoiceAmountPaid,"
              "InvoiceAmountDue,Currency,Status\nALPHA,a@b.fr,INV-1,,25/01/2024,24/02/2024,120.00,20.00,0.00,120.00,EUR,"
              "Awaiting Payment\nBETA,c@d.fr,INV-2,,13/02/2024,14/03/2024,60.00,10.00,60.00,0.00,EUR,Paid\n"),
        rows=2, cents=18000, columns={"amount": "Total", "open_amount": "InvoiceAmountDue",
                                      "paid_amount": "InvoiceAmountPaid", "customer_name": "ContactName"},
    ),
    ClientFile(
        "balance_auxiliaire.csv",
        _text("Balance auxiliaire arrêtée au 31/03/2024;;;;;\n"
              "Compte;Intitulé;Débit;Crédit;Solde débiteur;Solde créditeur\n"
              "411A;ALPHA;1200,00;1000,00;200,00;\n411B;BETA;300,00;350,00;;50,00\n"),
        rows=2, cents=15000, kind="aged_balance",
    ),
    ClientFile(
        "mouvements_abreges.csv",
        _text("Cpte;Lib. cpte;Dt;Jal;N° pce;Lib.;Ech.;Mvt débit;Mvt crédit;Lett.\n"
              "411A;ALPHA;05/01/24;VT;F1;Fact F1;04/02/24;1200;0;A\n411A;ALPHA;10/02/24;BNP;R1;Vir;;0;1200;A\n"
              "411B;BETA;06/01/24;VT;F2;Fact F2;05/02/24;300;0;\n"),
        rows=3, cents=30000,
        columns={"customer_id": "Cpte", "customer_name": "Lib. cpte", "due_date": "Ech.", "debit": "Mvt débit",
                 "credit": "Mvt crédit", "issue_date": "Dt", "invoice_number": "N° pce"},
    ),
    ClientFile(
        "tableau_relances.csv",
        _text("Raison sociale;N° TVA intracom;Facture;Émise;Exigible;Montant dû;"
              "Retard (j);Dernière relance;Observations\n"
              "ALPHA;FR83404833048;F1;05/01/2024;04/02/2024;1 200,00;56;12/03/2024;promesse\n"
              "BETA;FR61732829320;F2;10/01/2024;09/02/2024;300,00;51;;\n"),
        rows=2, cents=150000, columns={"siren": "N° TVA intracom", "due_date": "Exigible", "issue_date": "Émise",
                                       "open_amount": "Montant dû", "days_late": "Retard (j)"},
    ),
]  # fmt: skip
