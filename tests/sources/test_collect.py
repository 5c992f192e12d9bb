"""Whole files in, one reading out: totals equal to plain loops over the same files, ledgers completed by tables."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest
import xlsxwriter

from riskkit.errors import DataError
from riskkit.sources.collect import collect, read_files
from riskkit.sources.mapping import infer_specs
from riskkit.sources.sample import write_sample
from riskkit.sources.sample_spec import SampleSpec


def _loop(path: Path, *, separator: str = ",") -> list[dict[str, str]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8"), newline=""), delimiter=separator))


def _cents(text: str) -> int:
    return int((Decimal(text) * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def _us(text: str) -> dt.date:
    month, day, year = text.split("/")
    return dt.date(int(year), int(month), int(day))


def test_the_ibm_file_is_read_to_the_cent_and_the_day(shared_data):
    path = shared_data / "ar/ibm_accounts_receivable.csv"
    rows = _loop(path)
    reading, _ = collect([path], currency="USD")
    assert reading.invoices["amount_cents"].tolist() == [_cents(r["InvoiceAmount"]) for r in rows]
    assert reading.invoices["issue_date"].dt.date.tolist() == [_us(r["InvoiceDate"]) for r in rows]
    assert reading.invoices["due_date"].dt.date.tolist() == [_us(r["DueDate"]) for r in rows]
    assert reading.payments["payment_date"].dt.date.tolist() == [_us(r["SettledDate"]) for r in rows]
    assert reading.invoices["invoice_number"].tolist() == [r["invoiceNumber"] for r in rows]
    assert reading.payments["amount_cents"].tolist() == reading.invoices["amount_cents"].tolist()
    assert reading.invoices["source_line"].tolist() == list(range(2, 2468))
    assert reading.latest_date == max(_us(r[c]) for r in rows for c in ("InvoiceDate", "SettledDate"))
    assert (len(reading.customers), reading.currency, len(reading.rejects)) == (100, "USD", 0)


def test_the_relational_files_tie_row_by_row(shared_data):
    folder = shared_data / "ar/relational_inr"
    reading, _ = collect(sorted(folder.glob("*.csv")), currency="INR")
    invoices, payments = _loop(folder / "Invoices.csv"), _loop(folder / "Payments.csv")
    sources = {f.file: f for f in reading.files}
    assert sources["Invoices.csv"].total_cents == sum(
        _cents(r["Invoice_Amount"]) for r in invoices if r["Invoice_Amount"]
    )
    assert sources["Payments.csv"].total_cents == sum(_cents(r["Amount_Paid"]) for r in payments)
    assert sources["Invoices.csv"].rows_rejected == sum(not r["Invoice_Amount"] for r in invoices) == 6
    assert sources["Customer_Master.csv"].rows_rejected == 3  # duplicates on purpose (README of the data)
    kept = {r["Invoice_ID"] for r in invoices if r["Invoice_Amount"]}
    assert sources["Payments.csv"].rows_rejected == sum(r["Invoice_ID"] not in kept for r in payments)
    assert reading.invoices["invoice_id"].is_unique
    assert reading.invoices["due_date"].isna().sum() == sum(not r["Due_Date"] for r in invoices if r["Invoice_Amount"])
    assert set(reading.customers.columns) >= {"x_credit_limit", "x_risk_rating", "x_segment", "x_region"}


def test_the_energy_files_pay_what_their_status_says(shared_data):
    folder = shared_data / "ar/fr_energie"
    reading, _ = collect([folder / "clients.csv.gz", folder / "factures.csv.gz"])
    rows = _loop(folder / "factures.csv.gz", separator=";")
    assert reading.files[1].total_cents == sum(_cents(r["montant_ttc_eur"]) for r in rows)
    paid = [r for r in rows if r["statut_paiement"] in ("Payée", "En retard") and r["delai_paiement_jours"]]
    assert reading.payments["amount_cents"].sum() == sum(_cents(r["montant_ttc_eur"]) for r in paid)
    first = paid[0]
    assert reading.payments["payment_date"].iloc[0].date() == dt.date.fromisoformat(
        first["date_facture"]
    ) + dt.timedelta(days=int(float(first["delai_paiement_jours"])))
    assert (reading.currency, len(reading.customers)) == ("EUR", 15000)


def test_open_items_in_two_currencies_keep_the_main_one(shared_data):
    path = shared_data / "ar/highradius_open_items.csv.gz"
    rows = _loop(path)
    reading, _ = collect([path])
    by_currency = {
        c: sum(_cents(r["total_open_amount"]) for r in rows if r["invoice_currency"] == c) for c in ("USD", "CAD")
    }
    assert (reading.currency, reading.files[0].rows_rejected) == ("USD", 747)
    assert reading.files[0].accepted_cents == by_currency["USD"]
    assert reading.files[0].rejected_cents == by_currency["CAD"]
    assert reading.invoices["invoice_number"].iloc[0] == "1930571429"  # written 1930571429.0
    assert reading.customers["customer_id"].str.startswith("0").any()


def test_items_without_any_date_are_refused_with_the_reason(shared_data):
    with pytest.raises(DataError, match=r"none of its 8000 rows .* no invoice date"):
        collect([shared_data / "ar/highradius_closed_days_late.csv.gz"])


def test_the_sage_files_leave_orders_out(shared_data):
    reading, specs = collect(sorted((shared_data / "ar/sage100_export").glob("*.csv")), currency="XPF")
    assert {Path(spec.file).name: spec.kind for spec in specs}["commandes_clients.csv"] == "ignored"
    # 3480000 + 2320000 + 1740000 + 4640000 + 928000 = 13108000 francs; paid 500000 + 928000
    assert reading.invoices["amount_cents"].sum() == 1310800000
    assert reading.payments["amount_cents"].sum() == 142800000
    assert reading.customers["payment_terms"].tolist() == ["30FM", "30FM", "45FM10", "60NET", "30FM"]
    assert any("orders" in str(note) for note in reading.notes)


@pytest.mark.slow
def test_lines_of_detail_add_up_by_invoice(shared_data):
    path = shared_data / "purchases/online_retail_II_2009_2010.csv.gz"
    rows = _loop(path)
    reading, _ = collect([path], currency="GBP")
    assert reading.files[0].rows_rejected == sum(not r["Customer ID"] for r in rows) == 107_927
    kept = [r for r in rows if r["Customer ID"]]
    expected = sum(int(r["Quantity"]) * _cents(r["Price"]) for r in kept)
    assert reading.invoices["amount_cents"].sum() == reading.files[0].accepted_cents == expected
    assert len(reading.invoices) == len({r["Invoice"] for r in kept})
    assert len(reading.customers) == 4383


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    return write_sample(folder, SampleSpec(customers=60, invoices=800, months=12))


def test_the_sample_is_understood_without_help_and_ties_with_its_ledger(sample):
    tables = [sample.customers, sample.invoices, sample.payments, sample.procedures]
    reading, specs = collect(tables)
    assert [spec.kind for spec in specs] == ["customers", "invoices", "payments", "events"]
    assert all(spec.doubtful == () for spec in specs)
    assert len(reading.rejects) == 0
    ledger = read_files(infer_specs([*sample.fec, sample.customers, sample.procedures, sample.invoices]))
    assert ledger.invoices["amount_cents"].sum() == reading.invoices["amount_cents"].sum()
    assert ledger.payments["amount_cents"].sum() == reading.payments["amount_cents"].sum()
    assert set(ledger.customers["payment_terms"].dropna()) <= set(reading.customers["payment_terms"])
    assert len(ledger.events) == len(reading.events)
    assert any("twice" in str(note) for note in ledger.notes)


def test_the_sheets_of_one_workbook_are_as_many_tables(tmp_path):
    path = tmp_path / "export.xlsx"
    sheets = {
        "Clients": [["Code client", "Raison sociale"], ["C1", "Alpha"]],
        "Factures": [["N° facture", "Code client", "Date facture", "Montant TTC"], ["F1", "C1", "31/01/2024", "10,50"]],
        "Règlements": [["Date règlement", "N° facture", "Montant"], ["01/03/2024", "F1", "10,50"]],
    }
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    told: list[str] = []
    reading, specs = collect([path], progress=told.append)
    assert [(spec.sheet, spec.kind) for spec in specs] == [
        ("Clients", "customers"), ("Factures", "invoices"), ("Règlements", "payments"),
    ]  # fmt: skip
    assert [name.split(" [")[0] for name in told] == ["export.xlsx"] * 3
    assert reading.payments[["customer_id", "amount_cents"]].to_numpy().tolist() == [["C1", 1050]]
    assert reading.files[0].file == "export.xlsx [Clients]"


def test_one_bad_file_among_good_ones_stops_with_its_name(tmp_path):
    good, bad = tmp_path / "factures.csv", tmp_path / "clients.xlsx"
    good.write_text("N° facture;Code client;Date facture;Montant TTC\nF1;C1;31/01/2024;10,50\n", encoding="utf-8")
    bad.write_bytes(b"%PDF-1.4")
    with pytest.raises(DataError, match=r"clients\.xlsx is a PDF"):
        collect([good, bad])


def test_orders_without_the_columns_of_last_month_are_left_out_and_counted(tmp_path):
    # Found by the fuzzer: what is not counted is not checked, and a column may be gone.
    (tmp_path / "factures.csv").write_text("N° facture;Client;Date facture;Montant TTC\nF1;ACME;01/09/2024;100,00\n")
    orders = tmp_path / "commandes.csv"
    orders.write_text("N° pièce;Client;Date;Montant TTC\nBC1;ACME;10/01/2024;99,00\n")
    specs = infer_specs([tmp_path / "factures.csv", orders])
    orders.write_text("Client;Date;Montant TTC\nACME;10/01/2024;99,00\n")
    reading = read_files(specs)
    (aside,) = (source for source in reading.files if source.file == "commandes.csv")
    assert (aside.rows_read, aside.rows_accepted, aside.rejected_cents) == (1, 0, 9900)
