"""Payer profiles that the data make: few groups of customers that pay alike, kept only if they come back in resamples.

Customers with enough items of the last two half-years are described by their mean days late, the spread of these days
(both by euro) and the part of their payments made at a month's end. K-means on the standardised figures; for each
number of groups from 2 to 5 the grouping is made again on resampled customers and compared with the whole by the
adjusted Rand index (1 the same, 0 chance). The number with the highest mean index is kept if it is at least 0.80; with
none, or too few customers, there are no profiles and a note says so. The rules of `ledger.payer_profiles` stand beside
them and decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import Days, Message, message
from riskkit.schemas import Column, Table

Floats = npt.NDArray[np.float64]
FEATURES = ("mean_days_late", "spread_days", "month_end_share")
COUNTS = range(2, 6)
MIN_CUSTOMERS, MIN_ITEMS, MIN_PART = 60, 5, 0.05
DRAWS, LEAST_INDEX = 24, 0.80
HALF_YEARS = 2
_EDGE_DAYS = (-15.0, 90.0)
_MONTH_END, _REGULAR, _IRREGULAR = 0.6, 10.0, 25.0

PAYER_CLUSTERS = Table(
    "payer_clusters",
    "a group of customers that pay alike, as the data make it; empty where none is stable",
    (
        Column("cluster", "integer", "1 pays earliest"),
        Column("cluster_name", "text", "its name by its features, in the language of the run"),
        Column("customers_count", "integer", "customers in it"),
        Column("mean_days_late", "number", "mean of their mean days late"),
        Column("spread_days", "number", "mean of their spreads of days late"),
        Column("month_end_share", "number", "part of their payments made from the 28th on or on the first two days"),
        Column(
            "stability_index",
            "number",
            "adjusted Rand index of the whole grouping over resamples, mean: what the number of groups was chosen on",
        ),
        Column("stability_low_index", "number", "its 10th percentile"),
    ),
)
CUSTOMER_CLUSTERS = Table(
    "customer_clusters",
    "a customer in one of the groups of payers that the data make",
    (
        Column("customer_id", "text", "the customer"),
        Column("cluster", "integer", "its group (table payer_clusters)"),
        *(Column(name, "number", f"its {name.replace('_', ' ')}") for name in FEATURES),
    ),
)


@dataclass(frozen=True)
class PayerClusters:
    """The groups (names as `Message`), who is in which, and what is to be said."""

    clusters: pd.DataFrame
    members: pd.DataFrame
    notes: tuple[Message, ...]


def cluster_features(profiles: pd.DataFrame, month_ends: pd.Series) -> pd.DataFrame:
    """`FEATURES` of the customers with enough items, by customer_id.

    From: `PAYER_PROFILES`; month_ends: part of its payments at a month's end, by customer_id.
    """
    last = sorted(profiles["period_start"].unique())[-HALF_YEARS:]
    recent = profiles[profiles["period_start"].isin(last) & (profiles["amount_cents"] > 0)]
    weight = recent["amount_cents"].astype("float64")
    spread = recent["spread_days"].fillna(0.0)
    sums = pd.DataFrame(
        {
            "customer_id": recent["customer_id"], "items": recent["items_count"], "weight": weight,
            "mean": weight * recent["mean_days_late"],
            "square": weight * (spread**2 + recent["mean_days_late"] ** 2),
        }
    ).groupby("customer_id").sum()  # fmt: skip
    mean = sums["mean"] / sums["weight"]
    made = pd.DataFrame(
        {
            "mean_days_late": mean,
            "spread_days": np.sqrt((sums["square"] / sums["weight"] - mean**2).clip(lower=0)),
            "month_end_share": month_ends.reindex(sums.index),
        }
    )
    return made[(sums["items"] >= MIN_ITEMS)].dropna()


def cluster_payers(features: pd.DataFrame, *, seed: int) -> PayerClusters:
    """Groups of payers, as many as are stable; none, with a note, where customers are too few or no group is stable."""
    if len(features) < MIN_CUSTOMERS:
        note = message(
            "Payer profiles made by the data: {count:customer has|customers have} enough items, {least} are needed. "
            "The rules of the policy alone sort them.",
            count=len(features), least=MIN_CUSTOMERS,
        )  # fmt: skip
        return PayerClusters(PAYER_CLUSTERS.empty(), CUSTOMER_CLUSTERS.empty(), (note,))
    points = _standardised(features)
    found = [(count, *_grouped(points, count, seed=seed)) for count in COUNTS]
    stable = [each for each in found if each[2].mean() >= LEAST_INDEX and _large_enough(each[1])]
    if not stable:
        note = message("Payer profiles made by the data: no grouping comes back when customers are drawn again; the "
                       "rules of the policy alone sort them.")  # fmt: skip
        return PayerClusters(PAYER_CLUSTERS.empty(), CUSTOMER_CLUSTERS.empty(), (note,))
    _, labels, indices = max(stable, key=lambda each: (round(float(each[2].mean()), 3), each[0]))
    return _told(features, labels, indices)


def _standardised(features: pd.DataFrame) -> Floats:
    """Days cut at both ends and on a root scale, so that one very late payer makes no group of its own."""
    days = features[["mean_days_late", "spread_days"]].clip(*_EDGE_DAYS).to_numpy(dtype=np.float64)
    points = np.column_stack([np.sign(days) * np.sqrt(np.abs(days)), features["month_end_share"].to_numpy(np.float64)])
    spread = points.std(axis=0)
    scaled: Floats = (points - points.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
    return scaled


def _grouped(points: Floats, count: int, *, seed: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Labels of the whole, and the adjusted Rand index of each resample's grouping of it."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score
    from threadpoolctl import threadpool_limits

    generator = np.random.default_rng([seed, count])
    indices = []
    with threadpool_limits(1):  # a few hundred points: threads would only wait for one another
        whole = KMeans(count, n_init=6, random_state=seed).fit(points)
        for draw in range(DRAWS):
            chosen = points[generator.integers(0, len(points), len(points))]
            again = KMeans(count, n_init=4, random_state=draw).fit(chosen)
            indices.append(float(adjusted_rand_score(whole.labels_, again.predict(points))))
    return whole.labels_.astype(np.int64), np.array(indices)


def _large_enough(labels: npt.NDArray[np.int64]) -> bool:
    return int(np.bincount(labels).min()) >= max(5, MIN_PART * len(labels))


def _told(features: pd.DataFrame, labels: npt.NDArray[np.int64], indices: Floats) -> PayerClusters:
    means = features.groupby(labels).mean()
    rank = {label: place for place, label in enumerate(means.sort_values("mean_days_late").index, start=1)}
    members = features.assign(cluster=[rank[label] for label in labels]).rename_axis("customer_id").reset_index()
    clusters = members.groupby("cluster")[list(FEATURES)].mean()
    clusters["customers_count"] = members.groupby("cluster").size()
    clusters = clusters.reset_index().assign(
        stability_index=float(indices.mean()), stability_low_index=float(np.quantile(indices, 0.1))
    )
    names = pd.Series([_name(row) for row in clusters.to_dict("records")], index=clusters.index, dtype="object")
    return PayerClusters(
        clusters.assign(cluster_name=names), CUSTOMER_CLUSTERS.conform(members)[CUSTOMER_CLUSTERS.names], ()
    )


def _name(row: Mapping[Any, Any]) -> Message:
    """A group by what sets it apart: its rhythm, then its delay."""
    late = round(row["mean_days_late"])
    when = (
        message("on time") if abs(late) <= 3
        else message("late by {days}", days=Days(late)) if late > 0
        else message("{days} early", days=Days(-late))
    )  # fmt: skip
    if row["month_end_share"] >= _MONTH_END:
        return message("month-end payers, {when}", when=when)
    if row["spread_days"] <= _REGULAR:
        return message("regular payers, {when}", when=when)
    if row["spread_days"] >= _IRREGULAR:
        return message("irregular payers, {when}", when=when)
    return message("payers {when}", when=when)
