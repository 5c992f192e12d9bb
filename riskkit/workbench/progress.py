"""One progress bar for a whole run, in the reader's language; silent when nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from riskkit.errors import Message, message
from riskkit.exhibits.language import Language

STAGES: tuple[tuple[str, Message, int], ...] = (
    ("read", message("reading the files"), 20),
    ("settle", message("settling the ledger"), 15),
    ("measure", message("measuring month by month"), 10),
    ("sectors", message("comparing sectors"), 5),
    ("scores", message("scoring customers"), 5),
    ("forecast", message("forecasting the cash"), 5),
    ("tables", message("writing the tables"), 5),
    ("notebooks", message("running the notebooks"), 30),
    ("documents", message("writing the report"), 5),
)


class Progress:
    """How far a run is, in hundredths. Use it in a `with`; `show=None` shows it on a terminal only."""

    def __init__(
        self, words: Language, *, show: bool | None = None, on_stage: Callable[[str], None] = lambda name: None
    ) -> None:
        self._on_stage = on_stage
        self._words = words
        self._show = sys.stderr.isatty() if show is None else show
        self._bar: Any = None
        self._done = 0.0

    def stage(self, name: str) -> None:
        """A stage begins: those before it are done."""
        self._on_stage(name)
        position = [stage for stage, _, _ in STAGES].index(name)
        self._move_to(sum(weight for _, _, weight in STAGES[:position]))
        if self._bar is not None:
            self._bar.set_description_str(self._words.say(STAGES[position][1]))

    def part(self, name: str, share: float) -> None:
        """A share (0 to 1) of a stage is done."""
        position = [stage for stage, _, _ in STAGES].index(name)
        self._move_to(sum(weight for _, _, weight in STAGES[:position]) + share * STAGES[position][2])

    def __enter__(self) -> Self:
        """The bar, drawn."""
        if self._show:
            from tqdm import tqdm

            self._bar = tqdm(
                total=sum(weight for _, _, weight in STAGES),
                leave=False,
                file=sys.stderr,
                bar_format="{desc} |{bar}| {percentage:3.0f} % {elapsed}",
                dynamic_ncols=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()

    def _move_to(self, hundredths: float) -> None:
        if self._bar is not None and hundredths > self._done:
            self._bar.update(hundredths - self._done)
        self._done = max(self._done, hundredths)
