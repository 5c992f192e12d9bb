"""The SIREN of customers who have none, found in a Sirene extract, with how sure each match is.

`match_customers` looks candidates up, weighs each, and gives one of three outcomes: matched, to confirm, not found.
What a person confirmed or refused is kept in a table of answers, by a fingerprint of the customer, and wins over any
weight.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.companies.addresses import read_address
from riskkit.companies.comparison import EVIDENCE
from riskkit.companies.likelihood import CLOSED_ODDS, Figures, load_weights, probabilities
from riskkit.companies.match_reasons import reasons_of
from riskkit.companies.names import read_name
from riskkit.companies.pairs import UNIT_FIELDS, Progress, compare_customers, customer_parties
from riskkit.engine import connect
from riskkit.policy_companies import MatchingPolicy
from riskkit.schemas import Column, Table

ANSWER_COLUMNS = ("fingerprint", "siren", "answer")
"""Columns of the answers: the customer's fingerprint, a SIREN, `confirmed` or `refused` (a blank SIREN: none fits)."""

MATCHES = Table(
    "matches",
    "a customer and the company found for it, if any",
    (
        Column("customer_id", "text", "the customer"),
        Column("outcome", "text", "matched, to_confirm or not_found"),
        Column("siren", "text", "SIREN of the company that fits best", nullable=True),
        Column("probability", "number", "probability that it is the customer (0 when nothing looks alike)"),
        Column("matched_name", "text", "its name in the register", nullable=True),
        Column("matched_address", "text", "its address in the register", nullable=True),
        Column("naf_code", "text", "its activity code as the register gives it", nullable=True),
        Column("legal_form_code", "text", "its legal form code", nullable=True),
        Column("headcount_code", "text", "its headcount band", nullable=True),
        Column("is_closed", "flag", "True when the register says it has ceased"),
        Column("runner_up_siren", "text", "SIREN of the next best company", nullable=True),
        Column("runner_up_probability", "number", "probability of the next best company"),
        Column("reasons", "text", "codes of what decided, joined by +; match_reasons says them in words"),
        Column("fingerprint", "text", "key under which the answers of a person are kept"),
    ),
)

PAIRS_TO_CONFIRM = Table(
    "pairs_to_confirm",
    "a customer and a company it may be, for a person to confirm or refuse",
    (
        Column("customer_id", "text", "the customer"),
        Column("siren", "text", "the company"),
        Column("probability", "number", "probability that it is the customer"),
        Column("name", "text", "name of the customer as given", nullable=True),
        Column("address", "text", "address of the customer as given", nullable=True),
        *(column for column in MATCHES if column.name in ("matched_name", "matched_address", "naf_code", "is_closed")),
        Column("reasons", "text", "codes of what speaks for it or against it, joined by +"),
        Column("fingerprint", "text", "key under which the answer is kept"),
    ),
)


@dataclass(frozen=True)
class Matching:
    """What was found: one row per customer (`MATCHES`), and the pairs a person is asked about (`PAIRS_TO_CONFIRM`)."""

    matches: pd.DataFrame
    pairs_to_confirm: pd.DataFrame


def match_customers(
    customers: pd.DataFrame,
    register: Path,
    *,
    thresholds: MatchingPolicy,
    answers: pd.DataFrame | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
    progress: Progress | None = None,
) -> Matching:
    """The company of each customer in a Sirene extract.

    From: customers (customer_id, name; address, postcode, town where known), one row per customer; register, a file or
          folder (see `sirene.open_register`).
    To:   a `Matching`; rows of matches in the order of the customers.

    Parameters
    ----------
    customers
        Those without a SIREN; the caller leaves out foreign and catch-all accounts.
    answers
        Earlier answers (`ANSWER_COLUMNS`). A confirmed pair is matched, a refused one is never proposed again.
    connection
        Where the search runs; a private one by default. Tables of the search are left there.
    progress
        Called with pairs compared and pairs in all.

    """
    parties = customer_parties(customers)
    prints = fingerprints(customers)
    owned = connection is None
    searched = connect(memory_limit=thresholds.memory_limit) if connection is None else connection
    try:
        pairs = compare_customers(
            searched, parties, register, confirmed=_confirmed(customers, prints, answers), progress=progress
        )
    finally:
        if owned:
            searched.close()
    return decide(customers, prints, pairs, thresholds=thresholds, answers=answers)


