"""How many runs this machine can make at once, by its cores and by the memory that is free."""

from __future__ import annotations

import os
from pathlib import Path

MEGABYTE = 1 << 20
BASE_BYTES = 700 * MEGABYTE
"""One small run with its notebooks: 650 MB at its peak, all its processes together (measured on Linux)."""
PER_SOURCE_BYTE = 12
"""Memory for each byte of the sources: text is read as text, then typed, settled and struck at each month end."""
MOST_BYTES = 5_000 * MEGABYTE
"""A large run spills to disk past the engine's `memory_limit`."""
SHARE = 0.85
_GROUP = Path("/sys/fs/cgroup")


def job_bytes(size_bytes: int) -> int:
    """Memory that the run of a portfolio takes, estimated from the size of its sources."""
    return min(BASE_BYTES + PER_SOURCE_BYTE * size_bytes, MOST_BYTES)


def usable_bytes(*, table: Path = Path("/proc/meminfo"), group: Path = _GROUP) -> int:
    """Memory that a batch may use: most of what is free and the container allows; enough for one run at least."""
    free = [_available(table), _allowed(group)]
    known = [value for value in free if value is not None]
    return max(int(min(known) * SHARE) if known else 4_000 * MEGABYTE, BASE_BYTES)


def most_workers() -> int:
    """Cores that this process may use."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def _available(table: Path) -> int | None:
    try:
        lines = table.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else None


def _allowed(group: Path) -> int | None:
    """What the container still allows; None outside a container, or without a limit."""
    try:
        limit = (group / "memory.max").read_text(encoding="ascii").strip()
        used = int((group / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return max(int(limit) - used, 0) if limit.isdigit() else None
