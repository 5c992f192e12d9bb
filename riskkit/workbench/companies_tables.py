"""What a run says of its customers' companies: its tables, its remarks with their money, its counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pandas as pd

from riskkit.companies.debtor_exposure import debtor_exposure
from riskkit.companies.enrich import coverage
from riskkit.companies.enrich_fields import FIELDS
from riskkit.companies.events import PROCEDURES, write_state
from riskkit.errors import Message, Money, message
from riskkit.schemas import CUSTOMERS, Column, Table
from riskkit.workbench.companies_stage import Identified

RUN_CUSTOMERS = Table(
    CUSTOMERS.name,
    CUSTOMERS.one_row,
    (
        *CUSTOMERS.columns,
        Column("siren_repair", "text", "what the SIREN of the file needed: none, spaces, float, leading_zero, siret, "
               "vat … joined by +; missing, or invalid when it could not be repaired"),
        Column("siren_source", "text", "file, matched (register) or confirmed (a person); missing without one",
               nullable=True),
        Column("naf_source", "text", "file, or the source that gave naf_code; missing without one", nullable=True),
        Column("state", "text", "state of its company at the date of the run (see company_states)"),
        Column("debtor_id", "text", "the debtor it belongs to (see debtors)"),
        Column("section", "text", "NAF rev. 2 section of naf_code", nullable=True),
        Column("division", "text", "NAF rev. 2 division of naf_code", nullable=True),
    ),
)  # fmt: skip

COVERAGE = Table(
    "coverage",
    "a field of the enrichment, and how much of the portfolio it covers",
    (
        Column("field", "text", "name of the field; siren comes first, on which the others depend"),
        Column("count", "integer", "customers for whom it is known"),
        Column("customers", "integer", "customers in all"),
        Column("share", "number", "share of the customers", nullable=True),
        Column("exposure_share", "number", "share of what is owed", nullable=True),
    ),
)

_KINDS = {"amount": "cents", "date": "date", "text": "text", "flag": "flag"}
_SUFFIXES = ("", "_source", "_date", "_reason", "_quantile", "_peers", "_quantile_reason", "_change")

ENRICHMENT = Table(
    "enrichment",
    "a customer, and what the portfolio's sources know of its company; empty without sources",
    (
        Column("customer_id", "text", "the customer"),
        *(
            column
            for field in FIELDS
            for column in (
                Column(field.name, _KINDS.get(field.kind, "number"), field.meaning.template, nullable=True),
                Column(f"{field.name.removesuffix('_cents')}_source", "text", "its source", nullable=True),
                Column(f"{field.name.removesuffix('_cents')}_date", "date", "its date", nullable=True),
            )
        ),
    ),
)


def company_tables(identified: Identified, ageing: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables of a run about companies: money in cents, each empty where there is nothing to say."""
    return {
        "customers": identified.customers,
        "events": identified.reading.events,
        "matches": identified.matching.matches,
        "pairs_to_confirm": identified.matching.pairs_to_confirm,
        "debtors": identified.debtors,
        "debtor_exposure": debtor_exposure(ageing, identified.debtors, identified.customers),
        "company_states": identified.states,
        "coverage": COVERAGE.conform(
            coverage(identified.enrichment, exposure_cents=exposure(identified.customers, ageing))
        ),
        "enrichment": enrichment_table(identified),
    }


def exposure(customers: pd.DataFrame, ageing: pd.DataFrame) -> pd.Series:
    """What each customer owes, in the order of the customers."""
    owed = ageing.set_index("customer_id")["receivables_cents"]
    return customers["customer_id"].map(owed).fillna(0).astype("int64")


