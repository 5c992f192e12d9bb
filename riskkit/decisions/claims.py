"""Claims in collective procedures: what is owed from before the judgment, and until when it must be declared.

A claim born before the opening judgment and not declared in time cannot share in what is distributed (L622-24, L622-26
C. com.); the judge may still lift the bar within six months of the notice. What was invoiced after the judgment is paid
at its due date (L622-17) and is no claim to declare.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from riskkit.decisions.dunning_items import PROCEDURE_STATES
from riskkit.decisions.prescription import claim_deadline
from riskkit.policy_dunning import DunningPolicy

LIFT_MONTHS = 6
CLAIMS = ("customer_id", "published_on", "judged_on", "claim_cents", "later_cents", "claim_items", "claim_deadline",
          "claim_status", "gain_cents")  # fmt: skip


def opening_notices(events: pd.DataFrame, *, as_of: dt.date) -> pd.DataFrame:
    """The notice that opened the procedure of each customer in one: published_on, judged_on, by customer_id.

    From: `COMPANY_EVENTS`; those after `as_of`, or annulled by then, are not known. The first notice of a procedure
          since the last that closed one counts: a conversion opens no new delay.
    """
    day = pd.Timestamp(as_of)
    known = events[(events["event_date"] <= day) & ~(events["annulled_date"] <= day)]
    closed = known[known["kind"] == "closing"].groupby("customer_id")["event_date"].max()
    opened = known[known["kind"].isin(PROCEDURE_STATES)]
    opened = opened.join(closed.rename("closed_on"), on="customer_id")
    live = opened[~(opened["event_date"] <= opened["closed_on"])].sort_values("event_date", kind="stable")
    first = live.drop_duplicates("customer_id").set_index("customer_id")
    return pd.DataFrame(
        {"published_on": first["event_date"], "judged_on": first["judgment_date"].fillna(first["event_date"])}
    )


def claims(
    open_items: pd.DataFrame,
    states: pd.Series,
    notices: pd.DataFrame,
    *,
    declared: set[str],
    loss_shares: Mapping[str, float],
    as_of: dt.date,
    policy: DunningPolicy,
) -> pd.DataFrame:
    """What to declare for each customer in a procedure that owes something: `CLAIMS`.

    From: open_items (`OPEN_ITEMS`), states by customer_id, notices (`opening_notices`).
    To:   claim_status is open (can be declared), late (a judge may lift the bar), barred, declared (by the log), or
          undated (no notice is known). The gain is what a declared claim is expected to bring: its amount less the part
          lost in such procedures.

    Parameters
    ----------
    declared
        Customers whose claim the log says declared.
    loss_shares
        Part of a claim lost, by state.

    """
    held = open_items["customer_id"].map(states)
    items = open_items[held.isin(PROCEDURE_STATES)].join(notices, on="customer_id")
    judged = items["judged_on"]
    before = judged.isna() | (items["issue_date"] <= judged)
    parts = items.assign(
        claim_cents=items["open_cents"].where(before, 0),
        later_cents=items["open_cents"].where(~before, 0),
        claim_items=before.astype("int64"),
    )
    rows = parts.groupby("customer_id")[["claim_cents", "later_cents", "claim_items"]].sum()
    rows = rows.join(notices).reset_index()
    deadlines = [
        pd.NaT if pd.isna(day) else pd.Timestamp(claim_deadline(day.date(), policy=policy))
        for day in rows["published_on"]
    ]
    rows["claim_deadline"] = pd.Series(deadlines, index=rows.index, dtype="datetime64[us]")
    rows["claim_status"] = [
        _status(published, deadline, customer in declared, pd.Timestamp(as_of))
        for published, deadline, customer in zip(
            rows["published_on"], rows["claim_deadline"], rows["customer_id"], strict=True
        )
    ]
    kept = 1 - rows["customer_id"].map(states).map(dict(loss_shares)).astype("float64")
    rows["gain_cents"] = (rows["claim_cents"] * kept).round()
    return rows[list(CLAIMS)]


def _status(published: pd.Timestamp, deadline: pd.Timestamp, is_declared: bool, day: pd.Timestamp) -> str:
    if is_declared:
        return "declared"
    if pd.isna(published):
        return "undated"
    if day <= deadline:
        return "open"
    return "late" if day <= published + pd.DateOffset(months=LIFT_MONTHS) else "barred"
