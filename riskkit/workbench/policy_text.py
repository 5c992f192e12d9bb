"""A policy as the YAML file that a person reads and corrects."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence

import yaml
from pydantic import BaseModel

from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.models.figure_names import FIGURES
from riskkit.policy import Policy

_WIDTH = 116


def policy_text(policy: Policy, *, language: str) -> str:
    """The policy as YAML, every key with what it means above it, those inside its parts as well."""
    words = language_of(language)
    opening = words.text("Thresholds and conventions. A key that is deleted takes its default again.")
    return "\n".join([f"# {opening}", *_part_lines(policy, words, indent="")]) + "\n"


def _part_lines(part: BaseModel, words: Language, *, indent: str) -> Iterator[str]:
    shown = part.model_dump(mode="json")
    for name, field in type(part).model_fields.items():
        yield from _comment(words.text(field.description or name), indent=indent)
        value = getattr(part, name)
        if isinstance(value, BaseModel) and _explained(type(value)):
            yield f"{indent}{name}:"
            yield from _part_lines(value, words, indent=f"{indent}  ")
            continue
        if isinstance(value, dict) and value.keys() <= FIGURES.keys() and value:
            yield f"{indent}{name}:"
            for key, line in shown[name].items():
                yield f"{indent}  {key}: {json.dumps(line)}  # {words.say(FIGURES[key])}"
            continue
        if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            yield from _keys_of(type(value[0]), words, indent=indent)
        yield from (f"{indent}{line}" for line in _shown(name, shown[name], width=_WIDTH - len(indent)))


def _explained(model: type[BaseModel]) -> bool:
    """Whether its keys say what they mean; those of a pair of numbers are told where the pair is."""
    return any(
        field.description or (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel))
        for field in model.model_fields.values()
    )


def _keys_of(model: type[BaseModel], words: Language, *, indent: str) -> Iterator[str]:
    """What the keys of each line of a list mean, once above the list."""
    for name, field in model.model_fields.items():
        if field.description:
            yield from _comment(f"  {name}: {words.text(field.description)}", indent=indent)


def _comment(text: str, *, indent: str) -> Iterator[str]:
    # Only plain spaces break a line: French keeps a no-break space before its high punctuation.
    rest = text[: len(text) - len(text.lstrip(" "))]
    wrapped = textwrap.wrap(text, _WIDTH - len(indent), subsequent_indent=f"{rest}  ", break_on_hyphens=False)
    yield from (f"{indent}# {line}" for line in wrapped)


def _shown(name: str, value: object, *, width: int) -> list[str]:
    """A key and its value: plain values on one line, tables and lists of tables in the short form of YAML."""
    if not isinstance(value, dict) and not any(isinstance(part, dict) for part in _parts(value)):
        return [f"{name}: {json.dumps(value, ensure_ascii=False)}"]
    if isinstance(value, dict) and value and all(isinstance(part, dict) for part in value.values()):
        rows = [f"  {key}: {json.dumps(part, ensure_ascii=False)}" for key, part in value.items()]
        return [f"{name}:", *rows]
    text = yaml.safe_dump({name: value}, allow_unicode=True, sort_keys=False, default_flow_style=None, width=width)
    return text.rstrip().splitlines()


def _parts(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
