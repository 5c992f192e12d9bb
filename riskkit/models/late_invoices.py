"""Will an invoice be late? Asked on the day it is issued, from how long its customer usually takes.

Each customer has its own mean delay, drawn around that of all customers; the history of a customer is believed the more
the longer it is (empirical Bayes). What is known of the invoice itself (its amount, how it is sent) moves the delay by
as much as it does within customers. The chance of a delay above zero and the customer's shrunk late rate enter a
logistic regression fitted on invoices whose due day has passed, paid or not: open invoices are not dropped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.engine import Lazy, lazy
from riskkit.models.calibration import log_odds
from riskkit.models.invoice_history import invoice_history
from riskkit.models.scorecard import fit_logistic

Floats = npt.NDArray[np.float64]
SPREAD_CASES = 5.0
"""Cases of the common spread added to a customer's own."""
LONGEST_DAYS = 45.0
"""A delay counts for so many days at most, early or late: beyond, it says whether and no longer how much."""
FIGURES: tuple[tuple[str, ...], ...] = (("rate",), ("chance",), ("chance", "rate"))
"""What the regression may read, simplest first."""


@dataclass(frozen=True)
class DelayLaw:
    """How delays are made: `slopes` of what is known of an invoice, mean and spreads of the rest, in days.

    `within` is the variance of a customer's delays, `between` that of customers' means, `mean` their mean.
    """

    slopes: Mapping[str, float]
    mean: float
    within: float
    between: float

    @property
    def prior_count(self) -> float:
        """Invoices that the common mean is worth."""
        return self.within / self.between

    def explained(self, known: pd.DataFrame) -> Floats:
        """Part of the delay that what is known of each invoice explains."""
        found = np.zeros(len(known))
        for name, slope in self.slopes.items():
            found += slope * known[name].to_numpy(dtype="float64")
        return found


@dataclass(frozen=True)
class LateInvoiceModel:
    """Probability that an invoice is settled after its due day."""

    law: DelayLaw
    late_rate: float
    prior_count: float
    figures: tuple[str, ...]
    constant: float
    slopes: tuple[float, ...]

    def predict(self, history: pd.DataFrame) -> Floats:
        """The probability of each invoice of `history_of`."""
        read = lateness_figures(history, self.law, late_rate=self.late_rate, prior_count=self.prior_count)
        value = self.constant + read[list(self.figures)].to_numpy() @ np.array(self.slopes)
        result: Floats = 1 / (1 + np.exp(-value))
        return result


def fit_delay_law(settled: pd.DataFrame, *, known: Sequence[str]) -> DelayLaw:
    """The law of delays from settled invoices.

    From: settled (customer_id, delay in days after the due day, and the columns `known`).

    Notes
    -----
    Slopes by least squares within customers; variances by the method of moments.

    """
    customer = settled.groupby("customer_id")
    columns = [*known, "delay"]
    centred = settled[columns] - customer[columns].transform("mean")
    x, y = centred[list(known)].to_numpy(dtype="float64"), centred["delay"].to_numpy(dtype="float64")
    slopes = np.linalg.lstsq(x, y, rcond=None)[0] if known else np.array([])
    groups = customer.ngroups
    freedom = max(len(settled) - groups - len(known), 1)
    within = max(float(((y - x @ slopes) ** 2).sum()) / freedom, 1e-6)
    left = settled["delay"].to_numpy(dtype="float64") - settled[list(known)].to_numpy(dtype="float64") @ slopes
    means = pd.Series(left, index=settled.index).groupby(settled["customer_id"]).agg(["mean", "size"])
    chance = within * float((1 / means["size"]).mean())
    between = max(float(means["mean"].var(ddof=1)) - chance, within / 50) if groups > 1 else within
    return DelayLaw(dict(zip(known, slopes.tolist(), strict=True)), float(means["mean"].mean()), within, between)


def history_of(
    invoices: Lazy, facts: pd.DataFrame, law: DelayLaw, *, connection: duckdb.DuckDBPyConnection
) -> pd.DataFrame:
    """The history of every invoice, delays freed of what explains them, with the facts of the invoice itself.

    From: invoices (`invoice_items`) of that connection; facts (line, and what is known on the issue day).
    """
    told = settled_delays(invoices).merge(facts, on="line", how="left")
    told = told.assign(delay=told["delay"] - law.explained(told))[["line", "delay"]]
    return invoice_history(invoices, lazy(connection, told)).merge(facts, on="line", how="left")


