"""The receivables matrix: low or high receivables, few or many debtors, and the strategy of the company's cell."""

from __future__ import annotations

import pandas as pd

from riskkit.errors import Message, message
from riskkit.policy_drivers import MatrixPolicy
from riskkit.schemas import Column, Table

RECEIVABLES_MATRIX = Table(
    "receivables_matrix",
    "the company's place in the receivables matrix; one row",
    (
        Column("receivables_days", "number", "DSO; missing when not computable", nullable=True),
        Column("high_receivables_days", "number", "DSO from which receivables are high (policy)"),
        Column("effective_number", "number", "effective number of debtors of the open items", nullable=True),
        Column("many_customers_number", "number", "number from which they are many (policy)"),
        Column("receivables", "text", "low, high, or unknown"),
        Column("customers", "text", "few, many, or unknown"),
        Column("cell", "text", "low_few, low_many, high_few, high_many, or unknown"),
    ),
)

CELLS: dict[str, Message] = {
    "low_few": message(
        "Low receivables, few debtors: watch each one. Follow every large account by name, insure or guarantee the"
        " largest, agree limits before orders grow, and prepare for the loss of one of them."
    ),
    "low_many": message(
        "Low receivables, many debtors: keep it automatic. Score and limit at the opening of an account, scheduled"
        " reminders, direct debit for small accounts; people only for the exceptions."
    ),
    "high_few": message(
        "High receivables, few debtors: negotiate. Speak with each large account at the level of its management,"
        " reset terms, ask for drafts, guarantees or credit insurance, and assign or factor the longest invoices."
    ),
    "high_many": message(
        "High receivables, many debtors: industrialise collection. Sort customers by risk and amount, remind before"
        " the due date, stop deliveries past a limit, charge penalties and the 40 € indemnity, factor what is left."
    ),
    "unknown": message("The receivables matrix cannot place the company: its DSO or its open items are not known."),
}


def place_company(*, receivables_days: float | None, number: float | None, policy: MatrixPolicy) -> pd.DataFrame:
    """The cell of the company: `RECEIVABLES_MATRIX`.

    Parameters
    ----------
    receivables_days
        Simple DSO, in days; None when not computable.
    number
        Effective number of debtors (1 ÷ HHI of the open items); None when nothing is open.
    policy
        The two thresholds; a value equal to its threshold is high, or many.

    """
    receivables = _class(receivables_days, policy.high_receivables_days, ("low", "high"))
    customers = _class(number, policy.many_customers_number, ("few", "many"))
    row = {
        "receivables_days": receivables_days,
        "high_receivables_days": policy.high_receivables_days,
        "effective_number": number,
        "many_customers_number": policy.many_customers_number,
        "receivables": receivables,
        "customers": customers,
        "cell": "unknown" if "unknown" in (receivables, customers) else f"{receivables}_{customers}",
    }
    return RECEIVABLES_MATRIX.conform(pd.DataFrame([row]))[RECEIVABLES_MATRIX.names]


def strategy(cell: str) -> Message:
    """What to do in a cell of the matrix."""
    return CELLS[cell]


def _class(value: float | None, threshold: float, names: tuple[str, str]) -> str:
    if value is None or pd.isna(value):
        return "unknown"
    return names[int(value >= threshold)]
