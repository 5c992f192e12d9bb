"""A run looked at through a kept selection, as the figures of a notebook take it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from riskkit.engine import amount_name
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.panel_frames import dues_frame, groups_frame, history_frame, overdue_amounts
from riskkit.exhibits.panel_trail import said_documents, said_values
from riskkit.ledger.balances_past import ITEM_TRANSITIONS
from riskkit.ledger.cohorts import COHORTS
from riskkit.ledger.panel import Panel
from riskkit.ledger.panel_view import Selection, look
from riskkit.ledger.payer_profiles import DELAY_DISTRIBUTION
from riskkit.ledger.seasonality import SEASONALITY
from riskkit.schemas import Table
from riskkit.workbench.panel_run import column_label, load_panel
from riskkit.workbench.selections import read_selection
from riskkit.workbench.stored_run import read_table

_EVIDENCE = ("lift", "lift_low", "lift_high")


@dataclass(frozen=True)
class UnpaidLook:
    """What the figures take, in currency units, and in words what is kept; see `panel_frames` for the frames.

    Cohorts, transitions, seasonality and delays are tables of the run, of the whole company; empty in a run made before
    they were. `whole` says so where a selection is kept, and is empty otherwise.
    """

    groups: pd.DataFrame
    overdue: pd.Series
    history: pd.DataFrame
    dues: pd.DataFrame
    cohorts: pd.DataFrame
    transitions: pd.DataFrame
    seasonality: pd.DataFrame
    delays: pd.DataFrame
    said: str
    whole: str


def look_at_unpaid(run_folder: Path, *, by: str, language: str, selection: str = "") -> UnpaidLook:
    """The run's customers, or those of a kept selection, grouped by a column.

    Without a selection the ratios and their intervals are those of the run's table `attribution`, where it has that
    column. `UsageError` when no such selection is kept beside the run. A column the run does not have: by customer.
    """
    panel = load_panel(run_folder, language=language)
    kept = read_selection(run_folder.absolute().parent, selection).selection if selection else Selection()
    view = look(panel, kept, by=by if by in panel.attributes else "customer_id")
    groups = groups_frame(panel, view)
    if not selection:
        groups = _with_evidence(groups, panel, by=view.by, folder=run_folder)
    return UnpaidLook(
        groups=groups,
        overdue=overdue_amounts(view),
        history=history_frame(panel, view),
        dues=dues_frame(panel, view),
        cohorts=_table(run_folder, COHORTS),
        transitions=_table(run_folder, ITEM_TRANSITIONS),
        seasonality=_table(run_folder, SEASONALITY),
        delays=_table(run_folder, DELAY_DISTRIBUTION),
        whole=language_of(language).text("The whole company: this does not follow the selection.") if selection else "",
        said=_said(panel, kept, language=language),
    )


def _table(folder: Path, table: Table) -> pd.DataFrame:
    """A table of the run in currency units; no row of it where the run has none."""
    if (folder / "tables" / f"{table.name}.parquet").is_file():
        return read_table(folder, table.name)
    empty = table.empty()
    return empty.rename(columns={name: amount_name(name) for name in empty.columns if name.endswith("_cents")})


def _with_evidence(groups: pd.DataFrame, panel: Panel, *, by: str, folder: Path) -> pd.DataFrame:
    """The groups with the ratios of the run, of which a customer's draw is corrected and repeated more often."""
    if not (folder / "tables" / "attribution.parquet").is_file():
        return groups
    made = read_table(folder, "attribution")
    made = made[(made["level"] == by) & ~made["is_unknown"].astype(bool)].set_index("code")[list(_EVIDENCE)]
    keys = pd.Series([panel.attributes[by].keys[int(code)] for code in groups["code"]], index=groups.index)
    found = made.reindex(keys).set_axis(groups.index)
    return groups.assign(**{name: found[name].fillna(groups[name]) for name in _EVIDENCE}) if len(made) else groups


def _said(panel: Panel, kept: Selection, *, language: str) -> str:
    words = language_of(language)
    parts = [
        f"{column_label(name, words)}{words.text(': ')}{said_values(panel, name, keys, words)}"
        for name, keys in kept.filters
    ]
    if kept.is_on_documents:
        parts.append(said_documents(kept, words, currency=panel.currency))
    return words.text("Selection: {filters}", filters=" · ".join(parts)) if parts else words.text("All customers")
