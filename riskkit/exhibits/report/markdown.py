"""Text that a person wrote in Markdown, as parts of a document: titles, paragraphs, lists, bold; HTML is text.

mistune takes it apart; every text is escaped on its way into the document, links keep their words only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from riskkit.exhibits.fragment import Html, element, join

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LEADING = re.compile(r"^(\s*)([-+]|\d+[.)])(\s)", re.MULTILINE)
Node = Mapping[str, Any]


def markdown_parts(text: str) -> list[Html]:
    """Headings, paragraphs and lists of a Markdown text, in order; comments (`<!-- -->`) are left out."""
    import mistune

    reader = mistune.create_markdown(renderer=None)
    reader.block.rules.remove("raw_html")
    reader.inline.rules.remove("inline_html")
    nodes: Any = reader(_COMMENT.sub("", text))
    return [part for node in nodes for part in _block(node)]


def markdown_text(sentence: str) -> str:
    """A computed sentence as Markdown that reads back as itself, whatever a customer is called."""
    return _LEADING.sub(r"\1\\\2\3", _SPECIAL.sub(r"\\\1", sentence))


def _block(node: Node) -> Iterable[Html]:
    kind = node["type"]
    if kind == "heading":
        yield element("h3", _inline(node))
    elif kind in ("paragraph", "block_text"):
        said = _inline(node)
        if said.strip():
            yield element("p", said)
    elif kind == "list":
        yield element("ol" if node["attrs"].get("ordered") else "ul", *_items(node))
    elif kind == "block_code":
        yield element("p", str(node["raw"]))
    elif kind == "block_quote":
        for child in node["children"]:
            yield from _block(child)


def _items(node: Node) -> Iterable[Html]:
    """The lines of a list; those of a list inside a line follow it."""
    for item in node["children"]:
        said = [child for child in item["children"] if child["type"] != "list"]
        yield element("li", *[_inline(child) for child in said])
        for inner in item["children"]:
            if inner["type"] == "list":
                yield from _items(inner)


def _inline(node: Node) -> Html:
    parts: list[str | None] = []
    for child in node.get("children") or ():
        kind = child["type"]
        if kind == "strong":
            parts.append(element("b", _inline(child)))
        elif kind in ("softbreak", "linebreak"):
            parts.append(" ")
        else:
            parts.append(_inline(child) if child.get("children") else str(child.get("raw", "")))
    return join(*parts)
