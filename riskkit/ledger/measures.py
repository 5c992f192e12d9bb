"""The measures of a receivables portfolio at a date, each with its value or the reason why it has none.

Conventions, printed in the glossary: amounts tax included; windows end on the valuation date, inclusive; days late run
from the due date; what a credit note cancels was never due; an item cancelled in full says nothing about payment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

import pandas as pd

from riskkit.errors import Message, message
from riskkit.ledger import formulas
from riskkit.ledger.formulas import NotComputableError, ratio
from riskkit.ledger.measures_balance import BALANCE_MEASURES
from riskkit.ledger.measures_terms import TERMS_MEASURES
from riskkit.ledger.own_figures import FIGURES
from riskkit.ledger.own_formula import evaluate, parse_formula
from riskkit.ledger.sums import Sums
from riskkit.ledger.totals import Totals
from riskkit.policy import Policy
from riskkit.policy_own import BalanceSheet, OwnMeasure, Target
from riskkit.schemas import Column, Table

HISTORY = Table(
    "measures",
    "a measure at a month end, or at `as_of`",
    (
        Column("as_of", "date", "the valuation date; nothing later was known"),
        Column("measure", "text", "name of the measure, its unit in the suffix"),
        Column(
            "value",
            "number",
            "amounts in currency units, rates as shares of 1; missing when not computable",
            nullable=True,
        ),
        Column("reason", "text", "why it is not computable", nullable=True),
        Column("target", "number", "what the policy compares it with; missing without one", nullable=True),
        Column("colour", "text", "green (target held), orange, red (alert)", nullable=True),
    ),
)


@dataclass(frozen=True)
class Measure:
    """A value, or the reason why there is none. Amounts are cents, whole unless divided; rates are of 1."""

    value: float | int | None
    reason: Message | None = None

    def shown(self, name: str) -> float | None:
        """The value in the unit of the measure's name: amounts in currency units."""
        return self.value / 100 if self.value is not None and name.endswith("_amount") else self.value


def _dso(s: Sums) -> float:
    return formulas.dso(s.of["receivables"], s.of["sales"], days=s.sales_days)


def _best_possible(s: Sums) -> float:
    return formulas.dso(s.of["not_due"], s.of["sales"], days=s.sales_days)


def _countback(s: Sums) -> float:
    return formulas.countback_dso(s.of["receivables"], s.monthly_sales, as_of=s.as_of, since=s.coverage_start)


def _days_beyond_terms(column: str) -> Callable[[Sums], float]:
    def measure(s: Sums) -> float:
        why = message("no invoice was settled or overdue in the window")
        return ratio(s.of[column] + s.of["still_late"], s.of["settled_weight"] + s.of["still_weight"], why=why)

    return measure


def _payment_delay(s: Sums) -> float:
    return ratio(s.of["settled_delay"], s.of["settled_weight"], why=message("no invoice was settled in the window"))


def _collection_effectiveness(s: Sums) -> float:
    s.need(s.policy.collection_window_days)
    return formulas.collection_effectiveness(
        s.of["collection_opening"], s.of["collection_sales"], s.of["receivables"], s.of["not_due"]
    )


def _recovery(s: Sums) -> float:
    return ratio(s.of["collection_paid"], s.of["collection_due"], why=message("nothing was due in the period"))


def _at_risk(s: Sums) -> float:
    why = message("no invoice is old enough: {days} days after its due date", days=s.policy.at_risk_days)
    return ratio(s.of["risk_unpaid"], s.of["risk_due"], why=why)


def _default(numerator: str, denominator: str) -> Callable[[Sums], float]:
    def measure(s: Sums) -> float:
        s.need(s.policy.behaviour_window_days)
        return ratio(s.of[numerator], s.of[denominator], why=message("no customer owed anything a year before"))

    return measure


def _overdue(s: Sums) -> int:
    if not s.of["overdue"] and not s.of["not_due"] and s.of["open"] > 0:
        raise NotComputableError(message("nothing that is open has a due date"))
    return int(s.of["overdue"])


def _overdue_share(s: Sums) -> float:
    return ratio(_overdue(s), s.of["receivables"], why=message("nothing is owed on balance"))


def _sales_12m(s: Sums) -> int:
    if s.of["sales_12m"] == 0 and s.coverage_start >= s.as_of:
        raise NotComputableError(message("the files hold balances of one day, and no sale"))
    return int(s.of["sales_12m"])


