"""What a slide holds, as plain values: a title that states something, texts, a chart, tables, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Line:
    """A paragraph: bold words that name it, if any, and its sentence. A `head` is a title inside a column."""

    text: str
    subject: str = ""
    is_head: bool = False


@dataclass(frozen=True)
class Series:
    """Values of a chart, with the interval of each where there is one. `colour` is a name of the theme, or #rrggbb."""

    name: str
    values: Sequence[float | None]
    colour: str
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    point_colours: Sequence[str] = ()
    is_dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """A native chart. `number` is the format of its values, as Excel writes one; `axis` says what is measured."""

    kind: Literal["column", "bar", "line"]
    categories: Sequence[str]
    series: Sequence[Series]
    number: str
    axis: str
    alt: str
    has_labels: bool = False


@dataclass(frozen=True)
class Grid:
    """A native table: texts as they are shown.

    `widths` are parts of its width, `strong` are rows in bold, `filled` cells in colour; rows are at least `row_height`
    inches high.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[bool]
    widths: Sequence[float]
    alt: str
    strong: Sequence[int] = ()
    filled: Sequence[tuple[int, int]] = ()
    row_height: float = 0.0


@dataclass(frozen=True)
class Slide:
    """A slide: the layout it is made from, and what fills each placeholder of it, by index."""

    layout: str
    title: str
    texts: Sequence[tuple[int, Sequence[Line]]] = ()
    chart: Chart | None = None
    grids: Sequence[tuple[int, Grid]] = ()
    source: str = ""
    notes: str = ""
