"""Text to amounts, dates and identifiers, by columns: macros that DuckDB runs, and the habits of a column as a whole.

A cell that may be read in two ways (1.234, 03/04/2024) is never decided alone: the cells of its column vote.
Amounts are read by exact decimal arithmetic and rounded to the cent half to even.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import duckdb
import pandas as pd

from riskkit.sources.parsing_macros import MACROS

DECIMALS = {"comma": ",", "point": "."}
_KEY_ROWS = 10_000
_SHAPES = ("comma", "point", "fine", "other")
_WRITINGS = {"iso": "[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}:[0-9]{2})?", "dmy": "[0-9]{2}/[0-9]{2}/[0-9]{4}"}
READINGS = {"iso": "try_cast({cell} as timestamp)::date", "dmy": "try_strptime({cell}, '%d/%m/%Y')::date"}


@dataclass(frozen=True)
class NumberHabit:
    """How columns write amounts: their decimal mark, and how many cells could be read both ways.

    `plain` are the columns where every cell is digits with at most two decimals: one cast reads them.
    """

    decimal: str
    ambiguous_count: int
    plain: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DateHabit:
    """How the date columns of a table order day and month, and how sure that is.

    `ambiguous_count` counts the cells that either order can read, `other_count` those only the other order can.
    """

    order: str
    decided: bool
    ambiguous_count: int
    other_count: int


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the parsing macros known to a connection."""
    connection.execute(MACROS)


def quoted(name: str) -> str:
    """A column name as DuckDB wants it in an expression."""
    return '"' + name.replace('"', '""') + '"'


def number_habit(relation: duckdb.DuckDBPyRelation, columns: Sequence[str], *, spreadsheet: bool) -> NumberHabit:
    """The decimal mark of amounts, voted by the cells that can be read in one way only.

    Without any vote, cells of a spreadsheet are numbers (decimal point), and a lone mark before three digits in a
    text file separates thousands.
    """
    if not columns:
        return NumberHabit("point", 0)
    shapes = ", ".join(f"amount_shape({quoted(column)}) as shape_{i}" for i, column in enumerate(columns))
    counts = ", ".join(
        f"count(*) filter (shape_{i} = '{shape}')" for i in range(len(columns)) for shape in _SHAPES
    )  # fmt: skip
    found = relation.project(shapes).aggregate(counts).fetchall()[0]
    comma = point = both_comma = both_point = 0
    plain = set()
    for i, column in enumerate(columns):
        commas, points, fines, others = found[4 * i : 4 * i + 4]
        comma, point = comma + commas, point + points + fines
        if others:
            votes = _other_votes(relation, column)
            comma, point = comma + votes[0], point + votes[1]
            both_comma, both_point = both_comma + votes[2], both_point + votes[3]
        elif not fines:
            plain.add(column)
    if comma or point:
        return NumberHabit("comma" if comma > point else "point", 0, frozenset(plain))
    if spreadsheet:
        return NumberHabit("point", both_point, frozenset(plain))
    # Nothing but 1.234 or 1,234: the mark separates thousands, so the decimal mark is the other one.
    return NumberHabit("comma" if both_point >= both_comma else "point", both_point + both_comma, frozenset(plain))


def _other_votes(relation: duckdb.DuckDBPyRelation, column: str) -> tuple[int, ...]:
    """Votes of the cells that are not digits with a few decimals: comma, point, comma or thousands, point or so."""
    cell = quoted(column)
    unusual = relation.filter(f"amount_shape({cell}) = 'other'")
    cores = unusual.project(f"(amount_parts(amount_bare({cell}))).core as core").filter("core <> ''")
    votes: tuple[int, ...] = cores.aggregate(
        "count(*) filter (regexp_matches(core, ',[0-9]*$') and (contains(core, '.') or regexp_full_match(core,"
        " '([0-9]*,([0-9]{0,2}|[0-9]{4,})|0*,[0-9]*|[0-9]{4,},[0-9]+)'))),"
        "count(*) filter (regexp_matches(core, '\\.[0-9]*$') and (contains(core, ',') or regexp_full_match(core,"
        " '([0-9]*\\.([0-9]{0,2}|[0-9]{4,})|0*\\.[0-9]*|[0-9]{4,}\\.[0-9]+)'))),"
        "count(*) filter (regexp_full_match(core, '[1-9][0-9]{0,2},[0-9]{3}')),"
        "count(*) filter (regexp_full_match(core, '[1-9][0-9]{0,2}\\.[0-9]{3}'))"
    ).fetchall()[0]
    return votes


