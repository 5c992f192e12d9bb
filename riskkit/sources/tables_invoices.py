"""Typed rows of an invoice table → invoices, and the settlements that the same rows carry."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.sources.cells import TypedRows, says, words_of
from riskkit.sources.tabular import plain

_CREDIT = re.compile(r"\b(avoirs?|credit (note|memo)|note de credit|av|cn|cm|cancellation|annulation)\b")
_DEPOSIT = re.compile(r"\b(acomptes?|deposit|advance|down payment|fd)\b")
_PAYMENT = re.compile(
    r"\b(reglements?|paiements?|payments?|encaissements?|virements?|vir|receipts?|cheques?|chq|prelevements?|prlv|rg|bq|"
    r"banque|lcr|effet)\b"
)
_SALES_JOURNAL = re.compile(r"\b(ve|vt|vte|ventes?)\b")
_NOT_YET = re.compile(r"\b(commandes?|devis|orders?|quotes?|quotation|pro ?forma|bon de (commande|livraison))\b")
_PAID = re.compile(
    r"\b(payee?s?|paid|regle?e?s?|soldee?s?|settled|closed|acquittee?s?|encaissee?s?|cleared|oui|yes|true)\b"
)
_PART_PAID = re.compile(r"\b(partial(ly)?|partiel(le)?(ment)?|part)\b")
_UNPAID = re.compile(
    r"\b(impayee?s?|unpaid|outstanding|en attente|pending|open|ouverte?s?|due|non (payee?s?|reglee?s?|soldee?s?)|"
    r"not paid|a payer|a regler|echue?s?|en cours|emise?s?|sent|no|non|false)\b"
)
_SAGE_TYPES = {"0": "quote", "1": "order", "2": "order", "3": "order", "4": "credit note", "5": "credit note"}


@dataclass(frozen=True)
class InvoiceRows:
    """What an invoice table gives: one row per line read, money signed, each with `reason` when set aside.

    `rows`: line, customer_key, customer_name, invoice_number, kind, issue_date, due_date, amount_cents,
    excl_tax_cents, currency, is_disputed, dispute_date, is_payment, settled_date, settled_cents, is_undated_settled,
    reason. `is_said_paid` marks rows whose status says paid and that give neither a date nor an amount.
    """

    typed: TypedRows
    rows: pd.DataFrame
    notes: tuple[Message, ...]
    has_lines: bool


def invoice_rows(typed: TypedRows, *, currency: str) -> InvoiceRows:
    """Signed amounts, kinds and settlements of every row of an invoice table."""
    amount, notes = _amounts(typed, currency)
    words = words_of(typed.text("document_type"))
    if plain(typed.spec.columns.get("document_type", "")) == "do type":
        words = words.map(lambda code: _SAGE_TYPES.get(code, "invoice"))
    labels = words_of(typed.text("label"))
    is_credit = says(words, _CREDIT) | (words.eq("") & says(labels, _CREDIT) & amount.lt(0).fillna(False))
    flipped = is_credit & amount.gt(0).fillna(False)
    if flipped.any():
        notes.append(
            message(
                "{file}: {count} credit notes are written without a minus sign; {money} is taken as negative.",
                file=typed.table.label, count=int(flipped.sum()), money=Money(int(amount[flipped].sum()), currency),
            )
        )  # fmt: skip
        amount = amount.where(~flipped, -amount)
    is_movement = typed.has("debit") or typed.has("credit") or typed.has("side")
    is_payment = (says(words, _PAYMENT) & ~is_credit) | (
        is_movement & amount.lt(0).fillna(False) & ~is_credit & ~says(words, _SALES_JOURNAL)
    )
    issue = typed.dates("issue_date")
    if not typed.has("issue_date") and typed.has("due_date"):
        issue = typed.dates("due_date")
        notes.append(
            message(
                "{file} gives no invoice date: the due date stands for it, so delays from invoice date mean nothing.",
                file=typed.table.label,
            )
        )
    key = typed.text("customer_id").where(typed.text("customer_id").notna(), typed.text("customer_name").map(_name_key))
    kind = np.select([amount.lt(0).fillna(False), says(words, _DEPOSIT)], ["credit_note", "deposit"], "invoice")
    rows = pd.DataFrame(
        {
            "line": typed.rows["line"], "customer_key": key, "customer_name": typed.text("customer_name"),
            "country": typed.text("country"), "sales_person": typed.text("sales_person"),
            "payment_terms": typed.text("payment_terms"), "siren_raw": typed.text("siren"),
            "invoice_number": typed.text("invoice_number"),
            "origin_number": typed.text("origin_number"), "kind": kind, "issue_date": issue,
            "due_date": typed.dates("due_date"), "amount_cents": amount, "excl_tax_cents": _excl_tax(typed, amount),
            "currency": typed.text("currency").map(currency_code).where(typed.text("currency").notna(), currency),
            "is_disputed": typed.rows["disputed"] if typed.has("disputed") else False,
            "dispute_date": typed.dates("dispute_date"), "is_payment": is_payment,
        }
    )  # fmt: skip
    rows = _settled(rows, typed)
    cases = [
        (typed.rows["reason"].notna(), typed.rows["reason"]),
        (says(words, _NOT_YET), "not_an_invoice"),
        (rows["amount_cents"].isna(), "missing_amount"),
        (rows["customer_key"].isna(), "missing_customer"),
        (rows["issue_date"].isna(), "missing_issue_date"),
    ]
    reason = pd.Series(None, index=rows.index, dtype="str")
    for test, code in reversed(cases):
        reason = reason.mask(test, code)
    return InvoiceRows(
        typed, rows.assign(reason=reason.astype("str")), tuple(notes), "unit_price" in typed.spec.columns
    )


def currency_code(text: str | float) -> str | float:
    """A currency as its ISO code; signs and words are understood."""
    if not isinstance(text, str):
        return text
    known = {"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "$": "USD", "£": "GBP", "FCFP": "XPF", "₹": "INR"}
    shown = text.strip().upper()
    return known.get(shown, shown)


def _name_key(name: str | float) -> str | float:
    return " ".join(name.upper().split()) if isinstance(name, str) else name


def _amounts(typed: TypedRows, currency: str) -> tuple[pd.Series, list[Message]]:
    """The signed tax-inclusive amount of each row, from whichever columns the table gives."""
    has, label = typed.has, typed.table.label
    if has("debit") or has("credit"):
        both = typed.cents("debit").isna() & typed.cents("credit").isna()
        return (typed.cents("debit").fillna(0) - typed.cents("credit").fillna(0)).mask(both), []
    if has("amount"):
        amount = typed.cents("amount")
        if has("side"):
            is_credit = typed.text("side").str.strip().str.lower().str[0].eq("c")
            amount = amount.where(~is_credit.fillna(False), -amount)
        if has("open_amount"):
            amount = amount.where(amount.notna(), typed.cents("open_amount"))
        return amount, []
    if has("open_amount"):
        return typed.cents("open_amount"), [
            message(
                "{file} gives what remains due and not the amount of each invoice: what was paid before is not known.",
                file=label,
            )
        ]
    if has("unit_price"):
        quantity, price = typed.cents("quantity"), typed.cents("unit_price")
        hundredths = (quantity * price).astype("Int64")
        whole, rest = hundredths // 100, hundredths % 100
        up = rest.gt(50) | (rest.eq(50) & (whole % 2).eq(1))
        return whole + up.astype("Int64"), [
            message("{file}: amounts are quantity × unit price, added up by invoice.", file=label)
        ]
    return typed.cents("excl_tax_amount"), [
        message("{file} gives amounts without tax only: receivables and sales are both without tax.", file=label)
    ]


def _excl_tax(typed: TypedRows, amount: pd.Series) -> pd.Series:
    excl_tax = typed.cents("excl_tax_amount")
    if not typed.has("excl_tax_amount") and typed.has("tax_amount"):
        excl_tax = amount - typed.cents("tax_amount")
    wrong_sign = (excl_tax.gt(0) & amount.lt(0)).fillna(False)
    return excl_tax.where(~wrong_sign, -excl_tax)


def _settled(rows: pd.DataFrame, typed: TypedRows) -> pd.DataFrame:
    """When and for how much each row says it was settled."""
    status = words_of(typed.text("status"))
    is_unpaid = says(status, _UNPAID) & ~says(status, _PART_PAID)
    is_paid = says(status, _PAID) & ~is_unpaid & ~says(status, _PART_PAID)
    date = typed.dates("settled_date")
    if typed.has("days_to_settle"):
        counted = rows["issue_date"] + pd.to_timedelta(typed.cents("days_to_settle").astype("float64"), unit="D")
        date = date.where(date.notna(), counted.astype("datetime64[us]"))
    if typed.has("days_late"):
        counted = rows["due_date"] + pd.to_timedelta(typed.cents("days_late").astype("float64"), unit="D")
        date = date.where(date.notna() | ~is_paid, counted.astype("datetime64[us]"))
    date = date.mask(is_unpaid)
    settled = rows["amount_cents"].where(date.notna() | is_paid, 0)
    if typed.has("paid_amount"):
        settled = typed.cents("paid_amount").where(typed.cents("paid_amount").notna(), settled)
    elif typed.has("open_amount") and (typed.has("amount") or typed.has("debit")):
        settled = (rows["amount_cents"] - typed.cents("open_amount")).where(typed.cents("open_amount").notna(), settled)
    settled = settled.mask(rows["is_payment"], 0).fillna(0)
    return rows.assign(settled_date=date, settled_cents=settled.astype("Int64"), is_said_paid=is_paid & date.isna())
