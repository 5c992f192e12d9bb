"""Contracts of the chance that an invoice not yet due will be late."""

from __future__ import annotations

from riskkit.schemas import Column, Table

INVOICE_RISK = Table(
    "invoice_risk",
    "an open invoice that is not due yet, and whether it will be late",
    (
        Column("item_id", "text", "key of the item, as in open_items"),
        Column("invoice_number", "text", "number as the file gives it", nullable=True),
        Column("customer_id", "text", "who owes it"),
        Column("customer_name", "text", "name of the customer", nullable=True),
        Column("issue_date", "date", "date of issue"),
        Column("due_date", "date", "date due"),
        Column("open_cents", "cents", "what is still owed"),
        Column("late_after_days", "integer", "days after the due date from which it counts as late here"),
        Column("late_probability", "number", "chance that it is settled later than that"),
        Column("customer_late_rate", "number", "late share of the customer's settled invoices, shrunk: the baseline"),
        Column("settled_count", "integer", "settled invoices of the customer"),
        Column("late_count", "integer", "of those, settled late"),
        Column("overdue_count", "integer", "invoices of the customer that are late and not settled at the date"),
        Column("late_cents", "cents", "what is owed × the chance"),
    ),
)
INVOICE_RISK_RESULTS = Table(
    "invoice_risk_results",
    "the same question asked at a past month end, and what happened",
    (
        Column("cut_date", "date", "the month end; missing over all of them", nullable=True),
        Column("invoices", "integer", "invoices not due then, of which it is known since whether they were late"),
        Column("customers", "integer", "customers among them"),
        Column("late_rate", "number", "share that was late"),
        *(
            Column(name, "number", meaning, nullable=True)
            for name, meaning in (
                ("auc", "area under the ROC curve"),
                ("auc_low", "lower bound, customers resampled"),
                ("auc_high", "upper bound"),
                ("auc_customer_rate", "area of the customer's shrunk late rate alone"),
                ("gain_low", "lower bound of the gain over that rate"),
                ("gain_high", "upper bound"),
            )
        ),
        Column("ece", "number", "expected calibration error, ten groups of equal size"),
        Column("ece_customer_rate", "number", "the same of the rate"),
        Column("brier", "number", "mean squared error of the probability"),
        Column("brier_customer_rate", "number", "the same of the rate"),
    ),
)
