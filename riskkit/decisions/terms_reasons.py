"""Why each customer is offered its terms, in sentences: one reason a column of `TERMS`, in days and euros."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskkit.errors import Days, Message, Money, message
from riskkit.policy_terms import TermsPolicy
from riskkit.sources.quality_terms import LegalTerm

PARTS = ("terms", "law", "deposit", "guarantee", "plan", "discount")


def terms_reasons(
    terms: pd.DataFrame, facts: pd.DataFrame, *, legal: LegalTerm, currency: str, policy: TermsPolicy
) -> list[dict[str, Message | None]]:
    """The reasons of each customer by part of `PARTS`, None where there is nothing to say, in the order of `terms`."""
    rows = zip(terms.to_dict("records"), facts.to_dict("records"), strict=True)
    return [_reasons(row, fact, legal, currency, policy) for row, fact in rows]


def _reasons(
    row: Mapping[Any, Any], fact: Mapping[Any, Any], legal: LegalTerm, currency: str, policy: TermsPolicy
) -> dict[str, Message | None]:
    return {
        "terms": _delay(row, fact, currency, policy),
        "law": _law(row, legal, currency),
        "deposit": _deposit(row, fact, currency),
        "guarantee": _guarantee(row, currency),
        "plan": _plan(row, currency, policy),
        "discount": _discount(row, currency, policy),
    }


def _delay(row: Mapping[Any, Any], fact: Mapping[Any, Any], currency: str, policy: TermsPolicy) -> Message:
    days = int(row["recommended_days"])
    if fact["is_catch_all"]:
        return message("Account of one-off customers: paid in cash")
    if fact["is_held"]:
        return message("Company in a procedure, or that ceased: payment before delivery")
    if days == 0:
        return message("High risk: payment before delivery, no credit at our own risk")
    if pd.isna(row["current_days"]):
        return message("Terms not known: {days} at most for this risk", days=Days(days))
    current = Days(round(row["current_days"]))
    if days >= round(row["current_days"]):
        return message("Terms of {current} suit its risk and how it pays: unchanged", current=current)
    by_profile = policy.days_by_profile.get(row["profile"], 999)
    if by_profile < policy.days_by_level[row["risk_level"]]:
        return message("From {current} to {days}: it already pays late, and waits longer on top; frees {money}",
                       current=current, days=Days(days), money=Money(int(row["freed_cents"]), currency))  # fmt: skip
    return message("From {current} to {days}, the longest for its risk; frees {money}",
                   current=current, days=Days(days), money=Money(int(row["freed_cents"]), currency))  # fmt: skip


def _law(row: Mapping[Any, Any], legal: LegalTerm, currency: str) -> Message | None:
    if int(row["beyond_law_count"]) == 0:
        return None
    return message(
        "{count:invoice is|invoices are} due later than {article} allows ({days} from issue), for {money}: an "
        "administrative fine is possible, write the terms again",
        count=int(row["beyond_law_count"]), article=legal.article, days=Days(legal.days),
        money=Money(int(row["beyond_law_cents"]), currency),
    )  # fmt: skip


def _deposit(row: Mapping[Any, Any], fact: Mapping[Any, Any], currency: str) -> Message | None:
    share = float(row["deposit_share"])
    if share <= 0 or share >= 1:
        return None
    limit = Money(0 if pd.isna(fact["limit_cents"]) else int(fact["limit_cents"]), currency)
    need, percent = Money(int(fact["need_cents"]), currency), round(100 * share)
    if int(row["uncovered_cents"]) == 0:
        return message(
            "Needs {need} of credit for a limit of {limit}: a deposit of {share} % with each order covers the "
            "difference",
            need=need, limit=limit, share=percent,
        )  # fmt: skip
    return message(
        "Needs {need} of credit for a limit of {limit}: the largest deposit ({share} %) leaves {left} uncovered",
        need=need, limit=limit, share=percent, left=Money(int(row["uncovered_cents"]), currency),
    )  # fmt: skip


def _guarantee(row: Mapping[Any, Any], currency: str) -> Message | None:
    kind = row["guarantee"]
    if kind == "parent":
        return message("Guarantee of its group for the {left} that limit and deposit leave uncovered",
                       left=Money(int(row["uncovered_cents"]), currency))  # fmt: skip
    if kind == "bank":
        return message("First-demand bank guarantee for the {left} that limit and deposit leave uncovered, or less "
                       "credit",
                       left=Money(int(row["uncovered_cents"]), currency))  # fmt: skip
    if kind == "retention_of_title":
        return message("Retention of title, written in the terms of sale: goods not paid for can be claimed back")
    return None


def _plan(row: Mapping[Any, Any], currency: str, policy: TermsPolicy) -> Message | None:
    count = int(row["plan_count"])
    if count == 0:
        return None
    total = Money(int(row["plan_cents"]), currency)
    if count == policy.longest_plan_months:
        return message("{total} overdue, more than it can pay at once: {count} monthly instalments, the longest plan; "
                       "debt acknowledged in writing, the whole due again at the first one missed",
                       total=total, count=count)  # fmt: skip
    return message("{total} overdue, spread over {count} monthly instalments at the pace of its purchases; the whole "
                   "due again at the first one missed", total=total, count=count)  # fmt: skip


def _discount(row: Mapping[Any, Any], currency: str, policy: TermsPolicy) -> Message | None:
    if float(row["discount_rate"]) <= 0:
        return None
    return message(
        "Up to {rate} % for payment within {days} pays: {gained} less to wait, at {yearly} % a year; beyond, cash is "
        "cheaper elsewhere. Time and losses saved: {money} a year at most",
        rate=round(100 * float(row["discount_rate"]), 2), days=Days(policy.discount_days),
        gained=Days(round(row["discount_gained_days"])), yearly=round(100 * float(row["discount_yearly_rate"]), 1),
        money=Money(int(row["discount_worth_cents"]), currency),
    )  # fmt: skip


def terms_notes(terms: pd.DataFrame, *, currency: str) -> tuple[Message, ...]:
    """What the recommended terms come to, in one or two sentences; nothing where nothing changes."""
    said = []
    shorter = terms[terms["freed_cents"] > 0]
    if len(shorter):
        said.append(
            message(
                "Terms: shorter ones for {count:customer|customers} would free {money} (from {low} to {high}) once in "
                "place.",
                count=len(shorter),
                money=Money(int(shorter["freed_cents"].sum()), currency),
                low=Money(int(shorter["freed_low_cents"].sum()), currency),
                high=Money(int(shorter["freed_high_cents"].sum()), currency),
            )
        )
    planned = terms[terms["plan_count"] > 0]
    if len(planned):
        said.append(
            message(
                "Instalment plans are proposed to {count:customer|customers} for {money} overdue.",
                count=len(planned),
                money=Money(int(planned["plan_cents"].sum()), currency),
            )
        )
    return tuple(said)
