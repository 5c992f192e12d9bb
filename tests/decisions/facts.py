"""Facts of customers for the tests of decisions: one sound customer, and what a test says otherwise."""

from __future__ import annotations

import pandas as pd

SOUND = {
    "customer_id": "C1", "debtor_id": "C1", "name": "Sound", "is_catch_all": False, "state": "in_bonis",
    "risk_class": "2", "risk_level": "low", "is_in_event": False, "probability": 0.05, "profile": "slightly_late",
    "terms_days": 30.0, "receivables_cents": 0, "sales_12m_cents": 0, "orders_cents": 0, "to_invoice_cents": 0,
    "current_limit_cents": pd.NA, "insured_amount_cents": pd.NA, "insured_share": float("nan"),
    "insured_from": pd.NaT, "insured_to": pd.NaT, "equity_cents": pd.NA, "turnover_cents": pd.NA,
    "accounts_date": pd.NaT,
}  # fmt: skip
_NULLABLE = ("current_limit_cents", "insured_amount_cents", "equity_cents", "turnover_cents")
_DATES = ("insured_from", "insured_to", "accounts_date")


def facts_of(*customers: dict) -> pd.DataFrame:
    """One row per customer, `SOUND` but for what each says."""
    rows = [
        {**SOUND, "customer_id": f"C{rank}", "debtor_id": f"C{rank}", **each} for rank, each in enumerate(customers, 1)
    ]
    frame = pd.DataFrame(rows)
    return frame.astype(dict.fromkeys(_NULLABLE, "Int64") | dict.fromkeys(_DATES, "datetime64[us]"))