def decide(
    customers: pd.DataFrame,
    prints: pd.Series,
    pairs: pd.DataFrame,
    *,
    thresholds: MatchingPolicy,
    answers: pd.DataFrame | None = None,
) -> Matching:
    """Outcomes from compared pairs (see `pairs.compare_customers`), the answers of people first."""
    pairs = pairs.assign(fingerprint=pairs["customer_id"].map(dict(zip(customers["customer_id"], prints, strict=True))))
    known = _answered(pairs, answers)
    pairs = pairs[~known["refused"].to_numpy()].reset_index(drop=True)
    confirmed = known.loc[~known["refused"], "confirmed"].to_numpy()
    evidence = pairs[list(EVIDENCE)].to_numpy(dtype="float64")
    groups = np.asarray(pd.factorize(pairs["customer_id"])[0], dtype=np.int64)
    offset = _closed_offset(evidence, groups, pairs["is_closed"].to_numpy(dtype=bool))
    chance = probabilities(evidence, groups, weights=load_weights(), offset=offset)
    settled = pd.Series(confirmed).groupby(groups).transform("any").to_numpy(dtype=bool)
    chance = np.where(settled, confirmed.astype("float64"), chance)
    pairs = pairs.assign(probability=chance, reasons=reasons_of(pairs, confirmed))
    pairs = pairs.sort_values(["customer_id", "probability", "is_closed", "siren"], ascending=[True, False, True, True])
    matches = _matches(customers, prints, pairs, thresholds)
    return Matching(matches, _to_confirm(customers, matches, pairs, thresholds))


def fingerprints(customers: pd.DataFrame) -> pd.Series:
    """A key of each customer's name and place, the same from one file to the next whatever its account code."""
    columns = [
        customers[name].astype("str").fillna("") if name in customers else pd.Series("", index=customers.index)
        for name in ("name", "address", "postcode", "town")
    ]
    keys = []
    for name, line, postcode, town in zip(*columns, strict=True):
        address = read_address(line, postcode, town)
        text = "|".join((read_name(name).compact, address.postcode, address.town))
        keys.append(hashlib.sha256(text.encode()).hexdigest()[:16])
    return pd.Series(keys, index=customers.index, dtype="str")


def _confirmed(customers: pd.DataFrame, prints: pd.Series, answers: pd.DataFrame | None) -> pd.DataFrame | None:
    """The pairs people confirmed, by customer: they are looked up even where they share no word."""
    if answers is None:
        return None
    keys = pd.DataFrame({"customer_id": customers["customer_id"].astype("str"), "fingerprint": prints})
    given = answers.loc[answers["answer"] == "confirmed", ["fingerprint", "siren"]]
    return keys.merge(given, on="fingerprint")[["customer_id", "siren"]]


def _answered(pairs: pd.DataFrame, answers: pd.DataFrame | None) -> pd.DataFrame:
    """Which pairs people confirmed or refused. A blank SIREN refused means that no company fits."""
    if answers is None or answers.empty:
        return pd.DataFrame({"confirmed": False, "refused": False}, index=pairs.index)
    given = answers.assign(siren=answers["siren"].astype("str").fillna("")).drop_duplicates(
        ["fingerprint", "siren"], keep="last"
    )
    answer = pairs[["fingerprint", "siren"]].merge(given, on=["fingerprint", "siren"], how="left")["answer"]
    none_fits = given.loc[(given["siren"] == "") & (given["answer"] == "refused"), "fingerprint"]
    confirmed = (answer == "confirmed").to_numpy()
    refused = (answer == "refused").to_numpy() | (pairs["fingerprint"].isin(none_fits).to_numpy() & ~confirmed)
    return pd.DataFrame({"confirmed": confirmed, "refused": refused}, index=pairs.index)


