"""Opinions of a credit bureau about the sample's customers, dated, as one that watches a portfolio sends them.

They are drawn from a stream of their own, so that a sample is the same with them or without. A company in five is not
rated, nor are the accounts of one-off buyers. The others get an opinion each quarter, on a day of their own:

    x = √0.7 × q + √0.3 × e + 1.09 × (failure within 365 days),    score = 100 × (1 − Φ(x)), held within 1 to 100

with q standard normal by company (what lasts) and e by opinion. A company that fails within a year is thus ranked
below one that does not in Φ(1.09 ÷ √2) = 78 % of pairs (the area under the curve): an assumption about bureaux, not a
measure of one. Nothing else is planted: a score knows no payment to this company, no sector and no size.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd

from riskkit.sources.sample_spec import Sample

HEADERS = ("Siren", "Date score", "Note")
LASTING_SHARE, SHIFT = 0.7, 1.09
HORIZON_DAYS, QUARTER_DAYS = 365, 91
UNRATED_SHARE = 0.2


def sample_ratings(sample: Sample) -> pd.DataFrame:
    """Opinions up to the end date, none after a failure: siren, customer_id, rating_date, score (1 worst to 100)."""
    spec, customers = sample.spec, sample.customers
    rng = np.random.default_rng([spec.seed, 7])
    count, quarters = len(customers), -(-(spec.end_date - spec.start_date).days // QUARTER_DAYS)
    lasting, first = rng.standard_normal(count), rng.integers(0, QUARTER_DAYS, count)
    rated = (rng.random(count) >= UNRATED_SHARE) & ~customers["is_catch_all"].to_numpy(dtype=bool)
    start = np.datetime64(spec.start_date, "D")
    days = start + first[:, None] + QUARTER_DAYS * np.arange(quarters)[None, :]
    failure = customers[["customer_id"]].merge(sample.truth.habits[["customer_id", "failure_date"]], how="left")
    failed = failure["failure_date"].to_numpy(dtype="datetime64[D]")[:, None]
    lead = (failed - days).astype("float64")
    lead[np.broadcast_to(np.isnat(failed), lead.shape)] = np.inf
    noise = rng.standard_normal((count, quarters))
    x = math.sqrt(LASTING_SHARE) * lasting[:, None] + math.sqrt(1 - LASTING_SHARE) * noise
    x += SHIFT * ((lead > 0) & (lead <= HORIZON_DAYS))
    kept = rated[:, None] & (lead > 0) & (days <= np.datetime64(spec.end_date, "D"))
    row, quarter = np.nonzero(kept)
    tail = [0.5 * math.erfc(value / math.sqrt(2)) for value in x[row, quarter].tolist()]
    return pd.DataFrame(
        {
            "siren": customers["siren"].to_numpy()[row],
            "customer_id": customers["customer_id"].to_numpy()[row],
            "rating_date": days[row, quarter].astype("datetime64[us]"),
            "score": np.clip(np.round(100 * np.array(tail)), 1, 100).astype("int64"),
        }
    ).sort_values(["rating_date", "customer_id"], ignore_index=True)


def write_ratings(path: Path, sample: Sample) -> Path:
    """The opinions as the bureau's export: one line an opinion, by SIREN."""
    ratings = sample_ratings(sample)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        lines = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        lines.writerow(HEADERS)
        for siren, day, score in zip(ratings["siren"], ratings["rating_date"], ratings["score"], strict=True):
            lines.writerow((siren, day.strftime("%d/%m/%Y"), score))
    return path
