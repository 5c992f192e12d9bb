"""What to do, as tables: the worklist, claims and deadlines, who is left alone, limits overrun, the plan, owners."""

from __future__ import annotations

import pandas as pd

from riskkit.decisions.dunning_items import CUSTOMER_STOPS
from riskkit.decisions.dunning_reasons import STEP_WORDS
from riskkit.errors import Message, message
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.tables import TableColumn, make_table

STOP_NAMES: dict[str, Message] = {
    "procedure": message("collective procedure"),
    "ceased": message("company ceased"),
    "catch_all": message("account of one-off customers"),
    "credit": message("money not applied covers it"),
    "promise": message("promise to pay not yet due"),
    "proceeding": message("payment order asked for"),
    "recent": message("recent action"),
    "small": message("too small an amount"),
    "dispute": message("disputed"),
    "prescribed": message("barred by prescription"),
    "undated": message("no due date"),
}


def worklist_table(dunning: pd.DataFrame, *, language: str, count: int = 20, currency: str = "EUR") -> Html:
    """Today's first actions: who, which step, how much, what it should bring with its interval, and why."""
    words = language_of(language)
    rows = dunning[dunning["is_today"] & dunning["rank"].notna()].sort_values("rank").head(count)
    if rows.empty:
        return element("p", words.text("No customer to dun today."), class_="rk-nothing")
    money = ["amount", "gain_amount", "gain_low_amount", "gain_high_amount"]
    shown = rows.astype(dict.fromkeys(money, "float64"))
    shown = shown.assign(
        customer=_names(shown),
        step=[_sentence(words.say(STEP_WORDS[str(step)])) for step in shown["step"]],
    )
    columns = [
        TableColumn("customer", words.text("Customer")),
        TableColumn("step", words.text("Step")),
        TableColumn("amount", words.text("Amount"), "money"),
        TableColumn("gain_amount", words.text("Expected gain"), "money"),
        TableColumn("gain_low_amount", words.text("from"), "money"),
        TableColumn("gain_high_amount", words.text("to"), "money"),
        TableColumn("reason_1", words.text("Why")),
    ]
    caption = words.text(
        "The first actions of the day; the gain is cash by the horizon beyond what would come anyway, by the effects "
        "assumed in the policy"
    )
    return make_table(shown, columns, language=language, caption=caption, currency=currency)


