"""The command line: reads the request, calls one command, and turns every error into a sentence and an exit code.

0 done; 1 the files or a total are wrong; 2 the request is; 3 an internal fault, with a report file; 130 interrupted.
Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from riskkit import __version__
from riskkit.errors import RiskkitError
from riskkit.exhibits.language import Language, language
from riskkit.workbench.cli_help import asked_language, make_parser, spoken

if TYPE_CHECKING:
    from argparse import Namespace

DONE, WRONG_DATA, WRONG_REQUEST, INTERNAL_FAULT, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    words = language(asked_language(given) or "fr")
    for stream in (sys.stdout, sys.stderr):
        _show_any_letter(stream)
    try:
        return _run(given, words)
    except SystemExit as end:  # argparse has printed its help or its error
        return end.code if isinstance(end.code, int) else WRONG_REQUEST
    except RiskkitError as fault:
        return show_error(fault, words)
    except KeyboardInterrupt:
        print(f"\n{words.text('Interrupted. Nothing was left half-written.')}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output, `head` for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return DONE
    except Exception as fault:  # noqa: BLE001 - the edge of the program: reported in full, shown as one sentence
        return show_internal_fault(fault, words)


def show_error(fault: RiskkitError, words: Language) -> int:
    """Print each message of an error on stderr, and return its exit code."""
    for said in fault.messages:
        print(f"{words.text('Error:')} {words.say(said)}", file=sys.stderr)
    return fault.exit_code


def show_internal_fault(fault: BaseException, words: Language) -> int:
    """Write the details of a fault of the program in a file, and print one sentence that names it."""
    print(fault_sentence(fault_report(fault), words), file=sys.stderr)
    return INTERNAL_FAULT


def fault_report(fault: BaseException) -> Path:
    """The file where the details of a fault of the program were written: here, or in the temporary folder."""
    details = "".join(traceback.format_exception(fault))
    name = f"riskkit-fault-{hashlib.sha256(details.encode()).hexdigest()[:8]}.txt"
    text = f"riskkit {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n\n{details}"
    report = Path(name)
    try:
        report.write_text(text, encoding="utf-8")
    except OSError:
        report = Path(tempfile.gettempdir(), name)
        report.write_text(text, encoding="utf-8")
    return report


def fault_sentence(report: Path, words: Language) -> str:
    """What a person is told of a fault of the program."""
    return words.text(
        "riskkit met an internal fault: your files are not the cause, and nothing was left half-written. "
        "Please send this report: {file}",
        file=str(report),
    )


def _run(arguments: Sequence[str], words: Language) -> int:
    with spoken(words):
        asked: Namespace = make_parser(words).parse_args(arguments)
    from riskkit.workbench import commands

    command = getattr(commands, asked.command)
    code: int = command(asked, words)
    return code


def _show_any_letter(stream: IO[str]) -> None:
    """A terminal that cannot show a letter shows a question mark, rather than a fault."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


if __name__ == "__main__":
    raise SystemExit(main())
