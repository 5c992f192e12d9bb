"""The worklist whole: steps of today, claims to declare, and everyone left alone with the reason."""

from __future__ import annotations

import pandas as pd

from riskkit.decisions.dunning_table import DUNNING
from riskkit.policy_dunning import DunningPolicy

TO_DECLARE = ("open", "late", "undated")


def dunning_rows(
    chosen: pd.DataFrame, items: pd.DataFrame, customers: pd.DataFrame, claims: pd.DataFrame, *, policy: DunningPolicy
) -> pd.DataFrame:
    """`DUNNING` but for its reasons: steps by rank, claims by deadline, then those left alone, most money first.

    From: chosen (`dunning.choose_steps`), items (`DUNNING_ITEMS`), customers (index customer_id; name, owner,
          overdue_cents, promised_on, broken_promise_date), claims (`claims.CLAIMS`).
    To:   one row per customer that is dunned, has a claim to declare, or owes something overdue.
    """
    own = _money_of(items)
    steps = chosen.set_index("customer_id")
    declared = claims[claims["claim_status"].isin(TO_DECLARE) & (claims["claim_cents"] > 0)]
    owed = _claim_rows(declared.sort_values(["claim_deadline", "customer_id"]).set_index("customer_id"), policy=policy)
    rest = own[~own.index.isin([*steps.index, *owed.index]) & ((own["overdue"] > 0) | (own["procedure"] > 0))]
    rest = rest.sort_values(["overdue", "stopped_cents"], ascending=False, kind="stable")
    idle = pd.DataFrame({"step": "none", "is_today": False, "items_count": 0, "amount_cents": 0.0, "cost_cents": 0.0},
                        index=rest.index)  # fmt: skip
    table = pd.concat([part for part in (steps, owed, idle) if len(part)] or [idle])
    table = table.join(own[["stopped_cents", "stop", "prescription_date"]])
    table = table.join(customers[["name", "owner", "overdue_cents", "promised_on", "broken_promise_date"]])
    money = [column.name for column in DUNNING if column.kind in ("cents", "integer") and column.name in table]
    table[money] = table[money].astype("Float64").round().astype("Int64")
    said = {"reason_1": pd.Series("", index=table.index, dtype="str")}
    return DUNNING.conform(table.assign(**said).rename_axis("customer_id").reset_index())[DUNNING.names]


def _money_of(items: pd.DataFrame) -> pd.DataFrame:
    """Sums of each customer's open items: overdue, procedure, stopped_cents, stop, prescription_date."""
    late = items["open_cents"].where(items["days_past_due"].fillna(0) > 0, 0)
    stopped = items["open_cents"].where(items["stop"].notna(), 0)
    table = items[["customer_id", "stop", "prescription_date"]].assign(
        overdue=late, stopped_cents=stopped, procedure=stopped.where(items["stop"] == "procedure", 0)
    )
    grouped = table.groupby("customer_id")
    sums = grouped[["overdue", "stopped_cents", "procedure"]].sum()
    by_stop = table[table["stop"].notna()].groupby(["customer_id", "stop"])["stopped_cents"].sum().reset_index()
    most = by_stop.sort_values(["stopped_cents", "stop"], ascending=[False, True]).drop_duplicates("customer_id")
    live = table[table["stop"].fillna("") != "prescribed"].groupby("customer_id")["prescription_date"].min()
    return sums.assign(
        stop=sums.index.to_series().map(most.set_index("customer_id")["stop"]),
        prescription_date=sums.index.to_series().map(live),
    )


def _claim_rows(claims: pd.DataFrame, *, policy: DunningPolicy) -> pd.DataFrame:
    cost = float(round(100 * policy.claim_cost_amount))
    return pd.DataFrame(
        {
            "step": "claim",
            "is_today": True,
            "do_by": claims["claim_deadline"],
            "items_count": claims["claim_items"],
            "amount_cents": claims["claim_cents"].astype("float64"),
            "gain_cents": claims["gain_cents"],
            "cost_cents": cost,
            "net_gain_cents": claims["gain_cents"] - cost,
            "claim_deadline": claims["claim_deadline"],
        },
        index=claims.index,
    )
