"""From evidence to probability: which of its candidates a customer is, or none of them.

A conditional logit: each candidate has odds exp(weights · evidence), none of them has odds 1, and the probabilities of
all outcomes of a customer add up to 1. So two namesakes share what one would have alone. It is the weighing of
Fellegi and Sunter with weights fitted together, to allow for clues that repeat each other.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from riskkit.companies.comparison import EVIDENCE

Figures = npt.NDArray[np.float64]
CLOSED_ODDS = 0.25
"""Odds of a company that closed beside an open one that fits as well."""


@cache
def load_weights() -> Figures:
    """The weights shipped with the package, in the order of `EVIDENCE`; `scripts/fit_matching.py` makes them."""
    text = (files("riskkit.companies") / "matching_weights.json").read_text(encoding="utf-8")
    weights = json.loads(text)["weights"]
    return np.array([weights[name] for name in EVIDENCE])


def probabilities(evidence: Figures, groups: npt.NDArray[np.int64], *, weights: Figures, offset: Figures) -> Figures:
    """Probability of each pair, those of one customer adding up to less than 1; the rest is for none of them.

    From: evidence (pairs × `EVIDENCE`), groups (number of the customer of each pair), offset (added log odds).
    """
    if not len(evidence):
        return np.zeros(0)
    utility = evidence @ weights + offset
    count = int(groups.max()) + 1
    top = np.zeros(count)  # the odds of none are exp(0)
    np.maximum.at(top, groups, utility)
    odds = np.exp(utility - top[groups])
    total = np.exp(-top)
    np.add.at(total, groups, odds)
    result: Figures = odds / total[groups]
    return result


def fit_weights(
    evidence: Figures, groups: npt.NDArray[np.int64], is_match: npt.NDArray[np.bool_], *, ridge: float = 0.3
) -> Figures:
    """Weights of greatest likelihood, drawn a little towards 0, by Newton's method.

    From: pairs as in `probabilities`; is_match, true for at most one pair of each customer.
    """
    weights = np.zeros(evidence.shape[1])
    offset = np.zeros(len(evidence))
    count = int(groups.max()) + 1
    for _ in range(60):
        share = probabilities(evidence, groups, weights=weights, offset=offset)
        gradient = evidence.T @ (is_match - share) - ridge * weights
        mean = np.zeros((count, evidence.shape[1]))
        np.add.at(mean, groups, evidence * share[:, None])
        curvature = (evidence * share[:, None]).T @ evidence - mean.T @ mean + ridge * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights
