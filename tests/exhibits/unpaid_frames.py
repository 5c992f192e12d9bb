"""Frames for the figures about the unpaid, of any number of groups with long French names; made up, from a seed."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

AS_OF = dt.date(2024, 12, 31)
BUCKETS = ("not_due", "d1_30", "d31_60", "d61_90", "d91_180", "over_180", "undated")
PROFILES = ("punctual", "slightly_late", "late", "very_late", "irregular", "unknown")
SCALES = {"days_late_capped_days": 1, "unpaid_after_30_days_share": 0.01, "sales_amount": 0.03}
LONG = (
    "Travail du bois et fabrication d'articles en bois et en liège, à l'exception des meubles",
    "Commerce de gros, à l'exception des automobiles et des motocycles",
    "Programmation, conseil et autres activités informatiques $x_1$",
    "Réparation et installation de machines et d'équipements",
    "Génie civil",
)


def label(rank: int) -> str:
    return f"{rank + 10} {LONG[rank % len(LONG)]}"


def groups(count: int) -> pd.DataFrame:
    """Groups whose exposure falls with their rank; the second one stands out."""
    draw = np.random.default_rng(3)
    rows = []
    for rank in range(count):
        opened = 900_000 / (rank + 1)
        parts = draw.dirichlet((12, 4, 3, 2, 2, 2, 0.2)) * opened
        lift = 1.7 if rank == 1 else float(draw.uniform(0.4, 1.2))
        rows.append(
            {
                "label": label(rank),
                **{f"{code}_amount": float(part) for code, part in zip(BUCKETS, parts, strict=True)},
                "open_items_amount": float(opened),
                "lift": lift,
                "lift_low": lift * 0.75 if count > 1 else np.nan,
                "lift_high": lift * 1.3 if count > 1 else np.nan,
            }
        )
    return pd.DataFrame(rows, columns=["label", *[f"{b}_amount" for b in BUCKETS], "open_items_amount", "lift",
                                       "lift_low", "lift_high"])  # fmt: skip


def overdue(count: int) -> pd.Series:
    return pd.Series([100_000 / (rank + 1) ** 1.3 for rank in range(count)], dtype="float64")


def history(count: int) -> pd.DataFrame:
    """Month ends; a wave on every bucket."""
    days = pd.date_range(end=pd.Timestamp(AS_OF), periods=count, freq="ME")
    wave = 1 + 0.2 * np.sin(np.arange(count) / 6 * np.pi)
    base = dict(zip(BUCKETS, (2_000_000, 500_000, 260_000, 120_000, 90_000, 140_000, 0), strict=True))
    return pd.DataFrame({"as_of": days, **{f"{code}_amount": level * wave for code, level in base.items()}})


def dues(count: int) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    days = pd.to_datetime(AS_OF) + pd.to_timedelta(draw.integers(-200, 130, count), unit="D")
    return pd.DataFrame({"due_date": days, "open_amount": draw.uniform(100, 90_000, count)})


def cohorts(count: int) -> pd.DataFrame:
    rows = []
    for age in range(count):
        month = pd.Timestamp(2024, 12, 1) - pd.DateOffset(months=age)
        for since in range(age + 1):
            share = min(0.97, 0.05 + 0.9 * (1 - np.exp(-since * (0.9 - 0.01 * age))))
            rows.append((month, since, True, 100_000.0, 0.0, 100_000 * share, share))
    names = ["billing_month", "months_since", "is_complete", "billed_amount", "credited_amount", "collected_amount",
             "collected_share"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def transitions() -> pd.DataFrame:
    rows = []
    for rank, code in enumerate(BUCKETS[:6]):
        older = BUCKETS[min(rank + 1, 5)]
        for to, share in (
            ("settled", 0.6 - rank * 0.09),
            (code, 0.2),
            (older, 0.2 + rank * 0.08),
            ("written_off", 0.01),
        ):
            rows.append(("latest", code, to, 1000 // (rank + 1), share))
    return pd.DataFrame(rows, columns=["period", "from_bucket", "to_bucket", "items_count", "probability"])


def seasonality(effects: dict[int, float]) -> pd.DataFrame:
    rows = [
        (measure, month, effects.get(month, 0.4) * scale, (effects.get(month, 0.4) - 2) * scale,
         (effects.get(month, 0.4) + 2) * scale, None)
        for measure, scale in SCALES.items()
        for month in range(1, 13)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["measure", "calendar_month", "effect", "low", "high", "reason"])


def delays() -> pd.DataFrame:
    edges = (-30, -15, -5, 0, 5, 15, 30, 45, 60, 90, 120, 180)
    lows, highs = [np.nan, *edges], [*edges, np.nan]
    draw = np.random.default_rng(9)
    rows = []
    for rank, profile in enumerate((*PROFILES, "all")):
        weights = draw.dirichlet(np.exp(-((np.arange(13) - 3 - rank) ** 2) / 6) * 20 + 0.3)
        for low, high, share in zip(lows, highs, weights, strict=True):
            rows.append((profile, low, high, share * 100_000 * (6 - min(rank, 5)), share))
    return pd.DataFrame(rows, columns=["profile", "low_days", "high_days", "amount", "amount_share"])
