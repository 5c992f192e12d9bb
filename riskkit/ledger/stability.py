"""Whether an excess is a habit or a day: the same groups at past month ends, from what was known at each."""

from __future__ import annotations


import numpy as np
import pandas as pd

from riskkit.ledger.dimensions import Grouping


def with_stability(attribution: pd.DataFrame, months: pd.DataFrame, grouping: Grouping, customer_ids: pd.Series) -> pd.DataFrame:
    """The attribution with stable_months_count, same_sign_share and same_rank_share.

    From: `attribution.ATTRIBUTION`; months (`month_positions.MONTH_POSITIONS`); the groups of `customer_ids`.
    To:   the attribution. Missing shares where no month end is known.

    Notes
    -----
    Who is in a group is what the run knows: customer files carry no history. What each owed is what was known then.
    """
    dates = np.unique(months["as_of_day"]) if len(months) else np.array([], dtype=np.int64)
    if attribution.empty or not len(dates):
        return attribution
    place = pd.Series(np.arange(len(customer_ids)), index=customer_ids.array)
    rows = place.reindex(months["customer_id"]).to_numpy()
    known = ~np.isnan(rows)
    held, rows = months[known], rows[known].astype(np.int64)
    parts = []
    for level, table in attribution.groupby("level", sort=False):
        codes = grouping.codes[str(level)].to_numpy()[rows]
        sums = held.groupby(["as_of_day", codes])[["open_items_cents", "overdue_cents"]].sum()
        excess = _excess(sums).unstack(fill_value=0.0).reindex(index=dates, columns=table["code"], fill_value=0.0)
        parts.append(_shares(table, excess))
    shares = pd.concat(parts).reindex(attribution.index)
    return attribution.assign(
        stable_months_count=len(dates),
        same_sign_share=shares["same_sign_share"],
        same_rank_share=shares["same_rank_share"],
    )


def _excess(sums: pd.DataFrame) -> pd.Series:
    totals = sums.groupby(level=0).transform("sum")
    rate = totals["overdue_cents"] / totals["open_items_cents"].where(totals["open_items_cents"] > 0)
    excess: pd.Series = (sums["overdue_cents"] - rate * sums["open_items_cents"]).fillna(0.0)
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


