"""A policy as the YAML file that a person reads and corrects."""

from __future__ import annotations

import json
from collections.abc import Sequence

import yaml

from riskkit.exhibits.language import language as language_of
from riskkit.policy import Policy


def policy_text(policy: Policy, *, language: str) -> str:
    """The policy as YAML, every key with what it means."""
    words = language_of(language)
    lines = [f"# {words.text('Thresholds and conventions. A key that is deleted takes its default again.')}"]
    for name, value in policy.model_dump(mode="json").items():
        lines.append(f"# {words.text(Policy.model_fields[name].description or name)}")
        is_plain = not isinstance(value, dict) and not any(isinstance(part, dict) for part in _parts(value))
        shown = yaml.safe_dump({name: value}, allow_unicode=True, sort_keys=False).rstrip()
        lines.append(f"{name}: {json.dumps(value)}" if is_plain else shown)
    return "\n".join(lines) + "\n"


def _parts(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
