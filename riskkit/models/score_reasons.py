"""Why a customer has its class: the three lines of the grid that weigh most, in euros and days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from riskkit.errors import Days, Message, Money, message
from riskkit.policy_scores import ScoringPolicy

REASONS_SHOWN = 3
Row = Mapping[Any, Any]


def write_reasons(
    figures: pd.DataFrame,
    notes: pd.DataFrame,
    decided: pd.DataFrame,
    *,
    currency: str,
    policy: ScoringPolicy,
) -> list[list[Message]]:
    """Up to three reasons per customer, in the order of `figures`.

    From: figures (`score_figures`), notes (`SCORE_NOTES`), decided (risk_class without what was given by hand in
          `own_class`, and the columns of `apply_overrides`), in one order.
    To:   for a class of 3 to 5 the lines that raise the score most, for 1 and 2 those that lower it most; first who
          gave a class by hand, or the legal event that forced it. A customer of whom nothing is known has one sentence
          that says so.
    """
    known = notes[notes["note"].notna()]
    rows = dict(iter(known.groupby("customer_id", sort=False)))
    sentences = []
    for row, by in zip(figures.to_dict("records"), decided.to_dict("records"), strict=True):
        own, risk_class = rows.get(row["customer_id"]), by["own_class"]
        forced = [_by_hand(by)] if by["decided_by"] == "override" else []
        forced += [_forced(row)] if isinstance(row["forced_by"], str) else []
        if risk_class == "unknown" or own is None:
            sentences.append(forced or [_unknown(row, policy.window_days)])
            continue
        ordered = own.sort_values("contribution", ascending=risk_class in ("1", "2"), kind="stable")
        worded = [_WORDS[str(name)](row, currency, policy) for name in ordered["criterion"].head(REASONS_SHOWN)]
        sentences.append([*forced, *worded][:REASONS_SHOWN])
    return sentences


def _unknown(row: Row, window_days: int) -> Message:
    if row["is_catch_all"]:
        return message("Account that mixes one-off customers: it has no behaviour of its own")
    if pd.isna(row["issued_count"]) or row["issued_count"] == 0:
        return message("No invoice known, and nothing known of its company")
    if row["ever_due_count"] > 0:
        return message("Nothing fallen due for more than {window}: its behaviour is too old", window=Days(window_days))
    return message("None of its invoices has fallen due yet, and nothing is known of its company")


def _by_hand(by: Row) -> Message:
    return message(
        "Class {number} given by {author} until {date}: {reason} (by the grid: {own})",
        number=int(by["override_class"]),
        author=str(by["override_author"]),
        date=by["override_expires"].date(),
        reason=str(by["override_reason"]),
        own=message("unknown") if by["own_class"] == "unknown" else str(by["own_class"]),
    )


def _forced(row: Row) -> Message:
    words = _EVENTS[row["forced_by"]]
    day = row["forced_date"]
    return message("{event}, known since {date}", event=words, date=day.date()) if pd.notna(day) else words


def _money(row: Row, name: str, currency: str) -> Money:
    value = row.get(name)
    return Money(0 if value is None or pd.isna(value) else round(float(value)), currency)


def _day(number: float) -> dt.date:
    return dt.date.fromordinal(int(number))


def _dbt(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    money, days = _money(row, "behaviour_cents", currency), round(row["dbt_days"])
    if days <= 0:
        return message("Pays by the due date on average ({money} settled or overdue in the window)", money=money)
    return message(
        "Pays {days} after the due date on average ({money} settled or overdue in the window)",
        days=Days(days),
        money=money,
    )


def _trend(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    days, money = round(row["dbt_trend_days"]), _money(row, "recent_behaviour_cents", currency)
    recent = Days(policy.recent_days)
    if days > 0:
        return message(
            "Lateness up by {days} over the last {recent} ({money})", days=Days(days), recent=recent, money=money
        )
    if days < 0:
        return message(
            "Lateness down by {days} over the last {recent} ({money})", days=Days(-days), recent=recent, money=money
        )
    return message("Lateness unchanged over the last {recent} ({money})", recent=recent, money=money)


def _late(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    return message(
        "Invoices paid more than {limit} late, or late still: {late} of {count} ({money})",
        limit=Days(policy.late_after_days),
        late=int(row["late_count"]),
        count=int(row["due_count"]),
        money=_money(row, "late_cents", currency),
    )


def _broken(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    return message(
        "Invoices more than {limit} late: {late} of {count} ({money})",
        limit=Days(policy.broken_after_days),
        late=int(row["broken_count"]),
        count=int(row["due_count"]),
        money=_money(row, "broken_cents", currency),
    )


def _overdue(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    owed = _money(row, "open_cents", currency)
    if row["overdue_cents"] == 0:
        return message("Nothing overdue out of {money} owed", money=owed)
    return message(
        "{money} overdue, {share} % of what is owed",
        money=_money(row, "overdue_cents", currency),
        share=round(100 * row["overdue_share"]),
    )


def _oldest(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    if row["oldest_overdue_days"] == 0:
        return message("No overdue invoice")
    return message(
        "Oldest overdue item: {days} ({money} overdue in all)",
        days=Days(round(row["oldest_overdue_days"])),
        money=_money(row, "overdue_cents", currency),
    )


def _relation(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    first = _day(row["first_day"])
    if row["is_censored"]:
        return message("Customer since {date} at the latest", date=first)
    return message("Customer since {date}", date=first)


def _frequency(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    return message(
        "Invoices over {window}: {count} ({money})",
        window=Days(policy.window_days),
        count=int(row["window_count"]),
        money=_money(row, "window_cents", currency),
    )


def _basket(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    return message(
        "Mean recent invoice of {recent}, against {earlier} before",
        recent=_money(row, "recent_basket_cents", currency),
        earlier=_money(row, "earlier_basket_cents", currency),
    )


def _bureau(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    day = pd.Timestamp(row["bureau_class_date"])
    return message("External score: class {number} of 5 on {date}", number=int(row["bureau_class"]), date=day.date())


def _altman(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    day = pd.Timestamp(row["altman_z_date"]).date()
    return message("Altman Z'' of {z} (accounts of {date})", z=float(row["altman_z"]), date=day)


def _solvency(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    day = pd.Timestamp(row["solvency_ratio_date"]).date()
    return message("Assets ÷ debts: {ratio} (accounts of {date})", ratio=float(row["solvency_ratio"]), date=day)


def _alerts(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    if row["alert_count"] == 0:
        return message("No privilege or protest known")
    return message(
        "Privileges and protests over {window}: {count}",
        window=Days(policy.alert_window_days),
        count=int(row["alert_count"]),
    )


def _sector(row: Row, currency: str, policy: ScoringPolicy) -> Message:
    return message(
        "Sector {sector}: failure level {level} of 5", sector=str(row["section"]), level=int(row["sector_level"])
    )


_WORDS: Mapping[str, Callable[[Row, str, ScoringPolicy], Message]] = {
    "dbt_days": _dbt,
    "dbt_trend_days": _trend,
    "late_share": _late,
    "broken_share": _broken,
    "overdue_share": _overdue,
    "oldest_overdue_days": _oldest,
    "relation_months": _relation,
    "invoices_12m_count": _frequency,
    "basket_ratio": _basket,
    "bureau_class": _bureau,
    "altman_z": _altman,
    "solvency_ratio": _solvency,
    "alert_count": _alerts,
    "sector_level": _sector,
}

_EVENTS = {
    "liquidation": message("Judicial liquidation"),
    "receivership": message("Receivership"),
    "safeguard": message("Safeguard procedure"),
    "ceased": message("Company ceased"),
    "privilege": message("Privilege registered by a creditor"),
    "protest": message("Bill protested"),
}
