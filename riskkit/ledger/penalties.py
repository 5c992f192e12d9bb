"""Late-payment penalties and fixed indemnities that one could claim, by customer and half-year.

Penalties run from the day after the due date, without a reminder, until the day of payment, or `as_of` for what is
still open: amount × days × yearly rate ÷ 365, piecewise by half-year. The indemnity (40 €) is owed once for each
invoice paid late or still unpaid, in the half-year that holds the day after its due date. Not claimed: what credit
notes cancelled or write-offs gave up, disputed invoices, days more than five years old (L110-4), and days from the
opening of a collective procedure on (L622-28).
"""

from __future__ import annotations

import datetime as dt

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Lazy
from riskkit.ledger.book import BEHAVIOUR_KINDS
from riskkit.ledger.formulas import NotComputableError
from riskkit.ledger.items_settled import SettledLedger
from riskkit.ledger.month_calendar import half_of, half_start, half_starts
from riskkit.ledger.penalty_rates import penalty_rate
from riskkit.ledger.totals import procedures
from riskkit.policy_measures import PenaltyPolicy
from riskkit.schemas import Column, Table

c = nw.col
YEAR_DAYS = 365
RATE_UNIT = 1_000_000  # rates are known to a ten-thousandth of a percent
LIMITATION_YEARS = 5

CLAIMABLE_PENALTIES = Table(
    "claimable_penalties",
    "a customer in a half-year in which it was late",
    (
        Column("customer_id", "text", "the customer"),
        Column("customer_name", "text", "its name", nullable=True),
        Column("half_year", "text", "year and half: 2024-S1 is January to June"),
        Column("period_start", "date", "first day of the half-year"),
        Column("is_public", "flag", "True for a public buyer, by its legal form: other rate"),
        Column("rate", "number", "yearly rate applied; missing past the end of the rate tables", nullable=True),
        Column("rate_source", "text", "ecb (rate + 10 points), public (+ 8), contract, floor (3 × legal) or unknown"),
        Column("late_days", "number", "mean days late in the half-year, by euro"),
        Column("late_amount_days", "number", "Σ amount (currency units) × days late in the half-year"),
        Column("penalties_cents", "cents", "amount × days × rate ÷ 365; missing without a rate", nullable=True),
        Column("invoices_count", "integer", "invoices that became late in the half-year"),
        Column("indemnities_cents", "cents", "fixed indemnity of these invoices"),
        Column("reason", "text", "why there are no penalties", nullable=True),
    ),
)


def claimable_penalties(ledger: SettledLedger) -> pd.DataFrame:
    """Penalties and indemnities by customer and half-year: `CLAIMABLE_PENALTIES`, by customer then time."""
    policy = ledger.policy.measures.penalties
    sums = _late_sums(ledger)
    late: pd.DataFrame = _late_invoices(ledger).collect(backend="pandas").to_native()
    table = sums.merge(late, on=["customer_id", "half"], how="outer")
    table[["cent_days", "cents", "invoices"]] = table[["cent_days", "cents", "invoices"]].fillna(0).astype("int64")
    customers = ledger.book.customers.set_index("customer_id")
    forms = customers["legal_form"].fillna("").astype("str")
    is_public = forms.map({form: is_public_form(form, policy=policy) for form in forms.unique()})
    table["is_public"] = table["customer_id"].map(is_public).astype("bool")
    table["customer_name"] = table["customer_id"].map(customers["name"])
    return price(table, policy=policy)


def price(table: pd.DataFrame, *, policy: PenaltyPolicy) -> pd.DataFrame:
    """`CLAIMABLE_PENALTIES` from sums by customer and half-year.

    From: customer_id, customer_name, half, is_public, cents and cent_days (Σ cents × days), invoices.
    """
    keys = list(zip(table["half"].tolist(), table["is_public"].tolist(), strict=True))
    rates = {key: _rate(*key, policy=policy) for key in set(keys)}
    found = [rates[key] for key in keys]
    rate = [value for value, _source, _reason in found]
    whole = table["cents"].where(table["cents"] > 0)
    priced = table.assign(
        half_year=table["half"].map({half: f"{half // 2}-S{1 + half % 2}" for half in table["half"].unique()}),
        period_start=half_starts(table["half"]),
        rate=pd.Series(rate, index=table.index, dtype="float64"),
        rate_source=[source for _value, source, _reason in found],
        late_days=(table["cent_days"] / whole).fillna(0.0),
        late_amount_days=table["cent_days"] / 100,
        penalties_cents=_penalties(table["cent_days"], rate),
        invoices_count=table["invoices"],
        indemnities_cents=table["invoices"] * policy.indemnity_cents,
        reason=pd.Series([reason for _value, _source, reason in found], index=table.index, dtype="str"),
    )
    return CLAIMABLE_PENALTIES.conform(priced.sort_values(["customer_id", "half"]))[CLAIMABLE_PENALTIES.names]


def _penalties(cent_days: pd.Series, rates: list[float | None]) -> pd.Series:
    pairs = zip(cent_days.tolist(), rates, strict=True)
    priced = [pd.NA if rate is None else penalty_cents(days, rate) for days, rate in pairs]
    return pd.Series(priced, index=cent_days.index, dtype="Int64")


