"""Every package that is installed by name is explained in docs/dependencies.md, and no other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_each_dependency_is_explained_once_and_none_is_left_over():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    named = {re.match(r"[A-Za-z0-9-]+", line)[0].lower() for group in groups for line in group}
    rows = re.findall(r"^\| (?!package|---)([^|]+) \|", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
    explained = [name.strip() for row in rows for name in row.split(",")]
    assert len(explained) == len(set(explained))
    assert set(explained) == named
