"""The rows that are kept: money accounted for, customers resolved, invoices and payments given ids of their own."""

# ruff: noqa: S608 - only names of tables and columns written in this package are put into the SQL
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.schemas import EVENTS
from riskkit.sources import tables_statements as statements
from riskkit.sources.cells import TypedRows
from riskkit.sources.instalments import repeated_numbers
from riskkit.sources.tables_account import Account
from riskkit.sources.tables_invoices import stated_totals
from riskkit.sources.tables_payments import event_rows
from riskkit.sources.tabular import plain

_SHARED = """
select invoice_number, customer_id, due_date, amount_cents from numbered
where invoice_number in (
    select invoice_number from numbered where own_id in (from repeated) and invoice_number is not null
    group by invoice_number having count(*) > 1)
order by place, row
"""


def close_invoices(typed: TypedRows, account: Account, *, part: int, notes: Sequence[Message]) -> None:
    """Count a table of invoices, its rows judged."""
    _close(typed, account, rows="invoice_rows", judged="judged_invoices", part=part)
    account.notes += notes


def close_payments(typed: TypedRows, account: Account, *, part: int, notes: Sequence[Message]) -> None:
    """Count a table of payments, its rows judged; those that name nobody are set aside and said."""
    orphans, cents, line = account.connection.execute(
        "select count(*), sum(amount_cents)::bigint, min(line) from judged_payments "
        "where part = $1 and reason = 'unknown_invoice'",
        [part],
    ).fetchall()[0]
    found: list[Message] = []
    if orphans:
        found.append(
            message(
                "{file}: {count:payment|payments} ({money}) {count:?names|name} neither a customer nor a known "
                "invoice, first on line {line}. {count:?It is|They are} set aside: add the invoices {count:?it "
                "settles|they settle} or a column of customers.",
                file=typed.table.label, count=orphans, line=line, money=Money(cents, account.currency),
            )
        )  # fmt: skip
    _close(typed, account, rows="payment_rows", judged="judged_payments", part=part, found=found)
    account.notes += notes


def _close(
    typed: TypedRows, account: Account, *, rows: str, judged: str, part: int, found: Sequence[Message] = ()
) -> None:
    connection = account.connection
    foreign = connection.execute(
        f"select currency, count(*), sum(amount_cents)::bigint from {judged} "
        "where part = $1 and reason = 'other_currency' group by currency order by currency",
        [part],
    ).fetchall()
    for code, count, cents in foreign:
        account.notes.append(
            message(
                "{file}: {count:row|rows} in {code} ({money}) {count:?is|are} set aside: the rest is in {currency}, "
                "and no rate is given.",
                file=typed.table.label, count=count, code=code, currency=account.currency,
                money=Money(cents or 0, code),
            )
        )  # fmt: skip
    account.notes += found
    of_part = connection.table(judged).filter(f"part = {int(part)}").project("line, reason, amount_cents")
    account.close(typed, of_part, stated_totals(connection, rows=rows, part=part))


def resolve_names(
    typed: TypedRows, connection: duckdb.DuckDBPyConnection, *, part: int, ids: Mapping[str, str]
) -> None:
    """Let the rows of a table that names customers without their codes find the code of the one of that name."""
    if typed.has("customer_id") or not ids:
        return
    said = [name for (name,) in typed.said("customer_name") if name is not None]
    found = [(part, name, ids[plain(name)]) for name in said if plain(name) in ids]
    connection.register("named_in", pd.DataFrame(found, columns=["part", "said", "customer_id"]))
    connection.execute("insert into named select part, said, customer_id from named_in")
    connection.unregister("named_in")


