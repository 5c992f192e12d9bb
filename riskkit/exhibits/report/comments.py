"""Comments that a person wrote for the report, in Markdown, as a section of it."""

from __future__ import annotations

from riskkit.exhibits.language import Language
from riskkit.exhibits.report.markdown import markdown_parts
from riskkit.exhibits.report.section import Section


def comments_section(text: str, words: Language) -> Section:
    """The comments as a section: titles, paragraphs and lists."""
    return Section(words.text("Comments"), parts=markdown_parts(text))
