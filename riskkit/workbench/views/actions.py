"""The page Actions: whom to dun today, how and why, who is left alone, and what the team recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import ipywidgets as w
import numpy as np
import pandas as pd

from riskkit.errors import UsageError, message
from riskkit.exhibits.follow_up_parts import journal, last_word, step_word
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.tables import TableColumn, make_table
from riskkit.ledger.panel_view import Selection, kept_customers
from riskkit.workbench.follow_up import entries, stamp
from riskkit.workbench.views.order_desk import ASKED, OrderDesk
from riskkit.workbench.views.view import (
    Act,
    Host,
    customer_link,
    make_box,
    missing_notice,
    pager,
    panel_section,
    read_start,
)

VIEWS = ("today", "all", "alone")
SHOWN, JOURNAL = 25, 40


class ActionsPage:
    """The worklist of the run, filtered as the dashboard is, and the journal that every viewer shares."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.work, self.recorded = w.HTML(), w.HTML()
        self.desk = OrderDesk(host)
        self.widget = make_box(self.work, self.desk.form, self.desk.answer, self.recorded, css="rk-page")
        self.stamp: tuple[int, int] = (-1, -1)
        self.shown: tuple[object, ...] = ()

    def show(self) -> None:
        """The worklist and the journal as they are now."""
        state = self.host.state
        wanted = (state.as_of, state.language, state.filters, state.option("view"), state.option("start"))
        if wanted != self.shown:
            self.shown, self.stamp = wanted, (-1, -1)
        self.desk.show()
        self.refresh()

    def refresh(self) -> None:
        """Draw again when somebody recorded something since."""
        folder = self.host.run.folder.absolute().parent
        found = stamp(folder)
        if found == self.stamp:
            return
        lines = [asdict(entry) for entry in entries(folder)]
        words, currency = self.host.words, self.host.run.shown.currency
        self.work.value = self._worklist(lines)
        self.recorded.value = panel_section(
            words.text("Journal"),
            words.text("{count:line|lines} recorded by the team", count=len(lines)),
            journal(lines[:JOURNAL], words, currency=currency, named=self._named),
            test_id="actions-journal",
        )
        self.stamp = found

    def act(self, act: Act) -> None:
        """Another part of the worklist, or another page of it; the answer to an order."""
        if act.do == ASKED:
            self.desk.act("", act.values)
            return
        if act.do == "start":
            self.host.go(self.host.state.choose(start=act.value), step=False)
            return
        if act.do != "view" or act.value not in VIEWS:
            raise UsageError(message("This choice does not exist here: {act}.", act=act.do))
        self.host.go(self.host.state.choose(view="" if act.value == VIEWS[0] else act.value, start=""), step=False)

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """The worklist, and the journal with headings that a next run reads as its log of actions."""
        words, run = self.host.words, self.host.run
        lines = pd.DataFrame([asdict(entry) for entry in entries(run.folder.absolute().parent)])
        found = {}
        worklist = run.table("dunning")
        if worklist is not None:
            found[words.text("Worklist")] = worklist
        if len(lines):
            found[words.text("Journal")] = _log(lines, run.names, words)
        return found

    # ---- Drawing

    def _worklist(self, lines: list[dict[str, Any]]) -> Html:
        words, table = self.host.words, self.host.run.table("dunning")
        if table is None:
            why = words.text("Run the portfolio again with this version of riskkit: the table is made at each run.")
            return missing_notice(words.text("This run holds no worklist."), why)
        kept = table[table["customer_id"].astype("str").isin(self._kept())]
        view = self.host.state.option("view", VIEWS[0])
        parts = {
            "today": kept[kept["is_today"].astype(bool)],
            "all": kept[kept["step"] != "none"],
            "alone": kept[kept["step"] == "none"],
        }
        view = view if view in parts else VIEWS[0]
        rows = parts[view].sort_values(["rank", "amount"], ascending=[True, False], na_position="last")
        last: dict[str, dict[str, Any]] = {}
        for line in reversed(lines):
            last[str(line["customer_id"])] = line
        body = self._table(rows, last) if view != "alone" else self._alone(rows, last)
        names = (words.text("Today"), words.text("Everybody to dun"), words.text("Left alone"))
        tabs = [
            element("button", f"{name} ({len(parts[code])})", type="button", class_="rk-tab", data_rk_do="view",
                    data_rk_value=code, aria_pressed=str(code == view).lower())
            for code, name in zip(VIEWS, names, strict=True)
        ]  # fmt: skip
        return panel_section(
            words.text("Worklist"),
            _finding(parts["today"], words, self.host.run.shown.currency),
            element("div", *tabs, class_="rk-tabs"),
            body,
            test_id="worklist",
        )

    def _table(self, rows: pd.DataFrame, last: Mapping[str, dict[str, Any]]) -> Html:
        words, currency = self.host.words, self.host.run.shown.currency
        if rows.empty:
            return element("p", words.text("Nobody is to be dunned here."), class_="rk-nothing")
        page = self._page(rows)
        shown = self._common(page, last).assign(
            step=[step_word(str(code), words) for code in page["step"]],
            gain=[_gain(row, words, currency) for row in page.to_dict("records")],
        )
        columns = [
            TableColumn("customer", words.text("Customer"), "html"),
            TableColumn("step", words.text("What to do")),
            TableColumn("why", words.text("Why"), "html"),
            TableColumn("amount", words.text("Amount concerned"), "money"),
            TableColumn("oldest_days", words.text("Oldest overdue"), "days"),
            TableColumn("gain", words.text("Expected gain")),
            TableColumn("do_by", words.text("Before"), "date"),
            TableColumn("owner", words.text("Followed by")),
            TableColumn("last", words.text("Last recorded"), "html"),
        ]
        return self._made(shown, columns, rows)

    def _alone(self, rows: pd.DataFrame, last: Mapping[str, dict[str, Any]]) -> Html:
        words = self.host.words
        if rows.empty:
            return element("p", words.text("Nobody is left alone."), class_="rk-nothing")
        columns = [
            TableColumn("customer", words.text("Customer"), "html"),
            TableColumn("why", words.text("Why"), "html"),
            TableColumn("overdue_amount", words.text("Overdue"), "money"),
            TableColumn("owner", words.text("Followed by")),
            TableColumn("last", words.text("Last recorded"), "html"),
        ]
        return self._made(self._common(self._page(rows), last), columns, rows)

    def _page(self, rows: pd.DataFrame) -> pd.DataFrame:
        start = read_start(self.host.state, len(rows), SHOWN)
        return rows.iloc[start : start + SHOWN]

    def _common(self, head: pd.DataFrame, last: Mapping[str, dict[str, Any]]) -> pd.DataFrame:
        words, currency = self.host.words, self.host.run.shown.currency
        names = head["name"].fillna(head["customer_id"])
        return head.astype({"amount": "float64", "overdue_amount": "float64"}).assign(
            customer=[
                customer_link(self.host, str(code), str(name))
                for code, name in zip(head["customer_id"], names, strict=True)
            ],
            why=[_why(row) for row in head.to_dict("records")],
            owner=head["owner"].fillna(""),
            last=[last_word(last.get(str(code)), words, currency=currency) for code in head["customer_id"]],
        )

    def _made(self, shown: pd.DataFrame, columns: list[TableColumn], rows: pd.DataFrame) -> Html:
        words, currency = self.host.words, self.host.run.shown.currency
        caption = words.text("Worklist")
        table = make_table(shown, columns, language=words.code, caption=caption, currency=currency)
        return join(table, pager(len(rows), read_start(self.host.state, len(rows), SHOWN), SHOWN, words))

    def _kept(self) -> set[str]:
        run, filters = self.host.run, self.host.state.filters
        if not filters:
            return set(run.names)
        panel = run.panel(self.host.state.language)
        return set(np.array(panel.customer_ids, dtype=object)[kept_customers(panel, Selection(filters=filters))])

    def _named(self, customer_id: str) -> Html:
        return customer_link(self.host, customer_id, self.host.run.names.get(customer_id, customer_id))


