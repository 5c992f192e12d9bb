"""The part of the policy that says who is a risk: the grid of the expert score, what forces a class, and the models.

A criterion reads one figure of a customer against four cut points and gives a note of 1 (very low risk) to 5 (very
high). Cut points that grow mean that more is worse; cut points that fall mean that less is worse.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

LEVELS = ("low", "moderate", "high", "unknown")
"""The three classes, and the customers of whom nothing can be said."""

FAMILIES = {
    "behaviour": (
        "dbt_days",
        "dbt_trend_days",
        "late_share",
        "broken_share",
        "overdue_share",
        "oldest_overdue_days",
    ),
    "relation": ("relation_months", "invoices_12m_count", "basket_ratio"),
    "solvency": ("bureau_class", "altman_z", "solvency_ratio", "alert_count", "sector_level"),
}
"""Criteria of the grid by family."""

CRITERIA = tuple(name for names in FAMILIES.values() for name in names)
OWN_CRITERIA = (*FAMILIES["behaviour"], "bureau_class", "altman_z", "solvency_ratio")
"""Criteria that say something of the customer itself: without any of them it is unknown. The age of the relation, the
absence of a privilege and the sector are shared with many and are not enough for a class."""
FORCING_EVENTS = ("liquidation", "receivership", "safeguard", "ceased", "privilege", "protest")


class Criterion(BaseModel):
    """One line of the grid: its weight and the four cut points between the notes 1, 2, 3, 4 and 5."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight: Annotated[float, Field(ge=0, le=100)]
    cuts: tuple[float, float, float, float]

    @field_validator("cuts")
    @classmethod
    def _one_way(cls, cuts: tuple[float, ...]) -> tuple[float, ...]:
        grows = all(b >= a for a, b in pairwise(cuts))
        falls = all(b <= a for a, b in pairwise(cuts))
        if not (grows or falls) or cuts[0] == cuts[-1]:
            raise ValueError("the four cut points grow, or fall, and are not all the same")
        return cuts

    @property
    def grows(self) -> bool:
        """Whether more is worse."""
        return self.cuts[-1] > self.cuts[0]


def _line(weight: float, *cuts: float) -> Criterion:
    return Criterion(weight=weight, cuts=(cuts[0], cuts[1], cuts[2], cuts[3]))


GRID = {
    "dbt_days": _line(15, 5, 15, 30, 60),
    "dbt_trend_days": _line(5, 2, 8, 15, 30),
    "late_share": _line(10, 0.10, 0.25, 0.50, 0.75),
    "broken_share": _line(8, 0.0, 0.05, 0.15, 0.30),
    "overdue_share": _line(7, 0.05, 0.20, 0.40, 0.70),
    "oldest_overdue_days": _line(10, 5, 30, 60, 90),
    "relation_months": _line(6, 30, 18, 12, 6),
    "invoices_12m_count": _line(4, 12, 6, 3, 1),
    "basket_ratio": _line(5, 1.3, 1.6, 2.0, 3.0),
    "bureau_class": _line(12, 1, 2, 3, 4),
    "altman_z": _line(6, 2.6, 1.85, 1.1, 0.0),
    "solvency_ratio": _line(3, 1.5, 1.25, 1.0, 0.8),
    "alert_count": _line(5, 0, 0, 0, 1),
    "sector_level": _line(4, 1, 2, 3, 4),
}
"""The grid shipped: weights add up to 100, behaviour 55, relation 15, solvency 30."""


