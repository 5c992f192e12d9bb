"""Due dates against the law: L441-10 (60 days, or 45 days end of month) and L441-11 (transport, 30 days)."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.errors import UsageError
from riskkit.sources.quality import make_quality
from riskkit.sources.quality_terms import latest_legal_due, legal_term
from tests.sources.quality_cases import AS_OF, customer, invoice, make_reading, payment


@pytest.mark.parametrize(
    ("issue", "latest"),
    [
        # 60 days: 14 Mar; 45 days then month end: 29 Feb 2024; month end then 45 days: 31 Jan + 45 = 16 Mar
        ("2024-01-14", "2024-03-16"),
        # 60 days: 31 Mar; + 45 days = 16 Mar, month end 31 Mar; 31 Jan + 45 = 16 Mar
        ("2024-01-31", "2024-03-31"),
        # 60 days: 31 Mar; + 45 = 16 Mar → 31 Mar; 31 Jan + 45 = 16 Mar; the first of a month: 1 Feb + 60 = 1 Apr
        ("2024-02-01", "2024-04-14"),  # 29 Feb + 45 = 14 Apr
        ("2023-12-31", "2024-02-29"),  # 60 days: 29 Feb; 31 Dec + 45 = 14 Feb → 29 Feb
    ],
)
def test_latest_lawful_date_is_the_best_of_three_computations(issue, latest) -> None:
    due = latest_legal_due(pd.Series(pd.to_datetime([issue])), legal_term("general"))
    assert due.to_list() == [pd.Timestamp(latest)]


def test_unlawful_terms_are_found_by_customer_with_their_share_of_billing() -> None:
    rows = [
        invoice("F1", "C1", 300_00, "2024-01-14", "2024-03-17"),  # a day too many
        invoice("F2", "C1", 100_00, "2024-01-14", "2024-03-16"),
        invoice("F3", "C2", 100_00, "2024-01-14", "2024-04-13"),  # 90 days
        invoice("F4", "C3", 500_00, "2024-01-14", "2024-02-13"),
        invoice("A1", "C3", -50_00, "2024-01-14", "2024-12-31", kind="credit_note"),
    ]
    report = make_quality(make_reading(rows, [payment("F1", "C1", 1_00, "2024-06-01")]), as_of=AS_OF)
    row = report.quality.set_index("code").loc["terms_beyond_law"]
    assert (row["rows_count"], row["amount_cents"]) == (2, 400_00)
    delays = report.legal_delays
    assert delays["customer_id"].to_list() == ["C1", "C2"]
    assert delays["beyond_share"].to_list() == [0.75, 1.0]  # 300 ÷ 400, 100 ÷ 100
    assert delays["billing_share"].to_list() == [0.3, 0.1]  # of 1 000
    assert delays["most_days_beyond"].to_list() == [1, 28]  # 17 Mar − 16 Mar; 13 Apr − 16 Mar
    assert delays["longest_days"].to_list() == [63, 90]


def test_transport_has_thirty_days_and_no_end_of_month() -> None:
    rows = [invoice("F1", "C1", 100_00, "2024-03-01", due) for due in ("2024-03-31", "2024-04-01")]
    reading = make_reading(rows, [payment("F1", "C1", 1_00, "2024-06-01")], [customer("C1")])
    assert make_quality(reading, as_of=AS_OF).legal_delays.empty
    assert make_quality(reading, as_of=AS_OF, activity="transport").legal_delays["beyond_count"].to_list() == [1]


def test_an_unknown_activity_is_refused_with_the_ones_that_exist() -> None:
    with pytest.raises(UsageError, match="general, recapitulative, transport"):
        legal_term("baking")
