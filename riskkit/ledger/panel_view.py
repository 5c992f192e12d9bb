"""What a selection of a run's customers, months and amounts adds up to: every figure that a panel shows.

Without a filter each figure is that of the run's tables, to the cent.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.ledger.panel import Attribute, Cents, Codes, Facts, Panel

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
YEAR_DAYS = 365
DRAWS = 300
MAX_CELLS = 6_000_000  # draws × customers of the bootstrap weights: 24 MB
MIN_CUSTOMERS = 5


@dataclass(frozen=True)
class Selection:
    """What is kept: customers by the values of their columns, documents by their month of issue and their amount.

    `filters`: column and the values kept, in the order chosen; a customer is kept when every column allows it. Months
    are (year, month), both included. Amounts are those of whole invoices in cents, both ends included, without sign.
    """

    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    month_from: tuple[int, int] | None = None
    month_to: tuple[int, int] | None = None
    amount_from_cents: int | None = None
    amount_to_cents: int | None = None

    @property
    def is_on_documents(self) -> bool:
        """Whether documents are filtered, not only customers: balances then do not follow from what is kept."""
        bounds = (self.month_from, self.month_to, self.amount_from_cents, self.amount_to_cents)
        return any(bound is not None for bound in bounds)

    def keep(self, column: str, *keys: str) -> Selection:
        """The selection with one column's values replaced; without keys the column filters no more."""
        before = dict(self.filters)
        if not keys:
            before.pop(column, None)
        else:
            before[column] = keys
        return replace(self, filters=tuple(before.items()))


@dataclass(frozen=True)
class View:
    """A selection added up. Money is cents.

    `totals`: customers_count (with something open), overdue_customers_count, items_count, overdue_items_count, open,
    overdue, unapplied, receivables, sales_12m, sales (of the months kept). `ages`: open by bucket. `groups`,
    `customers`: one row each, see `group_rows`. `history`: one row per month end. `items`: rows of the open items kept.
    """

    selection: Selection
    by: str
    totals: dict[str, int]
    dso_days: float | None
    ages: Cents
    groups: pd.DataFrame
    customers: pd.DataFrame
    history: pd.DataFrame
    items: Rows


def look(panel: Panel, selection: Selection, *, by: str) -> View:
    """Everything a panel shows of a selection.

    Parameters
    ----------
    panel
        The run.
    selection
        What is kept. A column or value that the run does not have keeps nobody.
    by
        Column to group by.

    """
    kept = kept_customers(panel, selection)
    items = _kept(panel.items.facts, kept, selection)
    credits, sales = _kept(panel.credits, kept, selection), _kept(panel.sales, kept, selection)
    customers = _customer_sums(panel, items, credits, sales)
    groups = group_rows(panel, customers, panel.attributes[by])
    by_bucket = np.bincount(panel.items.bucket[items], panel.items.facts.cents[items], len(panel.buckets))
    totals = {name: int(customers[name].sum()) for name in ("open", "overdue", "unapplied", "sales_12m", "sales")}
    totals["receivables"] = totals["open"] - totals["unapplied"]
    totals["items_count"], totals["overdue_items_count"] = len(items), int(panel.items.is_overdue[items].sum())
    totals["customers_count"] = int((customers["open"] > 0).sum())
    totals["overdue_customers_count"] = int((customers["overdue"] > 0).sum())
    return View(
        selection=selection,
        by=by,
        totals=totals,
        dso_days=_dso(panel, selection, sales, totals["receivables"]),
        ages=_whole(by_bucket),
        groups=groups,
        customers=customers,
        history=_history(panel, kept),
        items=items,
    )


def kept_customers(panel: Panel, selection: Selection) -> Flags:
    """Whether each customer is kept by the values of its columns."""
    kept: Flags = np.ones(panel.customers_count, dtype=bool)
    for column, keys in selection.filters:
        attribute = panel.attributes.get(column)
        if attribute is None:
            return np.zeros_like(kept)
        allowed = np.zeros(len(attribute.keys), dtype=bool)
        allowed[[code for code in map(attribute.code, keys) if code is not None]] = True
        kept &= allowed[attribute.codes]
    return kept