def judge_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the views of rows with their customer and the reason they are set aside for, and of the rows kept."""
    names = statements.NAMED if _count(connection, "named") else statements.UNNAMED
    connection.execute(statements.VIEWS.format(**names))


def number_invoices(account: Account) -> None:
    """Make the views `kept`, `numbered` and `identified`: the invoices kept, each with an id of its own."""
    connection = account.connection
    with_lines = connection.execute("select bool_or(has_lines) from parts").fetchall()[0][0]
    connection.execute(statements.KEPT_ADDED_UP if with_lines else statements.KEPT_PLAIN)
    connection.execute(statements.NUMBERED)
    rows = "(select 0 as block, row, place, line, file, own_id from numbered)"
    id_expression, join = _distinct(connection, rows, keep=statements.KEEP_INVOICE_IDS)
    if join:
        account.notes += repeated_numbers(connection.execute(_SHARED).df(), currency=account.currency)
        join = "left join invoice_ids as i using (row)"
    connection.execute(statements.IDENTIFIED.format(id=id_expression, join=join))


def invoice_query(connection: duckdb.DuckDBPyConnection) -> str:
    """The query of the table of invoices, in the order of the files."""
    is_moved = _count(connection, "named") or _count(connection, "invoice_ids") or not _is_ordered(connection, "kept")
    return statements.INVOICE_TABLE.format(order="order by place, row" if is_moved else "", letter=_letter(connection))


def payment_query(connection: duckdb.DuckDBPyConnection) -> str:
    """The query of the table of payments, in the order of the files, each with an id of its own."""
    join, id_expression, is_moved = "", "own_id", True
    if connection.execute("select count(*) from every_payment where block <> 1").fetchall()[0][0]:
        rows = "(select block, row, place, line, file, own_id from every_payment)"
        id_expression, join = _distinct(connection, rows, keep=statements.KEEP_PAYMENT_IDS)
        join = "left join payment_ids as i using (block, row)" if join else ""
    else:
        # Ids made of those of invoices are distinct already.
        is_moved = bool(_count(connection, "named") or _count(connection, "invoice_ids"))
        is_moved = is_moved or not _is_ordered(connection, "kept")
    order = "order by block, place, row" if is_moved else ""
    return statements.PAYMENT_TABLE.format(id=id_expression, join=join, order=order, letter=_letter(connection))


def _letter(connection: duckdb.DuckDBPyConnection) -> str:
    """The key of a lettering: across files where a table of payments is lettered too."""
    is_shared = connection.execute("select count(lettering) from payment_rows").fetchall()[0][0]
    return statements.LETTER.format(scope="'*'" if is_shared else "file")


def _is_ordered(connection: duckdb.DuckDBPyConnection, rows: str) -> bool:
    return bool(connection.execute(statements.IS_ORDERED.format(rows=rows)).fetchall()[0][0])


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])


def _distinct(connection: duckdb.DuckDBPyConnection, rows: str, *, keep: str) -> tuple[str, str]:
    connection.execute(statements.REPEATED.format(rows=rows))
    if not connection.execute("select count(*) from repeated").fetchall()[0][0]:
        return "own_id", ""
    connection.execute(statements.DISTINCT.format(rows=rows))
    connection.execute(keep)
    return "coalesce(i.id, own_id)", "join"


def kept_events(tables: Sequence[TypedRows], account: Account, ids: Mapping[str, str]) -> pd.DataFrame:
    """Events of every table."""
    frames = []
    for typed in tables:
        rows = event_rows(typed)
        account.close_frame(typed, rows["reason"])
        rows = rows.rename(columns={"line": "source_line"}).assign(source_file=typed.table.path.name)
        if not typed.has("customer_id"):
            rows["customer_id"] = rows["customer_id"].map(lambda name: ids.get(plain(name), name), na_action="ignore")
        frames.append(rows[rows["reason"].isna()])
    return pd.concat(frames, ignore_index=True) if frames else EVENTS.empty()


def ids_by_name(customers: pd.DataFrame) -> dict[str, str]:
    """Customer codes by name, for names that one customer alone bears."""
    named = customers[customers["name"].notna()]
    keys = named["name"].map(plain)
    alone = ~keys.duplicated(keep=False)
    return dict(zip(keys[alone], named.loc[alone, "customer_id"], strict=True))


def distinct_ids(ids: pd.Series, frame: pd.DataFrame) -> pd.Series:
    """The ids, made distinct by their line, then by their file."""
    shown = ids.astype("str").reset_index(drop=True)
    lines = frame["source_line"].astype("str").reset_index(drop=True)
    shown = shown.where(~shown.duplicated(), shown + "#" + lines)
    files = frame["source_file"].astype("str").reset_index(drop=True)
    shown = shown.where(~shown.duplicated(), shown + "#" + files)
    rank = shown.groupby(shown).cumcount()
    shown = shown.where(rank == 0, shown + "#" + rank.astype("str"))
    return shown.set_axis(frame.index)


def set_variable(connection: duckdb.DuckDBPyConnection, name: str, value: Any) -> None:
    """Give a value to a variable that the views read."""
    kind = {dt.date: "date", bool: "boolean"}.get(type(value), "varchar") if value is not None else "date"
    connection.execute(f"set variable {name} = $1::{kind}", [value])
