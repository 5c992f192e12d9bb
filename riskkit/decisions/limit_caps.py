"""Why a credit limit is what it is: the need of a customer, and the caps that hold it down.

Need, as the AFDCC writes it [18]: (orders not invoiced + to be invoiced + unpaid, due or not) × coefficient of terms ×
coefficient of behaviour. The same source allows a fraction of yearly purchases instead: sales of twelve months × terms
÷ 365 × behaviour, which serves a customer that owes nothing today; the larger of both is taken. Caps are money,
infinite where one does not apply.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskkit.policy_decisions import CreditLimitPolicy, LossPolicy

YEAR_DAYS = 365
CAPS = ("appetite", "loss", "equity", "turnover")
"""Caps in the order in which they are named when several are equal."""


def credit_need(facts: pd.DataFrame, *, policy: CreditLimitPolicy) -> pd.DataFrame:
    """What each customer needs, in cents.

    From: receivables_cents (open items less unapplied), orders_cents, to_invoice_cents, sales_12m_cents, terms_days
          (missing: coefficient 1 and no need by sales), profile.
    To:   exposure, terms_coefficient, behaviour_coefficient, need, need_source (afdcc, sales or none).
    """
    base = (facts["receivables_cents"] + facts["orders_cents"] + facts["to_invoice_cents"]).clip(lower=0)
    terms = facts["terms_days"].map(lambda days: terms_coefficient(days, policy=policy)).astype("float64")
    unknown = policy.behaviour_coefficients["unknown"]
    behaviour = facts["profile"].map(policy.behaviour_coefficients).fillna(unknown).astype("float64")
    by_exposure = base * terms * behaviour
    yearly = facts["sales_12m_cents"].clip(lower=0) * facts["terms_days"].fillna(0).clip(lower=0)
    by_sales = yearly / YEAR_DAYS * behaviour
    need = np.maximum(by_exposure, by_sales).round()
    source = np.where(need <= 0, "none", np.where(by_exposure >= by_sales, "afdcc", "sales"))
    return pd.DataFrame(
        {
            "exposure": base,
            "terms_coefficient": terms,
            "behaviour_coefficient": behaviour,
            "need": need,
            "need_source": source,
        },
        index=facts.index,
    )


def terms_coefficient(terms_days: float, *, policy: CreditLimitPolicy) -> float:
    """Coefficient of the need for terms of so many days; 1 where they are not known."""
    if pd.isna(terms_days):
        return 1.0
    reached = [value for days, value in policy.terms_coefficients.items() if terms_days <= days]
    return reached[0] if reached else list(policy.terms_coefficients.values())[-1]


def event_chance(facts: pd.DataFrame, *, policy: CreditLimitPolicy, losses: LossPolicy) -> pd.DataFrame:
    """Chance of an event within a year, and where it comes from.

    From: risk_class, is_in_event, probability (missing without a model), state.
    To:   probability, probability_source (event: it has come already; model; class: the policy's table).
    """
    has_come = facts["is_in_event"] | facts["state"].isin(losses.procedure_loss_shares)
    by_class = facts["risk_class"].map(policy.class_probabilities).astype("float64")
    chance = facts["probability"].astype("float64").fillna(by_class).mask(has_come, 1.0)
    by_model = facts["probability"].notna()
    source = np.where(has_come, "event", np.where(by_model, "model", "class"))
    return pd.DataFrame({"probability": chance, "probability_source": source}, index=facts.index)


def credit_caps(
    facts: pd.DataFrame,
    need: pd.Series,
    chance: pd.Series,
    *,
    own_sales_cents: int,
    loss_given_event: pd.Series,
    as_of: dt.date,
    policy: CreditLimitPolicy,
) -> pd.DataFrame:
    """What holds a limit down, in cents: one column for each of `CAPS`, infinite where it does not apply.

    From: debtor_id, risk_level, sales_12m_cents, equity_cents, turnover_cents (missing when not known), accounts_date.
          Caps on a debtor are shared among its accounts as their needs are.

    Parameters
    ----------
    need, chance
        Need in cents, and chance of an event within a year.
    own_sales_cents
        Sales of twelve months of the company itself, tax included; without any, appetite has no measure and no cap.
    loss_given_event
        Part of the exposure lost once the event has come.
    as_of
        Accounts older than the policy allows on that day do not count.

    """
    level, infinite = facts["risk_level"], float("inf")
    ours = own_sales_cents if own_sales_cents > 0 else infinite
    whole = need.groupby(facts["debtor_id"]).transform("sum")
    part = (need / whole.where(whole > 0)).fillna(1.0)
    oldest = pd.Timestamp(as_of) - pd.Timedelta(days=policy.accounts_max_days)
    fresh = facts["accounts_date"] >= oldest
    equity = facts["equity_cents"].astype("float64").where(fresh)
    turnover = facts["turnover_cents"].astype("float64").where(fresh)
    rate = chance * loss_given_event
    sold = facts["sales_12m_cents"].clip(lower=0).astype("float64")
    by_loss = policy.loss_share * sold / rate.where(rate > 0)
    return pd.DataFrame(
        {
            "appetite": (level.map(policy.appetite_shares) * ours * part).fillna(infinite),
            "loss": by_loss.where(sold > 0).fillna(infinite),
            "equity": (level.map(policy.equity_shares).fillna(0.0) * equity.clip(lower=0) * part).fillna(infinite),
            "turnover": (level.map(policy.turnover_shares).fillna(0.0) * turnover.clip(lower=0) * part).fillna(
                infinite
            ),
        },
        index=facts.index,
    ).astype("float64")
