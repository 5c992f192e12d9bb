"""Every measure for every group of customers, at the date of the run and over the months: sums of customers' sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Lazy, lazy
from riskkit.ledger.book import Book
from riskkit.ledger.measures import MEASURES, measure_all
from riskkit.ledger.measures_balance import BALANCE_MEASURES
from riskkit.ledger.month_calendar import as_dates
from riskkit.ledger.sums import Sums
from riskkit.policy import Policy
from riskkit.schemas import Column, Table

c = nw.col
UNKNOWN = "unknown"
MAX_GROUPS = 40
FOLLOWED = (
    "receivables_amount",
    "overdue_amount",
    "overdue_share",
    "sales_12m_amount",
    "dso_days",
    "countback_dso_days",
    "days_beyond_terms_days",
    "at_risk_rate",
    "customers_count",
)
"""Measures whose months are kept for each group; every measure is kept at the date of the run."""

GROUP_MEASURES = Table(
    "group_measures",
    "a measure of a group of customers at the date of the run, or at a month end for those that are followed",
    (
        Column("dimension", "text", "column of `customers` that makes the groups"),
        Column("group", "text", "its value; unknown where it is missing"),
        Column("as_of", "date", "the valuation date; nothing later was known"),
        Column("measure", "text", "name of the measure, its unit in the suffix"),
        Column("value", "number", "amounts in currency units, rates as shares of 1", nullable=True),
        Column("reason", "text", "why it is not computable", nullable=True),
    ),
)


def dimensions_of(customers: pd.DataFrame, *, largest: int = MAX_GROUPS) -> list[str]:
    """Columns of customers that make groups: text, with 2 to `largest` values, that do not name or number customers."""
    left_out = {"customer_id", "name", "siren", "siren_raw", "address", "postcode", "town", "debtor_id", "source_file"}
    found = []
    for name in customers.columns:
        values = customers[name]
        is_text = pd.api.types.is_string_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)
        is_named = name in left_out or str(name).endswith(("_source", "_repair"))
        if not is_named and is_text and 2 <= values.nunique(dropna=False) <= largest:
            found.append(str(name))
    return found


def group_measures(
    book: Book,
    sums: Lazy,
    customers: pd.DataFrame,
    *,
    dimensions: Sequence[str],
    dates: Sequence[dt.date],
    policy: Policy,
) -> pd.DataFrame:
    """Measures by group: `GROUP_MEASURES`, dimension by dimension; groups and customers without a movement have no row.

    Parameters
    ----------
    book
        Its invoices give the monthly sales of the count-back DSO.
    sums
        `totals.customer_sums` at `dates`.
    customers
        customer_id and a column for each dimension; a customer absent from it is unknown.
    dimensions
        Names of columns.
    dates
        Month ends, and the date of the run last.

    """
    tables = []
    sold = _sold(book, until=dates[-1])
    for dimension in dimensions:
        keyed = _keyed(book, customers, dimension)
        monthly = _monthly_sales(sold, keyed)
        summed = _summed(sums, keyed)
        tables.append(_table(summed, monthly, book=book, dates=dates, policy=policy).assign(dimension=dimension))
    return GROUP_MEASURES.conform(pd.concat(tables, ignore_index=True)) if tables else GROUP_MEASURES.empty()


def _keyed(book: Book, customers: pd.DataFrame, dimension: str) -> Lazy:
    groups = customers[dimension].astype("str").where(customers[dimension].notna(), UNKNOWN)
    frame = pd.DataFrame({"customer_id": customers["customer_id"], "group": groups.astype("str")})
    return lazy(book.connection, frame)


def _grouped(frame: Lazy, keyed: Lazy) -> Lazy:
    joined = frame.join(keyed, on="customer_id", how="left")
    return joined.with_columns(group=nw.when(c("group").is_null()).then(nw.lit(UNKNOWN)).otherwise(c("group")))


def _summed(sums: Lazy, keyed: Lazy) -> pd.DataFrame:
    names = [name for name in sums.collect_schema().names() if name not in ("as_of", "customer_id")]
    grouped = _grouped(sums, keyed).group_by("group", "as_of").agg(*[c(name).sum().cast(nw.Int64) for name in names])
    found: pd.DataFrame = grouped.collect(backend="pandas").to_native()
    return found.sort_values(["group", "as_of"], ignore_index=True)


def _sold(book: Book, *, until: dt.date) -> Lazy:
    """Net sales in cents by customer and calendar month; the last month stops at `until`."""
    day = c("issue_date")
    sold = book.invoices.filter(c("is_sale") & (day <= until))
    dated = sold.select("customer_id", "amount_cents", year=day.dt.year(), month=day.dt.month())
    return book.keep(dated.group_by("customer_id", "year", "month").agg(c("amount_cents").sum().cast(nw.Int64)))


def _monthly_sales(sold: Lazy, keyed: Lazy) -> dict[str, dict[tuple[int, int], float]]:
    """The same by group."""
    grouped = _grouped(sold, keyed).group_by("group", "year", "month").agg(c("amount_cents").sum().cast(nw.Int64))
    found: pd.DataFrame = grouped.collect(backend="pandas").to_native()
    sales: dict[str, dict[tuple[int, int], float]] = {}
    for group, year, month, cents in found[["group", "year", "month", "amount_cents"]].itertuples(index=False):
        sales.setdefault(str(group), {})[int(year), int(month)] = float(cents)
    return sales


def _table(
    summed: pd.DataFrame,
    monthly: Mapping[str, dict[tuple[int, int], float]],
    *,
    book: Book,
    dates: Sequence[dt.date],
    policy: Policy,
) -> pd.DataFrame:
    every = [name for name in MEASURES if name not in BALANCE_MEASURES]
    own = [measure.name for measure in policy.measures.own]
    rows: list[tuple[str, int, str, float | None, str | None]] = []
    columns = [name for name in summed.columns if name not in ("group", "as_of")]
    for record in summed.to_dict("records"):
        group, day = str(record["group"]), int(record["as_of"])
        date = dt.date.fromordinal(day)
        names = [*every, *own] if date == dates[-1] else FOLLOWED
        sums = Sums(
            {name: int(record[name]) for name in columns}, monthly.get(group, {}), date, book.coverage_start, policy
        )
        for name, measure in measure_all(sums, names=names).items():
            reason = str(measure.reason) if measure.reason else None
            rows.append((group, day, name, measure.shown(name), reason))
    table = pd.DataFrame(rows, columns=["group", "day", "measure", "value", "reason"])
    return table.assign(as_of=as_dates(table["day"])).drop(columns="day")
