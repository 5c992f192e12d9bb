"""The figures that the expert grid reads, one row per customer.

Behaviour and relation come from the ledger, solvency from what is known of the company. Every figure is as known at
the date; NaN says that it is not known.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskkit.policy_scores import CRITERIA, ScoringPolicy

ALERTS = ("privilege", "protest")
CENSORED_DAYS = 92
"""A first item so soon after the first day of the ledger says nothing of when the relation began."""
_LEVEL_CUTS = (0.6, 0.9, 1.2, 1.8)
"""Cut points of a sector's default rate over the average, between the levels 1 to 5."""


def score_figures(
    customers: pd.DataFrame,
    features: pd.DataFrame,
    *,
    events: pd.DataFrame,
    enrichment: pd.DataFrame,
    as_of: dt.date,
    coverage_start: dt.date,
    policy: ScoringPolicy,
) -> pd.DataFrame:
    """What the grid reads of each customer at `as_of`.

    From: customers (customer_id, name, is_catch_all, state, section, division); features at `as_of` only
          (`customer_features`); events known by then; enrichment (customer_id and fields).
    To:   one row per customer, in their order: customer_id, name, is_catch_all, state, `CRITERIA`, the sums that
          explain them (missing for a customer without items), forced_class, forced_by and forced_date (missing when no
          legal event is known), is_censored (the relation is older than the ledger).

    """
    known = customers[["customer_id", "name", "is_catch_all", "state", "section", "division"]].merge(
        features.drop(columns="as_of"), on="customer_id", how="left", validate="one_to_one"
    )
    since = pd.Series(coverage_start.toordinal() + CENSORED_DAYS, index=known.index)
    known["is_censored"] = (known["first_day"] <= since).fillna(value=False).astype(bool)
    longest = max(policy.grid["relation_months"].cuts) if "relation_months" in policy.grid else 0
    hidden = known["is_censored"] & (known["relation_months"] < longest)
    known["relation_months"] = known["relation_months"].mask(hidden)
    found = enrichment.drop_duplicates("customer_id").set_index("customer_id")
    for field in ("altman_z", "solvency_ratio"):
        known[field] = _field(known, found, field).astype("float64")
        known[f"{field}_date"] = _field(known, found, f"{field}_date")
    known["bureau_class"] = _bureau(_field(known, found, "bureau_class"))
    known["bureau_class_date"] = _field(known, found, "bureau_class_date")
    known["alert_count"] = alert_counts(known["customer_id"], events, as_of=as_of, policy=policy)
    known["sector_level"] = sector_levels(known, policy=policy)
    forced = forced_classes(known, events, as_of=as_of, policy=policy)
    known = known.assign(**{name: forced[name] for name in forced.columns})
    return known.assign(**{name: np.nan for name in CRITERIA if name not in known})


def alert_counts(customer_ids: pd.Series, events: pd.DataFrame, *, as_of: dt.date, policy: ScoringPolicy) -> pd.Series:
    """Privileges and protests of the alert window not released since; NaN throughout where no source tells of any."""
    alerts = events[events["kind"].isin(ALERTS)]
    if alerts.empty:
        return pd.Series(np.nan, index=customer_ids.index)
    live = _live_alerts(events, as_of=as_of, policy=policy)
    return customer_ids.map(live.groupby("customer_id").size()).fillna(0.0).astype("float64")


def _live_alerts(events: pd.DataFrame, *, as_of: dt.date, policy: ScoringPolicy) -> pd.DataFrame:
    """Privileges and protests of the alert window that no release followed."""
    end = pd.Timestamp(as_of)
    alerts = events[events["kind"].isin(ALERTS) & (events["event_date"] <= end)]
    alerts = alerts[alerts["event_date"] > end - pd.Timedelta(days=policy.alert_window_days)]
    released = events[(events["kind"] == "release") & (events["event_date"] <= end)]
    last = _dates_of(alerts["customer_id"], released.groupby("customer_id")["event_date"].max())
    return alerts[~(last >= alerts["event_date"])]


