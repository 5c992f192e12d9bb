"""IBM set: will an invoice be late, asked on its issue day; no dispute feature; four cuts in time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.engine import Lazy
from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import choose_terms, strike
from riskkit.models.invoice_history import invoice_items
from riskkit.models.late_invoices import fit_delay_law, fit_late_invoices, history_of, lateness_figures, settled_delays
from riskkit.models.validation import auc, auc_draws, brier, draw_groups, expected_calibration_error
from riskkit.policy import Policy
from riskkit.sources.reading import Reading

SOURCE = "ar/ibm_accounts_receivable.csv"
CUTS = ("2013-02-26", "2013-05-06", "2013-07-12", "2013-09-21")
KNOWN = ("electronic", "log_amount")
"""What is known of an invoice on its issue day: how it is sent, and its amount."""
Floats = npt.NDArray[np.float64]
DRAWS, SEED = 1_000, 20_240_101


def rows(folder: Path) -> list[dict[str, Any]]:
    """One row per measure and cut, and the means."""
    reading, facts = read(folder / SOURCE)
    made, gains, drawn, tests = [], [], [], []
    for number, cut in enumerate(CUTS):
        until = CUTS[number + 1] if number + 1 < len(CUTS) else None
        tested = predict(reading, facts, cut=dt.date.fromisoformat(cut), until=until)
        late, chance, rate = (tested[name].to_numpy(dtype="float64") for name in ("late", "chance", "rate"))
        groups, names = pd.factorize(tested["customer_id"])
        sampled = draw_groups(len(names), draws=DRAWS, seed=SEED + number)
        own, base = auc_draws(chance, late, groups, sampled), auc_draws(rate, late, groups, sampled)
        area, other = auc(chance, late), auc(rate, late)
        gains.append(area - other)
        drawn.append(own - base)
        dataset, count = f"ibm_{cut}", len(tested)
        baselines = {"auc_customer_rate": other}
        made += [
            row("auc", dataset, area, interval(own), count, baselines),
            row("auc_customer_rate", dataset, other, interval(base), count, {}),
            row("auc_gain_over_customer_rate", dataset, area - other, interval(own - base), count, {}),
            row("ece", dataset, expected_calibration_error(chance, late), None, count,
                {"ece_customer_rate": expected_calibration_error(rate, late)}),
            row("brier", dataset, brier(chance, late), None, count,
                {"brier_customer_rate": brier(rate, late), "brier_base_rate": float(late.mean() * (1 - late.mean()))}),
        ]  # fmt: skip
        tests.append(tested)
    means = np.mean(drawn, axis=0)
    whole = pd.concat(tests)
    chance, late = whole["chance"].to_numpy(dtype="float64"), whole["late"].to_numpy(dtype="float64")
    made.append(row("auc_gain_over_customer_rate_mean", "ibm", float(np.mean(gains)), interval(means), len(CUTS), {}))
    eces = [each["value"] for each in made if each["measure"] == "ece"]
    pooled = expected_calibration_error(chance, late)
    by_chance = chance_errors([tested["chance"].to_numpy(dtype="float64") for tested in tests])
    beside = {
        "mean_of_cuts": float(np.mean(eces)),
        "mean_of_cuts_if_exactly_right": float(by_chance.mean()),
        "share_of_draws_above_mean_of_cuts": float((by_chance >= np.mean(eces)).mean()),
    }
    made.append(row("ece", "ibm", pooled, None, len(whole), beside))
    return made


def chance_errors(chances: list[Floats]) -> Floats:
    """Mean over the cuts of the calibration error that probabilities have when they are exactly right: many draws."""
    rng = np.random.default_rng(SEED)
    return np.array(
        [
            np.mean([expected_calibration_error(p, (rng.random(len(p)) < p).astype("float64")) for p in chances])
            for _ in range(DRAWS)
        ]
    )


def read(path: Path) -> tuple[Reading, pd.DataFrame]:
    """The file as canonical tables, and what is known of each invoice on its issue day. Disputes are not read."""
    columns = ["customerID", "PaperlessBill", "invoiceNumber", "InvoiceDate", "DueDate", "InvoiceAmount", "SettledDate"]
    given = pd.read_csv(path, usecols=columns, dtype={"invoiceNumber": "str"})
    dates = {name: pd.to_datetime(given[name], format="%m/%d/%Y") for name in ("InvoiceDate", "DueDate", "SettledDate")}
    cents = (given["InvoiceAmount"] * 100).round().astype("int64")
    origin = {"source_file": path.name, "source_line": given.index + 2, "currency": "USD"}
    shared = {"customer_id": given["customerID"], "amount_cents": cents, "reference": given["invoiceNumber"], **origin}
    invoices = pd.DataFrame(
        {"invoice_id": given["invoiceNumber"], "invoice_number": given["invoiceNumber"], "kind": "invoice",
         "is_sale": True, "issue_date": dates["InvoiceDate"], "due_date": dates["DueDate"], **shared}
    )  # fmt: skip
    payments = pd.DataFrame(
        {"payment_id": given["invoiceNumber"], "kind": "payment", "payment_date": dates["SettledDate"], **shared}
    )
    names = sorted(set(given["customerID"]))
    customers = pd.DataFrame({"customer_id": names, "is_catch_all": False, "source_file": path.name, "source_line": 1})
    reading = Reading(
        files=(), currency="USD", coverage_start=dates["InvoiceDate"].min().date(),
        latest_date=dates["SettledDate"].max().date(), due_dates="file", invoices=invoices, payments=payments,
        customers=customers,
    )  # fmt: skip
    facts = pd.DataFrame(
        {
            "line": "i:" + given["invoiceNumber"],
            "electronic": (given["PaperlessBill"] == "Electronic").astype("float64"),
            "log_amount": np.log(given["InvoiceAmount"]),
        }
    )
    return reading, facts


def predict(reading: Reading, facts: pd.DataFrame, *, cut: dt.date, until: str | None) -> pd.DataFrame:
    """Invoices issued from the cut until the next one, with chance and rate as known on their issue day.

    What is fitted (the law, the regression, the prior of the rate) knows the ledger of the day before the cut; the
    history of an invoice grows with the days until its own issue.
    """
    policy = Policy()
    prior_count = policy.scores.prior_count
    book = Book.from_reading(reading, policy=policy)
    then = _invoices(book, cut - dt.timedelta(days=1), policy)
    settled = settled_delays(then).merge(facts, on="line")
    law = fit_delay_law(settled, known=KNOWN)
    late_rate = float((settled["delay"] > 0).mean())
    taught = history_of(then, facts, law, connection=book.connection)
    model = fit_late_invoices(taught, law, late_rate=late_rate, prior_count=prior_count, known_day=cut.toordinal())
    whole = history_of(_invoices(book, reading.latest_date, policy), facts, law, connection=book.connection)
    end = dt.date.fromisoformat(until).toordinal() if until else 10**7
    asked = whole[(whole["day"] >= cut.toordinal()) & (whole["day"] < end)]
    figures = lateness_figures(asked, law, late_rate=late_rate, prior_count=prior_count)
    late = (asked["settled_day"] > asked["due_day"]).astype("float64")
    return asked.assign(chance=model.predict(asked), rate=figures["shrunk_late_rate"], late=late)


def _invoices(book: Book, as_of: dt.date, policy: Policy) -> Lazy:
    terms = choose_terms(book, as_of=as_of, policy=policy)
    return invoice_items(strike(book, as_of=as_of, policy=policy, terms=terms).items)


def interval(drawn: Floats) -> tuple[float, float]:
    """Central 95 % of the draws."""
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def row(
    measure: str,
    dataset: str,
    value: float,
    bounds: tuple[float, float] | None,
    count: int,
    baselines: dict[str, float],
    *,
    unit: str = "",
) -> dict[str, Any]:
    """One row of a benchmark result."""
    low, high = bounds or (None, None)
    return {
        "measure": measure, "dataset": dataset, "value": value, "low": low, "high": high, "unit": unit,
        "baselines": baselines, "n": count,
    }  # fmt: skip
