"""What an analyst calls from Python: make a run, open one, and read its tables with pandas.

These names are `riskkit`'s own (`import riskkit`); everything else in the package may change between versions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskkit.errors import UsageError, message
from riskkit.workbench.manifest import read_manifest

if TYPE_CHECKING:
    import pandas as pd


class Run:
    """A finished run on disk. Nothing is read before it is asked for; `open_run` and `diagnose` give one."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.manifest: Mapping[str, Any] = read_manifest(self.folder)

    def __repr__(self) -> str:
        return f"Run({self.company!r}, as_of={self.as_of.isoformat()}, tables={len(self.tables)})"

    def _repr_html_(self) -> str:
        """The measures as cards, in the language of the run: what JupyterLab shows of a run."""
        from riskkit.exhibits.cards import measure_cards
        from riskkit.exhibits.notebook import exhibit_style, show
        from riskkit.workbench.stored_run import load_run

        cards = show(measure_cards(load_run(self.folder), language=str(self.manifest["language"])))
        return exhibit_style().html + cards.html

    @property
    def company(self) -> str:
        """Name of the portfolio."""
        return str(self.manifest["portfolio"])

    @property
    def as_of(self) -> dt.date:
        """The date after which nothing is known."""
        return dt.date.fromisoformat(self.manifest["as_of"])

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables of this run, in alphabetical order; docs/tables.md says what their columns mean."""
        return tuple(sorted(path.stem for path in (self.folder / "tables").glob("*.parquet")))

    def table(self, name: str) -> pd.DataFrame:
        """One table as a new frame: amounts in currency units (float64), dates `datetime64[us]`, missing as NaN or NA.

        `UsageError` when the run has no table of that name; the message says the nearest one.
        """
        if name not in self.tables:
            near = get_close_matches(name, self.tables, n=1)
            raise UsageError(
                message(
                    "The run of {as_of} has no table '{name}'. Did you mean '{near}'? All names: run.tables.",
                    as_of=self.as_of,
                    name=name,
                    near=near[0] if near else self.tables[0],
                )
            )
        from riskkit.workbench.stored_run import read_table

        return read_table(self.folder, name)

    @property
    def measures(self) -> pd.DataFrame:
        """Measures at the date of the run, one row each, indexed by name; the value, or the reason why there is none.

        Amounts are in currency units, delays in days, shares between 0 and 1.
        """
        rows = self.table("measures")
        latest: pd.DataFrame = rows[rows["as_of"] == rows["as_of"].max()]
        return latest.drop(columns="as_of").set_index("measure")


def open_run(folder: str | Path) -> Run:
    """A run that was made before, by its folder. `UsageError` when the folder is not one or a newer version made it."""
    return Run(folder)


def diagnose(
    *files: str | Path,
    as_of: dt.date | str | None = None,
    name: str | None = None,
    language: str = "fr",
    terms: str = "",
    folder: str | Path | None = None,
) -> Run:
    """Read files, run the whole diagnostic and open it: `riskkit diagnose` from Python.

    Parameters
    ----------
    files
        Spreadsheets, text files, FEC, electronic invoices, bank statements, Parquet files, in any order.
    as_of
        Valuation date, included (a date or ISO text); None takes the latest date found in the files.
    name
        Of the portfolio; None takes what the names of the files have in common.
    language
        Of texts and documents, "fr" or "en".
    terms
        Terms where the files give no due date (30, 45FM …); empty: inferred from payments.
    folder
        Where the run will be; None is `reports/<portfolio>/<as_of>` in the current folder.

    Raises
    ------
    RiskkitError
        With messages that say what, where, how much money and what to do.

    """
    from riskkit.workbench.portfolio import Portfolio
    from riskkit.workbench.run import make_run

    date = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    portfolio = Portfolio.from_files([Path(file) for file in files], name=name, language=language, terms=terms)
    finished = make_run(portfolio, as_of=date, folder=Path(folder) if folder is not None else None)
    return Run(finished.folder)
