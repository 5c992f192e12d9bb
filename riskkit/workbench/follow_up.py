"""What a team records of its collection: actions, promises and comments, in one small SQLite file beside the runs.

Every viewer of the runs of a portfolio reads and writes the same file; a line is added and never changed.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from riskkit.errors import DataError, UsageError, message
from riskkit.workbench.widgets.filter_bar import read_amount

FILE = "follow_up.sqlite"
STEPS = ("reminder", "email", "call", "letter", "formal_notice", "court_order", "claim", "other")
STATUSES = ("done", "promise", "dispute", "waiting", "closed")
LONGEST = {"author": 60, "comment": 1_000, "customer_id": 120}
WAIT_SECONDS = 30.0
_MADE = """
create table if not exists follow_up (
  id integer primary key autoincrement, recorded_at text not null, author text not null, customer_id text not null,
  as_of text not null, step text not null, status text not null, promised_on text, promised_cents integer,
  comment text not null
)
"""


@dataclass(frozen=True)
class Entry:
    """One line: who recorded it and when (UTC), about whom, in the run of which date, what was done or promised."""

    recorded_at: str
    author: str
    customer_id: str
    as_of: str
    step: str
    status: str
    promised_on: str | None
    promised_cents: int | None
    comment: str


_COLUMNS = tuple(field.name for field in fields(Entry))


def read_form(values: Mapping[str, str], *, customer_id: str, as_of: dt.date) -> Entry:
    """The line that a form asks to record, checked. `UsageError` says what is missing or wrong."""
    author, comment = values.get("author", "").strip(), values.get("comment", "").strip()
    step, status = values.get("step", ""), values.get("status", "")
    if not author:
        raise UsageError(message("Give your name: colleagues see who recorded what."))
    if step not in STEPS or status not in STATUSES:
        raise UsageError(message("Choose an action and a status."))
    promised_on, cents = _day(values.get("promised_on", "")), read_amount(values.get("promised_amount", ""))
    if status == "promise" and promised_on is None:
        raise UsageError(message("A promise needs the day promised."))
    if promised_on is not None and promised_on < as_of:
        raise UsageError(message("The day promised, {day}, is before the date of the run.", day=promised_on))
    moment = dt.datetime.fromtimestamp(time.time(), tz=dt.UTC)  # of the act itself; no figure depends on it
    return Entry(
        recorded_at=moment.isoformat(timespec="seconds"),
        author=author[: LONGEST["author"]],
        customer_id=customer_id[: LONGEST["customer_id"]],
        as_of=as_of.isoformat(),
        step=step,
        status=status,
        promised_on=promised_on.isoformat() if promised_on else None,
        promised_cents=cents,
        comment=comment[: LONGEST["comment"]],
    )


def record(folder: Path, entry: Entry) -> None:
    """Add the line to the file beside the runs, made when it is not there. `DataError` when it cannot be written."""
    names = ", ".join(_COLUMNS)
    marks = ", ".join(f":{name}" for name in _COLUMNS)
    try:
        with _opened(folder) as base:
            base.execute("begin immediate")  # waits for its turn; a lock taken half-way would be refused at once
            base.execute(_MADE)
            base.execute(f"insert into follow_up ({names}) values ({marks})", asdict(entry))  # noqa: S608 - names of ours
            base.execute("commit")
    except sqlite3.Error as fault:
        raise DataError(
            message(
                "This could not be recorded ({fault}). Check the rights on the folder of the runs, then try again.",
                fault=str(fault),
            )
        ) from fault


def entries(folder: Path) -> list[Entry]:
    """Every line, the latest first; none when nothing was recorded."""
    if not (folder / FILE).is_file():
        return []
    try:
        with _opened(folder) as base:
            rows = base.execute(f"select {', '.join(_COLUMNS)} from follow_up order by id desc").fetchall()  # noqa: S608
    except sqlite3.Error as fault:
        raise DataError(
            message("The file of recorded actions, {file}, cannot be read ({fault}).", file=FILE, fault=str(fault))
        ) from fault
    return [Entry(*row) for row in rows]


def stamp(folder: Path) -> tuple[int, int]:
    """What changes when a line is added, by whoever it is."""
    path = folder / FILE
    if not path.is_file():
        return (0, 0)
    state = path.stat()
    return (state.st_mtime_ns, state.st_size)


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    base = sqlite3.connect(folder / FILE, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        yield base
    finally:
        base.close()


def _day(text: str) -> dt.date | None:
    if not text.strip():
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError as fault:
        raise UsageError(message("'{text}' is not a date. Write 2026-01-31.", text=text[:20])) from fault
