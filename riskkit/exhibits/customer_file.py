"""Everything a run holds about one customer, gathered for its sheet; and every customer as one row of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

Read = Callable[[str], pd.DataFrame | None]
ABOUT = (
    "customers", "ageing", "scores", "score_notes", "credit_limits", "segments", "cash_customers", "company_states",
    "enrichment", "payer_profiles", "open_items", "unapplied", "payment_time", "customer_months", "events", "provision",
    "claimable_penalties", "dunning",
)  # fmt: skip
"""Tables with a column `customer_id` that a sheet reads; those that a run does not have are left out."""


@dataclass(frozen=True)
class CustomerFile:
    """The rows about one customer, table by table. A table that the run does not have is not in `tables`."""

    customer_id: str
    name: str
    tables: Mapping[str, pd.DataFrame]

    def rows(self, table: str) -> pd.DataFrame:
        """Its rows in a table; none when the run does not have the table."""
        return self.tables.get(table, pd.DataFrame())

    def row(self, table: str) -> dict[str, Any]:
        """Its last row in a table, missing values left out; empty without one."""
        rows = self.rows(table)
        if rows.empty:
            return {}
        return {str(name): value for name, value in rows.iloc[-1].items() if not _is_missing(value)}

    def number(self, table: str, column: str) -> float | None:
        """A figure of its row in a table."""
        value = self.row(table).get(column)
        return None if value is None else float(value)

    def said(self, table: str, column: str) -> str:
        """A text of its row in a table, blank where there is none."""
        return str(self.row(table).get(column, ""))


def open_customer(customer_id: str, names: Mapping[str, str], read: Read) -> CustomerFile | None:
    """The file of a customer; None when the run does not know it."""
    if customer_id not in names:
        return None
    found = {}
    for name in ABOUT:
        table = read(name)
        if table is not None and "customer_id" in table:
            found[name] = table[table["customer_id"].astype("str") == customer_id]
    return CustomerFile(customer_id, names[customer_id], found)


def customer_rows(names: Mapping[str, str], read: Read) -> pd.DataFrame:
    """One row a customer of the ledger, whether it owes or not.

    To: customer_id, name, receivables, open, overdue, unapplied, overdue_share, oldest_days, sales_12m, risk_class,
        expert_score, probability_6m, probability_12m, usual_days, limit, usage_share, over_limit, expected_loss,
        expected_13w, never, expected_late_days, mean_days_late, segment; missing where the run does not say.
        Amounts in currency units.
    """
    rows = pd.DataFrame({"customer_id": list(names), "name": list(names.values())}).set_index("customer_id")
    for table, columns in _TAKEN.items():
        found = read(table)
        if found is None or found.empty:
            rows = rows.assign(**{to: float("nan") for to in columns.values() if to not in rows})
            continue
        keyed = found.assign(customer_id=found["customer_id"].astype("str")).drop_duplicates("customer_id", keep="last")
        keyed = keyed.set_index("customer_id")
        for column, to in columns.items():
            rows[to] = keyed[column].reindex(rows.index) if column in keyed else float("nan")
    for name in ("receivables", "open", "overdue", "unapplied"):
        rows[name] = rows[name].astype("float64").fillna(0.0)
    numeric = [name for name in rows.columns if name not in ("name", "risk_class", "segment")]
    rows[numeric] = rows[numeric].astype("float64")
    rows["overdue_share"] = (rows["overdue"] / rows["open"]).where(rows["open"] > 0)
    rows["oldest_days"] = rows["oldest_days"].where(rows["oldest_days"] > 0)
    return rows.reset_index()


_TAKEN: dict[str, dict[str, str]] = {
    "ageing": {
        "receivables_amount": "receivables", "open_items_amount": "open", "overdue_amount": "overdue",
        "unapplied_amount": "unapplied", "oldest_days_past_due": "oldest_days",
    },
    "segments": {"sales_12m_amount": "sales_12m", "segment": "segment"},
    "scores": {
        "risk_class": "risk_class", "expert_score": "expert_score", "probability_6m": "probability_6m",
        "probability_12m": "probability_12m", "usual_days": "usual_days",
    },
    "credit_limits": {
        "limit_amount": "limit", "usage_share": "usage_share", "over_limit_amount": "over_limit",
        "expected_loss_amount": "expected_loss",
    },
    "cash_customers": {
        "expected_amount": "expected_13w", "never_amount": "never", "late_days": "expected_late_days",
    },
    "payer_profiles": {"mean_days_late": "mean_days_late"},
}  # fmt: skip


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)
