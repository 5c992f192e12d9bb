"""CFONB120 bank statements: fixed lines of 120 characters, amounts with their sign in the last digit.

Layout: CFONB, "Relevé de compte sur support informatique", July 2004. Records 01 old balance, 04 movement, 05 more on
the movement above, 07 new balance.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from riskkit.errors import DataError, Message, Money, message

_WIDTH = 120
_MAX_BYTES = 200_000_000
_SIGNED = {**{digit: (1, digit) for digit in "0123456789"}, "{": (1, "0"), "}": (-1, "0"),
           **{letter: (1, str(rank)) for rank, letter in enumerate("ABCDEFGHI", start=1)},
           **{letter: (-1, str(rank)) for rank, letter in enumerate("JKLMNOPQR", start=1)}}  # fmt: skip
_FIRST_LINE = re.compile(r"01\d{5}.{4}\d{5}.{3}[0-9 ].{14}\d{6}.{50}\d{13}[0-9{}A-R]")
_CENTURY_TURNS = 70


@dataclass(frozen=True)
class Movement:
    """A movement of an account: money in is positive. `texts` are its label and what its other lines say."""

    line: int
    day: dt.date
    cents: int
    label: str
    texts: tuple[str, ...]
    is_returned: bool
    raw: str


@dataclass(frozen=True)
class Statement:
    """The movements of one account between two balances. A balance is None where its line is missing."""

    account: str
    currency: str
    old_cents: int | None
    new_cents: int | None = None
    new_day: dt.date | None = None
    movements: list[Movement] = field(default_factory=list)

    @property
    def gap_cents(self) -> int | None:
        """New balance less old balance less movements: 0 when the statement is whole; None without both balances."""
        if self.old_cents is None or self.new_cents is None:
            return None
        return self.new_cents - self.old_cents - sum(movement.cents for movement in self.movements)


def looks_like_cfonb(path: Path) -> bool:
    """Whether a file is a CFONB120 statement, whatever its name."""
    try:
        with path.open("rb") as handle:
            start = handle.read(4096).decode("latin-1").lstrip("\r\n \ufeff")
    except OSError:
        return False
    return bool(_FIRST_LINE.match(start))


def read_statements(path: Path) -> tuple[Statement, ...]:
    """The statements of a file. One `DataError` names every line that cannot be read: none is skipped."""
    statements: list[Statement] = []
    faults: list[Message] = []
    current: Statement | None = None
    for number, line in _lines(path):
        try:
            current = _with_line(current, number, line, statements)
        except ValueError:
            faults.append(
                message(
                    "{file}, line {line}: not a line of a bank statement (CFONB120): '{text}'. Ask the bank for the "
                    "file again.",
                    file=path.name,
                    line=number,
                    text=line.strip()[:60],
                )
            )
    if current is not None:
        statements.append(current)
    if faults or not statements:
        shown = faults[:5] or [message("{file} holds no bank statement.", file=path.name)]
        if len(faults) > 5:
            shown.append(
                message("{file}: {count:line|lines} in all cannot be read.", file=path.name, count=len(faults))
            )
        raise DataError(*shown)
    return tuple(statements)


def balance_notes(statements: tuple[Statement, ...], *, file: str) -> list[Message]:
    """What does not tie: a statement that does not add up, a missing balance, a gap between two statements."""
    notes, last = [], dict[str, int]()
    for statement in statements:
        gap, account = statement.gap_cents, statement.account
        if gap is None:
            notes.append(message("{file}, account {account}: a balance is missing; movements cannot be checked.",
                                 file=file, account=account))  # fmt: skip
        elif gap:
            notes.append(
                message(
                    "{file}, account {account}: the old balance and the movements miss the new balance of {day} by "
                    "{money}. Movements are missing: ask the bank for the file again.",
                    file=file, account=account, day=statement.new_day, money=Money(gap, statement.currency),
                )
            )  # fmt: skip
        before = last.get(account)
        if before is not None and statement.old_cents is not None and statement.old_cents != before:
            notes.append(
                message(
                    "{file}, account {account}: the statement to {day} does not begin where the one before ends "
                    "({money} apart). A statement is missing between the two.",
                    file=file, account=account, day=statement.new_day,
                    money=Money(statement.old_cents - before, statement.currency),
                )
            )  # fmt: skip
        if statement.new_cents is not None:
            last[account] = statement.new_cents
    return notes


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines that are not blank; a file without line ends is cut every 120 characters."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise DataError(message("{file} is too large for a bank statement.", file=path.name))
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError:
        raise DataError(
            message("{file} cannot be opened. Check that it exists and that you may read it.", file=path.name)
        ) from None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    lines = re.split(r"\r\n|\r|\n", text)
    if len(lines) == 1 and len(text) > _WIDTH:
        lines = [text[start : start + _WIDTH] for start in range(0, len(text), _WIDTH)]
    for number, line in enumerate(lines, start=1):
        if line.strip(" \x1a\x00\t"):
            yield number, line.ljust(_WIDTH)


def _with_line(current: Statement | None, number: int, line: str, done: list[Statement]) -> Statement | None:
    """The statement with one more line; `ValueError` for a line that is none or comes out of place."""
    code = line[:2]
    if code == "01":
        if current is not None:
            done.append(current)
        return Statement(_account(line), line[16:19].strip() or "EUR", _cents(line))
    if code == "04":
        found = Movement(
            line=number,
            day=_day(line[34:40]),
            cents=_cents(line),
            label=" ".join(line[48:79].split()),
            texts=(line[48:79], line[81:88], line[104:120]),
            is_returned=bool(line[40:42].strip(" 0")),
            raw=line.rstrip(),
        )
        statement = current or Statement(_account(line), line[16:19].strip() or "EUR", None)
        if statement.account != _account(line):
            raise ValueError(line)
        statement.movements.append(found)
        return statement
    if current is None or code not in ("05", "07") or current.account != _account(line):
        raise ValueError(line)
    if code == "07":
        done.append(replace(current, new_cents=_cents(line), new_day=_day(line[34:40])))
        return None
    if not current.movements:
        raise ValueError(line)
    last = current.movements.pop()
    current.movements.append(replace(last, texts=(*last.texts, line[48:118])))
    return current


def _account(line: str) -> str:
    """The account number: bank and desk codes may differ from line to line of one statement, when banks merge."""
    account = line[21:32].strip()
    if not line[2:7].isdigit() or not account:
        raise ValueError(line)
    return account


def _cents(line: str) -> int:
    """The amount in minor units; `ValueError` when it is none or is finer than a cent."""
    digits, (sign, last) = line[90:103], _SIGNED.get(line[103], (0, ""))
    if not digits.isdigit() or not digits.isascii() or not sign:
        raise ValueError(line)
    decimals = int(line[19].strip() or 2)
    whole, finer = divmod(int(digits + last) * 100, int(10**decimals))
    if finer:
        raise ValueError(line)
    return sign * whole


def _day(text: str) -> dt.date:
    day, month, year = int(text[:2]), int(text[2:4]), int(text[4:6])
    return dt.date(year + (2000 if year < _CENTURY_TURNS else 1900), month, day)
