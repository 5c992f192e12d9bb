"""The part of the policy that says what to do: how a loss is read from the past, how much credit, who decides.

Shares are of 1, amounts in the portfolio's currency. What is shipped are conventions to begin with: the sources are
named where there is one, and each company sets its own.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from riskkit.policy_actions import ActionsPolicy
from riskkit.policy_dunning import DunningPolicy
from riskkit.policy_scenarios import ScenariosPolicy, StressPolicy
from riskkit.policy_scores import FORCING_EVENTS, LEVELS
from riskkit.policy_segments import SegmentsPolicy
from riskkit.policy_terms import CoverPolicy, OrderPolicy, TermsPolicy

Share = Annotated[float, Field(ge=0, le=1)]
CLASSES = ("1", "2", "3", "4", "5", "unknown")
GRANTED = tuple(level for level in LEVELS if level != "high")
"""Levels that may be granted credit at one's own risk: never the red class."""


class LossPolicy(BaseModel):
    """How much of what is late is lost in the end, read from how items moved between ages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_months: Annotated[int, Field(ge=2, le=120)] = Field(
        12, description="pairs of month ends below which the ledger says nothing of losses"
    )
    oldest_loss_rate: Share | None = Field(
        None, description="part of the oldest bucket that is lost; none: from its own write-offs and settlements"
    )
    unknown_loss_rate: Share = Field(
        1.0, description="part of the oldest bucket taken as lost where too little of it ever ended"
    )
    min_ends: Annotated[int, Field(ge=1, le=10_000)] = Field(
        20, description="items of the oldest bucket settled or written off below which its own past says nothing"
    )
    min_written_off: Annotated[int, Field(ge=1, le=10_000)] = Field(
        5, description="of these, items written off below which losses are taken as not booked yet"
    )

    procedure_loss_shares: dict[str, Share] = Field(
        {"liquidation": 0.95, "receivership": 0.75, "safeguard": 0.50, "ceased": 0.90},
        description="part of a claim lost on a company in a procedure, or that ceased, by state",
    )

    @field_validator("procedure_loss_shares")
    @classmethod
    def _known_states(cls, shares: dict[str, float]) -> dict[str, float]:
        unknown = sorted(set(shares) - set(FORCING_EVENTS))
        if unknown:
            raise ValueError(f"'{unknown[0]}' is no state; states are {', '.join(FORCING_EVENTS[:4])}")
        return shares


class DelegationLevel(BaseModel):
    """Who may grant credit up to an amount; the last level has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        description="who: a role of the table of delegations"
    )
    up_to_amount: Annotated[float, Field(gt=0)] | None = Field(None, description="up to this amount; none: any")


DELEGATION = (
    DelegationLevel(role="credit_analyst", up_to_amount=10_000),
    DelegationLevel(role="credit_manager", up_to_amount=50_000),
    DelegationLevel(role="finance_director", up_to_amount=200_000),
    DelegationLevel(role="managing_director"),
)
"""Roles shipped; their names are translated, others are shown as written."""


