"""Customers enriched: what providers know, each value with its source and its date, beside what the client gave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from riskkit.companies import nomenclature
from riskkit.companies.account_comparison import MIN_PEERS, sector_quantiles
from riskkit.companies.enrich_fields import FIELDS, RANKED
from riskkit.companies.identifiers import vat_from_siren
from riskkit.companies.providers import Provider, answer_of
from riskkit.errors import Message, message

_DERIVED = {
    "naf_version": "naf_code",
    "activity_label": "naf_code",
    "legal_form_label": "legal_form_code",
    "headcount_label": "headcount_code",
}
_WEAK_STATES = ("in_bonis", "unknown")


@dataclass(frozen=True)
class Enrichment:
    """Customers with what was added, the names of the columns added in order, and what providers had to say.

    `columns` maps each field of `enrich_fields.FIELDS` to its column: its own name, or `found_<field>` where the client
    already has a column of that name.
    """

    customers: pd.DataFrame
    columns: dict[str, str]
    notes: tuple[Message, ...] = ()


def enrich_customers(
    customers: pd.DataFrame,
    providers: Sequence[Provider],
    *,
    as_of: dt.date,
    language: str = "fr",
    min_peers: int = MIN_PEERS,
) -> Enrichment:
    """What is known of each customer's company at `as_of`.

    From: customers (customer_id, siren; any other column), one row per account.
    To:   the same rows and columns, untouched and first; then for each field its value, `<column>_source` and
          `<column>_date`; for measures `<column>_reason`, `<column>_quantile` (share of sector peers below) and
          `<column>_change`.

    Parameters
    ----------
    customers
        Accounts; those without a SIREN get nothing.
    providers
        In order of preference: the first that knows a field gives it. A procedure or a cessation found by any of them
        prevails over `in_bonis`; of two, the one with the later date.
    as_of
        Valuation date; what became known later is not used.
    language
        Of the labels of activities, legal forms and headcounts.
    min_peers
        Companies of the sector below which no quantile is given.

    """
    sirens = sorted(set(customers["siren"].dropna()))
    companies = pd.DataFrame(index=pd.Index(sirens, dtype="str", name="siren"))
    notes: list[Message] = []
    for field in FIELDS:
        companies[field.name] = pd.Series(pd.NA, index=companies.index, dtype="object")
        companies[f"{field.name}_source"] = pd.Series(None, index=companies.index, dtype="str")
        companies[f"{field.name}_date"] = pd.Series(pd.NaT, index=companies.index, dtype="datetime64[us]")
    for provider in providers if sirens else ():
        answer, said = answer_of(provider, sirens, as_of=as_of)
        notes.extend(said)
        companies = _filled(companies, answer.drop_duplicates("siren").set_index("siren"))
    companies = _typed(_labelled(companies, as_of=as_of, language=language))
    companies = _ranked(companies, min_peers=min_peers)
    columns = {field.name: _free_name(field.name, customers.columns) for field in FIELDS}
    renamed = {name: _column(name, columns) for name in companies.columns}
    added = companies.rename(columns=renamed).reindex(customers["siren"].to_numpy())
    added[columns["state"]] = added[columns["state"]].fillna("unknown")
    whole = pd.concat([customers.reset_index(drop=True), added.reset_index(drop=True)], axis=1)
    notes.extend(_disagreements(whole, columns))
    return Enrichment(whole.set_axis(customers.index), columns, tuple(notes))


def coverage(enrichment: Enrichment, *, exposure_cents: pd.Series | None = None) -> pd.DataFrame:
    """How much of the portfolio each field covers.

    From: exposure_cents by customer (same rows as the customers), where the share of exposure is wanted.
    To:   field, count, customers, share, exposure_share (NaN without an exposure), in the order of the fields; first
          `siren`, on which all the others depend.
    """
    customers = enrichment.customers
    total = len(customers)
    weights = None if exposure_cents is None else exposure_cents.to_numpy(dtype="float64").clip(min=0)
    rows = []
    for field, column in {"siren": "siren", **enrichment.columns}.items():
        if field == "company_siren":
            continue
        known = (customers[column].notna() & ~customers[column].isin(["unknown"])).to_numpy()
        weighed = float("nan")
        if weights is not None and weights.sum() > 0:
            weighed = float(weights[known].sum() / weights.sum())
        rows.append((field, int(known.sum()), total, known.sum() / total if total else float("nan"), weighed))
    return pd.DataFrame(rows, columns=["field", "count", "customers", "share", "exposure_share"])


def _filled(companies: pd.DataFrame, answer: pd.DataFrame) -> pd.DataFrame:
    """The companies with what an answer adds to the fields that nobody gave before it."""
    filled = companies.copy()
    answer = answer.reindex(companies.index)
    for field in FIELDS:
        name = field.name
        if f"{name}_reason" in answer:
            before = filled.get(f"{name}_reason", pd.Series(None, index=filled.index, dtype="str"))
            filled[f"{name}_reason"] = before.fillna(answer[f"{name}_reason"])
        if name not in answer:
            continue
        day = answer.get(f"{name}_date", answer["date"]).fillna(answer["date"])
        day = pd.to_datetime(day).astype("datetime64[us]")
        takes = filled[name].isna() & answer[name].notna()
        if name == "state":
            takes |= _prevails(answer["state"], day, filled["state"], filled["state_date"])
        filled[name] = filled[name].mask(takes, answer[name].astype("object"))
        filled[f"{name}_source"] = filled[f"{name}_source"].mask(takes, answer["source"].astype("str"))
        filled[f"{name}_date"] = filled[f"{name}_date"].mask(takes, day)
        if f"{name}_change" in answer:
            before = filled.get(f"{name}_change", pd.Series(float("nan"), index=filled.index))
            filled[f"{name}_change"] = before.mask(takes, answer[f"{name}_change"])
    return filled


def _prevails(state: pd.Series, day: pd.Series, before: pd.Series, before_day: pd.Series) -> pd.Series:
    """Where a state replaces one already given: a fact over an absence of fact, a later fact over an earlier one."""
    is_fact = state.notna() & ~state.isin(_WEAK_STATES)
    was_fact = before.notna() & ~before.isin(_WEAK_STATES)
    return is_fact & (~was_fact | (day > before_day))


def _labelled(companies: pd.DataFrame, *, as_of: dt.date, language: str) -> pd.DataFrame:
    """VAT numbers and labels, which are computed; each label bears the source and date of its code."""
    sirens = pd.Series(companies.index, index=companies.index, dtype="str")
    vat = vat_from_siren(sirens)
    labelled = companies.assign(
        vat_number=vat,
        vat_number_source=pd.Series("SIREN", index=companies.index, dtype="str").where(vat.notna()),
        vat_number_date=pd.Series(pd.Timestamp(as_of), index=companies.index).where(vat.notna()),
        activity_label=_labels(
            companies["naf_version"] + ":" + companies["naf_code"],
            lambda key: _activity(*key.split(":"), language=language),
        ),
        legal_form_label=_labels(
            companies["legal_form_code"], lambda code: nomenclature.label_legal_form(code, language)
        ),
        headcount_label=_labels(companies["headcount_code"], lambda code: nomenclature.label_headcount(code, language)),
    )
    for name, parent in _DERIVED.items():
        labelled[f"{name}_source"] = labelled[f"{parent}_source"].where(labelled[name].notna())
        labelled[f"{name}_date"] = labelled[f"{parent}_date"].where(labelled[name].notna())
    labelled["state"] = labelled["state"].fillna("unknown")
    return labelled


def _activity(version: str, code: str, *, language: str) -> str | None:
    """Label of an activity, by its division where the sub-class has none (NAF 2025)."""
    label = nomenclature.naf_label(code, language, short=False, version=version)
    return label or nomenclature.naf_label(code[:2], language, short=False, version=version)


def _labels(codes: pd.Series, label: Callable[[str], str | None]) -> pd.Series:
    """The label of each code; missing stays missing."""
    found = {code: label(code) for code in codes.dropna().unique()}
    return pd.Series(codes.map(found), index=codes.index, dtype="str")


def _typed(companies: pd.DataFrame) -> pd.DataFrame:
    """Each value as its kind wants it, and each field beside its source, date and reason."""
    columns: dict[str, pd.Series] = {}
    for field in FIELDS:
        values = companies[field.name]
        columns[field.name] = _cast(values.where(values.notna(), None), field.kind)
        for extra in ("source", "date", "reason", "change"):
            if f"{field.name}_{extra}" in companies:
                columns[f"{field.name}_{extra}"] = companies[f"{field.name}_{extra}"]
    return pd.DataFrame(columns, index=companies.index)


def _cast(values: pd.Series, kind: str) -> pd.Series:
    if kind == "date":
        return pd.to_datetime(values).astype("datetime64[us]")
    if kind == "amount":
        return values.astype("Int64")
    if kind == "flag":
        return values.astype("boolean")
    return values.astype("str") if kind == "text" else pd.to_numeric(values).astype("float64")


def _ranked(companies: pd.DataFrame, *, min_peers: int) -> pd.DataFrame:
    """The companies with the quantile of each measure among those of the same NAF division."""
    measures = companies[list(RANKED)].rename_axis("siren").reset_index()
    if not measures[list(RANKED)].notna().to_numpy().any():
        return companies
    division = (companies["naf_version"] + ":" + companies["naf_code"].str[:2]).astype("str")
    quantiles = sector_quantiles(measures, sectors=division, names=RANKED, min_peers=min_peers).set_index("siren")
    return pd.concat([companies, quantiles.drop(columns="sector")], axis=1)


def _free_name(field: str, taken: pd.Index) -> str:
    """A column name for a field that no column of the client begins with."""
    name = field
    while any(str(column) == name or str(column).startswith(f"{name}_") for column in taken):
        name = f"found_{name}"
    return name


def _column(name: str, columns: dict[str, str]) -> str:
    """Name of an added column: the field's own part renamed where the client has that name already."""
    field = max((f for f in columns if name == f or name.startswith(f"{f}_")), key=len, default="")
    return columns[field] + name[len(field) :] if field else name


def _disagreements(whole: pd.DataFrame, columns: dict[str, str]) -> list[Message]:
    """Where a source and the client do not say the same activity."""
    found = columns["naf_code"]
    if found == "naf_code" or "naf_code" not in whole:
        return []
    given = nomenclature.normalise_naf(whole["naf_code"].astype("str"))
    differs = given.notna() & whole[found].notna() & (given != whole[found])
    if not differs.any():
        return []
    return [
        message(
            "{count:customer|customers} {count:?has|have} another NAF code in the source than in your file; yours is "
            "kept, the other is beside it.",
            count=int(differs.sum()),
        )
    ]
