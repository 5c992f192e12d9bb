"""The model card: on one page, what the scores predict, on whom, how well, how surely, and where they may be wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.document import make_page
from riskkit.exhibits.figure import figure_svg, figure_title
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.plot_reliability import champion_row, plot_reliability
from riskkit.exhibits.plot_score_classes import plot_score_classes
from riskkit.exhibits.plot_score_lift import plot_score_lift
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.score_report import (
    NO_MODEL,
    drift_table,
    levels_table,
    measures_table,
    models_table,
    points_tables,
    score_sectors_table,
    thresholds_table,
)
from riskkit.exhibits.score_words import CANDIDATES
from riskkit.exhibits.tables import key_values
from riskkit.exhibits.theme import style_resource

SCORE_TABLES = (
    "scores", "score_models", "score_reliability", "score_lift", "scorecard_points", "score_thresholds",
    "score_sectors", "score_drift",
)  # fmt: skip


def make_model_card(run: RunTables, tables: Mapping[str, pd.DataFrame], *, language: str) -> str:
    """The model card of a run, as the text of `model_card.html`.

    From: the run, and its tables named in `SCORE_TABLES`.
    """
    words = language_of(language)
    title = words.text("Scores of {company} on {day}: model card", company=run.company,
                       day=words.date(run.as_of, style="long"))  # fmt: skip
    parts = [_classes(tables, run, words)]
    parts += [score_evidence(tables, run.manifest, horizon=horizon, language=language) for horizon in _horizons(run)]
    if not _horizons(run):
        parts.append(_no_model(run.manifest, words))
    if len(tables["score_thresholds"]):
        parts += [element("h2", words.text("Where would past results cut?")),
                  thresholds_table(tables["score_thresholds"], language=language)]  # fmt: skip
    body = join(
        element(
            "main", element("header", element("h1", title), class_="rk-head"), *parts, _limits(words), class_="rk-card"
        ),
        _foot(run, words),
    )
    return make_page(title, body, language=language, style=style_resource("document.css"))


def _classes(tables: Mapping[str, pd.DataFrame], run: RunTables, words: Language) -> Html:
    figure = plot_score_classes(tables["scores"], language=words.code, currency=run.currency, titled=False)
    return join(
        element("h2", words.text("Who is in which class?")),
        element(
            "div",
            _drawn(figure),
            levels_table(tables["scores"], language=words.code, currency=run.currency),
            class_="rk-pair",
        ),
    )


def _horizons(run: RunTables) -> list[int]:
    return [int(model["horizon_months"]) for model in run.manifest.get("scores", {}).get("models", [])]


def _no_model(manifest: Mapping[str, Any], words: Language) -> Html:
    """That there is no statistical score, and why."""
    reasons = [str(reason) for reason in manifest.get("scores", {}).get("without_model", [])]
    said = reasons or [words.say(NO_MODEL)]
    return element("div", *[element("p", text) for text in dict.fromkeys(said)], class_="rk-nothing")


def score_evidence(
    tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any], *, horizon: int, language: str
) -> Html:
    """Everything about the score of one horizon, or why there is none.

    From: the tables named in `SCORE_TABLES`, and the manifest of their run.
    """
    words = language_of(language)
    known = {int(model["horizon_months"]): model for model in manifest.get("scores", {}).get("models", [])}
    if horizon not in known:
        heading = words.text("How good is the score over {months} months?", months=horizon)
        return join(element("h2", heading), _no_model(manifest, words))
    model, models = known[horizon], tables["score_models"]
    if champion_row(models, horizon=horizon) is None:
        return _kept(tables, model, words)
    figures = element(
        "div",
        _drawn(plot_reliability(tables["score_reliability"], models, horizon=horizon, language=language, titled=False)),
        _drawn(plot_score_lift(tables["score_lift"], models, horizon=horizon, language=language, titled=False)),
        class_="rk-pair",
    )
    return join(
        element("h2", words.text("How good is the score over {months} months?", months=horizon)),
        element(
            "div",
            element("div", _population(model, models, words)),
            element("div", measures_table(models, language=language, horizon=horizon)),
            class_="rk-pair",
        ),
        models_table(models, language=language, horizon=horizon),
        figures,
        models_table(models, language=language, horizon=horizon, by_cut=True),
        score_sectors_table(tables["score_sectors"], language=language, horizon=horizon),
        points_tables(tables["scorecard_points"], language=language, horizon=horizon),
        drift_table(tables["score_drift"], language=language, horizon=horizon),
    )


def _kept(tables: Mapping[str, pd.DataFrame], model: Mapping[str, Any], words: Language) -> Html:
    """A score fitted in an earlier month: where its trial is, its points, and how far customers have moved since."""
    horizon = int(model["horizon_months"])
    told = words.text(
        "This score was fitted on {day} and kept (score_model): what it is worth on past months is in the model card "
        "of the run that fitted it. Below, whether the customers of today still look like those it learned from.",
        day=words.date(dt.date.fromisoformat(str(model["fitted_on"]))),
    )
    return join(
        element("h2", words.text("How good is the score over {months} months?", months=horizon)),
        element("p", told, class_="rk-note"),
        _population(model, tables["score_models"], words),
        drift_table(tables["score_drift"], language=words.code, horizon=horizon),
        points_tables(tables["scorecard_points"], language=words.code, horizon=horizon),
    )


def _population(model: Mapping[str, Any], models: pd.DataFrame, words: Language) -> Html:
    row = champion_row(models, horizon=int(model["horizon_months"]))
    rows = [
        (words.text("Model in use"), words.say(CANDIDATES[str(model["champion"])])),
        (words.text("Fitted on"), words.date(dt.date.fromisoformat(str(model["fitted_on"])))),
        (words.text("Customers it learned from"), words.number(float(model["customers"]), digits=0)),
        (words.text("Of those, with an event"), words.number(float(model["events"]), digits=0)),
        (words.text("Customer-months"), words.number(float(model["cases"]), digits=0)),
        (words.text("Level sure to (95 %)"), _points(1.96 * float(model["level_error"]), words)),
        (words.text("Digest of the data"), str(model["data_sha256"])[:12]),
    ]
    if row is not None:
        rows.insert(5, (words.text("Event rate when tested"), words.share(float(row["event_rate"]), digits=1)))
    return key_values(rows, caption=words.text("Population"))


def _points(share: float, words: Language) -> str:
    return words.text("± {points} points", points=words.number(100 * share))


def _drawn(figure: Figure) -> Html:
    return element(
        "section", element("h3", figure_title(figure)), element("div", figure_svg(figure), class_="rk-figure")
    )


def _limits(words: Language) -> Html:
    said = (
        words.text(
            "An event is an item past due by more than the days of the policy, or a collective procedure. A disputed "
            "invoice counts: lateness is seen, not its reason."
        ),
        words.text(
            "Each case is a customer at a month end, with what was known then. A model is tried on months later than "
            "those it was taught, never on a debtor it was taught; intervals draw whole debtors."
        ),
        words.text(
            "The outcomes of past months are read in the ledger as it is known today: a lettering made since may have "
            "moved a payment from one invoice to another."
        ),
        words.text(
            "A probability is about the next months of customers who still buy or owe; those already in the event have "
            "none. New customers have a rate of their own, or none."
        ),
        words.text("A score helps a person decide. Nobody is refused by it alone."),
    )
    return join(
        element("h2", words.text("How to read it, and its limits")),
        element("ul", *[element("li", text) for text in said], class_="rk-remarks"),
    )


def _foot(run: RunTables, words: Language) -> Html:
    text = words.text(
        "Made by riskkit {version}; policy {policy}. Nothing later than {day} is used.",
        version=str(run.manifest.get("riskkit_version", "")),
        policy=str(run.manifest.get("policy_sha256", ""))[:12],
        day=run.as_of,
    )
    return element("footer", element("p", text, class_="rk-note"))
