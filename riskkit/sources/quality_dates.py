"""Dates that are missing, impossible or in the wrong order."""

from __future__ import annotations

import pandas as pd

from riskkit.sources.quality_evidence import Evidence, Found, found_in, is_ledger_row, rows_of

EARLIEST = pd.Timestamp(1990, 1, 1)
LONGEST_DAYS = 366
OWED = ("invoice", "deposit")


def find_dates(evidence: Evidence) -> list[Found]:
    """Findings on dates. An invoice issued after `as_of` is not a fault: it is not known yet, no more."""
    invoices, payments = evidence.invoices, evidence.payments
    issue, due, end = invoices["issue_date"], invoices["due_date"], evidence.plausible_end
    owed = invoices["kind"].isin(OWED) & (invoices["amount_cents"] > 0)
    days = (due - issue).dt.days
    impossible = (issue < EARLIEST) | (issue > end) | (due < EARLIEST)
    agreed = set(evidence.customers.loc[evidence.customers["payment_terms"].notna(), "customer_id"])
    undated = owed & due.isna()
    by_terms = invoices["customer_id"].isin(agreed)
    days_values = {"days": LONGEST_DAYS}
    return [
        *found_in("no_due_date", invoices[undated & ~by_terms], "invoices"),
        *found_in("due_date_from_terms", invoices[undated & by_terms], "invoices"),
        *found_in("opening_without_detail", invoices[invoices["kind"] == "opening"], "invoices"),
        *_impossible(evidence, invoices[impossible], payments),
        *found_in("due_before_issue", invoices[owed & (days < 0) & ~impossible], "invoices"),
        *found_in("due_too_late", invoices[owed & (days > LONGEST_DAYS) & ~impossible], "invoices", values=days_values),
        *_undated_settlements(evidence),
    ]


def _impossible(evidence: Evidence, invoices: pd.DataFrame, payments: pd.DataFrame) -> list[Found]:
    day = payments["payment_date"]
    payments = payments[(day < EARLIEST) | (day > evidence.plausible_end)]
    found = found_in("impossible_date", invoices, "invoices") or found_in("impossible_date", payments, "payments")
    if not found:
        return []
    rows = [rows_of(frame, name) for frame, name in ((invoices, "invoices"), (payments, "payments")) if len(frame)]
    values = {"first": EARLIEST.date(), "last": evidence.plausible_end.date()}
    return [Found("impossible_date", pd.concat(rows, ignore_index=True), found[0].example, values)]


def _undated_settlements(evidence: Evidence) -> list[Found]:
    """Invoices said to be paid without a date: the readers of tables date these settlements at the latest date."""
    payments = evidence.payments
    undated = (payments["kind"] == "other") & ~is_ledger_row(payments, evidence)
    undated &= payments["payment_id"].str.contains(":paid", regex=False)
    return found_in("undated_settlement", payments[undated], "payments")
