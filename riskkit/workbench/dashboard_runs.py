"""The runs of one portfolio that a reader can choose among, and their tables, read when they are first asked for."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from riskkit.engine import read_parquet
from riskkit.errors import UsageError
from riskkit.exhibits.run_tables import RunTables
from riskkit.ledger.panel import Panel
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.run_folder import MANIFEST
from riskkit.workbench.stored_run import load_run

KEPT = 4
PAST = 8  # runs whose scores a sheet recalls
T = TypeVar("T")
_HELD: dict[Path, tuple[tuple[int, ...], OpenRun]] = {}


class OpenRun:
    """One run: `shown` is what every page says of it, `table` any other of its tables, each read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shown: RunTables = load_run(folder)
        self._tables: dict[str, pd.DataFrame | None] = {}
        self._panels: dict[str, Panel] = {}
        self.drawn: dict[tuple[object, ...], Any] = {}

    def once(self, key: tuple[object, ...], draw: Callable[[], T]) -> T:
        """A part of a page that depends on nothing but the run and the key, drawn the first time it is needed."""
        if key not in self.drawn:
            self.drawn[key] = draw()
        found: T = self.drawn[key]
        return found

    def table(self, name: str) -> pd.DataFrame | None:
        """A table of the run, amounts in currency units; None when the run was made before that table existed."""
        if name not in self._tables:
            path = self.folder / "tables" / f"{name}.parquet"
            self._tables[name] = read_parquet(path) if path.is_file() else None
        return self._tables[name]

    def panel(self, language: str) -> Panel:
        """The run as arrays to filter, its values named in that language."""
        if language not in self._panels:
            from riskkit.workbench.panel_run import load_panel

            self._panels[language] = load_panel(self.folder, language=language)
        return self._panels[language]

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of each customer by customer_id, the id where there is no name."""
        customers = self.table("customers")
        if customers is None:
            return {}
        ids = customers["customer_id"].astype("str")
        return dict(zip(ids, customers["name"].astype("str").where(customers["name"].notna(), ids), strict=True))


def hold_run(folder: Path) -> None:
    """Read a run once for this process and those forked from it. A run written there since is read anew by each."""
    _HELD[folder.absolute()] = (_stamp(folder), OpenRun(folder))


def open_run(folder: Path) -> OpenRun:
    """The run in that folder as it is now: the one that is held, unless another was written in its place."""
    stamp, held = _HELD.get(folder.absolute(), ((), None))
    return held if held is not None and stamp == _stamp(folder) else OpenRun(folder)


def _stamp(folder: Path) -> tuple[int, ...]:
    """What tells a run from one written in its place later; nothing where there is no run."""
    path = folder / MANIFEST
    if not path.is_file():
        return (0,)
    state = path.stat()
    return (state.st_ino, state.st_mtime_ns, state.st_size)


@dataclass
class RunShelf:
    """The run that is served and the others of the same portfolio beside it, by date, latest first.

    The last few that were read are kept: going back to a date costs nothing.
    """

    served: dt.date
    folders: dict[dt.date, Path]
    read: OrderedDict[dt.date, OpenRun] = field(default_factory=OrderedDict)
    scores: dict[dt.date, pd.Series] = field(default_factory=dict)

    @classmethod
    def beside(cls, folder: Path) -> RunShelf:
        """The shelf around the folder of a finished run. `UsageError` when it is not one."""
        manifest = read_manifest(folder)
        served = dt.date.fromisoformat(manifest["as_of"])
        found = {served: folder}
        for path in sorted(folder.absolute().parent.glob(f"*/{MANIFEST}")):
            day = _date_of(path.parent, portfolio=manifest["portfolio"])
            if day is not None and not path.parent.name.startswith("."):
                found.setdefault(day, path.parent)
        return cls(served=served, folders=dict(sorted(found.items(), reverse=True)))

    def open(self, as_of: dt.date) -> OpenRun:
        """The run at that date, which must be one of `folders`."""
        if as_of not in self.read:
            self.read[as_of] = open_run(self.folders[as_of])
            while len(self.read) > KEPT:
                self.read.popitem(last=False)
        self.read.move_to_end(as_of)
        return self.read[as_of]

    def past_scores(self, customer_id: str, *, as_of: dt.date) -> dict[dt.date, dict[str, object]]:
        """The row of a customer in the scores of that run and of earlier ones (the last few), oldest first."""
        found = {}
        for day in sorted(day for day in self.folders if day <= as_of)[-PAST:]:
            if day not in self.scores:
                path = self.folders[day] / "tables" / "scores.parquet"
                columns = ["customer_id", "risk_class"]
                table = read_parquet(path, columns=columns) if path.is_file() else pd.DataFrame(columns=columns)
                self.scores[day] = table.set_index("customer_id")["risk_class"]
            if customer_id in self.scores[day].index:
                found[day] = {"risk_class": self.scores[day][customer_id]}
        return found

    def before(self, as_of: dt.date) -> dt.date | None:
        """The date of the run before that one; None for the first."""
        return next((day for day in self.folders if day < as_of), None)


def _date_of(folder: Path, *, portfolio: str) -> dt.date | None:
    """The date of a run of that portfolio; None for anything else, such as a run being written."""
    try:
        manifest = read_manifest(folder)
        return dt.date.fromisoformat(manifest["as_of"]) if manifest["portfolio"] == portfolio else None
    except (UsageError, KeyError, TypeError, ValueError):
        return None
