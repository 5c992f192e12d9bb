"""Customers who cannot be told apart or looked up: no name, no SIREN, several accounts for one, one for several."""

from __future__ import annotations

import pandas as pd

from riskkit.sources.quality_evidence import Evidence, Found, example_text, rows_of

FRANCE = r"(?i)^\s*(fr|fra|france|fr[ -]?france|france métropolitaine)\s*$"
HEAVY_SHARE = 0.10


def find_customers(evidence: Evidence) -> list[Found]:
    """Findings on who the customers are. Money is their balance at `as_of`; for catch-all accounts, what is billed."""
    customers = evidence.customers
    french = customers["country"].isna() | customers["country"].str.match(FRANCE).fillna(False).astype(bool)
    single = ~customers["is_catch_all"]
    raw = customers["siren_raw"].fillna("").str.strip()
    has_siren = customers["siren"].notna()
    written = raw.str.contains(r"[0-9]{4}", regex=True)
    nameless = customers["name"].fillna("").str.strip().eq("") | (customers["name"] == customers["customer_id"])
    shared = single & has_siren & customers["siren"].duplicated(keep=False)
    return [
        *_with_exposure("no_siren", evidence, single & french & ~has_siren & ~written & ~nameless),
        *_with_exposure("invalid_siren", evidence, single & french & ~has_siren & written),
        *_with_exposure("no_name", evidence, single & nameless & ~has_siren),
        *_with_exposure("shared_siren", evidence, shared),
        *_catch_all(evidence),
    ]


def _with_exposure(code: str, evidence: Evidence, where: pd.Series) -> list[Found]:
    customers = evidence.customers[where]
    if customers.empty:
        return []
    owed = evidence.exposure.reindex(customers["customer_id"]).set_axis(customers.index)
    order = owed.abs().sort_values(ascending=False, kind="stable").index
    rows = rows_of(customers, "customers", amount=owed).loc[order]
    first = customers.loc[order[0]]
    return [Found(code, rows, example_text(first["name"], first["customer_id"]))]


def _catch_all(evidence: Evidence) -> list[Found]:
    customers = evidence.customers[evidence.customers["is_catch_all"]]
    if customers.empty:
        return []
    sales = evidence.invoices[evidence.invoices["is_sale"] & (evidence.invoices["amount_cents"] > 0)]
    mixed = sales[sales["customer_id"].isin(customers["customer_id"])]
    if mixed.empty:
        return []
    billed = mixed.groupby("customer_id")["amount_cents"].sum()
    heavy = int(billed.sum()) >= HEAVY_SHARE * int(sales["amount_cents"].sum())
    largest = str(billed.idxmax())
    first = customers.set_index("customer_id").loc[largest]
    return [
        Found(
            "catch_all",
            rows_of(mixed, "invoices"),
            example_text(first["name"], largest),
            severity="important" if heavy else "minor",
            count=len(billed),
        )
    ]
