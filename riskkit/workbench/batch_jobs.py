"""What a batch has to do: one job a portfolio, those already done with the same inputs left alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from riskkit.errors import Message, RiskkitError, UsageError, message
from riskkit.workbench.batch_work import Demands, Job
from riskkit.workbench.inputs_digest import input_bytes, inputs_digest
from riskkit.workbench.portfolio import SETTINGS_FILE, Portfolio
from riskkit.workbench.run_folder import MANIFEST


@dataclass
class Plan:
    """Jobs to do, and what is known already: portfolios unchanged, or that cannot be opened."""

    jobs: list[Job] = field(default_factory=list)
    unchanged: list[tuple[Path, Path]] = field(default_factory=list)
    refused: list[tuple[Path, RiskkitError]] = field(default_factory=list)


def find_portfolios(folders: Iterable[str]) -> list[Path]:
    """The folders asked for, each once; a folder of portfolios stands for those in it."""
    found: dict[Path, None] = {}
    for text in folders:
        folder = Path(text)
        inside = sorted(path.parent for path in folder.glob(f"*/{SETTINGS_FILE}"))
        for each in inside if inside and not (folder / SETTINGS_FILE).exists() else [folder]:
            found[each] = None
    return list(found)


def plan_batch(folders: Sequence[Path], demands: Demands, *, again: bool = False) -> Plan:
    """Open each portfolio and see whether its run is there already, made from the same inputs.

    Parameters
    ----------
    folders
        Folders of portfolios. Files that lie among them and are no folder are passed over.
    demands
        Date, language, notebooks and where the runs go.
    again
        Make every run, even of what has not changed.

    """
    made, taken = Plan(), dict[str, Path]()
    for folder in folders:
        if folder.is_file():
            continue
        try:
            portfolio = Portfolio.open(folder)
            _check_name(portfolio, taken)
            found = None if again else unchanged_run(portfolio, demands)
        except RiskkitError as fault:
            made.refused.append((folder, fault))
            continue
        if found is None:
            made.jobs.append(Job(folder, input_bytes(portfolio)))
        else:
            made.unchanged.append((folder, found))
    return made


def unchanged_run(portfolio: Portfolio, demands: Demands) -> Path | None:
    """The whole run of that portfolio made from the same inputs; None where there is none, or a file of it is gone."""
    digest = inputs_digest(
        portfolio,
        as_of=demands.as_of,
        language=demands.language or portfolio.settings.language,
        notebooks=notebook_names(with_notebooks=demands.with_notebooks),
    )
    if digest is None:
        return None
    for path in sorted((demands.root / portfolio.folder_name).glob(f"[!.]*/{MANIFEST}"), reverse=True):
        manifest = _manifest(path)
        if manifest.get("inputs_sha256") == digest and all(
            (path.parent / str(made["file"])).is_file() for made in manifest["outputs"]
        ):
            return path.parent
    return None


def notebook_names(*, with_notebooks: bool) -> tuple[str, ...]:
    """Names of the notebooks that a run of a batch has."""
    from riskkit.workbench.run import choose_notebooks

    return tuple(path.stem for path in choose_notebooks()) if with_notebooks else ()


def _manifest(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("outputs"), list) else {}


def _check_name(portfolio: Portfolio, taken: dict[str, Path]) -> None:
    """Two portfolios whose runs would go into one folder: the second is refused."""
    name = portfolio.folder_name
    if name in taken and taken[name].resolve() != portfolio.folder.resolve():
        said: Message = message(
            "'{folder}' and '{other}' would both write their runs in '{name}'. Rename one of the two folders.",
            folder=str(portfolio.folder),
            other=str(taken[name]),
            name=name,
        )
        raise UsageError(said)
    taken[name] = portfolio.folder
