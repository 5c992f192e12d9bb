"""Rows that say the same thing twice: reported, never dropped. Equal lines of a ledger are not faults by themselves."""

from __future__ import annotations

import pandas as pd

from riskkit.sources.quality_evidence import Evidence, Found, example_text, found_in, is_ledger_row, rows_of

BILLED = ("invoice", "deposit", "credit_note")


def find_duplicates(evidence: Evidence) -> list[Found]:
    """Findings on invoices and payments given twice; the first of each is not counted, the others are."""
    invoices = evidence.invoices[evidence.invoices["kind"].isin(BILLED)]
    in_ledger = is_ledger_row(invoices, evidence)
    numbered = invoices["number_key"] >= 0
    whole = ["customer_key", "number_key", "kind", "amount_cents", "issue_date", "due_date"]
    identical = _copies(invoices, ["customer_key", "number_key", "kind", "amount_cents"], numbered & ~in_ledger)
    shared = _copies(invoices, ["customer_key", "number_key", "kind"], numbered) & ~identical
    shared &= ~_copies(invoices, whole, numbered & in_ledger) & ~_instalments(invoices)
    mixed = set(evidence.customers.loc[evidence.customers["is_catch_all"], "customer_id"])
    alike = _copies(
        invoices, ["customer_key", "amount_cents", "issue_date", "kind"], ~invoices["customer_id"].isin(mixed)
    )
    alike &= ~_copies(invoices, ["customer_key", "number_key", "amount_cents", "issue_date", "kind"], numbered)
    alike &= ~_instalments(invoices)
    return [
        *found_in("duplicate_invoice", invoices[identical], "invoices"),
        *found_in("shared_number", invoices[shared], "invoices"),
        *found_in("same_amount_and_day", invoices[alike], "invoices"),
        *_payments(evidence),
        *_ledger_lines(evidence, invoices[_copies(invoices, whole, in_ledger)]),
    ]


def _payments(evidence: Evidence) -> list[Found]:
    payments = evidence.payments[~is_ledger_row(evidence.payments, evidence)]
    payments = payments[payments["kind"].isin(("payment", "refund"))]
    key = ["customer_key", "payment_date", "amount_cents", "reference_key", "kind"]
    named = payments["reference_key"] >= 0
    return [
        *found_in("duplicate_payment", payments[_copies(payments, key, named)], "payments"),
        *found_in("same_payment_and_day", payments[_copies(payments, key, ~named)], "payments"),
    ]


def _ledger_lines(evidence: Evidence, invoices: pd.DataFrame) -> list[Found]:
    payments = evidence.payments[is_ledger_row(evidence.payments, evidence)]
    key = ["customer_key", "payment_date", "amount_cents", "reference_key", "kind", "lettering"]
    payments = payments[payments.duplicated(key)]
    if invoices.empty and payments.empty:
        return []
    first = (invoices if len(invoices) else payments).iloc[0]
    rows = [rows_of(f, name) for f, name in ((invoices, "invoices"), (payments, "payments")) if len(f)]
    example = example_text(first.get("invoice_number"), first["customer_id"])
    return [Found("identical_ledger_lines", pd.concat(rows, ignore_index=True), example)]


def _copies(frame: pd.DataFrame, key: list[str], where: pd.Series) -> pd.Series:
    """Rows equal by `key` to an earlier one, among those of `where`; earlier by date, then amount, not by place."""
    candidates = frame[where]
    candidates = candidates[candidates.duplicated(key, keep=False)]
    order = [name for name in ("issue_date", "payment_date", "due_date", "amount_cents") if name in frame]
    later = candidates.sort_values(order, kind="stable").duplicated(key)
    return later.reindex(frame.index, fill_value=False)


def _instalments(invoices: pd.DataFrame) -> pd.Series:
    """Rows of one invoice with several due dates: same number, each due on its own day."""
    numbered = invoices["due_date"].notna() & (invoices["number_key"] >= 0)
    key = ["customer_key", "number_key", "kind"]
    several = invoices.duplicated(key, keep=False) & numbered
    again = invoices.loc[several].duplicated([*key, "due_date"], keep=False)
    return several & ~again.reindex(invoices.index, fill_value=False)
