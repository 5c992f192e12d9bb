"""The state of a customer's company as people read it: beside a name, and as one sentence with its money."""

from __future__ import annotations

import pandas as pd

from riskkit.companies.events import PROCEDURES, write_state
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.run_tables import RunTables

FAILED = (*PROCEDURES, "ceased")
"""States in which an unpaid invoice is no longer collected as usual."""


def state_badge(state: object, *, language: str) -> Html:
    """The procedure or the cessation of a company, as words that need no colour; nothing for any other state."""
    if state not in FAILED:
        return Html("")
    return element("span", language_of(language).say(write_state(str(state))), class_="rk-state")


def states_of(run: RunTables, customers: pd.Series) -> pd.Series:
    """State of each customer's company at the date of the run, `unknown` where the run does not say."""
    if run.states is None:
        return pd.Series("unknown", index=customers.index)
    return customers.astype("str").map(run.states).fillna("unknown")


def failed_sentence(run: RunTables, *, language: str) -> str:
    """How many debtors are in a procedure or have ceased, and what they owe; blank when none is known to be."""
    words = language_of(language)
    owing = run.ageing[run.ageing["receivables_amount"] > 0] if len(run.ageing) else run.ageing
    if owing.empty:
        return ""
    states = states_of(run, owing["customer_id"])
    parts = []
    for state in (*reversed(PROCEDURES), "ceased"):
        concerned = owing[states == state]
        if len(concerned):
            cents = round(float(concerned["receivables_amount"].sum()) * 100)
            parts.append(
                words.text(
                    "{state}: {count} ({money})",
                    state=words.say(write_state(state)),
                    count=len(concerned),
                    money=words.money(cents, currency=run.currency),
                )
            )
    if not parts:
        return ""
    return words.text(
        "Customers in insolvency proceedings or ceased on {day}: {parts}.",
        day=words.date(run.as_of, style="long"),
        parts="; ".join(parts) if language != "fr" else "\u202f; ".join(parts),
    )
