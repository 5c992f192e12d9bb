"""What the sample company sells: invoices, deposits, and the incidents drawn with each of them.

Everything random about an invoice is drawn here once, whatever the lateness of its customer, so that a change of the
planted truth changes nothing else.

- Customer i receives a number of invoices from a multinomial law with weights (sales weight)^0.6 × activity, dated by
  the sales calendar; amounts without tax are log-normal (σ = 0.7) around the mean that gives i its share of sales.
- VAT is 20 %, rounded half up to the cent.
- 15 % of the large invoices of sections F and divisions 28 and 33 are preceded, 30 to 60 days before, by a deposit of
  30 %; the final invoice is for the rest.
- `dispute_share` of invoices are disputed 5 to 30 days after issue: 55 % end with a credit note (a quarter of them for
  the whole), 30 % are paid late, 15 % never. `rebate_share` get a small credit note at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskkit.sources.sample_calendar import NEVER, Days, business_day, day_number, due_days, sales_calendar
from riskkit.sources.sample_customers import CATCH_ALL_INVOICES, Floats, Population
from riskkit.sources.sample_spec import TERM_CODES, SampleSpec

INVOICE, DEPOSIT, CREDIT_NOTE = 0, 1, 2
CREDITED, PAID_LATE, NEVER_PAID = 1, 2, 3


@dataclass(frozen=True)
class Orders:
    """Invoices and deposits of a block, one entry per item, arrays of equal length.

    `customer` is the row in the population. `deposit` is the entry of the deposit that an invoice follows, −1 for
    none. `expected_day` is when a customer without delay would pay: the due day, unless terms changed. `outcome` is
    0 when not disputed. `credit_day` is `NEVER` without a credit note. `first_share` is 1 when paid in one go.
    """

    customer: Days
    kind: Days
    deposit: Days
    issue: Days
    due: Days
    expected_day: Days
    excl_tax: Days
    amount: Days
    noise: Floats
    dispute_day: Days
    outcome: Days
    hold: Days
    credit_day: Days
    credit_excl_tax: Days
    credit_amount: Days
    first_share: Floats
    second_gap: Days
    short_share: Floats
    short_written_off: npt.NDArray[np.bool_]


def with_tax(excl_tax: Days) -> Days:
    """Tax-inclusive cents at 20 %, rounded half up."""
    return excl_tax + (excl_tax * 20 + 50) // 100


def planted_weights(spec: SampleSpec, population: Population) -> Floats:
    """Sales weights, the single late customer of a `one_customer` driver raised to half of its group's sales."""
    weight = population.sales_weight.copy()
    for driver in spec.drivers:
        if driver.one_customer:
            inside = driver.members(population.frame).to_numpy()
            largest = largest_member(inside, population)
            weight[largest] = max(weight[largest], weight[inside].sum() - weight[largest])
    return weight


def largest_member(inside: npt.NDArray[np.bool_], population: Population) -> int:
    """Row of the group's largest customer among those who buy to the end and do not fail, where there is one."""
    lasting = inside & (population.last_day == population.last_day.max()) & (population.failure_day == NEVER)
    pool = lasting if lasting.any() else inside
    return int(np.argmax(np.where(pool, population.sales_weight, -1.0)))


def make_orders(spec: SampleSpec, rng: np.random.Generator, population: Population, *, invoices: int) -> Orders:
    """The orders of one block of customers."""
    customer, issue, excl_tax = _invoices(spec, rng, population, invoices)
    excl_tax = _scaled_to_shares(spec, population, customer, excl_tax)
    deposit_row, deposit_issue, deposit_value = _deposits(spec, rng, population, customer, issue, excl_tax)
    excl_tax = excl_tax.copy()
    gross = with_tax(excl_tax)
    gross[deposit_row] -= with_tax(deposit_value)
    excl_tax[deposit_row] -= deposit_value
    deposit = np.full(len(customer), -1, dtype=np.int64)
    deposit[deposit_row] = len(customer) + np.arange(len(deposit_row))
    kind = np.repeat([INVOICE, DEPOSIT], [len(customer), len(deposit_row)])
    customer = np.concatenate([customer, customer[deposit_row]])
    issue = np.concatenate([issue, deposit_issue])
    excl_tax = np.concatenate([excl_tax, deposit_value])
    amount = np.concatenate([gross, with_tax(deposit_value)])
    due, expected = _due(spec, population, customer, issue)
    due, expected = np.where(kind == DEPOSIT, issue + 15, due), np.where(kind == DEPOSIT, issue + 15, expected)
    count = len(customer)
    dispute_day, outcome, hold = _disputes(spec, rng, issue, kind)
    credit_day, credit_excl, credit = _credit_notes(spec, rng, outcome, dispute_day, issue, excl_tax, amount)
    void = credit_day >= population.failure_day[customer]
    partial = rng.random(count) < spec.partial_share
    return Orders(
        customer=customer,
        kind=kind,
        deposit=np.concatenate([deposit, np.full(len(deposit_row), -1, dtype=np.int64)]),
        issue=issue,
        due=due,
        expected_day=expected,
        excl_tax=excl_tax,
        amount=amount,
        noise=np.exp(0.6 * rng.standard_normal(count) - 0.18),
        dispute_day=dispute_day,
        outcome=outcome,
        hold=hold,
        credit_day=np.where(void, NEVER, credit_day),
        credit_excl_tax=np.where(void, 0, credit_excl),
        credit_amount=np.where(void, 0, credit),
        first_share=np.where(partial, rng.uniform(0.3, 0.7, count), 1.0),
        second_gap=rng.integers(20, 61, count),
        short_share=np.where(rng.random(count) < 0.008, rng.uniform(0.005, 0.03, count), 0.0),
        short_written_off=rng.random(count) < 0.5,
    )


