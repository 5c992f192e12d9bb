"""A statistical score ready for use: the champion, the scorecard beside it, its scale, and what it learned from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import Message, message
from riskkit.models.calibration import Calibration, set_level
from riskkit.models.champion import Model, Trial, fit_candidate, latest_year, try_candidates
from riskkit.models.drift import Distribution, distribution_of
from riskkit.models.new_customers import NewCustomerRates, fit_new_customers
from riskkit.models.risk_levels import choose_thresholds
from riskkit.models.score_cases import DIRECTIONS
from riskkit.models.scorecard import Scorecard
from riskkit.policy_scores import ScoringPolicy

Floats = npt.NDArray[np.float64]
MAX_CASES = 200_000
AGEING_FIGURES = ("relation_months", "sector_default_rate")
"""Figures that move with the ledger itself: their drift says nothing of the customers."""


@dataclass(frozen=True)
class FittedScore:
    """The score of one horizon.

    `predict` needs nothing but the figures of a customer.

    `level_error` is the standard error of the mean of its probabilities.
    """

    horizon: int
    champion: Model
    scorecard: Scorecard
    calibration: Calibration
    new_customers: NewCustomerRates | None
    thresholds: pd.DataFrame
    learned: Mapping[str, Distribution]
    fitted_day: int
    cases: int
    customers: int
    events: int
    data_sha256: str
    level_error: float

    def predict(self, figures: pd.DataFrame) -> pd.Series:
        """Probability of the event for each row; NaN for a new customer where too few new ones were ever seen."""
        is_new = figures["is_new"].to_numpy(dtype=bool)
        chance = np.full(len(figures), np.nan)
        if (~is_new).any():
            chance[~is_new] = self.calibration.apply(self.champion.predict(figures[~is_new]))
        if is_new.any() and self.new_customers is not None:
            chance[is_new] = self.new_customers.predict(figures[is_new])
        return pd.Series(chance, index=figures.index)


def fit_score(
    cases: pd.DataFrame, *, months: int, policy: ScoringPolicy, seed: int, fitted_day: int
) -> tuple[FittedScore | None, Trial | None, Message | None]:
    """The score of one horizon from labelled cases, the trial that chose it, or why there is none.

    From: `score_cases.labelled_cases`. Nothing is fitted with fewer than `min_events` customers with an event, or when
    the past is too short to try a model on months that it could not know.
    """
    known = _sampled(cases[~cases["is_new"]], seed=seed).reset_index(drop=True)
    events = known.loc[known["bad"] > 0, "customer_id"].nunique()
    if events < policy.min_events:
        return None, None, message(
            "No statistical score over {months} months: {events:customer|customers} had an event, {needed} are "
            "needed. The expert score stands alone.",
            months=months,
            events=events,
            needed=policy.min_events,
        )  # fmt: skip
    trial = try_candidates(known, months=months, policy=policy, seed=seed)
    if trial is None:
        return None, None, message(
            "No statistical score over {months} months: the past is too short to try a model on months that it could "
            "not know. The expert score stands alone.",
            months=months,
        )  # fmt: skip
    champion = fit_candidate(trial.champion, known, seed=seed)
    scorecard = champion if isinstance(champion, Scorecard) else fit_candidate("scorecard", known, seed=seed)
    if not isinstance(scorecard, Scorecard):
        raise TypeError("the scorecard candidate is a Scorecard")
    latest = latest_year(known)
    calibration = set_level(champion.predict(latest), latest["bad"].to_numpy(dtype="float64"), stretch=trial.stretch)
    tried = trial.chances[trial.champion].to_numpy(dtype="float64")
    error = level_error(tried, trial.cases)
    thresholds = choose_thresholds(tried, trial.cases["bad"].to_numpy(dtype="float64"), horizon=months)
    learned = {name: distribution_of(_values(known, name)) for name in DIRECTIONS if name not in AGEING_FIGURES}
    learned["probability"] = distribution_of(calibration.apply(champion.predict(known)))
    return (
        FittedScore(
            horizon=months,
            champion=champion,
            scorecard=scorecard,
            calibration=calibration,
            new_customers=fit_new_customers(cases, policy=policy),
            thresholds=thresholds,
            learned=learned,
            fitted_day=fitted_day,
            cases=len(known),
            customers=int(known["customer_id"].nunique()),
            events=int(events),
            data_sha256=digest_of(known),
            level_error=error,
        ),
        trial,
        None,
    )


def level_error(chance: Floats, cases: pd.DataFrame) -> float:
    """Standard error of the mean probability of a period to come, from out-of-time predictions and outcomes.

    Two parts: debtors (months of one debtor are one observation: their gaps are added up before they are squared) and
    periods (how far the gaps of the cuts lie apart, beyond what debtors explain: seasons, turns of trade; nothing with
    a single cut). Their common gap is left out: it is that of models younger than the one in use, which has a level of
    its own.
    """
    gaps, groups = pd.Series(chance - cases["bad"].to_numpy(dtype="float64")), cases["group"].to_numpy()
    of_debtors = _clustered_variance(gaps - gaps.mean(), groups)
    by_cut = [(gaps[rows], groups[rows]) for rows in cases.groupby("cut").indices.values()]
    if len(by_cut) < 2:
        return float(np.sqrt(of_debtors))
    apart = float(np.var([part.mean() for part, _ in by_cut], ddof=1))
    within = float(np.mean([_clustered_variance(part - part.mean(), group) for part, group in by_cut]))
    return float(np.sqrt(of_debtors + max(apart - within, 0.0)))


def _clustered_variance(gaps: pd.Series, groups: npt.NDArray[np.object_]) -> float:
    """Variance of the mean of gaps, those of one group being one observation."""
    return float((gaps.groupby(groups).sum() ** 2).sum()) / len(gaps) ** 2


def digest_of(cases: pd.DataFrame) -> str:
    """Digest of what a model learned from: figures and outcomes of every case, in order."""
    columns: list[Any] = [cases["as_of"].to_numpy(), cases["bad"].to_numpy(dtype="float64")]
    columns += [_values(cases, name) for name in DIRECTIONS]
    found = hashlib.sha256("\n".join(cases["customer_id"]).encode())
    for column in columns:
        found.update(np.ascontiguousarray(column).tobytes())
    return found.hexdigest()


def _values(cases: pd.DataFrame, name: str) -> Floats:
    return cases[name].to_numpy(dtype="float64", na_value=np.nan)


def _sampled(cases: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """All the cases, or those of debtors drawn until `MAX_CASES`: a larger past makes a slower model, no better one."""
    if len(cases) <= MAX_CASES:
        return cases
    names = np.sort(cases["group"].unique())
    kept = np.random.default_rng(seed).permutation(names)[: int(len(names) * MAX_CASES / len(cases))]
    return cases[cases["group"].isin(kept)]
