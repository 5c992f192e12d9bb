"""A column of the client's own file as groups of customers: words as they are, numbers and dates in honest classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.policy_drivers import DriverPolicy

OTHERS = "others"
FREE_TEXT_SHARE = 0.5  # distinct values per filled cell from which a column names customers instead of grouping them
READ_SHARE = 0.9  # filled cells that must read as numbers, or dates, for the column to be one
MIN_FILLED = 0.05


@dataclass(frozen=True)
class ColumnGroups:
    """The group of each customer (missing stays missing), and the labels of codes that are not their own."""

    codes: pd.Series
    labels: dict[str, str]


def read_column(values: pd.Series, *, policy: DriverPolicy, language: str) -> ColumnGroups | None:
    """The groups that a column makes, or None when it makes none.

    Numbers with many values are cut into `number_classes` classes of equal counts, equal numbers never parted; dates go
    by year; words keep their `max_groups` − 1 most frequent values, the rest together as 'others'. A column that is
    nearly empty, has one value, or is nearly different on each row (a name, a number of file) is left out.
    """
    text = values.astype("str").str.strip()
    text = text.where(text != "")
    filled = text.dropna()
    distinct = filled.nunique()
    if len(filled) < max(2, MIN_FILLED * len(text)) or distinct < 2:
        return None
    numbers = _numbers(filled)
    if numbers.notna().mean() >= READ_SHARE and distinct > policy.number_classes * 2:
        return _number_groups(numbers.reindex(text.index), classes=policy.number_classes, language=language)
    days = pd.to_datetime(
        filled.where(filled.str.contains(r"\d{4}[-/]\d|\d[-/]\d{4}")), errors="coerce", format="mixed"
    )
    if days.notna().mean() >= READ_SHARE:
        years = days.dt.year.astype("Int64").astype("str").reindex(text.index).astype("str")
        return _word_groups(years, policy=policy, language=language) if len(years.dropna().unique()) > 1 else None
    if distinct > FREE_TEXT_SHARE * len(filled) and distinct > 10:
        return None
    return _word_groups(text, policy=policy, language=language)


def _numbers(text: pd.Series) -> pd.Series:
    plain = text.str.replace(r"[\s\u00a0\u202f€%]", "", regex=True).str.replace(",", ".", regex=False)
    return pd.to_numeric(plain, errors="coerce").replace([np.inf, -np.inf], np.nan)


def _number_groups(numbers: pd.Series, *, classes: int, language: str) -> ColumnGroups | None:
    known = numbers.dropna()
    edges = np.unique(np.quantile(known, np.linspace(0, 1, classes + 1)))
    if len(edges) < 3:
        return None
    place = np.clip(np.searchsorted(edges, known, side="right") - 1, 0, len(edges) - 2)
    codes = pd.Series([f"{n + 1:02d}" for n in place.tolist()], index=known.index, dtype="str").reindex(numbers.index)
    to = {"fr": "à"}.get(language, "to")
    spans = known.groupby(place).agg(["min", "max"])
    labels = {
        f"{int(n) + 1:02d}": f"{_number(low, language)} {to} {_number(high, language)}"
        for n, low, high in spans.itertuples(name=None)
    }
    return ColumnGroups(codes.astype("str"), labels)


def _number(value: float, language: str) -> str:
    """A number as its reader writes it: 1 413 550,5 or 1,413,550.5."""
    written = f"{value:,.10g}"
    if language != "fr":
        return written
    return written.replace(",", "\u202f").replace(".", ",")


def _word_groups(text: pd.Series, *, policy: DriverPolicy, language: str) -> ColumnGroups:
    counts = text.value_counts()
    ordered = counts.sort_index().sort_values(ascending=False, kind="stable")
    if len(ordered) <= policy.max_groups:
        return ColumnGroups(text, {})
    kept = set(ordered.index[: policy.max_groups - 1])
    codes = text.where(text.isin(kept) | text.isna(), OTHERS)
    return ColumnGroups(codes, {OTHERS: {"fr": "Autres"}.get(language, "Others")})
