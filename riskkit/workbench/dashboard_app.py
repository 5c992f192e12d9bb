"""The dashboard of one reader: a header, pages made when they are first visited, one state that has an address.

What the reader asks for arrives as one line of JSON in a text widget (`app.js` writes it there) and is checked here;
nothing of it is ever run, and whatever fails becomes a sentence.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import ipywidgets as w

from riskkit.errors import UsageError, message
from riskkit.exhibits.fragment import element
from riskkit.exhibits.language import LANGUAGES, Language
from riskkit.exhibits.language import language as language_of
from riskkit.workbench import dashboard_shell as shell
from riskkit.workbench.dashboard_fault import fault_notice, record_fault
from riskkit.workbench.dashboard_runs import OpenRun, RunShelf
from riskkit.workbench.dashboard_state import NAMES, PAGES, AppState, read_filters
from riskkit.workbench.page_style import style_unless_served
from riskkit.workbench.session_log import note_shown
from riskkit.workbench.views.registry import VIEWS
from riskkit.workbench.views.view import Act, View, make_box, with_page
from riskkit.workbench.visit import parse_query

LONGEST_REQUEST = 8_000
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PLACES = ("heading", "nav", "filters", "notice", "address", "footer", "download")


class App:
    """One reader's dashboard. `widget` is shown once; what the reader asks for changes `state`, and what it draws."""

    def __init__(self, shelf: RunShelf, *, default: AppState, state: AppState) -> None:
        self.shelf, self.default, self.state = shelf, default, state
        self.run: OpenRun = shelf.open(state.as_of)
        self.words: Language = language_of(state.language)
        self.views: dict[str, View] = {}
        self.left: dict[str, tuple[tuple[str, str], ...]] = {}
        self.served = 0
        self.step = False
        self.idle: Callable[[], None] | None = None
        self.places = {name: w.HTML() for name in _PLACES}
        self.letters = w.Text(continuous_update=True)
        self.letters.add_class("rk-letterbox")
        self.letters.observe(self.guarded(self._receive), names="value")
        self.slot = make_box(css="rk-slot")
        place = self.places
        self.widget = make_box(
            w.HTML(value=style_unless_served()),
            self.letters,
            make_box(place["heading"], place["nav"], place["filters"], css="rk-bar"),
            place["notice"],
            self.slot,
            place["footer"],
            place["download"],
            place["address"],
            css="rk rk-app",
        )

    # ---- What pages may ask

    def go(self, state: AppState, *, step: bool = True) -> None:
        """Show another state; when it cannot be drawn, everything stays at the one shown."""
        before = (self.state, self.run, self.words)
        is_other = (state.as_of, state.language) != (self.state.as_of, self.state.language)
        self.left[self.state.page] = self.state.options
        self.state, self.words = state, language_of(state.language)
        try:
            self.run = self.shelf.open(state.as_of)
            self._view(state.page).show()
            self._show_only(state.page)
        except Exception:
            self.state, self.run, self.words = before
            self._draw_shell()  # a list that was moved in the browser goes back to what is shown
            raise
        self.step = step
        self._draw_shell()
        self._note_shown()
        if is_other and self.idle is not None:
            self.idle()  # the other pages are drawn for this date and language too, once the reader rests

    def keep(self, state: AppState) -> None:
        """Remember a state that the page shows already, and write it in the address."""
        self.state, self.step = state, False
        self._draw_shell()

    def link(self, **changes: Any) -> str:
        """The address of the state with those changes and no choice of a page."""
        query = replace(replace(self.state, customer="", options=()), **changes).address(self.default)
        return f"?{query}" if query else "?"

    def previous(self) -> OpenRun | None:
        """The run before the one shown, when there is one that can be read."""
        day = self.shelf.before(self.state.as_of)
        try:
            return self.shelf.open(day) if day is not None else None
        except Exception as fault:  # noqa: BLE001 - an earlier run that cannot be read does not take this one with it
            record_fault(fault)
            return None

    def past_scores(self, customer_id: str) -> Mapping[dt.date, Mapping[str, object]]:
        """The class of a customer at the date shown and at those of earlier runs, oldest first."""
        return self.shelf.past_scores(customer_id, as_of=self.state.as_of)

    def guarded(self, act: Callable[[Any], None]) -> Callable[[Any], None]:
        """The callback as the browser may call it: whatever fails becomes a sentence on the page."""

        def guarded(change: Any) -> None:
            try:
                act(change)
            except Exception as fault:  # noqa: BLE001 - the edge of the page: reported in the log, shown as a sentence
                self.places["notice"].value = fault_notice(fault, language=self.state.language)
                self._draw_address()
            else:
                self.places["notice"].value = ""

        return guarded

    # ---- Drawing

    def draw(self) -> None:
        """Draw the page that the state asks for."""
        self.go(self.state, step=False)

    def refresh(self) -> None:
        """Show what other viewers recorded since; called now and then."""
        redraw = getattr(self.views.get(self.state.page), "refresh", None)
        if redraw is not None:
            redraw()

    def prepare(self) -> Iterator[None]:
        """Make the other pages, one at each step, and what each says may be chosen next, so that choosing is quick."""
        for name in PAGES:
            if name in VIEWS and name != self.state.page:
                shown = self.state
                self.state = replace(with_page(shown, name), options=self.left.get(name, ()))
                try:
                    self._view(name).show()
                finally:
                    self.state = shown
                yield
            ready = getattr(self.views.get(name), "prepare", None)
            if ready is not None:
                yield from ready()

    def _view(self, page: str) -> View:
        """The page, made when it is first asked for, out of sight."""
        if page not in self.views:
            made = VIEWS[page](self)
            made.widget.layout.display = "none"
            self.views[page] = made
            self.slot.children = (*self.slot.children, made.widget)
        return self.views[page]

    def _show_only(self, page: str) -> None:
        for name, view in self.views.items():
            wanted = None if name == page else "none"
            if view.widget.layout.display != wanted:
                view.widget.layout.display = wanted

    def _draw_shell(self) -> None:
        run, words, state = self.run.shown, self.words, self.state
        title = words.say(shell.PAGE_NAMES[state.page])
        drawn = {
            "heading": shell.heading_html(state, run.company, title, self.shelf.folders, words),
            "nav": shell.nav_html(state, tuple(VIEWS), lambda page: self.link(page=page), words),
            "filters": shell.filters_html(self._said_filters(), state.page, words),
            "footer": shell.footer_html(run, words),
        }
        for name, html in drawn.items():
            self.places[name].value = html
        self._draw_address()

    def _draw_address(self) -> None:
        title = f"{self.words.say(shell.PAGE_NAMES[self.state.page])} – {self.run.shown.company}"
        if self.state.customer:
            title = f"{self.run.names.get(self.state.customer, self.state.customer)} – {title}"
        self.places["address"].value = shell.address_html(
            self.state, self.default, title=title, step=self.step, served=self.served
        )

    def _said_filters(self) -> list[tuple[str, str]]:
        if not self.state.filters:
            return []
        from riskkit.exhibits.panel_trail import said_values
        from riskkit.workbench.panel_run import column_label

        panel, words = self.run.panel(self.state.language), self.words
        colon = words.text(": ")
        return [
            (column, f"{column_label(column, words)}{colon}{said_values(panel, column, keys, words)}")
            for column, keys in self.state.filters
        ]

    def _note_shown(self) -> None:
        """In the session log: who looks at what. A log that cannot be written takes nothing from the page."""
        state, folder = self.state, self.run.folder.absolute().parent
        try:
            note_shown(folder, page=state.page, customer=state.customer, as_of=state.as_of.isoformat())
        except OSError as fault:
            record_fault(fault)

    # ---- What the reader asks for

    def _receive(self, change: Any) -> None:
        """A request as `app.js` writes it: {"n": number, "do": what, "value": text, "values": {field: text}}."""
        if not change["new"]:
            return
        asked = read_request(str(change["new"]))
        self.served = int(asked["n"])
        self._do(Act(asked["do"], asked["value"], asked["values"]))
        self._draw_address()

    def _do(self, act: Act) -> None:
        state = self.state
        if act.do == "page" and act.value in VIEWS:
            wanted = with_page(state, act.value)
            self.go(replace(wanted, options=self.left.get(act.value, ())) if act.value != state.page else wanted)
        elif act.do == "customer":
            self.go(with_page(state, "customers", customer=act.value))
        elif act.do == "date":
            day = next((day for day in self.shelf.folders if day.isoformat() == act.value), state.as_of)
            self.go(replace(state, as_of=day))
        elif act.do == "language" and act.value in LANGUAGES:
            self.go(replace(state, language=act.value), step=False)
        elif act.do == "filter":
            kept = dict(state.filters) | dict(read_filters(act.value))
            page = state.page if state.page in shell.FILTERED else "customers"
            self.go(replace(with_page(state, page), filters=tuple(kept.items())))
        elif act.do == "unfilter":
            self.go(state.without(act.value), step=False)
        elif act.do == "address":
            asked = parse_query(act.value.removeprefix("?"), names=NAMES)
            self.go(self.default.read(asked, dates=self.shelf.folders), step=False)
        elif act.do == "export":
            self._export()
        else:
            self.views[state.page].act(act)

    def _export(self) -> None:
        """Offer the tables of the page as a workbook, which `app.js` downloads at once."""
        from riskkit.exhibits.page_workbook import page_workbook

        sheets = self.views[self.state.page].sheets()
        if not sheets:
            raise UsageError(message("This page has no table to export; print it instead."))
        made = page_workbook(sheets, company=self.run.shown.company, as_of=self.state.as_of, language=self.words.code)
        name = f"{self.words.say(shell.PAGE_NAMES[self.state.page]).lower().replace(' ', '_')}"
        file = f"{name}_{self.state.as_of.isoformat()}.xlsx"
        link = f"data:{_EXCEL};base64,{base64.b64encode(made).decode()}"
        said = self.words.text("Download {file}", file=file)
        self.places["download"].value = element(
            "a", said, href=link, download=file, class_="rk-hidden", data_rk_download=str(self.served)
        )


def read_request(text: str) -> dict[str, Any]:
    """A request of the page, checked: `n`, `do`, `value` and `values`. `UsageError` when it is not one."""
    try:
        given = json.loads(text) if len(text) <= LONGEST_REQUEST else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise UsageError(message("The page asked for something that is not understood. Reload it."))
    values = given.get("values")
    number = given.get("n")
    return {
        "n": number if isinstance(number, int) and 0 <= number < 10**9 else 0,
        "do": str(given.get("do", ""))[:40],
        "value": str(given.get("value", ""))[:4_000],
        "values": {str(k)[:40]: str(v)[:2_000] for k, v in values.items()} if isinstance(values, dict) else {},
    }
