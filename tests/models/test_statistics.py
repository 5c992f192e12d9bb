"""Bins, points, trees, calibration, cuts, drift, classes by evidence: by hand, by property, by simulation."""

from __future__ import annotations

import datetime as dt
import json
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from riskkit.errors import DataError
from riskkit.exhibits.language import language
from riskkit.models.binning import fit_bins
from riskkit.models.calibration import Calibration, fit_calibration, fit_stretch, set_level
from riskkit.models.challenger import fit_challenger
from riskkit.models.champion import latest_year, try_candidates
from riskkit.models.drift import distribution_of, measure_drift, refit_advice, stability_index
from riskkit.models.figure_names import FIGURES
from riskkit.models.fitted_score import fit_score, level_error
from riskkit.models.new_customers import fit_new_customers
from riskkit.models.risk_levels import best_cut, choose_thresholds, level_by_probability
from riskkit.models.score_cases import DIRECTIONS
from riskkit.models.scorecard import BASE_POINTS, Scorecard, fit_logistic, fit_scorecard, probability_of
from riskkit.models.stored_score import read_score, write_score
from riskkit.models.time_cuts import debtor_folds, time_cuts, unseen
from riskkit.models.validation import (
    auc,
    auc_draws,
    average_precision,
    brier,
    draw_groups,
    expected_calibration_error,
    kolmogorov_smirnov,
    lift,
    measure_draws,
    wilson,
)
from riskkit.policy_scores import ScoringPolicy

POLICY = ScoringPolicy()
MONTH = 30


def simulated(seed=0, *, customers=240, months=24, strength=1.5):
    """Customer-months whose log-odds are −1.5 + strength × x1 − 0.8 × x2 (of five levels each), all else noise."""
    rng = np.random.default_rng(seed)
    ends = [day.toordinal() for day in pd.date_range("2022-06-30", periods=months, freq="ME")]
    who = np.repeat(np.arange(customers), months)
    x1 = np.clip(np.round(rng.normal(size=customers)), -2, 2)[who]
    x2 = np.clip(np.round(rng.normal(size=len(who))), -2, 2)
    chance = 1 / (1 + np.exp(1.5 - strength * x1 + 0.8 * x2))
    frame = pd.DataFrame({name: rng.normal(size=len(who)) for name in DIRECTIONS})
    frame["broken_share"], frame["relation_months"] = x1, x2
    frame["shrunk_late_rate"] = 1 / (1 + np.exp(-0.5 * x1 - rng.normal(size=customers)[who]))
    frame.loc[rng.random(len(who)) < 0.1, "dbt_trend_days"] = np.nan
    return frame.assign(
        customer_id=[f"C{n}" for n in who],
        group=[f"C{n // 2}" for n in who],
        as_of=np.tile(ends, customers),
        bad=(rng.random(len(who)) < chance).astype(float),
        chance=chance,
        is_new=False,
        section="F",
        unpaid_cents=100,
    )


def test_areas_and_scores_are_those_of_scikit_learn():
    rng = np.random.default_rng(3)
    score = np.round(rng.random(400), 1)  # many ties
    bad = (rng.random(400) < 0.2 + 0.5 * score).astype(float)
    assert auc(score, bad) == pytest.approx(roc_auc_score(bad, score))
    assert brier(score, bad) == pytest.approx(brier_score_loss(bad, score))
    assert average_precision(score, bad) == pytest.approx(average_precision_score(bad, score))
    assert np.isnan(auc(score, np.zeros(400)))


def test_a_draw_that_takes_everybody_once_gives_the_area_itself():
    rng = np.random.default_rng(4)
    score, bad, groups = rng.random(60), (rng.random(60) < 0.4).astype(float), np.repeat(np.arange(20), 3)
    once = np.ones((10, 20), dtype="int64")
    assert auc_draws(score, bad, groups, once) == pytest.approx(np.full(10, auc(score, bad)))
    drawn = measure_draws(score, bad, groups, once)
    assert drawn["ks"] == pytest.approx(np.full(10, kolmogorov_smirnov(score, bad)))
    assert drawn["average_precision"] == pytest.approx(np.full(10, average_precision(score, bad)))
    assert drawn["brier"] == pytest.approx(np.full(10, brier(score, bad)))
    assert drawn["ece"] == pytest.approx(np.full(10, expected_calibration_error(score, bad)))
    twice = once.copy()
    twice[:, 0] = 2  # counting a group twice is the same as repeating its rows
    again = auc(np.r_[score, score[:3]], np.r_[bad, bad[:3]])
    assert auc_draws(score, bad, groups, twice) == pytest.approx(np.full(10, again))
    assert draw_groups(20, draws=7, seed=1).sum(axis=1).tolist() == [20] * 7


