"""Electronic invoices written by hand, for tests: fictional companies whose SIREN pass their check digit."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfWriter

# The specimens of the formulas page: each passes its check digit.
SELLER = "732829320"
BUYER = "404833048"
OTHER = "552100554"


def cii(
    number: str = "F-2026-001", *, kind: str = "380", date: str = "20260115", due: str = "20260214",
    ht: str = "1000.00", tax: str = "200.00", ttc: str = "1200.00", prepaid: str = "", currency: str = "EUR",
    seller: str = SELLER, buyer: str = BUYER, code: str = "", replaces: str = "", terms: str = "30 jours nets",
    extra_terms: str = "", doctype: str = "",
) -> str:  # fmt: skip
    """A CrossIndustryInvoice of the profile EN 16931."""
    dated = f'<ram:DueDateDateTime><udt:DateTimeString format="102">{due}</udt:DateTimeString></ram:DueDateDateTime>'
    origin = (
        f"<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>{replaces}</ram:IssuerAssignedID>"
        "</ram:InvoiceReferencedDocument>"
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>{doctype}
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
<ram:ID>urn:factur-x.eu:1p0:basicwl</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>{number}</ram:ID><ram:TypeCode>{kind}</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">{date}</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:ApplicableHeaderTradeAgreement>
<ram:SellerTradeParty><ram:Name>Menuiserie Fictive SARL</ram:Name>
<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">{seller}</ram:ID></ram:SpecifiedLegalOrganization>
<ram:PostalTradeAddress><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress></ram:SellerTradeParty>
<ram:BuyerTradeParty>{f"<ram:ID>{code}</ram:ID>" if code else ""}<ram:Name>Bâtiments Imaginaires &amp; Fils</ram:Name>
<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">{buyer}</ram:ID></ram:SpecifiedLegalOrganization>
<ram:PostalTradeAddress><ram:PostcodeCode>44000</ram:PostcodeCode><ram:LineOne>1 rue du Test</ram:LineOne>
<ram:CityName>Nantes</ram:CityName><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress></ram:BuyerTradeParty>
</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>{currency}</ram:InvoiceCurrencyCode>
<ram:ApplicableTradeTax><ram:CalculatedAmount>{tax}</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
<ram:BasisAmount>{ht}</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>20.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradePaymentTerms><ram:Description>{terms}</ram:Description>{dated if due else ""}
</ram:SpecifiedTradePaymentTerms>{extra_terms}
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>{ht}</ram:LineTotalAmount>
<ram:TaxBasisTotalAmount>{ht}</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="{currency}">{tax}</ram:TaxTotalAmount>
<ram:GrandTotalAmount>{ttc}</ram:GrandTotalAmount>
{f"<ram:TotalPrepaidAmount>{prepaid}</ram:TotalPrepaidAmount>" if prepaid else ""}
<ram:DuePayableAmount>{ttc}</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
{origin if replaces else ""}
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""


def ubl(
    number: str = "U-1", *, credit: bool = False, ht: str = "50.00", tax: str = "10.00", ttc: str = "60.00",
    replaces: str = "", buyer: str = BUYER, seller: str = SELLER, due: str = "2026-03-31",
) -> str:  # fmt: skip
    """A UBL 2.1 Invoice or CreditNote; the buyer is named by its SIRET and its code in the seller's accounts."""
    root = "CreditNote" if credit else "Invoice"
    origin = f"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{replaces}</cbc:ID>" \
             "</cac:InvoiceDocumentReference></cac:BillingReference>" if replaces else ""  # fmt: skip
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-02-28</cbc:IssueDate>
{"" if credit else f"<cbc:DueDate>{due}</cbc:DueDate>"}
<cbc:{root}TypeCode>{"381" if credit else "380"}</cbc:{root}TypeCode>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{origin}
<cac:AccountingSupplierParty><cac:Party><cac:PartyLegalEntity>
<cbc:RegistrationName>Menuiserie Fictive SARL</cbc:RegistrationName>
<cbc:CompanyID schemeID="0002">{seller}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
<cac:PostalAddress><cbc:StreetName>1 rue du Test</cbc:StreetName><cbc:CityName>Nantes</cbc:CityName>
<cbc:PostalZone>44000</cbc:PostalZone><cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode></cac:Country>
</cac:PostalAddress><cac:PartyLegalEntity><cbc:RegistrationName>Bâtiments Imaginaires et Fils</cbc:RegistrationName>
<cbc:CompanyID schemeID="0002">{buyer}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:PaymentTerms><cbc:Note>Paiement à 45 jours fin de mois</cbc:Note></cac:PaymentTerms>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="EUR">{ht}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="EUR">{ttc}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="EUR">{ttc}</cbc:PayableAmount></cac:LegalMonetaryTotal></{root}>"""


def blank_pdf(path: Path, *, password: str = "", attached: dict[str, bytes] | None = None) -> Path:
    """A PDF of one blank page, with attachments or behind a password."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    for name, content in (attached or {}).items():
        writer.add_attachment(name, content)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(path)
    return path
