"""Which invoices not yet due will be long late: asked of each at the date, from how its customer has paid so far.

Late is later than the days from which terms count as broken (policy); where almost nobody is, later than the days from
which an invoice counts as paid late. Where most invoices are paid a few days after they are due, a day tells nothing.

The law of delays and the regression of `late_invoices` are fitted on what was known at the date. The same question
asked at past month ends, with what was known then, says what the answers are worth, and brings them to scale.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.engine import Lazy, lazy
from riskkit.errors import Message, message
from riskkit.ledger.book import BEHAVIOUR_KINDS
from riskkit.ledger.snapshot import History
from riskkit.models.calibration import Calibration, fit_calibration
from riskkit.models.invoice_history import invoice_items
from riskkit.models.invoice_risk_tables import INVOICE_RISK, INVOICE_RISK_RESULTS
from riskkit.models.late_invoices import (
    LONGEST_DAYS,
    DelayLaw,
    LateInvoiceModel,
    fit_delay_law,
    fit_late_invoices,
    history_of,
    lateness_figures,
    settled_delays,
)
from riskkit.models.validation import auc, auc_draws, brier, draw_groups, expected_calibration_error
from riskkit.policy import Policy

c = nw.col
Floats = npt.NDArray[np.float64]
KNOWN = ("log_amount",)
"""What is known of an invoice itself, whatever the file: its amount."""
CUTS, STEP_MONTHS = 3, 3
MAX_INVOICES = 200_000
"""A larger past is drawn from, customer by customer: it makes a slower model, no better one."""
LEAST_EACH = 50
"""Late invoices, and invoices paid in time, below which nothing is fitted."""
DRAWS = 300

_SUMS = ("settled_count", "late_count", "overdue_count", "delay_sum", "delay_square_sum")


@dataclass(frozen=True)
class InvoiceRisk:
    """`invoices` (`INVOICE_RISK`), `results` (`INVOICE_RISK_RESULTS`), and why there is nothing, if so."""

    invoices: pd.DataFrame
    results: pd.DataFrame
    notes: tuple[Message, ...]


def invoice_risk(
    history: History,
    open_items: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    as_of: dt.date,
    connection: duckdb.DuckDBPyConnection,
    policy: Policy,
) -> InvoiceRisk:
    """The chance of each open invoice not yet due, and how such chances did at past month ends.

    From: the ledger struck at each month end and at `as_of`, each as known then; open_items at `as_of`; customers
          (customer_id, is_catch_all): accounts that are nobody have no habit and are left out.
    """
    nobody = customers.loc[customers["is_catch_all"], "customer_id"].tolist()
    people = history.items.filter(~c("customer_id").is_in(nobody)) if nobody else history.items
    for days in (policy.scores.broken_after_days, policy.scores.late_after_days):
        late = people.with_columns(due_day=c("due_day") + days, true_due_day=c("due_day"))
        model = _fit(late, as_of, connection=connection, policy=policy)
        if model is not None:
            break
    else:
        return InvoiceRisk(INVOICE_RISK.empty(), INVOICE_RISK_RESULTS.empty(), (_TOO_FEW,))
    cuts = past_cuts(history.dates, as_of)
    tried = _tried(late, as_of, cuts, connection=connection, policy=policy)
    scale = fit_calibration(_floats(tried, "raw"), _floats(tried, "late")) if len(tried) else Calibration()
    now = ask(late, model, as_of)
    chance = scale.apply(_floats(now, "raw"))
    shown = open_items[["item_id", "invoice_number", "customer_id", "customer_name", "issue_date", "due_date"]]
    found = now.assign(
        item_id=now["line"].str[2:],
        late_after_days=days,
        late_probability=chance,
        open_cents=now["open"],
        late_cents=np.round(now["open"] * chance).astype("int64"),
    ).merge(shown, on=["item_id", "customer_id"], how="inner", validate="one_to_one")
    ordered = found.sort_values(["late_cents", "item_id"], ascending=[False, True], ignore_index=True)
    results = measure_cuts(tried, seed=policy.seed) if len(tried) else INVOICE_RISK_RESULTS.empty()
    return InvoiceRisk(INVOICE_RISK.conform(ordered)[INVOICE_RISK.names], results, ())


def ask(items: Lazy, model: LateInvoiceModel, day: dt.date) -> pd.DataFrame:
    """The invoices open and not due on a day, with what is known then: `raw` chance, and `customer_late_rate`.

    From: items whose `due_day` is that from which they are late, `true_due_day` the one agreed.
    """
    struck = items.filter(c("as_of") == day.toordinal())
    behaves = c("kind").is_in(BEHAVIOUR_KINDS)
    asked: pd.DataFrame = (
        struck.filter(behaves & (c("open") > 0) & (c("true_due_day") >= c("as_of")))
        .select("line", "customer_id", "due_day", "open", "cents")
        .collect(backend="pandas")
        .to_native()
    )
    asked = asked.sort_values("line", ignore_index=True)
    known = asked.merge(_past(struck.filter(behaves), model.law), on="customer_id", how="left")
    known = known.fillna(dict.fromkeys(_SUMS, 0)).assign(log_amount=np.log(known["cents"] / 100))
    figures = lateness_figures(known, model.law, late_rate=model.late_rate, prior_count=model.prior_count)
    return known.assign(raw=model.predict(known), customer_late_rate=figures["shrunk_late_rate"])


def _past(struck: Lazy, law: DelayLaw) -> pd.DataFrame:
    """What each customer's invoices add up to at one date, delays freed of what explains them."""
    settled, late = ~c("settled_day").is_null(), c("settled_day") > c("due_day")
    days = (c("settled_day") - c("due_day")).cast(nw.Float64)
    held = nw.when(days > LONGEST_DAYS).then(nw.lit(LONGEST_DAYS)).otherwise(days)
    held = nw.when(held < -LONGEST_DAYS).then(nw.lit(-LONGEST_DAYS)).otherwise(held)
    delay = held - law.slopes["log_amount"] * ((c("cents").cast(nw.Float64)).log() - math.log(100))
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)

    def counted(condition: nw.Expr) -> nw.Expr:
        return nw.when(condition).then(one).otherwise(none).sum().cast(nw.Int64)

    found: pd.DataFrame = (
        struck.filter(~c("due_day").is_null())
        .with_columns(delay=nw.when(settled).then(delay).otherwise(nw.lit(0.0)))
        .group_by("customer_id")
        .agg(
            counted(settled).alias("settled_count"),
            counted(settled & late).alias("late_count"),
            counted(~settled & (c("due_day") < c("as_of"))).alias("overdue_count"),
            c("delay").sum().alias("delay_sum"),
            (c("delay") * c("delay")).sum().alias("delay_square_sum"),
        )
        .collect(backend="pandas")
        .to_native()
    )
    return found


