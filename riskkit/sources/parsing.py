"""Text to amounts, dates and identifiers, by columns: macros that DuckDB runs, and the habits of a column as a whole.

A cell that may be read in two ways (1.234, 03/04/2024) is never decided alone: the cells of its column vote.
Amounts are read by exact decimal arithmetic and rounded to the cent half to even.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

DECIMALS = {"comma": ",", "point": "."}

# Every macro takes a column of text. `amount_core` and `number_text` are stages of `amount_cents`.
_MACROS = r"""
create or replace temp macro is_missing(cell) as
    cell is null or regexp_full_match(lower(cell),
        '[\s\x{a0}\x{202f}]*(|-+|–|—|n\.?/?[acd]\.?|nan|nat|null|none|n[ée]ant|'
        || 'non renseign[ée]e?|inconnue?|unknown|\?+)'
        || '[\s\x{a0}\x{202f}]*');
create or replace temp macro amount_bare(cell) as
    regexp_replace(regexp_replace(cell, '[\s\x{a0}\x{202f}\x{2009}\x{feff}’''`_]', '', 'g'), '[−–—‑]', '-', 'g');
create or replace temp macro amount_parts(bare) as regexp_extract(bare,
    '(?i)^\(?([-+]?)\(?(?:EUROS?|EUR|USD|US|GBP|CHF|XPF|XOF|XAF|CAD|INR|JPY|MAD|TND|RS\.?|F\.?CFP|F\.?CFA|FRS?)?[€$£₹¥]?\(?([-+]?)([0-9][0-9.,]*|[.,][0-9]+)(E[-+]?[0-9]{1,2})?([-+]?)\)?(?:EUROS?|EUR|USD|GBP|CHF|XPF|XOF|XAF|CAD|INR|JPY|MAD|TND|F\.?CFP|F\.?CFA|FRS?)?[€$£₹¥]?([-+]?)(CR|DR|C|D)?\)?$',
    ['before', 'inside', 'core', 'exponent', 'after', 'last', 'side']);
create or replace temp macro number_text(core, decimal_mark) as case
    when core = '' then null
    when contains(core, ',') and contains(core, '.') then case
        when regexp_full_match(core, '[0-9]{1,3}(\.[0-9]{3})+,[0-9]*') then replace(replace(core, '.', ''), ',', '.')
        when regexp_full_match(core, '[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}\.[0-9]*') then replace(core, ',', '') end
    when regexp_full_match(core, '[0-9]*[.,]?[0-9]*') then case
        when regexp_full_match(core, '[1-9][0-9]{0,2}[.,][0-9]{3}') and not contains(core, decimal_mark)
        then replace(replace(core, ',', ''), '.', '')
        else replace(core, ',', '.') end
    when regexp_full_match(core, '[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}|[0-9]{1,3}(\.[0-9]{3})+')
    then replace(replace(core, ',', ''), '.', '') end;
create or replace temp macro half_even(cents) as
    floor(cents) + case when cents - floor(cents) > 0.5 then 1
                        when cents - floor(cents) = 0.5 then floor(cents) % 2 else 0 end;
create or replace temp macro parts_cents(parts, bare, decimal_mark) as list_transform(
    [try_cast(number_text(parts.core, decimal_mark)
        || 'E' || (2 + coalesce(try_cast(replace(upper(parts.exponent), 'E', '') as integer), 0)) as decimal(38, 18))],
    lambda cents: try_cast(half_even(cents) as bigint))[1]
    * case when contains(concat(parts.before, parts.inside, parts.after, parts.last), '-')
             or upper(parts.side) in ('CR', 'C') or regexp_full_match(bare, '[^0-9]*\(.*\)[^0-9]*') then -1 else 1 end;
create or replace temp macro amount_cents(cell, decimal_mark) as case
    when regexp_full_match(cell, '-?[0-9]{1,15}(\.([0-9]|[0-9]{2}))?')
    then (try_cast(cell as decimal(18, 2)) * 100)::bigint
    when regexp_full_match(cell, '-?[0-9]{1,15},([0-9]|[0-9]{2})')
    then (try_cast(replace(cell, ',', '.') as decimal(18, 2)) * 100)::bigint
    when cell is null or not regexp_matches(cell, '[-–—‑0-9]') then null
    else list_transform([amount_bare(cell)], lambda bare: case when regexp_full_match(bare, '-+€?') then 0
        else list_transform([amount_parts(bare)], lambda parts: parts_cents(parts, bare, decimal_mark))[1] end)[1] end;
