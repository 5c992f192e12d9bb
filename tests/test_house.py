"""The rules of the house, checked: layers, sizes, clock, languages, and what must never be committed."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "riskkit"
MODULES = sorted(PACKAGE.rglob("*.py"))
FLOW = ["sources", "companies", "ledger", "models", "decisions", "exhibits", "workbench"]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(tree: ast.AST) -> set[str]:
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return found | {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_data_moves_to_the_right_only(path):
    stage = path.relative_to(PACKAGE).parts[0]
    allowed = FLOW[: FLOW.index(stage) + 1] if stage in FLOW else []
    if path == PACKAGE / "__init__.py":
        allowed = FLOW  # the public names, loaded when they are first used
    for module in _imports(ast.parse(path.read_text(encoding="utf-8"))):
        parts = module.split(".")
        if parts[0] == "riskkit" and len(parts) > 1 and parts[1] in FLOW:
            assert parts[1] in allowed, f"{_name(path)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_modules_stay_small_and_never_ask_the_clock(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert not re.search(r"date\.today\(|datetime\.now\(|Timestamp\.(today|now)\(|\butcnow\(", text)


def _templates(path: Path) -> list[str]:
    """Every text of a module that a person may see: first argument of message(), Message() and Language.text()."""
    found = []
    speaks = path.relative_to(PACKAGE).parts[0] in ("exhibits", "workbench")  # elsewhere .text() reads a column
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        named = ("message", "Message", "text") if speaks else ("message", "Message")
        if name in named and isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
            found.append(first.value)
    return found


def _french() -> dict[str, str]:
    entries: dict[str, str] = {}
    for path in sorted((PACKAGE / "locale" / "fr").glob("*.po")):
        with path.open("rb") as handle:
            for entry in read_po(handle, locale="fr"):
                forms = (
                    [(entry.id, entry.string)]
                    if isinstance(entry.id, str)
                    else zip(entry.id, entry.string, strict=True)
                )
                for english, french in forms:
                    if english:
                        assert entries.get(english, french) == french, f"two translations of {english!r}"
                        entries[english] = str(french)
    return entries


def test_every_text_has_its_french_with_the_same_fields():
    french = _french()
    missing = [(_name(path), text) for path in MODULES for text in _templates(path) if not french.get(text)]
    assert not missing
    fields = re.compile(r"\{(\w+)")
    for english, translated in french.items():
        assert sorted(set(fields.findall(english))) == sorted(set(fields.findall(translated))), english


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_nothing_of_a_machine_is_committed():
    # spelled in two halves, so that this file does not find itself
    forbidden = [
        re.compile(left + right) for left, right in [("/wo", r"rk/"), ("/ro", r"ot/"), (r"https?://[\w.]*py", "pi")]
    ]
    for path in _tracked():
        if path.stat().st_size > 500_000:
            raise AssertionError(f"{_name(path)} is larger than 500 kB")
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for pattern in forbidden:
            assert not pattern.search(text), f"{_name(path)}: {pattern.pattern}"
