"""Changing the tables of a `portfolio.yaml` in place: comments at its head stay, the file is never half written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import yaml

from riskkit.sources.mapping_spec import TableSpec


def save_sources(path: Path, specs: Sequence[TableSpec]) -> None:
    """Write specifications in a settings file, its other keys as they were, aside and then renamed.

    The comments above the first key are kept; YAML keeps no others.
    """
    text = path.read_text(encoding="utf-8")
    head = "".join(takewhile(lambda line: line.startswith("#") or not line.strip(), text.splitlines(keepends=True)))
    values = yaml.safe_load(text) or {}
    values["sources"] = [spec.model_dump(exclude_defaults=True, exclude={"confidence", "unused"}) for spec in specs]
    body = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=110)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(head + body, encoding="utf-8")
    os.replace(aside, path)
