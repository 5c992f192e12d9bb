"""Accounts alone: pairs of ratios, curves in integer points, trees; on simulated companies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.models.solvency import find_pairs, fit_curves, fit_trees
from riskkit.models.validation import auc


def companies(seed=0, count=1_500):
    """Sales and costs over assets nearly agree: only their quotient, the margin, matters."""
    rng = np.random.default_rng(seed)
    sales = np.exp(rng.normal(0, 0.8, count))
    margin = rng.normal(0.05, 0.04, count)
    frame = pd.DataFrame({"sales": sales, "costs": sales * (1 - margin), "noise": rng.normal(size=count)})
    frame["sales_again"] = frame["sales"] * (1 + 1e-5 * rng.normal(size=count))  # one ratio but for rounding
    failed = (rng.random(count) < 1 / (1 + np.exp(2 + 60 * margin))).astype(float)
    frame.loc[rng.random(count) < 0.1, "noise"] = np.nan
    return frame, failed


def test_ratios_that_nearly_agree_are_set_against_each_other_and_copies_are_not():
    ratios, _ = companies()
    pairs = find_pairs(ratios)
    assert ("sales", "costs") in pairs.pairs
    assert ("sales", "sales_again") not in pairs.pairs
    made = pairs.transform(ratios)
    assert made["sales ÷ costs"].to_numpy() == pytest.approx((ratios["sales"] / ratios["costs"]).to_numpy())
    assert made["missing_count"].tolist() == ratios["noise"].isna().astype(float).tolist()
    zero = pairs.transform(pd.DataFrame({"sales": [1.0], "costs": [0.0], "noise": [0.0], "sales_again": [1.0]}))
    assert zero["sales ÷ costs"].isna().all()


def test_curves_are_integers_that_add_up_and_see_what_no_single_ratio_shows():
    ratios, failed = companies(1)
    other, truth = companies(2)
    pairs = find_pairs(ratios)
    figures, asked = pairs.transform(ratios), pairs.transform(other)
    curves = fit_curves(figures, failed, seed=1, rounds=150)
    points = curves.points(asked)
    assert all(points[name].to_numpy().dtype.kind == "i" for name in points)
    assert auc(curves.predict(asked), truth) > 0.75
    plain = find_pairs(ratios[["sales", "noise"]]).transform(ratios[["sales", "noise"]])
    alone = fit_curves(plain, failed, seed=1, rounds=150)
    assert auc(alone.predict(plain), failed) < 0.75
    one = asked.iloc[[7]]
    assert curves.predict(one)[0] == curves.predict(asked)[7]
    assert int(points.iloc[7].sum()) == int(curves.points(one).iloc[0].sum())


def test_trees_predict_what_was_planted():
    ratios, failed = companies(3)
    other, truth = companies(4)
    pairs = find_pairs(ratios)
    trees = fit_trees(pairs.transform(ratios), failed, seed=1, models=2, rounds=80)
    chance = trees.predict(pairs.transform(other))
    assert auc(chance, truth) > 0.75
    assert chance.mean() == pytest.approx(truth.mean(), abs=0.03)
