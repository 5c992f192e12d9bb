"""A batch: what runs, what is left alone, what fails, what a kill leaves, and the summary of it all."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from riskkit.engine import read_parquet
from riskkit.exhibits.batch_page import batch_page
from riskkit.exhibits.language import language
from riskkit.workbench import batch_run
from riskkit.workbench.batch_display import BatchDisplay, clock
from riskkit.workbench.batch_jobs import find_portfolios, plan_batch
from riskkit.workbench.batch_memory import BASE_BYTES, MOST_BYTES, job_bytes, usable_bytes
from riskkit.workbench.batch_run import run_jobs
from riskkit.workbench.batch_summary import rank
from riskkit.workbench.batch_work import Demands, Job, Outcome
from riskkit.workbench.cli import main
from riskkit.workbench.inputs_digest import inputs_digest
from riskkit.workbench.portfolio import Portfolio
from tests.workbench.conftest import INVOICES, PAYMENTS
from tests.workbench.test_cli import plain

FRENCH = language("fr")
SETTINGS = "name: {name}\nsources: [{{file: f.csv, kind: invoices}}, {{file: p.csv, kind: payments}}]\n"


def make_portfolio(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "f.csv").write_text(INVOICES, encoding="utf-8")
    (folder / "p.csv").write_text(PAYMENTS, encoding="utf-8")
    (folder / "portfolio.yaml").write_text(SETTINGS.format(name=folder.name), encoding="utf-8")
    return folder


STAND_IN = [sys.executable, str(Path(__file__).with_name("stand_in_worker.py"))]


class Watch:
    """Counts how many run at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.stages: list[str] = []

    def begun(self, folder: Path) -> None:
        self.now += 1
        self.most = max(self.most, self.now)

    def stage(self, folder: Path, stage: str) -> None:
        self.stages.append(stage)

    def ended(self, outcome: Outcome) -> None:
        self.now -= 1


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_run, "COMMAND", STAND_IN)


def jobs(names: list[str], *, size: int = 0) -> list[Job]:
    return [Job(Path(name), size) for name in names]


def run_all(made: list[Job], root: Path, *, workers: int = 2, memory: int = 10**12) -> tuple[list[Outcome], Watch]:
    watch = Watch()
    demands = Demands(dt.date(2024, 3, 31), None, False, root)
    root.mkdir(exist_ok=True)
    return run_jobs(made, demands, workers=workers, memory_bytes=memory, watcher=watch, words=FRENCH), watch


@pytest.mark.usefixtures("stand_in")
def test_what_fails_or_dies_stops_nothing_else(tmp_path: Path) -> None:
    outcomes, watch = run_all(jobs(["a", "b-dies", "c", "d-fails", "e"]), tmp_path / "r")
    ended = {outcome.folder.name: outcome for outcome in outcomes}
    assert {name: outcome.state for name, outcome in ended.items()} == {
        "a": "done", "b-dies": "failed", "c": "done", "d-fails": "failed", "e": "done",
    }  # fmt: skip
    assert ended["d-fails"].messages == ("because",)
    assert "a été arrêté (code -9), le plus souvent faute de mémoire" in ended["b-dies"].messages[0]
    assert (ended["d-fails"].exit_code, ended["b-dies"].exit_code) == (1, 3)
    assert watch.stages == ["read"] * 5
    assert watch.most == 2


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize(
    ("workers", "memory", "most"), [(1, 10**12, 1), (3, 10**12, 3), (3, 2 * BASE_BYTES, 2), (3, 1, 1)]
)
def test_as_many_run_at_once_as_workers_and_memory_allow(tmp_path: Path, workers: int, memory: int, most: int) -> None:
    outcomes, watch = run_all(jobs(list("abcd")), tmp_path / "r", workers=workers, memory=memory)
    assert len(outcomes) == 4
    assert watch.most == most


BATCH = """
import datetime as dt, sys
from pathlib import Path
from riskkit.exhibits.language import language
from riskkit.workbench import batch_run
from riskkit.workbench.batch_work import Demands, Job

class Nobody:
    begun = stage = ended = lambda *_: None

batch_run.COMMAND = [sys.executable, sys.argv[1]]
root, names = Path(sys.argv[2]), sys.argv[3:]
print("ready", flush=True)
left = [Job(Path(name), 0) for name in names if not (root / name / "2024-03-31" / "manifest.json").exists()]
demands = Demands(dt.date(2024, 3, 31), None, False, root)
batch_run.run_jobs(left, demands, workers=2, memory_bytes=10**12, watcher=Nobody(), words=language("fr"))
"""


