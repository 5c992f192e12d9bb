"""Where a reader is in a panel, and where each thing they ask for leads. Nothing here draws."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import numpy as np

from riskkit.errors import UsageError, message
from riskkit.exhibits.language import language
from riskkit.exhibits.panel_table import SORTS, PanelColumn, TableAsked, table_columns
from riskkit.ledger.panel import CUSTOMER, Panel
from riskkit.ledger.panel_view import Selection, kept_customers
from riskkit.workbench.panel_run import NEXT_LEVEL

_ACT = re.compile(r"(drill|drop|trim|sort|page|table|undo|reset)(?::([\w ().'’-]{1,80}))?(?::(\d{1,7}))?")
STEPS_KEPT = 50


@dataclass(frozen=True)
class ExplorerState:
    """What is kept, by what it is grouped, and what is asked of the table."""

    by: str
    selection: Selection = field(default_factory=Selection)
    asked: TableAsked = field(default_factory=TableAsked)


def first_state(panel: Panel) -> ExplorerState:
    """Where a panel opens: everything, by sector where it is known, else by the first column there is."""
    by = next((name for name in ("section", "region", "payment_terms") if name in panel.attributes), CUSTOMER)
    return ExplorerState(by=by)


def step(panel: Panel, state: ExplorerState, act: str) -> ExplorerState:
    """The state after what a button asked for. What does not exist is refused as a `UsageError`; nothing is run."""
    found = _ACT.fullmatch(act)
    if found is None:
        raise _unknown(act)
    what, name, number = found[1], found[2] or "", int(found[3] or -1)
    if what == "drill":
        return drill(panel, state, name, number)
    if what == "drop":
        return _back(state, state.selection.keep(name), by=state.by)
    if what == "trim":
        kept, left = state.selection.filters[: int(name or 0)], state.selection.filters[int(name or 0) :]
        return _back(state, replace(state.selection, filters=kept), by=left[0][0] if left else state.by)
    if what == "reset":
        return first_state(panel)
    if what == "table" and name in SORTS:
        return replace(state, asked=TableAsked(table=name, sort=SORTS[name], search=state.asked.search))
    columns = {column.name: column for column in table_columns(state.asked.table, language("en"))}
    if what == "sort" and name in columns:
        return replace(state, asked=replace(state.asked, sort=_next_order(columns[name], state.asked.sort), page=0))
    if what == "page" and name in ("next", "previous"):
        page = max(0, state.asked.page + (1 if name == "next" else -1))
        return replace(state, asked=replace(state.asked, page=page))
    raise _unknown(act)


def drill(panel: Panel, state: ExplorerState, column: str, code: int) -> ExplorerState:
    """Open a value of a column: keep it alone, and group by what is inside it. A customer opens on its invoices."""
    attribute = panel.attributes.get(column)
    if attribute is None or not 0 <= code < len(attribute.keys):
        raise _unknown(f"{column}:{code}")
    selection = state.selection.keep(column)  # last in the trail, wherever it was
    selection = selection.keep(column, attribute.keys[code])
    inner = next_column(panel, column, selection)
    moved = _select(replace(state, by=inner), selection)
    return replace(moved, asked=TableAsked(table="items", sort=SORTS["items"])) if column == CUSTOMER else moved


def next_column(panel: Panel, column: str, selection: Selection) -> str:
    """The column inside another one that parts the customers kept: the next such level, else the customers."""
    kept = kept_customers(panel, selection)
    while column in NEXT_LEVEL:
        column = NEXT_LEVEL[column]
        attribute = panel.attributes.get(column)
        if attribute is not None and len(np.unique(attribute.codes[kept])) > 1:
            return column
    return CUSTOMER


def toggle(panel: Panel, state: ExplorerState, column: str, code: int) -> ExplorerState:
    """Keep one more value of a column, or one less when it was kept already."""
    key = panel.attributes[column].keys[code]
    kept = dict(state.selection.filters).get(column, ())
    keys = tuple(k for k in kept if k != key) if key in kept else (*kept, key)
    return _select(state, state.selection.keep(column, *keys))


def _select(state: ExplorerState, selection: Selection) -> ExplorerState:
    return replace(state, selection=selection, asked=replace(state.asked, page=0))


def _next_order(column: PanelColumn, sort: str) -> str:
    """The order that a heading asks for: its usual one, the other when it has that already."""
    usual, other = ("up", "down") if column.kind in ("text", "date") else ("down", "up")
    return f"{column.name}-{other if sort == f'{column.name}-{usual}' else usual}"


def _back(state: ExplorerState, selection: Selection, *, by: str) -> ExplorerState:
    """A wider selection, grouped by what was opened; the customers again once no single one is open."""
    was_one = CUSTOMER in dict(state.selection.filters) and CUSTOMER not in dict(selection.filters)
    asked = TableAsked() if was_one else state.asked
    return _select(replace(state, by=by, asked=asked), selection)


def _unknown(act: str) -> UsageError:
    return UsageError(message("This choice does not exist here: {act}.", act=act[:80]))
