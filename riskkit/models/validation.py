"""How good probabilities are: discrimination, calibration, lift, each with an interval by resampling customers.

Rows of one customer are not independent: intervals draw whole customers (or debtors) with replacement.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.schemas import Column, Table

Floats = npt.NDArray[np.float64]
ECE_BINS, DECILES = 10, 10

RELIABILITY = Table(
    "score_reliability",
    "a group of out-of-time predictions of about the same probability",
    (
        Column("horizon_months", "integer", "horizon of the prediction"),
        Column("candidate", "text", "customer_rate, scorecard or challenger"),
        Column("rank", "integer", "rank of the group, lowest probability first"),
        Column("count", "integer", "predictions in it"),
        Column("predicted_rate", "number", "mean probability predicted"),
        Column("observed_rate", "number", "share in which the event happened"),
        Column("low", "number", "lower bound of what was observed (Wilson)"),
        Column("high", "number", "upper bound"),
    ),
)

LIFT = Table(
    "score_lift",
    "a tenth of the out-of-time predictions, the riskiest first",
    (
        Column("horizon_months", "integer", "horizon of the prediction"),
        Column("candidate", "text", "customer_rate, scorecard or challenger"),
        Column("decile", "integer", "1 is the riskiest tenth"),
        Column("count", "integer", "predictions in it"),
        Column("events", "number", "of those, in how many the event happened"),
        Column("event_rate", "number", "their share"),
        Column("lift", "number", "that share over the average", nullable=True),
        Column("caught_share", "number", "events caught down to this tenth", nullable=True),
        Column("unpaid_cents", "cents", "unpaid of those events"),
        Column("unpaid_caught_share", "number", "unpaid caught down to this tenth", nullable=True),
    ),
)


def auc(score: Floats, bad: Floats, weights: Floats | None = None) -> float:
    """Area under the ROC curve: chance that a bad case has a higher score than a good one, ties counting half.

    NaN when there are only good or only bad cases.
    """
    one = np.ones(len(bad)) if weights is None else weights
    return float(_areas(score, bad, one[None, :])[0])


def auc_draws(score: Floats, bad: Floats, groups: npt.NDArray[np.int64], draws: npt.NDArray[np.int64]) -> Floats:
    """The area in each draw of groups (`draw_groups`)."""
    return np.concatenate([_areas(score, bad, part[:, groups].astype("float64")) for part in np.array_split(draws, 10)])


def draw_groups(count: int, *, draws: int, seed: int) -> npt.NDArray[np.int64]:
    """How often each of `count` groups comes in each draw with replacement: one row per draw."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(count, np.full(count, 1 / count), size=draws)


def _areas(score: Floats, bad: Floats, weights: Floats) -> Floats:
    """Weighted areas, one per row of weights."""
    order = np.argsort(score, kind="stable")
    ties = np.flatnonzero(np.r_[True, np.diff(score[order]) > 0])
    good = np.add.reduceat(weights[:, order] * (1 - bad[order]), ties, axis=1)
    lost = np.add.reduceat(weights[:, order] * bad[order], ties, axis=1)
    below = np.cumsum(good, axis=1) - good / 2
    pairs = good.sum(axis=1) * lost.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(pairs > 0, (lost * below).sum(axis=1) / pairs, np.nan)


