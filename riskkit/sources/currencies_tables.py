"""Rows of other currencies → amounts in the currency of the portfolio, before they are typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import duckdb
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.sources import parsing
from riskkit.sources.currencies import MAX_AGE_DAYS, Rates, currency_code
from riskkit.sources.mapping_headers import fields
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.parsing import quoted
from riskkit.sources.tabular import RawTable

_MONEY = {
    "invoices": ("amount", "open_amount", "paid_amount", "excl_tax_amount", "tax_amount", "debit", "credit"),
    "payments": ("payment_amount",),
}
_DATES = {"invoices": ("issue_date", "due_date"), "payments": ("payment_date",)}
_NUMBERS = {"invoices": "invoice_number", "payments": "reference"}

Opened = tuple[RawTable, TableSpec]


def main_currency(tables: Sequence[Opened], *, currency: str | None) -> str:
    """The currency of the portfolio: as asked, or that of most rows of invoices."""
    if currency is not None:
        return currency
    counts: dict[str, int] = {}
    for table, spec in tables:
        if spec.kind == "invoices":
            for code, count in _codes(table, spec, "EUR").items():
                counts[code] = counts.get(code, 0) + count
    return max(counts, key=lambda code: (counts[code], code)) if counts else "EUR"


def converted(
    tables: Sequence[Opened], connection: duckdb.DuckDBPyConnection, *, main: str, rates: Rates
) -> tuple[list[Opened], list[Message]]:
    """The tables with amounts of other currencies converted where a rate is given for the day of the row.

    An invoice takes the rate of its date; a payment that names a known invoice takes that of the invoice, so that a
    settled invoice stays settled; another payment takes that of its own date. What was written stays beside, in
    the same row. Rows without a rate keep their currency.
    """
    notes: list[Message] = []
    done: list[Opened] = []
    invoice_days: dict[str, dt.date] = {}
    for wanted in ("invoices", "payments"):
        for table, spec in tables:
            if spec.kind == wanted:
                fresh, said = _convert(table, spec, connection, main=main, rates=rates, invoice_days=invoice_days)
                done.append(fresh)
                notes += said
    rest = [pair for pair in tables if pair[1].kind not in ("invoices", "payments")]
    return [*done, *rest], notes


def _convert(
    table: RawTable,
    spec: TableSpec,
    connection: duckdb.DuckDBPyConnection,
    *,
    main: str,
    rates: Rates,
    invoice_days: dict[str, dt.date],
) -> tuple[Opened, list[Message]]:
    codes = _codes(table, spec, main)
    is_invoices = spec.kind == "invoices"
    money = [field for field in _MONEY[spec.kind] if field in spec.columns]
    if not (set(codes) - {main}) & rates.codes or not money:
        if is_invoices and set(codes) - {main}:
            invoice_days |= _days_by_number(_rows(table, spec, main))
        return (table, spec), []
    rows = _rows(table, spec, main)
    if is_invoices:
        invoice_days |= _days_by_number(rows)
    else:
        rows["day"] = rows["number"].map(invoice_days).where(rows["number"].isin(list(invoice_days)), rows["day"])
    habit = parsing.number_habit(
        table.relation, [str(table.column(spec.columns[f])) for f in money], spreadsheet=table.is_spreadsheet
    )
    mark = parsing.DECIMALS[habit.decimal if spec.decimal == "auto" else spec.decimal]
    found = {
        (code, day): rates.at(code, day if isinstance(day, dt.date) and not pd.isna(day) else None, into=main)
        for code, day in rows.loc[rows["code"].ne(main), ["code", "day"]].drop_duplicates().itertuples(index=False)
    }
    factors = pd.DataFrame(
        [(code, day, str(r.multiplier), str(r.divisor)) for (code, day), r in found.items() if r is not None],
        columns=["code", "day", "multiplier", "divisor"],
    )
    by_line = rows.merge(factors, on=["code", "day"], how="inner")[["line", "code", "multiplier", "divisor"]]
    fresh = _with_converted(table, spec, connection, by_line.drop_duplicates("line"), money, main=main, mark=mark)
    return fresh, _notes(fresh[0], spec, money[0], connection, mark=mark, main=main)


def _codes(table: RawTable, spec: TableSpec, usual: str) -> dict[str, int]:
    """How many rows are in each currency."""
    own = spec.currency or usual
    if "currency" not in spec.columns:
        return {own: 1}
    column = quoted(str(table.column(spec.columns["currency"])))
    counted = table.relation.aggregate(f"upper(trim({column})) as code, count(*)", "code").fetchall()
    found: dict[str, int] = {}
    for code, count in counted:
        known = currency_code(code) if code else own
        found[known] = found.get(known, 0) + count
    return found


def _rows(table: RawTable, spec: TableSpec, main: str) -> pd.DataFrame:
    """Line, currency, day and number of every row."""
    dates = {f: quoted(str(table.column(spec.columns[f]))) for f in _DATES[spec.kind] if f in spec.columns}
    contents = {names.field: names.content for names in fields(spec.kind)}
    every = [str(table.column(h)) for f, h in spec.columns.items() if contents[f] == "date"]
    habit = parsing.date_habit(table.relation, every)
    is_mdy = (habit.order if spec.date_order == "auto" else spec.date_order) == "mdy"
    day = ", ".join(f"cell_date({column}, {str(is_mdy).lower()})" for column in dates.values())
    code = quoted(str(table.column(spec.columns["currency"]))) if "currency" in spec.columns else "null"
    number = _NUMBERS[spec.kind]
    shown = quoted(str(table.column(spec.columns[number]))) if number in spec.columns else "null"
    frame: pd.DataFrame = table.relation.project(
        f"line, upper(trim({code})) as code, {f'coalesce({day})' if day else 'null::date'} as day, "
        f"trim({shown})::varchar as number"
    ).df()
    own = spec.currency or main
    frame["code"] = frame["code"].map(lambda said: currency_code(said) if isinstance(said, str) and said else own)
    frame["day"] = pd.to_datetime(frame["day"]).dt.date
    frame["day"] = frame["day"].where(frame["day"].notna(), None)
    return frame


def _days_by_number(rows: pd.DataFrame) -> dict[str, dt.date]:
    known = rows.dropna(subset=["number", "day"]).drop_duplicates("number")
    return dict(zip(known["number"], known["day"], strict=True))


def _with_converted(
    table: RawTable,
    spec: TableSpec,
    connection: duckdb.DuckDBPyConnection,
    by_line: pd.DataFrame,
    money: Sequence[str],
    *,
    main: str,
    mark: str,
) -> Opened:
    """The table with one more column per amount, and one of currencies; the specification reads those."""
    name = f"converted_{len(connection.execute('show tables').fetchall())}"
    connection.register("factors_in", by_line)
    connection.table("factors_in").project(
        "line, code, multiplier::hugeint as multiplier, divisor::hugeint as divisor"
    ).to_table(f"{name}_factors")
    connection.unregister("factors_in")
    width = len(table.headers)
    cells = ", ".join(f"c{i}" for i in range(width))
    fresh, headers, columns = [], list(table.headers), dict(spec.columns)
    for field in money:
        cell = quoted(str(table.column(spec.columns[field])))
        cents = f"amount_cents({cell}, '{mark}')"
        fresh.append(
            f"case when multiplier is null or {cents} is null then {cell} else {_converted(cents, mark)} end"
            f" as c{len(headers)}"
        )
        headers.append(f"{spec.columns[field]} → {main}")
        columns[field] = headers[-1]
    own = spec.currency or main
    code = quoted(str(table.column(spec.columns["currency"]))) if "currency" in spec.columns else f"'{own}'"
    fresh.append(f"case when multiplier is null then {code} else '{main}' end as c{len(headers)}")
    headers.append(f"currency → {main}")
    columns["currency"] = headers[-1]
    raw = table.relation.set_alias("raw")
    joined = raw.join(connection.table(f"{name}_factors").set_alias("factor"), "raw.line = factor.line", how="left")
    joined.project(f"raw.line as line, {cells}, factor.code as foreign_code, {', '.join(fresh)}").to_table(name)
    shown = ", ".join(f"c{i}" for i in range(len(headers)))
    relation = connection.table(name).project(f"line, {shown}, foreign_code")
    changed = spec.model_copy(update={"columns": columns, "decimal": "comma" if mark == "," else "point"})
    return replace(table, headers=tuple(headers), relation=relation), changed


def _converted(cents: str, mark: str) -> str:
    """Text of an amount converted: exact integers, one rounding, half to even."""
    product = f"(abs({cents})::hugeint * multiplier)"
    up = (
        f"case when ({product} % divisor) * 2 > divisor then 1 when ({product} % divisor) * 2 = divisor "
        f"then ({product} // divisor) % 2 else 0 end"
    )
    whole = f"(({product} // divisor) + {up})"
    return (
        f"case when {cents} < 0 then '-' else '' end || ({whole} // 100)::varchar || '{mark}' || "
        f"lpad(({whole} % 100)::varchar, 2, '0')"
    )


def _notes(
    table: RawTable, spec: TableSpec, field: str, connection: duckdb.DuckDBPyConnection, *, mark: str, main: str
) -> list[Message]:
    before = quoted(str(table.column(spec.columns[field])))
    after = quoted(str(table.column(f"{spec.columns[field]} → {main}")))
    sums = table.relation.filter("foreign_code is not null").aggregate(
        f"foreign_code, count(*), coalesce(sum(amount_cents({before}, '{mark}')), 0)::bigint, "
        f"coalesce(sum(amount_cents({after}, '{mark}')), 0)::bigint",
        "foreign_code",
    )
    return [
        message(
            "{file}: {count:row|rows} in {code} {count:?is|are} converted at the rates given: {before} become "
            "{after}. Each amount is rounded to the cent; a rate older than {days} days is not used.",
            file=table.label,
            count=count,
            code=code,
            before=Money(cents, code),
            after=Money(into, main),
            days=MAX_AGE_DAYS,
        )
        for code, count, cents, into in sorted(sums.fetchall())
    ]
