"""Small readings made by hand for the tests of the quality report."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from riskkit.schemas import REJECTS
from riskkit.sources.quality_tables import unpack_message
from riskkit.sources.reading import Reading, SourceFile

AS_OF = dt.date(2024, 6, 30)


def invoice(number: str | None, customer: str, cents: int, issue: str, due: str | None = None, **more: Any) -> dict:
    """One invoice; `more` replaces any column."""
    return {
        "invoice_number": number, "customer_id": customer, "kind": "invoice", "is_sale": True, "issue_date": issue,
        "due_date": due, "amount_cents": cents, "excl_tax_cents": None, "currency": "EUR", "reference": number,
        "lettering": None, **more,
    }  # fmt: skip


def payment(reference: str | None, customer: str, cents: int, day: str, **more: Any) -> dict:
    """One payment; `more` replaces any column."""
    return {
        "customer_id": customer, "kind": "payment", "payment_date": day, "amount_cents": cents, "currency": "EUR",
        "reference": reference, "lettering": None, **more,
    }  # fmt: skip


def customer(code: str, **more: Any) -> dict:
    """One customer with a name and a valid SIREN; `more` replaces any column."""
    return {"customer_id": code, "name": f"Client {code}", "siren": "732829320", "is_catch_all": False, **more}


def make_reading(
    invoices: list[dict],
    payments: list[dict] | None = None,
    customers: list[dict] | None = None,
    rejects: list[dict] | None = None,
    **more: Any,
) -> Reading:
    """A reading of these rows; customers not given are made, each with its own SIREN left out of the checks."""
    bills = pd.DataFrame(invoices).assign(source_file="factures.csv")
    bills["source_line"] = range(2, len(bills) + 2)
    bills["invoice_id"] = [f"i{rank}" for rank in range(len(bills))]
    bills[["issue_date", "due_date"]] = bills[["issue_date", "due_date"]].apply(pd.to_datetime)
    paid = pd.DataFrame(payments or [payment(None, "C0", 1, "2024-06-01")]).assign(source_file="reglements.csv")
    paid["source_line"] = range(2, len(paid) + 2)
    paid["payment_id"] = [f"p{rank}" for rank in range(len(paid))]
    codes = list(dict.fromkeys([*bills["customer_id"], *paid["customer_id"]]))
    who = pd.DataFrame(customers or [customer(code, siren=None, country="DE") for code in codes])
    who = who.assign(source_file="clients.csv", source_line=range(2, len(who) + 2))
    values = {
        "files": (),
        "currency": "EUR",
        "coverage_start": bills["issue_date"].min().date(),
        "latest_date": AS_OF,
        "due_dates": "file",
        "rejects": pd.DataFrame(rejects) if rejects else REJECTS.empty(),
    }
    return Reading(invoices=bills, payments=paid, customers=who, **{**values, **more})


def as_ledger(reading: Reading, *, total_cents: int) -> tuple[SourceFile, ...]:
    """The two files of `make_reading` as one French ledger each, the last one closing on `total_cents`."""
    return tuple(
        SourceFile(name, "0" * 64, "fec", 0, 0, 0, cents, 0, cents)
        for name, cents in (("reglements.csv", 0), ("factures.csv", total_cents))
    )


def said(text: str) -> str:
    """A packed message in plain English."""
    return str(unpack_message(text))
