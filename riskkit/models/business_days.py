"""French business days, and which usual pay day each one stands for.

Companies pay on the 5th, 10th, 15th, 20th, 25th or at month end; when that is a Saturday or a holiday, on the next
business day. A business day is therefore known by the calendar days since the one before it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from riskkit.models.pieces import Days

PAY_DAYS = (5, 10, 15, 20, 25)
PLAIN, MONTH_END, CLOSED = 0, len(PAY_DAYS) + 1, len(PAY_DAYS) + 2
"""Kinds of day beside the pay days 1 to 5: an ordinary business day, the last one of a month, a closed day."""
KINDS = CLOSED + 1
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_AFTER_EASTER = (1, 39, 50)


@dataclass(frozen=True)
class BusinessDays:
    """Weekday (0 is Monday) and kind of each day from `first` on."""

    first: int
    weekday: Days
    kind: Days

    def at(self, days: Days) -> Days:
        """Positions of integer days in these arrays."""
        return days - self.first


@lru_cache(maxsize=32)
def business_days(first: int, last: int) -> BusinessDays:
    """The days from `first` to `last` (integer days, both included)."""
    years = range(dt.date.fromordinal(first - 40).year, dt.date.fromordinal(last + 10).year + 1)
    closed = {day for year in years for day in _holidays(year)}
    start, end = first - 40, last + 10
    dates = [dt.date.fromordinal(day) for day in range(start, end + 1)]
    is_open = [date.weekday() < 5 and date not in closed for date in dates]
    kinds, since = [], set[int]()
    following = _following_open(dates, is_open)
    for date, works, after in zip(dates, is_open, following, strict=True):
        since.add(date.day)
        if not works:
            kinds.append(CLOSED)
            continue
        if after.month != date.month:
            kinds.append(MONTH_END)
        else:
            kinds.append(next((rank for rank, day in enumerate(PAY_DAYS, start=1) if day in since), PLAIN))
        since = set()
    kept = slice(40, 40 + last - first + 1)
    weekday = np.array([date.weekday() for date in dates], dtype=np.int64)
    return BusinessDays(first, weekday[kept], np.array(kinds, dtype=np.int64)[kept])


def _following_open(dates: list[dt.date], is_open: list[bool]) -> list[dt.date]:
    following, ahead = [], dates[-1] + dt.timedelta(days=1)
    for date, works in zip(reversed(dates), reversed(is_open), strict=True):
        following.append(ahead)
        ahead = date if works else ahead
    return following[::-1]


def _holidays(year: int) -> list[dt.date]:
    """French public holidays of a year (mainland)."""
    sunday = _easter(year)
    moving = [sunday + dt.timedelta(days=days) for days in _AFTER_EASTER]
    return [dt.date(year, month, day) for month, day in _FIXED] + moving


def _easter(year: int) -> dt.date:
    """Easter Sunday (Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * sunday) // 451
    total = epact + sunday - 7 * shift + 114
    return dt.date(year, total // 31, total % 31 + 1)