def _fit(
    items: Lazy, day: dt.date, *, connection: duckdb.DuckDBPyConnection, policy: Policy
) -> LateInvoiceModel | None:
    """The model from what is known on a day; None when it is too little."""
    then = _drawn(invoice_items(items.filter(c("as_of") == day.toordinal())), connection, seed=policy.seed)
    settled = settled_delays(then)
    late = int((settled["delay"] > 0).sum())
    if min(late, len(settled) - late) < LEAST_EACH:
        return None
    facts: pd.DataFrame = then.select("line", "cents").collect(backend="pandas").to_native()
    facts = pd.DataFrame({"line": facts["line"], "log_amount": np.log(facts["cents"] / 100)})
    law = fit_delay_law(settled.merge(facts, on="line"), known=KNOWN)
    taught = history_of(then, facts, law, connection=connection)
    due = taught[(taught["due_day"] < day.toordinal()) & (taught["settled_count"] > 0)]
    if len(due) < 4 * LEAST_EACH:
        return None
    return fit_late_invoices(
        taught,
        law,
        late_rate=late / len(settled),
        prior_count=policy.scores.prior_count,
        known_day=day.toordinal(),
    )


def _drawn(invoices: Lazy, connection: duckdb.DuckDBPyConnection, *, seed: int) -> Lazy:
    """All the invoices with an amount, or those of customers drawn until `MAX_INVOICES`."""
    paid = invoices.filter(c("cents") > 0)
    counts: pd.DataFrame = (
        paid.group_by("customer_id").agg(nw.len().alias("count")).collect(backend="pandas").to_native()
    )
    if counts["count"].sum() <= MAX_INVOICES:
        return paid
    counts = counts.sort_values("customer_id").sample(frac=1.0, random_state=seed)
    kept = counts.loc[counts["count"].cumsum() <= MAX_INVOICES, ["customer_id"]]
    return paid.join(lazy(connection, kept), on="customer_id", how="inner")


