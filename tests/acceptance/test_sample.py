"""The sample: what was planted is found, from the messy files alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from riskkit.sources.sample import SampleSpec, make_sample, write_sample
from riskkit.workbench.cli import main

SPEC = SampleSpec()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diagnosis of the sample's spreadsheets, as a consultant would ask for it."""
    home = tmp_path_factory.mktemp("sample")
    paths = write_sample(home / "files", SPEC, truth_folder=home / "truth")
    files = [str(path) for path in sorted((home / "files").iterdir()) if path.is_file()]
    assert paths is not None
    assert main(["diagnose", *files, "--as-of", SPEC.end_date.isoformat(), "--out", str(home / "run")]) == 0
    return home / "run"


def test_the_planted_sector_is_found_with_its_share(run):
    from riskkit.workbench.stored_run import read_table

    sample = make_sample(SPEC)
    planted = sample.truth.drivers[0]
    sectors = read_table(run, "sectors")
    found = sectors[sectors["is_finding"] & (sectors["level"] == "section")]
    assert found["code"].tolist() == ["F"]
    row = found.iloc[0]
    assert row["overdue_share"] == pytest.approx(planted.overdue_share, abs=0.03)
    assert row["overdue_share_low"] <= planted.overdue_share <= row["overdue_share_high"]
    assert row["sales_share"] == pytest.approx(planted.sales_share, abs=0.03)
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert "secteur F" in manifest["findings"][0]
    assert manifest["reconciliation"]["difference"] == 0


def test_the_ledger_route_and_the_spreadsheet_route_agree(run, tmp_path):
    """The same company told by its FEC: the same receivables to the cent."""
    write_sample(tmp_path / "files", SPEC)
    ledgers = sorted(str(path) for path in (tmp_path / "files" / "fec").iterdir())
    out = tmp_path / "run"
    assert main(["diagnose", *ledgers, "--as-of", SPEC.end_date.isoformat(), "--out", str(out)]) == 0
    told = [json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["kpis"] for folder in (run, out)]
    assert told[0]["receivables_amount"] == told[1]["receivables_amount"]
    assert told[0]["sales_12m_amount"] == told[1]["sales_12m_amount"]