class ScoringPolicy(BaseModel):
    """The expert score, the event that statistical scores predict, and the classes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grid: dict[str, Criterion] = Field(
        GRID, description="lines of the expert grid: weight, and cut points between the notes 1 to 5"
    )
    class_cuts: tuple[float, float, float, float] = Field(
        (1.8, 2.6, 3.4, 4.2),
        description="cut points of the weighted note between the classes 1 to 5; by default five equal steps",
    )
    three_classes: dict[int, Literal["low", "moderate", "high"]] = Field(
        {1: "low", 2: "low", 3: "moderate", 4: "high", 5: "high"},
        description="the three classes of the five",
    )
    forced_classes: dict[str, Annotated[int, Field(ge=1, le=5)]] = Field(
        {"liquidation": 5, "receivership": 5, "ceased": 5, "safeguard": 4, "privilege": 4, "protest": 4},
        description="lowest class that a legal event leaves possible",
    )
    alert_window_days: Annotated[int, Field(ge=28, le=1_096)] = Field(
        365, description="how long a privilege or a protest counts"
    )
    window_days: Annotated[int, Field(ge=90, le=1_096)] = Field(365, description="window of payment behaviour")
    recent_days: Annotated[int, Field(ge=28, le=365)] = Field(
        120, description="recent part of that window, compared with the rest of it for trends"
    )
    late_after_days: Annotated[int, Field(ge=0, le=60)] = Field(
        3, description="days after the due date from which an invoice counts as paid late"
    )
    broken_after_days: Annotated[int, Field(ge=1, le=180)] = Field(
        30, description="days after the due date from which terms count as broken"
    )
    sector_levels: dict[str, Annotated[int, Field(ge=1, le=5)]] = Field(
        {}, description="failure level of NAF sections or divisions, 1 to 5; empty: from the ledger's own defaults"
    )
    sector_prior_customers: Annotated[float, Field(gt=0, le=1_000)] = Field(
        20.0, description="customers of the average that are added to each sector before its level is read"
    )
    event_days: Annotated[int, Field(ge=1, le=365)] = Field(
        60, description="days past due of the event that statistical scores predict"
    )
    event_min_amount: Annotated[float, Field(ge=0)] = Field(
        100.0, description="unpaid amount of an item below which its age is no event"
    )
    horizons_months: tuple[int, ...] = Field((6, 12), description="horizons of the statistical score")
    min_events: Annotated[int, Field(ge=5, le=10_000)] = Field(
        30, description="customers with an event below which no model is fitted: the expert score stands alone"
    )
    prior_count: Annotated[float, Field(gt=0, le=100)] = Field(
        3.0, description="invoices of the average that are added to a customer's own before its late rate is read"
    )
    level_rule: Literal["policy", "evidence"] = Field(
        "policy",
        description="three classes by the table of the five (policy), or by the probability at the cuts that past "
        "results give: red by F0.5, orange by F2 (evidence)",
    )
    alert_break_odds: Annotated[float, Field(gt=1, le=1_000)] = Field(
        5.0, description="how many times likelier a slide than the habit must be for a break of habit to be an alert"
    )
    watch_share: Annotated[float, Field(gt=0, le=0.5)] = Field(
        0.10, description="most customers that are watched for failure, as a share of active ones"
    )
    watch_class_ratio: Annotated[float, Field(ge=1, le=10)] = Field(
        1.5, description="how many times one class of the bureau multiplies the odds by which customers are watched"
    )
    drift_psi: Annotated[float, Field(gt=0, le=5)] = Field(
        0.25, description="population stability index from which a new fit is advised"
    )

    @field_validator("grid")
    @classmethod
    def _known_lines(cls, grid: dict[str, Criterion]) -> dict[str, Criterion]:
        unknown = sorted(set(grid) - set(CRITERIA))
        if unknown:
            raise ValueError(f"'{unknown[0]}' is no line of the grid; the lines are {', '.join(CRITERIA)}")
        if not any(line.weight > 0 for line in grid.values()):
            raise ValueError("at least one line has a weight")
        return grid

    @field_validator("class_cuts")
    @classmethod
    def _cuts_grow(cls, cuts: tuple[float, ...]) -> tuple[float, ...]:
        if any(b <= a for a, b in pairwise(cuts)) or cuts[0] < 1 or cuts[-1] > 5:
            raise ValueError("the four cut points grow, between 1 and 5")
        return cuts

    @field_validator("three_classes")
    @classmethod
    def _all_five(cls, table: dict[int, str]) -> dict[int, str]:
        if sorted(table) != [1, 2, 3, 4, 5]:
            raise ValueError("each of the classes 1 to 5 has its class of three")
        order = [LEVELS.index(table[number]) for number in range(1, 6)]
        if order != sorted(order):
            raise ValueError("a higher class of five cannot have a lower class of three")
        return table

    @field_validator("forced_classes")
    @classmethod
    def _known_events(cls, forced: dict[str, int]) -> dict[str, int]:
        unknown = sorted(set(forced) - set(FORCING_EVENTS))
        if unknown:
            raise ValueError(f"'{unknown[0]}' forces nothing; events are {', '.join(FORCING_EVENTS)}")
        return forced

    @field_validator("horizons_months")
    @classmethod
    def _horizons_grow(cls, horizons: tuple[int, ...]) -> tuple[int, ...]:
        if not horizons or any(b <= a for a, b in pairwise(horizons)) or horizons[0] < 1 or horizons[-1] > 36:
            raise ValueError("horizons grow, from 1 to 36 months")
        return horizons

    @model_validator(mode="after")
    def _recent_inside(self) -> ScoringPolicy:
        if self.recent_days >= self.window_days:
            raise ValueError("recent_days is shorter than window_days")
        return self
