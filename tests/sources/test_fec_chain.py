"""Several years of one company: the opening of each is the closing before, to the cent and item by item."""

from __future__ import annotations

import datetime as dt

import pytest

from riskkit.errors import DataError, ReconciliationError
from riskkit.sources.fec import read_fec
from tests.sources.fec_texts import cash_in, line, opening, sale, write

YEAR_END = [
    line("OD", "99", "20231231", "681000", debit="5,00"),
    line("OD", "99", "20231231", "281000", credit="5,00"),
]


def _first(tmp_path, name="2023.txt", **dress):
    # DUP owes 120 + 60 = 180; CEL paid 40 of 100 and owes 60; closing 240
    return write(
        tmp_path / name,
        sale("1", "20230110", "DUP", "120,00", "100,00", "20,00", piece="FA101"),
        sale("2", "20231115", "DUP", "60,00", "50,00", "10,00", piece="FA102"),
        sale("3", "20231120", "CEL", "100,00", "80,00", "20,00", piece="FA103"),
        cash_in("4", "20231201", "CEL", "40,00"),
        YEAR_END,
        **dress,
    )


ITEMISED = [
    ("DUP", "120,00", "0", "FA101", "20230110", "A"),
    ("DUP", "60,00", "0", "FA102", "20231115", ""),
    ("CEL", "100,00", "0", "FA103", "20231120", "B"),
    ("CEL", "0", "40,00", "R1", "20231201", "B"),
]
BALANCES = [("DUP", "180,00", "0", "RAN", "20240101", "A"), ("CEL", "60,00", "0", "RAN", "20240101", "B")]


def _second(tmp_path, items, *more, name="2024.txt"):
    # CEL pays 60, DUP pays 120; 240 − 180 = 60 left
    return write(
        tmp_path / name,
        opening("20240101", items),
        cash_in("4", "20240201", "CEL", "60,00", let="B", let_date="20240201"),
        cash_in("5", "20240301", "DUP", "120,00", let="A", let_date="20240301"),
        *more,
    )


def _balance(reading, day):
    issued = reading.invoices[reading.invoices["issue_date"] <= day]["amount_cents"].sum()
    return issued - reading.payments[reading.payments["payment_date"] <= day]["amount_cents"].sum()


@pytest.mark.parametrize("items", [ITEMISED, BALANCES], ids=["itemised", "balances"])
def test_two_years_count_each_euro_once(tmp_path, items):
    second, first = _second(tmp_path, items), _first(tmp_path)
    reading = read_fec([second, first])
    assert [source.file for source in reading.files] == ["2023.txt", "2024.txt"]
    assert _balance(reading, "2023-12-31") == 24_000
    assert _balance(reading, "2024-12-31") == 6_000
    later = reading.files[1]
    assert (later.rows_rejected, later.rejected_cents, later.total_cents) == (len(items), 24_000, 6_000)
    assert set(reading.rejects["reason"]) == {"fec_opening_chained"}
    assert int(reading.rejects["amount_cents"].sum()) == 24_000
    assert reading.coverage_start == dt.date(2023, 1, 1)
    assert len(reading.invoices) == 3


def test_lettering_of_the_next_year_goes_to_the_original_items(tmp_path):
    reading = read_fec([_first(tmp_path), _second(tmp_path, ITEMISED)])
    letters = reading.invoices.set_index("invoice_number")["lettering"].fillna("")
    assert letters.to_dict() == {"FA101": "411000|DUP|A|2024.txt", "FA102": "", "FA103": "411000|CEL|B|2024.txt"}
    paid = reading.payments.set_index("payment_date")["lettering"].fillna("")
    assert paid[dt.datetime(2023, 12, 1)] == "411000|CEL|B|2024.txt"  # noqa: DTZ001 - a label, not a moment
    note = next(note for note in reading.notes if "found again" in note.template)
    assert note.values["matched"] == 4


def test_a_lettered_balance_letters_the_items_it_sums_up(tmp_path):
    reading = read_fec([_first(tmp_path), _second(tmp_path, BALANCES)])
    letters = reading.invoices.set_index("invoice_number")["lettering"].fillna("")
    # DUP's opening of 180 = FA101 + FA102, CEL's 60 = FA103 − 40
    assert letters.to_dict() == dict.fromkeys(("FA101", "FA102"), "411000|DUP|A|2024.txt") | {
        "FA103": "411000|CEL|B|2024.txt"
    }


