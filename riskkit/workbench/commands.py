"""The commands of the command line, one function each: they call the workbench and print what came out."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.errors import UsageError, message
from riskkit.exhibits.language import Language
from riskkit.workbench.cli_text import program, run_lines, shown_path
from riskkit.workbench.file_choice import copied_files, expand_files
from riskkit.workbench.reading_text import reading_lines, understood_lines

if TYPE_CHECKING:
    from riskkit.sources.mapping_spec import TableSpec
    from riskkit.workbench.portfolio import Portfolio

REPORTS = Path("reports")


def diagnose(asked: Namespace, words: Language) -> int:
    """`riskkit diagnose`: the whole job on raw files."""
    from riskkit.workbench.portfolio import Portfolio
    from riskkit.workbench.run import make_run

    portfolio = Portfolio.from_files(
        expand_files(asked.files),
        name=asked.name,
        language=words.code,
        currency=asked.currency,
        terms=asked.terms,
        known=_known(asked),
    )
    portfolio = _confirmed(portfolio, asked, words)
    folder = Path(asked.out) if asked.out else None
    finished = make_run(portfolio, as_of=asked.as_of, folder=folder, language=words.code)
    _print(run_lines(finished.manifest, finished.folder, words))
    settings = shown_path(finished.folder / "portfolio.yaml")
    _print(
        [
            words.text(
                "Columns misread? Correct {file}, then: {program} run {folder}",
                program=program(),
                file=settings,
                folder=shown_path(finished.folder),
            )
        ]
    )
    return 0


def init(asked: Namespace, words: Language) -> int:
    """`riskkit init`: a portfolio folder from files, its settings inferred."""
    from riskkit.workbench.portfolio import SETTINGS_FILE, Portfolio

    folder = Path(asked.folder)
    if (folder / SETTINGS_FILE).exists():
        raise UsageError(
            message(
                "'{folder}' already is a portfolio, and it is not touched. Choose another folder.", folder=str(folder)
            )
        )
    files = expand_files(asked.files)
    known = _known(asked)
    Portfolio.from_files(files, known=known)  # refuses files that cannot be read, before anything is copied
    portfolio = Portfolio.from_files(
        copied_files(files, folder / "sources"),
        name=folder.absolute().name,
        language=words.code,
        currency=asked.currency,
        terms=asked.terms,
        folder=folder,
        known=known,
    )
    portfolio = _confirmed(portfolio, asked, words)
    portfolio.write(folder)
    _print([words.text("Portfolio made: {folder}", folder=shown_path(folder))])
    _print(understood_lines(portfolio.settings.sources, words))
    _print(
        [
            words.text(
                "Next: {program} check {folder}, then {program} run {folder}",
                program=program(),
                folder=shown_path(folder),
            )
        ]
    )
    return 0


def check(asked: Namespace, words: Language) -> int:
    """`riskkit check`: what is read, what is set aside, and why; of a portfolio or of files as they came."""
    from riskkit.workbench.portfolio import SETTINGS_FILE, Portfolio

    named = Path(asked.files[0])
    if len(asked.files) == 1 and (named / SETTINGS_FILE).is_file():
        portfolio = Portfolio.open(named)
    elif len(asked.files) == 1 and named.is_dir() and not any(named.iterdir()):
        portfolio = Portfolio.open(named)  # says that it is none
    else:
        portfolio = Portfolio.from_files(
            expand_files(asked.files), language=words.code, currency=asked.currency, terms=""
        )
        _print(understood_lines(portfolio.settings.sources, words))
    reading = portfolio.read(as_of=asked.as_of, needs_invoices=False)
    _print(reading_lines(reading, words, name=portfolio.name))
    return 0


def run(asked: Namespace, words: Language) -> int:
    """`riskkit run`: one portfolio at a date."""
    from riskkit.workbench.portfolio import Portfolio
    from riskkit.workbench.run import make_run

    portfolio = Portfolio.open(Path(asked.folder))
    finished = make_run(portfolio, as_of=asked.as_of, language=asked.language, only=asked.only)
    _print(run_lines(finished.manifest, finished.folder, words))
    return 0


def batch(asked: Namespace, words: Language) -> int:
    """`riskkit batch`: several portfolios, as many at once as the machine allows; the exit code of the worst."""
    from riskkit.workbench.cli_batch import run_batch

    return run_batch(asked, words)


def dashboard(asked: Namespace, words: Language) -> int:
    """`riskkit dashboard`: serve a run until interrupted, or set a password."""
    from riskkit.workbench.cli_dashboard import run_dashboard

    return run_dashboard(asked, words)


def demo(asked: Namespace, words: Language) -> int:
    """`riskkit demo`: the demonstration portfolio and its whole diagnostic."""
    from riskkit.workbench.demo import PORTFOLIO, demo_portfolio
    from riskkit.workbench.run import make_run

    _print(
        [
            words.text(
                "Demonstration: a fictional company, 600 customers, 36 months. Portfolio: {folder}",
                folder=str(PORTFOLIO),
            )
        ]
    )
    finished = make_run(demo_portfolio(language=words.code), as_of=None, language=words.code)
    _print(run_lines(finished.manifest, finished.folder, words))
    return 0


def decide(asked: Namespace, words: Language) -> int:
    """`riskkit decide`: the answer to an order, logged."""
    from riskkit.workbench.cli_decide import run_decide

    return run_decide(asked, words)


def letters(asked: Namespace, words: Language) -> int:
    """`riskkit letters`: the letters and drafts of e-mails of a run, or its templates to be edited."""
    from riskkit.workbench.cli_letters import run_letters

    _print(run_letters(asked, words))
    return 0


def compare(asked: Namespace, words: Language) -> int:
    """`riskkit compare`: the measures of two runs side by side, what moved and why, and the alerts of the second."""
    from riskkit.workbench.cli_compare import run_compare

    return run_compare(asked, words)


def anonymise(asked: Namespace, words: Language) -> int:
    """`riskkit anonymise`: a copy of a run and its documents that may be shown to others."""
    from riskkit.workbench.cli_anonymise import run_anonymise

    return run_anonymise(asked, words)


def _known(asked: Namespace) -> Sequence[TableSpec]:
    """What is known of columns already: those of the portfolio that this one is made like."""
    from riskkit.workbench.portfolio import Portfolio

    return Portfolio.open(Path(asked.like)).settings.sources if asked.like else ()


def _confirmed(portfolio: Portfolio, asked: Namespace, words: Language) -> Portfolio:
    """The portfolio, its doubtful columns confirmed by the person at the terminal, if there is one."""
    from riskkit.workbench.questions import confirmed_specs

    if asked.yes or not sys.stdin.isatty():
        return portfolio
    return portfolio.with_sources(confirmed_specs(portfolio.settings.sources, folder=portfolio.folder, words=words))


def _print(lines: Sequence[str]) -> None:
    print("\n".join(lines), flush=True)
