"""French ledgers of one firm: will an invoice be late, from what was known at the end of the year before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.prediction_ibm import DRAWS, SEED, interval, row
from riskkit.engine import Lazy
from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.models.invoice_history import invoice_items
from riskkit.models.late_invoices import fit_delay_law, fit_late_invoices, history_of, lateness_figures, settled_delays
from riskkit.models.validation import auc, auc_draws, brier, draw_groups, expected_calibration_error
from riskkit.policy import Policy
from riskkit.sources.collect import read_files
from riskkit.sources.mapping import infer_specs

FILES = tuple(f"fec/fec_b2b_industrie_{year}1231.txt" for year in (2022, 2023, 2024))
KNOWN = ("log_amount", "month_end_days")
"""What is known of an invoice on its issue day: its amount, and the days left in the month."""


def rows(folder: Path) -> list[dict[str, Any]]:
    """One row per measure and year tested."""
    made = []
    for year in (2023, 2024):
        tested = predict([folder / name for name in FILES], year=year)
        late, chance, rate = (tested[name].to_numpy(dtype="float64") for name in ("late", "chance", "rate"))
        groups, names = pd.factorize(tested["customer_id"])
        sampled = draw_groups(len(names), draws=DRAWS, seed=SEED + year)
        own, base = auc_draws(chance, late, groups, sampled), auc_draws(rate, late, groups, sampled)
        area, other = auc(chance, late), auc(rate, late)
        dataset, count = f"fec_{year}", len(tested)
        known = tested["settled_count"] > 0
        baselines = {
            "auc_customer_rate": other,
            "base_rate": float(late.mean()),
            "auc_known_customers": auc(chance[known], late[known]),
            "new_customer_invoices": float((~known).sum()),
        }
        made += [
            row("auc", dataset, area, interval(own), count, baselines),
            row("auc_customer_rate", dataset, other, interval(base), count, {}),
            row("auc_gain_over_customer_rate", dataset, area - other, interval(own - base), count, {}),
            row("ece", dataset, expected_calibration_error(chance, late), None, count,
                {"ece_customer_rate": expected_calibration_error(rate, late)}),
            row("brier", dataset, brier(chance, late), None, count,
                {"brier_customer_rate": brier(rate, late), "brier_base_rate": float(late.mean() * (1 - late.mean()))}),
        ]  # fmt: skip
    return made


def predict(files: list[Path], *, year: int) -> pd.DataFrame:
    """Invoices of a year with chance and rate as known on their issue day; what is fitted knows the years before only.

    The law, the regression, the prior and the terms come from the files of the years before, read alone. Invoices of
    catch-all accounts are nobody's and are left out.
    """
    policy = Policy()
    prior_count = policy.scores.prior_count
    cut = dt.date(year - 1, 12, 31)
    before = _book([file for file in files if int(file.stem[-8:-4]) < year], policy)
    terms = choose_terms(before, as_of=cut, policy=policy)
    then = _invoices(before, cut, policy, terms.code)
    facts = _facts(then)
    settled = settled_delays(then).merge(facts, on="line")
    law = fit_delay_law(settled, known=KNOWN)
    late_rate = float((settled["delay"] > 0).mean())
    taught = history_of(then, facts, law, connection=before.connection)
    model = fit_late_invoices(taught, law, late_rate=late_rate, prior_count=prior_count, known_day=cut.toordinal())
    book = _book(files, policy)
    after = _invoices(book, book.latest_date, policy, terms.code)
    whole = history_of(after, _facts(after), law, connection=book.connection)
    first, last = dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal()
    nobody = book.customers.loc[book.customers["is_catch_all"], "customer_id"]
    asked = whole[whole["day"].between(first, last) & (whole["due_day"] < book.latest_date.toordinal())]
    asked = asked[~asked["customer_id"].isin(nobody)]
    figures = lateness_figures(asked, law, late_rate=late_rate, prior_count=prior_count)
    late = (~(asked["settled_day"] <= asked["due_day"]).fillna(value=False).astype(bool)).astype("float64")
    return asked.assign(chance=model.predict(asked), rate=figures["shrunk_late_rate"], late=late)


def _book(files: list[Path], policy: Policy) -> Book:
    specs = infer_specs([file.absolute() for file in files])
    return Book.from_reading(read_files(specs, folder=Path("/"), currency=None), policy=policy)


def _invoices(book: Book, as_of: dt.date, policy: Policy, terms: str) -> Lazy:
    chosen = choose_terms(book, as_of=as_of, policy=policy, terms=terms)
    return invoice_items(strike(book, as_of=as_of, policy=policy, terms=chosen).items)


def _facts(invoices: Lazy) -> pd.DataFrame:
    known: pd.DataFrame = invoices.select("line", "cents", "day").collect(backend="pandas").to_native()
    issued = pd.to_datetime([dt.date.fromordinal(int(day)) for day in known["day"]])
    return pd.DataFrame(
        {
            "line": known["line"],
            "log_amount": np.log(known["cents"] / 100),
            "month_end_days": (issued.days_in_month - issued.day).astype("float64"),
        }
    )
