"""The client's own customers as a sheet: its columns as they are, then what was found and what the run says."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from riskkit.companies.client_file import ClientFile
from riskkit.exhibits.enriched_columns import AddedColumn
from riskkit.exhibits.fragment import clean
from riskkit.exhibits.language import Language
from riskkit.exhibits.workbook.sheet import Kind, Sheet, SheetColumn

TABLE = "riskkit_customers"
_KINDS: dict[str, Kind] = {
    "date": "date", "quiet_date": "date", "amount": "money", "number": "number", "days": "count", "share": "share",
}  # fmt: skip


def client_sheet(
    client: ClientFile, lines: Sequence[int | None], added: Sequence[AddedColumn], words: Language
) -> Sheet | None:
    """Rows of the client's sheet of customers below its headings, with the columns added.

    Parameters
    ----------
    client
        Its cells.
    lines
        Row of each customer in it, in the order of the values added; None for one of another file.
    added
        Columns to add.
    words
        Language of the sheet.

    """
    rows = client.sheets[client.sheet]
    head, body = rows[client.header_row - 1], rows[client.header_row :]
    if not body:
        return None
    wide = max(len(row) for row in (head, *body))
    taken: set[str] = set()
    columns = [
        SheetColumn(
            _free(str(head[place]) if place < len(head) and head[place] is not None else "", taken, words),
            "date" if any(isinstance(value, pd.Timestamp) or hasattr(value, "year") for value in values) else "text",
            values,
        )
        for place in range(wide)
        for values in ([row[place] if place < len(row) else None for row in body],)
    ]
    for column in added:
        placed: list[object] = [None] * len(body)
        for line, value in zip(lines, column.values, strict=True):
            if line is not None and 0 <= line - client.header_row - 1 < len(body):
                placed[line - client.header_row - 1] = value
        kind = _KINDS.get(column.style, "text")
        columns.append(SheetColumn(_free(column.title, taken, words), kind, placed, is_total=kind == "money",
                                   width=min(column.width, 44)))  # fmt: skip
    note = words.text("Your own columns as they were, then what was found and what the run says, each with its source.")
    return Sheet(words.text("Customers"), TABLE, note, columns)


def _free(title: str, taken: set[str], words: Language) -> str:
    """A heading that no column bears yet: a table of Excel wants each once, and none empty."""
    name = " ".join(clean(title).split())[:250] or words.text("Column")
    free, rank = name, 1
    while free.casefold() in taken:
        rank += 1
        free = f"{name} ({rank})"
    taken.add(free.casefold())
    return free
