"""Candidates tried on past months, and the champion: the simplest within one standard error of the best.

Candidates from the simplest: the customer's own shrunk late rate, the scorecard, the challenger. Each is tried at
several cuts in time; at each, a case is predicted by a model taught before the cut on other debtors only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.models.calibration import fit_rate, fit_stretch, log_odds, set_level
from riskkit.models.challenger import fit_challenger
from riskkit.models.score_cases import DIRECTIONS
from riskkit.models.scorecard import fit_scorecard
from riskkit.models.time_cuts import TimeCut, debtor_folds, time_cuts, unseen
from riskkit.models.validation import (
    auc,
    auc_draws,
    average_precision,
    brier,
    draw_groups,
    expected_calibration_error,
    kolmogorov_smirnov,
    measure_draws,
)
from riskkit.policy_scores import ScoringPolicy
from riskkit.schemas import Column, Table

Floats = npt.NDArray[np.float64]
CANDIDATES = ("customer_rate", "scorecard", "challenger")
DRAWS = 300
LEVEL_MONTHS = 12

SCORE_MODELS = Table(
    "score_models",
    "a candidate tried at a cut in time, or over all cuts",
    (
        Column("horizon_months", "integer", "horizon of the prediction"),
        Column("candidate", "text", "customer_rate, scorecard or challenger; simplest first"),
        Column("cut_date", "date", "first day that the model could not know; missing over all cuts", nullable=True),
        Column("cases", "integer", "customer-months predicted"),
        Column("customers", "integer", "customers among them"),
        Column("events", "integer", "customer-months with the event"),
        Column("event_rate", "number", "their share"),
        Column("auc", "number", "area under the ROC curve", nullable=True),
        Column("auc_low", "number", "lower bound, customers resampled", nullable=True),
        Column("auc_high", "number", "upper bound", nullable=True),
        Column("gini", "number", "2 × auc − 1", nullable=True),
        Column("ks", "number", "Kolmogorov–Smirnov distance", nullable=True),
        Column("average_precision", "number", "area under precision and recall; the base is event_rate", nullable=True),
        Column("brier", "number", "mean squared error of the probability"),
        Column("ece", "number", "expected calibration error, ten groups of equal size"),
        *(
            Column(
                f"{name}_{bound}",
                "number",
                f"{bound}er bound of {name}, customers resampled; over all cuts only",
                nullable=True,
            )
            for name in ("ks", "average_precision", "brier", "ece")
            for bound in ("low", "high")
        ),
        Column("gain_over_rate", "number", "auc less that of the customer's own rate", nullable=True),
        Column("gain_low", "number", "lower bound of the gain", nullable=True),
        Column("gain_high", "number", "upper bound", nullable=True),
        Column("is_champion", "flag", "whether it is the one in use"),
    ),
)


class Model(Protocol):
    """A fitted candidate."""

    @property
    def name(self) -> str:
        """Its name among `CANDIDATES`."""
        ...

    def predict(self, figures: pd.DataFrame) -> Floats:
        """Probability of the event for each row."""
        ...


@dataclass(frozen=True)
class CustomerRate:
    """The baseline: the event read from the customer's own shrunk late rate, and from nothing else."""

    constant: float
    slope: float
    name: str = "customer_rate"

    def predict(self, figures: pd.DataFrame) -> Floats:
        """Probability of the event for each row."""
        read = log_odds(figures["shrunk_late_rate"].to_numpy(dtype="float64"))
        result: Floats = 1 / (1 + np.exp(-(self.constant + self.slope * read)))
        return result


@dataclass(frozen=True)
class Trial:
    """Out-of-time predictions: the cases, the probability of each candidate, what was found, who won, and its stretch.

    `cases` has a row per prediction with `cut`; `chances` a column per candidate, calibrated as a score of that day
    would have been: its level from the cases it was taught. Only the `stretch`, one number, comes from all predictions.
    """

    horizon: int
    cases: pd.DataFrame
    chances: pd.DataFrame
    results: pd.DataFrame
    champion: str
    stretch: float


@dataclass(frozen=True)
class _Part:
    """Cases asked at a cut, `raw` probabilities of each candidate, and those of the latest cases it was `taught`."""

    asked: pd.DataFrame
    raw: dict[str, Floats]
    taught: dict[str, Floats]
    taught_bad: Floats


def fit_candidate(name: str, cases: pd.DataFrame, *, seed: int) -> Model:
    """One candidate taught by these cases."""
    bad = cases["bad"].to_numpy(dtype="float64")
    if name == "customer_rate":
        return CustomerRate(*fit_rate(cases["shrunk_late_rate"].to_numpy(dtype="float64"), bad))
    if name == "scorecard":
        return fit_scorecard(cases, bad, directions=DIRECTIONS)
    return fit_challenger(cases, bad, directions=DIRECTIONS, seed=seed)


