"""Tables as HTML: numbers stay numbers until here, then are written as the reader's language writes them."""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of

Kind = Literal["text", "money", "share", "points", "days", "count", "number", "date", "html"]
_LONG = 48
"""Characters from which a text is a sentence: its column is wide enough to be read on a phone."""
_NUMBERS = frozenset({"money", "share", "points", "days", "count", "number"})


@dataclass(frozen=True)
class TableColumn:
    """One column to show: its name in the frame, its heading (already in the reader's language) and how to write it."""

    name: str
    heading: str
    kind: Kind = "text"


def make_table(
    frame: pd.DataFrame,
    columns: list[TableColumn],
    *,
    language: str,
    caption: str,
    currency: str = "EUR",
    total: dict[str, object] | None = None,
    sortable: bool = True,
    is_stacked: bool = False,
) -> Html:
    """The frame as a table with a caption; the first column names the row.

    Every text is escaped; a column of kind `html` must hold `Html` and is not. A row whose column `row_class` says so
    is `strong`, or `rest` (never sorted away from the bottom). `total` becomes the foot, column name by column name.
    On a phone a table that `is_stacked` shows the cells of a row one under the other, for rows made of sentences.
    """
    words = language_of(language)
    headings = [
        element("th", column.heading, scope="col", class_="rk-number" if column.kind in _NUMBERS else None)
        for column in columns
    ]
    body = [
        element(
            "tr",
            *[
                _cell(row.get(column.name), column, words, currency, first=not rank)
                for rank, column in enumerate(columns)
            ],
            class_=f"rk-{row['row_class']}" if row.get("row_class") in ("strong", "rest") else None,
        )
        for row in frame.to_dict("records")
    ]
    foot = None
    if total is not None:
        cells = [_cell(total.get(c.name, ""), c, words, currency, first=not rank) for rank, c in enumerate(columns)]
        foot = element("tfoot", element("tr", *cells))
    table = element(
        "table",
        element("caption", caption) if caption else None,
        element("thead", element("tr", *headings)),
        element("tbody", *body),
        foot,
        class_=" ".join(["rk-table", *["rk-sortable"] * sortable, *["rk-stacked"] * is_stacked]),
    )
    return element("div", table, class_="rk-scroll", tabindex="0", role="region", aria_label=caption or None)


def show_cell(value: object, kind: Kind, words: Language, *, currency: str = "EUR") -> str:
    """One value as it is written in a cell; missing is an en dash, an empty text stays empty."""
    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if kind == "date":
        return words.date(pd.Timestamp(str(value)).date())
    if kind == "text":
        return words.show(value)
    number = float(str(value))
    shown = {
        "money": lambda: words.money(round(number * 100), currency=currency, digits=0),
        "share": lambda: words.share(number, digits=1),
        "points": lambda: words.share(number, digits=0),
        "days": lambda: words.days(number),
        "count": lambda: words.number(number, digits=0),
        "number": lambda: words.number(number, digits=1),
    }[kind]()
    return shown.replace("-", "−")


def _cell(value: object, column: TableColumn, words: Language, currency: str, *, first: bool) -> Html:
    shown = show_cell(value, column.kind, words, currency=currency)
    missing = value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
    order = "" if missing or isinstance(value, Html) else str(value)
    if first and isinstance(value, Html):  # a name with something beside it is still sorted by the name
        order = html.unescape(re.sub(r"<[^>]*>", "", value))
    css = (
        "rk-number"
        if column.kind in _NUMBERS
        else "rk-long"
        if not first and not isinstance(value, Html) and len(shown) > _LONG
        else None
    )
    if first:
        return element("th", shown, scope="row", class_=css, data_sort=order)
    return element("td", shown, class_=css, data_sort=order)


def key_values(rows: list[tuple[str, str]], *, caption: str, strong_last: bool = False) -> Html:
    """A small table of names and values, already written; the last row may be the result of the others."""
    body = [
        element(
            "tr",
            element("th", name, scope="row"),
            element("td", value, class_="rk-number"),
            class_="rk-strong" if strong_last and rank == len(rows) - 1 else None,
        )
        for rank, (name, value) in enumerate(rows)
    ]
    return join(element("table", element("caption", caption), element("tbody", *body), class_="rk-table"))
