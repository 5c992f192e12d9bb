"""The part of the policy that says who customers are: thresholds of matching, of one debtor, scales of bureaus.

A bureau changes its scale: the same code then means two things. Each scale says when it is in force, and a rating is
read by the scale of its own date.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

RISK_CLASSES = ("1", "2", "3", "4", "5", "failed", "unknown")
"""1 very low, 2 low, 3 moderate, 4 high, 5 very high; a failed company and an unknown one are classes of their own."""


class MatchingPolicy(BaseModel):
    """When a match is taken as it is, and when a person is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    matched_probability: Annotated[float, Field(gt=0.5, lt=1.0)] = Field(
        0.95, description="probability from which a match needs nobody's confirmation"
    )
    confirm_probability: Annotated[float, Field(gt=0.0, lt=1.0)] = Field(
        0.10, description="probability, all candidates together, from which a person is asked"
    )
    shown_candidates: Annotated[int, Field(ge=1, le=20)] = Field(
        5, description="companies shown for each customer to confirm"
    )
    memory_limit: str = Field("1GB", description="memory of the search in the register", pattern=r"^\d+(MB|GB)$")

    @model_validator(mode="after")
    def _thresholds_ordered(self) -> MatchingPolicy:
        if self.confirm_probability >= self.matched_probability:
            raise ValueError("confirm_probability must be below matched_probability")
        return self


class DebtorPolicy(BaseModel):
    """Which accounts of a portfolio are taken for one debtor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    same_debtor_probability: Annotated[float, Field(ge=0.5, le=1.0)] = Field(
        0.85, description="probability from which two accounts are one debtor"
    )


class ScaleRange(BaseModel):
    """Scores from `low` to `high`, both included, and their class."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float
    high: float
    risk_class: Annotated[int, Field(ge=1, le=5)]

    @model_validator(mode="after")
    def _grows(self) -> ScaleRange:
        if self.high < self.low:
            raise ValueError("high is below low")
        return self


class BureauScale(BaseModel):
    """How one provider's score is read between two dates. This is what the policy holds under `bureau_scales`.

    `ranges` read numbers, `codes` read letters or grades; `failed` and `unknown` are raw values of those two classes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)] = Field(description="name of the scale, as in the column of scores")
    valid_from: dt.date = Field(dt.date(1900, 1, 1), description="first day on which the scale is in force")
    valid_to: dt.date | None = Field(None, description="last day on which the scale is in force; none: still")
    ranges: tuple[ScaleRange, ...] = Field(
        (), description="scores from low to high, both included, and the class 1 to 5 they give"
    )
    codes: dict[str, Annotated[int, Field(ge=1, le=5)]] = Field(
        default_factory=dict, description="codes that are not numbers, and the class each gives"
    )
    failed: tuple[str, ...] = Field((), description="codes that say the company has failed")
    unknown: tuple[str, ...] = Field(("NC", "NR", "NA", "-"), description="codes that say nothing")

    @field_validator("ranges")
    @classmethod
    def _apart(cls, ranges: tuple[ScaleRange, ...]) -> tuple[ScaleRange, ...]:
        ordered = sorted(ranges, key=lambda part: part.low)
        if any(after.low <= before.high for before, after in pairwise(ordered)):
            raise ValueError("two ranges overlap")
        return ranges

    @model_validator(mode="after")
    def _has_life(self) -> BureauScale:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        if not self.ranges and not self.codes:
            raise ValueError("a scale has ranges or codes")
        return self

    def covers(self, day: dt.date) -> bool:
        """Whether the scale is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def read(self, raw: str) -> tuple[str, Literal["off_scale", ""]]:
        """Class of a raw value (of `RISK_CLASSES`), and `off_scale` for a value that the scale does not hold."""
        text = raw.strip().upper()
        number = _number(text)
        if _holds(self.failed, text, number):
            return "failed", ""
        if not text or _holds(self.unknown, text, number):
            return "unknown", ""
        for code, risk_class in self.codes.items():
            if code.strip().upper() == text:
                return str(risk_class), ""
        if not math.isnan(number):
            for part in self.ranges:
                if part.low <= number <= part.high:
                    return str(part.risk_class), ""
        return "unknown", "off_scale"


SCALE_0_100 = BureauScale(
    name="score_0_100",
    ranges=(
        ScaleRange(low=71, high=100, risk_class=1),
        ScaleRange(low=51, high=70, risk_class=2),
        ScaleRange(low=30, high=50, risk_class=3),
        ScaleRange(low=21, high=29, risk_class=4),
        ScaleRange(low=1, high=20, risk_class=5),
    ),
    failed=("0",),
)
"""A score of 0 to 100 that grows with safety, 0 for a failed company: the example shipped."""


def overlapping(scales: Sequence[BureauScale]) -> list[tuple[BureauScale, BureauScale]]:
    """Pairs of scales of one name that are in force on one day: a value of that day would have two meanings."""
    pairs = []
    ordered = sorted(scales, key=lambda scale: (scale.name, scale.valid_from))
    for before, after in pairwise(ordered):
        if before.name == after.name and before.covers(after.valid_from):
            pairs.append((before, after))
    return pairs


def _holds(values: Sequence[str], text: str, number: float) -> bool:
    """Whether a raw value is one of these, as text or as the same number (`0` and `0.0`)."""
    return any(value.strip().upper() == text or _number(value) == number for value in values)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan
