"""Typed rows of payment tables and of events → payments and events."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.sources.cells import TypedRows, says, words_of
from riskkit.sources.tables_invoices import currency_code
from riskkit.sources.tabular import plain

_WRITE_OFF = re.compile(
    r"\b(pertes?|irrecouvrables?|write off|written off|bad debt|creances? irrecouvrables?|abandon)\b"
)
_REFUND = re.compile(
    r"\b(rejets?|rejetee?|impayee?s?|remboursements?|refunds?|bounced|returned|retour|chargeback|annulation)\b"
)
_EVENTS = (
    (re.compile(r"liquidation"), "liquidation"),
    (re.compile(r"redressement|receivership"), "receivership"),
    (re.compile(r"sauvegarde|safeguard"), "safeguard"),
    (re.compile(r"litige|dispute|contest"), "dispute"),
    (re.compile(r"promesse|promise"), "broken_promise"),
    (re.compile(r"privilege|inscription"), "privilege"),
)


def payment_rows(typed: TypedRows, *, currency: str) -> tuple[pd.DataFrame, list[Message]]:
    """Payments of one table, one row per line, signed; `reason` where the row's own cells set it aside."""
    amount = typed.cents("payment_amount")
    words = words_of(typed.text("payment_kind").fillna("") + " " + typed.text("payment_mode").fillna(""))
    is_refund = says(words, _REFUND)
    kind = np.select(
        [says(words, _WRITE_OFF), is_refund | amount.lt(0).fillna(False)], ["write_off", "refund"], "payment"
    )
    flipped = is_refund & amount.gt(0).fillna(False)
    notes = []
    if flipped.any():
        notes.append(
            message(
                "{file}: {count} refunds or bounced payments are written without a minus sign; {money} is taken as "
                "negative.",
                file=typed.table.label, count=int(flipped.sum()), money=Money(int(amount[flipped].sum()), currency),
            )
        )  # fmt: skip
    amount = amount.where(~flipped, -amount)
    key = typed.text("customer_id")
    names = typed.text("customer_name").map(lambda name: " ".join(name.upper().split()), na_action="ignore")
    reason = typed.rows["reason"]
    reason = reason.mask(reason.isna() & amount.isna(), "missing_amount")
    reason = reason.mask(reason.isna() & typed.dates("payment_date").isna(), "missing_payment_date")
    rows = pd.DataFrame(
        {
            "line": typed.rows["line"], "payment_number": typed.text("payment_id"),
            "customer_key": key.where(key.notna(), names), "customer_name": typed.text("customer_name"),
            "kind": kind, "payment_date": typed.dates("payment_date"), "amount_cents": amount,
            "currency": typed.text("currency").map(currency_code).where(typed.text("currency").notna(), currency),
            "reference": typed.text("reference"), "reason": reason.astype("str"),
        }
    )  # fmt: skip
    return rows, notes


def event_rows(typed: TypedRows) -> pd.DataFrame:
    """Events of one table, one row per line; `reason` where set aside."""
    key = typed.text("customer_id")
    names = typed.text("customer_name").map(lambda name: " ".join(name.upper().split()), na_action="ignore")
    key = key.where(key.notna(), names)
    kind = typed.text("event_kind").map(_event_code, na_action="ignore")
    reason = typed.rows["reason"]
    reason = reason.mask(reason.isna() & key.isna(), "missing_customer")
    reason = reason.mask(reason.isna() & typed.dates("event_date").isna(), "missing_event_date")
    reason = reason.mask(reason.isna() & kind.isna(), "missing_event_kind")
    return pd.DataFrame(
        {
            "line": typed.rows["line"],
            "customer_id": key,
            "event_date": typed.dates("event_date"),
            "kind": kind,
            "reason": reason.astype("str"),
        }
    )


def _event_code(words: str) -> str:
    shown = plain(words)
    return next((code for pattern, code in _EVENTS if pattern.search(shown)), shown.replace(" ", "_"))
