"""The panel of a run: its tables read, and every column that customers can be filtered on, named for the reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pandas as pd

from riskkit.companies.events import write_state
from riskkit.companies.nomenclature import (
    LEVELS,
    departements_of_postcodes,
    load_departements,
    naf_label,
    naf_levels,
)
from riskkit.engine import read_parquet
from riskkit.errors import message
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.payer_words import profile_label
from riskkit.ledger.dimension_columns import read_column
from riskkit.ledger.panel import CUSTOMER, Panel, make_panel
from riskkit.policy import POLICY_FILE, Policy, read_policy
from riskkit.schemas import SEVERAL_VALUES
from riskkit.workbench.manifest import read_manifest

NEXT_LEVEL = {**dict(pairwise(LEVELS)), "region": "departement", "departement": "town"}
"""Where a drill-down goes from a column: from a NAF level to the next, from a region to its départements."""

_COLUMNS = {
    "section": message("Sector"),
    "division": message("NAF division"),
    "group": message("NAF group"),
    "class": message("NAF class"),
    "subclass": message("NAF code"),
    "region": message("Region"),
    "departement": message("Department"),
    "town": message("Town"),
    "country": message("Country"),
    "legal_form": message("Legal form"),
    "legal_form_label": message("Legal form (register)"),
    "headcount_label": message("Headcount"),
    "payment_terms": message("Payment terms"),
    "sales_person": message("Sales person"),
    "state": message("Company state"),
    "segment": message("Segment"),
    "risk_level": message("Risk"),
    "risk_class": message("Risk class"),
    "profile": message("Payer profile"),
    CUSTOMER: message("Customer"),
}
_FROM_CUSTOMERS = ("town", "country", "legal_form", "payment_terms", "sales_person", "state")
_FROM_ENRICHMENT = ("legal_form_label", "headcount_label")
_LATER = {"scores": ("risk_level", "risk_class"), "segments": ("segment",), "payer_profiles": ("profile",)}
"""Columns of later stages' tables about customers, filtered on where a run has them; the latest row of a customer."""

_CLIENT = "x_"  # what the name of a column of the client's own file begins with
_READ = {
    "invoices": ["customer_id", "issue_date", "is_sale", "amount"],
    "unapplied": ["customer_id", "credit_date", "amount", "unapplied_amount"],
}


def load_panel(folder: Path, *, language: str) -> Panel:
    """The panel of a finished run, its values named in that language. `UsageError` when it is not one."""
    manifest, policy = read_manifest(folder), read_policy(folder / POLICY_FILE)
    tables = {name: _read(folder, name) for name in ("customers", "open_items", "unapplied", "invoices")}
    tables["customer_months"] = _read(folder, "customer_months")
    customers = tables["customers"]
    own, own_labels = _client_columns(customers, policy, language)
    attributes = [_attributes(customers), own, *_extra(folder, customers)]
    tables["customers"] = pd.concat([customers[[CUSTOMER, "name"]], *attributes], axis=1)
    tables["customers"] = tables["customers"].loc[:, ~tables["customers"].columns.duplicated()]
    return make_panel(
        tables,
        as_of=dt.date.fromisoformat(manifest["as_of"]),
        currency=manifest["currency"],
        coverage_start=dt.date.fromisoformat(manifest["coverage_start"]),
        dso_window_days=policy.dso_window_days,
        labels=_labels(tables["customers"], own_labels, language),
    )


def column_label(name: str, words: Language) -> str:
    """What a column is called: in the reader's language where the product knows it, else as the client's file says."""
    return words.say(_COLUMNS[name]) if name in _COLUMNS else name.removeprefix(_CLIENT).replace("_", " ").capitalize()


def _read(folder: Path, name: str) -> pd.DataFrame:
    return read_parquet(folder / "tables" / f"{name}.parquet", columns=_READ.get(name))


def _attributes(customers: pd.DataFrame) -> pd.DataFrame:
    """The NAF levels, the place, and the columns of the ledger's customers that hold anything."""
    levels = naf_levels(customers["naf_code"])
    departements = departements_of_postcodes(customers["postcode"])
    regions = load_departements().set_index("code")["region"]
    found = levels.assign(region=departements.map(regions), departement=departements)
    found = pd.concat([found, customers[list(_FROM_CUSTOMERS)]], axis=1)
    return found.loc[:, found.notna().any()]


def _extra(folder: Path, customers: pd.DataFrame) -> list[pd.DataFrame]:
    """Columns of the other tables about customers, in the order of `customers`."""
    found = []
    enrichment = folder / "tables" / "enrichment.parquet"
    if enrichment.is_file():
        found.append(read_parquet(enrichment, columns=[CUSTOMER, *_FROM_ENRICHMENT]))
    for name, wanted in _LATER.items():
        path = folder / "tables" / f"{name}.parquet"
        if path.is_file():
            table = read_parquet(path)
            dated = [column for column in table.columns if column == "period_start"]
            latest = table.sort_values([CUSTOMER, *dated]).drop_duplicates(CUSTOMER, keep="last")
            found.append(latest[[CUSTOMER, *[column for column in wanted if column in table]]])
    aligned = [table.set_index(CUSTOMER).reindex(customers[CUSTOMER]).reset_index(drop=True) for table in found]
    return [table.loc[:, table.notna().any()] for table in aligned]


def _client_columns(
    customers: pd.DataFrame, policy: Policy, language: str
) -> tuple[pd.DataFrame, Mapping[str, Mapping[str, str]]]:
    """Columns of the client's own file that group customers, read as the attribution reads them, with their names."""
    codes, labels = {}, {}
    for name in customers.columns:
        read = None
        if name.startswith(_CLIENT):
            read = read_column(customers[name], policy=policy.drivers, language=language)
        if read is not None:
            codes[name], labels[name] = read.codes, read.labels
    return pd.DataFrame(codes, index=customers.index), labels


def _labels(
    customers: pd.DataFrame, client: Mapping[str, Mapping[str, str]], language: str
) -> Mapping[str, Mapping[str, str]]:
    """Names of values, column by column, where they are codes; what is not known is said so."""
    words = language_of(language)
    shared = {"": words.text("Not known"), SEVERAL_VALUES: words.text("Several values")}
    named = {name: {**client.get(name, {}), **shared} for name in customers.columns}
    for level in LEVELS:
        for code in customers.get(level, pd.Series(dtype="str")).dropna().unique():
            label = naf_label(str(code), language=language, short=True)
            named[level][str(code)] = f"{code} {label}" if label else str(code)
    places = load_departements().set_index("code")["label"]
    if "departement" in named:
        named["departement"] |= {str(code): f"{code} {label}" for code, label in places.items()}
    for column, label_of in (("profile", profile_label), ("risk_level", _risk_level)):
        for code in customers.get(column, pd.Series(dtype="str")).dropna().unique():
            named[column][str(code)] = label_of(str(code), words)
    if "state" in named:
        codes = customers["state"].dropna().unique()
        named["state"] |= {str(code): words.say(write_state(str(code))) for code in codes}
    return named


def _risk_level(level: str, words: Language) -> str:
    return {
        "low": words.text("Low risk"),
        "moderate": words.text("Moderate risk"),
        "high": words.text("High risk"),
        "unknown": words.text("Not known"),
    }.get(level, level)
