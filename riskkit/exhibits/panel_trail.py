"""What filters are in force, said in one line that takes each of them away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.panel_parts import act_button
from riskkit.ledger.panel import Panel
from riskkit.ledger.panel_view import Selection

_NAMED = 2


def trail_html(panel: Panel, selection: Selection, words: Language, *, label_of: Callable[[str], str]) -> Html:
    """The way from everybody to what is shown: each step leads back to it, its cross takes that filter away.

    `label_of` names a column.
    """
    steps = [element("li", act_button(words.text("All customers"), "trim:0"))]
    for rank, (column, keys) in enumerate(selection.filters, start=1):
        said = said_values(panel, column, keys, words)
        named = f"{label_of(column)}{words.text(': ')}{said}"
        last = rank == len(selection.filters)
        shown = element("b", named) if last else act_button(named, f"trim:{rank}")
        away = words.text("Remove the filter {filter}", filter=named)
        steps.append(element("li", shown, act_button("×", f"drop:{column}", css="rk-away", label=away)))
    if selection.is_on_documents:
        steps.append(element("li", element("b", said_documents(selection, words, currency=panel.currency))))
    return element(
        "nav", element("ol", *steps), class_="rk-trail", aria_label=words.text("Filters"), data_testid="panel-trail"
    )


def said_values(panel: Panel, column: str, keys: tuple[str, ...], words: Language) -> str:
    """The values kept of a column; beyond two, how many more."""
    attribute = panel.attributes.get(column)
    codes = [attribute.code(key) if attribute else None for key in keys]
    named = [
        attribute.labels[code] if attribute and code is not None else key for code, key in zip(codes, keys, strict=True)
    ]
    shown = ", ".join(named[:_NAMED])
    return words.text("{names} and {count} more", names=shown, count=len(named) - _NAMED) if named[_NAMED:] else shown


def said_documents(selection: Selection, words: Language, *, currency: str) -> str:
    """The months and amounts kept, in words."""
    parts = []
    first, last = (_month(month, words) for month in (selection.month_from, selection.month_to))
    if first and last:
        parts.append(words.text("issued from {first} to {last}", first=first, last=last))
    elif first or last:
        text = (
            words.text("issued since {month}", month=first) if first else words.text("issued up to {month}", month=last)
        )
        parts.append(text)
    low, high = (
        None if cents is None else words.money(cents, currency=currency, digits=0)
        for cents in (selection.amount_from_cents, selection.amount_to_cents)
    )
    if low and high:
        parts.append(words.text("from {low} to {high}", low=low, high=high))
    elif low or high:
        parts.append(words.text("of {low} or more", low=low) if low else words.text("of {high} or less", high=high))
    return ", ".join(parts)


def _month(month: tuple[int, int] | None, words: Language) -> str | None:
    return None if month is None else words.date(dt.date(month[0], month[1], 1), style="month")
