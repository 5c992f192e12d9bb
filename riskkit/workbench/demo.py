"""The demonstration: a fictional company's files, made from a seed, and the runs made of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from riskkit import __version__
from riskkit.companies.provider_settings import ProviderSettings
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.portfolio import SETTINGS_FILE, Portfolio
from riskkit.workbench.run import make_tables
from riskkit.workbench.run_folder import MANIFEST, latest_run

COMPANY = "Ateliers Exemple SAS"
PORTFOLIO = Path("portfolios", "demo")
REPORTS = Path("reports", "demo")


def demo_portfolio(folder: Path = PORTFOLIO, *, language: str = "fr") -> Portfolio:
    """The demonstration portfolio, its files written when it is not there yet. What a user corrected in it is kept."""
    if not (folder / SETTINGS_FILE).is_file():
        from riskkit.sources.sample import SampleSpec, write_sample

        written = write_sample(folder / "sources", SampleSpec())
        files = [written.customers, written.invoices, written.payments, written.procedures]
        register = written.register.relative_to(folder).as_posix()
        portfolio = Portfolio.from_files(files, name=COMPANY, language=language, folder=folder)
        portfolio.with_companies(ProviderSettings(sirene=register)).write(folder)
    return Portfolio.open(folder)


def demo_tables(*, as_of: dt.date | None = None) -> Path:
    """A run of the demonstration to look at: one made here or in the folder above, else its tables, kept in a cache.

    Parameters
    ----------
    as_of
        Date of the run; None takes the latest.

    """
    for root in (Path.cwd(), Path.cwd().parent):
        found = _dated(root / REPORTS, as_of)
        if found is not None:
            return found
    cache = Path.home() / ".cache" / "riskkit" / f"demo-{__version__}"
    found = _dated(cache / REPORTS, as_of)
    if found is not None:
        return found
    portfolio = demo_portfolio(cache / PORTFOLIO)
    from riskkit.sources.sample import SampleSpec

    date = as_of or SampleSpec().end_date
    return make_tables(portfolio, as_of=date, folder=cache / REPORTS / date.isoformat()).folder


def _dated(reports: Path, as_of: dt.date | None) -> Path | None:
    if as_of is None:
        return latest_run(reports)
    folder = reports / as_of.isoformat()
    return folder if (folder / MANIFEST).is_file() and read_manifest(folder)["as_of"] == as_of.isoformat() else None