def test_three_years_carry_an_old_item_to_the_end(tmp_path):
    third = write(
        tmp_path / "2025.txt",
        opening("20250101", [("DUP", "60,00", "0", "FA102", "20231115", "C")]),
        cash_in("9", "20250601", "DUP", "60,00", let="C", let_date="20250601"),
    )
    closing = [
        line("OD", "98", "20241231", "681000", debit="1,00"),
        line("OD", "98", "20241231", "281000", credit="1,00"),
    ]
    reading = read_fec([_first(tmp_path), _second(tmp_path, ITEMISED, closing), third])
    assert [_balance(reading, f"{year}-12-31") for year in (2023, 2024, 2025)] == [24_000, 6_000, 0]
    assert reading.invoices.set_index("invoice_number")["lettering"]["FA102"] == "411000|DUP|C|2025.txt"


def test_a_difference_is_shown_by_customer_and_stops(tmp_path):
    changed = [("DUP", "150,00", "0", "RAN", "20240101", ""), ("CEL", "60,00", "0", "RAN", "20240101", "")]
    with pytest.raises(ReconciliationError, match="customer") as caught:
        read_fec([_first(tmp_path), _second(tmp_path, changed)])
    total, *examples = caught.value.messages
    assert (total.values["count"], total.values["gap"].cents) == (1, 3_000)
    assert examples[0].values["customer"] == "DUP"
    assert examples[0].values["gap"].cents == -3_000  # opens at 150, closed at 180


def test_equal_totals_with_customers_swapped_stop_too(tmp_path):
    swapped = [("DUP", "60,00", "0", "RAN", "20240101", ""), ("CEL", "180,00", "0", "RAN", "20240101", "")]
    with pytest.raises(ReconciliationError):
        read_fec([_first(tmp_path), _second(tmp_path, swapped)])


def test_a_missing_year_is_named(tmp_path):
    later = write(
        tmp_path / "2025.txt",
        opening("20250101", [("DUP", "60,00", "0", "FA102", "20231115", "")]),
        sale("2", "20250115", "DUP", "6,00", "5,00", "1,00", piece="FA200"),
    )
    with pytest.raises(DataError, match="from 2024-01-01 to 2024-12-31"):
        read_fec([_first(tmp_path), later])


def test_a_part_of_a_year_without_opening_continues_the_one_before(tmp_path):
    rest = write(tmp_path / "b.txt", cash_in("5", "20240105", "DUP", "180,00"))
    reading = read_fec([_first(tmp_path), rest])
    assert _balance(reading, "2024-01-31") == 6_000
    assert any("read as the rest" in note.template for note in reading.notes)


def test_the_same_file_twice_is_refused(tmp_path):
    with pytest.raises(DataError, match="are the same file"):
        read_fec([_first(tmp_path), _first(tmp_path, "copy.txt")])


def test_two_versions_of_a_year_are_refused(tmp_path):
    with pytest.raises(DataError, match="cover the same days"):
        read_fec([_first(tmp_path), _first(tmp_path, "v2.txt", end="\n")])


def test_another_siren_in_the_name_is_another_company(tmp_path):
    first = _first(tmp_path, "123456782FEC20231231.txt")
    with pytest.raises(DataError, match="different companies"):
        read_fec([first, _second(tmp_path, ITEMISED, name="732829320FEC20241231.txt")])


def test_nothing_in_common_is_another_company(tmp_path):
    def bills(year, names):
        return [
            sale(str(n), f"{year}1215", aux, "12,00", "10,00", "2,00", piece=f"F{year}{n}")
            for n, aux in enumerate(names, start=1)
        ]

    first = write(tmp_path / "a.txt", *bills(2023, ["A1", "A2", "A3"]))
    items = [(aux, "12,00", "0", "RAN", "20240101", "") for aux in ("B1", "B2", "B3")]
    second = write(tmp_path / "b.txt", opening("20240101", items), *bills(2024, ["B1", "B2", "B3"]))
    with pytest.raises(DataError, match="different companies"):
        read_fec([first, second])
