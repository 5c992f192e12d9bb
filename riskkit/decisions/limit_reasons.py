"""Why each limit is what it is, in sentences: what set it, and what is to be watched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.policy_decisions import CreditLimitPolicy


def limit_reasons(
    limits: pd.DataFrame, facts: pd.DataFrame, *, currency: str, policy: CreditLimitPolicy
) -> list[tuple[Message, Message | None]]:
    """The reason of each limit and what is to be watched (None: nothing), in the order of `limits`."""
    rows = zip(limits.to_dict("records"), facts.to_dict("records"), strict=True)
    return [(_why(row, fact, currency, policy), _watch(row, fact, currency)) for row, fact in rows]


def _why(row: Mapping[Any, Any], fact: Mapping[Any, Any], currency: str, policy: CreditLimitPolicy) -> Message:
    by, level = row["decided_by"], row["risk_level"]
    need = Money(int(row["need_cents"]), currency)
    if by == "catch_all":
        return message("Account that mixes one-off customers: cash on delivery, no limit of its own")
    if by == "red":
        return message("High risk: no credit at our own risk, payment before delivery or a guarantee")
    if by == "none":
        return message("Nothing owed, ordered or sold over twelve months: no credit is needed")
    if by == "need" and row["need_source"] == "sales":
        return message(
            "Credit needed by its sales of twelve months and its terms: {need}; no cap holds it down", need=need
        )
    if by == "need":
        return message("Credit needed by what it owes and orders: {need}; no cap holds it down", need=need)
    if by == "appetite":
        share = _percent(policy.appetite_shares[level])
        return message("Needs {need}; capped at {share} % of our own sales on one debtor of this risk",
                       need=need, share=share)  # fmt: skip
    if by == "loss":
        return message("Needs {need}; capped so that the loss expected in a year stays within {share} % of its sales",
                       need=need, share=_percent(policy.loss_share))  # fmt: skip
    if by == "equity" and fact["equity_cents"] <= 0:
        return message("Needs {need}; its equity is not positive ({equity}): no credit at our own risk",
                       need=need, equity=Money(int(fact["equity_cents"]), currency))  # fmt: skip
    if by == "equity":
        return message("Needs {need}; capped at {share} % of its equity of {equity}", need=need,
                       share=_percent(policy.equity_shares[level]),
                       equity=Money(int(fact["equity_cents"]), currency))  # fmt: skip
    return message("Needs {need}; capped at {share} % of its own yearly sales of {sales}", need=need,
                   share=_percent(policy.turnover_shares[level]),
                   sales=Money(int(fact["turnover_cents"]), currency))  # fmt: skip


def _watch(row: Mapping[Any, Any], fact: Mapping[Any, Any], currency: str) -> Message | None:
    ended = pd.notna(fact["insured_to"]) and int(row["insured_limit_cents"]) == 0
    if int(row["over_limit_cents"]) > 0 and pd.isna(row["current_limit_cents"]):
        return message("Its net exposure is {money} above the limit proposed",
                       money=Money(int(row["over_limit_cents"]), currency))  # fmt: skip
    if int(row["over_limit_cents"]) > 0:
        return message("Over its limit by {money}", money=Money(int(row["over_limit_cents"]), currency))
    if ended:
        return message("Its insurance is not in force: the cover ends on {date}", date=fact["insured_to"])
    if int(row["insured_limit_cents"]) > 0 and pd.notna(row["insured_until"]):
        return message("Insured up to {money} until {date}", money=Money(int(row["insured_limit_cents"]), currency),
                       date=row["insured_until"])  # fmt: skip
    if pd.notna(row["usage_share"]) and row["alert_share"] > 0:
        return message("{share} % of its limit is in use", share=round(100 * row["usage_share"]))
    return None


def _percent(share: float) -> int | float:
    """A share in per cent, whole where it is."""
    percent = round(100 * share, 6)
    return int(percent) if percent == int(percent) else percent


def limit_notes(limits: pd.DataFrame, *, currency: str) -> tuple[Message, ...]:
    """What is to be said of the limits of a run: who is over, by how much, and what is expected to be lost."""
    over = limits[limits["over_limit_cents"] > 0]
    said = []
    if len(over):
        said.append(
            message(
                "Over their credit limit, in force or else proposed: {count:customer|customers}, by {money} in all; "
                "the first is {name} ({most}).",
                count=len(over),
                money=Money(int(over["over_limit_cents"].sum()), currency),
                name=_name(over.sort_values("over_limit_cents").iloc[-1]),
                most=Money(int(over["over_limit_cents"].max()), currency),
            )
        )
    if int(limits["insured_limit_cents"].sum()) > 0:
        said.append(
            message(
                "Credit insurance would pay {money} of the exposure of {exposure}.",
                money=Money(int(limits["insured_cents"].sum()), currency),
                exposure=Money(int(limits["exposure_cents"].sum()), currency),
            )
        )
    return tuple(said)


def _name(row: pd.Series) -> str:
    return str(row["name"]) if pd.notna(row["name"]) else str(row["customer_id"])
