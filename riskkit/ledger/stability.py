"""Whether an excess is a habit or a day: the same groups at past month ends, from what was known at each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.ledger.dimensions import Grouping


def with_stability(
    attribution: pd.DataFrame, months: pd.DataFrame, grouping: Grouping, customer_ids: pd.Series, *, count: int
) -> pd.DataFrame:
    """The attribution with stable_months_count, same_sign_share and same_rank_share.

    From: `attribution.ATTRIBUTION`; months (`customer_months.CUSTOMER_MONTHS`, the run's own date last); the groups of
          `customer_ids`.
    To:   the attribution. Missing shares where no month end before the run's is known.

    Parameters
    ----------
    count
        Month ends looked back at, at most, before the date of the run.

    Notes
    -----
    Who is in a group is what the run knows: customer files carry no history. What each owed is what was known then.
    """
    held = _positions(months)
    dates = pd.DatetimeIndex(held["as_of"].unique()).sort_values()[:-1]
    dates = dates[max(len(dates) - count, 0) :]
    if attribution.empty or dates.empty:
        return attribution
    place = pd.Series(np.arange(len(customer_ids)), index=customer_ids.array)
    held = held[held["as_of"].isin(dates) & held["customer_id"].isin(place.index)]
    rows = place.reindex(held["customer_id"]).to_numpy(dtype=np.int64)
    parts = []
    for level, table in attribution.groupby("level", sort=False):
        codes = grouping.codes[str(level)].to_numpy()[rows]
        sums = held.groupby(["as_of", codes])[["open", "overdue"]].sum()
        wide = _excess(sums).reset_index(name="excess").pivot_table(index="as_of", columns="level_1", values="excess")
        parts.append(_shares(table, wide.reindex(index=dates, columns=table["code"]).fillna(0.0)))
    shares = pd.concat(parts).reindex(attribution.index)
    return attribution.assign(
        stable_months_count=len(dates),
        same_sign_share=shares["same_sign_share"],
        same_rank_share=shares["same_rank_share"],
    )


def _positions(months: pd.DataFrame) -> pd.DataFrame:
    """Open items and overdue by customer and month end, from the buckets of the aged balance."""
    not_buckets = ("receivables_cents", "sales_cents")
    buckets = [name for name in months.columns if name.endswith("_cents") and name not in not_buckets]
    late = [name for name in buckets if name not in ("not_due_cents", "undated_cents")]
    sums = {"open": months[buckets].sum(axis=1), "overdue": months[late].sum(axis=1)}
    return months[["as_of", "customer_id"]].assign(**sums)


def _excess(sums: pd.DataFrame) -> pd.Series:
    totals = sums.groupby(level=0).transform("sum")
    rate = totals["overdue"] / totals["open"].where(totals["open"] > 0)
    excess: pd.Series = (sums["overdue"] - rate * sums["open"]).fillna(0.0)
    return excess


def _shares(table: pd.DataFrame, excess: pd.DataFrame) -> pd.DataFrame:
    now = table["excess_overdue_cents"].to_numpy(np.float64)
    signs = np.sign(excess.to_numpy()) == np.sign(now)
    ranks = excess.rank(axis=1, ascending=False).to_numpy()
    rank = pd.Series(now).rank(ascending=False).to_numpy()
    near = np.abs(ranks - rank) <= 1.0
    return pd.DataFrame(
        {"same_sign_share": signs.mean(axis=0), "same_rank_share": near.mean(axis=0)}, index=table.index
    )
