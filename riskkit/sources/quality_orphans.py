"""Payments that do not go with the invoices: unknown, someone else's, later, or not named at all."""

from __future__ import annotations

import pandas as pd

from riskkit.sources.quality_evidence import Evidence, Found, found_in, rows_of


def find_orphans(evidence: Evidence) -> list[Found]:
    """Findings on what payments name."""
    invoices, payments = evidence.invoices, evidence.payments
    if payments.empty:
        owed = invoices[invoices["amount_cents"] != 0]
        return [Found("no_payments", rows_of(owed, "invoices"))] if len(owed) else []
    named = payments["reference_key"] >= 0
    lettered = payments["lettering"].notna()
    issued = invoices[invoices["reference_key"] >= 0]
    known = payments["reference_key"].isin(issued["reference_key"].unique())
    first_issue = issued.groupby(["customer_key", "reference_key"])["issue_date"].min().rename("first_issue")
    joined = payments[["customer_key", "reference_key"]].join(first_issue, on=["customer_key", "reference_key"])
    own = joined["first_issue"].notna()
    early = own & (payments["payment_date"] < joined["first_issue"]) & (payments["amount_cents"] > 0)
    unnamed = ~named & ~lettered & (payments["kind"] == "payment")
    return [
        *found_in("orphan_payment", payments[named & ~known & ~lettered], "payments"),
        *found_in("payment_other_customer", payments[named & known & ~own & ~lettered], "payments"),
        *found_in("payment_before_invoice", payments[early], "payments"),
        *found_in("payment_without_reference", payments[unnamed], "payments"),
    ]


def copies_and_orphans(found: list[Found]) -> pd.DataFrame:
    """Rows that a control total may well not hold, by finding code: code, signed effect on the balance in cents."""
    wanted = {"duplicate_invoice": 1, "orphan_payment": -1, "payment_without_reference": -1}
    parts = [(f.code, wanted[f.code] * int(f.rows["amount_cents"].sum())) for f in found if f.code in wanted]
    return pd.DataFrame(parts, columns=["code", "cents"])
