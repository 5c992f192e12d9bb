"""Sample portfolios of known truth: are planted probabilities recovered, is a failing customer seen in time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.prediction_ibm import row
from benchmarks.sample_ledger import sample_book
from riskkit.ledger.snapshot import choose_terms, strike, strike_history
from riskkit.models.customer_features import customer_features, customer_sums
from riskkit.models.fitted_score import fit_score
from riskkit.models.habit_break import habit_breaks
from riskkit.models.outcomes import at_risk, label
from riskkit.models.score_cases import case_figures, labelled_cases
from riskkit.models.statistical_scores import known_events
from riskkit.models.validation import auc, expected_calibration_error
from riskkit.policy import Policy
from riskkit.sources.sample import SampleSpec, make_sample
from riskkit.sources.sample_calendar import NEVER, day_number
from riskkit.sources.sample_customers import make_population
from riskkit.sources.sample_orders import make_orders
from riskkit.sources.sample_settlements import plan_settlements, solve_latenesses

Floats = npt.NDArray[np.float64]
SEEDS, FUTURES = range(50), 40
FAILURE_SEEDS = range(2_000, 2_006)
HORIZON_MONTHS = 6
EARLIEST_DAYS, LEAD_DAYS, FLAGGED_SHARE = 270, 60, 0.10
TELLING_DAYS = (60, 210)
"""Invoices due so many days before a failure are late for its sake, and due when a flag is still in time."""
Z = 1.96


def recovery_rows() -> list[dict[str, Any]]:
    """Probabilities at a date against what happened in the six months that follow, over the seeds."""
    parts = [recover(seed) for seed in SEEDS]
    return measure_recovery(pd.concat([part for part in parts if part is not None], ignore_index=True))


def measure_recovery(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Calibration seed by seed and over all, and how near the planted probabilities lie.

    The interval of a seed holds the chance of its customers and the error of the level of its score.
    """
    by_seed = found.groupby("seed").apply(_distance, include_groups=False)
    inside = float((by_seed.abs() <= Z).mean())
    gaps = found.groupby("seed").apply(lambda part: float((part["chance"] - part["bad"]).mean()), include_groups=False)
    error = float(gaps.std(ddof=1) / np.sqrt(len(gaps)))
    chance, bad, planted = (found[name].to_numpy(dtype="float64") for name in ("chance", "bad", "planted"))
    alike = float(found["chance"].corr(found["planted"], method="spearman"))
    return [
        row("calibration_seeds_inside", "sample_50", inside, None, len(by_seed),
            {"expected_share": 0.95, "mean_z": float(by_seed.mean()), "sd_z": float(by_seed.std(ddof=1))}),
        row("calibration_gap", "sample_50", float(gaps.mean()), (gaps.mean() - Z * error, gaps.mean() + Z * error),
            len(gaps), {"base_rate": float(bad.mean())}),
        row("ece", "sample_50", expected_calibration_error(chance, bad), None, len(found), {}),
        row("auc", "sample_50", auc(chance, bad), None, len(found), {"auc_planted_probability": auc(planted, bad)}),
        row("planted_rank_correlation", "sample_50", alike, None, len(found), {}),
        row("planted_mean_absolute_error", "sample_50", float(np.abs(chance - planted).mean()), None, len(found),
            {"of_base_rate": float(np.abs(bad.mean() - planted).mean())}),
    ]  # fmt: skip


def _distance(part: pd.DataFrame) -> float:
    """Events expected less events that happened, in standard deviations: those of customers and of the level."""
    chance = part["chance"]
    spread = (chance * (1 - chance)).sum() + (len(part) * float(part["level_error"].iloc[0])) ** 2
    return float((chance.sum() - part["bad"].sum()) / np.sqrt(spread))


def recover(seed: int) -> pd.DataFrame | None:
    """Customers at risk six months before the end of a sample: chance, what happened, planted probability."""
    spec = SampleSpec(seed=seed, customers=200, invoices=6_000, months=33)
    policy = Policy(scores={"horizons_months": (HORIZON_MONTHS,)})
    rules = policy.scores
    cut = (pd.Timestamp(spec.end_date) - pd.DateOffset(months=HORIZON_MONTHS)).date()
    sample = make_sample(spec)
    book = sample_book(sample, policy=policy)
    terms = choose_terms(book, as_of=cut, policy=policy)
    history = strike_history(book, as_of=cut, policy=policy, terms=terms)
    features = customer_features(customer_sums(history.items, policy=rules), policy=rules)
    happened = known_events(strike(book, as_of=cut, policy=policy, terms=terms), book.events, policy=policy)
    sectors = sample.customers.set_index("customer_id")["section"]
    figures = case_figures(features, sectors=sectors, happened=happened, policy=rules)
    nobody = sample.customers.loc[sample.customers["is_catch_all"], "customer_id"].tolist()
    cases = labelled_cases(
        figures, happened, months=HORIZON_MONTHS, known_day=cut.toordinal(), first_day=spec.start_date.toordinal(),
        groups=pd.Series(dtype="str"), excluded=nobody,
    )  # fmt: skip
    score, _, _ = fit_score(cases, months=HORIZON_MONTHS, policy=rules, seed=seed, fitted_day=cut.toordinal())
    if score is None:
        return None
    now = figures[(figures["as_of"] == cut.toordinal()) & at_risk(figures, happened)]
    now = now[~now["customer_id"].isin(nobody) & ~now["is_new"]]
    later = known_events(strike(book, as_of=spec.end_date, policy=policy, terms=terms), book.events, policy=policy)
    bad = label(now, later, months=HORIZON_MONTHS, known_day=spec.end_date.toordinal())
    planted = planted_probabilities(spec, cut, event_days=rules.event_days, least=rules.event_min_amount)
    return pd.DataFrame(
        {
            "seed": seed,
            "customer_id": now["customer_id"],
            "chance": score.predict(now),
            "bad": bad,
            "level_error": score.level_error,
            "planted": now["customer_id"].map(planted),
        }
    ).dropna()


