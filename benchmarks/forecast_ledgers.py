"""The real ledgers on which the cash forecast is measured, and how payment times are predicted on them day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import choose_terms
from riskkit.models.payment_time import CustomerFacts, fit_payment_time
from riskkit.models.pieces import CASH, OPEN, UNDATED, Days, Floats, Pieces, strike_pieces
from riskkit.policy import Policy
from riskkit.sources.collect import collect
from riskkit.sources.fec import read_fec

DATA = Path(__file__).parents[2] / "shared" / "data"
IBM = DATA / "ar" / "ibm_accounts_receivable.csv"
FEC = [DATA / "fec" / f"fec_b2b_industrie_{year}1231.txt" for year in (2022, 2023, 2024)]
POLICY = Policy()
REFIT_DAYS = 7
DELAY_DAYS = 240


@dataclass(frozen=True)
class Ledger:
    """A ledger to be struck at any date: the book, its terms, the dated facts about its customers."""

    book: Book
    terms_code: str
    facts: CustomerFacts
    last: dt.date
    is_dispute_dated: bool

    def pieces(self, dates: list[dt.date]) -> dict[dt.date, Pieces]:
        """Struck at those dates. A dispute that the file does not date is not known of open items: it is left out."""
        struck = strike_pieces(self.book, as_of=dates, terms_code=self.terms_code)
        if self.is_dispute_dated:
            return struck
        return {day: replace(one, dispute=np.full(len(one), UNDATED)) for day, one in struck.items()}


def ibm() -> Ledger:
    """The IBM sample. Its dated fact is when a customer went over to electronic invoices (PaperlessDate)."""
    reading, _ = collect([IBM])
    rows = pd.read_csv(IBM, dtype={"customerID": "str"})
    moved = pd.to_datetime(rows["PaperlessDate"], format="%m/%d/%Y").groupby(rows["customerID"]).first()
    return _ledger(reading, changes={str(name): day.toordinal() for name, day in moved.items()}, dated=False)


def fec() -> Ledger:
    """The B2B industrial firm, three years chained."""
    return _ledger(read_fec(FEC), changes={}, dated=True)


def _ledger(reading: object, *, changes: Mapping[str, int], dated: bool) -> Ledger:
    book = Book.from_reading(reading, policy=POLICY)  # type: ignore[arg-type]
    terms = choose_terms(book, as_of=book.latest_date, policy=POLICY)
    ids = sorted(book.customers["customer_id"].astype("str"))
    facts = CustomerFacts.none(len(ids))
    facts = replace(facts, change_day=np.array([changes.get(name, UNDATED) for name in ids], dtype=np.int64))
    return Ledger(book, terms.code, facts, book.latest_date, dated)


@dataclass(frozen=True)
class Delays:
    """One row an invoice, predicted on its day of issue with what was known the week before at the latest.

    `left` is the predicted probability of having left by the end of each day after issue, by layer; `delay` the days
    it took, and `is_settled` False where the file ends before; `median` the delay that the customer's median says.
    """

    issue: Days
    known: Days
    delay: Days
    is_settled: np.ndarray
    left: dict[str, Floats]
    median: Floats


def predict_delays(ledger: Ledger, *, first: dt.date, last: dt.date, layers: tuple[str, ...]) -> Delays:
    """Each invoice issued between two dates, predicted by models refitted every `REFIT_DAYS` days."""
    dates = [first + dt.timedelta(days=step) for step in range(0, (last - first).days + 1, REFIT_DAYS)]
    struck = ledger.pieces([*dates, ledger.last])
    outcome = struck[ledger.last]
    issued = _invoices(outcome, first, last)
    left = {layer: np.full((len(issued), DELAY_DAYS), np.nan) for layer in layers}
    median = np.full(len(issued), np.nan)
    for date in dates:
        here = (issued.issue > date.toordinal()) & (issued.issue <= date.toordinal() + REFIT_DAYS)
        past = struck[date]
        median[here] = _customer_medians(past)[issued.customer[here]]
        for layer in layers:
            model = fit_payment_time(past, facts=ledger.facts, policy=POLICY.forecast, seed=POLICY.seed, layer=layer)
            if model is None or not here.any():
                continue
            model = replace(model, facts=ledger.facts)
            for day in np.unique(issued.issue[here]):
                rows = np.flatnonzero(issued.issue == day)
                fresh = replace(issued.only(rows), as_of=int(day))
                left[layer][rows] = 1 - model.predict(fresh, days=DELAY_DAYS).owed
    predicted = ~np.isnan(left[layers[0]][:, 0])
    delay = issued.out - issued.issue
    settled = issued.exit == CASH
    return Delays(
        issue=issued.issue[predicted],
        known=issued.out[predicted],
        delay=np.maximum(delay, 1)[predicted],
        is_settled=settled[predicted],
        left={layer: values[predicted] for layer, values in left.items()},
        median=median[predicted],
    )


def _invoices(outcome: Pieces, first: dt.date, last: dt.date) -> Pieces:
    """One piece an invoice: its last payment, or what is open of it; those never paid in cash are left out."""
    inside = outcome.behaves & (outcome.issue > first.toordinal()) & (outcome.issue <= last.toordinal())
    kept = outcome.only(inside & ((outcome.exit == CASH) | (outcome.exit == OPEN)))
    keys = pd.DataFrame({"c": kept.customer, "i": kept.issue, "d": kept.due, "a": kept.item_cents, "out": kept.out})
    order = (
        keys.assign(position=np.arange(len(keys))).sort_values("out").groupby(["c", "i", "d", "a"])["position"].last()
    )
    return kept.only(np.sort(order.to_numpy()))


def _customer_medians(past: Pieces) -> Floats:
    paid = past.only((past.exit == CASH) & past.behaves)
    delay = pd.Series((paid.out - paid.issue).astype(float))
    medians = delay.groupby(paid.customer).median()
    everyone = float(delay.median()) if len(delay) else 30.0
    return pd.Series(np.arange(len(past.customer_ids))).map(medians).fillna(everyone).to_numpy()
