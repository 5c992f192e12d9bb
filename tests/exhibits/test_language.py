"""Numbers, dates and money as French and English readers expect them."""

from __future__ import annotations

import datetime as dt

import pytest

from riskkit.errors import Money, UsageError, message
from riskkit.exhibits.language import language

FR, EN = language("fr"), language("en")
THIN, HARD = "\u202f", "\u00a0"


def test_money_is_grouped_and_keeps_its_cents():
    assert FR.money(-123456789) == f"-1{THIN}234{THIN}567,89{HARD}€"
    assert EN.money(-123456789) == "-€1,234,567.89"
    assert FR.money(123456789, digits=0) == f"1{THIN}234{THIN}568{HARD}€"


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [
        (0, "0 €", "€0"),
        (95_000, "950 €", "€950"),
        (31_240_000, "312 k€", "€312k"),
        (131_000_000, "1,3 M€", "€1.3m"),
        (-250_000_000_000, "-2,5 Md€", "€-2.5bn"),
    ],
)
def test_compact_money(cents, french, english):
    assert FR.compact_money(cents).replace(HARD, " ") == french
    assert EN.compact_money(cents) == english


def test_days_agree_in_number():
    assert [FR.days(n).replace(HARD, " ") for n in (0, 1, 2)] == ["0 jour", "1 jour", "2 jours"]
    assert FR.days(1.6, digits=1).replace(HARD, " ") == "1,6 jour"
    assert [EN.days(n) for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
    assert FR.days(float("nan")) == "–"


def test_messages_agree_with_what_they_count():
    template = "{file}: {count:cell|cells} {count:?holds|hold} something that is not an amount or a date."
    said = [FR.text(template, file="a.xlsx", count=n).split(f"{HARD}: ")[1] for n in (0, 1, 2)]
    assert [text.split(" autre")[0] for text in said] == [
        "0 cellule contient", "1 cellule contient", "2 cellules contiennent",
    ]  # fmt: skip
    assert [EN.text(template, file="a.xlsx", count=n)[8:18] for n in (0, 1, 2)] == [
        "0 cells ho",
        "1 cell hol",
        "2 cells ho",
    ]


def test_dates_and_shares():
    day = dt.date(2023, 8, 5)
    assert [FR.date(day, style=s) for s in ("short", "long", "month")] == ["05/08/2023", "5 août 2023", "août 2023"]
    assert FR.share(0.412) == f"41{HARD}%"
    assert EN.share(0.412, digits=1) == "41.2%"


def test_a_message_is_said_with_its_values_by_type():
    said = message(
        "Nothing is known at {as_of}: the first invoice is dated {first}. Choose a date from {first} on.",
        as_of=dt.date(2023, 1, 1),
        first=dt.date(2023, 2, 1),
    )
    assert FR.say(said).startswith("Rien n’est connu au 01/01/2023")
    assert EN.show(Money(123_456)) == "€1,234.56"
    assert EN.show(Money(12_345_600, compact=True)) == "€123k"


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [
        (0, "0 client doit", "0 customers owe"),
        (1, "1 client doit", "1 customer owes"),
        (2, "2 clients doivent", "2 customers owe"),
        (1234, f"1{THIN}234 clients doivent", "1,234 customers owe"),
        ("1", "1 client doit", "1 customer owes"),  # already written out
        (f"1{THIN}001", f"1{THIN}001 clients doivent", f"1{THIN}001 customers owe"),
        ("tous", "tous clients doivent", "tous customers owe"),
    ],
)
def test_words_agree_with_a_number(count, french, english):
    assert FR.text("{count:client|clients} {count:?doit|doivent}", count=count) == french
    assert EN.text("{count:customer|customers} {count:?owes|owe}", count=count) == english
    if isinstance(count, int) and count < 1000:
        assert str(message("{count:customer|customers} {count:?owes|owe}", count=count)) == english


def test_a_word_that_cannot_agree_is_refused():
    with pytest.raises(ValueError, match=r"singular\|plural"):
        FR.text("{count:clients}", count=1)


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError, match="Choose fr or en"):
        language("de")
