"""The part of the policy that says on what terms to sell: delays, deposits, guarantees, instalments, discounts, cover.

Shares are of 1, amounts in the portfolio's currency. Prices shipped are orders of magnitude to be replaced by those of
one's own contracts: nobody is insured at a price that a file does not state.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from riskkit.policy_scores import LEVELS

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, le=1)]


class TermsPolicy(BaseModel):
    """What terms each customer is offered, and how what is overdue may be spread."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    activity: str = Field(
        "general", description="activity of the seller in the table of legal terms (L441-10, L441-11)"
    )
    days_by_level: dict[str, Annotated[int, Field(ge=0, le=90)]] = Field(
        {"low": 60, "moderate": 45, "unknown": 30, "high": 0},
        description="longest terms by level of risk, days; 0: payment before delivery",
    )
    days_by_profile: dict[str, Annotated[int, Field(ge=0, le=90)]] = Field(
        {"late": 45, "irregular": 45, "very_late": 30},
        description="longest terms by profile of payer, days; a profile without a line has none",
    )
    kept_within_days: Annotated[int, Field(ge=0, le=15)] = Field(
        3, description="terms no further than this above the longest are left alone"
    )
    deposit_step: Annotated[float, Field(gt=0, le=0.5)] = Field(0.05, description="deposits are multiples of this")
    largest_deposit: Share = Field(0.5, description="largest deposit asked of a customer that keeps credit")
    guarantee_amount: Annotated[float, Field(ge=0)] = Field(
        5_000.0, description="need beyond limit and deposit from which a guarantee is asked for"
    )
    plan_amount: Annotated[float, Field(ge=0)] = Field(
        1_000.0, description="overdue amount, disputes left out, from which an instalment plan is proposed"
    )
    plan_capacity_share: Annotated[float, Field(gt=0, le=3)] = Field(
        0.5, description="what a customer can pay each month of its arrears, as a share of its mean monthly purchases"
    )
    longest_plan_months: Annotated[int, Field(ge=2, le=24)] = Field(6, description="most instalments of a plan")
    plan_first_days: Annotated[int, Field(ge=0, le=60)] = Field(15, description="days until the first instalment")
    cash_rate: Rate = Field(
        0.06, description="yearly cost of cash (overdraft) where measures.financing_rate is not given"
    )
    discount_days: Annotated[int, Field(ge=0, le=60)] = Field(8, description="days in which a discounted bill is paid")
    discount_step: Annotated[float, Field(gt=0, le=0.05)] = Field(0.001, description="discounts are multiples of this")
    least_discount: Annotated[float, Field(gt=0, le=0.1)] = Field(
        0.005, description="smaller discounts are not worth a line on an invoice"
    )
    largest_discount: Annotated[float, Field(gt=0, le=0.1)] = Field(0.02, description="largest discount offered")

    @field_validator("days_by_level")
    @classmethod
    def _levels(cls, table: dict[str, int]) -> dict[str, int]:
        if sorted(table) != sorted(LEVELS):
            raise ValueError(f"one number of days for each of {', '.join(LEVELS)}")
        return table


class CoverPolicy(BaseModel):
    """What insurance, factoring and reports on companies cost, and what they avoid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    premium_rate: Rate = Field(0.0025, description="credit insurance: premium as a share of insured sales")
    insured_share: Share = Field(0.9, description="part of a loss that the insurer pays")
    insurable_levels: tuple[str, ...] = Field(
        ("low", "moderate", "unknown"), description="levels of risk that an insurer is taken to cover"
    )
    factoring_commission_rate: Rate = Field(0.006, description="factoring: commission on the invoices assigned")
    factoring_rate: Rate = Field(0.045, description="factoring: yearly rate on the money advanced")
    advance_share: Share = Field(0.9, description="part of an invoice that the factor advances")
    overdraft_rate: Rate | None = Field(
        None, description="yearly cost of the cash that factoring replaces; none: the cost of cash"
    )
    cash_need_amount: Annotated[float, Field(ge=0)] | None = Field(
        None, description="cash that the company lacks; none: not stated, so that factoring is priced, not decided"
    )
    report_price: Annotated[float, Field(ge=0)] = Field(35.0, description="price of a report on a company")
    report_avoided_share: Share = Field(
        0.15, description="part of the expected loss on a customer that a report read in time avoids"
    )
    report_avoided_range: tuple[Share, Share] = Field((0.05, 0.30), description="low and high of that part")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, high = self.report_avoided_range
        if not low <= self.report_avoided_share <= high:
            raise ValueError("report_avoided_share lies in report_avoided_range")
        return self


class OrderPolicy(BaseModel):
    """What is answered to an order, or to a new customer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    author: Annotated[str, Field(max_length=80)] = Field(
        "", description="who decides, in the log of decisions, where --author does not say"
    )

    new_customer_amount: Annotated[float, Field(ge=0)] = Field(
        3_000.0, description="credit of a customer of which nothing is known but a valid SIREN"
    )
    new_customer_days: Annotated[int, Field(ge=0, le=60)] = Field(30, description="longest terms of a new customer")
    smallest_deposit: Share = Field(0.1, description="a deposit under this is not asked for: the order is accepted")
    largest_deposit: Share = Field(0.5, description="beyond this deposit somebody has to approve the order")
    blocked_overdue_days: Annotated[int, Field(ge=1, le=365)] = Field(
        60, description="an item this late refuses new credit until it is paid"
    )
    blocked_overdue_amount: Annotated[float, Field(ge=0)] = Field(
        500.0, description="overdue amount at that age under which it refuses nothing"
    )
    refused_states: tuple[str, ...] = Field(
        ("liquidation", "ceased"), description="states of a company with which nothing more is sold on credit"
    )
    prepaid_states: tuple[str, ...] = Field(
        ("receivership", "safeguard"), description="states in which orders are paid before delivery"
    )
    refused_loss_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.10, description="expected loss above this share of the order refuses it"
    )