create or replace temp macro decimals_kept(cell, decimal_mark) as
    length(rtrim(regexp_extract(number_text((amount_parts(amount_bare(cell))).core, decimal_mark),
        '\.([0-9]*)', 1), '0')) <= 2;
create or replace temp macro calendar_day(y, m, d) as
    try_cast(printf('%04d-%02d-%02d', case when y < 70 then 2000 + y when y < 100 then 1900 + y else y end, m, d)
        as date);
create or replace temp macro month_number(word) as case
    when word[1:3] in ('jan') then 1 when word[1:3] in ('fev', 'feb') then 2 when word[1:3] = 'mar' then 3
    when word[1:3] in ('avr', 'apr') then 4 when word[1:3] in ('mai', 'may') then 5
    when word[1:4] = 'juin' or word[1:3] = 'jun' then 6 when word[1:4] = 'juil' or word[1:3] = 'jul' then 7
    when word[1:3] in ('aou', 'aug') then 8 when word[1:3] = 'sep' then 9 when word[1:3] = 'oct' then 10
    when word[1:3] = 'nov' then 11 when word[1:3] = 'dec' then 12 end;
create or replace temp macro date_bare(cell) as regexp_replace(regexp_replace(
    lower(strip_accents(trim(replace(replace(cell, chr(160), ' '), chr(8239), ' ')))),
    '^(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(mon|tues?|wednes|thurs?|fri|satur|sun)(day)?)[\s,.]+', ''),
    '[ t]+(a )?[0-9]{1,2}[:h][0-9]{2}.*$', '');
create or replace temp macro date_numbers(bare) as regexp_extract(bare,
    '^([0-9]{1,2})\s*[-/. ]\s*([0-9]{1,2})\s*[-/. ]\s*([0-9]{4}|[0-9]{2})$', ['a', 'b', 'y']);
create or replace temp macro numbers_day(n, order_is_mdy) as case
    when order_is_mdy then coalesce(
        calendar_day(try_cast(n.y as int), try_cast(n.a as int), try_cast(n.b as int)),
        calendar_day(try_cast(n.y as int), try_cast(n.b as int), try_cast(n.a as int)))
    else coalesce(
        calendar_day(try_cast(n.y as int), try_cast(n.b as int), try_cast(n.a as int)),
        calendar_day(try_cast(n.y as int), try_cast(n.a as int), try_cast(n.b as int))) end;
create or replace temp macro iso_day(p) as
    calendar_day(try_cast(p.y as int), try_cast(p.m as int), try_cast(p.d as int));
create or replace temp macro named_day(p) as
    calendar_day(try_cast(p.y as int), month_number(p.m), try_cast(p.d as int));
create or replace temp macro bare_date(bare, order_is_mdy) as case
    when regexp_full_match(bare, '[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}')
    then iso_day(regexp_extract(bare, '^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})$', ['y', 'm', 'd']))
    when regexp_full_match(bare, '(19|20)[0-9]{6}(\.0+)?')
    then iso_day(regexp_extract(bare, '^([0-9]{4})([0-9]{2})([0-9]{2})', ['y', 'm', 'd']))
    when regexp_full_match(bare, '[0-9]{8}')
    then iso_day(regexp_extract(bare, '^([0-9]{2})([0-9]{2})([0-9]{4})', ['d', 'm', 'y']))
    when regexp_full_match(bare, '[2-7][0-9]{4}([.,][0-9]+)?')
    then date '1899-12-30' + try_cast(bare[1:5] as int)
    when regexp_matches(bare, '^[0-9]{1,2}\s*[-/. ]\s*[0-9]{1,2}\s*[-/. ]')
    then numbers_day(date_numbers(bare), order_is_mdy)
    when regexp_matches(bare, '^[0-9]')
    then named_day(regexp_extract(bare, '^([0-9]{1,2})(?:er|st|nd|rd|th)?[\s./-]*([a-z]{3,9})'
        || '[\s./,-]*([0-9]{4}|[0-9]{2})$', ['d', 'm', 'y']))
    else named_day(regexp_extract(bare,
        '^([a-z]{3,9})[\s./-]*([0-9]{1,2})(?:st|nd|rd|th)?[\s,./-]+([0-9]{4})$', ['m', 'd', 'y'])) end;
