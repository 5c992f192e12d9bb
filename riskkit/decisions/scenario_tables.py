"""Contracts of the tables of what-if."""

from __future__ import annotations

from riskkit.schemas import Column, Table

UNITS = {
    "cash_13w_amount": "amount", "receivables_amount": "amount", "dso_days": "days", "bfr_days": "days",
    "long_run_cash_amount": "amount", "long_run_dso_days": "days", "target_overdue_amount": "amount",
    "target_loss_13w_amount": "amount", "target_loss_share": "share", "margin_cost_13w_amount": "amount",
    "net_yearly_amount": "amount", "legal_risk_count": "count",
}  # fmt: skip
"""Measures of a scenario, in the order shown, with their unit."""

SCENARIOS = Table(
    "scenarios",
    "a measure of a scenario: without it, with it, and the change with its interval",
    (
        Column("scenario", "text", "name of the scenario in the policy"),
        Column("title", "text", "what it does, in the language of the run"),
        Column("customers_count", "integer", "customers concerned"),
        Column("sales_share", "number", "their part of the sales of twelve months"),
        Column("measure", "text", "what is measured (see the glossary)"),
        Column("unit", "text", "amount (currency), days, share or count"),
        Column("base", "number", "without the scenario, at the end of 13 weeks; missing where it has none",
               nullable=True),
        Column("change", "number", "scenario less base: median of the draws"),
        Column("low", "number", "low end of the change at the confidence of the policy"),
        Column("high", "number", "high end of it"),
    ),
)  # fmt: skip
SCENARIO_WEEKS = Table(
    "scenario_weeks",
    "a week after the date of the run under a scenario",
    (
        Column("scenario", "text", "name of the scenario in the policy"),
        Column("week", "integer", "1 to 13"),
        Column("week_end", "date", "its last day"),
        Column("freed_cents", "cents", "cash come by then beyond what would have come without: median of the draws"),
        Column("freed_low_cents", "cents", "low end at the confidence of the policy"),
        Column("freed_high_cents", "cents", "high end"),
        Column("overdue_cents", "cents", "change of what the customers concerned have overdue: median of the draws"),
    ),
)
SCENARIO_ASSUMPTIONS = Table(
    "scenario_assumptions",
    "an assumption on how customers react",
    (
        Column("assumption", "text", "its name in policy.yaml, or growth of sales"),
        Column("middle", "number", "value taken"),
        Column("low", "number", "low end: 95 chances in 100 between both"),
        Column("high", "number", "high end"),
        Column("source", "text", "policy (assumed) or ledger (read from customers whose terms changed, or from sales)"),
        Column("customers_count", "integer", "customers of the ledger that taught it; 0 where none did"),
    ),
)
SCENARIO_TABLES = (SCENARIOS, SCENARIO_WEEKS, SCENARIO_ASSUMPTIONS)
