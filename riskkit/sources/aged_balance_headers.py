"""Headers of an aged balance → the ages they stand for: « Non échu », « 0-30 », « 31 à 60 jours », « > 90 »."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from riskkit.sources import parsing
from riskkit.sources.tabular import plain

BUCKET_FIELDS = tuple(f"bucket_{rank}" for rank in range(1, 17))

_DAYS = r"\s*(?:j|jrs?|jours?|d|days?)?\.?\s*"
_NOT_DUE = re.compile(
    r"\b(non[ -]?(encore )?echue?s?|nonechu|pas echue?s?|a echoir|a venir|not (yet )?due|current|courant|undue)\b"
)
_UNDATED = re.compile(r"\b(sans echeance|non date|undated|no due date|non affecte|sans date)\b")
_RANGE = re.compile(
    rf"(?<![\d/.-])(\d{{1,4}}){_DAYS}(mois|months?|m)?\s*(?:-|–|—|_|/|\ba\b|\bto\b|\bet\b|\bau\b)\s*"
    rf"(\d{{1,4}})(?![\d]*[/.-]\d)(?!\d){_DAYS}(mois|months?|m\b)?"
)
_OVER = re.compile(
    r"(?:>=?|≥|\+(?: de)?|\bplus (?:de|d)|\bover|\babove|\bsup\w*(?: a)?|\bau[ -]dela de|\bmore than|"
    r"\bbeyond|\bdepuis plus de)"
    rf"\s*(\d{{1,4}}){_DAYS}(mois|months?)?"
)
_AND_OVER = re.compile(
    rf"(?<![\d/.-])(\d{{1,4}}){_DAYS}(mois|months?)?\s*(?:\+|et plus|et \+|ou plus|"
    r"and (?:over|more|above|older)|plus\b)"
)
_UNDER = re.compile(
    rf"(?:<=?|≤|\bmoins (?:de|d)|\bunder|\bless than|\bup to|\bjusqu ?a)\s*(\d{{1,4}}){_DAYS}(mois|months?)?"
)
_OVERDUE = re.compile(r"(total |montant |solde |amount )?(echue?s?|en retard|overdue|past due|retard)( total)?")
_DATE = re.compile(
    r"(?<!\d)(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|20\d{6}|"
    r"\d{1,2}(?:er)? (?:janv|f[eé]v|mars|avr|mai|juin|juil|ao[uû]|sept|oct|nov|d[eé]c)\w*\.? \d{4}|"
    r"\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w* \d{4}|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{1,2},? \d{4})(?!\d)",
    re.IGNORECASE,
)
_STRUCK = re.compile(
    r"\b(arr[eê]t[eé]e?s?|as (of|at)|situation|au|[aà] la date du|balance [aâ]g[eé]e|aged)\W*(du|le|au|on|:)?\W*$",
    re.IGNORECASE,
)
_PRINTED = re.compile(r"([eé]dit[eé]|[eé]dition|imprim|print|export|extrait|extract|cr[eé][eé])", re.IGNORECASE)
_DEBIT_BALANCE = re.compile(r"(solde|soldes|balance)s? (debit\w*|dr)|(debit|debtor) balance|sd")
_CREDIT_BALANCE = re.compile(r"(solde|soldes|balance)s? (credit\w*|cr)|(credit|creditor) balance|sc")


def balance_sides(headers: Sequence[str]) -> tuple[str, ...]:
    """The headers of the debit and credit balances of a table, both or none."""
    debit = [header for header in headers if _DEBIT_BALANCE.fullmatch(plain(header))]
    credit = [header for header in headers if is_credit_balance(header)]
    return (debit[0], credit[0]) if len(debit) == len(credit) == 1 else ()


def is_credit_balance(header: str) -> bool:
    """Whether a column holds what is owed to customers, written without a sign."""
    return bool(_CREDIT_BALANCE.fullmatch(plain(header)))


@dataclass(frozen=True)
class Bucket:
    """An age: days past due from `low` to `high`, None where it is open. `is_undated`: of no known age.

    Not yet due is `low` None and `high` 0.
    """

    low: int | None
    high: int | None
    is_undated: bool = False

    @property
    def is_due(self) -> bool:
        """Whether it holds what is past due."""
        return self.low is not None

    @property
    def days(self) -> int | None:
        """Days past due that stand for the bucket: its middle, its first day past the edge where it has no end."""
        if self.is_undated:
            return None
        if self.low is None:
            return 0
        return self.low if self.high is None else max(1, (self.low + self.high + 1) // 2)


def bucket_of(header: str) -> Bucket | None:
    """The age that a header names; None when it names none."""
    bare = unicodedata.normalize("NFKD", header.lower().replace("’", " ").replace("'", " "))
    words = " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).split())
    if _UNDATED.search(words):
        return Bucket(None, None, is_undated=True)
    if _NOT_DUE.search(words):
        return Bucket(None, 0)
    if found := _RANGE.search(words):
        low, high = int(found[1]), int(found[3])
        unit = 30 if found[4] else 1
        low, high = low * unit, high * unit
        return Bucket(low + (unit > 1), high) if low < high <= 1100 else None
    if found := _OVER.search(words) or _AND_OVER.search(words):
        days = int(found[1]) * (30 if found[2] else 1)
        return Bucket(days + (0 if _AND_OVER.search(words) and days % 10 == 1 else 1), None) if days <= 3650 else None
    if found := _UNDER.search(words):
        return Bucket(1, int(found[1]) * (30 if found[2] else 1))
    return None


def is_overdue_total(header: str) -> bool:
    """Whether a header names all that is past due, whatever its age."""
    bare = unicodedata.normalize("NFKD", header.lower())
    words = " ".join(re.findall(r"[a-z]+", "".join(letter for letter in bare if not unicodedata.combining(letter))))
    return _OVERDUE.fullmatch(words) is not None


def buckets_in(headers: Sequence[str]) -> dict[str, Bucket]:
    """The ages among the headers of a table, by header; empty when they do not make an aged balance.

    A column of all that is past due counts as an age only where no column says how old it is.
    """
    found = {header: age for header in headers if (age := bucket_of(header)) is not None}
    overdue = [header for header in headers if header not in found and is_overdue_total(header)]
    if overdue and not any(age.is_due for age in found.values()):
        found[overdue[0]] = Bucket(1, None)
    return found if len(found) >= 2 and any(age.is_due for age in found.values()) else {}


def balance_date(texts: Sequence[str]) -> dt.date | None:
    """The date at which a balance was struck, as titles, sheets or file names say; None when they do not say one.

    A date after words such as « arrêtée au » is believed first; the day of printing is not a balance date.
    """
    struck: list[str] = []
    others: list[str] = []
    for said in texts:
        text = " ".join(said.split())
        for found in _DATE.finditer(text):
            before = text[: found.start()][-40:]
            if _PRINTED.search(before) and not _STRUCK.search(before):
                continue
            (struck if _STRUCK.search(before) else others).append(found[1])
    for shown in (struck, others):
        dates = {day for day in parsing.read_dates(shown, order="dmy") if day is not None} if shown else set()
        if len(dates) == 1:
            return dates.pop()
    return None
