"""The worker processes of a run: started early, given notebooks, ended with the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

from riskkit.errors import DataError, Message, RiskkitError, UsageError, message
from riskkit.workbench.manifest import NotebookResult
from riskkit.workbench.scratch import Scratch


@dataclass(frozen=True)
class Outcome:
    """How a notebook ended: its result, or the error that says why it has none."""

    name: str
    result: NotebookResult | None = None
    error: RiskkitError | None = None


class WorkerError(RuntimeError):
    """A fault inside a worker process, with the traceback it left."""


class NotebookError(RiskkitError):
    """A notebook did not run to its end: a fault of the program, or of the machine. The run is not published."""

    exit_code = 3


class Crew:
    """Processes that run notebooks, one notebook each at a time. Use it in a `with`."""

    def __init__(self, *, size: int = 2) -> None:
        self._scratch = Scratch()
        self._folder = self._scratch.folder
        self._events: SimpleQueue[tuple[int, dict[str, Any]]] = SimpleQueue()
        self._workers = [self._start(number) for number in range(size)]

    def run(
        self,
        orders: Iterable[Mapping[str, Any]],
        *,
        on_cell: Callable[[str, int, int], None] = lambda name, done, count: None,
    ) -> list[Outcome]:
        """Run notebooks, as many at once as there are workers, and return when all have ended, well or not.

        Parameters
        ----------
        orders
            Mappings with notebook, run_folder, parameters, language, style and timeout.
        on_cell
            Called with the name of a notebook, its cells done and its number of cells.

        """
        waiting, busy, outcomes = list(orders), {}, []
        for number in range(len(self._workers)):
            if waiting:
                busy[number] = self._give(number, waiting.pop(0))
        while busy:
            number, event = self._events.get()
            if number not in busy:
                continue
            if event["event"] == "cell":
                on_cell(event["name"], event["done"], event["count"])
                continue
            outcomes.append(self._outcome(busy.pop(number), event))
            if waiting and event["event"] != "lost":
                busy[number] = self._give(number, waiting.pop(0))
        outcomes += [self._outcome(Path(order["notebook"]).stem, {"event": "lost"}) for order in waiting]
        return sorted(outcomes, key=lambda outcome: outcome.name)

    def __enter__(self) -> Self:
        """The crew, its processes loading."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process and clean its sockets."""
        for worker in self._workers:
            if worker.stdin is not None:
                worker.stdin.close()
        for worker in self._workers:
            try:
                worker.wait(5)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
            if worker.stdout is not None:
                worker.stdout.close()
        self._scratch.close()

    def _start(self, number: int) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            # Our own kernel, whatever kernel of that name the user's home holds.
            "JUPYTER_PATH": os.pathsep.join(
                filter(None, [str(Path(sys.prefix, "share", "jupyter")), os.environ.get("JUPYTER_PATH")])
            ),
            "JUPYTER_RUNTIME_DIR": str(self._folder),
            "IPYTHONDIR": str(self._folder / "ipython"),
            "MPLBACKEND": "agg",
            "PYTHONIOENCODING": "utf-8",
        }
        with (self._folder / f"worker-{number}.log").open("w") as log:
            worker = subprocess.Popen(
                [sys.executable, "-P", "-m", "riskkit.workbench.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                start_new_session=True,
                env=environment,
            )
        threading.Thread(target=self._listen, args=(number, worker), daemon=True).start()
        return worker

    def _listen(self, number: int, worker: subprocess.Popen[str]) -> None:
        for line in worker.stdout or ():
            self._events.put((number, json.loads(line)))
        self._events.put((number, {"event": "lost"}))

    def _give(self, number: int, order: Mapping[str, Any]) -> str:
        stdin = self._workers[number].stdin
        try:
            print(json.dumps(order, ensure_ascii=False), file=stdin, flush=True)
        except BrokenPipeError:
            self._events.put((number, {"event": "lost"}))
        return Path(order["notebook"]).stem

    def _outcome(self, name: str, event: Mapping[str, Any]) -> Outcome:
        match event["event"]:
            case "done":
                return Outcome(name, result=NotebookResult(name, "done", event["seconds"]))
            case "failed":
                kind = {1: DataError, 2: UsageError}.get(event["exit_code"], NotebookError)
                return Outcome(name, error=kind(*(Message(m["template"], m["values"]) for m in event["messages"])))
            case "fault":
                raise WorkerError(event["traceback"])
        died = message(
            "The process running notebook {notebook} died, most often for lack of memory. Close other programs, or "
            "lower memory_limit in policy.yaml, and run it again.",
            notebook=f"{name}.ipynb",
        )
        return Outcome(name, error=NotebookError(died))
