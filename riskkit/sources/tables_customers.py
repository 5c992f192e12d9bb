"""Typed rows of customer tables, and the customers that only invoices name → one table of customers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb
import pandas as pd

from riskkit.schemas import CUSTOMERS
from riskkit.sources.cells import TypedRows
from riskkit.sources.mapping_headers import BESIDE
from riskkit.sources.tabular import plain

_FIELDS = {
    "customer_name": "name", "siren": "siren_raw", "address": "address", "postcode": "postcode", "town": "town",
    "country": "country", "naf_code": "naf_code", "legal_form": "legal_form", "payment_terms": "payment_terms",
    "sales_person": "sales_person",
}  # fmt: skip
_CATCH_ALL = re.compile(
    r"\b(clients? (divers|de passage|comptoir|occasionnels?|web|internet|particuliers?)|divers|comptoir|passage|"
    r"ventes? comptoir|(misc|miscellaneous|sundry|walk in|one time|cash|various) (customers?|clients?|sales?)|"
    r"\d?c?divers?|cdivers|sundry)\b"
)
_CATCH_ALL_STEMS = re.compile(r"(?i)client|customer|sale|divers|comptoir|passage|sundry")
_POSTCODE_TOWN = r"(?:^|[\s,;-])(\d{5})[\s,]+([^\d,;]+?)\s*(?:CEDEX.*)?(?:,.*)?$"


def customer_rows(typed: TypedRows, connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Customers of one table, one row per line, other columns kept as `x_…`; `reason` where set aside."""
    rows = typed.rows
    key = typed.text("customer_id")
    names = typed.text("customer_name")
    key = key.where(key.notna(), names.map(lambda name: " ".join(name.upper().split()), na_action="ignore"))
    frame = pd.DataFrame({"customer_id": key, **{ours: typed.text(field) for field, ours in _FIELDS.items()}})
    known = {column: typed.text(field) for field, column in BESIDE.items() if typed.has(field)}
    frame = pd.concat([frame, pd.DataFrame(known, index=rows.index), _other_columns(typed, connection)], axis=1)
    frame = _with_place(frame).assign(source_file=typed.table.path.name, source_line=rows["line"])
    reason = rows["reason"].where(rows["reason"].notna() | key.notna(), "missing_customer")
    is_repeated = frame["customer_id"].where(reason.isna()).duplicated() & reason.isna()
    return frame.assign(reason=reason.where(~is_repeated, "duplicate_customer").astype("str"))


def merged(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Customers of several tables as one: the first table that fills a field of a customer is believed."""
    kept = [table[table["reason"].isna()].drop(columns="reason").set_index("customer_id") for table in tables]
    if not kept:
        return CUSTOMERS.empty()
    whole = kept[0]
    for table in kept[1:]:
        whole = whole.combine_first(table)
    order = pd.concat([table.index.to_series() for table in kept]).drop_duplicates()
    frame = whole.reindex(order.array).rename_axis("customer_id").reset_index()
    return frame.assign(is_catch_all=is_catch_all(frame["customer_id"], frame["name"]))


def with_missing(customers: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """The customers, and those that only invoices or payments name (`named`: customer_id, name, source…)."""
    first = named.groupby("customer_id", sort=False, as_index=False).first()
    facts = [c for c in ("name", "country", "payment_terms", "sales_person", "siren_raw") if c in first]
    known = customers.merge(first[["customer_id", *facts]], on="customer_id", how="left", suffixes=("", "_said"))
    for fact in facts:
        known[fact] = known[fact].where(known[fact].notna(), known[f"{fact}_said"])
    known = known.drop(columns=[f"{fact}_said" for fact in facts])
    added = first[~first["customer_id"].isin(set(customers["customer_id"]))]
    added = added.assign(is_catch_all=is_catch_all(added["customer_id"], added["name"]))
    return CUSTOMERS.conform(pd.concat([known, added], ignore_index=True) if len(known) else added)


def is_catch_all(ids: pd.Series, names: pd.Series) -> pd.Series:
    """Whether an account mixes one-off customers, by its name or code (CLIENTS DIVERS, 9DIVER, COMPTOIR)."""
    by_name = names.fillna("").astype("str").map(_says_catch_all)
    by_code = ids.astype("str").str.fullmatch(r"(?i)[49]?1?1?C?(DIVERS?|COMPTOIR|PASSAGE)\d*").fillna(False)
    return by_name.astype(bool) | by_code.astype(bool)


def _says_catch_all(name: str) -> bool:
    # Most names hold none of these words, and need not be put in plain words to know it.
    if name.isascii() and not _CATCH_ALL_STEMS.search(name):
        return False
    return bool(_CATCH_ALL.search(plain(name)))


def _other_columns(typed: TypedRows, connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    used = set(typed.spec.columns.values())
    chosen: dict[str, str] = {}
    for index, header in enumerate(typed.table.headers):
        name = "x_" + (plain(header).replace(" ", "_") or f"column_{index + 1}")
        if header not in used and name not in chosen and name not in BESIDE.values():
            chosen[name] = f"c{index}"
    if not chosen:
        return pd.DataFrame(index=typed.rows.index)
    shown = ", ".join(f"nullif(trim({column}), '') as {name}" for name, column in chosen.items())
    frame: pd.DataFrame = typed.table.relation.order("line").project(shown).df()
    return frame.astype("str").set_axis(typed.rows.index)


def _with_place(frame: pd.DataFrame) -> pd.DataFrame:
    """Postcode and town read from the address where they have no column; a postcode's lost zero put back."""
    found = frame["address"].astype("str").str.extract(_POSTCODE_TOWN, flags=re.IGNORECASE)
    postcode = frame["postcode"].where(frame["postcode"].notna(), found[0]).str.replace(r"\.0+$", "", regex=True)
    if postcode.str.fullmatch(r"\d{5}").mean() > 0.6:
        postcode = postcode.where(~postcode.str.fullmatch(r"\d{4}").fillna(False).astype(bool), "0" + postcode)
    return frame.assign(postcode=postcode, town=frame["town"].where(frame["town"].notna(), found[1].str.strip()))