def group_rows(panel: Panel, customers: pd.DataFrame, attribute: Attribute) -> pd.DataFrame:
    """The groups of a column among the customers kept, largest overdue first.

    To: code, debtors_count (customers with something open), overdue_customers_count, open, overdue, unapplied,
        sales_12m, sales, one column a bucket,
        exposure_share, overdue_share (with low and high: a 95 % bootstrap by customer; missing for a group of fewer
        than five customers with something open), lift (overdue_share ÷ exposure_share, with low and high), excess
        (overdue beyond the group's part of exposure). Shares are missing where their total is not positive.
    """
    count = len(attribute.keys)
    codes = attribute.codes[customers.index.to_numpy()]
    money = [*panel.buckets, "open", "overdue", "unapplied", "sales_12m", "sales"]
    sums: dict[str, Any] = {name: _whole(np.bincount(codes, customers[name], count)) for name in money}
    owes, late = customers["open"].to_numpy() > 0, customers["overdue"].to_numpy() > 0
    groups = pd.DataFrame(
        {
            "code": np.arange(count),
            "present": np.bincount(codes, minlength=count),
            "debtors_count": np.bincount(codes[owes], minlength=count),
            "overdue_customers_count": np.bincount(codes[late], minlength=count),
            **sums,
        }
    )
    overdue, exposure = int(groups["overdue"].sum()), int(groups["open"].sum())
    groups["exposure_share"] = groups["open"] / exposure if exposure > 0 else np.nan
    groups["overdue_share"] = groups["overdue"] / overdue if overdue > 0 else np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        groups["lift"] = (groups["overdue_share"] / groups["exposure_share"]).where(groups["open"] > 0)
    groups["excess"] = groups["overdue"] - groups["open"] * (overdue / exposure if exposure > 0 else 0.0)
    many = int(owes.sum()) >= MIN_CUSTOMERS and overdue > 0
    groups = groups.assign(**_intervals(customers, codes, count, owes if many else np.zeros_like(owes)))
    present = groups.pop("present") > 0
    return groups[present].sort_values(["overdue", "open", "code"], ascending=[False, False, True], ignore_index=True)


def _customer_sums(panel: Panel, items: Rows, credits: Rows, sales: Rows) -> pd.DataFrame:
    """Sums by customer of the documents kept; only customers with something kept; the index is their number."""
    count, facts = panel.customers_count, panel.items.facts
    width = len(panel.buckets)
    cells = facts.customer[items].astype(np.int64) * width + panel.items.bucket[items]
    ages = _whole(np.bincount(cells, facts.cents[items], count * width)).reshape(count, width)
    late = items[panel.items.is_overdue[items]]
    first = (panel.as_of - dt.date(1970, 1, 1)).days - YEAR_DAYS
    recent = sales[panel.sales.day[sales] > first]
    table = pd.DataFrame(ages, columns=list(panel.buckets))
    for name, source, rows in (
        ("open", facts, items),
        ("overdue", facts, late),
        ("unapplied", panel.credits, credits),
        ("sales_12m", panel.sales, recent),
        ("sales", panel.sales, sales),
    ):
        table[name] = _whole(np.bincount(source.customer[rows], source.cents[rows], count))
    table["items_count"] = np.bincount(facts.customer[items], minlength=count)
    days = pd.to_numeric(panel.items.shown["days_past_due"]).fillna(0).to_numpy(dtype=np.int64)
    oldest = np.zeros(count, dtype=np.int64)
    np.maximum.at(oldest, facts.customer[late], days[late])
    table["oldest_days"] = oldest
    return table[(table[["open", "unapplied", "sales", "items_count"]] != 0).any(axis=1)]


def _kept(facts: Facts, customers: Flags, selection: Selection) -> Rows:
    """Rows of the facts that the selection keeps."""
    kept = customers[facts.customer]
    if selection.month_from is not None:
        kept &= facts.month >= _month(selection.month_from)
    if selection.month_to is not None:
        kept &= facts.month <= _month(selection.month_to)
    if selection.amount_from_cents is not None:
        kept &= facts.size >= selection.amount_from_cents
    if selection.amount_to_cents is not None:
        kept &= facts.size <= selection.amount_to_cents
    return np.flatnonzero(kept)