def _overdue_sales_share(s: Sums) -> float:
    return ratio(s.of["overdue"], s.of["sales_12m"], why=message("no sales in the last twelve months"))


def _amount(column: str) -> Callable[[Sums], int]:
    return lambda s: int(s.of[column])


MEASURES: dict[str, Callable[[Sums], float | int]] = {
    "receivables_amount": _amount("receivables"),
    "open_items_amount": _amount("open"),
    "unapplied_amount": lambda s: int(s.of["open"] - s.of["receivables"]),
    "overdue_amount": _overdue,
    "disputed_amount": _amount("disputed"),
    "sales_12m_amount": _sales_12m,
    "overdue_share": _overdue_share,
    "overdue_sales_share": _overdue_sales_share,
    "dso_days": _dso,
    "countback_dso_days": _countback,
    "best_possible_dso_days": _best_possible,
    "average_days_delinquent_days": lambda s: _dso(s) - _best_possible(s),
    "days_beyond_terms_days": _days_beyond_terms("settled_late"),
    "days_beyond_terms_floored_days": _days_beyond_terms("settled_late_floored"),
    "mean_payment_delay_days": _payment_delay,
    "collection_effectiveness_rate": _collection_effectiveness,
    "recovery_rate": _recovery,
    "at_risk_rate": _at_risk,
    "default_rate": _default("defaults", "population"),
    "default_amount_rate": _default("default_cents", "population_cents"),
    "customers_count": _amount("customers"),
    "overdue_customers_count": _amount("overdue_customers"),
    **TERMS_MEASURES,
    **BALANCE_MEASURES,
}


def measure_all(sums: Sums, *, names: Collection[str] | None = None) -> dict[str, Measure]:
    """Every measure at one date, in the order of `MEASURES`, then the policy's own; or those named."""
    found: dict[str, Measure] = {}
    for name, compute in MEASURES.items():
        if names is not None and name not in names:
            continue
        try:
            found[name] = Measure(compute(sums))
        except NotComputableError as fault:
            found[name] = Measure(None, fault.reason)
    for own in sums.policy.measures.own:
        if names is None or own.name in names:
            found[own.name] = _own(own, found, sums)
    return found


def _own(own: OwnMeasure, found: dict[str, Measure], sums: Sums) -> Measure:
    """A measure of the policy's own, from the figures and the measures before it."""

    def figure(name: str) -> float:
        if name in FIGURES:
            return FIGURES[name](sums)
        if name not in found:
            raise NotComputableError(message("{name} is of the whole company only", name=name))
        shown = found[name].shown(name)
        if shown is None:
            raise NotComputableError(found[name].reason or message("no reason was given"))
        return shown

    try:
        value = evaluate(parse_formula(own.formula), figure)
    except NotComputableError as fault:
        return Measure(None, fault.reason)
    return Measure(value * 100 if own.unit == "amount" else value)


def measure_dates(
    totals: Totals,
    *,
    as_of: list[dt.date],
    coverage_start: dt.date,
    policy: Policy,
    balance: BalanceSheet | None = None,
) -> dict[dt.date, dict[str, Measure]]:
    """Every measure at each date; a date before the first movement has no row in `totals` and is left out."""
    result = {}
    for date in as_of:
        if date.toordinal() in totals.rows.index:
            of = {str(name): int(cents) for name, cents in totals.rows.loc[[date.toordinal()]].iloc[0].items()}
            sales = totals.monthly_sales[date.toordinal()]
            result[date] = measure_all(Sums(of, sales, date, coverage_start, policy, balance))
    return result


def target_of(name: str, policy: Policy) -> Target | None:
    """What the policy compares a measure with, whether it is its own or one of `MEASURES`."""
    own = {measure.name: measure.target for measure in policy.measures.own}
    return own[name] if name in own else policy.measures.targets.get(name)


def history_rows(measured: dict[dt.date, dict[str, Measure]], *, policy: Policy) -> pd.DataFrame:
    """Measures by date as a table: `HISTORY`, amounts in currency units, with targets and colours."""
    rows = []
    for date, measures in measured.items():
        for name, measure in measures.items():
            shown, target = measure.shown(name), target_of(name, policy)
            colour = target.colour(shown) if target and shown is not None else None
            reason = str(measure.reason) if measure.reason else None
            rows.append((pd.Timestamp(date), name, shown, reason, target.target if target else None, colour))
    return HISTORY.conform(pd.DataFrame(rows, columns=HISTORY.names))
