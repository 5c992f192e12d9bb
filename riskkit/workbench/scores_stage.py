"""Who is a risk: one stage of a run, from the ledger struck month by month to a class and its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from riskkit import __version__
from riskkit.errors import Message, UsageError, message
from riskkit.exhibits.language import language as language_of
from riskkit.ledger.book import Book
from riskkit.ledger.snapshot import History, Snapshot
from riskkit.models.customer_features import customer_features, customer_sums
from riskkit.models.expert_score import SCORE_NOTES, ExpertScores, level_of, score_by_grid, worst_of
from riskkit.models.failure_watch import failure_odds, watched
from riskkit.models.fitted_score import FittedScore
from riskkit.models.habit_break import habit_breaks
from riskkit.models.risk_levels import level_by_probability
from riskkit.models.score_figures import score_figures
from riskkit.models.score_overrides import Override, apply_overrides, by_customer_id
from riskkit.models.score_reasons import REASONS_SHOWN, write_reasons
from riskkit.models.statistical_scores import StatisticalScores, score_statistically
from riskkit.models.stored_score import read_score, write_score
from riskkit.policy_scores import ScoringPolicy
from riskkit.workbench.companies_stage import Identified
from riskkit.workbench.overrides import OVERRIDES_FILE, read_overrides
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.scores_tables import SCORES, model_counts, score_counts, score_notes

MODELS_FOLDER = "models"
GONE = ("liquidation", "receivership", "safeguard", "ceased")
"""States of a company that has failed or ceased: nobody waits for a sign of it any more."""


@dataclass(frozen=True)
class Scored:
    """`tables` of a run (money in cents), `counts` for its manifest, fitted scores, and what is to be said."""

    tables: Mapping[str, pd.DataFrame]
    counts: Mapping[str, Any]
    fitted: tuple[FittedScore, ...]
    notes: tuple[Message, ...]


@dataclass(frozen=True)
class GivenScores:
    """What people give besides the files: classes by hand, and scores fitted in an earlier month."""

    overrides: tuple[Override, ...] = ()
    kept: tuple[FittedScore, ...] = ()


def read_given(portfolio: Portfolio) -> GivenScores:
    """What a portfolio gives, read before anything else so that a fault in it costs no time."""
    return GivenScores(read_overrides(portfolio.folder / OVERRIDES_FILE), read_scores(portfolio))


def score_customers(
    book: Book,
    history: History,
    snapshot: Snapshot,
    identified: Identified,
    *,
    given: GivenScores,
    portfolio: Portfolio,
    language: str,
) -> Scored:
    """The class of each customer at the date of the run, and why.

    Parameters
    ----------
    book
        The ledger.
    history
        The ledger at each month end and at the date of the run.
    snapshot
        The ledger at the date of the run.
    identified
        Customers with the state of their company, events and enrichment as known then.
    given
        Classes given by hand, and scores kept from an earlier month.
    portfolio
        Its policy.
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
    by_hand = by_customer_id(given.overrides, figures)
    decided, notes = apply_overrides(_decided(figures, expert), by_hand, as_of=as_of)
    reasons = write_reasons(figures, expert.notes, decided, currency=snapshot.currency, policy=policy)
    found = score_statistically(
        features, snapshot, customers, identified.reading.events, policy=portfolio.policy, kept=given.kept
    )
    scores = _table(figures, expert, decided, reasons, language=language)
    scores = scores.merge(found.chances, on="customer_id", how="left", validate="one_to_one")
    scores = scores.merge(
        _watch(book, snapshot, figures, customers, policy=policy), on="customer_id", how="left", validate="one_to_one"
    )
    scores = SCORES.conform(scores.assign(risk_level=_levels(scores, decided, found, policy=policy).to_numpy()))
    return Scored(
        tables={"scores": scores, "score_notes": SCORE_NOTES.conform(expert.notes), **found.tables},
        counts={
            **score_counts(scores),
            "models": model_counts(found, is_kept=bool(given.kept)),
            "without_model": [language_of(language).say(note) for note in found.without_model],
        },
        fitted=found.fitted,
        notes=(*notes, *score_notes(scores, currency=snapshot.currency), *found.notes),
    )


def _watch(
    book: Book, snapshot: Snapshot, figures: pd.DataFrame, customers: pd.DataFrame, *, policy: ScoringPolicy
) -> pd.DataFrame:
    """How each customer's payments depart from its habit, and whether it is among those to watch for failure."""
    sectors = customers.set_index("customer_id")["section"]
    breaks = habit_breaks(snapshot.items, sectors=sectors, connection=book.connection)
    found = figures[["customer_id", "bureau_class"]].merge(
        breaks[["customer_id", "usual_days", "recent_days", "break_odds"]], on="customer_id", how="left"
    )
    buys_or_owes = (figures["window_count"].fillna(0) > 0) | (figures["open_cents"].fillna(0) > 0)
    active = (buys_or_owes & ~figures["is_catch_all"] & ~figures["state"].isin(GONE)).to_numpy(dtype=bool)
    odds = failure_odds(found["break_odds"], found["bureau_class"], policy=policy)
    is_watched = watched(odds, pd.Series(active, index=odds.index), policy=policy)
    return found.assign(failure_odds=odds, is_watched=is_watched)


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
