"""Days of the sample portfolio: month ends, business days, pay days and terms, on whole arrays of day numbers.

A day number counts days since 1970-01-01, as `datetime64[D]` does.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from riskkit.sources.sample_spec import TERM_CODES

Days = npt.NDArray[np.int64]

NEVER = 2**30
"""Day number of what does not happen."""

PAY_RULES = ("any day", "10th", "25th", "end of month")
MONTH_SALES = np.array([0.92, 0.96, 1.10, 1.04, 1.00, 1.14, 1.02, 0.58, 1.12, 1.12, 1.04, 0.96])
"""Sales of each calendar month relative to an average one."""

_FIXED_HOLIDAYS = ("01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25")
_HOLIDAYS = np.array([f"{year}-{day}" for year in range(1990, 2060) for day in _FIXED_HOLIDAYS], dtype="datetime64[D]")


def day_number(day: dt.date) -> int:
    """Day number of a date."""
    return (day - dt.date(1970, 1, 1)).days


def _as_dates(days: Days) -> npt.NDArray[np.datetime64]:
    return days.astype("datetime64[D]")


def month_of(days: Days) -> Days:
    """Calendar month, 1 to 12."""
    return _as_dates(days).astype("datetime64[M]").astype(np.int64) % 12 + 1


def year_of(days: Days) -> Days:
    """Calendar year."""
    return _as_dates(days).astype("datetime64[Y]").astype(np.int64) + 1970


def end_of_month(days: Days) -> Days:
    """Last day of the month each day is in."""
    following = _as_dates(days).astype("datetime64[M]") + 1
    return following.astype("datetime64[D]").astype(np.int64) - 1


def business_day(days: Days) -> Days:
    """The day itself, or the next one that is neither in a week-end nor a public holiday of fixed date."""
    return np.busday_offset(_as_dates(days), 0, roll="forward", holidays=_HOLIDAYS).astype(np.int64)


def pay_day(days: Days, rule: Days) -> Days:
    """First day on or after `days` on which a customer of a rule (index in `PAY_RULES`) pays, open days only."""
    month_start = _as_dates(days).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    last = end_of_month(days)
    chosen = days.copy()
    for index, wanted in ((1, 10), (2, 25)):
        this, following = month_start + wanted - 1, last + wanted
        chosen = np.where(rule == index, np.where(days <= this, this, following), chosen)
    chosen = np.where(rule == 3, last, chosen)
    return business_day(chosen)


def due_days(issue: Days, terms: Days) -> Days:
    """Due day from the issue day and the index in `TERM_CODES`; "45FM" is 45 days, then the end of that month."""
    length = np.array([int(code.removesuffix("FM")) for code in TERM_CODES])[terms]
    month_end = np.array([code.endswith("FM") for code in TERM_CODES])[terms]
    due = issue + length
    return np.where(month_end, end_of_month(due), due)


def sales_calendar(first: int, last: int) -> npt.NDArray[np.float64]:
    """Cumulated sales intensity of the days `first` to `last`, one entry per day, starting with 0 before the first.

    Nothing on week-ends and holidays; months weigh as `MONTH_SALES`; the last three days of a month weigh three
    times a plain day; 3 % growth a year.
    """
    days = np.arange(first, last + 1, dtype=np.int64)
    weight = MONTH_SALES[month_of(days) - 1] * np.where(business_day(days) == days, 1.0, 0.0)
    weight = weight * np.where(end_of_month(days) - days < 3, 3.0, 1.0) * 1.03 ** ((days - first) / 365)
    return np.concatenate([[0.0], np.cumsum(weight)])
