"""Several entities in the same files: customers whose code means two companies are kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import pandas as pd

from riskkit.errors import Message, message
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.parsing import quoted
from riskkit.sources.tabular import RawTable, plain

SCOPED = "customer code, by entity"
Opened = tuple[RawTable, TableSpec]


def scoped(tables: Sequence[Opened], connection: duckdb.DuckDBPyConnection) -> tuple[list[Opened], list[Message]]:
    """The tables with the codes that name different customers in different entities preceded by their entity.

    A code is kept as it is where its names agree, or where no name says otherwise. In a table without entities such
    a code is left empty, so that the invoice a payment names decides.
    """
    held = [pair for pair in tables if "entity" in pair[1].columns]
    if not held:
        return list(tables), []
    said = pd.concat([_said(table, spec) for table, spec in held], ignore_index=True).dropna(subset=["entity"])
    entities = sorted(said["entity"].unique())
    notes = [
        message(
            "{files}: {count:entity|entities} {count:?is|are} named ({entities}); each row keeps its own in x_entity.",
            files=", ".join(table.label for table, _ in held),
            count=len(entities),
            entities=", ".join(entities[:6]) + ("…" if len(entities) > 6 else ""),
        )
    ]
    codes = _ambiguous(said)
    if not codes:
        return list(tables), notes
    notes.append(
        message(
            "{count} customer codes name different customers from one entity to another, first {code}: each is "
            "preceded by its entity, so that they are not added together.",
            count=len(codes),
            code=codes[0],
        )
    )
    connection.execute("set variable ambiguous_codes = $codes", {"codes": codes})
    return [_rescoped(table, spec) if spec.kind != "events" else (table, spec) for table, spec in tables], notes


def _said(table: RawTable, spec: TableSpec) -> pd.DataFrame:
    columns = {
        name: _trimmed(table, spec, field)
        for name, field in (("entity", "entity"), ("code", "customer_id"), ("name", "customer_name"))
    }
    shown = ", ".join(f"{expression} as {name}" for name, expression in columns.items())
    frame: pd.DataFrame = table.relation.project(shown).distinct().df()
    return frame.astype("str")


def _trimmed(table: RawTable, spec: TableSpec, field: str) -> str:
    if field not in spec.columns:
        return "null::varchar"
    column = quoted(str(table.column(spec.columns[field])))
    return f"nullif(trim({column}), '')"


def _ambiguous(said: pd.DataFrame) -> list[str]:
    """Codes that two entities give to customers none of whose names agree."""
    named = said.dropna(subset=["code", "name"])
    named = named.assign(key=named["name"].map(plain))
    groups = named.groupby(["code", "entity"])["key"].agg(frozenset).reset_index()
    codes = []
    for code, part in groups.groupby("code", sort=True):
        names: list[frozenset[str]] = part["key"].tolist()
        if len(names) > 1 and not frozenset.intersection(*names):
            codes.append(str(code))
    return codes


def _rescoped(table: RawTable, spec: TableSpec) -> Opened:
    if "customer_id" not in spec.columns:
        return table, spec
    width = len(table.headers)
    code = _trimmed(table, spec, "customer_id")
    is_ambiguous = f"coalesce(list_contains(getvariable('ambiguous_codes'), {code}), false)"
    if "entity" in spec.columns:
        entity = _trimmed(table, spec, "entity")
        scoped_code = f"case when {is_ambiguous} then coalesce({entity} || ':', '') || {code} else {code} end"
    elif spec.kind == "payments" and "reference" in spec.columns:
        scoped_code = f"case when {is_ambiguous} then null else {code} end"
    else:
        return table, spec
    cells = ", ".join(f"c{i}" for i in range(width))
    relation = table.relation.project(f"line, {cells}, {scoped_code} as c{width}")
    changed = spec.model_copy(update={"columns": {**spec.columns, "customer_id": SCOPED}})
    return replace(table, headers=(*table.headers, SCOPED), relation=relation), changed
