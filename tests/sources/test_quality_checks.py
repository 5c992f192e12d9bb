"""Each check of the quality report on a few rows made by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from riskkit.sources.quality import Quality, make_quality
from tests.sources.quality_cases import AS_OF, as_ledger, customer, invoice, make_reading, payment, said


def found(report: Quality, code: str) -> tuple[int, int]:
    """Rows and cents of a finding; (0, 0) when it is absent."""
    row = report.quality[report.quality["code"] == code]
    return (0, 0) if row.empty else (int(row["rows_count"].iloc[0]), int(row["amount_cents"].iloc[0]))


def test_an_invoice_given_twice_is_found_and_its_first_copy_is_not_counted() -> None:
    rows = [invoice("F1", "C1", 100_00, "2024-05-10", "2024-06-09")] * 3
    report = make_quality(make_reading(rows), as_of=AS_OF)
    assert found(report, "duplicate_invoice") == (2, 200_00)
    assert found(report, "same_amount_and_day") == (0, 0)  # said once
    assert report.rows["row_id"].to_list()[:2] == ["i1", "i2"]


def test_a_number_used_again_for_another_amount_is_minor() -> None:
    rows = [
        invoice("F1", "C1", 100_00, "2024-05-10", "2024-06-09"),
        invoice("F1", "C1", 40_00, "2024-05-11", "2024-06-09"),
        invoice("F1", "C2", 40_00, "2024-05-11", "2024-06-09"),  # another customer's numbering
    ]
    report = make_quality(make_reading(rows), as_of=AS_OF)
    assert found(report, "shared_number") == (1, 40_00)
    assert found(report, "duplicate_invoice") == (0, 0)


def test_instalments_of_one_invoice_are_not_duplicates() -> None:
    rows = [invoice("F1", "C1", 50_00, "2024-05-02", due) for due in ("2024-05-31", "2024-06-15", "2024-06-30")]
    report = make_quality(make_reading(rows), as_of=AS_OF)
    assert found(report, "shared_number") == (0, 0)
    assert found(report, "same_amount_and_day") == (0, 0)


def test_same_customer_amount_and_day_is_found_except_in_a_catch_all_account() -> None:
    rows = [
        invoice(f"F{n}", code, 30_00, "2024-05-10", "2024-06-09") for n, code in enumerate(["C1", "C1", "DIV", "DIV"])
    ]
    who = [customer("C1"), customer("DIV", is_catch_all=True)]
    report = make_quality(make_reading(rows, [payment("F0", "C1", 30_00, "2024-06-01")], who), as_of=AS_OF)
    assert found(report, "same_amount_and_day") == (1, 30_00)


def test_identical_ledger_lines_are_reported_and_weigh_nothing() -> None:
    reading = make_reading([invoice("F1", "C1", 100_00, "2024-05-10")] * 2, due_dates="none")
    reading = replace(reading, files=as_ledger(reading, total_cents=200_00 - 1))
    report = make_quality(reading, as_of=AS_OF)
    assert found(report, "identical_ledger_lines") == (1, 100_00)
    assert found(report, "duplicate_invoice") == (0, 0)
    assert found(report, "shared_number") == (0, 0)
    assert report.grades.set_index("dimension").loc["uniqueness", "grade"] == "A"


def test_a_payment_given_twice_is_found_by_the_invoice_it_names() -> None:
    rows = [invoice("F1", "C1", 100_00, "2024-05-10", "2024-06-09")]
    paid = [payment("F1", "C1", 50_00, "2024-06-01")] * 2 + [payment(None, "C1", 7_00, "2024-06-02")] * 2
    report = make_quality(make_reading(rows, paid), as_of=AS_OF)
    assert found(report, "duplicate_payment") == (1, 50_00)
    assert found(report, "same_payment_and_day") == (1, 7_00)
    assert found(report, "payment_without_reference") == (2, 14_00)


@pytest.mark.parametrize(
    ("issue", "due", "code"),
    [
        ("1989-12-31", "2024-01-01", "impossible_date"),
        ("1990-01-01", None, None),
        ("2025-07-02", None, "impossible_date"),  # more than 366 days after 30 June 2024
        ("2024-12-01", "2025-01-01", None),  # after as_of: not known yet, no error
        ("2024-05-10", "2024-05-09", "due_before_issue"),
        ("2024-05-10", "2024-05-10", None),
        ("2023-05-10", "2024-05-10", None),  # 366 days: 2024 is a leap year
        ("2023-05-10", "2024-05-11", "due_too_late"),
    ],
)
def test_dates_out_of_order_or_out_of_this_world(issue, due, code) -> None:
    report = make_quality(make_reading([invoice("F1", "C1", 100_00, issue, due)]), as_of=AS_OF)
    dated = {"impossible_date", "due_before_issue", "due_too_late"} & set(report.quality["code"])
    assert dated == ({code} if code else set())


def test_a_few_dates_years_after_all_others_are_not_believed_even_as_valuation_date() -> None:
    rows = [invoice(f"F{n}", "C1", 100 + n, f"2023-{1 + n % 12:02}-15", None) for n in range(240)]
    rows.append(invoice("X", "C1", 9_00, "2052-03-01", None))
    report = make_quality(make_reading(rows), as_of=pd.Timestamp(2052, 3, 1).date())
    assert found(report, "impossible_date") == (1, 9_00)


def test_missing_due_dates_are_apart_when_the_customer_has_terms() -> None:
    rows = [invoice("F1", "C1", 100_00, "2024-05-10"), invoice("F2", "C2", 60_00, "2024-05-10")]
    rows.append(invoice("A1", "C1", -10_00, "2024-05-10", kind="credit_note"))  # a credit note needs no due date
    who = [customer("C1"), customer("C2", payment_terms="45FM")]
    report = make_quality(make_reading(rows, [payment("F1", "C1", 1_00, "2024-06-01")], who), as_of=AS_OF)
    assert found(report, "no_due_date") == (1, 100_00)
    assert found(report, "due_date_from_terms") == (1, 60_00)


def test_signs_that_do_not_go_with_the_kind() -> None:
    rows = [
        invoice("F1", "C1", -100_00, "2024-05-10"),
        invoice("A1", "C1", 20_00, "2024-05-10", kind="credit_note"),
        invoice("F2", "C1", 0, "2024-05-10"),
        invoice("F3", "C1", -5_00, "2024-05-11", kind="credit_note"),  # numbered F like the invoices
    ]
    paid = [payment(None, "C1", -30_00, "2024-06-01"), payment(None, "C1", 3_00, "2024-06-01", kind="refund")]
    report = make_quality(make_reading(rows, paid), as_of=AS_OF)
    assert found(report, "negative_invoice") == (1, 100_00)
    assert found(report, "positive_credit_note") == (1, 20_00)
    assert found(report, "zero_amount") == (1, 0)
    assert found(report, "payment_sign") == (2, 33_00)
    assert found(report, "negative_like_invoice") == (0, 0)  # A1 shows that credit notes have letters of their own


def test_a_negative_row_in_the_series_of_invoices_is_doubtful() -> None:
    rows = [invoice("F1", "C1", 100_00, "2024-05-10"), invoice("F2", "C1", -5_00, "2024-05-11", kind="credit_note")]
    assert found(make_quality(make_reading(rows), as_of=AS_OF), "negative_like_invoice") == (1, 5_00)


@pytest.mark.parametrize(
    ("excl", "code"),
    [
        (100_00, None),  # 20 %
        (109_09, None),  # 120 ÷ 1.10 = 109.0909
        (113_74, None),  # 120 ÷ 1.055 = 113.744
        (117_53, None),  # 120 ÷ 1.021 = 117.532
        (120_00, None),
        (105_00, "tax_rate_odd"),  # 14.3 %: a mix of rates, perhaps
        (90_00, "tax_rate_impossible"),  # 33 %
        (130_00, "tax_excl_above_incl"),
        (-100_00, "tax_excl_above_incl"),
    ],
)
def test_tax_is_judged_by_the_rate_it_implies(excl, code) -> None:
    rows = [invoice("F1", "C1", 120_00, "2024-05-10", excl_tax_cents=excl)]
    codes = set(make_quality(make_reading(rows), as_of=AS_OF).quality["code"])
    assert {c for c in codes if c.startswith("tax")} == ({code} if code else set())


def test_no_tax_is_doubtful_only_for_a_customer_otherwise_taxed() -> None:
    rows = [
        invoice("F1", "C1", 120_00, "2024-05-10", excl_tax_cents=100_00),
        invoice("F2", "C1", 80_00, "2024-05-10", excl_tax_cents=80_00),
        invoice("F3", "EXPORT", 70_00, "2024-05-10", excl_tax_cents=70_00),
    ]
    assert found(make_quality(make_reading(rows), as_of=AS_OF), "tax_basis_mix") == (1, 80_00)


def test_payments_are_orphans_others_early_or_unnamed() -> None:
    rows = [invoice("F1", "C1", 100_00, "2024-05-10", lettering="L"), invoice("F2", "C2", 50_00, "2024-05-10")]
    paid = [
        payment("F9", "C1", 11_00, "2024-06-01"),  # unknown invoice
        payment("F9", "C1", 12_00, "2024-06-01", lettering="L"),  # unknown, but lettered
        payment("F2", "C1", 13_00, "2024-06-01"),  # C2's invoice
        payment("F1", "C1", 14_00, "2024-05-09"),  # a day before
        payment("F1", "C1", 15_00, "2024-05-10"),  # the same day
        payment(None, "C1", 16_00, "2024-06-01"),
    ]
    report = make_quality(make_reading(rows, paid), as_of=AS_OF)
    assert found(report, "orphan_payment") == (1, 11_00)
    assert found(report, "payment_other_customer") == (1, 13_00)
    assert found(report, "payment_before_invoice") == (1, 14_00)
    assert found(report, "payment_without_reference") == (1, 16_00)


def test_identity_is_weighed_by_balance_at_the_date() -> None:
    rows = [invoice(f"F{n}", f"C{n}", n * 100_00, "2024-05-10", "2024-06-09") for n in range(1, 6)]
    rows.append(invoice("F9", "C1", 900_00, "2024-07-10", "2024-08-09"))  # after as_of: not in the balance
    who = [
        customer("C1", siren=None),
        customer("C2", siren=None, siren_raw="123456789"),  # Luhn fails: 47 is no multiple of 10
        customer("C3", siren=None, name=None),
        customer("C4", siren=None, country="Belgique"),
        customer("C5"),
    ]
    report = make_quality(make_reading(rows, [payment("F1", "C1", 30_00, "2024-06-01")], who), as_of=AS_OF)
    assert found(report, "no_siren") == (1, 70_00)  # 100 − 30
    assert found(report, "invalid_siren") == (1, 200_00)
    assert found(report, "no_name") == (1, 300_00)
    assert found(report, "shared_siren") == (0, 0)


def test_two_accounts_of_one_siren_are_found() -> None:
    rows = [invoice("F1", "C1", 100_00, "2024-05-10"), invoice("F2", "C2", 20_00, "2024-05-10")]
    who = [customer("C1"), customer("C2")]
    report = make_quality(make_reading(rows, [payment("F1", "C1", 1_00, "2024-06-01")], who), as_of=AS_OF)
    assert found(report, "shared_siren") == (2, 119_00)


@pytest.mark.parametrize(("cents", "severity"), [(10_00, "minor"), (15_00, "important")])
def test_a_catch_all_account_is_important_from_a_tenth_of_billing(cents, severity) -> None:
    rows = [invoice("F1", "C1", 100_00, "2024-05-10"), invoice("F2", "DIV", cents, "2024-05-10")]
    who = [customer("C1"), customer("DIV", is_catch_all=True, siren=None)]
    report = make_quality(make_reading(rows, [payment("F1", "C1", 1_00, "2024-06-01")], who), as_of=AS_OF)
    assert found(report, "catch_all") == (1, cents)  # 10 ÷ 110 = 9.1 %, 15 ÷ 115 = 13 %
    row = report.quality.set_index("code").loc["catch_all"]
    assert row["severity"] == severity
    assert "mixes several customers" in said(row["label"])
