"""A policy as the YAML file that a person reads and corrects."""

from __future__ import annotations

import json
from collections.abc import Sequence

import yaml
from pydantic import BaseModel

from riskkit.exhibits.language import language as language_of
from riskkit.policy import Policy


def policy_text(policy: Policy, *, language: str) -> str:
    """The policy as YAML, every key with what it means, those inside a part as well."""
    words = language_of(language)
    lines = [f"# {words.text('Thresholds and conventions. A key that is deleted takes its default again.')}"]
    for name, value in policy.model_dump(mode="json").items():
        lines.append(f"# {words.text(Policy.model_fields[name].description or name)}")
        part = getattr(policy, name)
        if isinstance(part, BaseModel):
            lines.append(f"{name}:")
            for key, own in value.items():
                meaning = type(part).model_fields[key].description or key
                meaning = meaning if "{" in meaning else words.text(meaning)
                lines += [f"  # {meaning}", *(f"  {line}" for line in _shown(key, own))]
        else:
            lines += _shown(name, value)
    return "\n".join(lines) + "\n"


def _shown(name: str, value: object) -> list[str]:
    """A key and its value: plain values on one line, tables and lists of tables in the short form of YAML."""
    if not isinstance(value, dict) and not any(isinstance(part, dict) for part in _parts(value)):
        return [f"{name}: {json.dumps(value, ensure_ascii=False)}"]
    if isinstance(value, dict) and value and all(isinstance(part, dict) for part in value.values()):
        rows = [f"  {key}: {json.dumps(part, ensure_ascii=False)}" for key, part in value.items()]
        return [f"{name}:", *rows]
    text = yaml.safe_dump({name: value}, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    return text.rstrip().splitlines()


def _parts(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
