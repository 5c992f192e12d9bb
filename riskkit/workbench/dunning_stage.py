"""Whom to dun today, how, and whom not: one stage of a run, from open items and the forecast to a worklist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.companies.collection_log import (
    COLLECTION_LOG,
    PROMISES,
    CollectionLog,
    judge_promises,
    read_collection_log,
)
from riskkit.decisions.claims import claims, opening_notices
from riskkit.decisions.dunning import choose_steps, dunning_options
from riskkit.decisions.dunning_gain import unpaid_share
from riskkit.decisions.dunning_items import DUNNING_ITEMS, customer_stops, dunning_items
from riskkit.decisions.dunning_reasons import dunning_notes, dunning_reasons
from riskkit.decisions.dunning_rows import dunning_rows
from riskkit.decisions.dunning_table import DUNNING
from riskkit.decisions.prescription import buyer_kinds
from riskkit.engine import connect
from riskkit.errors import Message, Money, ReconciliationError, message
from riskkit.exhibits.language import language as language_of
from riskkit.ledger.snapshot import Snapshot
from riskkit.workbench.companies_stage import Identified
from riskkit.workbench.portfolio import Portfolio

DUNNING_TABLES = (DUNNING, DUNNING_ITEMS, PROMISES)


@dataclass(frozen=True)
class Dunned:
    """The tables of the stage, by name (money in cents), and what is to be said."""

    tables: dict[str, pd.DataFrame]
    notes: tuple[Message, ...]


def dun_customers(
    snapshot: Snapshot, identified: Identified, payment_time: pd.DataFrame, *, portfolio: Portfolio, language: str
) -> Dunned:
    """The worklist of the date: `DUNNING_TABLES`.

    Parameters
    ----------
    snapshot
        The ledger at the date of the run.
    identified
        Customers, the state of their companies and the events behind it.
    payment_time
        `PAYMENT_TIME` of the open items, in their order.
    portfolio
        Its policy, and its log of actions and promises if it has one.
    language
        Of the reasons.

    Raises
    ------
    ReconciliationError
        The items of the worklist do not add up to what is open.

    """
    policy, as_of, currency = portfolio.policy.decisions.dunning, snapshot.as_of, snapshot.currency
    log, has_log = _log(identified, portfolio=portfolio, currency=currency)
    actions = log.actions[log.actions["done_on"] <= pd.Timestamp(as_of)]
    promises = _promises(actions, identified, as_of=snapshot.as_of, grace_days=policy.promise_grace_days)
    facts = _facts(snapshot, identified, portfolio=portfolio, actions=actions, promises=promises, has_log=has_log)
    facts["stop"] = customer_stops(facts, as_of=as_of, policy=policy)
    opened = snapshot.open_items.reset_index(drop=True)
    paid = 1 - unpaid_share(payment_time, days=policy.horizon_days)
    items = dunning_items(opened, facts, paid, as_of=as_of, policy=policy)
    _tie(items, snapshot)
    options = dunning_options(items, payment_time, facts, as_of=as_of, policy=policy)
    owed = claims(
        opened, facts["state"], opening_notices(identified.reading.events, as_of=as_of),
        declared=set(actions.loc[actions["step"] == "claim", "customer_id"]),
        loss_shares=portfolio.policy.decisions.losses.procedure_loss_shares, as_of=as_of, policy=policy,
    )  # fmt: skip
    table = dunning_rows(
        choose_steps(options, as_of=as_of, policy=policy), items, facts, owed, policy=policy
    )  # fmt: skip
    words = language_of(language)
    reasons = dunning_reasons(table, owed, items, currency=currency, policy=policy)
    for rank, column in enumerate(("reason_1", "reason_2")):
        said = [pair[rank] for pair in reasons]
        texts = [None if text is None else words.say(text) for text in said]
        table[column] = pd.Series(texts, index=table.index, dtype="str")
    notes = dunning_notes(table, as_of=as_of, currency=currency, policy=policy)
    return Dunned(
        tables={DUNNING.name: DUNNING.conform(table), DUNNING_ITEMS.name: items, PROMISES.name: promises},
        notes=(*log.notes, *notes),
    )


def _log(identified: Identified, *, portfolio: Portfolio, currency: str) -> tuple[CollectionLog, bool]:
    settings = portfolio.settings.collection
    if settings is None:
        return CollectionLog(COLLECTION_LOG.empty()), False
    known = set(identified.customers["customer_id"])
    return read_collection_log(settings, known, folder=portfolio.folder, currency=currency), True


def _promises(actions: pd.DataFrame, identified: Identified, *, as_of: object, grace_days: int) -> pd.DataFrame:
    day = pd.Timestamp(str(as_of)).date()
    if not actions["promised_on"].notna().any():
        return PROMISES.empty()
    with connect() as connection:
        columns = ("customer_id", "payment_date", "amount_cents", "kind")
        paid = identified.reading.lazy("payments", connection).select(*columns)
        cash: pd.DataFrame = paid.collect(backend="pandas").to_native()
    cash = cash[cash["kind"].isin(["payment", "refund"])]
    return judge_promises(actions, cash, as_of=day, grace_days=grace_days)


def _facts(
    snapshot: Snapshot,
    identified: Identified,
    *,
    portfolio: Portfolio,
    actions: pd.DataFrame,
    promises: pd.DataFrame,
    has_log: bool,
) -> pd.DataFrame:
    """What dunning reads of each customer, by customer_id; days of actions and promises missing without any."""
    policy = portfolio.policy
    customers = identified.customers.drop_duplicates("customer_id").reset_index(drop=True)
    kinds = buyer_kinds(customers, policy=policy.decisions.dunning, penalties=policy.measures.penalties)
    facts = customers[["customer_id", "name", "state", "is_catch_all"]].assign(
        owner=customers["sales_person"], buyer_kind=kinds
    )
    facts = facts.set_index("customer_id")
    opened, overdue = snapshot.open_items, snapshot.open_items["days_past_due"].fillna(0) > 0
    for name, frame, column in (
        ("open_cents", opened, "open_cents"),
        ("overdue_cents", opened[overdue], "open_cents"),
        ("unapplied_cents", snapshot.unapplied, "unapplied_cents"),
    ):
        facts[name] = frame.groupby("customer_id")[column].sum().reindex(facts.index).fillna(0).astype("int64")
    noticed = actions[actions["step"] == "formal_notice"]
    asked = actions[actions["step"] == "court_order"]
    waiting = promises[promises["status"] == "waiting"]
    broken = (promises[promises["status"] == "broken"], "known_date")
    said = identified.reading.events
    said = said[(said["kind"] == "broken_promise") & (said["event_date"] <= pd.Timestamp(snapshot.as_of))]
    for name, frame, column in (
        ("last_action_on", actions, "done_on"),
        ("last_notice_on", noticed, "done_on"),
        ("last_court_on", asked, "done_on"),
        ("promised_on", waiting, "promised_on"),
        ("broken_promise_date", *broken),
        ("said_broken", said, "event_date"),
    ):
        latest = frame.groupby("customer_id")[column].max().reindex(facts.index)
        facts[name] = latest.astype("datetime64[us]")
    facts["broken_promise_date"] = np.fmax(facts["broken_promise_date"], facts["said_broken"])
    return facts.drop(columns="said_broken").assign(has_log=has_log)


def _tie(items: pd.DataFrame, snapshot: Snapshot) -> None:
    shown, owed = int(items["open_cents"].sum()), int(snapshot.ageing["open_items_cents"].sum())
    if shown != owed:
        raise ReconciliationError(
            message(
                "Dunning covers {shown} of open items and the aged balance {owed}: nothing is written.",
                shown=Money(shown, snapshot.currency),
                owed=Money(owed, snapshot.currency),
            )
        )
