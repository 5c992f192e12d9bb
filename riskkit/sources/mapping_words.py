"""A header that no list knows, understood word by word: what its words say together names a field, to be confirmed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

from riskkit.sources.tabular import plain

_BEST, _UNKNOWN_COST, _LEAST = 0.72, 0.09, 0.5
_SHORTEST_STEM, _SHORTEST_ABBREVIATION = 3, 3
_OWED = re.compile(r"\bdû(e|s|es)?\b", re.IGNORECASE)  # without its accent, « du » is an article

_CHOICE = re.compile(r"\b(o/n|oui/non|y/n|yes/no)\b", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def word_nearness(field: str, header: str) -> float:
    """How surely the words of a header name a field, always below what is applied without a question; 0 if they do not.

    Each word says an idea (`words` of header_words.yaml); a field is said by ideas together, and forgives some others.
    A word of another idea says another field; an unknown word only makes it less sure, and is too much beside an idea
    as wide as an amount or a date.
    """
    ideas, unknown = _ideas(header)
    best = 0.0
    for wanted, forgiven in _patterns().get(field, ()):
        is_said = all(any(idea in said for said in ideas) for idea in wanted)
        if is_said and all(said & (wanted | forgiven) for said in ideas) and not (unknown and wanted <= _wide()):
            best = max(best, _BEST - _UNKNOWN_COST * unknown + 0.005 * len(wanted))
    return best if best >= _LEAST else 0.0


def says_number(header: str) -> bool:
    """Whether a word of a header says a number or a code."""
    return any("number" in said for said in _ideas(header)[0])


def only_says_number(header: str) -> bool:
    """Whether a header says a number and nothing else."""
    ideas, unknown = _ideas(header)
    return bool(ideas) and not unknown and all("number" in said for said in ideas)


@lru_cache(maxsize=5_000)
def _ideas(header: str) -> tuple[tuple[frozenset[str], ...], int]:
    """The ideas that each word of a header may say, and how many of its words say none."""
    words = dict.fromkeys(plain(_CHOICE.sub(" ", _OWED.sub(" restant ", header))).split())
    found = [_idea(word) for word in words if word not in _described()["silent"] and not word.isdigit()]
    return tuple(said for said in found if said), found.count(frozenset())


@cache
def _idea(word: str) -> frozenset[str]:
    """The ideas of a word: its own, whatever its plural or gender, or those of the words it abbreviates."""
    stems = _stems()
    if _stem(word) in stems:
        return stems[_stem(word)]
    if len(word) < _SHORTEST_ABBREVIATION:
        return frozenset()
    longer = [ideas for stem, ideas in stems.items() if stem.startswith(word)]
    if not longer and not set(word) & set("aeiouy"):
        longer = [ideas for known, ideas in _whole_words().items() if known[0] == word[0] and _is_inside(word, known)]
    return frozenset().union(*longer)


def _is_inside(short: str, word: str) -> bool:
    """Whether the letters of an abbreviation are in a word, in their order: « rcvd » in « received »."""
    left = iter(word)
    return all(letter in left for letter in short)


def _stem(word: str) -> str:
    stem = re.sub(r"(ees?|es?|s|x)$", "", word)
    return stem if len(stem) >= _SHORTEST_STEM else word


@cache
def _whole_words() -> Mapping[str, frozenset[str]]:
    return {word: _stems()[_stem(word)] for words in _described()["words"].values() for word in words}


@cache
def _stems() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for idea, words in _described()["words"].items():
        for word in words:
            found[_stem(word)] = found.get(_stem(word), frozenset()) | {idea}
    return found


@cache
def _patterns() -> Mapping[str, tuple[tuple[frozenset[str], frozenset[str]], ...]]:
    found = {}
    for field, described in _described()["fields"].items():
        forgiven = frozenset(described.get("forgives", ()))
        found[field] = tuple((frozenset(said.split()), forgiven) for said in described["says"])
    return found


@cache
def _wide() -> frozenset[str]:
    return frozenset(_described()["wide"])


@cache
def _described() -> Mapping[str, Any]:
    text = resources.files("riskkit.sources").joinpath("header_words.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return loaded
