"""The ledger settled as of a date: the object from which everything else is derived."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import pandas as pd

from riskkit.engine import Lazy
from riskkit.errors import DataError, Message, Money, ReconciliationError, UsageError, message
from riskkit.ledger.ageing import age_customers
from riskkit.ledger.book import BEHAVIOUR_KINDS, Book, c, no_movement
from riskkit.ledger.customer_months import customer_months
from riskkit.ledger.measures import Measure, history_rows, measure_dates
from riskkit.ledger.month_calendar import as_dates
from riskkit.ledger.open_items import OPEN_ITEMS, UNAPPLIED, strike_credits, strike_flows, strike_items
from riskkit.ledger.settlement import METHODS, settle
from riskkit.ledger.terms import TermsChoice, infer_terms, parse_terms
from riskkit.ledger.totals import Totals, customer_sums, total
from riskkit.policy import Policy


@dataclass(frozen=True)
class Snapshot:
    """Who owes what at `as_of`, and the checks that say it is the ledger.

    `matching`: share of received money matched by lettering, reference, fifo and none; empty when nothing was
    received. `reconciliation`: cents of invoiced, credited, received, written_off, unapplied, open, difference (0).
    """

    as_of: dt.date
    currency: str
    coverage_start: dt.date
    terms: TermsChoice
    items: Lazy
    allocations: Lazy
    flows: Lazy
    known: Lazy
    open_items: pd.DataFrame
    unapplied: pd.DataFrame
    ageing: pd.DataFrame
    measures: dict[str, Measure]
    matching: dict[str, float]
    reconciliation: dict[str, int]


@dataclass(frozen=True)
class _Struck:
    known: Lazy
    allocations: Lazy
    rest: Lazy
    flows: Lazy
    items: Lazy
    totals: Totals


def choose_terms(book: Book, *, as_of: dt.date, policy: Policy, terms: str | None = None) -> TermsChoice:
    """Terms for items whose due date neither the file nor the customer's own terms give, as known at `as_of`."""
    asked = terms or policy.default_terms
    if asked:
        parsed = parse_terms(asked)
        if parsed is None:
            raise UsageError(
                message("Terms '{terms}' are not understood. Write 30, 45FM, FM45 or 30FM10.", terms=asked)
            )
        note = message("Where the files give no due date, terms of {code} days are used, as asked.", code=parsed.code)
        return TermsChoice(parsed.code, "parameter", float("nan"), note)
    undated = book.invoices.filter(c("due_date").is_null() & c("kind").is_in(BEHAVIOUR_KINDS))
    if undated.select("kind").head(1).collect(backend="pandas").to_native().empty:
        dated = book.invoices.filter(~c("due_date").is_null()).select("kind").head(1)
        if dated.collect(backend="pandas").to_native().empty:
            note = message("The files give no due date: what is overdue is not computable.")
            return TermsChoice(str(policy.legal_terms_days), "none", float("nan"), note)
        note = message("Due dates are those of the files.")
        return TermsChoice(str(policy.legal_terms_days), "file", float("nan"), note)
    known = book.known(book.dated(default_terms="0"), as_of=[as_of])
    matched = settle(known.with_columns(order_day=c("day"))).allocations.filter(c("method") != "fifo")
    items = strike_items(known, strike_flows(known, matched), policy=policy)
    settled = (
        items.filter(~c("settled_day").is_null() & c("kind").is_in(BEHAVIOUR_KINDS) & (c("paid") > 0))
        .select("day", "settled_day")
        .collect(backend="pandas")
        .to_native()
    )
    dates = pd.DataFrame({"issue_date": as_dates(settled["day"]), "settled_date": as_dates(settled["settled_day"])})
    return infer_terms(dates, legal_days=policy.legal_terms_days)


