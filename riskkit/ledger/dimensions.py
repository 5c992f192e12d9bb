"""The dimensions along which the unpaid is attributed: each customer's group at each level, as text.

A dimension is one question ("which sector?"); its levels answer it more and more finely (only the sector has several).
Missing is the group 'unknown'. Columns of the client's file that we know (region, headcount, means of payment, start of
the relation) fill their dimension; every other one is a dimension of its own, named as its column.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.companies.nomenclature import departements_of_postcodes, label_headcount, load_departements, naf_label
from riskkit.companies.nomenclature import naf_levels as levels_of_naf
from riskkit.ledger.dimension_columns import read_column
from riskkit.ledger.terms import parse_terms
from riskkit.policy_drivers import DriverPolicy
from riskkit.schemas import SEVERAL_VALUES

UNKNOWN = "unknown"
SECTOR_LEVELS = ("section", "division", "group", "class", "subclass")
SIZE_LEVELS = ("headcount", "size")
AGE_YEARS = (1, 2, 5, 10)

_KNOWN_COLUMNS = {
    "region": ("x_region",),
    "headcount": ("x_effectif", "x_effectifs", "x_tranche_effectif", "x_headcount"),
    "payment_method": ("x_mode_de_reglement", "x_mode_reglement", "x_moyen_de_paiement", "x_payment_method"),
    "since": ("x_client_depuis", "x_date_de_creation", "x_date_creation", "x_customer_since"),
}
_NOT_GROUPS = ("x_email", "x_telephone", "x_tel", "x_fax", "x_original_currency", "x_original_amount")


@dataclass(frozen=True)
class Dimension:
    """One question about customers, and its levels from the widest to the finest."""

    name: str
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Grouping:
    """Every customer's group at each level.

    `codes`: one row per customer, one text column per level, no missing value. `labels`: what a reader is shown, by
    level and code; a code that is not there is its own label.
    """

    dimensions: tuple[Dimension, ...]
    codes: pd.DataFrame
    labels: dict[tuple[str, str], str]

    @property
    def levels(self) -> list[str]:
        """Every level, in order."""
        return [str(level) for level in self.codes]

    def parent_level(self, level: str) -> str | None:
        """The level above a level of the same dimension; None for the first one."""
        for dimension in self.dimensions:
            if level in dimension.levels[1:]:
                return dimension.levels[dimension.levels.index(level) - 1]
        return None

    def label(self, level: str, code: str, *, language: str) -> str:
        """Name of a group for a reader."""
        if code == UNKNOWN and level == "size":
            return {"fr": "Aucun achat en douze mois"}.get(language, "Nothing bought in twelve months")
        if code == SEVERAL_VALUES:
            return {"fr": "Plusieurs valeurs"}.get(language, "Several values")
        if code == UNKNOWN:
            return {"fr": "Inconnu"}.get(language, "Unknown")
        if level in SECTOR_LEVELS:
            return naf_label(code, language=language, short=True) or code
        if level == "headcount":
            return label_headcount(code, language=language, short=True) or code
        return self.labels.get((level, code), code)


def group_customers(
    customers: pd.DataFrame, positions: pd.DataFrame, *, as_of: dt.date, policy: DriverPolicy, language: str = "fr"
) -> Grouping:
    """The groups of each customer at `as_of`.

    From: customers (a run's `customers`, extra columns `x_…`) and positions (customer_id, sales_12m_cents, first_date,
          terms_days),
          both one row per customer in the same order.
    To:   a `Grouping`; a level in which every customer is unknown is left out.
    """
    naf = levels_of_naf(customers["naf_code"])
    columns: dict[str, pd.Series] = {level: naf[level] for level in SECTOR_LEVELS}
    columns["region"] = _first_of(customers, _KNOWN_COLUMNS["region"], _regions(customers["postcode"]))
    columns["headcount"] = _first_of(customers, _KNOWN_COLUMNS["headcount"])
    columns["size"] = sales_deciles(positions["sales_12m_cents"])
    columns["age"] = relation_ages(_since(customers, positions), as_of=as_of)
    columns["legal_form"] = customers["legal_form"]
    columns["terms"] = _terms(customers["payment_terms"], positions["terms_days"])
    columns["sales_person"] = customers["sales_person"]
    columns["payment_method"] = _first_of(customers, _KNOWN_COLUMNS["payment_method"])
    labels = _own_labels(language)
    used = {name for names in _KNOWN_COLUMNS.values() for name in names} | set(_NOT_GROUPS)
    for name in sorted(str(name) for name in customers if str(name).startswith("x_") and name not in used):
        read = read_column(customers[name], policy=policy, language=language)
        if read is not None:
            columns[name] = read.codes
            labels |= {(name, code): label for code, label in read.labels.items()}
    codes = pd.DataFrame({level: _filled(values) for level, values in columns.items()})
    told = [level for level in codes if (codes[level] != UNKNOWN).any()]
    sector = tuple(level for level in SECTOR_LEVELS if level in told)
    dimensions = [Dimension("sector", sector)] if sector else []
    dimensions += [Dimension(level, (level,)) for level in map(str, told) if level not in SECTOR_LEVELS]
    return Grouping(tuple(dimensions), codes[told], labels)


def sales_deciles(sales_cents: pd.Series) -> pd.Series:
    """Tenth of the buying customers by sales, `01` (smallest) to `10`; missing for those who bought nothing.

    Equal sales are never parted; below 50 buying customers tenths mean nothing and none is made.
    """
    buys = sales_cents > 0
    if int(buys.sum()) < 50:
        return pd.Series(None, index=sales_cents.index, dtype="str")
    rank = sales_cents[buys].rank(method="min", pct=True)
    tenths = [f"{min(max(math.ceil(10 * float(share)), 1), 10):02d}" for share in rank]
    return pd.Series(tenths, index=rank.index, dtype="str").reindex(sales_cents.index)


def relation_ages(since: pd.Series, *, as_of: dt.date) -> pd.Series:
    """Class of the age of the relation: `under_1`, `1_2`, `2_5`, `5_10`, `over_10` years; missing when unknown."""
    years = (pd.Timestamp(as_of) - since).dt.days / 365.25
    names = ["under_1", "1_2", "2_5", "5_10", "over_10"]
    classes = pd.cut(years, [-np.inf, *AGE_YEARS, np.inf], labels=names, right=False)
    named: pd.Series = classes.astype("str").where(years.notna()).astype("str")
    return named


def dimension_of(level: str) -> str:
    """The dimension a level belongs to."""
    return "sector" if level in SECTOR_LEVELS else level


def _first_of(customers: pd.DataFrame, names: Sequence[str], otherwise: pd.Series | None = None) -> pd.Series:
    found = pd.Series(None, index=customers.index, dtype="str")
    for name in names:
        if name in customers:
            found = found.where(found.notna(), customers[name].astype("str"))
    return found if otherwise is None else found.where(found.notna(), otherwise)


def _regions(postcodes: pd.Series) -> pd.Series:
    region = load_departements().set_index("code")["region"]
    return departements_of_postcodes(postcodes).map(region, na_action="ignore").astype("str")


def _since(customers: pd.DataFrame, positions: pd.DataFrame) -> pd.Series:
    """When each relation began: as the file says, else its first movement in the ledger."""
    given = _first_of(customers, _KNOWN_COLUMNS["since"])
    read = pd.to_datetime(given, errors="coerce", format="mixed", dayfirst=True)
    return read.where(read.notna(), positions["first_date"])


def _terms(given: pd.Series, days: pd.Series) -> pd.Series:
    """The terms agreed, else the class of days that a customer's invoices have: `about_30` is 16 to 37 days."""
    codes = given.map(_term_code, na_action="ignore").astype("str")
    classes = pd.cut(days, [-np.inf, 7, 15, 37, 52, 75, np.inf], labels=["0", "10", "30", "45", "60", "90"])
    about = pd.Series("about_" + classes.astype("str"), index=given.index)
    found: pd.Series = codes.mask(codes.isna() & days.notna(), about).astype("str")
    return found


def _term_code(text: str) -> str:
    terms = parse_terms(text)
    return terms.code if terms else text


def _filled(values: pd.Series) -> pd.Series:
    text = values.astype("str").str.strip()
    return text.where(text.notna() & (text != ""), UNKNOWN).astype("str").reset_index(drop=True)


def _own_labels(language: str) -> dict[tuple[str, str], str]:
    french = language == "fr"
    ages = ("moins d’un an", "1 à 2 ans", "2 à 5 ans", "5 à 10 ans", "10 ans et plus")
    if not french:
        ages = ("under one year", "1 to 2 years", "2 to 5 years", "5 to 10 years", "10 years and more")
    codes = ("under_1", "1_2", "2_5", "5_10", "over_10")
    labels = {("age", code): label for code, label in zip(codes, ages, strict=True)}
    for tenth in range(1, 11):
        end = {1: " (plus petits)", 10: " (plus gros)"} if french else {1: " (smallest)", 10: " (largest)"}
        labels["size", f"{tenth:02d}"] = f"{tenth}{end.get(tenth, '')}"
    return labels
