"""Yearly accounts of customers: a file of financial items, or the published ratios of INPI and Banque de France.

Items are money, kept in minor units. Published ratios are kept as given, beside the few items that come with them.
Accounts of a group (consolidated), of banks and of insurers are set aside: their items do not mean the same. Accounts
filed as confidential are a normal case: the row stays, says so, and measures nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from riskkit.companies.identifiers import repair_siren
from riskkit.companies.named_columns import Field, read_columns
from riskkit.errors import DataError, Message, UsageError, message
from riskkit.schemas import Column, Table
from riskkit.sources.tabular import plain

PUBLICATION_LAG_DAYS = 214
"""Days between a closing and the day its accounts are known, when the file gives no filing date: the general meeting
meets within six months, the filing follows within one (Code de commerce, L225-100, L232-22 and L232-23)."""

ITEMS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "total_assets": ("total assets", ("total actif", "total bilan", "total du bilan", "actif total")),
    "current_assets": ("current assets", ("actif circulant", "total actif circulant")),
    "current_liabilities": ("debts due within a year",
                            ("dettes court terme", "dettes a moins d un an", "passif circulant")),
    "equity": ("equity", ("capitaux propres", "fonds propres")),
    "retained_earnings": ("reserves, results brought forward and result of the year",
                          ("reserves et report a nouveau", "reserves", "benefices non distribues")),
    "total_debts": ("total debts", ("dettes", "total dettes", "total des dettes", "dettes totales")),
    "financial_debts": ("financial debts", ("dettes financieres", "emprunts", "emprunts et dettes financieres")),
    "long_term_debts": ("debts due after a year", ("dettes a long terme", "dettes a plus d un an", "dettes lmt")),
    "cash": ("cash", ("disponibilites", "tresorerie", "tresorerie active")),
    "receivables": ("trade receivables, tax included", ("creances clients", "clients", "clients et comptes rattaches")),
    "supplier_debts": ("supplier debts, tax included", ("dettes fournisseurs", "fournisseurs")),
    "sales_excl_tax": ("sales without tax", ("chiffre d affaires", "ca", "ca ht", "chiffre d affaires ht", "sales")),
    "purchases_excl_tax": ("purchases without tax", ("achats", "achats ht", "achats et charges externes")),
    "value_added": ("value added", ("valeur ajoutee", "va")),
    "ebitda": ("EBE (operating surplus before depreciation)", ("ebe", "excedent brut d exploitation", "ebitda")),
    "ebit": ("operating result", ("resultat d exploitation", "rex", "ebit")),
    "financial_charges": ("financial charges", ("charges financieres", "frais financiers")),
    "staff_costs": ("staff costs", ("charges de personnel", "frais de personnel")),
    "net_income": ("net result", ("resultat net", "net income")),
}  # fmt: skip
"""Items of a year of accounts: what each is, and the headers files give it."""

GIVEN_RATIOS: Mapping[str, tuple[str, str]] = {
    "given_dso_days": ("credit_clients_jours", "days of customer credit, as published"),
    "given_dpo_days": ("credit_fournisseurs_jours", "days of supplier credit, as published"),
    "given_debt_ratio": ("taux_d_endettement", "debts in % of equity, as published"),
    "given_equity_ratio": ("autonomie_financiere", "equity in % of the balance sheet, as published"),
    "given_liquidity_ratio": ("ratio_de_liquidite", "liquidity, as published"),
    "given_interest_cover": ("couverture_des_interets", "interest in % of EBE, as published"),
    "given_repayment_years": ("capacite_de_remboursement", "years of cash flow to repay debts, as published"),
    "given_ebitda_margin": ("marge_ebe", "EBE in % of sales, as published"),
}
"""Ratios kept as published: our name, the field of ratios_inpi_bce, and what it is."""

_PUBLISHED_ITEMS = {
    "sales_excl_tax": "chiffre_d_affaires",
    "ebitda": "ebe",
    "ebit": "ebit",
    "net_income": "resultat_net",
}

ACCOUNTS = Table(
    "accounts",
    "a financial year of a company",
    (
        Column("siren", "text", "SIREN of the company"),
        Column("closing_date", "date", "last day of the financial year"),
        Column("known_date", "date", "since when these accounts are known: filing, or closing plus the legal delay"),
        Column("currency", "text", "ISO 4217 code"),
        Column("months", "number", "length of the financial year"),
        Column("is_confidential", "flag", "True when the company filed its accounts as confidential"),
        *(Column(f"{item}_cents", "cents", f"{what}, minor units", nullable=True) for item, (what, _) in ITEMS.items()),
        *(Column(name, "number", what, nullable=True) for name, (_, what) in GIVEN_RATIOS.items()),
        Column("source_file", "text", "name of the file it was read from"),
        Column("source_line", "integer", "line of that file, or rank of the record in it"),
    ),
)

_FIELDS = {
    "siren": Field("text", ("rcs", "numero siren", "siret"), required=True),
    "closing_date": Field(
        "date", ("date cloture exercice", "date cloture", "date de cloture", "cloture"), required=True
    ),
    "known_date": Field("date", ("date depot", "date de depot", "date publication", "filing date")),
    "months": Field("number", ("duree", "duree exercice", "nb mois", "mois")),
    "confidentiality": Field("text", ("confidentialite", "confidentiel", "confidential")),
    "sheet_type": Field("text", ("type bilan", "type de bilan", "type comptes", "consolide")),
    "currency": Field("text", ("devise", "code devise")),
    **{name: Field("amount", headers) for name, (_, headers) in ITEMS.items()},
}  # fmt: skip
_OTHER_SHEETS = {"k": "consolidated", "b": "bank", "a": "insurance"}
_UNITS = {"units": 1, "thousands": 1_000, "millions": 1_000_000}


@dataclass(frozen=True)
class YearlyAccounts:
    """Financial years read, and what the reading has to say."""

    accounts: pd.DataFrame
    notes: tuple[Message, ...] = ()


def read_accounts(
    path: Path, *, columns: Mapping[str, str] | None = None, currency: str = "EUR", unit: str = "units"
) -> YearlyAccounts:
    """Financial years of a file, by the shape of the file.

    From: a spreadsheet or text file with one row per company and year (SIREN, closing date, items), or the JSON of
          ratios_inpi_bce as its API gives it.
    To:   `ACCOUNTS`, sorted by company and closing; the last of two rows for one closing and one filing is kept.

    Parameters
    ----------
    path
        The file.
    columns
        Header of each field (siren, closing_date, known_date, months, confidentiality, sheet_type, currency and the
        names of `ITEMS`), where the usual headers do not find it.
    currency
        Currency of rows that state none.
    unit
        What one is in the file: `units`, `thousands` (k€) or `millions`.

    """
    if path.name.lower().endswith(".json"):
        return read_published_ratios(_json_records(path), source_file=path.name)
    if unit not in _UNITS:
        raise UsageError(message("Unit '{unit}' is not known. Choose units, thousands or millions.", unit=unit))
    rows = read_columns(path, fields=_FIELDS, columns=columns)
    absent = pd.Series(None, index=rows.index, dtype="str")
    amounts = {f"{n}_cents": rows[n] * _UNITS[unit] for n in ITEMS if n in rows}
    frame = pd.DataFrame(
        {
            "siren_raw": rows["siren"],
            "closing_date": rows["closing_date"],
            "filed_date": rows.get("known_date", pd.Series(pd.NaT, index=rows.index)),
            "months": rows.get("months", pd.Series(12.0, index=rows.index)),
            "confidentiality": rows.get("confidentiality", absent),
            "sheet_type": rows.get("sheet_type", absent),
            "currency": rows.get("currency", absent).fillna(currency),
            **amounts,
            "source_file": rows["source_file"],
            "source_line": rows["source_line"],
        }
    )
    return _gathered(frame, file=path.name, unread=int(rows["unread"].sum()))


def read_published_ratios(records: Sequence[Mapping[str, Any]], *, source_file: str) -> YearlyAccounts:
    """Financial years of ratios_inpi_bce records: ratios as given, and the four items that come with them.

    A zero of `credit_clients_jours` or `credit_fournisseurs_jours` beside sales is an item the source did not have,
    not a company paid on the day: it is left missing.
    """
    fields = [dict(record.get("fields", record)) for record in records]
    if not fields:
        return YearlyAccounts(ACCOUNTS.empty())
    given = pd.DataFrame(fields)
    absent = pd.Series(None, index=given.index, dtype="str")
    items = {
        f"{ours}_cents": (pd.to_numeric(given[theirs], errors="coerce") * 100).round().astype("Int64")
        for ours, theirs in _PUBLISHED_ITEMS.items()
        if theirs in given
    }
    ratios = {
        ours: pd.to_numeric(given[theirs], errors="coerce")
        for ours, (theirs, _) in GIVEN_RATIOS.items()
        if theirs in given
    }
    for name in ("given_dso_days", "given_dpo_days"):
        if name in ratios:
            ratios[name] = ratios[name].mask(ratios[name] == 0)
    frame = pd.DataFrame(
        {
            "siren_raw": given.get("siren", absent).astype("str"),
            "closing_date": pd.to_datetime(given.get("date_cloture_exercice", absent), errors="coerce"),
            "filed_date": pd.Series(pd.NaT, index=given.index),
            "months": 12.0,
            "confidentiality": given.get("confidentiality", absent).astype("str"),
            "sheet_type": given.get("type_bilan", absent).astype("str"),
            "currency": "EUR",
            **items,
            **ratios,
            "source_file": source_file,
            "source_line": range(1, len(given) + 1),
        }
    )
    return _gathered(frame, file=source_file)


def known_accounts(accounts: pd.DataFrame, *, as_of: dt.date) -> pd.DataFrame:
    """The financial years already known at `as_of` (`known_date` on or before it), each as last filed by then."""
    known = accounts[accounts["known_date"] <= pd.Timestamp(as_of)].sort_values(
        ["siren", "closing_date", "known_date"], kind="stable"
    )
    return known.drop_duplicates(["siren", "closing_date"], keep="last").reset_index(drop=True)


def _json_records(path: Path) -> list[Mapping[str, Any]]:
    try:
        read = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as fault:
        raise DataError(
            message(
                "{file} is not a whole JSON file ({fault}). Download it again.", file=path.name, fault=str(fault)[:80]
            )
        ) from None
    if isinstance(read, Mapping):
        read = next((read[key] for key in ("records", "results") if isinstance(read.get(key), list)), [])
    return [record for record in read if isinstance(record, Mapping)]


def _gathered(frame: pd.DataFrame, *, file: str, unread: int = 0) -> YearlyAccounts:
    """Rows with their identifiers repaired, other kinds of accounts set aside, one row per closing."""
    words = frame["sheet_type"].fillna("").map(plain)
    other = words.map(lambda word: _OTHER_SHEETS.get(word) or ("consolidated" if word.startswith("conso") else None))
    frame = frame.assign(siren=repair_siren(frame["siren_raw"].astype("str"))["siren"])
    unusable = frame["siren"].isna() | frame["closing_date"].isna()
    lag = pd.Timedelta(days=PUBLICATION_LAG_DAYS)
    closed = pd.to_datetime(frame["closing_date"])
    frame = frame.assign(
        known_date=pd.to_datetime(frame["filed_date"]).fillna(closed + lag),
        months=frame["months"].where(frame["months"].between(1, 24), 12.0),
        is_confidential=_is_confidential(frame["confidentiality"]),
    )
    kept = ACCOUNTS.conform(frame[other.isna() & ~unusable])[ACCOUNTS.names]
    kept = kept.sort_values(["siren", "closing_date", "known_date", "source_line"], kind="stable")
    repeated = kept.duplicated(["siren", "closing_date", "known_date"], keep="last")
    notes = _notes(file, other=other, unusable=unusable & other.isna(), repeated=int(repeated.sum()),
                   confidential=int(kept["is_confidential"].sum()), kept=len(kept), unread=unread)  # fmt: skip
    return YearlyAccounts(kept[~repeated].reset_index(drop=True), tuple(notes))


def _is_confidential(words: pd.Series) -> pd.Series:
    """Whether the accounts were filed as confidential. « Partiellement »: the balance sheet may still be there."""
    shown = words.fillna("").map(plain)
    return shown.str.startswith(("confidentiel", "confidential", "oui", "true")) & ~shown.str.contains("partiel")


def _notes(
    file: str, *, other: pd.Series, unusable: pd.Series, repeated: int, confidential: int, kept: int, unread: int
) -> Iterable[Message]:
    if other.notna().any():
        yield message(
            "{file}: {count:consolidated, bank or insurance account|consolidated, bank or insurance accounts} "
            "{count:?is|are} left out: {count:?its|their} ratios are not comparable.",
            file=file,
            count=int(other.notna().sum()),
        )
    if unusable.any():
        yield message(
            "{file}: {count:row|rows} {count:?has|have} no valid SIREN or no closing date.",
            file=file,
            count=int(unusable.sum()),
        )
    if repeated:
        yield message(
            "{file}: {count:closing|closings} {count:?is|are} given twice; the last row is kept.",
            file=file,
            count=repeated,
        )
    if confidential:
        yield message(
            "{file}: {count} of {kept} financial years {count:?is|are} confidential; nothing is measured on them.",
            file=file,
            count=confidential,
            kept=kept,
        )
    if unread:
        yield message(
            "{file}: {count:cell|cells} {count:?holds|hold} something that is not an amount or a date.",
            file=file,
            count=unread,
        )
