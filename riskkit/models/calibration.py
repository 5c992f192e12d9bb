"""Probabilities brought back to what happens: log-odds moved and stretched, no more than the evidence asks.

p' = 1 ÷ (1 + exp(−(shift + stretch × ln(p ÷ (1 − p))))), fitted on predictions of cases that the model never saw, with
a penalty that holds the pair at (0, 1): few events change nothing.
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
    read = log_odds(chance)
    theta = np.array([0.0, 1.0])
    design = np.column_stack([np.ones(len(read)), read])
    start = theta.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(design @ theta, -30, 30)))
        slope = design.T @ (bad - p) - HELD * np.array([0.2, 1.0]) * (theta - start)
        curve = (design * (p * (1 - p))[:, None]).T @ design + HELD * np.diag([0.2, 1.0])
        step = np.linalg.solve(curve, slope)
        theta = theta + np.clip(step, -2, 2)
        if float(np.abs(step).max()) < 1e-8:
            break
    return Calibration(float(theta[0]), float(max(theta[1], 0.05)))


def fit_rate(rate: Floats, bad: Floats) -> tuple[float, float]:
    """Constant and slope that turn a customer's late rate into the probability of the event (the baseline)."""
    constant, slopes = fit_logistic(log_odds(rate)[:, None], bad, ridge=0.1)
    return constant, max(float(slopes[0]), 0.0)