def claims_table(dunning: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """Claims to declare in collective procedures, by deadline."""
    words = language_of(language)
    rows = dunning[dunning["step"] == "claim"].sort_values(["claim_deadline", "customer_id"])
    if rows.empty:
        return element("p", words.text("No claim to declare."), class_="rk-nothing")
    shown = rows.assign(customer=_names(rows), amount=rows["amount"].astype("float64"))
    columns = [
        TableColumn("customer", words.text("Customer")),
        TableColumn("claim_deadline", words.text("Declare by"), "date"),
        TableColumn("amount", words.text("Claim"), "money"),
        TableColumn("reason_1", words.text("Why")),
    ]
    caption = words.text("Claims in collective procedures: declared within two months of the BODACC notice")
    return make_table(shown, columns, language=language, caption=caption, currency=currency)


def stops_table(items: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """Open money that is not dunned, by reason."""
    words = language_of(language)
    stopped = items[items["stop"].notna()]
    if stopped.empty:
        return element("p", words.text("Nothing is left alone: every open item may be dunned."), class_="rk-nothing")
    rows = stopped.assign(open=stopped["open_amount"].astype("float64")).groupby("stop", as_index=False).agg(
        customers=("customer_id", "nunique"), items=("item_id", "size"), open=("open", "sum")
    )  # fmt: skip
    rows = rows.sort_values("open", ascending=False)
    rows["why"] = [_sentence(words.say(STOP_NAMES[str(stop)])) for stop in rows["stop"]]
    one, other = words.text("customer"), words.text("invoice")
    rows["whole"] = [one if stop in CUSTOMER_STOPS else other for stop in rows["stop"]]
    columns = [
        TableColumn("why", words.text("Left alone because")),
        TableColumn("whole", words.text("Stops the")),
        TableColumn("customers", words.text("Customers"), "count"),
        TableColumn("items", words.text("Items"), "count"),
        TableColumn("open", words.text("Owed"), "money"),
    ]
    caption = words.text("What is not dunned, and why")
    return make_table(rows, columns, language=language, caption=caption, currency=currency)


def limits_table(limits: pd.DataFrame, *, language: str, count: int = 15, currency: str = "EUR") -> Html:
    """The customers that are furthest over their limit, who may approve it and why."""
    words = language_of(language)
    rows = limits[limits["over_limit_amount"].astype("float64") > 0]
    rows = rows.sort_values(["over_limit_amount", "customer_id"], ascending=[False, True]).head(count)
    if rows.empty:
        return element("p", words.text("No customer is over its credit limit."), class_="rk-nothing")
    limit = rows["current_limit_amount"].astype("float64").fillna(rows["limit_amount"].astype("float64"))
    shown = rows.assign(
        customer=_names(rows), limit=limit, over=rows["over_limit_amount"].astype("float64"),
        net=rows["net_exposure_amount"].astype("float64"),
    )  # fmt: skip
    columns = [
        TableColumn("customer", words.text("Customer")),
        TableColumn("risk_class", words.text("Class")),
        TableColumn("limit", words.text("Limit"), "money"),
        TableColumn("net", words.text("Net exposure"), "money"),
        TableColumn("over", words.text("Over by"), "money"),
        TableColumn("review_date", words.text("Review"), "date"),
        TableColumn("reason_1", words.text("Why this limit")),
    ]
    caption = words.text("Furthest over their limit, in force or else proposed")
    return make_table(shown, columns, language=language, caption=caption, currency=currency)


def plan_table(actions: pd.DataFrame, *, language: str, count: int = 20, currency: str = "EUR") -> Html:
    """The first lines of the action plan: what, why, who, by when, euros at stake."""
    words = language_of(language)
    rows = actions.sort_values("rank").head(count)
    if rows.empty:
        return element("p", words.text("Nothing to do: no customer has enough at stake."), class_="rk-nothing")
    shown = rows.assign(
        customer=_names(rows), stake=rows["stake_amount"].astype("float64"), owner=rows["owner"].fillna("–"),
    )  # fmt: skip
    columns = [
        TableColumn("customer", words.text("Customer")),
        TableColumn("action", words.text("To do")),
        TableColumn("why", words.text("Why")),
        TableColumn("owner", words.text("Who")),
        TableColumn("do_by", words.text("By"), "date"),
        TableColumn("stake", words.text("At stake"), "money"),
        TableColumn("actions_count", words.text("Actions"), "count"),
    ]
    return make_table(shown, columns, language=language, currency=currency,
                      caption=plan_finding(actions, words, currency=currency))  # fmt: skip


def plan_finding(actions: pd.DataFrame, words: Language, *, currency: str = "EUR") -> str:
    """How many customers the plan lists, and the first."""
    first = actions.sort_values("rank").iloc[0]
    name = first["name"] if isinstance(first["name"], str) else first["customer_id"]
    return words.text(
        "{count:customer|customers} to act on; most is at stake with {name}: {money}",
        count=len(actions),
        name=str(name),
        money=words.compact_money(float(first["stake_amount"]) * 100, currency=currency),
    )


def owners_table(owners: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """By owner: what is overdue, what was collected over the period, the bonus where a rate is set."""
    words = language_of(language)
    if owners.empty:
        return element("p", words.text("Nothing is owed and nothing came in."), class_="rk-nothing")
    money = ["open_amount", "overdue_amount", "collected_amount", "bonus_amount"]
    rows = owners.astype(dict.fromkeys(money, "float64"))
    rows["owner"] = rows["owner"].fillna(words.text("nobody named"))
    columns = [
        TableColumn("owner", words.text("Who")),
        TableColumn("customers_count", words.text("Customers"), "count"),
        TableColumn("open_amount", words.text("Owed"), "money"),
        TableColumn("overdue_amount", words.text("of which overdue"), "money"),
        TableColumn("collected_amount", words.text("Collected"), "money"),
        TableColumn("recovery_share", words.text("Collected ÷ (collected + overdue)"), "points"),
        TableColumn("actions_count", words.text("Lines of the plan"), "count"),
    ]
    if rows["bonus_amount"].sum() > 0:
        columns.append(TableColumn("bonus_amount", words.text("Bonus"), "money"))
    sums = ("customers_count", "open_amount", "overdue_amount", "collected_amount", "actions_count", "bonus_amount")
    total: dict[str, object] = {"owner": words.text("Total"), **{name: float(rows[name].sum()) for name in sums}}
    paid = max(float(rows["collected_amount"].sum()), 0.0)
    late = float(rows["overdue_amount"].sum())
    total["recovery_share"] = paid / (paid + late) if paid + late > 0 else None
    first, last = rows["period_start"].iloc[0], rows["period_end"].iloc[0]
    caption = words.text("Cash collected from {first} to {last}, by owner", first=first.date(), last=last.date())
    return make_table(rows, columns, language=language, caption=caption, currency=currency, total=total)


def _names(rows: pd.DataFrame) -> pd.Series:
    return rows["name"].fillna(rows["customer_id"])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
