"""The report's exhibits taken apart: our own HTML → headings, sentences, lists, tables and drawings, as plain values.

A typesetter that knows no HTML then sets the same exhibits. Only markup made by this package comes here; text stays
text, so nothing that a customer is called can become an instruction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from riskkit.exhibits.fragment import Html

Block = dict[str, Any]
Run = dict[str, Any]
_SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
_TEXT_BLOCKS = {"p": "paragraph", "h3": "heading", "h4": "heading"}
_CELLS = ("th", "td", "caption", "dt", "dd", "li")
_BREAKING = ("br", "div")
_WORDLESS = re.compile(r"[ \t\r\n]+")  # no-break spaces are kept
_WIDEST = 52
_RIGID = 1.35  # a word or a number asks for its whole width, where a sentence takes more lines
_VOID = ("br", "hr", "img", "meta", "link", "input", "col")


@dataclass
class _Table:
    rows: list[list[list[Run]]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    caption: list[Run] = field(default_factory=list)
    numeric: set[int] = field(default_factory=set)


def to_blocks(parts: list[Html], drawings: list[str]) -> list[Block]:
    """The blocks of these exhibits, in order; each SVG is added to `drawings` and named by its rank there."""
    reader = _Reader()
    for part in parts:
        reader.feed(_SVG.sub(lambda found: _keep(found.group(), drawings), part))
        reader.close_text()
    return reader.blocks


def _keep(svg: str, drawings: list[str]) -> str:
    title = re.search(r"<title[^>]*>(.*?)</title>", svg, re.DOTALL)
    drawn = re.sub(r"var\(--rk-[a-z_0-9-]+, *(#[0-9A-Fa-f]{3,8})\)", r"\1", svg)
    if "xmlns=" not in drawn[: drawn.index(">")]:
        drawn = drawn.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    drawings.append(drawn)
    shown = title.group(1).replace('"', "&quot;") if title else ""
    return f'<img data-rank="{len(drawings) - 1}" alt="{shown}">'


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.runs: list[Run] = []
        self.open: list[str] = []
        self.table: _Table | None = None
        self.items: list[list[Run]] | None = None
        self.numeric = False
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; only what a page of paper can show is kept."""
        given = dict(attrs)
        if tag not in _VOID:
            self.open.append(tag)
        if ((given.get("aria-hidden") == "true" or tag == "figcaption") and tag not in _VOID) or self.hidden:
            self.hidden += tag not in _VOID
            return
        if tag == "img" and "data-rank" in given:
            self.close_text()
            self.blocks.append({"kind": "drawing", "rank": int(given["data-rank"] or 0), "title": given.get("alt", "")})
        elif tag == "table":
            self.close_text()
            self.table = _Table()
        elif tag == "tr" and self.table is not None:
            self.table.rows.append([])
            part = next((name for name in reversed(self.open) if name in ("thead", "tbody", "tfoot")), "tbody")
            strong = "rk-strong" in (given.get("class") or "")
            self.table.kinds.append("strong" if strong and part == "tbody" else part)
        elif tag in ("ul", "ol", "dl"):
            self.close_text()
            self.items = []
        elif tag in _TEXT_BLOCKS and self.table is None and self.items is None:
            self.close_text()
        elif tag in _BREAKING and self.runs and (self.table is not None or self.items is not None):
            self.runs.append({"text": " ", "bold": False})
        if tag in _CELLS:
            self.runs = self.runs if tag == "dd" else []
            self.numeric = "rk-number" in (given.get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        """Close an element and keep the block it made."""
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if self.hidden:
            self.hidden -= 1
            return
        if self.table is not None:
            self._end_in_table(tag)
        elif self.items is not None:
            self._end_in_list(tag)
        elif tag in _TEXT_BLOCKS:
            self.close_text(_TEXT_BLOCKS[tag])
        elif tag in ("div", "section"):
            self.close_text()

    def handle_data(self, data: str) -> None:
        """Keep text; bold where it stands in bold."""
        text = _WORDLESS.sub(" ", data)
        if not self.hidden and (text.strip(" ") or (text and self.runs)):
            self.runs.append({"text": text, "bold": any(tag in ("b", "strong", "dt") for tag in self.open)})

    def close_text(self, kind: str = "paragraph") -> None:
        """End the text that is being read as a block of that kind."""
        runs, self.runs = _trimmed(self.runs), []
        if runs and self.table is None and self.items is None:
            self.blocks.append({"kind": kind, "runs": runs})

    def _end_in_table(self, tag: str) -> None:
        table = self.table
        if table is None:
            return
        if tag == "caption":
            table.caption, self.runs = _trimmed(self.runs), []
        elif tag in ("th", "td") and table.rows:
            if self.numeric:
                table.numeric.add(len(table.rows[-1]))
            table.rows[-1].append(_trimmed(self.runs))
            self.runs = []
        elif tag == "table":
            self.table, self.runs = None, []
            self.blocks.append(_table_block(table))

    def _end_in_list(self, tag: str) -> None:
        if tag in ("li", "dd") and self.items is not None:
            runs, self.runs = _trimmed(self.runs), []
            if runs:
                self.items.append(runs)
        elif tag == "dt":
            self.runs.append({"text": ". ", "bold": True})
        elif tag in ("ul", "ol", "dl"):
            items, self.items = self.items, None
            if items:
                self.blocks.append({"kind": "list", "items": items})


def _table_block(table: _Table) -> Block:
    width = max((len(row) for row in table.rows), default=0)
    empty: list[Run] = []
    rows = [[*row, *[empty] * (width - len(row))] for row in table.rows]
    numeric = [column in table.numeric for column in range(width)]
    return {
        "kind": "table",
        "caption": table.caption,
        "rows": rows,
        "kinds": table.kinds,
        "numeric": numeric,
        "widths": [_width(rows, table.kinds, column, is_number=numeric[column]) for column in range(width)],
    }


def _width(rows: list[list[list[Run]]], kinds: list[str], column: int, *, is_number: bool) -> int:
    """Room that a column asks for, in characters: its longest value, or word of its heading, within bounds."""
    texts = ["".join(run["text"] for run in row[column]) for row in rows]
    heads = [text for text, kind in zip(texts, kinds, strict=True) if kind == "thead"]
    words = [len(word) for text in heads for word in text.split(" ")]
    values = [text for text, kind in zip(texts, kinds, strict=True) if kind != "thead"]
    longest = max([*words, *map(len, values), 4])
    if is_number or not any(" " in text for text in values):
        return min(round(max(longest + 2, 6) * _RIGID), _WIDEST)
    return min(max(longest + 2, 12), _WIDEST)


def _trimmed(runs: list[Run]) -> list[Run]:
    """The runs without space at either end, and without empty ones."""
    kept = [dict(run) for run in runs if run["text"]]
    while kept and not kept[0]["text"].strip(" "):
        kept.pop(0)
    while kept and not kept[-1]["text"].strip(" "):
        kept.pop()
    if kept:
        kept[0]["text"], kept[-1]["text"] = kept[0]["text"].lstrip(" "), kept[-1]["text"].rstrip(" ")
    return kept
