"""The fields of letters: `$name` in a template, and the text that takes its place. Nothing is ever evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from riskkit.errors import DataError, message

FIELD = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))", re.ASCII)
ITEM_FIELDS = ("invoice", "issued", "due", "days", "open")
"""Fields of an invoice: the row of a table that holds `$invoice` is repeated for each."""
PERIOD_FIELDS = ("half_year", "from_date", "to_date", "rate", "period_penalties")
"""Fields of a half-year of penalties: the row that holds `$half_year` is repeated for each."""
LETTER_FIELDS = (
    "company", "sender_address", "sender_address_line", "sender_contact", "sender_siren", "iban", "bic", "signatory",
    "signatory_role", "town", "date", "date_short", "place_date", "customer_id", "customer_name", "customer_address",
    "customer_address_line", "customer_siren", "items_count", "items_said", "total_open", "total_penalties",
    "total_indemnities", "total_claim", "late_count", "indemnity", "penalties_until", "pay_by", "notice_days",
    "penalties_notice", "penalties_basis", "penalties_note", "prescription_date", "court", "representative", "security",
    "procedure", "judged_on", "published_on", "claim_deadline", "due_before", "due_after",
)  # fmt: skip

Values = Mapping[str, str]
Rows = Mapping[str, list[dict[str, str]]]
"""Rows to repeat by the field that marks them: `invoice` and `half_year`."""


def fill(text: str, values: Values, *, file: str, shown: Callable[[str], str] = str) -> str:
    """The text with its fields replaced, once: what a value holds is never read again. `$$` is a dollar.

    Raises `DataError` for a field that is not known, naming the template.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name is None:
            return "$"
        if name not in values:
            raise unknown_field(name, file=file)
        return shown(values[name])

    return FIELD.sub(value, text)


def unknown_field(name: str, *, file: str) -> DataError:
    """What to say of a field that no letter has."""
    return DataError(
        message(
            "{file}: the field '${field}' is not known. The fields are: {fields}. Write $$ for a dollar sign.",
            file=file,
            field=name,
            fields=", ".join(f"${field}" for field in (*LETTER_FIELDS, *ITEM_FIELDS, *PERIOD_FIELDS)),
        )
    )
