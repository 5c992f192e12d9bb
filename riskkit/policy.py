"""The policy of a portfolio: every threshold and convention a user may change, checked and hashed.

Read from `policy.yaml`; a key that is absent takes the default printed here. A wrong key or value is named in the
message. The policy is frozen: a run keeps its hash in the manifest.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from riskkit.errors import Message, UsageError, message
from riskkit.policy_companies import SCALE_0_100, BureauScale, DebtorPolicy, MatchingPolicy
from riskkit.policy_decisions import DecisionsPolicy
from riskkit.policy_drivers import DriverPolicy, MatrixPolicy
from riskkit.policy_forecast import ForecastPolicy
from riskkit.policy_measures import MeasuresPolicy
from riskkit.policy_scores import ScoringPolicy

POLICY_FILE = "policy.yaml"


class Policy(BaseModel):
    """Thresholds and conventions. Amounts are in the portfolio's currency, rates are shares of 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ageing_edges_days: tuple[int, ...] = Field((0, 30, 60, 90, 180), description="upper edges of the ageing buckets")
    default_days: Annotated[int, Field(ge=1, le=720)] = Field(90, description="days past due that count as a default")
    at_risk_days: Annotated[int, Field(ge=1, le=720)] = Field(
        90, description="days after the due date of the at-risk rate"
    )
    dso_window_days: Annotated[int, Field(ge=28, le=731)] = Field(365, description="sales window of the simple DSO")
    behaviour_window_days: Annotated[int, Field(ge=28, le=1096)] = Field(
        365, description="window of DBT, payment delay, at-risk and default rates"
    )
    collection_window_days: Annotated[int, Field(ge=28, le=731)] = Field(
        91, description="window of the collection effectiveness and recovery rates"
    )
    default_terms: str = Field(
        "", description="terms where none is known (30, 45FM, 60 …); empty: inferred from payments"
    )
    legal_terms_days: Annotated[int, Field(ge=0, le=120)] = Field(
        30, description="terms used when none can be inferred"
    )
    bootstrap_draws: Annotated[int, Field(ge=100, le=20_000)] = Field(
        2_000, description="draws of each bootstrap interval"
    )
    confidence: Annotated[float, Field(gt=0.5, lt=1.0)] = Field(0.95, description="coverage of the intervals shown")
    seed: int = Field(20_240_101, description="seed of every random draw: the same run gives the same figures")
    memory_limit: str = Field(
        "3GB", description="memory the engine may use before it spills to disk", pattern=r"^\d+(MB|GB)$"
    )

    matching: MatchingPolicy = Field(
        MatchingPolicy(), description="when a customer without a SIREN is taken for a company of the register"
    )
    debtors: DebtorPolicy = Field(DebtorPolicy(), description="which accounts are one debtor")
    drivers: DriverPolicy = Field(DriverPolicy(), description="what counts as a driver of the unpaid")
    matrix: MatrixPolicy = Field(MatrixPolicy(), description="thresholds of the receivables matrix")
    bureau_scales: tuple[BureauScale, ...] = Field(
        (SCALE_0_100,), description="scales of external scores, each with the days on which it is in force"
    )

    scores: ScoringPolicy = Field(
        ScoringPolicy(), description="who is a risk: the expert grid, the models, the classes"
    )
    decisions: DecisionsPolicy = Field(
        DecisionsPolicy(), description="what to do about each customer: losses, credit limits, provision, segments"
    )
    measures: MeasuresPolicy = Field(MeasuresPolicy(), description="targets, own measures, profiles, penalties")
    forecast: ForecastPolicy = Field(ForecastPolicy(), description="when open items are expected to be paid")

    @field_validator("ageing_edges_days")
    @classmethod
    def _edges_grow(cls, edges: tuple[int, ...]) -> tuple[int, ...]:
        if not edges or edges[0] != 0 or any(b <= a for a, b in pairwise(edges)):
            raise ValueError("edges start at 0 and grow")
        return edges

    @property
    def sha256(self) -> str:
        """Digest of every value, defaults included: two runs with the same digest used the same policy."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def read_policy(path: Path | None) -> Policy:
    """The policy of a file, or the default one when there is no file. `UsageError` names each wrong key."""
    if path is None or not path.exists():
        return Policy()
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise UsageError(
            message(
                "{file} cannot be read as YAML: {fault}. Correct it, or delete it to use the defaults.",
                file=path.name,
                fault=str(fault),
            )
        ) from None
    try:
        return Policy.model_validate(values)
    except ValidationError as fault:
        raise UsageError(*validation_messages(fault, file=path.name)) from None


def validation_messages(fault: ValidationError, *, file: str) -> list[Message]:
    """One message for each wrong key of a settings file, naming the key and what was expected."""
    return [
        message(
            "{file}: key '{key}': {fault}.",
            file=file,
            key=".".join(str(part) for part in error["loc"]),
            fault=error["msg"],
        )
        for error in fault.errors()
    ]
