"""Instalments: one invoice, several due dates, on several rows or in several columns → one item per instalment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import duckdb
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.sources import parsing
from riskkit.sources.mapping_contents import Contents
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.parsing import quoted
from riskkit.sources.tabular import RawTable, plain

_NUMBERED = re.compile(r"(?:(\d{1,2}) )?(.*?)(?: (\d{1,2}))?(?: (ere|eme|er|e))?")
_DATE_WORDS = frozenset({"echeance", "due", "dueon", "ech"})
_AMOUNT_WORDS = frozenset({"montant", "amount", "mt", "mnt", "reglement"})
DUE, AMOUNT, PAID = "instalment due date", "instalment amount", "instalment paid"


def numbered_pairs(headers: Sequence[str], seen: Sequence[Contents]) -> tuple[tuple[str, str], ...]:
    """Pairs of headers (due date, amount) that bear the same number: échéance 1, montant 1.

    Empty when the table has fewer than two of them.
    """
    dates: dict[int, str] = {}
    amounts: dict[int, str] = {}
    for header, column in zip(headers, seen, strict=True):
        found = _NUMBERED.fullmatch(plain(header))
        rank = found and (found[1] or found[3])
        if not found or not rank:
            continue
        words = set(found[2].split())
        if words & _DATE_WORDS and column.fit("date") >= 0.6 and not words & _AMOUNT_WORDS:
            dates.setdefault(int(rank), header)
        elif words & _AMOUNT_WORDS and column.fit("amount") >= 0.6:
            amounts.setdefault(int(rank), header)
    ranks = sorted(set(dates) & set(amounts))
    return tuple((dates[rank], amounts[rank]) for rank in ranks) if len(ranks) >= 2 else ()


def by_instalment(
    table: RawTable, spec: TableSpec, connection: duckdb.DuckDBPyConnection
) -> tuple[RawTable, TableSpec, list[Message]]:
    """The table with one row per instalment where the specification names pairs of columns; else as it is.

    What the instalments of an invoice leave of its total is a row of its own, without a due date: the sum of a line is
    always its total. Amounts paid or still due on the line are carried by its first instalment.
    """
    if not spec.instalments:
        return table, spec, []
    pairs = [(str(table.column(due)), str(table.column(amount))) for due, amount in spec.instalments]
    money = [amount for _, amount in pairs] + [
        str(table.column(spec.columns[field]))
        for field in ("amount", "paid_amount", "open_amount")
        if field in spec.columns
    ]
    habit = parsing.number_habit(table.relation, money, spreadsheet=table.is_spreadsheet)
    mark = parsing.DECIMALS[habit.decimal if spec.decimal == "auto" else spec.decimal]
    spread = _spread(table, spec, pairs, mark=mark)
    name = f"instalments_{len(connection.execute('show tables').fetchall())}"
    spread.to_table(name)
    width = len(table.headers)
    headers = (*table.headers, DUE, AMOUNT, PAID)
    columns = {f: h for f, h in spec.columns.items() if f not in ("open_amount", "excl_tax_amount", "tax_amount")}
    columns |= {"due_date": DUE, "amount": AMOUNT}
    if {"paid_amount", "open_amount"} & set(spec.columns):
        columns["paid_amount"] = PAID
    cells = ", ".join(f"c{i}" for i in range(width + 3))
    relation = connection.table(name).project(f"line, {cells}")
    counts = connection.table(name).aggregate(
        "count(distinct line), count(*) filter (is_part), count(*) filter (is_rest),"
        " coalesce(sum(rest_cents) filter (is_rest), 0)::bigint"
    )
    lines, parts, rests, rest_cents = counts.fetchall()[0]
    notes = [
        message(
            "{file}: {lines:invoice|invoices} {lines:?is|are} payable in instalments; each of the {count} "
            "instalments is an item with its own due date.",
            file=table.label,
            lines=lines,
            count=parts,
        )
    ]
    if rests:
        notes.append(
            message(
                "{file}: {count:invoice|invoices} {count:?has|have} a total that {count:?its|their} instalments do "
                "not add up to; the difference of {money} in all is kept as an item without a due date.",
                file=table.label,
                count=rests,
                money=Money(rest_cents, spec.currency or "EUR"),
            )
        )
    changed = spec.model_copy(
        update={"columns": columns, "instalments": (), "decimal": "comma" if mark == "," else "point"}
    )
    return replace(table, headers=headers, relation=relation), changed, notes


def _spread(
    table: RawTable, spec: TableSpec, pairs: Sequence[tuple[str, str]], *, mark: str
) -> duckdb.DuckDBPyRelation:
    """One row per instalment: the cells of its line, then its due date, amount and paid amount as text."""
    width = len(table.headers)
    cells = ", ".join(f"c{i}" for i in range(width))
    total, paid, opened = (
        f"amount_cents({quoted(str(table.column(spec.columns[field])))}, '{mark}')" if field in spec.columns else "null"
        for field in ("amount", "paid_amount", "open_amount")
    )
    settled = f"coalesce({paid}, {total} - {opened})"
    known = " + ".join(f"coalesce(amount_cents({amount}, '{mark}'), 0)" for _, amount in pairs)
    none_given = " and ".join(f"is_missing({amount})" for _, amount in pairs)
    structs = ", ".join(
        f"{{'rank': {rank}, 'due': {due}, 'amount': {amount}, 'is_part': true}}"
        for rank, (due, amount) in enumerate(pairs, start=1)
    )
    rest = (
        f"{{'rank': 99, 'due': null, 'amount': case when {none_given} and {total} is null then null"
        f" else {as_text(f'coalesce({total}, 0) - ({known})', mark)} end, 'is_part': false}}"
    )
    spread = table.relation.project(
        f"line, {cells}, ({known}) as known, {total} as total, {settled} as settled, ({none_given}) as none_given, "
        f"unnest([{structs}, {rest}]) as part"
    ).filter(
        "case when part.is_part then not is_missing(part.amount)"
        " else none_given or (total is not null and total <> known) end"
    )
    return spread.project(
        f"line, {cells}, part.due as c{width}, part.amount as c{width + 1}, "
        f"case when row_number() over (partition by line order by part.rank) = 1 and settled is not null "
        f"then {as_text('settled', mark)} end as c{width + 2}, part.is_part as is_part, "
        "not part.is_part and not none_given as is_rest, total - known as rest_cents"
    )


def as_text(cents: str, mark: str) -> str:
    """Cents as text with two decimals, the way the column writes them."""
    shown = f"(({cents})::decimal(18, 0) / 100)::decimal(18, 2)::varchar"
    return shown if mark == "." else f"replace({shown}, '.', ',')"


def repeated_numbers(invoices: pd.DataFrame, *, currency: str) -> list[Message]:
    """What to say of invoices that share a number: instalments of one invoice, or perhaps the same one twice.

    Rows of one customer and number with as many due dates as rows are instalments.
    """
    number = invoices["invoice_number"]
    shared = invoices[number.notna() & number.duplicated(keep=False)]
    if shared.empty:
        return []
    groups = shared.groupby(["customer_id", "invoice_number"], sort=False)
    sizes, dates = groups["due_date"].transform("size"), groups["due_date"].transform("nunique")
    is_part = (sizes > 1) & (sizes == dates)
    parts, others = shared[is_part], shared[~is_part]
    notes = []
    if len(parts):
        notes.append(
            message(
                "{invoices:invoice|invoices} {invoices:?is|are} payable in several instalments: {count} rows "
                "({money}) share their number and have each their own due date.",
                invoices=int(parts.groupby(["customer_id", "invoice_number"]).ngroups),
                count=len(parts),
                money=Money(int(parts["amount_cents"].sum()), currency),
            )
        )
    if len(others):
        notes.append(
            message(
                "{count:row|rows} {count:?shares|share} an invoice number with another ({money} in all, first number "
                "{number}). All are kept: check that none was sent twice.",
                count=len(others),
                money=Money(int(others["amount_cents"].sum()), currency),
                number=str(others["invoice_number"].iloc[0]),
            )
        )
    return notes
