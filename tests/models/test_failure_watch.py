"""Customers to watch for failure: the odds by hand, the places, and a planted bureau score recovered."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskkit.companies.bureau import BureauFile, read_bureau
from riskkit.models.failure_watch import failure_odds, watched
from riskkit.models.validation import auc
from riskkit.policy_scores import ScoringPolicy
from riskkit.sources.sample import SampleSpec, make_sample
from riskkit.sources.sample_ratings import HORIZON_DAYS, QUARTER_DAYS, sample_ratings, write_ratings

POLICY = ScoringPolicy(watch_class_ratio=1.5, watch_share=0.25)


def test_odds_multiply_by_a_ratio_per_class_and_unknown_is_the_middle():
    odds = failure_odds(
        pd.Series([4.0, 4.0, 4.0, np.nan, np.nan]), pd.Series([3.0, 5.0, np.nan, 1.0, np.nan]), policy=POLICY
    )
    assert odds.tolist()[:3] == [4.0, 9.0, 4.0]  # 4 × 1.5² = 9
    assert odds[3] == pytest.approx(1 / 2.25)  # 1.5⁻²: no invoice in the window says nothing
    assert np.isnan(odds[4])


def test_a_share_of_the_active_customers_is_watched_and_none_without_a_sign():
    odds = pd.Series([9.0, 30.0, 2.0, 0.5, np.nan, 5.0, 0.2, 0.9])
    active = pd.Series([True, False, True, True, True, True, True, True])
    assert watched(odds, active, policy=POLICY).tolist() == [True] + [False] * 7  # a quarter of 7 is one place
    everyone = watched(odds, active, policy=POLICY.model_copy(update={"watch_share": 0.5}))
    assert everyone.sum() == 3  # three places, for 9, 5 and 2: 0.9 would not get one
    assert not watched(pd.Series([0.9, 0.8]), pd.Series([True, True]), policy=POLICY).any()


def test_the_bureau_score_ranks_failures_as_planted():
    samples = [make_sample(SampleSpec(seed=seed, customers=400, invoices=4_000)) for seed in (41, 42, 43)]
    fresh, bad = [], []
    for sample in samples:
        ratings = sample_ratings(sample)
        failure = ratings["customer_id"].map(sample.truth.habits.set_index("customer_id")["failure_date"])
        lead = (failure - ratings["rating_date"]).dt.days
        assert not (lead <= 0).any()  # no opinion about a company that has failed
        assert ratings["rating_date"].max() <= pd.Timestamp(sample.spec.end_date)
        assert ratings["score"].between(1, 100).all()
        fresh.append(ratings["score"])
        bad.append(lead <= HORIZON_DAYS)
    scores, soon = pd.concat(fresh).to_numpy(dtype="float64"), pd.concat(bad).to_numpy(dtype="float64")
    assert soon.sum() > 150
    # Φ(1.09 ÷ √2) = 0.78; opinions of one company repeat each other, hence the width
    assert auc(-scores, soon) == pytest.approx(0.78, abs=0.06)


def test_the_file_of_the_bureau_is_read_as_it_was_drawn(tmp_path):
    sample = make_sample(SampleSpec(seed=5, customers=60, invoices=300, months=13))
    drawn = sample_ratings(sample)
    path = write_ratings(tmp_path / "notations.csv", sample)
    found = read_bureau(BureauFile(file=path.name, provider="bureau"), folder=tmp_path)
    assert not found.notes
    assert len(found.ratings) == len(drawn) > 100
    both = found.ratings.merge(drawn, on=["siren", "rating_date"], validate="one_to_one")
    assert (both["raw"].astype("int64") == both["score"]).all()
    worst = both["risk_class"].astype("int64")
    assert (worst[both["score"] <= 20] == 5).all()
    assert (worst[both["score"] >= 71] == 1).all()
    gaps = drawn.sort_values("rating_date").groupby("customer_id")["rating_date"].diff().dropna().dt.days
    assert set(gaps) == {QUARTER_DAYS}
    assert sample.spec.end_date - drawn["rating_date"].max().date() < dt.timedelta(QUARTER_DAYS)
