"""What an action is expected to bring in: euros × (P(paid by the horizon | action) − P(paid by it | none)).

S(t) is the part of an item not in as cash t days after the date, by the forecast (table `payment_time`). An action
multiplies the hazard of payment by u for W days, and adds to it as much as makes a part `a` of those who would not have
paid meanwhile pay because it was asked, so that with W no later than the horizon H

    P(paid by H | action) − P(paid by H | none) = S(H) × (1 − S(W)^(u − 1) × (1 − a)).

It is small for who pays anyway (S(H) near 0); for who never moves (S near 1) only the answer is left. Between the days
of the table the hazard is taken as even.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.models.forecast_tables import WITHIN_DAYS
from riskkit.policy_dunning import DunningStep

Floats = npt.NDArray[np.float64]
_LEAST = 1e-9


def unpaid_share(payment_time: pd.DataFrame, *, days: int) -> pd.Series:
    """S(days): expected part of each item not in as cash so many days after the date; missing where not computable.

    From: paid_7d_share … paid_91d_share of `PAYMENT_TIME`. Days beyond the last are cut to it.
    """
    grid = np.array([0, *WITHIN_DAYS], dtype=np.float64)
    paid = payment_time[[f"paid_{within}d_share" for within in WITHIN_DAYS]].to_numpy(dtype=np.float64)
    left = np.concatenate([np.ones((len(paid), 1)), 1 - np.maximum.accumulate(paid, axis=1)], axis=1)
    logs = np.log(np.clip(left, _LEAST, 1.0))
    at = min(float(days), grid[-1])
    high = int(np.searchsorted(grid, at))
    low = max(high - 1, 0)
    inside = 0.0 if high == 0 else (at - grid[low]) / (grid[high] - grid[low])
    return pd.Series(np.exp(logs[:, low] + inside * (logs[:, high] - logs[:, low])), index=payment_time.index)


def gained_shares(payment_time: pd.DataFrame, step: DunningStep, *, horizon_days: int) -> pd.DataFrame:
    """Of each item, the share in cash by the horizon without action (`paid`), and what the step adds to it.

    To: paid, gained, gained_low, gained_high: the last two at the ends of the assumed effect. Missing where the
        forecast is not computable.
    """
    at_horizon = unpaid_share(payment_time, days=horizon_days)
    within = unpaid_share(payment_time, days=min(step.effect_days, horizon_days))
    seen = min(1.0, horizon_days / step.effect_days)
    gains = {}
    for name, end in (("gained", ""), ("gained_low", "_low"), ("gained_high", "_high")):
        uplift, answer = float(getattr(step, f"uplift{end}")), float(getattr(step, f"answer{end}"))
        gains[name] = at_horizon * (1 - within ** (uplift - 1) * (1 - answer) ** seen)
    return pd.DataFrame({"paid": 1 - at_horizon, **gains}, index=payment_time.index)
