"""The 360° sheet of a customer: who it is, what it owes, how it pays, what it may cost, what to do."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets as w
import pandas as pd

from riskkit.errors import UsageError, message
from riskkit.exhibits.customer_file import CustomerFile, open_customer
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
from riskkit.workbench.views.view import Act, Host, make_box, missing_notice

EXPORTED = ("open_items", "payment_time", "payer_profiles", "score_notes", "events", "customer_months")


class CustomerSheet:
    """The sheet of one customer after another, in one place."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.place = w.HTML()
        self.widget = make_box(self.place, css="rk-page")
        self.file: CustomerFile | None = None
        self.shown: tuple[object, ...] = ()

    def show(self, customer_id: str) -> None:
        """Draw the sheet of that customer when it is not the one shown."""
        state = self.host.state
        wanted = (customer_id, state.as_of, state.language)
        if wanted == self.shown:
            return
        run = self.host.run
        self.file = open_customer(customer_id, run.names, run.table)
        self.place.value = self._unknown(customer_id) if self.file is None else self._sheet(self.file)
        self.shown = wanted

    def act(self, act: Act) -> None:
        """Nothing is asked of the sheet yet."""
        raise UsageError(message("This choice does not exist here: {act}.", act=act.do))

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
        items = element(
            "section",
            element("h3", words.text("Open invoices")),
            sheet_items(file, words, currency=currency),
            class_="rk-panel",
            data_testid="sheet-items",
        )
        return join(
            self._back(),
            sheet_head(file, words),
            sheet_figures(file, words, currency=currency),
            element("div", *cards, class_="rk-sheet"),
            items,
        )

    def _advice(self, file: CustomerFile) -> Html:
        """What to do: the strategy of its segment, then what the limit says."""
        words = self.host.words
        said = [file.said("segments", "strategy"), file.said("credit_limits", "reason_2")]
        known = [text for text in said if text]
        if not known:
            return element("p", words.text("This run recommends nothing for this customer."), class_="rk-nothing")
        return element("ul", *[element("li", text) for text in known], class_="rk-remarks rk-advice")

    def _past(self, customer_id: str) -> Html | None:
        words = self.host.words
        past = self.host.past_scores(customer_id)
        return sheet_past_scores({words.date(day): row for day, row in past.items()}, words)
