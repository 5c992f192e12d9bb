"""What the command line says about itself: commands, options and examples, in the reader's language."""

from __future__ import annotations

import argparse
import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from riskkit import __version__
from riskkit.exhibits.language import LANGUAGES, Language
from riskkit.workbench.cli_anonymise import add_anonymise
from riskkit.workbench.cli_batch import add_batch
from riskkit.workbench.cli_dashboard import add_dashboard
from riskkit.workbench.cli_decide import add_decide
from riskkit.workbench.cli_examples import COMMANDS
from riskkit.workbench.cli_letters import add_letters

_DATES = (r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})")


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
    made = {name: _add_command(commands, name, words) for name in COMMANDS}
    _add_inputs(made, words)
    _add_others(made, words)
    add_anonymise(made["anonymise"], words)
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
    what, examples = COMMANDS[name]
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
    add_dashboard(made["dashboard"], words)
    made["compare"].add_argument("runs", nargs=2, metavar=run, help=words.text("folders of two runs, older first"))
    made["compare"].add_argument(
        "--out",
        metavar=words.text("FOLDER"),
        help=words.text("folder where the pages, workbook and tables are written"),
    )


def _add_as_of(parser: argparse.ArgumentParser, words: Language) -> None:
    parser.add_argument(
        "--as-of",
        type=_date_type(words),
        metavar=words.text("DATE"),
        help=words.text("valuation date, included; without it: the latest date found in the files"),
    )