def _dso(panel: Panel, selection: Selection, sales: Rows, receivables: int) -> float | None:
    """Receivables ÷ sales of the window × its days; None when documents are filtered or nothing was sold."""
    covered = (panel.as_of - panel.coverage_start).days + 1
    days = min(panel.dso_window_days, covered)
    origin = dt.date(1970, 1, 1)
    first = max((panel.as_of - origin).days - panel.dso_window_days, (panel.coverage_start - origin).days - 1)
    sold = int(panel.sales.cents[sales][panel.sales.day[sales] > first].sum())
    return None if selection.is_on_documents or sold <= 0 or days < 28 else receivables / sold * days


def _history(panel: Panel, kept: Flags) -> pd.DataFrame:
    """By month end: each bucket, open, overdue, receivables and sales of the customers kept, whole documents."""
    months = panel.months
    whole = bool(kept.all())
    rows = slice(None) if whole else np.flatnonzero(kept[months.customer])
    count, places = len(months.dates), months.date[rows]
    table = pd.DataFrame(
        {
            code: _whole(np.bincount(places, months.buckets[rank, rows], count))
            for rank, code in enumerate(panel.buckets)
        }
    )
    late = [code for code in panel.buckets if code not in ("not_due", "undated")]
    table["open"], table["overdue"] = table[list(panel.buckets)].sum(axis=1), table[late].sum(axis=1)
    table["receivables"] = _whole(np.bincount(places, months.receivables[rows], count))
    table["sales"] = _whole(np.bincount(places, months.sales[rows], count))
    table.insert(0, "as_of", pd.to_datetime(list(months.dates)))
    return table


def _intervals(customers: pd.DataFrame, codes: Codes, count: int, live: Flags) -> dict[str, npt.NDArray[np.float64]]:
    """Ends of overdue_share and lift of each group over customers drawn anew (Poisson weights, one fixed seed)."""
    names = ("overdue_share_low", "overdue_share_high", "lift_low", "lift_high")
    ends = {name: np.full(count, np.nan) for name in names}
    rows = np.flatnonzero(live)
    if len(rows) < MIN_CUSTOMERS:
        return ends
    rows = rows[np.argsort(codes[rows], kind="stable")]
    groups, starts = np.unique(codes[rows], return_index=True)
    weights = _weights(int(customers.index.max()) // 1_000 * 1_000 + 1_000)[customers.index.to_numpy()[rows]]
    late, owed = (customers[name].to_numpy(dtype=np.float32)[rows, None] for name in ("overdue", "open"))
    overdue = np.add.reduceat(weights * late, starts).T.astype(np.float64)
    exposure = np.add.reduceat(weights * owed, starts).T.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = overdue / overdue.sum(axis=1, keepdims=True)
        lift = share / (exposure / exposure.sum(axis=1, keepdims=True))
    many = np.diff(np.append(starts, len(rows))) >= MIN_CUSTOMERS
    for name, drawn in (("overdue_share", share), ("lift", lift)):
        kept = drawn[:, many]
        quantile = np.quantile if np.isfinite(kept).all() else np.nanquantile  # a group drawn empty says nothing
        ends[f"{name}_low"][groups[many]], ends[f"{name}_high"][groups[many]] = quantile(kept, [0.025, 0.975], axis=0)
    return ends


@lru_cache(maxsize=2)
def _weights(customers: int) -> npt.NDArray[np.float32]:
    """How often each customer is drawn in each draw: customers × draws."""
    draws = max(50, min(DRAWS, MAX_CELLS // customers))
    return np.random.default_rng(20_240_101).poisson(1.0, (customers, draws)).astype(np.float32)


def _month(month: tuple[int, int]) -> int:
    return month[0] * 12 + month[1] - 1


def _whole(sums: npt.NDArray[Any]) -> Cents:
    """Sums of whole cents, exact below 2^53, as integers."""
    cents: Cents = np.rint(sums).astype(np.int64)
    return cents
