"""How far customers follow a change of terms, read from those of the ledger whose terms changed.

A customer whose terms changed shows two levels of terms that hardly overlap, one before and one after a day. The part
of the change that its payments followed is the change of its payment delay (from issue), less that of customers whose
terms did not change over the same days, ÷ the change of its terms: one slope over all of them, through the origin,
weighed by the square of the change, its error by customer. It corrects what the policy assumes by the precision of
both. Customers that always had different terms say nothing of how one reacts: their slope is not used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskkit.policy_scenarios import Range

Days = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NEVER = 10**7
"""Day of what is not paid."""
LEAST_SIDE, LEAST_DAYS, LEAST_CUSTOMERS = 5, 8, 8
"""Invoices on each side, days of change, and changed customers below which the ledger says nothing."""
SETTLED_DAYS = 100
"""Invoices younger than this are left out: only the fast ones of them are paid."""
WIDTH = 2 * 1.96


@dataclass(frozen=True)
class Billing:
    """Invoices as integer days, parallel arrays: customer code, issue, due, paid (`NEVER` where not), cents of cash."""

    customer: Days
    issue: Days
    due: Days
    paid: Days
    cents: Days

    def only(self, kept: npt.NDArray[np.bool_] | Days) -> Billing:
        """The invoices flagged, or those at these positions."""
        return Billing(*(getattr(self, name)[kept] for name in ("customer", "issue", "due", "paid", "cents")))

    def __len__(self) -> int:
        """How many invoices there are."""
        return len(self.cents)


@dataclass(frozen=True)
class PassThrough:
    """The part followed: its range, where it comes from (policy or ledger), and how many customers taught it."""

    value: Range
    source: str
    customers_count: int


def pass_through(billing: Billing, *, as_of: int, assumed: Range) -> PassThrough:
    """What is known at `as_of` of how far customers follow a change of terms.

    From: invoices issued by then, paid by then or `NEVER`.
    To:   the assumed range, corrected where at least `LEAST_CUSTOMERS` customers had their terms changed.
    """
    settled = billing.only((billing.issue <= as_of - SETTLED_DAYS) & (billing.paid <= as_of))
    changes = _changes(settled)
    if len(changes) < LEAST_CUSTOMERS:
        return PassThrough(assumed, "policy", len(changes))
    terms, payments = changes[:, 1], changes[:, 2] - _of_others(settled, changes)
    square = float((terms**2).sum())
    slope = float((terms * payments).sum()) / square
    error = float(np.sqrt(((terms * (payments - slope * terms)) ** 2).sum())) / square
    error *= np.sqrt(len(terms) / (len(terms) - 1))
    spread = max((assumed.high - assumed.low) / WIDTH, 1e-6)
    trust = error**-2 / (error**-2 + spread**-2) if error > 0 else 1.0
    middle = float(np.clip(trust * slope + (1 - trust) * assumed.middle, 0.0, 1.0))
    half = WIDTH / 2 * np.sqrt(1 / (error**-2 + spread**-2)) if error > 0 else 0.0
    low, high = (float(np.clip(middle + side * half, 0.0, 1.0)) for side in (-1, 1))
    return PassThrough(Range(middle=middle, low=low, high=high), "ledger", len(changes))


def _changes(settled: Billing) -> Floats:
    """One row a changed customer: day of the change, change of its mean terms, change of its mean payment delay."""
    order = np.lexsort((settled.issue, settled.customer))
    customer, issue = settled.customer[order], settled.issue[order]
    terms = (settled.due - settled.issue)[order].astype(float)
    delay = (settled.paid - settled.issue)[order].astype(float)
    bounds = np.flatnonzero(np.append(True, np.diff(customer) != 0))
    rows = []
    for start, end in zip(bounds, np.append(bounds[1:], len(customer)), strict=True):
        if end - start < 2 * LEAST_SIDE:
            continue
        own = terms[start:end]
        if own.max() - own.min() < LEAST_DAYS:
            continue
        split = _split(own)
        if split:
            rows.append((
                float(issue[start + split]),
                own[split:].mean() - own[:split].mean(),
                delay[start + split : end].mean() - delay[start : start + split].mean(),
            ))  # fmt: skip
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _split(terms: Floats) -> int:
    """Where terms in order of issue change level for good, 0 where they do not: the two levels hardly overlap."""
    count = len(terms)
    places = np.arange(LEAST_SIDE, count - LEAST_SIDE + 1)
    sums = np.cumsum(terms)
    gap = (sums[-1] - sums[places - 1]) / (count - places) - sums[places - 1] / places
    best = int(places[np.argmax(gap**2 * places * (count - places))])
    before, after = np.quantile(terms[:best], (0.1, 0.9)), np.quantile(terms[best:], (0.1, 0.9))
    apart = before[0] > after[1] or after[0] > before[1]
    moved = abs(float(np.median(terms[best:]) - np.median(terms[:best]))) >= LEAST_DAYS
    return best if apart and moved else 0


def _of_others(settled: Billing, changes: Floats) -> float:
    """Change of the mean days late of all others around the usual day of change: season and economy, not terms."""
    day = float(np.median(changes[:, 0]))
    late, after = (settled.paid - settled.due).astype(float), settled.issue >= day
    moved = np.zeros(int(settled.customer.max()) + 1, dtype=bool)
    order = np.lexsort((settled.issue, settled.customer))
    for code, own in _by_customer(settled.customer[order], (settled.due - settled.issue)[order].astype(float)):
        moved[code] = len(own) >= 2 * LEAST_SIDE and bool(_split(own))
    others = ~moved[settled.customer]
    if (others & after).sum() < LEAST_CUSTOMERS or (others & ~after).sum() < LEAST_CUSTOMERS:
        return 0.0
    return float(late[others & after].mean() - late[others & ~after].mean())


def _by_customer(customer: Days, values: Floats) -> list[tuple[int, Floats]]:
    bounds = np.flatnonzero(np.append(True, np.diff(customer) != 0)) if len(customer) else np.zeros(0, dtype=np.int64)
    parts = np.split(values, bounds[1:])
    return [(int(customer[start]), part) for start, part in zip(bounds, parts, strict=True)]
