"""A raw table and its specification → rows of typed fields, each with the fault that would set it aside.

Typing is one DuckDB relation over the raw cells, computed when it is asked: nothing proportional to rows is pandas
unless `TypedRows.rows` is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import duckdb
import pandas as pd

from riskkit.errors import Message
from riskkit.sources import parsing
from riskkit.sources.cells_notes import habit_notes, rounding_note
from riskkit.sources.mapping_headers import fields
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.reasons import REASONS, reason_expression
from riskkit.sources.tabular import RawTable, plain

__all__ = ["REASONS", "TypedRows", "says", "typed_rows", "words_of"]

_ENGINE_TYPES = {"amount": "bigint", "days": "bigint", "date": "date", "flag": "boolean"}


@dataclass(frozen=True)
class TypedRows:
    """The data rows of one table, typed.

    `relation` has one row per non-empty line: `line`, one column per mapped field (amounts in cents, dates, text),
    and `reason`, a code of `REASONS` where the row must be set aside, missing where it may be kept. `columns` are the
    raw columns of the fields.
    """

    table: RawTable
    spec: TableSpec
    relation: duckdb.DuckDBPyRelation
    columns: Mapping[str, str]
    notes: tuple[Message, ...]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The relation as pandas, in the order of the lines: for tables proportional to customers."""
        contents = contents_of(self.spec.kind)
        rows: pd.DataFrame = self.relation.order("line").df()
        for field in self.columns:
            if contents[field] in ("amount", "days"):
                rows[field] = rows[field].astype("Int64")
            elif contents[field] == "date":
                rows[field] = pd.to_datetime(rows[field]).astype("datetime64[us]")
            elif contents[field] != "flag":
                rows[field] = rows[field].astype("str")
        rows["reason"] = rows["reason"].astype("str")
        return rows

    @property
    def stated(self) -> str:
        """The field whose amount on a total row is the total the file states; empty without one."""
        return next((field for field in ("amount", "payment_amount", "open_amount") if field in self.columns), "")

    @property
    def given(self) -> duckdb.DuckDBPyRelation:
        """The relation with every field of its kind of table, missing everywhere where the table does not give it."""
        shown = [
            field if field in self.columns else f"null::{_ENGINE_TYPES.get(content, 'varchar')} as {field}"
            for field, content in contents_of(self.spec.kind).items()
        ]
        return self.relation.project(f"line, {', '.join(shown)}, reason")

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

    def said(self, *texts: str) -> list[tuple[str | None, ...]]:
        """The distinct values of text fields taken together; empty when the table gives none of them."""
        if not any(self.has(field) for field in texts):
            return []
        shown = ", ".join(f"text_cell({self.columns[f]})" if self.has(f) else "null::varchar" for f in texts)
        return self.table.relation.project(shown).distinct().fetchall()

    def raw(self) -> duckdb.DuckDBPyRelation:
        """The rows as read, fields joined by |, one per line: `line` and `raw`."""
        cells = ", ".join(f"coalesce(c{i}, '')" for i in range(len(self.table.headers)))
        return self.table.relation.project(f"line, concat_ws('|', {cells}) as raw")


def contents_of(kind: str) -> dict[str, str]:
    """What each field of a kind of table holds: amount, date, days, flag, id, text and so on."""
    return {names.field: names.content for names in fields(kind)}


