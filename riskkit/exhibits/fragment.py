"""Pieces of HTML that cannot be made by accident from hostile text: every plain string is escaped on its way in."""

from __future__ import annotations

import html
import re

_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Html(str):
    """Text that is already HTML. Only this package's own markup is ever wrapped in it."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Itself: a notebook shows it as HTML."""
        return str(self)


Child = str | None


def clean(text: str) -> str:
    """The text without control characters and invisible direction marks, which no name needs."""
    return _CONTROL.sub("", text)


def escape(text: str) -> str:
    """The text as HTML characters; an `Html` value passes as it is."""
    return text if isinstance(text, Html) else html.escape(clean(text), quote=True)


def join(*children: Child) -> Html:
    """The children one after the other; plain strings are escaped, `None` is nothing."""
    return Html("".join(escape(child) for child in children if child is not None))


def element(tag: str, /, *children: Child, **attributes: str | None) -> Html:
    """An element. Attribute names lose a trailing underscore and turn inner ones into dashes; `None` is left out."""
    shown = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(clean(value), quote=True)}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        return Html(f"<{tag}{shown}>")
    return Html(f"<{tag}{shown}>{join(*children)}</{tag}>")
