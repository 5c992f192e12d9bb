"""Insure, factor, enquire: when each pays, customer by customer, from its price against what it avoids or brings.

- Insurance pays where the insured part of a year's expected loss exceeds the premium on the sales.
- Factoring pays where its commission and rate cost less than the overdraft that it replaces; where the company states
  how much cash it lacks, the cheapest invoices are assigned until that cash is there.
- A report on a company pays where the part of the expected loss that it avoids exceeds its price.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.policy_terms import CoverPolicy
from riskkit.schemas import Column, Table

YEAR_DAYS = 365

COVER = Table(
    "cover",
    "a customer, and whether insuring, factoring or enquiring about it pays",
    (
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "its name", nullable=True),
        Column("risk_level", "text", "its level of risk"),
        Column("expected_loss_cents", "cents", "loss expected in a year on what is not insured"),
        Column("premium_cents", "cents", "yearly premium on its sales; 0 where it cannot be insured, or is already"),
        Column("insurance_gain_cents", "cents", "insured part of the expected loss less the premium"),
        Column("insurance_gain_low_cents", "cents", "low end: part lost once an event has come"),
        Column("insurance_gain_high_cents", "cents", "high end of it"),
        Column("is_insured_better", "flag", "True where insurance pays"),
        Column("factoring_cash_cents", "cents", "mean cash that assigning its invoices brings; 0 where none are fit"),
        Column("factoring_cost_cents", "cents", "yearly commission and interest, less the overdraft saved"),
        Column("factoring_rate", "number", "all-in yearly rate of that cash", nullable=True),
        Column("is_factored_better", "flag", "True where factoring pays, or the cash stated as lacking needs it"),
        Column("report_gain_cents", "cents", "expected loss that a report avoids, less its price"),
        Column("report_gain_low_cents", "cents", "low end of it"),
        Column("report_gain_high_cents", "cents", "high end of it"),
        Column("is_report_better", "flag", "True where a report pays"),
        Column("reason", "text", "why, in the language of the run"),
    ),
)


def price_cover(facts: pd.DataFrame, *, vat_rate: float, overdraft_rate: float, policy: CoverPolicy) -> pd.DataFrame:
    """`COVER` but for its reason, in their order.

    From: customer_id, name, risk_level, is_catch_all, is_held, sales_12m_cents, terms_days and late_days (missing:
          not known), insured_limit_cents, expected_loss_cents, expected_loss_low_cents, expected_loss_high_cents.

    Parameters
    ----------
    vat_rate
        Tax taken off sales for the premium.
    overdraft_rate
        Yearly cost of the cash that factoring replaces.
    policy
        Prices.

    """
    sales = facts["sales_12m_cents"].clip(lower=0).astype("float64")
    losses = {
        name: facts[f"expected_loss{end}_cents"].astype("float64")
        for name, end in (("", ""), ("_low", "_low"), ("_high", "_high"))
    }
    sound = ~facts["is_catch_all"] & ~facts["is_held"] & (sales > 0)
    fit = sound & facts["risk_level"].isin(policy.insurable_levels) & (facts["insured_limit_cents"] == 0)
    premium = (sales / (1 + vat_rate) * policy.premium_rate).where(fit, 0.0)
    insured = {end: (policy.insured_share * loss - premium).where(fit, 0.0) for end, loss in losses.items()}
    low, high = policy.report_avoided_range
    price = round(100 * policy.report_price)
    shares = {"": policy.report_avoided_share, "_low": low, "_high": high}
    asked = ~facts["is_catch_all"] & ~facts["is_held"]
    report = {end: (share * losses[end] - price).where(asked, 0.0) for end, share in shares.items()}
    factoring = _factoring(facts, sales, sound, overdraft_rate=overdraft_rate, policy=policy)
    return pd.DataFrame(
        {
            **{name: facts[name] for name in ("customer_id", "name", "risk_level", "expected_loss_cents")},
            "premium_cents": _cents(premium),
            **{f"insurance_gain{end}_cents": _cents(gain) for end, gain in insured.items()},
            "is_insured_better": insured[""] > 0,
            **factoring,
            **{f"report_gain{end}_cents": _cents(gain) for end, gain in report.items()},
            "is_report_better": report[""] > 0,
        },
        index=facts.index,
    )


def _factoring(
    facts: pd.DataFrame, sales: pd.Series, sound: pd.Series, *, overdraft_rate: float, policy: CoverPolicy
) -> dict[str, pd.Series]:
    """Cash, cost and choice of factoring: invoices of customers that an insurer would cover, cheapest first."""
    days = (facts["terms_days"].astype("float64") + facts["late_days"].astype("float64").fillna(0.0)).clip(lower=0)
    fit = sound & facts["risk_level"].isin(policy.insurable_levels) & (days > 0)
    cash = (sales * days / YEAR_DAYS * policy.advance_share).where(fit, 0.0)
    commission = (sales * policy.factoring_commission_rate).where(fit, 0.0)
    rate = commission / cash.where(cash > 0) + policy.factoring_rate
    cost = (cash * (rate - overdraft_rate)).fillna(0.0)
    chosen = fit & (cost < 0)
    if policy.cash_need_amount is not None:
        ordered = rate[fit].sort_values(kind="stable").index
        before = cash[ordered].cumsum() - cash[ordered]
        needed = before[before < 100 * policy.cash_need_amount].index
        chosen = chosen | facts.index.isin(needed)
    return {
        "factoring_cash_cents": _cents(cash),
        "factoring_cost_cents": _cents(cost),
        "factoring_rate": rate.where(fit),
        "is_factored_better": chosen,
    }


def _cents(values: pd.Series) -> pd.Series:
    whole: pd.Series = values.fillna(0.0).round().astype("int64")
    return whole


def cover_reasons(cover: pd.DataFrame, *, currency: str, policy: CoverPolicy) -> list[list[Message]]:
    """What is said of each customer, in the order of `cover`: one message a choice, or that none pays."""
    return [_reasons(row, currency, policy) for row in cover.to_dict("records")]


def _reasons(row: Mapping[Any, Any], currency: str, policy: CoverPolicy) -> list[Message]:
    def money(name: str) -> Money:
        return Money(int(row[name]), currency)

    said = []
    if row["is_insured_better"]:
        said.append(message("Insure: {gain} a year beyond a premium of {premium} (from {low} to {high})",
                            gain=money("insurance_gain_cents"), premium=money("premium_cents"),
                            low=money("insurance_gain_low_cents"),
                            high=money("insurance_gain_high_cents")))  # fmt: skip
    if row["is_factored_better"]:
        said.append(message("Assign its invoices: {cash} of cash at {rate} % a year all in",
                            cash=money("factoring_cash_cents"),
                            rate=round(100 * float(row["factoring_rate"]), 1)))  # fmt: skip
    if row["is_report_better"]:
        said.append(message("Buy a report: it avoids {gain} of expected loss beyond its price (from {low} to {high})",
                            gain=money("report_gain_cents"), low=money("report_gain_low_cents"),
                            high=money("report_gain_high_cents")))  # fmt: skip
    if not said and int(row["premium_cents"]) == 0:
        said.append(message("Nothing pays: it cannot be insured, or is already; a loss of {loss} is expected in a "
                            "year, for a report at {price}", loss=money("expected_loss_cents"),
                            price=Money(round(100 * policy.report_price), currency)))  # fmt: skip
    elif not said:
        said.append(message("Nothing pays: a loss of {loss} is expected in a year, for a premium of {premium} and a "
                            "report at {price}", loss=money("expected_loss_cents"), premium=money("premium_cents"),
                            price=Money(round(100 * policy.report_price), currency)))  # fmt: skip
    return said


def cover_notes(cover: pd.DataFrame, *, currency: str, overdraft_rate: float) -> tuple[Message, ...]:
    """What insuring, factoring and enquiring come to; nothing where nobody is concerned."""
    said = []
    insurable = cover[cover["premium_cents"] > 0]
    if len(insurable):
        gain = insurable[["insurance_gain_cents", "insurance_gain_low_cents", "insurance_gain_high_cents"]].sum()
        said.append(message(
            "Credit insurance on all {count:insurable customer|insurable customers}: a premium of {premium} a year; "
            "less the loss it takes over, a balance of {gain} (from {low} to {high}). It pays for {better} of them.",
            count=len(insurable), premium=Money(int(insurable["premium_cents"].sum()), currency),
            gain=Money(int(gain.iloc[0]), currency), low=Money(int(gain.iloc[1]), currency),
            high=Money(int(gain.iloc[2]), currency), better=int(insurable["is_insured_better"].sum()),
        ))  # fmt: skip
    fit = cover[cover["factoring_cash_cents"] > 0]
    if len(fit):
        cash = int(fit["factoring_cash_cents"].sum())
        rate = float((fit["factoring_rate"] * fit["factoring_cash_cents"]).sum()) / cash
        said.append(message(
            "Factoring everything that can be assigned: {cash} of cash at {rate} % a year all in, against "
            "{overdraft} % for the cash it replaces.",
            cash=Money(cash, currency), rate=round(100 * rate, 1), overdraft=round(100 * overdraft_rate, 1),
        ))  # fmt: skip
    return tuple(said)
