"""`riskkit dashboard` on the command line: its options, who may open it, and what is printed while it is served."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from riskkit.errors import UsageError, message
from riskkit.exhibits.language import Language
from riskkit.workbench.manifest import read_manifest
from riskkit.workbench.run_folder import latest_run

REPORTS = Path("reports")
ROLES = ("contributor", "reader")


def add_dashboard(parser: argparse.ArgumentParser, words: Language) -> None:
    """The options of `riskkit dashboard`."""
    run, name = words.text("RUN"), words.text("NAME")
    parser.add_argument("run", nargs="?", metavar=run, help=words.text("folder of a run; without it: the latest"))
    parser.add_argument("--port", type=int, default=0, help=words.text("port of the server; 0: any free one"))
    parser.add_argument(
        "--no-browser", action="store_true", help=words.text("print the address without opening the browser")
    )
    parser.add_argument(
        "--read-only", action="store_true", help=words.text("viewers look and export, and record nothing")
    )
    parser.add_argument(
        "--set-password", choices=ROLES, metavar=words.text("ROLE"),
        help=words.text("ask for a password and keep it hashed beside the runs; ROLE: contributor or reader"),
    )  # fmt: skip
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--bind", default="127.0.0.1", metavar=words.text("ADDRESS"),
        help=words.text("address of this machine to open it on; other than 127.0.0.1 only with a password"),
    )  # fmt: skip
    where.add_argument(
        "--public", action="store_const", const="0.0.0.0", dest="bind",  # noqa: S104 - asked for, and behind a password
        help=words.text("open it on every address of this machine, with a password"),
    )  # fmt: skip
    parser.add_argument(
        "--host-name", default="", metavar=name,
        help=words.text("name that colleagues type, where a server with TLS on this machine stands in front"),
    )  # fmt: skip
    parser.add_argument(
        "--base-url",
        default="/",
        metavar=words.text("PATH"),
        help=words.text("where it is under that name, as /risque/"),
    )


def run_dashboard(asked: argparse.Namespace, words: Language) -> int:
    """Serve the run until interrupted; with `--set-password`, keep a password and return."""
    from riskkit.workbench.passwords import read_passwords
    from riskkit.workbench.server import serve_dashboard

    folder = latest_run(Path(asked.run)) if asked.run else latest_run(REPORTS)
    if folder is None:
        where = asked.run or str(REPORTS)
        raise UsageError(
            message("There is no run in '{folder}'. Make one with riskkit demo or riskkit run.", folder=where)
        )
    read_manifest(folder)
    beside = folder.resolve().parent
    if asked.set_password:
        return _set_password(beside, asked.set_password, words)
    with serve_dashboard(
        folder, port=asked.port, address=asked.bind, language=words.code, read_only=asked.read_only,
        open_browser=sys.stdout.isatty() and not asked.no_browser, passwords=read_passwords(beside),
        host_name=asked.host_name, base_url=asked.base_url,
    ) as served:  # fmt: skip
        from riskkit.workbench.cli_text import shown_path

        lines = [words.text("Run shown: {folder}", folder=shown_path(folder))]
        if served.token:
            lines.append(words.text("Dashboard: {url}", url=served.url))
            if not asked.read_only:
                lines.append(words.text("For those who only read: {url}", url=served.reader_url))
            lines.append(
                words.text("An address holds the key: give it only to who may see the run. Ctrl-C stops the dashboard.")
            )
        else:
            lines.append(words.text("Dashboard: {url}", url=served.url))
            lines.append(
                words.text(
                    "This connection is not encrypted: passwords and figures cross the network in clear. Put a server "
                    "with TLS in front (docs/guide/equipes.md). Ctrl-C stops the dashboard."
                )
            )
        print("\n".join(lines), flush=True)
        try:
            code = served.wait()
        except KeyboardInterrupt:
            print("\n" + words.text("Dashboard stopped."), flush=True)
            return 0
    if code:
        raise UsageError(message("The dashboard stopped by itself. Its log is {file}.", file=str(served.log_file)))
    return 0


def _set_password(folder: Path, role: str, words: Language) -> int:
    from riskkit.workbench.passwords import set_password

    if sys.stdin.isatty():
        given = getpass.getpass(words.text("Password: "))
        if getpass.getpass(words.text("Again: ")) != given:
            raise UsageError(message("The two are not the same; nothing was changed."))
    else:
        given = sys.stdin.readline().rstrip("\n")
    path = set_password(folder, role, given)
    said = words.text(
        "Password of {role} kept, hashed, in {file}. It counts from the next start.", role=role, file=str(path)
    )
    print(said, flush=True)
    return 0
