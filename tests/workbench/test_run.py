"""A whole run of a tiny company: manifest, tables, notebooks, documents; and runs that fail."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from riskkit.engine import read_parquet
from riskkit.errors import DataError, UsageError
from riskkit.exhibits.language import language
from riskkit.exhibits.notebook import notebook_resources
from riskkit.exhibits.report.passages import merge_passages
from riskkit.exhibits.report.section import Section
from riskkit.workbench.crew import Crew, NotebookError
from riskkit.workbench.manifest import money, read_manifest
from riskkit.workbench.passages import keep_passages, passage_notes, read_passages
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import FinishedRun, choose_notebooks, make_run
from riskkit.workbench.stored_run import find_run, load_run
from tests.workbench.conftest import AS_OF

TOP = {
    "schema_version", "riskkit_version", "portfolio", "as_of", "currency", "language", "policy_sha256",
    "coverage_start", "latest_date", "terms", "sources", "set_aside", "reconciliation", "matching", "kpis",
    "not_computable", "findings", "notes", "notebooks", "outputs", "companies", "company_sources", "scores",
    "own_measures", "targets", "inputs_sha256",
}  # fmt: skip
SOURCE = {
    "file", "sha256", "kind", "rows_read", "rows_accepted", "rows_rejected", "amount_accepted", "amount_rejected",
}  # fmt: skip
TABLES = {"customers", "invoices", "payments", "open_items", "ageing", "rejects", "unapplied", "measures", "sectors"}


def test_the_manifest_holds_what_the_contract_says(finished: FinishedRun) -> None:
    manifest = json.loads((finished.folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest) == TOP
    assert {frozenset(source) for source in manifest["sources"]} == {frozenset(SOURCE)}
    assert set(manifest["reconciliation"]) == {
        "invoiced", "credited", "received", "written_off", "unapplied", "open", "difference",
    }  # fmt: skip
    assert set(manifest["matching"]) == {"lettering", "reference", "fifo", "none"}
    assert (manifest["portfolio"], manifest["as_of"], manifest["language"]) == ("Tiny & Co", "2024-03-31", "fr")
    assert [(done["name"], done["status"]) for done in manifest["notebooks"]] == [
        ("01_ingestion", "done"),
        ("02_sectors", "done"),
        ("03_scoring", "done"),
        ("04_segmentation", "done"),
        ("05_cash_forecast", "done"),
        ("06_actions", "done"),
        ("07_scenarios", "done"),
    ]


def test_its_figures_are_those_of_a_hand_calculation(finished: FinishedRun) -> None:
    manifest = read_manifest(finished.folder)
    # invoiced 1200.00 + 600.50 + 350.00 + 99.99 = 2250.49; received 1200 + 100 = 1300; open 950.49
    # overdue: F2 600.50, due 16 March; F3 is due on the day itself, F4 in April
    assert {name: str(amount) for name, amount in manifest["reconciliation"].items()} == {
        "invoiced": "2250.49", "credited": "0.00", "received": "1300.00", "written_off": "0.00",
        "unapplied": "0.00", "open": "950.49", "difference": "0.00",
    }  # fmt: skip
    assert str(manifest["kpis"]["receivables_amount"]) == "950.49"
    assert str(manifest["kpis"]["overdue_amount"]) == "600.50"
    # the shortest ledger of the window: 5 January to 31 March 2024 is 87 days; 950.49 / 2250.49 * 87 = 36.7443
    assert float(manifest["kpis"]["dso_days"]) == pytest.approx(36.7443, abs=1e-4)


def test_money_is_written_with_two_decimals(finished: FinishedRun) -> None:
    text = (finished.folder / "manifest.json").read_text(encoding="utf-8")
    amounts = re.findall(r'"\w*amount\w*": (-?[\d.]+)', text)
    assert len(amounts) > 5
    assert all(re.fullmatch(r"-?\d+\.\d\d", amount) for amount in amounts)
    assert [str(money(cents)) for cents in (0, 5, -5, 100, 26_613_001)] == [
        "0.00",
        "0.05",
        "-0.05",
        "1.00",
        "266130.01",
    ]


def test_what_cannot_be_computed_is_null_with_its_reason(finished: FinishedRun) -> None:
    manifest = finished.manifest
    missing = {name for name, value in manifest["kpis"].items() if value is None}
    assert missing == set(manifest["not_computable"])
    assert "collection_effectiveness_rate" in missing
    assert all(manifest["not_computable"].values())


def test_outputs_are_all_there_is_with_their_digests(finished: FinishedRun) -> None:
    listed = {output["file"]: output["sha256"] for output in finished.manifest["outputs"]}
    files = {
        path.relative_to(finished.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in finished.folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert listed == files
    assert list(listed) == sorted(listed)
    assert {f"tables/{name}.parquet" for name in TABLES} <= set(listed)
    assert {"diagnostic.html", "01_ingestion.html", "02_sectors.html", "notebooks/01_ingestion.ipynb"} <= set(listed)


def test_tables_are_in_euros(finished: FinishedRun) -> None:
    items = read_parquet(finished.folder / "tables" / "open_items.parquet")
    # F2 600.50; F3 350 − 100; F4 99.99
    assert sorted(items["open_amount"]) == [99.99, 250.0, 600.5]


def test_no_output_names_a_folder_of_the_machine(finished: FinishedRun, company: Path) -> None:
    machine = [str(company), str(finished.folder.parent), str(Path.home()), str(Path(__file__).parents[2])]
    for path in finished.folder.rglob("*"):
        if path.suffix in (".html", ".ipynb", ".json"):
            text = path.read_text(encoding="utf-8")
            assert not [folder for folder in machine if folder in text], path.name


def test_executed_notebooks_keep_their_parameters_and_no_clock(finished: FinishedRun) -> None:
    notebook = nbformat.read(finished.folder / "notebooks" / "02_sectors.ipynb", as_version=4)
    assert notebook.metadata["papermill"]["parameters"] == {"run_folder": "..", "language": "fr"}
    assert set(notebook.metadata["papermill"]) == {"parameters", "version"}
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)


def test_published_notebooks_show_no_code_and_load_nothing_from_elsewhere(finished: FinishedRun) -> None:
    for name in [path.stem for path in choose_notebooks()]:
        html = (finished.folder / f"{name}.html").read_text(encoding="utf-8")
        assert "find_run" not in html
        assert not re.findall(r"""(?:src|href)=["']https?://""", html)
        assert "Tiny &amp; Co" in html