def test_measures_by_hand():
    chance = np.array([0.1, 0.1, 0.9, 0.9])
    bad = np.array([0.0, 1.0, 1.0, 1.0])
    # two groups of two: |0.1 − 0.5| × ½ + |0.9 − 1| × ½ = 0.25
    assert expected_calibration_error(chance, bad, bins=2) == pytest.approx(0.25)
    # at 0.1: all bad and good below or at 0.1: good 1, bad 1/3 → distance 2/3
    assert kolmogorov_smirnov(chance, bad) == pytest.approx(2 / 3)
    # Wilson 95 % for 0 of 10: upper bound 0.2775 (Brown, Cai and DasGupta 2001, table of exact examples)
    assert wilson(0, 10)[0] == 0
    assert wilson(0, 10)[1] == pytest.approx(0.2775, abs=5e-4)


def test_lift_adds_up_to_all_events_and_all_the_money():
    rng = np.random.default_rng(5)
    score, bad = rng.random(95), (rng.random(95) < 0.3).astype(float)
    money = (bad * rng.integers(1, 9_999, 95)).astype("int64")
    table = lift(score, bad, money, horizon=6, candidate="x")
    assert table["events"].sum() == bad.sum()
    assert table["unpaid_cents"].sum() == money.sum()
    assert table["caught_share"].iloc[-1] == pytest.approx(1)
    assert table["unpaid_caught_share"].iloc[-1] == pytest.approx(1)


@given(st.integers(0, 10_000), st.sampled_from([1, -1]))
@settings(max_examples=25, deadline=None)
def test_bins_are_monotone_and_hold_every_case(seed, direction):
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(size=300), 1)
    values[rng.random(300) < 0.15] = np.nan
    bad = (rng.random(300) < 0.3).astype(float)
    bins = fit_bins("x", values, bad, direction=direction)
    assert sum(bins.counts) == 300
    assert sum(bins.bads) == bad.sum()
    rates = [b / n for b, n in zip(bins.bads[:-1], bins.counts[:-1], strict=True)]
    assert all(direction * (after - before) >= 0 for before, after in pairwise(rates))
    assert np.bincount(bins.index(values), minlength=len(bins.counts)).tolist() == list(bins.counts)


def test_a_bin_without_evidence_says_nothing():
    values = np.array([1.0] * 50 + [2.0] * 50)
    bins = fit_bins("x", values, np.array([0.0, 1.0] * 50))
    assert bins.edges == ()
    assert bins.woe == (0.0, 0.0)


def test_the_logistic_regression_is_that_of_scikit_learn():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(500, 3))
    bad = (rng.random(500) < 1 / (1 + np.exp(1 - x[:, 0]))).astype(float)
    constant, slopes = fit_logistic(x, bad, ridge=1.0)
    other = LogisticRegression(C=1.0, tol=1e-10, max_iter=1_000).fit(x, bad)
    assert constant == pytest.approx(float(other.intercept_[0]), abs=1e-4)
    assert slopes == pytest.approx(other.coef_[0], abs=1e-4)


def test_points_mean_what_they_say():
    # 500 points: 10 good to 1 bad; 40 more: 20 to 1
    assert probability_of(np.array([BASE_POINTS, BASE_POINTS + 40.0])) == pytest.approx([1 / 11, 1 / 21])