def _invoices(
    spec: SampleSpec, rng: np.random.Generator, population: Population, invoices: int
) -> tuple[Days, Days, Days]:
    """Customer, issue day and amount without tax of each invoice."""
    start, end = day_number(spec.start_date), day_number(spec.end_date)
    calendar = sales_calendar(start, end)
    before = calendar[np.clip(population.first_day - start, 0, None)]
    until = calendar[np.clip(population.last_day + 1 - start, 0, None)]
    activity = np.maximum(until - before, 0.0) / calendar[-1]
    weight = planted_weights(spec, population)
    often = np.where(population.is_catch_all, 0.0, weight**0.6 * activity)
    often *= (1 - CATCH_ALL_INVOICES * population.is_catch_all.sum()) / often.sum()
    often[population.is_catch_all] = CATCH_ALL_INVOICES
    customer = np.repeat(np.arange(len(often)), rng.multinomial(invoices, often / often.sum()))
    value = weight * activity
    mean = spec.mean_invoice_cents * value / value.sum() / np.where(often > 0, often, 1.0)
    goal = before[customer] + rng.random(invoices) * (until - before)[customer]
    issue = start + np.searchsorted(calendar, goal, side="right") - 1
    amounts = mean[customer] * np.exp(0.7 * rng.standard_normal(invoices) - 0.245)
    return customer, np.minimum(issue, end), np.maximum(np.round(amounts), 2_000).astype(np.int64)


def _scaled_to_shares(spec: SampleSpec, population: Population, customer: Days, excl_tax: Days) -> Days:
    """Amounts with each driver group scaled to its share of sales."""
    for driver in spec.drivers:
        inside = driver.members(population.frame).to_numpy()[customer]
        group, rest = int(excl_tax[inside].sum()), int(excl_tax[~inside].sum())
        if driver.sales_share is not None and group and rest:
            factor = driver.sales_share * rest / ((1 - driver.sales_share) * group)
            excl_tax = np.where(inside, np.maximum(np.round(excl_tax * factor), 100), excl_tax).astype(np.int64)
    return excl_tax


def _deposits(
    spec: SampleSpec, rng: np.random.Generator, population: Population, customer: Days, issue: Days, excl_tax: Days
) -> tuple[Days, Days, Days]:
    """Entries of the invoices that follow a deposit, and the deposits' issue days and amounts without tax."""
    frame = population.frame
    custom = (frame["section"].eq("F") | frame["division"].isin(["28", "33"])).fillna(value=False).to_numpy(dtype=bool)
    drawn = rng.random(len(customer)) < 0.15
    day = business_day(issue - rng.integers(30, 61, len(issue)))
    earliest = np.maximum(population.first_day, day_number(spec.start_date))[customer]
    rows = np.flatnonzero(custom[customer] & drawn & (excl_tax > 1.5 * np.median(excl_tax)) & (day >= earliest))
    return rows, day[rows], excl_tax[rows] * 30 // 100


def _due(spec: SampleSpec, population: Population, customer: Days, issue: Days) -> tuple[Days, Days]:
    """Due day, and the day a customer without delay pays (they differ after a change of terms)."""
    due = due_days(issue, population.terms[customer])
    change = spec.terms_change
    if change is None:
        return due, due
    group = np.ones(len(population.frame), dtype=bool)
    for column, wanted in change.where:
        group &= population.frame[column].eq(wanted).fillna(value=False).to_numpy(dtype=bool)
    changed = group[customer] & (issue >= day_number(change.from_date))
    new = due_days(issue, np.full(len(issue), TERM_CODES.index(change.terms)))
    follow = due + np.round(change.pass_through * (new - due)).astype(np.int64)
    return np.where(changed, new, due), np.where(changed, follow, due)


def _disputes(spec: SampleSpec, rng: np.random.Generator, issue: Days, kind: Days) -> tuple[Days, Days, Days]:
    """Dispute day (`NEVER` for none), how it ends (0 for none), and the days it holds the payment back."""
    count = len(issue)
    disputed = (rng.random(count) < spec.dispute_share) & (kind == INVOICE)
    outcome = np.where(disputed, rng.choice([CREDITED, PAID_LATE, NEVER_PAID], count, p=[0.55, 0.30, 0.15]), 0)
    day = np.where(disputed, issue + rng.integers(5, 31, count), NEVER)
    return day, outcome, rng.integers(45, 151, count)


def _credit_notes(
    spec: SampleSpec,
    rng: np.random.Generator,
    outcome: Days,
    dispute_day: Days,
    issue: Days,
    excl_tax: Days,
    amount: Days,
) -> tuple[Days, Days, Days]:
    """Day, amount without tax and amount of the credit note of each item (`NEVER`, 0, 0 for none)."""
    count = len(issue)
    rebate = (outcome == 0) & (rng.random(count) < spec.rebate_share)
    settled = outcome == CREDITED
    whole = settled & (rng.random(count) < 0.25)
    share = np.where(settled, rng.uniform(0.1, 0.8, count), rng.uniform(0.02, 0.15, count))
    value = np.where(whole, excl_tax, np.floor(excl_tax * share).astype(np.int64))
    day = np.where(settled, dispute_day + rng.integers(30, 121, count), issue + rng.integers(3, 21, count))
    credited = settled | rebate
    day = business_day(np.where(credited, day, 0))
    gross = np.where(whole, amount, np.minimum(with_tax(value), amount))
    return np.where(credited, day, NEVER), np.where(credited, value, 0), np.where(credited, gross, 0)
