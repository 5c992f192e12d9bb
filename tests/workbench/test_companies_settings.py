"""Sources about companies and thresholds in the settings: kept, moved with the portfolio, refused by name."""

from __future__ import annotations

import pytest

from riskkit.companies.provider_settings import ProviderSettings
from riskkit.errors import UsageError
from riskkit.policy import Policy, read_policy
from riskkit.workbench.policy_text import policy_text
from riskkit.workbench.portfolio import SETTINGS_FILE, Portfolio

COMPANIES = {"sirene": "registre", "bodacc": ["bodacc.json"], "accounts": [{"file": "bilans.csv"}],
             "bureaus": [{"file": "scores.csv", "provider": "Bureau"}], "events": [{"file": "privileges.csv"}],
             "parents": "groupes.csv"}  # fmt: skip


def _portfolio(company, home):
    home.mkdir()
    made = Portfolio.from_files([company / "factures.csv"], name="Tiny", folder=home)
    made.with_companies(ProviderSettings.model_validate(COMPANIES)).write(home)
    return Portfolio.open(home)


def test_sources_about_companies_keep_their_place_when_the_settings_are_written_elsewhere(company, tmp_path):
    made = _portfolio(company, tmp_path / "p")
    assert made.settings.companies == ProviderSettings.model_validate(COMPANIES)
    (tmp_path / "run").mkdir()
    made.write(tmp_path / "run")
    moved = Portfolio.open(tmp_path / "run").settings.companies
    assert (moved.sirene, moved.answers, moved.bodacc) == ("../p/registre", "../p/matches_answers.csv",
                                                           ("../p/bodacc.json",))  # fmt: skip
    assert [moved.accounts[0].file, moved.bureaus[0].file, moved.events[0].file, moved.parents] == [
        "../p/bilans.csv", "../p/scores.csv", "../p/privileges.csv", "../p/groupes.csv",
    ]  # fmt: skip


def test_answers_survive_a_run_that_replaces_their_folder(company, tmp_path):
    made = _portfolio(company, tmp_path / "p")
    (tmp_path / "p" / "matches_answers.csv").write_text("fingerprint,siren,answer\n", encoding="utf-8")
    aside = tmp_path / "aside"
    aside.mkdir()
    made.write(aside, final=tmp_path / "p")
    assert (aside / "matches_answers.csv").is_file()


def test_thresholds_are_written_and_read_back_from_the_policy(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(policy_text(Policy(), language="fr"), encoding="utf-8")
    assert read_policy(path) == Policy()
    path.write_text("matching:\n  matched_probability: 0.99\n", encoding="utf-8")
    assert read_policy(path).matching.matched_probability == 0.99
    path.write_text("matching:\n  matched_probability: 2\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"matching\.matched_probability"):
        read_policy(path)


def test_an_unknown_source_and_an_undated_question_are_refused_by_name(company, tmp_path):
    made = _portfolio(company, tmp_path / "p")
    path = made.folder / SETTINGS_FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("sirene:", "siren:"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"companies\.siren"):
        Portfolio.open(made.folder)
    path.write_text(text.replace("companies:", "companies:\n  http:\n    enabled: true"), encoding="utf-8")
    with pytest.raises(UsageError, match="http_date"):
        Portfolio.open(made.folder)
