"""The page Impayés: what is behind the unpaid in sentences, then the panel that any filter acts on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import ipywidgets as w
import pandas as pd

from riskkit.exhibits.fragment import element
from riskkit.exhibits.panel_table import table_rows
from riskkit.ledger.panel import CUSTOMER
from riskkit.ledger.panel_view import Selection
from riskkit.workbench.dashboard_state import AppState
from riskkit.workbench.views.view import Act, Host, customer_link, make_box, panel_section
from riskkit.workbench.widgets.explorer import Explorer
from riskkit.workbench.widgets.explorer_state import ExplorerState, first_state

FINDINGS = 6
_MONTHS = re.compile(r"(?:(\d{4})-(\d\d))?\.\.(?:(\d{4})-(\d\d))?")
_AMOUNTS = re.compile(r"(\d{1,13})?\.\.(\d{1,13})?")


class UnpaidPage:
    """Findings of the run, and the panel; its filters are those of the whole dashboard."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.findings, self.opened = w.HTML(), w.HTML()
        self.panel_box = make_box(css="rk-page")
        self.widget = make_box(self.findings, self.opened, self.panel_box, css="rk-page")
        self.explorer: Explorer | None = None
        self._made: tuple[object, ...] = ()

    def show(self) -> None:
        """The panel of the date and language, at the filters and choices of the address."""
        state, run, words = self.host.state, self.host.run, self.host.words
        if self._made != (state.as_of, state.language):
            self.explorer = Explorer(
                run.panel(state.language),
                company=run.shown.company,
                language=state.language,
                selections=run.folder.absolute().parent,
                changed=self._moved,
            )
            self.panel_box.children = (self.explorer.widget,)
            said = [element("li", words.say(finding)) for finding in run.shown.findings[:FINDINGS]]
            none = element("p", words.text("Nothing stands out beyond chance in this run."), class_="rk-note")
            self.findings.value = panel_section(
                words.text("Findings"),
                words.text("What is behind the unpaid"),
                element("ul", *said, class_="rk-remarks rk-advice") if said else none,
                test_id="unpaid-findings",
            )
            self._made = (state.as_of, state.language)
        assert self.explorer is not None  # noqa: S101 - made just above
        wanted = read_explorer(state, self.explorer)
        if (wanted.selection, wanted.by) != (self.explorer.state.selection, self.explorer.state.by):
            self.explorer.go(wanted)
        self._say_opened()

    def act(self, act: Act) -> None:
        """The panel has its own buttons."""

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """The groups, the customers and the invoices kept."""
        if self.explorer is None:
            return {}
        panel, view, words = self.explorer.panel, self.explorer.view, self.host.words
        tables = {words.text("Customers"): "customers", words.text("Open invoices"): "items"}
        drop = ["row", "order", *panel.buckets]
        return {
            name: table_rows(panel, view, table, words).drop(columns=drop, errors="ignore")
            for name, table in tables.items()
        }

    def _moved(self, moved: ExplorerState) -> None:
        """The reader went elsewhere in the panel: the dashboard's filters and address follow."""
        if self.host.state.page != "unpaid":
            return
        selection, first = moved.selection, first_state(self.explorer.panel) if self.explorer else moved
        state = replace(self.host.state, filters=selection.filters)
        by = moved.by if moved.by != first.by else ""
        self.host.keep(state.choose(by=by, months=_write_months(selection), amounts=_write_amounts(selection)))
        self._say_opened()

    def _say_opened(self) -> None:
        """When one customer is opened in the panel, the way to its sheet."""
        kept = dict(self.host.state.filters).get(CUSTOMER, ())
        words = self.host.words
        if len(kept) != 1 or kept[0] not in self.host.run.names:
            self.opened.value = ""
            return
        said = words.text("Open the sheet of {name}", name=self.host.run.names[kept[0]])
        self.opened.value = element("p", customer_link(self.host, kept[0], said), class_="rk-open-sheet")


def read_explorer(state: AppState, explorer: Explorer) -> ExplorerState:
    """Where the address puts the panel; what does not exist is as if it were not there."""
    first = first_state(explorer.panel)
    months, amounts = _MONTHS.fullmatch(state.option("months")), _AMOUNTS.fullmatch(state.option("amounts"))
    by = state.option("by")
    selection = Selection(
        filters=state.filters,
        month_from=_month(months, 1, explorer),
        month_to=_month(months, 3, explorer),
        amount_from_cents=_number(amounts, 1),
        amount_to_cents=_number(amounts, 2),
    )
    return ExplorerState(by=by if by in explorer.panel.attributes else first.by, selection=selection)


def _month(found: re.Match[str] | None, group: int, explorer: Explorer) -> tuple[int, int] | None:
    """A month of the address that the panel offers."""
    if found is None or found[group] is None:
        return None
    wanted = (int(found[group]), int(found[group + 1]))
    return wanted if any(value == wanted for _, value in explorer.bar.month_from.options) else None


def _number(found: re.Match[str] | None, group: int) -> int | None:
    return None if found is None or found[group] is None else int(found[group])


def _write_months(selection: Selection) -> str:
    ends = [f"{m[0]}-{m[1]:02}" if m else "" for m in (selection.month_from, selection.month_to)]
    return "..".join(ends) if any(ends) else ""


def _write_amounts(selection: Selection) -> str:
    ends = ["" if a is None else str(a) for a in (selection.amount_from_cents, selection.amount_to_cents)]
    return "..".join(ends) if any(ends) else ""
