"""A run is in its place whole, or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from riskkit.errors import DataError, UsageError
from riskkit.workbench import run_folder
from riskkit.workbench.run_folder import building, latest_run, recover


def make_run(folder: Path, text: str = "first") -> Path:
    with building(folder) as aside:
        (aside / "tables").mkdir()
        (aside / "tables" / "t").write_text(text)
        (aside / "manifest.json").write_text("{}")
    return folder


def fail_half_way(folder: Path) -> None:
    with building(folder) as aside:
        (aside / "manifest.json").write_text("half")
        raise RuntimeError("half")


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_finished_run_is_in_its_place_and_nothing_else_is_left(tmp_path: Path) -> None:
    make_run(tmp_path / "reports" / "2024-03-31")
    left = ["reports", "reports/2024-03-31", "reports/2024-03-31/manifest.json", "reports/2024-03-31/tables"]
    assert everything(tmp_path) == [*left, "reports/2024-03-31/tables/t"]


def test_a_run_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="half"):
        fail_half_way(tmp_path / "run")
    assert everything(tmp_path) == []


def test_a_run_that_fails_leaves_the_earlier_one_as_it_was(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with pytest.raises(RuntimeError, match="half"):
        fail_half_way(run)
    assert (run / "tables" / "t").read_text() == "first"
    assert everything(tmp_path) == ["run", "run/manifest.json", "run/tables", "run/tables/t"]


def test_the_earlier_run_comes_back_when_the_last_step_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(tmp_path / "run")
    rename = Path.rename

    def full(self: Path, target: Path) -> Path:
        if self.name.endswith(str(os.getpid())):
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(DataError, match="No space left on the disk: the run 'run'"), building(run):
        pass
    assert (run / "tables" / "t").read_text() == "first"


def test_a_new_run_replaces_the_earlier_one(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    make_run(run, "second")
    assert (run / "tables" / "t").read_text() == "second"
    assert everything(tmp_path) == ["run", "run/manifest.json", "run/tables", "run/tables/t"]


def test_a_folder_that_is_not_a_run_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").write_text("x")
    with pytest.raises(UsageError, match="'photos' holds something else than a run"), building(tmp_path / "photos"):
        pytest.fail("the block must not run")
    assert everything(tmp_path) == ["photos", "photos/one.jpg"]


def test_two_runs_at_once_on_one_folder_get_a_clear_message(tmp_path: Path) -> None:
    second = f"""
from pathlib import Path
from riskkit.workbench.run_folder import building
with building(Path({str(tmp_path / "run")!r})):
    pass
"""
    with building(tmp_path / "run") as aside:
        (aside / "manifest.json").write_text("{}")
        done = subprocess.run([sys.executable, "-c", second], capture_output=True, text=True, check=False)
    assert "Another run is already writing" in done.stderr
    assert everything(tmp_path) == ["run", "run/manifest.json"]


def test_what_a_killed_run_left_is_cleaned_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".run.99999").mkdir()
    (tmp_path / ".run.99999" / "half").write_text("x")
    (tmp_path / ".runner.notes").mkdir()
    make_run(tmp_path / "run")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".runner.notes", "run"]


def test_a_run_moved_aside_by_a_killed_one_is_put_back(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    run.rename(tmp_path / ".run.99999.old")
    recover(run)
    assert (run / "tables" / "t").read_text() == "first"


def test_a_read_only_folder_gets_a_clear_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(run_folder.Path, "mkdir", refuse)
    with pytest.raises(DataError, match="'run' cannot be written: its folder is read-only"), building(tmp_path / "run"):
        pytest.fail("the block must not run")


def test_the_latest_run_is_the_one_with_the_latest_date(tmp_path: Path) -> None:
    for name in ("a/2024-01-31", "b/2024-03-31", "a/2024-02-29"):
        make_run(tmp_path / name)
    assert latest_run(tmp_path) == tmp_path / "b" / "2024-03-31"
    assert latest_run(tmp_path / "a") == tmp_path / "a" / "2024-02-29"
    assert latest_run(tmp_path / "a" / "2024-01-31") == tmp_path / "a" / "2024-01-31"
    assert latest_run(tmp_path / "nothing") is None
