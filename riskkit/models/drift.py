"""Whether the customers of today still look like those that a model learned from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import Message, message
from riskkit.models.figure_names import FIGURES
from riskkit.schemas import Column, Table

Floats = npt.NDArray[np.float64]
PARTS = 10
SMALLEST_SHARE = 1e-4

SCORE_DRIFT = Table(
    "score_drift",
    "a figure of a statistical score, and how far its distribution has moved since the model was fitted",
    (
        Column("horizon_months", "integer", "horizon of the prediction"),
        Column("figure", "text", "figure, or probability: the score itself"),
        Column("psi", "number", "population stability index: below 0.10 stable, from 0.25 moved"),
        Column("low_by_chance", "number", "what the index would be on average without any change, by chance alone"),
        Column("has_moved", "flag", "whether it is above the policy's limit and above what chance gives"),
    ),
)


@dataclass(frozen=True)
class Distribution:
    """Shares of a figure between edges, lowest first, then that of the missing."""

    edges: tuple[float, ...]
    shares: tuple[float, ...]


def distribution_of(values: Floats, *, edges: Sequence[float] | None = None) -> Distribution:
    """Distribution of values between their own deciles, or between given edges."""
    known = values[~np.isnan(values)]
    if edges is None:
        inner = np.quantile(known, np.linspace(0, 1, PARTS + 1)[1:-1]) if len(known) else np.array([])
        edges = tuple(np.unique(inner).tolist())
    place = np.searchsorted(np.array(edges), known, side="left")
    counts = np.r_[np.bincount(place, minlength=len(edges) + 1), len(values) - len(known)]
    return Distribution(tuple(edges), tuple((counts / max(len(values), 1)).tolist()))


def stability_index(before: Distribution, after: Distribution) -> float:
    """Population stability index: Σ (after − before) × ln(after ÷ before); 0 for the same shares."""
    old = np.maximum(np.array(before.shares), SMALLEST_SHARE)
    new = np.maximum(np.array(after.shares), SMALLEST_SHARE)
    return float(((new - old) * np.log(new / old)).sum())


def chance_index(distribution: Distribution, *, before: int, after: int) -> float:
    """Index to expect from chance alone: (parts − 1) × (1 ÷ count before + 1 ÷ count after)."""
    parts = sum(share > 0 for share in distribution.shares)
    return (parts - 1) * (1 / max(before, 1) + 1 / max(after, 1))


def measure_drift(
    learned: Mapping[str, Distribution], values: pd.DataFrame, *, customers_before: int, horizon: int, limit: float
) -> pd.DataFrame:
    """`SCORE_DRIFT` of each figure between what a model learned from and the customers of today."""
    rows = []
    for name, before in learned.items():
        read = values[name].to_numpy(dtype="float64", na_value=np.nan)
        index = stability_index(before, distribution_of(read, edges=before.edges))
        chance = chance_index(before, before=customers_before, after=len(read))
        rows.append((horizon, name, index, chance, bool(index >= limit and index > 3 * chance)))
    return SCORE_DRIFT.conform(pd.DataFrame(rows, columns=SCORE_DRIFT.names)) if rows else SCORE_DRIFT.empty()


def refit_advice(drift: pd.DataFrame, *, fitted_day: int) -> list[Message]:
    """A new fit is advised where a figure of `SCORE_DRIFT` has moved; nothing is said otherwise."""
    moved = drift[drift["has_moved"]]
    if moved.empty:
        return []
    worst = moved.sort_values("psi", ascending=False).iloc[0]
    return [
        message(
            "The customers of today no longer look like those that the score of {date} learned from "
            "({count:figure|figures} moved, most of all “{figure}”, stability index {psi}): a new fit is advised. "
            "Remove score_model from portfolio.yaml where it names an older one.",
            date=dt.date.fromordinal(fitted_day),
            count=int(moved["figure"].nunique()),
            figure=FIGURES[str(worst["figure"])],
            psi=round(float(worst["psi"]), 2),
        )
    ]
