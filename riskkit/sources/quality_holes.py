"""Months that should hold invoices or payments and do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.sources.quality_evidence import Evidence, Found

CHANCE = 0.01
THIN_SHARE = 0.10
HALF_WINDOW_MONTHS = 6
SHOWN_MONTHS = 6
STRAY_SHARE = 0.005


def find_holes(evidence: Evidence) -> list[Found]:
    """Findings on holes in time, invoices and payments apart."""
    invoices = evidence.invoices[evidence.invoices["is_sale"] & (evidence.invoices["amount_cents"] > 0)]
    payments = evidence.payments[evidence.payments["amount_cents"] > 0]
    return [
        *_holes("hole_invoices", "invoices", invoices, invoices["issue_date"], evidence),
        *_holes("hole_payments", "payments", payments, payments["payment_date"], evidence),
    ]


def hole_months(counts: pd.Series) -> pd.Series:
    """Which months of a run of monthly counts are too empty to be chance.

    From: counts, one value a month, in order, by a monthly period index.
    To:   a flag a month.

    Notes
    -----
    What a month should hold is the median of the thirteen months around it, or what the same month of other years
    holds when that is less (a business that closes in August has no hole in August). A month is a hole when it holds
    at most `THIN_SHARE` of that, and a count as low would arise anywhere in the history with a probability below
    `CHANCE`: Chernoff bound of a Poisson law, exp(−(λ − k + k ln(k ÷ λ))), λ and k divided by the dispersion of the
    other months, times the number of months (12 at least). Below about seven rows a month nothing is ever flagged.
    """
    expected = expected_counts(counts)
    spread = (counts - expected).abs()[counts > 0].median()
    middle = float(expected.median())
    dispersion = max(1.0, (1.4826 * float(spread)) ** 2 / middle) if middle > 0 and spread == spread else 1.0
    rate = expected.to_numpy(dtype="float64") / dispersion
    seen = counts.to_numpy(dtype="float64") / dispersion
    usual = np.maximum(rate, 1e-12)
    logs = np.where(seen > 0, seen * np.log(np.maximum(seen, 1e-12) / usual), 0.0)
    chance = np.exp(-(rate - seen + logs)) * max(len(counts), 12)
    return pd.Series((seen <= THIN_SHARE * rate) & (rate > 0) & (chance < CHANCE), index=counts.index)


def expected_counts(counts: pd.Series) -> pd.Series:
    """What each month should hold; see `hole_months`."""
    window = 2 * HALF_WINDOW_MONTHS + 1
    around = counts.astype("float64").rolling(window, center=True, min_periods=1).median()
    months = pd.PeriodIndex(counts.index).month
    by_month = counts.groupby(months)
    others = by_month.transform("max").where(by_month.transform("size") > 1)
    return around.where(~(others < around), others.astype("float64"))


def _holes(code: str, table: str, frame: pd.DataFrame, days: pd.Series, evidence: Evidence) -> list[Found]:
    believed = days[(days >= evidence.coverage_start) & (days <= evidence.as_of) & (days <= evidence.plausible_end)]
    if len(believed) < 2:
        return []
    ordered = believed.sort_values(ignore_index=True)
    start = max(evidence.coverage_start, pd.Timestamp(ordered.iloc[int(STRAY_SHARE * len(ordered))]))
    first = start.to_period("M") + (1 if start.day > 1 else 0)
    last = (evidence.as_of + pd.Timedelta(days=1)).to_period("M") - 1
    if last < first:
        return []
    index = pd.period_range(first, last, freq="M")
    months = believed.dt.to_period("M")
    counts = months.value_counts().reindex(index, fill_value=0)
    money = frame.loc[believed.index, "amount_cents"].groupby(months).sum().reindex(index, fill_value=0)
    empty = counts.index[hole_months(counts)]
    if len(empty) == 0:
        return []
    usual = money.rolling(2 * HALF_WINDOW_MONTHS + 1, center=True, min_periods=1).median()
    missing = (usual - money)[empty].clip(lower=0).round().astype("int64")
    rows = pd.DataFrame(
        {
            "table": table,
            "row_id": [str(month) for month in empty],
            "source_file": None,
            "source_line": None,
            "amount_cents": missing.to_numpy(),
        }
    )
    shown = [f"{month:%m/%Y}" for month in empty[:SHOWN_MONTHS]] + (["…"] if len(empty) > SHOWN_MONTHS else [])
    return [Found(code, rows, "", {"months": ", ".join(shown)})]