def settled_delays(invoices: Lazy) -> pd.DataFrame:
    """Days after the due day of each settled invoice: line, customer_id, delay (negative when early).

    Held within `LONGEST_DAYS` either way.
    """
    settled = invoices.filter(~nw.col("settled_day").is_null()).select(
        "line", "customer_id", delay=(nw.col("settled_day") - nw.col("due_day")).cast(nw.Float64)
    )
    found: pd.DataFrame = settled.collect(backend="pandas").to_native()
    held = found["delay"].clip(-LONGEST_DAYS, LONGEST_DAYS)
    return found.assign(delay=held).sort_values("line", ignore_index=True)


def lateness_figures(history: pd.DataFrame, law: DelayLaw, *, late_rate: float, prior_count: float) -> pd.DataFrame:
    """What the regression reads: log-odds of the chance of a delay, and of the customer's shrunk late rate.

    To: chance, rate (log-odds; the rate counts overdue invoices as late) and shrunk_late_rate (the baseline: a share of
        the settled invoices only).
    """
    count = history["settled_count"].to_numpy(dtype="float64")
    sums, squares = (history[name].to_numpy(dtype="float64") for name in ("delay_sum", "delay_square_sum"))
    prior = law.prior_count
    mean = (sums + prior * law.mean) / (count + prior)
    around = np.maximum(squares - 2 * mean * sums + count * mean**2, 0.0)
    spread = (around + SPREAD_CASES * law.within) / (count + SPREAD_CASES) + law.within / (count + prior)
    expected = mean + law.explained(history)
    chance = norm_above(0.5 - expected, np.sqrt(spread))
    late, overdue = (history[name].to_numpy(dtype="float64") for name in ("late_count", "overdue_count"))
    settled_rate = (late + prior_count * late_rate) / (count + prior_count)
    rate = (late + overdue + prior_count * late_rate) / (count + overdue + prior_count)
    return pd.DataFrame(
        {"chance": log_odds(chance), "rate": log_odds(rate), "shrunk_late_rate": settled_rate}, index=history.index
    )


def norm_above(distance: Floats, spread: Floats) -> Floats:
    """Chance that a centred normal of that standard deviation exceeds the distance."""
    z = distance / spread
    return np.array([0.5 * math.erfc(value / math.sqrt(2)) for value in z.tolist()])


def fit_late_invoices(
    history: pd.DataFrame, law: DelayLaw, *, late_rate: float, prior_count: float, known_day: int
) -> LateInvoiceModel:
    """The model from the invoices whose due day has passed by `known_day`: late, or not, whether paid or not.

    What it reads is the simplest of `FIGURES` within one standard error of the best, on the latest three fifths of
    these invoices, each fifth predicted from those before it.
    """
    due = history[(history["due_day"] < known_day) & (history["settled_count"] > 0)]
    bad = is_late(due).to_numpy(dtype="float64")
    read = lateness_figures(due, law, late_rate=late_rate, prior_count=prior_count)
    losses = {figures: _losses_ahead(read[list(figures)].to_numpy(), bad) for figures in FIGURES}
    best = min(FIGURES, key=lambda figures: losses[figures].mean())
    chosen = next(figures for figures in FIGURES if _is_close(losses[figures], losses[best]))
    constant, slopes = fit_logistic(read[list(chosen)].to_numpy(), bad)
    return LateInvoiceModel(law, late_rate, prior_count, chosen, constant, tuple(slopes.tolist()))


def _losses_ahead(columns: Floats, bad: Floats) -> Floats:
    """Log losses of the latest three fifths, each fifth predicted from what comes before it."""
    edges = [int(len(bad) * share) for share in (0.4, 0.6, 0.8, 1.0)]
    losses = []
    for first, last in pairwise(edges):
        constant, slopes = fit_logistic(columns[:first], bad[:first])
        chance = np.clip(1 / (1 + np.exp(-(constant + columns[first:last] @ slopes))), 1e-6, 1 - 1e-6)
        losses.append(-np.where(bad[first:last] > 0, np.log(chance), np.log(1 - chance)))
    return np.concatenate(losses)


def _is_close(loss: Floats, best: Floats) -> bool:
    """Whether a loss is within one standard error of the best one, invoice by invoice."""
    gap = loss - best
    return bool(gap.mean() <= gap.std(ddof=1) / math.sqrt(len(gap))) if len(gap) > 1 else True


def is_late(history: pd.DataFrame) -> pd.Series:
    """Whether each invoice whose due day has passed was late: not settled on its due day."""
    return ~(history["settled_day"] <= history["due_day"]).fillna(value=False).astype(bool)
