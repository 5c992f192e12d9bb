"""What a page says when something fails under it: one sentence with a reference; the details go to the log."""

from __future__ import annotations

import hashlib
import os
import tempfile
import traceback
from pathlib import Path

from riskkit.errors import RiskkitError
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import language as language_of


def fault_notice(fault: Exception, *, language: str) -> Html:
    """The fault as its reader sees it. One of riskkit's own errors says what to do; any other has a reference."""
    words = language_of(language)
    if isinstance(fault, RiskkitError):
        said = [element("p", words.say(each)) for each in fault.messages]
    else:
        sentence = words.text(
            "This could not be shown; the rest of the page still answers. If it happens again, send the log of the "
            "dashboard with the reference {reference}.",
            reference=record_fault(fault),
        )
        said = [element("p", sentence)]
    return element("div", *said, class_="rk-fault", role="alert", data_testid="page-fault")


def record_fault(fault: Exception) -> str:
    """Write the details of a fault in the log of the dashboard, never on the page, and return its reference."""
    details = "".join(traceback.format_exception(fault))
    reference = hashlib.sha256(details.encode()).hexdigest()[:8]
    log = Path(os.environ.get("RISKKIT_LOG") or Path(tempfile.gettempdir(), f"riskkit-page-{os.getpid()}.log"))
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8", errors="replace") as opened:
        opened.write(f"reference {reference}\n{details}\n")
    return reference
