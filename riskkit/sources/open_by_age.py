"""An aged balance of one row per invoice → what each invoice still owes, the sum of its amounts by age."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from riskkit.errors import Message, message
from riskkit.sources import parsing
from riskkit.sources.instalments import as_text
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.tabular import RawTable

OPEN = "sum of the ages"


def with_open_amount(
    table: RawTable, spec: TableSpec, connection: duckdb.DuckDBPyConnection
) -> tuple[RawTable, TableSpec, list[Message]]:
    """The table with one more column, the sum of its ages, where the specification names them; else as it is.

    A cell that cannot be read is shown in place of the sum: its row is set aside with the reason.
    """
    if not spec.open_by_age:
        return table, spec, []
    ages = [str(table.column(header)) for header in spec.open_by_age]
    habit = parsing.number_habit(table.relation, ages, spreadsheet=table.is_spreadsheet)
    mark = parsing.DECIMALS[habit.decimal if spec.decimal == "auto" else spec.decimal]
    read = {age: f"amount_cents({age}, '{mark}')" for age in ages}
    unread = ", ".join(f"case when not is_missing({age}) and {cents} is null then {age} end"
                       for age, cents in read.items())  # fmt: skip
    whole = " + ".join(f"coalesce({cents}, 0)" for cents in read.values())
    is_empty = " and ".join(f"is_missing({age})" for age in ages)
    width = len(table.headers)
    cells = ", ".join(f"c{i}" for i in range(width))
    name = f"by_age_{len(connection.execute('show tables').fetchall())}"
    table.relation.project(
        f"line, {cells}, case when not ({is_empty}) then coalesce({unread}, {as_text(whole, mark)}) end as c{width}"
    ).to_table(name)
    changed = spec.model_copy(
        update={
            "columns": {**spec.columns, "open_amount": OPEN},
            "open_by_age": (),
            "decimal": "comma" if mark == "," else "point",
        }
    )
    note = message(
        "{file} is an aged balance by invoice: what each invoice still owes is the sum of its {count:column|columns} "
        "of ages.",
        file=table.label,
        count=len(ages),
    )
    return replace(table, headers=(*table.headers, OPEN), relation=connection.table(name)), changed, [note]
