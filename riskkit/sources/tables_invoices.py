"""Typed rows of invoice tables → rows of invoices, and the settlements that the same rows carry."""

# ruff: noqa: S608 - only names of tables and columns written in this package are put into the SQL
from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.sources.cells import TypedRows, says, words_of
from riskkit.sources.currencies import currency_code
from riskkit.sources.lettering import letter_expression, lettering_note
from riskkit.sources.tables_statements import AMOUNTS, INVOICES
from riskkit.sources.tabular import plain

_CREDIT = re.compile(r"\b(avoirs?|credit (note|memo)|note de credit|av|avc|cn|cm|cancellation|annulation)\b")
_DEPOSIT = re.compile(r"\b(acomptes?|deposit|advance|down payment|fd)\b")
_PAYMENT = re.compile(
    r"\b(reglements?|paiements?|payments?|encaissements?|virements?|vir|receipts?|cheques?|chq|prelevements?|prlv|rg|bq|"
    r"banque|lcr|effet)\b"
)
_SALES_JOURNAL = re.compile(r"\b(ve|vt|vte|ventes?)\b")
_NOT_YET = re.compile(r"\b(commandes?|devis|orders?|quotes?|quotation|pro ?forma|bon de (commande|livraison))\b")
_INVOICE = re.compile(r"\b(factures?|fact|invoices?)\b")
_PAID = re.compile(
    r"\b(payee?s?|paid|regle?e?s?|soldee?s?|settled|closed|acquittee?s?|encaissee?s?|cleared|oui|yes|true)\b"
)
_PART_PAID = re.compile(r"\b(partial(ly)?|partiel(le)?(ment)?|part)\b")
_UNPAID = re.compile(
    r"\b(impayee?s?|unpaid|outstanding|en attente|pending|open|ouverte?s?|due|non (payee?s?|reglee?s?|soldee?s?)|"
    r"not paid|a payer|a regler|echue?s?|en cours|emise?s?|sent|no|non|false)\b"
)
_PAID_HEADER = re.compile(r"\b(payee?s?|reglee?s?|soldee?s?|paid)\b")
_YES_OR_NO = {"o": "oui", "y": "oui", "x": "oui", "n": "non"}
_SAGE_TYPES = {"0": "quote", "1": "order", "2": "order", "3": "order", "4": "credit note", "5": "credit note"}


_CREDIT_STEMS = "avoir|credit|av|cn|cm|cancel|annul"


def add_invoices(
    typed: TypedRows, connection: duckdb.DuckDBPyConnection, *, part: int, currency: str
) -> tuple[Message, ...]:
    """Add the rows of one table to `invoice_rows`: signed amounts, kinds, settlements. To: what was assumed.

    Parameters
    ----------
    typed
        The table.
    connection
        Holds `invoice_rows` (`tables_statements.TABLES`).
    part
        Number of the table.
    currency
        Of amounts that name none.

    """
    has = typed.has
    way, notes = _amount_way(typed)
    connection.register("given", typed.given)
    store_words(connection, "codes", currency_words(typed))
    words = _document_words(typed)
    store_words(connection, "words", words)
    store_words(connection, "credit_labels", _credit_labels(typed))
    is_due_issue = has("due_date") and not has("issue_date")
    is_movement = has("debit") or has("credit") or has("side")
    values = {
        "part": part,
        "currency": currency,
        "is_due_issue": is_due_issue,
        "is_movement": is_movement,
        "is_lettered": has("lettering") and (is_movement or bool(words["says_payment"].any())),
        "has_excl_tax": has("excl_tax_amount"),
        "has_paid": has("paid_amount"),
        "numbers_invoices": bool(_INVOICE.search(plain(typed.spec.columns.get("invoice_number", "")))),
        "has_open": has("open_amount") and (has("amount") or has("debit")) and not has("paid_amount"),
    }
    stated = typed.stated or "null::bigint"
    connection.execute(INVOICES.format(amount=AMOUNTS[way], stated=stated, letter=letter_expression(typed)), values)
    flipped, cents = connection.execute(
        "select count(*), coalesce(sum(amount_cents), 0)::bigint from invoice_rows where part = $1 and is_flipped",
        [part],
    ).fetchall()[0]
    if flipped:
        notes.append(
            message(
                "{file}: {count:credit note|credit notes} {count:?is|are} written without a minus sign; {money} is "
                "taken as negative.",
                file=typed.table.label,
                count=flipped,
                money=Money(-cents, currency),
            )
        )
    if is_due_issue:
        notes.append(
            message(
                "{file} gives no invoice date: the due date stands for it, so delays from invoice date mean nothing.",
                file=typed.table.label,
            )
        )
    notes += lettering_note(typed, connection, rows="invoice_rows", part=part)
    return tuple(notes)


