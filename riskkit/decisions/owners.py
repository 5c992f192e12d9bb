"""What each owner of accounts has to collect, and what came in over the period: the base of a bonus on cash."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from riskkit.policy_actions import ActionsPolicy
from riskkit.schemas import Column, Table

OWNERS = Table(
    "owners",
    "who follows customers (the sales person of the files), what they owe and what they paid over the period",
    (
        Column("owner", "text", "the sales person; missing for accounts without one", nullable=True),
        Column("customers_count", "integer", "customers that owe or paid something"),
        Column("open_cents", "cents", "open items"),
        Column("overdue_cents", "cents", "of that, past due"),
        Column("overdue_share", "number", "overdue ÷ open items; missing where nothing is open", nullable=True),
        Column("period_start", "date", "first day of the period"),
        Column("period_end", "date", "its last day, the date of the run"),
        Column("collected_cents", "cents", "cash received in the period, less what was given back or bounced"),
        Column("recovery_share", "number", "collected ÷ (collected + still overdue)", nullable=True),
        Column("bonus_cents", "cents", "collected × the rate of the policy, not under 0"),
        Column("actions_count", "integer", "lines of the action plan"),
    ),
)
CASH_KINDS = ("payment", "refund")


def owners(
    open_items: pd.DataFrame,
    payments: pd.DataFrame,
    customers: pd.DataFrame,
    actions: pd.DataFrame,
    *,
    as_of: dt.date,
    policy: ActionsPolicy,
) -> pd.DataFrame:
    """`OWNERS`, most overdue first; open items and cash of the period are all there, accounts without owner included.

    From: open_items (`OPEN_ITEMS`), payments (customer_id, kind, payment_date, amount_cents), customers (customer_id,
          sales_person), actions (owner).
    """
    end = pd.Timestamp(as_of)
    start = end - pd.Timedelta(days=policy.period_days - 1)
    inside = payments["payment_date"].between(start, end) & payments["kind"].isin(CASH_KINDS)
    late = open_items["days_past_due"].fillna(0) > 0
    sums = pd.DataFrame(
        {
            "open_cents": open_items.groupby("customer_id")["open_cents"].sum(),
            "overdue_cents": open_items[late].groupby("customer_id")["open_cents"].sum(),
            "collected_cents": payments[inside].groupby("customer_id")["amount_cents"].sum(),
        }
    )
    sums = sums.fillna(0).astype("int64").assign(customers_count=1)
    who = customers.drop_duplicates("customer_id").set_index("customer_id")["sales_person"]
    table = sums.groupby(sums.index.to_series().map(who).fillna("")).sum()
    table["actions_count"] = actions["owner"].fillna("").value_counts().reindex(table.index).fillna(0)
    paid = table["collected_cents"].clip(lower=0)
    made = table.assign(
        overdue_share=table["overdue_cents"] / table["open_cents"].where(table["open_cents"] > 0),
        recovery_share=paid / (paid + table["overdue_cents"]).where(paid + table["overdue_cents"] > 0),
        bonus_cents=(paid * policy.bonus_rate).round(),
        period_start=start,
        period_end=end,
    )
    made = made.rename_axis("owner").reset_index().sort_values(["overdue_cents", "owner"], ascending=[False, True])
    return OWNERS.conform(made.assign(owner=made["owner"].replace("", None)))[OWNERS.names]
