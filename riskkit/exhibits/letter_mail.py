"""An e-mail from an HTML template: fields replaced and escaped, and a draft (.eml) to open, read and send oneself."""

from __future__ import annotations

import html
import re
from email.message import EmailMessage
from email.policy import SMTP

from riskkit.exhibits.letter_fields import Rows, Values, fill

_ROWS = re.compile(r"<!--\s*rows\s*-->(.*?)<!--\s*/rows\s*-->", re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_BREAK = re.compile(r"<(br|/p|/tr)\b[^>]*>")
_CELL = re.compile(r"</t[dh]>")
_TAG = re.compile(r"<[^>]+>")


def fill_html(template: str, values: Values, rows: Rows, *, file: str) -> str:
    """The page with its fields replaced by their escaped text; what is between `<!-- rows -->` is repeated."""
    marked = _ROWS.sub(lambda found: f"\x00{_repeated(found[1], values, rows, file=file)}\x00", template)
    parts = marked.split("\x00")  # odd parts are rows, filled already
    return "".join(part if rank % 2 else fill(part, values, file=file, shown=_safe) for rank, part in enumerate(parts))


def _repeated(row: str, values: Values, rows: Rows, *, file: str) -> str:
    return "".join(fill(row, {**values, **each}, file=file, shown=_safe) for each in rows["invoice"])


def _safe(text: str) -> str:
    return html.escape(text.replace("\x00", "")).replace("\n", "<br>")


def make_draft(page: str, *, sender: str) -> bytes:
    """The page as a draft message (.eml): its title is the subject, plain text beside it, no addressee.

    `X-Unsent` makes a mail program open it for writing. Nothing is sent.
    """
    title = _TITLE.search(page)
    draft = EmailMessage(policy=SMTP)
    draft["Subject"] = _line(html.unescape(title[1]) if title else "")
    if "@" in sender:
        draft["From"] = _line(sender)
    draft["X-Unsent"] = "1"
    draft.set_content(plain_text(page))
    draft.add_alternative(page, subtype="html")
    draft.set_boundary("=_riskkit_draft")
    return draft.as_bytes()


def plain_text(page: str) -> str:
    """The words of a page, for readers without HTML."""
    body = page.split("<body", 1)[-1].split(">", 1)[-1]
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", _CELL.sub("\t", body.replace("\n", "")))))
    return "\n".join(line.strip() for line in text.splitlines()).strip() + "\n"


def _line(text: str) -> str:
    """One line: a header never continues into another."""
    return " ".join(text.split())
