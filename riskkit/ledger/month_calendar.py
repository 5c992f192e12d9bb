"""Months and half-years as integers, so that what is proportional to invoices needs no date arithmetic.

A month is `year × 12 + month − 1`, a half-year `year × 2` or `year × 2 + 1`; a day is `date.toordinal()`.
"""

from __future__ import annotations

import datetime as dt

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from riskkit.engine import Lazy, lazy


def month_of(day: dt.date) -> int:
    """The month of a day, as an integer."""
    return day.year * 12 + day.month - 1


def month_start(month: int) -> dt.date:
    """First day of a month given as an integer."""
    return dt.date(month // 12, month % 12 + 1, 1)


def month_end(month: int) -> dt.date:
    """Last day of a month given as an integer."""
    return month_start(month + 1) - dt.timedelta(days=1)


def last_whole_month(as_of: dt.date) -> int:
    """The last month that has ended by `as_of`, that day included."""
    return month_of(as_of + dt.timedelta(days=1)) - 1


def half_of(day: dt.date) -> int:
    """The half-year of a day, as an integer."""
    return day.year * 2 + (day.month > 6)


def half_start(half: int) -> dt.date:
    """First day of a half-year given as an integer."""
    return dt.date(half // 2, 7 if half % 2 else 1, 1)


def month_starts(months: pd.Series) -> pd.Series:
    """First days of months given as integers, as dates."""
    starts = {month: month_start(int(month)).toordinal() for month in months.unique()}
    return as_dates(months.map(starts))


def half_starts(halves: pd.Series) -> pd.Series:
    """First days of half-years given as integers, as dates."""
    starts = {half: half_start(int(half)).toordinal() for half in halves.unique()}
    return as_dates(halves.map(starts))


def as_dates(days: pd.Series) -> pd.Series:
    """Integer days of the engine as dates; missing stays missing."""
    origin = dt.date(1970, 1, 1).toordinal()
    return pd.to_datetime(days.astype("Float64") - origin, unit="D", origin="unix").astype("datetime64[us]")


def day_calendar(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> Lazy:
    """One row per day from `first` to `last`: day, month, half, all integers: a small table to join."""
    days = pd.date_range(dt.date.fromordinal(first), dt.date.fromordinal(last), freq="D")
    frame = pd.DataFrame(
        {
            "calendar_day": np.arange(first, last + 1, dtype="int64"),
            "month": (days.year * 12 + days.month - 1).astype("int64"),
            "half": (days.year * 2 + (days.month > 6)).astype("int64"),
        }
    )
    return lazy(connection, frame)


def with_calendar(frame: Lazy, calendar: Lazy, day: str, **named: str) -> Lazy:
    """The frame with the month or half-year of one of its days: `with_calendar(f, cal, "day", issue_month="month")`.

    A day that is missing has none.
    """
    renamed = calendar.select("calendar_day", **{name: nw.col(column) for name, column in named.items()})
    return frame.join(renamed, left_on=day, right_on="calendar_day", how="left")
