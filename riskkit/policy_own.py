"""Measures of one's own, targets, and the few figures of a balance sheet that a ledger does not hold."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

SUFFIXES = {"amount": ("_amount",), "days": ("_days",), "share": ("_share", "_rate"), "count": ("_count",)}


class Target(BaseModel):
    """What a measure is compared with: green at `target` or better, red at `alert` or worse, orange in between.

    Less is better when `alert` is above `target`, more is better when it is below.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: float = Field(description="green at this value or better")
    alert: float = Field(description="red at this value or worse; above the target when less is better")

    @model_validator(mode="after")
    def _differ(self) -> Target:
        if self.target == self.alert:
            raise ValueError("target and alert must differ")
        return self

    @property
    def lower_is_better(self) -> bool:
        """Whether less is better."""
        return self.alert > self.target

    def colour(self, value: float) -> Literal["green", "orange", "red"]:
        """The colour of a value, in the unit of its measure.

        Examples
        --------
        >>> [Target(target=45, alert=60).colour(days) for days in (45, 45.1, 60)]
        ['green', 'orange', 'red']
        >>> [Target(target=0.9, alert=0.7).colour(rate) for rate in (0.95, 0.8, 0.7)]
        ['green', 'orange', 'red']

        """
        sign = 1 if self.lower_is_better else -1
        if sign * value <= sign * self.target:
            return "green"
        return "red" if sign * value >= sign * self.alert else "orange"


class OwnMeasure(BaseModel):
    """A measure that a portfolio defines by a formula over named figures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,49}$", description="its code, ending with its unit")]
    label: Annotated[str, Field(min_length=1, max_length=60, description="its name on pages")]
    formula: Annotated[str, Field(min_length=1, max_length=500, description="over named figures: + − × ÷ min max abs")]
    unit: Literal["amount", "days", "share", "count"] = Field(description="amount, days, share or count")
    definition: Annotated[str, Field(max_length=200)] = Field("", description="what it means, in one line")
    lower_is_better: bool | None = Field(None, description="whether less is better; from the target when there is one")
    target: Target | None = Field(None, description="what it is compared with")

    @model_validator(mode="after")
    def _unit_in_name(self) -> OwnMeasure:
        if not self.name.endswith(SUFFIXES[self.unit]):
            raise ValueError(f"name must end with {' or '.join(SUFFIXES[self.unit])}")
        return self


class BalanceSheet(BaseModel):
    """Figures of the company's own balance sheet, in its currency. Each is optional: what needs it says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    closing_date: dt.date = Field(description="date of the balance sheet; nothing is computed from it before")
    supplier_debts_amount: Annotated[float, Field(ge=0)] | None = Field(None, description="owed to suppliers, TTC")
    purchases_amount: Annotated[float, Field(gt=0)] | None = Field(None, description="purchases of the year, TTC")
    cost_of_purchases_amount: Annotated[float, Field(gt=0)] | None = Field(
        None, description="cost of purchases of the year, for the other convention of DPO"
    )
    stocks_amount: Annotated[float, Field(ge=0)] | None = Field(None, description="stocks, net")
    other_operating_assets_amount: Annotated[float, Field(ge=0)] = Field(0, description="other operating assets")
    other_operating_debts_amount: Annotated[float, Field(ge=0)] | None = Field(
        None, description="tax, social and other operating debts"
    )
    receivables_amount: Annotated[float, Field(ge=0)] | None = Field(
        None, description="customers at that date; absent: the ledger's at the date of the run"
    )
    sales_excl_tax_amount: Annotated[float, Field(gt=0)] | None = Field(
        None, description="sales of the year, without tax"
    )
