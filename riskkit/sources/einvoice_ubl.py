"""UBL 2.1 Invoice and CreditNote → one electronic invoice."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from riskkit.sources.einvoice_document import Identifier, Instalment, Party, calendar_date, whole_cents
from riskkit.sources.einvoice_fields import Fields
from riskkit.sources.einvoice_xml import attribute, every, first, local_name, words

_TOTALS = "LegalMonetaryTotal"


def ubl_fields(root: Element) -> Fields:
    """What an Invoice or a CreditNote says, unchecked."""
    is_credit = local_name(root) == "CreditNote"
    currency = words(root, "DocumentCurrencyCode")
    return Fields(
        number=words(root, "ID"),
        type_code=words(root, "CreditNoteTypeCode" if is_credit else "InvoiceTypeCode") or ("381" if is_credit else ""),
        issue_date=calendar_date(words(root, "IssueDate")),
        currency=currency or _amount_currency(root),
        seller=_party(first(root, "AccountingSupplierParty")),
        buyer=_party(first(root, "AccountingCustomerParty")),
        total=words(root, f"{_TOTALS}/TaxInclusiveAmount"),
        excl_tax=words(root, f"{_TOTALS}/TaxExclusiveAmount"),
        tax=_tax(root, currency),
        prepaid=words(root, f"{_TOTALS}/PrepaidAmount"),
        instalments=_instalments(root),
        terms=words(root, "PaymentTerms/Note"),
        replaces=tuple(
            text
            for kind in ("InvoiceDocumentReference", "CreditNoteDocumentReference")
            for found in every(root, f"BillingReference/{kind}")
            if (text := words(found, "ID"))
        ),
    )


def _party(holder: Element | None) -> Party:
    party = first(holder, "Party")
    if party is None:
        return Party(None)
    numbers = [*every(party, "PartyLegalEntity/CompanyID")]
    numbers += [found for found in every(party, "PartyIdentification/ID") if attribute(found, "schemeID")]
    codes = [found for found in every(party, "PartyIdentification/ID") if not attribute(found, "schemeID")]
    address = first(party, "PostalAddress")
    lines = [text for name in ("StreetName", "AdditionalStreetName", "AddressLine/Line")
             if (text := words(address, name))]  # fmt: skip
    return Party(
        name=words(party, "PartyLegalEntity/RegistrationName") or words(party, "PartyName/Name"),
        identifiers=tuple(
            Identifier(attribute(found, "schemeID"), found.text.strip())
            for found in numbers
            if found.text and found.text.strip()
        ),
        vat=words(party, "PartyTaxScheme/CompanyID"),
        code=words(holder, "SupplierAssignedAccountID") or ((codes[0].text or "").strip() or None if codes else None),
        address=", ".join(lines) or None,
        postcode=words(address, "PostalZone"),
        town=words(address, "CityName"),
        country=words(address, "Country/IdentificationCode"),
    )


def _instalments(root: Element) -> tuple[Instalment, ...]:
    found = []
    for terms in every(root, "PaymentTerms"):
        due = calendar_date(words(terms, "PaymentDueDate"))
        if due is not None:
            found.append(Instalment(due, whole_cents(words(terms, "Amount"))))
    if found:
        return tuple(found)
    due = calendar_date(words(root, "DueDate") or words(root, "PaymentMeans/PaymentDueDate"))
    return (Instalment(due),) if due is not None else ()


def _tax(root: Element, currency: str | None) -> str | None:
    amounts = list(every(root, "TaxTotal/TaxAmount"))
    own = [amount for amount in amounts if attribute(amount, "currencyID") in ("", currency)]
    return own[0].text if own else None


def _amount_currency(root: Element) -> str | None:
    total = first(root, f"{_TOTALS}/TaxInclusiveAmount")
    return (attribute(total, "currencyID") or None) if total is not None else None