def planted_probabilities(spec: SampleSpec, cut: dt.date, *, event_days: int, least: float) -> pd.Series:
    """Chance of an event of each customer by the law of the sample: its habits kept, the rest redrawn."""
    rng = np.random.default_rng(np.random.SeedSequence(spec.seed, spawn_key=(0,)))
    population = make_population(spec, rng, first_number=1, count=spec.customers)
    first = make_orders(spec, rng, population, invoices=spec.invoices)
    latenesses = solve_latenesses(spec, first, population)
    start, end = day_number(cut), day_number(spec.end_date)
    hits = np.zeros(spec.customers)
    for future in range(FUTURES):
        drawn = np.random.default_rng([spec.seed, future])
        orders = make_orders(spec, drawn, population, invoices=spec.invoices)
        plan = plan_settlements(spec, orders, population, latenesses=latenesses)
        day = orders.due + event_days + 1
        settled = (
            np.where(orders.credit_day < day, orders.credit_amount, 0)
            + np.where(plan.first_day < day, plan.first_cents, 0)
            + np.where(plan.second_day < day, plan.second_cents, 0)
        )
        is_event = (orders.amount - settled >= round(100 * least)) & (day > start) & (day <= end)
        failed = (population.failure_day > start) & (population.failure_day <= end) & (population.failure_day < NEVER)
        hit = np.bincount(orders.customer[is_event], minlength=spec.customers) > 0
        hits += hit | failed
    return pd.Series(hits / FUTURES, index=population.frame["customer_id"])


def failure_rows() -> list[dict[str, Any]]:
    """Failing customers flagged at least 60 days before their failure, a tenth of the customers flagged each month."""
    found = pd.concat([flags(seed) for seed in FAILURE_SEEDS], ignore_index=True)
    failing, others = found[found["fails"]], found[~found["fails"]]
    told = failing.loc[failing["invoices"] >= 2, "seen"].astype("float64")
    seen, once = failing["seen"].astype("float64"), failing["seen_last"].astype("float64")
    return [
        row("failing_flagged_60_days_before", "sample", float(seen.mean()), _share_interval(seen), len(seen),
            {"flagged_each_month": FLAGGED_SHARE, "others_flagged_in_as_many_months": float(others["seen"].mean())}),
        row("failing_with_two_invoices_flagged_60_days_before", "sample", float(told.mean()), _share_interval(told),
            len(told), {}),
        row("failing_flagged_at_60_to_90_days", "sample", float(once.mean()), _share_interval(once), len(once),
            {"flagged": FLAGGED_SHARE}),
    ]  # fmt: skip


def _share_interval(values: pd.Series) -> tuple[float, float]:
    from riskkit.models.validation import wilson

    return wilson(float(values.sum()), len(values))


def flags(seed: int) -> pd.DataFrame:
    """Whether each customer is flagged at a month end of the 60 to 270 days before its failure (or before the end)."""
    spec, policy = SampleSpec(seed=seed), Policy()
    sample = make_sample(spec)
    book = sample_book(sample, policy=policy)
    terms = choose_terms(book, as_of=spec.end_date, policy=policy)
    history = strike_history(book, as_of=spec.end_date, policy=policy, terms=terms)
    sectors = sample.customers.set_index("customer_id")["section"]
    breaks = habit_breaks(history.items, sectors=sectors, connection=book.connection)
    nobody = set(sample.customers.loc[sample.customers["is_catch_all"], "customer_id"])
    failure = pd.to_datetime(sample.truth.habits.set_index("customer_id")["failure_date"])
    failed_day = (failure - pd.Timestamp(1970, 1, 1)).dt.days.astype("float64") + dt.date(1970, 1, 1).toordinal()
    day = breaks["customer_id"].map(failed_day)
    known = breaks[~breaks["customer_id"].isin(nobody) & ~(day <= breaks["as_of"])]
    last = known["as_of"].max()
    features = customer_sums(history.items, policy=policy.scores)
    population = features[(features["window_count"] > 0) & ~features["customer_id"].isin(nobody)]
    allowed = (population.groupby("as_of").size() * FLAGGED_SHARE).astype(int)
    rank = known.groupby("as_of")["break_odds"].rank(ascending=False, method="first")
    flagged = known[rank <= known["as_of"].map(allowed).fillna(0)]
    rows = []
    dues = sample.invoices.loc[sample.invoices["kind"] != "credit_note", ["customer_id", "due_date"]]
    due_day = (dues["due_date"] - pd.Timestamp(1970, 1, 1)).dt.days + dt.date(1970, 1, 1).toordinal()
    for customer in sorted(set(population["customer_id"])):
        end = failed_day.get(customer)
        fails = bool(end == end and end is not None and spec.start_date.toordinal() + 540 < end <= last)
        if end == end and not fails:
            continue
        reference = end if fails else float(last)
        own = flagged.loc[flagged["customer_id"] == customer, "as_of"]
        lead = reference - own
        rows.append(
            {
                "seed": seed,
                "customer_id": customer,
                "fails": fails,
                "invoices": int((reference - due_day[dues["customer_id"] == customer]).between(*TELLING_DAYS).sum()),
                "seen": bool(lead.between(LEAD_DAYS, EARLIEST_DAYS).any()),
                "seen_last": bool(lead.between(LEAD_DAYS, LEAD_DAYS + 30).any()),
            }
        )
    return pd.DataFrame(rows)