def test_the_scorecard_recovers_what_was_planted_in_integers_that_add_up_by_hand():
    cases = simulated(1)
    card = fit_scorecard(cases, cases["bad"].to_numpy(), directions=DIRECTIONS)
    names = [line.bins.name for line in card.lines]
    assert names[:2] == ["broken_share", "relation_months"]
    assert all(isinstance(point, int) for line in card.lines for point in line.points)
    for line in card.lines:
        direction = DIRECTIONS[line.bins.name]
        steps = np.diff(line.points[:-1])
        assert (steps * direction <= 0).all()
    chance = card.predict(cases)
    assert auc(chance, cases["bad"].to_numpy()) > auc(cases["chance"].to_numpy(), cases["bad"].to_numpy()) - 0.02
    assert expected_calibration_error(chance, cases["bad"].to_numpy()) < 0.02
    row = cases.iloc[[17]]
    by_hand = card.constant + sum(
        line.points[int(line.bins.index(row[line.bins.name].to_numpy())[0])] for line in card.lines
    )
    assert card.score(cases).iloc[17] == by_hand
    assert card.score(row).iloc[0] == by_hand


def test_trees_never_reward_what_is_worse():
    cases = simulated(2)
    model = fit_challenger(cases, cases["bad"].to_numpy(), directions=DIRECTIONS, seed=1)
    worse = pd.concat([cases.iloc[[5]]] * 9).assign(broken_share=np.linspace(-3, 3, 9))
    assert (np.diff(model.predict(worse)) >= -1e-12).all()
    assert model.predict(cases.iloc[[5]])[0] == model.predict(cases)[5]


def test_no_debtor_and_no_month_is_on_both_sides_of_a_split():
    cases = simulated(3)
    fold = debtor_folds(cases["group"], seed=1)
    cuts = time_cuts(cases, months=6, min_events=10)
    assert len(cuts) == 3
    for cut in cuts:
        seen = np.concatenate([test for _, test in unseen(cut, fold)])
        assert sorted(seen) == sorted(cut.test)
        for training, test in unseen(cut, fold):
            taught, asked = cases.iloc[training], cases.iloc[test]
            assert not set(taught["group"]) & set(asked["group"])
            assert (asked["as_of"] >= cut.day).all()
            ends = pd.to_datetime([pd.Timestamp.fromordinal(d) for d in taught["as_of"]]) + pd.DateOffset(months=6)
            assert max(ends).toordinal() <= cut.day
    tests = [set(cases.iloc[cut.test]["as_of"]) for cut in cuts]
    assert not tests[0] & tests[1]


def test_the_best_candidate_wins_and_the_simplest_among_equals():
    trial = try_candidates(simulated(4), months=6, policy=POLICY, seed=1)
    assert trial.champion == "scorecard"  # the truth is additive: trees are no better
    whole = trial.results[trial.results["cut_date"].isna()].set_index("candidate")
    assert whole.loc["scorecard", "gain_low"] > 0
    assert whole.loc["scorecard", "ece"] < 0.05
    assert trial.results.groupby("candidate")["is_champion"].nunique().eq(1).all()
    nothing = simulated(5, strength=0.0)
    nothing["bad"] = (np.random.default_rng(1).random(len(nothing)) < 0.3).astype(float)
    assert try_candidates(nothing, months=6, policy=POLICY, seed=1).champion == "customer_rate"


def test_too_few_events_or_too_short_a_past_fit_nothing_and_say_so():
    cases = simulated(6, customers=30)
    few = cases.assign(bad=np.where(cases["customer_id"] == "C1", cases["bad"], 0.0))
    score, trial, why = fit_score(few, months=6, policy=POLICY, seed=1, fitted_day=738_000)
    assert score is None
    assert trial is None
    assert "1 customer had an event, 30 are needed" in str(why)
    short = simulated(6, months=8)
    score, _, why = fit_score(short, months=6, policy=POLICY, seed=1, fitted_day=738_000)
    assert score is None
    assert "too short" in str(why)


def test_calibration_recovers_a_shift_and_leaves_a_good_scale_alone():
    rng = np.random.default_rng(7)
    truth = rng.random(20_000) * 0.6 + 0.02
    bad = (rng.random(20_000) < truth).astype(float)
    fitted = fit_calibration(truth, bad)
    assert fitted.shift == pytest.approx(0, abs=0.1)
    assert fitted.stretch == pytest.approx(1, abs=0.1)
    halved = Calibration(0.7, 0.5).apply(truth)
    again = fit_calibration(halved, bad)
    assert expected_calibration_error(again.apply(halved), bad) < 0.01
    assert fit_calibration(truth, np.zeros(20_000)) == Calibration()


