"""What a team recorded, as people read it, and the form that records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from riskkit.decisions.dunning_reasons import STEP_WORDS as DUNNING_WORDS
from riskkit.errors import Message, message
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language

STEP_WORDS: dict[str, Message] = {**DUNNING_WORDS, "other": message("other action")}
STATUS_WORDS: dict[str, Message] = {
    "done": message("done"),
    "promise": message("promise to pay"),
    "dispute": message("disputed by the customer"),
    "waiting": message("waiting for an answer"),
    "closed": message("closed"),
}


def step_word(code: str, words: Language) -> str:
    """What a step of dunning is called."""
    return words.say(STEP_WORDS[code]) if code in STEP_WORDS else code


def status_word(code: str, words: Language) -> str:
    """What a status is called."""
    return words.say(STATUS_WORDS[code]) if code in STATUS_WORDS else code


def record_form(customer_id: str, words: Language, *, step: str = "") -> Html:
    """The form that records an action about a customer; the name of who records is remembered by the browser."""
    steps = [(code, words.say(said)) for code, said in STEP_WORDS.items() if code != "none"]
    statuses = [(code, words.say(said)) for code, said in STATUS_WORDS.items()]
    return element(
        "form",
        _field(words.text("Action"), _select("step", steps, step if step in dict(steps) else "call")),
        _field(words.text("Status"), _select("status", statuses, "done")),
        _field(words.text("Promised on"), element("input", type="date", name="promised_on")),
        _field(
            words.text("Amount promised"),
            element("input", type="text", name="promised_amount", inputmode="decimal", autocomplete="off"),
        ),
        _field(words.text("Comment"), element("textarea", name="comment", rows="2", maxlength="1000"), wide=True),
        _field(
            words.text("Your name"),
            element(
                "input",
                type="text",
                name="author",
                required="",
                maxlength="60",
                autocomplete="name",
                data_rk_remember="",
            ),
        ),
        element("button", words.text("Record"), type="submit", class_="rk-tool rk-main"),
        class_="rk-form rk-record",
        data_rk_form="record",
        data_rk_value=customer_id,
        aria_label=words.text("Record an action"),
    )


def journal(
    entries: Sequence[Mapping[str, object]],
    words: Language,
    *,
    currency: str,
    named: Callable[[str], Html] | None = None,
) -> Html:
    """What was recorded, the latest first. `named` writes the customer of a line; None leaves it out.

    From: recorded_at (ISO, UTC), author, customer_id, step, status, promised_on (ISO), promised_cents, comment.
    """
    if not entries:
        return element("p", words.text("Nothing is recorded yet."), class_="rk-note", data_testid="journal")
    shown = []
    for entry in entries:
        day = dt.datetime.fromisoformat(str(entry["recorded_at"]))
        said = [step_word(str(entry["step"]), words), status_word(str(entry["status"]), words)]
        promise = _promise(entry, words, currency)
        shown.append(
            element(
                "li",
                element("span", f"{words.date(day.date())} {day:%H:%M} UTC", class_="rk-when"),
                named(str(entry["customer_id"])) if named else None,
                element("b", " · ".join(said)),
                element("span", promise) if promise else None,
                element("q", str(entry["comment"])) if entry["comment"] else None,
                element("small", words.text("by {author}", author=str(entry["author"]))),
            )
        )
    return element("ul", *shown, class_="rk-journal", data_testid="journal")


def last_word(entry: Mapping[str, object] | None, words: Language, *, currency: str) -> Html:
    """The latest line about a customer, in a cell."""
    if entry is None:
        return Html("–")
    day = dt.datetime.fromisoformat(str(entry["recorded_at"])).date()
    promise = _promise(entry, words, currency)
    said = f"{status_word(str(entry['status']), words)}, {words.date(day)}"
    return join(element("b", said), element("small", f" {promise}") if promise else None,
                element("small", f" {entry['author']}"))  # fmt: skip


def _promise(entry: Mapping[str, object], words: Language, currency: str) -> str:
    if not entry.get("promised_on"):
        return ""
    day = dt.date.fromisoformat(str(entry["promised_on"]))
    if entry.get("promised_cents") is None:
        return words.text("promised on {day}", day=day)
    cents = int(str(entry["promised_cents"]))
    money = words.money(cents, currency=currency, digits=2 if cents % 100 else 0)
    return words.text("{money} promised on {day}", money=money, day=day)


def _field(label: str, control: Html, *, wide: bool = False) -> Html:
    css = "rk-field rk-field-wide" if wide else "rk-field"
    return element("label", element("span", label), control, class_=css)


def _select(name: str, choices: Sequence[tuple[str, str]], chosen: str) -> Html:
    options = [
        element("option", text, value=code, selected="selected" if code == chosen else None) for code, text in choices
    ]
    return element("select", *options, name=name)
