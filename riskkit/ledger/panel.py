"""The tables of a run as arrays that any filter on customers, months and amounts can add up again at once.

Money is int64 cents. A column of the customers is codes into the values it takes; code 0 is what is not known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.int32]
Cents = npt.NDArray[np.int64]

UNKNOWN = ""
CUSTOMER = "customer_id"


@dataclass(frozen=True)
class Attribute:
    """A column of the customers: the code of each customer into `keys` (values, sorted) and `labels` (their names).

    `keys[0]` is `UNKNOWN`. `parents`, for a level of a hierarchy, is the code of each value in the level above.
    """

    name: str
    codes: Codes
    keys: tuple[str, ...]
    labels: tuple[str, ...]

    def code(self, key: str) -> int | None:
        """The code of a value, or None when no customer has it."""
        return self._codes_by_key.get(key)

    @cached_property
    def _codes_by_key(self) -> dict[str, int]:
        return {key: code for code, key in enumerate(self.keys)}


@dataclass(frozen=True)
class Facts:
    """Dated amounts of customers, one row each: customer (row number), month (year × 12 + month − 1), day, cents.

    `size` is the amount that a filter by amount looks at, whole and without sign; `cents` is what is added up.
    """

    customer: Codes
    month: Codes
    day: Codes
    cents: Cents
    size: Cents


@dataclass(frozen=True)
class OpenItems:
    """Open items: their facts (`cents` is what is still open), their bucket (code) and whether they are overdue."""

    facts: Facts
    bucket: Codes
    is_overdue: npt.NDArray[np.bool_]
    shown: pd.DataFrame


@dataclass(frozen=True)
class MonthEnds:
    """Balances and sales by customer and month end: `date` is the place in `dates`; one row of `buckets` a bucket."""

    dates: tuple[dt.date, ...]
    customer: Codes
    date: Codes
    buckets: Cents
    receivables: Cents
    sales: Cents


@dataclass(frozen=True)
class Panel:
    """A run, ready to be filtered. Customers are numbered by their place in `customer_ids`."""

    as_of: dt.date
    currency: str
    coverage_start: dt.date
    dso_window_days: int
    customer_ids: tuple[str, ...]
    names: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    buckets: tuple[str, ...]
    items: OpenItems
    credits: Facts
    sales: Facts
    months: MonthEnds

    @property
    def customers_count(self) -> int:
        """How many customers the ledger has."""
        return len(self.customer_ids)


def make_panel(
    tables: Mapping[str, pd.DataFrame],
    *,
    as_of: dt.date,
    currency: str,
    coverage_start: dt.date,
    dso_window_days: int,
    labels: Mapping[str, Mapping[str, str]] | None = None,
) -> Panel:
    """The panel of a run.

    From: tables of a run, amounts in currency units: customers (customer_id, name, and every column to filter on),
          open_items, unapplied, invoices (customer_id, issue_date, is_sale, amount), customer_months.
    To:   a `Panel`; amounts are whole cents again, and a customer met in a table but not in `customers` is added.

    Parameters
    ----------
    labels
        By column, the name of each value; a value without one is shown as it is.

    """
    customers = _every_customer(tables)
    ids = customers[CUSTOMER].astype("str")
    rows = pd.Series(np.arange(len(ids), dtype=np.int32), index=ids.to_numpy())
    named = customers["name"].astype("str").where(customers["name"].notna(), ids)
    attributes = {
        name: _attribute(name, customers[name], (labels or {}).get(name, {}))
        for name in customers.columns
        if name not in (CUSTOMER, "name")
    }
    attributes[CUSTOMER] = _attribute(CUSTOMER, ids, dict(zip(ids, named, strict=True)))
    opened, invoices = tables["open_items"], tables["invoices"]
    buckets = tuple(
        name.removesuffix("_amount")
        for name in tables["customer_months"].columns
        if name.endswith("_amount") and name not in ("receivables_amount", "sales_amount")
    )
    late = pd.to_numeric(opened["days_past_due"]).fillna(0).to_numpy() > 0
    sold = invoices[invoices["is_sale"].astype(bool) & (invoices["issue_date"] <= pd.Timestamp(as_of))]
    return Panel(
        as_of=as_of,
        currency=currency,
        coverage_start=coverage_start,
        dso_window_days=dso_window_days,
        customer_ids=tuple(ids),
        names=tuple(named),
        attributes=attributes,
        buckets=buckets,
        items=OpenItems(
            facts=_facts(opened, rows, day="issue_date", cents="open_amount", size="amount"),
            bucket=pd.Index(buckets).get_indexer(pd.Index(opened["bucket"])).astype(np.int32),
            is_overdue=late,
            shown=opened,
        ),
        credits=_facts(tables["unapplied"], rows, day="credit_date", cents="unapplied_amount", size="amount"),
        sales=_facts(sold, rows, day="issue_date", cents="amount", size="amount"),
        months=_month_ends(tables["customer_months"], rows, buckets),
    )


def in_cents(amounts: pd.Series) -> Cents:
    """Amounts in currency units as whole cents; missing counts for nothing."""
    cents: Cents = np.rint(amounts.astype("float64").fillna(0).to_numpy() * 100).astype(np.int64)
    return cents


def _every_customer(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The customers, with those that only other tables name."""
    known = tables["customers"]
    met = pd.concat([tables[name][CUSTOMER] for name in ("open_items", "unapplied", "invoices", "customer_months")])
    unmet = met[~met.isin(known[CUSTOMER])].drop_duplicates()
    return pd.concat([known, unmet.to_frame()], ignore_index=True) if len(unmet) else known.reset_index(drop=True)


def _attribute(name: str, values: pd.Series, labels: Mapping[str, str]) -> Attribute:
    texts = values.astype("str").where(values.notna(), UNKNOWN).str.strip()
    keys, codes = np.unique(texts.to_numpy(dtype="str"), return_inverse=True)
    if not len(keys) or keys[0] != UNKNOWN:
        keys, codes = np.concatenate([np.array([UNKNOWN]), keys]), codes + 1
    shown = tuple(labels.get(str(key), str(key)) for key in keys)
    return Attribute(name, codes.astype(np.int32), tuple(map(str, keys)), shown)


def _facts(table: pd.DataFrame, rows: pd.Series, *, day: str, cents: str, size: str) -> Facts:
    days = pd.DatetimeIndex(table[day])
    return Facts(
        customer=rows.reindex(table[CUSTOMER]).to_numpy(dtype=np.int32),
        month=np.asarray(days.year * 12 + days.month - 1, dtype=np.int32),
        day=days.to_numpy("datetime64[D]").astype(np.int32),
        cents=in_cents(table[cents]),
        size=np.abs(in_cents(table[size])),
    )


def _month_ends(table: pd.DataFrame, rows: pd.Series, buckets: tuple[str, ...]) -> MonthEnds:
    dates, places = np.unique(pd.DatetimeIndex(table["as_of"]).to_numpy("datetime64[D]"), return_inverse=True)
    return MonthEnds(
        dates=tuple(dates.tolist()),
        customer=rows.reindex(table[CUSTOMER]).to_numpy(dtype=np.int32),
        date=places.astype(np.int32),
        buckets=np.vstack([in_cents(table[f"{code}_amount"]) for code in buckets]),
        receivables=in_cents(table["receivables_amount"]),
        sales=in_cents(table["sales_amount"]),
    )
