"""What a page of the dashboard is, and what the dashboard offers to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import ipywidgets as w
import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.document import inline_svg
from riskkit.exhibits.figure import figure_svg
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.workbench.dashboard_runs import OpenRun
from riskkit.workbench.dashboard_state import AppState, write_filters


@dataclass(frozen=True)
class Act:
    """What a reader asked for: its name, a value, and the fields of a form. All of it is as the browser sent it."""

    do: str
    value: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


class Host(Protocol):
    """The dashboard as its pages see it."""

    state: AppState
    run: OpenRun
    words: Language

    def go(self, state: AppState, *, step: bool = True) -> None:
        """Show another state; `step` makes it one that the browser's back button leaves."""

    def keep(self, state: AppState) -> None:
        """Remember a state that the page shows already, and write it in the address."""

    def link(self, **changes: Any) -> str:
        """The address of this dashboard with fields of the state changed and no choice of a page."""

    def guarded(self, act: Callable[[Any], None]) -> Callable[[Any], None]:
        """The callback as a widget may call it: whatever fails becomes a sentence."""

    def previous(self) -> OpenRun | None:
        """The run of the same portfolio before the one shown."""

    def past_scores(self, customer_id: str) -> Mapping[dt.date, Mapping[str, object]]:
        """The class of a customer at the date shown and at those of earlier runs, oldest first."""


class View(Protocol):
    """A page: a widget shown once, drawn again when the state asks for something else."""

    widget: w.Widget

    def show(self) -> None:
        """Draw what the state asks for; what is shown already is not drawn again."""

    def act(self, act: Act) -> None:
        """Do what a reader asked for on this page."""

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """What the page exports: sheets of a workbook by name."""


def customer_link(host: Host, customer_id: str, name: str) -> Html:
    """The name of a customer, which opens its sheet."""
    return element(
        "a",
        name,
        href=host.link(page="customers", customer=customer_id),
        class_="rk-customer",
        data_rk_do="customer",
        data_rk_value=customer_id,
    )


def filter_link(host: Host, column: str, key: str, text: str) -> Html:
    """A value of a column, which opens the list of the customers that have it."""
    wanted = ((column, (key,)),)
    return element(
        "a",
        text,
        href=host.link(page="customers", filters=wanted),
        data_rk_do="filter",
        data_rk_value=write_filters(wanted),
    )


def drawing(figure: Figure, *, css: str = "") -> Html:
    """A figure inside a page, following its colours."""
    return element("div", inline_svg(figure_svg(figure)), class_=f"rk-drawing {css}".strip())


def missing_notice(what: str, why: str) -> Html:
    """Why there is nothing here, and what would put something here."""
    return element("div", element("p", element("b", what)), element("p", why), class_="rk-nothing rk-absent")


def panel_section(eyebrow: str, heading: str, *parts: Html | None, css: str = "", test_id: str | None = None) -> Html:
    """A framed part of a page under its subject and what it shows."""
    return element(
        "section",
        element("p", eyebrow, class_="rk-eyebrow"),
        element("h2", heading),
        *parts,
        class_=f"rk-panel {css}".strip(),
        data_testid=test_id,
    )


def pager(count: int, first: int, rows: int, words: Language) -> Html:
    """Which rows are shown, with the steps to those before and after."""
    last = min(first + rows, count)
    parts = [element("span", words.text("Rows {first} to {last} of {count}", first=first + 1, last=last, count=count))]
    steps = (
        ("‹", words.text("Previous page"), first - rows, first == 0),
        ("›", words.text("Next page"), first + rows, last >= count),
    )
    for mark, label, start, is_off in steps:
        parts.append(
            element(
                "button",
                mark,
                type="button",
                class_="rk-tool",
                data_rk_do="start",
                data_rk_value=str(max(start, 0)),
                aria_label=label,
                disabled="" if is_off else None,
            )
        )
    return element("div", *parts, class_="rk-pager")


def read_start(state: AppState, count: int, rows: int) -> int:
    """The first row of the page that the address asks for, inside what there is."""
    asked = state.option("start")
    start = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 0
    return min(start // rows * rows, max(0, (count - 1) // rows * rows))


class DocumentView:
    """A page that is read and not filtered: its parts drawn once from the run, in each language."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.place = w.HTML()
        self.widget = make_box(self.place, css="rk-page")
        self.shown: tuple[object, ...] = ()

    def parts(self) -> list[Html]:
        """What is on the page."""
        raise NotImplementedError

    def show(self) -> None:
        """Draw the page when it is that of another date or language."""
        wanted = (self.host.state.as_of, self.host.state.language)
        if wanted != self.shown:
            key = (type(self).__name__, self.host.state.language)
            self.place.value = self.host.run.once(key, lambda: join(*self.parts()))
            self.shown = wanted

    def act(self, act: Act) -> None:
        """Nothing is asked of this page."""

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """Nothing unless the page says otherwise."""
        return {}


def make_box(*children: w.Widget, css: str) -> w.Box:
    """A box with those classes."""
    box = w.Box(children)
    for name in css.split():
        box.add_class(name)
    return box


def with_page(state: AppState, page: str, *, customer: str = "") -> AppState:
    """The state on another page, nothing chosen there yet; the filters stay in force."""
    return replace(state, page=page, customer=customer, options=())
