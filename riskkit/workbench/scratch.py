"""Temporary folders of a run: locked while it lives, and cleaned by the next one when it was killed."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from riskkit.errors import DataError, message
from riskkit.workbench.run_folder import UNWRITABLE

LONGEST_SOCKET_FOLDER = 40
_PREFIX, _LOCK = "riskkit-run-", "alive.lock"
_OF_PROCESS = re.compile(r"riskkit-(?:spill|tables)-(\d+)(?:-.*)?")


class Scratch:
    """A folder with a short name, as sockets need it, that exists until `close` or until its process is dead."""

    def __init__(self) -> None:
        # A short path: the sockets of the kernels live here, and systems limit the length of their names.
        roots = [folder for folder in (tempfile.gettempdir(), "/tmp") if len(folder) <= LONGEST_SOCKET_FOLDER]  # noqa: S108
        root = Path(roots[0] if roots else tempfile.gettempdir())
        clean_abandoned(root)
        try:
            self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
            self._lock = (self.folder / _LOCK).open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            if fault.errno not in UNWRITABLE:
                raise
            raise DataError(
                message(
                    "Nothing can be written in the folder of temporary files, {folder}. Free some space there, or name "
                    "another one in the environment variable TMPDIR.",
                    folder=str(root),
                )
            ) from fault

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()


def clean_abandoned(root: Path) -> None:
    """Remove what killed processes of this user left in the folder of temporary files."""
    for left in root.glob("riskkit-*"):
        with suppress(OSError):
            if left.stat().st_uid == os.getuid() and left.is_dir() and _is_abandoned(left):
                shutil.rmtree(left, ignore_errors=True)


def _is_abandoned(left: Path) -> bool:
    named = _OF_PROCESS.fullmatch(left.name)
    if named:
        return not _lives(int(named[1]))
    if not left.name.startswith(_PREFIX) or not (left / _LOCK).is_file():
        return False  # another's, or made this instant and not locked yet
    with (left / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        pass
    return True
