"""Credit limits: how much each customer may owe at one's own risk, what is insured beside it, and who grants it.

The limit is the need held down by the caps (`limit_caps`), and nothing for the red class. Credit insurance comes beside
it: net exposure, what is owed, ordered and to be invoiced less the part that the insurer would pay, is what is set
against the limit in force.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskkit.decisions.limit_caps import CAPS, credit_caps, credit_need, event_chance
from riskkit.models.flow_to_loss import LossGivenEvent
from riskkit.policy_decisions import CreditLimitPolicy, DecisionsPolicy, LossPolicy
from riskkit.schemas import Column, Table

CREDIT_LIMITS = Table(
    "credit_limits",
    "a customer, the credit it may have and why",
    (
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "its name", nullable=True),
        Column("risk_class", "text", "its class in the table scores"),
        Column("risk_level", "text", "low, moderate, high or unknown"),
        Column("exposure_cents", "cents", "open items less unapplied (not under 0), orders, what is to be invoiced"),
        Column("terms_coefficient", "number", "coefficient of the need for its terms"),
        Column("behaviour_coefficient", "number", "coefficient of the need for its profile of payer"),
        Column("need_cents", "cents", "credit it needs, before any cap"),
        Column("need_source", "text", "afdcc (exposure × coefficients), sales (sales × terms ÷ 365) or none"),
        *(
            Column(f"{cap}_cap_cents", "cents", f"cap by {meaning}; missing where none applies", nullable=True)
            for cap, meaning in (
                ("appetite", "risk appetite: share of the company's own sales"),
                ("loss", "expected loss of a year against the customer's sales"),
                ("equity", "share of its equity"),
                ("turnover", "share of its own yearly sales"),
            )
        ),
        Column("limit_cents", "cents", "limit proposed at one's own risk; missing for catch-all accounts",
               nullable=True),
        Column("decided_by", "text", "need, a cap (appetite, loss, equity, turnover), red, catch_all, or none"),
        Column("current_limit_cents", "cents", "limit in force by the client's file", nullable=True),
        Column("insured_limit_cents", "cents", "most that the insurer covers at the date"),
        Column("insured_until", "date", "last day of the cover", nullable=True),
        Column("insured_cents", "cents", "what the insurer would pay of the exposure"),
        Column("net_exposure_cents", "cents", "exposure less what is insured"),
        Column("usage_share", "number", "net exposure ÷ limit in force, or proposed where none is; missing without a "
               "limit", nullable=True),
        Column("alert_share", "number", "last alert reached (0.5, 0.7, 0.9, 1); 0 below the first"),
        Column("over_limit_cents", "cents", "net exposure above that limit"),
        Column("probability_12m", "number", "chance of an event within a year"),
        Column("probability_source", "text", "model, class (the policy's table), or event (it has come)"),
        Column("loss_given_event", "number", "part of the exposure lost once the event has come"),
        Column("expected_loss_cents", "cents", "net exposure × chance × part lost"),
        Column("expected_loss_low_cents", "cents", "the same at the lower end of the part lost"),
        Column("expected_loss_high_cents", "cents", "the same at its upper end"),
        Column("approver", "text", "who may grant the limit, or the excess over it: a role of the policy"),
        Column("review_date", "date", "when it is looked at again, at the latest"),
        Column("reason_1", "text", "why the limit is that, in the language of the run"),
        Column("reason_2", "text", "what is to be watched", nullable=True),
    ),
)  # fmt: skip
REASONS = ("reason_1", "reason_2")
ENDLESS_CENTS = 1e15
"""A cap of ten thousand billion units holds nobody."""


def credit_limits(
    facts: pd.DataFrame,
    *,
    own_sales_cents: int,
    loss: LossGivenEvent,
    as_of: dt.date,
    policy: DecisionsPolicy,
) -> pd.DataFrame:
    """The limit of each customer and how much of it is in use: `CREDIT_LIMITS` but for its reasons, in their order.

    From: customer_id, debtor_id, name, is_catch_all, state, risk_class, risk_level, is_in_event, probability, profile,
          terms_days, receivables_cents, sales_12m_cents, orders_cents, to_invoice_cents, current_limit_cents,
          insured_amount_cents, insured_share, insured_from, insured_to, equity_cents, turnover_cents, accounts_date.
          Missing: probability (the class's), terms, limits, covers, equity and turnover (no cap).

    Parameters
    ----------
    own_sales_cents
        Sales of twelve months of the company itself.
    loss
        What is lost once an event has come.
    as_of
        Day of the limits: covers are in force on it.

    """
    rules = policy.limits
    need = credit_need(facts, policy=rules)
    chance = event_chance(facts, policy=rules, losses=policy.losses)
    parts = loss_parts(facts["state"], loss, policy=policy.losses)
    caps = credit_caps(
        facts, need["need"], chance["probability"], own_sales_cents=own_sales_cents, loss_given_event=parts["value"],
        as_of=as_of, policy=rules,
    )  # fmt: skip
    decided = _decided(facts, need["need"], caps)
    limit = _limits(need["need"], caps, decided, step=round(100 * rules.step_amount))
    cover = insurance_cover(facts, need["exposure"], as_of=as_of)
    net = need["exposure"] - cover["insured_cents"]
    use = limit_use(net, facts["current_limit_cents"], limit, policy=rules)
    lost = net * chance["probability"]
    made = pd.DataFrame(
        {
            "customer_id": facts["customer_id"],
            "name": facts["name"],
            "risk_class": facts["risk_class"],
            "risk_level": facts["risk_level"],
            "exposure_cents": need["exposure"].astype("int64"),
            **{name: need[name] for name in ("terms_coefficient", "behaviour_coefficient", "need_source")},
            "need_cents": need["need"].astype("int64"),
            **{f"{cap}_cap_cents": _whole(caps[cap], 1).astype("Int64") for cap in CAPS},
            "limit_cents": limit,
            "decided_by": decided,
            "current_limit_cents": facts["current_limit_cents"],
            "net_exposure_cents": net.astype("int64"),
            "probability_12m": chance["probability"],
            "probability_source": chance["probability_source"],
            "loss_given_event": parts["value"],
            "expected_loss_cents": (lost * parts["value"]).round().astype("int64"),
            "expected_loss_low_cents": (lost * parts["low"]).round().astype("int64"),
            "expected_loss_high_cents": (lost * parts["high"]).round().astype("int64"),
            "approver": approvers(limit, net, use["over_limit_cents"], facts["risk_level"], policy=rules),
            "review_date": review_dates(
                facts["risk_class"], use["alert_share"], cover["insured_until"], as_of=as_of, policy=rules
            ),
        },
        index=facts.index,
    )
    return pd.concat([made, cover, use], axis=1)


def loss_parts(states: pd.Series, loss: LossGivenEvent, *, policy: LossPolicy) -> pd.DataFrame:
    """Part of an exposure lost once the event has come: value, low, high; a procedure has its own (policy)."""
    by_state = states.map(policy.procedure_loss_shares).astype("float64")
    return pd.DataFrame({name: by_state.fillna(getattr(loss, name)) for name in ("value", "low", "high")})


def _decided(facts: pd.DataFrame, need: pd.Series, caps: pd.DataFrame) -> pd.Series:
    """What sets each limit."""
    lowest = caps[list(CAPS)].min(axis=1)
    by_cap = caps[list(CAPS)].idxmin(axis=1)
    decided = by_cap.where(lowest < need, "need").mask(need <= 0, "none")
    return decided.mask(facts["risk_level"] == "high", "red").mask(facts["is_catch_all"], "catch_all").astype("str")


def _limits(need: pd.Series, caps: pd.DataFrame, decided: pd.Series, *, step: int) -> pd.Series:
    """The need rounded up to the step, under each cap rounded down to it: a limit never exceeds a cap."""
    rounded = pd.concat([_whole(need, step, up=True), _whole(caps.min(axis=1), step)], axis=1)
    least = rounded.min(axis=1).mask(decided.isin(["red", "none"]), 0.0)
    return least.mask(decided == "catch_all").astype("Int64")


def _whole(cents: pd.Series, step: int, *, up: bool = False) -> pd.Series:
    """Multiples of a step, downwards or upwards; missing where endless. A billionth of a step is float noise."""
    finite = cents.where(cents < ENDLESS_CENTS) / step
    steps = np.ceil(finite - 1e-9) if up else np.floor(finite + 1e-9)
    multiples: pd.Series = steps * step
    return multiples


def insurance_cover(facts: pd.DataFrame, exposure: pd.Series, *, as_of: dt.date) -> pd.DataFrame:
    """What is insured at `as_of`: insured_limit_cents, insured_until, insured_cents.

    The insurer pays its share of the exposure up to the amount covered; a cover that has ended, or begins later, pays
    nothing.
    """
    day = pd.Timestamp(as_of)
    begun = facts["insured_from"].isna() | (facts["insured_from"] <= day)
    lasts = facts["insured_to"].isna() | (facts["insured_to"] >= day)
    amount = facts["insured_amount_cents"].astype("float64").fillna(0.0).where(begun & lasts, 0.0)
    share = facts["insured_share"].astype("float64").fillna(1.0)
    return pd.DataFrame(
        {
            "insured_limit_cents": amount.astype("int64"),
            "insured_until": facts["insured_to"].where(amount > 0),
            "insured_cents": np.floor(np.minimum(exposure, amount) * share + 1e-6).astype("int64"),
        },
        index=facts.index,
    )


def limit_use(
    net_exposure: pd.Series, current: pd.Series, proposed: pd.Series, *, policy: CreditLimitPolicy
) -> pd.DataFrame:
    """How much of the limit in force, or else proposed, is in use: usage_share, alert_share, over_limit_cents.

    A limit of zero is over from the first cent: usage cannot be divided, the alert is the last one.
    """
    limit = current.astype("Int64").fillna(proposed.astype("Int64"))
    whole = limit.astype("float64")
    usage = net_exposure / whole.where(whole > 0)
    over = (net_exposure - whole).clip(lower=0).fillna(0)
    reached = [np.where(usage.fillna(0) >= share - 1e-12, share, 0.0) for share in policy.alert_shares]
    alert = pd.Series(np.max(reached, axis=0), index=net_exposure.index)
    alert = alert.mask((whole <= 0) & (over > 0), policy.alert_shares[-1])
    return pd.DataFrame({"usage_share": usage, "alert_share": alert, "over_limit_cents": over.astype("int64")})


def approvers(
    limit: pd.Series, net_exposure: pd.Series, over: pd.Series, levels: pd.Series, *, policy: CreditLimitPolicy
) -> pd.Series:
    """Who may grant each limit: the level of delegation of the larger of limit and net exposure, and so many above."""
    amounts = np.maximum(limit.astype("float64").fillna(0.0), net_exposure)
    steps = levels.map(policy.steps_up) + (over > 0) * policy.steps_up_over
    roles = [approver(int(amount), steps_up=int(up), policy=policy) for amount, up in zip(amounts, steps, strict=True)]
    return pd.Series(roles, index=limit.index, dtype="str")


def approver(amount_cents: int, *, steps_up: int, policy: CreditLimitPolicy) -> str:
    """The role that may commit an amount, so many levels above the first that reaches it."""
    ceilings = [level.up_to_amount for level in policy.delegation]
    first = next(
        rank for rank, ceiling in enumerate(ceilings) if ceiling is None or amount_cents <= round(100 * ceiling)
    )
    return policy.delegation[min(first + steps_up, len(ceilings) - 1)].role


def review_dates(
    classes: pd.Series, alerts: pd.Series, insured_until: pd.Series, *, as_of: dt.date, policy: CreditLimitPolicy
) -> pd.Series:
    """When each limit is looked at again: sooner as the class worsens, as it fills up, and when the cover ends."""
    day = pd.Timestamp(as_of)
    months = classes.map(policy.review_months).astype("int64")
    strained = alerts >= policy.alert_shares[-2]
    months = months.mask(strained, months.clip(upper=policy.strained_review_months))
    dates = pd.Series([day + pd.DateOffset(months=int(each)) for each in months], index=classes.index)
    return dates.where(insured_until.isna() | (insured_until >= dates), insured_until)
