"""The statistical scores of a run: cases from the past, candidates tried on it, and a probability for each customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.errors import Message, message
from riskkit.ledger.snapshot import Snapshot
from riskkit.models.champion import SCORE_MODELS, Trial
from riskkit.models.drift import SCORE_DRIFT, measure_drift, refit_advice
from riskkit.models.fitted_score import FittedScore, fit_score
from riskkit.models.outcomes import CUSTOMER_EVENTS, at_risk, failure_events, unpaid_events
from riskkit.models.risk_levels import SCORE_THRESHOLDS
from riskkit.models.score_cases import FIRST_MONTHS, case_figures, labelled_cases
from riskkit.models.scorecard import Scorecard
from riskkit.models.time_cuts import MIN_TRAINING_MONTHS, WINDOW_MONTHS
from riskkit.models.validation import LIFT, RELIABILITY, lift, reliability, wilson
from riskkit.policy import Policy
from riskkit.schemas import Column, Table

SCORECARD_POINTS = Table(
    "scorecard_points",
    "a bin of a figure in a scorecard, and its points",
    (
        Column("horizon_months", "integer", "horizon of the prediction"),
        Column("figure", "text", "figure read; constant: the points that everybody has"),
        Column("bin", "integer", "rank of the bin, lowest figures first; 0 is the bin of a missing figure"),
        Column("above", "number", "the figure is above this; missing: no lower edge", nullable=True),
        Column("up_to", "number", "the figure is at most this; missing: no upper edge", nullable=True),
        Column("points", "integer", "points of the bin: more is safer; they add up to the score"),
        Column("cases", "integer", "customer-months it was read from"),
        Column("event_rate", "number", "share of them in which the event happened", nullable=True),
        Column("woe", "number", "weight of evidence, shrunk"),
    ),
)

SCORE_SECTORS = Table(
    "score_sectors",
    "a NAF section among the out-of-time predictions of the champion",
    (
        Column("horizon_months", "integer", "horizon of the prediction"),
        Column("section", "text", "NAF section; unknown where there is none"),
        Column("cases", "integer", "customer-months predicted"),
        Column("customers", "integer", "customers among them"),
        Column("predicted_rate", "number", "mean probability"),
        Column("observed_rate", "number", "share in which the event happened"),
        Column("low", "number", "lower bound of what was observed, by customers"),
        Column("high", "number", "upper bound"),
        Column("is_fair", "flag", "whether the mean probability lies between the bounds"),
    ),
)

STATISTICAL_TABLES = (
    SCORE_MODELS, RELIABILITY, LIFT, SCORECARD_POINTS, SCORE_THRESHOLDS, SCORE_SECTORS, SCORE_DRIFT,
)  # fmt: skip


@dataclass(frozen=True)
class StatisticalScores:
    """Scores fitted or kept, and what they say.

    `chances`: customer_id, probability_<months>m, points_<months>m, is_in_event. `tables`: the evidence, in cents.
    `without_model`: why a horizon has no score, also among the `notes`.
    """

    fitted: tuple[FittedScore, ...]
    chances: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[Message, ...]
    without_model: tuple[Message, ...] = ()


def score_statistically(
    features: pd.DataFrame,
    snapshot: Snapshot,
    customers: pd.DataFrame,
    events: pd.DataFrame,
    *,
    policy: Policy,
    kept: Sequence[FittedScore] = (),
) -> StatisticalScores:
    """The probability of each customer at the date of the snapshot, and how such probabilities did before.

    From: features at each month end and at the date (`customer_features`); customers (customer_id, section, debtor_id,
          is_catch_all); events of companies.

    Parameters
    ----------
    kept
        Scores fitted in an earlier month: used as they are, and only watched for drift. Empty: scores are fitted.

    """
    rules, as_of = policy.scores, snapshot.as_of
    months = (as_of - snapshot.coverage_start).days / 30.44
    shortest = FIRST_MONTHS + 2 * rules.horizons_months[0] + MIN_TRAINING_MONTHS + WINDOW_MONTHS - 2
    if not kept and months < shortest - 1:
        short = message(
            "No statistical score: the ledger covers {months} months, {needed} are needed. The expert score stands "
            "alone.",
            months=int(months),
            needed=shortest,
        )
        return StatisticalScores((), _no_chances(customers, policy), _empty_tables(), (short,), (short,))
    happened = known_events(snapshot, events, policy=policy)
    sectors = customers.set_index("customer_id")["section"]
    figures = case_figures(features, sectors=sectors, happened=happened, policy=rules)
    fitted, trials, notes = list(kept), list[Trial](), list[Message]()
    for horizon in () if kept else rules.horizons_months:
        cases = _cases(figures, happened, snapshot, customers, horizon=horizon, policy=policy)
        score, trial, note = fit_score(
            cases, months=horizon, policy=rules, seed=policy.seed, fitted_day=as_of.toordinal()
        )
        fitted += [score] if score else []
        trials += [trial] if trial else []
        notes += [note] if note else []
    now = figures[figures["as_of"] == as_of.toordinal()]
    chances = _chances(now, happened, customers, fitted, policy=policy)
    tables = {**_empty_tables(), **_evidence(trials, fitted), **_drift(now, fitted, policy=policy)}
    advice = refit_advice(tables["score_drift"], fitted_day=kept[0].fitted_day) if kept else []
    said = (*notes, *advice)
    return StatisticalScores(tuple(fitted), chances, tables, said, tuple(notes))


def known_events(snapshot: Snapshot, events: pd.DataFrame, *, policy: Policy) -> pd.DataFrame:
    """Unpaid items that aged and companies that failed, as known at the date of the snapshot: `CUSTOMER_EVENTS`."""
    parts = [
        unpaid_events(snapshot.items, snapshot.allocations, policy=policy.scores),
        failure_events(events, as_of=snapshot.as_of),
    ]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else CUSTOMER_EVENTS.empty()


def _cases(
    figures: pd.DataFrame,
    happened: pd.DataFrame,
    snapshot: Snapshot,
    customers: pd.DataFrame,
    *,
    horizon: int,
    policy: Policy,
) -> pd.DataFrame:
    ends = pd.date_range(snapshot.coverage_start, snapshot.as_of, freq="ME")
    month_ends = figures[figures["as_of"].isin([end.toordinal() for end in ends])]
    return labelled_cases(
        month_ends,
        happened,
        months=horizon,
        known_day=snapshot.as_of.toordinal(),
        first_day=snapshot.coverage_start.toordinal(),
        groups=customers.set_index("customer_id")["debtor_id"],
        excluded=customers.loc[customers["is_catch_all"], "customer_id"].tolist(),
    )


def _no_chances(customers: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    names = [f"{kind}_{months}m" for months in policy.scores.horizons_months for kind in ("probability", "points")]
    return pd.DataFrame({"customer_id": customers["customer_id"], **dict.fromkeys(names, np.nan), "is_in_event": False})


def _chances(
    now: pd.DataFrame,
    happened: pd.DataFrame,
    customers: pd.DataFrame,
    fitted: Sequence[FittedScore],
    *,
    policy: Policy,
) -> pd.DataFrame:
    """Probability and points of each customer that is at risk; a customer already in the event has none."""
    found = _no_chances(customers, policy).set_index("customer_id")
    nobody = set(customers.loc[customers["is_catch_all"], "customer_id"])
    asked = now[at_risk(now, happened) & ~now["customer_id"].isin(nobody)]
    for score in fitted:
        ids = asked["customer_id"].to_numpy()
        found.loc[ids, f"probability_{score.horizon}m"] = score.predict(asked).to_numpy()
        points = score.scorecard.score(asked).where(~asked["is_new"])
        found.loc[ids, f"points_{score.horizon}m"] = points.to_numpy(dtype="float64")
    in_event = now.loc[~at_risk(now, happened) & (now["event_cents"] > 0), "customer_id"]
    found.loc[found.index.isin(in_event), "is_in_event"] = True
    return found.reset_index()


def _empty_tables() -> dict[str, pd.DataFrame]:
    return {table.name: table.empty() for table in STATISTICAL_TABLES}


def _evidence(trials: Sequence[Trial], fitted: Sequence[FittedScore]) -> dict[str, pd.DataFrame]:
    """What the past says of the candidates, and the tables of points."""
    if not trials:
        return _kept_evidence(fitted)
    curves, lifts, sectors = [], [], []
    for trial in trials:
        bad = trial.cases["bad"].to_numpy(dtype="float64")
        money = trial.cases["unpaid_cents"].to_numpy(dtype="int64")
        for name in trial.chances:
            chance = trial.chances[name].to_numpy(dtype="float64")
            curves.append(reliability(chance, bad, horizon=trial.horizon, candidate=str(name)))
            lifts.append(lift(chance, bad, money, horizon=trial.horizon, candidate=str(name)))
        sectors.append(_by_sector(trial))
    return {
        "score_models": pd.concat([trial.results for trial in trials], ignore_index=True),
        "score_reliability": pd.concat(curves, ignore_index=True),
        "score_lift": pd.concat(lifts, ignore_index=True),
        "score_sectors": pd.concat(sectors, ignore_index=True),
        **_kept_evidence(fitted),
    }


def _kept_evidence(fitted: Sequence[FittedScore]) -> dict[str, pd.DataFrame]:
    """What a fitted score says of itself, in the month of its fit and later."""
    return {
        "score_thresholds": _all([score.thresholds for score in fitted], SCORE_THRESHOLDS),
        "scorecard_points": _all([points_table(s.scorecard, horizon=s.horizon) for s in fitted], SCORECARD_POINTS),
    }


def _all(parts: Sequence[pd.DataFrame], table: Table) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else table.empty()


def _by_sector(trial: Trial) -> pd.DataFrame:
    """Predicted and observed rates by section. The interval counts customers, not months: months repeat each other."""
    chance = trial.chances[trial.champion].to_numpy(dtype="float64")
    shown = trial.cases.assign(chance=chance, section=trial.cases["section"].fillna("unknown"))
    rows = []
    for section, part in shown.groupby("section"):
        observed, people = float(part["bad"].mean()), int(part["customer_id"].nunique())
        low, high = wilson(observed * people, people)
        predicted = float(part["chance"].mean())
        fair = low <= predicted <= high
        rows.append((trial.horizon, str(section), len(part), people, predicted, observed, low, high, fair))
    return SCORE_SECTORS.conform(pd.DataFrame(rows, columns=SCORE_SECTORS.names))


def points_table(scorecard: Scorecard, *, horizon: int) -> pd.DataFrame:
    """The scorecard as people read it: `SCORECARD_POINTS`, integers throughout."""
    rows: list[tuple[object, ...]] = [(horizon, "constant", 1, None, None, scorecard.constant, 0, None, 0.0)]
    for line in scorecard.lines:
        bins, edges = line.bins, line.bins.edges
        for rank in range(len(edges) + 2):
            is_missing = rank == len(edges) + 1
            count, bad = bins.counts[rank], bins.bads[rank]
            rows.append(
                (
                    horizon,
                    bins.name,
                    0 if is_missing else rank + 1,
                    edges[rank - 1] if rank and not is_missing else None,
                    edges[rank] if rank < len(edges) else None,
                    line.points[rank],
                    int(count),
                    bad / count if count else None,
                    bins.woe[rank],
                )
            )
    return SCORECARD_POINTS.conform(pd.DataFrame(rows, columns=SCORECARD_POINTS.names))


def _drift(now: pd.DataFrame, fitted: Sequence[FittedScore], *, policy: Policy) -> dict[str, pd.DataFrame]:
    """How far the customers of today are from those that each score learned from."""
    parts = []
    for score in fitted:
        known = now[~now["is_new"] & (now["event_cents"] == 0)]
        if known.empty:
            continue
        values = known.assign(probability=score.predict(known))
        parts.append(
            measure_drift(
                score.learned,
                values,
                customers_before=score.customers,
                horizon=score.horizon,
                limit=policy.scores.drift_psi,
            )
        )
    return {"score_drift": _all(parts, SCORE_DRIFT)}
