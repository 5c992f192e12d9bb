"""A sample of known truth as the canonical tables, without the files in between."""

from __future__ import annotations

import pandas as pd

from riskkit.ledger.book import Book
from riskkit.policy import Policy
from riskkit.sources.reading import Reading
from riskkit.sources.sample import Sample


def sample_book(sample: Sample, *, policy: Policy) -> Book:
    """The book of a sample: what an exact export of its ledger would give."""
    return Book.from_reading(sample_reading(sample), policy=policy)


def sample_reading(sample: Sample) -> Reading:
    """The tables of a sample; credit notes name the invoice that they correct, where they do."""
    origin = {"source_file": "sample", "source_line": 1}
    invoices = sample.invoices
    own = invoices["credited_invoice_id"].where(invoices["kind"] == "credit_note", invoices["invoice_id"])
    return Reading(
        files=(),
        currency="EUR",
        coverage_start=sample.spec.start_date,
        latest_date=sample.spec.end_date,
        due_dates="file",
        invoices=pd.DataFrame(
            {
                "invoice_id": invoices["invoice_id"],
                "invoice_number": invoices["invoice_id"],
                "customer_id": invoices["customer_id"],
                "kind": invoices["kind"],
                "is_sale": True,
                "issue_date": invoices["issue_date"],
                "due_date": invoices["due_date"].where(invoices["kind"] != "credit_note"),
                "amount_cents": invoices["amount_cents"],
                "currency": "EUR",
                "reference": own,
                "dispute_date": invoices["dispute_date"],
                **origin,
            }
        ),
        payments=pd.DataFrame(
            {
                "payment_id": sample.payments["payment_id"],
                "customer_id": sample.payments["customer_id"],
                "kind": sample.payments["kind"],
                "payment_date": sample.payments["payment_date"],
                "amount_cents": sample.payments["amount_cents"],
                "currency": "EUR",
                "reference": sample.payments["invoice_id"],
                **origin,
            }
        ),
        customers=sample.customers.assign(**origin),
        events=sample.events.assign(**origin)[["customer_id", "event_date", "kind", *origin]],
    )
