"""The digest of all that a run depends on: two runs with the same one hold the same tables."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from riskkit import __version__
from riskkit.exhibits.report.passages import edited_passages
from riskkit.sources.database_names import is_database_table
from riskkit.workbench.overrides import OVERRIDES_FILE
from riskkit.workbench.passages import read_passages
from riskkit.workbench.portfolio import Portfolio

_CHUNK = 1 << 20


def inputs_digest(
    portfolio: Portfolio, *, as_of: dt.date | None, language: str, notebooks: tuple[str, ...]
) -> str | None:
    """SHA-256 of all that is read: files, settings, policy, rewritten passages, the version, the date, the language.

    Files are known by their contents, not by their dates. None where something read cannot be known beforehand: a
    table of a database, or services asked over a network.
    """
    settings = portfolio.settings
    named = sorted({*_names(settings.model_dump(mode="json")), OVERRIDES_FILE})
    if any(is_database_table(name) for name in named) or settings.companies.http.enabled:
        return None
    said = {
        "version": __version__,
        "as_of": as_of.isoformat() if as_of else None,
        "language": language,
        "notebooks": notebooks,
        "settings": settings.model_dump(mode="json"),
        "policy": portfolio.policy.sha256,
        "passages": edited_passages(read_passages(portfolio)),
    }
    whole = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode())
    for name in named:
        for path in _files(portfolio.folder, name):
            whole.update(f"\0{name}\0{path.name}\0".encode())
            with path.open("rb") as handle:
                while chunk := handle.read(_CHUNK):
                    whole.update(chunk)
    return whole.hexdigest()


def input_bytes(portfolio: Portfolio) -> int:
    """How large the sources of a portfolio are."""
    return sum(
        path.stat().st_size for spec in portfolio.settings.sources for path in _files(portfolio.folder, spec.file)
    )


def _names(values: Any) -> Iterator[str]:
    """Every text of the settings: those that name a file are found by there being one."""
    if isinstance(values, dict):
        for value in values.values():
            yield from _names(value)
    elif isinstance(values, (list, tuple)):
        for value in values:
            yield from _names(value)
    elif isinstance(values, str) and values and "\0" not in values and len(values) < 1000:
        yield values


def _files(folder: Path, name: str) -> list[Path]:
    """The file of that name, or the files of the folder of that name."""
    path = folder / name
    try:
        if path.is_file():
            return [path]
        return sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else []
    except OSError:  # a text too long or too odd to name a file
        return []
