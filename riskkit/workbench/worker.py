"""A process that runs notebooks for a run: orders come as JSON lines on stdin, events leave as JSON lines.

It loads its libraries while the run is still reading files, and dies as soon as its stdin closes, so that nothing
goes on behind a run that was killed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from pathlib import Path
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from riskkit.errors import RiskkitError


def main() -> None:
    """Serve orders until stdin closes."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # whatever a library prints goes to the log, not among the events
    orders: SimpleQueue[dict[str, Any]] = SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    # nbformat loads a grammar of web addresses that takes a second and that no notebook needs; without it, it does
    # without that one check.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    from riskkit.workbench import kernel, runner

    prepared: kernel.PreparedKernel | None = kernel.PreparedKernel()  # most runs give one notebook to each worker
    while True:
        order = orders.get()
        try:
            _serve(runner, order, events, kernel=prepared)
        except Exception:  # noqa: BLE001 - the process boundary: the fault travels to the run, which reports it
            _tell(events, event="fault", name=order["notebook"], traceback=traceback.format_exc())
        prepared = None


def _serve(runner: Any, order: dict[str, Any], events: IO[str], *, kernel: Any) -> None:
    from riskkit.errors import RiskkitError
    from riskkit.workbench.run_folder import UNWRITABLE, unwritable

    asked = runner.NotebookOrder(
        Path(order["notebook"]), Path(order["run_folder"]), order["parameters"], order["language"], order["style"]
    )
    try:
        result = runner.run_notebook(
            asked,
            on_cell=lambda done, count: _tell(events, event="cell", name=asked.name, done=done, count=count),
            timeout=order["timeout"],
            kernel=kernel,
        )
    except OSError as fault:
        if fault.errno not in UNWRITABLE:
            raise
        refused = unwritable(fault, asked.run_folder)
        _tell(events, event="failed", name=asked.name, exit_code=refused.exit_code, messages=_said(refused))
    except RiskkitError as fault:
        _tell(events, event="failed", name=asked.name, exit_code=fault.exit_code, messages=_said(fault))
    else:
        _tell(events, event="done", name=result.name, seconds=result.seconds)


def _said(fault: RiskkitError) -> list[dict[str, Any]]:
    return [{"template": each.template, "values": dict(each.values)} for each in fault.messages]


def _tell(events: IO[str], **event: object) -> None:
    events.write(json.dumps(event, ensure_ascii=False) + "\n")


def _listen(orders: SimpleQueue[dict[str, Any]]) -> None:
    for line in sys.stdin:
        orders.put(json.loads(line))
    os._exit(0)


if __name__ == "__main__":
    main()
