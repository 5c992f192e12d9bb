"""The public names of the package, and runs made by other versions of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import riskkit
from riskkit.errors import UsageError
from riskkit.exhibits.language import language
from riskkit.workbench.dashboard_app import App
from riskkit.workbench.dashboard_runs import RunShelf
from riskkit.workbench.dashboard_state import AppState
from riskkit.workbench.run import FinishedRun
from riskkit.workbench.stored_run import SHOWN
from riskkit.workbench.views.registry import VIEWS


def test_every_public_name_is_there_and_importing_the_package_loads_nothing():
    for name in riskkit.__all__:
        assert getattr(riskkit, name).__doc__, name
    assert set(riskkit.__all__) <= set(dir(riskkit))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = riskkit.nothing  # type: ignore[attr-defined]
    heavy = "import sys, riskkit; print(sorted({'pandas', 'duckdb', 'sklearn', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True).stdout.strip() == "[]"


def test_a_run_is_read_with_pandas(finished: FinishedRun):
    run = riskkit.open_run(finished.folder)
    assert (run.company, run.as_of.isoformat()) == ("Tiny & Co", "2024-03-31")
    # invoiced 1200.00 + 600.50 + 350.00 + 99.99 = 2250.49; received 1200 + 100 = 1300; open 950.49
    assert run.table("open_items")["open_amount"].sum() == pytest.approx(950.49)
    assert run.measures.loc["receivables_amount", "value"] == pytest.approx(950.49)
    assert run.measures.index.is_unique
    assert "Tiny &amp; Co" not in repr(run)
    assert "950" in run._repr_html_().replace("\u202f", "").replace("\u00a0", "")
    with pytest.raises(UsageError) as fault:
        run.table("open_item")
    assert "« open_items »" in language("fr").say(fault.value.messages[0]).replace("\u00a0", " ")


def test_files_are_diagnosed_from_python(company: Path, workplace: Path):
    # a wrong date says so in words before anything is written
    with pytest.raises(riskkit.RiskkitError):
        riskkit.diagnose(company / "factures.csv", as_of="2001-01-01")
    assert list(workplace.iterdir()) == []


def _copy(finished: FinishedRun, place: Path) -> Path:
    return Path(shutil.copytree(finished.folder, place / "Tiny" / "2024-03-31"))


def _change(folder: Path, **values: object) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, **values}), encoding="utf-8")


def test_a_run_of_a_newer_version_is_refused_with_what_to_do(finished: FinishedRun, tmp_path: Path):
    folder = _copy(finished, tmp_path)
    _change(folder, schema_version=99, riskkit_version="9.1")
    with pytest.raises(UsageError) as fault:
        riskkit.open_run(folder)
    said = language("fr").say(fault.value.messages[0])
    assert "9.1" in said
    assert "relancez" in said
    _change(folder, schema_version="one")
    with pytest.raises(UsageError, match="manifest"):
        riskkit.open_run(folder)


def test_every_page_opens_on_a_run_that_has_only_the_tables_of_the_first_version(
    finished: FinishedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    log = tmp_path / "page.log"
    monkeypatch.setenv("RISKKIT_LOG", str(log))
    folder = _copy(finished, tmp_path)
    first = {*SHOWN, "customers", "invoices", "payments", "rejects"}
    for path in (folder / "tables").glob("*.parquet"):
        if path.stem not in first:
            path.unlink()
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    later = {"companies", "company_sources", "scores", "own_measures", "targets"}
    path.write_text(json.dumps({key: value for key, value in manifest.items() if key not in later}), encoding="utf-8")
    shelf = RunShelf.beside(folder)
    default = AppState(as_of=shelf.served)
    for view in VIEWS:
        for code in ("fr", "en"):
            state = default.choose(page=view, language=code)
            app = App(shelf, default=default, state=state)
            app.draw()
            shown = app.places["notice"].value
            assert "rk-fault" not in shown, (view, shown, log.read_text() if log.exists() else "")
    assert isinstance(riskkit.open_run(folder).measures, pd.DataFrame)
