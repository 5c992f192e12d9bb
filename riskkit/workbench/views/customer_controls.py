"""What a reader chooses above the list of customers: search, which ones, filters on any column, columns shown."""

from __future__ import annotations

from collections.abc import Sequence

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.workbench.views.customer_columns import ROWS, VIEWS, ListAsked, ListColumn


def controls_html(
    asked: ListAsked,
    columns: dict[str, ListColumn],
    filtered_on: Sequence[tuple[str, str]],
    values: Sequence[tuple[str, str, int]],
    *,
    column: str,
    words: Language,
) -> Html:
    """The controls, at what is asked now.

    Parameters
    ----------
    asked, columns
        The choices in force, and every column there is.
    filtered_on
        Columns that can be filtered on (name, label); `column` is the one chosen.
    values
        Its values: key, label, number of customers.

    """
    views = dict(
        zip(
            VIEWS,
            (
                words.text("With something open"),
                words.text("All customers"),
                words.text("With something overdue"),
                words.text("Over their limit"),
            ),
            strict=True,
        )
    )
    search = element(
        "label",
        element("span", words.text("Search")),
        element(
            "input",
            type="search",
            value=asked.search,
            placeholder=words.text("Name or number"),
            data_rk_do="search",
            data_rk_live="",
            autocomplete="off",
        ),
        class_="rk-field rk-field-search",
    )
    value = _select(
        words.text("Value"),
        "filter-value",
        [("", words.text("Choose…")), *[(f"={key}", f"{label} ({count})") for key, label, count in values]],
        "",
    )
    boxes = [
        element(
            "label",
            element(
                "input",
                type="checkbox",
                data_rk_do="column",
                data_rk_key=each.name,
                checked="checked" if each.name in asked.columns else None,
            ),
            element("span", each.heading),
        )
        for each in columns.values()
    ]
    chooser = element(
        "details",
        element("summary", words.text("Columns ({count})", count=len(asked.columns))),
        element("div", *boxes, class_="rk-boxes"),
        class_="rk-chooser",
    )
    rows = [(str(count), words.text("{count:row|rows}", count=count)) for count in ROWS]
    return element(
        "div",
        search,
        _select(words.text("Show"), "view", list(views.items()), asked.view),
        _select(words.text("Filter on"), "filter-column", list(filtered_on), column),
        value,
        _select(words.text("Rows"), "rows", rows, str(asked.rows)),
        chooser,
        class_="rk-form rk-filters",
        role="search",
    )


def _select(label: str, do: str, choices: Sequence[tuple[str, str]], chosen: str) -> Html:
    options = [
        element("option", text, value=value, selected="selected" if value == chosen else None)
        for value, text in choices
    ]
    return element("label", element("span", label), element("select", *options, data_rk_do=do), class_="rk-field")
