"""What each ageing bucket is called, whatever edges the policy sets."""

from __future__ import annotations

from functools import cache

from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.theme import bucket_bounds


@cache
def bucket_label(code: str, language: str) -> str:
    """The name of a bucket: not due, 1–30 d, over 180 d, no due date."""
    words = language_of(language)
    first, last = bucket_bounds(code)
    if first is None:
        return {"not_due": words.text("Not due"), "undated": words.text("No due date")}.get(code, code)
    if last is None:
        return words.text("over {days} d late", days=words.number(first - 1, digits=0))
    return words.text("{first} to {last} d late", first=str(first), last=str(last))