def test_a_run_can_be_made_again_from_its_own_settings(finished: FinishedRun, tmp_path: Path) -> None:
    again = make_run(
        Portfolio.open(finished.folder), as_of=AS_OF, folder=tmp_path / "again", only="sectors", show_progress=False
    )
    assert again.manifest["kpis"] == finished.manifest["kpis"]
    for name in TABLES:
        file = f"tables/{name}.parquet"
        assert (again.folder / file).read_bytes() == (finished.folder / file).read_bytes(), name
    assert [done["name"] for done in again.manifest["notebooks"]] == ["02_sectors"]


AWKWARD = (
    {},
    {"sectors_shown": 1},
    {"horizon": 12},
    {},
    {"items_shown": 1},
    {"actions_shown": 1},
    {"order_siren": "404 833 048", "order_amount": 50_000.0, "order_terms_days": 75},
)


def test_notebooks_take_other_parameters(finished: FinishedRun, tmp_path: Path) -> None:
    """The awkward set: English, a date that must be that of the run, no sector at all."""
    orders = [
        {
            "notebook": str(path),
            "run_folder": str(tmp_path),
            "parameters": {"run_folder": str(finished.folder), "language": "en", "as_of": "2024-03-31", **more},
            "language": "en",
            "style": notebook_resources(language="en"),
            "timeout": 120,
        }
        for path, more in zip(choose_notebooks(), AWKWARD, strict=True)
    ]
    with Crew() as crew:
        outcomes = crew.run(orders)
    assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
    assert "Which files were read" in (tmp_path / "01_ingestion.html").read_text(encoding="utf-8")


