"""The columns a reader can choose in the list of customers, and the choices of the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from riskkit.exhibits.language import Language
from riskkit.exhibits.panel_table import fold
from riskkit.exhibits.score_words import CLASSES
from riskkit.exhibits.segment_words import segment_name
from riskkit.exhibits.tables import Kind, show_cell
from riskkit.workbench.dashboard_state import AppState

ROWS = (25, 50, 100)
VIEWS = ("owing", "all", "overdue", "over")
USUAL = ("receivables", "overdue", "oldest_days", "risk_class", "usage_share", "expected_13w", "segment")
SORT = "overdue-down"
_TEXTS = ("name", "risk_class", "segment")


@dataclass(frozen=True)
class ListColumn:
    """A column of the list: its name in `customer_rows` or a column of the panel, its heading, how it is written."""

    name: str
    heading: str
    kind: Kind = "text"


def list_columns(words: Language, attributes: dict[str, str]) -> dict[str, ListColumn]:
    """Every column there is, in order. `attributes`: columns of the panel and what they are called."""
    known = [
        ListColumn("receivables", words.text("Balance"), "money"),
        ListColumn("open", words.text("Open items"), "money"),
        ListColumn("overdue", words.text("of which overdue"), "money"),
        ListColumn("overdue_share", words.text("Overdue share"), "points"),
        ListColumn("oldest_days", words.text("Oldest overdue"), "days"),
        ListColumn("unapplied", words.text("Unapplied"), "money"),
        ListColumn("sales_12m", words.text("Sales of 12 months"), "money"),
        ListColumn("risk_class", words.text("Risk")),
        ListColumn("probability_6m", words.text("Chance, {months} months", months=6), "points"),
        ListColumn("probability_12m", words.text("Chance, {months} months", months=12), "points"),
        ListColumn("limit", words.text("Limit proposed"), "money"),
        ListColumn("usage_share", words.text("Limit used"), "points"),
        ListColumn("over_limit", words.text("Over the limit"), "money"),
        ListColumn("expected_loss", words.text("Expected loss of a year"), "money"),
        ListColumn("mean_days_late", words.text("Usual delay"), "days"),
        ListColumn("expected_13w", words.text("Cash of 13 weeks"), "money"),
        ListColumn("never", words.text("Not expected"), "money"),
        ListColumn("expected_late_days", words.text("Expected lateness"), "days"),
        ListColumn("segment", words.text("Segment")),
    ]
    named = {column.name for column in known}
    known += [ListColumn(name, label) for name, label in attributes.items() if name not in (*named, "customer_id")]
    return {column.name: column for column in known}


@dataclass(frozen=True)
class ListAsked:
    """What is asked of the list, read from the address; what does not exist is as if it were not there."""

    search: str
    sort: str
    rows: int
    view: str
    columns: tuple[str, ...]

    @classmethod
    def of(cls, state: AppState, columns: dict[str, ListColumn]) -> ListAsked:
        """The choices of the address."""
        name, _, direction = state.option("sort", SORT).rpartition("-")
        good = (name in columns or name == "name") and direction in ("up", "down")
        wanted = tuple(each for each in state.option("columns").split(",") if each in columns)
        rows = state.option("rows")
        return cls(
            search=state.option("search")[:80],
            sort=state.option("sort", SORT) if good else SORT,
            rows=int(rows) if rows in map(str, ROWS) else ROWS[0],
            view=state.option("view") if state.option("view") in VIEWS else VIEWS[0],
            columns=wanted or tuple(each for each in USUAL if each in columns),
        )


def find_customers(rows: pd.DataFrame, asked: ListAsked) -> pd.DataFrame:
    """The customers of the view that hold every word searched, in the order asked; missing values come last."""
    kept = {
        "all": pd.Series(True, index=rows.index),
        "owing": (rows["open"] != 0) | (rows["unapplied"] != 0),
        "overdue": rows["overdue"] > 0,
        "over": rows["over_limit"].fillna(0) > 0,
    }[asked.view]
    found = rows[kept]
    for word in fold(asked.search).split():
        found = found[found["folded"].str.contains(word, regex=False)]
    name, _, direction = asked.sort.rpartition("-")
    keys = found["name"].map(fold) if name == "name" else found[name]
    if keys.dtype == object or pd.api.types.is_string_dtype(keys.dtype):
        keys = keys.where(keys.isna() | (keys != ""), None)
    return found.loc[keys.sort_values(ascending=direction == "up", kind="stable", na_position="last").index]


def show_value(value: Any, column: ListColumn, words: Language, *, currency: str) -> str:
    """A cell of the list in words."""
    if column.name == "risk_class":
        return words.say(CLASSES[str(value)]) if value in CLASSES else "–"
    if column.name == "segment":
        return segment_name(str(value), words) if isinstance(value, str) and value else "–"
    return show_cell(value, column.kind, words, currency=currency) or "–"
