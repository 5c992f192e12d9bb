"""Probabilities brought back to what happens: log-odds moved and stretched, no more than the evidence asks.

p' = 1 ÷ (1 + exp(−(shift + stretch × ln(p ÷ (1 − p))))), fitted on predictions of cases that the model never saw, with
a penalty that holds the pair at (0, 1): few events change nothing.

A model that is fitted again every month keeps the stretch that its past fits needed, for a way of fitting exaggerates
always as much. It does not keep their shift: how far a model of last year was from this year's level says nothing of a
model fitted today. Its level is set on the cases it was fitted on (`set_level`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskkit.models.scorecard import fit_logistic

Floats = npt.NDArray[np.float64]
HELD = 10.0
_EDGE = 1e-5


@dataclass(frozen=True)
class Calibration:
    """Shift and stretch of log-odds; (0, 1) changes nothing."""

    shift: float = 0.0
    stretch: float = 1.0

    def apply(self, chance: Floats) -> Floats:
        """The probabilities, calibrated."""
        result: Floats = 1 / (1 + np.exp(-(self.shift + self.stretch * log_odds(chance))))
        return result


def log_odds(chance: Floats) -> Floats:
    """ln(p ÷ (1 − p)), p held away from 0 and 1."""
    held = np.clip(chance, _EDGE, 1 - _EDGE)
    result: Floats = np.log(held / (1 - held))
    return result


def fit_calibration(chance: Floats, bad: Floats) -> Calibration:
    """The calibration of predictions by what happened. Without both outcomes nothing is changed."""
    if not 0 < bad.sum() < len(bad):
        return Calibration()
    shift, stretch = _fit(np.ones((len(bad), 1)), log_odds(chance), bad, held=HELD * 0.2)
    return Calibration(float(shift[0]), stretch)


def fit_stretch(chance: Floats, bad: Floats, groups: npt.NDArray[np.int64]) -> float:
    """The stretch that predictions need when each group of them has a level of its own. 1 without both outcomes."""
    if not 0 < bad.sum() < len(bad):
        return 1.0
    names, place = np.unique(groups, return_inverse=True)
    return _fit(np.eye(len(names))[place], log_odds(chance), bad, held=0.1)[1]


def set_level(chance: Floats, bad: Floats, *, stretch: float) -> Calibration:
    """The calibration of that stretch whose mean probability is the rate of what happened in these cases."""
    if not 0 < bad.sum() < len(bad):
        return Calibration(0.0, stretch)
    read, low, high = stretch * log_odds(chance), -15.0, 15.0
    for _ in range(60):
        middle = (low + high) / 2
        is_low = float((1 / (1 + np.exp(-(middle + read)))).mean()) < float(bad.mean())
        low, high = (middle, high) if is_low else (low, middle)
    return Calibration((low + high) / 2, stretch)


def _fit(levels: Floats, read: Floats, bad: Floats, *, held: float) -> tuple[Floats, float]:
    """Shift of each level and the common stretch, by Newton's method; shifts held at 0 and the stretch at 1."""
    design = np.column_stack([levels, read])
    start = np.r_[np.zeros(levels.shape[1]), 1.0]
    penalty = np.r_[np.full(levels.shape[1], held), HELD]
    theta = start.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(design @ theta, -30, 30)))
        slope = design.T @ (bad - p) - penalty * (theta - start)
        curve = (design * (p * (1 - p))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        theta = theta + np.clip(step, -2, 2)
        if float(np.abs(step).max()) < 1e-8:
            break
    return theta[:-1], float(max(theta[-1], 0.05))


def fit_rate(rate: Floats, bad: Floats) -> tuple[float, float]:
    """Constant and slope that turn a customer's late rate into the probability of the event (the baseline)."""
    constant, slopes = fit_logistic(log_odds(rate)[:, None], bad, ridge=0.1)
    return constant, max(float(slopes[0]), 0.0)
