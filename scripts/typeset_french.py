"""Set the French pages of the site as French is set: no-break spaces before : ; ? ! » %, after « and in numbers.

python scripts/typeset_french.py            rewrites docs/index.md and docs/guide/*.md
python scripts/typeset_french.py --check    changes nothing, and fails when one is not in that form

Code, addresses, front matter and HTML are left as they are.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
KEPT = re.compile(
    r"\A---\n.*?\n---\n"  # front matter
    r"|^(?P<fence>`{3,}|:{3,})[^\n]*\n(?:.*?^(?P=fence)$)?"  # a fence with its content, or one end of a container
    r"|`[^`\n]+`|\]\([^)\n]*\)|<[^>\n]+>|\{[^}\n]*\}",
    re.MULTILINE | re.DOTALL,
)
NO_BREAK, NARROW = "\u00a0", "\u202f"


def typeset(page: str) -> str:
    """The page with French spaces and apostrophes. A page already set comes back unchanged."""
    made, end = [], 0
    for kept in KEPT.finditer(page):
        made += [_prose(page[end : kept.start()]), _kept(kept)]
        end = kept.end()
    return "".join([*made, _prose(page[end:])])


def _kept(found: re.Match[str]) -> str:
    """A kept part as it is; a container (`:::`) holds prose between its two lines."""
    text = found[0]
    if not (found["fence"] or "").startswith(":") or text.count("\n") < 2:
        return text
    lines = text.split("\n")
    return "\n".join([lines[0], typeset("\n".join(lines[1:-1])), lines[-1]])


def _prose(text: str) -> str:
    text = text.replace("'", "’")
    text = re.sub(r"(?<=[^\s|]) (?=[:;?!»%€](?:[\s).,*|\]_…]|$))", NO_BREAK, text, flags=re.MULTILINE)
    text = text.replace("« ", f"«{NO_BREAK}")
    return re.sub(r"(?<=\d) (?=\d{3}(?!\d))", NARROW, text)


def main() -> int:
    """Rewrite the pages, or check them; 1 when one is not typeset."""
    stale = []
    for path in [DOCS / "index.md", *sorted((DOCS / "guide").glob("*.md"))]:
        page = path.read_text(encoding="utf-8")
        if typeset(page) != page:
            stale.append(path.relative_to(DOCS.parent).as_posix())
            if "--check" not in sys.argv:
                path.write_text(typeset(page), encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"{', '.join(stale)}: French spaces are missing; run `make docs`.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
