"""Which open items may be dunned, and why the others may not; until when each can be claimed."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskkit.decisions.prescription import prescription_dates
from riskkit.policy_dunning import DunningPolicy
from riskkit.schemas import Column, Table

PROCEDURE_STATES = ("safeguard", "receivership", "liquidation")
STOPS = ("procedure", "ceased", "catch_all", "credit", "promise", "proceeding", "recent", "small", "dispute",
         "prescribed", "undated")  # fmt: skip
"""Why a customer, or an item, is left alone; the first that fits is said."""
CUSTOMER_STOPS = STOPS[:8]

DUNNING_ITEMS = Table(
    "dunning_items",
    "an open item, whether it may be dunned and until when it can be claimed",
    (
        Column("item_id", "text", "key of the item, as in open_items"),
        Column("invoice_number", "text", "number as the file gives it", nullable=True),
        Column("customer_id", "text", "who owes it"),
        Column("issue_date", "date", "date of issue"),
        Column("due_date", "date", "date due; missing when unknown", nullable=True),
        Column("days_past_due", "integer", "days past due; 0 or less is not overdue", nullable=True),
        Column("open_cents", "cents", "what is still owed"),
        Column("buyer_kind", "text", "trader, consumer or public: which prescription counts"),
        Column("prescription_date", "date", "last day on which it can be claimed in court, no interruption counted"),
        Column("is_prescribed_soon", "flag", "True where that day is near (policy) and not past"),
        Column("stop", "text", f"why it is not dunned: {', '.join(STOPS)}; missing where it is", nullable=True),
        Column("paid_share", "number", "part expected in cash by the horizon without action", nullable=True),
    ),
)


def dunning_items(
    open_items: pd.DataFrame,
    customers: pd.DataFrame,
    paid_share: pd.Series,
    *,
    as_of: dt.date,
    policy: DunningPolicy,
) -> pd.DataFrame:
    """Every open item with what stops its dunning: `DUNNING_ITEMS`, in their order.

    From: open_items (`OPEN_ITEMS`), customers (index customer_id; buyer_kind, and stop: why the whole customer is left
          alone, missing where it is not), `paid_share` in the order of the items.
    """
    day = pd.Timestamp(as_of)
    kinds = open_items["customer_id"].map(customers["buyer_kind"])
    ends = prescription_dates(open_items, kinds, policy=policy)
    whole = open_items["customer_id"].map(customers["stop"])
    disputed = open_items["dispute_date"].notna() & (open_items["dispute_date"] <= day)
    own = np.select(
        [disputed, ends < day, open_items["days_past_due"].isna()], ["dispute", "prescribed", "undated"], default=""
    )
    stop = whole.where(whole.notna(), pd.Series(own, index=open_items.index).replace("", None))
    names = ["item_id", "invoice_number", "customer_id", "issue_date", "due_date", "days_past_due", "open_cents"]
    near = (ends >= day) & (ends <= day + pd.Timedelta(days=policy.prescription_alert_days))
    return DUNNING_ITEMS.conform(
        open_items[names].assign(
            buyer_kind=kinds,
            prescription_date=ends,
            is_prescribed_soon=near,
            stop=stop.astype("str"),
            paid_share=paid_share.to_numpy(dtype=np.float64),
        )
    )[DUNNING_ITEMS.names]


def customer_stops(facts: pd.DataFrame, *, as_of: dt.date, policy: DunningPolicy) -> pd.Series:
    """Why each whole customer is left alone, missing where it is not; the gravest reason is said.

    From: state, is_catch_all, open_cents, overdue_cents, unapplied_cents, promised_on (day of a promise that waits),
          last_action_on and last_court_on (missing without a log).
    """
    day = pd.Timestamp(as_of)
    recent = facts["last_action_on"] > day - pd.Timedelta(days=policy.gap_days)
    owed = facts["open_cents"] - facts["unapplied_cents"]
    overdue = facts["overdue_cents"] - facts["unapplied_cents"]
    small = (facts["overdue_cents"] > 0) & (overdue < round(100 * policy.min_amount))
    said = np.select(
        [
            facts["state"].isin(PROCEDURE_STATES),
            facts["state"] == "ceased",
            facts["is_catch_all"],
            owed <= 0,
            facts["promised_on"].notna(),
            facts["last_court_on"].notna(),
            recent,
            small,
        ],
        list(CUSTOMER_STOPS),
        default="",
    )
    return pd.Series(said, index=facts.index).replace("", None).astype("str")
