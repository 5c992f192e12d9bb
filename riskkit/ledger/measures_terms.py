"""Measures of terms: the part of the DSO that was agreed and the part that is late, disputes, terms not kept."""

from __future__ import annotations

from collections.abc import Callable

from riskkit.errors import message
from riskkit.ledger import formulas
from riskkit.ledger.formulas import NotComputableError, ratio
from riskkit.ledger.sums import Sums

YEAR_DAYS = 365


def contractual_dso(s: Sums) -> float:
    """Mean terms granted, by euro, on the invoices of the DSO window: the DSO if every due date were kept."""
    return ratio(s.of["terms_days"], s.of["terms_weight"], why=message("no invoice with a due date in the window"))


def late_dso(s: Sums) -> float:
    """The overdue amount in days of sales."""
    return formulas.dso(s.of["overdue"], s.of["sales"], days=s.sales_days)


def dso_day(s: Sums) -> float:
    """What one day of DSO ties up: sales of twelve months ÷ 365, in cents."""
    if s.of["sales_12m"] <= 0:
        raise NotComputableError(message("no sales in the last twelve months"))
    s.need(YEAR_DAYS - 1)
    return s.of["sales_12m"] / YEAR_DAYS


def dso_day_cost(s: Sums) -> float:
    """What one day of DSO costs in a year at the financing rate of the policy, in cents."""
    rate = s.policy.measures.financing_rate
    if rate is None:
        raise NotComputableError(message("give measures.financing_rate in policy.yaml"))
    return dso_day(s) * rate


def clean_dso(s: Sums) -> float:
    """DSO without the disputed items."""
    return formulas.dso(s.of["receivables"] - s.of["disputed"], s.of["sales"], days=s.sales_days)


def _disputed_share(s: Sums) -> float:
    return ratio(s.of["disputed"], s.of["open"], why=message("no item is open"))


def _clean_overdue_share(s: Sums) -> float:
    clean = s.of["open"] - s.of["disputed"]
    return ratio(s.of["overdue"] - s.of["disputed_overdue"], clean, why=message("no undisputed item is open"))


def _broken_terms(s: Sums) -> float:
    why = message("no invoice was settled or overdue in the window")
    broken = s.of["settled_broken"] + s.of["still_weight"]
    return ratio(broken, s.of["settled_weight"] + s.of["still_weight"], why=why)


def _beyond_legal_rate(s: Sums) -> float:
    why = message("no invoice was settled or open in the window")
    beyond = s.of["legal_settled"] + s.of["legal_open"]
    return ratio(beyond, s.of["settled_weight"] + s.of["open_behaving"], why=why)


def _beyond_legal_days(s: Sums) -> float:
    why = message("nothing went beyond {days} days", days=s.policy.measures.legal_maximum_days)
    days = s.of["legal_settled_days"] + s.of["legal_open_days"]
    return ratio(days, s.of["legal_settled"] + s.of["legal_open"], why=why)


TERMS_MEASURES: dict[str, Callable[[Sums], float | int]] = {
    "contractual_dso_days": contractual_dso,
    "late_dso_days": late_dso,
    "dso_day_amount": dso_day,
    "dso_day_cost_amount": dso_day_cost,
    "clean_receivables_amount": lambda s: s.of["receivables"] - s.of["disputed"],
    "clean_dso_days": clean_dso,
    "disputed_share": _disputed_share,
    "clean_overdue_share": _clean_overdue_share,
    "broken_terms_rate": _broken_terms,
    "beyond_legal_rate": _beyond_legal_rate,
    "beyond_legal_days": _beyond_legal_days,
}
