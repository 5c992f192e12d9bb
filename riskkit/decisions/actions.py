"""The action plan: one line per customer that matters, what to do first, why, who, by when, what is at stake.

Everything that the other decisions ask of a customer is one candidate: a claim to declare, a debt near its
prescription, today's step of dunning, a dispute, a limit that is over, terms to change, a provision to book, data to
complete. The first kind in that order is the line's action, the others stand beside it. The same euros are often at
stake in several: a line shows the largest stake, never their sum.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from riskkit.decisions.dunning_reasons import STEP_WORDS
from riskkit.decisions.prescription import working_day
from riskkit.errors import Message, Money, message
from riskkit.policy_actions import ActionsPolicy
from riskkit.schemas import Column, Table

KINDS = ("claim", "prescription", "dunning", "dispute", "limit", "terms", "provision", "buyer", "data")
"""Kinds of action, most pressing first."""

ACTIONS = Table(
    "actions",
    "a customer that matters, and what is to be done about it",
    (
        Column("rank", "integer", "most euros at stake first"),
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "its name", nullable=True),
        Column("owner", "text", "who is to do it: the sales person of the files", nullable=True),
        Column("kind", "text", ", ".join(KINDS)),
        Column("action", "text", "what to do first, in the language of the run"),
        Column("why", "text", "why"),
        Column("also", "text", "what else is to be done, most pressing first", nullable=True),
        Column("actions_count", "integer", "how many actions the line holds"),
        Column("do_by", "date", "by when"),
        Column("stake_cents", "cents", "euros at stake: the largest of its actions"),
    ),
)
CANDIDATES = ("customer_id", "kind", "stake_cents", "do_by", "what", "why")
_CHANGED_DAYS = 5


def candidates(
    dunning: pd.DataFrame,
    items: pd.DataFrame,
    limits: pd.DataFrame,
    provision: pd.DataFrame,
    terms: pd.DataFrame | None,
    customers: pd.DataFrame,
    *,
    as_of: dt.date,
    currency: str,
    policy: ActionsPolicy,
) -> pd.DataFrame:
    """Every action that is asked for: `CANDIDATES`, `what` a `Message` and `why` a `Message` or text.

    From: `DUNNING`, `DUNNING_ITEMS`, `CREDIT_LIMITS` (their reasons in the language of the run), `PROVISION`, `TERMS`
          if there is one, customers (customer_id, siren, is_catch_all).
    """
    day = pd.Timestamp(working_day(as_of))

    def after(days: int) -> pd.Timestamp:
        return pd.Timestamp(working_day(as_of + dt.timedelta(days=days)))

    mixed = set(customers.loc[customers["is_catch_all"], "customer_id"])
    parts = [
        *_of_dunning(dunning, day),
        *_of_prescriptions(items, day, currency),
        *_of_disputes(items, after(policy.dispute_days), currency),
        *_of_limits(limits, after(policy.limit_days), currency),
        *_of_provisions(provision, as_of, currency),
        *(_of_terms(terms[~terms["customer_id"].isin(mixed)], after(policy.terms_days)) if terms is not None else ()),
        *_of_data(items, customers, after(policy.data_days), currency),
    ]
    return pd.DataFrame(parts, columns=list(CANDIDATES))


def _of_dunning(dunning: pd.DataFrame, day: pd.Timestamp) -> Iterator[tuple[object, ...]]:
    for row in dunning[(dunning["step"] != "none") & dunning["is_today"]].to_dict("records"):
        kind = "claim" if row["step"] == "claim" else "dunning"
        by = row["do_by"] if pd.notna(row["do_by"]) else day
        yield row["customer_id"], kind, int(row["amount_cents"]), max(by, day), STEP_WORDS[row["step"]], row["reason_1"]


def _of_prescriptions(items: pd.DataFrame, day: pd.Timestamp, currency: str) -> Iterator[tuple[object, ...]]:
    near = items[items["is_prescribed_soon"] & (items["stop"].fillna("") != "procedure")]
    for customer, rows in near.groupby("customer_id"):
        cents, last = int(rows["open_cents"].sum()), rows["prescription_date"].min()
        why = message("{money} can no longer be claimed in court after {date}", money=Money(cents, currency), date=last)
        yield customer, "prescription", cents, day, message("interrupt the prescription (court, or a signed debt)"), why


def _of_disputes(items: pd.DataFrame, by: pd.Timestamp, currency: str) -> Iterator[tuple[object, ...]]:
    for customer, rows in items[items["stop"] == "dispute"].groupby("customer_id"):
        cents = int(rows["open_cents"].sum())
        why = message("{count:invoice|invoices} of {money} disputed: not paid before an answer",
                      count=len(rows), money=Money(cents, currency))  # fmt: skip
        yield customer, "dispute", cents, by, message("settle the dispute"), why


def _of_limits(limits: pd.DataFrame, by: pd.Timestamp, currency: str) -> Iterator[tuple[object, ...]]:
    for row in limits[(limits["over_limit_cents"] > 0) & (limits["decided_by"] != "catch_all")].to_dict("records"):
        what = message("bring its exposure under its limit, or have {role} approve the excess",
                       role=ROLE_WORDS.get(str(row["approver"]), str(row["approver"])))  # fmt: skip
        yield row["customer_id"], "limit", int(row["over_limit_cents"]), by, what, row["reason_1"]


def _of_provisions(provision: pd.DataFrame, as_of: dt.date, currency: str) -> Iterator[tuple[object, ...]]:
    end = pd.Timestamp(working_day((pd.Timestamp(as_of) + pd.offsets.MonthEnd(1)).date()))
    for customer, rows in provision[provision["statutory_cents"] > 0].groupby("customer_id"):
        cents = int(rows["statutory_cents"].sum())
        why = message("{money} (without tax) is compromised by an event, item by item", money=Money(cents, currency))
        yield customer, "provision", cents, end, message("book the provision (416, 491)"), why


def _of_terms(terms: pd.DataFrame, by: pd.Timestamp) -> Iterator[tuple[object, ...]]:
    shorter = terms["recommended_days"] + _CHANGED_DAYS < terms["current_days"].fillna(0)
    for row in terms[shorter & (terms["freed_cents"] > 0)].to_dict("records"):
        days = int(row["recommended_days"])
        what = message("payment before delivery") if days == 0 else message("bring its terms to {days} days", days=days)
        why = row["reason_terms"] if isinstance(row["reason_terms"], str) else message("its terms are too long")
        yield row["customer_id"], "terms", int(row["freed_cents"]), by, what, why


def _of_data(
    items: pd.DataFrame, customers: pd.DataFrame, by: pd.Timestamp, currency: str
) -> Iterator[tuple[object, ...]]:
    owed = items.groupby("customer_id")["open_cents"].sum()
    undated = items[items["stop"] == "undated"].groupby("customer_id")["open_cents"].sum()
    for row in customers[customers["customer_id"].isin(owed.index)].to_dict("records"):
        cents = int(owed[row["customer_id"]])
        money = Money(cents, currency)
        if row["is_catch_all"]:
            why = message("{money} owed by buyers that the account does not name", money=money)
            yield row["customer_id"], "buyer", cents, by, message("open an account to each regular buyer"), why
        elif row["customer_id"] in undated.index:
            why = message("{money} without a due date", money=Money(int(undated[row["customer_id"]]), currency))
            yield row["customer_id"], "data", int(undated[row["customer_id"]]), by, message("find the due dates"), why
        elif pd.isna(row["siren"]):
            why = message("{money} owed by a company that is not identified: no event of it would be seen", money=money)
            yield row["customer_id"], "data", cents, by, message("find its SIREN"), why


ROLE_WORDS: dict[str, Message] = {
    "credit_analyst": message("the credit analyst"),
    "credit_manager": message("the credit manager"),
    "finance_director": message("the finance director"),
    "managing_director": message("the managing director"),
}


def plan_actions(asked: pd.DataFrame, customers: pd.DataFrame, *, policy: ActionsPolicy) -> pd.DataFrame:
    """One line per customer: `ACTIONS` with `also` a list of `Message`, most euros at stake first.

    From: asked (`CANDIDATES`), customers (customer_id, name, sales_person).
    """
    order = {kind: rank for rank, kind in enumerate(KINDS)}
    sorted_ = asked.assign(order=asked["kind"].map(order)).sort_values(["customer_id", "order"], kind="stable")
    by_customer = sorted_.groupby("customer_id")
    table = sorted_.drop_duplicates("customer_id").set_index("customer_id")[["kind", "what", "why", "do_by"]]
    has_other = (sorted_["kind"] != "data").groupby(sorted_["customer_id"]).transform("any")
    money = sorted_[~has_other | (sorted_["kind"] != "data")]  # a SIREN to find is no stake beside a call to make
    table["stake_cents"] = money.groupby("customer_id")["stake_cents"].max()
    table["actions_count"] = by_customer.size()
    table["do_by"] = table["do_by"].astype("datetime64[us]")
    others = {str(customer): rows["what"].tolist()[1:] for customer, rows in by_customer}
    table["also"] = pd.Series([others[str(customer)] for customer in table.index], index=table.index, dtype="object")
    has_claim = by_customer["kind"].agg(lambda kinds: "claim" in set(kinds)).astype("bool")
    table = table[(table["stake_cents"] >= round(100 * policy.min_amount)) | has_claim]
    known = customers.drop_duplicates("customer_id").set_index("customer_id")
    table = table.join(known[["name", "sales_person"]]).rename(columns={"sales_person": "owner"}).reset_index()
    table = table.sort_values(["stake_cents", "customer_id"], ascending=[False, True], ignore_index=True)
    return table.assign(rank=table.index + 1)
