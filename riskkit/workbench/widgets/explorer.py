"""A panel to ask a run who is behind the unpaid: filters that act on everything, groups that open, tables, exports.

The same widgets serve in JupyterLab (`notebook.explore`) and in the dashboard (`Explorer(…).widget`). Nothing is
rendered through an `Output`; a callback that fails is a sentence on the panel, its details are in the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets as w
import pandas as pd

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.panel_groups import groups_html
from riskkit.exhibits.panel_parts import act_button
from riskkit.exhibits.panel_summary import ages_html, figures_html, history_html
from riskkit.exhibits.panel_table import find_rows, table_html, table_rows
from riskkit.exhibits.panel_trail import trail_html
from riskkit.exhibits.theme import style_resource
from riskkit.ledger.panel import Panel
from riskkit.ledger.panel_view import View, look
from riskkit.workbench.dashboard_fault import fault_notice
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.panel_run import column_label, load_panel
from riskkit.workbench.selections import SavedSelection, read_selection
from riskkit.workbench.widgets.explorer_state import STEPS_KEPT, ExplorerState, first_state, step
from riskkit.workbench.widgets.filter_bar import FilterBar
from riskkit.workbench.widgets.view_keeper import ViewKeeper

SCRIPT = Path(__file__).resolve().parents[1] / "jupyter/voila/templates/riskkit/static/panel.js"
_PLACES = ("notice", "trail", "figures", "groups", "ages", "history", "tabs", "table", "status")


class Explorer:
    """One reader's panel. `widget` is shown once; each choice changes `state` and redraws what depends on it.

    Parameters
    ----------
    panel
        The run to ask.
    company
        Whose run it is, for the exported file.
    language
        Of everything that is read.
    selections
        Folder in which selections are kept under a name; None offers none.
    changed
        Told every state that is shown after the first.
    """

    def __init__(
        self,
        panel: Panel,
        *,
        company: str,
        language: str,
        selections: Path | None = None,
        changed: Callable[[ExplorerState], None] | None = None,
    ) -> None:
        self.panel = panel
        self.changed = changed
        self.words: Language = language_of(language)
        self.state = first_state(panel)
        self.before: list[ExplorerState] = []
        self.view: View
        self.rows: pd.DataFrame
        self.drawn = 0
        self._folded: dict[str, str] = {}
        self.places = {name: w.HTML() for name in _PLACES}
        self.bar = FilterBar(panel, self.words, label_of=self._label, change=self._guarded_change)
        self.keeper = ViewKeeper(
            panel,
            self.words,
            company=company,
            folder=selections,
            current=lambda: self.view,
            opened=self.open_saved,
            guard=self._guarded,
            label_of=self._label,
        )
        self._make_controls()
        self.widget = self._layout()
        self._draw()
        self.bar.show(self.state, can_undo=False)

    # ---- What is on the panel

    def _make_controls(self) -> None:
        words = self.words
        self.mailbox = w.Text(continuous_update=True)
        self.search = w.Text(placeholder=words.text("Name or number"), description=words.text("Search"))
        self.mailbox.add_class("rk-mailbox")
        self.search.add_class("rk-search")
        self.mailbox.observe(self._guarded(self._asked), names="value")
        self.search.observe(self._guarded(self._searched), names="value")

    def _layout(self) -> w.Box:
        place = self.places
        tools = box(self.search, *self.keeper.tools, css="rk-filters rk-tools")
        return box(
            w.HTML(element("style", Html(style_resource("panel.css")))),
            self.mailbox,
            place["notice"],
            self.bar.widget,
            place["trail"],
            place["figures"],
            box(
                box(place["groups"], css="rk-panel rk-main"),
                box(place["ages"], place["history"], css="rk-panel rk-side"),
                css="rk-split",
            ),
            box(place["tabs"], tools, place["table"], css="rk-panel rk-below"),
            place["status"],
            css="rk rk-explorer",
        )

    # ---- What a choice does

    def go(self, wanted: ExplorerState, *, keep_step: bool = True) -> None:
        """Show another state. When it cannot be drawn, the panel stays at the one it shows."""
        if wanted == self.state:
            return
        left, self.state = self.state, wanted
        only_table = (left.selection, left.by) == (wanted.selection, wanted.by)
        try:
            if not only_table:
                self._draw()
            else:
                if left.asked.table != wanted.asked.table:
                    self.rows = table_rows(self.panel, self.view, wanted.asked.table, self.words)
                self._draw_table()
        except Exception:
            self.state = left
            raise
        if keep_step and not only_table:
            self.before = [*self.before[-STEPS_KEPT:], left]
        self.bar.show(self.state, can_undo=bool(self.before))
        if self.changed is not None:
            self.changed(self.state)

    def undo(self) -> None:
        """Back to the state before the last filter or grouping."""
        if self.before:
            self.go(self.before.pop(), keep_step=False)

    def _asked(self, change: Any) -> None:
        """What a button of the page put in the mailbox: a number that makes it new, then what it asks for."""
        act = str(change["new"]).partition("|")[2]
        if act:
            self.go(step(self.panel, self.state, act))

    def _searched(self, change: Any) -> None:
        self.go(_asking(self.state, search=str(change["new"])[:80], page=0))

    def _guarded_change(self, act: Callable[[ExplorerState], ExplorerState | None]) -> None:
        """What the filter bar wants: another state, or None to undo."""

        def run(_: Any) -> None:
            wanted = act(self.state)
            self.undo() if wanted is None else self.go(wanted)

        self._guarded(run)(None)

    def open_saved(self, kept: SavedSelection) -> None:
        """Show a kept selection; a column that this run does not have keeps nobody, and the trail says so."""
        by = kept.by if kept.by in self.panel.attributes else self.state.by
        self.go(ExplorerState(by=by, selection=kept.selection))

    def _guarded(self, act: Callable[[Any], None]) -> Callable[[Any], None]:
        """The callback as the browser may call it: whatever fails becomes a sentence on the panel."""

        def guarded(change: Any) -> None:
            try:
                act(change)
            except Exception as fault:  # noqa: BLE001 - the edge of the panel: reported in the log, said as a sentence
                self.places["notice"].value = fault_notice(fault, language=self.words.code)
            else:
                self.places["notice"].value = ""

        return guarded

    # ---- Drawing

    def _draw(self) -> None:
        """Everything that depends on what is kept and how it is grouped; what has not changed is not sent again."""
        panel, state, words = self.panel, self.state, self.words
        view = look(panel, state.selection, by=state.by)
        rows = table_rows(panel, view, state.asked.table, words)
        drawn = {
            "trail": trail_html(panel, state.selection, words, label_of=self._label),
            "figures": figures_html(panel, view, words),
            "groups": groups_html(panel, view, words, column=self._label(state.by)),
            "ages": ages_html(panel, view, words),
            "history": history_html(panel, view, words),
        }
        self.view, self.rows = view, rows
        for name, html in drawn.items():
            self.places[name].value = html
        self.keeper.forget()
        self._draw_table()

    def _draw_table(self) -> None:
        asked, words = self.state.asked, self.words
        found = find_rows(self.rows, asked, self._folded)
        self.places["tabs"].value = self._tabs()
        self.places["table"].value = table_html(self.panel, found, asked, words)
        if self.search.value != asked.search:
            self.search.value = asked.search
        self.drawn += 1
        self.places["status"].value = self._status()

    def _tabs(self) -> Html:
        totals, words = self.view.totals, self.words
        sums = self.view.customers
        customers = int(((sums["open"] != 0) | (sums["unapplied"] != 0)).sum())
        tabs = (
            ("customers", words.text("Customers ({count})", count=customers)),
            ("items", words.text("Open invoices ({count})", count=totals["items_count"])),
        )
        shown = [
            act_button(text, f"table:{name}", css="rk-tab", aria_pressed=str(self.state.asked.table == name).lower())
            for name, text in tabs
        ]
        return element("div", *shown, class_="rk-tabs")

    def _status(self) -> Html:
        said = self.words.text(
            "{customers:customer|customers} and {invoices:open invoice|open invoices} shown",
            customers=self.view.totals["customers_count"],
            invoices=self.view.totals["items_count"],
        )
        return element(
            "span", said, class_="rk-hidden", role="status", data_testid="panel-status", data_rk_drawn=str(self.drawn)
        )

    def _label(self, column: str) -> str:
        return column_label(column, self.words)


def open_explorer(run_folder: Path, *, language: str, selection: str = "") -> Explorer:
    """The panel of a finished run, open on a kept selection when one is named.

    Selections are kept beside the runs of a portfolio, for all of them. `UsageError` when the folder is no run, or no
    such selection is kept.
    """
    folder = run_folder.absolute().parent
    kept = read_selection(folder, selection) if selection else None
    explorer = Explorer(
        load_panel(run_folder, language=language),
        company=str(read_manifest(run_folder)["portfolio"]),
        language=language,
        selections=folder,
    )
    if kept is not None:
        explorer.open_saved(kept)
    return explorer


def box(*children: w.Widget, css: str) -> w.Box:
    """A box with those classes."""
    made = w.Box(children)
    for name in css.split():
        made.add_class(name)
    return made


def _asking(state: ExplorerState, **asked: Any) -> ExplorerState:
    return replace(state, asked=replace(state.asked, **asked))
