"""The formulas of the trade on plain numbers: one function each, with its source and its published example.

Amounts are in any one unit (cents here); NaN is never returned silently: a figure that cannot be computed raises
`NotComputableError` with its reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from riskkit.errors import Message, RiskkitError, message


class NotComputableError(RiskkitError):
    """A figure that cannot be computed, and why."""

    @property
    def reason(self) -> Message:
        """The sentence to show in place of the figure."""
        return self.messages[0]


def ratio(part: float, whole: float, *, why: Message) -> float:
    """`part` ÷ `whole`; `NotComputableError` with `why` when the whole is not positive."""
    if whole <= 0:
        raise NotComputableError(why)
    return part / whole


def dso(receivables: float, sales: float, *, days: int) -> float:
    """Days sales outstanding: receivables ÷ sales of the window × days of the window, both tax included.

    Examples
    --------
    >>> round(dso(472, 2870.4, days=365), 1)
    60.0
    >>> dso(20_000, 45_000, days=90)
    40.0
    """
    why = message("no sales in the {days} days of the window", days=days)
    return ratio(receivables, sales, why=why) * days


def countback_dso(
    receivables: float, sales_by_month: Mapping[tuple[int, int], float], *, as_of: dt.date, since: dt.date
) -> float:
    """DSO by exhaustion: subtract monthly sales backwards from `as_of` until the balance is used up.

    Full months count their real calendar days, the last one pro rata. A month of negative net sales adds to what is
    left and counts its days. Nothing is extrapolated: a balance larger than all sales known since `since` raises
    `NotComputableError` saying "at least N days".

    Examples
    --------
    >>> sales = {(2024, 11): 1200.0, (2024, 10): 800.0, (2024, 9): 700.0}
    >>> round(countback_dso(2500, sales, as_of=dt.date(2024, 11, 30), since=dt.date(2024, 9, 1)), 1)
    82.4
    """
    if receivables < 0:
        raise NotComputableError(message("customers are in credit: nothing is owed on balance"))
    left, days, last = receivables, 0.0, as_of
    while left > 0 and last >= since:
        first = max(last.replace(day=1), since)
        length = (last - first).days + 1
        sales = sales_by_month.get((last.year, last.month), 0.0)
        if sales >= left:
            return days + length * left / sales
        left -= sales
        days += length
        last = first - dt.timedelta(days=1)
    if left > 0:
        raise NotComputableError(message("at least {days} days: more is owed than all known sales", days=round(days)))
    return days


def collection_effectiveness(opening: float, sales: float, closing: float, not_yet_due: float) -> float:
    """Collection effectiveness index as a rate: (AR₀ + sales − AR₁) ÷ (AR₀ + sales − AR₁ not yet due).

    1 means that everything that was due has been collected. The denominator holds what is *not yet due*: many pages
    put the past-due there by mistake.
    """
    why = message("nothing was due in the period")
    return ratio(opening + sales - closing, opening + sales - not_yet_due, why=why)
