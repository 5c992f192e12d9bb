"""Customers who begin to pay later than they used to: seen on the invoices of the last months, paid or not.

Each customer's usual delay is read from its invoices due before the window, shrunk to that of all. An invoice of the
window that is paid counts as one settlement observed; every invoice, paid or not, counts as many settlements expected
as its customer's habit gives by its age (the cumulative hazard). Expected over observed is 1 when the habit holds and
2 when half as many are settled as the habit would have settled: a one-sample log-rank test, in which open invoices take
part by the age they have reached. Younger invoices weigh more; a wave that takes a whole sector is divided out.
"""

from __future__ import annotations

import math

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from riskkit.engine import Lazy, lazy, materialise, to_pandas
from riskkit.ledger.book import BEHAVIOUR_KINDS
from riskkit.schemas import Column, Table

c = nw.col

HABIT_BREAKS = Table(
    "habit_breaks",
    "a customer with invoices due in the window, at a date",
    (
        Column("as_of", "integer", "the date, as a day number"),
        Column("customer_id", "text", "the customer"),
        Column("usual_days", "number", "usual delay after the due date, typical (median) days"),
        Column("recent_count", "integer", "invoices due in the window"),
        Column("recent_open_count", "integer", "of those, not settled yet"),
        Column("recent_open_cents", "cents", "what is open of them"),
        Column("break_ratio", "number", "settlements expected by habit ÷ observed; 1 is the habit, more is slower"),
    ),
)
_RECENT = Table(
    "habit_sums",
    "a customer at a date, with what its invoices of the window add up to",
    (
        *HABIT_BREAKS.columns[:2],
        Column("usual", "number", "usual delay on the log scale"),
        Column("expected", "number", "settlements expected by habit"),
        Column("observed", "number", "settlements observed"),
        Column("weighted_expected", "number", "the same, younger invoices weighing more"),
        Column("weighted_observed", "number", "the same, younger invoices weighing more"),
        *HABIT_BREAKS.columns[3:6],
    ),
)
WINDOW_DAYS = 180
EARLY_DAYS, OFFSET_DAYS = -6, 8
"""Delays are read on the scale ln(days + 8), early ones counting as 6 days early."""
LONGEST_DAYS = 120
PRIOR_INVOICES, PRIOR_SETTLEMENTS, PRIOR_SECTOR = 3.0, 4.0, 20.0
LEAST_SPREAD = 0.2
SPREAD_FACTOR = 1.6
"""The spread of one invoice is widened: the usual delay of a customer is itself only an estimate."""
RECENT_POWER = 4.0
"""An invoice due today weighs 2 to this power, one due at the start of the window 1."""
LOGISTIC = 1.702
"""A logistic curve stretched so is a normal one to within 0.01."""


