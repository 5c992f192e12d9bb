"""Every kind of finding: its dimension, its severity, whose money it is compared with, and its words."""

from __future__ import annotations

from dataclasses import dataclass

from riskkit.errors import Message, message


@dataclass(frozen=True)
class FindingKind:
    """A kind of finding. `label`, `effect` and `action` receive the values that its check found."""

    dimension: str
    severity: str
    base: str
    label: Message
    effect: Message
    action: Message
    counted: str = "rows"
    is_graded: bool = True


_TWICE = message("Sales and receivables may be counted twice; the DSO and the overdue money rise with them.")
_ASK_DATES = message("Correct the dates, or check the order of day and month (date_order in portfolio.yaml).")
_FIFO = message("This money pays the oldest invoices of its customer: delays by invoice are less certain.")
_SIREN = message("No sector, no legal event and no score for these customers: attribution by sector leaves them out.")
_HOLE = message("The DSO, delays and rates of these months are wrong: sales or receipts are missing.")
_TAX = message("Amounts with and without tax may be mixed: ratios of receivables to sales drift by up to 20 %.")
_SIGN = message("The balance is wrong by twice this money if the sign is.")

ROW_KINDS: dict[str, FindingKind] = {
    "duplicate_invoice": FindingKind(
        "uniqueness", "important", "invoices", message("Same customer, same number, same amount"), _TWICE,
        message("Ask which ones were sent twice and take them out of the export; all are kept until then."),
    ),
    "shared_number": FindingKind(
        "uniqueness", "minor", "invoices", message("Same customer and number, another amount or date"),
        message("Payments that name such a number may pay the wrong row."),
        message("Check whether these are parts of one invoice or a number used again."),
    ),
    "same_amount_and_day": FindingKind(
        "uniqueness", "minor", "invoices", message("Same customer, amount and day under another number"),
        message("If they are duplicates, sales and receivables are too high by as much."),
        message("Look at the largest; subscriptions and identical orders are normal."),
    ),
    "identical_ledger_lines": FindingKind(
        "uniqueness", "minor", "movements", message("Identical lines in the ledger"),
        message("Nothing: a balanced ledger may hold equal lines; all are kept."),
        message("Nothing, unless the accountant knows of a double entry."), is_graded=False,
    ),
    "duplicate_payment": FindingKind(
        "uniqueness", "important", "payments", message("Same payment of the same invoice on the same day"),
        message("Receivables may be too low, and unapplied money too high."),
        message("Compare with the bank statement; all are kept until then."),
    ),
    "same_payment_and_day": FindingKind(
        "uniqueness", "minor", "payments", message("Same customer, amount and day, no invoice named"),
        message("If they are duplicates, receivables are too low by as much."),
        message("Compare the largest with the bank statement."),
    ),
    "no_due_date": FindingKind(
        "completeness", "important", "invoices", message("No due date, and no terms for the customer"),
        message("What is overdue rests on terms assumed for everyone."),
        message("Ask for due dates, or add a column of payment terms to the list of customers."),
    ),
    "due_date_from_terms": FindingKind(
        "completeness", "minor", "invoices", message("No due date; the customer's terms give one"),
        message("The due date is computed from the terms in the list of customers."),
        message("Nothing, if these terms are the ones written on the invoices."),
    ),
    "opening_without_detail": FindingKind(
        "completeness", "important", "invoices", message("Opening balance without detail"),
        message("The real age of this money is not known: it is in the bucket without due date."),
        message("Ask for the list of open items at the opening, or for the ledger of the year before."),
    ),
    "impossible_date": FindingKind(
        "validity", "important", "movements", message("Date before {first} or after {last}"),
        message("Age, delay and the month of sale of these rows are wrong."), _ASK_DATES,
    ),
    "due_before_issue": FindingKind(
        "consistency", "important", "invoices", message("Due before it was issued"),
        message("These invoices are overdue on the day they are issued; delays are overstated."), _ASK_DATES,
    ),
    "due_too_late": FindingKind(
        "consistency", "important", "invoices", message("Due more than {days} days after issue"),
        message("They do not become overdue before long: the overdue money is understated if it is an error."),
        _ASK_DATES,
    ),
    "undated_settlement": FindingKind(
        "timeliness", "important", "payments", message("Settled on a date that the files do not give"),
        message("These settlements count in the balance at the latest date only, and say nothing of delays."),
        message("Ask for the list of payments with their dates."),
    ),
    "negative_invoice": FindingKind(
        "validity", "important", "invoices", message("Negative invoice that is not called a credit note"), _SIGN,
        message("Check whether they are credit notes or amounts with the wrong sign."),
    ),
    "negative_like_invoice": FindingKind(
        "validity", "minor", "invoices", message("Negative amount under a number of the series of invoices"),
        message("It is taken as a credit note; the balance is wrong by twice this money if the sign is."),
        message("Check whether they are credit notes or amounts with the wrong sign."),
    ),
    "positive_credit_note": FindingKind(
        "validity", "important", "invoices", message("Credit note with a positive amount"), _SIGN,
        message("Check the sign; a credit note lowers what the customer owes."),
    ),
    "payment_sign": FindingKind(
        "validity", "important", "payments", message("Payment or refund with the wrong sign"), _SIGN,
        message("Check whether they are payments or money given back."),
    ),
    "zero_amount": FindingKind(
        "validity", "minor", "invoices", message("Invoice of zero"),
        message("Nothing in money; it counts in no average."), message("Nothing, unless the amount was lost."),
    ),
    "currency_mix": FindingKind(
        "consistency", "blocking", "invoices", message("Several currencies: {main}, and also {others}"),
        message("Adding amounts of several currencies means nothing."),
        message("Give a table of rates, or one file for each currency."),
    ),
    "tax_excl_above_incl": FindingKind(
        "consistency", "important", "invoices", message("Amount without tax above the amount with tax"), _TAX,
        message("Check that the two columns are not exchanged."),
    ),
    "tax_rate_impossible": FindingKind(
        "consistency", "important", "invoices", message("Tax above {rate} % of the amount without tax"), _TAX,
        message("Check that the amount without tax covers the whole invoice."),
    ),
    "tax_rate_odd": FindingKind(
        "consistency", "minor", "invoices", message("Tax at none of the French rates"),
        message("Nothing when an invoice mixes rates; otherwise one of the two amounts is wrong."),
        message("Look at the largest."),
    ),
    "tax_basis_mix": FindingKind(
        "consistency", "minor", "invoices", message("No tax, for customers otherwise invoiced with tax"), _TAX,
        message("Check for exports and reverse charge; otherwise the amount with tax is missing."),
    ),
}  # fmt: skip