def test_a_batch_killed_at_random_moments_loses_nothing_and_redoes_nothing_that_was_whole(tmp_path: Path) -> None:
    chance, names = random.Random(5), [f"p{number}" for number in range(12)]
    command = [sys.executable, "-c", BATCH, STAND_IN[1], str(tmp_path), *names]
    whole: dict[str, float] = {}
    for _ in range(5):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.6 * chance.random())
            process.kill()
        time.sleep(0.3)  # its workers see that it is gone
        now = {path.parent.parent.name: path.stat().st_mtime_ns for path in tmp_path.glob("p*/[!.]*/manifest.json")}
        assert all(now[name] == moment for name, moment in whole.items())
        assert all(len(list((tmp_path / name / "2024-03-31").iterdir())) == 11 for name in now)
        whole = now
    subprocess.run(command, check=True, capture_output=True)
    assert sorted(path.parent.parent.name for path in tmp_path.glob("p*/[!.]*/manifest.json")) == sorted(names)
    assert [path for path in tmp_path.glob("p*/.*") if path.is_dir()] == []


def test_a_worker_dies_with_its_batch(tmp_path: Path) -> None:
    order = {"folder": "slow", "root": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "riskkit.workbench.batch_worker"], stdin=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(order)[:5])
        worker.stdin.close()
        assert worker.wait(20) != 0
    assert list(tmp_path.iterdir()) == []


def test_the_digest_of_inputs_changes_with_contents_and_with_nothing_else(tmp_path: Path) -> None:
    folder = make_portfolio(tmp_path / "a")

    def digest(as_of: dt.date | None = None, language: str = "fr") -> str | None:
        return inputs_digest(Portfolio.open(folder), as_of=as_of, language=language, notebooks=())

    first = digest()
    os.utime(folder / "f.csv", (1, 1))
    (folder / "notes.txt").write_text("not named in the settings")
    assert digest() == first
    seen = {first, digest(dt.date(2024, 3, 31)), digest(language="en")}
    (folder / "overrides.yaml").write_text("- {customer_id: C1, risk_class: 5}\n")
    seen.add(digest())
    (folder / "overrides.yaml").unlink()
    (folder / "policy.yaml").write_text("seed: 7\n")
    seen.add(digest())
    (folder / "policy.yaml").unlink()
    (folder / "f.csv").write_text(INVOICES.replace("600,50", "600,51"), encoding="utf-8")
    seen.add(digest())
    assert len(seen) == 6
    (folder / "portfolio.yaml").write_text("name: a\nsources: [{file: 'env:BASE#factures', kind: invoices}]\n")
    assert digest() is None


