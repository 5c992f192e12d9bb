"""The page Clients: every customer in a list to search, filter, sort and export; a customer opens on its sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import ipywidgets as w
import numpy as np
import pandas as pd

from riskkit.errors import UsageError, message
from riskkit.exhibits.company_words import state_badge
from riskkit.exhibits.customer_file import customer_rows
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.panel_table import fold
from riskkit.ledger.panel import CUSTOMER, Panel
from riskkit.ledger.panel_view import Selection, kept_customers
from riskkit.workbench.dashboard_runs import OpenRun
from riskkit.workbench.panel_run import column_label
from riskkit.workbench.views.customer_columns import ListAsked, ListColumn, find_customers, list_columns, show_value
from riskkit.workbench.views.customer_controls import controls_html
from riskkit.workbench.views.customer_sheet import CustomerSheet
from riskkit.workbench.views.view import Act, Host, customer_link, make_box, pager, read_start

VALUES_LISTED = 300


class CustomersPage:
    """The list and, in its place, the sheet of the customer that the address names."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.controls, self.table = w.HTML(), w.HTML()
        self.list_box = make_box(make_box(self.controls, self.table, css="rk-panel rk-list"), css="rk-page")
        self.sheet = CustomerSheet(host)
        self.widget = make_box(self.list_box, self.sheet.widget, css="rk-page")
        self.filter_column = ""
        self._made: tuple[object, ...] = ()
        self.rows: pd.DataFrame
        self.panel: Panel
        self.columns: dict[str, ListColumn]
        self.found: pd.DataFrame

    def show(self) -> None:
        """Draw the list, or the sheet of the customer asked for."""
        customer = self.host.state.customer
        if customer:
            self.sheet.show(customer)
        else:
            self._make()
            self._draw_table()
            self.controls.value = self._controls()
        for box, wanted in ((self.list_box, not customer), (self.sheet.widget, bool(customer))):
            box.layout.display = None if wanted else "none"

    def act(self, act: Act) -> None:
        """A choice in the list, or what is asked on the sheet."""
        state = self.host.state
        if state.customer:
            self.sheet.act(act)
            return
        if act.do == "filter-column":
            self.filter_column = act.value if act.value in self.panel.attributes else self.filter_column
            self.controls.value = self._controls()
            return
        if act.do == "filter-value":
            self._toggle(act.value)
            return
        if act.do == "column":
            name, _, wanted = act.value.partition("=")
            shown = [each for each in self._asked().columns if each != name] + ([name] if wanted else [])
            ordered = [each for each in self.columns if each in shown]
            chosen = state.choose(columns=",".join(ordered))
        elif act.do == "sort":
            chosen = state.choose(sort=act.value, start="")
        elif act.do in ("search", "view", "rows"):
            chosen = state.choose(**{act.do: act.value.strip()[:80], "start": ""})
        elif act.do == "start":
            chosen = state.choose(start=act.value)
        else:
            raise UsageError(message("This choice does not exist here: {act}.", act=act.do))
        self.host.state = chosen
        self._draw_table()
        if act.do != "search":  # what is being typed in is not drawn again under the reader's fingers
            self.controls.value = self._controls()
        self.host.keep(chosen)

    def refresh(self) -> None:
        """On a sheet, show what other viewers recorded since."""
        if self.host.state.customer:
            self.sheet.refresh()

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """The customers found with every column, or the sheet of one."""
        if self.host.state.customer:
            return self.sheet.sheets()
        words = self.host.words
        named = {name: column.heading for name, column in self.columns.items()}
        kept = self.found.drop(columns=["folded", "state_code"])
        shares = kept.rename(columns={"customer_id": words.text("Number"), "name": words.text("Customer"), **named})
        return {words.text("Customers"): shares}

    # ---- Drawing

    def _make(self) -> None:
        """The customers of the run with the values of every column, when date or language is another one."""
        state, run, words = self.host.state, self.host.run, self.host.words
        wanted = (state.as_of, state.language)
        if wanted == self._made:
            return
        panel = run.panel(state.language)
        self.rows, self.panel = run.once(("customers", state.language), lambda: _rows_of(run, panel)), panel
        labels_of = {name: column_label(name, words) for name in panel.attributes}
        self.columns = list_columns(words, labels_of)
        if self.filter_column not in panel.attributes:
            self.filter_column = next(
                (n for n in ("section", "risk_class", "region") if n in panel.attributes), CUSTOMER
            )
        self._made = wanted

    def _asked(self) -> ListAsked:
        return ListAsked.of(self.host.state, self.columns)

    def _kept(self) -> pd.DataFrame:
        filters = self.host.state.filters
        if not filters:
            return self.rows
        kept = kept_customers(self.panel, Selection(filters=filters))
        ids = np.array(self.panel.customer_ids, dtype=object)[kept]
        return self.rows[self.rows["customer_id"].isin(set(ids))]

    def _controls(self) -> Html:
        attribute = self.panel.attributes[self.filter_column]
        present = np.bincount(attribute.codes, minlength=len(attribute.keys))
        codes = sorted(np.flatnonzero(present), key=lambda code: (code == 0, attribute.labels[code].casefold()))
        values = [(attribute.keys[code], attribute.labels[code], int(present[code])) for code in codes[:VALUES_LISTED]]
        names = [(name, column_label(name, self.host.words)) for name in self.panel.attributes if name != CUSTOMER]
        return controls_html(
            self._asked(), self.columns, names, values, column=self.filter_column, words=self.host.words
        )

    def _toggle(self, key: str) -> None:
        """Keep customers of one more value of the column chosen, or of one less."""
        state, column = self.host.state, self.filter_column
        key = key.removeprefix("=")
        if self.panel.attributes[column].code(key) is None:
            return
        kept = dict(state.filters)
        before = kept.get(column, ())
        after = tuple(each for each in before if each != key) if key in before else (*before, key)
        kept[column] = after
        filters = tuple((name, keys) for name, keys in kept.items() if keys)
        self.host.go(replace(state, filters=filters).choose(start=""), step=False)

    def _draw_table(self) -> None:
        asked, words, currency = self._asked(), self.host.words, self.host.run.shown.currency
        found = find_customers(self._kept(), asked)
        self.found = found
        first = read_start(self.host.state, len(found), asked.rows)
        shown = found.iloc[first : first + asked.rows]
        self.table.value = join(
            self._summary(found), self._rows(shown, found, asked, currency), pager(len(found), first, asked.rows, words)
        ) if len(found) else element("p", words.text("No customer fits. Take a filter away or try fewer letters."),
                                     class_="rk-nothing", role="status", data_testid="customers-count")  # fmt: skip

    def _summary(self, found: pd.DataFrame) -> Html:
        words, currency = self.host.words, self.host.run.shown.currency
        said = words.text(
            "{count:customer|customers} out of {everybody}: {owed} open, of which {late} overdue",
            count=len(found),
            everybody=len(self.rows),
            owed=words.compact_money(float(found["open"].sum()) * 100, currency=currency),
            late=words.compact_money(float(found["overdue"].sum()) * 100, currency=currency),
        )
        return element("p", element("b", said), role="status", data_testid="customers-count", class_="rk-list-count")

    def _rows(self, shown: pd.DataFrame, found: pd.DataFrame, asked: ListAsked, currency: str) -> Html:
        words = self.host.words
        columns = [self.columns[name] for name in asked.columns]
        headings = [_heading("name", words.text("Customer"), asked, text=True)]
        headings += [_heading(c.name, c.heading, asked, text=c.kind in ("text", "date")) for c in columns]
        body = []
        for row in shown.to_dict("records"):
            badge = state_badge(row["state_code"], language=words.code)
            link = customer_link(self.host, str(row["customer_id"]), str(row["name"]))
            cells = [element("th", join(link, " ", badge) if badge else link, scope="row")]
            for column in columns:
                text = show_value(row[column.name], column, words, currency=currency)
                cells.append(element("td", text, class_=None if column.kind in ("text", "date") else "rk-number"))
            body.append(element("tr", *cells))
        sums = [element("th", words.text("Total of the customers found"), scope="row")]
        for column in columns:
            whole = ""
            if column.kind == "money":
                whole = show_value(float(found[column.name].sum()), column, words, currency=currency)
            sums.append(element("td", whole, class_="rk-number"))
        table = element(
            "table",
            element("caption", words.text("Customers"), class_="rk-hidden"),
            element("thead", element("tr", *headings)),
            element("tbody", *body),
            element("tfoot", element("tr", *sums)),
            class_="rk-table rk-customers",
            data_testid="customers",
        )
        return element(
            "div", table, class_="rk-scroll", tabindex="0", role="region", aria_label=words.text("Customers")
        )


