"""The page Vue d'ensemble as widgets: what is on it, and what each choice of its reader redraws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets as w
import pandas as pd

from riskkit.exhibits.findings import debtors_finding, sectors_known
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.theme import css_text
from riskkit.workbench import dashboard_overview as overview
from riskkit.workbench.dashboard_cards import headline_cards
from riskkit.workbench.dashboard_debtors import company_words, debtors_html, index_debtors, sort_words
from riskkit.workbench.dashboard_fault import fault_notice
from riskkit.workbench.dashboard_runs import RunShelf
from riskkit.workbench.dashboard_state import LEVELS, ROWS, PageState

STYLE = Path(__file__).resolve().parent / "pages" / "dashboard.css"
FIGURES_KEPT = 24
PREPARED = 2


class OverviewPage:
    """One reader's page. `widget` is shown once; every choice changes `state` and redraws what depends on it."""

    def __init__(self, shelf: RunShelf, *, default: PageState, state: PageState) -> None:
        self.shelf, self.default, self.state = shelf, default, state
        self.run: RunTables
        self.debtors: pd.DataFrame
        self.drawn: dict[tuple[object, ...], Html] = {}
        self.relabelling = False
        self._make_controls()
        self._make_places()
        self.widget = self._layout()

    # ---- What is on the page

    def _make_controls(self) -> None:
        self.date = w.Dropdown(options=[("", "")])
        self.tongue = w.Button()
        self.search = w.Text(value=self.state.search)
        self.order = w.Dropdown(options=[("", "")])
        self.rows = w.Dropdown(options=[("", "")])
        self.level = w.Dropdown(options=[("", "")])
        self.company = w.Dropdown(options=[("", "")])
        self._label_controls()
        for widget, name in (
            (self.date, "as_of"),
            (self.search, "search"),
            (self.order, "sort"),
            (self.rows, "rows"),
            (self.level, "level"),
            (self.company, "company"),
        ):
            widget.observe(self._guarded(self._choose(name)), names="value")
        self.tongue.on_click(self._guarded(self._switch_language))

    def _make_places(self) -> None:
        self.places = {
            name: w.HTML()
            for name in (
                "heading",
                "notice",
                "lead",
                "cards",
                "debtors_heading",
                "debtors",
                "sectors_heading",
                "sectors",
                "method",
                "footer",
            )
        }
        self.figures = [w.HTML() for _ in overview.FIGURES]
        self.address = w.HTML()

    def _layout(self) -> w.Box:
        place = self.places
        controls = _box(self.date, self.tongue, css="rk-controls")
        self.debtor_box = _box(
            place["debtors_heading"],
            _box(self.search, self.company, self.order, self.rows, css="rk-filters"),
            place["debtors"],
            css="rk-panel",
        )
        self.level_box = _box(self.level, css="rk-filters")
        self.sector_box = _box(place["sectors_heading"], self.level_box, place["sectors"], css="rk-panel")
        self.pair = _box(self.debtor_box, self.sector_box, css="rk-halves")
        return _box(
            w.HTML(value=f"<style>{css_text()}\n{STYLE.read_text(encoding='utf-8')}</style>"),
            _box(place["heading"], controls, css="rk-bar"),
            place["notice"],
            place["lead"],
            place["cards"],
            _box(*self.figures, css="rk-trio"),
            self.pair,
            place["method"],
            self.address,
            place["footer"],
            css="rk rk-app",
        )

    def _label_controls(self) -> None:
        """Every control in the reader's language and at the state's value, without anything being chosen."""
        words, state = language_of(self.state.language), self.state
        self.relabelling = True
        self.date.options = [(words.date(day), day) for day in self.shelf.folders]
        self.order.options = sort_words(words)
        self.rows.options = [(words.text("{count:row|rows}", count=count), count) for count in ROWS]
        self.level.options = [(words.text("Main sectors"), LEVELS[0]), (words.text("Detailed sectors"), LEVELS[1])]
        self.date.value, self.order.value, self.rows.value = state.as_of, state.sort, state.rows
        self.date.description = words.text("Position at")
        self.search.description = words.text("Search")
        self.search.placeholder = words.text("Name or number")
        self.order.description = words.text("Order")
        self.rows.description = words.text("Show")
        self.level.description = words.text("Level")
        self.company.description = words.text("Company")
        self.tongue.description = "English" if state.language == "fr" else "Français"
        self.tongue.tooltip = "Show this page in English" if state.language == "fr" else "Afficher la page en français"
        self.order.add_class("rk-order")
        self.date.add_class("rk-date")
        self.search.add_class("rk-search")
        self.tongue.add_class("rk-tongue")
        self.relabelling = False

    # ---- What a choice does

    def _choose(self, name: str) -> Callable[[Any], None]:
        def choose(change: Any) -> None:
            if self.relabelling or change["new"] == getattr(self.state, name):
                return
            redraw = {"as_of": self.draw, "level": self._draw_sectors}.get(name, self._draw_debtors)
            self._change(replace(self.state, **{name: change["new"]}), redraw)
            self._write_address()

        return choose

    def _switch_language(self, _: Any) -> None:
        self._change(replace(self.state, language="en" if self.state.language == "fr" else "fr"), self.draw)
        self._label_controls()

    def _change(self, wanted: PageState, redraw: Callable[[], None]) -> None:
        """Go to another state; when it cannot be drawn the page and its controls stay at the one they show."""
        before = (self.state, self.run, self.debtors)
        self.state = wanted
        try:
            redraw()
        except Exception:
            self.state, self.run, self.debtors = before
            self._label_controls()
            raise

    def _guarded(self, act: Callable[[Any], None]) -> Callable[[Any], None]:
        """The callback as the browser may call it: whatever fails becomes a sentence on the page."""

        def guarded(change: Any) -> None:
            try:
                act(change)
            except Exception as fault:  # noqa: BLE001 - the edge of the page: reported in the log, shown as a sentence
                self.places["notice"].value = fault_notice(fault, language=self.state.language)
            else:
                self.places["notice"].value = ""

        return guarded

    # ---- Drawing

    def draw(self) -> None:
        """Draw everything that depends on the run and the language: all of it, or nothing when a part fails."""
        code = self.state.language
        self.run = run = self.shelf.open(self.state.as_of)
        self.debtors = index_debtors(run)
        finding = debtors_finding(run.ageing, language=code)
        drawn = {
            "heading": overview.heading_html(run, language=code),
            "lead": overview.lead_html(run, language=code),
            "cards": join(overview.cards_heading(language=code), headline_cards(run, language=code)),
            "debtors_heading": overview.panel_heading(language_of(code).text("Customers"), finding),
            "method": overview.method_html(run, language=code),
        }
        figures = list(self._figures(run, code))
        self._draw_sectors()
        self._draw_debtors()
        for name, html in drawn.items():
            self.places[name].value = html
        for place, figure in zip(self.figures, figures, strict=True):
            place.value = figure
        self._write_address()
        self.places["footer"].value = overview.footer_html(run, language=code)

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
        drawn = self._sectors(self.run, self.state)
        known = sectors_known(self.run.sectors)
        self.relabelling = True
        self.level.value = shown.level
        self.relabelling = False
        self.level_box.layout.display = None if known else "none"
        (self.pair.remove_class if known else self.pair.add_class)("rk-stacked")
        self.places["sectors_heading"].value, self.places["sectors"].value = heading, drawn

    def prepare(self) -> Iterator[None]:
        """Read and draw the dates most likely to be chosen next, a little at each step, so that choosing is quick."""
        code = self.state.language
        for day in [day for day in self.shelf.folders if day != self.state.as_of][:PREPARED]:
            run = self.shelf.open(day)
            yield
            for _ in self._figures(run, code):
                yield
            self._sectors(run, replace(self.state, as_of=day))
            yield

    def _figures(self, run: RunTables, code: str) -> Iterator[Html]:
        for panel in overview.FIGURES:
            yield self._once((run.as_of, code, panel.__name__), partial(panel, run, language=code))

    def _sectors(self, run: RunTables, state: PageState) -> Html:
        shown = replace(state, level=overview.sector_level(run, state))
        return self._once((run.as_of, state.language, shown.level), partial(overview.sectors_html, run, shown))

    def _once(self, key: tuple[object, ...], draw: Callable[[], Html]) -> Html:
        """A figure of a date and language, drawn the first time it is needed."""
        if key not in self.drawn:
            while len(self.drawn) >= FIGURES_KEPT:
                self.drawn.pop(next(iter(self.drawn)))
            self.drawn[key] = draw()
        return self.drawn[key]

    def _write_address(self) -> None:
        words = language_of(self.state.language)
        self.address.value = element(
            "span",
            hidden="",
            data_rk_address=self.state.address(self.default),
            data_rk_title=f"{words.text('Overview')} – {self.run.company}",
            data_rk_language=self.state.language,
        )


def _box(*children: w.Widget, css: str) -> w.Box:
    box = w.Box(children)
    for name in css.split():
        box.add_class(name)
    return box