def company_counts(identified: Identified) -> dict[str, int]:
    """How many customers are who: for the manifest and the summary of a run."""
    customers, outcomes = identified.customers, identified.matching.matches["outcome"]
    return {
        "customers": len(customers),
        "with_siren": int(customers["siren"].notna().sum()),
        "repaired": int(_is_repaired(customers).sum()),
        "matched": int((outcomes == "matched").sum()),
        "to_confirm": int((outcomes == "to_confirm").sum()),
        "not_found": int((outcomes == "not_found").sum()),
        "debtors": int(identified.debtors["debtor_id"].nunique()),
        "in_procedure": int(customers["state"].isin(PROCEDURES).sum()),
    }


def company_notes(identified: Identified, ageing: pd.DataFrame, *, as_of: dt.date) -> tuple[Message, ...]:
    """What is to be said of the companies, with counts and money, then what the sources had to say."""
    owed, currency = exposure(identified.customers, ageing), identified.reading.currency

    def money(concerned: pd.Series) -> Money:
        return Money(int(owed[concerned.to_numpy(dtype=bool)].sum()), currency)

    said = (*_identity_notes(identified, money), *_state_notes(identified, money, as_of=as_of))
    return (*said, *identified.notes)


def _identity_notes(identified: Identified, money: Callable[[pd.Series], Money]) -> Iterator[Message]:
    customers, matches = identified.customers, identified.matching.matches
    repaired = _is_repaired(customers)
    if repaired.any():
        yield message(
            "{count} SIREN ({money}) {count:?was|were} repaired (zeros lost, spaces, SIRET …); the table customers "
            "lists each.",
            count=int(repaired.sum()),
            money=money(repaired),
        )
    if len(matches):
        outcome = customers["customer_id"].map(matches.set_index("customer_id")["outcome"])
        parts = {name: outcome == name for name in ("matched", "to_confirm", "not_found")}
        yield message(
            "Of {count:customer|customers} without a SIREN, {matched} ({matched_money}) {matched:?was|were} found in "
            "the register, {asked} ({asked_money}) {asked:?is|are} for you to confirm, {absent} ({absent_money}) "
            "{absent:?was|were} not found.",
            count=len(matches),
            matched=int(parts["matched"].sum()),
            matched_money=money(parts["matched"]),
            asked=int(parts["to_confirm"].sum()),
            asked_money=money(parts["to_confirm"]),
            absent=int(parts["not_found"].sum()),
            absent_money=money(parts["not_found"]),
        )
    debtors = identified.debtors
    joined = debtors.duplicated("debtor_id", keep=False)
    if joined.any():
        yield message(
            "{accounts:account|accounts} ({money}) {accounts:?belongs|belong} to {debtors:debtor that has|debtors "
            "that have} several.",
            accounts=int(joined.sum()),
            money=money(joined),
            debtors=int(debtors.loc[joined, "debtor_id"].nunique()),
        )


def _state_notes(identified: Identified, money: Callable[[pd.Series], Money], *, as_of: dt.date) -> Iterator[Message]:
    states = identified.states["state"]
    for state in (*PROCEDURES, "ceased"):
        concerned = states == state
        if concerned.any():
            yield message(
                "{state}: {count:customer|customers} ({money}) on {as_of}.",
                state=write_state(state),
                count=int(concerned.sum()),
                money=money(concerned),
                as_of=as_of,
            )


def _is_repaired(customers: pd.DataFrame) -> pd.Series:
    is_given = customers["siren_source"].eq("file").fillna(value=False).astype("bool")
    return is_given & (customers["siren_repair"] != "none")


def enrichment_table(identified: Identified) -> pd.DataFrame:
    """What was added, under the names of the fields whatever the client's columns are called."""
    found = identified.enrichment
    if not found.columns:
        return ENRICHMENT.empty()
    columns = {"customer_id": found.customers["customer_id"]}
    for field, column in found.columns.items():
        for suffix in _SUFFIXES:
            if f"{column}{suffix}" in found.customers:
                stem = field.removesuffix("_cents") if suffix else field
                columns[f"{stem}{suffix}"] = found.customers[f"{column}{suffix}"]
    return pd.DataFrame(columns).reset_index(drop=True)
