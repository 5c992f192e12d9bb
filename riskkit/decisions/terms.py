"""On what terms to sell to each customer: delay, deposit, guarantee, instalments of what is overdue, discount, law.

Everything is a rule of `policy_terms`, in euros: what the change frees in cash, what loss it avoids. The early-payment
discount is the largest that costs no more than the time it buys: with v = (cost of cash + yearly expected loss rate) ×
days ÷ 365, d = v ÷ (1 + v); its yearly rate is d ÷ (1 − d) × 365 ÷ days [21].
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskkit.policy_terms import TermsPolicy
from riskkit.schemas import Column, Table
from riskkit.sources.quality_terms import LegalTerm

YEAR_DAYS = 365
GUARANTEES = ("none", "retention_of_title", "parent", "bank")

TERMS = Table(
    "terms",
    "a customer and the terms on which to sell to it",
    (
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "its name", nullable=True),
        Column("risk_level", "text", "its level of risk"),
        Column("profile", "text", "its profile of payer"),
        Column("current_days", "number", "mean terms of its invoices, days; missing when unknown", nullable=True),
        Column("late_days", "number", "mean days late; missing when unknown", nullable=True),
        Column("legal_days", "integer", "longest lawful terms, days from issue"),
        Column("beyond_law_count", "integer", "its invoices that are due later than the law allows"),
        Column("beyond_law_cents", "cents", "their amount"),
        Column("recommended_days", "integer", "longest terms recommended; 0: payment before delivery"),
        Column("freed_cents", "cents", "cash that shorter terms free once in place, as far as customers follow"),
        Column("freed_low_cents", "cents", "the same where fewest follow"),
        Column("freed_high_cents", "cents", "the same where most follow"),
        Column("deposit_share", "number", "part of an order to be paid with it; 1: payment before delivery"),
        Column("uncovered_cents", "cents", "credit needed beyond the limit and the deposit"),
        Column("guarantee", "text", "none, retention_of_title, parent (of its group) or bank"),
        Column("plan_cents", "cents", "overdue amount spread by the plan (table instalment_plans); 0 without one"),
        Column("plan_count", "integer", "instalments of the plan"),
        Column("discount_rate", "number", "largest early-payment discount worth offering; 0: none"),
        Column("discount_gained_days", "number", "days of waiting that it saves", nullable=True),
        Column("discount_yearly_rate", "number", "yearly rate that it costs us: d ÷ (1 − d) × 365 ÷ days gained",
               nullable=True),
        Column("discount_worth_cents", "cents", "time and losses saved a year if all took it, price not taken"),
        *(
            Column(f"reason_{part}", "text", f"why: {what}, in the language of the run", nullable=True)
            for part, what in (("terms", "delay"), ("law", "legality"), ("deposit", "deposit"),
                               ("guarantee", "guarantee"), ("plan", "instalments"), ("discount", "discount"))
        ),
    ),
)  # fmt: skip

INSTALMENT_PLANS = Table(
    "instalment_plans",
    "an instalment of a plan proposed for what a customer has overdue",
    (
        Column("customer_id", "text", "the customer"),
        Column("rank", "integer", "1 for the first"),
        Column("due_date", "date", "when it is to be paid"),
        Column("instalment_cents", "cents", "what is to be paid; instalments add up to plan_cents of the table terms"),
        Column("left_cents", "cents", "what is left after it"),
    ),
)


def yearly_discount_rate(discount: float, *, days: float) -> float:
    """Simple yearly rate of a discount that brings the money so many days earlier: d ÷ (1 − d) × 365 ÷ days.

    Examples
    --------
    >>> round(100 * yearly_discount_rate(0.02, days=20), 1)  # 2 % for 10 days instead of 30
    37.2
    """
    if not 0 <= discount < 1 or days <= 0:
        raise ValueError("a discount lies between 0 and 1, and days are positive")
    return discount / (1 - discount) * YEAR_DAYS / days


def break_even_discount(yearly_rate: float, *, days: float) -> float:
    """The discount whose yearly rate is this one: v ÷ (1 + v), v = rate × days ÷ 365."""
    worth = yearly_rate * max(days, 0.0) / YEAR_DAYS
    return worth / (1 + worth)


def recommend_terms(
    facts: pd.DataFrame,
    *,
    legal: LegalTerm,
    cash_rate: float,
    pass_through: tuple[float, float, float],
    policy: TermsPolicy,
) -> pd.DataFrame:
    """The terms of each customer: `TERMS` but for its reasons, in their order.

    From: customer_id, name, is_catch_all, is_held (a procedure, or ceased), risk_level, profile, terms_days and
          late_days (missing: unknown), sales_12m_cents, overdue_cents (disputes left out), need_cents, limit_cents
          (missing: none), yearly_loss_rate (expected loss of a year ÷ exposure), has_group, beyond_law_count,
          beyond_law_cents.

    Parameters
    ----------
    legal
        Longest terms of the seller's activity.
    cash_rate
        Yearly cost of cash.
    pass_through
        Part of a change of terms that customers follow: middle, low, high.
    policy
        Longest terms, deposits, plans, discounts.

    """
    current = facts["terms_days"].astype("float64")
    recommended = _recommended(facts, current, legal=legal, policy=policy)
    shorter = (current - recommended).where(recommended < current.round(), 0.0).fillna(0.0)
    freed = {
        name: (facts["sales_12m_cents"].clip(lower=0) / YEAR_DAYS * shorter * share).round().astype("int64")
        for name, share in zip(("freed", "freed_low", "freed_high"), pass_through, strict=True)
    }
    deposit, uncovered = _deposit(facts, current, recommended, policy=policy)
    plan = _plans(facts, policy=policy)
    discount = _discount(facts, recommended, cash_rate=cash_rate, policy=policy)
    return pd.DataFrame(
        {
            **{name: facts[name] for name in ("customer_id", "name", "risk_level", "profile")},
            "current_days": current,
            "late_days": facts["late_days"].astype("float64"),
            "legal_days": legal.days,
            "beyond_law_count": facts["beyond_law_count"],
            "beyond_law_cents": facts["beyond_law_cents"],
            "recommended_days": recommended,
            **{f"{name}_cents": cents for name, cents in freed.items()},
            "deposit_share": deposit,
            "uncovered_cents": uncovered,
            "guarantee": _guarantee(facts, uncovered, deposit, policy=policy),
            **plan,
            **discount,
        },
        index=facts.index,
    )


def _recommended(facts: pd.DataFrame, current: pd.Series, *, legal: LegalTerm, policy: TermsPolicy) -> pd.Series:
    """Longest terms: those of the risk, of the payer and of the law; terms barely above them are left alone."""
    by_level = facts["risk_level"].map(policy.days_by_level).astype("float64")
    by_profile = facts["profile"].map(policy.days_by_profile).astype("float64")
    longest = pd.concat([by_level, by_profile], axis=1).min(axis=1).clip(upper=legal.days)
    longest = longest.mask(facts["is_catch_all"] | facts["is_held"], 0.0)
    near = (current <= longest + policy.kept_within_days) & (facts["beyond_law_count"] == 0) & (longest > 0)
    asked = pd.concat([longest, current.fillna(30.0)], axis=1).min(axis=1)
    return asked.mask(near, current).round().astype("int64")


def _deposit(
    facts: pd.DataFrame, current: pd.Series, recommended: pd.Series, *, policy: TermsPolicy
) -> tuple[pd.Series, pd.Series]:
    """Deposit that brings the need down to the limit, and what it leaves uncovered, cents."""
    ratio = (recommended / current.where(current > 0)).clip(upper=1.0).fillna(1.0)
    need = facts["need_cents"].astype("float64") * ratio
    limit = facts["limit_cents"].astype("float64").fillna(0.0)
    missing = ((need - limit) / need.where(need > 0)).clip(lower=0).fillna(0.0)
    steps: pd.Series = np.ceil(missing / policy.deposit_step - 1e-9) * policy.deposit_step
    share = steps.clip(lower=0.0, upper=policy.largest_deposit).round(4) + 0.0
    before = recommended == 0
    share = share.mask(before, 1.0)
    left = (need * (1 - share) - limit).clip(lower=0).mask(before, 0.0)
    return share, left.round().astype("int64")


def _guarantee(facts: pd.DataFrame, uncovered: pd.Series, deposit: pd.Series, *, policy: TermsPolicy) -> pd.Series:
    asked = uncovered >= max(round(100 * policy.guarantee_amount), 1)
    plain = facts["risk_level"].isin(["moderate", "unknown"]) & (deposit < 1) & (facts["sales_12m_cents"] > 0)
    kind = pd.Series("none", index=facts.index).mask(plain, "retention_of_title")
    return kind.mask(asked & facts["has_group"], "parent").mask(asked & ~facts["has_group"], "bank").astype("str")


def _plans(facts: pd.DataFrame, *, policy: TermsPolicy) -> dict[str, pd.Series]:
    """What each plan spreads, and in how many instalments; nothing where it can be paid at once."""
    owed = facts["overdue_cents"].astype("int64")
    fit = (owed >= round(100 * policy.plan_amount)) & ~facts["is_catch_all"] & ~facts["is_held"]
    monthly = facts["sales_12m_cents"].clip(lower=0) / 12 * policy.plan_capacity_share
    months = pd.Series(np.ceil(owed / monthly.where(monthly > 0)), index=facts.index)
    count = months.fillna(policy.longest_plan_months).clip(upper=policy.longest_plan_months).astype("int64")
    fit &= count >= 2
    return {"plan_cents": owed.where(fit, 0), "plan_count": count.where(fit, 0)}


def _discount(
    facts: pd.DataFrame, recommended: pd.Series, *, cash_rate: float, policy: TermsPolicy
) -> dict[str, pd.Series]:
    """The discount worth offering: the largest multiple of the step that costs no more than the time it buys."""
    gained = recommended + facts["late_days"].astype("float64").clip(lower=0).fillna(0.0) - policy.discount_days
    rate = cash_rate + facts["yearly_loss_rate"].astype("float64").fillna(0.0)
    worth = rate * gained.clip(lower=0) / YEAR_DAYS
    largest = (worth / (1 + worth)).clip(upper=policy.largest_discount)
    offered = np.floor(largest / policy.discount_step + 1e-9) * policy.discount_step
    fit = (offered >= policy.least_discount) & ~facts["is_catch_all"] & ~facts["is_held"]
    fit &= (recommended > policy.discount_days) & (facts["sales_12m_cents"] > 0)
    offered = offered.where(fit, 0.0)
    yearly = offered / (1 - offered) * YEAR_DAYS / gained.where(gained > 0)
    gain = facts["sales_12m_cents"].clip(lower=0) * worth
    return {
        "discount_rate": offered.round(4),
        "discount_gained_days": gained.where(fit),
        "discount_yearly_rate": yearly.where(fit),
        "discount_worth_cents": gain.where(fit, 0.0).round().astype("int64"),
    }


def instalments(owed_cents: int, *, count: int, first: dt.date) -> list[tuple[dt.date, int]]:
    """Equal monthly instalments that add up to the cent; the first ones bear the odd cents.

    Later ones fall on the same day of the month, or on its last day where it has none.
    """
    if owed_cents <= 0 or count < 1:
        raise ValueError("there is something to pay, in at least one instalment")
    each, odd = divmod(owed_cents, count)
    days = [(pd.Timestamp(first) + pd.DateOffset(months=rank)).date() for rank in range(count)]
    return [(day, each + (1 if rank < odd else 0)) for rank, day in enumerate(days)]


def instalment_plans(terms: pd.DataFrame, *, as_of: dt.date, policy: TermsPolicy) -> pd.DataFrame:
    """`INSTALMENT_PLANS` of the customers of `TERMS` that have one, in their order."""
    first = as_of + dt.timedelta(days=policy.plan_first_days)
    rows = []
    for customer, owed, count in terms.loc[
        terms["plan_count"] > 0, ["customer_id", "plan_cents", "plan_count"]
    ].itertuples(index=False, name=None):
        left = int(owed)
        for rank, (day, cents) in enumerate(instalments(int(owed), count=int(count), first=first), 1):
            left -= cents
            rows.append((customer, rank, day, cents, left))
    frame = pd.DataFrame(rows, columns=INSTALMENT_PLANS.names)
    return INSTALMENT_PLANS.conform(frame) if rows else INSTALMENT_PLANS.empty()