def _why(row: Mapping[Any, Any]) -> Html:
    said = [str(row[name]) for name in ("reason_1", "reason_2") if isinstance(row.get(name), str)]
    return join(*[element("span", text, class_="rk-line") for text in said])


def _gain(row: Mapping[Any, Any], words: Language, currency: str) -> str:
    """The euros that the action should bring, and between what and what."""
    values = [row.get(f"gain_{part}amount") for part in ("", "low_", "high_")]
    if any(value is None or pd.isna(value) for value in values):
        return "–"
    shown = [words.money(round(float(str(value)) * 100), currency=currency, digits=0) for value in values]
    return f"{shown[0]} [{shown[1]}\u00a0; {shown[2]}]"


def _finding(today: pd.DataFrame, words: Language, currency: str) -> str:
    if today.empty:
        return words.text("Nothing to do today")
    gain = float(today["gain_amount"].astype("float64").fillna(0).sum())
    return words.text(
        "{count:action|actions} today, about {amount}; {gain} more should come in",
        count=len(today),
        amount=words.compact_money(float(today["amount"].astype("float64").sum()) * 100, currency=currency),
        gain=words.compact_money(gain * 100, currency=currency),
    )


def _log(lines: pd.DataFrame, names: Mapping[str, str], words: Language) -> pd.DataFrame:
    return pd.DataFrame(
        {
            words.text("Customer code"): lines["customer_id"],
            words.text("Customer"): lines["customer_id"].map(names),
            words.text("Date"): pd.to_datetime(lines["recorded_at"], utc=True).dt.tz_localize(None).dt.normalize(),
            words.text("Action"): [step_word(str(code), words) for code in lines["step"]],
            words.text("Date promised"): pd.to_datetime(lines["promised_on"]),
            words.text("Amount promised"): lines["promised_cents"].astype("Float64") / 100,
            words.text("Status"): lines["status"],
            words.text("Comment"): lines["comment"],
            words.text("Author"): lines["author"],
        }
    )
