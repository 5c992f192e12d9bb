"""Payment terms: what people write, the dates they give, and what payments reveal."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.ledger.terms import Terms, due_dates, infer_terms, parse_terms


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("30", "30"),
        ("30FM", "30FM"),
        ("45FM10", "45FM10"),
        ("60NET", "60"),
        ("60 jours net", "60"),
        ("45 jours fin de mois", "45FM"),
        ("30 jours fin de mois le 10", "30FM10"),
        ("30 J FDM", "30FM"),
        ("FM45", "FM45"),
        ("60 jours date de facture", "60"),
        ("Comptant", "0"),
        ("à réception", "0"),
        ("A 30 jours", "30"),
        ("45 days end of month", "45FM"),
    ],
)
def test_terms_as_people_write_them(written, code):
    assert parse_terms(written) is not None
    assert parse_terms(written).code == code
    assert parse_terms(code).code == code


@pytest.mark.parametrize("written", ["", "virement", "NAA8", "3000", "30FM45", "-30"])
def test_terms_that_are_not_understood(written):
    assert parse_terms(written) is None


@pytest.mark.parametrize(
    ("terms", "issued", "due"),
    [
        (Terms(30), "2024-01-31", "2024-03-01"),  # 2024 is a leap year: 29 days of February, then one
        (Terms(45, "after"), "2024-01-10", "2024-02-29"),  # 10 January + 45 = 24 February, month end 29
        (Terms(45, "before"), "2024-01-10", "2024-03-16"),  # 31 January + 45 = 16 March
        (Terms(30, "after", 10), "2024-01-10", "2024-03-10"),  # 9 February, 29 February, then the 10th of March
        (Terms(0, "after"), "2024-02-29", "2024-02-29"),
        (Terms(0, "after", 31), "2024-01-15", "2024-02-29"),  # the 31st of February is its last day
    ],
)
def test_due_date_of_each_kind_of_terms(terms, issued, due):
    assert due_dates(pd.Series(pd.to_datetime([issued])), terms).iloc[0] == pd.Timestamp(due)


def _settled(issue: pd.DatetimeIndex, days: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"issue_date": issue, "settled_date": issue + pd.to_timedelta(days, unit="D")})


def test_terms_are_inferred_from_the_date_around_which_most_invoices_are_paid():
    issue = pd.date_range("2024-01-01", periods=100)
    choice = infer_terms(_settled(issue, [30 + n % 5 for n in range(60)] + [70 + n for n in range(40)]), legal_days=30)
    assert (choice.code, choice.source) == ("30", "inferred")
    assert choice.share >= 0.6


def test_end_of_month_terms_are_told_from_plain_ones():
    issue = pd.date_range("2024-01-01", periods=90)
    paid = due_dates(pd.Series(issue), Terms(45, "after"))
    choice = infer_terms(pd.DataFrame({"issue_date": issue, "settled_date": paid}), legal_days=30)
    assert (choice.code, choice.share) == ("45FM", 1.0)


def test_too_few_or_scattered_payments_fall_back_to_the_legal_default_and_say_so():
    few = infer_terms(_settled(pd.date_range("2024-01-01", periods=29), [30] * 29), legal_days=30)
    assert (few.code, few.source) == ("30", "legal")
    assert "29 settled invoices" in str(few.note)
    scattered = _settled(pd.date_range("2024-01-01", periods=120), [3 * n for n in range(120)])
    assert infer_terms(scattered, legal_days=30).source == "legal"
