"""What a sheet of the workbook holds, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "wide", "money", "share", "count", "number", "date"]
Colour = Literal["", "class", "late", "bar"]


@dataclass(frozen=True)
class SheetColumn:
    """A column: its heading, how it is written, its cells; `is_total` asks for a live total above it."""

    heading: str
    kind: Kind
    cells: Sequence[object]
    is_total: bool = False
    colour: Colour = ""
    width: int = 0

    @property
    def total(self) -> float:
        """The sum of its values, exact to the cent for money."""
        numbers = [float(cell) for cell in self.cells if isinstance(cell, (int, float)) and cell == cell]
        if self.kind != "money":
            return float(sum(numbers))
        return sum(round(number * 100) for number in numbers) / 100


@dataclass(frozen=True)
class SheetChart:
    """A native chart of some columns, by their headings: over the rows, or over the totals above them."""

    kind: Literal["column", "line"]
    title: str
    categories: str
    series: Sequence[str]
    of_totals: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet: its title on the tab, the name of its table (as formulas name it), what it says, its columns.

    `parts` are the headings whose sum is that of its total column.
    """

    title: str
    table: str
    note: str
    columns: Sequence[SheetColumn]
    chart: SheetChart | None = None
    frozen: int = 2
    parts: Sequence[str] = ()

    @property
    def rows(self) -> int:
        """How many rows its table has."""
        return len(self.columns[0].cells) if self.columns else 0

    def column(self, heading: str) -> SheetColumn:
        """The column of that heading."""
        return next(column for column in self.columns if column.heading == heading)
