"""A habit that breaks, by simulation and by hand."""

from __future__ import annotations

import datetime as dt

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest

from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.models.habit_break import habit_breaks, normal_hazard
from riskkit.policy import Policy
from tests.ledger.ledgers import book_of, invoice, payment

POLICY = Policy()
AS_OF = dt.date(2024, 12, 31)


def breaks(lines, *, as_of=AS_OF, sectors=None):
    book = book_of(lines)
    snapshot = strike(book, as_of=as_of, policy=POLICY, terms=choose_terms(book, as_of=as_of, policy=POLICY))
    given = pd.Series(dtype="str") if sectors is None else sectors
    return habit_breaks(snapshot.items, sectors=given, connection=book.connection).set_index("customer_id")


def company(slower, *, customers=24, seed=3):
    """Two invoices a month due over two years, about 10 days late; for four months `slower` ones stop."""
    rng = np.random.default_rng(seed)
    lines = []
    for customer in range(customers):
        for n in range(48):
            due = dt.date(2023, 1, 5) + dt.timedelta(15 * n)
            stops = customer in slower and due > dt.date(2024, 9, 2)
            paid = due + dt.timedelta(int(rng.exponential(10)))
            number = f"{customer}.{n}"
            issued = (due - dt.timedelta(30)).isoformat()
            lines.append(invoice(number, f"C{customer:02d}", issued, 10_000, due.isoformat()))
            if not stops:
                lines.append(payment(number, f"C{customer:02d}", paid.isoformat(), 10_000, reference=number))
    return lines


def test_a_regular_payer_who_stops_stands_out():
    found = breaks(company({4, 17}))
    ordered = found["break_odds"].sort_values(ascending=False)
    assert set(ordered.index[:2]) == {"C04", "C17"}
    assert ordered.iloc[1] > 1_000 > 20 > ordered.iloc[2]
    assert found.loc["C04", "recent_days"] > 30 + found.loc["C04", "usual_days"]
    # due every 15 days from 5 January 2023: n = 39 to 47 after 3 August 2024, of which 41 to 47 after 2 September
    assert found.loc["C04", "recent_count"] == 9
    assert found.loc["C04", "recent_open_count"] == 7
    assert found.loc["C04", "recent_open_cents"] == 70_000
    # the median of an exponential law of 10 days is 6.9; whole days cut half a day off
    assert found["usual_days"].median() == pytest.approx(6.4, abs=1.5)


def test_when_the_habit_holds_nothing_speaks_for_a_slide():
    found = pd.concat([breaks(company(set(), seed=seed)) for seed in range(4)])
    assert found["break_odds"].median() < 1
    assert found["break_odds"].mean() < 3  # a likelihood ratio is 1 on average where nothing slides
    assert found["recent_days"].median() == pytest.approx(found["usual_days"].median(), abs=2)


def test_a_wave_that_takes_a_whole_sector_is_divided_out():
    lines = company(set(range(10)))
    sectors = pd.Series({f"C{n:02d}": "F" if n < 10 else "G" for n in range(24)})
    alone = breaks(lines)["break_odds"]
    together = breaks(lines, sectors=sectors)["break_odds"]
    hit = [f"C{n:02d}" for n in range(10)]
    assert (together[hit] < alone[hit] / 10).all()


def test_disputed_invoices_and_those_not_due_take_no_part():
    lines = company({4})
    day = dt.date(2024, 12, 31)
    fresh = invoice("x", "NEW", "2024-12-20", 10_000, "2025-01-20")
    found = breaks([*lines, fresh], as_of=day)
    assert "NEW" not in found.index


def test_a_ledger_without_a_past_has_no_habit():
    lines = [invoice(str(n), "A", "2024-11-01", 10_000, "2024-12-01") for n in range(3)]
    assert breaks(lines).empty


def test_the_hazard_of_a_normal_law_is_that_of_the_tables():
    given = pd.DataFrame({"z": [-2.0, 0.0, 1.0, 2.0, 3.0]})
    found = nw.from_native(given).with_columns(hazard=normal_hazard(nw.col("z")))["hazard"].to_list()
    # density over upper tail: 0.05399/0.97725, 0.39894/0.5, 0.24197/0.15866, 0.05399/0.02275, 0.004432/0.0013499
    assert found == pytest.approx([0.05525, 0.79788, 1.52513, 2.37322, 3.28310], rel=2e-4)
