"""Sample portfolios of known truth: are planted probabilities recovered."""

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
HORIZON_MONTHS = 6
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
