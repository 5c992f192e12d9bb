"""`riskkit letters`: its options, and what it prints."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from riskkit.errors import UsageError, message
from riskkit.exhibits.language import Language


def add_letters(parser: ArgumentParser, words: Language) -> None:
    """Add the options of the command."""
    folder, run = words.text("FOLDER"), words.text("RUN")
    parser.add_argument("run", nargs="?", metavar=run, help=words.text("folder of a run; without it: the latest"))
    parser.add_argument("--customer", metavar=words.text("ACCOUNT"), help=words.text("account code: this one only"))
    parser.add_argument(
        "--step",
        metavar=words.text("STEP"),
        help=words.text("reminder, email, letter, formal_notice, court_order or claim: this one only"),
    )
    parser.add_argument("--out", metavar=folder, help=words.text("new folder; without it: beside the run"))
    parser.add_argument(
        "--copy-templates", metavar=folder, help=words.text("copy the templates there, to edit them, and stop")
    )


def run_letters(asked: Namespace, words: Language) -> list[str]:
    """Write the letters asked for, or copy the templates; the lines to print."""
    from riskkit.workbench.cli_text import letter_lines, shown_path
    from riskkit.workbench.letters import copy_templates, write_letters
    from riskkit.workbench.run_folder import latest_run

    if asked.copy_templates:
        home = Path(asked.copy_templates)
        said = message(
            "{count:template|templates} copied to {folder}. Name it in portfolio.yaml: letters, templates.",
            count=len(copy_templates(home)),
            folder=shown_path(home),
        )
        return [words.say(said)]
    root = Path("reports")
    run = Path(asked.run) if asked.run else latest_run(root)
    if run is None:
        raise UsageError(
            message("There is no run in '{folder}'. Make one with riskkit demo or riskkit run.", folder=str(root))
        )
    made = write_letters(run, customer=asked.customer, step=asked.step, folder=Path(asked.out) if asked.out else None)
    return letter_lines(made.counts, made.folder, words)
