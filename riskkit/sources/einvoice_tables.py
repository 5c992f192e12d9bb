"""Electronic invoices kept → canonical invoices, the amounts they say were paid before, and their customers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import pandas as pd

from riskkit.schemas import CUSTOMERS, INVOICES, PAYMENTS
from riskkit.sources.einvoice_document import ElectronicInvoice, Instalment, terms_code
from riskkit.sources.tables_customers import is_catch_all
from riskkit.sources.tables_kept import distinct_ids


def customer_ids(documents: Sequence[ElectronicInvoice]) -> dict[str, str]:
    """Customer code of each buyer: the seller's own code for it when it is one to one, else its SIREN, VAT or name."""
    codes: dict[str, set[str]] = defaultdict(set)
    buyers: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        key = str(document.buyer.key)
        codes[key] |= {document.buyer.code} if document.buyer.code else set()
        for code in codes[key]:
            buyers[code].add(key)
    own = {key: next(iter(found)) for key, found in codes.items() if len(found) == 1}
    own = {key: code for key, code in own.items() if len(buyers[code]) == 1 and code not in codes.keys() - {key}}
    return {key: own.get(key, key) for key in codes}


def invoice_table(documents: Sequence[ElectronicInvoice], ids: dict[str, str]) -> pd.DataFrame:
    """One row per invoice, or per instalment where the invoice gives several with their amounts."""
    deducted = _deducted(documents)
    known = {(str(document.buyer.key), document.number) for document in documents}
    rows: list[dict[str, Any]] = []
    for document in documents:
        key = str(document.buyer.key)
        origin = next((number for number in document.replaces if (key, number) in known), None)
        reference = origin if document.kind == "credit_note" and origin else document.number
        for part, excl_tax in _parts(document):
            rows.append(
                {
                    "invoice_id": document.number, "invoice_number": document.number, "customer_id": ids[key],
                    "kind": document.kind, "is_sale": (key, document.number) not in deducted,
                    "issue_date": document.issue_date, "due_date": part.due_date if part else None,
                    "amount_cents": part.cents if part and part.cents is not None else document.signed_cents,
                    "excl_tax_cents": excl_tax, "currency": document.currency, "reference": reference,
                    "source_file": document.file, "source_line": 1,
                }
            )  # fmt: skip
    frame = pd.DataFrame(rows, columns=[column for column in INVOICES.names if rows and column in rows[0]])
    repeated = frame.groupby(["invoice_id", "source_file"], sort=False).cumcount()
    frame["invoice_id"] = frame["invoice_id"].where(
        repeated == 0, frame["invoice_id"] + "/" + (repeated + 1).astype("str")
    )
    return INVOICES.conform(frame.assign(invoice_id=distinct_ids(frame["invoice_id"], frame)))


def prepaid_table(documents: Sequence[ElectronicInvoice], ids: dict[str, str]) -> pd.DataFrame:
    """What invoices say was paid before they were issued, dated at their issue: it says nothing of delays."""
    rows = [
        {
            "payment_id": f"{document.number}:prepaid", "customer_id": ids[str(document.buyer.key)], "kind": "other",
            "payment_date": document.issue_date, "currency": document.currency, "reference": document.number,
            "amount_cents": -document.prepaid_cents if document.kind == "credit_note" else document.prepaid_cents,
            "source_file": document.file, "source_line": 1,
        }
        for document in documents
        if document.prepaid_cents
    ]  # fmt: skip
    if not rows:
        return PAYMENTS.empty()
    frame = pd.DataFrame(rows)
    return PAYMENTS.conform(frame.assign(payment_id=distinct_ids(frame["payment_id"], frame)))


def customer_table(documents: Sequence[ElectronicInvoice], ids: dict[str, str]) -> pd.DataFrame:
    """One row per buyer: the latest invoice that says something of it is believed."""
    said: dict[str, dict[str, Any]] = {}
    terms: dict[str, Counter[str]] = defaultdict(Counter)
    for document in sorted(documents, key=lambda document: document.issue_date, reverse=True):
        buyer = document.buyer
        row = said.setdefault(ids[str(buyer.key)], {})
        facts = {
            "name": buyer.name, "siren": buyer.siren, "siren_raw": buyer.raw_number, "address": buyer.address,
            "postcode": buyer.postcode, "town": buyer.town, "country": buyer.country, "source_file": document.file,
        }  # fmt: skip
        for fact, value in facts.items():
            if row.get(fact) is None:
                row[fact] = value
        code = terms_code(document.terms) if document.kind == "invoice" else None
        terms[ids[str(buyer.key)]].update([code] if code else [])
    frame = pd.DataFrame(
        [
            {"customer_id": customer, "payment_terms": _most_frequent(terms[customer]), "source_line": 1, **facts}
            for customer, facts in said.items()
        ]
    )
    frame = frame.sort_values("customer_id", ignore_index=True)
    return CUSTOMERS.conform(frame.assign(is_catch_all=is_catch_all(frame["customer_id"], frame["name"])))


def _most_frequent(codes: Counter[str]) -> str | None:
    return codes.most_common(1)[0][0] if codes else None


def _deducted(documents: Sequence[ElectronicInvoice]) -> set[tuple[str, str]]:
    """Deposit invoices that a final invoice names and deducts: its total holds them, so they are not sales twice."""
    named = {
        (str(document.buyer.key), number)
        for document in documents
        if document.prepaid_cents > 0
        for number in document.replaces
    }
    return {
        (str(document.buyer.key), document.number)
        for document in documents
        if document.kind == "deposit" and (str(document.buyer.key), document.number) in named
    }


def _parts(document: ElectronicInvoice) -> list[tuple[Instalment | None, int | None]]:
    """Instalments with their share without tax, when their amounts add up to the total; else the latest due date."""
    sign = -1 if document.kind == "credit_note" else 1
    excl_tax = None if document.excl_tax_cents is None else sign * abs(document.excl_tax_cents)
    if not document.instalments:
        return [(None, excl_tax)]
    amounts = [instalment.cents for instalment in document.instalments]
    if len(amounts) > 1 and None not in amounts and sum(cents or 0 for cents in amounts) == document.total_cents:
        parts: list[tuple[Instalment | None, int | None]] = []
        left = excl_tax
        for instalment in sorted(document.instalments, key=lambda instalment: instalment.due_date):
            cents = sign * abs(instalment.cents or 0)
            share = None if excl_tax is None else excl_tax * cents // document.signed_cents
            left = None if left is None or share is None else left - share
            parts.append((Instalment(instalment.due_date, cents), share))
        last, share = parts[-1]
        parts[-1] = (last, None if share is None or left is None else share + left)
        return parts
    return [(Instalment(max(instalment.due_date for instalment in document.instalments)), excl_tax)]
