"""Flow to loss: what part of a balance of each age is lost in the end, from how items moved between ages.

The month-to-month transitions of items, by amount, are a chain whose ends are settled and written off. The loss rate
of a bucket is the chance, by euro, that it ends written off: rate(b) = Σ P(b→b') · rate(b') + P(b→written off).
Ledgers rarely book losses in time, so the oldest bucket has its own rule (policy): a stated rate, or its own past where
enough of it ended and some was written off, or all of it. A credit note ends an item as settled: it is no credit loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.ledger.balances_past import SETTLED, WRITTEN_OFF
from riskkit.ledger.open_items import bucket_codes
from riskkit.policy_decisions import LossPolicy
from riskkit.schemas import Column, Table

LOSS_RATES = Table(
    "loss_rates",
    "an ageing bucket and the part of it that is lost in the end, by the ledger's own past",
    (
        Column("bucket", "text", "ageing bucket"),
        Column("loss_rate", "number", "part of the balance lost in the end, before any outlook", nullable=True),
        Column("loss_low", "number", "lower end of its interval", nullable=True),
        Column("loss_high", "number", "upper end of its interval", nullable=True),
        Column("items_count", "integer", "moves of items out of the bucket, one per item and month, behind the rate"),
        Column("months_count", "integer", "pairs of month ends behind the rate"),
        Column(
            "source",
            "text",
            "own (the past alone), oldest_stated or oldest_unknown (the past, and the policy for the oldest bucket), "
            "next_older (never seen: the rate of the bucket after it), none (ledger too short, or nothing ever ended)",
        ),
    ),
)


@dataclass(frozen=True)
class LossGivenEvent:
    """Part of an exposure lost once the event has come, and its interval."""

    value: float
    low: float
    high: float


def loss_rates(
    transitions: pd.DataFrame,
    *,
    edges: Sequence[int],
    policy: LossPolicy,
    draws: int,
    confidence: float,
    seed: int,
) -> pd.DataFrame:
    """The loss rate of each bucket over the whole ledger: `LOSS_RATES`, in the order of age.

    From: `ITEM_TRANSITIONS` (rows of period `all` are read).

    Parameters
    ----------
    transitions
        As of the date of the run.
    edges
        Upper edges of the ageing buckets.
    policy
        What is lost of the oldest bucket.
    draws, confidence, seed
        Of the interval: rows of the chain are drawn from a Dirichlet distribution on the counts of moves, half an item
        added to each move seen. Items of one customer resemble each other, so it is a lower bound of the doubt.

    """
    buckets = bucket_codes(tuple(edges))
    oldest = len(edges)
    whole = transitions[transitions["period"] == "all"]
    states = [*buckets, SETTLED, WRITTEN_OFF]
    shares = _matrix(whole, "amount_share", buckets, states)
    counts = _matrix(whole, "items_count", buckets, states)
    months = int(whole["months_count"].max()) if len(whole) else 0
    source, stated = _oldest(counts[oldest], policy=policy)
    seen = counts.sum(axis=1) > 0
    for number in np.flatnonzero(~seen[:oldest]):
        shares[number, number + 1] = counts[number, number + 1] = 1.0
    point = _absorbed(shares[np.newaxis], oldest=oldest, stated=stated)[0]
    drawn = _absorbed(_drawn(shares, counts, draws=draws, seed=seed), oldest=oldest, stated=stated)
    tail = 100 * (1 - confidence) / 2
    known = np.isfinite(point) & (months >= policy.min_months)
    known[-1] &= seen[-1]
    low, high = np.nanpercentile(np.where(known, drawn, 0.0), [tail, 100 - tail], axis=0)
    return LOSS_RATES.conform(
        pd.DataFrame(
            {
                "bucket": buckets,
                "loss_rate": np.where(known, point, np.nan),
                "loss_low": np.where(known, low, np.nan),
                "loss_high": np.where(known, high, np.nan),
                "items_count": np.where(seen, counts.sum(axis=1), 0).astype("int64"),
                "months_count": months,
                "source": np.where(
                    known, np.where(seen | (np.arange(len(buckets)) == oldest), source, "next_older"), "none"
                ),
            }
        )
    )


def loss_given_event(rates: pd.DataFrame, *, event_days: int, edges: Sequence[int]) -> LossGivenEvent | None:
    """Part of a balance that is lost once it is more than `event_days` past due; None where the past does not say.

    From: `LOSS_RATES`. The bucket read is the one that holds `event_days` + 1.
    """
    bucket = bucket_codes(tuple(edges))[int(np.searchsorted(np.asarray(edges), event_days + 1, side="left"))]
    row = rates[rates["bucket"] == bucket]
    if row.empty or pd.isna(row["loss_rate"].iloc[0]):
        return None
    return LossGivenEvent(*(float(row[name].iloc[0]) for name in ("loss_rate", "loss_low", "loss_high")))


def _matrix(transitions: pd.DataFrame, column: str, rows: list[str], states: list[str]) -> np.ndarray:
    wide = transitions.pivot_table(index="from_bucket", columns="to_bucket", values=column, aggfunc="sum")
    filled = wide.reindex(index=rows, columns=states).fillna(0.0)
    return np.array(filled, dtype="float64")


def _oldest(counts: np.ndarray, *, policy: LossPolicy) -> tuple[str, float | None]:
    """Where the rate of the oldest bucket comes from, and the rate stated; None lets its own past say."""
    if policy.oldest_loss_rate is not None:
        return "oldest_stated", policy.oldest_loss_rate
    written_off, ends = counts[-1], counts[-1] + counts[-2]
    if ends >= policy.min_ends and written_off >= policy.min_written_off:
        return "own", None
    return "oldest_unknown", policy.unknown_loss_rate


def _absorbed(chains: np.ndarray, *, oldest: int, stated: float | None) -> np.ndarray:
    """Chance of ending written off, for chains of shape (draws, buckets, states): shape (draws, buckets)."""
    chains = chains.copy()
    if stated is not None:
        chains[:, oldest, :] = 0.0
        chains[:, oldest, -2:] = 1 - stated, stated
    count = chains.shape[1]
    moves, lost = chains[:, :, :count], chains[:, :, -1]
    known = np.eye(count) - moves
    # a bucket that nothing ever leaves has no end: its rate is not known, and the row is set aside
    stuck = np.abs(known[:, range(count), range(count)]) < 1e-12
    known[stuck] = np.eye(count)[np.nonzero(stuck)[1]]
    rates: np.ndarray = np.linalg.solve(known, np.where(stuck, np.nan, lost)[..., np.newaxis])[..., 0]
    return rates


def _drawn(shares: np.ndarray, counts: np.ndarray, *, draws: int, seed: int) -> np.ndarray:
    """Chains drawn around the one seen: the weights of the moves by amount, as sure as their count of items."""
    random = np.random.default_rng(seed)
    moves = counts.sum(axis=1, keepdims=True)
    weights = np.where(counts > 0, shares * moves + 0.5, 0.0)
    drawn = random.gamma(np.broadcast_to(weights, (draws, *weights.shape)))
    total = drawn.sum(axis=2, keepdims=True)
    chains: np.ndarray = np.divide(drawn, total, out=np.zeros_like(drawn), where=total > 0)
    return chains
