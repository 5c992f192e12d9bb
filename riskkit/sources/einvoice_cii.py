"""UN/CEFACT Cross Industry Invoice (D16B, D22B: the data of Factur-X) → one electronic invoice."""

from __future__ import annotations

import datetime as dt
from xml.etree.ElementTree import Element

from riskkit.sources.einvoice_document import Identifier, Instalment, Party, calendar_date, whole_cents
from riskkit.sources.einvoice_fields import Fields
from riskkit.sources.einvoice_xml import attribute, every, first, words

_HEAD = "ExchangedDocument"
_TRADE = "SupplyChainTradeTransaction"
_AGREEMENT = f"{_TRADE}/ApplicableHeaderTradeAgreement"
_SETTLEMENT = f"{_TRADE}/ApplicableHeaderTradeSettlement"
_TOTALS = f"{_SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation"


def cii_fields(root: Element) -> Fields:
    """What a CrossIndustryInvoice says, unchecked."""
    currency = words(root, f"{_SETTLEMENT}/InvoiceCurrencyCode")
    return Fields(
        number=words(root, f"{_HEAD}/ID"),
        type_code=words(root, f"{_HEAD}/TypeCode"),
        issue_date=_day(first(root, f"{_HEAD}/IssueDateTime")),
        currency=currency,
        seller=_party(first(root, f"{_AGREEMENT}/SellerTradeParty")),
        buyer=_party(first(root, f"{_AGREEMENT}/BuyerTradeParty")),
        total=words(root, f"{_TOTALS}/GrandTotalAmount"),
        excl_tax=words(root, f"{_TOTALS}/TaxBasisTotalAmount"),
        tax=_in_currency(root, f"{_TOTALS}/TaxTotalAmount", currency),
        prepaid=words(root, f"{_TOTALS}/TotalPrepaidAmount"),
        instalments=_instalments(root),
        terms=words(root, f"{_SETTLEMENT}/SpecifiedTradePaymentTerms/Description"),
        replaces=tuple(
            text
            for found in every(root, f"{_SETTLEMENT}/InvoiceReferencedDocument")
            if (text := words(found, "IssuerAssignedID"))
        ),
    )


def _party(element: Element | None) -> Party:
    if element is None:
        return Party(None)
    legal = first(element, "SpecifiedLegalOrganization/ID")
    identifiers = [legal] if legal is not None else []
    identifiers += every(element, "GlobalID")
    address = first(element, "PostalTradeAddress")
    lines = [text for name in ("LineOne", "LineTwo", "LineThree") if (text := words(address, name))]
    vat = [tax for tax in every(element, "SpecifiedTaxRegistration/ID") if attribute(tax, "schemeID") in ("VA", "")]
    return Party(
        name=words(element, "Name") or words(element, "SpecifiedLegalOrganization/TradingBusinessName"),
        identifiers=tuple(
            Identifier(attribute(found, "schemeID"), found.text.strip())
            for found in identifiers
            if found.text and found.text.strip()
        ),
        vat=(vat[0].text or "").strip() or None if vat else None,
        code=words(element, "ID"),
        address=", ".join(lines) or None,
        postcode=words(address, "PostcodeCode"),
        town=words(address, "CityName"),
        country=words(address, "CountryID"),
    )


def _instalments(root: Element) -> tuple[Instalment, ...]:
    found = []
    for terms in every(root, f"{_SETTLEMENT}/SpecifiedTradePaymentTerms"):
        due = _day(first(terms, "DueDateDateTime"))
        if due is not None:
            found.append(Instalment(due, whole_cents(words(terms, "PartialPaymentAmount"))))
    return tuple(found)


def _day(element: Element | None) -> dt.date | None:
    return calendar_date(words(element, "DateTimeString") or words(element, "DateTime"))


def _in_currency(root: Element, path: str, currency: str | None) -> str | None:
    """The amount in the invoice's currency, where it is repeated in the currency of the tax accounts."""
    amounts = list(every(root, path))
    own = [amount for amount in amounts if attribute(amount, "currencyID") in ("", currency)]
    return (own or amounts)[0].text if amounts else None
