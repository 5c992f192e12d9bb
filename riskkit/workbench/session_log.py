"""Who opened what of a dashboard, and when: one JSON object a line, only ever added to, beside the runs.

No secret is in it: neither a token nor a password, also not a wrong one. Names are as people gave them.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from pathlib import Path

FILE = "dashboard_sessions.jsonl"
ROLE, NAME, SESSION = "X-Riskkit-Role", "X-Riskkit-Name", "X-Riskkit-Session"
"""Headers that the server sets itself, whatever a browser sent; a kernel finds them in its environment."""

LONGEST = 200


def note(folder: Path, event: str, **said: str) -> None:
    """Add a line: the moment (UTC), the event, and what is said of it. `OSError` when the folder cannot be written."""
    moment = dt.datetime.fromtimestamp(time.time(), tz=dt.UTC)  # of the visit itself; no figure depends on it
    line = {"at": moment.isoformat(timespec="seconds"), "event": event}
    line |= {name: _plain(value) for name, value in said.items() if value}
    descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as opened:  # one write: lines of two writers do not mix
        opened.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def note_shown(folder: Path, **said: str) -> None:
    """Add what a visitor's kernel shows; nothing where there is no visitor, as in JupyterLab."""
    session = os.environ.get(_variable(SESSION), "")
    if session:
        note(folder, "shown", session=session, role=role(), name=os.environ.get(_variable(NAME), ""), **said)


def role() -> str:
    """What the visitor of this kernel may do: "contributor" or "reader". A visitor whose role is not known reads."""
    usual = "reader" if "VOILA_APP_PORT" in os.environ else "contributor"
    return "reader" if os.environ.get("RISKKIT_READ_ONLY") == "1" else os.environ.get(_variable(ROLE), usual)


def _variable(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:LONGEST]
