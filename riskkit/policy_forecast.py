"""The part of the policy about the cash forecast: how far, from how much history, tested on how many past dates."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

HORIZON_WEEKS = 13
HORIZON_DAYS = 7 * HORIZON_WEEKS
LEVELS = (0.5, 0.8, 0.95)
"""Levels of the intervals of the cash forecast."""


class ForecastPolicy(BaseModel):
    """How payment times are learned and tested. The horizon, 13 weeks, is that of the trade and is not a setting."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum_settled: Annotated[int, Field(ge=5, le=1000)] = Field(
        30, description="settled invoices from which payment times are estimated; fewer: the due dates are shown"
    )
    customer_settled: Annotated[int, Field(ge=1, le=100)] = Field(
        5, description="settled invoices from which a customer's own habit is said to be known"
    )
    history_days: Annotated[int, Field(ge=180, le=3660)] = Field(
        1096, description="invoices issued this long before the date teach; older ones are left out"
    )
    never_after_days: Annotated[int, Field(ge=180, le=1830)] = Field(
        730, description="what is not expected within this many days is counted as never paid"
    )
    backtest_dates: Annotated[int, Field(ge=0, le=36)] = Field(
        9, description="past dates, four weeks apart, on which the forecast is tested; 0 tests nothing"
    )
    future_billing: bool = Field(
        False, description="True adds, apart, the cash of invoices not issued yet, at the recent rhythm of billing"
    )
    habit_change_kinds: tuple[str, ...] = Field(
        ("electronic_invoicing", "direct_debit", "payment_change"),
        description="kinds of customer events from whose date on the customer may pay at another pace",
    )
    hold_kinds: tuple[str, ...] = Field(
        ("safeguard", "receivership", "liquidation"),
        description="kinds of customer events from whose date on payments are held back",
    )
