"""Groups of payers that the data make, beside the rules: one stage of a run."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import connect
from riskkit.errors import Message
from riskkit.exhibits.language import language as language_of
from riskkit.ledger.snapshot import Snapshot
from riskkit.models.payer_clusters import CUSTOMER_CLUSTERS, PAYER_CLUSTERS, cluster_features, cluster_payers
from riskkit.sources.reading import Reading

PAYER_TABLES = (PAYER_CLUSTERS, CUSTOMER_CLUSTERS)
FROM_DAY, TO_DAY = 28, 2
"""A payment from the 28th on, or on the first two days, is made at a month's end."""


@dataclass(frozen=True)
class Payers:
    """The tables of the stage, by name, and what is to be said."""

    tables: dict[str, pd.DataFrame]
    notes: tuple[Message, ...]


def group_payers(reading: Reading, snapshot: Snapshot, profiles: pd.DataFrame, *, seed: int, language: str) -> Payers:
    """`PAYER_TABLES` of what is known at the date of the snapshot.

    Parameters
    ----------
    reading
        Its payments are read.
    snapshot
        The date.
    profiles
        `PAYER_PROFILES`.
    seed
        Of the groupings and of the resamples.
    language
        Of the names.

    """
    end = pd.Timestamp(snapshot.as_of)
    day = nw.col("payment_date").dt.day()
    at_end = nw.when((day >= FROM_DAY) | (day <= TO_DAY)).then(nw.lit(1)).otherwise(nw.lit(0))
    with connect() as connection:
        paid = (
            reading.lazy("payments", connection)
            .filter((nw.col("kind") == "payment") & (nw.col("payment_date") <= end)
                    & (nw.col("payment_date") > end - pd.Timedelta(days=365)))
            .select("customer_id", at_end=at_end.cast(nw.Float64))
            .group_by("customer_id")
            .agg(nw.col("at_end").mean())
        )  # fmt: skip
        shares: pd.DataFrame = paid.collect(backend="pandas").to_native()
    features = cluster_features(profiles, shares.set_index("customer_id")["at_end"])
    made = cluster_payers(features.sort_index(), seed=seed)
    words = language_of(language)
    clusters = made.clusters
    if len(clusters):
        names = [words.say(name) for name in clusters["cluster_name"]]
        clusters = PAYER_CLUSTERS.conform(clusters.assign(cluster_name=[n[:1].upper() + n[1:] for n in names]))
    return Payers(
        {PAYER_CLUSTERS.name: clusters[PAYER_CLUSTERS.names], CUSTOMER_CLUSTERS.name: made.members}, made.notes
    )
