"""A run that is killed, or that the system refuses to write: nothing half-written, and the next one ends the same."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from riskkit.errors import DataError, UsageError
from riskkit.workbench.notebook_ids import settle_ids
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import FinishedRun, make_run, make_tables
from riskkit.workbench.run_folder import building, check_writable, latest_run
from riskkit.workbench.scratch import Scratch, clean_abandoned
from tests.workbench.conftest import AS_OF

WRITES_SLOWLY = """
import sys, time
from pathlib import Path
from riskkit.workbench.run_folder import building
print("ready", flush=True)
while True:
    with building(Path(sys.argv[1])) as aside:
        for number in range(20):
            (aside / f"{number:02d}").write_text(sys.argv[2] * 1000)
            time.sleep(0.001)
        (aside / "manifest.json").write_text("{}")
"""
FILES = sorted([*(f"{number:02d}" for number in range(20)), "manifest.json"])


def whole(run: Path) -> bool:
    """All the files are there, each of one piece and all of one run."""
    texts = {(run / name).read_text() for name in FILES[:-1]}
    return sorted(path.name for path in run.iterdir()) == FILES and len(texts) == 1 and len(texts.pop()) == 1000


def test_killed_at_any_moment_a_run_is_whole_or_is_not_one(tmp_path: Path) -> None:
    chance, run = random.Random(7), tmp_path / "reports" / "2024-03-31"
    moved_aside = 0
    for letter in "abcdefgh":
        with subprocess.Popen(
            [sys.executable, "-c", WRITES_SLOWLY, str(run), letter], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            time.sleep(0.05 + 0.05 * chance.random())
            writer.kill()
        moved_aside += not run.exists()
        assert latest_run(tmp_path) in (None, run)
        assert not run.exists() or whole(run)
    with building(run) as aside:
        (aside / "manifest.json").write_text('{"last": 1}')
    assert [path.name for path in run.parent.iterdir()] == ["2024-03-31"]
    assert (run / "manifest.json").read_text() == '{"last": 1}'


def test_a_real_run_killed_while_it_writes_ends_with_the_same_tables(
    company: Path, finished: FinishedRun, tmp_path: Path
) -> None:
    files = [company / "factures.csv", company / "paiements.csv"]
    script = (
        "import datetime as dt, sys\nfrom pathlib import Path\nfrom riskkit.workbench.portfolio import Portfolio\n"
        "from riskkit.workbench.run import make_tables\n"
        "made = Portfolio.from_files([Path(name) for name in sys.argv[2:]], name='Tiny & Co')\n"
        "make_tables(made, as_of=dt.date(2024, 3, 31), folder=Path(sys.argv[1]))\n"
    )
    run = tmp_path / "reports" / "run"
    with subprocess.Popen([sys.executable, "-c", script, str(run), *map(str, files)]) as writer:
        while not list(run.parent.glob(".run.*/tables/*.parquet")):
            assert writer.poll() is None
            time.sleep(0.01)
        writer.kill()
    assert latest_run(tmp_path) is None
    assert [path.name for path in run.parent.iterdir() if path.is_dir()] == [f".run.{writer.pid}"]
    make_tables(Portfolio.from_files(files, name="Tiny & Co"), as_of=AS_OF, folder=run)
    assert [path.name for path in run.parent.iterdir()] == ["run"]
    tables = sorted(path.name for path in (run / "tables").iterdir())
    assert tables == sorted(path.name for path in (finished.folder / "tables").iterdir())
    for name in [*(f"tables/{table}" for table in tables), "plan_actions.xlsx", "plan_actions.ics", "policy.yaml"]:
        assert (run / name).read_bytes() == (finished.folder / name).read_bytes(), name


def test_what_was_killed_under_other_names_is_cleaned_too_but_not_what_is_being_made(tmp_path: Path) -> None:
    (tmp_path / ".2024-01-31.99999").mkdir()
    (tmp_path / ".2024-01-31.lock").write_text("")
    (tmp_path / ".2024-02-29.99999.old").mkdir()
    (tmp_path / ".2024-02-29.lock").write_text("")
    (tmp_path / ".mine.2024").mkdir()  # of somebody else: no lock beside it
    (tmp_path / ".2024-02-29.99999.old" / "manifest.json").write_text("{}")
    with building(tmp_path / "2024-04-30") as living, building(tmp_path / "2024-03-31") as aside:
        (aside / "manifest.json").write_text("{}")
        assert living.is_dir()
    assert {path.name for path in tmp_path.iterdir()} == {"2024-02-29", "2024-03-31", "2024-04-30", ".mine.2024"}


LIMITED = """
import resource, sys
from pathlib import Path
import pandas as pd
from duckdb import IOException
from riskkit.engine import write_parquet
from riskkit.workbench.run_folder import building, engine_fault
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
with building(Path(sys.argv[1])) as aside:
    if sys.argv[2] == "engine":
        try:
            write_parquet(pd.DataFrame({"n_count": [hash(str(n)) % 10**9 for n in range(50_000)]}), aside / "t.parquet")
        except IOException as fault:
            raise engine_fault(str(fault)) or fault
    (aside / "big").write_bytes(b"x" * 50_000)
