"""The cases that statistical scores learn from: a customer at a month end, what was known then, what happened next.

Cases are taken once a month from the month in which the ledger is `FIRST_MONTHS` old. A customer none of whose invoices
has fallen due has no behaviour to read: it is *new* and has a model of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from riskkit.models.customer_features import DAYS_PER_MONTH
from riskkit.models.outcomes import at_risk, events_ahead, label
from riskkit.policy_scores import ScoringPolicy

FIRST_MONTHS = 6

DIRECTIONS = {
    "shrunk_late_rate": 1,
    "dbt_days": 1,
    "recent_dbt_days": 1,
    "dbt_trend_days": 1,
    "broken_share": 1,
    "overdue_share": 1,
    "oldest_overdue_days": 1,
    "over_30_months": 1,
    "open_months": 1,
    "disputed_share": 1,
    "basket_ratio": 1,
    "relation_months": -1,
    "sector_default_rate": 1,
    "window_count": 0,
    "log_window_amount": 0,
    "silent_ratio": 0,
}
"""Figures that models may read, each with the direction of its risk (0: whichever the data say)."""


def case_figures(
    features: pd.DataFrame, *, sectors: pd.Series, happened: pd.DataFrame, policy: ScoringPolicy
) -> pd.DataFrame:
    """The figures of `DIRECTIONS` for each customer and date, from what was known then.

    From: features (`customer_features`, any number of dates); sectors by customer_id (missing allowed); happened
          (`CUSTOMER_EVENTS`), of which only what precedes each date is used.
    To:   the features with the columns of `DIRECTIONS`, section, is_new. One date or many: the same expressions.

    Notes
    -----
    `shrunk_late_rate` is (late + prior_count × prior) ÷ (due + prior_count) over all the invoices of the customer that
    fell due, the prior being the late share of the ledger at that date. `open_months` and `over_30_months` are months
    of the customer's own purchases.

    """
    whole = features.groupby("as_of")[["ever_late_count", "ever_due_count"]].transform("sum")
    prior = (whole["ever_late_count"] / whole["ever_due_count"].where(whole["ever_due_count"] > 0)).fillna(0.5)
    monthly = (features["window_cents"] / (policy.window_days / DAYS_PER_MONTH)).where(features["window_cents"] > 0)
    gap = policy.window_days / features["window_count"].where(features["window_count"] > 0)
    known = features.assign(
        shrunk_late_rate=shrunk_rate(features["ever_late_count"], features["ever_due_count"], prior, policy=policy),
        over_30_months=(features["over_30_cents"] / monthly).clip(upper=24),
        open_months=(features["open_cents"] / monthly).clip(upper=24),
        disputed_share=features["disputed_cents"] / features["open_cents"].where(features["open_cents"] > 0),
        log_window_amount=np.log1p(features["window_cents"].clip(lower=0) / 100),
        silent_ratio=(features["silent_days"] / gap).clip(upper=20),
        section=features["customer_id"].map(sectors).astype("str"),
        is_new=features["due_count"] == 0,
    )
    known["sector_default_rate"] = sector_rates(known, happened, policy=policy)
    return known


def shrunk_rate(late: pd.Series, due: pd.Series, prior: pd.Series | float, *, policy: ScoringPolicy) -> pd.Series:
    """(late + n₀ × prior) ÷ (due + n₀), n₀ the policy's `prior_count`."""
    return (late + policy.prior_count * prior) / (due + policy.prior_count)


def sector_rates(known: pd.DataFrame, happened: pd.DataFrame, *, policy: ScoringPolicy) -> pd.Series:
    """Share of the customers of the same section that are in the event or had failed at each date, shrunk to all."""
    failed = happened.loc[happened["kind"] == "failed"].set_index("customer_id")["event_day"]
    gone = known["customer_id"].map(failed).astype("float64") <= known["as_of"]
    bad = ((known["event_cents"] > 0) | gone).astype("float64")
    average = bad.groupby(known["as_of"]).transform("mean")
    keys = [known["as_of"], known["section"].fillna("")]
    sums, sizes = bad.groupby(keys).transform("sum"), bad.groupby(keys).transform("size")
    prior = policy.sector_prior_customers
    rate = (sums + prior * average) / (sizes + prior)
    return rate.where(known["section"].notna(), average)


def labelled_cases(
    figures: pd.DataFrame,
    happened: pd.DataFrame,
    *,
    months: int,
    known_day: int,
    first_day: int,
    groups: pd.Series,
    excluded: Sequence[str] = (),
) -> pd.DataFrame:
    """Month-end cases at risk whose horizon has ended by `known_day`.

    To: the figures with bad (0 or 1), unpaid_cents (of the events of the horizon), group (the debtor).

    Parameters
    ----------
    figures
        `case_figures` at month ends.
    happened
        `CUSTOMER_EVENTS` as known at `known_day`.
    months
        Horizon.
    known_day
        Last day of which the outcome is known.
    first_day
        First day of the ledger.
    groups
        Debtor of each customer_id.
    excluded
        Accounts that are nobody (catch-all).

    """
    old_enough = figures["as_of"] >= first_day + round(FIRST_MONTHS * DAYS_PER_MONTH)
    kept = figures[old_enough & at_risk(figures, happened) & ~figures["customer_id"].isin(excluded)]
    bad = label(kept, happened, months=months, known_day=known_day)
    cases = kept[bad.notna()].assign(bad=bad[bad.notna()])
    return cases.assign(
        group=cases["customer_id"].map(groups).fillna(cases["customer_id"]).astype("str"),
        unpaid_cents=events_ahead(cases, happened, months=months)["unpaid_cents"],
    ).reset_index(drop=True)