def test_a_stretch_is_found_whatever_the_level_of_each_period():
    rng = np.random.default_rng(17)
    period = np.repeat([3, 7], 20_000)
    odds = rng.normal(-1, 1, 40_000)
    bad = (rng.random(40_000) < 1 / (1 + np.exp(-odds))).astype(float)
    exaggerated = 1 / (1 + np.exp(-(2 * odds + np.where(period == 3, 1.5, -0.5))))
    assert fit_stretch(exaggerated, bad, period) == pytest.approx(0.5, abs=0.02)
    assert fit_stretch(exaggerated, np.zeros(40_000), period) == 1


def test_a_level_is_the_rate_of_the_cases_that_set_it():
    rng = np.random.default_rng(18)
    chance, bad = rng.random(500), (rng.random(500) < 0.12).astype(float)
    scale = set_level(chance, bad, stretch=0.6)
    assert scale.apply(chance).mean() == pytest.approx(bad.mean(), abs=1e-9)
    assert scale.stretch == 0.6
    # (0, 1) changes nothing, and half of 0.2 and 0.8 on average is there already
    assert set_level(np.array([0.2, 0.8]), np.array([0.0, 1.0]), stretch=1.0).shift == pytest.approx(0, abs=1e-9)


def test_a_model_of_another_level_than_its_forebears_keeps_its_own():
    cases = simulated(6)
    early = cases["as_of"] < cases["as_of"].median()
    rng = np.random.default_rng(4)
    waned = cases.assign(bad=np.where(early & (rng.random(len(cases)) < 0.3), 1.0, cases["bad"]))
    score, trial, _ = fit_score(waned, months=6, policy=POLICY, seed=1, fitted_day=738_000)
    latest = latest_year(waned)
    assert score.predict(latest).mean() == pytest.approx(latest["bad"].mean(), abs=1e-6)
    assert len(trial.chances) == len(trial.cases)


def test_drift_is_zero_for_the_same_and_large_for_a_shift():
    rng = np.random.default_rng(8)
    values = rng.normal(size=2_000)
    before = distribution_of(values)
    assert stability_index(before, distribution_of(values, edges=before.edges)) == 0
    # Siddiqi's reading: under 0.10 nothing moved, above 0.25 it did
    assert stability_index(before, distribution_of(rng.normal(size=2_000), edges=before.edges)) < 0.10
    assert stability_index(before, distribution_of(values + 1, edges=before.edges)) > 0.25


def test_a_customer_base_that_moved_asks_for_a_new_fit_in_words():
    rng = np.random.default_rng(6)
    then, now = rng.normal(0, 1, 800), rng.normal(1.5, 1, 600)
    learned = {"dbt_days": distribution_of(then), "open_months": distribution_of(rng.normal(0, 1, 800))}
    values = pd.DataFrame({"dbt_days": now, "open_months": rng.normal(0, 1, 600)})
    drift = measure_drift(learned, values, customers_before=800, horizon=6, limit=0.25)
    assert dict(zip(drift["figure"], drift["has_moved"], strict=True)) == {"dbt_days": True, "open_months": False}
    day = dt.date(2024, 6, 30).toordinal()
    said = refit_advice(drift, fitted_day=day)
    assert len(said) == 1
    french = language("fr").say(said[0])
    assert "score du 30/06/2024" in french
    assert "un nouvel ajustement est conseillé" in french
    assert "1 grandeur a bougé" in french.replace("\u00a0", " ")
    assert "dbt_days" not in french  # a figure bears its name, not that of its column
    assert re.search(r"indice de stabilité \d,\d", french)
    assert refit_advice(drift.assign(has_moved=False), fitted_day=day) == []


def test_every_figure_of_a_score_has_a_name():
    assert set(DIRECTIONS) <= set(FIGURES)