def _dates_of(customer_ids: pd.Series, dates: pd.Series) -> pd.Series:
    """The date of each customer among `dates` by customer, missing without one."""
    found = dates.reindex(customer_ids.to_numpy())
    return pd.Series(found.to_numpy(dtype="datetime64[us]"), index=customer_ids.index)


def forced_classes(known: pd.DataFrame, events: pd.DataFrame, *, as_of: dt.date, policy: ScoringPolicy) -> pd.DataFrame:
    """The lowest class that legal events leave possible: forced_class, forced_by, forced_date; missing without any."""
    live = _live_alerts(events, as_of=as_of, policy=policy)
    dates = events[events["event_date"] <= pd.Timestamp(as_of)].groupby(["kind", "customer_id"])["event_date"].max()
    result = pd.DataFrame(
        {
            "forced_class": pd.Series(np.nan, index=known.index),
            "forced_by": pd.Series(None, index=known.index, dtype="str"),
            "forced_date": pd.Series(pd.NaT, index=known.index, dtype="datetime64[us]"),
        }
    )
    for kind, lowest in sorted(policy.forced_classes.items(), key=lambda pair: pair[1]):
        if kind in ALERTS:
            concerned = known["customer_id"].isin(live.loc[live["kind"] == kind, "customer_id"])
        else:
            concerned = known["state"] == kind
        worse = concerned & ~(result["forced_class"] > lowest)
        of_kind = dates[dates.index.get_level_values(0) == {"ceased": "cessation"}.get(kind, kind)].droplevel(0)
        result.loc[worse, "forced_class"] = float(lowest)
        result.loc[worse, "forced_by"] = kind
        result["forced_date"] = result["forced_date"].mask(worse, _dates_of(known["customer_id"], of_kind))
    return result


def sector_levels(known: pd.DataFrame, *, policy: ScoringPolicy) -> pd.Series:
    """Failure level 1 to 5 of each customer's sector; NaN where the sector is not known.

    The policy's own level of the division, or of the section, is taken where it gives one. Elsewhere it is read from
    the ledger: the share of the section's customers that are in a procedure or have an item past due by more than the
    days of the event, `sector_prior_customers` of the average added, over that average.
    """
    given = known["division"].map(policy.sector_levels).astype("float64")
    given = given.fillna(known["section"].map(policy.sector_levels).astype("float64"))
    counted = known["issued_count"].notna() & ~known["is_catch_all"] & known["section"].notna()
    if not counted.any():
        return given
    in_default = (known["event_cents"] > 0).fillna(value=False) | known["state"].isin(
        ["safeguard", "receivership", "liquidation"]
    )
    average = float(in_default[counted].mean())
    by_section = in_default[counted].groupby(known.loc[counted, "section"]).agg(["sum", "size"])
    prior = policy.sector_prior_customers
    rate = (by_section["sum"] + prior * average) / (by_section["size"] + prior)
    lift = rate / average if average > 0 else rate * 0.0 + 1.0
    level = 1.0 + (lift.to_numpy(dtype="float64")[:, None] > np.array(_LEVEL_CUTS)[None, :]).sum(axis=1)
    return given.fillna(known["section"].map(pd.Series(level, index=lift.index)).astype("float64"))


def _field(known: pd.DataFrame, found: pd.DataFrame, name: str) -> pd.Series:
    if name not in found:
        return pd.Series(np.nan, index=known.index)
    return known["customer_id"].map(found[name])


def _bureau(classes: pd.Series) -> pd.Series:
    """Classes of bureaus as numbers; a failed company is 5, an unknown one is not known."""
    read = classes.replace({"failed": "5"}) if classes.dtype != "float64" else classes
    return pd.to_numeric(read, errors="coerce").astype("float64")
