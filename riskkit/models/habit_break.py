"""Customers who begin to pay later than they used to: seen on the invoices of the last months, paid or not.

Each customer's usual delay is read from its invoices due before the window, on a log scale, shrunk to that of all. The
invoices of the window are then asked which explains them better: that the customer pays as it used to, or that it has
begun to slide, the younger the invoice the more. A paid invoice says its delay, an open one that its delay is at least
its age, and how little the usual delay is itself known counts. The answer is `break_odds`, a likelihood ratio averaged
over slides of several sizes: 20 means that the window is twenty times likelier with a slide than without one. A wave
that takes a whole sector is taken off first.
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
        Column("recent_days", "number", "the same for an invoice due today, by the invoices of the window"),
        Column("recent_count", "integer", "invoices due in the window"),
        Column("recent_open_count", "integer", "of those, not settled yet"),
        Column("recent_open_cents", "cents", "what is open of them"),
        Column("break_odds", "number", "how many times likelier the window is if the customer slides; 1 is no sign"),
    ),
)
_RECENT = Table(
    "habit_sums",
    "a customer at a date, with what its invoices of the window add up to",
    (
        *HABIT_BREAKS.columns[:2],
        Column("usual", "number", "usual delay on the log scale"),
        Column("variance", "number", "variance with which it is known"),
        Column("pull", "number", "slope of the log-likelihood in the slide, at none"),
        Column("information", "number", "how much the window says of a slide"),
        Column("shared_information", "number", "how much it says of a slide and of the usual delay together"),
        *HABIT_BREAKS.columns[4:7],
    ),
)
WINDOW_DAYS = 150
EARLY_DAYS, OFFSET_DAYS = -6, 8
"""Delays are read on the scale ln(days + 8), early ones counting as 6 days early."""
LONGEST_DAYS = 120
PRIOR_INVOICES, PRIOR_SECTOR = 3.0, 20.0
LEAST_SPREAD = 0.35
MOST = 3.0
"""An invoice counts for so many spreads at most, early or late."""
RECENT_POWER = 1.2
"""An invoice due today takes the whole slide, one due at the start of the window none: (1 − age ÷ window) to this."""
SLIDES = (0.4, 0.8, 1.2, 1.6)
"""Slides on the log scale: delays counted from 8 days before the due date grow by half, to fivefold."""
SLIDE_VARIANCE = 0.25
"""Variance of slides, either way, to which the recent delay that is shown is shrunk."""


def habit_breaks(items: Lazy, *, sectors: pd.Series, connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """How far each customer's last months depart from its habit.

    From: items struck at one date or more (`strike_items`) on that connection; sectors by customer_id.
    To:   `HABIT_BREAKS`, one row per date and customer with an undisputed invoice due in the window.
    """
    seen = materialise(_seen(items))
    habits, common = _habits(seen)
    if common.empty:
        return HABIT_BREAKS.empty()
    recent = to_pandas(_recent(seen, lazy(connection, habits), lazy(connection, common)), _RECENT)
    # The engine gives groups in any order, and the last bit of a sum hangs on it.
    recent = recent.sort_values(["as_of", "customer_id"], ignore_index=True)
    sector = recent["customer_id"].map(sectors).astype("str").fillna("")
    together = recent.assign(sector=sector).groupby(["as_of", "sector"])[["pull", "information"]].transform("sum")
    wave = together["pull"] / (together["information"] + PRIOR_SECTOR)
    pull = recent["pull"] - wave * recent["information"]
    unknown = recent["variance"] * recent["shared_information"] ** 2
    odds = _odds(pull, recent["information"], unknown)
    said = recent["information"] / (recent["information"] + unknown)
    slide = pull * said / (recent["information"] * said + 1 / SLIDE_VARIANCE)
    found = recent.assign(
        usual_days=np.exp(recent["usual"]) - OFFSET_DAYS,
        recent_days=np.exp(recent["usual"] + slide) - OFFSET_DAYS,
        break_odds=odds,
    )
    return HABIT_BREAKS.conform(found)[HABIT_BREAKS.names].sort_values(["as_of", "customer_id"], ignore_index=True)


def _odds(pull: pd.Series, information: pd.Series, unknown: pd.Series) -> pd.Series:
    """Likelihood of a slide over that of none, averaged over `SLIDES`.

    The pull is about normal: mean slide × information, variance information + what the usual delay leaves `unknown`.
    """
    spread = information + unknown
    gains = pd.concat(
        [(size * information * pull - (size * information) ** 2 / 2) / spread for size in SLIDES], axis=1
    ).clip(upper=50.0)
    return pd.Series(np.exp(gains.to_numpy(dtype="float64")).mean(axis=1), index=pull.index)


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
        age=age.cast(nw.Float64),
        delay=(held.cast(nw.Float64) + OFFSET_DAYS).log(),
    )


def _habits(seen: Lazy) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Usual delay of each customer at each date on the log scale; and the middle and spread of all at each date."""
    longest = math.log(LONGEST_DAYS + OFFSET_DAYS)
    old = seen.filter(~c("is_recent")).with_columns(
        delay=nw.when(c("delay") > longest).then(nw.lit(longest)).otherwise(c("delay"))
    )
    grouped = old.group_by("as_of", "customer_id").agg(
        nw.len().cast(nw.Float64).alias("count"),
        c("delay").sum().alias("sum"),
        (c("delay") * c("delay")).sum().alias("squares"),
    )
    own: pd.DataFrame = grouped.collect(backend="pandas").to_native()
    own = own.sort_values(["as_of", "customer_id"], ignore_index=True)
    own["around"] = (own["squares"] - own["sum"] ** 2 / own["count"]).clip(lower=0)
    own["freedom"] = own["count"] - 1
    dates = own.groupby("as_of")[["count", "sum", "around", "freedom"]].sum()
    spread = np.sqrt((dates["around"] / dates["freedom"].clip(lower=1)).clip(lower=LEAST_SPREAD**2))
    common = pd.DataFrame({"middle": dates["sum"] / dates["count"], "spread": spread}).reset_index()
    return own[["as_of", "customer_id", "count", "sum"]], common


