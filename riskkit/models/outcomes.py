"""What happened next: the events that scores predict, and the label of each customer at each past date.

An event of a customer is the day on which an item becomes more than `event_days` past due, with at least
`event_min_amount` unpaid then, or the day on which a collective procedure of its company is known.
"""

from __future__ import annotations

import datetime as dt

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from riskkit.engine import Lazy, to_pandas
from riskkit.ledger.book import BEHAVIOUR_KINDS
from riskkit.models.customer_features import event_cents
from riskkit.policy_scores import ScoringPolicy
from riskkit.schemas import Column, Table

c = nw.col
_SPAN = 10_000_000  # more days than there are
PROCEDURES = ("safeguard", "receivership", "liquidation")

CUSTOMER_EVENTS = Table(
    "customer_events",
    "a day on which a customer failed to pay, or failed",
    (
        Column("customer_id", "text", "the customer"),
        Column("event_day", "integer", "the day, as a day number"),
        Column("kind", "text", "unpaid or failed"),
        Column("unpaid_cents", "cents", "what was unpaid of the items that aged on that day; 0 for a failure"),
    ),
)


def unpaid_events(items: Lazy, allocations: Lazy, *, policy: ScoringPolicy) -> pd.DataFrame:
    """Days on which items of a customer became older than `event_days` past due, as known at one valuation date.

    From: items and allocations struck at that date (`ledger.snapshot.Snapshot`).
    To:   `CUSTOMER_EVENTS` of kind unpaid, one row per customer and day, none later than the valuation date.
    """
    debits = items.filter(c("kind").is_in(BEHAVIOUR_KINDS) & ~c("due_day").is_null()).select(
        "as_of", "customer_id", "cents", debit=c("entry"), event_day=c("due_day") + policy.event_days + 1
    )
    in_time = (
        allocations.join(debits.select("debit", "event_day"), on="debit", how="inner")
        .filter(c("day") < c("event_day"))
        .group_by("debit")
        .agg(settled=c("cents").sum().cast(nw.Int64))
    )
    aged = (
        debits.filter(c("event_day") <= c("as_of"))
        .join(in_time, on="debit", how="left")
        .with_columns(
            unpaid=c("cents") - nw.when(c("settled").is_null()).then(nw.lit(0)).otherwise(c("settled")),
        )
        .filter(c("unpaid") >= event_cents(policy))
        .filter(c("unpaid") > 0)
        .group_by("customer_id", "event_day")
        .agg(c("unpaid").sum().cast(nw.Int64).alias("unpaid_cents"))
        .with_columns(kind=nw.lit("unpaid"))
    )
    return to_pandas(aged, CUSTOMER_EVENTS).sort_values(["customer_id", "event_day"], ignore_index=True)


def failure_events(events: pd.DataFrame, *, as_of: dt.date) -> pd.DataFrame:
    """First collective procedure of each customer known by `as_of`: `CUSTOMER_EVENTS` of kind failed."""
    opened = events[events["kind"].isin(PROCEDURES) & (events["event_date"] <= pd.Timestamp(as_of))]
    first = opened.groupby("customer_id")["event_date"].min()
    return CUSTOMER_EVENTS.conform(
        pd.DataFrame(
            {
                "customer_id": first.index.astype("str"),
                "event_day": [day.toordinal() for day in first],
                "kind": "failed",
                "unpaid_cents": 0,
            }
        )
    )[CUSTOMER_EVENTS.names]


def at_risk(features: pd.DataFrame, happened: pd.DataFrame) -> pd.Series:
    """Whether each customer is still there to be predicted at each date.

    It buys or owes something, has no item in the event already, and its company has not failed.
    """
    failed = happened.loc[happened["kind"] == "failed"].set_index("customer_id")["event_day"]
    failure = features["customer_id"].map(failed).astype("float64")
    is_active = (features["open_cents"] > 0) | (features["window_count"] > 0)
    return is_active & (features["event_cents"] == 0) & ~(failure <= features["as_of"])


def label(
    features: pd.DataFrame,
    happened: pd.DataFrame,
    *,
    months: int,
    known_day: int,
    kinds: tuple[str, ...] = ("unpaid", "failed"),
) -> pd.Series:
    """Whether an event happened in the `months` after each date: 1, 0, or NaN where it is not known yet.

    From: features (as_of, customer_id), happened (`CUSTOMER_EVENTS`).
    To:   floats in the order of features. A horizon that ends after `known_day` is censored: NaN, even when the event
          has happened, so that bad customers are not counted earlier than good ones.
    """
    ahead = events_ahead(features, happened[happened["kind"].isin(kinds)], months=months)
    found = (ahead["events"] > 0).astype("float64")
    return found.where(horizon_ends(features["as_of"], months=months) <= known_day)


def events_ahead(features: pd.DataFrame, happened: pd.DataFrame, *, months: int) -> pd.DataFrame:
    """Events in the `months` after each date: their count, and unpaid_cents, the money that aged then."""
    ordered = happened.sort_values(["customer_id", "event_day"])
    names = pd.Index(ordered["customer_id"].unique())
    keys = names.get_indexer(ordered["customer_id"]) * _SPAN + ordered["event_day"].to_numpy(dtype="int64")
    sums = np.r_[0, ordered["unpaid_cents"].cumsum().to_numpy(dtype="int64")]
    place = names.get_indexer(features["customer_id"])
    first = place * _SPAN + features["as_of"].to_numpy(dtype="int64")
    last = place * _SPAN + horizon_ends(features["as_of"], months=months).to_numpy()
    before, until = np.searchsorted(keys, first, side="right"), np.searchsorted(keys, last, side="right")
    known = place >= 0
    return pd.DataFrame(
        {
            "events": np.where(known, until - before, 0),
            "unpaid_cents": np.where(known, sums[until] - sums[before], 0),
        },
        index=features.index,
    )


def horizon_ends(as_of: pd.Series, *, months: int) -> pd.Series:
    """Day number of the last day of the horizon of each date: so many calendar months later."""
    ends = {
        day: (pd.Timestamp(dt.date.fromordinal(int(day))) + pd.DateOffset(months=months)).toordinal()
        for day in as_of.unique()
    }
    return as_of.map(ends).astype("int64")
