"""Write the notebooks in their committed form: no outputs, stable cell ids, formatted code, the same bytes every time.

python scripts/normalise_notebooks.py            rewrites notebooks/*.ipynb
python scripts/normalise_notebooks.py --check    changes nothing, and fails when one is not in that form
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LINE_LENGTH = 110
MAX_CODE_CELLS, MAX_LINES = 15, 10
FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.Lambda)
METADATA: dict[str, Any] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def normalised(text: str) -> str:
    """The committed form of a notebook. A notebook already in that form comes back unchanged."""
    notebook = json.loads(text)
    written = [cell for cell in notebook["cells"] if _source(cell).strip()]
    cells = [_cell(cell, number) for number, cell in enumerate(written, start=1)]
    title = {name: notebook["metadata"][name] for name in ("title",) if name in notebook["metadata"]}
    kept = {"cells": cells, "metadata": {**METADATA, **title}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def faults(text: str) -> list[str]:
    """What makes a notebook more than a thin one: too many cells, long cells, definitions, loops."""
    cells = [_source(cell) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    found = [f"{len(cells)} code cells, at most {MAX_CODE_CELLS}"] if len(cells) > MAX_CODE_CELLS else []
    for number, source in enumerate(cells, start=1):
        lines = source.strip().count("\n") + 1
        if lines > MAX_LINES:
            found.append(f"code cell {number} has {lines} lines, at most {MAX_LINES}")
        found += [
            f"code cell {number}: {type(node).__name__} belongs in the package"
            for node in ast.walk(ast.parse(source))
            if isinstance(node, FORBIDDEN)
        ]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Normalise the notebooks, or check that they are; 1 when one is not in its committed form or is not thin."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a notebook would change")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: notebooks/*.ipynb")
    asked = parser.parse_args(arguments)
    status = 0
    for path in asked.notebooks or sorted((ROOT / "notebooks").glob("*.ipynb")):
        before = path.read_text(encoding="utf-8")
        after = normalised(before)
        for fault in faults(after):
            print(f"{path.name}: {fault}")
            status = 1
        if after == before:
            continue
        if asked.check:
            print(f"{path.name} is not in its committed form: run make notebooks")
            status = 1
        else:
            path.write_text(after, encoding="utf-8")
            print(f"{path.name} rewritten")
    return status


def _cell(cell: dict[str, Any], number: int) -> dict[str, Any]:
    source = _source(cell)
    tags = sorted(cell["metadata"].get("tags", []))
    kept: dict[str, Any] = {
        "cell_type": cell["cell_type"],
        "id": f"{number:02d}-{_slug(source, tags)}",
        "metadata": {"tags": tags} if tags else {},
    }
    if cell["cell_type"] == "code":
        kept |= {"execution_count": None, "outputs": []}
        source = _formatted(source)
    kept["source"] = source.rstrip().splitlines(keepends=True)
    return kept


def _source(cell: dict[str, Any]) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def _slug(source: str, tags: Sequence[str]) -> str:
    """A name for the cell that changes only when its first words do."""
    words = list(tags[:1]) or re.findall(r"[a-z0-9]+", source.lower())[:3]
    return "-".join(words)[:32] or "cell"


def _formatted(source: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--line-length", str(LINE_LENGTH), "--stdin-filename", "cell.py", "-"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main())
