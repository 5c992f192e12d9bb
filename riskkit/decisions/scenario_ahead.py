"""The invoices of the weeks ahead, played from those of the same weeks of the last years; and what is open today.

Invoices of the same weeks of the last two years (one where the ledger is shorter), moved by 365 days a year, are those
of the weeks ahead: their customers, sizes, days of the month and delays are real ones. Where there are few, a whole
year is folded into the weeks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.ledger.terms import due_dates, parse_terms
from riskkit.models.forecast_tables import WITHIN_DAYS
from riskkit.models.pass_through import NEVER, Billing, Days, Floats
from riskkit.policy_scenarios import Scenario

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
WEEKS = 13
HORIZON = 7 * WEEKS
YEAR_DAYS = 365
FEW_INVOICES = 60
"""Under so many invoices in the weeks of last year, the whole year is folded into them."""
MOST_INVOICES = 20_000
MOST_YEARS = 2
MATURE_DAYS = 120
"""Invoices younger than this are not folded where older ones will do: their late payments are still to come."""
PAY_WINDOW_DAYS, PAY_SHARE, PAY_COUNT = 4, 0.7, 6
"""A customer pays once a month when so many days of the month in a row hold that share of at least so many payments."""
MOST_MONTHS = 4
EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Ahead:
    """Invoices of the weeks ahead: days after the date (issue 1 to 91), cents of cash, weight, new due day.

    `months_before` is the day one, two… months before each payment, one column each, for customers that pay once a
    month; −`NEVER` for others.
    """

    customer: Days
    issue: Days
    due: Days
    paid: Days
    cents: Floats
    weight: Floats
    new_due: Days
    months_before: Days
    is_paid: Flags


@dataclass(frozen=True)
class OpenNow:
    """Open items of the customers concerned: cents, days to their due day, share paid by the days of `WITHIN_DAYS`."""

    cents: Floats
    due: Days
    within: Floats

    def paid_by(self, days: Floats) -> Floats:
        """Share paid by these days, one row an item, one column a day: straight between the days that are known."""
        knots = np.concatenate([[0.0], np.array(WITHIN_DAYS, dtype=np.float64)])
        known = np.concatenate([np.zeros((len(self.cents), 1)), self.within], axis=1)
        place = np.clip(np.searchsorted(knots, days, side="right") - 1, 0, len(knots) - 2)
        part = np.clip((days - knots[place]) / (knots[place + 1] - knots[place]), 0.0, 1.0)
        row = np.arange(len(self.cents))[:, None]
        shares: Floats = known[row, place] * (1 - part) + known[row, place + 1] * part
        return shares


def ahead_of(billing: Billing, scenario: Scenario, *, as_of: dt.date, seed: int) -> Ahead:
    """The invoices of the weeks ahead of these customers, played from those of the last year.

    From: `Billing` of the customers concerned, days as ordinals.
    To:   none where they bought nothing over the year.
    """
    day = as_of.toordinal()
    kept, issue, weight = _same_weeks(billing, day)
    if len(kept) > MOST_INVOICES:
        some = np.random.default_rng(seed).choice(len(kept), MOST_INVOICES, replace=False)
        weight = weight[some] * len(kept) / MOST_INVOICES
        kept, issue = kept[some], issue[some]
    chosen = billing.only(kept)
    moved = issue - (chosen.issue - day)
    due = chosen.due - day + moved
    paid = np.where(chosen.paid < NEVER, chosen.paid - day + moved, NEVER)
    monthly = pays_monthly(billing)[chosen.customer] & (chosen.paid < NEVER)
    return Ahead(
        customer=chosen.customer,
        issue=issue,
        due=due,
        paid=paid,
        cents=chosen.cents.astype(np.float64),
        weight=weight,
        new_due=_new_due(issue, due, scenario, as_of=as_of),
        months_before=np.where(monthly[:, None], _months_before(np.where(monthly, paid, 0) + day) - day, -NEVER),
        is_paid=chosen.paid < NEVER,
    )


def _same_weeks(billing: Billing, day: int) -> tuple[Days, Days, Floats]:
    """Invoices of the same weeks of the last years (positions), their issue days moved to the weeks ahead, weights."""
    first = int(billing.issue.min()) if len(billing) else day
    years = [year for year in range(1, MOST_YEARS + 1) if year == 1 or first <= day - YEAR_DAYS * year]
    starts = [day - YEAR_DAYS * year for year in years]
    parts = [np.flatnonzero((billing.issue > start) & (billing.issue <= start + HORIZON)) for start in starts]
    if sum(map(len, parts)) >= FEW_INVOICES:
        issue = [billing.issue[part] - start for part, start in zip(parts, starts, strict=True)]
        weight = [np.full(len(part), 1 / len(years)) for part in parts]
        return np.concatenate(parts), np.concatenate(issue), np.concatenate(weight)
    last = day - MATURE_DAYS if first <= day - MATURE_DAYS - YEAR_DAYS else day
    kept = np.flatnonzero((billing.issue > last - YEAR_DAYS) & (billing.issue <= last))
    since = billing.issue[kept] - last + YEAR_DAYS
    return kept, (since - 1) % HORIZON + 1, np.full(len(kept), HORIZON / YEAR_DAYS)


def pays_monthly(billing: Billing) -> Flags:
    """True for each customer code whose payments fall on the same few days of the month (10th, 25th, month end…)."""
    paid = billing.paid < NEVER
    count = int(billing.customer.max()) + 1 if len(billing) else 0
    dates = pd.Series(billing.paid[paid] - EPOCH).astype("int64").to_numpy().astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months.astype("datetime64[D]")).astype(np.int64)
    last = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) - 1
    place = np.where(day == last, 30, day)
    table = np.zeros((count, 31))
    np.add.at(table, (billing.customer[paid], place), 1.0)
    around = np.concatenate([table, table[:, : PAY_WINDOW_DAYS - 1]], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(around, PAY_WINDOW_DAYS, axis=1).sum(axis=2)
    total = table.sum(axis=1)
    enough: Flags = (total >= PAY_COUNT) & (windows.max(axis=1, initial=0.0) >= PAY_SHARE * total)
    return enough


def _months_before(paid: Days) -> Days:
    """Ordinal days one to four months before these, on month ends for the last days of a month."""
    dates = (paid - EPOCH).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months.astype("datetime64[D]")).astype(np.int64)
    columns = []
    for back in range(1, MOST_MONTHS + 1):
        first = (months - back).astype("datetime64[D]").astype(np.int64)
        last = (months - back + 1).astype("datetime64[D]").astype(np.int64) - 1
        columns.append(np.where(day >= 27, last, np.minimum(first + day, last)) + EPOCH)
    result: Days = np.stack(columns, axis=1)
    return result


def _new_due(issue: Days, due: Days, scenario: Scenario, *, as_of: dt.date) -> Days:
    terms = parse_terms(scenario.terms) if scenario.terms else None
    if terms is None or not len(issue):
        return due
    dates = pd.Series(pd.Timestamp(as_of) + pd.to_timedelta(issue, unit="D"))
    new: Days = np.asarray((due_dates(dates, terms) - pd.Timestamp(as_of)).dt.days, dtype=np.int64)
    due_then: Days = np.minimum(new, due) if scenario.only_shorter else new
    return due_then