def habit_breaks(items: Lazy, *, sectors: pd.Series, connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """How far each customer's last months depart from its habit.

    From: items struck at one date or more (`strike_items`) on that connection; sectors by customer_id.
    To:   `HABIT_BREAKS`, one row per date and customer with an undisputed invoice due in the window.
    """
    seen = materialise(_seen(items))
    habits = _habits(seen)
    if habits.empty:
        return HABIT_BREAKS.empty()
    recent = to_pandas(_recent(seen, lazy(connection, habits)), _RECENT)
    sector = recent["customer_id"].map(sectors).astype("str").fillna("")
    together = recent.assign(sector=sector).groupby(["as_of", "sector"])[["expected", "observed"]].transform("sum")
    wave = (together["expected"] + PRIOR_SECTOR) / (together["observed"] + PRIOR_SECTOR)
    ratio = (recent["weighted_expected"] / wave + PRIOR_SETTLEMENTS) / (recent["weighted_observed"] + PRIOR_SETTLEMENTS)
    found = recent.assign(usual_days=np.exp(recent["usual"]) - OFFSET_DAYS, break_ratio=ratio)
    return HABIT_BREAKS.conform(found)[HABIT_BREAKS.names].sort_values(["as_of", "customer_id"], ignore_index=True)


def _seen(items: Lazy) -> Lazy:
    """Undisputed invoices past their due day at each date: their delay so far on the log scale, and whether settled."""
    due = items.filter(
        c("kind").is_in(BEHAVIOUR_KINDS)
        & (c("due_day") < c("as_of"))
        & (c("dispute_day").is_null() | (c("dispute_day") > c("as_of")))
    )
    days = (
        nw.when(c("settled_day").is_null()).then(c("as_of") - c("due_day")).otherwise(c("settled_day") - c("due_day"))
    )
    held = nw.when(c("days") < EARLY_DAYS).then(nw.lit(EARLY_DAYS)).otherwise(c("days"))
    age = c("as_of") - c("due_day")
    return due.with_columns(days=days).select(
        "as_of",
        "customer_id",
        "open",
        is_settled=nw.when(c("settled_day").is_null()).then(nw.lit(0.0)).otherwise(nw.lit(1.0)),
        is_recent=age < WINDOW_DAYS,
        weight=((2.0 - age.cast(nw.Float64) / WINDOW_DAYS).log() * RECENT_POWER).exp(),
        delay=(held.cast(nw.Float64) + OFFSET_DAYS).log(),
    )


def _habits(seen: Lazy) -> pd.DataFrame:
    """Usual delay of each customer at each date on the log scale, shrunk to that of all, and the common spread."""
    longest = math.log(LONGEST_DAYS + OFFSET_DAYS)
    old = seen.with_columns(
        delay=nw.when(c("delay") > longest).then(nw.lit(longest)).otherwise(c("delay")),
        is_old=nw.when(c("is_recent")).then(nw.lit(0.0)).otherwise(nw.lit(1.0)),
    )
    grouped = old.group_by("as_of", "customer_id").agg(
        c("is_old").sum().alias("count"),
        (c("is_old") * c("delay")).sum().alias("sum"),
        (c("is_old") * c("delay") * c("delay")).sum().alias("squares"),
    )
    own: pd.DataFrame = grouped.collect(backend="pandas").to_native()
    dates = own.groupby("as_of")[["count", "sum"]].transform("sum")
    middle = dates["sum"] / dates["count"].where(dates["count"] > 0)
    around = (own["squares"] - own["sum"] ** 2 / own["count"].where(own["count"] > 0)).fillna(0.0).clip(lower=0)
    freedom = (own["count"] - 1).clip(lower=0)
    spread = around.groupby(own["as_of"]).transform("sum") / freedom.groupby(own["as_of"]).transform("sum").clip(
        lower=1
    )
    usual = (own["sum"] + PRIOR_INVOICES * middle) / (own["count"] + PRIOR_INVOICES)
    known = own.assign(usual=usual, spread=np.maximum(np.sqrt(spread), LEAST_SPREAD) * SPREAD_FACTOR)
    return known.loc[known["usual"].notna(), ["as_of", "customer_id", "usual", "spread"]]


def _recent(seen: Lazy, habits: Lazy) -> Lazy:
    """Settlements observed, and expected by habit, of the invoices due in the window."""
    hazard = (1.0 + (LOGISTIC * (c("delay") - c("usual")) / c("spread")).exp()).log()
    known = seen.filter(c("is_recent")).join(habits, on=["as_of", "customer_id"], how="inner")
    still = c("open") > 0
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    return (
        known.with_columns(hazard=hazard)
        .group_by("as_of", "customer_id")
        .agg(
            c("usual").mean().alias("usual"),
            c("hazard").sum().alias("expected"),
            c("is_settled").sum().alias("observed"),
            (c("hazard") * c("weight")).sum().alias("weighted_expected"),
            (c("is_settled") * c("weight")).sum().alias("weighted_observed"),
            c("hazard").len().cast(nw.Int64).alias("recent_count"),
            nw.when(still).then(one).otherwise(none).sum().cast(nw.Int64).alias("recent_open_count"),
            nw.when(still).then(c("open")).otherwise(none).sum().cast(nw.Int64).alias("recent_open_cents"),
        )
    )
