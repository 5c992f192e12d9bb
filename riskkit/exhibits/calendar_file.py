"""Dated actions as a calendar file (.ics, RFC 5545): all-day events, texts escaped, lines folded at 75 octets."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from riskkit.exhibits.fragment import clean

_ESCAPES = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n"))
_OCTETS = 75


@dataclass(frozen=True)
class Event:
    """Something to do on a day: `key` names it for good, so that importing again replaces it."""

    key: str
    day: dt.date
    title: str
    notes: str = ""
    category: str = ""


def write_calendar(events: Iterable[Event], *, name: str, made_on: dt.date) -> bytes:
    """The calendar, UTF-8 with CRLF lines; `made_on` stamps it, so that the same plan is the same bytes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//riskkit//action plan//FR", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}"]  # fmt: skip
    for event in events:
        digest = hashlib.sha256(f"{name}|{event.key}".encode()).hexdigest()[:24]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{digest}@riskkit",
            f"DTSTAMP:{made_on:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.day + dt.timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(event.title)}",
            *([f"DESCRIPTION:{_text(event.notes)}"] if event.notes else []),
            *([f"CATEGORIES:{_text(event.category)}"] if event.category else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _text(text: str) -> str:
    text = clean(text)
    for given, written in _ESCAPES:
        text = text.replace(given, written)
    return text


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, never inside a letter; each next piece begins with a space."""
    pieces: list[str] = []
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _OCTETS - bool(pieces):
            pieces.append(piece)
            piece, size = "", 0
        piece += letter
        size += octets
    return "\r\n ".join([*pieces, piece])