def measure_draws(
    chance: Floats, bad: Floats, groups: npt.NDArray[np.int64], draws: npt.NDArray[np.int64]
) -> dict[str, Floats]:
    """Kolmogorov–Smirnov, average precision, Brier and calibration error in each draw of groups.

    The groups of the calibration error are those of the whole; a draw changes their weights.
    """
    parts = [_weighted(chance, bad, part[:, groups].astype("float64")) for part in np.array_split(draws, 10)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _weighted(chance: Floats, bad: Floats, weights: Floats) -> dict[str, Floats]:
    """The four measures, one value per row of weights."""
    order = np.argsort(-chance, kind="stable")
    ends = np.flatnonzero(np.r_[np.diff(chance[order]) < 0, True])
    lost = np.cumsum(weights[:, order] * bad[order], axis=1)[:, ends]
    seen = np.cumsum(weights[:, order], axis=1)[:, ends]
    good = seen - lost
    rank = np.empty(len(chance), dtype="int64")
    for number, part in enumerate(np.array_split(np.argsort(chance, kind="stable"), ECE_BINS)):
        rank[part] = number
    inside = (rank[:, None] == np.arange(ECE_BINS)[None, :]).astype("float64")
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = np.abs(lost / lost[:, -1:] - good / good[:, -1:]).max(axis=1)
        precision = np.where(seen > 0, lost / seen, 0.0)
        steps = np.diff(lost, axis=1, prepend=0.0)
        return {
            "ks": distance,
            "average_precision": (steps * precision).sum(axis=1) / lost[:, -1],
            "brier": (weights @ ((chance - bad) ** 2)) / weights.sum(axis=1),
            "ece": np.abs((weights * (chance - bad)[None, :]) @ inside).sum(axis=1) / weights.sum(axis=1),
        }


def kolmogorov_smirnov(score: Floats, bad: Floats) -> float:
    """Largest distance between the cumulated shares of bad and of good cases along the score; NaN without both."""
    if not 0 < bad.sum() < len(bad):
        return float("nan")
    order = np.argsort(score, kind="stable")
    ends = np.r_[np.diff(score[order]) > 0, True]
    lost, good = np.cumsum(bad[order]) / bad.sum(), np.cumsum(1 - bad[order]) / (1 - bad).sum()
    return float(np.abs(lost - good)[ends].max())


def brier(chance: Floats, bad: Floats) -> float:
    """Mean squared distance of the probability from what happened."""
    return float(((chance - bad) ** 2).mean()) if len(bad) else float("nan")


def expected_calibration_error(chance: Floats, bad: Floats, *, bins: int = ECE_BINS) -> float:
    """Mean distance between predicted and observed rates over groups of equal size along the probability."""
    if not len(bad):
        return float("nan")
    order = np.argsort(chance, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return float(sum(len(part) * abs(chance[part].mean() - bad[part].mean()) for part in parts) / len(bad))


def average_precision(score: Floats, bad: Floats) -> float:
    """Mean precision over the bad cases, riskiest first, ties taken together; to be read beside the base rate."""
    if not bad.sum():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.r_[np.diff(score[order]) < 0, True])
    caught = np.cumsum(bad[order])[ends]
    precision = caught / (ends + 1)
    return float((np.diff(np.r_[0.0, caught]) * precision).sum() / bad.sum())


def wilson(events: float, count: float, *, z: float = 1.96) -> tuple[float, float]:
    """Interval of a share by Wilson's score; (NaN, NaN) without a case."""
    if count <= 0:
        return float("nan"), float("nan")
    share, spread = events / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * float(np.sqrt(share * (1 - share) / count + spread / (4 * count)))
    return max(0.0, middle - half), min(1.0, middle + half)


def reliability(chance: Floats, bad: Floats, *, horizon: int, candidate: str, bins: int = ECE_BINS) -> pd.DataFrame:
    """Predicted and observed rates of groups of equal size: `RELIABILITY`."""
    parts = [part for part in np.array_split(np.argsort(chance, kind="stable"), bins) if len(part)]
    rows = []
    for rank, part in enumerate(parts, start=1):
        low, high = wilson(float(bad[part].sum()), len(part))
        rows.append(
            (horizon, candidate, rank, len(part), float(chance[part].mean()), float(bad[part].mean()), low, high)
        )
    return RELIABILITY.conform(pd.DataFrame(rows, columns=RELIABILITY.names))


def lift(
    score: Floats, bad: Floats, unpaid_cents: npt.NDArray[np.int64], *, horizon: int, candidate: str
) -> pd.DataFrame:
    """Events and unpaid money caught by each tenth of the predictions, the riskiest first: `LIFT`."""
    order = np.argsort(-score, kind="stable")
    base, events = float(bad.mean()) if len(bad) else float("nan"), float(bad.sum())
    whole = int(unpaid_cents.sum())
    rows, caught, money = [], 0.0, 0
    for decile, part in enumerate(np.array_split(order, DECILES), start=1):
        here = float(bad[part].sum())
        caught, money = caught + here, money + int(unpaid_cents[part].sum())
        rate = here / len(part) if len(part) else 0.0
        rows.append(
            (
                horizon, candidate, decile, len(part), here, rate,
                rate / base if base else None,
                caught / events if events else None,
                int(unpaid_cents[part].sum()),
                money / whole if whole else None,
            )
        )  # fmt: skip
    return LIFT.conform(pd.DataFrame(rows, columns=LIFT.names))
