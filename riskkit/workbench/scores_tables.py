"""What a run keeps of its scores: the contract of the table, counts for the manifest, sentences for people."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.models.expert_score import EXPERT_SCORES
from riskkit.models.score_reasons import REASONS_SHOWN
from riskkit.models.statistical_scores import StatisticalScores
from riskkit.policy_scores import LEVELS, ScoringPolicy
from riskkit.schemas import Column, Table

DEFAULT_HORIZONS = ScoringPolicy().horizons_months

SCORES = Table(
    "scores",
    "a customer, its class of risk and why",
    (
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "its name", nullable=True),
        Column("risk_class", "text", "1 very low risk, 2 low, 3 moderate, 4 high, 5 very high, or unknown"),
        Column("risk_level", "text", "the class of three: low, moderate, high, or unknown"),
        Column("decided_by", "text", "what gave the class: grid, event (legal), override (by hand) or nothing"),
        *EXPERT_SCORES.columns[1:],
        *(
            column
            for months in DEFAULT_HORIZONS
            for column in (
                Column(
                    f"probability_{months}m",
                    "number",
                    f"chance of an event within {months} months; missing without "
                    "a statistical score, or when the customer is in the event already",
                    nullable=True,
                ),
                Column(f"points_{months}m", "integer", "points of the scorecard: more is safer", nullable=True),
            )
        ),
        Column(
            "break_odds",
            "number",
            "how many times likelier its invoices of the last 150 days are if it slides than if its habit holds: 1 no "
            "sign; missing without such invoices",
            nullable=True,
        ),
        Column("usual_days", "number", "usual delay after the due date before them, typical days", nullable=True),
        Column("recent_days", "number", "the same for an invoice due today, by the last 150 days", nullable=True),
        Column("bureau_class", "number", "class of the bureau, 1 (safest) to 5; missing when unknown", nullable=True),
        Column(
            "failure_odds",
            "number",
            "how many times likelier what is seen of its payments and its bureau class is before a failure: 1 no sign",
            nullable=True,
        ),
        Column("is_watched", "flag", "whether it is among the customers to watch for failure"),
        Column("is_in_event", "flag", "whether an item is already past due by more than the days of the event"),
        Column("forced_by", "text", "legal event that leaves only the worst classes possible", nullable=True),
        Column("forced_class", "integer", "the lowest class it leaves possible", nullable=True),
        Column("forced_date", "date", "since when it is known", nullable=True),
        Column("override_class", "integer", "class given by hand and in force", nullable=True),
        Column("override_author", "text", "who gave it", nullable=True),
        Column("override_reason", "text", "why", nullable=True),
        Column("override_expires", "date", "its last day", nullable=True),
        *(
            Column(f"reason_{rank}", "text", f"reason {rank} of the class, in the language of the run", nullable=True)
            for rank in range(1, REASONS_SHOWN + 1)
        ),
        Column("open_cents", "cents", "what the customer owes"),
        Column("overdue_cents", "cents", "of that, what is past due"),
    ),
)


def model_counts(found: StatisticalScores, *, is_kept: bool) -> list[dict[str, Any]]:
    """What each statistical score is made of: for the manifest."""
    return [
        {
            "horizon_months": score.horizon,
            "champion": score.champion.name,
            "fitted_on": dt.date.fromordinal(score.fitted_day).isoformat(),
            "is_kept": is_kept,
            "cases": score.cases,
            "customers": score.customers,
            "events": score.events,
            "level_error": round(score.level_error, 4),
            "data_sha256": score.data_sha256,
        }
        for score in found.fitted
    ]


def score_counts(scores: pd.DataFrame) -> dict[str, Any]:
    """How many customers are in each class, and by what: for the manifest."""
    classes = scores["risk_class"].value_counts()
    levels, deciders = scores["risk_level"].value_counts(), scores["decided_by"].value_counts()
    return {
        "classes": {name: int(classes.get(name, 0)) for name in ("1", "2", "3", "4", "5", "unknown")},
        "levels": {name: int(levels.get(name, 0)) for name in LEVELS},
        "decided_by": {name: int(deciders.get(name, 0)) for name in ("grid", "event", "override", "nothing")},
    }


def score_notes(scores: pd.DataFrame, *, currency: str) -> tuple[Message, ...]:
    """How much is owed by whom, and what the grid did not know."""

    def money(concerned: pd.Series) -> Money:
        return Money(int(scores.loc[concerned, "open_cents"].sum()), currency)

    high, unknown = scores["risk_level"] == "high", scores["risk_level"] == "unknown"
    graded = scores[~unknown]
    said = [
        message(
            "High risk: {count:customer|customers}, who {count:?owes|owe} {money}.",
            count=int(high.sum()),
            money=money(high),
        )
    ]
    if unknown.any():
        said.append(
            message(
                "Nothing can be said of the risk of {count:customer|customers}, who {count:?owes|owe} {money}.",
                count=int(unknown.sum()),
                money=money(unknown),
            )
        )
    if len(graded):
        said.append(
            message(
                "The expert grid knew {share} % of its weights on average; what is missing is left out and the rest "
                "weighs more (column missing_criteria of the table scores).",
                share=round(100 * float(graded["known_share"].mean())),
            )
        )
    return tuple(said)