def _rows_of(run: OpenRun, panel: Panel) -> pd.DataFrame:
    """The customers of the run with the values of every column."""
    rows = customer_rows(run.names, run.table)
    places = pd.Series(np.arange(len(panel.customer_ids)), index=list(panel.customer_ids))
    at = places.reindex(rows["customer_id"]).to_numpy()
    for name, attribute in panel.attributes.items():
        if name not in rows.columns:
            labels = np.array(attribute.labels, dtype=object)
            rows[name] = [labels[attribute.codes[int(k)]] if k == k else "" for k in at]
    rows["folded"] = [fold(f"{name} {code}") for name, code in zip(rows["name"], rows["customer_id"], strict=True)]
    states = run.shown.states
    rows["state_code"] = rows["customer_id"].map(states) if states is not None else ""
    return rows


def _heading(name: str, heading: str, asked: ListAsked, *, text: bool) -> Html:
    by, _, direction = asked.sort.rpartition("-")
    usual, other = ("up", "down") if text else ("down", "up")
    wanted = f"{name}-{other if by == name and direction == usual else usual}"
    button = element("button", heading, type="button", class_="rk-sort", data_rk_do="sort", data_rk_value=wanted)
    order = {"down": "descending", "up": "ascending"}[direction] if by == name else None
    return element("th", button, scope="col", class_=None if text else "rk-number", aria_sort=order)
