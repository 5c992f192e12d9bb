"""What every check of the files looks at, made once: tables with integer keys, balances, and the money of each base."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from riskkit.sources.reading import Reading

GAP_DAYS = 366
STRAY_SHARE = 0.01


@dataclass(frozen=True)
class Evidence:
    """Canonical tables and what checks share.

    `invoices` and `payments` carry `customer_key`, `number_key` and `reference_key`: integers that are equal where the
    texts are, -1 where missing. `exposure` is the balance of each customer at `as_of`, in cents. `bases` is the money,
    signs dropped, that shares are taken of. `plausible_end` is the last day a movement can be believed to have.
    """

    invoices: pd.DataFrame
    payments: pd.DataFrame
    customers: pd.DataFrame
    rejects: pd.DataFrame
    exposure: pd.Series
    bases: Mapping[str, int]
    ledger_files: frozenset[str]
    currency: str
    as_of: pd.Timestamp
    coverage_start: pd.Timestamp
    plausible_end: pd.Timestamp
    due_dates: str


@dataclass(frozen=True)
class Found:
    """A finding before it is put into words: its rows, and the values its texts need.

    `rows` has table, row_id, source_file, source_line, amount_cents. `count` replaces their number where what is
    counted is something else; `severity` replaces that of its kind.
    """

    code: str
    rows: pd.DataFrame
    example: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    severity: str = ""
    count: int | None = None


def gather(reading: Reading, *, as_of: dt.date, customers: pd.DataFrame | None = None) -> Evidence:
    """The evidence of a reading; `customers` replaces its own when they have been identified since."""
    who = reading.customers if customers is None else customers
    invoices, payments = reading.invoices, reading.payments
    size = len(invoices)
    customer = _keys(pd.concat([invoices["customer_id"], payments["customer_id"]], ignore_index=True))
    reference = _keys(pd.concat([invoices["reference"], payments["reference"]], ignore_index=True))
    invoices = invoices.assign(
        customer_key=customer[:size], reference_key=reference[:size], number_key=_keys(invoices["invoice_number"])
    )
    payments = payments.assign(customer_key=customer[size:], reference_key=reference[size:])
    day = pd.Timestamp(as_of)
    known = invoices[invoices["issue_date"] <= day].groupby("customer_id")["amount_cents"].sum()
    paid = payments[payments["payment_date"] <= day].groupby("customer_id")["amount_cents"].sum()
    exposure = known.sub(paid, fill_value=0).reindex(who["customer_id"], fill_value=0).astype("int64")
    billed, received = (int(frame["amount_cents"].abs().sum()) for frame in (invoices, payments))
    return Evidence(
        invoices=invoices,
        payments=payments,
        customers=who,
        rejects=reading.rejects,
        exposure=exposure,
        bases={
            "invoices": billed,
            "payments": received,
            "movements": billed + received,
            "exposure": int(exposure.abs().sum()),
        },
        ledger_files=frozenset(source.file for source in reading.files if source.kind == "fec"),
        currency=reading.currency,
        as_of=day,
        coverage_start=pd.Timestamp(reading.coverage_start),
        plausible_end=_plausible_end(pd.concat([invoices["issue_date"], payments["payment_date"]]), day),
        due_dates=reading.due_dates,
    )


def rows_of(frame: pd.DataFrame, table: str, *, amount: pd.Series | None = None) -> pd.DataFrame:
    """Rows of a canonical table as a finding lists them; `amount` replaces their own money."""
    ids = {"invoices": "invoice_id", "payments": "payment_id", "customers": "customer_id"}
    money = frame["amount_cents"] if amount is None else amount
    return pd.DataFrame(
        {
            "table": table,
            "row_id": frame[ids[table]],
            "source_file": frame["source_file"],
            "source_line": frame["source_line"],
            "amount_cents": money.astype("int64"),
        }
    )


def found_in(
    code: str, frame: pd.DataFrame, table: str, *, severity: str = "", values: Mapping[str, object] | None = None
) -> list[Found]:
    """The finding that these rows of invoices or payments make, or none when there is no row."""
    if frame.empty:
        return []
    first = frame.iloc[0]
    name = first["invoice_number"] if table == "invoices" else first["reference"]
    return [Found(code, rows_of(frame, table), example_text(name, first["customer_id"]), values or {}, severity)]


def example_text(*parts: Any) -> str:
    """The parts that are known, joined by a middle dot."""
    return " · ".join(str(part) for part in parts if isinstance(part, str) and part)


def is_ledger_row(frame: pd.DataFrame, evidence: Evidence) -> pd.Series:
    """Which rows come from a French ledger."""
    return frame["source_file"].isin(evidence.ledger_files)


def _keys(texts: pd.Series) -> np.ndarray[Any, np.dtype[np.int64]]:
    return pd.factorize(texts)[0].astype("int64")


def _plausible_end(days: pd.Series, as_of: pd.Timestamp) -> pd.Timestamp:
    """The day after which nothing is believed: a year after `as_of`, or before a few dates far from all others."""
    latest = as_of + pd.Timedelta(days=GAP_DAYS)
    counts = days.dropna().value_counts().sort_index()
    if counts.empty:
        return latest
    rest = counts[::-1].cumsum()[::-1].shift(-1, fill_value=0)
    gap = counts.index.to_series().diff().shift(-1).dt.days.fillna(0)
    stray = counts.index[(gap.to_numpy() > GAP_DAYS) & (rest.to_numpy() < STRAY_SHARE * counts.sum())]
    return min(latest, stray[0]) if len(stray) else latest
