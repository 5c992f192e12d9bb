"""Due dates later than French law allows (Code de commerce, L441-10 to L441-13)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
import yaml

from riskkit.errors import UsageError, message
from riskkit.sources.quality_dates import LONGEST_DAYS, OWED
from riskkit.sources.quality_evidence import Evidence, Found, example_text, rows_of
from riskkit.sources.quality_tables import LEGAL_DELAYS

Days = np.ndarray[Any, np.dtype[np.datetime64]]


@dataclass(frozen=True)
class LegalTerm:
    """The longest terms of one activity: days from issue, or days end of month where that is allowed instead."""

    activity: str
    days: int
    end_of_month_days: int | None
    article: str


@cache
def legal_terms() -> tuple[LegalTerm, ...]:
    """The table of `legal_terms.yaml`."""
    text = resources.files("riskkit.sources").joinpath("legal_terms.yaml").read_text(encoding="utf-8")
    return tuple(LegalTerm(**row) for row in yaml.safe_load(text))


def legal_term(activity: str) -> LegalTerm:
    """The term of an activity; `UsageError` when the table has none."""
    found = {term.activity: term for term in legal_terms()}
    if activity not in found:
        raise UsageError(
            message(
                "Activity '{activity}' has no payment terms in the table of legal terms. Choose one of: {known}.",
                activity=activity,
                known=", ".join(found),
            )
        )
    return found[activity]


def latest_legal_due(issue: pd.Series, term: LegalTerm) -> pd.Series:
    """The latest lawful due date of invoices issued on those days."""
    day: Days = issue.to_numpy(dtype="datetime64[D]")
    latest = day + np.timedelta64(term.days, "D")
    if term.end_of_month_days is not None:
        extra = np.timedelta64(term.end_of_month_days, "D")
        latest = np.maximum(latest, np.maximum(_month_end(day) + extra, _month_end(day + extra)))
    return pd.Series(latest.astype("datetime64[us]"), index=issue.index)


def find_terms(evidence: Evidence, *, term: LegalTerm) -> tuple[list[Found], pd.DataFrame]:
    """The finding on unlawful terms, and the customers concerned (`LEGAL_DELAYS`), most money first.

    Computed from due date less issue date; credit notes and due dates more than a year away are left to other checks.
    """
    invoices = evidence.invoices
    days = (invoices["due_date"] - invoices["issue_date"]).dt.days
    fit = invoices["kind"].isin(OWED) & (invoices["amount_cents"] > 0) & days.between(0, LONGEST_DAYS)
    dated = invoices[fit].assign(days=days[fit].astype("int64"))
    if dated.empty:
        return [], LEGAL_DELAYS.empty()
    allowed = latest_legal_due(dated["issue_date"], term)
    beyond = (dated["due_date"] - allowed).dt.days
    broken = beyond > 0
    if not broken.any():
        return [], LEGAL_DELAYS.empty()
    table = _by_customer(dated, beyond, broken, evidence)
    worst = table.iloc[0]
    values = {
        "customers": len(table),
        "days": term.days,
        "article": term.article,
        "longest": int(table["longest_days"].max()),
        "customer": example_text(worst["customer_name"]) or str(worst["customer_id"]),
    }
    first = dated[broken].iloc[0]
    example = example_text(first["invoice_number"], first["customer_id"])
    return [Found("terms_beyond_law", rows_of(dated[broken], "invoices"), example, values)], table


def _by_customer(dated: pd.DataFrame, beyond: pd.Series, broken: pd.Series, evidence: Evidence) -> pd.DataFrame:
    whole = dated.groupby("customer_id")["amount_cents"].agg(invoices_count="size", amount_cents="sum")
    part = dated[broken].assign(beyond=beyond[broken]).groupby("customer_id")
    table = part.agg(
        beyond_count=("amount_cents", "size"),
        beyond_cents=("amount_cents", "sum"),
        median_days=("days", "median"),
        longest_days=("days", "max"),
        most_days_beyond=("beyond", "max"),
    ).join(whole)
    table["beyond_share"] = table["beyond_cents"] / table["amount_cents"]
    table["billing_share"] = table["beyond_cents"] / int(dated["amount_cents"].sum())
    names = evidence.customers.set_index("customer_id")["name"]
    table = table.rename_axis("customer_id").reset_index()
    table["customer_name"] = table["customer_id"].map(names)
    table = table.sort_values(["beyond_cents", "customer_id"], ascending=[False, True], ignore_index=True)
    return LEGAL_DELAYS.conform(table)[LEGAL_DELAYS.names]


def _month_end(day: Days) -> Days:
    month: Days = (day.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]")
    return month - np.timedelta64(1, "D")
