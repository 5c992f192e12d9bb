"""Tables as files lay them out → tables as the readers expect them: instalments, entities, currencies, tax bases."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

from riskkit.errors import Message, message
from riskkit.sources import container
from riskkit.sources.currencies import Rates
from riskkit.sources.currencies_tables import converted, main_currency
from riskkit.sources.entities import scoped
from riskkit.sources.group_titles import with_customers, with_customers_below
from riskkit.sources.instalments import by_instalment
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.open_by_age import with_open_amount
from riskkit.sources.parsing import quoted
from riskkit.sources.tabular import RawTable
from riskkit.sources.workbook_safety import workbook_notes

Opened = tuple[RawTable, TableSpec]
KEYS = ["source_file", "source_line"]


def reshaped(
    tables: Sequence[Opened],
    connection: duckdb.DuckDBPyConnection,
    *,
    currency: str | None = None,
    rates: Rates | None = None,
) -> tuple[list[Opened], list[Message]]:
    """The tables of a portfolio ready to be typed, and what was done to them.

    Raw rows are only spread (instalments) or given more columns (codes by entity, converted amounts): what the file
    holds stays in place, and rejects show it.
    """
    notes: list[Message] = []
    spread: list[Opened] = []
    for table, spec in tables:
        titled, said = with_customers(table, spec, connection)
        notes += said
        named, said = with_customers_below(titled, spec, connection)
        notes += said
        summed, by_age, said = with_open_amount(named, spec, connection)
        notes += said
        changed, fresh, said = by_instalment(summed, by_age, connection)
        spread.append((changed, fresh))
        notes += said
    ready, said = scoped(spread, connection)
    notes += said
    if rates is not None:
        main = main_currency(ready, currency=currency)
        ready, said = converted(ready, connection, main=main, rates=rates)
        notes += said
    return ready, [*notes, *_tax_basis_notes(tables), *_hidden_notes(tables)]


def with_extra_columns(rows: pd.DataFrame, tables: Sequence[Opened], *, kind: str) -> pd.DataFrame:
    """Invoices or payments with `x_entity` and, where amounts were converted, what the file wrote.

    `x_original_currency` and `x_original_amount` (text, as written) come from the line each row was read from.
    """
    parts = [part for table, spec in tables if spec.kind == kind if (part := _extra(table, spec)) is not None]
    if not parts or rows.empty:
        return rows
    extra = pd.concat(parts, ignore_index=True)
    extra = extra[~extra.duplicated(KEYS, keep=False)] if extra.duplicated(KEYS).any() else extra
    added = rows.merge(extra, on=KEYS, how="left", validate="many_to_one")
    return added.astype({name: "str" for name in map(str, extra) if name.startswith("x_")})


def _extra(table: RawTable, spec: TableSpec) -> pd.DataFrame | None:
    shown: dict[str, str] = {}
    if "entity" in spec.columns:
        shown["x_entity"] = f"nullif(trim({quoted(str(table.column(spec.columns['entity'])))}), '')"
    if "foreign_code" in table.relation.columns:
        money = next((f for f in ("amount", "open_amount", "payment_amount", "debit") if f in spec.columns), None)
        if money is not None:
            before = str(table.column(spec.columns[money].rsplit(" → ", 1)[0]))
            shown["x_original_currency"] = "foreign_code"
            shown["x_original_amount"] = f"case when foreign_code is not null then trim({quoted(before)}) end"
    if not shown:
        return None
    columns = ", ".join(f"any_value({expression}) as {name}" for name, expression in shown.items())
    frame: pd.DataFrame = table.relation.aggregate(f"line as source_line, {columns}", "line").df()
    return frame.assign(source_file=table.path.name)


def _tax_basis_notes(tables: Sequence[Opened]) -> list[Message]:
    """A basis is never mixed silently: between tables of invoices, or between invoices and payments."""
    invoices = [(table, spec) for table, spec in tables if spec.kind == "invoices"]
    without = [table.label for table, spec in invoices if spec.tax_basis == "ht"]
    within = [table.label for table, spec in invoices if spec.tax_basis == "ttc"]
    notes = []
    if without and within:
        notes.append(
            message(
                "{without} gives amounts without tax, {within} with tax: they are added as they are, so receivables "
                "and sales mix both. Ask for the same basis everywhere.",
                without=", ".join(without),
                within=", ".join(within),
            )
        )
    if without and any(spec.kind == "payments" for _, spec in tables):
        notes.append(
            message(
                "{without} gives amounts without tax, and payments include it: what customers paid exceeds what they "
                "are shown to owe. Ask for invoices with tax.",
                without=", ".join(without),
            )
        )
    return notes


def _hidden_notes(tables: Sequence[Opened]) -> list[Message]:
    notes = []
    for path in dict.fromkeys(table.path for table, _ in tables if table.is_spreadsheet):
        notes += workbook_notes(path)
        hidden = container.hidden_sheets(path)
        read = {table.sheet for table, _ in tables if table.path == path}
        if hidden:
            notes.append(
                message(
                    "{file} has hidden sheets: {sheets}. Of these, {read} are read.",
                    file=path.name,
                    sheets=", ".join(hidden),
                    read=len(read & set(hidden)),
                )
            )
    return notes
