"""Contract of the worklist of dunning."""

from __future__ import annotations

from riskkit.decisions.dunning_items import STOPS
from riskkit.policy_dunning import STEPS
from riskkit.schemas import Column, Table

DUNNING = Table(
    "dunning",
    "a customer to dun, to declare a claim on, or left alone, with the reason",
    (
        Column("rank", "integer", "order of the worklist, most euros expected per action first; missing for those not "
               "dunned", nullable=True),
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "its name", nullable=True),
        Column("owner", "text", "who follows it: the sales person of the files", nullable=True),
        Column("step", "text", f"{', '.join(STEPS)}; claim: declare it in the procedure; none: left alone"),
        Column("is_today", "flag", "True for what the capacity allows today"),
        Column("do_by", "date", "when: the next working day, its place in the queue, or the deadline of a claim",
               nullable=True),
        Column("items_count", "integer", "items that the step is about"),
        Column("amount_cents", "cents", "what they come to, less money not applied"),
        Column("oldest_days", "integer", "days past due of the oldest of them", nullable=True),
        Column("paid_share", "number", "part of it expected in cash by the horizon without action; missing where not "
               "computable", nullable=True),
        Column("paid_with_share", "number", "the same with the action", nullable=True),
        Column("gain_cents", "cents", "cash that the action is expected to bring by the horizon, its cost not deducted",
               nullable=True),
        Column("gain_low_cents", "cents", "the same at the low end of the assumed effect", nullable=True),
        Column("gain_high_cents", "cents", "the same at its high end", nullable=True),
        Column("cost_cents", "cents", "cost of the action"),
        Column("net_gain_cents", "cents", "expected gain less cost", nullable=True),
        Column("overdue_cents", "cents", "everything overdue of the customer"),
        Column("stopped_cents", "cents", "of its open items, what is not dunned"),
        Column("stop", "text", f"why it is left alone, in whole or for most of it: {', '.join(STOPS)}", nullable=True),
        Column("next_step", "text", "what it deserves once the capacity allows; missing where the step is that",
               nullable=True),
        Column("promised_on", "date", "day of a promise that waits", nullable=True),
        Column("broken_promise_date", "date", "since when its last promise is broken", nullable=True),
        Column("claim_deadline", "date", "last day to declare the claim in its procedure", nullable=True),
        Column("prescription_date", "date", "first day on which an item of it is barred", nullable=True),
        Column("reason_1", "text", "why this, in the language of the run"),
        Column("reason_2", "text", "what else is to be known", nullable=True),
    ),
)  # fmt: skip
