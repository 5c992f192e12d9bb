"""The expert score: a grid that anybody can read, from 1 (very low risk) to 5 (very high).

Each line of the grid gives a note of 1 to 5 to one figure of the customer. The score is the mean of the notes by the
weights of the lines that are known; what is missing is left out, never guessed, and the share of the grid that was
known is given with the score. Legal events leave only the worst classes possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.policy_scores import CRITERIA, FAMILIES, OWN_CRITERIA, ScoringPolicy
from riskkit.schemas import Column, Table

UNKNOWN = "unknown"

SCORE_NOTES = Table(
    "score_notes",
    "a customer and a line of the expert grid",
    (
        Column("customer_id", "text", "the customer"),
        Column("criterion", "text", "line of the grid"),
        Column("family", "text", "behaviour, relation or solvency"),
        Column("value", "number", "figure read; missing when it is not known", nullable=True),
        Column("note", "integer", "1 (very low risk) to 5 (very high); missing when not known", nullable=True),
        Column("weight_share", "number", "share of the customer's known weights; 0 when not known"),
        Column(
            "contribution", "number", "weight_share × (note − 3): what the line moves the score by; 0 when not known"
        ),
    ),
)

EXPERT_SCORES = Table(
    "expert_scores",
    "a customer and its score by the expert grid",
    (
        Column("customer_id", "text", "the customer"),
        Column("expert_score", "number", "weighted mean of the notes, 1 to 5", nullable=True),
        Column("expert_class", "text", "1 very low risk, 2 low, 3 moderate, 4 high, 5 very high, or unknown"),
        *(
            Column(f"{family}_note", "number", f"mean note of the lines of {family}", nullable=True)
            for family in FAMILIES
        ),
        Column("known_share", "number", "share of the weights of the grid that were known"),
        Column("missing_criteria", "text", "lines of the grid that were not known, joined by +", nullable=True),
    ),
)


@dataclass(frozen=True)
class ExpertScores:
    """`scores`: `EXPERT_SCORES`, in the order of the customers. `notes`: `SCORE_NOTES`."""

    scores: pd.DataFrame
    notes: pd.DataFrame


def score_by_grid(figures: pd.DataFrame, *, policy: ScoringPolicy) -> ExpertScores:
    """The expert score of each customer.

    From: figures, one row per customer: customer_id and the columns of `policy_scores.CRITERIA`, NaN where a figure
          is not known; is_catch_all.
    To:   `EXPERT_SCORES` and `SCORE_NOTES`.

    Notes
    -----
    A customer is unknown when no line of `OWN_CRITERIA` is known, and so is a catch-all account, which is nobody. One
    customer or many: each row is scored by itself.

    """
    lines = [name for name in CRITERIA if name in policy.grid and policy.grid[name].weight > 0]
    notes = pd.DataFrame({name: note(figures[name], name, policy=policy) for name in lines}, index=figures.index)
    weights = pd.Series({name: policy.grid[name].weight for name in lines})
    known = notes.notna().mul(weights, axis=1)
    total = known.sum(axis=1)
    shares = known.div(total.where(total > 0), axis=0).fillna(0.0)
    score = (notes.fillna(0.0) * shares).sum(axis=1).where(total > 0)
    says_something = notes[[name for name in lines if name in OWN_CRITERIA]].notna().any(axis=1)
    is_known = says_something & ~figures["is_catch_all"].astype(bool)
    missing = ["+".join(name for name in lines if not has[name]) or None for has in notes.notna().to_dict("records")]
    scores = pd.DataFrame(
        {
            "customer_id": figures["customer_id"],
            "expert_score": score.where(is_known),
            "expert_class": class_of(score.where(is_known), policy=policy),
            **{f"{family}_note": _family_note(notes, weights, names) for family, names in FAMILIES.items()},
            "known_share": total / weights.sum(),
            "missing_criteria": pd.Series(missing, index=figures.index, dtype="str"),
        }
    )
    return ExpertScores(EXPERT_SCORES.conform(scores)[EXPERT_SCORES.names], _long(figures, notes, shares, lines=lines))


def note(values: pd.Series, criterion: str, *, policy: ScoringPolicy) -> pd.Series:
    """Notes 1 to 5 of the values of one line of the grid; NaN where the value is.

    A value equal to a cut point stays on its better side.
    """
    line = policy.grid[criterion]
    read = values.astype("float64").to_numpy()[:, None]
    cuts = np.array(line.cuts)[None, :]
    passed = read > cuts if line.grows else read < cuts
    return pd.Series(1.0 + passed.sum(axis=1), index=values.index).where(values.notna())


def class_of(score: pd.Series, *, policy: ScoringPolicy) -> pd.Series:
    """Class 1 to 5 of each score as text, unknown where there is none. A score equal to a cut takes the better one."""
    number = 1 + (score.to_numpy(dtype="float64")[:, None] > np.array(policy.class_cuts)[None, :]).sum(axis=1)
    return pd.Series(number.astype(str), index=score.index, dtype="str").where(score.notna(), UNKNOWN)


def level_of(classes: pd.Series, *, policy: ScoringPolicy) -> pd.Series:
    """The class of three of each class of five: low, moderate, high; unknown stays unknown."""
    table = {str(number): level for number, level in policy.three_classes.items()}
    return classes.map(table).fillna(UNKNOWN).astype("str")


def worst_of(classes: pd.Series, floors: pd.Series) -> pd.Series:
    """Each class, or its floor where that is worse. A floor where nothing was known is the class."""
    given = pd.to_numeric(classes.where(classes != UNKNOWN), errors="coerce")
    worst = pd.concat([given, floors.astype("float64")], axis=1).max(axis=1)
    return worst.map(lambda value: UNKNOWN if pd.isna(value) else str(int(value))).astype("str")


def _family_note(notes: pd.DataFrame, weights: pd.Series, names: tuple[str, ...]) -> pd.Series:
    inside = [name for name in names if name in notes]
    if not inside:
        return pd.Series(np.nan, index=notes.index)
    known = notes[inside].notna().mul(weights[inside], axis=1)
    total = known.sum(axis=1)
    return (notes[inside].fillna(0.0) * known).sum(axis=1) / total.where(total > 0)


def _long(figures: pd.DataFrame, notes: pd.DataFrame, shares: pd.DataFrame, *, lines: list[str]) -> pd.DataFrame:
    family = {name: family for family, names in FAMILIES.items() for name in names}
    parts = [
        pd.DataFrame(
            {
                "customer_id": figures["customer_id"],
                "criterion": name,
                "family": family[name],
                "value": figures[name],
                "note": notes[name],
                "weight_share": shares[name],
                "contribution": (shares[name] * (notes[name] - 3)).fillna(0.0),
            }
        )
        for name in lines
    ]
    return SCORE_NOTES.conform(pd.concat(parts, ignore_index=True))[SCORE_NOTES.names]
