"""The sentences of a report that its author may rewrite: one passage a section, kept in a Markdown file.

Under each title a mark says which section it is, and the digest of the sentences computed when the passage was last
written. A passage whose text still has that digest is ours and is written anew; any other is the author's: it takes the
place of the computed sentences and is never touched. Its figures have changed since when today's sentences no longer
have the digest of its mark. Without its mark (the author removed it) a passage is taken as read over today.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from riskkit.exhibits.language import Language
from riskkit.exhibits.report.markdown import markdown_parts
from riskkit.exhibits.report.section import Section

_HEADING = re.compile(r"^## +(.+?)\s*$")
_MARK = re.compile(r"^<!-- riskkit (\w+) ([0-9a-f]{12})\b.*-->\s*$")


@dataclass(frozen=True)
class Kept:
    """What a passages file says of a section: its text, and the digest of its mark (empty without a mark)."""

    text: str
    digest: str


@dataclass(frozen=True)
class Passages:
    """The file to write, the sections with the author's passages in place, and the titles whose figures changed."""

    text: str
    sections: Sequence[Section]
    edited: Sequence[str]
    outdated: Sequence[str]


def merge_passages(text: str, sections: Sequence[Section], words: Language, *, company: str) -> Passages:
    """The passages of the author put into the sections, and the file for the next run.

    Parameters
    ----------
    text
        The file as it is; empty before the first run.
    sections
        The sections as computed; those without a key or without a sentence have no passage.
    words
        Language of the file's explanations.
    company
        Who the report is about, for the title of a new file.

    """
    passages = {section.key: section for section in sections if section.key and section.passage}
    head, held, order = _read(text, {section.title: key for key, section in passages.items()})
    lines = [head.rstrip() or _preface(words, company)]
    shown: dict[str, str] = {}
    outdated: list[str] = []
    for key in [*[key for key in order if key not in passages], *passages]:
        if key not in passages:  # a section that this run does not have: kept as it is, with its title
            lines.append(held[key].text)
            continue
        section = passages[key]
        now, kept = digest(section.passage), held.get(key)
        if kept is None or digest(kept.text) in (kept.digest, now):
            lines.append(_written(section, section.passage, now, words.text("computed; rewritten unless you edit it")))
            continue
        since = kept.digest or now
        shown[key] = kept.text
        if since != now:
            outdated.append(section.title)
        lines.append(_written(section, kept.text, since, words.text("edited; kept as it is")))
    placed = [with_passage(one, shown[one.key]) if one.key in shown else one for one in sections]
    return Passages("\n\n".join(lines) + "\n", placed, [passages[key].title for key in shown], outdated)


def edited_passages(text: str) -> dict[str, str]:
    """What an author rewrote, by section, whatever a run wrote about it: a file left alone gives nothing."""
    _, held, _ = _read(text, {})
    bodies = {
        key: "\n".join(kept.text.splitlines()[2:]).strip() for key, kept in held.items()
    }  # below its title and its mark
    return {key: body for key, body in bodies.items() if digest(body) != held[key].digest}


def with_passage(section: Section, text: str) -> Section:
    """The section with the author's text instead of its computed sentences; exhibits stay."""
    parts = markdown_parts(text)
    return replace(section, lead=(), written="", parts=parts if section.written else [*parts, *section.parts])


def digest(text: str) -> str:
    """What a text says, whatever its spaces and line breaks, in twelve characters."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def _read(text: str, titles: dict[str, str]) -> tuple[str, dict[str, Kept], list[str]]:
    """What stands before the first passage, passages by key, their order; other titles belong to the passage above."""
    head: list[str] = []
    held: dict[str, tuple[list[str], str]] = {}
    current = head
    lines = text.splitlines()
    rank = 0
    while rank < len(lines):
        heading = _HEADING.match(lines[rank])
        after = next((line for line in lines[rank + 1 : rank + 3] if line.strip()), "")
        mark = _MARK.match(after) if heading else None
        key = mark[1] if mark else titles.get(heading[1], "") if heading else ""
        if heading and key and key not in held:
            foreign = key not in titles.values()
            held[key] = ([lines[rank], after] if foreign else [], mark[2] if mark else "")
            current = held[key][0]
            rank += 1 + (lines[rank + 1 :].index(after) + 1 if mark else 0)
            continue
        current.append(lines[rank])
        rank += 1
    kept = {key: Kept("\n".join(body).strip(), mark) for key, (body, mark) in held.items()}
    return "\n".join(head), kept, list(held)


def _written(section: Section, text: str, mark: str, state: str) -> str:
    return f"## {section.title}\n<!-- riskkit {section.key} {mark} : {state} -->\n\n{text}".rstrip()


def _preface(words: Language, company: str) -> str:
    said = words.text(
        "Rewrite what you like below a title: your text takes the place of ours in the report, and later runs keep it. "
        "Markdown: **bold**, lists by -, titles by ###. When the figures behind a passage change, the run says so; "
        "remove the comment under its title once you have read it over."
    )
    return f"# {words.text('Passages of the report, {company}', company=company)}\n\n<!-- {said} -->"
