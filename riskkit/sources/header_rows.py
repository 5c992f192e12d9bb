"""Headers on two rows, as merged cells leave them: « Échu » above « 0-30 », « 31-60 »; « Code » beside both."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMERIC = re.compile(r"[-+(]?[\d\s.,\u00a0\u202f]*\d[\d\s.,\u00a0\u202f]*[-)%€$£]*|\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}.*")

Row = Sequence[object]


def joined(rows: Sequence[Row], at: int) -> tuple[int, int, list[str]]:
    """The header found at a place of the first rows of a table, with the row it shares its cells with.

    From: rows as (line, cell, …), and the place of the row taken for the header.
    To:   the line of its last row, the place of its first row, and its cells, a group before each of its columns.

    Two rows are one header only when one completes the other: a group over several columns, a column named on the
    first row alone, and numbers below. Anything else could be data, and is left to be.
    """
    for upper in (at, at - 1):
        if upper >= 0 and upper + 2 < len(rows):
            names = _two_rows(rows[upper], rows[upper + 1], rows[upper + 2])
            if names is not None:
                return _line(rows[upper + 1]), upper, names
    return _line(rows[at]), at, [_text(cell) for cell in rows[at][1:]]


def _two_rows(upper: Row, lower: Row, below: Row) -> list[str] | None:
    above, under, first = ([_text(cell) for cell in row[1:]] for row in (upper, lower, below))
    if _line(lower) != _line(upper) + 1 or any(_NUMERIC.fullmatch(cell) for cell in above):
        return None
    if any(_NUMERIC.fullmatch(cell) and not re.fullmatch(r"\d+\s*[-/]\s*\d+", cell) for cell in under):
        return None
    shared = [i for i, cell in enumerate(under) if cell]
    alone = [i for i, cell in enumerate(above) if cell and not under[i]]
    spanned = [i for i in shared if not above[i]]
    if len(shared) < 2 or not alone or not spanned or not any(_NUMERIC.fullmatch(first[i]) for i in shared):
        return None
    names, group = [], ""
    for title, name in zip(above, under, strict=True):
        group = title or (group if name else "")
        names.append(f"{group} {name}".strip() if name else title)
    return names


def _line(row: Row) -> int:
    return int(str(row[0]))


def _text(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())
