"""The names by which people read the figures of scores."""

from __future__ import annotations

from riskkit.errors import Message, message

FIGURES: dict[str, Message] = {
    "constant": message("Points of everybody"),
    "probability": message("The score itself"),
    "shrunk_late_rate": message("Late rate, shrunk"),
    "dbt_days": message("Days beyond terms"),
    "recent_dbt_days": message("Days beyond terms, recent"),
    "dbt_trend_days": message("Trend of days beyond terms"),
    "late_share": message("Share of invoices late"),
    "broken_share": message("Share of terms broken"),
    "overdue_share": message("Share overdue"),
    "oldest_overdue_days": message("Oldest overdue, days"),
    "over_30_months": message("More than 30 days late, months of purchases"),
    "open_months": message("Owed, months of purchases"),
    "disputed_share": message("Share disputed"),
    "basket_ratio": message("Recent basket over the one before"),
    "relation_months": message("Age of the relation, months"),
    "sector_default_rate": message("Default rate of its sector"),
    "window_count": message("Invoices over the window"),
    "log_window_amount": message("Purchases over the window, log"),
    "silent_ratio": message("Silence over usual gap"),
    "invoices_12m_count": message("Invoices over 12 months"),
    "bureau_class": message("External score"),
    "altman_z": message("Altman Z''"),
    "solvency_ratio": message("Assets over debts"),
    "alert_count": message("Privileges and protests"),
    "sector_level": message("Failure level of its sector"),
}
