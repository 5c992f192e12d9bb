"""Groups of payers: planted ones are found again and named, few customers say so, names follow the features."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.ledger.payer_profiles import PAYER_PROFILES
from riskkit.models.payer_clusters import MIN_CUSTOMERS, cluster_features, cluster_payers


def planted(count: int, seed: int = 3) -> pd.DataFrame:
    """Three kinds of payers, in turn: on time, at a month's end late by 30 days, anyhow late by 60."""
    rng = np.random.default_rng(seed)
    kind = np.arange(count) % 3
    return pd.DataFrame(
        {
            "mean_days_late": np.array([1.0, 30.0, 60.0])[kind] + rng.normal(0, 2, count),
            "spread_days": np.array([4.0, 9.0, 40.0])[kind] + rng.normal(0, 1, count),
            "month_end_share": np.array([0.1, 0.95, 0.2])[kind] + rng.normal(0, 0.03, count),
        },
        index=[f"C{n:03d}" for n in range(count)],
    )


def test_planted_groups_are_found_and_named_by_what_they_do():
    made = cluster_payers(planted(150), seed=1)
    assert made.notes == ()
    assert [str(name) for name in made.clusters["cluster_name"]] == [
        "regular payers, on time", "month-end payers, late by 30 days", "irregular payers, late by 60 days"
    ]  # fmt: skip
    assert made.clusters["customers_count"].tolist() == [50, 50, 50]
    assert made.clusters["stability_index"].min() > 0.95
    expected = np.arange(150) % 3 + 1
    assert (made.members.sort_values("customer_id")["cluster"].to_numpy() == expected).all()


def test_the_order_of_customers_changes_nothing():
    features = planted(90)
    one, other = cluster_payers(features, seed=1), cluster_payers(features.iloc[::-1], seed=1)
    merged = one.members.merge(other.members, on="customer_id")
    assert (merged["cluster_x"] == merged["cluster_y"]).all()


def test_too_few_customers_make_no_group_and_say_so():
    made = cluster_payers(planted(MIN_CUSTOMERS - 1), seed=1)
    assert made.clusters.empty
    assert made.members.empty
    assert "59 customers have enough items, 60 are needed" in str(made.notes[0])


def test_features_pool_the_last_two_half_years_by_euro():
    rows = [
        ("A", "2023-07-01", 3, 100_00, 90.0, 0.0),  # too old
        ("A", "2024-01-01", 3, 100_00, 10.0, 0.0),
        ("A", "2024-07-01", 3, 300_00, 30.0, 4.0),
        ("B", "2024-07-01", 4, 100_00, 5.0, 1.0),  # four items are too few
    ]
    frame = pd.DataFrame(
        rows, columns=["customer_id", "period_start", "items_count", "amount_cents", "mean_days_late", "spread_days"]
    )
    frame["period_start"] = pd.to_datetime(frame["period_start"])
    assert set(frame.columns) <= set(PAYER_PROFILES.names)
    made = cluster_features(frame, pd.Series({"A": 0.5, "B": 0.0}))
    # mean (10 + 3 × 30) ÷ 4 = 25; squares (100 + 3 × (16 + 900)) ÷ 4 = 712; 712 − 625 = 87
    assert made.index.tolist() == ["A"]
    assert made.loc["A"].tolist() == [25.0, np.sqrt(87.0), 0.5]