def _amount_way(typed: TypedRows) -> tuple[str, list[Message]]:
    """Which columns give the tax-inclusive amount (a key of `AMOUNTS`), and what must be said of it."""
    has, label = typed.has, typed.table.label
    if has("debit") or has("credit"):
        return "movement", []
    if has("amount"):
        return "amount", []
    if has("open_amount"):
        return "open", [
            message(
                "{file} gives what remains due and not the amount of each invoice: what was paid before is not known.",
                file=label,
            )
        ]
    if has("unit_price"):
        return "lines", [message("{file}: amounts are quantity × unit price, added up by invoice.", file=label)]
    return "excl_tax", [
        message("{file} gives amounts without tax only: receivables and sales are both without tax.", file=label)
    ]


def _document_words(typed: TypedRows) -> pd.DataFrame:
    """What each type of document and status of the table means; one row stands for their absence."""
    said = pd.DataFrame(typed.said("document_type", "status") or [(None, None)], columns=["document", "said_status"])
    said = said.astype("str")
    words, status = words_of(said["document"]), words_of(said["said_status"])
    if plain(typed.spec.columns.get("document_type", "")) == "do type":
        words = words.map(lambda code: _SAGE_TYPES.get(code, "invoice"))
    if _PAID_HEADER.search(plain(typed.spec.columns.get("status", ""))):
        status = status.replace(_YES_OR_NO)
    is_part = says(status, _PART_PAID)
    is_unpaid = says(status, _UNPAID) & ~is_part
    return pd.DataFrame(
        {
            "document": said["document"].fillna(""),
            "said_status": said["said_status"].fillna(""),
            "is_silent": words.eq(""),
            "is_credit": says(words, _CREDIT),
            "says_payment": says(words, _PAYMENT),
            "says_deposit": says(words, _DEPOSIT),
            "says_not_yet": says(words, _NOT_YET),
            "says_sales_journal": says(words, _SALES_JOURNAL),
            "is_unpaid": is_unpaid,
            "is_paid": says(status, _PAID) & ~is_unpaid & ~is_part,
        }
    )


def _credit_labels(typed: TypedRows) -> pd.DataFrame:
    """The labels that say a credit note."""
    if not typed.has("label"):
        return pd.DataFrame({"label": pd.Series(dtype="str")})
    likely = (
        typed.table.relation.project(f"text_cell({typed.columns['label']}) as label")
        .filter(f"regexp_matches(lower(strip_accents(label)), '{_CREDIT_STEMS}')")
        .distinct()
    )
    labels = pd.Series([row[0] for row in likely.fetchall()], dtype="str")
    return pd.DataFrame({"label": labels[says(words_of(labels), _CREDIT)]})


def currency_words(typed: TypedRows) -> pd.DataFrame:
    """The code of each currency that the table writes; one row, without a code, stands for none."""
    said = [text for (text,) in typed.said("currency") if text is not None]
    codes = pd.Series([None, *(currency_code(text) for text in said)], dtype="str")
    return pd.DataFrame({"said_currency": ["", *said], "code": codes})


def store_words(connection: duckdb.DuckDBPyConnection, name: str, words: pd.DataFrame) -> None:
    """Make what words mean known to the statements."""
    connection.register("words_in", words)
    connection.execute(f"create or replace temp table {name} as from words_in")
    connection.unregister("words_in")


def stated_totals(connection: duckdb.DuckDBPyConnection, *, rows: str, part: int) -> Sequence[int]:
    """The amounts that the total rows of a part show."""
    found = connection.execute(
        f"select stated_cents from {rows} where part = $1 and reason = 'total_row' and stated_cents is not null "
        "order by line",
        [part],
    ).fetchall()
    return [cents for (cents,) in found]
