"""Several currencies: rates that the user gives, exact conversions, nothing guessed.

A rate is a value of one unit of a currency in the currency of the portfolio, or, in a table that has one column per
currency as the European Central Bank publishes, how many units one euro buys. Products are exact; each amount is
rounded once, to the cent, half to even.
"""

from __future__ import annotations

import bisect
import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb

from riskkit.errors import DataError, Message, Money, message
from riskkit.sources import parsing
from riskkit.sources.tabular import RawTable, open_tables, plain

MAX_AGE_DAYS = 45
_SCALE = 10**8
_WORDS = {
    "date": {"date", "jour", "day", "au", "date cours", "time period"},
    "currency": {"devise", "currency", "code devise", "code", "monnaie", "curr"},
    "rate": {"taux", "rate", "cours", "taux change", "taux de change", "exchange rate", "valeur", "value"},
}


@dataclass(frozen=True)
class Rate:
    """The rate of one currency on one day: an amount times `multiplier`, divided by `divisor`, rounded half to even."""

    code: str
    into: str
    multiplier: int
    divisor: int
    day: dt.date | None

    def convert(self, cents: int) -> int:
        """Cents of the other currency as cents of the portfolio's."""
        whole, rest = divmod(abs(int(cents)) * self.multiplier, self.divisor)
        up = rest * 2 > self.divisor or (rest * 2 == self.divisor and whole % 2 == 1)
        return (whole + up) * (1 if cents >= 0 else -1)

    def note(self, label: str, *, count: int, cents: int) -> Message:
        """What was converted, at which rate."""
        return message(
            "{file}: {count:row|rows} in {code} ({money}) {count:?is|are} converted at the rate given, 1 {code} = "
            "{rate} {currency}; each amount is rounded to the cent.",
            file=label,
            count=count,
            code=self.code,
            money=Money(cents, self.code),
            rate=f"{Decimal(self.multiplier) / Decimal(self.divisor):.6f}".rstrip("0").rstrip("."),
            currency=self.into,
        )


@dataclass(frozen=True)
class Rates:
    """Rates by currency. `by_day` holds, for each code, (day, rate) in order of days; `fixed` rates without a day.

    `base` is the currency of a table with one column per currency, whose figures are units per one of `base`.
    """

    by_day: Mapping[str, tuple[tuple[dt.date, Decimal], ...]] = field(default_factory=dict)
    fixed: Mapping[str, Decimal] = field(default_factory=dict)
    base: str | None = None

    @property
    def codes(self) -> set[str]:
        """The currencies that have a rate."""
        return {*self.by_day, *self.fixed}

    def at(self, code: str, day: dt.date | None, *, into: str) -> Rate | None:
        """The latest rate on or before a day, no older than 45 days; None when there is none: nothing is guessed."""
        if self.base is not None and into != self.base:
            return None
        if code in self.fixed:
            return _rate(code, into, self.fixed[code], None, is_inverse=self.base is not None)
        days = self.by_day.get(code, ())
        if day is None or not days:
            return None
        place = bisect.bisect_right([known for known, _ in days], day) - 1
        if place < 0 or (day - days[place][0]).days > MAX_AGE_DAYS:
            return None
        return _rate(code, into, days[place][1], days[place][0], is_inverse=self.base is not None)


def currency_code(text: str) -> str:
    """A currency as its ISO code; signs and words are understood."""
    known = {"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "$": "USD", "£": "GBP", "FCFP": "XPF", "₹": "INR"}
    shown = text.strip().upper()
    return known.get(shown, shown)


def read_rates(given: str | Mapping[str, Any], *, folder: Path) -> Rates:
    """The rates of `portfolio.yaml`: the name of a file, or a mapping code → rate, or code → day → rate.

    A file is a table of dates, currencies and rates (value of one unit), or one with a column of dates and a column
    per currency (units per euro).
    """
    if isinstance(given, str):
        return _from_file(folder / given)
    fixed: dict[str, Decimal] = {}
    by_day: dict[str, tuple[tuple[dt.date, Decimal], ...]] = {}
    for code, said in given.items():
        if isinstance(said, Mapping):
            pairs = [(_day(day), _decimal(rate, str(code))) for day, rate in said.items()]
            by_day[str(code).upper()] = tuple(sorted(pairs))
        else:
            fixed[str(code).upper()] = _decimal(said, str(code))
    return Rates(by_day, fixed)


def _from_file(path: Path) -> Rates:
    with tempfile.TemporaryDirectory() as aside, duckdb.connect(":memory:") as connection:
        parsing.install(connection)
        table = open_tables(path, connection, folder=Path(aside))[0]
        places = {name: _place(table, words) for name, words in _WORDS.items()}
        wide = {i: h.strip().upper() for i, h in enumerate(table.headers) if _is_code(h)}
        if places["date"] is None or (not wide and (places["currency"] is None or places["rate"] is None)):
            raise DataError(
                message(
                    "{file}: a table of rates has columns date, devise and taux (value of one unit), or a column of "
                    "dates and one per currency (units per euro). Its columns are: {headers}.",
                    file=path.name,
                    headers=", ".join(table.headers),
                )
            )
        rows = table.relation.order("line").project(", ".join(f"c{i}" for i in range(len(table.headers)))).fetchall()
    date_at = places["date"]
    days = parsing.read_dates([row[date_at] for row in rows]) if date_at is not None else []
    found: dict[str, dict[dt.date, Decimal]] = {}
    code_at, rate_at = places["currency"], places["rate"]
    is_wide = code_at is None or rate_at is None
    for row, day in zip(rows, days, strict=True):
        if code_at is None or rate_at is None:
            cells = {code: row[i] for i, code in wide.items()}
        else:
            cells = {currency_code(str(row[code_at] or "")): row[rate_at]}
        for code, cell in cells.items():
            if day is None or not cell or str(cell).strip().upper() in ("", "N/A", "-"):
                continue
            found.setdefault(code, {})[day] = _decimal(cell, code)
    by_day = {code: tuple(sorted(known.items())) for code, known in found.items()}
    return Rates(by_day, base="EUR" if is_wide else None)


def _place(table: RawTable, words: set[str]) -> int | None:
    return next((i for i, header in enumerate(table.headers) if plain(header) in words), None)


def _is_code(header: str) -> bool:
    shown = header.strip()
    return len(shown) == 3 and shown.isalpha() and shown.isupper()


def _decimal(said: object, code: str) -> Decimal:
    try:
        rate = Decimal(str(said).strip().replace("\u202f", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or rate <= 0 or rate * _SCALE != (rate * _SCALE).to_integral_value():
        raise DataError(
            message(
                "The rate of {code}, '{rate}', is not one. Write a positive number with at most eight decimals.",
                code=code,
                rate=str(said),
            )
        )
    return rate


def _day(said: object) -> dt.date:
    if isinstance(said, dt.date):
        return said
    day = parsing.read_dates([str(said)])[0]
    if day is None:
        raise DataError(message("'{text}' is not the date of a rate. Write 2024-03-31.", text=str(said)))
    return day


def _rate(code: str, into: str, rate: Decimal, day: dt.date | None, *, is_inverse: bool) -> Rate:
    scaled = int(rate * _SCALE)
    return Rate(code, into, _SCALE, scaled, day) if is_inverse else Rate(code, into, scaled, _SCALE, day)
