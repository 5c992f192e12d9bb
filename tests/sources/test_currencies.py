"""Other currencies: converted by the rates given, exactly, and never without one. Sums are by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.sources.collect import collect
from riskkit.sources.currencies import Rate, Rates, read_rates

INVOICES = (
    "N° facture;Code client;Date facture;Montant TTC;Devise\n"
    "F1;C1;31/01/2024;100,00;EUR\nF2;C2;31/01/2024;1 000,10;USD\nF3;C2;15/02/2024;50,00;USD\n"
    "F4;C1;01/02/2024;7,00;EUR\n"
    "F5;C3;01/02/2024;9,00;GBP\nF6;C1;02/02/2024;1,00;EUR\n"
)
RATES = {"USD": {"2024-01-31": "0.9231", "2024-02-10": "0.93"}}


def _file(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_amounts_are_converted_at_the_rate_of_their_day(tmp_path):
    reading, _ = collect([_file(tmp_path, "factures.csv", INVOICES)], rates=read_rates(RATES, folder=tmp_path))
    found = reading.invoices.set_index("invoice_number")
    # 1 000.10 × 0.9231 = 923.19231 -> 923.19; 50 × 0.93 = 46.50
    assert found.loc[["F1", "F2", "F3"], "amount_cents"].tolist() == [10000, 92319, 4650]
    assert found.loc["F2", ["x_original_currency", "x_original_amount"]].tolist() == ["USD", "1 000,10"]
    assert set(found["currency"]) == {"EUR"}
    assert reading.rejects[["reason", "amount_cents"]].to_numpy().tolist() == [["other_currency", 900]]  # GBP: no rate
    notes = " ".join(language("fr").say(note) for note in reading.notes)
    assert "969,69" in notes  # 923.19 + 46.50


def test_without_rates_nothing_is_converted(tmp_path):
    reading, _ = collect([_file(tmp_path, "factures.csv", INVOICES)])
    assert reading.invoices["invoice_number"].tolist() == ["F1", "F4", "F6"]
    assert len(reading.rejects) == 3


def test_a_payment_takes_the_rate_of_the_invoice_it_settles(tmp_path):
    payments = "Date règlement;N° facture;Montant;Devise\n20/02/2024;F2;1 000,10;USD\n21/02/2024;;;\n"
    files = [_file(tmp_path, "factures.csv", INVOICES), _file(tmp_path, "reglements.csv", payments)]
    reading, _ = collect(files, rates=read_rates(RATES, folder=tmp_path))
    assert reading.payments["amount_cents"].tolist() == [92319]


def test_a_rate_before_the_first_day_or_too_old_is_not_guessed():
    rates = read_rates({"USD": {"2024-01-31": "0.9"}}, folder=Path())
    assert rates.at("USD", dt.date(2024, 1, 30), into="EUR") is None
    assert rates.at("USD", dt.date(2024, 3, 16), into="EUR") is not None  # 45 days later
    assert rates.at("USD", dt.date(2024, 3, 17), into="EUR") is None
    assert rates.at("GBP", dt.date(2024, 1, 31), into="EUR") is None


def test_rates_are_read_from_a_table(tmp_path):
    _file(tmp_path, "taux.csv", "Date;Devise;Taux\n31/01/2024;USD;0,9231\n31/01/2024;GBP;1,17\n")
    rates = read_rates("taux.csv", folder=tmp_path)
    rate = rates.at("GBP", dt.date(2024, 2, 1), into="EUR")
    assert rate is not None
    assert rate.convert(1000) == 1170


def test_a_table_with_one_column_per_currency_gives_units_per_euro(tmp_path):
    _file(tmp_path, "eurofxref.csv", "Date,USD,GBP\n2024-01-31,1.0837,0.85435\n2024-01-30,1.0846,N/A\n")
    rates = read_rates("eurofxref.csv", folder=tmp_path)
    rate = rates.at("USD", dt.date(2024, 1, 31), into="EUR")
    assert rate is not None
    assert rate.convert(10837) == 10000
    assert rates.at("USD", dt.date(2024, 1, 31), into="CHF") is None


@pytest.mark.parametrize("rate", ["abc", "0", "-1", "nan", "1.123456789"])
def test_what_is_not_a_rate_is_refused(rate):
    with pytest.raises(DataError, match="rate"):
        read_rates({"USD": rate}, folder=Path())


@given(st.integers(-(10**12), 10**12), st.decimals("0.00000001", "9999", places=8))
def test_one_rounding_half_to_even(cents, rate):
    found = Rate("USD", "EUR", int(rate * 10**8), 10**8, None).convert(cents)
    exact = Decimal(cents) * rate
    assert abs(Decimal(found) - exact) <= Decimal("0.5")
    assert found == int(exact.to_integral_value(rounding="ROUND_HALF_EVEN"))


def test_an_empty_set_of_rates_knows_nothing():
    assert Rates().at("USD", dt.date(2024, 1, 1), into="EUR") is None
