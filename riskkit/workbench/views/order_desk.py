"""The desk for new orders: who orders and how much; the answer with its reasons, logged as `riskkit decide` logs it."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets as w

from riskkit.errors import UsageError, message
from riskkit.exhibits.decision_card import decision_card, decision_title
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.panel_table import fold
from riskkit.workbench.decide import decide, read_siren
from riskkit.workbench.session_log import role
from riskkit.workbench.views.view import Host, panel_section
from riskkit.workbench.widgets.filter_bar import read_amount

ASKED = "decide"
LONGEST_TERMS_DAYS = 365


class OrderDesk:
    """A form and, under it, the last answer given to this reader. On the sheet of a customer it asks for no name."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.form, self.answer = w.HTML(), w.HTML()
        self.shown: tuple[object, ...] = ()

    def show(self, customer_id: str = "") -> None:
        """Draw the form for anybody, or for that customer; nothing for those who only read."""
        wanted = (customer_id, self.host.state.as_of, self.host.state.language, role())
        if wanted == self.shown:
            return
        self.answer.value = ""
        words = self.host.words
        self.form.value = "" if role() != "contributor" else panel_section(
            words.text("New order"),
            words.text("Should this order be accepted?"),
            _form(customer_id, words),
            test_id="order-desk",
        )  # fmt: skip
        self.shown = wanted

    def act(self, customer_id: str, values: Mapping[str, str]) -> None:
        """Answer the order that the form describes, and log it unless it was to try."""
        if role() != "contributor":
            raise UsageError(message("This dashboard is open for reading only: nothing can be recorded."))
        words, run = self.host.words, self.host.run
        who = customer_id or values.get("who", "").strip()
        amount = read_amount(values.get("amount", ""))
        author, is_try = values.get("author", "").strip()[:60], values.get("try", "") != ""
        if not amount:
            raise UsageError(message("Give the amount of the order, tax included."))
        if not author:
            raise UsageError(message("Give your name: colleagues see who recorded what."))
        known = self._customer(who)
        decision = decide(
            run.folder, amount_cents=amount, customer_id=known, siren=None if known else who,
            terms_days=_terms(values.get("terms_days", "")), author=author, language=words.code, log=not is_try,
        )  # fmt: skip
        logged = (
            words.text("Not logged.")
            if is_try
            else words.text("Logged, line {line} of the decisions.", line=int(decision.record["rank"]))
        )
        self.answer.value = element(
            "section",
            element("h3", decision_title(decision.record, words)),
            decision_card(decision.record, language=words.code),
            element("p", logged, class_="rk-note"),
            class_="rk-panel",
            role="status",
            data_testid="order-answer",
        )

    def _customer(self, who: str) -> str | None:
        """The number of a customer of the run: given as it is, or by its name; None for a SIREN."""
        names = self.host.run.names
        if not who:
            raise UsageError(message("Say who orders: number or name of a customer, or a SIREN."))
        if who in names:
            return who
        if read_siren(who) is not None:
            return None
        found = [customer_id for customer_id, name in names.items() if fold(name) == fold(who)]
        if len(found) != 1:
            raise UsageError(
                message(
                    "“{who}” is neither one customer of this run nor a SIREN whose key is right. Take the number from "
                    "the page Customers.",
                    who=who[:60],
                )
            )
        return found[0]


def _form(customer_id: str, words: Language) -> Html:
    who = None if customer_id else _field(
        words.text("Customer (number, name) or SIREN"),
        element("input", name="who", type="text", required="", maxlength="120", autocomplete="off"), wide=True,
    )  # fmt: skip
    fields = (
        who,
        _field(
            words.text("Amount, tax included"),
            element("input", name="amount", type="text", inputmode="decimal", required="", maxlength="20"),
        ),
        _field(
            words.text("Terms asked, days"),
            element("input", name="terms_days", type="number", min="0", max=str(LONGEST_TERMS_DAYS)),
        ),
        _field(
            words.text("Your name"),
            element("input", name="author", type="text", required="", maxlength="60", data_rk_remember=""),
        ),
        _field(
            words.text("Log the answer"),
            element(
                "select",
                element("option", words.text("yes, for the team"), value="", selected="selected"),
                element("option", words.text("no, just to try"), value="1"),
                name="try",
            ),
        ),
        element("button", words.text("Answer"), type="submit", class_="rk-tool rk-main"),
    )
    return element(
        "form", *fields, class_="rk-form rk-record", data_rk_form=ASKED, data_rk_value=customer_id,
        aria_label=words.text("New order"),
    )  # fmt: skip


def _field(label: str, control: Html, *, wide: bool = False) -> Html:
    return element("label", element("span", label), control, class_="rk-field rk-field-wide" if wide else "rk-field")


def _terms(text: str) -> int | None:
    """Days asked; None for the usual ones."""
    plain = text.strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and int(plain[:6]) <= LONGEST_TERMS_DAYS):
        raise UsageError(message("Terms are a number of days from 0 to {most}.", most=LONGEST_TERMS_DAYS))
    return int(plain)
