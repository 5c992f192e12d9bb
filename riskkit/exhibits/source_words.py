"""What people read of sources: the kinds of files, and the fields that their columns are read as."""

from __future__ import annotations

from riskkit.errors import message
from riskkit.exhibits.language import Language

_KINDS = {
    "customers": message("customers"),
    "invoices": message("invoices"),
    "payments": message("payments"),
    "events": message("events"),
    "aged_balance": message("aged balance"),
    "fec": message("ledger (FEC)"),
    "electronic_invoices": message("electronic invoices"),
    "bank_statement": message("bank statement"),
    "ignored": message("orders or quotes"),
}
_FIELDS = {
    "customer_id": message("customer code"),
    "customer_name": message("customer name"),
    "siren": message("SIREN, SIRET or VAT number"),
    "country": message("country"),
    "sales_person": message("sales person"),
    "payment_terms": message("payment terms"),
    "entity": message("company or branch that invoices"),
    "invoice_number": message("invoice number"),
    "origin_number": message("invoice that a credit note corrects"),
    "issue_date": message("invoice date"),
    "due_date": message("due date"),
    "amount": message("amount with tax"),
    "open_amount": message("amount still due"),
    "paid_amount": message("amount already paid"),
    "excl_tax_amount": message("amount without tax"),
    "tax_amount": message("tax"),
    "debit": message("debit"),
    "credit": message("credit"),
    "side": message("debit or credit side"),
    "quantity": message("quantity"),
    "unit_price": message("unit price"),
    "settled_date": message("date of settlement"),
    "days_to_settle": message("days to settle"),
    "days_late": message("days late"),
    "status": message("status of payment"),
    "currency": message("currency"),
    "document_type": message("type of document or journal"),
    "disputed": message("under dispute"),
    "dispute_date": message("disputed since"),
    "lettering": message("lettering"),
    "lettering_date": message("date of the lettering"),
    "label": message("label"),
    "payment_id": message("payment number"),
    "payment_date": message("date of payment"),
    "payment_amount": message("amount paid"),
    "reference": message("invoice that is paid"),
    "payment_kind": message("kind of payment"),
    "payment_mode": message("means of payment"),
    "address": message("address"),
    "postcode": message("postcode"),
    "town": message("town"),
    "naf_code": message("NAF code"),
    "legal_form": message("legal form"),
    "segment": message("customer segment"),
    "region": message("region"),
    "credit_limit": message("credit limit"),
    "risk_rating": message("risk rating"),
    "customer_since": message("customer since"),
    "payment_method": message("usual means of payment"),
    "customer_status": message("status of the customer"),
    "event_date": message("date of the event"),
    "event_kind": message("kind of event"),
    "total": message("total owed"),
}


def kind_text(kind: str, words: Language) -> str:
    """A kind of source in the reader's language."""
    return words.say(_KINDS[kind]) if kind in _KINDS else kind


def field_text(field: str, words: Language) -> str:
    """A field of a table in the reader's language; its own name where it has no words."""
    if field.startswith("bucket_"):
        return words.text("age {rank}", rank=field.removeprefix("bucket_"))
    return words.say(_FIELDS[field]) if field in _FIELDS else field
