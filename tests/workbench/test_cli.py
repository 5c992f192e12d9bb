"""The command line: what it prints, in which language, and its exit codes."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from riskkit.workbench import commands
from riskkit.workbench.cli import main
from riskkit.workbench.cli_help import read_date
from riskkit.workbench.file_choice import expand_files
from riskkit.workbench.passwords import read_passwords, role_of_password
from riskkit.workbench.run import FinishedRun
from riskkit.workbench.source_names import common_name
from tests.workbench.conftest import INVOICES


def plain(text: str) -> str:
    """The text with ordinary spaces only."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_help_teaches_in_french_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("usage\u00a0: riskkit diagnose")
    assert "exemples\u00a0:" in said
    assert "riskkit diagnose clients.xlsx factures.xlsx paiements.csv" in said
    assert "show this help" not in said
    assert "afficher cette aide" in said


def test_help_is_in_english_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--language", "en", "run", "--help"]) == 0
    said = capsys.readouterr().out
    assert "valuation date, included" in said
    assert "show this help message and exit" in said


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["run"], ["diagnose"], ["run", "x", "--as-of", "31-12"]])
def test_a_wrong_request_is_said_in_french_with_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "erreur" in said
    assert "required" not in said
    assert "invalid" not in said


def test_a_missing_file_is_a_wrong_request(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "nulle-part.csv"]) == 2
    assert "Le fichier «\u00a0nulle-part.csv\u00a0» n’existe pas" in capsys.readouterr().err
    assert list(workplace.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vide.csv", b""),
        ("rapport.xlsx", b"%PDF-1.7\n1 0 obj"),
        ("sans-montant.csv", "N° facture;Client;Date facture\nF1;Durand;05/01/2024\n".encode()),
    ],
)
def test_a_file_that_cannot_be_used_is_one_message_and_leaves_nothing(
    workplace: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    Path(name).write_bytes(content)
    assert main(["diagnose", name, "--out", "sortie"]) == 1
    said = capsys.readouterr().err
    assert said.count("Erreur") == 1
    assert name in said
    assert [path.name for path in workplace.iterdir()] == [name]


def test_a_date_before_the_first_invoice_is_one_message_and_leaves_nothing(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("factures.csv").write_text(INVOICES, encoding="utf-8")
    assert main(["diagnose", "factures.csv", "--as-of", "2023-12-31"]) == 1
    assert "Rien ne peut être dit au 31/12/2023" in capsys.readouterr().err
    assert [path.name for path in workplace.iterdir()] == ["factures.csv"]


def test_an_internal_fault_is_one_sentence_and_a_report(
    workplace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr(commands, "check", fail)
    assert main(["check", "x"]) == 3
    said = capsys.readouterr().err
    (report,) = workplace.iterdir()
    assert report.name in said
    assert "Traceback" not in said
    assert "ZeroDivisionError: by design" in report.read_text(encoding="utf-8")


def test_an_interruption_is_said_with_code_130(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "check", interrupt)
    assert main(["check", "x"]) == 130
    assert "Interrompu" in capsys.readouterr().err


def test_init_check_run_and_compare_follow_each_other(
    workplace: Path, company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "portfolios/durand", "--from", str(company)]) == 0
    assert "portfolios/durand" in capsys.readouterr().out
    assert sorted(path.name for path in Path("portfolios/durand/sources").iterdir()) == [
        "factures.csv",
        "paiements.csv",
    ]
    assert main(["check", "portfolios/durand"]) == 0
    assert "1 300,00 €" in plain(capsys.readouterr().out)
    assert main(["run", "portfolios/durand", "--only", "sectors"]) == 0
    said = plain(capsys.readouterr().out)
    # Without --as-of: the latest date of the files, 20 March 2024; then owed 950.49, overdue F2 600.50
    assert "la dernière date trouvée dans les fichiers, le 20/03/2024" in said
    assert "950,49 €" in said
    assert "Écart avec les fichiers" in said
    assert "reports/durand/2024-03-20/diagnostic.html" in said
    run = "reports/durand/2024-03-20"
    assert main(["compare", run, run, "--out", "alertes"]) == 0
    said = plain(capsys.readouterr().out)
    assert "950 €" in said
    assert "Aucune alerte grave" in said
    assert {path.name for path in Path("alertes").iterdir()} == {"alerts.html", "alerts.parquet"}
    assert main(["compare", run, run, "--out", run]) == 2
    assert "rien ne s’ajoute" in plain(capsys.readouterr().err)


def test_init_never_touches_a_portfolio_that_exists(
    workplace: Path, company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("portfolio.yaml").write_text("name: mine")
    assert main(["init", ".", "--from", str(company)]) == 2
    assert Path("portfolio.yaml").read_text() == "name: mine"
    assert "déjà un portefeuille" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\nsource: []", "source"),
        ("name: x\nsources: [{file: f.csv, kind: nonsense}]", "sources.0.kind"),
        ("name: x\nsources: [{file: absent.csv, kind: invoices}]", "absent.csv"),
        ("name: [", "YAML"),
    ],
)
def test_a_wrong_setting_is_named(workplace: Path, capsys: pytest.CaptureFixture[str], text: str, said: str) -> None:
    Path("portfolio.yaml").write_text(text)
    assert main(["check", "."]) == 2
    assert said in capsys.readouterr().err


def test_files_are_expanded_once_each(workplace: Path) -> None:
    for name in ("b.csv", "a.csv", ".hidden.csv", "~$a.xlsx", "notes.md"):
        Path(name).write_text("x")
    assert expand_files(["*.csv", "a.csv"]) == [Path("a.csv"), Path("b.csv")]
    assert [path.name for path in expand_files(["."])] == ["a.csv", "b.csv"]


def test_dates_are_read_as_people_write_them() -> None:
    assert read_date("2023-12-31") == read_date("31/12/2023") == dt.date(2023, 12, 31)
    for wrong in ("2023-02-30", "12/2023", "demain", ""):
        with pytest.raises(ValueError, match="not a date"):
            read_date(wrong)


def test_the_dashboard_asks_for_a_run(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dashboard"]) == 2
    assert "Il n’y a pas d’exécution dans «\u00a0reports\u00a0»" in capsys.readouterr().err


def test_the_command_line_starts_fast_and_imports_nothing_heavy() -> None:
    code = "import sys; from riskkit.workbench.cli import main; main(['--help']); print(sorted(sys.modules))"
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - started
    loaded = done.stdout.rsplit("[", 1)[1]
    assert not [name for name in ("pandas", "numpy", "duckdb", "pydantic", "matplotlib") if f"'{name}'" in loaded]
    assert seconds < 2.0  # 0.2 s alone; generous, for a machine that is busy


def test_the_manifest_of_a_run_is_plain_json(finished: FinishedRun) -> None:
    assert json.loads((finished.folder / "manifest.json").read_text(encoding="utf-8"))["schema_version"] == 1


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (["fec_b2b_20221231.txt", "fec_b2b_20231231.txt"], "fec_b2b"),
        (["552032534FEC20231231.txt"], "552032534FEC"),
        (["fec_utf8.txt"], "fec_utf8"),
        (["durand/factures.csv", "durand/paiements.csv"], "durand"),
    ],
)
def test_a_portfolio_made_of_files_is_named_after_them(files: list[str], name: str) -> None:
    assert common_name([Path(file) for file in files]) == name


def test_password_of_a_dashboard_is_set_from_the_command_line(finished, monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("quatre mots de passe\n"))
    assert main(["dashboard", str(finished.folder), "--set-password", "reader"]) == 0
    assert "dashboard_access.json" in capsys.readouterr().out
    kept = finished.folder.parent / "dashboard_access.json"
    assert role_of_password("quatre mots de passe", read_passwords(kept.parent)) == "reader"
    kept.unlink()
    monkeypatch.setattr("sys.stdin", io.StringIO("court\n"))
    assert main(["dashboard", str(finished.folder), "--set-password", "reader"]) == 2
    assert "de 12 à 200 caractères" in capsys.readouterr().err.replace("\u00a0", " ")
    assert main(["dashboard", str(finished.folder), "--public", "--no-browser"]) == 2
    assert "sans mot de passe" in capsys.readouterr().err.replace("\u00a0", " ")