def _closed_offset(evidence: Figures, groups: npt.NDArray[np.int64], is_closed: npt.NDArray[np.bool_]) -> Figures:
    """Lower odds for a closed company beside an open one that fits nearly as well; alone, it is not held against it."""
    utility = evidence @ load_weights()
    best_open = np.full(int(groups.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(best_open, groups[~is_closed], utility[~is_closed])
    rivalled = is_closed & (best_open[groups] > utility - 4.0)
    return np.where(rivalled, np.log(CLOSED_ODDS), 0.0)


def _matches(
    customers: pd.DataFrame, prints: pd.Series, pairs: pd.DataFrame, thresholds: MatchingPolicy
) -> pd.DataFrame:
    """One row per customer, in their order: its best company if it is probable enough to be shown."""
    rank = pairs.groupby("customer_id").cumcount()
    shown = ["siren", "probability", *UNIT_FIELDS, "reasons"]
    best = pairs[rank == 0].set_index("customer_id")[shown]
    second = pairs[rank == 1].set_index("customer_id")[["siren", "probability"]].add_prefix("runner_up_")
    rows = pd.DataFrame({"customer_id": customers["customer_id"].astype("str"), "fingerprint": prints})
    rows = rows.join(best, on="customer_id").join(second, on="customer_id")
    rows["probability"] = rows["probability"].fillna(0.0)
    rows["runner_up_probability"] = rows["runner_up_probability"].fillna(0.0)
    any_of_them = rows["customer_id"].map(pairs.groupby("customer_id")["probability"].sum()).fillna(0.0)
    rows["outcome"] = np.select(  # twenty namesakes are one in twenty each, and yet the customer is among them
        [rows["probability"] >= thresholds.matched_probability, any_of_them >= thresholds.confirm_probability],
        ["matched", "to_confirm"],
        "not_found",
    )
    absent = rows["outcome"] == "not_found"
    for name in ("siren", *UNIT_FIELDS):
        rows[name] = rows[name].astype("object").where(~absent, None)
    rows["is_closed"] = rows["is_closed"].fillna(value=False).astype("bool")
    rows["reasons"] = rows["reasons"].where(~absent, "nothing_alike")
    return MATCHES.conform(rows)[MATCHES.names]


def _to_confirm(
    customers: pd.DataFrame, matches: pd.DataFrame, pairs: pd.DataFrame, thresholds: MatchingPolicy
) -> pd.DataFrame:
    """The few best companies of each customer to confirm, the surest customers first."""
    asked = matches.loc[matches["outcome"] == "to_confirm", "customer_id"]
    shown = pairs[pairs["customer_id"].isin(asked)]
    rank = shown.groupby("customer_id").cumcount()
    shown = shown[(rank == 0) | ((rank < thresholds.shown_candidates) & (shown["probability"] >= 0.01))]
    given = customers.assign(customer_id=customers["customer_id"].astype("str")).set_index("customer_id")
    shown = shown.assign(name=shown["customer_id"].map(given["name"]))
    parts = [given[name].astype("str").fillna("") for name in ("address", "postcode", "town") if name in given]
    line = pd.Series([_one_line(row) for row in zip(*parts, strict=True)] if parts else "", given.index)
    shown = shown.assign(address=shown["customer_id"].map(line))
    best = shown.groupby("customer_id")["probability"].transform("max")
    order = shown.assign(best=best).sort_values(
        ["best", "customer_id", "probability"], ascending=[False, True, False], kind="stable"
    )
    return PAIRS_TO_CONFIRM.conform(order)[PAIRS_TO_CONFIRM.names]


def _one_line(parts: tuple[str, ...]) -> str:
    """An address on one line; a town or postcode that it holds already is not said twice."""
    said = ""
    for part in filter(None, parts):
        said = said if part in said else f"{said} {part}".strip()
    return said
