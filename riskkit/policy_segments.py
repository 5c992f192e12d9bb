"""The part of the policy that sorts customers into segments: three axes, and rules read in order."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Behaviour = Literal["good", "late", "bad", "unknown"]
Relation = Literal["key", "regular", "new", "dormant"]
Insolvency = Literal["low", "moderate", "high", "unknown"]


class SegmentRule(BaseModel):
    """A segment and who is in it: an axis without values lets every value in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    segment: Annotated[str, Field(min_length=1, max_length=40)] = Field(description="the segment that the rule gives")
    behaviour: tuple[Behaviour, ...] = Field((), description="payment behaviours it holds for; empty: any")
    relation: tuple[Relation, ...] = Field((), description="relations it holds for; empty: any")
    insolvency: tuple[Insolvency, ...] = Field((), description="levels of insolvency risk it holds for; empty: any")
    strategy: Annotated[str, Field(max_length=400)] = Field(
        "", description="the strategy in your own words; empty: the one shipped"
    )

    @property
    def takes_all(self) -> bool:
        """Whether it lets everybody in."""
        return not (self.behaviour or self.relation or self.insolvency)


RULES = (
    SegmentRule(segment="critical", relation=("key",), insolvency=("high",)),
    SegmentRule(segment="protect", insolvency=("high",)),
    SegmentRule(segment="dormant", relation=("dormant",)),
    SegmentRule(segment="firm", behaviour=("bad",)),
    SegmentRule(segment="negotiate", behaviour=("late",), relation=("key",)),
    SegmentRule(segment="remind", behaviour=("late",)),
    SegmentRule(segment="observe", behaviour=("unknown",)),
    SegmentRule(segment="observe", insolvency=("unknown",)),
    SegmentRule(segment="develop", behaviour=("good",), relation=("key",), insolvency=("low",)),
    SegmentRule(segment="trust"),
)
"""Segments shipped; their strategies are translated. A rule of one's own says its strategy itself."""
SHIPPED = tuple(dict.fromkeys(rule.segment for rule in RULES))


class SegmentsPolicy(BaseModel):
    """Where each axis is cut, and the rules of the segments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    behaviours: dict[str, Behaviour] = Field(
        {
            "punctual": "good",
            "slightly_late": "good",
            "late": "late",
            "irregular": "late",
            "very_late": "bad",
            "unknown": "unknown",
        },
        description="payment behaviour of each profile of payer",
    )
    key_sales_share: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.50, description="key customers are the largest buyers that make this share of the sales of twelve months"
    )
    new_days: Annotated[int, Field(ge=30, le=1_096)] = Field(
        365, description="a customer is new for so many days after its first movement"
    )
    rules: tuple[SegmentRule, ...] = Field(RULES, description="segments, the first that fits is taken")

    @field_validator("rules")
    @classmethod
    def _covers_all(cls, rules: tuple[SegmentRule, ...]) -> tuple[SegmentRule, ...]:
        if not rules or not rules[-1].takes_all:
            raise ValueError("the last rule lets everybody in: without it a customer could have no segment")
        mute = [rule.segment for rule in rules if rule.segment not in SHIPPED and not rule.strategy]
        if mute:
            raise ValueError(f"segment '{mute[0]}' says no strategy")
        return rules