def strike(book: Book, *, as_of: dt.date, policy: Policy, terms: TermsChoice) -> Snapshot:
    """Settle the ledger as of a date and check that it ties to the cent.

    `DataError` when nothing is known at `as_of`; `ReconciliationError` when a total does not tie.
    """
    nothing = no_movement(book, as_of=as_of)
    if nothing:
        raise DataError(nothing)
    struck = _strike_dates(book, as_of=[as_of], policy=policy, terms=terms, keep_flows=True)
    credits = strike_credits(struck.known, struck.rest, keep=book.keep)
    measures = measure_dates(
        struck.totals, as_of=[as_of], coverage_start=book.coverage_start, policy=policy, balance=book.balance
    )[as_of]
    at = struck.totals.rows.iloc[0]
    names = book.customers.set_index("customer_id")["name"]
    open_items = _open_items(book, struck.items, names)
    unapplied = _unapplied(credits, names)
    ageing = age_customers(struck.items, credits, names=names, edges=policy.ageing_edges_days)
    reconciliation = {
        **{name: int(at[name]) for name in ("invoiced", "credited", "received", "written_off")},
        "unapplied": int(unapplied["unapplied_cents"].sum()),
        "open": int(open_items["open_cents"].sum()),
    }
    return Snapshot(
        as_of=as_of,
        currency=book.currency,
        coverage_start=book.coverage_start,
        terms=terms,
        items=struck.items,
        allocations=struck.allocations,
        flows=struck.flows,
        known=struck.known,
        open_items=open_items,
        unapplied=unapplied,
        ageing=ageing,
        measures=measures,
        matching=_matching(struck.known, struck.allocations),
        reconciliation=_reconcile(book, reconciliation, ageing, as_of=as_of),
    )


@dataclass(frozen=True)
class History:
    """The ledger struck at each month end that it covers and at `as_of`, each as known then.

    `items`: one row per date and debit, as `Snapshot.items`. `measures`: `measures.HISTORY`. `months`: what each
    customer owed and bought at the same dates (`customer_months`). `sums`: what measures divide, by date and customer.
    """

    dates: tuple[dt.date, ...]
    items: Lazy
    measures: pd.DataFrame
    months: pd.DataFrame
    sums: Lazy


def strike_history(book: Book, *, as_of: dt.date, policy: Policy, terms: TermsChoice) -> History:
    """The ledger at each month end that it covers, and at `as_of`, by the expressions that strike one date.

    The terms are those of the run; everything else is what a run at that date would give.
    """
    ends = pd.date_range(book.coverage_start, as_of, freq="ME")
    dates = sorted({*[end.date() for end in ends], as_of})
    struck = _strike_dates(book, as_of=dates, policy=policy, terms=terms)
    measured = measure_dates(
        struck.totals, as_of=dates, coverage_start=book.coverage_start, policy=policy, balance=book.balance
    )
    measured_rows = history_rows(measured, policy=policy)
    edges = policy.ageing_edges_days
    months = customer_months(struck.known, struck.items, book.invoices, as_of=dates, edges=edges)
    sums = customer_sums(book, struck.known, struck.items, policy=policy)
    return History(tuple(dates), struck.items, measured_rows, months, sums)


def measure_history(book: Book, *, as_of: dt.date, policy: Policy, terms: TermsChoice) -> pd.DataFrame:
    """Every measure at each month end that the ledger covers, and at `as_of`, each struck as known then.

    To: as_of, measure, value (amounts in currency units; NaN when not computable), reason (English, missing when
    computable).
    """
    return strike_history(book, as_of=as_of, policy=policy, terms=terms).measures


def _strike_dates(
    book: Book, *, as_of: list[dt.date], policy: Policy, terms: TermsChoice, keep_flows: bool = False
) -> _Struck:
    keep = book.keeping(len(as_of))
    known = book.known(book.dated(default_terms=terms.code), as_of=as_of)
    settled = settle(known, keep=keep)
    flows = strike_flows(known, settled.allocations)
    flows = keep(flows) if keep_flows else flows
    items = strike_items(known, flows, policy=policy, keep=keep)
    totals = total(book, known, items, as_of=as_of, policy=policy)
    return _Struck(known, settled.allocations, settled.rest, flows, items, totals)


