"""How a portfolio names its sources: relative to its folder, tables of databases as they are; and what it is called."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from riskkit.sources.database_names import database_label, is_database_table
from riskkit.sources.opening import Source


def common_name(sources: Sequence[Source]) -> str:
    """What the names of the files have in common, without dates or extensions; else the name of their folder."""
    files = [Path(database_label(source) or source) if isinstance(source, str) else source for source in sources]
    if len(files) == 1 and files[0].is_dir():
        return files[0].absolute().name or "portfolio"
    if len(files) == 1:
        stem = files[0].name.split(".")[0]
        return re.sub(r"[\W_]*(19|20)\d{6}$", "", stem) or stem or "portfolio"
    stems = [re.sub(r"[\W_]*\d[\d\W_]*$", "", path.name.split(".")[0]) for path in files]
    shared = takewhile(lambda letters: len(set(letters)) == 1, zip(*stems, strict=False))
    common = "".join(letters[0] for letters in shared).rstrip(" _-.")
    if len(common) >= 3:
        return common
    return files[0].absolute().parent.name or "portfolio"


def source_exists(source: str, folder: Path) -> bool:
    """Whether a source is there; a database is asked when it is read."""
    return is_database_table(source) or (folder / source).exists()


def moved(source: str, folder: Path, home: Path) -> str:
    """A source of a portfolio in `folder`, as a portfolio in `home` names it."""
    return source if is_database_table(source) else relative((folder / source).absolute(), home)


def relative(path: Path, folder: Path) -> str:
    """A path as a settings file in `folder` names it."""
    return Path(os.path.relpath(path, folder.absolute())).as_posix()
