"""The 360° sheet of a customer: who it is, what it owes, how it pays, what it may cost, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import ipywidgets as w
import pandas as pd

from riskkit.errors import UsageError, message
from riskkit.exhibits.customer_file import CustomerFile, open_customer
from riskkit.exhibits.follow_up_parts import STEP_WORDS, journal, record_form
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.sheet_history import (
    sheet_ages,
    sheet_balances,
    sheet_cash,
    sheet_delays,
    sheet_events,
    sheet_items,
    sheet_past_scores,
)
from riskkit.exhibits.sheet_parts import sheet_figures, sheet_head, sheet_identity, sheet_limit, sheet_score
from riskkit.workbench.follow_up import entries, read_form, record, stamp
from riskkit.workbench.session_log import role
from riskkit.workbench.views.order_desk import ASKED, OrderDesk
from riskkit.workbench.views.view import Act, Host, make_box, missing_notice

EXPORTED = ("open_items", "payment_time", "payer_profiles", "score_notes", "events", "customer_months")


class CustomerSheet:
    """The sheet of one customer after another, in one place."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.place, self.form, self.journal, self.items = w.HTML(), w.HTML(), w.HTML(), w.HTML()
        self.follow_up = make_box(self.form, self.journal, css="rk-panel rk-follow-up")
        self.desk = OrderDesk(host)
        self.widget = make_box(self.place, self.follow_up, self.desk.form, self.desk.answer, self.items, css="rk-page")
        self.stamp: tuple[int, int] = (-1, -1)
        self.file: CustomerFile | None = None
        self.shown: tuple[object, ...] = ()

    def show(self, customer_id: str) -> None:
        """Draw the sheet of that customer when it is not the one shown."""
        state = self.host.state
        wanted = (customer_id, state.as_of, state.language)
        if wanted != self.shown:
            run = self.host.run
            self.file = open_customer(customer_id, run.names, run.table)
            self.place.value = self._unknown(customer_id) if self.file is None else self._sheet(self.file)
            self.items.value = "" if self.file is None else self._items(self.file)
            self.follow_up.layout.display = "none" if self.file is None else None
            self._draw_form()
            self.desk.form.layout.display = self.desk.answer.layout.display = "none" if self.file is None else None
            self.desk.show(customer_id)
            self.shown, self.stamp = wanted, (-1, -1)
        self.refresh()

    def refresh(self) -> None:
        """Draw the journal again when somebody recorded something since."""
        folder = self.host.run.folder.absolute().parent
        found = stamp(folder)
        if self.file is None or found == self.stamp:
            return
        words, currency = self.host.words, self.host.run.shown.currency
        lines = [asdict(entry) for entry in entries(folder) if entry.customer_id == self.file.customer_id]
        self.journal.value = journal(lines, words, currency=currency)
        self.stamp = found

    def act(self, act: Act) -> None:
        """Record what was done or promised, or answer an order."""
        if act.do == ASKED and self.file is not None and act.value == self.file.customer_id:
            self.desk.act(act.value, act.values)
            return
        if act.do != "record" or self.file is None or act.value != self.file.customer_id or is_read_only():
            raise UsageError(message("This choice does not exist here: {act}.", act=act.do))
        entry = read_form(act.values, customer_id=self.file.customer_id, as_of=self.host.state.as_of)
        record(self.host.run.folder.absolute().parent, entry)
        self._draw_form(said=self.host.words.text("Recorded; your colleagues see it."))
        self.refresh()

    def _draw_form(self, *, said: str = "") -> None:
        words = self.host.words
        if self.file is None:
            self.form.value = ""
            return
        heading = element("h3", words.text("Follow-up"))
        if is_read_only():
            note = words.text("This dashboard is open for reading only: nothing can be recorded.")
            self.form.value = join(heading, element("p", note, class_="rk-note"))
            return
        step = self.file.said("dunning", "step")
        told = element("p", said, class_="rk-said-done", role="status", data_testid="recorded") if said else None
        self.form.value = join(heading, record_form(self.file.customer_id, words, step=step), told)

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """What the run holds about the customer, table by table."""
        if self.file is None:
            return {}
        found = {name: self.file.rows(name) for name in EXPORTED}
        return {name: rows for name, rows in found.items() if len(rows)}

    def _unknown(self, customer_id: str) -> Html:
        words = self.host.words
        said = words.text("No customer of this run has the number “{code}”.", code=customer_id)
        return join(self._back(), missing_notice(said, words.text("Choose it in the list, or choose another date.")))

    def _back(self) -> Html:
        words = self.host.words
        link = element(
            "a",
            words.text("‹ All customers"),
            href=self.host.link(page="customers"),
            data_rk_do="page",
            data_rk_value="customers",
        )
        return element("nav", link, class_="rk-back", aria_label=words.text("Back to the list"))

    def _sheet(self, file: CustomerFile) -> Html:
        words, currency = self.host.words, self.host.run.shown.currency
        parts = [
            (words.text("Score"), join(sheet_score(file, words), self._past(file.customer_id)), "score"),
            (words.text("Exposure and limit"), sheet_limit(file, words, currency=currency), "limit"),
            (words.text("Recommended action"), self._advice(file), "advice"),
            (words.text("Ageing"), sheet_ages(file, words, currency=currency), "ages"),
            (words.text("History of delays"), sheet_delays(file, words), "delays"),
            (words.text("History of its balance"), sheet_balances(file, words, currency=currency), "balances"),
            (words.text("Cash expected"), sheet_cash(file, words, currency=currency), "cash"),
            (words.text("Events"), sheet_events(file, words), "events"),
            (words.text("Identity"), sheet_identity(file, words, currency=currency), "identity"),
        ]
        cards = [
            element(
                "section", element("h3", title), part, class_=f"rk-panel rk-part-{name}", data_testid=f"sheet-{name}"
            )
            for title, part, name in parts
        ]
        return join(
            self._back(),
            sheet_head(file, words),
            sheet_figures(file, words, currency=currency),
            element("div", *cards, class_="rk-sheet"),
        )

    def _items(self, file: CustomerFile) -> Html:
        words, currency = self.host.words, self.host.run.shown.currency
        return element(
            "section",
            element("h3", words.text("Open invoices")),
            sheet_items(file, words, currency=currency),
            class_="rk-panel",
            data_testid="sheet-items",
        )

    def _advice(self, file: CustomerFile) -> Html:
        """What to do: the strategy of its segment, then what the limit says."""
        words = self.host.words
        step = file.said("dunning", "step")
        doing = [words.say(STEP_WORDS[step]).capitalize()] if step in STEP_WORDS else []
        reasons = [file.said("dunning", name) for name in ("reason_1", "reason_2")]
        said = [": ".join([*doing, reasons[0]]) if words.code == "en" else "\u00a0: ".join([*doing, reasons[0]])]
        said = [*said, reasons[1], file.said("segments", "strategy"), file.said("credit_limits", "reason_2")]
        known = [text for text in said if text.strip()]
        if not known:
            return element("p", words.text("This run recommends nothing for this customer."), class_="rk-nothing")
        return element("ul", *[element("li", text) for text in known], class_="rk-remarks rk-advice")

    def _past(self, customer_id: str) -> Html | None:
        words = self.host.words
        past = self.host.past_scores(customer_id)
        return sheet_past_scores({words.date(day): row for day, row in past.items()}, words)


def is_read_only() -> bool:
    """Whether the visitor records nothing: a reader, or a server started for readers."""
    return role() != "contributor"
