"""Ledgers whose payment times are known, for the tests of the forecast."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.models.cash_forecast import Forecast, forecast_cash
from riskkit.policy import Policy
from riskkit.policy_forecast import ForecastPolicy
from tests.ledger.ledgers import invoice, payment, reading_of
from tests.ledger.oracle import Line

AS_OF = dt.date(2024, 6, 28)
POLICY = Policy(forecast=ForecastPolicy(backtest_dates=3))


def habit_lines(
    *, seed: int = 1, customers: int = 12, invoices: int = 900, days: int = 900, last: dt.date = AS_OF
) -> list[Line]:
    """Customer k pays 30 days after issue + 3 k days late, give or take 4; a tenth in two halves, some never."""
    draw = np.random.default_rng(seed)
    start = last - dt.timedelta(days=days)
    lines: list[Line] = []
    for number in range(invoices):
        customer = int(draw.integers(customers))
        issued = start + dt.timedelta(days=int(draw.integers(days + 60)))
        due = issued + dt.timedelta(days=30)
        cents = int(draw.integers(10_000, 400_000))
        lines.append(invoice(f"F{number}", f"C{customer:02}", issued.isoformat(), cents, due.isoformat()))
        if draw.random() < 0.03:
            continue
        paid = due + dt.timedelta(days=3 * customer + round(float(draw.normal(0, 4))))
        parts = [cents // 2, cents - cents // 2] if draw.random() < 0.1 else [cents]
        for rank, part in enumerate(parts):
            day = (max(paid, issued) + dt.timedelta(days=14 * rank)).isoformat()
            lines.append(payment(f"P{number}.{rank}", f"C{customer:02}", day, part, reference=f"F{number}"))
    return lines


def forecast_of(
    lines: list[Line], *, as_of: dt.date = AS_OF, policy: Policy = POLICY, events: pd.DataFrame | None = None
) -> Forecast:
    """The forecast of those lines at a date."""
    reading = reading_of(lines, events=events)
    book = Book.from_reading(reading, policy=policy)
    terms = choose_terms(book, as_of=as_of, policy=policy)
    snapshot = strike(book, as_of=as_of, policy=policy, terms=terms)
    asked = {"as_of": as_of, "policy": policy, "terms_code": terms.code}
    return forecast_cash(book, reading.customers, reading.events, snapshot.open_items, **asked)