def penalty_cents(cent_days: int, rate: float) -> int:
    """Penalty in cents on Σ cents × days at a yearly rate, exact in integers and rounded once, half to even.

    Examples
    --------
    >>> penalty_cents(1_000_000 * 30, 0.1215)  # 10 000 € late by 30 days: 10 000 × 12.15 % × 30 ÷ 365 = 99.86 €
    9986
    """
    parts = YEAR_DAYS * RATE_UNIT
    whole, left = divmod(cent_days * round(rate * RATE_UNIT), parts)
    return whole + (2 * left > parts or (2 * left == parts and whole % 2 == 1))


def is_public_form(legal_form: str, *, policy: PenaltyPolicy) -> bool:
    """Whether a legal form, as a code of four digits, is that of a public buyer."""
    return legal_form.strip()[:4].isdigit() and legal_form.strip().startswith(policy.public_legal_forms)


def _rate(half: int, is_public: bool, *, policy: PenaltyPolicy) -> tuple[float | None, str, str | None]:
    try:
        return (*penalty_rate(half, is_public=is_public, policy=policy), None)
    except NotComputableError as fault:
        return None, "unknown", str(fault.reason)


def _stops(ledger: SettledLedger) -> Lazy:
    """Days on which penalties stop: the eve of a customer's collective procedure."""
    opened = procedures(ledger.book).filter(c("procedure_day") <= ledger.as_of.toordinal())
    return opened.select("customer_id", stop_day=c("procedure_day") - 1)


def _claimable(frame: Lazy, ledger: SettledLedger) -> Lazy:
    """Rows of invoices that are neither disputed nor undated, with the last day on which penalties run."""
    as_of = ledger.as_of.toordinal()
    kept = frame.filter(
        c("kind").is_in(BEHAVIOUR_KINDS)
        & ~c("due_day").is_null()
        & (c("dispute_day").is_null() | (c("dispute_day") > as_of))
    )
    return kept.join(_stops(ledger), on="customer_id", how="left").with_columns(
        stop_day=nw.when(c("stop_day").is_null()).then(nw.lit(as_of)).otherwise(c("stop_day"))
    )


def _late_amounts(ledger: SettledLedger) -> Lazy:
    """Amounts with the stretch over which they were late: customer_id, due_day, day (the last one), cents."""
    as_of = nw.lit(ledger.as_of.toordinal())
    columns = ["customer_id", "kind", "due_day", "dispute_day", "day", "cents"]
    paid = ledger.flows.filter(c("way").is_in(["paid", "other"]) & (c("day") > c("due_day"))).select(*columns)
    still = ledger.items.filter((c("open") > 0) & (c("days_past_due") > 0)).select(
        "customer_id", "kind", "due_day", "dispute_day", day=as_of.cast(nw.Int64), cents=c("open")
    )
    both = _claimable(nw.concat([paid, still.select(*columns)]), ledger)
    barred = _years_before(ledger.as_of, LIMITATION_YEARS).toordinal()
    return both.select(
        "customer_id",
        "cents",
        start=nw.when(c("due_day") < barred).then(nw.lit(barred)).otherwise(c("due_day")),
        end=nw.when(c("day") > c("stop_day")).then(c("stop_day")).otherwise(c("day")),
    ).filter(c("start") < c("end"))


def _late_sums(ledger: SettledLedger) -> pd.DataFrame:
    """Late amounts by customer and half-year: customer_id, half, cents, cent_days (Σ cents × days in it)."""
    halves = range(half_of(_years_before(ledger.as_of, LIMITATION_YEARS)), half_of(ledger.as_of) + 1)
    zero = nw.lit(0)
    sums = []
    for half in halves:
        first, last = half_start(half).toordinal(), half_start(half + 1).toordinal() - 1
        until = nw.when(c("end") > last).then(nw.lit(last)).otherwise(c("end"))
        since = nw.when(c("start") < first - 1).then(nw.lit(first - 1)).otherwise(c("start"))
        days = nw.when(until > since).then(until - since).otherwise(zero)
        sums.append((c("cents") * days).sum().cast(nw.Int64).alias(f"cent_days_{half}"))
        sums.append(nw.when(until > since).then(c("cents")).otherwise(zero).sum().cast(nw.Int64).alias(f"cents_{half}"))
    wide: pd.DataFrame = _late_amounts(ledger).group_by("customer_id").agg(*sums).collect(backend="pandas").to_native()
    long = [
        pd.DataFrame(
            {
                "customer_id": wide["customer_id"],
                "half": half,
                "cents": wide[f"cents_{half}"],
                "cent_days": wide[f"cent_days_{half}"],
            }
        )
        for half in halves
    ]
    table = pd.concat(long, ignore_index=True)
    return table[table["cents"] > 0]


def _late_invoices(ledger: SettledLedger) -> Lazy:
    """Invoices that became late, by customer and half-year of the day after their due date: invoices."""
    late = ledger.items.filter((c("paid_late") > 0) | ((c("open") > 0) & (c("days_past_due") > 0)))
    barred = _years_before(ledger.as_of, LIMITATION_YEARS).toordinal()
    counted = _claimable(late, ledger).filter((c("due_day") >= barred) & (c("due_day") < c("stop_day")))
    return (
        counted.group_by("customer_id", "late_half").agg(invoices=nw.len().cast(nw.Int64)).rename({"late_half": "half"})
    )


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
