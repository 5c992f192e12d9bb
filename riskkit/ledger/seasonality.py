"""Seasonality: by how much each calendar month departs from the year, with an interval, or why nothing is said.

Each measure is a series of whole months. Its calendar months are compared by least squares with a straight trend:
effects add up to 0 over the twelve months. Under two full years nothing can be told from chance, and nothing is said.
"""

from __future__ import annotations

import datetime as dt

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from riskkit.engine import Lazy
from riskkit.errors import message
from riskkit.ledger.book import BEHAVIOUR_KINDS
from riskkit.ledger.items_settled import SettledLedger
from riskkit.ledger.month_calendar import last_whole_month, month_of, month_start
from riskkit.schemas import Column, Table

c = nw.col
MIN_MONTHS = 24
LATE_DAYS = 30
CAPPED_DAYS = 90

SEASONALITY = Table(
    "seasonality",
    "a calendar month, and how a measure departs from its year in that month",
    (
        Column(
            "measure",
            "text",
            "sales_amount (by month of issue), unpaid_after_30_days_share and days_late_capped_days (0 to 90, by "
            "month of the due date)",
        ),
        Column("calendar_month", "integer", "1 January to 12 December"),
        Column("unit", "text", "share (of the mean month: −0.4 is 40 % less), points (of a rate) or days"),
        Column("effect", "number", "departure from the year; missing when not computable", nullable=True),
        Column("low", "number", "lower end of its interval", nullable=True),
        Column("high", "number", "upper end of its interval", nullable=True),
        Column("level", "number", "mean of the measure over the months observed", nullable=True),
        Column("months_count", "integer", "times that this calendar month was observed"),
        Column("reason", "text", "why there is no effect", nullable=True),
    ),
)
UNITS = {"sales_amount": "share", "unpaid_after_30_days_share": "points", "days_late_capped_days": "days"}


def seasonality(ledger: SettledLedger) -> pd.DataFrame:
    """The effect of each calendar month on sales and on lateness: `SEASONALITY`."""
    series = monthly_series(ledger)
    tables = [
        month_effects(values, measure=name, is_relative=UNITS[name] == "share", confidence=ledger.policy.confidence)
        for name, values in series.items()
    ]
    return SEASONALITY.conform(pd.concat(tables, ignore_index=True))


def monthly_series(ledger: SettledLedger) -> dict[str, pd.Series]:
    """Each measure by month (integer), for the months of which everything is known at `as_of`."""
    return {
        "sales_amount": _sales(ledger),
        "unpaid_after_30_days_share": _unpaid_share(ledger),
        "days_late_capped_days": _days_late(ledger),
    }


def month_effects(values: pd.Series, *, measure: str, is_relative: bool, confidence: float) -> pd.DataFrame:
    """Effects of the twelve calendar months on a monthly series.

    From: values by month (integer, see `month_calendar`), missing months left out.
    To:   `SEASONALITY` rows of that measure. Relative effects are ratios − 1, from logarithms.

    Notes
    -----
    Ordinary least squares on twelve month effects of sum 0, a level and a trend; Student intervals. It supposes that
    months are independent once level, trend and season are taken away: see the glossary.
    """
    observed = values[values > 0] if is_relative else values
    counts = [int((observed.index % 12 == month).sum()) for month in range(12)]
    rows = pd.DataFrame(
        {
            "measure": measure,
            "calendar_month": range(1, 13),
            "unit": UNITS.get(measure, "days"),
            "level": float(observed.mean()) if len(observed) else np.nan,
            "months_count": counts,
        }
    )
    if len(observed) < MIN_MONTHS or min(counts) < 2:
        why = message("needs {needed} whole months, each seen twice; {known} {known:?is|are} known", needed=MIN_MONTHS,
                      known=len(observed))  # fmt: skip
        return SEASONALITY.conform(rows.assign(effect=np.nan, low=np.nan, high=np.nan, reason=str(why)))
    effect, margin = _least_squares(observed, is_relative=is_relative, confidence=confidence)
    low, high = effect - margin, effect + margin
    if is_relative:
        effect, low, high = np.expm1(effect), np.expm1(low), np.expm1(high)
    return SEASONALITY.conform(rows.assign(effect=effect, low=low, high=high, reason=None))


