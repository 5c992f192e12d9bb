"""A batch on a Dask cluster: the same jobs, the same outcomes, a machine that dies. Run by `make test-cluster`."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from riskkit.errors import UsageError
from riskkit.exhibits.language import language
from riskkit.workbench.batch_cluster import run_on_cluster
from riskkit.workbench.batch_work import Demands, Job, Outcome

FRENCH = language("fr")
STAND_IN = str(Path(__file__).with_name("stand_in_worker.py"))


class Nobody:
    def begun(self, folder: Path) -> None: ...
    def stage(self, folder: Path, stage: str) -> None: ...
    def ended(self, outcome: Outcome) -> None: ...


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="the extra riskkit[cluster] is not installed")
    preload = tmp_path_factory.mktemp("cluster") / "preload.py"  # a machine that comes back uses the stand-in too
    preload.write_text(
        f"import sys\nfrom riskkit.workbench import batch_run\nbatch_run.COMMAND = [sys.executable, {STAND_IN!r}]\n"
    )
    settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    with distributed.LocalCluster(processes=True, preload=[str(preload)], **settings) as made:
        yield made


def run_all(cluster: Any, names: list[str], root: Path) -> dict[str, Outcome]:
    root.mkdir()
    demands = Demands(dt.date(2024, 3, 31), None, False, root)
    jobs = [Job(Path(name), 0) for name in names]
    ended = run_on_cluster(jobs, demands, address=cluster.scheduler_address, watcher=Nobody(), words=FRENCH)
    return {outcome.folder.name: outcome for outcome in ended}


def test_the_jobs_of_a_batch_run_on_a_cluster_and_one_that_fails_fails_alone(cluster: Any, tmp_path: Path) -> None:
    ended = run_all(cluster, ["a", "b-fails", "c-dies", "d"], tmp_path / "runs")
    assert {name: outcome.state for name, outcome in ended.items()} == {
        "a": "done", "b-fails": "failed", "c-dies": "failed", "d": "done",
    }  # fmt: skip
    assert ended["b-fails"].messages == ("because",)
    assert ended["a"].run == tmp_path / "runs" / "a" / "2024-03-31"
    assert (tmp_path / "runs" / "d" / "2024-03-31" / "manifest.json").is_file()


def test_a_machine_that_is_lost_gives_its_jobs_to_the_others(cluster: Any, tmp_path: Path) -> None:
    """The first job kills the process of the machine that it is on, once; every run is made all the same."""
    ended = run_all(cluster, ["a-kills-its-machine-once", *"bcdef"], tmp_path / "runs")
    assert {outcome.state for outcome in ended.values()} == {"done"}
    assert len(list((tmp_path / "runs").glob("*/2024-03-31/manifest.json"))) == 6
    assert (tmp_path / "runs" / "killed").exists()


def test_without_a_scheduler_there_is_one_message() -> None:
    pytest.importorskip("distributed", reason="the extra riskkit[cluster] is not installed")
    with pytest.raises(UsageError, match="No Dask scheduler answers at 'nonsense'"):
        run_on_cluster([], Demands(None, None, True, Path()), address="nonsense", watcher=Nobody(), words=FRENCH)


def test_without_the_extra_there_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"needs the extra riskkit\[cluster\]"):
        run_on_cluster([], Demands(None, None, True, Path()), address="tcp://x:1", watcher=Nobody(), words=FRENCH)
