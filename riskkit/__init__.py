"""riskkit: who will not pay, why, and what to do about it, from the files a company already has.

The names below are the public API; they are loaded when they are first used, so that `import riskkit` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskkit.errors import DataError, RiskkitError, UsageError
    from riskkit.policy import Policy, read_policy
    from riskkit.workbench.public import Run, diagnose, open_run

__version__ = "0.1.0"
__all__ = ["DataError", "Policy", "RiskkitError", "Run", "UsageError", "diagnose", "open_run", "read_policy"]

_HOMES = {
    "DataError": "riskkit.errors",
    "Policy": "riskkit.policy",
    "RiskkitError": "riskkit.errors",
    "Run": "riskkit.workbench.public",
    "UsageError": "riskkit.errors",
    "diagnose": "riskkit.workbench.public",
    "open_run": "riskkit.workbench.public",
    "read_policy": "riskkit.policy",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
