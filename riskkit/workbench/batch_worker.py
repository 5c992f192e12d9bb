"""A process that makes the run of one portfolio for a batch: an order comes on stdin, events leave as JSON lines.

It dies as soon as its stdin closes, so that nothing goes on behind a batch that was killed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import threading
from pathlib import Path
from typing import IO, Any


def main() -> None:
    """Read the order, make the run, tell how it ended."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # whatever a library prints goes to the log, not among the events
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_watch, daemon=True).start()
    _tell(events, **_outcome(order, events))


def _outcome(order: dict[str, Any], events: IO[str]) -> dict[str, object]:
    from riskkit.errors import RiskkitError
    from riskkit.exhibits.language import language
    from riskkit.workbench.cli import fault_report, fault_sentence
    from riskkit.workbench.portfolio import Portfolio
    from riskkit.workbench.run import make_run

    words = language(order["language"] or "fr")
    try:
        finished = make_run(
            Portfolio.open(Path(order["folder"])),
            as_of=dt.date.fromisoformat(order["as_of"]) if order["as_of"] else None,
            root=Path(order["root"]),
            language=order["asked_language"],
            with_notebooks=order["with_notebooks"],
            processes=order["processes"],
            show_progress=False,
            on_stage=lambda stage: _tell(events, event="stage", stage=stage),
        )
    except RiskkitError as fault:
        said = [words.say(each) for each in fault.messages]
        return {"event": "failed", "messages": said, "exit_code": fault.exit_code}
    except Exception as fault:  # noqa: BLE001 - one portfolio never stops the others; the fault is reported in full
        report = fault_report(fault)
        return {"event": "failed", "messages": [fault_sentence(report, words)], "exit_code": 3}
    return {"event": "done", "run": str(finished.folder)}


def _tell(events: IO[str], **event: object) -> None:
    events.write(json.dumps(event, ensure_ascii=False) + "\n")


def _watch() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
