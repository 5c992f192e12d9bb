"""The part of the policy about the action plan: who is in it, by when, and the bonus on cash collected."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class ActionsPolicy(BaseModel):
    """Which customers the plan lists, how long each kind of action may take, what cash collected earns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_amount: Annotated[float, Field(ge=0)] = Field(
        500.0, description="euros at stake under which a customer is not in the plan; a claim to declare always is"
    )
    dispute_days: Annotated[int, Field(ge=1, le=180)] = Field(15, description="days to settle a dispute")
    limit_days: Annotated[int, Field(ge=1, le=180)] = Field(7, description="days to decide on a limit that is over")
    terms_days: Annotated[int, Field(ge=1, le=365)] = Field(30, description="days to agree on other terms")
    data_days: Annotated[int, Field(ge=1, le=365)] = Field(30, description="days to complete missing data")
    period_days: Annotated[int, Field(ge=7, le=731)] = Field(
        91, description="days over which cash collected is counted by owner"
    )
    bonus_rate: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="bonus of an owner, as a share of the cash collected over the period; 0: none"
    )