def _tried(
    items: Lazy,
    as_of: dt.date,
    cuts: Sequence[dt.date],
    *,
    connection: duckdb.DuckDBPyConnection,
    policy: Policy,
) -> pd.DataFrame:
    """What would have been said at past month ends: raw chance, rate, calibrated chance and what happened.

    The scale of a cut comes from the cuts before it, as far as their outcome was known then.
    """
    parts: list[pd.DataFrame] = []
    outcome = _outcomes(items, as_of, first=min(cuts, default=as_of))
    for cut in cuts:
        model = _fit(items, cut, connection=connection, policy=policy)
        if model is None:
            continue
        asked = ask(items, model, cut).merge(outcome, on="line", how="inner")
        asked = asked[asked["due_day"] < as_of.toordinal()]
        if asked.empty:
            continue
        before = pd.concat(parts) if parts else asked.head(0)
        before = before[before["due_day"] < cut.toordinal()]
        scale = fit_calibration(_floats(before, "raw"), _floats(before, "late")) if len(before) else Calibration()
        parts.append(asked.assign(cut=cut.toordinal(), chance=scale.apply(_floats(asked, "raw"))))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def past_cuts(dates: Sequence[dt.date], as_of: dt.date) -> list[dt.date]:
    """Dates struck at which the question is asked again, the oldest first, three months apart at least."""
    latest = [(pd.Timestamp(as_of) - pd.DateOffset(months=STEP_MONTHS * (step + 1))).date() for step in range(CUTS)]
    found = [max((date for date in dates if date <= limit), default=None) for limit in latest]
    return sorted({date for date in found if date is not None})


def _outcomes(items: Lazy, as_of: dt.date, *, first: dt.date) -> pd.DataFrame:
    """Whether each invoice that fell due since the first day was late: line, late."""
    due = items.filter((c("as_of") == as_of.toordinal()) & (c("due_day") < c("as_of")))
    found: pd.DataFrame = (
        due.filter(c("due_day") >= first.toordinal())
        .select("line", "due_day", "settled_day")
        .collect(backend="pandas")
        .to_native()
    )
    in_time = (found["settled_day"] <= found["due_day"]).fillna(value=False).astype(bool)
    return pd.DataFrame({"line": found["line"], "late": (~in_time).astype("float64")})


def measure_cuts(tried: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Over all cuts and at each of them: `INVOICE_RISK_RESULTS`."""
    rows = []
    for cut in (None, *sorted(tried["cut"].unique())):
        part = tried if cut is None else tried[tried["cut"] == cut]
        chance, rate, late = (_floats(part, name) for name in ("chance", "customer_late_rate", "late"))
        groups, names = pd.factorize(part["customer_id"])
        sampled = draw_groups(len(names), draws=DRAWS, seed=seed)
        own, base = auc_draws(chance, late, groups, sampled), auc_draws(rate, late, groups, sampled)
        bounds = [_bounds(own), _bounds(own - base)]
        rows.append(
            (
                None if cut is None else pd.Timestamp.fromordinal(int(cut)),
                len(part),
                len(names),
                late.mean(),
                auc(chance, late),
                *bounds[0],
                auc(rate, late),
                *bounds[1],
                expected_calibration_error(chance, late),
                expected_calibration_error(rate, late),
                brier(chance, late),
                brier(rate, late),
            )
        )
    return INVOICE_RISK_RESULTS.conform(pd.DataFrame(rows, columns=INVOICE_RISK_RESULTS.names))


def _bounds(drawn: Floats) -> tuple[float, float]:
    kept = drawn[~np.isnan(drawn)]
    low, high = np.quantile(kept, [0.025, 0.975]) if len(kept) else (np.nan, np.nan)
    return float(low), float(high)


def _floats(frame: pd.DataFrame, name: str) -> Floats:
    return frame[name].to_numpy(dtype="float64")


_TOO_FEW = message(
    "No chance of lateness by invoice: fewer than {count} invoices were late, or fewer were paid in time.",
    count=LEAST_EACH,
)
