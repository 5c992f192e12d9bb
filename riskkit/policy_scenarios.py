"""The part of the policy about what-if and stress: levers, whom they are pulled on, and how customers react.

A range is `middle`, `low` and `high`: the two ends hold 95 chances in 100. Where the ledger shows how customers reacted
to a change (see `models.pass_through`), it corrects the range; otherwise the range is an assumption, said to be one.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from riskkit.policy_scores import LEVELS

Share = Annotated[float, Field(ge=0, le=1)]
Target = Literal["all", "section", "division", "segment", "customer", "largest_overdue_section", "risk_level"]
MOST_COMPARED = 3


class Range(BaseModel):
    """A value that is not known: its middle, and the ends that hold it 95 times in 100."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    middle: float
    low: float
    high: float

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.middle <= self.high:
            raise ValueError("low ≤ middle ≤ high")
        return self


def _shares(value: Range) -> Range:
    if not (value.low >= 0 and value.high <= 1):
        raise ValueError("shares lie between 0 and 1")
    return value


class Reactions(BaseModel):
    """How customers are taken to react to a lever."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pass_through: Range = Field(
        Range(middle=0.75, low=0.45, high=1.0),
        description="part of a change of terms by which payments move: 1 follows to the day, 0 not at all",
    )
    followers_share: Range = Field(
        Range(middle=0.8, low=0.6, high=0.95), description="part of customers that accept a deposit asked of them"
    )
    discount_takers_share: Range = Field(
        Range(middle=0.3, low=0.1, high=0.6), description="part of customers that take an early-payment discount"
    )
    dunning_gain_share: Range = Field(
        Range(middle=0.25, low=0.1, high=0.4), description="part of the days late that systematic dunning saves"
    )
    lost_sales_share: Range = Field(
        Range(middle=0.02, low=0.0, high=0.05),
        description="part of the sales concerned lost when terms get harder (shorter terms, deposits)",
    )
    growth_spread: Annotated[float, Field(ge=0, le=1)] = Field(
        0.10, description="standard deviation of the growth of sales over last year's same weeks"
    )
    loss_spread: Annotated[float, Field(ge=0, le=2)] = Field(
        0.30, description="standard deviation, in log, of the expected loss of customers"
    )

    @field_validator("pass_through", "followers_share", "discount_takers_share", "dunning_gain_share",
                     "lost_sales_share")  # fmt: skip
    @classmethod
    def _between(cls, value: Range) -> Range:
        return _shares(value)


class Scenario(BaseModel):
    """Levers pulled on some customers from the day after the date of the run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_]+$")] = Field(
        description="its code, in small letters without spaces"
    )
    title: Annotated[str, Field(max_length=120)] = Field(
        "", description="shown instead of a sentence made of its levers"
    )
    target: Target = Field(
        "all",
        description="whom it concerns: everyone, a section, a segment, a customer, a level of risk, "
        "or the section with most overdue",
    )
    value: Annotated[str, Field(max_length=60)] = Field("", description="which section, segment, customer or level")
    terms: Annotated[str, Field(max_length=12)] = Field("", description="new terms (30, 45FM…); empty: unchanged")
    only_shorter: bool = Field(True, description="customers whose terms are already shorter keep them")
    deposit_share: Share = Field(0.0, description="deposit asked with the order, as a share of it")
    discount_rate: Annotated[float, Field(ge=0, le=0.2)] = Field(
        0.0, description="early-payment discount, as a share of the invoice"
    )
    discount_days: Annotated[int, Field(ge=0, le=60)] = Field(
        8, description="days in which the discounted bill is paid"
    )
    limit_factor: Annotated[float, Field(ge=0, le=1)] = Field(1.0, description="limits times this; 1: unchanged")
    dunning: bool = Field(False, description="every late item is dunned systematically")

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        pulled = self.terms or self.deposit_share or self.discount_rate or self.limit_factor < 1 or self.dunning
        if not pulled:
            raise ValueError("a scenario changes terms, deposits, discounts, limits or dunning")
        if self.target in ("section", "division", "segment", "customer", "risk_level") and not self.value:
            raise ValueError(f"'value' says which {self.target}")
        if self.target == "risk_level" and self.value not in LEVELS:
            raise ValueError(f"levels are {', '.join(LEVELS)}")
        return self


SCENARIOS = (
    Scenario(name="tighten_worst_sector", target="largest_overdue_section", terms="30", dunning=True),
    Scenario(name="deposit_high_risk", target="risk_level", value="high", deposit_share=0.3),
)
"""Scenarios shipped: the sector behind most of the unpaid on shorter terms and dunned, and deposits from risky ones."""


class ScenariosPolicy(BaseModel):
    """What-if: scenarios to compare, and how customers are taken to react."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    compared: tuple[Scenario, ...] = Field(SCENARIOS, description="scenarios compared in a run, three at most")
    reactions: Reactions = Field(
        Reactions(), description="how customers react, each as its middle and the low and high of its interval"
    )
    margin_rate: Share = Field(0.25, description="margin on sales that are lost, without tax")
    deposit_lead_days: Annotated[int, Field(ge=0, le=120)] = Field(
        30, description="days between the order, when a deposit is paid, and the invoice"
    )
    draws: Annotated[int, Field(ge=100, le=5_000)] = Field(400, description="draws of the intervals")

    @field_validator("compared")
    @classmethod
    def _few(cls, scenarios: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
        names = [scenario.name for scenario in scenarios]
        if len(names) > MOST_COMPARED or len(set(names)) < len(names):
            raise ValueError(f"at most {MOST_COMPARED} scenarios, each with a name of its own")
        return scenarios


class StressPolicy(BaseModel):
    """Shocks, and what breaks the treasury."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    delay_shock_days: Annotated[int, Field(ge=1, le=180)] = Field(
        15, description="days later that the sector with most receivables pays"
    )
    failure_factor: Annotated[float, Field(ge=1, le=50)] = Field(
        3.0, description="chance of failure of that sector times this"
    )
    top_counts: tuple[Annotated[int, Field(ge=1, le=1_000)], ...] = Field(
        (1, 3, 10), description="failure of so many largest debtors"
    )
    failed_loss_share: Share = Field(0.9, description="part of a claim lost on a debtor that fails")
    cascade_share: Share = Field(
        0.5, description="chance that a company fails once another company of its group has failed"
    )
    opening_cash_amount: float | None = Field(None, description="cash at the date of the run; none: not stated")
    weekly_outflow_amount: Annotated[float, Field(ge=0)] | None = Field(
        None, description="mean cash paid out a week; none: not stated"
    )
    floor_amount: float = Field(0.0, description="cash below which the treasury breaks, where cash is stated")
    floor_share: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.9,
        description="where cash is not stated: cash behind the plan by more than the rest of it breaks the treasury",
    )

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.opening_cash_amount is None) != (self.weekly_outflow_amount is None):
            raise ValueError("opening_cash_amount and weekly_outflow_amount are given together")
        return self
