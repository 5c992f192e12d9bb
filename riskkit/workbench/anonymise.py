"""An anonymous copy of a run: its tables under pseudonyms, run again so that every document is made from them.

Nothing is searched and replaced: the copy is a run like any other, made of tables that hold no name. What could not be
anonymised is left out: files about companies, classes given by hand, logs of calls, comments, logo, letters. Before it
is put in place, every text of every file is searched for each name, number and address of the original.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from riskkit.errors import DataError, UsageError, message
from riskkit.policy import POLICY_FILE, Policy, read_policy
from riskkit.sources.mapping_spec import TableSpec
from riskkit.sources.reading import Reading
from riskkit.workbench.anonymous_tables import FILES, anonymous_reading, stored_reading
from riskkit.workbench.leaks import find_leaks
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.policy_text import policy_text
from riskkit.workbench.portfolio import Portfolio, Settings
from riskkit.workbench.pseudonyms import Pseudonyms
from riskkit.workbench.run import FinishedRun, make_run

COMPANY = "Entreprise anonyme"


@dataclass(frozen=True)
class AnonymousPortfolio(Portfolio):
    """A portfolio whose tables are in memory: what `read` gives was made from a run."""

    held: Reading | None = None

    def read(
        self,
        *,
        as_of: dt.date | None = None,
        progress: Callable[[str], None] | None = None,
        needs_invoices: bool = True,
    ) -> Reading:
        """The tables under pseudonyms."""
        if self.held is None:
            raise ValueError("an anonymous portfolio holds its tables")
        return self.held

    def write(self, folder: Path, *, final: Path | None = None) -> None:
        """Write `policy.yaml` alone: there are no source files to name in a `portfolio.yaml`."""
        (folder / POLICY_FILE).write_text(policy_text(self.policy, language=self.settings.language), encoding="utf-8")


def anonymise(
    run: Path,
    out: Path,
    *,
    secret: Pseudonyms | None = None,
    only: str | None = None,
    with_notebooks: bool = True,
    show_progress: bool | None = None,
) -> FinishedRun:
    """Make the anonymous copy of a run in a new folder.

    Parameters
    ----------
    run
        A finished run.
    out
        Where the copy goes: a folder that does not exist, or an empty one.
    secret
        For tests; None draws one that is kept nowhere.
    only, with_notebooks, show_progress
        As in `make_run`.

    Raises
    ------
    DataError
        A name, a number or an address of the original is found in the copy: nothing is put in place.

    """
    manifest = read_manifest(run)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(message("'{folder}' is not empty: an anonymous copy goes into a new folder.", folder=out.name))
    as_of = dt.date.fromisoformat(str(manifest["as_of"]))
    policy = read_policy(run / POLICY_FILE)
    held = stored_reading(run, manifest)
    terms = str(manifest["terms"]["code"])
    made = anonymous_reading(held, secret or Pseudonyms(), as_of=as_of, policy=policy, terms=terms)
    aside = out.absolute().with_name(f".{out.name}.anonyme.{os.getpid()}")
    portfolio = _portfolio(made, policy, language=str(manifest["language"]), terms=terms, home=aside / "sources")
    try:
        finished = make_run(
            portfolio, as_of=as_of, folder=aside, only=only, with_notebooks=with_notebooks, show_progress=show_progress
        )
        _refuse_leaks(aside, secrets_of(held, company=str(manifest["portfolio"])))
        if out.exists():
            out.rmdir()
        aside.rename(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return FinishedRun(out, finished.manifest)


def secrets_of(held: Reading, *, company: str) -> set[str]:
    """What the copy must not hold: names, SIREN, addresses, people, codes with letters, numbers and names of files."""
    customers, events = held.customers, held.events
    texts = {company}
    for column in ("name", "siren", "siren_raw", "address", "sales_person", "customer_id"):
        texts |= set(customers[column].dropna().astype("str"))
    texts |= set(held.invoices["invoice_number"].dropna().astype("str"))
    texts |= set(events["label"].dropna().astype("str")) if "label" in events else set()
    for table in (customers, held.invoices, held.payments):
        texts |= set(table["source_file"].dropna().astype("str"))
    return {text for text in texts if not text.isdigit() or len(text) >= 6}


def _refuse_leaks(folder: Path, secrets: set[str]) -> None:
    """`DataError` when a secret is found; the product's own words are none."""
    catalogues = resources.files("riskkit").joinpath("locale", "fr").iterdir()
    own = " ".join(each.read_text(encoding="utf-8") for each in catalogues if each.name.endswith(".po"))
    found = find_leaks(folder, secrets, harmless=f"{own} {' '.join(FILES.values())} client")
    if found:
        raise DataError(
            message(
                "The copy still holds {count:name or number|names or numbers} of the original, the first one in "
                "{file}. Nothing was written. If policy.yaml names people or companies, take them out of it and run "
                "again.",
                count=len(found),
                file=found[0][0],
            )
        )


def _portfolio(made: Reading, policy: Policy, *, language: str, terms: str, home: Path) -> AnonymousPortfolio:
    settings = Settings(
        name=COMPANY,
        language="en" if language == "en" else "fr",
        terms=terms if made.due_dates == "none" else "",
        sources=(TableSpec(file=FILES["invoices"], kind="invoices", confirmed=True),),
    )
    return AnonymousPortfolio(home, settings, policy, made)