class CreditLimitPolicy(BaseModel):
    """Credit limits: the need, what caps it, alerts, reviews and delegation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    terms_coefficients: dict[Annotated[int, Field(ge=0, le=720)], Annotated[float, Field(gt=0, le=3)]] = Field(
        {30: 1.0, 45: 1.1, 60: 1.2},
        description="coefficient of the need by terms: up to so many days; the last holds beyond",
    )
    behaviour_coefficients: dict[str, Annotated[float, Field(ge=0, le=3)]] = Field(
        {"punctual": 1.2, "slightly_late": 1.0, "late": 0.8, "very_late": 0.5, "irregular": 0.8, "unknown": 1.0},
        description="coefficient of the need by profile of payer: above 1 for good behaviour, below for bad",
    )
    appetite_shares: dict[str, Share] = Field(
        {"low": 0.05, "moderate": 0.02, "unknown": 0.01},
        description="risk appetite: most of the company's own sales of twelve months at stake on one debtor, by level",
    )
    loss_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.01, description="largest expected loss of a year on a limit, as a share of the customer's sales"
    )
    class_probabilities: dict[str, Share] = Field(
        {"1": 0.02, "2": 0.05, "3": 0.12, "4": 0.30, "5": 0.60, "unknown": 0.12},
        description="chance of an event within a year by class, where no model gives it",
    )
    loss_given_event: Share = Field(
        0.25, description="part of the exposure lost once the event has come, where the ledger's past does not say"
    )
    equity_shares: dict[str, Share] = Field(
        {"low": 0.20, "moderate": 0.10, "unknown": 0.10},
        description="most of a debtor's equity that a limit may reach, by level; none where equity is not positive",
    )
    turnover_shares: dict[str, Share] = Field(
        {"low": 0.10, "moderate": 0.05, "unknown": 0.05},
        description="most of a debtor's own yearly sales that a limit may reach, by level",
    )
    accounts_max_days: Annotated[int, Field(ge=180, le=3_650)] = Field(
        913, description="age from which the accounts of a debtor no longer count"
    )
    step_amount: Annotated[float, Field(gt=0, le=100_000)] = Field(
        100.0, description="limits are multiples of this amount: a need is rounded up, a cap down"
    )
    alert_shares: tuple[Annotated[float, Field(gt=0, le=5)], ...] = Field(
        (0.5, 0.7, 0.9, 1.0), description="parts of a limit in use that raise an alert"
    )
    review_months: dict[str, Annotated[int, Field(ge=1, le=36)]] = Field(
        {"1": 12, "2": 9, "3": 6, "4": 3, "5": 1, "unknown": 3},
        description="months until a limit is looked at again, by class",
    )
    strained_review_months: Annotated[int, Field(ge=1, le=36)] = Field(
        1, description="at most so many from the last alert but one on"
    )
    delegation: tuple[DelegationLevel, ...] = Field(DELEGATION, description="who may grant a limit up to an amount")
    steps_up: dict[str, Annotated[int, Field(ge=0, le=5)]] = Field(
        {"low": 0, "moderate": 0, "high": 1, "unknown": 1},
        description="levels of delegation above that of the amount, by level of risk",
    )
    steps_up_over: Annotated[int, Field(ge=0, le=5)] = Field(
        1, description="levels of delegation to add where the customer is over its limit"
    )

    @field_validator("terms_coefficients")
    @classmethod
    def _some(cls, table: dict[int, float]) -> dict[int, float]:
        if not table:
            raise ValueError("at least one coefficient is needed")
        return dict(sorted(table.items()))

    @field_validator("appetite_shares", "equity_shares", "turnover_shares")
    @classmethod
    def _levels(cls, table: dict[str, float]) -> dict[str, float]:
        if sorted(table) != sorted(GRANTED):
            raise ValueError(f"one share for each of {', '.join(GRANTED)}; the red class has none")
        return table

    @field_validator("class_probabilities", "review_months")
    @classmethod
    def _classes(cls, table: dict[str, float]) -> dict[str, float]:
        if sorted(table) != sorted(CLASSES):
            raise ValueError(f"one value for each of {', '.join(CLASSES)}")
        return table

    @field_validator("review_months")
    @classmethod
    def _nearer(cls, table: dict[str, int]) -> dict[str, int]:
        if any(table[worse] > table[better] for better, worse in pairwise(CLASSES[:5])):
            raise ValueError("a worse class is not reviewed later than a better one")
        return table

    @field_validator("steps_up")
    @classmethod
    def _all_levels(cls, table: dict[str, int]) -> dict[str, int]:
        if sorted(table) != sorted(LEVELS):
            raise ValueError(f"one number for each of {', '.join(LEVELS)}")
        return table

    @field_validator("behaviour_coefficients")
    @classmethod
    def _unknown_too(cls, table: dict[str, float]) -> dict[str, float]:
        if "unknown" not in table:
            raise ValueError("'unknown' has a coefficient too")
        return table

    @field_validator("alert_shares")
    @classmethod
    def _alerts_grow(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        if len(shares) < 2 or any(b <= a for a, b in pairwise(shares)):
            raise ValueError("at least two alerts, growing")
        return shares

    @model_validator(mode="after")
    def _delegates(self) -> CreditLimitPolicy:
        amounts = [level.up_to_amount for level in self.delegation]
        below = [amount for amount in amounts[:-1] if amount is not None]
        if not amounts or amounts[-1] is not None or len(below) < len(amounts) - 1:
            raise ValueError("every level of delegation has an amount but the last, which has none")
        if any(b <= a for a, b in pairwise(below)):
            raise ValueError("amounts of delegation grow")
        return self


class ProvisionPolicy(BaseModel):
    """What is set aside for losses, by IFRS 9 and by the French tax rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outlook_factor: Annotated[float, Field(ge=0.1, le=10)] = Field(
        1.0, description="forward-looking factor on the loss rates of the past; 1 when the outlook is that of the past"
    )
    outlook_reason: Annotated[str, Field(max_length=300)] = Field(
        "", description="why that factor: kept beside the figures it changes"
    )
    fallback_rates: dict[Annotated[int, Field(ge=0)], Share] = Field(
        {0: 0.003, 30: 0.016, 60: 0.036, 90: 0.066, 180: 0.106},
        description="loss rates up to so many days past due where the ledger is too short for its own; the last holds "
        "beyond. Shipped: illustrative example 12 of IFRS 9",
    )
    vat_rate: Annotated[float, Field(ge=0, le=1)] = Field(
        0.20, description="VAT taken off a claim whose amount without tax is not in the files"
    )
    dispute_loss_share: Share = Field(0.50, description="part of a disputed claim taken as compromised")
    stated_shares: dict[str, Share] = Field(
        {}, description="part of the claims on a customer judged compromised by hand, by customer_id"
    )

    @field_validator("fallback_rates")
    @classmethod
    def _in_order(cls, rates: dict[int, float]) -> dict[int, float]:
        if not rates:
            raise ValueError("at least one rate is needed")
        return dict(sorted(rates.items()))


class DecisionsPolicy(BaseModel):
    """What to do about each customer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    losses: LossPolicy = Field(LossPolicy(), description="what part of what is late is lost")
    limits: CreditLimitPolicy = Field(CreditLimitPolicy(), description="credit limits")
    provision: ProvisionPolicy = Field(ProvisionPolicy(), description="provision for losses")
    segments: SegmentsPolicy = Field(SegmentsPolicy(), description="segments of customers and their strategies")
    dunning: DunningPolicy = Field(DunningPolicy(), description="whom to dun, how, and when not")
    terms: TermsPolicy = Field(TermsPolicy(), description="terms, deposits, plans and discounts")
    cover: CoverPolicy = Field(CoverPolicy(), description="prices of insurance, factoring and reports")
    orders: OrderPolicy = Field(OrderPolicy(), description="answers to new orders and new customers")
    scenarios: ScenariosPolicy = Field(ScenariosPolicy(), description="what-if")
    stress: StressPolicy = Field(StressPolicy(), description="shocks")
    actions: ActionsPolicy = Field(ActionsPolicy(), description="the action plan, its owners and their bonus")
