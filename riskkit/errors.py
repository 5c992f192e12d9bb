"""What riskkit says to a person, as values: messages that any language can print, and the errors that carry them.

A message is an English template and its values. It is translated where it is shown (`exhibits.language`), so the
stages that find a fault need to know nothing of languages. Write every message as: what is wrong, where (first
example), how much money it concerns, what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        return self.template.format(**{name: _plain(value) for name, value in self.values.items()})


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
