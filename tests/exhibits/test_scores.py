"""What people see of scores: tables, figures, the model card; with a model and without one."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskkit.exhibits import score_report as report
from riskkit.exhibits.figure import figure_title
from riskkit.exhibits.language import language
from riskkit.exhibits.model_card import make_model_card
from riskkit.exhibits.plot_reliability import plot_reliability
from riskkit.exhibits.plot_score_classes import class_sums, plot_score_classes
from riskkit.exhibits.plot_score_lift import plot_score_lift
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.score_words import show_bin
from riskkit.models.champion import SCORE_MODELS
from riskkit.models.risk_levels import SCORE_THRESHOLDS
from riskkit.models.statistical_scores import SCORE_SECTORS, SCORECARD_POINTS, STATISTICAL_TABLES
from riskkit.models.validation import LIFT, RELIABILITY
from tests.models.test_statistics import POLICY, simulated

NAN = float("nan")
SCORES = pd.DataFrame(
    {
        "customer_id": ["A", "B", "C"],
        "name": ["<b>Alpha</b>", "Beta", None],
        "risk_class": ["5", "2", "unknown"],
        "risk_level": ["high", "low", "unknown"],
        "decided_by": ["event", "grid", "nothing"],
        "open_amount": [1_000.0, 3_000.0, 0.0],
        "overdue_amount": [500.0, 0.0, 0.0],
        "probability_6m": [NAN, 0.07, NAN],
        "reason_1": ["Jugement de liquidation judiciaire", "Paie à l’échéance", "Aucune facture connue"],
        "reason_2": [None, None, None],
        "reason_3": [None, None, None],
    }
)


@pytest.fixture(scope="module")
def evidence():
    """The tables of a fitted score, from simulated cases."""
    from riskkit.models.fitted_score import fit_score
    from riskkit.models.statistical_scores import _evidence

    score, trial, _ = fit_score(simulated(4), months=6, policy=POLICY, seed=1, fitted_day=738_000)
    empty = {table.name: table.empty() for table in STATISTICAL_TABLES}
    model = {
        "horizon_months": 6, "champion": score.champion.name, "fitted_on": "2025-12-31", "cases": score.cases,
        "customers": score.customers, "events": score.events, "data_sha256": score.data_sha256,
        "level_error": score.level_error, "is_kept": False,
    }  # fmt: skip
    return {"scores": SCORES, **empty, **_evidence([trial], [score])}, model


def run_of(models):
    manifest = {"scores": {"models": models}, "riskkit_version": "0", "policy_sha256": "0" * 64}
    nothing = pd.DataFrame()
    return RunTables("Exemple", dt.date(2025, 12, 31), "EUR", manifest, nothing, nothing, nothing, nothing, nothing)


def test_sums_by_class_keep_every_euro_and_every_class():
    sums = class_sums(SCORES)
    assert list(sums.index) == ["1", "2", "3", "4", "5", "unknown"]
    assert sums["open_amount"].sum() == SCORES["open_amount"].sum()
    figure = plot_score_classes(SCORES, language="fr")
    # 1 000 of 4 000
    assert figure_title(figure) == "1 client à risque élevé doit 1 k€, soit 25 % de l’encours".replace(
        " k", "\u00a0k"
    ).replace(" %", "\u00a0%")


def test_customers_at_risk_show_reasons_and_hostile_names_stay_text():
    table = report.scores_table(SCORES, language="fr")
    assert "&lt;b&gt;Alpha" in table
    assert "Jugement de liquidation judiciaire" in table
    assert "Beta" not in table
    nothing = report.scores_table(SCORES[SCORES["risk_class"] == "2"], language="fr")
    assert "Aucun client à risque modéré" in nothing


def test_bins_are_written_as_people_read_them():
    words = language("fr")
    assert show_bin("broken_share", NAN, 0.1, words) == "jusqu’à 10\u00a0%"
    assert show_bin("dbt_days", 12.0, NAN, words) == "plus de 12"
    assert show_bin("open_months", 0.5, 1.5, words) == "de 0,5 à 1,5"


@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_card_of_a_fitted_score_shows_each_measure(evidence, code):
    tables, model = evidence
    page = make_model_card(run_of([model]), tables, language=code)
    champion = tables["score_models"].query("is_champion and cut_date.isna()").iloc[0]
    assert language(code).number(float(champion["auc"]), digits=3) in page
    assert "http" not in page.replace("http://www.w3.org", "").replace("http-equiv", "")
    own = {"horizon": 6, "language": code}
    assert figure_title(plot_reliability(tables["score_reliability"], tables["score_models"], **own)) in page
    assert figure_title(plot_score_lift(tables["score_lift"], tables["score_models"], **own)) in page


def test_points_shown_add_up_to_the_points_of_the_model(evidence):
    tables, _ = evidence
    points = tables["scorecard_points"]
    assert points["points"].dtype == "int64"
    table = report.points_tables(points, language="fr", horizon=6)
    assert str(points.loc[points["figure"] == "constant", "points"].iloc[0]) in table


def test_the_card_of_a_kept_score_names_the_run_that_tried_it(evidence):
    tables, model = evidence
    untried = {name: tables[name].head(0) for name in ("score_models", "score_reliability", "score_lift")}
    moved = pd.DataFrame([(6, "dbt_days", 0.31, 0.04, True)], columns=tables["score_drift"].columns)
    kept = {**tables, **untried, "score_sectors": tables["score_sectors"].head(0), "score_drift": moved}
    page = make_model_card(run_of([{**model, "is_kept": True, "fitted_on": "2025-06-30"}]), kept, language="fr")
    assert "Ce score a été ajusté le 30/06/2025 et gardé" in page
    assert "Pas de score statistique" not in page  # it has a score
    assert "Classes par la preuve" in page  # the cuts go with the score
    assert "Ce qui a bougé depuis" in page


def test_without_a_model_every_exhibit_says_so():
    empty = {table.name: table.empty() for table in STATISTICAL_TABLES}
    page = make_model_card(run_of([]), {"scores": SCORES, **empty}, language="fr")
    assert "Pas de score statistique" in page
    shown = {"language": "fr", "horizon": 6}
    models = SCORE_MODELS.empty()
    assert plot_reliability(RELIABILITY.empty(), models, **shown).get_axes() == []
    assert plot_score_lift(LIFT.empty(), models, **shown).get_axes() == []
    for table in (
        report.models_table(models, **shown),
        report.points_tables(SCORECARD_POINTS.empty(), **shown),
        report.thresholds_table(SCORE_THRESHOLDS.empty(), language="fr"),
        report.score_sectors_table(SCORE_SECTORS.empty(), **shown),
        report.drift_table(empty["score_drift"], **shown),
    ):
        assert "rk-nothing" in table
