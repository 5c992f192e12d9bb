"""A run read back from its folder: its manifest and its tables, as exhibits take them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from riskkit.decisions.diagnosis import diagnosis_sentences
from riskkit.engine import read_parquet
from riskkit.errors import Message, UsageError, message
from riskkit.exhibits.run_tables import RunTables
from riskkit.ledger.dependence import CONCENTRATION
from riskkit.ledger.driver_sentences import in_cents, run_sentences
from riskkit.sources.bank_matching import REASONS as BANK_REASONS
from riskkit.sources.cells import REASONS as CELL_REASONS
from riskkit.sources.einvoice_sorting import REASONS as DOCUMENT_REASONS
from riskkit.sources.fec_file import REASONS as LEDGER_REASONS
from riskkit.workbench.manifest import read_manifest

SHOWN = ("measures", "open_items", "ageing", "sectors", "unapplied")


def find_run(run_folder: str | Path = "", *, as_of: str = "") -> Path:
    """The folder of the run that a notebook shows.

    Parameters
    ----------
    run_folder
        The folder of a run. Empty: the tables of the demonstration, made when missing.
    as_of
        ISO date that the run must have; empty accepts any. For the demonstration, the date to strike it at.

    """
    if not str(run_folder):
        from riskkit.workbench.demo import demo_tables

        return demo_tables(as_of=dt.date.fromisoformat(as_of) if as_of else None)
    folder = Path(run_folder)
    found = read_manifest(folder)["as_of"]
    if as_of and found != as_of:
        raise UsageError(
            message(
                "The run is dated {found}, not {asked}. Leave as_of empty, or choose another run.",
                found=found,
                asked=as_of,
            )
        )
    return folder


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """A table of a run, amounts in currency units."""
    return read_parquet(folder / "tables" / f"{name}.parquet")


def read_tables(folder: Path, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Several tables of a run by name, amounts in currency units."""
    return {name: read_table(folder, name) for name in names}


def load_run(folder: Path) -> RunTables:
    """The manifest and the tables of a run. `UsageError` when the folder is not a finished run."""
    manifest = read_manifest(folder)
    tables = {name: read_table(folder, name) for name in SHOWN}
    return RunTables(
        company=manifest["portfolio"],
        as_of=dt.date.fromisoformat(manifest["as_of"]),
        currency=manifest["currency"],
        manifest=manifest,
        findings=_findings(folder, manifest["currency"]),
        states=_states(folder),
        **tables,
    )


def _findings(folder: Path, currency: str) -> list[Message]:
    """What drives the unpaid and the diagnosis, in sentences; nothing for a run made before drivers were searched."""
    if not (folder / "tables" / "drivers.parquet").is_file():
        return []
    drivers = run_sentences(read_table(folder, "drivers"), read_table(folder, "attribution"), currency=currency)
    concentration = in_cents(read_table(folder, "concentration"), CONCENTRATION)
    return [
        *drivers,
        *diagnosis_sentences(concentration, read_table(folder, "receivables_matrix"), currency=currency),
    ]


def _states(folder: Path) -> pd.Series | None:
    """State of each customer's company by customer_id; None for a run made before states were kept."""
    if not (folder / "tables" / "company_states.parquet").is_file():
        return None
    return read_table(folder, "company_states").set_index("customer_id")["state"]


def reason_text(code: str) -> str:
    """What a reason code of the table `rejects` means, as a text to translate."""
    return {**CELL_REASONS, **LEDGER_REASONS, **DOCUMENT_REASONS, **BANK_REASONS}.get(code, code)