def _open_items(book: Book, items: Lazy, names: pd.Series) -> pd.DataFrame:
    opened = items.filter(c("open") > 0).select(
        "customer_id",
        "kind",
        "day",
        "due_day",
        "due_source",
        "days_past_due",
        "bucket",
        "dispute_day",
        is_invoice=c("line").str.starts_with("i:"),
        item_id=c("line").str.slice(2),
        amount_cents=c("cents"),
        applied_cents=c("applied"),
        open_cents=c("open"),
    )
    number, origin = c("invoice_number").cast(nw.String), ("source_file", "source_line")
    invoices = book.invoices.select(*origin, item_id=c("invoice_id"), invoice_number=number)
    payments = book.payments.select(*origin, item_id=c("payment_id"), invoice_number=nw.lit(None).cast(nw.String))
    parts = [
        opened.filter(c("is_invoice")).join(invoices, on="item_id", how="inner"),
        opened.filter(~c("is_invoice")).join(payments, on="item_id", how="inner"),
    ]
    opened = pd.concat([part.collect(backend="pandas").to_native() for part in parts], ignore_index=True)
    opened = opened.assign(
        customer_name=opened["customer_id"].map(names),
        issue_date=as_dates(opened["day"]),
        due_date=as_dates(opened["due_day"]),
        dispute_date=as_dates(opened["dispute_day"]),
    )
    opened = opened.sort_values(["days_past_due", "open_cents", "item_id"], ascending=[False, False, True])
    return OPEN_ITEMS.conform(opened)[OPEN_ITEMS.names]


def _unapplied(credits: Lazy, names: pd.Series) -> pd.DataFrame:
    left = (
        credits.select(
            "line",
            "customer_id",
            "kind",
            "day",
            amount_cents=c("cents"),
            applied_cents=c("applied"),
            unapplied_cents=c("unapplied"),
        )
        .collect(backend="pandas")
        .to_native()
    )
    left = left.assign(
        credit_id=left["line"].str[2:],
        customer_name=left["customer_id"].map(names),
        credit_date=as_dates(left["day"]),
    )
    return UNAPPLIED.conform(left.sort_values(["unapplied_cents", "credit_id"], ascending=[False, True]))[
        UNAPPLIED.names
    ]


def _matching(known: Lazy, allocations: Lazy) -> dict[str, float]:
    """Share of the money received that each way matched."""
    received = known.filter((c("cents") < 0) & (c("kind") == "payment")).select("cents", credit=c("entry"))
    by_method = (
        allocations.join(received.select("credit"), on="credit", how="inner")
        .group_by("method")
        .agg(c("cents").sum().cast(nw.Int64))
        .collect(backend="pandas")
        .to_native()
        .set_index("method")["cents"]
    )
    whole = -int(received.select(c("cents").sum()).collect(backend="pandas").to_native()["cents"].fillna(0).iloc[0])
    if whole == 0:
        return {}
    shares = {method: float(by_method.get(method, 0)) / whole for method in METHODS}
    return {**shares, "none": (whole - int(by_method.sum())) / whole}


def _reconcile(book: Book, sums: dict[str, int], ageing: pd.DataFrame, *, as_of: dt.date) -> dict[str, int]:
    """The sums with their difference, 0; `ReconciliationError` otherwise. The balance is taken from the tables read."""
    balance = sums["invoiced"] - sums["credited"] - sums["received"] - sums["written_off"]
    difference = balance - (sums["open"] - sums["unapplied"])
    read = _sum_until(book.invoices, "issue_date", as_of) - _sum_until(book.payments, "payment_date", as_of)
    faults: list[Message] = [
        message(
            "{what}: {found} against {expected} in the files at {as_of}. Nothing was written. This is a fault of "
            "riskkit: please report it.",
            what=what,
            found=Money(found, book.currency),
            expected=Money(read, book.currency),
            as_of=as_of,
        )
        for what, found in (
            ("movements", balance),
            ("open items less unapplied credits", sums["open"] - sums["unapplied"]),
            ("ageing", int(ageing["receivables_cents"].sum())),
        )
        if found != read
    ]
    if faults:
        raise ReconciliationError(*faults)
    return {**sums, "difference": difference}


def _sum_until(table: Lazy, day: str, as_of: dt.date) -> int:
    known = table.filter(c(day) <= as_of).select(c("amount_cents").sum().cast(nw.Int64))
    return int(known.collect(backend="pandas").to_native()["amount_cents"].fillna(0).iloc[0])
