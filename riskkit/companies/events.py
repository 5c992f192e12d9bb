"""Dated facts about companies, tied to the customers of a portfolio, and the state of a company at a date.

A fact counts from the day it became known (`event_date`); among the facts known, the judgments decide in the order in
which they were made. A late publication of an old judgment therefore never undoes a younger one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from riskkit.companies.bodacc import FACTS
from riskkit.companies.bodacc_kinds import fact_meaning
from riskkit.companies.identifiers import repair_siren
from riskkit.companies.named_columns import Field, read_columns
from riskkit.errors import DataError, Message, Money, message
from riskkit.schemas import EVENTS, Column, Table

PROCEDURES = ("safeguard", "receivership", "liquidation")
STATES = ("in_bonis", *PROCEDURES, "ceased", "unknown")
EVENT_KINDS = (*PROCEDURES, "plan", "closing", "cessation", "privilege", "release", "protest", "dispute")
_STATE_KINDS = (*PROCEDURES, "plan", "closing", "cessation")  # in the order in which one day's judgments are taken
_EXTRA = ("siren", "state_after", "judgment_date", "annulled_date", "amount_cents", "label")

COMPANY_EVENTS = Table(
    "events",
    "a dated fact about a customer, with what is known of the company it comes from",
    (*EVENTS.columns, *(column for column in FACTS.columns if column.name in _EXTRA)),
)

COMPANY_STATES = Table(
    "company_states",
    "a customer, and the state of its company at a date",
    (
        Column("customer_id", "text", "the customer"),
        Column("siren", "text", "SIREN, missing when unknown", nullable=True),
        Column("state", "text", ", ".join(STATES)),
        Column("since_date", "date", "judgment (or fact) that put it in this state", nullable=True),
        Column("known_date", "date", "when that became known", nullable=True),
        Column("is_under_plan", "flag", "True while a plan of safeguard, continuation or sale is carried out"),
        Column("label", "text", "words of the fact that decided", nullable=True),
        Column("source_file", "text", "file of that fact", nullable=True),
        Column("source_line", "integer", "its line, or rank in that file", nullable=True),
    ),
)

_FACT_FIELDS = {
    "siren": Field("text", ("rcs", "numero siren", "siret", "tva intracommunautaire")),
    "customer_id": Field("text", ("code client", "client", "compte", "customer", "numero client", "code tiers")),
    "event_date": Field(
        "date",
        ("date evenement", "date", "date inscription", "date du protet", "date publication", "date parution"),
        required=True,
    ),
    "judgment_date": Field("date", ("date jugement", "date du jugement")),
    "kind_words": Field(
        "text", ("kind", "type", "nature", "evenement", "type evenement", "privilege", "procedure"), required=True
    ),
    "amount_cents": Field("amount", ("montant", "amount", "montant inscrit", "creance")),
}


def read_facts(path: Path, *, columns: Mapping[str, str] | None = None) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """Privileges, protests, disputes and procedures of a file that a bureau or the firm itself keeps.

    From: a spreadsheet or text file with a date, the words of the fact, and a SIREN or a customer account.
    To:   `FACTS` with the column customer_id, missing where the file names companies; and what was left out.

    Parameters
    ----------
    path
        The file.
    columns
        Header of each field (siren, customer_id, event_date, judgment_date, kind_words, amount_cents), where the
        usual headers do not find it.

    """
    rows = read_columns(path, fields=_FACT_FIELDS, columns=columns)
    if not {"siren", "customer_id"} & set(rows.columns):
        raise DataError(
            message("{file} names neither a SIREN nor a customer account. Name the right column.", file=path.name)
        )
    meanings = [fact_meaning(words) if pd.notna(words) else None for words in rows["kind_words"]]
    no_text = pd.Series(None, index=rows.index, dtype="str")
    given = rows.get("siren", no_text)
    facts = rows.assign(
        siren=repair_siren(given.astype("str"))["siren"],
        customer_id=rows.get("customer_id", no_text),
        kind=pd.Series([m.kind if m else None for m in meanings], index=rows.index, dtype="str"),
        state_after=pd.Series([m.state_after if m else None for m in meanings], index=rows.index, dtype="str"),
        label=rows["kind_words"],
    )
    is_named = facts["siren"].notna() | facts["customer_id"].notna()
    kept = facts["kind"].notna() & facts["event_date"].notna() & is_named
    notes = _left_out(facts[~kept], path.name)
    return FACTS.conform(facts[kept])[[*FACTS.names, "customer_id"]].reset_index(drop=True), notes


def _left_out(lost: pd.DataFrame, file: str) -> tuple[Message, ...]:
    if lost.empty:
        return ()
    cents = int(lost["amount_cents"].fillna(0).sum()) if "amount_cents" in lost else 0
    return (
        message(
            "{file}: {count:row|rows} ({money}) {count:?has|have} no date, no company or a kind of event that is not "
            "known, first on line {line}: '{words}'. {count:?It is|They are} left out.",
            file=file,
            count=len(lost),
            money=Money(cents),
            line=int(lost["source_line"].iloc[0]),
            words=str(lost["label"].iloc[0])[:60],
        ),
    )


def tie_events(facts: pd.DataFrame, *, customers: pd.DataFrame) -> pd.DataFrame:
    """The facts that concern customers, one row per customer and fact.

    From: facts (`FACTS`, customer_id where the file gave it), customers (customer_id, siren).
    To:   `COMPANY_EVENTS`. A company with several accounts has its facts on each; a fact about a company that is no
          customer is left out.
    """
    accounts = customers.loc[customers["siren"].notna(), ["customer_id", "siren"]]
    by_siren = facts.drop(columns="customer_id", errors="ignore").merge(accounts, on="siren", how="inner")
    parts = [by_siren]
    if "customer_id" in facts:
        named = facts[facts["customer_id"].isin(customers["customer_id"]) & ~facts["siren"].isin(accounts["siren"])]
        sirens = customers.set_index("customer_id")["siren"]
        parts.append(named.assign(siren=named["siren"].fillna(named["customer_id"].map(sirens))))
    tied = COMPANY_EVENTS.conform(pd.concat(parts, ignore_index=True))[COMPANY_EVENTS.names]
    return tied.sort_values(["customer_id", "event_date", "kind"], kind="stable").reset_index(drop=True)


def company_states(
    events: pd.DataFrame,
    *,
    as_of: dt.date,
    customers: pd.DataFrame,
    searched: Collection[str] = frozenset(),
) -> pd.DataFrame:
    """The state of each customer's company at `as_of`, from what was known then.

    From: events (`COMPANY_EVENTS`, or the plain `EVENTS`), customers (customer_id, siren).
    To:   `COMPANY_STATES`, one row per customer, in the order given.

    Parameters
    ----------
    events
        Facts tied to customers. Those whose `event_date` is later than `as_of` do not exist yet; a judgment annulled
        by then no longer does.
    as_of
        Valuation date, inclusive.
    customers
        Who to give a state to. Accounts of one SIREN share their facts.
    searched
        SIREN whose whole history was looked up: without any fact they are `in_bonis`, all others are `unknown`. A day
        of BODACC, or no file at all, proves nothing about a company that it does not name.

    Notes
    -----
    An adopted plan keeps the procedure's state with `is_under_plan`: in law the company is in bonis again, to its
    creditors it is still paying the past in instalments. A plan of sale (cession) changes no state. A closing for
    lack of assets ends the company (`ceased`); one that follows payment of the debts, or the end of a receivership,
    returns it to `in_bonis`. When two judgments bear the same date, the gravest is taken last.

    """
    cutoff = pd.Timestamp(as_of)
    known = COMPANY_EVENTS.conform(events)
    live = known["annulled_date"].isna() | (known["annulled_date"] > cutoff)
    known = known[(known["event_date"] <= cutoff) & live & known["kind"].isin(_STATE_KINDS)]
    sirens = customers.set_index("customer_id")["siren"]
    company = known["siren"].fillna(known["customer_id"].map(sirens)).fillna("@" + known["customer_id"])
    ordered = known.assign(
        company=company,
        decided=known["judgment_date"].fillna(known["event_date"]),
        rank=known["kind"].map({kind: rank for rank, kind in enumerate(_STATE_KINDS)}),
    ).sort_values(["company", "decided", "rank", "event_date"], kind="stable")
    folded = {name: _fold(rows.to_dict("records")) for name, rows in ordered.groupby("company", sort=False)}
    keys = customers["siren"].fillna("@" + customers["customer_id"])
    states = [folded.get(key) or {"state": "in_bonis" if key in searched else "unknown"} for key in keys]
    frame = pd.DataFrame(states, index=customers.index, columns=COMPANY_STATES.names[2:])
    frame["is_under_plan"] = [bool(state.get("is_under_plan", False)) for state in states]
    return COMPANY_STATES.conform(
        pd.DataFrame({"customer_id": customers["customer_id"], "siren": customers["siren"], **dict(frame.items())})
    )[COMPANY_STATES.names]


def _fold(facts: list[dict[Any, Any]]) -> dict[str, Any]:
    """The state after each fact in turn, with the fact that last changed it."""
    state, is_under_plan, decisive = "unknown", False, facts[0]
    for fact in facts:
        after = _state_after(fact, state)
        is_plan = fact["kind"] == "plan"
        if after != state or is_plan != is_under_plan:
            decisive = fact
        state, is_under_plan = after, is_plan
    return {
        "state": state,
        "since_date": decisive["decided"],
        "known_date": decisive["event_date"],
        "is_under_plan": is_under_plan,
        "label": decisive["label"],
        "source_file": decisive["source_file"],
        "source_line": decisive["source_line"],
    }


def _state_after(fact: Mapping[Any, Any], before: str) -> str:
    """The state a fact leaves a company in, when the fact does not say so itself."""
    if isinstance(fact["state_after"], str):
        return fact["state_after"]
    kind = str(fact["kind"])
    if kind in PROCEDURES:
        return kind
    if kind == "plan":
        return before if before in PROCEDURES else "receivership"
    return "in_bonis" if kind == "closing" and before in ("safeguard", "receivership") else "ceased"


def write_state(state: str) -> Message:
    """A state in words."""
    return _STATE_WORDS[state]


_STATE_WORDS = {
    "in_bonis": message("no procedure known"),
    "safeguard": message("safeguard"),
    "receivership": message("receivership"),
    "liquidation": message("judicial liquidation"),
    "ceased": message("ceased"),
    "unknown": message("not known"),
}
