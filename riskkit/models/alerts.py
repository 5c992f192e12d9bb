"""What changed between two runs that somebody must look at: each alert with its severity, reason, money and advice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from riskkit.errors import Days, Message, Money, message
from riskkit.models.expert_score import UNKNOWN
from riskkit.policy_scores import ScoringPolicy

SEVERITIES = ("critical", "high", "medium", "info")
PROCEDURES = ("liquidation", "receivership", "safeguard")
NEARLY = 0.9
"""Part of a limit in use from which its alert is more than information."""
LIMIT_USE = ("limit_source", "limit_cents", "net_exposure_cents", "reached_share")
"""Use of a limit. `limit_source`: in_force (the client's), bureau (advised by a bureau), proposed (by the limits of the
run), missing without a limit. `reached_share`: the highest part of a limit that the policy watches and that is used."""
Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Alert:
    """One alert. `owed_cents` is what the customer owes at the second date."""

    customer_id: str
    kind: str
    severity: str
    reason: Message
    advice: Message
    owed_cents: int


@dataclass(frozen=True)
class WatchedRun:
    """What monitoring reads of a run, money in cents.

    `scores`: customer_id, risk_class, risk_level, is_in_event, break_odds, usual_days, recent_days, open_cents,
    overdue_cents, and the use of its limit (`LIMIT_USE`). `events`: customer_id, event_date, kind.
    """

    as_of: dt.date
    currency: str
    scores: pd.DataFrame
    events: pd.DataFrame


def find_alerts(before: WatchedRun, after: WatchedRun, *, policy: ScoringPolicy) -> list[Alert]:
    """The alerts of a second run over a first one, the gravest and largest first.

    A customer may have several; a customer that is new in the second run is compared with nothing known.
    """
    both = after.scores.merge(before.scores, on="customer_id", how="left", suffixes=("", "_before"))
    news = _new_events(before, after)
    found: list[Alert] = []
    for row in both.to_dict("records"):
        for watch in (_class_change, _in_event, _habit, _limit):
            found.extend(watch(row, before, after, policy))
        found.extend(_event(row, event, after) for event in news.get(str(row["customer_id"]), ()))
    return sorted(found, key=lambda each: (SEVERITIES.index(each.severity), -each.owed_cents, each.customer_id))


def class_migration(before: WatchedRun, after: WatchedRun) -> pd.DataFrame:
    """Customers of both runs by class then and now: from_class, to_class, customers, owed_cents (now)."""
    both = after.scores.merge(before.scores[["customer_id", "risk_class"]], on="customer_id", suffixes=("", "_before"))
    grouped = both.groupby(["risk_class_before", "risk_class"]).agg(
        customers=("customer_id", "size"), owed_cents=("open_cents", "sum")
    )
    return grouped.reset_index().rename(columns={"risk_class_before": "from_class", "risk_class": "to_class"})


def _new_events(before: WatchedRun, after: WatchedRun) -> dict[str, list[Row]]:
    """Events known since the first run, by customer, the latest last."""
    fresh = after.events[
        (after.events["event_date"] > pd.Timestamp(before.as_of))
        & (after.events["event_date"] <= pd.Timestamp(after.as_of))
        & after.events["kind"].isin(_EVENT_ADVICE)
    ].sort_values("event_date")
    return {str(customer): list[Row](rows.to_dict("records")) for customer, rows in fresh.groupby("customer_id")}


def _event(row: Row, event: Row, after: WatchedRun) -> Alert:
    kind = str(event["kind"])
    severity = (
        "critical" if kind in PROCEDURES else "high" if kind in ("privilege", "protest", "cessation") else "medium"
    )
    reason = message(
        "{event}, known on {date}: {money} owed",
        event=_EVENT_WORDS[kind],
        date=event["event_date"].date(),
        money=_owed(row, after),
    )
    return Alert(
        str(row["customer_id"]), f"event_{kind}", severity, reason, _EVENT_ADVICE[kind], int(row["open_cents"])
    )


def _class_change(row: Row, before: WatchedRun, after: WatchedRun, policy: ScoringPolicy) -> Iterator[Alert]:
    was, now = row.get("risk_class_before"), str(row["risk_class"])
    if not isinstance(was, str) or UNKNOWN in (was, now) or was == now:
        return
    steps, level = int(now) - int(was), str(row["risk_level"])
    values = {"before": was, "after": now, "money": _owed(row, after)}
    customer, owed = str(row["customer_id"]), int(row["open_cents"])
    if steps < 0:
        reason = message("Class {before} becomes {after}: {money} owed", **values)
        yield Alert(customer, "class_better", "info", reason, message("Nothing to do; terms may be reviewed"), owed)
        return
    became_high = level == "high" and row["risk_level_before"] != "high"
    severity = "high" if steps > 1 or became_high else "medium"
    reason = message(
        "Class {before} becomes {after}: {money} owed, {overdue} overdue", **values, overdue=_overdue(row, after)
    )
    advice = message("Review its limit and terms; deliver against payment or security until it is settled")
    yield Alert(customer, "class_worse", severity, reason, advice, owed)


def _in_event(row: Row, before: WatchedRun, after: WatchedRun, policy: ScoringPolicy) -> Iterator[Alert]:
    if not bool(row["is_in_event"]) or row.get("is_in_event_before") is True:
        return
    reason = message(
        "A first item is more than {limit} past due: {money} overdue",
        limit=Days(policy.event_days),
        money=_overdue(row, after),
    )
    advice = message("Send a formal notice, and hold new orders until a date of payment is agreed")
    yield Alert(str(row["customer_id"]), "in_event", "high", reason, advice, int(row["open_cents"]))


def _habit(row: Row, before: WatchedRun, after: WatchedRun, policy: ScoringPolicy) -> Iterator[Alert]:
    odds, was = row.get("break_odds"), row.get("break_odds_before")
    if pd.isna(odds) or odds < policy.alert_break_odds or int(row["overdue_cents"]) <= 0:
        return
    if was is not None and not pd.isna(was) and was >= policy.alert_break_odds:
        return
    usual, recent = (max(round(float(row[f"{when}_days"])), 0) for when in ("usual", "recent"))
    reason = message(
        "Usually paid {usual} after the due date; its latest invoices rather take {recent}: {money} overdue",
        usual=Days(usual),
        recent=Days(recent),
        money=_overdue(row, after),
    )
    advice = message("Call this week: a dispute, a lack of cash, or an oversight? Ask for a date, invoice by invoice")
    severity = "high" if usual <= policy.broken_after_days else "medium"
    yield Alert(str(row["customer_id"]), "habit_break", severity, reason, advice, int(row["open_cents"]))


def _limit(row: Row, before: WatchedRun, after: WatchedRun, policy: ScoringPolicy) -> Iterator[Alert]:
    """An overrun that was none before; of a limit in force, also each part of it that is newly used up.

    Above a limit that is only proposed nobody broke a decision: that is information. A proposal of no credit at all is
    no limit: the class and its alert say that already.
    """
    source = row["limit_source"]
    if not isinstance(source, str) or (source == "proposed" and int(row["limit_cents"]) == 0):
        return
    if _over(row, "") > 0:
        if _over(row, "_before") <= 0:
            yield _overrun(row, source, after)
        return
    was = row.get("reached_share_before")
    if source == "in_force" and row["reached_share"] > (0.0 if pd.isna(was) else was):
        yield _nearly(row, after)


def _over(row: Row, suffix: str) -> int:
    """Cents above the limit; 0 within it or where none is known."""
    limit, exposure = row.get(f"limit_cents{suffix}"), row.get(f"net_exposure_cents{suffix}")
    return 0 if pd.isna(limit) or pd.isna(exposure) else max(int(exposure) - int(limit), 0)


def _overrun(row: Row, source: str, after: WatchedRun) -> Alert:
    values = {
        "money": Money(int(row["net_exposure_cents"]), after.currency),
        "limit": Money(int(row["limit_cents"]), after.currency),
        "over": Money(_over(row, ""), after.currency),
    }
    reason = Message(_LIMIT_WORDS[source].template, values)
    is_proposed = source == "proposed"
    advice = (
        message("Set its limit: none is in force, and it already needs more than its risk would be granted")
        if is_proposed
        else message("Hold new orders, or have the excess approved by whoever sets limits")
    )
    severity = "info" if is_proposed else "high" if row["risk_level"] == "high" else "medium"
    return Alert(str(row["customer_id"]), "limit_overrun", severity, reason, advice, int(row["open_cents"]))


def _nearly(row: Row, after: WatchedRun) -> Alert:
    exposure, limit = int(row["net_exposure_cents"]), int(row["limit_cents"])
    reason = message(
        "{share} % of its limit of {limit} is in use: {money} of net exposure",
        share=int(100 * exposure / limit) if limit else 100,
        limit=Money(limit, after.currency),
        money=Money(exposure, after.currency),
    )
    advice = message("Look at its coming orders before they exceed the limit")
    severity = "medium" if exposure >= NEARLY * limit else "info"
    return Alert(str(row["customer_id"]), "limit_near", severity, reason, advice, int(row["open_cents"]))


def _owed(row: Row, run: WatchedRun) -> Money:
    return Money(int(row["open_cents"]), run.currency)


def _overdue(row: Row, run: WatchedRun) -> Money:
    return Money(int(row["overdue_cents"]), run.currency)


_CLAIM = message(
    "Stop deliveries on credit; declare the claim to the representative within two months of the notice in BODACC "
    "(Code de commerce, R622-24)"
)
_CAREFUL = message("Another creditor is not paid: reduce what is owed, ask for payment in advance or for security")
_EVENT_ADVICE: Mapping[str, Message] = {
    **dict.fromkeys(PROCEDURES, _CLAIM),
    "privilege": _CAREFUL,
    "protest": _CAREFUL,
    "cessation": message("The company has ceased: ask whoever winds it up for payment, without delay"),
    "dispute": message("Settle the dispute: who answers, by when, and what is not contested is due now"),
}
_LIMIT_WORDS: Mapping[str, Message] = {
    "in_force": message("{money} of net exposure for a limit of {limit}: {over} too much"),
    "bureau": message("{money} of net exposure; the bureau advises {limit} at most: {over} too much"),
    "proposed": message("{money} of net exposure without a limit in force; {limit} would be granted: {over} too much"),
}
_EVENT_WORDS: Mapping[str, Message] = {
    "liquidation": message("Judicial liquidation"),
    "receivership": message("Receivership"),
    "safeguard": message("Safeguard procedure"),
    "privilege": message("Privilege registered by a creditor"),
    "protest": message("Bill protested"),
    "cessation": message("Company ceased"),
    "dispute": message("Dispute opened"),
}
