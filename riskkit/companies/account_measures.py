"""Measures of a company from its accounts: each with the reason when it cannot be computed.

Formulas of the glossary. Flows of a financial year that is not twelve months long are brought to twelve where they
are compared with a balance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from riskkit.companies.accounts import ITEMS
from riskkit.errors import Message, message

DISTRESS, SAFE = 1.1, 2.6
"""Cuts of Altman's Z'' (1.23 and 2.9 belong to Z')."""

MEASURES: Mapping[str, Message] = {
    "gearing": message("gearing"),
    "solvency_ratio": message("general solvency"),
    "altman_z": message("Altman Z''"),
    "conan_holder": message("Conan-Holder"),
    "dso_days": message("customer credit in days"),
    "dpo_days": message("supplier credit in days"),
    "dpo_purchases_days": message("supplier credit in days, on purchases × 360"),
}
"""Measures and their names."""

REASONS: Mapping[str, Message] = {
    "confidential": message("accounts filed as confidential"),
    "missing_items": message("items missing from the accounts"),
    "equity_not_positive": message("equity is nil or negative: a warning, not a ratio"),
    "no_assets": message("no assets"),
    "no_debts": message("no debts"),
    "no_sales": message("no sales"),
    "no_purchases": message("no purchases"),
    "no_value_added": message("value added is nil or negative"),
}
"""Why a measure is not computable, in words."""


@dataclass(frozen=True)
class _Rule:
    """A measure: the items it needs, the divisors that must be positive with the reason when not, and its formula."""

    needs: tuple[str, ...]
    divisors: tuple[tuple[str, str], ...]


_RULES = {
    "gearing": _Rule(("financial_debts", "cash", "equity"), (("equity", "equity_not_positive"),)),
    "solvency_ratio": _Rule(("total_assets", "total_debts"), (("total_debts", "no_debts"),)),
    "altman_z": _Rule(
        ("current_assets", "current_liabilities", "retained_earnings", "ebit", "equity", "total_debts", "total_assets"),
        (("total_assets", "no_assets"), ("total_debts", "no_debts")),
    ),
    "conan_holder": _Rule(
        ("ebitda", "total_debts", "equity", "long_term_debts", "receivables", "cash", "financial_charges",
         "sales_excl_tax", "staff_costs", "value_added", "total_assets"),
        (("total_assets", "no_assets"), ("total_debts", "no_debts"), ("sales_excl_tax", "no_sales"),
         ("value_added", "no_value_added")),
    ),
    "dso_days": _Rule(("receivables", "sales_excl_tax"), (("sales_excl_tax", "no_sales"),)),
    "dpo_days": _Rule(("supplier_debts", "purchases_excl_tax"), (("purchases_excl_tax", "no_purchases"),)),
    "dpo_purchases_days": _Rule(("supplier_debts", "purchases_excl_tax"), (("purchases_excl_tax", "no_purchases"),)),
}  # fmt: skip


def measure_accounts(accounts: pd.DataFrame, *, vat_rate: float = 0.20) -> pd.DataFrame:
    """The measures of each financial year.

    From: `ACCOUNTS`.
    To:   siren, closing_date, known_date; each of `MEASURES` (float, NaN when not computable) and `<measure>_reason` (a
          key of `REASONS`, missing when computed); `missing_items` (names joined by a comma); same rows.

    Parameters
    ----------
    accounts
        Financial years, items in minor units.
    vat_rate
        Rate that brings sales and purchases to the tax-inclusive basis of receivables and supplier debts. One rate
        for all is a convention: days are over-estimated for a company that exports.

    Notes
    -----
    Gearing: (financial debts − cash) ÷ equity. General solvency: assets ÷ debts. Altman Z'': 6.56 X1 + 3.26 X2 +
    6.72 X3 + 1.05 X4. Conan-Holder: 24 R1 + 22 R2 + 16 R3 − 87 R4 − 10 R5, R2 with equity plus debts due after a
    year. DSO: receivables ÷ (sales × (1 + VAT)) × 365; DPO alike on purchases; `dpo_purchases_days` is supplier debts
    ÷ purchases without tax × 360, another convention in use. Days that the source publishes (`given_dso_days`) stand
    in where the items are not there.

    """
    items = {name: accounts[f"{name}_cents"].astype("Float64").astype("float64") for name in ITEMS}
    year = accounts["months"] / 12
    values = _formulas(items, year=year, vat_rate=vat_rate)
    for days in ("dso_days", "dpo_days"):
        values[days] = values[days].fillna(accounts[f"given_{days}"])
    columns: dict[str, pd.Series] = {name: accounts[name] for name in ("siren", "closing_date", "known_date")}
    for name, rule in _RULES.items():
        reason = _reason(items, rule)
        if name in ("dso_days", "dpo_days"):
            reason = reason.mask(accounts[f"given_{name}"].notna() & (reason == "missing_items"))
        reason = reason.mask(accounts["is_confidential"] & reason.notna(), "confidential")
        columns[name] = values[name].where(reason.isna()).astype("float64")
        columns[f"{name}_reason"] = reason
    needed = sorted({item for rule in _RULES.values() for item in rule.needs}, key=list(ITEMS).index)
    absent = pd.DataFrame({item: items[item].isna() for item in needed}, index=accounts.index)
    columns["missing_items"] = pd.Series(
        [",".join(item for item, gone in zip(needed, row, strict=True) if gone) for row in absent.to_numpy()],
        index=accounts.index,
        dtype="str",
    )
    return pd.DataFrame(columns)


def _formulas(items: Mapping[str, pd.Series], *, year: pd.Series, vat_rate: float) -> dict[str, pd.Series]:
    """Every measure on every row, before asking whether it may be shown."""
    assets, debts, equity = items["total_assets"], items["total_debts"], items["equity"]
    sales, purchases = items["sales_excl_tax"], items["purchases_excl_tax"]
    return {
        "gearing": (items["financial_debts"] - items["cash"]) / equity,
        "solvency_ratio": assets / debts,
        "altman_z": altman_z(
            working_capital=(items["current_assets"] - items["current_liabilities"]) / assets,
            retained_earnings=items["retained_earnings"] / assets,
            ebit=items["ebit"] / year / assets,
            equity=equity / debts,
        ),
        "conan_holder": 24 * items["ebitda"] / year / debts
        + 22 * (equity + items["long_term_debts"]) / assets
        + 16 * (items["receivables"] + items["cash"]) / assets
        - 87 * items["financial_charges"] / sales
        - 10 * items["staff_costs"] / items["value_added"],
        "dso_days": items["receivables"] / (sales * (1 + vat_rate)) * 365 * year,
        "dpo_days": items["supplier_debts"] / (purchases * (1 + vat_rate)) * 365 * year,
        "dpo_purchases_days": items["supplier_debts"] / purchases * 360 * year,
    }


def altman_z(
    *, working_capital: pd.Series, retained_earnings: pd.Series, ebit: pd.Series, equity: pd.Series
) -> pd.Series:
    """Altman's Z'' of companies that are neither listed nor industrial: above 2.6 safe, below 1.1 distress.

    From: the first three as shares of total assets, book equity as a share of total debts.
    """
    return 6.56 * working_capital + 3.26 * retained_earnings + 6.72 * ebit + 1.05 * equity


def altman_zone(z: pd.Series) -> pd.Series:
    """Reading of Z'': safe above 2.6, distress below 1.1, grey between; missing where Z'' is."""
    zone = pd.Series("grey", index=z.index, dtype="str").mask(z > SAFE, "safe").mask(z < DISTRESS, "distress")
    return zone.where(z.notna())


def _reason(items: Mapping[str, pd.Series], rule: _Rule) -> pd.Series:
    """Why a measure cannot be computed on each row; missing where it can."""
    index = items["equity"].index
    absent = _any_missing(items, rule.needs)
    reason = pd.Series(None, index=index, dtype="str")
    for item, code in reversed(rule.divisors):
        reason = reason.mask(items[item] <= 0, code)
    return reason.mask(absent & ~(reason == "equity_not_positive"), "missing_items")


def _any_missing(items: Mapping[str, pd.Series], needed: Sequence[str]) -> pd.Series:
    return pd.concat([items[name].isna() for name in needed], axis=1).any(axis=1)
