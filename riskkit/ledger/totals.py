"""Sums of the ledger at each valuation date: the numbers that the measures divide. All in cents, one row per date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Lazy, lazy
from riskkit.ledger.book import BEHAVIOUR_KINDS, Book, c
from riskkit.policy import Policy


@dataclass(frozen=True)
class Totals:
    """`rows`: sums by valuation date (index: integer day). `monthly_sales`: by date, sales by (year, month)."""

    rows: pd.DataFrame
    monthly_sales: dict[int, dict[tuple[int, int], float]]


def _sum(condition: nw.Expr, cents: nw.Expr, name: str) -> nw.Expr:
    return nw.when(condition).then(cents).otherwise(nw.lit(0)).sum().cast(nw.Int64).alias(name)


def _frame(grouped: Lazy) -> pd.DataFrame:
    frame: pd.DataFrame = grouped.collect(backend="pandas").to_native()
    return frame.set_index("as_of").fillna(0)


def sum_lines(known: Lazy, *, policy: Policy, coverage: int, by: tuple[str, ...] = ("as_of",)) -> Lazy:
    """Balances and sales. Windows end on the valuation date and start at the earliest on the first day covered."""
    as_of, cents, day = c("as_of"), c("cents"), c("day")
    collection_start = as_of - policy.collection_window_days
    is_invoice, is_payment = c("line").str.starts_with("i:"), c("line").str.starts_with("p:")
    return known.group_by(*by).agg(
        cents.sum().cast(nw.Int64).alias("receivables"),
        _sum(c("is_sale") & (day > as_of - policy.dso_window_days) & (day >= coverage), cents, "sales"),
        _sum(c("is_sale") & (day > as_of - 365), cents, "sales_12m"),
        _sum(c("is_sale") & (day > collection_start), cents, "collection_sales"),
        _sum(day <= collection_start, cents, "collection_opening"),
        _sum(is_invoice & (cents > 0), cents, "invoiced"),
        _sum(is_invoice & (cents < 0), -cents, "credited"),
        _sum(is_payment & (c("kind") != "write_off"), -cents, "received"),
        _sum(is_payment & (c("kind") == "write_off"), -cents, "written_off"),
    )


def sum_items(items: Lazy, *, policy: Policy, by: tuple[str, ...] = ("as_of",)) -> Lazy:
    """Open, overdue, disputed and behaviour sums over items; a weight never counts what a credit note cancelled."""
    as_of, due, opened = c("as_of"), c("due_day"), c("open")
    overdue = c("days_past_due") > 0
    behaves = c("kind").is_in(BEHAVIOUR_KINDS)
    kept = c("cents") - c("credited")
    window_start = as_of - policy.behaviour_window_days
    settled = behaves & (c("settled_day") > window_start) & (c("paid") > 0)
    late = c("settled_day") - due
    still_late = behaves & overdue & (opened > 0)
    due_in_collection = behaves & (due > as_of - policy.collection_window_days) & (due <= as_of)
    risk_day = due + policy.at_risk_days
    risk_window = behaves & (risk_day > window_start) & (risk_day <= as_of)
    floored = nw.when(late > 0).then(late).otherwise(nw.lit(0))
    return items.group_by(*by).agg(
        opened.sum().cast(nw.Int64).alias("open"),
        _sum(overdue, opened, "overdue"),
        _sum(c("days_past_due") <= 0, opened, "not_due"),
        _sum(c("dispute_day") <= as_of, opened, "disputed"),
        _sum(settled, kept, "settled_weight"),
        _sum(settled, kept * late, "settled_late"),
        _sum(settled, kept * floored, "settled_late_floored"),
        _sum(settled, kept * (c("settled_day") - c("day")), "settled_delay"),
        _sum(still_late, opened, "still_weight"),
        _sum(still_late, opened * c("days_past_due"), "still_late"),
        _sum(due_in_collection, kept, "collection_due"),
        _sum(due_in_collection, c("paid"), "collection_paid"),
        _sum(risk_window, c("cents"), "risk_due"),
        _sum(risk_window, c("unpaid_at_risk"), "risk_unpaid"),
        *_terms_sums(settled, still_late, policy=policy),
    )


def _terms_sums(settled: nw.Expr, still_late: nw.Expr, *, policy: Policy) -> list[nw.Expr]:
    """Terms granted on what was sold, and what went beyond the agreed terms, or beyond the longest the law allows."""
    as_of, due, day, opened = c("as_of"), c("due_day"), c("day"), c("open")
    behaves, kept = c("kind").is_in(BEHAVIOUR_KINDS), c("cents") - c("credited")
    sold = behaves & (day > as_of - policy.dso_window_days) & ~due.is_null()
    legal = policy.measures.legal_maximum_days
    paid_beyond = settled & (c("settled_day") > day + legal)
    open_beyond = behaves & (opened > 0) & (as_of > day + legal)
    disputed = c("dispute_day") <= as_of
    return [
        _sum(sold, kept, "terms_weight"),
        _sum(sold, kept * (due - day), "terms_days"),
        _sum(settled & (c("settled_day") > due), kept, "settled_broken"),
        _sum(still_late & disputed, opened, "disputed_overdue"),
        _sum(behaves & (opened > 0), opened, "open_behaving"),
        _sum(paid_beyond, kept, "legal_settled"),
        _sum(open_beyond, opened, "legal_open"),
        _sum(paid_beyond, kept * (c("settled_day") - day - legal), "legal_settled_days"),
        _sum(open_beyond, opened * (as_of - day - legal), "legal_open_days"),
    ]


def count_customers(items: Lazy, procedures: Lazy, *, policy: Policy, by: tuple[str, ...] = ("as_of",)) -> Lazy:
    """Customers with open items, overdue customers, and defaults over the behaviour window.

    The population is the customers who owed something at the start of the window and were not in default then; a
    default is an item unpaid more than `default_days` after its due day, or a collective procedure.
    """
    as_of, due, behaves = c("as_of"), c("due_day"), c("kind").is_in(BEHAVIOUR_KINDS)
    start = as_of - policy.behaviour_window_days
    default_day = due + policy.default_days + 1
    one, none = nw.lit(1), nw.lit(0)
    was = behaves & (default_day <= start) & (c("open_at_start") > 0)
    became = behaves & (default_day > start) & (default_day <= as_of) & (c("unpaid_at_default") > 0)
    by_customer = items.group_by("as_of", "customer_id").agg(
        c("open").sum().cast(nw.Int64),
        _sum(c("days_past_due") > 0, c("open"), "overdue"),
        c("open_at_start").sum().cast(nw.Int64),
        nw.when(was).then(one).otherwise(none).max().alias("was_in_default"),
        nw.when(became).then(one).otherwise(none).max().alias("defaulted"),
    )
    failed = by_customer.join(procedures, on="customer_id", how="left").with_columns(
        was_in_default=nw.when(c("procedure_day") <= start).then(one).otherwise(c("was_in_default")),
        defaulted=nw.when((c("procedure_day") > start) & (c("procedure_day") <= as_of))
        .then(one)
        .otherwise(c("defaulted")),
    )
    at_start = (c("open_at_start") > 0) & (c("was_in_default") == 0)
    lost = at_start & (c("defaulted") == 1)
    return failed.group_by(*by).agg(
        _sum(c("open") > 0, one, "customers"),
        _sum(c("overdue") > 0, one, "overdue_customers"),
        _sum(at_start, one, "population"),
        _sum(at_start, c("open_at_start"), "population_cents"),
        _sum(lost, one, "defaults"),
        _sum(lost, c("open_at_start"), "default_cents"),
    )


def sum_monthly_sales(book: Book, *, as_of: list[dt.date]) -> dict[int, dict[tuple[int, int], float]]:
    """Net sales in cents by calendar month; the month of each valuation date stops at that date."""
    day = c("issue_date")
    sold = book.invoices.filter(c("is_sale")).group_by("issue_date").agg(c("amount_cents").sum().cast(nw.Int64))
    by_day = sold.select(c("amount_cents"), year=day.dt.year(), month=day.dt.month(), day=day.dt.day())
    days: pd.DataFrame = by_day.collect(backend="pandas").to_native()
    sums = days["amount_cents"].groupby(days["year"].astype("int64") * 100 + days["month"]).sum()
    by_month = {divmod(int(key), 100): float(cents) for key, cents in zip(sums.index, sums, strict=True)}
    result = {}
    for date in as_of:
        in_month = days["year"].eq(date.year) & days["month"].eq(date.month) & days["day"].le(date.day)
        result[date.toordinal()] = {
            **by_month,
            (date.year, date.month): float(days.loc[in_month, "amount_cents"].sum()),
        }
    return result


def procedures(book: Book) -> Lazy:
    """First collective procedure of each customer: customer_id, procedure_day."""
    opened = book.events.loc[book.events["kind"].isin(["safeguard", "receivership", "liquidation"])]
    first = opened.groupby("customer_id", as_index=False)["event_date"].min()
    frame = pd.DataFrame(
        {
            "customer_id": first["customer_id"].astype("str"),
            "procedure_day": pd.Series([d.toordinal() for d in first["event_date"]], dtype="int64"),
        }
    )
    return lazy(book.connection, frame)


def total(book: Book, known: Lazy, items: Lazy, *, as_of: list[dt.date], policy: Policy) -> Totals:
    """All the sums that measures need, for each valuation date."""
    parts = [
        sum_lines(known, policy=policy, coverage=book.coverage_start.toordinal()),
        sum_items(items, policy=policy),
        count_customers(items, procedures(book), policy=policy),
    ]
    rows = pd.concat([_frame(part) for part in parts], axis=1).fillna(0)
    return Totals(rows, sum_monthly_sales(book, as_of=as_of))


def customer_sums(book: Book, known: Lazy, items: Lazy, *, policy: Policy) -> Lazy:
    """The same sums by valuation date and customer: as_of, customer_id and the columns of `Totals.rows`.

    Those of any group of customers are sums of these.
    """
    by = ("as_of", "customer_id")
    lines = sum_lines(known, policy=policy, coverage=book.coverage_start.toordinal(), by=by)
    whole = lines.join(sum_items(items, policy=policy, by=by), on=list(by), how="left")
    whole = whole.join(count_customers(items, procedures(book), policy=policy, by=by), on=list(by), how="left")
    names = [name for name in whole.collect_schema().names() if name not in by]
    filled = [
        nw.when(c(name).is_null()).then(nw.lit(0)).otherwise(c(name)).cast(nw.Int64).alias(name) for name in names
    ]
    return book.keep(whole.select(*by, *filled))
