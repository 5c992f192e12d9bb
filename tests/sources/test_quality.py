"""The quality report as a whole: rows and euros tie, words are kept, grades follow their rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.errors import Message, Money, message
from riskkit.sources.quality import make_quality
from riskkit.sources.quality_grades import grade_of
from riskkit.sources.quality_tables import DIMENSIONS, QUALITY, QUALITY_ROWS, pack_message, unpack_message
from tests.sources.quality_cases import AS_OF, as_ledger, customer, invoice, make_reading, payment, said


def test_clean_files_have_no_finding_and_grade_a() -> None:
    reading = make_reading(
        [invoice("F1", "C1", 120_00, "2024-05-02", "2024-06-01", excl_tax_cents=100_00)],
        [payment("F1", "C1", 120_00, "2024-06-03")],
        [customer("C1")],
    )
    report = make_quality(reading, as_of=AS_OF)
    assert report.quality.empty
    assert report.rows.empty
    grades = report.grades.set_index("dimension")["grade"]
    assert grades["overall"] == "A"
    assert pd.isna(grades["reconciliation"])  # no control total: said, never graded
    assert "no control total" in said(report.grades.set_index("dimension")["reason"]["reconciliation"])


def test_a_finding_counts_its_rows_and_euros_and_links_to_them() -> None:
    # two invoices of 100 and 50 are due before issue, out of 1 000 invoiced: 150 ÷ 1 000 = 15 %
    reading = make_reading(
        [
            invoice("F1", "C1", 100_00, "2024-05-10", "2024-05-01"),
            invoice("F2", "C1", 50_00, "2024-05-10", "2024-05-09"),
            invoice("F3", "C2", 850_00, "2024-05-10", "2024-06-09"),
        ],
        [payment("F3", "C2", 850_00, "2024-06-01")],
    )
    report = make_quality(reading, as_of=AS_OF)
    row = report.quality.set_index("code").loc["due_before_issue"]
    assert (row["rows_count"], row["amount_cents"], row["share_of_amount"]) == (2, 150_00, 0.15)
    assert (row["source_file"], row["source_line"], row["example"]) == ("factures.csv", 2, "F1 · C1")
    linked = report.rows[report.rows["code"] == "due_before_issue"]
    assert linked["row_id"].to_list() == ["i0", "i1"]
    assert linked["source_line"].to_list() == [2, 3]
    # consistency: 0.25 × 15 % = 3.75 %, a C (B ends at 3 %, C at 10 %)
    graded = report.grades.set_index("dimension").loc["consistency"]
    assert graded["weighted_share"] == pytest.approx(0.0375)
    assert graded["grade"] == "C"
    assert report.grades.set_index("dimension").loc["overall", "grade"] == "C"


def test_grade_edges_belong_to_the_better_letter() -> None:
    shares = (0.0, 0.01, 0.0101, 0.03, 0.031, 0.10, 0.11, 0.25, 0.26, 1.0)
    assert "".join(grade_of(share) for share in shares) == "AABBCCDDEE"


def test_a_row_with_two_findings_weighs_once_with_the_heavier() -> None:
    # F2 is 100 of 400: due before issue (important, 0.25) and paid before issue is on payments; tax odd is minor (0.05)
    reading = make_reading(
        [
            invoice("F1", "C1", 300_00, "2024-05-10", "2024-06-09"),
            invoice("F2", "C1", 100_00, "2024-05-10", "2024-05-01", excl_tax_cents=95_00),
        ],
        [payment("F1", "C1", 300_00, "2024-06-01")],
    )
    report = make_quality(reading, as_of=AS_OF)
    assert {"due_before_issue", "tax_rate_odd"} <= set(report.quality["code"])
    graded = report.grades.set_index("dimension").loc["consistency"]
    assert graded["weighted_share"] == pytest.approx(0.25 * 100 / 400)  # not (0.25 + 0.05) × 100 ÷ 400
    assert graded["amount_cents"] == 100_00


def test_a_blocking_finding_grades_d_at_best() -> None:
    rows = [invoice(f"F{n}", "C1", 1_000_000_00 + n, "2024-05-10", "2024-06-09") for n in range(3)]
    reading = make_reading([*rows, invoice("G", "C1", 1_00, "2024-05-10", "2024-06-09", currency="USD")])
    report = make_quality(reading, as_of=AS_OF)
    assert report.quality.iloc[0]["code"] == "currency_mix"
    assert report.grades.set_index("dimension").loc["consistency", "grade"] == "D"


def test_rows_set_aside_are_findings_with_their_euros() -> None:
    aside = [
        {"source_file": "f.csv", "source_line": 9, "table": "invoices", "reason": reason, "amount_cents": cents,
         "raw": "a|b"}
        for reason, cents in (("unreadable_date", 80_00), ("unreadable_date", -20_00), ("total_row", 500_00))
    ]  # fmt: skip
    reading = make_reading([invoice("F1", "C1", 100_00, "2024-05-10", "2024-06-09")], rejects=aside)
    found = make_quality(reading, as_of=AS_OF).quality.set_index("code")
    assert found.loc["rejected_unreadable_date", "rows_count"] == 2
    assert found.loc["rejected_unreadable_date", "amount_cents"] == 100_00  # 80 + 20, signs dropped
    assert found.loc["rejected_unreadable_date", "is_graded"]
    assert not found.loc["rejected_total_row", "is_graded"]


def test_a_ledger_is_reconciled_with_its_own_account_411() -> None:
    rows = [invoice("F1", "C1", 100_00, "2024-05-10"), invoice("F2", "C1", 60_00, "2024-05-10")]
    reading = make_reading(rows, [payment("F1", "C1", 90_00, "2024-06-01")], due_dates="none")
    ties = replace(reading, files=as_ledger(reading, total_cents=70_00))  # 100 + 60 − 90
    report = make_quality(ties, as_of=AS_OF)
    assert report.grades.set_index("dimension").loc["reconciliation", "grade"] == "A"
    assert report.reconciliation.empty
    assert "hold no due date" in said(report.grades.set_index("dimension").loc["conformity", "reason"])


def test_money_dates_and_sentences_survive_being_kept_as_text() -> None:
    inner = message("inside {n}", n=2)
    sentence = message("{a} {b} {c} {d}", a=Money(-5, "USD", compact=True), b=dt.date(2024, 2, 29), c=inner, d=0.5)
    assert unpack_message(pack_message(sentence)) == sentence
    with pytest.raises(ValueError, match="not a packed message"):
        unpack_message('"text"')


_DAYS = st.dates(dt.date(1985, 1, 1), dt.date(2030, 1, 1)).map(str)
_ROWS = st.lists(
    st.tuples(st.sampled_from(["F1", "F2", None]), st.sampled_from(["C1", "C2"]), st.integers(-500, 500), _DAYS,
              st.none() | _DAYS, st.sampled_from(["invoice", "credit_note", "deposit", "opening"])),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(_ROWS, st.randoms())
def test_whatever_the_rows_counts_and_euros_tie_and_order_is_irrelevant(rows, shuffle) -> None:
    bills = [invoice(n, c, cents, issue, due, kind=kind) for n, c, cents, issue, due, kind in rows]
    report = make_quality(make_reading(bills), as_of=AS_OF)
    sums = report.rows.groupby("code")["amount_cents"].agg(lambda cents: cents.abs().sum())
    for row in report.quality.itertuples():
        assert sums[row.code] == row.amount_cents
        assert row.counted != "rows" or (report.rows["code"] == row.code).sum() == row.rows_count
    assert list(report.quality.columns) == QUALITY.names
    assert list(report.rows.columns) == QUALITY_ROWS.names
    assert report.grades["dimension"].to_list() == [*DIMENSIONS, "overall"]
    mixed = list(bills)
    shuffle.shuffle(mixed)
    again = make_quality(make_reading(mixed), as_of=AS_OF)
    codes = ["code", "rows_count", "amount_cents"]
    pd.testing.assert_frame_equal(
        report.quality[codes].sort_values("code", ignore_index=True),
        again.quality[codes].sort_values("code", ignore_index=True),
    )


def test_the_reading_is_not_changed() -> None:
    reading = make_reading([invoice("F1", "C1", 100_00, "2024-05-10", "2024-05-01")])
    before = reading.invoices.copy()
    make_quality(reading, as_of=AS_OF)
    pd.testing.assert_frame_equal(reading.invoices, before)


def test_real_ledgers_tie_and_say_what_is_known_of_them(shared_data) -> None:
    from riskkit.sources.fec import read_fec

    reading = read_fec(sorted((shared_data / "fec").glob("fec_b2b_*.txt")))
    report = make_quality(reading, as_of=reading.latest_date)
    found = report.quality.set_index("code")
    assert "9DIVER" in found.loc["catch_all", "example"]  # the catalogue: about 31 % of billing in one account
    assert found.loc["catch_all", "share_of_amount"] == pytest.approx(0.31, abs=0.06)
    assert "duplicate_invoice" not in found.index  # equal lines of a ledger are not errors
    assert "hole_invoices" not in found.index
    assert report.grades.set_index("dimension").loc["reconciliation", "grade"] == "A"


def test_dirty_table_of_the_catalogue_is_found_as_described(shared_data) -> None:
    from riskkit.sources.collect import collect

    reading, _ = collect(sorted((shared_data / "ar" / "relational_inr").glob("*.csv")))
    found = make_quality(reading, as_of=reading.latest_date).quality.set_index("code")["rows_count"]
    # the catalogue of these files: 5 duplicate invoices, 3 duplicate customers, 15 due dates and 6 amounts missing
    assert found["duplicate_invoice"] == 5
    assert found["rejected_duplicate_customer"] == 3
    assert found["due_date_from_terms"] == 15
    assert found["rejected_missing_amount"] == 6


def test_message_templates_hold_every_value_they_need() -> None:
    from riskkit.sources.quality_kinds import LEDGER_KINDS, ROW_KINDS

    for kind in (*ROW_KINDS.values(), *LEDGER_KINDS.values()):
        assert kind.dimension in DIMENSIONS
        for text in (kind.label, kind.effect, kind.action):
            assert isinstance(text, Message)
