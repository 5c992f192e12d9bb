"""Running the jobs of a batch: as many at once as cores and free memory allow, each in a process of its own.

A process that dies takes its job with it and nothing else. Killed at any moment, a batch leaves whole runs and nothing
half-written; started again, it finds the whole ones by their digest and makes the others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from riskkit.errors import message
from riskkit.exhibits.language import Language
from riskkit.workbench.batch_memory import job_bytes
from riskkit.workbench.batch_work import Demands, Job, Outcome

COMMAND = [sys.executable, "-P", "-m", "riskkit.workbench.batch_worker"]
OnStage = Callable[[Path, str], None]


class Watcher(Protocol):
    """Told of what happens in a batch."""

    def begun(self, folder: Path) -> None:
        """A job has begun."""

    def stage(self, folder: Path, stage: str) -> None:
        """A job has reached a stage of `progress.STAGES`."""

    def ended(self, outcome: Outcome) -> None:
        """A job has ended."""


def run_jobs(
    jobs: Sequence[Job], demands: Demands, *, workers: int, memory_bytes: int, watcher: Watcher, words: Language
) -> list[Outcome]:
    """Run every job on this machine; outcomes in the order in which they came.

    A job begins when a worker is free and its memory fits in what the running ones leave; one always runs.
    """
    waiting, running, outcomes = list(jobs), dict[Path, Job](), []
    events: SimpleQueue[tuple[str, Path, Any]] = SimpleQueue()
    processes: dict[Path, subprocess.Popen[str]] = {}
    cores = max(1, (os.cpu_count() or 1) // workers)
    try:
        while waiting or running:
            used = sum(job_bytes(job.size_bytes) for job in running.values())
            while waiting and len(running) < workers:
                need = job_bytes(waiting[0].size_bytes)
                if running and used + need > memory_bytes:
                    break
                job = waiting.pop(0)
                used += need
                running[job.folder] = job
                watcher.begun(job.folder)
                _start(job, demands, events, processes, words=words, cores=cores)
            kind, folder, value = events.get()
            if kind == "stage":
                watcher.stage(folder, value)
            else:
                del running[folder]
                outcomes.append(value)
                watcher.ended(value)
    finally:
        for process in processes.values():
            process.kill()
    return outcomes


def run_job(
    job: Job,
    demands: Demands,
    *,
    words: Language,
    cores: int = 1,
    on_stage: OnStage = lambda folder, stage: None,
    on_process: Callable[[subprocess.Popen[str]], None] = lambda process: None,
) -> Outcome:
    """Make the run of one portfolio in a process of its own and wait for its end, good or bad."""
    started = time.monotonic()
    ended: dict[str, Any] = {}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        on_process(process)
        with process:
            assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - pipes were asked for
            print(json.dumps(_order(job, demands, words=words, cores=cores)), file=process.stdin, flush=True)
            for line in process.stdout:
                event = json.loads(line)
                if event["event"] == "stage":
                    on_stage(job.folder, event["stage"])
                else:
                    ended = event
    seconds = time.monotonic() - started
    if ended.get("event") == "done":
        return Outcome(job.folder, "done", run=Path(ended["run"]), seconds=seconds)
    if ended:
        return Outcome(
            job.folder, "failed", messages=tuple(ended["messages"]), exit_code=ended["exit_code"], seconds=seconds
        )
    died = message(
        "The process that made this run was stopped (code {code}), most often for lack of memory. Ask for fewer runs "
        "at once with --workers, or lower memory_limit in its policy.yaml, and start the batch again.",
        code=process.returncode,
    )
    return Outcome(job.folder, "failed", messages=(words.say(died),), exit_code=3, seconds=seconds)


def _start(
    job: Job,
    demands: Demands,
    events: SimpleQueue[tuple[str, Path, Any]],
    processes: dict[Path, subprocess.Popen[str]],
    *,
    words: Language,
    cores: int,
) -> None:
    def follow() -> None:
        outcome = run_job(
            job,
            demands,
            words=words,
            cores=cores,
            on_stage=lambda folder, stage: events.put(("stage", folder, stage)),
            on_process=lambda process: processes.__setitem__(job.folder, process),
        )
        processes.pop(job.folder, None)
        events.put(("ended", job.folder, outcome))

    threading.Thread(target=follow, daemon=True).start()


def _order(job: Job, demands: Demands, *, words: Language, cores: int) -> dict[str, object]:
    return {
        "folder": str(job.folder.absolute()),
        "as_of": demands.as_of.isoformat() if demands.as_of else None,
        "root": str(demands.root.absolute()),
        "language": words.code,
        "asked_language": demands.language,
        "with_notebooks": demands.with_notebooks,
        "processes": cores,
    }
