"""Today's worklist of dunning: for each customer the step that brings most, under what can be done in a day.

Of the steps whose window an overdue item is in, each customer takes the one with the largest expected gain less cost
(`dunning_gain`). Steps that a day holds few of, calls first, go to the customers where they add most to the best step
that has no limit; the others take that one today and wait their turn. Whoever may not be dunned says why.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskkit.decisions.dunning_gain import gained_shares
from riskkit.decisions.prescription import working_day
from riskkit.policy_dunning import DunningPolicy, DunningStep

_SUMS = ("open_cents", "paid", "gained", "gained_low", "gained_high")
OPTIONS = ("customer_id", "step", "items_count", "amount_cents", "oldest_days", "paid_share", "paid_with_share",
           "gain_cents", "gain_low_cents", "gain_high_cents", "cost_cents", "net_gain_cents")  # fmt: skip


def dunning_options(
    items: pd.DataFrame,
    payment_time: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    as_of: dt.date,
    policy: DunningPolicy,
) -> pd.DataFrame:
    """Every step that each customer may take today and what it is expected to bring: `OPTIONS`.

    From: items (`DUNNING_ITEMS`) and payment_time (`PAYMENT_TIME`) in the same order; customers (index customer_id;
          unapplied_cents, has_log, last_notice_on). Money not applied is taken off what a step is about, in proportion.
    To:   one row per customer and step; gains are missing where the forecast is not computable.
    """
    free = items["stop"].isna()
    parts = []
    for step in policy.steps:
        concerned = free & _concerned(items, step)
        shares = gained_shares(payment_time.loc[concerned], step, horizon_days=policy.horizon_days)
        option = _summed(items.loc[concerned], shares, step)
        option = _less_unapplied(option, customers["unapplied_cents"])
        kept = option["amount_cents"] >= round(100 * max(step.min_amount, policy.min_amount))
        allowed = option["customer_id"].map(_allowed(customers, step, as_of=as_of, policy=policy)).astype("bool")
        parts.append(option[kept & allowed])
    return pd.concat(parts, ignore_index=True)


def _concerned(items: pd.DataFrame, step: DunningStep) -> pd.Series:
    """The items that a step is about: before the due date those in its window, after it all that is overdue.

    After the due date a customer is concerned where an item of it that may be dunned is in the window.
    """
    days = items["days_past_due"].astype("float64")
    inside = days.between(step.from_days, step.until_days)
    if step.is_before_due:
        return inside
    called = items["customer_id"].isin(items.loc[inside & items["stop"].isna(), "customer_id"])
    return called & (days > 0)


def _summed(items: pd.DataFrame, shares: pd.DataFrame, step: DunningStep) -> pd.DataFrame:
    weighted = shares.mul(items["open_cents"].astype("float64"), axis=0)
    table = weighted.assign(
        customer_id=items["customer_id"], open_cents=items["open_cents"].astype("float64"), items_count=1,
        days=items["days_past_due"].astype("float64"),
    )  # fmt: skip
    grouped = table.groupby("customer_id", sort=True)
    sums = grouped[list(_SUMS)].sum(min_count=1)
    whole = sums["open_cents"]
    return pd.DataFrame(
        {
            "step": step.step,
            "items_count": grouped["items_count"].sum(),
            "amount_cents": whole,
            "oldest_days": grouped["days"].max(),
            "paid_share": sums["paid"] / whole,
            "paid_with_share": (sums["paid"] + sums["gained"]) / whole,
            "gain_cents": sums["gained"],
            "gain_low_cents": sums["gained_low"],
            "gain_high_cents": sums["gained_high"],
            "cost_cents": float(round(100 * step.cost_amount)),
        }
    ).reset_index()


def _less_unapplied(options: pd.DataFrame, unapplied: pd.Series) -> pd.DataFrame:
    money = options["customer_id"].map(unapplied).fillna(0).astype("float64")
    factor = ((options["amount_cents"] - money) / options["amount_cents"]).clip(0, 1)
    names = ["amount_cents", "gain_cents", "gain_low_cents", "gain_high_cents"]
    reduced = options.assign(**{name: (options[name] * factor).round() for name in names})
    return reduced.assign(net_gain_cents=reduced["gain_cents"] - reduced["cost_cents"])[list(OPTIONS)]


def _allowed(customers: pd.DataFrame, step: DunningStep, *, as_of: dt.date, policy: DunningPolicy) -> pd.Series:
    """Whether the log of actions, where there is one, lets each customer take that step."""
    noticed = customers["last_notice_on"]
    if step.step == "court_order":
        over = noticed + pd.Timedelta(days=policy.notice_days) < pd.Timestamp(as_of)
        return ~customers["has_log"] | over
    if step.step == "formal_notice":
        return noticed.isna()
    return pd.Series(True, index=customers.index)


def choose_steps(options: pd.DataFrame, *, as_of: dt.date, policy: DunningPolicy) -> pd.DataFrame:
    """The step of each customer today, ranked: `OPTIONS` with is_today, next_step, do_by and rank.

    A step whose expected gain is not above its cost is not proposed. Where gains are not computable, the amount takes
    their place.
    """
    worth = options["net_gain_cents"].where(options["gain_cents"].notna(), options["amount_cents"])
    kept = options.assign(worth=worth)[worth > 0].sort_values(
        ["worth", "customer_id", "step"], ascending=[False, True, True], ignore_index=True
    )
    capacity: dict[str, int] = {step.step: step.per_day for step in policy.steps if step.per_day is not None}
    limited = kept[kept["step"].isin(capacity)]
    plain = kept[~kept["step"].isin(capacity)].drop_duplicates("customer_id").set_index("customer_id")
    today, waiting = _within_capacity(limited, plain["worth"], capacity)
    granted = kept.loc[today]
    rest = plain[~plain.index.isin(granted["customer_id"])].reset_index()
    first_day = working_day(as_of)
    turns = [pd.Timestamp(working_day(first_day, after=turn)) for turn in waiting.values()]
    queue = kept.loc[list(waiting)].assign(do_by=pd.Series(turns, index=list(waiting), dtype="datetime64[us]"))
    chosen = pd.concat([granted, rest], ignore_index=True).assign(is_today=True, do_by=pd.Timestamp(first_day))
    chosen["next_step"] = chosen["customer_id"].map(queue.set_index("customer_id")["step"])
    alone = queue[~queue["customer_id"].isin(chosen["customer_id"])].assign(is_today=False, next_step=None)
    table = pd.concat([chosen, alone], ignore_index=True) if len(alone) else chosen
    table = table.sort_values(["is_today", "worth", "customer_id"], ascending=[False, False, True], ignore_index=True)
    return table.assign(rank=np.arange(1, len(table) + 1)).drop(columns="worth")


def _within_capacity(
    limited: pd.DataFrame, fallback: pd.Series, capacity: dict[str, int]
) -> tuple[list[int], dict[int, int]]:
    """Rows of the limited steps that are granted today, and the days that the others wait, by row.

    A row's claim on the capacity is what it adds to the best step without limit of its customer, or to nothing.
    """
    added = limited["worth"] - limited["customer_id"].map(fallback).fillna(0)
    order = added[added > 0].sort_values(ascending=False, kind="stable").index
    left, served, today = dict(capacity), set[str](), list[int]()
    refused: dict[str, int] = {}
    for row, customer, step in limited.loc[order, ["customer_id", "step"]].itertuples(name=None):
        if customer in served:
            continue
        if left[step] > 0:
            left[step] -= 1
            served.add(customer)
            today.append(row)
            refused.pop(customer, None)
        else:
            refused.setdefault(customer, row)
    waiting, seen = {}, dict.fromkeys(capacity, 0)
    for row in refused.values():
        step = str(limited.loc[row, "step"])
        if capacity[step]:
            waiting[row] = 1 + seen[step] // capacity[step]
            seen[step] += 1
    return today, waiting
