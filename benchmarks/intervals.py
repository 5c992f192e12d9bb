"""Intervals that several benchmarks print."""

from __future__ import annotations


def wilson(count: int, total: int) -> tuple[float, float]:
    """95 % interval of a share, after Wilson: it keeps a width where every case, or none, is counted."""
    z, share = 1.96, count / total
    centre, spread = share + z * z / (2 * total), z * (share * (1 - share) / total + z * z / (4 * total**2)) ** 0.5
    return (centre - spread) / (1 + z * z / total), (centre + spread) / (1 + z * z / total)
