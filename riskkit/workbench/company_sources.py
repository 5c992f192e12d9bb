"""The files about companies that a run used, each with its kind and digest: what makes its states and scores again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from riskkit.companies.bodacc import bodacc_files
from riskkit.companies.provider_settings import ProviderSettings
from riskkit.companies.sirene import register_files
from riskkit.sources.container import sha256


def company_sources(settings: ProviderSettings, *, folder: Path) -> list[dict[str, str]]:
    """Name, digest and kind of every file about companies that a portfolio names, for the manifest.

    From: the portfolio's settings under `companies`, and its folder.
    To:   file, sha256, kind (register, answers, groups, notices, events, accounts, ratings, credit), by kind
          then name; a folder stands for its files, as the run read them. Answers are there once a person gave some.
    """
    named = sorted({(kind, path) for kind, path in _files(settings, folder)}, key=lambda pair: (pair[0], pair[1].name))
    return [{"file": path.name, "sha256": sha256(path), "kind": kind} for kind, path in named]


def _files(settings: ProviderSettings, folder: Path) -> Iterator[tuple[str, Path]]:
    if settings.sirene is not None:
        for path in register_files(folder / settings.sirene):
            yield "register", path
        answers = folder / settings.answers
        if answers.is_file():
            yield "answers", answers
    if settings.parents is not None:
        yield "groups", folder / settings.parents
    for path in bodacc_files([folder / name for name in settings.bodacc]):
        yield "notices", path
    for kind, sources in (("events", settings.events), ("accounts", settings.accounts), ("ratings", settings.bureaus)):
        for source in sources:
            yield kind, folder / source.file
    if settings.credit is not None:
        yield "credit", folder / settings.credit.file
