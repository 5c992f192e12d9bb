"""The runs of one portfolio that a reader can choose among, and their tables, read when they are first asked for."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from riskkit.errors import UsageError
from riskkit.exhibits.run_tables import RunTables
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.run_folder import MANIFEST
from riskkit.workbench.stored_run import load_run

KEPT = 4


@dataclass
class RunShelf:
    """The run that is served and the others of the same portfolio beside it, by date, latest first.

    The last few that were read are kept: going back to a date costs nothing.
    """

    served: dt.date
    folders: dict[dt.date, Path]
    read: OrderedDict[dt.date, RunTables] = field(default_factory=OrderedDict)

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

    def open(self, as_of: dt.date) -> RunTables:
        """The run at that date, which must be one of `folders`."""
        if as_of not in self.read:
            self.read[as_of] = load_run(self.folders[as_of])
            while len(self.read) > KEPT:
                self.read.popitem(last=False)
        self.read.move_to_end(as_of)
        return self.read[as_of]


def _date_of(folder: Path, *, portfolio: str) -> dt.date | None:
    """The date of a run of that portfolio; None for anything else, such as a run being written."""
    try:
        manifest = read_manifest(folder)
        return dt.date.fromisoformat(manifest["as_of"]) if manifest["portfolio"] == portfolio else None
    except (UsageError, KeyError, TypeError, ValueError):
        return None
