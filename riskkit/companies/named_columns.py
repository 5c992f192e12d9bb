"""Columns of a user's file under the names the program knows: found by mapping or by usual headers, read as typed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from riskkit.engine import connect
from riskkit.errors import DataError, UsageError, message
from riskkit.sources import parsing
from riskkit.sources.tabular import RawTable, open_tables, plain

KINDS = ("text", "amount", "date", "number", "share")


@dataclass(frozen=True)
class Field:
    """A field a file may hold: how its cells are read (one of `KINDS`) and the headers it usually has."""

    kind: str
    headers: tuple[str, ...] = ()
    required: bool = False


def read_columns(
    path: Path, *, fields: Mapping[str, Field], columns: Mapping[str, str] | None = None, sheet: str | None = None
) -> pd.DataFrame:
    """The rows of a spreadsheet or text file, one column per field found, typed.

    From: any file `sources.tabular` opens; `columns` gives the header of a field, usual headers find the others.
    To:   text, amounts in minor units (Int64), dates, numbers and shares (float64, 90 % is 0.9); then source_file,
          source_line and `unread` (cells that hold something that could not be read, by row). A field that the file
          lacks has no column.

    Parameters
    ----------
    path
        A CSV, text or Excel file, compressed or not.
    fields
        What the file may hold.
    columns
        Header of the file for each field, as written in the settings. A field mapped here is never guessed.
    sheet
        Sheet of a workbook; without one, the first that holds the required fields.

    """
    wanted = dict(columns or {})
    unknown = sorted(set(wanted) - set(fields))
    if unknown:
        raise UsageError(
            message(
                "Field '{field}' is not known here. The fields are: {fields}.",
                field=unknown[0],
                fields=", ".join(fields),
            )
        )
    if not path.is_file():
        raise DataError(message("{file} does not exist. Correct its name in portfolio.yaml.", file=path.name))
    with tempfile.TemporaryDirectory() as folder, connect() as connection:
        parsing.install(connection)
        tables = open_tables(path, connection, folder=Path(folder), sheet=sheet)
        found = [(table, _places(table, fields, wanted)) for table in tables]
        required = [name for name, field in fields.items() if field.required]
        table, places = max(found, key=lambda pair: (all(name in pair[1] for name in required), len(pair[1])))
        missing = [name for name in (*required, *wanted) if name not in places]
        if missing:
            raise DataError(
                message(
                    "{file} has no column for '{field}'. Its columns are: {headers}. Name the right one in columns.",
                    file=table.label,
                    field=wanted.get(missing[0], missing[0]),
                    headers=", ".join(table.headers[:30]),
                )
            )
        return _typed(table, fields, places)


def _places(table: RawTable, fields: Mapping[str, Field], wanted: Mapping[str, str]) -> dict[str, str]:
    """Column of the table for each field: the header named, else the first usual header it has."""
    by_header = {plain(header): f"c{index}" for index, header in reversed(list(enumerate(table.headers)))}
    places: dict[str, str] = {}
    for name, field in fields.items():
        if name in wanted:
            candidates = [table.column(wanted[name])]
        else:
            candidates = [by_header.get(plain(header)) for header in (name, *field.headers)]
        place = next((column for column in candidates if column), None)
        if place is not None:
            places[name] = place
    return places


def _typed(table: RawTable, fields: Mapping[str, Field], places: Mapping[str, str]) -> pd.DataFrame:
    """The cells of those columns read as what they are, habits voted over all columns of one kind."""
    relation = table.relation
    of_kind = {kind: [places[name] for name in places if fields[name].kind == kind] for kind in KINDS}
    mark = parsing.DECIMALS[
        parsing.number_habit(
            relation, of_kind["amount"] + of_kind["number"] + of_kind["share"], spreadsheet=table.is_spreadsheet
        ).decimal
    ]
    number = (
        f"try_cast(number_text((amount_parts(amount_bare({{c}}))).core, '{mark}') as double)"
        " * case when trim({c}) like '-%' then -1 else 1 end"
    )
    is_mdy = str(parsing.date_habit(relation, of_kind["date"]).order == "mdy").lower()
    read = {
        "text": "case when not is_missing({c}) then trim({c}) end",
        "amount": f"amount_cents({{c}}, '{mark}')",
        "number": number,
        "share": number.replace("{c}", "replace({c}, '%', '')") + " / case when contains({c}, '%') then 100 else 1 end",
        "date": f"case when not is_no_date({{c}}) then cell_date({{c}}, {is_mdy}) end",
    }
    typed = ", ".join(f"{read[fields[name].kind].format(c=column)} as {name}" for name, column in places.items())
    unread = " + ".join(
        f"({read[fields[name].kind].format(c=column)} is null and not is_missing({column}))::int"
        for name, column in places.items()
        if fields[name].kind != "text"
    )
    frame: pd.DataFrame = (
        relation.project(f"line as source_line, {typed}, {unread or '0'} as unread").order("source_line").df()
    )
    values = {name: _cast(frame[name], fields[name].kind) for name in places}
    return pd.DataFrame(
        {**values, "source_file": table.path.name, "source_line": frame["source_line"], "unread": frame["unread"]}
    )


def _cast(values: pd.Series, kind: str) -> pd.Series:
    """A column as its kind wants it."""
    if kind == "amount":
        return values.astype("Int64")
    if kind == "date":
        return pd.to_datetime(values).astype("datetime64[us]")
    return values.astype("float64") if kind in ("number", "share") else values.astype("str")
