"""One electronic invoice as its file says it, whatever its format: parties, dates, totals."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret
from stdnum.fr import tva as stdnum_vat

CREDIT_NOTES = frozenset({"261", "262", "381", "396", "502", "503"})
DEPOSITS = frozenset({"386", "500"})
CORRECTIONS = frozenset({"384", "471", "472", "473"})
NOT_INVOICES = frozenset({"325"})
"""Document types of UNTDID 1001 as French e-invoicing uses them; every other code is an ordinary invoice."""

_SCHEMES = {"0002": "siren", "SIREN": "siren", "FR:SIRENE": "siren", "0009": "siret", "SIRET": "siret",
            "FR:SIRET": "siret"}  # fmt: skip
_DAYS = re.compile(r"\b(\d{1,3})\s*(?:jours?|jrs?|j|days?|d)\b\.?\s*(?:nets?\s*)?(fin\s+de\s+mois|fdm|f\.?m\.?|eom"
                   r"|end\s+of\s+month)?", re.IGNORECASE)  # fmt: skip
_CASH = re.compile(r"\b(comptant|r[ée]ception|imm[ée]diat|on receipt|cash)", re.IGNORECASE)


@dataclass(frozen=True)
class Identifier:
    """A number that names a company, with the scheme the file gives it ("" without one)."""

    scheme: str
    number: str


@dataclass(frozen=True)
class Party:
    """Seller or buyer. `code` is what the seller calls the buyer in its own accounts."""

    name: str | None
    identifiers: tuple[Identifier, ...] = ()
    vat: str | None = None
    code: str | None = None
    address: str | None = None
    postcode: str | None = None
    town: str | None = None
    country: str | None = None

    @property
    def siren(self) -> str | None:
        """The SIREN, from a SIREN, a SIRET or a French VAT number whose check digits are right; else None."""
        for identifier in self.identifiers:
            number = re.sub(r"[\s.]", "", identifier.number)
            kind = _SCHEMES.get(identifier.scheme.upper())
            if kind in (None, "siren") and len(number) == 9 and stdnum_siren.is_valid(number):
                return number
            if kind in (None, "siret") and len(number) == 14 and stdnum_siret.is_valid(number):
                return number[:9]
        vat = re.sub(r"[\s.]", "", self.vat or "").upper()
        if vat.startswith("FR") and stdnum_vat.is_valid(vat):
            return vat[-9:]
        return None

    @property
    def raw_number(self) -> str | None:
        """What the file holds where a SIREN is expected: its registration number, or its VAT number."""
        known = sorted(self.identifiers, key=lambda identifier: identifier.scheme.upper() not in _SCHEMES)
        return known[0].number if known else self.vat

    @property
    def key(self) -> str | None:
        """What tells this party from the others: SIREN, else VAT or registration number, else name."""
        if self.siren:
            return self.siren
        number = self.vat or (self.identifiers[0].number if self.identifiers else "")
        bare = re.sub(r"[\s.-]", "", number).upper()
        return bare or (" ".join(self.name.upper().split()) if self.name else None) or self.code


@dataclass(frozen=True)
class Instalment:
    """A part of the amount with its own due date; `cents` is None when the file gives the date alone."""

    due_date: dt.date
    cents: int | None = None


@dataclass(frozen=True)
class ElectronicInvoice:
    """One document. Totals are as written (a credit note's are positive), in minor units.

    `replaces` are the numbers of earlier invoices it names: those a credit note cancels, a correction replaces, or
    whose deposit a final invoice deducts.
    """

    file: str
    number: str
    type_code: str
    issue_date: dt.date
    currency: str
    seller: Party
    buyer: Party
    total_cents: int
    excl_tax_cents: int | None
    tax_cents: int | None
    prepaid_cents: int
    instalments: tuple[Instalment, ...]
    terms: str | None
    replaces: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Kind of item, as in the table of invoices; an invoice with a negative total is a credit note."""
        if self.type_code in CREDIT_NOTES or self.total_cents < 0:
            return "credit_note"
        return "deposit" if self.type_code in DEPOSITS else "invoice"

    @property
    def signed_cents(self) -> int:
        """The total as it changes what the customer owes."""
        return -abs(self.total_cents) if self.kind == "credit_note" else self.total_cents


def whole_cents(text: str | None) -> int | None:
    """An amount of an XML document in minor units; None when it is no number or is finer than a cent."""
    try:
        amount = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 15:
        return None
    cents = amount * 100
    return int(cents) if cents == cents.to_integral_value() else None


def calendar_date(text: str | None) -> dt.date | None:
    """A date of an XML document: 20260131 or 2026-01-31, a time or zone after it is left out; None otherwise."""
    found = re.match(r"\s*(\d{4})-?(\d{2})-?(\d{2})(?!\d)|\s*(\d{4})(\d{2})(\d{2})\d{4}", text or "")
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def terms_code(text: str | None) -> str | None:
    """Payment terms in words as a term code: 30 jours fin de mois is 30FM; None when no delay is said."""
    found = _DAYS.search(text or "")
    if found:
        return f"{int(found.group(1))}{'FM' if found.group(2) else ''}"
    return "0" if _CASH.search(text or "") else None
