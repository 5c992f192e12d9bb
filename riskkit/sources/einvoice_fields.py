"""What an XML invoice says, as text, and the check that makes an electronic invoice of it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from riskkit.errors import DataError, Message, message
from riskkit.sources.einvoice_document import ElectronicInvoice, Instalment, Party, whole_cents


@dataclass(frozen=True)
class Fields:
    """The fields of an invoice as found, each None where absent; amounts are still text."""

    number: str | None
    type_code: str | None
    issue_date: dt.date | None
    currency: str | None
    seller: Party
    buyer: Party
    total: str | None
    excl_tax: str | None
    tax: str | None
    prepaid: str | None
    instalments: tuple[Instalment, ...]
    terms: str | None
    replaces: tuple[str, ...]


def checked(fields: Fields, *, file: str) -> ElectronicInvoice:
    """The invoice. One `DataError` names all that it cannot do without and does not say."""
    total = whole_cents(fields.total)
    faults: list[Message] = []
    if fields.number is None:
        faults.append(message("its number"))
    if fields.issue_date is None or not 1990 <= fields.issue_date.year <= 2099:
        faults.append(message("its date of issue"))
    if fields.currency is None or not re.fullmatch("[A-Z]{3}", fields.currency):
        faults.append(message("its currency"))
    if total is None:
        faults.append(message("its total including tax, in whole cents"))
    if fields.buyer.key is None:
        faults.append(message("its buyer"))
    if fields.seller.key is None:
        faults.append(message("its seller"))
    if fields.number is None or fields.issue_date is None or fields.currency is None or total is None or faults:
        raise DataError(
            *(
                message("{file}: the invoice does not say {what}. Ask for a valid one.", file=file, what=fault)
                for fault in faults
            )
        )
    prepaid = whole_cents(fields.prepaid)
    if fields.prepaid is not None and prepaid is None:
        raise DataError(
            message(
                "{file}: the amount already paid, '{text}', cannot be read. Ask for a valid one.",
                file=file,
                text=fields.prepaid[:40],
            )
        )
    return ElectronicInvoice(
        file=file,
        number=fields.number,
        type_code=fields.type_code or "380",
        issue_date=fields.issue_date,
        currency=fields.currency,
        seller=fields.seller,
        buyer=fields.buyer,
        total_cents=total,
        excl_tax_cents=whole_cents(fields.excl_tax),
        tax_cents=whole_cents(fields.tax),
        prepaid_cents=prepaid or 0,
        instalments=fields.instalments,
        terms=fields.terms,
        replaces=fields.replaces,
    )
