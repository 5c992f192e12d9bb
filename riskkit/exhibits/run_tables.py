"""What a run has to say, gathered for a document: its manifest, its tables as people read them, and its findings."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from riskkit.errors import Message
from riskkit.exhibits.theme import sort_buckets


@dataclass(frozen=True)
class RunTables:
    """One run, ready to be shown. Amounts are in currency units, as `engine.read_parquet` gives them.

    `states` is the state of each customer's company at `as_of`, by customer_id.
    """

    company: str
    as_of: dt.date
    currency: str
    manifest: Mapping[str, Any]
    measures: pd.DataFrame
    open_items: pd.DataFrame
    ageing: pd.DataFrame
    sectors: pd.DataFrame
    unapplied: pd.DataFrame
    findings: Sequence[Message] = ()
    states: pd.Series | None = None

    def kpi(self, name: str) -> float | None:
        """A measure at `as_of` from the manifest, or from the history when the manifest does not name it."""
        kpis = self.manifest.get("kpis", {})
        value = kpis[name] if name in kpis else measure_at(self.measures, name, self.as_of)
        return None if value is None or math.isnan(float(value)) else float(value)

    def reason(self, name: str) -> object:
        """Why a measure is not computable, as the manifest or the history gives it; None when nothing says so."""
        given = self.manifest.get("not_computable", {}).get(name)
        if given is not None:
            return given
        if self.measures.empty:
            return None
        rows = self.measures[(self.measures["measure"] == name) & (self.measures["as_of"] == pd.Timestamp(self.as_of))]
        return None if rows.empty or pd.isna(rows["reason"].iloc[-1]) else rows["reason"].iloc[-1]


def measure_series(measures: pd.DataFrame, name: str, *, months: int | None = None) -> pd.Series:
    """One measure over time: values by date, oldest first, those not computable left out."""
    if measures.empty:
        return pd.Series(dtype="float64", index=pd.DatetimeIndex([]))
    rows = measures[measures["measure"] == name].dropna(subset=["value"]).sort_values("as_of")
    values = pd.Series(
        rows["value"].to_numpy(dtype="float64"), index=pd.DatetimeIndex(pd.to_datetime(rows["as_of"])), name=name
    )
    values = values[~values.index.duplicated(keep="last")]
    if months is not None and len(values):
        values = values[values.index > values.index[-1] - pd.DateOffset(months=months) - pd.Timedelta(days=3)]
    return values


def measure_at(measures: pd.DataFrame, name: str, day: dt.date) -> float | None:
    """A measure exactly at a date; None when the history has no value there."""
    values = measure_series(measures, name)
    return float(values[pd.Timestamp(day)]) if pd.Timestamp(day) in values.index else None


def value_before(values: pd.Series, *, months: int) -> float | None:
    """The value so many months before the last one, within five days; None when the history does not reach it."""
    if len(values) < 2:
        return None
    last = values.index[-1]
    is_month_end = (last + pd.Timedelta(days=1)).day == 1
    wanted = last + pd.offsets.MonthEnd(-months) if is_month_end else last - pd.DateOffset(months=months)
    earlier = values.iloc[:-1]
    distance = abs(earlier.index - wanted)
    nearest = int(distance.argmin())
    limit = 5 if is_month_end else 16
    return float(earlier.iloc[nearest]) if distance[nearest] <= pd.Timedelta(days=limit) else None


def ageing_buckets(ageing: pd.DataFrame) -> list[str]:
    """Bucket codes of an ageing table, in order."""
    return sort_buckets(name.removesuffix("_amount") for name in ageing.columns if name.endswith("_amount"))


def ageing_totals(ageing: pd.DataFrame) -> dict[str, float]:
    """Amount of each bucket, in order; an undated bucket without money is left out."""
    totals = {code: float(ageing[f"{code}_amount"].sum()) for code in ageing_buckets(ageing)}
    return {code: total for code, total in totals.items() if code != "undated" or round(total, 2)}
