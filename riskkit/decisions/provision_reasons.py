"""Why each provision is what it is, and why the two totals differ, in sentences."""

from __future__ import annotations

from typing import Any

import pandas as pd

from riskkit.companies.events import write_state
from riskkit.errors import Message, Money, message

_CONSTANT: dict[str, Message] = {
    "late": message("Late, without an event that makes a loss probable: lateness alone is not enough"),
    "not_due": message("Not due, no event known"),
    "undated": message("Without a due date, no event known"),
}


def provision_reasons(items: pd.DataFrame, open_items: pd.DataFrame, states: pd.Series) -> pd.Series:
    """The reason of each item, as a `Message`, in their order.

    From: `provision_items`, the `OPEN_ITEMS` they come from, and states by customer_id.
    """
    kinds = pd.Series("late", index=items.index).mask(items["bucket"].isin(["not_due", "undated"]), items["bucket"])
    reasons = pd.Series([_CONSTANT[kind] for kind in kinds], index=items.index, dtype="object")
    for label in items.index[items["ground"] != "none"]:
        reasons[label] = _event(items.loc[label], open_items.loc[label], states)
    return reasons


def _event(item: Any, opened: Any, states: pd.Series) -> Message:
    share = round(100 * float(item["statutory_share"]), 1)
    percent = int(share) if share == int(share) else share
    if item["ground"] == "stated":
        return message("Judged by hand: {share} % of the claim is compromised", share=percent)
    if item["ground"] == "dispute":
        return message("Disputed since {date}: {share} % of the claim is taken as compromised",
                       date=opened["dispute_date"], share=percent)  # fmt: skip
    return message("Company in {state}: {share} % of the claim is taken as compromised",
                   state=write_state(str(states[item["customer_id"]])), share=percent)  # fmt: skip


def provision_notes(difference: dict[str, int], items: pd.DataFrame, *, currency: str) -> tuple[Message, ...]:
    """Both totals and what parts them, in one sentence; nothing where nothing is owed."""
    if items.empty:
        return ()

    def money(name: str) -> Money:
        return Money(difference[name], currency)

    if (items["ground"] == "none").all():
        return (
            message(
                "Provision: {ifrs} by IFRS 9 (tax included), nothing by the French tax rule: no procedure, no dispute "
                "and no judgment by hand is known, and lateness alone is not enough.",
                ifrs=money("ifrs"),
            ),
        )
    said = [
        message(
            "Provision: {ifrs} by IFRS 9 (tax included), {statutory} by the French tax rule (without tax). The "
            "difference of {gap} is {no_event} expected on claims without an event, which the rule refuses, "
            "{individual} of tax on claims assessed one by one, and {dispute} on disputes.",
            ifrs=money("ifrs"),
            statutory=money("statutory"),
            gap=Money(difference["ifrs"] - difference["statutory"], currency),
            no_event=money("no_event"),
            individual=money("individual"),
            dispute=money("dispute"),
        )
    ]
    assumed = items.loc[(items["ground"] != "none") & (items["excl_tax_source"] == "assumed")]
    if len(assumed):
        said.append(
            message(
                "Of the claims set aside, {count} ({money}) have no amount without tax in the files: the VAT rate of "
                "the policy was taken off.",
                count=len(assumed),
                money=Money(int(assumed["open_cents"].sum()), currency),
            )
        )
    return tuple(said)
