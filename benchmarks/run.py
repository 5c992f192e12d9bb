"""Run one benchmark and keep its figures: `python -m benchmarks.run NAME`.

A benchmark is a module of this folder with `rows()`, and `PACKAGES` if other versions than Python's matter. Its result
goes to `benchmarks/results/NAME.json`; `docs/benchmarks.md` is written from all results.
"""

from __future__ import annotations

import argparse
import ast
import datetime as dt
import importlib
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
DOCUMENT = FOLDER.parent / "docs" / "benchmarks.md"
_TOOLS = ("run", "__init__")


def main() -> None:
    """Run the benchmark named on the command line, or only write the document again with `--document`."""
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__)
    parser.add_argument("name", nargs="?", choices=names())
    parser.add_argument("--document", action="store_true", help="write docs/benchmarks.md from the kept results")
    asked = parser.parse_args()
    if asked.name:
        result = run(asked.name)
        kept = FOLDER / "results" / f"{asked.name}.json"
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(table(result))
    elif not asked.document:
        parser.error("name a benchmark: " + ", ".join(names()))
    DOCUMENT.write_text(document(), encoding="utf-8")


def names() -> list[str]:
    """The benchmarks there are: modules of this folder that define `rows`."""
    modules = [path for path in sorted(FOLDER.glob("*.py")) if path.stem not in _TOOLS]
    return [path.stem for path in modules if "\ndef rows()" in path.read_text(encoding="utf-8")]


def run(name: str) -> dict[str, Any]:
    """The result of one benchmark, with where, when and with what it was measured."""
    module = importlib.import_module(f"benchmarks.{name}")
    packages = getattr(module, "PACKAGES", ())
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} CPU, {platform.system()}",
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "versions": {"python": platform.python_version(), **{package: version(package) for package in packages}},
        "rows": module.rows(),
    }


def table(result: dict[str, Any]) -> str:
    """The rows of a result as a Markdown table."""
    lines = [
        "| measure | dataset | value | 95 % interval | unit | n | baselines |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in result["rows"]:
        interval = "" if row["low"] is None else f"{row['low']:.4g} – {row['high']:.4g}"
        baselines = ", ".join(f"{name}: {value:.4g}" for name, value in row["baselines"].items())
        cells = (row["measure"], row["dataset"], f"{row['value']:.4g}", interval, row["unit"], str(row["n"]), baselines)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def document() -> str:
    """All kept results as one page."""
    parts = ["# Benchmarks", "", "Written by `make bench` from `benchmarks/results/`; do not edit."]
    for path in sorted((FOLDER / "results").glob("*.json")):
        result = json.loads(path.read_text(encoding="utf-8"))
        versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
        parts += ["", f"## {path.stem}", "", _said(path.stem), ""]
        parts += [f"{result['date']}; {result['machine']}; {versions}.", "", table(result)]
    return "\n".join(parts) + "\n"


def _said(name: str) -> str:
    """What a benchmark says of itself: the text at the top of its module."""
    return ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))) or ""


if __name__ == "__main__":
    main()
