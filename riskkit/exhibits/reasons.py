"""Why a measure has no value, in the reader's language, whichever way a table or a manifest keeps the reason."""

from __future__ import annotations

from collections.abc import Mapping

from riskkit.errors import Message
from riskkit.exhibits.language import language as language_of


def say_reason(reason: object, language: str) -> str:
    """A `Message`, its template and values (`{"template": …, "values": {…}}`), or a text."""
    words = language_of(language)
    if isinstance(reason, Message):
        return words.say(reason)
    if isinstance(reason, Mapping) and "template" in reason:
        return words.text(str(reason["template"]), **dict(reason.get("values") or {}))
    if not isinstance(reason, str) or not reason:
        return words.text("no reason was given")
    return words.text(reason) if "{" not in reason else reason
