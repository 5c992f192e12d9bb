"""Segments of customers on three axes, by the rules of the policy: how they pay, what they are to us, whether they can.

Payment behaviour is the latest profile of payer, relation is what they buy and since when, insolvency is the class of
the scores. The first rule that fits gives the segment and its strategy.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.policy_segments import SegmentRule, SegmentsPolicy
from riskkit.schemas import Column, Table

CENSORED_DAYS = 92
"""A first movement so soon after the first day of the ledger says nothing of when the relation began."""

SEGMENTS = Table(
    "segments",
    "a customer, its place on the three axes and what to do with its like",
    (
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "its name", nullable=True),
        Column("behaviour", "text", "good, late, bad or unknown (too few items), by its latest profile of payer"),
        Column("relation", "text", "key (largest buyers), regular, new, or dormant (nothing sold over twelve months)"),
        Column("insolvency", "text", "low, moderate, high or unknown: its level in the table scores"),
        Column("segment", "text", "segment of the policy; catch_all for accounts that mix one-off customers"),
        Column("value", "text", "2×2: high (key customer) or low"),
        Column("risk", "text", "2×2: high (insolvency high, or bad behaviour), low, or unknown (neither is known)"),
        Column("sales_12m_cents", "cents", "sales of the last twelve months"),
        Column("open_cents", "cents", "open items"),
        Column("overdue_cents", "cents", "of that, what is past due"),
        Column("strategy", "text", "what to do, in the language of the run"),
    ),
)

STRATEGIES: dict[str, Message] = {
    "critical": message(
        "Key customer at high risk: management to management, no new credit without a guarantee, a plan for what is due"
        " and another outlet for the sales"
    ),
    "protect": message("High risk: payment before delivery, retention of title claimed, what is due collected first"),
    "dormant": message("Nothing sold for twelve months: settle the balance, close or update the account"),
    "firm": message("Can pay and does not: short reminders, formal notice, penalties charged, deliveries stopped"),
    "negotiate": message(
        "Key customer that pays late: find the cause with its accounts payable, direct debit or drafts"
    ),
    "remind": message("Pays late: remind before the due date, then at 3 and 10 days, penalties charged"),
    "observe": message("Not known enough: small limit, deposit on large orders, reviewed after three due dates"),
    "develop": message("Key customer, sound and punctual: raise its limit before it asks, favour its orders"),
    "trust": message("Pays as agreed: automatic follow-up, no call before the first day of delay"),
    "catch_all": message(
        "Account of one-off customers: cash on delivery, open each regular buyer an account of its own"
    ),
}


def segment_customers(
    facts: pd.DataFrame, *, coverage_start: dt.date, as_of: dt.date, policy: SegmentsPolicy
) -> pd.DataFrame:
    """The segment of each customer: `SEGMENTS` but for its strategy, in their order.

    From: customer_id, name, is_catch_all, profile, risk_level, sales_12m_cents, first_date (missing: never any
          movement), open_cents, overdue_cents.

    Parameters
    ----------
    coverage_start
        First day of the ledger: a customer that was there from the start is not new.
    as_of
        Day of the segments.

    """
    behaviour = facts["profile"].map(policy.behaviours).astype("str").fillna("unknown")
    relation = relations(facts, coverage_start=coverage_start, as_of=as_of, policy=policy)
    insolvency = facts["risk_level"].astype("str")
    axes = pd.DataFrame({"behaviour": behaviour, "relation": relation, "insolvency": insolvency})
    segment = pd.Series(None, index=facts.index, dtype="str")
    for rule in policy.rules:
        segment = segment.mask(segment.isna() & _fits(axes, rule), rule.segment)
    risky = (insolvency == "high") | (behaviour == "bad")
    unknown = (insolvency == "unknown") & (behaviour == "unknown")
    return pd.DataFrame(
        {
            **{name: facts[name] for name in ("customer_id", "name")},
            **{name: axes[name] for name in ("behaviour", "relation", "insolvency")},
            "segment": segment.mask(facts["is_catch_all"], "catch_all"),
            "value": np.where(relation == "key", "high", "low"),
            "risk": np.where(risky, "high", np.where(unknown, "unknown", "low")),
            **{name: facts[name] for name in ("sales_12m_cents", "open_cents", "overdue_cents")},
        },
        index=facts.index,
    )


def relations(facts: pd.DataFrame, *, coverage_start: dt.date, as_of: dt.date, policy: SegmentsPolicy) -> pd.Series:
    """What each customer is to us: key, new, regular or dormant; a key customer is key even when it is new.

    Key customers are the fewest that make the share of sales of the policy, catch-all accounts left out.
    """
    sold = facts["sales_12m_cents"].clip(lower=0).where(~facts["is_catch_all"], 0)
    ordered = sold.sort_values(ascending=False, kind="stable")
    before = ordered.cumsum() - ordered
    key = (ordered > 0) & (before < policy.key_sales_share * int(sold.sum()))
    since = pd.Timestamp(as_of) - pd.Timedelta(days=policy.new_days)
    seen = pd.Timestamp(coverage_start) + pd.Timedelta(days=CENSORED_DAYS)
    new = (facts["first_date"] > since) & (facts["first_date"] > seen)
    relation = pd.Series("regular", index=facts.index, dtype="str").mask(new, "new")
    return relation.mask(facts["sales_12m_cents"] <= 0, "dormant").mask(key.reindex(facts.index), "key")


def _fits(axes: pd.DataFrame, rule: SegmentRule) -> pd.Series:
    fits = pd.Series(True, index=axes.index)
    for axis, values in (("behaviour", rule.behaviour), ("relation", rule.relation), ("insolvency", rule.insolvency)):
        if values:
            fits &= axes[axis].isin(values)
    return fits


def strategy_of(segment: str, *, policy: SegmentsPolicy) -> Message | str:
    """The strategy of a segment: that of its rule where it says one, else the one shipped."""
    own = [rule.strategy for rule in policy.rules if rule.segment == segment and rule.strategy]
    return own[0] if own else STRATEGIES[segment]


def segment_notes(segments: pd.DataFrame, *, currency: str) -> tuple[Message, ...]:
    """Which key customers are at risk, and what they owe; nothing where there are none."""
    concerned = segments[(segments["value"] == "high") & (segments["risk"] == "high")]
    if concerned.empty:
        return ()
    return (
        message(
            "Key customers at risk (high insolvency or bad payers): {count}, who bought {sales} over twelve months and "
            "owe {open}, of which {overdue} is overdue.",
            count=len(concerned),
            sales=Money(int(concerned["sales_12m_cents"].sum()), currency),
            open=Money(int(concerned["open_cents"].sum()), currency),
            overdue=Money(int(concerned["overdue_cents"].sum()), currency),
        ),
    )