def date_cells(relation: duckdb.DuckDBPyRelation, columns: Sequence[str]) -> duckdb.DuckDBPyRelation | None:
    """The distinct cells of date columns: `place` (index of the column), cell, n. None without a column.

    A column of dates repeats itself: what is costly is done once per distinct cell.
    """
    parts = []
    for place, column in enumerate(columns):
        key = date_key(relation, column)
        counted = relation.aggregate(f"{key} as cell, count(*) as n", key)
        parts.append(counted.project(f"{place} as place, coalesce(cell, '') as cell, n"))
    return reduce(lambda whole, part: whole.union(part), parts).materialize() if parts else None


def date_key(relation: duckdb.DuckDBPyRelation, column: str) -> str:
    """What the cells of a date column are told apart by: themselves, or their day where hours make most distinct."""
    cell = quoted(column)
    seen, distinct = relation.limit(_KEY_ROWS).aggregate(f"count({cell}), count(distinct {cell})").fetchall()[0]
    return f"date_key({cell})" if distinct > max(seen, 100) / 2 else cell


def date_habit(relation: duckdb.DuckDBPyRelation, columns: Sequence[str]) -> DateHabit:
    """Day first or month first, voted by the cells of all the date columns of a table; day first when none says."""
    return order_voted(date_cells(relation, columns))


def order_voted(cells: duckdb.DuckDBPyRelation | None) -> DateHabit:
    """The habit of the cells that `date_cells` counted."""
    if cells is None:
        return DateHabit("dmy", False, 0, 0)
    votes = (
        cells.project("n, date_numbers(date_bare(cell)) as d")
        .project("n, try_cast(d.a as int) as a, try_cast(d.b as int) as b")
        .aggregate(
            "coalesce(sum(n) filter (a between 13 and 31 and b between 1 and 12), 0)::bigint,"
            "coalesce(sum(n) filter (b between 13 and 31 and a between 1 and 12), 0)::bigint,"
            "coalesce(sum(n) filter (a between 1 and 12 and b between 1 and 12 and a <> b), 0)::bigint"
        )
    )
    day_first, month_first, either = votes.fetchall()[0]
    order = "mdy" if month_first > day_first else "dmy"
    return DateHabit(order, bool(day_first or month_first), either, min(day_first, month_first))


def date_days(cells: duckdb.DuckDBPyRelation, *, is_mdy: bool) -> duckdb.DuckDBPyRelation:
    """The day of every distinct cell: cell, is_blank (holds no date, and says so), day."""
    read = f"case when not is_no_date(cell) then cell_date(cell, {str(is_mdy).lower()}) end"
    return cells.project("cell").distinct().project(f"cell, is_no_date(cell) as is_blank, {read} as day").materialize()


def date_writings(cells: duckdb.DuckDBPyRelation, days: duckdb.DuckDBPyRelation) -> list[str]:
    """By column: `iso` or `dmy` when every cell is written so and one cast reads it, else an empty text."""
    tests = ", ".join(
        f"bool_and(cell = '' or (not is_blank and regexp_full_match(cell, '{shape}') "
        f"and {READINGS[name].format(cell='cell')} is not distinct from day)) as {name}"
        for name, shape in _WRITINGS.items()
    )
    joined = cells.set_alias("cells").join(days.set_alias("days"), "cell")
    found = joined.aggregate(f"place, {tests}", "place").order("place").fetchall()
    return [next((name for name, fits in zip(_WRITINGS, row[1:], strict=True) if fits), "") for row in found]


def read_amounts(cells: Sequence[str | None], *, decimal: str = "auto", spreadsheet: bool = False) -> list[int | None]:
    """Amounts in cents; None where a cell holds none that can be read."""
    relation, _connection = _column(cells)
    mark = DECIMALS[number_habit(relation, ["cell"], spreadsheet=spreadsheet).decimal if decimal == "auto" else decimal]
    return _values(relation.project(f"line, amount_cents(cell, '{mark}')"))


def read_dates(cells: Sequence[str | None], *, order: str = "auto") -> list[dt.date | None]:
    """Dates; None where a cell holds none that can be read."""
    relation, _connection = _column(cells)
    chosen = date_habit(relation, ["cell"]).order if order == "auto" else order
    return _values(relation.project(f"line, cell_date(cell, {'true' if chosen == 'mdy' else 'false'})"))


def _column(cells: Sequence[str | None]) -> tuple[duckdb.DuckDBPyRelation, duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(":memory:")
    install(connection)
    connection.register("cells", pd.DataFrame({"line": range(len(cells)), "cell": pd.Series(list(cells), dtype="str")}))
    return connection.table("cells"), connection


def _values(relation: duckdb.DuckDBPyRelation) -> list[Any]:
    return [row[1] for row in relation.order("line").fetchall()]