def _least_squares(values: pd.Series, *, is_relative: bool, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.stats import t

    month = values.index.to_numpy() % 12
    contrasts = np.vstack([np.eye(11), -np.ones(11)])  # effects of sum 0: December is minus the others
    trend = values.index.to_numpy(dtype="float64")
    design = np.column_stack([np.ones(len(values)), trend - trend.mean(), contrasts[month]])
    target = np.log(values.to_numpy(dtype="float64")) if is_relative else values.to_numpy(dtype="float64")
    solved, *_ = np.linalg.lstsq(design, target, rcond=None)
    freedom = len(values) - design.shape[1]
    variance = float(((target - design @ solved) ** 2).sum()) / freedom
    covariance = variance * np.linalg.inv(design.T @ design)[2:, 2:]
    errors = np.sqrt(np.einsum("ij,jk,ik->i", contrasts, covariance, contrasts))
    return contrasts @ solved[2:], errors * float(t.ppf((1 + confidence) / 2, freedom))


def _sales(ledger: SettledLedger) -> pd.Series:
    """Net sales in currency units by whole month that the ledger covers."""
    first = _first_whole_month(ledger)
    sold = ledger.book.invoices.filter(c("is_sale") & (c("issue_date") <= ledger.as_of))
    by_day = sold.group_by("issue_date").agg(c("amount_cents").sum().cast(nw.Int64))
    frame = by_day.select("amount_cents", year=c("issue_date").dt.year(), month=c("issue_date").dt.month())
    days: pd.DataFrame = frame.collect(backend="pandas").to_native()
    months = days["year"].astype("int64") * 12 + days["month"].astype("int64") - 1
    sums = days["amount_cents"].groupby(months).sum() / 100
    return sums[(sums.index >= first) & (sums.index <= ledger.last_month)].sort_index()


def _unpaid_share(ledger: SettledLedger) -> pd.Series:
    """Part of what fell due in a month that was unpaid 30 days after its due date."""
    behaves = c("kind").is_in(BEHAVIOUR_KINDS)
    due = _by_month(ledger.items.filter(behaves), c("cents") - c("credited"))
    by_then = (c("way") != "credited") & (c("day") <= c("due_day") + LATE_DAYS)
    settled = _by_month(ledger.flows.filter(behaves & by_then), c("cents"))
    return _whole(1 - settled.reindex(due.index, fill_value=0) / due[due > 0], ledger, after=LATE_DAYS)


def _days_late(ledger: SettledLedger) -> pd.Series:
    """Mean days late by euro, each between 0 and 90, of what fell due in a month: what is unpaid then counts 90."""
    behaves = c("kind").is_in(BEHAVIOUR_KINDS)
    due = _by_month(ledger.items.filter(behaves), c("cents") - c("credited"))
    late = c("day") - c("due_day")
    capped = nw.when(late > CAPPED_DAYS).then(nw.lit(CAPPED_DAYS)).when(late > 0).then(late).otherwise(nw.lit(0))
    settled = ledger.flows.filter(behaves & (c("way") != "credited"))
    weighted = _by_month(settled, c("cents") * capped)
    still = _by_month(ledger.items.filter(behaves), c("open"))
    sums = weighted.reindex(due.index, fill_value=0) + CAPPED_DAYS * still.reindex(due.index, fill_value=0)
    return _whole(sums / due[due > 0], ledger, after=CAPPED_DAYS)


def _by_month(frame: Lazy, cents: nw.Expr) -> pd.Series:
    summed = frame.filter(~c("due_month").is_null()).group_by("due_month").agg(cents=cents.sum().cast(nw.Int64))
    found: pd.DataFrame = summed.collect(backend="pandas").to_native()
    return found.set_index("due_month")["cents"].sort_index()


def _whole(values: pd.Series, ledger: SettledLedger, *, after: int) -> pd.Series:
    """Months that the ledger covers whole and that ended so many days before `as_of`: all of them is known."""
    last = last_whole_month(ledger.as_of - dt.timedelta(days=after))
    return values[(values.index >= _first_whole_month(ledger)) & (values.index <= last)].dropna()


def _first_whole_month(ledger: SettledLedger) -> int:
    month = month_of(ledger.coverage_start)
    return month if month_start(month) == ledger.coverage_start else month + 1
