"""Pins what an extra of riskkit brings beyond requirements.lock: the blocks of a lock file whose package is new."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def blocks(text: str) -> dict[str, str]:
    """The blocks of a lock file by package: the line that pins it, then its digests."""
    found = re.findall(r"^(?!#)\S.*?(?=^(?!#)\S|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    return {re.split(r"[=\s\[;]", block, maxsplit=1)[0].lower(): block for block in found}


def main(whole: Path, base: Path, target: Path) -> None:
    """Write into `target` the blocks of `whole` whose package `base` does not have."""
    known = blocks(base.read_text(encoding="utf-8"))
    fresh = [block for name, block in blocks(whole.read_text(encoding="utf-8")).items() if name not in known]
    target.write_text("".join(fresh), encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(name) for name in sys.argv[1:4]))
