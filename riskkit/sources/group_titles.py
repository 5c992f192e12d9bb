"""A printed ledger: each customer is named once, above its movements or on the first → every movement names it."""

from __future__ import annotations

import duckdb

from riskkit.errors import Message, message
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.tabular import RawTable

_TOTAL = r"(?i)\s*((grand|sous|sub)[ -]?)?(tota(l|ux))\b.*|\s*(solde|report|cumul)\b.*"
_SPARSE = 0.1
_FIRST_ROWS = 10_000
_NAMED_ONCE = 0.3


def with_customers(
    table: RawTable, spec: TableSpec, connection: duckdb.DuckDBPyConnection
) -> tuple[RawTable, list[Message]]:
    """The table, its customer column filled down from title rows where movements leave it empty; else as it is.

    A title row has a customer and no date; it must be the rule: next to no dated row names its own customer. Rows stay
    as they are otherwise, so titles are set aside as remarks.
    """
    key = next((str(table.column(spec.columns[f])) for f in ("customer_id", "customer_name") if f in spec.columns), "")
    dated = [
        str(table.column(spec.columns[f])) for f in ("issue_date", "payment_date", "due_date") if f in spec.columns
    ]
    if spec.kind not in ("invoices", "payments") or not key or not dated:
        return table, []
    has_date = " or ".join(f"not is_missing({column})" for column in dated)
    is_title = f"not is_missing({key}) and not ({has_date}) and not regexp_full_match({key}, '{_TOTAL}')"
    for rows in (table.relation.limit(_FIRST_ROWS), table.relation):
        moves, named, titles = rows.aggregate(
            f"count(*) filter ({has_date}), count(*) filter (({has_date}) and not is_missing({key})),"
            f" count(*) filter ({is_title})"
        ).fetchall()[0]
        if not titles or (rows is table.relation and (not moves or named > _SPARSE * moves)):
            return table, []  # a title stands above the first movement, so the first rows hold one
    name = f"grouped_{len(connection.execute('show tables').fetchall())}"
    filled = (
        f"case when is_missing({key}) and ({has_date}) then last_value(case when {is_title} then trim({key}) end "
        f"ignore nulls) over (order by line rows between unbounded preceding and current row) else {key} end"
    )
    cells = [f"c{i}" for i in range(len(table.headers))]
    shown = ", ".join(f"{filled} as {cell}" if cell == key else cell for cell in cells)
    table.relation.project(f"line, {shown}").to_table(name)
    changed = RawTable(**{**table.__dict__, "relation": connection.table(name)})
    return changed, [
        message(
            "{file}: customers are titles above their movements; {count:movement|movements} {count:?takes|take} the "
            "customer of the title above them ({titles:title|titles}).",
            file=table.label,
            count=moves - named,
            titles=titles,
        )
    ]


def with_customers_below(
    table: RawTable, spec: TableSpec, connection: duckdb.DuckDBPyConnection
) -> tuple[RawTable, list[Message]]:
    """The table, its customers filled down where each is written on its first line alone; else as it is.

    So it is (merged cells, printed lists) when many lines name nobody, the first one does, and nobody is named twice:
    a customer that is merely missing here and there, beside others named on each line, stays missing.
    """
    kept = [str(table.column(spec.columns[f])) for f in ("customer_id", "customer_name") if f in spec.columns]
    dated = [
        str(table.column(spec.columns[f])) for f in ("issue_date", "payment_date", "due_date") if f in spec.columns
    ]
    if spec.kind not in ("invoices", "payments") or not kept or not dated:
        return table, []
    key = kept[0]
    has_date = " or ".join(f"not is_missing({column})" for column in dated)
    starts = f"({has_date}) and not is_missing({key})"
    for rows in (table.relation.limit(_FIRST_ROWS), table.relation):
        moves, named, distinct, first, first_named = rows.aggregate(
            f"count(*) filter ({has_date}), count(*) filter ({starts}), count(distinct {key}) filter ({starts}),"
            f" min(line) filter ({has_date}), min(line) filter ({starts})"
        ).fetchall()[0]
        if named < 2 or named != distinct or first != first_named or moves - named < _NAMED_ONCE * moves:
            return table, []
    name = f"filled_{len(connection.execute('show tables').fetchall())}"
    cells = [f"c{i}" for i in range(len(table.headers))]
    shown = ", ".join(_filled(cell, key, has_date, starts) if cell in kept else cell for cell in cells)
    table.relation.project(f"line, {shown}").to_table(name)
    changed = RawTable(**{**table.__dict__, "relation": connection.table(name)})
    return changed, [
        message(
            "{file}: each customer is written on its first line only; {count:line|lines} below "
            "{count:?takes|take} the customer of the line above ({customers:customer|customers}).",
            file=table.label,
            count=moves - named,
            customers=named,
        )
    ]


def _filled(cell: str, key: str, has_date: str, starts: str) -> str:
    """A customer's cell, on a line that names nobody that of the last line that does, be it empty."""
    rows = "rows between unbounded preceding and current row"
    above = f"last_value(case when {starts} then coalesce({cell}, '') end ignore nulls) over (order by line {rows})"
    return f"case when is_missing({key}) and ({has_date}) then nullif({above}, '') else {cell} end as {cell}"
