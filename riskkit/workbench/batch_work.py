"""What the parts of a batch hand to each other: what is asked, a job, how it ended. Nothing heavy is imported here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["done", "unchanged", "failed"]


@dataclass(frozen=True)
class Demands:
    """What is asked of every portfolio of a batch; the language None is that of each."""

    as_of: dt.date | None
    language: str | None
    with_notebooks: bool
    root: Path


@dataclass(frozen=True)
class Job:
    """A portfolio to run: its folder, and the bytes of its sources, from which its memory is estimated."""

    folder: Path
    size_bytes: int


@dataclass(frozen=True)
class Outcome:
    """How a job ended. `messages` are in the reader's language and say why it failed; `run` is where its run is."""

    folder: Path
    state: State
    run: Path | None = None
    messages: tuple[str, ...] = ()
    exit_code: int = 0
    seconds: float = 0.0
