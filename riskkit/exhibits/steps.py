"""What to do within 30, 60 and 90 days, in sentences: the action plan cut by date, and what deciding would bring."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from riskkit.decisions.actions import KINDS
from riskkit.errors import Message, message
from riskkit.exhibits.cash_words import periods
from riskkit.exhibits.language import Language
from riskkit.exhibits.scenario_exhibits import concerned

WINDOWS = (30, 60, 90)
ASKED: dict[str, Message] = {
    "claim": message("declare the claims on {count:customer|customers} in a procedure ({money})"),
    "prescription": message("interrupt the prescription of {count:customer|customers} ({money})"),
    "dunning": message("dun {count:customer|customers} ({money})"),
    "dispute": message("settle the disputes of {count:customer|customers} ({money})"),
    "limit": message("bring {count:customer|customers} back under {count:?its limit|their limits} ({money})"),
    "terms": message("shorten the terms of {count:customer|customers} ({money})"),
    "provision": message("book the provision on {count:customer|customers} ({money})"),
    "buyer": message("name the buyers of {count:collective account|collective accounts} ({money})"),
    "data": message("complete the file of {count:customer|customers} ({money})"),
}

Step = tuple[str, str]


def plan_steps(
    actions: pd.DataFrame | None,
    dunning: pd.DataFrame | None,
    scenarios: pd.DataFrame | None,
    forecast: pd.DataFrame | None,
    *,
    as_of: pd.Timestamp,
    words: Language,
    money: Callable[[float], str],
) -> list[Step]:
    """When, and what: every line of the action plan once, in the first window that holds its date.

    From: `actions` (each line by its most pressing action, at its stake), `dunning` (what the day's steps should
          bring), `scenarios` and `cash_forecast` of a run, amounts in currency units; those it lacks are None.
    """
    said: list[Step] = []
    before = 0
    for days in WINDOWS:
        told = _window(actions, dunning, as_of, before, days, words, money)
        if days == WINDOWS[0]:
            told += _gain(dunning, words, money)
        if days == WINDOWS[-1]:
            told += [*_decision(scenarios, words, money), *_check(forecast, words, money)]
        if told:
            said.append((words.text("Within {days:day|days}", days=days), " ".join(told)))
        before = days
    return said


def _window(
    actions: pd.DataFrame | None, dunning: pd.DataFrame | None, as_of: pd.Timestamp, above: int, up_to: int,
    words: Language, money: Callable[[float], str],
) -> list[str]:  # fmt: skip
    if actions is None or actions.empty:
        return []
    ahead = (actions["do_by"] - as_of).dt.days
    first, last = above == 0, up_to == WINDOWS[-1]
    rows = actions[((ahead > above) | first) & ((ahead <= up_to) | last)]
    asked = []
    for kind in KINDS:
        own = rows[rows["kind"] == kind]
        if len(own):
            asked.append(
                words.text(ASKED[kind].template, count=len(own), money=_concerned(own, kind, dunning, words, money))
            )
    if not asked:
        return []
    listed = (
        asked[0] if len(asked) == 1 else words.text("{first} and {last}", first=", ".join(asked[:-1]), last=asked[-1])
    )
    top = rows.sort_values("rank").iloc[0]
    name = top["name"] if isinstance(top["name"], str) else str(top["customer_id"])
    begin = words.text("First {name}: {money} at stake.", name=name, money=money(float(top["stake_amount"])))
    return [f"{listed[:1].upper()}{listed[1:]}.", begin]


def _concerned(
    own: pd.DataFrame, kind: str, dunning: pd.DataFrame | None, words: Language, money: Callable[[float], str]
) -> str:
    """What is claimed of those who are dunned or in a procedure; of others, the largest of what is at stake."""
    if kind in ("dunning", "claim") and dunning is not None:
        claimed = dunning[dunning["is_today"] & dunning["customer_id"].isin(own["customer_id"])]
        return money(float(claimed["amount"].sum()))
    return words.text("{money} at stake", money=money(float(own["stake_amount"].sum())))


def _gain(dunning: pd.DataFrame | None, words: Language, money: Callable[[float], str]) -> list[str]:
    """What the day's dunning should bring; its ends are those of the assumed effects, all high or all low at once."""
    if dunning is None:
        return []
    today = dunning[dunning["is_today"]]
    low, middle, high = (float(today[f"gain{end}_amount"].sum()) for end in ("_low", "", "_high"))
    if middle <= 0:
        return []
    return [
        words.text(
            "The day’s dunning should bring {gain} more than waiting, between {low} and {high} by the effects assumed.",
            gain=money(middle), low=money(low), high=money(high),
        )
    ]  # fmt: skip


def _decision(scenarios: pd.DataFrame | None, words: Language, money: Callable[[float], str]) -> list[str]:
    """The scenario that frees most cash in 13 weeks, where one surely frees some."""
    if scenarios is None:
        return []
    cash = concerned(scenarios[scenarios["measure"] == "cash_13w_amount"])
    cash = cash[cash["low"] > 0].sort_values("change", kind="stable")
    if cash.empty:
        return []
    best = cash.iloc[-1]
    return [
        words.text(
            "Decide on the scenario “{title}”: it would free {freed} in 13 weeks, between {low} and {high}.",
            title=str(best["title"]), freed=money(float(best["change"])), low=money(float(best["low"])),
            high=money(float(best["high"])),
        )
    ]  # fmt: skip


def _check(forecast: pd.DataFrame | None, words: Language, money: Callable[[float], str]) -> list[str]:
    """What should have come in by then: the forecast of thirteen weeks, which is to be held against what came."""
    total = pd.DataFrame() if forecast is None else periods(forecast, "total")
    if (
        total.empty
        or total[["low_amount", "high_amount"]].isna().any(axis=None)
        or not float(total["high_amount"].iloc[0])
    ):
        return []
    base, low, high = (float(total[f"{name}_amount"].iloc[0]) for name in ("base", "low", "high"))
    return [
        words.text(
            "Check what came in: {base} of today’s open items are expected in 13 weeks, between {low} and {high}.",
            base=money(base), low=money(low), high=money(high),
        )
    ]  # fmt: skip
