"""How far a long reading is: a share from 0 to 1, told while the engine works."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

Tell = Callable[[float], None]
_EVERY_SECONDS = 0.2
_USUAL_BYTES_PER_SECOND = 10_000_000


class Advance:
    """Tells how far a reading is, never backwards. Without anybody to tell, it does nothing and costs nothing."""

    def __init__(self, tell: Tell | None, connection: duckdb.DuckDBPyConnection) -> None:
        self._tell, self._connection, self._done = tell, connection, 0.0
        if tell is not None:
            connection.execute("set enable_progress_bar = true")
            connection.execute("set enable_progress_bar_print = false")

    def to(self, share: float) -> None:
        """That share of the whole is done."""
        if self._tell is not None and share > self._done:
            self._done = min(share, 1.0)
            self._tell(self._done)

    @contextmanager
    def stretch(self, low: float, high: float, *, size: int = 0) -> Iterator[None]:
        """A stretch of the whole, from `low` to `high`, followed by what the engine says of its queries.

        Where it says nothing (a spreadsheet being unpacked), the `size` in bytes and a usual speed stand for it.
        """
        if self._tell is None:
            yield
            return
        ended = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(low, high, size, ended), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()
        self.to(high)

    def _watch(self, low: float, high: float, size: int, ended: threading.Event) -> None:
        began = time.monotonic()
        while not ended.wait(_EVERY_SECONDS):
            done = self._connection.query_progress() / 100
            if done < 0 and size:
                done = 1 - math.exp(-(time.monotonic() - began) * _USUAL_BYTES_PER_SECOND / size)
            if done > 0:
                self.to(low + min(done, 1.0) * (high - low))
