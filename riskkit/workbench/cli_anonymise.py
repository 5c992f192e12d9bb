"""`riskkit anonymise`: its options, and what it prints."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from riskkit.exhibits.language import Language


def add_anonymise(parser: ArgumentParser, words: Language) -> None:
    """Add the options of the command."""
    parser.add_argument("run", metavar=words.text("RUN"), help=words.text("folder of a run"))
    parser.add_argument("out", metavar=words.text("FOLDER"), help=words.text("new folder of the copy"))
    parser.add_argument("--no-notebooks", action="store_true", help=words.text("tables and reports only: much faster"))


def run_anonymise(asked: Namespace, words: Language) -> int:
    """Make the copy and say where it is and what it leaves out."""
    from riskkit.workbench.anonymise import anonymise
    from riskkit.workbench.cli_text import shown_path

    finished = anonymise(Path(asked.run), Path(asked.out), with_notebooks=not asked.no_notebooks)
    print(words.text("Anonymous copy: {folder}", folder=shown_path(finished.folder)))
    print(
        words.text(
            "No name, SIREN, address or invoice number of the original was found in it; amounts are rescaled. Dates, "
            "activities, departments and proportions are those of the original: who knows the company well may "
            "recognise it."
        )
    )
    return 0
