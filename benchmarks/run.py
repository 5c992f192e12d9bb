"""Run one benchmark and keep its figures: `python -m benchmarks.run NAME`.

A benchmark is a module of this folder with `rows()`, and `PACKAGES` if other versions than Python's matter. Its result
goes to `benchmarks/results/NAME.json`; `docs/benchmarks.md` is written from all results.

A long one has `PARTS`, functions by name, and can be measured part by part: `python -m benchmarks.run NAME --part PART`
replaces the rows of that part and dates them, on the machine and packages of the others or not at all.
"""

from __future__ import annotations

import argparse
import ast
import datetime as dt
import importlib
import json
import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).parent
DOCUMENT = FOLDER.parent / "docs" / "benchmarks.md"
_TOOLS = ("run", "__init__")


def main() -> None:
    """Run the benchmark named on the command line, or only write the document again with `--document`."""
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__)
    parser.add_argument("name", nargs="?", choices=names())
    parser.add_argument("--part", action="append", help="measure only this part of it; may be repeated")
    parser.add_argument("--document", action="store_true", help="write docs/benchmarks.md from the kept results")
    asked = parser.parse_args()
    if asked.name:
        kept = FOLDER / "results" / f"{asked.name}.json"
        result = run_parts(asked.name, asked.part, kept) if asked.part else run(asked.name)
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(table(result))
    elif not asked.document:
        parser.error("name a benchmark: " + ", ".join(names()))
    DOCUMENT.write_text(document(), encoding="utf-8")


def names() -> list[str]:
    """The benchmarks there are: modules of this folder that define `rows`."""
    modules = [path for path in sorted(FOLDER.glob("*.py")) if path.stem not in _TOOLS]
    marks = ("\ndef rows()", "\nPARTS: ")
    return [path.stem for path in modules if any(mark in path.read_text(encoding="utf-8") for mark in marks)]


def run(name: str) -> dict[str, Any]:
    """The result of one benchmark, with where, when and with what it was measured."""
    module = importlib.import_module(f"benchmarks.{name}")
    if hasattr(module, "PARTS"):
        return run_parts(name, list(module.PARTS), FOLDER / "results" / "none.json")
    return {**_circumstances(module), "rows": module.rows()}


def run_parts(name: str, asked: list[str], kept: Path) -> dict[str, Any]:
    """The kept result of one benchmark, the rows of the parts asked for measured anew."""
    module = importlib.import_module(f"benchmarks.{name}")
    parts: dict[str, Callable[[], list[dict[str, Any]]]] = module.PARTS
    if unknown := sorted(set(asked) - set(parts)):
        raise SystemExit(f"{name} has no part {unknown[0]}; its parts are {', '.join(parts)}")
    result = _circumstances(module)
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {"rows": [], "parts": {}}
    rows = {part: [row for row in before["rows"] if row.get("part") == part] for part in parts if part not in asked}
    dates = {part: before.get("parts", {}).get(part) for part, found in rows.items() if found}
    if dates and any(before[name] != result[name] for name in ("machine", "versions")):
        raise SystemExit("the other parts were measured on another machine or with other packages: measure them all")
    for part in asked:
        rows[part] = [{**row, "part": part} for row in parts[part]()]
        dates[part] = result["date"]
        for each in rows[part]:
            print(part, each["measure"], each["dataset"], round(each["value"], 4), file=sys.stderr, flush=True)
    ordered = [row for part in parts for row in rows.get(part, [])]
    return {**result, "parts": {part: dates[part] for part in parts if part in dates}, "rows": ordered}


def _circumstances(module: ModuleType) -> dict[str, Any]:
    """Where, when and with what a benchmark is measured."""
    packages = getattr(module, "PACKAGES", ())
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} CPU, {platform.system()}",
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "versions": {"python": platform.python_version(), **{package: version(package) for package in packages}},
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
