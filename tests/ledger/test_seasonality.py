"""Seasonality: closed form on a balanced series, recovery of a planted season, silence when two years are not there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.ledger.payer_profiles import classify
from riskkit.ledger.seasonality import month_effects
from riskkit.policy_measures import ProfilePolicy

FIRST = 2020 * 12


def _effects(values, *, is_relative=False):
    series = pd.Series(values, index=range(FIRST, FIRST + len(values)), dtype="float64")
    return month_effects(series, measure="x_days", is_relative=is_relative, confidence=0.95)


def test_without_noise_the_season_is_found_exactly():
    season = np.array([5, 4, 0, -1, -2, 0, 1, -9, 0, 1, 0, 1], dtype="float64")
    months = np.arange(48)
    table = _effects(30 + 0.25 * months + season[months % 12])
    assert table["effect"].to_numpy() == pytest.approx(season)
    assert (table["high"] - table["low"]).to_numpy() == pytest.approx(np.zeros(12), abs=1e-6)
    assert table["months_count"].eq(4).all()


def test_a_relative_season_is_a_ratio():
    ratios = np.exp(np.log(np.array([1.2, 1, 1, 1, 1, 1, 1, 0.6, 1, 1, 1, 1])) - np.log(1.2 * 0.6) / 12)
    table = _effects(1000 * 1.01 ** np.arange(36) * np.tile(ratios, 3), is_relative=True)
    assert (1 + table["effect"]).to_numpy() == pytest.approx(ratios)


def test_under_two_years_nothing_is_said():
    for count in (0, 5, 23):
        table = _effects(np.arange(count))
        assert table["effect"].isna().all()
        assert table["reason"].str.contains("24").all()


def test_intervals_hold_at_their_rate_and_do_not_cry_season():
    rng = np.random.default_rng(1)
    covered = [_effects(rng.normal(20, 3, 36)) for _ in range(200)]
    share = np.mean([((t["low"] <= 0) & (t["high"] >= 0)).mean() for t in covered])
    assert 0.93 <= share <= 0.97


def test_profiles_stand_on_the_right_side_of_their_bounds():
    means = pd.Series([5.0, 5.1, 15.0, 15.1, 45.0, 45.1, 0.0, 2.0, 60.0])
    spreads = pd.Series([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 40.0, 40.0])
    items = pd.Series([5, 5, 5, 5, 5, 5, 4, 9, 9])
    found = classify(means, spreads, items, policy=ProfilePolicy())
    assert found.tolist() == [
        "punctual", "slightly_late", "slightly_late", "late", "late", "very_late", "unknown", "irregular", "very_late",
    ]  # fmt: skip