def test_every_notebook_of_the_product_was_run(finished: FinishedRun) -> None:
    assert [done["name"] for done in finished.manifest["notebooks"]] == [path.stem for path in choose_notebooks()]


def broken(folder: Path, source: str) -> Path:
    cells = [
        nbformat.v4.new_code_cell('run_folder: str = ""\nlanguage: str = "fr"', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(source),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "01_broken.ipynb")
    return folder


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise KeyError('balance')", "01_broken.ipynb failed at cell"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "running notebook 01_broken.ipynb died"),
    ],
)
def test_a_notebook_that_fails_is_kept_and_the_run_is_not_published(
    company: Path, tmp_path: Path, source: str, said: str
) -> None:
    portfolio = Portfolio.from_files([company / "factures.csv"], name="tiny")
    with pytest.raises(NotebookError, match=said):
        make_run(
            portfolio,
            as_of=AS_OF,
            folder=tmp_path / "reports" / "run",
            show_progress=False,
            notebooks=broken(tmp_path, source),
        )
    kept = tmp_path / "reports" / "failed" / "run" / "01_broken.ipynb"
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["failed"]
    assert kept.exists()


def test_a_date_before_the_files_is_refused(company: Path, tmp_path: Path) -> None:
    portfolio = Portfolio.from_files([company / "factures.csv"])
    with pytest.raises(DataError, match="Nothing can be said at 2023-12-31: the files begin on 2024-01-05"):
        make_run(portfolio, as_of=dt.date(2023, 12, 31), folder=tmp_path / "run", show_progress=False)
    assert list(tmp_path.iterdir()) == []


def test_a_run_read_back_is_that_of_its_date(finished: FinishedRun) -> None:
    run = load_run(find_run(finished.folder, as_of="2024-03-31"))
    assert (run.as_of, run.currency, run.company) == (AS_OF, "EUR", "Tiny & Co")
    with pytest.raises(UsageError, match="dated 2024-03-31, not 2024-01-31"):
        find_run(finished.folder, as_of="2024-01-31")


def test_an_unknown_notebook_is_named_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match=r"no notebook '09_x'\. Choose among: 01_ingestion, 02_sectors"):
        choose_notebooks("09_x")
    assert [path.stem for path in choose_notebooks("02")] == ["02_sectors"]


def test_every_question_of_the_notebooks_has_its_french() -> None:
    for path in choose_notebooks():
        text = path.read_text(encoding="utf-8")
        asked = re.findall(r"nb\.(?:question|title)\((?:run, )?\\\"(.+?)\\\"", text)
        assert asked
        assert all(language("fr").text(question) != question for question in asked)


def test_documents_are_there_and_passages_stay_beside_the_settings(finished: FinishedRun) -> None:
    named = {output["file"] for output in read_manifest(finished.folder)["outputs"]}
    assert {"rapport.html", "rapport.pdf", "diagnostic.pptx", "passages.md"} <= named
    settings = Portfolio.open(finished.folder).folder
    words, sections = language("fr"), [Section("Synthèse", ["Douze."], key="summary")]
    run, other = finished.folder, finished.folder.parent / "other"
    other.mkdir(exist_ok=True)
    (other / "portfolio.yaml").write_bytes((settings / "portfolio.yaml").read_bytes())
    (other / "passages.md").write_text("# Mes passages\n\n## Synthèse\n\nMon texte.\n", encoding="utf-8")
    portfolio = replace(Portfolio.open(run), folder=other)
    keep_passages(sections, words, portfolio=portfolio, run_folder=run)
    assert read_passages(portfolio).startswith("# Mes passages\n\n## Synthèse\n<!-- riskkit summary ")
    assert read_passages(portfolio).endswith("Mon texte.\n")
    kept = read_passages(portfolio)
    later = [replace(sections[0], lead=["Treize."])]
    merged = merge_passages(kept, later, words, company="x")
    assert "« Synthèse »" in words.say(passage_notes(merged)[0]).replace("\u00a0", " ")
    keep_passages(later, words, portfolio=portfolio, run_folder=run)
    assert read_passages(portfolio) == kept  # read over by nobody: still said by the next run
    assert not list(other.glob(".passages*"))
