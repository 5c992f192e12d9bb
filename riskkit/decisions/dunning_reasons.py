"""Why each line of the worklist is there, in sentences, and what is to be said of the whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskkit.errors import Days, Message, Money, message
from riskkit.policy_dunning import DunningPolicy

STEP_WORDS: dict[str, Message] = {
    "reminder": message("reminder before the due date"),
    "email": message("reminder by e-mail"),
    "call": message("telephone call"),
    "letter": message("letter of reminder"),
    "formal_notice": message("formal notice"),
    "court_order": message("payment order (court)"),
    "claim": message("declaration of the claim"),
    "none": message("left alone"),
}

_STOP_WORDS: dict[str, Message] = {
    "procedure": message("In a collective procedure: nothing may be asked outside it"),
    "ceased": message("The company has ceased: look for its liquidator or its guarantors"),
    "catch_all": message("Account of one-off customers: find the buyer of each invoice and dun it"),
    "credit": message("Its payments and credit notes not applied cover what it owes: apply them first"),
    "proceeding": message("A payment order has been asked for: the court's answer is awaited"),
    "recent": message("An action is too recent: its effect is awaited"),
    "small": message("Too small for an action of its own: left to the statement of account"),
    "dispute": message("Disputed: settle the dispute before asking for the money"),
    "prescribed": message("Barred by prescription: it can no longer be claimed in court"),
    "undated": message("No due date is known: complete it before dunning"),
}
_CLAIM_WORDS: dict[str, Message] = {
    "open": message("In a collective procedure: declare what was owed before the judgment, by {deadline}"),
    "late": message("In a collective procedure: the delay to declare ended on {deadline}. Unless it was declared, ask "
                    "the judge to lift the bar within six months of the notice (L622-26)"),
    "undated": message("In a collective procedure whose notice is not in the files: declare the claim within two months"
                       " of its publication in the BODACC"),
    "declared": message("Claim declared in the procedure: nothing else may be asked"),
    "barred": message("In a collective procedure: a claim not declared by {deadline} is barred"),
}  # fmt: skip


def dunning_reasons(
    table: pd.DataFrame, claims: pd.DataFrame, items: pd.DataFrame, *, currency: str, policy: DunningPolicy
) -> list[tuple[Message, Message | None]]:
    """The reason of each row of `DUNNING` and what else is to be known, in their order."""
    by_customer = {str(row["customer_id"]): row for row in claims.to_dict("records")}
    soon = items[items["is_prescribed_soon"] & items["stop"].isna()].groupby("customer_id")["open_cents"].sum()
    rows = table.to_dict("records")
    return [
        (
            _why(row, by_customer.get(str(row["customer_id"])), currency, policy),
            _beside(row, by_customer.get(str(row["customer_id"])), soon, currency),
        )
        for row in rows
    ]


def _why(row: Mapping[Any, Any], claim: Mapping[Any, Any] | None, currency: str, policy: DunningPolicy) -> Message:
    if claim is not None and row["step"] in ("claim", "none"):
        said = _CLAIM_WORDS[str(claim["claim_status"])]
        return Message(said.template, {"deadline": claim["claim_deadline"]} if "{deadline}" in said.template else {})
    if row["step"] == "none":
        return _stopped(row, currency)
    money = Money(int(row["amount_cents"]), currency)
    if row["step"] == "reminder":
        return message("{count:invoice|invoices} of {money} about to fall due, {share} % expected within {days} without"
                       " a word", count=int(row["items_count"]), money=money,
                       share=_percent(row["paid_share"]), days=Days(policy.horizon_days))  # fmt: skip
    if pd.isna(row["paid_share"]):
        return message("{count:invoice|invoices} of {money} overdue, the oldest by {days}; too few payments are known "
                       "to say what an action brings", count=int(row["items_count"]), money=money,
                       days=Days(int(row["oldest_days"])))  # fmt: skip
    return message(
        "{count:invoice|invoices} of {money} overdue, the oldest by {oldest}: {share} % expected within {days} if "
        "nothing is done, {with_share} % with this step",
        count=int(row["items_count"]), money=money, oldest=Days(int(row["oldest_days"])),
        share=_percent(row["paid_share"]), with_share=_percent(row["paid_with_share"]), days=Days(policy.horizon_days),
    )  # fmt: skip


def _stopped(row: Mapping[Any, Any], currency: str) -> Message:
    if row["stop"] == "promise":
        return message("Promised for {date}: nothing is asked before", date=row["promised_on"])
    if isinstance(row["stop"], str):
        return _STOP_WORDS[row["stop"]]
    return message("{money} overdue: no step is expected to bring in more than it costs",
                   money=Money(int(row["overdue_cents"]), currency))  # fmt: skip


def _beside(row: Mapping[Any, Any], claim: Mapping[Any, Any] | None, soon: pd.Series, currency: str) -> Message | None:
    if pd.notna(row["broken_promise_date"]):
        return message("Its last promise has been broken since {date}", date=row["broken_promise_date"])
    if row["customer_id"] in soon.index:
        return message("{money} barred by prescription from {date}: only a court demand or an acknowledgement of the "
                       "debt stops it", money=Money(int(soon[row["customer_id"]]), currency),
                       date=row["prescription_date"] + pd.Timedelta(days=1))  # fmt: skip
    if claim is not None and int(claim["later_cents"]) > 0:
        return message("{money} invoiced after the judgment are owed at their due date (L622-17)",
                       money=Money(int(claim["later_cents"]), currency))  # fmt: skip
    if isinstance(row["next_step"], str):
        said = STEP_WORDS[row["next_step"]]
        return message("More would come of another step once the day's capacity allows: {step}", step=said)
    if int(row["stopped_cents"]) > 0 and row["step"] not in ("none", "claim") and isinstance(row["stop"], str):
        return message("{money} of it left alone: {why}", money=Money(int(row["stopped_cents"]), currency),
                       why=_STOP_WORDS[row["stop"]])  # fmt: skip
    return None


def _percent(share: float) -> int:
    return round(100 * float(share)) if pd.notna(share) else 0


def dunning_notes(table: pd.DataFrame, *, as_of: dt.date, currency: str, policy: DunningPolicy) -> tuple[Message, ...]:
    """What is to be said of the worklist of a run: today's expected cash, claims with a deadline."""
    today = table[table["is_today"] & table["rank"].notna() & table["gain_cents"].notna()]
    said = []
    if len(today):
        said.append(
            message(
                "Dunning: {count:action|actions} today, expected to bring {gain} more within {days} (between {low} and "
                "{high} by the assumed effects, which are policy and not yet measured here).",
                count=len(today),
                gain=Money(int(today["gain_cents"].sum()), currency),
                low=Money(int(today["gain_low_cents"].sum()), currency),
                high=Money(int(today["gain_high_cents"].sum()), currency),
                days=Days(policy.horizon_days),
            )
        )
    due = table[(table["step"] == "claim") & (table["claim_deadline"] >= pd.Timestamp(as_of))]
    open_claims = due.sort_values("claim_deadline")
    if len(open_claims):
        said.append(
            message(
                "Claims to declare in collective procedures: {count}, {money}; the first deadline is {date}.",
                count=len(open_claims),
                money=Money(int(open_claims["amount_cents"].sum()), currency),
                date=open_claims["claim_deadline"].iloc[0],
            )
        )
    return tuple(said)
