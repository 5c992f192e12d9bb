"""What the command line says about itself: commands, options and examples, in the reader's language."""

from __future__ import annotations

import argparse
import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from riskkit import __version__
from riskkit.errors import Message, message
from riskkit.exhibits.language import LANGUAGES, Language
from riskkit.workbench.cli_batch import add_batch
from riskkit.workbench.cli_decide import add_decide
from riskkit.workbench.cli_letters import add_letters

_DATES = (r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})")

# Command, what it does, examples with what each is for.
_COMMANDS: dict[str, tuple[Message, tuple[tuple[str, Message], ...]]] = {
    "diagnose": (
        message("Make a diagnostic from raw files: spreadsheets, CSV files or French ledgers (FEC)."),
        (
            (
                "riskkit diagnose clients.xlsx factures.xlsx paiements.csv",
                message("the files of one company"),
            ),
            (
                "riskkit diagnose FEC2022.txt FEC2023.txt --as-of 2023-12-31",
                message("two years of a ledger"),
            ),
            ('riskkit diagnose "export/*.csv" --out diagnostic', message("a pattern, and the folder of the report")),
            (
                "riskkit diagnose factures-electroniques/ releve-cfonb120.txt",
                message("a folder of electronic invoices (Factur-X, CII, UBL) and a bank statement"),
            ),
            ("riskkit diagnose FEC2023.txt --terms 45FM", message("terms where the files give no due date")),
        ),
    ),
    "init": (
        message("Make a portfolio from files: its settings are written down for you to correct."),
        (
            ("riskkit init portfolios/durand --from factures.xlsx paiements.csv", message("then open portfolio.yaml")),
            (
                "riskkit init portfolios/durand-avril --from avril/*.xlsx --like portfolios/durand",
                message("next month: the same columns, without a question"),
            ),
            ("riskkit check portfolios/durand", message("what is read, what is set aside and why")),
        ),
    ),
    "check": (
        message("Read files or a portfolio and say what is understood, without making a run."),
        (
            ("riskkit check factures.xlsx paiements.csv", message("what just arrived: columns found, rows and money")),
            ("riskkit check portfolios/durand", message("rows and money, file by file")),
        ),
    ),
    "run": (
        message("Make the run of a portfolio at a date: tables, notebooks and documents."),
        (
            ("riskkit run portfolios/durand --as-of 2024-03-31", message("at the end of a month")),
            ("riskkit run portfolios/durand --as-of 2024-03-31 --only 02_sectors", message("one notebook only")),
        ),
    ),
    "batch": (
        message(
            "Make the runs of many portfolios at once, and a summary that ranks them. One that fails never stops the "
            "others; started again, it makes only what is missing or has changed."
        ),
        (
            ("riskkit batch portfolios/* --as-of 2024-03-31", message("every portfolio, at the same date")),
            (
                "riskkit batch portfolios/* --no-notebooks",
                message("tables and reports only, for a first look at hundreds of files"),
            ),
            ("riskkit batch portfolios/* --workers 2", message("fewer runs at once, on a machine with little memory")),
            (
                "riskkit batch portfolios/* --cluster tcp://10.0.0.5:8786",
                message("on several machines, by a Dask cluster (extra riskkit[cluster])"),
            ),
        ),
    ),
    "dashboard": (
        message("Open the dashboard of a run on this machine."),
        (
            ("riskkit dashboard", message("the latest run")),
            ("riskkit dashboard reports/durand/2024-03-31", message("a given run")),
        ),
    ),
    "demo": (
        message("Make the demonstration portfolio and its whole diagnostic."),
        (("riskkit demo", message("then: riskkit dashboard")),),
    ),
    "decide": (
        message("Answer an order or a new customer: accept, with a deposit, on approval, or refuse; logged."),
        (
            (
                "riskkit decide reports/durand/2024-03-31 --customer C00012 --amount 12000 --terms-days 45",
                message("a customer of the ledger, by its account code"),
            ),
            ("riskkit decide --siren 404833048 --amount 8000 --author L.Roy", message("a SIREN, known or new")),
            ("riskkit decide --customer C00012 --amount 12000 --dry-run --json", message("for a program, not logged")),
        ),
    ),
    "letters": (
        message("Write the letters and e-mails that a run's worklist asks for; nothing is sent."),
        (
            (
                "riskkit letters reports/durand/2024-03-31",
                message("every letter of the day, in a folder beside the run"),
            ),
            (
                "riskkit letters reports/durand/2024-03-31 --customer C0042 --step formal_notice",
                message("one formal notice"),
            ),
            (
                "riskkit letters --copy-templates portfolios/durand/lettres",
                message("the templates, to be edited; then name that folder in portfolio.yaml, letters, templates"),
            ),
        ),
    ),
    "compare": (
        message("Compare two runs: measures side by side, and alerts on what changed."),
        (
            (
                "riskkit compare reports/durand/2024-02-29 reports/durand/2024-03-31",
                message("what moved in one month"),
            ),
            (
                "riskkit compare reports/durand/2024-02-29 reports/durand/2024-03-31 --out alertes",
                message("the alerts as a page and as a table"),
            ),
        ),
    ),
}


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=100)


def make_parser(words: Language) -> argparse.ArgumentParser:
    """The parser of the command line, every word of it in that language. Use it inside `spoken`."""
    parser = argparse.ArgumentParser(
        prog="riskkit",
        description=words.text("Who will not pay, why, and what to do: from the files a company already has."),
        epilog=words.text("To begin: riskkit demo. Help on a command, with examples: riskkit COMMAND --help."),
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"riskkit {__version__}",
        help=words.text("print the version and stop"),
    )
    _add_language(parser, words, default=None)
    commands = parser.add_subparsers(
        dest="command", metavar=words.text("COMMAND"), required=True, title=words.text("commands")
    )
    made = {name: _add_command(commands, name, words) for name in _COMMANDS}
    _add_inputs(made, words)
    _add_others(made, words)
    add_batch(made["batch"], words)
    add_decide(made["decide"], words)
    add_letters(made["letters"], words)
    return parser


