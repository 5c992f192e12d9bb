"""Typed rows of payment tables and of events → payments and events."""

from __future__ import annotations

import re

import duckdb
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.sources.cells import TypedRows, says, words_of
from riskkit.sources.lettering import letter_expression, lettering_note
from riskkit.sources.tables_invoices import currency_words, store_words
from riskkit.sources.tables_statements import PAYMENTS
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


def add_payments(
    typed: TypedRows, connection: duckdb.DuckDBPyConnection, *, part: int, currency: str
) -> tuple[Message, ...]:
    """Add the rows of one table to `payment_rows`, signed. To: what was assumed. Parameters as `add_invoices`."""
    connection.register("given", typed.given)
    store_words(connection, "codes", currency_words(typed))
    store_words(connection, "words", _payment_words(typed))
    values = {"part": part, "currency": currency}
    connection.execute(PAYMENTS.format(stated=typed.stated or "null::bigint", letter=letter_expression(typed)), values)
    flipped, cents = connection.execute(
        "select count(*), coalesce(sum(amount_cents), 0)::bigint from payment_rows where part = $1 and is_flipped",
        [part],
    ).fetchall()[0]
    lettered = lettering_note(typed, connection, rows="payment_rows", part=part)
    if not flipped:
        return tuple(lettered)
    return (
        *lettered,
        message(
            "{file}: {count:refund or bounced payment|refunds or bounced payments} {count:?is|are} written without a "
            "minus sign; {money} is taken as negative.",
            file=typed.table.label,
            count=flipped,
            money=Money(-cents, currency),
        ),
    )


def _payment_words(typed: TypedRows) -> pd.DataFrame:
    said = pd.DataFrame(
        typed.said("payment_kind", "payment_mode") or [(None, None)], columns=["said_kind", "said_mode"]
    )
    said = said.astype("str").fillna("")
    words = words_of(said["said_kind"] + " " + said["said_mode"])
    return said.assign(is_write_off=says(words, _WRITE_OFF), is_refund=says(words, _REFUND))


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
