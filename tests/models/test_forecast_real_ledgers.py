"""The forecast on the real ledger of three years: against the customer's median, and tied to the balance."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.models.cash_forecast import forecast_cash
from riskkit.policy import Policy
from riskkit.sources.fec import read_fec

POLICY = Policy()


def test_four_weeks_of_cash_are_nearer_than_the_customer_median_says(shared_data: Path) -> None:
    reading = read_fec([shared_data / "fec" / f"fec_b2b_industrie_{year}1231.txt" for year in (2022, 2023, 2024)])
    book = Book.from_reading(reading, policy=POLICY)
    day = dt.date(2024, 12, 31)
    terms = choose_terms(book, as_of=day, policy=POLICY)
    snapshot = strike(book, as_of=day, policy=POLICY, terms=terms)
    told = forecast_cash(
        book, reading.customers, reading.events, snapshot.open_items,
        as_of=day, policy=POLICY, terms_code=terms.code,
    )  # fmt: skip
    items = told.tables["payment_time"]
    assert items["open_cents"].sum() == snapshot.reconciliation["open"]
    assert (items["expected_cents"] + items["later_cents"] + items["never_cents"]).sum() == items["open_cents"].sum()
    summary = told.tables["cash_backtest_summary"].set_index("method")["four_week_error_rate"]
    assert summary["model"] < 0.6 * summary["customer_median"]
    assert summary["model"] < 0.6 * summary["due_date"]
    assert told.tables["cash_backtest"]["as_of"].max() < pd.Timestamp(day)
