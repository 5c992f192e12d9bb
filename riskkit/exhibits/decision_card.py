"""The answer to an order as people read it: lines of a terminal and a card of a page say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskkit.errors import Message, message
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.role_words import role_words
from riskkit.exhibits.tables import key_values

VERDICTS: dict[str, Message] = {
    "accept": message("ACCEPT"),
    "deposit": message("ACCEPT WITH A DEPOSIT"),
    "prepaid": message("ACCEPT, PAID BEFORE DELIVERY"),
    "approve": message("NEEDS APPROVAL"),
    "refuse": message("REFUSE"),
}


def decision_title(record: Mapping[str, Any], words: Language) -> str:
    """The verdict and for whom. From: a line of the log of decisions."""
    prepaid = record["verdict"] == "deposit" and record["deposit_amount"] == record["amount"]
    known = str(record["customer_id"] or record["siren"] or "")
    named = str(record["name"]) + (f" ({known})" if known and known != record["name"] else "")
    return f"{words.say(VERDICTS['prepaid' if prepaid else str(record['verdict'])])} – {named}"


def decision_rows(record: Mapping[str, Any], words: Language) -> list[tuple[str, str]]:
    """Names and values of an answer, already written."""

    def money(name: str) -> str:
        return words.money(round(100 * float(record[name])), currency=str(record["currency"]))

    low, high = money("expected_loss_low_amount"), money("expected_loss_high_amount")
    value = money("expected_loss_amount")
    days = int(record["terms_days"])
    rows = [
        (words.text("Amount of the order"), money("amount")),
        (
            words.text("Terms"),
            words.text("{days} days from issue", days=days) if days else words.text("paid before delivery"),
        ),
        (words.text("Deposit"), money("deposit_amount")),
        (words.text("Limit"), money("limit_amount")),
        (words.text("In use before"), money("used_before_amount")),
        (words.text("In use after"), money("used_after_amount")),
        (
            words.text("Expected loss of the order"),
            value if low == high else words.text("{value} (from {low} to {high})", value=value, low=low, high=high),
        ),
    ]
    if record["approver"]:
        rows.append((words.text("To be approved by"), role_words(str(record["approver"]), words)))
    return rows


def decision_card(record: Mapping[str, Any], *, language: str) -> Html:
    """An answer as a card: the verdict, its figures and its reasons. From: a line of the log, or one not logged."""
    words = language_of(language)
    return element(
        "div",
        key_values(decision_rows(record, words), caption=decision_title(record, words)),
        element("ul", *[element("li", str(reason)) for reason in record["reasons"]], class_="rk-remarks"),
    )
