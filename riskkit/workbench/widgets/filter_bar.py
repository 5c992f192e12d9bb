"""The filters of a panel as widgets: by what it is grouped, values of any column, months, amounts, undo and reset."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets as w
import numpy as np

from riskkit.errors import UsageError, message
from riskkit.exhibits.language import Language
from riskkit.ledger.panel import CUSTOMER, Panel
from riskkit.workbench.widgets.explorer_state import ExplorerState, first_state, toggle

VALUES_LISTED = 300
ANY_MONTH = (0, 0)  # a list shows nothing at all where its value is None
NO_VALUE = -1

Change = Callable[[Callable[[ExplorerState], ExplorerState | None]], None]


class FilterBar:
    """The widgets and what they ask for. `show` puts them where the state is without asking for anything.

    `change` is called with what turns the present state into the one wanted; None from it means undo.
    """

    def __init__(self, panel: Panel, words: Language, *, label_of: Callable[[str], str], change: Change) -> None:
        self.panel, self.words, self.change = panel, words, change
        self.showing = False
        columns = [(label_of(name), name) for name in panel.attributes]
        chosen = [(label, name) for label, name in columns if name != CUSTOMER]
        months = [(words.text("any"), ANY_MONTH), *_months(panel, words)]
        self.by = w.Dropdown(options=columns, description=words.text("Group by"))
        self.column = w.Dropdown(options=chosen or columns, description=words.text("Filter on"))
        self.value = w.Dropdown(description=words.text("Value"))
        self.month_from = w.Dropdown(options=months, description=words.text("Issued since"))
        self.month_to = w.Dropdown(options=months, description=words.text("up to"))
        self.low = w.Text(description=words.text("Invoice amount from"), continuous_update=False)
        self.high = w.Text(description=words.text("Amount up to"), continuous_update=False)
        self.undo = w.Button(description=words.text("Undo"))
        self.reset = w.Button(description=words.text("Start again"))
        self._list_values()
        self._listen()
        self.widget = _bar(self)

    def show(self, state: ExplorerState, *, can_undo: bool) -> None:
        """Put the widgets where the state is."""
        selection = state.selection
        self.showing = True
        try:
            self.by.value = state.by
            self.month_from.value = selection.month_from or ANY_MONTH
            self.month_to.value = selection.month_to or ANY_MONTH
            self.low.value, self.high.value = (
                "" if cents is None else self.words.number(cents / 100, digits=2 if cents % 100 else 0)
                for cents in (selection.amount_from_cents, selection.amount_to_cents)
            )
            self.undo.disabled = not can_undo
            first = first_state(self.panel)
            self.reset.disabled = (state.selection, state.by) == (first.selection, first.by)
        finally:
            self.showing = False

    def _listen(self) -> None:
        self.by.observe(self._asks(lambda state, by: replace(state, by=by)), names="value")
        self.column.observe(lambda _: self._list_values(), names="value")
        self.value.observe(self._asks(self._toggled), names="value")
        for widget, name in ((self.month_from, "month_from"), (self.month_to, "month_to")):
            widget.observe(self._asks(_months_kept(name)), names="value")
        for widget, name in ((self.low, "amount_from_cents"), (self.high, "amount_to_cents")):
            widget.observe(self._asks(self._amount(name)), names="value")
        self.undo.on_click(lambda _: self.change(lambda _state: None))
        self.reset.on_click(lambda _: self.change(lambda _: first_state(self.panel)))

    def _asks(self, act: Callable[[ExplorerState, Any], ExplorerState]) -> Callable[[Any], None]:
        def asked(change: Any) -> None:
            if not self.showing:
                self.change(lambda state: act(state, change["new"]))

        return asked

    def _toggled(self, state: ExplorerState, code: int) -> ExplorerState:
        if code == NO_VALUE:
            return state
        self.showing = True
        self.value.value = NO_VALUE  # the choice is in the trail now; the list is for the next one
        self.showing = False
        return toggle(self.panel, state, self.column.value, code)

    def _amount(self, name: str) -> Callable[[ExplorerState, str], ExplorerState]:
        def keep(state: ExplorerState, text: str) -> ExplorerState:
            return _keeping(name)(state, read_amount(text))

        return keep

    def _list_values(self) -> None:
        """Values of the column chosen that customers have: the largest open amounts, in the order of their names."""
        attribute = self.panel.attributes[self.column.value]
        facts = self.panel.items.facts
        owed = np.bincount(attribute.codes[facts.customer], facts.cents, len(attribute.keys))
        present = np.bincount(attribute.codes, minlength=len(attribute.keys)) > 0
        largest = [int(code) for code in np.argsort(-owed, kind="stable") if present[code]][:VALUES_LISTED]
        listed = sorted(largest, key=lambda code: (code == 0, attribute.labels[code].casefold()))
        self.showing = True
        try:
            self.value.options = [
                (self.words.text("Choose…"), NO_VALUE),
                *[(attribute.labels[code], code) for code in listed],
            ]
            self.value.value = NO_VALUE
        finally:
            self.showing = False


def read_amount(text: str) -> int | None:
    """An amount as people type it (1 000,50 or 1000.5) in cents; None when empty; `UsageError` otherwise."""
    plain = "".join(text.split()).replace("€", "").replace(",", ".")
    if not plain:
        return None
    whole, _, part = plain.partition(".")
    if not (
        whole.isascii() and whole.isdigit() and len(whole) <= 11 and ((part.isascii() and part.isdigit()) or not part)
    ):
        raise UsageError(message("'{text}' is not an amount. Write 1500 or 1 500,50.", text=text[:40]))
    return int(whole) * 100 + int((part + "00")[:2])


def _keeping(name: str) -> Callable[[ExplorerState, Any], ExplorerState]:
    def keep(state: ExplorerState, value: Any) -> ExplorerState:
        selection = replace(state.selection, **{name: value})
        return replace(state, selection=selection, asked=replace(state.asked, page=0))

    return keep


def _months_kept(name: str) -> Callable[[ExplorerState, tuple[int, int]], ExplorerState]:
    keep = _keeping(name)
    return lambda state, month: keep(state, None if month == ANY_MONTH else month)


def _months(panel: Panel, words: Language) -> list[tuple[str, tuple[int, int]]]:
    """Every month in which something was issued, the latest first."""
    found = np.unique(np.concatenate([panel.items.facts.month, panel.sales.month]))[::-1]
    months = [divmod(int(month), 12) for month in found]
    return [(words.date(dt.date(year, rank + 1, 1), style="month"), (year, rank + 1)) for year, rank in months]


def _bar(bar: FilterBar) -> w.Box:
    for widget in (bar.by, bar.column, bar.value, bar.month_from, bar.month_to, bar.low, bar.high):
        widget.add_class("rk-choice")
    for widget in (bar.low, bar.high):
        widget.add_class("rk-amount")
    for widget in (bar.month_from, bar.month_to):
        widget.add_class("rk-month")
    bar.by.add_class("rk-by")
    bar.column.add_class("rk-column")
    bar.value.add_class("rk-value")
    made = w.Box((bar.by, bar.column, bar.value, bar.month_from, bar.month_to, bar.low, bar.high, bar.undo, bar.reset))
    made.add_class("rk-filters")
    made.add_class("rk-filter-bar")
    return made