"""


@pytest.mark.parametrize("writer", ["engine", "python"])
def test_a_system_that_refuses_a_file_is_one_message_and_leaves_nothing(tmp_path: Path, writer: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "run"), writer], capture_output=True, text=True, check=False
    )
    assert "DataError: The system allows no file as large as those of the run 'run'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_the_right_to_write_is_refused_before_any_work(company: Path, tmp_path: Path) -> None:
    """A file where a folder should be stands for it: permissions do not stop the administrator who may run this."""
    (tmp_path / "reports").write_text("a file")
    portfolio = Portfolio.from_files([company / "factures.csv"])
    started = time.process_time()
    with pytest.raises(DataError, match=r"cannot be written in 'run': (File exists|Not a directory)"):
        make_run(portfolio, as_of=AS_OF, folder=tmp_path / "reports" / "run", show_progress=False)
    assert time.process_time() - started < 1.0
    assert [path.name for path in tmp_path.iterdir()] == ["reports"]


def test_a_second_run_is_refused_before_any_work(company: Path, tmp_path: Path) -> None:
    portfolio = Portfolio.from_files([company / "factures.csv"])
    with building(tmp_path / "run") as aside:
        (aside / "manifest.json").write_text("{}")
        with pytest.raises(UsageError, match="Another run is already writing"):
            make_run(portfolio, as_of=AS_OF, folder=tmp_path / "run", show_progress=False)


def test_looking_whether_a_run_can_be_written_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b" / "run")
    assert list(tmp_path.iterdir()) == []


def test_temporary_folders_of_the_dead_are_cleaned_and_those_of_the_living_are_not(tmp_path: Path) -> None:
    script = f"import tempfile, time; tempfile.tempdir = {str(tmp_path)!r}\n"
    script += (
        "from riskkit.workbench.scratch import Scratch; s = Scratch(); print(s.folder, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        folder = Path(holder.stdout.readline().strip())
        spill = folder.parent / f"riskkit-spill-{holder.pid}"
        tables = folder.parent / f"riskkit-tables-{holder.pid}-abc"
        spill.mkdir()
        tables.mkdir()
        clean_abandoned(folder.parent)
        assert folder.is_dir()
        assert spill.is_dir()
        assert tables.is_dir()
        holder.send_signal(signal.SIGKILL)
    clean_abandoned(folder.parent)
    assert not folder.exists()
    assert not spill.exists()
    assert not tables.exists()
    mine = Scratch()
    assert mine.folder.is_dir()
    mine.close()
    assert not mine.folder.exists()


def shown(ids: list[str]) -> nbformat.NotebookNode:
    """A notebook whose widgets have these identifiers: a box, what it holds, its layout, one that nothing shows."""
    box, child, layout, lost = ids
    state = {
        lost: {"state": {}},
        child: {"state": {"value": 3, "layout": f"IPY_MODEL_{layout}"}},
        layout: {"state": {}},
        box: {"state": {"children": [f"IPY_MODEL_{child}"]}},
    }
    output = nbformat.v4.new_output(
        "display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": box, "version_major": 2}}
    )
    cell = nbformat.v4.new_code_cell("box", outputs=[output], id="shown")
    added = nbformat.v4.new_code_cell("a = 1", metadata={"tags": ["injected-parameters"]})
    made = nbformat.v4.new_notebook(cells=[added, cell])
    made.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": dict(sorted(state.items())), "version_major": 2}
    }
    return made


def test_the_same_notebook_run_twice_is_the_same_bytes() -> None:
    drawn = random.Random(1)
    texts = set()
    for _ in range(5):
        made = shown([f"{drawn.getrandbits(128):032x}" for _ in range(4)])
        settle_ids(made)
        nbformat.validate(made)
        texts.add(nbformat.writes(made))
    assert len(texts) == 1
    state = json.loads(texts.pop())["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert list(state) == [f"{number:032x}" for number in range(3)]
    assert state[f"{0:032x}"]["state"]["children"] == [f"IPY_MODEL_{1:032x}"]
