"""The same comparison between customers alike: strata of equal size and equal terms (Simpson's paradox).

A group may look late only because its customers are large, or have short terms. Within strata s, the overdue that its
exposure would give at the rates of customers alike is Σ_s R_s·E_js (indirect standardisation); what it owes beyond that
cannot come from size or terms.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.ledger.dimensions import SIZE_LEVELS
from riskkit.ledger.group_search import Floats, Integers, crossed, size_strata

MIN_STRATUM = 10  # customers with an open item, below which terms are taken together
CELL = 30  # customers with an open item per stratum, on average, that sizes are parted for


def terms_strata(codes: pd.DataFrame) -> Integers:
    """Stratum of equal terms of each customer; terms of few customers together, one stratum when none is known."""
    if "terms" not in codes:
        return np.zeros(len(codes), dtype=np.int64)
    counts = codes["terms"].value_counts()
    rare = codes["terms"].map(counts) < MIN_STRATUM
    named: Integers = pd.factorize(codes["terms"].where(~rare, ""), sort=True)[0].astype(np.int64)
    return named


def strata_of(codes: pd.DataFrame, sales_cents: Integers, *, count: int, level: str = "") -> Integers:
    """Strata of equal size and terms; of equal terms only for a level that is a size, of equal size for terms.

    Sizes are parted into fewer classes than `count` when customers are few.
    """
    terms = terms_strata(codes) if level != "terms" else np.zeros(len(codes), dtype=np.int64)
    if level in SIZE_LEVELS:
        return terms
    parts = int(terms.max(initial=0)) + 1
    classes = max(1, min(count, len(codes) // (CELL * parts)))
    return crossed(size_strata(sales_cents, count=classes), terms)


def adjusted(positions: pd.DataFrame, codes: pd.DataFrame, *, count: int) -> dict[str, pd.Series]:
    """Overdue in cents that each group would have at the rates of customers alike, by level: it sums to all overdue.

    Rounded by largest remainders. Groups are the index of each series. Only customers with an open item are compared.
    """
    total = int(positions["overdue_cents"].sum())
    live = (positions["open_items_cents"] > 0).to_numpy()
    positions, every, codes = positions[live], codes, codes[live].reset_index(drop=True)
    sales = positions["sales_12m_cents"].to_numpy(np.int64)
    overdue = positions["overdue_cents"].to_numpy(np.float64)
    exposure = positions["open_items_cents"].to_numpy(np.float64)
    usual = strata_of(codes, sales, count=count)
    expected: dict[str, pd.Series] = {}
    for level in codes:
        strata = usual if level not in (*SIZE_LEVELS, "terms") else strata_of(codes, sales, count=count, level=level)
        each = pd.Series(_expected(overdue, exposure, strata)).groupby(codes[level].to_numpy(), sort=True).sum()
        expected[str(level)] = _whole(each.reindex(np.unique(every[level]), fill_value=0.0), total=total)
    return expected


def _expected(overdue: Floats, exposure: Floats, strata: Integers) -> Floats:
    """R_s·e_i of each customer."""
    whole, owed = np.bincount(strata, exposure), np.bincount(strata, overdue)
    rate = np.divide(owed, whole, out=np.zeros(len(whole)), where=whole > 0)
    each: Floats = rate[strata] * exposure
    return each


def _whole(amounts: pd.Series, *, total: int) -> pd.Series:
    """Amounts in whole cents that sum to `total`, by largest remainders."""
    floors = np.floor(amounts + 1e-6).astype("int64")
    missing = total - int(floors.sum())
    if missing:
        step = 1 if missing > 0 else -1
        order = (floors - amounts).sort_values(kind="stable", ascending=step > 0).index
        for code in [order[n % len(order)] for n in range(abs(missing))]:
            floors[code] += step
    whole: pd.Series = floors
    return whole
