"""Penalties: published rates, worked examples, and plain loops day by day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from riskkit.ledger.formulas import NotComputableError
from riskkit.ledger.month_calendar import half_of
from riskkit.ledger.penalty_rates import penalty_rate
from riskkit.policy import Policy
from riskkit.policy_measures import PenaltyPolicy
from tests.ledger.ledgers import DAY0, invoice, payment, random_lines
from tests.ledger.test_ledger_tables import _run

DEFAULT = PenaltyPolicy()


def test_the_rate_is_that_of_the_first_day_of_the_half_year():
    # DGCCRF and Banque de France: 1st half 2023 2.50 + 10, 2nd half 4.00 + 10, 2024 4.50 then 4.25 + 10
    found = [penalty_rate(half_of(day), is_public=False, policy=DEFAULT)[0] for day in (
        dt.date(2022, 12, 31), dt.date(2023, 1, 1), dt.date(2023, 7, 1), dt.date(2024, 6, 30), dt.date(2024, 7, 1),
        dt.date(2025, 1, 1), dt.date(2025, 7, 1))]  # fmt: skip
    assert found == [0.10, 0.125, 0.14, 0.145, 0.1425, 0.1315, 0.1215]


def test_a_contract_rate_is_never_under_three_times_the_legal_rate():
    # second half of 2023: legal rate 4.22 %, floor 12.66 %; first half of 2022: 0.76 %, floor 2.28 %
    policy = PenaltyPolicy(contract_rate=0.08)
    assert penalty_rate(2023 * 2 + 1, is_public=False, policy=policy) == (0.1266, "floor")
    assert penalty_rate(2022 * 2, is_public=False, policy=policy) == (0.08, "contract")
    assert penalty_rate(2022 * 2, is_public=True, policy=policy) == (0.08, "public")  # 0 + 8 points


def test_past_the_end_of_the_table_nothing_is_computed_until_it_is_extended():
    with pytest.raises(NotComputableError, match="2025-12-31"):
        penalty_rate(2026 * 2, is_public=False, policy=DEFAULT)
    longer = PenaltyPolicy(ecb_rates={dt.date(2025, 12, 20): 0.02}, known_until=dt.date(2026, 6, 30))
    assert penalty_rate(2026 * 2, is_public=False, policy=longer) == (0.12, "ecb")


def test_an_invoice_late_over_two_half_years_is_priced_piecewise():
    lines = [
        invoice("F1", "A", "2023-04-30", 1_000_000, "2023-05-30"),
        payment("P1", "A", "2023-07-29", 1_000_000, reference="F1"),
        invoice("F2", "A", "2023-06-01", 500_000, "2023-07-01"),  # paid on its due date: nothing
        payment("P2", "A", "2023-07-01", 500_000, reference="F2"),
    ]
    _, tables = _run(lines, as_of=dt.date(2023, 12, 31))
    rows = tables["claimable_penalties"].set_index("half_year")
    # 10 000 €: 31 May to 30 June = 31 days at 12.5 % = 106.16 €; 1 to 29 July = 29 days at 14 % = 111.23 €
    assert rows["penalties_cents"].to_dict() == {"2023-S1": 10_616, "2023-S2": 11_123}
    assert rows["invoices_count"].to_dict() == {"2023-S1": 1, "2023-S2": 0}
    assert rows["indemnities_cents"].to_dict() == {"2023-S1": 4_000, "2023-S2": 0}


def test_penalties_are_the_days_at_the_rate_of_the_half_year():
    _, tables = _run(random_lines(1), as_of=DAY0 + dt.timedelta(640))
    table = tables["claimable_penalties"]
    assert len(table) > 10
    for row in table.itertuples():
        exact = Decimal(str(row.late_amount_days)) * Decimal(str(row.rate)) / 365
        assert abs(exact - Decimal(int(row.penalties_cents)) / 100) <= Decimal("0.0051")
    assert Policy().measures.penalties.indemnity_cents == 4_000  # D441-5
