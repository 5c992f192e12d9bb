"""XML that comes from outside: read without trusting it, and looked into whatever its namespaces."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from riskkit.errors import DataError, message

MAX_BYTES = 20_000_000
_MAX_ELEMENTS = 400_000
_MAX_DEPTH = 100


def read_xml(content: bytes, *, file: str) -> Element:
    """The root of an XML document. `DataError` when it is damaged, too large, or holds anything but plain elements.

    A document type, an entity of its own and an external reference are refused before they are expanded.
    """
    if len(content) > MAX_BYTES:
        raise too_large(file, len(content))
    walk: Any = None
    try:
        walk = SafeTree.iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True)
        depth = count = 0
        for event, _ in walk:
            depth, count = (depth + 1, count + 1) if event == "start" else (depth - 1, count)
            if depth > _MAX_DEPTH or count > _MAX_ELEMENTS:
                raise too_large(file, len(content))
    except DefusedXmlException:
        raise DataError(
            message(
                "{file} declares a document type or entities, which an invoice never does: it is refused as unsafe. "
                "Ask its sender for the invoice again.",
                file=file,
            )
        ) from None
    except (ParseError, ValueError, LookupError) as fault:
        if isinstance(fault, DataError):
            raise
        raise DataError(
            message("{file} is not well-formed XML: it is damaged or cut short. Ask for the invoice again.", file=file)
        ) from None
    root: Element = walk.root
    return root


def too_large(file: str, size: int) -> DataError:
    """The refusal of a document that no invoice needs to be as large as."""
    return DataError(
        message(
            "{file}: its invoice data ({size} kB) is too large or too deeply nested for an invoice; it is refused as "
            "unsafe.",
            file=file,
            size=size // 1000,
        )
    )


def local_name(element: Element) -> str:
    """Name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def every(element: Element | None, path: str) -> Iterator[Element]:
    """Elements under a path of local names (A/B/C), in any namespace."""
    if element is not None:
        yield from element.iterfind("/".join(f"{{*}}{name}" for name in path.split("/")))


def first(element: Element | None, path: str) -> Element | None:
    """The first element under a path of local names, or None."""
    return next(every(element, path), None)


def words(element: Element | None, path: str) -> str | None:
    """The text of the first element under a path that has one, or None."""
    for found in every(element, path):
        text = " ".join((found.text or "").split())
        if text:
            return text
    return None


def attribute(element: Element, name: str) -> str:
    """An attribute, empty when absent."""
    return (element.get(name) or "").strip()
