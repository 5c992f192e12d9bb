"""What an action is expected to bring in: euros × (P(paid by the horizon | action) − P(paid by it | none)).

S(t) is the part of an item not in as cash t days after the date, by the forecast (table `payment_time`). An action
multiplies the hazard of payment by u for W days, so that with W no later than the horizon H

    P(paid by H | action) − P(paid by H | none) = S(H) × (1 − S(W)^(u − 1)).

It is small for who pays anyway (S(H) near 0) and for who never pays (S(W) near 1). Between the days of the table the
hazard is taken as even.
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

    To: paid, gained, gained_low, gained_high: the last two at the ends of the assumed uplift. Missing where the
        forecast is not computable.
    """
    at_horizon = unpaid_share(payment_time, days=horizon_days)
    within = unpaid_share(payment_time, days=min(step.effect_days, horizon_days))
    uplifts = {"gained": step.uplift, "gained_low": step.uplift_low, "gained_high": step.uplift_high}
    gains = {name: at_horizon * (1 - within ** (uplift - 1)) for name, uplift in uplifts.items()}
    return pd.DataFrame({"paid": 1 - at_horizon, **gains}, index=payment_time.index)
