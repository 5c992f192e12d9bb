"""One place for every text, number, date and amount that a person sees, in French or in English.

Templates are written in English in the code; French comes from the catalogues in `riskkit/locale/fr/*.po`, one per
stage, read as they are. A template without a translation is a fault that `tests/test_language.py` finds.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import NumberPattern, format_decimal, format_percent, get_currency_symbol, parse_pattern

from riskkit.errors import Agreement, Days, Message, Money, UsageError, message

LANGUAGES = ("fr", "en")
_LOCALES = {"fr": "fr_FR", "en": "en_GB"}


@dataclass(frozen=True)
class Language:
    """How to say things to one reader. Get one with `language("fr")`."""

    code: str

    @property
    def locale(self) -> str:
        """Name of the Babel locale."""
        return _LOCALES[self.code]

    def text(self, template: str, /, **values: object) -> str:
        """The template in this language, its values formatted by type (see `show`).

        `{count:client|clients}` is the number and the word that agrees with it, `{count:?owes|owe}` the word alone
        (`errors.Agreement`): in French 0 and 1 are singular, in English 1 is.
        """
        translated = _catalogue(self.code).get(template, template)
        agreement = Agreement(show=self.show, zero_is_singular=self.code == "fr")
        return agreement.vformat(translated, (), values)

    def say(self, sentence: Message) -> str:
        """A `Message` in this language."""
        return self.text(sentence.template, **sentence.values)

    def show(self, value: object) -> str:
        """One value as a reader expects it: money with its currency, dates short, integers grouped, text as it is."""
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, Money):
            if value.compact:
                return self.compact_money(value.cents, currency=value.currency)
            return self.money(value.cents, currency=value.currency)
        if isinstance(value, Days):
            return self.days(value.count)
        if isinstance(value, (bool, str)):
            return str(value)
        if isinstance(value, dt.date):
            return self.date(value)
        if isinstance(value, (int, float)):
            return self.number(value, digits=0 if isinstance(value, int) else 1)
        return str(value)

    def money(self, cents: int, *, currency: str = "EUR", digits: int = 2) -> str:
        """Minor units as an amount with its currency; `digits=0` rounds to whole units for headlines."""
        amount = cents / 100 if digits else round(cents / 100)
        return str(format_decimal(amount, format=_money_pattern(self.code, currency, digits), locale=self.locale))

    def compact_money(self, cents: float, *, currency: str = "EUR") -> str:
        """Minor units as 312 k€ or 1,3 M€ (French), €312k or €1.3m (English), for axes and headlines."""
        amount = cents / 100
        symbol = {"EUR": "€", "USD": "$", "GBP": "£"}.get(currency, currency)
        for unit, marks, digits in (
            (1e9, ("Md", "bn"), 1),
            (1e6, ("M", "m"), 1),
            (1e3, ("k", "k"), 0),
            (1, ("", ""), 0),
        ):
            if abs(amount) >= unit * (0.9995 if digits == 0 and unit > 1 else 1) or unit == 1:
                mark = marks[0 if self.code == "fr" else 1]
                shown = self.number(amount / unit, digits=digits)
                return f"{shown}\u00a0{mark}{symbol}" if self.code == "fr" else f"{symbol}{shown}{mark}"
        raise AssertionError  # pragma: no cover - the last unit always matches

    def number(self, value: float, *, digits: int = 1) -> str:
        """A grouped number with a fixed count of decimals; NaN is shown as an en dash."""
        if math.isnan(value):
            return "–"
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(round(value, digits) + 0.0, format=_pattern(pattern), locale=self.locale))

    def share(self, value: float, *, digits: int = 0) -> str:
        """A share of 1 as a percentage; NaN is shown as an en dash."""
        if math.isnan(value):
            return "–"
        pattern = {"fr": "#,##0{d}\u00a0%", "en": "#,##0{d}%"}[self.code].format(d="." + "0" * digits if digits else "")
        return str(format_percent(value, format=_pattern(pattern), locale=self.locale))

    def days(self, value: float, *, digits: int = 0) -> str:
        """A number of days with its unit."""
        if math.isnan(value):
            return "–"
        shown = abs(round(value, digits))
        number = self.number(value, digits=digits)
        one = self._is_one(shown)
        return self.text("{number} day", number=number) if one else self.text("{number} days", number=number)

    def _is_one(self, count: float) -> bool:
        return abs(count) < 2 if self.code == "fr" else abs(count) == 1

    def date(self, day: dt.date, *, style: str = "short") -> str:
        """A date: `short` 31/12/2023, `long` 31 décembre 2023, `month` déc. 2023, `day` 31 déc., `letter` D."""
        patterns = {
            "short": "dd/MM/yyyy",
            "long": "d MMMM yyyy",
            "month": "MMM yyyy",
            "day": "d MMM",
            "letter": "LLLLL",
        }
        return str(format_date(day, patterns[style], locale=self.locale))


@cache
def language(code: str) -> Language:
    """The language of that code; `UsageError` when it is not one of `LANGUAGES`."""
    if code not in LANGUAGES:
        raise UsageError(message("Language '{code}' is not known. Choose fr or en.", code=code))
    return Language(code)


@cache
def _money_pattern(code: str, currency: str, digits: int) -> NumberPattern:
    """How an amount is written, its symbol looked up once: that costs more than all the rest."""
    symbol = get_currency_symbol(currency, locale=_LOCALES[code]).replace("'", "''")
    number = "#,##0" + ("." + "0" * digits if digits else "")
    return parse_pattern(f"{number}\u00a0'{symbol}'" if code == "fr" else f"'{symbol}'{number}")


@cache
def _pattern(text: str) -> NumberPattern:
    """A number pattern, read once."""
    return parse_pattern(text)


@cache
def _catalogue(code: str) -> Mapping[str, str]:
    if code == "en":
        return {}
    entries: dict[str, str] = {}
    for path in sorted(resources.files("riskkit").joinpath("locale", code).iterdir(), key=lambda p: p.name):
        if path.name.endswith(".po"):
            with path.open("rb") as handle:
                catalogue = read_po(handle, locale=code)
            entries.update({m.id: str(m.string) for m in catalogue if isinstance(m.id, str) and m.id and m.string})
    return entries
