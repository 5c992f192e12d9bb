"""Which of a pile of electronic invoices the company issued, and which must be set aside and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from riskkit.errors import DataError, Message, Money, message
from riskkit.sources.einvoice_document import CORRECTIONS, NOT_INVOICES, ElectronicInvoice

REASONS = {
    "unreadable_file": "a file that cannot be read as an invoice",
    "bought": "an invoice that the company received",
    "other_seller": "an invoice between other companies",
    "same_document": "an invoice already given in another file",
    "replaced": "an invoice that a corrected one replaces",
    "not_an_invoice": "an order, a quote or a delivery, not an invoice",
    "other_currency": "another currency",
}


def company_of(documents: Sequence[ElectronicInvoice], *, siren: str | None) -> str:
    """The company whose receivables these are: the one found in most documents, and among those the most as seller.

    `siren` names it when it is known. `DataError` when it issued none of them.
    """
    sold = Counter(str(document.seller.key) for document in documents)
    bought = Counter(str(document.buyer.key) for document in documents)
    company = siren or max(sorted({*sold, *bought}), key=lambda key: (sold[key] + bought[key], sold[key]))
    if not sold[company]:
        names = {str(document.buyer.key): document.buyer.name for document in documents}
        raise DataError(
            message(
                "{count:electronic invoice|electronic invoices} given, none issued by {company}: they are what it "
                "bought, not what it is owed. Give the invoices it issued.",
                count=len(documents),
                company=names.get(company) or company,
            )
        )
    return company


def set_aside(documents: Sequence[ElectronicInvoice], *, company: str, currency: str | None) -> list[str | None]:
    """Why each document must be set aside; None where it is kept. `currency` is the one kept, if it is imposed."""
    reasons: list[str | None] = [_side(document, company) for document in documents]
    kept = [document for document, reason in zip(documents, reasons, strict=True) if reason is None]
    main = currency or main_currency(kept)
    seen: set[tuple[object, ...]] = set()
    for index, document in enumerate(documents):
        if reasons[index] is not None:
            continue
        mark = (document.number, document.issue_date, document.buyer.key, document.signed_cents, document.currency)
        if mark in seen:
            reasons[index] = "same_document"
        elif document.currency != main:
            reasons[index] = "other_currency"
        seen.add(mark)
    return _without_replaced(documents, reasons)


def main_currency(documents: Sequence[ElectronicInvoice]) -> str:
    """The most frequent currency; EUR for no document."""
    counts = Counter(document.currency for document in documents)
    return counts.most_common(1)[0][0] if counts else "EUR"


def sorting_notes(documents: Sequence[ElectronicInvoice], reasons: Sequence[str | None]) -> list[Message]:
    """One sentence per reason: how many documents, how much money, the first of them."""
    notes = []
    for reason, words in REASONS.items():
        found = [document for document, why in zip(documents, reasons, strict=True) if why == reason]
        for currency in sorted({document.currency for document in found}):
            part = [document for document in found if document.currency == currency]
            notes.append(
                message(
                    "{count:electronic invoice|electronic invoices} ({money}) {count:?is|are} set aside as {reason}; "
                    "first {number} in {file}.",
                    count=len(part),
                    money=Money(sum(document.signed_cents for document in part), currency),
                    reason=message(words),
                    number=part[0].number,
                    file=part[0].file,
                )
            )
    return notes


def _side(document: ElectronicInvoice, company: str) -> str | None:
    if document.seller.key != company:
        return "bought" if document.buyer.key == company else "other_seller"
    return "not_an_invoice" if document.type_code in NOT_INVOICES else None


def _without_replaced(documents: Sequence[ElectronicInvoice], reasons: Sequence[str | None]) -> list[str | None]:
    """A corrected invoice (384) takes the place of the one it names: that one no longer counts."""
    replaced = {
        (document.buyer.key, number)
        for document, reason in zip(documents, reasons, strict=True)
        if reason is None and document.type_code in CORRECTIONS
        for number in document.replaces
        if number != document.number
    }
    return [
        "replaced" if reason is None and (document.buyer.key, document.number) in replaced else reason
        for document, reason in zip(documents, reasons, strict=True)
    ]
