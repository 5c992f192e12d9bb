"""The part of the policy that says what counts as a driver of the unpaid, and where a company stands in the matrix."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class DriverPolicy(BaseModel):
    """What a group needs to be announced, and how the search is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_overdue_customers: Annotated[int, Field(ge=2, le=100)] = Field(
        5, description="overdue customers below which a group is not announced"
    )
    max_largest_share: Annotated[float, Field(gt=0.0, le=1.0)] = Field(
        0.5, description="part of a group's overdue from which one customer is the story, not the group"
    )
    customer_share: Annotated[float, Field(gt=0.0, le=1.0)] = Field(
        0.10, description="part of everything overdue, beyond its share, that names a customer"
    )
    false_alarm_rate: Annotated[float, Field(gt=0.0, lt=0.5)] = Field(
        0.05, description="chance of announcing any group when none matters"
    )
    max_findings: Annotated[int, Field(ge=1, le=20)] = Field(4, description="groups and pairs announced at most")
    permutations: Annotated[int, Field(ge=199, le=20_000)] = Field(
        999, description="times customers are dealt anew to groups, within their size"
    )
    size_strata: Annotated[int, Field(ge=1, le=20)] = Field(5, description="classes of sales in which sizes are equal")
    max_groups: Annotated[int, Field(ge=2, le=500)] = Field(
        40, description="groups kept of a column of the client's file; smaller ones are taken together"
    )
    number_classes: Annotated[int, Field(ge=2, le=20)] = Field(
        5, description="classes that a column of numbers is cut into, equal in customers"
    )
    stable_months: Annotated[int, Field(ge=0, le=60)] = Field(
        12, description="month ends at which the same excess is looked for"
    )


class MatrixPolicy(BaseModel):
    """Where low receivables end and many customers begin."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    high_receivables_days: Annotated[float, Field(gt=0, le=365)] = Field(
        60.0, description="DSO from which receivables are high; 60 days is the longest term the law allows"
    )
    many_customers_number: Annotated[float, Field(gt=1, le=10_000)] = Field(
        20.0, description="effective number of debtors (1 ÷ HHI) from which customers are many"
    )