@contextmanager
def spoken(words: Language) -> Iterator[None]:
    """Have argparse itself speak that language: it looks its sentences up through two names of its module."""
    module: Any = argparse
    own = module._, module.ngettext
    module._ = lambda text: words.text(text) if text else text
    module.ngettext = lambda one, many, count: words.text(one if count == 1 else many)
    try:
        yield
    finally:
        module._, module.ngettext = own


def asked_language(arguments: Sequence[str]) -> str | None:
    """The language named in the arguments, before they are parsed; None when none is, or when it is not known."""
    for position, argument in enumerate(arguments):
        value = argument.removeprefix("--language=")
        if argument == "--language" and position + 1 < len(arguments):
            value = arguments[position + 1]
        if value != argument and value in LANGUAGES:
            return value
    return None


def read_date(text: str) -> dt.date:
    """A date as people type it: 2023-12-31 or 31/12/2023. `ValueError` for anything else."""
    found = next((match for pattern in _DATES if (match := re.fullmatch(pattern, text.strip()))), None)
    try:
        return dt.date(*(int(found[part]) for part in "ymd") if found else (0, 0, 0))
    except ValueError:
        raise ValueError(f"not a date: {text}") from None


def _date_type(words: Language) -> Callable[[str], dt.date]:
    def read(text: str) -> dt.date:
        try:
            return read_date(text)
        except ValueError:
            said = words.text("'{text}' is not a date. Write 2023-12-31 or 31/12/2023.", text=text)
            raise argparse.ArgumentTypeError(said) from None

    return read


def _add_command(commands: Any, name: str, words: Language) -> argparse.ArgumentParser:
    what, examples = _COMMANDS[name]
    lines = [f"  {command}\n      {words.say(purpose)}" for command, purpose in examples]
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=words.say(what),
        description=words.say(what),
        epilog=words.text("examples:") + "\n" + "\n".join(lines),
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    _add_language(made, words, default=argparse.SUPPRESS)
    return made


def _add_language(parser: argparse.ArgumentParser, words: Language, *, default: Any) -> None:
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default=default,
        help=words.text("language of messages and documents: fr (default) or en"),
    )


def _add_inputs(made: dict[str, argparse.ArgumentParser], words: Language) -> None:
    file, folder = words.text("FILE"), words.text("FOLDER")
    diagnose, init = made["diagnose"], made["init"]
    diagnose.add_argument(
        "files",
        nargs="+",
        metavar=file,
        help=words.text("file, folder of files, pattern, or table of a database (env:VARIABLE#table)"),
    )
    _add_as_of(diagnose, words)
    diagnose.add_argument("--out", metavar=folder, help=words.text("folder of the run; without it: reports/NAME/DATE"))
    diagnose.add_argument("--name", metavar=words.text("NAME"), help=words.text("name of the company, for the report"))
    init.add_argument("folder", metavar=folder, help=words.text("folder of the portfolio to make"))
    init.add_argument(
        "--from", dest="files", nargs="+", required=True, metavar=file, help=words.text("files, copied into it")
    )
    for each in (diagnose, init):
        each.add_argument(
            "--like", metavar=folder,
            help=words.text("a portfolio whose mapping is used again for files with the same columns"),
        )  # fmt: skip
        each.add_argument(
            "--yes", action="store_true", help=words.text("accept the guessed columns without a question")
        )
        each.add_argument(
            "--terms",
            default="",
            metavar=words.text("TERMS"),
            help=words.text("payment terms where the files give no due date: 30, 45FM, FM45, 60…"),
        )
        each.add_argument(
            "--currency", type=str.upper, metavar="EUR", help=words.text("currency of amounts that name none")
        )


def _add_others(made: dict[str, argparse.ArgumentParser], words: Language) -> None:
    folder, run = words.text("FOLDER"), words.text("RUN")
    check = made["check"]
    check.add_argument(
        "files", nargs="+", metavar=words.text("FOLDER or FILE"), help=words.text("portfolio, or files as they came")
    )
    check.add_argument(
        "--currency", type=str.upper, metavar="EUR", help=words.text("currency of amounts that name none")
    )
    made["run"].add_argument("folder", metavar=folder, help=words.text("folder of the portfolio"))
    for name in ("check", "run"):
        _add_as_of(made[name], words)
    made["run"].add_argument("--only", metavar=words.text("NAME"), help=words.text("run this notebook only"))
    _add_as_of(made["batch"], words)
    dashboard = made["dashboard"]
    dashboard.add_argument("run", nargs="?", metavar=run, help=words.text("folder of a run; without it: the latest"))
    dashboard.add_argument("--port", type=int, default=0, help=words.text("port of the server; 0: any free one"))
    dashboard.add_argument(
        "--no-browser", action="store_true", help=words.text("print the address without opening the browser")
    )
    dashboard.add_argument(
        "--read-only", action="store_true", help=words.text("viewers look and export, and record nothing")
    )
    made["compare"].add_argument("runs", nargs=2, metavar=run, help=words.text("folders of two runs, older first"))
    made["compare"].add_argument(
        "--out", metavar=words.text("FOLDER"), help=words.text("folder where the digest of alerts is written")
    )


def _add_as_of(parser: argparse.ArgumentParser, words: Language) -> None:
    parser.add_argument(
        "--as-of",
        type=_date_type(words),
        metavar=words.text("DATE"),
        help=words.text("valuation date, included; without it: the latest date found in the files"),
    )
