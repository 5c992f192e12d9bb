"""A raw table and its specification → rows of typed fields, each with the fault that would set it aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.sources import parsing
from riskkit.sources.mapping import TableSpec
from riskkit.sources.mapping_headers import fields
from riskkit.sources.tabular import RawTable, plain

_TOTAL_CELL = r"(?i)\s*((grand|sous|sub)[ -]?)?(tota(l|ux))\b.*|(?i)\s*(solde|montant) (total|g[ée]n[ée]ral)\b.*"
_DATED = ("issue_date", "due_date", "payment_date", "event_date")
_NUMBERED = ("invoice_number", "reference", "payment_id")

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
}


@dataclass(frozen=True)
class TypedRows:
    """The data rows of one table, typed.

    `rows` has one row per non-empty line: `line`, one column per mapped field (amounts in cents, dates, text), and
    `reason`, a code of `REASONS` where the row must be set aside, missing where it may be kept. `stated_totals`
    are the amounts the file's own total rows show.
    """

    table: RawTable
    spec: TableSpec
    rows: pd.DataFrame
    stated_totals: tuple[int, ...]
    notes: tuple[Message, ...]

    def has(self, field: str) -> bool:
        """Whether the table gives that field."""
        return field in self.spec.columns

    def text(self, field: str) -> pd.Series:
        """A text field, missing everywhere when the table does not give it."""
        return self.rows[field] if self.has(field) else pd.Series(None, index=self.rows.index, dtype="str")

    def cents(self, field: str) -> pd.Series:
        """An amount field in cents, missing everywhere when the table does not give it."""
        return self.rows[field] if self.has(field) else pd.Series(pd.NA, index=self.rows.index, dtype="Int64")

    def dates(self, field: str) -> pd.Series:
        """A date field, missing everywhere when the table does not give it."""
        if self.has(field):
            return self.rows[field]
        return pd.Series(pd.NaT, index=self.rows.index, dtype="datetime64[us]")

    def raw(self, lines: pd.Series, connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
        """The rows as read, fields joined by |, for those lines: columns `line` and `raw`."""
        connection.register("wanted_lines", pd.DataFrame({"line": lines.astype("int64")}))
        cells = ", ".join(f"coalesce(c{i}, '')" for i in range(len(self.table.headers)))
        found = self.table.relation.join(connection.table("wanted_lines"), "line", how="semi")
        frame: pd.DataFrame = found.project(f"line, concat_ws('|', {cells}) as raw").df()
        connection.unregister("wanted_lines")
        return frame


def typed_rows(table: RawTable, spec: TableSpec) -> TypedRows:
    """Every row of the table with the fields of its specification read as what they are.

    A cell that holds something and cannot be read gives its row a reason; nothing turns empty without one.
    """
    contents = {names.field: names.content for names in fields(spec.kind)}
    columns = {field: str(table.column(header)) for field, header in spec.columns.items()}
    by_kind = {
        kind: [columns[field] for field in columns if contents[field] == kind] for kind in ("amount", "date", "id")
    }
    numbers = parsing.number_habit(table.relation, by_kind["amount"], spreadsheet=table.is_spreadsheet)
    dates = parsing.date_habit(table.relation, by_kind["date"])
    mark = parsing.DECIMALS[numbers.decimal if spec.decimal == "auto" else spec.decimal]
    is_mdy = (dates.order if spec.date_order == "auto" else spec.date_order) == "mdy"
    floats = _float_columns(table.relation, by_kind["id"])
    read = ", ".join(
        f"{_expression(contents[field], column, mark=mark, is_mdy=is_mdy, is_float=column in floats)} as {field}"
        for field, column in columns.items()
    )
    unread = {
        field: f"{field} is null and not {'is_no_date' if contents[field] == 'date' else 'is_missing'}({column})"
        for field, column in columns.items()
        if contents[field] in ("amount", "date", "days")
    }
    typed = table.relation.project(f"*, {read}").project(
        f"line, {', '.join(columns)}, {_reason(table, columns, contents, unread)} as reason"
    )
    rows = typed.order("line").df()
    for field, column_kind in ((field, contents[field]) for field in columns):
        if column_kind in ("amount", "days"):
            rows[field] = rows[field].astype("Int64")
        elif column_kind == "date":
            rows[field] = pd.to_datetime(rows[field]).astype("datetime64[us]")
        elif column_kind != "flag":
            rows[field] = rows[field].astype("str")
    rows["reason"] = rows["reason"].astype("str")
    is_total = rows["reason"] == "total_row"
    money = next((rows[f] for f in ("amount", "payment_amount", "open_amount") if f in columns), None)
    stated = () if money is None else tuple(int(cents) for cents in money[is_total].dropna())
    notes = _habit_notes(table, spec, numbers, dates, has_dates=bool(by_kind["date"]))
    return TypedRows(table, spec, rows, stated, (*notes, *_rounding_note(table, spec, by_kind["amount"], mark)))


def _expression(content: str, column: str, *, mark: str, is_mdy: bool, is_float: bool) -> str:
    if content == "amount":
        return f"amount_cents({column}, '{mark}')"
    if content == "date":
        return f"case when not is_no_date({column}) then cell_date({column}, {str(is_mdy).lower()}) end"
    if content == "days":
        return f"try_cast(round(try_cast(replace(trim({column}), ',', '.') as double)) as bigint)"
    if content == "flag":
        return f"coalesce(is_true({column}), false)"
    if content == "id":
        return f"case when not is_missing({column}) then plain_id({column}, {str(is_float).lower()}) end"
    return f"case when not is_missing({column}) then plain_id({column}, false) end"


def _float_columns(relation: duckdb.DuckDBPyRelation, columns: Sequence[str]) -> set[str]:
    """Identifier columns that went through floating point: every cell reads 12345.0."""
    if not columns:
        return set()
    tests = ", ".join(
        f"bool_and(is_missing({c}) or regexp_full_match(trim({c}), '[0-9]+\\.0+')) "
        f"and bool_or(regexp_full_match(trim({c}), '[0-9]+\\.0+'))"
        for c in columns
    )
    answer = relation.aggregate(tests).fetchall()[0]
    return {column for column, is_float in zip(columns, answer, strict=True) if is_float}


def _reason(table: RawTable, columns: dict[str, str], contents: dict[str, str], unread: dict[str, str]) -> str:
    """An expression that gives the first reason why a row cannot be kept, as far as its own cells say."""
    every = [f"c{i}" for i in range(len(table.headers))]
    total = " or ".join(f"regexp_full_match(coalesce({c}, ''), '{_TOTAL_CELL}')" for c in every)
    undated = [f"is_no_date({columns[f]})" for f in _DATED if f in columns]
    unnumbered = [
        f"(is_missing({columns[f]}) or regexp_full_match({columns[f]}, '{_TOTAL_CELL}'))"
        for f in (*_NUMBERED, "siren")
        if f in columns
    ]
    cases = []
    if undated or unnumbered:
        undated_texts = [f"({u} or regexp_full_match({columns[f]}, '{_TOTAL_CELL}'))" for f, u in
                         zip([f for f in _DATED if f in columns], undated, strict=True)]  # fmt: skip
        cases.append(f"when ({total}) and {' and '.join(undated_texts + unnumbered)} then 'total_row'")
    same = " + ".join(
        f"(trim(coalesce({column}, '')) = '{header.replace(chr(39), chr(39) * 2)}')::int"
        for header, column in ((table.headers[int(c[1:])], c) for c in columns.values())
    )
    cases.append(f"when {same} >= {min(2, len(columns))} then 'repeated_header'")
    telling = [c for f, c in columns.items() if contents[f] in ("amount", "date", "id")]
    filled = " + ".join(f"(not is_missing({c}))::int" for c in every)
    readable = " or ".join(
        f"{field} is not null" for field in columns if contents[field] in ("amount", "date", "days")
    )  # fmt: skip
    if len(telling) >= 2 and readable:
        cases.append(f"when {filled} = 1 and not ({readable}) then 'remark_row'")
    for field, test in unread.items():
        cases.append(f"when {test} then '{'unreadable_date' if contents[field] == 'date' else 'unreadable_amount'}'")
    for field in columns:
        if contents[field] == "date":
            cases.append(f"when year({field}) not between 1990 and 2099 then 'impossible_date'")
    return "case " + " ".join(cases) + " end"


def _habit_notes(
    table: RawTable, spec: TableSpec, numbers: parsing.NumberHabit, dates: parsing.DateHabit, *, has_dates: bool
) -> list[Message]:
    notes = []
    if has_dates and spec.date_order == "auto":
        if dates.decided and dates.order == "mdy":
            notes.append(message("{file}: dates are read month first (12/31/2023).", file=table.label))
        elif not dates.decided and dates.ambiguous_count:
            notes.append(
                message(
                    "{file}: {count} dates can be read day first or month first; they are read day first. Write "
                    "date_order: mdy in portfolio.yaml if that is wrong.",
                    file=table.label,
                    count=dates.ambiguous_count,
                )
            )
        if dates.other_count:
            notes.append(
                message(
                    "{file}: {count} dates are in the other order of day and month than the rest; each is read the "
                    "only way it can be.",
                    file=table.label,
                    count=dates.other_count,
                )
            )
    if numbers.ambiguous_count and spec.decimal == "auto":
        notes.append(
            message(
                "{file}: {count} amounts such as 1.234 could hold thousands or decimals; check the total of the file, "
                "and write decimal: point or decimal: comma in portfolio.yaml if it is wrong.",
                file=table.label,
                count=numbers.ambiguous_count,
            )
        )
    return notes


def _rounding_note(table: RawTable, spec: TableSpec, amounts: Sequence[str], mark: str) -> list[Message]:
    if not amounts:
        return []
    tests = ", ".join(f"count(*) filter (not decimals_kept({column}, '{mark}'))" for column in amounts)
    rounded = sum(table.relation.aggregate(tests).fetchall()[0])
    if not rounded:
        return []
    return [
        message(
            "{file}: {count} amounts have more than two decimals; each is rounded to the cent.",
            file=table.label,
            count=rounded,
        )
    ]


def words_of(texts: pd.Series) -> pd.Series:
    """Texts in plain words (no case, accents or marks), empty where missing."""
    return texts.fillna("").map({text: plain(text) for text in texts.dropna().unique()} | {"": ""}).astype("str")


def says(words: pd.Series, pattern: re.Pattern[str]) -> pd.Series:
    """Whether each text matches a pattern anywhere; each distinct text is looked at once."""
    return words.map({text: bool(pattern.search(text)) for text in words.unique()}).astype(bool)


def total_notes(rows: TypedRows, total_cents: int, *, currency: str) -> list[Message]:
    """Whether the total a file shows at its bottom is the sum of its rows."""
    if not rows.stated_totals:
        return []
    stated = max(rows.stated_totals, key=abs)
    if total_cents in rows.stated_totals:
        return [
            message(
                "{file}: its rows add up to the total it shows, {total}.",
                file=rows.table.label,
                total=Money(total_cents, currency),
            )
        ]
    return [
        message(
            "{file} shows a total of {stated}; its rows add up to {total}. Ask what the difference of {gap} is.",
            file=rows.table.label,
            stated=Money(stated, currency),
            total=Money(total_cents, currency),
            gap=Money(stated - total_cents, currency),
        )
    ]
