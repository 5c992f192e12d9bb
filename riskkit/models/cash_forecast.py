"""The cash of the next 13 weeks, from the open items at a date: by item, by customer, by day, week and month.

Strikes the pieces at the date and at past dates, tests the forecast on those, fits what won, and makes the tables of
`forecast_tables`. Amounts come from the pool; the date of an item is that of the model of its customer's habit, for a
date between two models' dates is neither. Where too few invoices are settled to learn anything, items are shown on
their due dates, without interval, and a note says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from riskkit.errors import Message, message
from riskkit.ledger.book import Book, c
from riskkit.models.cash_backtest import FULL, POOL, SIMPLE, Backtest, backtest_cash
from riskkit.models.cash_spread import CashSpread
from riskkit.models.cash_tables import customer_rows, due_date_items, forecast_rows, item_rows
from riskkit.models.forecast_tables import CASH_FORECAST
from riskkit.models.future_billing import billed_cash
from riskkit.models.payment_pool import pooled
from riskkit.models.payment_time import CustomerFacts, PaymentTime, fit_payment_time, segment_codes
from riskkit.models.pieces import UNDATED, Days, Floats, Pieces, strike_pieces
from riskkit.models.shared_effects import draw_cash, shares_of
from riskkit.policy import Policy
from riskkit.policy_forecast import HORIZON_DAYS

STEP_DAYS = 28
DRAWS = 1_000
MOST_PAST_LINES = 4_000_000
"""Lines of the ledger × past dates that are struck: a very large ledger is tested on fewer dates."""


@dataclass(frozen=True)
class Forecast:
    """Tables by name, and what is to be said about them."""

    tables: dict[str, pd.DataFrame]
    notes: tuple[Message, ...]


def forecast_cash(
    book: Book,
    customers: pd.DataFrame,
    events: pd.DataFrame,
    open_items: pd.DataFrame,
    *,
    as_of: dt.date,
    policy: Policy,
    terms_code: str,
) -> Forecast:
    """The forecast of a ledger at a date, its backtest beside it.

    Parameters
    ----------
    book
        Every movement; nothing after `as_of` is used.
    customers
        One row a customer: customer_id; `section` makes the segments where it is there.
    events
        Dated facts: customer_id, event_date, kind (see `ForecastPolicy`). Those after `as_of` are ignored.
    open_items
        `ledger.open_items.OPEN_ITEMS` struck at `as_of`: the tables give one row to each.
    as_of
        Valuation date, inclusive.
    policy
        Thresholds; the seed of the draws.
    terms_code
        Terms of items without a due date, as chosen for the run.

    """
    past_dates = _past_dates(book, as_of, policy)
    struck = strike_pieces(book, as_of=[as_of, *past_dates], terms_code=terms_code)
    now = struck.pop(as_of)
    facts = customer_facts(now.customer_ids, customers, events, policy=policy, as_of=as_of)
    asked = policy.forecast
    tested = backtest_cash(struck, now, facts=facts, policy=asked, seed=policy.seed)
    own_layer = FULL if tested.layer == POOL else tested.layer
    model = fit_payment_time(now, facts=facts, policy=asked, seed=policy.seed, layer=own_layer)
    opened = _in_order(now.only(now.is_open), open_items)
    if model is None:
        items = due_date_items(open_items, opened)
        cash = forecast_rows(opened, _on_due_dates(opened), None, as_of=as_of)
        notes: list[Message] = [_too_little(opened, asked.minimum_settled)]
    else:
        dated = model.predict(opened)
        simple = None
        if tested.layer == POOL:
            simple = fit_payment_time(now, facts=facts, policy=asked, seed=policy.seed, layer=SIMPLE)
        weights = tested.errors.weights_at(now.as_of)
        payments = pooled([simple.predict(opened), dated], weights) if simple else dated
        share = tested.errors.item_share(own_layer)
        items = item_rows(open_items, opened, payments, model, dated=dated, policy=asked, central_share=share)
        spread = _spread(opened, payments.cash, facts, tested, seed=policy.seed)
        cash = forecast_rows(opened, opened.cents @ payments.cash, spread, as_of=as_of, items=items)
        notes = []
    if asked.future_billing and model is not None:
        cash = pd.concat([cash, _future(now, model, as_of=as_of)], ignore_index=True)
    tables = {
        "payment_time": items,
        "cash_forecast": CASH_FORECAST.conform(cash),
        "cash_customers": customer_rows(items),
        "cash_backtest": tested.rows,
        "cash_backtest_summary": tested.summary,
    }
    return Forecast(tables, tuple(notes))


def customer_facts(
    ids: Sequence[str], customers: pd.DataFrame, events: pd.DataFrame, *, policy: Policy, as_of: dt.date
) -> CustomerFacts:
    """Segments and dated facts in the order of these customers; the first event of each sort by `as_of` counts."""
    known = events[events["event_date"] <= pd.Timestamp(as_of)]

    def first(kinds: Sequence[str]) -> Days:
        day = known[known["kind"].isin(kinds)].groupby("customer_id")["event_date"].min()
        days = {str(customer): date.toordinal() for customer, date in day.items()}
        return np.array([days.get(customer, UNDATED) for customer in ids], dtype=np.int64)

    segment = np.zeros(len(ids), dtype=np.int64)
    if "section" in customers:
        sections = customers.drop_duplicates("customer_id").set_index("customer_id")["section"]
        segment = segment_codes(pd.Series(list(ids)).map(sections))
    return CustomerFacts(segment, first(policy.forecast.habit_change_kinds), first(policy.forecast.hold_kinds))


def _past_dates(book: Book, as_of: dt.date, policy: Policy) -> list[dt.date]:
    """Past dates four weeks apart, the latest first, as far as the ledger has half a year before them."""
    lines = int(book.lines.select(c("cents").count()).collect(backend="pandas").to_native()["cents"].iloc[0])
    count = min(policy.forecast.backtest_dates, MOST_PAST_LINES // max(lines, 1))
    dates = [as_of - dt.timedelta(days=STEP_DAYS * step) for step in range(1, count + 1)]
    return [date for date in dates if date >= book.coverage_start + dt.timedelta(days=HORIZON_DAYS)]


def _in_order(opened: Pieces, open_items: pd.DataFrame) -> Pieces:
    """The open pieces in the order of the open items of the ledger; both are the same items to the cent."""
    place: dict[tuple[str, int, int], list[int]] = {}
    for position, line in enumerate(opened.line.tolist()):
        key = (line[2:], int(opened.issue[position]), int(opened.item_cents[position]))
        place.setdefault(key, []).append(position)
    days = [day.toordinal() for day in open_items["issue_date"]]
    keys = zip(open_items["item_id"], days, open_items["amount_cents"], strict=True)
    return opened.only(np.array([place[key].pop() for key in keys], dtype=np.int64))


def _spread(opened: Pieces, cash: Floats, facts: CustomerFacts, tested: Backtest, *, seed: int) -> CashSpread:
    shares = shares_of(tested.errors.shares_at(opened.as_of))
    draws = draw_cash(opened, cash, facts.segment, shares=shares, draws=DRAWS, seed=seed)
    return CashSpread(draws, opened.cents @ cash, tested.errors.shocks_at(opened.as_of), seed)


def _on_due_dates(opened: Pieces) -> Floats:
    """Open amounts on their due dates; what is overdue or undated is not placed."""
    ahead = opened.due - opened.as_of
    kept = (opened.due != UNDATED) & (ahead >= 1) & (ahead <= HORIZON_DAYS)
    return np.bincount(ahead[kept] - 1, opened.cents[kept], HORIZON_DAYS)[:HORIZON_DAYS].astype(np.float64)


def _too_little(opened: Pieces, minimum: int) -> Message:
    if not len(opened):
        return message("Nothing is open at the date: there is no cash to forecast.")
    return message(
        "Cash forecast: fewer than {minimum} invoices are settled in these files, so payment times are not computable. "
        "Open items are shown on their due dates, without interval; what is overdue or undated is not placed. Give "
        "files with payments to change it.",
        minimum=minimum,
    )


def _future(now: Pieces, model: PaymentTime, *, as_of: dt.date) -> pd.DataFrame:
    """Rows of the cash of invoices that are not issued yet, apart from the open items."""
    empty = replace(now.only(np.zeros(len(now), dtype=bool)), as_of=now.as_of)
    rows = forecast_rows(empty, billed_cash(now, model), None, as_of=as_of)
    return rows.assign(source="future_billing")