create or replace temp macro is_no_date(cell) as is_missing(cell) or regexp_full_match(trim(cell),
    '(0000-00-00|00/00/0000|0+|1900-01-0[01]|0?1/0?1/1900|19000101|1899-12-3[01])( 00:00:00)?');
create or replace temp macro cell_date(cell, order_is_mdy) as case
    when regexp_full_match(cell, '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?')
    then try_cast(cell[1:10] as date)
    when cell is null or not regexp_matches(cell, '[0-9]') then null
    else list_transform([date_bare(cell)], lambda bare: bare_date(bare, order_is_mdy))[1] end;
create or replace temp macro is_true(cell) as
    regexp_full_match(lower(strip_accents(trim(cell))),
        '(oui|o|yes|y|vrai|true|1|1\.0|x|litige|dispute|disputed|en litige)');
create or replace temp macro plain_id(cell, is_float) as
    nullif(case when is_float then regexp_replace(trim(cell), '\.0+$', '')
                else trim(regexp_replace(cell, '[\s\x{a0}\x{202f}]+', ' ', 'g')) end, '');
"""


@dataclass(frozen=True)
class NumberHabit:
    """How a column writes amounts: its decimal mark, and how many cells could be read both ways."""

    decimal: str
    ambiguous_count: int


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
    connection.execute(_MACROS)


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
    comma = point = both_comma = both_point = 0
    for column in columns:
        cores = relation.project(f"(amount_parts(amount_bare({quoted(column)}))).core as core").filter("core <> ''")
        votes = cores.aggregate(
            "count(*) filter (regexp_matches(core, ',[0-9]*$') and (contains(core, '.') or regexp_full_match(core,"
            " '([0-9]*,([0-9]{0,2}|[0-9]{4,})|0*,[0-9]*|[0-9]{4,},[0-9]+)'))),"
            "count(*) filter (regexp_matches(core, '\\.[0-9]*$') and (contains(core, ',') or regexp_full_match(core,"
            " '([0-9]*\\.([0-9]{0,2}|[0-9]{4,})|0*\\.[0-9]*|[0-9]{4,}\\.[0-9]+)'))),"
            "count(*) filter (regexp_full_match(core, '[1-9][0-9]{0,2},[0-9]{3}')),"
            "count(*) filter (regexp_full_match(core, '[1-9][0-9]{0,2}\\.[0-9]{3}'))"
        ).fetchall()[0]
        comma, point = comma + votes[0], point + votes[1]
        both_comma, both_point = both_comma + votes[2], both_point + votes[3]
    if comma or point:
        return NumberHabit("comma" if comma > point else "point", 0)
    if spreadsheet:
        return NumberHabit("point", both_point)
    # Nothing but 1.234 or 1,234: the mark separates thousands, so the decimal mark is the other one.
    return NumberHabit("comma" if both_point >= both_comma else "point", both_point + both_comma)


def date_habit(relation: duckdb.DuckDBPyRelation, columns: Sequence[str]) -> DateHabit:
    """Day first or month first, voted by the cells of all the date columns of a table; day first when none says."""
    day_first = month_first = either = 0
    for column in columns:
        numbers = relation.project(f"date_numbers(date_bare({quoted(column)})) as n").project(
            "try_cast(n.a as int) as a, try_cast(n.b as int) as b"
        )
        votes = numbers.aggregate(
            "count(*) filter (a between 13 and 31 and b between 1 and 12),"
            "count(*) filter (b between 13 and 31 and a between 1 and 12),"
            "count(*) filter (a between 1 and 12 and b between 1 and 12 and a <> b)"
        ).fetchall()[0]
        day_first, month_first, either = day_first + votes[0], month_first + votes[1], either + votes[2]
    order = "mdy" if month_first > day_first else "dmy"
    decided = bool(day_first or month_first)
    return DateHabit(order, decided, either, min(day_first, month_first))


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
