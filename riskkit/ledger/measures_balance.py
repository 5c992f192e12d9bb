"""DPO and the working capital requirement (BFR), from a few figures of the balance sheet that a person types in."""

from __future__ import annotations

from collections.abc import Callable

from riskkit.errors import message
from riskkit.ledger.formulas import NotComputableError
from riskkit.ledger.sums import Sums
from riskkit.policy_own import BalanceSheet


def dpo(supplier_debts: float, purchases: float, *, days: int = 365) -> float:
    """Days payables outstanding: supplier debts ÷ purchases × days.

    The usual form divides by purchases, tax included, over 365 days; another by the cost of purchases over 360.

    Examples
    --------
    >>> dpo(120_000, 730_000)
    60.0
    >>> dpo(120_000, 720_000, days=360)
    60.0

    """
    return supplier_debts / purchases * days


def working_capital(
    stocks: float, receivables: float, other_assets: float, supplier_debts: float, other_debts: float
) -> float:
    """Working capital requirement: what operations tie up, net of what suppliers and others lend.

    Examples
    --------
    >>> working_capital(100, 200, 20, 150, 50)
    120

    """
    return stocks + receivables + other_assets - supplier_debts - other_debts


def _sheet(s: Sums) -> BalanceSheet:
    if s.balance is None:
        raise NotComputableError(message("give balance_sheet in portfolio.yaml"))
    if s.as_of < s.balance.closing_date:
        raise NotComputableError(
            message("the balance sheet is of {date}, later than this date", date=s.balance.closing_date)
        )
    return s.balance


def _figure(s: Sums, name: str) -> float:
    value = getattr(_sheet(s), name)
    if value is None:
        raise NotComputableError(message("give balance_sheet.{name} in portfolio.yaml", name=name))
    return float(value)


def _dpo(s: Sums) -> float:
    return dpo(_figure(s, "supplier_debts_amount"), _figure(s, "purchases_amount"))


def _dpo_of_cost(s: Sums) -> float:
    return dpo(_figure(s, "supplier_debts_amount"), _figure(s, "cost_of_purchases_amount"), days=360)


def _bfr(s: Sums) -> float:
    typed = _sheet(s).receivables_amount
    receivables = s.of["receivables"] / 100 if typed is None else typed
    euros = working_capital(
        _figure(s, "stocks_amount"),
        receivables,
        _figure(s, "other_operating_assets_amount"),
        _figure(s, "supplier_debts_amount"),
        _figure(s, "other_operating_debts_amount"),
    )
    return euros * 100


def _bfr_days(s: Sums) -> float:
    return _bfr(s) / 100 / _figure(s, "sales_excl_tax_amount") * 365


BALANCE_MEASURES: dict[str, Callable[[Sums], float | int]] = {
    "dpo_days": _dpo,
    "dpo_cost_of_purchases_days": _dpo_of_cost,
    "bfr_amount": _bfr,
    "bfr_days": _bfr_days,
}
