"""What each line of account 411 becomes, decided by the accounts that stand against it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskkit.exhibits.language import language
from riskkit.sources.fec import read_fec
from riskkit.sources.fec_references import reference_key
from tests.sources.fec_texts import cash_in, line, opening, sale, write

ANCHOR = sale("900", "20240105", "ANC", "12,00", "10,00", "2,00", piece="FA900")


def _entry(journal, number, *lines):
    """Lines as (account, debit, credit); 411 carries the customer DUP and the piece X1."""
    return [
        line(
            journal, number, "20240310", account, debit=debit, credit=credit, piece="X1",
            aux="DUP" if account.startswith("411") else "",
        )
        for account, debit, credit in lines
    ]  # fmt: skip


CASES = {
    "sale": (("ZZ", ("411000", "120,00", "0"), ("706000", "0", "100,00"), ("445710", "0", "20,00")), "invoice", 12_000),
    "sale_booked_in_od": (("OD", ("411000", "120,00", "0"), ("707000", "0", "120,00")), "invoice", 12_000),
    "rent_with_vat": (
        ("LO", ("411000", "12,00", "0"), ("752000", "0", "10,00"), ("445710", "0", "2,00")),
        "invoice",
        1_200,
    ),
    "credit_note": (
        ("VE", ("411000", "0", "12,00"), ("707000", "10,00", "0"), ("445710", "2,00", "0")),
        "credit_note",
        -1_200,
    ),
    "deposit": (("VE", ("411000", "12,00", "0"), ("419100", "0", "10,00"), ("445710", "0", "2,00")), "deposit", 1_200),
    "deposit_without_vat": (("VE", ("411000", "12,00", "0"), ("419100", "0", "12,00")), "deposit", 1_200),
    "invoice_less_deposit": (
        ("VE", ("411000", "2,00", "0"), ("419100", "10,00", "0"), ("707000", "0", "12,00")),
        "invoice",
        200,
    ),
    "deposit_cancelled": (
        ("VE", ("411000", "0", "12,00"), ("419100", "10,00", "0"), ("445710", "2,00", "0")),
        "credit_note",
        -1_200,
    ),
    "rounding_debit": (("OD", ("411000", "0,01", "0"), ("758000", "0", "0,01")), "other", 1),
    "bank": (("BQ", ("411000", "0", "12,00"), ("512000", "12,00", "0")), "payment", 1_200),
    "bank_with_fees": (
        ("BQ", ("411000", "0", "12,00"), ("512000", "11,00", "0"), ("627000", "1,00", "0")),
        "payment",
        1_200,
    ),
    "cheque": (("RC", ("411000", "0", "12,00"), ("511200", "12,00", "0")), "payment", 1_200),
    "till": (("CA", ("411000", "0", "12,00"), ("530000", "12,00", "0")), "payment", 1_200),
    "bounced": (("BQ", ("411000", "12,00", "0"), ("512000", "0", "12,00")), "refund", -1_200),
    "written_off": (
        ("OD", ("411000", "0", "12,00"), ("654000", "10,00", "0"), ("445710", "2,00", "0")),
        "write_off",
        1_200,
    ),
    "exceptional_loss": (("OD", ("411000", "0", "12,00"), ("671400", "12,00", "0")), "write_off", 1_200),
    "to_doubtful": (("OD", ("411000", "0", "12,00"), ("416000", "12,00", "0")), "other", 1_200),
    "to_bill": (("OD", ("411000", "0", "12,00"), ("413000", "12,00", "0")), "other", 1_200),
    "set_off": (("OD", ("411000", "0", "12,00"), ("401000", "12,00", "0")), "other", 1_200),
    "rounding_credit": (("OD", ("411000", "0", "0,01"), ("658000", "0,01", "0")), "other", 1),
    "partner_receives": (("OD", ("411000", "0", "12,00"), ("108000", "12,00", "0")), "other", 1_200),
}


@pytest.mark.parametrize("case", CASES)
def test_counterparts_decide_what_a_line_is(tmp_path, case):
    (journal, *lines), kind, cents = CASES[case]
    reading = read_fec([write(tmp_path / "a.txt", ANCHOR, _entry(journal, "1", *lines))])
    invoices = reading.invoices[reading.invoices["customer_id"] == "DUP"]
    found = [*zip(invoices["kind"], invoices["amount_cents"], strict=True)]
    found += zip(reading.payments["kind"], reading.payments["amount_cents"], strict=True)
    assert found == [(kind, cents)]
    sold = kind in ("invoice", "deposit", "credit_note")
    assert invoices["is_sale"].tolist() == [sold] * len(invoices)


def test_one_entry_for_a_cash_sale_is_read_by_side(tmp_path):
    entry = _entry(
        "CA",
        "1",
        ("411000", "12,00", "0"),
        ("411000", "0", "12,00"),
        ("530000", "12,00", "0"),
        ("707000", "0", "12,00"),
    )
    reading = read_fec([write(tmp_path / "a.txt", entry)])
    assert reading.invoices["kind"].tolist() == ["invoice"]
    assert reading.payments["kind"].tolist() == ["payment"]
    assert reading.invoices["excl_tax_cents"].isna().all()


def test_tax_is_known_only_where_the_entry_holds_one_customer_line(tmp_path):
    both = _entry(
        "VE", "1", ("411000", "12,00", "0"), ("411000", "24,00", "0"), ("707000", "0", "30,00"), ("445710", "0", "6,00")
    )
    reading = read_fec([write(tmp_path / "a.txt", ANCHOR, both)])
    assert sorted(reading.invoices["excl_tax_cents"].dropna()) == [1_000]


def test_lettering_is_scoped_to_account_auxiliary_code_and_file(tmp_path):
    bill = sale("1", "20240110", "DUP", "12,00", "10,00", "2,00", piece="F1", let="AA", let_date="20240301")
    other = sale("2", "20240110", "DUP", "12,00", "10,00", "2,00", piece="F2", account="411100", let="AA")
    blank = sale("3", "20240110", "DUP", "12,00", "10,00", "2,00", piece="F3", let="  ")
    reading = read_fec([write(tmp_path / "a.txt", bill, other, blank)])
    assert reading.invoices["lettering"].fillna("").tolist() == ["411000|DUP|AA|a.txt", "411100|DUP|AA|a.txt", ""]
    assert reading.invoices["lettering_date"].dropna().dt.date.tolist() == [dt.date(2024, 3, 1)]
    assert reading.customers["customer_id"].tolist() == ["DUP"]  # one customer under two accounts


def test_equal_lines_are_all_kept(tmp_path):
    bill = sale("1", "20240110", "DUP", "12,00", "10,00", "2,00", piece="F1")
    assert len(read_fec([write(tmp_path / "a.txt", bill, bill)]).invoices) == 2


def test_openings_are_items_and_not_sales(tmp_path):
    items = opening(
        "20240101",
        [
            ("DUP", "100,00", "0", "FA0071", "20231120", ""),  # keeps its date: an invoice of 2023
            ("DUP", "0", "10,00", "AV0003", "20231201", ""),  # a credit note of 2023
            ("DUP", "0", "30,00", "VIR", "20231215", ""),  # cash received in 2023 and not used
            ("ANC", "50,00", "0", "RAN", "20240101", ""),  # a balance without detail
            ("BON", "0", "7,00", "RAN", "20240101", ""),  # a credit balance without detail
        ],
    )
    reading = read_fec([write(tmp_path / "a.txt", items, ANCHOR)])
    opened = reading.invoices[~reading.invoices["is_sale"]].set_index("source_line")
    assert opened["kind"].tolist() == ["invoice", "credit_note", "opening"]
    assert opened["amount_cents"].tolist() == [10_000, -1_000, 5_000]
    assert opened["issue_date"].dt.date.tolist() == [dt.date(2023, 11, 20), dt.date(2023, 12, 1), dt.date(2024, 1, 1)]
    assert reading.payments["kind"].tolist() == ["payment", "other"]
    assert reading.payments["amount_cents"].tolist() == [3_000, 700]
    assert reading.coverage_start == dt.date(2024, 1, 1)
    # 100 − 10 − 30 + 50 − 7 + 12 = 115
    assert reading.files[0].total_cents == 11_500


def test_an_opening_dated_the_last_day_of_the_year_before_starts_the_next_morning(tmp_path):
    items = opening("20231231", [("DUP", "100,00", "0", "RAN", "20231231", "")])
    reading = read_fec([write(tmp_path / "a.txt", items, ANCHOR)])
    assert reading.coverage_start == dt.date(2024, 1, 1)


def test_several_opening_lines_of_a_customer_are_items(tmp_path):
    items = opening("20240101", [("DUP", f"{n},00", "0", "sans", "20240101", "") for n in (5, 6)])
    reading = read_fec([write(tmp_path / "a.txt", items, ANCHOR)])
    assert reading.invoices["kind"].tolist()[:2] == ["invoice", "invoice"]


def test_a_payment_names_an_invoice_only_without_doubt(tmp_path):
    bills = [
        sale(str(n), "20240110", aux, "12,00", "10,00", "2,00", piece=piece)
        for n, (aux, piece) in enumerate(
            [("DUP", "FA00001300"), ("DUP", "FA00001301"), ("CEL", "FA00001302"), ("DUP", "FA00002000")], start=1
        )
    ]
    receipts = [
        cash_in("50", "20240201", "DUP", "1,00", piece="FA00001300"),  # by its piece
        cash_in("51", "20240202", "DUP", "1,00", label="SOLDE FACTURE FA 00001301 MERCI"),  # in its label
        cash_in("52", "20240203", "DUP", "1,00", label="VIR 2000 SARL"),  # the bare number
        cash_in("53", "20240204", "DUP", "1,00", label="FA1300 ET FA1301"),  # two: none
        cash_in("54", "20240205", "DUP", "1,00", label="FA00001302"),  # another customer's
        cash_in("55", "20240109", "DUP", "1,00", label="FA00001300"),  # before the invoice exists
    ]
    payments = read_fec([write(tmp_path / "a.txt", *bills, *receipts)]).payments
    by_line = payments.sort_values("source_line")["reference"].fillna("").tolist()
    assert by_line == ["FA1300", "FA1301", "FA2000", "", "", ""]


def test_a_piece_shared_by_customers_is_no_reference(tmp_path):
    bills = [sale(str(n), "20240110", aux, "12,00", "10,00", "2,00", piece="VE 0124") for n, aux in enumerate("AB")]
    assert read_fec([write(tmp_path / "a.txt", *bills)]).invoices["reference"].isna().all()


def test_reference_keys_forget_case_spaces_and_leading_zeros():
    pieces = pd.Series(["FA 0001300", "fa1300", "RAN", "", "0071", "AV-00"])
    assert reference_key(pieces).fillna("").tolist() == ["FA1300", "FA1300", "", "", "71", "AV0"]


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("9DIVER", "DIVERS", True),
        ("C01", "CLIENTS DIVERS", True),
        ("CDIVERS", "X", True),
        ("C02", "Clients de passage", True),
        ("C03", "Ventes au comptant", True),
        ("C04", "DIVERSEY FRANCE", False),
        ("C05", "UNIVERS MOTO", False),
        ("C06", "PEINTURE ET TRAVAUX DIVERS SARL DUPONT", False),
        ("DIVETTE", "DIVETTE SA", False),
    ],
)
def test_catch_all_accounts_are_named(tmp_path, code, name, expected):
    entry = sale("1", "20240110", code, "12,00", "10,00", "2,00", piece="F1")
    entry[0][7] = name
    reading = read_fec([write(tmp_path / "a.txt", ANCHOR, entry)])
    flags = reading.customers.set_index("customer_id")["is_catch_all"]
    assert bool(flags[code]) is expected
    notes = [note for note in reading.notes if "several customers" in language("en").say(note)]
    # 12 of the 24 euros billed
    assert [dict(note.values)["share"] for note in notes] == ([50.0] if expected else [])


def test_the_collective_account_without_auxiliary_is_a_catch_all(tmp_path):
    entry = sale("1", "20240110", "", "12,00", "10,00", "2,00", piece="F1", account="41110000")
    assert read_fec([write(tmp_path / "a.txt", entry)]).customers["is_catch_all"].tolist() == [True]
