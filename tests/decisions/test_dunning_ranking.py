"""The order of calls on simulated portfolios: a small version of `make bench NAME=dunning`, on other seeds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from benchmarks.dunning import LAWS, collected


@pytest.mark.slow
def test_our_order_collects_more_than_amount_order_and_oldest_first():
    found = pd.concat([collected(seed, calls=(10, 25)) for seed in range(7_000, 7_012)], ignore_index=True)
    assert len(found) == 12 * 2 * len(LAWS)
    assert (found["most"] >= found[["ours", "amount", "oldest"]].max(axis=1) - 1e-6).all()
    # each seed counts once: mean over laws and capacities, as shares of what could be collected
    share = found[["ours", "amount", "oldest"]].div(found["most"], axis=0).groupby(found["seed"]).mean()
    for other in ("amount", "oldest"):
        more = share["ours"] - share[other]
        margin = t.ppf(0.95, len(more) - 1) * more.std(ddof=1) / np.sqrt(len(more))
        assert more.mean() - margin > 0, f"{other}: {more.mean():.3f} ± {margin:.3f}"
