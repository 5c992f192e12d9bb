"""Text to amounts and dates: every habit of French and English files, exactly, and what cannot be read is said."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.sources import parsing
from riskkit.sources.parsing import read_amounts, read_dates

NARROW, HARD = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("1 234,56", 123456),
        (f"1{NARROW}234,56{HARD}€", 123456),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1'234.50", 123450),
        ("1,23,456.78", 12345678),  # Indian grouping
        ("1.234.567", 123456700),
        ("-12", -1200),
        ("−5,10", -510),
        ("12,50-", -1250),
        ("(12,50)", -1250),
        ("$ (1,234.50)", -123450),
        ("100,00 CR", -10000),
        ("€ 3.10", 310),
        ("1 234,5 EUR", 123450),
        ("5800000", 580000000),
        ("0000000074,70", 7470),
        ("1.5E+05", 15000000),
        ("-", 0),
        ("999999999999999.00", 99999999999999900),  # the largest that is read: no overflow on the way to cents
        ("99999999999999,99", 9999999999999999),
        ("100000000000000", 10000000000000000),
    ],
)
def test_an_amount_is_read_whatever_its_habit(cell, cents):
    assert read_amounts([cell]) == [cents]


@pytest.mark.parametrize("cell", ["abc", "12/01/2024", "5%", "1 234,567,8", "1-2", "", None, "9" * 25, "12 k€"])
def test_what_is_not_an_amount_is_never_made_one(cell):
    assert read_amounts([cell]) == [None]


def test_float_dust_is_rounded_to_the_cent_half_to_even():
    # 0.30000000000000004 -> 30; 1.005 -> 100.5 cents -> 100; 1.015 -> 101.5 -> 102; -0.005 -> -0.5 -> 0
    cells = ["0.30000000000000004", "1.005", "1.015", "-0.005", "12.345678"]
    assert read_amounts(cells, spreadsheet=True) == [30, 100, 102, 0, 1235]


def test_three_digits_after_a_lone_mark_follow_the_rest_of_the_column():
    assert read_amounts(["1.234", "12.5"]) == [123, 1250]  # points are decimal marks here: 1.234 -> 123.4 cents
    assert read_amounts(["1.234", "12,5"]) == [123400, 1250]
    assert read_amounts(["1,234", "5,678"]) == [123400, 567800]
    assert read_amounts(["1.234"], spreadsheet=True) == [123]


@given(st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_cents_written_in_french_come_back(cents):
    def french(value: int) -> str:
        whole, rest = divmod(abs(value), 100)
        return ("-" if value < 0 else "") + f"{whole:,}".replace(",", NARROW) + f",{rest:02d}{HARD}€"

    assert read_amounts([french(value) for value in cents]) == cents


@given(st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_cents_written_in_english_come_back(cents):
    def english(value: int) -> str:
        whole, rest = divmod(abs(value), 100)
        shown = f"{whole:,}.{rest:02d}"
        return f"({shown})" if value < 0 else shown

    assert read_amounts([english(value) for value in cents]) == cents


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-03-01", (2024, 3, 1)),
        ("2024-03-01 00:00:00", (2024, 3, 1)),
        ("2024-03-01T10:00:00Z", (2024, 3, 1)),
        ("2024/3/1", (2024, 3, 1)),
        ("20240301", (2024, 3, 1)),
        ("20240301.0", (2024, 3, 1)),
        ("01/03/2024", (2024, 3, 1)),
        ("1/3/24", (2024, 3, 1)),
        ("01.03.2024", (2024, 3, 1)),
        ("01032024", (2024, 3, 1)),
        ("45352", (2024, 3, 1)),  # days since 1899-12-30
        ("1er mars 2024", (2024, 3, 1)),
        ("12-déc.-23", (2023, 12, 12)),
        ("12 août 2023 10:30", (2023, 8, 12)),
        ("15 juil. 2023", (2023, 7, 15)),
        ("lundi 4 mars 2024", (2024, 3, 4)),
        ("March 5, 2024", (2024, 3, 5)),
        ("29/02/2024", (2024, 2, 29)),
    ],
)
def test_a_date_is_read_whatever_its_habit(cell, day):
    assert read_dates([cell]) == [dt.date(*day)]


@pytest.mark.parametrize("cell", ["31/02/2024", "29/02/2023", "abc", "", None, "12/2024", "2024-13-01"])
def test_what_is_not_a_date_is_never_made_one(cell):
    assert read_dates([cell]) == [None]


def test_one_cell_decides_day_or_month_first_for_its_column():
    assert read_dates(["1/2/2013", "1/15/2013"]) == [dt.date(2013, 1, 2), dt.date(2013, 1, 15)]
    assert read_dates(["1/2/2013", "15/1/2013"]) == [dt.date(2013, 2, 1), dt.date(2013, 1, 15)]
    assert read_dates(["1/2/2013"]) == [dt.date(2013, 2, 1)]  # no witness: day first
    assert read_dates(["1/2/2013"], order="mdy") == [dt.date(2013, 1, 2)]


def test_four_date_formats_in_one_column():
    cells = ["05/03/2024", "2024-03-06", "7 mars 2024", "45359"]
    assert read_dates(cells) == [dt.date(2024, 3, day) for day in (5, 6, 7, 8)]


@given(st.dates(dt.date(1990, 1, 1), dt.date(2069, 12, 31)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%y"]))
@settings(max_examples=30, deadline=None)
def test_a_date_written_comes_back(day, pattern):
    assert read_dates([day.strftime(pattern)], order="dmy") == [day]


def test_marks_of_absence_are_missing_and_not_faults():
    with duckdb.connect(":memory:") as connection:
        parsing.install(connection)
        for cell in ("", " ", "-", "n/a", "N/A", "NC", "néant", "NULL", "nan", "?"):
            assert connection.execute("select is_missing(?)", [cell]).fetchall() == [(True,)]
        for cell in ("0", "non", "NET", "A", "2024"):
            assert connection.execute("select is_missing(?)", [cell]).fetchall() == [(False,)]


CURRENCIES = ["", " €", "€", " EUR", "$", " USD", f"{HARD}€", " CHF"]
SIGNS = ["{}", "-{}", "−{}", "{}-", "({})", "{} CR"]
GROUPS = {"comma": ["", " ", NARROW, HARD, ".", "'"], "point": ["", " ", ",", "'", NARROW]}


@st.composite
def written_amounts(draw, decimal: str) -> tuple[int, str]:
    """Cents, and a writing of them that French or English files use, with the decimals shown."""
    cents = draw(st.integers(0, 10**13))
    sign = draw(st.sampled_from(SIGNS))
    whole, rest = divmod(cents, 100)
    group = draw(st.sampled_from(GROUPS[decimal]))
    shown = f"{whole:,}".replace(",", group) + {"comma": ",", "point": "."}[decimal] + f"{rest:02d}"
    currency = draw(st.sampled_from(CURRENCIES))
    text = sign.format(shown)
    text = text if "CR" in text else text + currency
    return (-cents if sign != "{}" else cents), text


@pytest.mark.parametrize("decimal", ["comma", "point"])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_amount_in_any_supported_writing_comes_back(decimal, data):
    written = data.draw(st.lists(written_amounts(decimal), min_size=1, max_size=20))
    assert read_amounts([text for _, text in written]) == [cents for cents, _ in written]


@given(st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2069, 12, 31)), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_dates_that_either_order_can_read_are_day_first_without_a_witness(days):
    either = [day for day in days if day.day <= 12]
    assert read_dates([day.strftime("%d/%m/%Y") for day in either]) == either


MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
          "décembre"]  # fmt: skip
WRITINGS = {
    "French": lambda day: day.strftime("%d/%m/%Y"),
    "ISO": lambda day: day.isoformat(),
    "words": lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}",
    "Excel": lambda day: str((day - dt.date(1899, 12, 30)).days),
    "short": lambda day: f"{day.day}.{day.month}.{day:%y}",
}


@given(
    st.lists(st.tuples(st.dates(dt.date(1990, 1, 1), dt.date(2069, 12, 31)), st.sampled_from(sorted(WRITINGS))),
             min_size=4, max_size=30)
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_several_writings_in_one_column_all_come_back(dated):
    assert read_dates([WRITINGS[name](day) for day, name in dated]) == [day for day, _ in dated]


@given(st.dates(dt.date(1990, 1, 1), dt.date(2069, 12, 31)), st.sampled_from(range(12)))
@settings(max_examples=40, deadline=None)
def test_a_month_in_words_is_read_in_full_and_short(day, month):
    day = day.replace(month=month + 1, day=min(day.day, 28))
    english = day.strftime("%B %d, %Y")
    short = f"{day.day}-{MONTHS[month][:4]}-{day:%y}"
    assert read_dates([f"{day.day} {MONTHS[month]} {day.year}", english, short]) == [day] * 3