def test_cuts_maximise_the_f_measures_over_every_threshold():
    rng = np.random.default_rng(9)
    chance = np.round(rng.random(200), 2)
    bad = (rng.random(200) < chance).astype(float)
    for beta in (0.5, 2.0):
        best = best_cut(chance, bad, beta=beta)
        loop = 0.0
        for threshold in np.unique(chance):
            flagged = chance >= threshold
            precision, recall = bad[flagged].mean(), bad[flagged].sum() / bad.sum()
            if precision + recall > 0:
                loop = max(loop, (1 + beta**2) * precision * recall / (beta**2 * precision + recall))
        assert best.f_measure == pytest.approx(loop)
        assert best.flagged_share == pytest.approx((chance >= best.probability).mean())
    table = choose_thresholds(chance, bad, horizon=6)
    levels = level_by_probability(pd.Series([0.0, 1.0, np.nan]), table)
    assert levels.tolist()[:2] == ["low", "high"]
    assert levels.isna().tolist() == [False, False, True]


def test_new_customers_have_a_small_model_of_their_own():
    cases = simulated(10, customers=60).assign(is_new=True)
    cases["section"] = np.where(cases["group"] < "C2", "F", "G")
    rates = fit_new_customers(cases, policy=POLICY)
    first = cases.drop_duplicates("customer_id")
    assert rates.cases == 60  # one case per customer, not one per month
    assert rates.rate == pytest.approx(first["bad"].mean())
    own = first[first["section"] == "F"]["bad"]
    assert rates.sections["F"] == pytest.approx((own.sum() + 20 * rates.rate) / (len(own) + 20))
    assert fit_new_customers(cases.assign(bad=0.0), policy=POLICY) is None


@pytest.mark.parametrize("seed", [4, 11])
def test_a_score_is_saved_without_pickle_and_predicts_the_same_when_read(tmp_path, seed):
    cases = simulated(seed)
    if seed == 11:  # an interaction that no sum of points can hold: trees win
        sign = np.sign(cases["window_count"]) * np.sign(cases["log_window_amount"])
        rng = np.random.default_rng(0)
        cases["bad"] = (rng.random(len(cases)) < np.where(sign > 0, 0.7, 0.1)).astype(float)
    score, _, _ = fit_score(cases, months=6, policy=POLICY, seed=1, fitted_day=738_000)
    assert score.champion.name == ("scorecard" if seed == 4 else "challenger")
    path = write_score(score, tmp_path, policy=POLICY, version="0")
    again = read_score(path, policy=POLICY)
    pd.testing.assert_series_equal(again.predict(cases), score.predict(cases))
    assert again.data_sha256 == score.data_sha256
    with pytest.raises(DataError, match="another event"):
        read_score(path, policy=ScoringPolicy(event_days=90))
    if seed == 11:
        (tmp_path / "score_6m.skops").write_bytes(b"PK nothing")
        with pytest.raises(DataError, match="was changed"):
            read_score(path, policy=POLICY)
    content = json.loads(path.read_text(encoding="utf-8"))
    content.pop("calibration")
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match="not a score"):
        read_score(path, policy=POLICY)


def test_a_scorecard_is_plain_numbers():
    card = fit_scorecard(simulated(1), simulated(1)["bad"].to_numpy(), directions=DIRECTIONS)
    text = json.dumps(card.to_dict())
    assert Scorecard.from_dict(json.loads(text)) == card


def test_the_error_of_a_level_counts_debtors_and_not_their_months():
    rng = np.random.default_rng(12)
    debtors, months = 400, 6
    own = (rng.random(debtors) < 0.3).astype(float)  # a debtor is bad in all its months, or in none
    cases = pd.DataFrame(
        {
            "bad": np.repeat(own, months),
            "group": np.repeat(np.arange(debtors).astype(str), months),
            "cut": np.tile([1, 1, 1, 2, 2, 2], debtors),
        }
    )
    chance = np.full(len(cases), 0.3)
    # the mean of 400 independent debtors: √(0.3 × 0.7 ÷ 400) = 0.0229; both cuts have the same gap
    assert level_error(chance, cases) == pytest.approx(0.0229, abs=0.002)
    wave = chance + np.where(cases["cut"] == 1, 0.1, -0.1)  # two periods that lie 0.2 apart: √(0.02 − within) more
    assert level_error(wave, cases) == pytest.approx(np.sqrt(0.02), abs=0.02)
