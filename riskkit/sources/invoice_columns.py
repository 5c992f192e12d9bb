"""The other columns of a table of invoices as facts of customers: the value that most of a customer's billing has.

What is behind the unpaid is asked of customers, so a column of invoices (means of payment, product line, site, author)
gives each customer one value: the one that at least `MAIN_SHARE` of its billing carries, in cents of either sign. Below
that the customer is of several values, which is a group of its own.
"""

# ruff: noqa: S608 - only names of tables and columns written in this package are put into the SQL
from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb
import pandas as pd

from riskkit.schemas import SEVERAL_VALUES
from riskkit.sources.cells import TypedRows
from riskkit.sources.tabular import plain

MAIN_SHARE = 2 / 3
_SAYS_OUTCOME = re.compile(
    r"\b(relances?|rappels?|soldes?|statuts?|status|etat|paye?e?s?|paid|regle?e?s?|impaye?e?s?|unpaid|retards?|late|"
    r"overdue|echue?s?|litiges?|disputes?d?|contentieux|lettr(age|e?e?s?)|reminders?|dunning)\b"
)
"""Headers of columns that say whether an invoice was paid: they cannot explain why it was not."""
MOST_VALUES = 200
"""Distinct values from which a column numbers or describes invoices instead of grouping them."""

_MAIN_VALUE = f"""
with valued as (
    select k.customer_id, t.value, sum(abs(k.amount_cents)) as cents
    from kept_rows as k join (select line, nullif(trim({{column}}), '') as value from cells) as t using (line)
    where k.part = $1 and t.value is not null group by all)
select customer_id, if(max(cents) >= {MAIN_SHARE} * sum(cents), arg_max(value, (cents, value)), '{SEVERAL_VALUES}')
from valued group by customer_id having sum(cents) > 0
"""


def invoice_columns(tables: Sequence[tuple[int, TypedRows]], connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The main value of each customer in every column of invoices that makes groups, as text.

    From: the tables of invoices with the numbers of their parts; the connection holds `kept_rows`.
    To:   customer_id and one column `x_…` per header; missing where no invoice of the customer has a value. Where two
          tables have the same header, the first that says something of a customer is believed.
    """
    found = pd.DataFrame({"customer_id": pd.Series(dtype="str")}).set_index("customer_id")
    for part, typed in tables:
        for name, column in _grouping_columns(typed).items():
            typed.table.relation.project(f"line, {column}").create_view("cells")
            rows = connection.execute(_MAIN_VALUE.format(column=column), [part]).fetchall()
            connection.execute("drop view cells")
            values = pd.DataFrame(rows, columns=["customer_id", name]).astype("str").set_index("customer_id")
            found = found.combine_first(values)
    return found.rename_axis("customer_id").reset_index()


def with_invoice_columns(customers: pd.DataFrame, columns: pd.DataFrame) -> pd.DataFrame:
    """The customers with those columns; what a table of customers says under the same header stays."""
    fresh = [name for name in columns if name == "customer_id" or name not in customers]
    return customers.merge(columns[fresh], on="customer_id", how="left") if len(fresh) > 1 else customers


def _grouping_columns(typed: TypedRows) -> dict[str, str]:
    """Columns that group invoices: used by no field, silent on what became of them, 2 to `MOST_VALUES` values."""
    used = set(typed.spec.columns.values())
    free = {
        "x_" + (plain(header).replace(" ", "_") or f"column_{index + 1}"): f"c{index}"
        for index, header in enumerate(typed.table.headers)
        if header not in used and not _SAYS_OUTCOME.search(plain(header))
    }
    if not free:
        return {}
    counts = ", ".join(f"approx_count_distinct(nullif(trim({column}), ''))" for column in free.values())
    numbers = typed.table.relation.aggregate(counts).fetchall()[0]
    return {
        name: column for (name, column), number in zip(free.items(), numbers, strict=True) if 2 <= number <= MOST_VALUES
    }
