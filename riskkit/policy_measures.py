"""The part of the policy about measures: targets, measures of one's own, profiles of payers, penalties, financing."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from riskkit.policy_own import OwnMeasure, Target


class ProfilePolicy(BaseModel):
    """Where the profiles of payers begin and end."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_items: Annotated[int, Field(ge=2, le=100)] = Field(
        5, description="items due in the period under which nothing is said of a payer"
    )
    punctual_days: Annotated[float, Field(ge=0, le=60)] = Field(
        5, description="mean days late, by euro, up to which a payer is punctual"
    )
    slightly_late_days: Annotated[float, Field(ge=1, le=120)] = Field(
        15, description="mean days late up to which a payer is slightly late"
    )
    late_days: Annotated[float, Field(ge=1, le=365)] = Field(
        45, description="mean days late up to which a payer is late; beyond, very late"
    )
    irregular_days: Annotated[float, Field(ge=1, le=365)] = Field(
        30, description="standard deviation of days late from which a payer is irregular rather than late"
    )

    @model_validator(mode="after")
    def _grow(self) -> ProfilePolicy:
        if not self.punctual_days < self.slightly_late_days < self.late_days:
            raise ValueError("punctual_days, slightly_late_days and late_days must grow")
        return self


class PenaltyPolicy(BaseModel):
    """How late-payment penalties are computed (Code de commerce, L441-10 and D441-5)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contract_rate: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="yearly rate of the general terms of sale; none: ECB rate + 10 points. Never under 3 × legal"
    )
    points: Annotated[float, Field(ge=0, le=1)] = Field(0.10, description="added to the ECB rate by default")
    public_points: Annotated[float, Field(ge=0, le=1)] = Field(0.08, description="added for a public buyer")
    indemnity_cents: Annotated[int, Field(ge=0)] = Field(
        4_000, description="fixed indemnity for each late invoice, in cents (40 €)"
    )
    public_legal_forms: tuple[str, ...] = Field(
        ("7", "4"), description="beginnings of legal form codes of public buyers"
    )
    ecb_rates: dict[dt.date, float] = Field(
        {}, description="ECB main refinancing rates to add to those known, by the day they take effect"
    )
    legal_rates: dict[dt.date, float] = Field(
        {}, description="legal interest rates (professional creditor) to add, by first day of the half-year"
    )
    known_until: dt.date | None = Field(
        None, description="last day until which these rates are known; a later half-year is not computed"
    )


class MeasuresPolicy(BaseModel):
    """Measures beyond the formulas: what they are compared with, and what they need to know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    financing_rate: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="yearly cost of short-term financing, for the cost of a day of DSO"
    )
    legal_maximum_days: Annotated[int, Field(ge=1, le=120)] = Field(
        60, description="longest delay the law allows from the issue date (L441-10)"
    )
    transition_months: Annotated[int, Field(ge=1, le=120)] = Field(
        12, description="months of the latest matrix of transitions"
    )
    targets: dict[str, Target] = Field(
        {},
        description="measures of riskkit with what each is compared with, "
        "for instance dso_days with a target of 45 and an alert at 60",
    )
    own: tuple[OwnMeasure, ...] = Field((), description="measures of one's own, each a formula over named figures")
    profiles: ProfilePolicy = Field(ProfilePolicy(), description="profiles of payers")
    penalties: PenaltyPolicy = Field(PenaltyPolicy(), description="late-payment penalties")
