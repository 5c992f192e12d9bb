"""How a table of a database is named in `portfolio.yaml`: `env:NAME#schema.table`, or an address without a password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from riskkit.errors import UsageError, message

_ENVIRONMENT = "env:"
_SECRETS = re.compile(r"(?i)pass(word|wd)?|pwd|secret|token|private_?key|access_?key")
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class DatabaseTable:
    """A table of a database: the variable that holds the address, or the address itself, and the table's name."""

    variable: str | None
    address: str | None
    schema: str | None
    table: str

    @property
    def label(self) -> str:
        """What messages and the account of files call it; never the address."""
        return f"{self.schema}.{self.table}" if self.schema else self.table


def is_database_table(source: str) -> bool:
    """Whether a source of `portfolio.yaml` names a table of a database and not a file."""
    return source.startswith(_ENVIRONMENT) or bool(re.match(r"[a-z][a-z0-9+]+://", source))


def database_table(source: str) -> DatabaseTable:
    """The table that a source of `portfolio.yaml` names. `UsageError` for a password in it or a name that is none."""
    where, _, name = source.rpartition("#")
    parts = name.split(".")
    if not where or len(parts) > 2 or not all(_NAME.fullmatch(part) for part in parts):
        if holds_password(source):
            raise _password_in_file()
        raise UsageError(
            message(
                "A database source must be written env:VARIABLE#table or env:VARIABLE#schema.table, with letters, "
                "digits and underscores in the name of the table. Correct portfolio.yaml."
            )
        )
    schema, table = (parts[0], parts[1]) if len(parts) == 2 else (None, parts[0])
    if where.startswith(_ENVIRONMENT):
        variable = where.removeprefix(_ENVIRONMENT)
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
            raise _password_in_file() if holds_password(variable) else no_such_variable("env:…")
        return DatabaseTable(variable, None, schema, table)
    if holds_password(where):
        raise _password_in_file()
    return DatabaseTable(None, where, schema, table)


def holds_password(address: str) -> bool:
    """Whether an address holds a password or another secret."""
    try:
        split = urlsplit(address)
        has_password = split.password is not None
    except ValueError:
        return True
    return has_password or any(_SECRETS.search(key) for key, _ in parse_qsl(split.query, keep_blank_values=True))


def database_label(source: str) -> str | None:
    """The name of the table, without its address, for a source that names one; None for a file."""
    return source.rpartition("#")[2] if is_database_table(source) else None


def _password_in_file() -> UsageError:
    return UsageError(
        message(
            "portfolio.yaml holds a database address with a password or a secret in it. Take it out, put the address "
            "in an environment variable, and write env:VARIABLE#table. Change the password if the file was shared."
        )
    )


def no_such_variable(variable: str) -> UsageError:
    """What to say of an environment variable that is not set."""
    return UsageError(
        message(
            "The environment variable {variable}, which should hold the address of the database, is not set. Set it "
            "and run again.",
            variable=variable,
        )
    )
