"""The passages of the report that its author rewrote: `passages.md` beside `portfolio.yaml`, kept by each run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from riskkit.errors import Message, message
from riskkit.exhibits.language import Language
from riskkit.exhibits.report.passages import Passages, merge_passages
from riskkit.exhibits.report.section import Section
from riskkit.workbench.portfolio import SETTINGS_FILE, Portfolio
from riskkit.workbench.report_settings import read_text

PASSAGES = "passages.md"


def read_passages(portfolio: Portfolio, *, run_folder: Path | None = None) -> str:
    """The passages of a portfolio, or of the run that is made anew from files; empty before the first.

    `UsageError` where the file cannot be read as text.
    """
    path = (portfolio.folder if _has_settings(portfolio) or run_folder is None else run_folder) / PASSAGES
    return read_text(path, key="report") if path.is_file() else ""


def passage_notes(merged: Passages) -> tuple[Message, ...]:
    """What a run says of rewritten passages: those whose figures changed since."""
    return tuple(
        message(
            "The figures behind the passage “{title}”, which you rewrote, have changed: read it over in {file}, then "
            "remove the comment under its title.",
            title=title, file=PASSAGES,
        )
        for title in merged.outdated
    )  # fmt: skip


def keep_passages(sections: Sequence[Section], words: Language, *, portfolio: Portfolio, run_folder: Path) -> None:
    """Write the passages beside the settings of the portfolio, aside and renamed, from the file as it is now.

    Nothing is written where the portfolio is the run itself, where the settings are not in a file, or where the folder
    may not be written: the run holds the same file.
    """
    if portfolio.folder.absolute() == run_folder.absolute() or not _has_settings(portfolio):
        return
    path = portfolio.folder / PASSAGES
    held = read_passages(portfolio)
    text = merge_passages(held, sections, words, company=portfolio.name).text
    if text == held:
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8")
        os.replace(aside, path)
    except OSError:
        aside.unlink(missing_ok=True)


def _has_settings(portfolio: Portfolio) -> bool:
    """Whether the portfolio is a folder with settings, and not files named on a command line."""
    return (portfolio.folder / SETTINGS_FILE).is_file()
