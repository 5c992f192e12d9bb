"""Opening lines of a year found again among the items of the years before, and their lettering given to these."""

from __future__ import annotations

import pandas as pd

_KEYS = (
    ["account", "customer_id", "signed_cents", "date", "piece", "label"],
    ["customer_id", "signed_cents", "piece", "own_day"],
    ["customer_id", "signed_cents", "piece"],
    ["customer_id", "signed_cents", "date"],
)
"""What makes an opening line and an earlier line the same item, strictest first."""


def match_openings(openings: pd.DataFrame, kept: pd.DataFrame) -> pd.Series:
    """Row of `kept` that each opening line brings forward; missing where it is a balance and not an item.

    Equal lines are matched one to one; earlier items that are not lettered yet come first. Neither an amount alone
    nor a piece without a digit identifies an item.
    """
    pool = _keyed(kept).assign(is_lettered=kept["letter_key"].notna())
    pool = pool.sort_values(["is_lettered", "date", "line"], kind="stable")
    left = _keyed(openings)
    origin = pd.Series(pd.NA, index=openings.index, dtype="Int64")
    for key in _KEYS:
        candidates = left[origin[left.index].isna().to_numpy()]
        free = pool[~pool.index.isin(origin.dropna())]
        if "label" not in key and "piece" in key:
            candidates = candidates[candidates["piece"].str.contains(r"[0-9]")]
        if key[-1] == "date":
            candidates = candidates[candidates["date"] < candidates["period_start"]]
        if candidates.empty or free.empty:
            continue
        right = free[key].assign(rank=free.groupby(key, dropna=False).cumcount(), origin=free.index)
        wanted = candidates[key].assign(rank=candidates.groupby(key, dropna=False).cumcount(), row=candidates.index)
        pairs = wanted.merge(right, on=[*key, "rank"])
        origin.loc[pairs["row"]] = pairs["origin"].to_numpy()
    return origin


def carry_letters(openings: pd.DataFrame, kept: pd.DataFrame, origin: pd.Series) -> pd.DataFrame:
    """The earlier lines with the lettering that their opening lines received, where they had none.

    An opening balance that is one line for a customer letters all the items it sums up, when their sum is exact.
    """
    lettered = openings[openings["letter_key"].notna()]
    matched = lettered[origin[lettered.index].notna().to_numpy()]
    rows = origin[matched.index].astype("int64").to_numpy()
    keys = pd.Series(matched["letter_key"].to_numpy(), index=rows, dtype="str")
    days = pd.Series(matched["letter_date"].to_numpy(), index=rows)

    balances = lettered[origin[lettered.index].isna().to_numpy()]
    unmatched = openings[origin.isna().to_numpy()]
    balances = balances[~balances["customer_id"].isin(unmatched["customer_id"][unmatched["customer_id"].duplicated()])]
    open_items = kept[kept["letter_key"].isna() & ~kept.index.isin(origin.dropna())]
    open_items = (
        open_items[["customer_id", "signed_cents"]]
        .merge(
            balances[["customer_id", "signed_cents", "letter_key", "letter_date"]],
            on="customer_id",
            suffixes=("", "_opening"),
        )
        .set_axis(open_items.index[open_items["customer_id"].isin(balances["customer_id"])])
    )
    exact = open_items.groupby("customer_id")["signed_cents"].transform("sum") == open_items["signed_cents_opening"]
    keys = pd.concat([keys, open_items["letter_key"][exact]])
    days = pd.concat([days, open_items["letter_date"][exact]])

    free = kept["letter_key"].isna()
    return kept.assign(
        letter_key=kept["letter_key"].where(~free, keys.reindex(kept.index)),
        letter_date=kept["letter_date"].where(~free, days.reindex(kept.index)),
    )


def _keyed(lines: pd.DataFrame) -> pd.DataFrame:
    return lines.assign(own_day=lines["piece_date"].where(lines["piece_date"].notna(), lines["date"]))
