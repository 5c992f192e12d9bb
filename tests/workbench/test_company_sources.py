"""Which files about companies a run says it used."""

from __future__ import annotations

import hashlib

import pytest

from riskkit.companies.provider_settings import ProviderSettings
from riskkit.errors import DataError
from riskkit.workbench.company_sources import company_sources


def test_every_file_named_has_its_kind_and_digest_and_a_folder_stands_for_its_files(tmp_path):
    for name in ("stock/unites.csv", "bodacc/jour.json", "bilans.csv", "privileges.csv", "scores.csv", "groupes.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    settings = ProviderSettings.model_validate(
        {
            "sirene": "stock",
            "bodacc": ["bodacc"],
            "accounts": [{"file": "bilans.csv"}],
            "parents": "groupes.csv",
            "events": [{"file": "privileges.csv"}],
            "bureaus": [{"file": "scores.csv", "provider": "Bureau"}],
        }
    )
    said = company_sources(settings, folder=tmp_path)
    assert [(source["kind"], source["file"]) for source in said] == [
        ("accounts", "bilans.csv"), ("events", "privileges.csv"), ("groups", "groupes.csv"), ("notices", "jour.json"),
        ("ratings", "scores.csv"), ("register", "unites.csv"),
    ]  # fmt: skip
    assert said[0]["sha256"] == hashlib.sha256(b"bilans.csv").hexdigest()
    (tmp_path / settings.answers).write_text("fingerprint,siren,answer\n")
    assert "answers" in {source["kind"] for source in company_sources(settings, folder=tmp_path)}
    assert company_sources(ProviderSettings(), folder=tmp_path) == []
    with pytest.raises(DataError, match="does not exist"):
        company_sources(ProviderSettings(bodacc=("nulle-part.json",)), folder=tmp_path)
