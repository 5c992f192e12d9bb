"""The folder of a run: built aside, put in place whole, one at a time.

A run is made in a sibling folder `.<name>.<process id>` of the same file system and renamed when every file is
there. An earlier run of the same name is moved aside first and comes back if anything fails. What a killed process
left behind is cleaned, or put back, by the next one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from riskkit.errors import DataError, UsageError, message

MANIFEST = "manifest.json"
UNWRITABLE = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENOTDIR,
    errno.ENAMETOOLONG, errno.EEXIST,
}  # fmt: skip
_LEFT = re.compile(r"\.(.+?)\.(?:\d+(?:\.old)?|lock)")


@contextmanager
def building(final: Path) -> Iterator[Path]:
    """A folder to fill; it becomes `final` when the block ends, and disappears when the block fails.

    Parameters
    ----------
    final
        Where the run will be. May hold an earlier run, which is replaced; a folder that holds anything else is refused.

    """
    final = final.absolute()
    _check_replaceable(final)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with _alone(final):
            recover(final)
            _recover_others(final)
            aside = final.with_name(f".{final.name}.{os.getpid()}")
            aside.mkdir()
            try:
                yield aside
                _check_replaceable(final)
                _put_in_place(aside, final)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except OSError as fault:
        if fault.errno not in UNWRITABLE:
            raise
        raise unwritable(fault, final) from fault


def check_writable(final: Path) -> None:
    """Refuse at once what `building` would refuse after the work: another run there, no right to write, no run there.

    What it makes to find out, it removes.
    """
    final = final.absolute()
    _check_replaceable(final)
    made = [folder for folder in final.parents if not folder.exists()]
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with _alone(final):
            probe = final.with_name(f".{final.name}.{os.getpid()}")
            probe.mkdir()
            probe.rmdir()
    except OSError as fault:
        if fault.errno not in UNWRITABLE:
            raise
        raise unwritable(fault, final) from fault
    finally:
        with suppress(OSError):  # another run may have begun in them
            for folder in made:
                folder.rmdir()


def keep_failed(notebook: Path, *, final: Path) -> Path:
    """Keep a notebook that failed beside the runs, under `failed/<run>/`, and say where it is."""
    folder = final.absolute().parent / "failed" / final.name
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / notebook.name
    shutil.copyfile(notebook, kept)
    return kept


def recover(final: Path) -> None:
    """Clean what a killed process left beside `final`: half a run is deleted, a run moved aside is put back."""
    for left in sorted(final.parent.glob(f".{_literal(final.name)}.*")):
        owner, _, state = left.name.removeprefix(f".{final.name}.").partition(".")
        if not owner.isdigit() or not left.is_dir():
            continue
        if state == "old" and not final.exists():
            left.rename(final)
        else:
            shutil.rmtree(left)


def _recover_others(final: Path) -> None:
    """Clean beside `final` what killed processes left of runs of other names, those that nobody writes now.

    A killed run leaves its lock beside its folder: a hidden folder without one is not a run's, and is not touched.
    """
    left = {found[1] for path in final.parent.glob(".*.lock") if (found := _LEFT.fullmatch(path.name))}
    for name in sorted(left - {final.name}):
        with suppress(UsageError), _alone(final.with_name(name)):
            recover(final.with_name(name))


def latest_run(root: Path) -> Path | None:
    """The run with the latest date under a folder of portfolios or of runs, or `root` itself; None without any."""
    if (root / MANIFEST).is_file():
        return root
    found = [path.parent for depth in ("*", "*/*") for path in root.glob(f"{depth}/{MANIFEST}")]
    visible = [run for run in found if not run.name.startswith(".") and run.parent.name != "failed"]
    return max(visible, key=lambda run: (run.name, (run / MANIFEST).stat().st_mtime, str(run)), default=None)


def _put_in_place(aside: Path, final: Path) -> None:
    old = aside.with_name(aside.name + ".old")
    if final.exists():
        final.rename(old)
    try:
        aside.rename(final)
    except OSError:
        if old.exists():
            old.rename(final)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _check_replaceable(final: Path) -> None:
    """Refuse to replace anything that is not a run: a mistyped folder must never cost a file."""
    if final.exists() and not (final / MANIFEST).is_file() and (not final.is_dir() or any(final.iterdir())):
        raise UsageError(
            message(
                "'{folder}' holds something else than a run, and is not touched. Give an empty or a new folder.",
                folder=final.name,
            )
        )


@contextmanager
def _alone(final: Path) -> Iterator[None]:
    """Hold the lock of this run; the system frees it even when the process is killed."""
    path = final.with_name(f".{final.name}.lock")
    handle = _locked(path)
    if handle is None:
        raise UsageError(
            message(
                "Another run is already writing '{folder}'. Wait for it to end, or choose another folder.",
                folder=f"{final.parent.name}/{final.name}",
            )
        )
    with handle:
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _locked(path: Path) -> IO[str] | None:
    while True:
        handle = path.open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return None
        if path.exists() and os.path.samestat(os.fstat(handle.fileno()), path.stat()):
            return handle
        handle.close()  # the run before removed this file between our opening it and locking it


def _literal(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def unwritable(fault: OSError, final: Path) -> DataError:
    """What to tell a person when the system refuses to write in the folder of a run, or in the one it is made in."""
    aside = _LEFT.fullmatch(final.name)
    name = aside[1] if aside else final.name
    match fault.errno:
        case errno.ENOSPC | errno.EDQUOT:
            said = message(
                "No space left on the disk: the run '{folder}' cannot be written. Nothing was left half-written. "
                "Free some space, or choose a folder on another disk, then run it again.",
                folder=name,
            )
        case errno.EFBIG:
            said = message(
                "The system allows no file as large as those of the run '{folder}'. Nothing was left half-written. "
                "Have the limit raised (ulimit -f), then run it again.",
                folder=name,
            )
        case errno.EACCES | errno.EPERM | errno.EROFS:
            said = message(
                "The run '{folder}' cannot be written: its folder is read-only, or you have no right to write there. "
                "Nothing was left half-written. Choose another folder, or have the right given to you.",
                folder=name,
            )
        case _:
            said = message(
                "The run cannot be written in '{folder}': {reason}. Nothing was left half-written. "
                "Choose another folder, then run it again.",
                folder=name,
                reason=os.strerror(fault.errno) if fault.errno else str(fault),
            )
    return DataError(said)


def engine_fault(text: str) -> OSError | None:
    """The refusal of the system that the engine's own error tells of; None when it is another fault."""
    known = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS}
    found = [code for code in known if os.strerror(code) in text]
    return OSError(found[0], os.strerror(found[0])) if found else None
