"""New customers: those none of whose invoices has fallen due. They have no behaviour, so their model is small.

Their chance of an event is that of new customers of their section in the past, shrunk to that of all new customers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.policy_scores import ScoringPolicy

Floats = npt.NDArray[np.float64]
MIN_EVENTS = 5


@dataclass(frozen=True)
class NewCustomerRates:
    """Event rate of new customers, in all and by section, with the cases and events behind it."""

    rate: float
    sections: Mapping[str, float]
    cases: int
    events: int

    def predict(self, figures: pd.DataFrame) -> Floats:
        """Probability of the event for each row, by its section."""
        found = figures["section"].map(self.sections).astype("float64").fillna(self.rate)
        return np.asarray(found.to_numpy(), dtype=np.float64)


def fit_new_customers(cases: pd.DataFrame, *, policy: ScoringPolicy) -> NewCustomerRates | None:
    """Rates of the new customers among labelled cases, each customer counted once; None with fewer than 5 events.

    A customer that was new for several months counts by its first month: one customer, one case.
    """
    first = cases[cases["is_new"]].sort_values("as_of").drop_duplicates("customer_id")
    events = int(first["bad"].sum())
    if events < MIN_EVENTS:
        return None
    rate, prior = float(first["bad"].mean()), policy.sector_prior_customers
    by_section = first.groupby("section")["bad"].agg(["sum", "size"])
    shrunk = (by_section["sum"] + prior * rate) / (by_section["size"] + prior)
    return NewCustomerRates(rate, {str(k): float(v) for k, v in shrunk.items()}, len(first), events)
