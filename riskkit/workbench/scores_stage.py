"""Who is a risk: one stage of a run, from the ledger struck month by month to a class and its reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from riskkit import __version__
from riskkit.errors import Message, Money, UsageError, message
from riskkit.exhibits.language import language as language_of
from riskkit.ledger.snapshot import History, Snapshot
from riskkit.models.customer_features import customer_features, customer_sums
from riskkit.models.expert_score import EXPERT_SCORES, SCORE_NOTES, ExpertScores, level_of, score_by_grid, worst_of
from riskkit.models.fitted_score import FittedScore
from riskkit.models.risk_levels import level_by_probability
from riskkit.models.score_figures import score_figures
from riskkit.models.score_overrides import apply_overrides
from riskkit.models.score_reasons import REASONS_SHOWN, write_reasons
from riskkit.models.statistical_scores import StatisticalScores, score_statistically
from riskkit.models.stored_score import read_score, write_score
from riskkit.policy_scores import LEVELS, ScoringPolicy
from riskkit.schemas import Column, Table
from riskkit.workbench.companies_stage import Identified
from riskkit.workbench.overrides import OVERRIDES_FILE, read_overrides
from riskkit.workbench.portfolio import Portfolio

DEFAULT_HORIZONS = ScoringPolicy().horizons_months
MODELS_FOLDER = "models"

SCORES = Table(
    "scores",
    "a customer, its class of risk and why",
    (
        Column("customer_id", "text", "the customer"),
        Column("name", "text", "its name", nullable=True),
        Column("risk_class", "text", "1 very low risk, 2 low, 3 moderate, 4 high, 5 very high, or unknown"),
        Column("risk_level", "text", "the class of three: low, moderate, high, or unknown"),
        Column("decided_by", "text", "what gave the class: grid, event (legal), override (by hand) or nothing"),
        *EXPERT_SCORES.columns[1:],
        *(
            column
            for months in DEFAULT_HORIZONS
            for column in (
                Column(
                    f"probability_{months}m",
                    "number",
                    f"chance of an event within {months} months; missing without "
                    "a statistical score, or when the customer is in the event already",
                    nullable=True,
                ),
                Column(f"points_{months}m", "integer", "points of the scorecard: more is safer", nullable=True),
            )
        ),
        Column("is_in_event", "flag", "whether an item is already past due by more than the days of the event"),
        Column("forced_by", "text", "legal event that leaves only the worst classes possible", nullable=True),
        Column("forced_class", "integer", "the lowest class it leaves possible", nullable=True),
        Column("forced_date", "date", "since when it is known", nullable=True),
        Column("override_class", "integer", "class given by hand and in force", nullable=True),
        Column("override_author", "text", "who gave it", nullable=True),
        Column("override_reason", "text", "why", nullable=True),
        Column("override_expires", "date", "its last day", nullable=True),
        *(
            Column(f"reason_{rank}", "text", f"reason {rank} of the class, in the language of the run", nullable=True)
            for rank in range(1, REASONS_SHOWN + 1)
        ),
        Column("open_cents", "cents", "what the customer owes"),
        Column("overdue_cents", "cents", "of that, what is past due"),
    ),
)


@dataclass(frozen=True)
class Scored:
    """`tables` of a run (money in cents), `counts` for its manifest, fitted scores, and what is to be said."""

    tables: Mapping[str, pd.DataFrame]
    counts: Mapping[str, Any]
    fitted: tuple[FittedScore, ...]
    notes: tuple[Message, ...]


def score_customers(
    history: History, snapshot: Snapshot, identified: Identified, *, portfolio: Portfolio, language: str
) -> Scored:
    """The class of each customer at the date of the run, and why.

    Parameters
    ----------
    history
        The ledger at each month end and at the date of the run.
    snapshot
        The ledger at the date of the run.
    identified
        Customers with the state of their company, events and enrichment as known then.
    portfolio
        Its policy, and its classes given by hand.
    language
        Of the reasons.

    """
    policy, as_of = portfolio.policy.scores, snapshot.as_of
    customers = identified.customers.reset_index(drop=True)
    features = customer_features(customer_sums(history.items, policy=policy), policy=policy)
    figures = score_figures(
        customers,
        features[features["as_of"] == as_of.toordinal()],
        events=identified.reading.events,
        enrichment=_enrichment(identified),
        as_of=as_of,
        coverage_start=snapshot.coverage_start,
        policy=policy,
    )
    expert = score_by_grid(figures, policy=policy)
    overrides = read_overrides(portfolio.folder / OVERRIDES_FILE)
    decided, notes = apply_overrides(_decided(figures, expert), overrides, as_of=as_of)
    reasons = write_reasons(figures, expert.notes, decided, currency=snapshot.currency, policy=policy)
    kept = read_scores(portfolio)
    found = score_statistically(
        features, snapshot, customers, identified.reading.events, policy=portfolio.policy, kept=kept
    )
    scores = _table(figures, expert, decided, reasons, language=language)
    scores = scores.merge(found.chances, on="customer_id", how="left", validate="one_to_one")
    scores = SCORES.conform(scores.assign(risk_level=_levels(scores, decided, found, policy=policy).to_numpy()))
    return Scored(
        tables={"scores": scores, "score_notes": SCORE_NOTES.conform(expert.notes), **found.tables},
        counts={**score_counts(scores), "models": model_counts(found, is_kept=bool(kept))},
        fitted=found.fitted,
        notes=(*notes, *_said(scores, as_of=as_of, currency=snapshot.currency), *found.notes),
    )


def _levels(
    scores: pd.DataFrame, decided: pd.DataFrame, found: StatisticalScores, *, policy: ScoringPolicy
) -> pd.Series:
    """The class of three: by the table of the five, or by the probability where the policy asks for evidence.

    Legal events, classes given by hand and customers without a probability keep the table.
    """
    by_table = level_of(decided["risk_class"], policy=policy)
    if policy.level_rule == "policy" or not found.fitted:
        return by_table
    score = found.fitted[0]
    by_chance = level_by_probability(scores[f"probability_{score.horizon}m"], score.thresholds)
    takes = by_chance.notna() & (decided["decided_by"] == "grid") & ~scores["is_in_event"]
    return by_table.mask(takes, by_chance)


def read_scores(portfolio: Portfolio) -> tuple[FittedScore, ...]:
    """The scores of an earlier run that the portfolio names; none when it names none."""
    given = portfolio.settings.score_model
    if given is None:
        return ()
    policy, folder = portfolio.policy.scores, portfolio.folder / given
    found = [folder / f"score_{months}m.json" for months in policy.horizons_months]
    kept = tuple(read_score(path, policy=policy) for path in found if path.is_file())
    if not kept:
        raise UsageError(
            message(
                "score_model: '{folder}' holds no fitted score. Name the folder models of an earlier run.",
                folder=given,
            )
        )
    return kept


def write_scores(scored: Scored, folder: Path, *, policy: ScoringPolicy) -> None:
    """Write each fitted score in the folder `models` of a run, for later months."""
    for score in scored.fitted:
        write_score(score, folder / MODELS_FOLDER, policy=policy, version=__version__)


def model_counts(found: StatisticalScores, *, is_kept: bool) -> list[dict[str, Any]]:
    """What each statistical score is made of: for the manifest."""
    return [
        {
            "horizon_months": score.horizon,
            "champion": score.champion.name,
            "fitted_on": dt.date.fromordinal(score.fitted_day).isoformat(),
            "is_kept": is_kept,
            "cases": score.cases,
            "customers": score.customers,
            "events": score.events,
            "data_sha256": score.data_sha256,
        }
        for score in found.fitted
    ]


def _enrichment(identified: Identified) -> pd.DataFrame:
    """What the portfolio's sources know of each customer's company, under the names of the fields."""
    found = identified.enrichment
    renamed = {
        f"{column}{suffix}": f"{field}{suffix}" for field, column in found.columns.items() for suffix in ("", "_date")
    }
    kept = [name for name in ("customer_id", *renamed) if name in found.customers]
    return found.customers[kept].rename(columns=renamed)


def _decided(figures: pd.DataFrame, expert: ExpertScores) -> pd.DataFrame:
    """The class by the grid and legal events, and which of them decided."""
    by_grid = expert.scores["expert_class"]
    classes = worst_of(by_grid, figures["forced_class"])
    decided = pd.Series("grid", index=figures.index, dtype="str")
    decided = decided.mask(classes == "unknown", "nothing").mask(classes != by_grid, "event")
    return pd.DataFrame(
        {
            "customer_id": figures["customer_id"],
            "risk_class": classes,
            "own_class": classes,
            "decided_by": decided,
            "forced_class": figures["forced_class"],
        }
    )


def _table(
    figures: pd.DataFrame,
    expert: ExpertScores,
    decided: pd.DataFrame,
    reasons: list[list[Message]],
    *,
    language: str,
) -> pd.DataFrame:
    words = language_of(language)
    said = [[words.say(reason) for reason in own] for own in reasons]
    columns = {
        f"reason_{rank + 1}": pd.Series([own[rank] if rank < len(own) else None for own in said], dtype="str")
        for rank in range(REASONS_SHOWN)
    }
    return pd.concat([expert.scores, decided.drop(columns="customer_id")], axis=1).assign(
        name=figures["name"],
        forced_by=figures["forced_by"],
        forced_date=figures["forced_date"],
        open_cents=figures["open_cents"].fillna(0).astype("int64"),
        overdue_cents=figures["overdue_cents"].fillna(0).astype("int64"),
        **columns,
    )


def score_counts(scores: pd.DataFrame) -> dict[str, Any]:
    """How many customers are in each class, and by what: for the manifest."""
    classes = scores["risk_class"].value_counts()
    levels, deciders = scores["risk_level"].value_counts(), scores["decided_by"].value_counts()
    return {
        "classes": {name: int(classes.get(name, 0)) for name in ("1", "2", "3", "4", "5", "unknown")},
        "levels": {name: int(levels.get(name, 0)) for name in LEVELS},
        "decided_by": {name: int(deciders.get(name, 0)) for name in ("grid", "event", "override", "nothing")},
    }


def _said(scores: pd.DataFrame, *, as_of: dt.date, currency: str) -> tuple[Message, ...]:
    """How much is owed by whom, and what the grid did not know."""

    def money(concerned: pd.Series) -> Money:
        return Money(int(scores.loc[concerned, "open_cents"].sum()), currency)

    high, unknown = scores["risk_level"] == "high", scores["risk_level"] == "unknown"
    graded = scores[~unknown]
    said = [
        message(
            "High risk: {count} customers, who owe {money}. Nothing can be said of {unknown} others, who owe "
            "{unknown_money}.",
            count=int(high.sum()),
            money=money(high),
            unknown=int(unknown.sum()),
            unknown_money=money(unknown),
        )
    ]
    if len(graded):
        said.append(
            message(
                "The expert grid knew {share} % of its weights on average; what is missing is left out and the rest "
                "weighs more (column missing_criteria of the table scores).",
                share=round(100 * float(graded["known_share"].mean())),
            )
        )
    return tuple(said)
