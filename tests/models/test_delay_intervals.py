"""Adaptive intervals: they hold what they hold, keep their promise when customers change, and never look ahead."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.models.delay_intervals import AdaptiveLevel, delay_interval, delay_scores, replay


@given(st.lists(st.floats(0.001, 1), min_size=5, max_size=30), st.integers(0, 29), st.floats(0.05, 0.98))
def test_an_outcome_is_inside_exactly_when_its_score_is_at_most_the_share(steps, day, share):
    left = np.cumsum(steps)[None, :] / (sum(steps) * 1.1)
    when = np.array([min(day, len(steps) - 1) + 1])
    score = float(delay_scores(left, when)[0])
    if abs(score - share) < 1e-9:
        return
    low, high = delay_interval(left, share)
    assert (low[0] <= when[0] <= high[0]) == (score < share)


def test_scores_by_hand():
    left = np.array([[0.1, 0.4, 0.7, 0.9]])
    # day 1: 1 − 2 × 0.1 = 0.8; day 2: 1 − 0.8 = 0.2; day 3: median is there, 0; day 4: 2 × 0.7 − 1 = 0.4
    assert [float(delay_scores(left, np.array([day]))[0]) for day in (1, 2, 3, 4)] == pytest.approx([0.8, 0.2, 0, 0.4])
    assert [tuple(int(end[0]) for end in delay_interval(left, share)) for share in (0.0, 0.5, 0.9)] == [
        (3, 3), (2, 4), (1, 5),
    ]  # fmt: skip


def test_a_model_that_is_too_sure_is_widened_and_one_that_drifts_is_followed():
    draw = np.random.default_rng(2)
    scores = np.concatenate([draw.beta(3, 1, 1_500), draw.beta(1, 1, 1_500)])  # too sure, then right
    given_on = np.arange(3_000) // 5
    used, _ = replay(given_on, given_on + 25, scores, level=0.8)
    inside = scores <= used
    assert inside[300:].mean() == pytest.approx(0.8, abs=0.02)
    assert inside[300:1_500].mean() == pytest.approx(0.8, abs=0.05)
    assert inside[2_000:].mean() == pytest.approx(0.8, abs=0.05)
    assert (scores[:1_500] <= 0.8).mean() < 0.6  # what the model alone would have held


def test_outcomes_not_yet_known_change_nothing():
    draw = np.random.default_rng(3)
    scores, given_on = draw.random(400), np.arange(400) // 2
    known = given_on + draw.integers(1, 60, 400)
    used, _ = replay(given_on, known, scores, level=0.8)
    day = 120
    changed = np.where(known >= day, 1 - scores, scores)
    again, _ = replay(given_on, known, changed, level=0.8)
    assert (used[given_on <= day] == again[given_on <= day]).all()
    assert (used[given_on > day] != again[given_on > day]).any()


def test_few_outcomes_leave_the_model_alone():
    level = AdaptiveLevel(0.8)
    level.learn(np.full(10, 0.99), used=np.full(10, 0.8), awaited=0)
    assert level.share == 0.8


def test_many_outcomes_awaited_do_not_make_the_level_swing():
    draw = np.random.default_rng(4)
    scores = draw.beta(2, 1, 60_000)
    given_on = np.arange(60_000) // 200  # 200 invoices a day, paid after 40: 8,000 awaited
    used, _ = replay(given_on, given_on + 40, scores, level=0.8)
    late = given_on > 150
    assert (scores <= used)[late].mean() == pytest.approx(0.8, abs=0.02)
    assert used[late].max() - used[late].min() < 0.25


def test_a_batch_known_together_counts_as_one_whatever_its_order():
    draw = np.random.default_rng(6)
    scores = draw.beta(2, 1, 9 * 1_000)  # too sure: 80 % of outcomes are inside a share of 0.8 ** 0.5
    given_on = np.repeat(np.arange(9) * 28, 1_000)
    one = replay(given_on, given_on + 91, np.concatenate([np.sort(part) for part in scores.reshape(9, -1)]), level=0.8)
    assert one[1].share == pytest.approx(0.8**0.5, abs=0.06)
    assert one[1].share == replay(given_on, given_on + 91, scores, level=0.8)[1].share