def try_candidates(
    cases: pd.DataFrame, *, months: int, policy: ScoringPolicy, seed: int, candidates: Sequence[str] = CANDIDATES
) -> Trial | None:
    """Out-of-time results of the candidates on labelled cases of one horizon; None when there is too little to try."""
    cuts = time_cuts(cases, months=months, min_events=policy.min_events)
    if not cuts:
        return None
    fold = debtor_folds(cases["group"], seed=seed)
    parts = [part for cut in cuts for part in _predict_cut(cases, cut, fold, seed=seed, candidates=candidates)]
    tried = pd.concat([part.asked for part in parts], ignore_index=True)
    bad = tried["bad"].to_numpy(dtype="float64")
    if not 0 < bad.sum() < len(bad):
        return None
    stretch, chances = {}, {}
    for name in candidates:
        raw = np.concatenate([part.raw[name] for part in parts])
        stretch[name] = fit_stretch(raw, bad, tried["cut"].to_numpy(dtype="int64"))
        scales = [set_level(part.taught[name], part.taught_bad, stretch=stretch[name]) for part in parts]
        chances[name] = np.concatenate([scale.apply(part.raw[name]) for scale, part in zip(scales, parts, strict=True)])
    tried = tried.assign(**chances)
    results = measure_candidates(tried, candidates=candidates, horizon=months, seed=seed)
    champion = choose_champion(tried, candidates=candidates, seed=seed)
    results = results.assign(is_champion=results["candidate"] == champion)
    names = list(candidates)
    return Trial(months, tried.drop(columns=names), tried[names], results, champion, stretch[champion])


def _predict_cut(
    cases: pd.DataFrame, cut: TimeCut, fold: npt.NDArray[np.int64], *, seed: int, candidates: Sequence[str]
) -> list[_Part]:
    """The test cases of a cut, fold by fold, with the probability that each candidate gives them."""
    made = []
    for training, test in unseen(cut, fold):
        taught, asked = cases.iloc[training], cases.iloc[test]
        latest = latest_year(taught)
        models = {name: fit_candidate(name, taught, seed=seed) for name in candidates}
        made.append(
            _Part(
                asked=asked.assign(cut=cut.day),
                raw={name: model.predict(asked) for name, model in models.items()},
                taught={name: model.predict(latest) for name, model in models.items()},
                taught_bad=latest["bad"].to_numpy(dtype="float64"),
            )
        )
    return made


def latest_year(cases: pd.DataFrame) -> pd.DataFrame:
    """The cases of the latest twelve month ends, in which each season counts once: those that set the level."""
    days = np.sort(cases["as_of"].unique())
    return cases[cases["as_of"].isin(days[-LEVEL_MONTHS:])]


def measure_candidates(
    tried: pd.DataFrame, *, candidates: Sequence[str], horizon: int, seed: int, draws: int = DRAWS
) -> pd.DataFrame:
    """Every measure of every candidate, over all cuts and at each: `SCORE_MODELS` without champion."""
    rows = []
    for cut in (None, *sorted(tried["cut"].unique())):
        part = tried if cut is None else tried[tried["cut"] == cut]
        bad = part["bad"].to_numpy(dtype="float64")
        groups, names = pd.factorize(part["group"])
        sampled = draw_groups(len(names), draws=draws, seed=seed)
        base = auc_draws(part[candidates[0]].to_numpy(), bad, groups, sampled)
        whole = auc(part[candidates[0]].to_numpy(), bad)
        for name in candidates:
            chance = part[name].to_numpy(dtype="float64")
            area, drawn = auc(chance, bad), auc_draws(chance, bad, groups, sampled)
            rows.append(
                {
                    "horizon_months": horizon,
                    "candidate": name,
                    "cut_date": None if cut is None else pd.Timestamp.fromordinal(int(cut)),
                    "cases": len(part),
                    "customers": part["customer_id"].nunique(),
                    "events": int(bad.sum()),
                    "event_rate": bad.mean(),
                    "auc": area,
                    **dict(zip(("auc_low", "auc_high"), _interval(drawn), strict=True)),
                    "gini": 2 * area - 1,
                    "ks": kolmogorov_smirnov(chance, bad),
                    "average_precision": average_precision(chance, bad),
                    "brier": brier(chance, bad),
                    "ece": expected_calibration_error(chance, bad),
                    "gain_over_rate": area - whole,
                    **dict(zip(("gain_low", "gain_high"), _interval(drawn - base), strict=True)),
                    **(_bounds(measure_draws(chance, bad, groups, sampled)) if cut is None else {}),
                    "is_champion": False,
                }
            )
    return SCORE_MODELS.conform(pd.DataFrame(rows))


def _bounds(drawn: dict[str, Floats]) -> dict[str, float]:
    """Lower and upper bound of each measure."""
    found = {}
    for name, values in drawn.items():
        found[f"{name}_low"], found[f"{name}_high"] = _interval(values)
    return found


def choose_champion(tried: pd.DataFrame, *, candidates: Sequence[str], seed: int, draws: int = DRAWS) -> str:
    """The simplest candidate whose area is within one standard error of the best, customers resampled."""
    bad = tried["bad"].to_numpy(dtype="float64")
    groups, names = pd.factorize(tried["group"])
    sampled = draw_groups(len(names), draws=draws, seed=seed)
    drawn = {name: auc_draws(tried[name].to_numpy(), bad, groups, sampled) for name in candidates}
    areas = {name: auc(tried[name].to_numpy(), bad) for name in candidates}
    best = max(candidates, key=lambda name: areas[name])
    for name in candidates:
        spread = float(np.nanstd(drawn[best] - drawn[name]))
        if areas[name] >= areas[best] - spread:
            return name
    return best


def _interval(drawn: Floats) -> tuple[float, float]:
    kept = drawn[~np.isnan(drawn)]
    if not len(kept):
        return float("nan"), float("nan")
    low, high = np.quantile(kept, [0.025, 0.975])
    return float(low), float(high)
