"""Column contracts of the quality report, and messages written as text so that a table can keep them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from riskkit.errors import Message, Money
from riskkit.schemas import Column, Table

DIMENSIONS = ("completeness", "validity", "uniqueness", "consistency", "timeliness", "reconciliation", "conformity")
SEVERITIES = ("blocking", "important", "minor")

QUALITY = Table(
    "quality",
    "a finding on the files: what is wrong or worth knowing, how many rows and how much money it concerns",
    (
        Column("code", "text", "finding code; unique"),
        Column("dimension", "text", ", ".join(DIMENSIONS)),
        Column("severity", "text", ", ".join(SEVERITIES)),
        Column("is_graded", "flag", "False for what is reported without being a fault: it weighs on no grade"),
        Column("counted", "text", "what rows_count counts: rows, customers or months"),
        Column("rows_count", "integer", "how many"),
        Column("amount_cents", "cents", "money concerned, minor units, signs dropped"),
        Column("base", "text", "whose money the share is of: invoices, payments, movements, exposure or control"),
        Column(
            "share_of_amount", "number", "money concerned over that of its base; missing without any", nullable=True
        ),
        Column("source_file", "text", "file of the first example", nullable=True),
        Column("source_line", "integer", "line of the first example", nullable=True),
        Column("example", "text", "the first example: number or name, and customer", nullable=True),
        Column("label", "text", "the finding in a few words, a message as JSON"),
        Column("effect", "text", "what it changes in the results, a message as JSON"),
        Column("action", "text", "what to do, a message as JSON"),
    ),
)

QUALITY_ROWS = Table(
    "quality_rows",
    "a row that a finding concerns",
    (
        Column("code", "text", "finding code"),
        Column("table", "text", "invoices, payments, customers or rejects"),
        Column("row_id", "text", "id of the row in that table; the month for a hole in time"),
        Column("source_file", "text", "file the row was read from", nullable=True),
        Column("source_line", "integer", "line of that file", nullable=True),
        Column("amount_cents", "cents", "money of the row, minor units, signed as in its table"),
    ),
)

QUALITY_GRADES = Table(
    "quality_grades",
    "the grade of one dimension, and of the whole (dimension overall)",
    (
        Column("dimension", "text", "dimension, or overall"),
        Column("grade", "text", "A to E; missing when there is nothing to judge by", nullable=True),
        Column("weighted_share", "number", "share of the money concerned, weighted by severity", nullable=True),
        Column("findings_count", "integer", "graded findings"),
        Column("amount_cents", "cents", "money concerned, each row counted once, signs dropped"),
        Column("reason", "text", "why this grade, a message as JSON"),
    ),
)

LEGAL_DELAYS = Table(
    "legal_delays",
    "a customer invoiced with at least one due date later than the law allows",
    (
        Column("customer_id", "text", "the customer"),
        Column("customer_name", "text", "its name", nullable=True),
        Column("invoices_count", "integer", "invoices with a due date"),
        Column("beyond_count", "integer", "those due later than allowed"),
        Column("amount_cents", "cents", "money invoiced with a due date"),
        Column("beyond_cents", "cents", "of which due later than allowed"),
        Column("beyond_share", "number", "beyond_cents over amount_cents"),
        Column("billing_share", "number", "beyond_cents over everything invoiced with a due date"),
        Column("median_days", "number", "median days from issue to due date of the invoices beyond"),
        Column("longest_days", "integer", "longest days from issue to due date"),
        Column("most_days_beyond", "integer", "most days past what is allowed"),
    ),
)

RECONCILIATION = Table(
    "reconciliation_lines",
    "one part of the gap between the files and the control total; the parts add up to the gap",
    (
        Column("cause", "text", "cause code"),
        Column("customer_id", "text", "the customer it concerns", nullable=True),
        Column("amount_cents", "cents", "its part of the gap: files less control, minor units"),
        Column("is_proven", "flag", "True when known for sure, False when only the amounts agree"),
        Column("source_file", "text", "file of the row behind it", nullable=True),
        Column("source_line", "integer", "line of that file", nullable=True),
        Column("explanation", "text", "in words, a message as JSON"),
    ),
)


def pack_message(sentence: Message) -> str:
    """A message as JSON text; `unpack_message` gives it back."""
    return json.dumps(_packed(sentence), ensure_ascii=False)


def unpack_message(text: str) -> Message:
    """The message that `pack_message` wrote."""
    found = _unpacked(json.loads(text))
    if not isinstance(found, Message):
        raise ValueError("not a packed message")
    return found


def _packed(value: object) -> Any:
    if isinstance(value, Message):
        return {"template": value.template, "values": {name: _packed(each) for name, each in value.values.items()}}
    if isinstance(value, Money):
        return {"cents": value.cents, "currency": value.currency, "compact": value.compact}
    if isinstance(value, dt.date):
        return {"date": f"{value:%Y-%m-%d}"}
    if isinstance(value, (bool, str, int, float)):
        return value
    return str(value)


def _unpacked(value: Any) -> object:
    if not isinstance(value, Mapping):
        return value
    if "template" in value:
        return Message(value["template"], {name: _unpacked(each) for name, each in value["values"].items()})
    if "date" in value:
        return dt.date.fromisoformat(value["date"])
    return Money(value["cents"], value["currency"], value["compact"])
