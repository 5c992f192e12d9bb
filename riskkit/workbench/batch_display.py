"""A batch as it goes: a table that moves on a terminal, one line a portfolio anywhere else."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from riskkit.exhibits.language import Language
from riskkit.workbench.batch_work import Outcome
from riskkit.workbench.cli_text import shown_path, table
from riskkit.workbench.progress import STAGES

_REFRESH_SECONDS = 1.0
_LATEST = 5


class BatchDisplay:
    """Shows how far a batch is; a `batch_run.Watcher`. Use it in a `with`.

    On a terminal: what is being run, at which stage and since when, then the portfolios that ended last; redrawn in
    place. Elsewhere (a log, a pipe): one line when a portfolio ends.
    """

    def __init__(self, count: int, words: Language, *, known: int = 0, out: IO[str] | None = None) -> None:
        self._words, self._count, self._known = words, count, known
        self._out = out or sys.stdout
        self._live = self._out.isatty()
        self._stages = {name: words.say(said) for name, said, _ in STAGES}
        self._running: dict[Path, tuple[str, float]] = {}
        self._ended: list[Outcome] = []
        self._started = time.monotonic()
        self._drawn = 0
        self._lock, self._stop = threading.Lock(), threading.Event()

    def begun(self, folder: Path) -> None:
        """A job has begun."""
        with self._lock:
            self._running[folder] = ("", time.monotonic())
        self._draw()

    def stage(self, folder: Path, stage: str) -> None:
        """A job has reached a stage."""
        with self._lock:
            self._running[folder] = (self._stages.get(stage, stage), self._running[folder][1])
        self._draw()

    def ended(self, outcome: Outcome) -> None:
        """A job has ended."""
        with self._lock:
            self._running.pop(outcome.folder, None)
            self._ended.append(outcome)
            position = self._known + len(self._ended)
        if not self._live:
            print(f"[{position}/{self._count}] {self._ended_line(outcome)}", file=self._out, flush=True)
        self._draw()

    def lines(self) -> list[str]:
        """What is shown now."""
        words, now = self._words, time.monotonic()
        failed = sum(outcome.state == "failed" for outcome in self._ended)
        head = words.text(
            "{done} of {count} done, {failed} failed, {running} running, {time}",
            done=self._known + len(self._ended) - failed,
            count=self._count,
            failed=failed,
            running=len(self._running),
            time=clock(now - self._started),
        )
        rows = [
            [f"  {shown_path(folder)}", stage or words.text("starting"), clock(now - since)]
            for folder, (stage, since) in self._running.items()
        ]
        latest = [f"  {self._ended_line(outcome)}" for outcome in self._ended[-_LATEST:]]
        return [head, *table(rows), *latest]

    def __enter__(self) -> Self:
        """The table, drawn again each second where it is live."""
        if self._live:
            threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop redrawing; what was shown last stays."""
        self._stop.set()

    def _ended_line(self, outcome: Outcome) -> str:
        words, name = self._words, shown_path(outcome.folder)
        if outcome.state == "failed":
            why = " ".join(" ".join(outcome.messages).split())  # a message of several lines is one here
            return f"{name} – {words.text('failed')}{words.text(': ')}{why}"
        where = shown_path(outcome.run) if outcome.run else ""
        return f"{name} – {words.text('done')} ({clock(outcome.seconds)}) → {where}"

    def _draw(self) -> None:
        if not self._live:
            return
        width = shutil.get_terminal_size().columns - 1
        with self._lock:
            lines = [line[:width] for line in self.lines()]
            back = f"\x1b[{self._drawn}F\x1b[J" if self._drawn else ""
            print(back + "\n".join(lines), file=self._out, flush=True)
            self._drawn = len(lines)

    def _tick(self) -> None:
        while not self._stop.wait(_REFRESH_SECONDS):
            self._draw()


def clock(seconds: float) -> str:
    """A length of time as 1:02:03 or 2:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
