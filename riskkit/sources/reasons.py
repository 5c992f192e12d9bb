"""Why a row is set aside: the codes, and the expression that finds the first one its own cells give.

Every test stands behind a cheaper one that ordinary rows fail, so that checking costs little on a good file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_TOTAL_CELL = r"(?i)\s*((grand|sous|sub)[ -]?)?(tota(l|ux))\b.*|(?i)\s*(solde|montant) (total|g[ée]n[ée]ral)\b.*"
_TOTAL_START = r"^\s*(?i:grand|sous|sub|tota|solde|montant)"
_DATED = ("issue_date", "due_date", "payment_date", "event_date")
_NUMBERED = ("invoice_number", "reference", "payment_id", "siren")
TYPED = ("amount", "date", "days")

REASONS = {
    "total_row": "a total, not a row",
    "repeated_header": "the header again",
    "remark_row": "a remark, not a row",
    "missing_amount": "no amount",
    "missing_issue_date": "no invoice date",
    "missing_payment_date": "no payment date",
    "missing_event_date": "no event date",
    "missing_event_kind": "no kind of event",
    "missing_customer": "no customer",
    "unknown_invoice": "neither a customer nor a known invoice",
    "impossible_date": "a date before 1990 or after 2099",
    "other_currency": "another currency",
    "not_an_invoice": "an order, a quote or a delivery, not an invoice",
    "duplicate_customer": "a customer already given on another row",
    "unreadable_amount": "an amount that cannot be read",
    "unreadable_date": "a date that cannot be read",
    "in_ledger": "a movement that the ledger (FEC) already holds",
    "in_invoices": "a balance whose invoices are given one by one",
    "in_tables": "an invoice that another file already gives",
    "net_of_payments": "a payment that the aged balance is already net of",
}
NOT_DATA = ("total_row", "repeated_header", "remark_row")


def reason_expression(columns: Mapping[str, str], contents: Mapping[str, str], headers: Sequence[str]) -> str:
    """The reason of each row, missing where its own cells give none.

    From: rows with the raw cells c0, c1, …, the typed fields, and `blank_<field>` for each date.
    """
    typed = [field for field in columns if contents[field] in TYPED]
    cases = [
        *_total(columns, headers),
        *_header(columns, headers, typed),
        *_remark(columns, contents, headers, typed),
        *(_unread(field, columns[field], is_date=contents[field] == "date") for field in typed),
        *(
            f"case when {field} not between date '1990-01-01' and date '2099-12-31' then 'impossible_date' end"
            for field in columns
            if contents[field] == "date"
        ),
        "null::varchar",
    ]
    return f"coalesce({', '.join(cases)})"


def _total(columns: Mapping[str, str], headers: Sequence[str]) -> list[str]:
    dated = [field for field in _DATED if field in columns]
    numbered = [field for field in _NUMBERED if field in columns]
    if not dated and not numbered:
        return []
    cheap = [f"{field} is null" for field in dated]
    cheap += [f"({field} is null or regexp_matches({columns[field]}, '{_TOTAL_START}'))" for field in numbered]
    full = [f"(blank_{field} or {_says_total(columns[field])})" for field in dated]
    full += [f"(is_missing({columns[field]}) or {_says_total(columns[field])})" for field in numbered]
    anywhere = " or ".join(_says_total(f"c{i}") for i in range(len(headers)))
    return [
        f"case when {' and '.join(cheap)} then case when ({anywhere}) and {' and '.join(full)} then 'total_row' end end"
    ]


def _says_total(column: str) -> str:
    return f"regexp_full_match(coalesce({column}, ''), '{_TOTAL_CELL}')"


def _header(columns: Mapping[str, str], headers: Sequence[str], typed: Sequence[str]) -> list[str]:
    """The header again: two of its texts under themselves, one of which no amount or date can be read from."""
    same = " + ".join(
        f"(trim(coalesce({column}, '')) = {literal(headers[int(column[1:])])})::int" for column in columns.values()
    )
    test = f"case when {same} >= {min(2, len(columns))} then 'repeated_header' end"
    unread = " or ".join(f"({field} is null and {columns[field]} <> '')" for field in typed)
    return [f"case when {unread} then {test} end" if unread else test]


def _remark(
    columns: Mapping[str, str], contents: Mapping[str, str], headers: Sequence[str], typed: Sequence[str]
) -> list[str]:
    telling = [field for field in columns if contents[field] in ("amount", "date", "id")]
    if len(telling) < 2 or not typed:
        return []
    filled = " + ".join(f"(not is_missing(c{i}))::int" for i in range(len(headers)))
    nothing = " and ".join(f"{field} is null" for field in typed)
    return [f"case when {nothing} then case when {filled} = 1 then 'remark_row' end end"]


def _unread(field: str, column: str, *, is_date: bool) -> str:
    if is_date:
        return f"case when {field} is null and not blank_{field} then 'unreadable_date' end"
    return (
        f"case when {field} is null and {column} <> '' "
        f"then case when not is_missing({column}) then 'unreadable_amount' end end"
    )


def literal(text: str) -> str:
    """A text as DuckDB wants it in an expression."""
    return "'" + text.replace("'", "''") + "'"
