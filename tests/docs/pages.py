"""The blocks of a documentation page, and what the info line of each asks of a test.

A fence's first word is its language, the others say what a test does with it:

- ` ```sh `: each command is run in the page's folder and must succeed; `exit=1` is the code it must end with;
- ` ```sh options `: a command that is long or waits (a server, an editor): its options are parsed, it is not run;
- ` ```text file=factures.csv `: the block is written to that file, for the commands after it;
- ` ```yaml add=portfolios/durand/portfolio.yaml `: its keys are set in that settings file, for the commands after it;
- ` ```text `: each line was printed by the block before it, in that order; `…` alone stands for lines left out, and a
  line that holds one for what is left out of it;
- ` ```python `: run, in one namespace for the page.

The front matter of a page names the sample it starts from (`sample: full` or `sample: small`), or nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```(?P<info>[^\n`{]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fence of a page."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int

    def value(self, name: str) -> str | None:
        """What follows `name=` on the info line."""
        return next((word.split("=", 1)[1] for word in self.words if word.startswith(f"{name}=")), None)

    @property
    def commands(self) -> list[str]:
        """The commands of a shell block: comments left out, lines that end with a backslash joined."""
        joined = self.text.replace("\\\n", " ")
        lines = [re.sub(r"\s+#\s.*$", "", line).strip() for line in joined.splitlines()]
        return [line for line in lines if line and not line.startswith("#")]


def blocks(page: Path) -> list[Block]:
    """The fences of a page in their order, directives left out."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        language, *words = match["info"].split() or [""]
        found.append(Block(language, tuple(words), match["text"], text.count("\n", 0, match.start()) + 1))
    return found


def sample_of(page: Path) -> str:
    """Which sample a page starts from: `full`, `small`, or an empty text."""
    found = re.match(r"---\n(?:.*\n)*?sample: (\w+)\n", page.read_text(encoding="utf-8"))
    return found[1] if found else ""


def prose(page: Path) -> str:
    """What people read of a page: no front matter, fences, code, addresses or HTML."""
    text = re.sub(r"\A---\n.*?\n---\n", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"^(```|:::).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL) if "```" in text else text
    return re.sub(r"`[^`\n]*`|\]\([^)]*\)|<[^>\n]*>|^:::.*$|^\|[ :|-]+\|$", "", text, flags=re.MULTILINE)