def _recent(seen: Lazy, habits: Lazy, common: Lazy) -> Lazy:
    """What the invoices of the window say of a slide; a customer without an older past has the habit of all."""
    own = c("count").fill_null(0.0) + PRIOR_INVOICES
    known = (
        seen.filter(c("is_recent"))
        .join(common, on="as_of", how="inner")
        .join(habits, on=["as_of", "customer_id"], how="left")
        .with_columns(
            usual=(c("sum").fill_null(0.0) + PRIOR_INVOICES * c("middle")) / own,
            variance=c("spread") * c("spread") / own,
        )
    )
    z = (c("delay") - c("usual")) / c("spread")
    ahead = known.with_columns(z=nw.when(z > MOST).then(nw.lit(MOST)).when(z < -MOST).then(nw.lit(-MOST)).otherwise(z))
    hazard = normal_hazard(c("z"))
    held = nw.when(hazard > MOST).then(nw.lit(MOST)).otherwise(hazard)
    settled, still = c("is_settled") > 0, c("open") > 0
    weight = ((1.0 - c("age") / WINDOW_DAYS).log() * RECENT_POWER).exp()
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    return (
        ahead.with_columns(
            weight=weight,
            says=nw.when(settled).then(c("z")).otherwise(held),
            counts=nw.when(settled).then(nw.lit(1.0)).otherwise(hazard * (hazard - c("z"))),
        )
        .group_by("as_of", "customer_id")
        .agg(
            c("usual").mean().alias("usual"),
            c("variance").mean().alias("variance"),
            (c("weight") * c("says") / c("spread")).sum().alias("pull"),
            (c("weight") * c("weight") * c("counts") / (c("spread") * c("spread"))).sum().alias("information"),
            (c("weight") * c("counts") / (c("spread") * c("spread"))).sum().alias("shared_information"),
            nw.len().cast(nw.Int64).alias("recent_count"),
            nw.when(still).then(one).otherwise(none).sum().cast(nw.Int64).alias("recent_open_count"),
            nw.when(still).then(c("open")).otherwise(none).sum().cast(nw.Int64).alias("recent_open_cents"),
        )
    )


def normal_hazard(z: nw.Expr) -> nw.Expr:
    """Density over upper tail of the standard normal law, to 1e-5 for |z| up to 3.

    The tail by Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
    """
    t = 1.0 / (1.0 + 0.3275911 * z.abs() / math.sqrt(2))
    tail = 0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    decay = (-0.5 * z * z).exp()
    upper = 0.5 * t * tail * decay
    return decay / math.sqrt(2 * math.pi) / nw.when(z >= 0).then(upper).otherwise(1.0 - upper)
