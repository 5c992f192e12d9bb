"""The ledger settled by plain loops, slowly and obviously: the second route to every number of the engine."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Line:
    """One movement: cents > 0 is a debit. Days are dates."""

    line: str
    customer: str
    kind: str
    day: dt.date
    cents: int
    due: dt.date | None = None
    lettering: str | None = None
    lettering_day: dt.date | None = None
    reference: str | None = None
    is_sale: bool = False
    left: int = 0
    paid: int = 0
    credited: int = 0
    moves: list[tuple[dt.date, int]] = field(default_factory=list)

    @property
    def order(self) -> tuple[dt.date, str]:
        return ((self.due or self.day) if self.cents > 0 else self.day, self.line)


def settle_by_hand(lines: list[Line], as_of: dt.date) -> tuple[list[Line], dict[tuple[str, str, str], int]]:
    """Lines known at `as_of` with what is left of each, and (debit, credit, method) → cents."""
    known = [Line(**{**vars(x), "left": abs(x.cents), "paid": 0, "credited": 0, "moves": []}) for x in lines]
    known = [x for x in known if x.day <= as_of]
    pairs: dict[tuple[str, str, str], int] = defaultdict(int)

    def scope(x: Line, method: str) -> str | None:
        if method == "lettering":
            return x.lettering if x.lettering_day is None or x.lettering_day <= as_of else None
        if method == "reference":
            return f"{x.customer}|{x.reference}" if x.reference is not None else None
        return x.customer

    for method in ("lettering", "reference", "fifo"):
        groups: dict[str, list[Line]] = defaultdict(list)
        for x in known:
            key = scope(x, method)
            if key is not None and x.left:
                groups[key].append(x)
        for group in groups.values():
            debits = sorted((x for x in group if x.cents > 0), key=lambda x: x.order)
            credits = sorted((x for x in group if x.cents < 0), key=lambda x: x.order)
            while debits and credits:
                debit, credit = debits[0], credits[0]
                cents = min(debit.left, credit.left)
                pairs[debit.line, credit.line, method] += cents
                debit.moves.append((max(debit.day, credit.day), cents))
                if credit.kind in ("payment", "refund"):
                    debit.paid += cents
                if credit.kind == "credit_note":
                    debit.credited += cents
                debit.left -= cents
                credit.left -= cents
                if not debit.left:
                    debits.pop(0)
                if not credit.left:
                    credits.pop(0)
    return known, dict(pairs)


def measure_by_hand(
    lines: list[Line], as_of: dt.date, start: dt.date, failed: dict[str, dt.date]
) -> dict[str, float | None]:
    """The measures of the default policy by loops over settled lines; None where a measure cannot be computed."""
    known, _ = settle_by_hand(lines, as_of)
    debits = [x for x in known if x.cents > 0]
    year, quarter = dt.timedelta(365), dt.timedelta(91)
    covered = (as_of - start).days + 1

    def ratio(a: float, b: float) -> float | None:
        return a / b if b > 0 else None

    def unpaid_at(x: Line, day: dt.date) -> int:
        return x.cents - sum(cents for when, cents in x.moves if when <= day)

    def late(x: Line) -> bool:
        return x.due is not None and x.due < as_of

    behaves = [x for x in debits if x.kind in ("invoice", "deposit")]
    receivables = sum(x.cents for x in known)
    opened = sum(x.left for x in debits)
    overdue = sum(x.left for x in debits if late(x))
    not_due = sum(x.left for x in debits if x.due is not None and x.due >= as_of)
    sales_days = min(365, covered)
    sales = sum(x.cents for x in known if x.is_sale and x.day > as_of - year and x.day >= start)
    settled = [
        (x, max(d for d, _ in x.moves))
        for x in behaves
        if not x.left and x.paid and max(d for d, _ in x.moves) > as_of - year
    ]
    still = [x for x in behaves if late(x) and x.left]
    weight = sum(x.cents - x.credited for x, _ in settled)
    both = weight + sum(x.left for x in still)
    still_days = sum(x.left * (as_of - x.due).days for x in still if x.due)
    due = [x for x in behaves if x.due and as_of - quarter < x.due <= as_of]
    at_risk = [x for x in behaves if x.due and as_of - year < x.due + dt.timedelta(90) <= as_of]
    opening = sum(x.cents for x in known if x.day <= as_of - quarter)
    recent = sum(x.cents for x in known if x.is_sale and x.day > as_of - quarter)

    population = population_cents = defaults = default_cents = 0
    begin = as_of - year
    for customer in {x.customer for x in debits}:
        mine = [x for x in debits if x.customer == customer]
        owed = sum(unpaid_at(x, begin) for x in mine if x.day <= begin)
        bad_days = [
            (x, x.due + dt.timedelta(91)) for x in mine if x.kind in ("invoice", "deposit") and x.due is not None
        ]
        was = any(d <= begin and x.day <= begin and unpaid_at(x, begin) > 0 for x, d in bad_days)
        became = any(begin < d <= as_of and unpaid_at(x, d - dt.timedelta(1)) > 0 for x, d in bad_days)
        if customer in failed:
            was = was or failed[customer] <= begin
            became = became or begin < failed[customer] <= as_of
        if owed > 0 and not was:
            population += 1
            population_cents += owed
            defaults += became
            default_cents += owed * became

    enough = covered >= 28
    return {
        "receivables_amount": receivables,
        "open_items_amount": opened,
        "unapplied_amount": sum(x.left for x in known if x.cents < 0),
        "overdue_amount": overdue,
        "sales_12m_amount": sum(x.cents for x in known if x.is_sale and x.day > as_of - year),
        "overdue_share": ratio(overdue, receivables),
        "dso_days": receivables / sales * sales_days if sales > 0 and enough else None,
        "best_possible_dso_days": not_due / sales * sales_days if sales > 0 and enough else None,
        "average_days_delinquent_days": (receivables - not_due) / sales * sales_days if sales > 0 and enough else None,
        "days_beyond_terms_days": ratio(
            sum((x.cents - x.credited) * (d - x.due).days for x, d in settled if x.due) + still_days, both
        ),
        "days_beyond_terms_floored_days": ratio(
            sum((x.cents - x.credited) * max((d - x.due).days, 0) for x, d in settled if x.due) + still_days, both
        ),
        "mean_payment_delay_days": ratio(sum((x.cents - x.credited) * (d - x.day).days for x, d in settled), weight),
        "collection_effectiveness_rate": ratio(opening + recent - receivables, opening + recent - not_due)
        if covered > 91
        else None,
        "recovery_rate": ratio(sum(x.paid for x in due), sum(x.cents - x.credited for x in due)),
        "at_risk_rate": ratio(
            sum(unpaid_at(x, x.due + dt.timedelta(90)) for x in at_risk if x.due), sum(x.cents for x in at_risk)
        ),
        "default_rate": ratio(defaults, population) if covered > 365 else None,
        "default_amount_rate": ratio(default_cents, population_cents) if covered > 365 else None,
        "customers_count": len({x.customer for x in debits if x.left}),
        "overdue_customers_count": len({x.customer for x in debits if x.left and late(x)}),
    }


def countback_by_hand(lines: list[Line], as_of: dt.date, start: dt.date) -> float | None:
    """DSO by exhaustion, one calendar month at a time."""
    left = sum(x.cents for x in lines if x.day <= as_of)
    if left < 0:
        return None
    days, year, month = 0.0, as_of.year, as_of.month
    while left > 0:
        first = dt.date(year, month, 1)
        last = (dt.date(year + month // 12, month % 12 + 1, 1)) - dt.timedelta(1)
        first, last = max(first, start), min(last, as_of)
        if last < start:
            return None
        sold = sum(x.cents for x in lines if x.is_sale and first <= x.day <= last)
        length = (last - first).days + 1
        if sold >= left:
            return days + length * left / sold
        left -= sold
        days += length
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return days
