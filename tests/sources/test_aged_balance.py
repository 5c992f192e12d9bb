"""Aged balances without invoices: every row ties to its total, ages come out as in the file. Sums are by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.policy import Policy
from riskkit.sources.aged_balance_headers import balance_date, bucket_of, buckets_in
from riskkit.sources.collect import collect, read_files
from riskkit.sources.mapping import infer_specs
from riskkit.sources.reading import Reading

# C1 1 000 + 200 + 0 + 50 = 1 250; C2 0 + 0 + 300 + 700 = 1 000; C3 credit -80 + 180 = 100. Total 2 350.
ROWS = [
    ["Balance âgée clients arrêtée au 31/03/2024"],
    ["Édité le 04/04/2024"],
    [],
    ["Code client", "Raison sociale", "Non échu", "1-30 jours", "31-60 jours", "> 90 jours", "Total"],
    ["C1", "ALPHA SARL", 1000, 200, None, 50, 1250],
    ["C2", "BETA SAS", None, None, 300, 700, 1000],
    ["C3", "GAMMA", -80, 180, None, None, 100],
    ["Total", None, 920, 380, 300, 750, 2350],
]


def _workbook(folder: Path, rows: list[list[object]] = ROWS, name: str = "balance_agee.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def _csv(folder: Path, text: str, name: str = "balance.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _notes(reading: Reading) -> str:
    return " ".join(language("fr").say(note) for note in reading.notes)


def _struck(reading: Reading):
    policy = Policy()
    book = Book.from_reading(reading, policy=policy)
    as_of = reading.latest_date
    return strike(book, as_of=as_of, policy=policy, terms=choose_terms(book, as_of=as_of, policy=policy, terms=None))


def test_every_amount_becomes_an_item_that_ties_to_the_file(tmp_path):
    reading, (spec,) = collect([_workbook(tmp_path)])
    assert spec.kind == "aged_balance"
    assert spec.doubtful == ()
    assert (reading.latest_date, reading.coverage_start) == (dt.date(2024, 3, 31), dt.date(2024, 3, 31))
    (source,) = reading.files
    assert (source.rows_read, source.rows_accepted, source.rows_rejected) == (4, 3, 1)
    assert source.total_cents == 235000 == int(reading.invoices["amount_cents"].sum())
    assert set(reading.invoices["kind"]) == {"opening"}
    assert not reading.invoices["is_sale"].any()
    assert reading.rejects["reason"].tolist() == ["total_row"]
    assert reading.customers["name"].tolist() == ["ALPHA SARL", "BETA SAS", "GAMMA"]
    assert "est bien le total affiché" in _notes(reading)


def test_the_ages_come_out_as_in_the_file(tmp_path):
    snapshot = _struck(collect([_workbook(tmp_path)])[0])
    ages = snapshot.ageing.set_index("customer_id")
    assert ages.loc["C1", ["not_due_cents", "d1_30_cents", "d91_180_cents"]].tolist() == [100000, 20000, 5000]
    assert ages.loc["C2", ["d31_60_cents", "d91_180_cents"]].tolist() == [30000, 70000]
    # the credit of 80 is set against the 180 of the same customer: 100 left, due
    assert ages.loc["C3", ["d1_30_cents", "unapplied_cents", "receivables_cents"]].tolist() == [10000, 0, 10000]
    # overdue: C1 250, C2 1 000, C3 100
    assert snapshot.measures["overdue_amount"].value == 135000
    assert snapshot.measures["receivables_amount"].value == 235000


def test_what_a_balance_cannot_say_is_not_computed_and_says_why(tmp_path):
    measures = _struck(collect([_workbook(tmp_path)])[0]).measures
    for name in ("dso_days", "countback_dso_days", "mean_payment_delay_days", "collection_effectiveness_rate",
                 "days_beyond_terms_days", "overdue_sales_share", "default_rate"):  # fmt: skip
        assert measures[name].value is None, name
        assert measures[name].reason is not None, name
    assert measures["overdue_share"].value == pytest.approx(1350 / 2350)


def test_a_total_that_is_not_the_sum_of_its_ages_keeps_the_difference_undated(tmp_path):
    # 100 + 20 = 120, total 150: 30 without a date
    path = _csv(tmp_path, "Client;Non échu;Échu 1-30;> 30;Total\nACME;100,00;20,00;;150,00\nBETA;1,00;;;1,00\n")
    reading, _ = collect([path], as_of=dt.date(2024, 1, 31))
    undated = reading.invoices[reading.invoices["due_date"].isna()]
    assert undated["amount_cents"].tolist() == [3000]
    assert reading.files[0].total_cents == 15100
    assert "30,00" in _notes(reading)


def test_a_balance_without_a_date_asks_for_it(tmp_path):
    path = _csv(tmp_path, "Client;Non échu;0-30;> 30\nACME;100,00;20,00;5,00\nBETA;1,00;2,00;3,00\n")
    with pytest.raises(DataError, match="--as-of"):
        collect([path])
    assert collect([path], as_of=dt.date(2024, 1, 31))[0].latest_date == dt.date(2024, 1, 31)
    (spec,) = infer_specs([path])
    dated = spec.model_copy(update={"balance_date": dt.date(2023, 12, 31)})
    assert read_files([dated], as_of=dt.date(2024, 1, 31)).latest_date == dt.date(2023, 12, 31)


def test_an_english_balance_is_understood(tmp_path):
    text = (
        "Aged receivables as of March 31, 2024,,,,,\nCustomer,Current,1 - 30,31 - 60,61 - 90,Over 90,Total\n"
        'Acme Ltd,"1,000.00",0.00,250.50,0.00,10.00,"1,260.50"\nBeta Inc,0.00,(5.00),0.00,0.00,0.00,(5.00)\n'
    )
    reading, (spec,) = collect([_csv(tmp_path, text, "aged.csv")])
    assert (spec.kind, reading.latest_date) == ("aged_balance", dt.date(2024, 3, 31))
    assert reading.invoices["amount_cents"].sum() == 125550  # 1 260.50 - 5.00
    assert spec.columns["customer_name"] == "Customer" or spec.columns["customer_id"] == "Customer"


def test_edges_that_the_policy_does_not_have_are_said(tmp_path):
    text = "Client;Non échu;0-45;46-120;> 120\nA;1,00;2,00;3,00;4,00\nB;1,00;2,00;3,00;4,00\n"
    reading, _ = collect([_csv(tmp_path, text)], as_of=dt.date(2024, 1, 31))
    assert "0-45, 46-120, > 120" in _notes(reading)


def test_an_amount_that_cannot_be_read_sets_its_whole_row_aside(tmp_path):
    text = "Client;Non échu;1-30;> 30;Total\nA;10,00;vingt;3,00;33,00\nB;1,00;2,00;3,00;6,00\n"
    reading, _ = collect([_csv(tmp_path, text)], as_of=dt.date(2024, 1, 31))
    assert reading.rejects[["reason", "amount_cents"]].to_numpy().tolist() == [["unreadable_amount", 3300]]
    assert reading.files[0].total_cents == 3900


def test_a_balance_beside_the_invoices_is_left_out(tmp_path):
    invoices = _csv(tmp_path, "N° facture;Code client;Date facture;Montant TTC\nF1;C1;31/01/2024;10,00\n", "f.csv")
    reading, _ = collect([_workbook(tmp_path), invoices])
    assert reading.invoices["amount_cents"].tolist() == [1000]
    assert "balance_agee.xlsx n’est pas compté" in _notes(reading)
    assert reading.control is not None


def test_invoices_shown_by_age_stay_invoices(tmp_path):
    text = (
        "Client;N° facture;Date facture;Échéance;Solde;Non échu;1-30;> 30\n"
        "ACME;F1;01/01/2024;31/01/2024;10,00;;10,00;\nBETA;F2;01/02/2024;01/03/2024;5,00;5,00;;\n"
    )
    (spec,) = infer_specs([_csv(tmp_path, text)])
    assert (spec.kind, spec.columns["open_amount"]) == ("invoices", "Solde")


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("Non échu", None, 0), ("À échoir", None, 0), ("Current", None, 0), ("0-30", 0, 30), ("31 à 60 jours", 31, 60),
        ("61/90", 61, 90), ("> 90", 91, None), ("+ de 90 jours", 91, None), ("90+", 91, None),
        ("91 jours et plus", 91, None), ("Plus de 3 mois", 91, None), ("1-30 days past due", 1, 30),
        ("< 30 j", 1, 30), ("Échu 31-60", 31, 60), ("over 180 days", 181, None), ("Échus de 61 à 90 j", 61, 90),
    ],
)  # fmt: skip
def test_headers_of_ages_are_read(header, low, high):
    bucket = bucket_of(header)
    assert bucket is not None
    assert (bucket.low, bucket.high) == (low, high)


@pytest.mark.parametrize("header", ["Total", "30-06-2024", "2023-2024", "Code client", "Date", "Encours", "Ligne 2"])
def test_other_headers_are_not_ages(header):
    assert bucket_of(header) is None


def test_all_that_is_overdue_counts_once():
    assert [b.low for b in buckets_in(["Client", "Non échu", "Échu", "Total"]).values()] == [None, 1]
    assert "Échu" not in buckets_in(["Client", "Non échu", "Échu", "0-30", "31-60", "Total"])


def test_the_day_of_printing_is_not_the_day_of_the_balance():
    assert balance_date(["Balance âgée au 31/03/2024", "Édité le 04/04/2024"]) == dt.date(2024, 3, 31)
    assert balance_date(["Édité le 04/04/2024"]) is None
    assert balance_date(["balance agee 20240331.xlsx"]) == dt.date(2024, 3, 31)
    assert balance_date(["Du 01/01/2024", "Fin 31/12/2024"]) is None
