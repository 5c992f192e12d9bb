"""Who is a risk: one stage of a run, from the ledger struck month by month to a class and its reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from riskkit.errors import Message, Money, message
from riskkit.exhibits.language import language as language_of
from riskkit.ledger.snapshot import History, Snapshot
from riskkit.models.customer_features import customer_features, customer_sums
from riskkit.models.expert_score import EXPERT_SCORES, SCORE_NOTES, ExpertScores, level_of, score_by_grid, worst_of
from riskkit.models.score_figures import score_figures
from riskkit.models.score_overrides import apply_overrides
from riskkit.models.score_reasons import REASONS_SHOWN, write_reasons
from riskkit.policy_scores import LEVELS
from riskkit.schemas import Column, Table
from riskkit.workbench.companies_stage import Identified
from riskkit.workbench.overrides import OVERRIDES_FILE, read_overrides
from riskkit.workbench.portfolio import Portfolio

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
    """`tables` of a run (money in cents), `counts` for its manifest, and what is to be said."""

    tables: Mapping[str, pd.DataFrame]
    counts: Mapping[str, Any]
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
    features = customer_features(customer_sums(history.items, policy=policy), policy=policy)
    figures = score_figures(
        identified.customers.reset_index(drop=True),
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
    scores = _table(figures, expert, decided, reasons, language=language).assign(
        risk_level=level_of(decided["risk_class"], policy=policy).to_numpy()
    )
    scores = SCORES.conform(scores)[SCORES.names]
    return Scored(
        tables={"scores": scores, "score_notes": SCORE_NOTES.conform(expert.notes)},
        counts=score_counts(scores),
        notes=(*notes, *_said(scores, as_of=as_of, currency=snapshot.currency)),
    )


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
