"""What can be planted in a sample portfolio: its size, its calendar, and who pays late because of what."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

WHERE_COLUMNS = (
    "section",
    "division",
    "naf_code",
    "region",
    "payment_terms",
    "payment_method",
    "headcount_band",
    "legal_form",
    "sales_person",
)
TERM_CODES = ("30", "45FM", "60", "30FM")

COMPANY_NAME = "Ateliers Exemple SAS"
COMPANY_SIREN = "999999998"
"""Luhn-valid, at the very end of the number range: no company has it."""


@dataclass(frozen=True)
class Driver:
    """A group of customers who pay later because they are in the group.

    `where` names the group by customer columns and values, all of which must hold: one pair is a sector or a region,
    two pairs an interaction. `lateness` multiplies the delays of the group (see `sample_ledger`); None solves it so
    that the group makes `overdue_share` of the overdue at the end date. `sales_share` scales the group's invoices to
    that share of sales; None leaves them alone. `winter` multiplies the delays of the group's invoices due from
    November to February. With `one_customer`, only the group's largest customer is late, raised to half of the
    group's sales: a customer posing as a sector.
    """

    where: tuple[tuple[str, str], ...] = (("section", "F"),)
    overdue_share: float = 0.40
    sales_share: float | None = 0.20
    lateness: float | None = None
    winter: float = 1.5
    one_customer: bool = False

    def __post_init__(self) -> None:
        unknown = [column for column, _ in self.where if column not in WHERE_COLUMNS]
        if unknown or not self.where:
            raise ValueError(f"a driver is a group of customers by {', '.join(WHERE_COLUMNS)}; got {unknown}")
        if not 0 < self.overdue_share < 1 or (self.sales_share is not None and not 0 < self.sales_share < 1):
            raise ValueError("shares of a driver lie strictly between 0 and 1")
        if self.lateness is not None and self.lateness <= 0:
            raise ValueError("lateness is a multiplier above 0; 1 is no effect")

    def members(self, customers: pd.DataFrame) -> pd.Series:
        """True for each customer of the group; catch-all accounts belong to none."""
        inside = ~customers["is_catch_all"]
        for column, wanted in self.where:
            inside &= customers[column].eq(wanted).fillna(value=False).astype(bool)
        return inside


@dataclass(frozen=True)
class TermsChange:
    """New payment terms for a group from a date, and how far its customers follow.

    Invoices of the group issued on or after `from_date` fall due by `terms`; customers pay by
    old due date + `pass_through` × (new due date − old due date) + their usual delay.
    """

    where: tuple[tuple[str, str], ...]
    terms: str
    from_date: dt.date
    pass_through: float = 0.8

    def __post_init__(self) -> None:
        if self.terms not in TERM_CODES:
            raise ValueError(f"terms are one of {', '.join(TERM_CODES)}")
        if not 0 <= self.pass_through <= 1:
            raise ValueError("pass_through lies between 0 and 1")


@dataclass(frozen=True)
class SampleSpec:
    """The size, the calendar and the planted truth of a sample portfolio; the same spec makes the same bytes.

    `invoices` counts invoices proper; deposits and credit notes come on top. Nothing is dated after `end_date`. The
    ledger begins empty, `months` before. `drivers=()` plants nothing: every group then has the same law of delays.
    """

    seed: int = 2026
    customers: int = 600
    invoices: int = 20_000
    months: int = 36
    end_date: dt.date = dt.date(2025, 12, 31)
    drivers: tuple[Driver, ...] = (Driver(),)
    terms_change: TermsChange | None = None
    mean_invoice_cents: int = 260_000
    yearly_failure_rate: float = 0.02
    partial_share: float = 0.06
    dispute_share: float = 0.025
    rebate_share: float = 0.012
    lost_reference_share: float = 0.05
    double_payment_share: float = 0.0015

    def __post_init__(self) -> None:
        if self.customers < 4 or self.invoices < self.customers or self.months < 1:
            raise ValueError("a sample needs 4 customers, an invoice for each, and a month")
        if self.blocks > 1 and any(driver.one_customer for driver in self.drivers):
            raise ValueError("a single late customer can be planted only in a sample of one block")

    @property
    def start_date(self) -> dt.date:
        """First day of the ledger: the first of the month, `months` − 1 months before that of `end_date`."""
        month = self.end_date.year * 12 + self.end_date.month - self.months
        return dt.date(month // 12, month % 12 + 1, 1)

    @property
    def blocks(self) -> int:
        """Blocks of customers the sample is made in, so that memory stays bounded."""
        return min(self.customers // 4, max(-(-self.customers // 20_000), -(-self.invoices // 500_000)))


@dataclass(frozen=True)
class PlantedDriver:
    """What became of a driver: the multiplier used, and the group's true shares at the end date.

    Sales are invoices and deposits less credit notes, tax included, over the whole ledger. Overdue is the open amount
    of items due before the end date, every payment on the invoices it was meant for.
    """

    where: tuple[tuple[str, str], ...]
    lateness: float
    winter: float
    one_customer_id: str | None
    customers: int
    sales_share: float
    overdue_share: float
    overdue_cents: int


@dataclass(frozen=True)
class SampleTruth:
    """What only the maker of the sample knows; for tests, never for the product.

    `habits` has one row per customer (parameters of its delays, failure date, whether it slides at the end date, open
    and overdue amounts). `allocations` says which invoice each payment or credit note was meant for, including those
    that do not name it. `future_payments` are the payments that will come after the end date if nothing changes.
    """

    drivers: tuple[PlantedDriver, ...]
    sales_cents: int
    open_cents: int
    overdue_cents: int
    unapplied_cents: int
    habits: pd.DataFrame = field(repr=False)
    allocations: pd.DataFrame = field(repr=False)
    future_payments: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Sample:
    """A portfolio and its truth. Frames are in the shape described in `sample`."""

    spec: SampleSpec
    customers: pd.DataFrame = field(repr=False)
    invoices: pd.DataFrame = field(repr=False)
    payments: pd.DataFrame = field(repr=False)
    events: pd.DataFrame = field(repr=False)
    truth: SampleTruth = field(repr=False)


@dataclass(frozen=True)
class SamplePaths:
    """The files of a sample as a client sends them; `truth` only when a folder was given for it."""

    folder: Path
    customers: Path
    invoices: Path
    payments: Path
    procedures: Path
    fec: tuple[Path, ...]
    register: Path
    truth: Path | None
