"""Passwords of a dashboard, one for each role, kept hashed (argon2) in a file beside the runs that its owner reads."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_server.auth import security

from riskkit.errors import DataError, UsageError, message

FILE = "dashboard_access.json"
ROLES = ("contributor", "reader")
SHORTEST, LONGEST = 12, 200
_SERVER: Any = security  # its functions say nothing of their types


def set_password(folder: Path, role: str, password: str) -> Path:
    """Keep the hash of a role's password beside the runs in `folder`, and return the file."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            message("A password has {least} to {most} characters: a few words do.", least=SHORTEST, most=LONGEST)
        )
    kept = dict(read_passwords(folder)) | {role: _SERVER.passwd(password, algorithm="argon2")}
    path, aside = folder / FILE, folder / f".{FILE}.{os.getpid()}"
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump(kept, opened, indent=1)
    os.replace(aside, path)
    return path


def read_passwords(folder: Path) -> Mapping[str, str]:
    """The hash of each role's password; nothing when none was set. `DataError` when the file is not one of ours."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    known = isinstance(found, dict) and all(
        role in ROLES and str(kept).startswith("argon2:$argon2id$") for role, kept in found.items()
    )
    if not known:
        raise DataError(
            message("{file} cannot be read as passwords. Remove it and set them again with --set-password.",
                    file=str(path))
        )  # fmt: skip
    return dict(found)


def role_of_password(password: str, passwords: Mapping[str, str]) -> str | None:
    """The role whose password this is; None for a wrong one. It takes the same time for each role."""
    given = password[: LONGEST + 1]
    matching = [role for role in ROLES if role in passwords and _SERVER.passwd_check(passwords[role], given)]
    return matching[0] if matching else None
