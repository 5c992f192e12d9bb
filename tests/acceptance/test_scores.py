"""Scores of a whole portfolio: classes by hand, a model kept for a later month, classes by evidence, no history."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
import yaml

from riskkit.errors import DataError
from riskkit.models.stored_score import read_score
from riskkit.policy import Policy
from riskkit.sources.sample import SampleSpec, write_sample
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import make_tables
from riskkit.workbench.stored_run import read_table

SPEC = SampleSpec(seed=77, customers=120, invoices=3_600, months=26)
LATER = SPEC.end_date
EARLIER = dt.date(2025, 11, 30)
OVERRIDE = """
- {customer_id: C00003, risk_class: 1, author: Mme Petit, reason: garantie bancaire, decided_on: 2025-11-01,
   expires_on: 2025-12-15}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("durand")
    paths = write_sample(folder / "sources", SPEC)
    files = [paths.customers, paths.invoices, paths.payments, paths.procedures]
    Portfolio.from_files(files, name="Durand", folder=folder).write(folder)
    (folder / "overrides.yaml").write_text(OVERRIDE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def earlier(home, tmp_path_factory):
    return make_tables(Portfolio.open(home), as_of=EARLIER, folder=tmp_path_factory.mktemp("runs") / "earlier")


def test_every_customer_has_a_class_and_reasons_and_the_counts_say_so(earlier):
    scores = read_table(earlier.folder, "scores")
    customers = read_table(earlier.folder, "customers")
    assert scores["customer_id"].tolist() == customers["customer_id"].tolist()
    assert scores["reason_1"].notna().all()
    counts = earlier.manifest["scores"]
    assert sum(counts["classes"].values()) == sum(counts["levels"].values()) == len(scores)
    nobody = customers.loc[customers["is_catch_all"], "customer_id"]
    assert (scores.set_index("customer_id").loc[nobody, "risk_class"] == "unknown").all()
    ageing = read_table(earlier.folder, "ageing")
    assert scores["open_amount"].sum() == pytest.approx(ageing["open_items_amount"].sum())
    assert scores["overdue_amount"].sum() == pytest.approx(ageing["overdue_amount"].sum())


def test_a_class_given_by_hand_is_kept_until_its_last_day(earlier):
    row = read_table(earlier.folder, "scores").set_index("customer_id").loc["C00003"]
    assert (row["risk_class"], row["decided_by"], row["override_author"]) == ("1", "override", "Mme Petit")
    assert "garantie bancaire" in row["reason_1"]
    assert (earlier.folder / "overrides.yaml").is_file()  # the run can be made again from its own folder


def test_a_model_is_kept_for_a_later_month_and_classes_may_follow_it(home, earlier, tmp_path):
    (model,) = [each for each in earlier.manifest["scores"]["models"] if each["horizon_months"] == 6]
    settings = yaml.safe_load((home / "portfolio.yaml").read_text(encoding="utf-8"))
    kept = {**settings, "score_model": str(earlier.folder / "models"), "policy": "evidence.yaml"}
    (home / "portfolio.yaml").write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    (home / "evidence.yaml").write_text("scores: {level_rule: evidence}\n", encoding="utf-8")
    try:
        later = make_tables(Portfolio.open(home), as_of=LATER, folder=tmp_path / "later")
    finally:
        (home / "portfolio.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    used = later.manifest["scores"]["models"][0]
    assert (used["is_kept"], used["fitted_on"]) == (True, EARLIER.isoformat())
    assert used["data_sha256"] == model["data_sha256"]
    scores = read_table(later.folder, "scores")
    assert scores["probability_6m"].notna().sum() > 30
    assert scores.loc[scores["is_in_event"], "probability_6m"].isna().all()
    # evidence: where the grid decided, the class of three is that of the probability at the cuts of past results
    fitted = read_score(later.folder / "models" / "score_6m.json", policy=Policy().scores)
    cuts = fitted.thresholds.set_index("level")["probability"]
    known = scores[scores["probability_6m"].notna() & (scores["decided_by"] == "grid")]
    by_cut = pd.cut(
        known["probability_6m"],
        [-1, cuts["moderate"], cuts["high"], 2],
        right=False,
        labels=["low", "moderate", "high"],
    )
    assert known["risk_level"].tolist() == by_cut.astype("str").tolist()
    # the override has expired
    assert scores.set_index("customer_id").loc["C00003", "decided_by"] != "override"
    assert any("a pris fin le 15/12/2025" in note for note in later.manifest["notes"])
    assert read_table(later.folder, "score_thresholds").equals(read_table(earlier.folder, "score_thresholds"))
    drift = read_table(later.folder, "score_drift")
    assert "probability" in set(drift["figure"])


def test_a_model_of_another_event_is_refused_in_words(home, earlier, tmp_path):
    settings = yaml.safe_load((home / "portfolio.yaml").read_text(encoding="utf-8"))
    kept = {**settings, "score_model": str(earlier.folder / "models"), "policy": "other.yaml"}
    (home / "other.yaml").write_text("scores: {event_days: 90}\n", encoding="utf-8")
    (home / "portfolio.yaml").write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    try:
        with pytest.raises(DataError, match="predicts another event"):
            make_tables(Portfolio.open(home), as_of=LATER, folder=tmp_path / "refused")
    finally:
        (home / "portfolio.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    assert not (tmp_path / "refused").exists()


def test_a_short_past_says_why_there_is_no_model(home, tmp_path):
    run = make_tables(Portfolio.open(home), as_of=dt.date(2024, 6, 30), folder=tmp_path / "short")
    assert run.manifest["scores"]["models"] == []
    assert any("Pas de score statistique" in note for note in run.manifest["notes"])
    assert read_table(run.folder, "scores")["probability_6m"].isna().all()
    assert read_table(run.folder, "score_models").empty
