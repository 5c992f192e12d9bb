"""Serve the dashboard of a run on this machine, behind a token."""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import subprocess
import sys
import tempfile
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from types import TracebackType
from typing import Any, Self

from riskkit.errors import UsageError, message
from riskkit.workbench.server_settings import SECURITY_HEADERS, voila_settings
from riskkit.workbench.shell import shell_texts

WORKBENCH = Path(__file__).resolve().parent
NOTEBOOK = WORKBENCH / "pages" / "app.ipynb"
JUPYTER_FOLDER = WORKBENCH / "jupyter"
START_SECONDS = 60.0


@dataclass(frozen=True)
class Dashboard:
    """A running server. Stop it, or use it in a `with`.

    `url` and `reader_url` hold the tokens: whoever has one sees the run, with the first also records. Where passwords
    alone open, as on a network, they hold none and `token` is empty.
    """

    url: str = field(repr=False)
    reader_url: str = field(repr=False)
    port: int
    token: str = field(repr=False)
    process: subprocess.Popen[str] = field(repr=False)
    log_file: Path

    def stop(self) -> None:
        """End the server and every kernel; harmless when it has ended already."""
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):
                self.process.stdin.close()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def wait(self) -> int:
        """Block until the server ends by itself, and return its exit code."""
        return self.process.wait()

    def __enter__(self) -> Self:
        """The running server."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()


def serve_dashboard(
    run_folder: Path,
    *,
    port: int = 0,
    address: str = "127.0.0.1",
    token: str | None = None,
    language: str = "fr",
    open_browser: bool = False,
    preheated: int = 1,
    read_only: bool = False,
    passwords: Mapping[str, str] | None = None,
    host_name: str = "",
    base_url: str = "/",
    notebook: Path = NOTEBOOK,
) -> Dashboard:
    """Start serving the pages of a run and return when they can be opened.

    Parameters
    ----------
    run_folder
        The folder of a finished run. The pages find it in the environment variable `RISKKIT_RUN`.
    port
        0 takes a free one. A port in use is an error, never silently another.
    address
        A loopback address; any other only with passwords, which then alone open: no token goes in clear.
    token
        The secret in the address; None draws one.
    language
        Of the page until its reader chooses another.
    open_browser
        Open the address in the default browser as well.
    preheated
        Kernels kept ready for the next visitors, about 100 MB each; 0 starts each when asked.
    read_only
        Nothing can be recorded: no form, and a request to record is refused.
    passwords
        Hash of the password of each role, as `passwords.read_passwords` gives them.
    host_name
        The name that browsers use where a server with TLS on this machine passes their requests on; that server is then
        believed when it says who they are.
    base_url
        Where the pages are under that name.
    notebook
        The notebook that draws the pages.

    """
    is_public = not _is_loopback(address)
    if is_public and not passwords:
        raise UsageError(
            message(
                "The dashboard is not opened on '{address}' without a password: anybody on the network could read the "
                "ledger. Set one with riskkit dashboard --set-password contributor, or keep 127.0.0.1.",
                address=address,
            )
        )
    if not run_folder.is_dir():
        raise UsageError(
            message("There is no run in '{folder}'. Give the folder of a finished run.", folder=str(run_folder))
        )
    secret = "" if is_public else token or secrets.token_urlsafe(32)
    reader_secret = "" if is_public else secrets.token_urlsafe(32)
    root = f"/{base_url.strip('/')}/".replace("//", "/")
    access = {
        "token": secret,
        "reader_token": reader_secret,
        "passwords": dict(passwords or {}),
        "sessions": str(run_folder.resolve().parent),
    }
    order = {
        "notebook": str(notebook.resolve()),
        "settings": voila_settings(
            port=port, access=access, language=language, address=address, base_url=root, preheated=preheated
        ),
        "is_public": is_public,
        "host_names": [host_name] if host_name else [],
        "headers": dict(SECURITY_HEADERS),
        "shell": shell_texts(language),
    }
    handle, log_name = tempfile.mkstemp(prefix="riskkit-dashboard-", suffix=".log")
    os.close(handle)
    with open(log_name, "a") as log:  # appended to by the server and, for faults under a page, by its kernels
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "riskkit.workbench.application"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
            cwd=notebook.resolve().parent,
            env=_environment(run_folder, language=language, log_file=Path(log_name), read_only=read_only),
        )
    answer = _hand_over(process, order=order)
    shown = f"[{address}]" if ":" in address else address
    address_of = f"http://{shown}:{answer.get('port', port)}{root}"
    running = Dashboard(
        url=address_of + (f"?token={secret}" if secret else ""),
        reader_url=address_of + (f"?token={reader_secret}" if reader_secret else ""),
        port=int(answer.get("port", port)),
        token=secret,
        process=process,
        log_file=Path(log_name),
    )
    if "port" not in answer:
        running.stop()
        raise _not_started(answer, port=port, log_file=Path(log_name))
    if open_browser:
        webbrowser.open(running.url)
    return running


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        raise UsageError(
            message("'{address}' is no address of this machine. Give one, as 127.0.0.1 or 0.0.0.0.", address=address)
        ) from None


def _environment(run_folder: Path, *, language: str, log_file: Path, read_only: bool) -> dict[str, str]:
    """The environment of the server and of its kernels: where the templates are, which run is shown, where to log."""
    paths = [str(JUPYTER_FOLDER), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER_TOKEN", "VOILA_"))}
    return kept | {
        "JUPYTER_PATH": os.pathsep.join(paths),
        "RISKKIT_RUN": str(run_folder.resolve()),
        "RISKKIT_LANGUAGE": language,
        "RISKKIT_LOG": str(log_file),
        "RISKKIT_READ_ONLY": "1" if read_only else "",
        "PYTHONUNBUFFERED": "1",
        "MPLBACKEND": "agg",
    }


def _hand_over(process: subprocess.Popen[str], *, order: Mapping[str, Any]) -> dict[str, Any]:
    """Give the server its orders and return its answer: the port it listens on or an error; empty when it failed."""
    if process.stdin is None or process.stdout is None:
        return {}
    try:
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        return {}
    with DefaultSelector() as selector:
        selector.register(process.stdout, EVENT_READ)
        line = process.stdout.readline() if selector.select(START_SECONDS) else ""
    answer: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
    return answer


def _not_started(answer: Mapping[str, Any], *, port: int, log_file: Path) -> UsageError:
    if "error" in answer:
        return UsageError(
            message(
                "The dashboard cannot use port {port} ({reason}). Choose another one, or 0 for any free one.",
                port=str(port),
                reason=str(answer["error"]),
            )
        )
    return UsageError(message("The dashboard did not start. Its log is {file}.", file=str(log_file)))
