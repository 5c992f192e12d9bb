"""The part of the policy about dunning: steps, what each costs and is assumed to change, who is left alone, deadlines.

The effects are assumptions to begin with, not measures. For some days an action raises the hazard of payment, the
chance that an item not paid yet is paid on a day, in two ways: it multiplies it (`uplift`: who was about to pay pays
sooner), and adds to it so that a part of those who would not have moved pays because it was asked (`answer`). Only a
log of actions with customers left out by chance would measure them without bias; put what was measured in their place.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

STEPS = ("reminder", "email", "call", "letter", "formal_notice", "court_order")
"""The steps of dunning, mildest first. A claim in a procedure is no step: it is a duty with a deadline."""
StepName = Literal["reminder", "email", "call", "letter", "formal_notice", "court_order"]
Uplift = Annotated[float, Field(ge=0.5, le=20)]
Answer = Annotated[float, Field(ge=0, lt=1)]


class DunningStep(BaseModel):
    """One step: from when, what it costs, and by how much it is assumed to raise the hazard of payment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: StepName
    from_days: Annotated[int, Field(ge=-60, le=1_825)]
    until_days: Annotated[int, Field(ge=-60, le=3_650)]
    cost_amount: Annotated[float, Field(ge=0, le=10_000)]
    uplift: Uplift
    uplift_low: Uplift
    uplift_high: Uplift
    answer: Answer = 0.0
    answer_low: Answer = 0.0
    answer_high: Answer = 0.0
    effect_days: Annotated[int, Field(ge=1, le=91)]
    min_amount: Annotated[float, Field(ge=0)] = 0.0
    per_day: Annotated[int, Field(ge=0, le=100_000)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> DunningStep:
        if self.until_days < self.from_days:
            raise ValueError("until_days is not before from_days")
        if self.from_days < 0 < self.until_days:
            raise ValueError("a step is before the due date or after it, not both")
        if not self.uplift_low <= self.uplift <= self.uplift_high:
            raise ValueError("uplift lies between uplift_low and uplift_high")
        if not self.answer_low <= self.answer <= self.answer_high:
            raise ValueError("answer lies between answer_low and answer_high")
        return self

    @property
    def is_before_due(self) -> bool:
        """Whether the step comes before the due date."""
        return self.from_days <= 0


def _step(step: StepName, days: tuple[int, int], cost: float, uplifts: tuple[float, float, float],
          answers: tuple[float, float, float], lasts: int, least: float = 0.0, per_day: int | None = None
          ) -> DunningStep:  # fmt: skip
    return DunningStep(
        step=step, from_days=days[0], until_days=days[1], cost_amount=cost, effect_days=lasts, min_amount=least,
        uplift_low=uplifts[0], uplift=uplifts[1], uplift_high=uplifts[2], answer_low=answers[0], answer=answers[1],
        answer_high=answers[2], per_day=per_day,
    )  # fmt: skip


SHIPPED_STEPS = (
    _step("reminder", (-10, -1), 0.5, (1.0, 1.1, 1.3), (0.0, 0.0, 0.01), 14, 1_000.0),
    _step("email", (1, 60), 0.5, (1.0, 1.15, 1.4), (0.0, 0.02, 0.05), 14),
    _step("call", (5, 365), 8.0, (1.1, 1.5, 2.2), (0.03, 0.10, 0.20), 14, 150.0, 25),
    _step("letter", (20, 180), 4.0, (1.0, 1.2, 1.5), (0.0, 0.03, 0.08), 21, 150.0, 30),
    _step("formal_notice", (30, 720), 15.0, (1.1, 1.5, 2.4), (0.03, 0.12, 0.25), 28, 150.0, 10),
    _step("court_order", (75, 1_825), 120.0, (1.1, 1.7, 3.0), (0.05, 0.20, 0.45), 28, 1_000.0, 2),
)


class DunningPolicy(BaseModel):
    """Steps of dunning, capacity, stop rules, deadlines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[DunningStep, ...] = Field(
        SHIPPED_STEPS,
        description="each step: from and until so many days past due (negative: before), its cost, the assumed uplift "
        "and answer with their intervals and how many days they last, least amount, and how many a day "
        "(per_day; none: no limit)",
    )
    horizon_days: Literal[7, 14, 28, 56, 91] = Field(
        28, description="days after the date within which what an action brings in is counted"
    )
    min_amount: Annotated[float, Field(ge=0)] = Field(
        30.0, description="amount overdue under which a customer is left to automatic statements"
    )
    promise_grace_days: Annotated[int, Field(ge=0, le=30)] = Field(
        3, description="days after the day promised from which a promise not kept is broken"
    )
    gap_days: Annotated[int, Field(ge=0, le=60)] = Field(
        7, description="days between two actions on a customer, where a log of actions is given"
    )
    notice_days: Annotated[int, Field(ge=1, le=90)] = Field(
        8, description="days given to pay by a formal notice, before a court order"
    )
    claim_months: Annotated[int, Field(ge=1, le=12)] = Field(
        2, description="months from the BODACC notice to declare a claim in a procedure (R622-24 C. com.)"
    )
    claim_cost_amount: Annotated[float, Field(ge=0)] = Field(40.0, description="cost of declaring a claim")
    trader_years: Annotated[int, Field(ge=1, le=30)] = Field(
        5, description="prescription between traders, years from the due date (L110-4 C. com.)"
    )
    consumer_years: Annotated[int, Field(ge=1, le=30)] = Field(
        2, description="prescription against a consumer, years from the issue date (L218-2 C. conso.)"
    )
    public_years: Annotated[int, Field(ge=1, le=30)] = Field(
        4, description="public buyers: years from the next 1 January (loi n° 68-1250)"
    )
    consumer_legal_forms: tuple[str, ...] = Field(
        ("particulier", "consommateur", "individual", "consumer"), description="legal forms that are consumers"
    )
    consumers: tuple[str, ...] = Field((), description="customers that are consumers, by customer_id")
    prescription_alert_days: Annotated[int, Field(ge=0, le=730)] = Field(
        183, description="days before its prescription from which an item is announced"
    )

    @field_validator("steps")
    @classmethod
    def _each_once(cls, steps: tuple[DunningStep, ...]) -> tuple[DunningStep, ...]:
        names = [step.step for step in steps]
        if not names:
            raise ValueError("at least one step is needed")
        ranks = [STEPS.index(name) for name in names]
        if any(after <= before for before, after in pairwise(ranks)):
            raise ValueError(f"each step once, in the order {', '.join(STEPS)}")
        return steps

    def step(self, name: str) -> DunningStep | None:
        """The step of that name, None where it is not used."""
        return next((step for step in self.steps if step.step == name), None)
