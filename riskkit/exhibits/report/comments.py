"""Comments that a person wrote for the report: titles, paragraphs and lists of a Markdown file, taken as plain text."""

from __future__ import annotations

import re

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.report.section import Section

_TITLE, _ITEM = re.compile(r"^#{1,6}\s+"), re.compile(r"^[-*•]\s+")


def comments_section(text: str, words: Language) -> Section:
    """The comments as a section: `#` begins a title, `-` a line of a list, an empty line ends a paragraph."""
    parts: list[Html] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        while lines and _TITLE.match(lines[0]):
            parts.append(element("h3", _TITLE.sub("", lines.pop(0))))
        plain = [line for line in lines if not _ITEM.match(line)]
        items = [element("li", _ITEM.sub("", line)) for line in lines if _ITEM.match(line)]
        if plain:
            parts.append(element("p", " ".join(plain)))
        if items:
            parts.append(element("ul", *items))
    return Section(words.text("Comments"), parts=parts)
