"""What a scenario does and what it gives, in sentences."""

from __future__ import annotations

import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.policy_scenarios import Scenario

_LEVELS = {
    "low": message("customers at low risk"),
    "moderate": message("customers at moderate risk"),
    "high": message("customers at high risk"),
    "unknown": message("customers of whom nothing is known"),
}


def target_words(scenario: Scenario, *, section: str | None, section_label: str | None, name: str | None) -> Message:
    """Whom a scenario is about.

    Parameters
    ----------
    scenario
        Its target.
    section, section_label
        The section concerned, where it is about one.
    name
        Name of the customer, where it is about one.

    """
    if scenario.target == "all":
        return message("All customers")
    if scenario.target in ("section", "largest_overdue_section"):
        if section is None:
            return message("No sector is overdue")
        return message("sector {code} ({label})", code=section, label=section_label or section)
    if scenario.target == "risk_level":
        return _LEVELS[scenario.value]
    if scenario.target == "customer":
        return message("Customer {name}", name=name or scenario.value)
    if scenario.target == "division":
        return message("NAF division {code}", code=scenario.value)
    return message("Segment {name}", name=scenario.value)


def lever_words(scenario: Scenario) -> list[Message]:
    """What a scenario changes, lever by lever."""
    said = []
    if scenario.terms and scenario.only_shorter:
        said.append(message("terms of {terms} at most", terms=scenario.terms))
    elif scenario.terms:
        said.append(message("terms of {terms}", terms=scenario.terms))
    if scenario.deposit_share:
        said.append(message("deposit of {share} %", share=round(100 * scenario.deposit_share)))
    if scenario.discount_rate:
        said.append(message("discount of {rate} % within {days} days", rate=round(100 * scenario.discount_rate, 2),
                            days=scenario.discount_days))  # fmt: skip
    if scenario.limit_factor < 1:
        said.append(message("limits cut by {share} %", share=round(100 * (1 - scenario.limit_factor))))
    if scenario.dunning:
        said.append(message("systematic dunning"))
    return said


def scenario_note(rows: pd.DataFrame, *, currency: str) -> Message:
    """What a scenario gives, from its rows of `SCENARIOS`."""
    by: dict[str, dict[str, float]] = {
        str(row["measure"]): {name: float(row[name]) for name in ("change", "low", "high")}
        for row in rows.to_dict("records")
    }
    title = str(rows["title"].iloc[0])

    def money(measure: str, column: str) -> Money:
        return Money(round(100 * by[measure][column]), currency, compact=True)

    if int(rows["customers_count"].iloc[0]) == 0:
        return message("What if “{title}”: no customer is concerned.", title=title)
    loss = by["target_loss_share"]
    return message(
        "What if “{title}”: {freed} of cash in 13 weeks (from {low} to {high}), DSO {dso} days, loss expected on the "
        "customers concerned {loss} % (from {loss_low} to {loss_high} %), for {margin} of margin.",
        title=title,
        freed=money("cash_13w_amount", "change"), low=money("cash_13w_amount", "low"),
        high=money("cash_13w_amount", "high"),
        dso=round(by["dso_days"]["change"], 1),
        loss=_percent(loss["change"]), loss_low=_percent(loss["low"]), loss_high=_percent(loss["high"]),
        margin=money("margin_cost_13w_amount", "change"),
    )  # fmt: skip


def _percent(share: float) -> int:
    return round(100 * share)