def test_a_real_batch_runs_once_what_changes_and_says_what_failed(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_portfolio(workplace / "portfolios" / "durand")
    broken = make_portfolio(workplace / "portfolios" / "cassé")
    (broken / "f.csv").unlink()
    command = ["batch", "portfolios", "--as-of", "2024-03-31", "--no-notebooks"]
    assert main(command) == 2
    said = plain(capsys.readouterr().out)
    assert "[1/2] portfolios/cassé – échec : portfolio.yaml : la source « f.csv »" in said
    assert "[2/2] portfolios/durand – fait (" in said
    assert "Réussis : 1 ; en échec : 1." in said
    assert "Synthèse : reports/synthese.html" in said
    manifest = Path("reports/durand/2024-03-31/manifest.json")
    made = manifest.stat().st_mtime_ns
    # owed 950.49, overdue F2 600.50: the figures of test_run, and those of the tables read back
    page = plain(Path("reports/synthese.html").read_text(encoding="utf-8"))
    assert "950 €" in page or "950,49 €" in page
    assert "portfolio.yaml" in page
    book = load_workbook("reports/synthese.xlsx")
    heads = [cell.value for cell in book.worksheets[0][1]]
    row = [cell.value for cell in book.worksheets[0][2]]
    loss = read_parquet(manifest.parent / "tables" / "provision.parquet")["ifrs_amount"].sum()
    assert row[heads.index("Encours")] == 950.49
    assert row[heads.index("Perte attendue")] == pytest.approx(float(loss))
    assert main(command) == 2
    assert "1 portefeuille inchangé : son exécution est gardée." in plain(capsys.readouterr().out)
    assert manifest.stat().st_mtime_ns == made
    demands = Demands(dt.date(2024, 3, 31), None, False, Path("reports"))
    folders = [Path("portfolios/durand")]
    assert [found for found, _ in plan_batch(folders, demands).unchanged] == folders
    assert [job.folder for job in plan_batch(folders, demands, again=True).jobs] == folders
    (manifest.parent / "diagnostic.html").unlink()
    assert [job.folder for job in plan_batch(folders, demands).jobs] == folders


def test_two_portfolios_never_write_the_same_folder(tmp_path: Path) -> None:
    folders = [make_portfolio(tmp_path / "paris" / "durand"), make_portfolio(tmp_path / "lyon" / "durand")]
    plan = plan_batch(folders, Demands(None, None, True, tmp_path / "reports"))
    assert [job.folder for job in plan.jobs] == folders[:1]
    assert "would both write their runs in 'durand'" in str(plan.refused[0][1])


def test_a_folder_of_portfolios_stands_for_those_in_it(workplace: Path) -> None:
    for name in ("b", "a"):
        make_portfolio(workplace / "portfolios" / name)
    assert find_portfolios(["portfolios", "portfolios/a"]) == [Path("portfolios/a"), Path("portfolios/b")]
    shutil.copy("portfolios/a/f.csv", "portfolios/f.csv")
    assert plan_batch([Path("portfolios/f.csv")], Demands(None, None, True, Path("r"))).refused == []


def test_memory_is_estimated_from_sources_and_bounded_by_machine_and_container(tmp_path: Path) -> None:
    assert job_bytes(0) == BASE_BYTES
    assert job_bytes(10**6) == BASE_BYTES + 12 * 10**6
    assert job_bytes(10**12) == MOST_BYTES
    table, group = tmp_path / "meminfo", tmp_path / "group"
    table.write_text("MemTotal: 9 kB\nMemAvailable:   10000000 kB\n")
    assert usable_bytes(table=table, group=group) == int(10_000_000 * 1024 * 0.85)
    group.mkdir()
    (group / "memory.max").write_text("4000000000\n")
    (group / "memory.current").write_text("1000000000\n")
    assert usable_bytes(table=table, group=group) == int(3_000_000_000 * 0.85)
    (group / "memory.max").write_text("max\n")
    assert usable_bytes(table=table, group=group) == int(10_000_000 * 1024 * 0.85)
    assert usable_bytes(table=tmp_path / "none", group=tmp_path / "none") > BASE_BYTES


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_one_table_that_is_drawn_again_in_place() -> None:
    shown = Terminal()
    with BatchDisplay(3, FRENCH, known=1, out=shown) as display:
        display.begun(Path("durand"))
        display.stage(Path("durand"), "settle")
        assert "rapprochement" in " ".join(display.lines()) or "durand" in display.lines()[1]
        display.ended(Outcome(Path("durand"), "failed", messages=("Il manque\n  f.csv.",)))
    assert "Il manque f.csv." in display.lines()[-1]
    assert "1 sur 3 faits, 1 en échec, 0 en cours" in display.lines()[0]
    assert "\x1b[2F\x1b[J" in shown.getvalue()
    assert clock(3723) == "1:02:03"


def test_portfolios_are_ranked_by_expected_loss_each_currency_apart() -> None:
    def row(name: str, currency: str, loss: float, overdue: float) -> dict[str, object]:
        return {
            "portfolio": name, "as_of": pd.Timestamp("2024-03-31"), "currency": currency, "receivables_amount": 100.0,
            "overdue_amount": overdue, "overdue_share": overdue / 100, "dso_days": 50.0, "expected_loss_amount": loss,
            "high_risk_count": 1, "state": "done", "report": f"{name}/2024-03-31/diagnostic.html",
        }  # fmt: skip

    ranked = rank([row("a", "EUR", 5, 1), row("b", "USD", 900, 1), row("c", "EUR", 7, 1), row("d", "EUR", 5, 2)])
    assert list(ranked["portfolio"]) == ["c", "d", "a", "b"]
    assert list(ranked["rank"]) == [1, 2, 3, 1]
    worst = pd.DataFrame(
        [{"portfolio": "c", "customer_id": "C1", "name": "<b>Durand", "currency": "EUR", "risk_class": "5",
          "open_amount": 10.0, "overdue_amount": 4.0, "expected_loss_amount": 2.5}]
    )  # fmt: skip
    failed = pd.DataFrame({"portfolio": ["x"], "why": ["<script>"]})
    page = plain(batch_page(ranked, worst, failed, days=[dt.date(2024, 3, 31)], language="fr"))
    assert "17,00 €" in page or "17 €" in page  # 5 + 7 + 5, dollars apart
    assert "&lt;b&gt;Durand" in page
    assert "<script>" not in page.replace("<script>", "", 1)
    assert 'href="c/2024-03-31/diagnostic.html"' in page
    assert "Aucun portefeuille" in plain(batch_page(rank([]), worst.head(0), failed.head(0), days=[], language="fr"))