LEDGER_KINDS: dict[str, FindingKind] = {
    "no_payments": FindingKind(
        "completeness", "important", "invoices", message("No payment in the files"),
        message("Everything looks unpaid, unless the files hold open items only; delays and rates say nothing."),
        message("Add the list of payments, or the ledger."),
    ),
    "orphan_payment": FindingKind(
        "consistency", "important", "payments", message("Payment of an invoice that is not in the files"), _FIFO,
        message("Add the missing invoices, often those of the years before."),
    ),
    "payment_other_customer": FindingKind(
        "consistency", "important", "payments", message("Payment of another customer's invoice"), _FIFO,
        message("Check the customer of these payments: head office that pays for its branches, or an error."),
    ),
    "payment_before_invoice": FindingKind(
        "consistency", "minor", "payments", message("Payment before the invoice it names"),
        message("Delays are shortened; deposits and orders paid in advance are normal."),
        message("Look at the largest: a wrong date or a number used again."),
    ),
    "payment_without_reference": FindingKind(
        "completeness", "minor", "payments", message("Payment that names no invoice"), _FIFO,
        message("Ask for the lettering, or for payments with invoice numbers."),
    ),
    "no_siren": FindingKind(
        "completeness", "minor", "exposure", message("Customer without a SIREN"), _SIREN,
        message("Add a column SIREN to the list of customers; the largest balances first."), counted="customers",
    ),
    "invalid_siren": FindingKind(
        "validity", "minor", "exposure", message("Customer whose SIREN is wrong"), _SIREN,
        message("Correct these numbers: their check digit does not agree."), counted="customers",
    ),
    "no_name": FindingKind(
        "completeness", "minor", "exposure", message("Customer without a name or SIREN"),
        message("These customers cannot be looked up, nor recognised under another code."),
        message("Add the list of customers."), counted="customers",
    ),
    "shared_siren": FindingKind(
        "uniqueness", "minor", "exposure", message("Several accounts for one SIREN"),
        message("Concentration and credit limits by account understate what one debtor owes."),
        message("Look at these accounts together."), counted="customers",
    ),
    "catch_all": FindingKind(
        "completeness", "important", "invoices", message("Account that mixes several customers"),
        message("What is said of it as one customer is not to be trusted: score, delay, sector, limit."),
        message("Open an account for each customer who buys often."), counted="customers",
    ),
    "hole_invoices": FindingKind(
        "timeliness", "important", "invoices", message("Months with hardly any invoice: {months}"), _HOLE,
        message("Ask for the missing months; the money is what such a month usually holds."), counted="months",
    ),
    "hole_payments": FindingKind(
        "timeliness", "important", "payments", message("Months with hardly any payment: {months}"), _HOLE,
        message("Ask for the missing months; the money is what such a month usually holds."), counted="months",
    ),
    "reconciliation_gap": FindingKind(
        "reconciliation", "blocking", "control", message("Gap to the control total of {day}"),
        message(
            "{ours} in the files, {control} expected: the receivables, and every measure made of them, may be wrong "
            "by this gap."
        ),
        message("See what the gap is made of, line by line, and correct the files: {explained} of it is explained."),
    ),
    "terms_beyond_law": FindingKind(
        "conformity", "important", "invoices", message("Due later than the law allows"),
        message(
            "{customers:customer|customers}, {customer} first, {customers:?has|have} terms beyond the law "
            "({article}, {days} days from issue): a fine is possible, and receivables last longer than they must."
        ),
        message("Put these customers back within the legal terms; the longest are {longest} days."),
    ),
}  # fmt: skip


def row_or_ledger_kind(code: str) -> FindingKind:
    """The kind of that code."""
    return ROW_KINDS.get(code) or LEDGER_KINDS[code]
