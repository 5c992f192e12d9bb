"""What riskkit says to a person, as values: messages that any language can print, and the errors that carry them.

A message is an English template and its values. It is translated where it is shown (`exhibits.language`), so the
stages that find a fault need to know nothing of languages. Write every message as: what is wrong, where (first
example), how much money it concerns, what to do.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Money:
    """An amount inside a message: integer minor units and an ISO currency code; `compact` shows 312 k€."""

    cents: int
    currency: str = "EUR"
    compact: bool = False


@dataclass(frozen=True)
class Days:
    """A number of days inside a message, shown with its unit in the number that the language wants."""

    count: int


@dataclass(frozen=True)
class Message:
    """A sentence for a person: an English template with named fields, and the values of those fields.

    Values may be text, integers, floats, dates, `Money` or `Days`; they are formatted in the reader's language when
    shown.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """The plain English sentence, for logs and developers."""
        return Agreement(show=lambda value: str(_plain(value))).vformat(self.template, (), self.values)


class Agreement(string.Formatter):
    """Fills a template, its words agreeing with its numbers.

    `{count}` is the value as `show` writes it; `{count:client|clients}` the number and the word that agrees with it;
    `{count:?belongs|belong}` only the word, for a verb or a participle further on. The first form is the singular: 1,
    and in French 0 too (`zero_is_singular`). Only whole numbers are singular or plural; a value that is none (an
    amount, "all of them") takes the plural. Any other format specification is refused with `ValueError`.
    """

    def __init__(self, *, show: Callable[[object], str], zero_is_singular: bool = False) -> None:
        self._show = show
        self._singular = {0, 1} if zero_is_singular else {1}

    def format_field(self, value: object, format_spec: str) -> str:
        """One field of the template: the value as shown, with or instead of the word that agrees with it."""
        if not format_spec:
            return self._show(value)
        one, bar, several = format_spec.removeprefix("?").partition("|")
        if not bar:
            raise ValueError(f"'{format_spec}' gives no singular|plural")
        word = one if _whole(value) in self._singular else several
        return word if format_spec.startswith("?") else f"{self._show(value)} {word}"


def _whole(value: object) -> int | None:
    """A whole number given as such, or already written out ("12", "1 234"); None for anything else."""
    if isinstance(value, str):
        digits = re.sub(r"[\s\u00a0\u202f,]", "", value)
        return int(digits) if digits.isdecimal() else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if value == value // 1 else None


def _plain(value: object) -> object:
    if isinstance(value, Money):
        return f"{value.cents / 100:,.2f} {value.currency}"
    return f"{value.count} days" if isinstance(value, Days) else value


def message(template: str, /, **values: object) -> Message:
    """A `Message`; the template is collected for translation (see `make catalogue`)."""
    return Message(template, values)


class RiskkitError(ValueError):
    """An error that a user can act on. It carries every message found, not only the first.

    `exit_code` is what the command line returns: 1 the files or a total are wrong, 2 the request is.
    """

    exit_code = 1

    def __init__(self, *messages: Message) -> None:
        self.messages: tuple[Message, ...] = messages
        super().__init__("\n".join(str(m) for m in messages))


class DataError(RiskkitError):
    """A file cannot be read, or what it says is impossible."""


class ReconciliationError(RiskkitError):
    """A total does not tie. Nothing is written."""


class UsageError(RiskkitError):
    """The request itself cannot be carried out: an unknown option, a bad date, a wrong setting."""

    exit_code = 2


def raise_all(kind: type[RiskkitError], messages: Iterable[Message]) -> None:
    """Raise one `kind` with all `messages`, or do nothing when there are none."""
    found = tuple(messages)
    if found:
        raise kind(*found)
