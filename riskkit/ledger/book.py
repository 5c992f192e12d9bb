"""The book: every movement of the receivables as signed lines, ready to be settled at any date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Keep, Lazy, connect, day_number, keep_in, lazy, materialise, to_pandas
from riskkit.errors import Message, message
from riskkit.ledger.terms import due_calendar, parse_terms
from riskkit.policy import Policy
from riskkit.policy_own import BalanceSheet
from riskkit.schemas import Column, Table
from riskkit.sources.reading import Reading

c = nw.col
LARGE_LINES = 1_000_000
"""Lines from which intermediates go to files: below, memory is faster and small."""
LARGE_HISTORY = 5_000_000
"""Lines × dates from which those of a history go to files."""
BEHAVIOUR_KINDS = ("invoice", "deposit")
ISSUE_DATES = Table("issue_dates", "a day on which something was issued", (Column("issue_date", "date", "the day"),))


@dataclass(frozen=True)
class Book:
    """Lines of one portfolio in one currency, and what is known of its customers.

    `lines`: one row per movement: line ("i:" or "p:" and its id), customer_id, kind, is_sale, is_cash, day (integer),
    cents (signed: what the customer owes goes up or down), lettering, lettering_day, reference, due_day, terms_code,
    dispute_day. `invoices` and `payments` are the canonical tables, lazy; `customers` and `events` are pandas.
    """

    connection: duckdb.DuckDBPyConnection
    lines: Lazy
    invoices: Lazy
    payments: Lazy
    customers: pd.DataFrame
    events: pd.DataFrame
    currency: str
    coverage_start: dt.date
    latest_date: dt.date
    due_dates: str
    reading: Reading
    keep: Keep = materialise
    balance: BalanceSheet | None = None

    @classmethod
    def from_reading(cls, reading: Reading, *, policy: Policy, balance: BalanceSheet | None = None) -> Book:
        """The book of a reading. Zero amounts change nothing and make no line."""
        connection = connect(memory_limit=policy.memory_limit, long_chains=True)
        codes = reading.customers[["customer_id"]].assign(
            terms_code=reading.customers["payment_terms"].map(_term_code, na_action="ignore").astype("str")
        )
        invoices = reading.lazy("invoices", connection)
        payments = reading.lazy("payments", connection)
        lines = nw.concat([_invoice_lines(invoices), _payment_lines(payments)]).filter(c("cents") != 0)
        keep = _keep(reading, connection)
        lines = lines.join(lazy(connection, codes), on="customer_id", how="left")
        # Large: read again where they are used, which is once or twice, rather than written a second time.
        lines = materialise(lines) if keep is materialise else lines
        return cls(
            connection=connection,
            lines=lines,
            invoices=invoices,
            payments=payments,
            customers=reading.customers,
            events=reading.events,
            currency=reading.currency,
            coverage_start=reading.coverage_start,
            latest_date=reading.latest_date,
            due_dates=reading.due_dates,
            reading=reading,
            keep=keep,
            balance=balance,
        )

    def dated(self, *, default_terms: str) -> Lazy:
        """The lines with the due day of every debit, and where it comes from.

        From: the code of the terms used where neither the file nor the customer gives any.
        To:   the lines with due_day filled and due_source: file, customer or default. Refunds and other debits that
              are not invoices are due on their own day; an opening balance that is not itemised has no due day.
        """
        known_codes = self.customers["payment_terms"].map(_term_code, na_action="ignore").dropna().unique()
        codes = sorted({default_terms, *known_codes} - {""})
        issued = to_pandas(self.invoices.select("issue_date").unique(), ISSUE_DATES)
        calendar = lazy(self.connection, due_calendar(issued["issue_date"], codes))
        calendar = calendar.select(
            "terms_code", day=day_number(c("issue_date")), terms_due_day=day_number(c("terms_due_date"))
        )
        has_terms = c("kind").is_in([*BEHAVIOUR_KINDS, "credit_note"])
        return (
            self.lines.with_columns(
                due_source=nw.when(~c("due_day").is_null())
                .then(nw.lit("file"))
                .when(~c("terms_code").is_null())
                .then(nw.lit("customer"))
                .otherwise(nw.lit("default")),
                terms_code=nw.when(c("terms_code").is_null()).then(nw.lit(default_terms)).otherwise(c("terms_code")),
            )
            .join(calendar, on=["terms_code", "day"], how="left")
            .with_columns(
                due_day=nw.when(~c("due_day").is_null())
                .then(c("due_day"))
                .when(has_terms)
                .then(c("terms_due_day"))
                .when(c("kind") != "opening")
                .then(c("day"))
            )
            .drop("terms_due_day")
        )

    def keeping(self, dates: int) -> Keep:
        """How frames of every line at that many dates are kept: in memory, or where they may spill to disk."""
        lines = self.reading.rows("invoices") + self.reading.rows("payments")
        return keep_in(self.connection) if self.keep is materialise and lines * dates >= LARGE_HISTORY else self.keep

    def known(self, dated: Lazy, *, as_of: Sequence[dt.date]) -> Lazy:
        """The lines known at each valuation date: those dated on it or before.

        One row per line and date, named by the integer `entry`.
        """
        dates = lazy(self.connection, pd.DataFrame({"as_of": [date.toordinal() for date in as_of]}))
        known = dated.join(dates, how="cross").filter(c("day") <= c("as_of")).drop("terms_code")
        ordered = known.with_columns(
            order_day=nw.when((c("cents") > 0) & ~c("due_day").is_null()).then(c("due_day")).otherwise(c("day"))
        )
        return self.keeping(len(as_of))(ordered, number="entry")


def _keep(reading: Reading, connection: duckdb.DuckDBPyConnection) -> Keep:
    """How the intermediates of a book are kept: in memory, or where they may spill to disk."""
    if reading.rows("invoices") + reading.rows("payments") < LARGE_LINES:
        return materialise
    return keep_in(connection)


def _term_code(text: str) -> str | None:
    terms = parse_terms(text)
    return terms.code if terms else None


def _invoice_lines(invoices: Lazy) -> Lazy:
    return invoices.select(
        "customer_id",
        "kind",
        "is_sale",
        "lettering",
        "reference",
        line=nw.concat_str(nw.lit("i:"), c("invoice_id")),
        is_cash=nw.lit(False),
        day=day_number(c("issue_date")),
        cents=c("amount_cents"),
        lettering_day=day_number(c("lettering_date")),
        due_day=day_number(c("due_date")),
        dispute_day=day_number(c("dispute_date")),
    )


def _payment_lines(payments: Lazy) -> Lazy:
    missing_day = nw.lit(None).cast(nw.Int64)
    return payments.select(
        "customer_id",
        "kind",
        is_sale=nw.lit(False),
        lettering=c("lettering"),
        reference=c("reference"),
        line=nw.concat_str(nw.lit("p:"), c("payment_id")),
        is_cash=c("kind").is_in(["payment", "refund"]),
        day=day_number(c("payment_date")),
        cents=-c("amount_cents"),
        lettering_day=day_number(c("lettering_date")),
        due_day=missing_day,
        dispute_day=missing_day,
    )


def no_movement(book: Book, *, as_of: dt.date) -> Message | None:
    """Why nothing can be said at `as_of`, or None when at least one movement is known then."""
    dates = nw.concat([book.invoices.select(day=c("issue_date")), book.payments.select(day=c("payment_date"))])
    first = pd.to_datetime(dates.select(c("day").min()).collect(backend="pandas").to_native()["day"]).iloc[0]
    if pd.isna(first):
        return message("The files hold no movement: no invoice and no payment could be read. See the rows set aside.")
    if first.date() > as_of:
        return message(
            "Nothing is known at {as_of}: the first invoice is dated {first}. Choose a date from {first} on.",
            as_of=as_of,
            first=first.date(),
        )
    return None
