"""What each measure is called, in one line what it means, how it is computed, and whether less is better."""

from __future__ import annotations

import math

from riskkit.errors import Message, message
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.measure_word import MeasureWords, Unit
from riskkit.exhibits.measure_words_terms import TERMS_WORDS


def _words(
    name: str, unit: Unit, lower_is_better: bool | None, label: Message, definition: Message, formula: Message
) -> MeasureWords:
    return MeasureWords(name, unit, label, definition, formula, lower_is_better)


_ALL = (
    _words(
        "receivables_amount",
        "amount",
        None,
        message("Receivables, net"),
        message("What customers owe in all, money received but not yet matched taken off."),
        message("open items − unapplied money"),
    ),
    _words(
        "open_items_amount",
        "amount",
        None,
        message("Open items"),
        message("Invoices not yet paid, due or not."),
        message("sum of what remains due on each invoice"),
    ),
    _words(
        "unapplied_amount",
        "amount",
        True,
        message("Unapplied money"),
        message("Payments and credit notes that no invoice has used up yet."),
        message("sum of what remains of each payment and credit note"),
    ),
    _words(
        "overdue_amount",
        "amount",
        True,
        message("Overdue"),
        message("Open items whose due date has passed; due today is not overdue."),
        message("sum of open items with a due date before the valuation date"),
    ),
    _words(
        "overdue_share",
        "share",
        True,
        message("Overdue share"),
        message("Overdue money compared with net receivables."),
        message("overdue ÷ net receivables"),
    ),
    _words(
        "sales_12m_amount",
        "amount",
        False,
        message("Sales of 12 months"),
        message("Invoices less credit notes of the last twelve months, tax included."),
        message("sum of invoices − credit notes over 12 months"),
    ),
    _words(
        "dso_days",
        "days",
        True,
        message("DSO, simple"),
        message("How many days of sales are waiting to be paid."),
        message("receivables ÷ sales of the window × days of the window"),
    ),
    _words(
        "countback_dso_days",
        "days",
        True,
        message("DSO, count-back"),
        message(
            "Days of the latest sales that the receivables use up, month after month backwards; not biased by season."
        ),
        message("months of sales subtracted from receivables until none is left"),
    ),
    _words(
        "best_possible_dso_days",
        "days",
        True,
        message("DSO, best possible"),
        message("The DSO if everybody paid on the due date."),
        message("receivables not yet due ÷ sales × days"),
    ),
    _words(
        "average_days_delinquent_days",
        "days",
        True,
        message("Days due to lateness"),
        message("The part of the DSO that comes from late payment (ADD)."),
        message("simple DSO − best possible DSO"),
    ),
    _words(
        "days_beyond_terms_days",
        "days",
        True,
        message("Mean delay after due date"),
        message("Mean days late by euro, settled or still open; payments in advance count as negative days (DBT)."),
        message("Σ(amount × days late) ÷ Σ amount"),
    ),
    _words(
        "days_beyond_terms_floored_days",
        "days",
        True,
        message("Mean delay, advance ignored"),
        message("Mean days late by euro; payments in advance count as on time (DBT floored at 0)."),
        message("Σ(amount × max(days late, 0)) ÷ Σ amount"),
    ),
    _words(
        "mean_payment_delay_days",
        "days",
        True,
        message("Mean payment time"),
        message("Mean days by euro between the invoice and its payment."),
        message("Σ(amount × (payment date − issue date)) ÷ Σ amount"),
    ),
    _words(
        "collection_effectiveness_rate",
        "share",
        False,
        message("Collection effectiveness"),
        message("Part of what could be collected in the period that was collected."),
        message("(opening + sales − closing) ÷ (opening + sales − closing not yet due)"),
    ),
    _words(
        "recovery_rate",
        "share",
        False,
        message("Recovery rate"),
        message("Part of what fell due in the period that has been paid."),
        message("collected on items due in the period ÷ amount due in the period"),
    ),
    _words(
        "at_risk_rate",
        "share",
        True,
        message("At-risk rate"),
        message("Part of the amount billed still unpaid long after its due date (90 days unless the policy differs)."),
        message("unpaid 90 days after due ÷ billed"),
    ),
    _words(
        "default_rate",
        "share",
        True,
        message("Default rate, customers"),
        message("Part of customers with an item over 90 days late or in collective procedure."),
        message("customers in default ÷ customers at the start"),
    ),
    _words(
        "default_amount_rate",
        "share",
        True,
        message("Default rate, amounts"),
        message("Part of the amount owed by customers over 90 days late or in collective procedure."),
        message("amount of customers in default ÷ amount at the start"),
    ),
    _words(
        "overdue_sales_share",
        "share",
        True,
        message("Overdue against sales"),
        message("Overdue money compared with the sales of 12 months."),
        message("overdue ÷ sales of 12 months"),
    ),
    _words(
        "disputed_amount",
        "amount",
        True,
        message("In dispute"),
        message("Open items that the customer disputes."),
        message("sum of open items with a dispute date"),
    ),
    _words(
        "customers_count",
        "count",
        None,
        message("Customers with a balance"),
        message("Customers who have open items."),
        message("count of customers with open items"),
    ),
    _words(
        "overdue_customers_count",
        "count",
        True,
        message("Customers overdue"),
        message("Customers who have an overdue item."),
        message("count of customers with an overdue item"),
    ),
)

MEASURES: dict[str, MeasureWords] = {words.name: words for words in (*_ALL, *TERMS_WORDS)}


def measure_label(name: str, language: str) -> str:
    """The short name of a measure; the code itself for one that this version does not know."""
    return language_of(language).say(MEASURES[name].label) if name in MEASURES else name


def show_measure(name: str, value: float | None, language: str, *, currency: str = "EUR") -> str:
    """A measure's value with its unit, rounded as its reader needs; "not computable" when there is none."""
    words = language_of(language)
    if value is None or math.isnan(value):
        return words.text("not computable")
    unit = MEASURES[name].unit if name in MEASURES else _unit_of(name)
    if unit == "amount":
        return words.money(round(value * 100), currency=currency, digits=0)
    if unit == "days":
        return words.days(value, digits=days_digits(value))
    if unit == "share":
        return words.share(value, digits=1)
    return words.number(value, digits=0)


def days_digits(value: float) -> int:
    """Decimals of a number of days: one below ten, none above."""
    return 1 if abs(value) < 9.95 else 0


def _unit_of(name: str) -> Unit:
    if name.endswith("_amount"):
        return "amount"
    if name.endswith("_days"):
        return "days"
    return "share" if name.endswith(("_rate", "_share")) else "count"