def typed_rows(table: RawTable, spec: TableSpec) -> TypedRows:
    """Every row of the table with the fields of its specification read as what they are.

    A cell that holds something and cannot be read gives its row a reason; nothing turns empty without one.
    """
    contents = contents_of(spec.kind)
    columns = {field: str(table.column(header)) for field, header in spec.columns.items()}
    by_kind = {
        kind: [columns[field] for field in columns if contents[field] == kind] for kind in ("amount", "date", "id")
    }
    numbers = parsing.number_habit(table.relation, by_kind["amount"], spreadsheet=table.is_spreadsheet)
    cells = parsing.date_cells(table.relation, by_kind["date"])
    dates = parsing.order_voted(cells)
    mark = parsing.DECIMALS[numbers.decimal if spec.decimal == "auto" else spec.decimal]
    is_mdy = (dates.order if spec.date_order == "auto" else spec.date_order) == "mdy"
    floats = _float_columns(table.relation, by_kind["id"])
    joined, days = _with_days(table.relation, cells, by_kind["date"], is_mdy=is_mdy)
    shown = []
    for field, column in columns.items():
        if contents[field] == "date":
            shown += [f"{days[column][0]} as {field}", f"{days[column][1]} as blank_{field}"]
        else:
            is_plain = column in numbers.plain and contents[field] == "amount"
            read = _expression(contents[field], column, mark=mark, is_plain=is_plain, is_float=column in floats)
            shown.append(f"{read} as {field}")
    every = ", ".join(["line", *(f"c{i}" for i in range(len(table.headers)))])
    relation = joined.project(", ".join([every, *shown])).project(
        ", ".join(["line", *columns, f"{reason_expression(columns, contents, table.headers)} as reason"])
    )
    notes = habit_notes(table, spec, numbers, dates, has_dates=bool(by_kind["date"]))
    unsure = [column for column in by_kind["amount"] if column not in numbers.plain]
    return TypedRows(table, spec, relation, columns, (*notes, *rounding_note(table, unsure, mark)))


def _with_days(
    relation: duckdb.DuckDBPyRelation,
    cells: duckdb.DuckDBPyRelation | None,
    columns: Sequence[str],
    *,
    is_mdy: bool,
) -> tuple[duckdb.DuckDBPyRelation, dict[str, tuple[str, str]]]:
    """The rows with what their date cells say; for each date column, its day and whether it is blank, as expressions.

    A column written in one plain way is cast; the days of any other are looked up among its distinct cells.
    """
    if cells is None:
        return relation, {}
    days = parsing.date_days(cells, is_mdy=is_mdy)
    found: dict[str, tuple[str, str]] = {}
    for place, (column, writing) in enumerate(zip(columns, parsing.date_writings(cells, days), strict=True)):
        key = parsing.date_key(relation, column)
        if writing:
            found[column] = (
                parsing.READINGS[writing].format(cell=key),
                f"coalesce({column}, '') = ''",
            )
            continue
        looked_up = days.project(f"cell as cell_{place}, day as day_{place}, is_blank as blank_{place}")
        relation = relation.set_alias(f"rows_{place}").join(
            looked_up.set_alias(f"days_{place}"), f"coalesce({key}, '') = cell_{place}"
        )
        found[column] = (f"day_{place}", f"blank_{place}")
    return relation, found


def _expression(content: str, column: str, *, mark: str, is_plain: bool, is_float: bool) -> str:
    if content == "amount":
        return f"plain_cents({column})" if is_plain else f"amount_cents({column}, '{mark}')"
    if content == "days":
        return f"try_cast(round(try_cast(replace(trim({column}), ',', '.') as double)) as bigint)"
    if content == "flag":
        return f"coalesce(is_true({column}), false)"
    if content == "id" and is_float:
        return f"case when not is_missing({column}) then plain_id({column}, true) end"
    return f"text_cell({column})"


def _float_columns(relation: duckdb.DuckDBPyRelation, columns: Sequence[str]) -> set[str]:
    """Identifier columns that went through floating point: every cell reads 12345.0."""
    likely = list(columns)
    for rows in (relation.limit(1000), relation):
        if not likely:
            return set()
        tests = ", ".join(
            f"coalesce(bool_and(is_missing({c}) or regexp_full_match(trim({c}), '[0-9]+\\.0+')), false), "
            f"coalesce(bool_or(regexp_full_match(trim({c}), '[0-9]+\\.0+')), false), "
            f"bool_and(is_missing({c}))"
            for c in likely
        )
        found = rows.aggregate(tests).fetchall()[0]
        # An empty start says nothing yet; it is the whole column that must have been a number once.
        likely = [
            column
            for i, column in enumerate(likely)
            if found[3 * i] and (found[3 * i + 1] or (rows is not relation and found[3 * i + 2]))
        ]
    return set(likely)


def words_of(texts: pd.Series) -> pd.Series:
    """Texts in plain words (no case, accents or marks), empty where missing."""
    return texts.fillna("").map({text: plain(text) for text in texts.dropna().unique()} | {"": ""}).astype("str")


def says(words: pd.Series, pattern: re.Pattern[str]) -> pd.Series:
    """Whether each text matches a pattern anywhere; each distinct text is looked at once."""
    return words.map({text: bool(pattern.search(text)) for text in words.unique()}).astype(bool)
