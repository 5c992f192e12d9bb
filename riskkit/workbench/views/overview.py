"""The page Vue d'ensemble as widgets: what is on it, and what each choice of its reader redraws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import ipywidgets as w
import pandas as pd

from riskkit.exhibits.findings import debtors_finding, sectors_known
from riskkit.exhibits.fragment import Html, join
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.run_tables import RunTables
from riskkit.workbench import dashboard_overview as overview
from riskkit.workbench.dashboard_cards import headline_cards
from riskkit.workbench.dashboard_changes import alerts_panel, cash_panel, changes_html, waiting_panel
from riskkit.workbench.dashboard_debtors import company_words, debtors_html, index_debtors, sort_words
from riskkit.workbench.dashboard_runs import OpenRun
from riskkit.workbench.dashboard_state import LEVELS, ROWS, PageState
from riskkit.workbench.views.view import Act, Host, make_box


class OverviewPage:
    """One reader's page. `widget` is shown once; every choice changes `state` and redraws what depends on it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.state = PageState.of(host.state)
        self.run: RunTables
        self.shown: tuple[object, ...] = ()
        self.debtors: pd.DataFrame
        self.relabelling = False
        self._make_controls()
        self._make_places()
        self.widget = self._layout()

    # ---- What is on the page

    def _make_controls(self) -> None:
        self.search = w.Text(value=self.state.search)
        self.order = w.Dropdown(options=[("", "")])
        self.rows = w.Dropdown(options=[("", "")])
        self.level = w.Dropdown(options=[("", "")])
        self.company = w.Dropdown(options=[("", "")])
        self._label_controls()
        for widget, name in (
            (self.search, "search"),
            (self.order, "sort"),
            (self.rows, "rows"),
            (self.level, "level"),
            (self.company, "company"),
        ):
            widget.observe(self.host.guarded(self._choose(name)), names="value")

    def _make_places(self) -> None:
        self.places = {
            name: w.HTML()
            for name in (
                "lead",
                "changes",
                "cards",
                "alerts",
                "cash",
                "debtors_heading",
                "debtors",
                "sectors_heading",
                "sectors",
            )
        }
        self.figures = [w.HTML() for _ in overview.FIGURES]

    def _layout(self) -> w.Box:
        place = self.places
        self.debtor_box = make_box(
            place["debtors_heading"],
            make_box(self.search, self.company, self.order, self.rows, css="rk-filters"),
            place["debtors"],
            css="rk-panel",
        )
        self.level_box = make_box(self.level, css="rk-filters")
        self.sector_box = make_box(place["sectors_heading"], self.level_box, place["sectors"], css="rk-panel")
        self.pair = make_box(self.debtor_box, self.sector_box, css="rk-halves")
        return make_box(
            place["lead"],
            place["changes"],
            place["cards"],
            make_box(*self.figures, css="rk-trio"),
            make_box(place["alerts"], place["cash"], css="rk-halves rk-even"),
            self.pair,
            css="rk-page",
        )

    def _label_controls(self) -> None:
        """Every control in the reader's language and at the state's value, without anything being chosen."""
        words, state = language_of(self.state.language), self.state
        self.relabelling = True
        self.order.options = sort_words(words)
        self.rows.options = [(words.text("{count:row|rows}", count=count), count) for count in ROWS]
        self.level.options = [(words.text("Main sectors"), LEVELS[0]), (words.text("Detailed sectors"), LEVELS[1])]
        self.order.value, self.rows.value, self.search.value = state.sort, state.rows, state.search
        self.search.description = words.text("Search")
        self.search.placeholder = words.text("Name or number")
        self.order.description = words.text("Order")
        self.rows.description = words.text("Show")
        self.level.description = words.text("Level")
        self.company.description = words.text("Company")
        self.order.add_class("rk-order")
        self.search.add_class("rk-search")
        self.relabelling = False

    # ---- What a choice does

    def _choose(self, name: str) -> Callable[[Any], None]:
        def choose(change: Any) -> None:
            if self.relabelling or change["new"] == getattr(self.state, name):
                return
            before, self.state = self.state, replace(self.state, **{name: change["new"]})
            try:
                self._draw_sectors() if name == "level" else self._draw_debtors()
            except Exception:
                self.state = before
                self._label_controls()
                raise
            self.shown = (self.state, self.run.as_of)
            self.host.keep(self.host.state.choose(**self.state.options()))

        return choose

    def act(self, act: Act) -> None:
        """Everything here is chosen in widgets of its own."""

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """The measures over time and what each customer owes."""
        words = language_of(self.state.language)
        return {words.text("Measures"): self.run.measures, words.text("Customers"): self.run.ageing}

    # ---- Drawing

    def show(self) -> None:
        """Draw what the state of the dashboard asks for: all of it, or nothing when a part fails."""
        wanted = PageState.of(self.host.state)
        self.host.state = self.host.state.choose(**wanted.options())  # what does not exist leaves the address
        key = (wanted, self.host.run.shown.as_of)
        if key == self.shown:
            return
        before = (self.state, getattr(self, "run", None), getattr(self, "debtors", None))
        self.state, self.run = wanted, self.host.run.shown
        try:
            self._draw()
        except Exception:
            self.state = before[0]
            if before[1] is not None and before[2] is not None:
                self.run, self.debtors = before[1], before[2]
            raise
        self.shown = key

    def _draw(self) -> None:
        code, run = self.state.language, self.run
        self.debtors = index_debtors(run)
        finding = debtors_finding(run.ageing, language=code)
        drawn = {
            "lead": overview.lead_html(run, language=code),
            "cards": join(overview.cards_heading(language=code), headline_cards(run, language=code)),
            "debtors_heading": overview.panel_heading(language_of(code).text("Customers"), finding),
        }
        words, earlier = self.host.words, self.host.previous()
        drawn["changes"] = changes_html(run, earlier.shown if earlier else None, words)
        opened = self.host.run
        drawn["cash"] = opened.once(("cash", code), partial(cash_panel, opened, words))
        known = opened.drawn.get(("alerts", code))
        drawn["alerts"] = known or (waiting_panel(words) if earlier else alerts_panel(self.host))
        figures = list(_figures(opened, code))
        self._label_controls()
        self._draw_sectors()
        self._draw_debtors()
        for name, html in drawn.items():
            self.places[name].value = html
        for place, figure in zip(self.figures, figures, strict=True):
            place.value = figure

    def _draw_debtors(self) -> None:
        choices = company_words(self.debtors, language_of(self.state.language))
        codes = [code for _, code in choices]
        self.state = replace(self.state, company=self.state.company if self.state.company in codes else "")
        self.relabelling = True
        self.company.options, self.company.value = choices, self.state.company
        self.relabelling = False
        self.company.layout.display = None if set(codes) - {"", "failed", "unknown"} else "none"
        self.places["debtors"].value = debtors_html(self.debtors, self.run, self.state)

    def _draw_sectors(self) -> None:
        shown = replace(self.state, level=overview.sector_level(self.run, self.state))
        heading = overview.sectors_heading(self.run, shown)
        drawn = _sectors(self.host.run, self.state)
        known = sectors_known(self.run.sectors)
        self.relabelling = True
        self.level.value = shown.level
        self.relabelling = False
        self.level_box.layout.display = None if known else "none"
        (self.pair.remove_class if known else self.pair.add_class)("rk-stacked")
        self.places["sectors_heading"].value, self.places["sectors"].value = heading, drawn

    def prepare(self) -> Iterator[None]:
        """Look for alerts; draw the date most likely to be chosen next, a little at each step."""
        earlier, code, run = self.host.previous(), self.state.language, self.host.run
        if earlier is None:
            return
        alerts = run.once(("alerts", code), partial(alerts_panel, self.host))
        if (run.shown.as_of, code) == (self.run.as_of, self.state.language):
            self.places["alerts"].value = alerts
        yield
        for _ in _figures(earlier, code):
            yield
        _sectors(earlier, replace(self.state, as_of=earlier.shown.as_of))


def _figures(run: OpenRun, code: str) -> Iterator[Html]:
    for panel in overview.FIGURES:
        yield run.once((panel.__name__, code), partial(panel, run.shown, language=code))


def _sectors(run: OpenRun, state: PageState) -> Html:
    shown = replace(state, level=overview.sector_level(run.shown, state))
    return run.once(("sectors", state.language, shown.level), partial(overview.sectors_html, run.shown, shown))
