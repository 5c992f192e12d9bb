"""Measures that a portfolio defines itself, and what measures are compared with, as a run's manifest keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from riskkit.errors import Message
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.measure_word import MeasureWords
from riskkit.exhibits.measure_words import MEASURES, show_measure
from riskkit.policy import Policy

_MARKS = {"green": ("rk-good", "●"), "orange": ("rk-watch", "◐"), "red": ("rk-bad", "○")}


def manifest_targets(policy: Policy, kpis: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a manifest about own measures and targets: `own_measures` and `targets`, with today's colours."""
    own = policy.measures.own
    targets = {**policy.measures.targets, **{measure.name: measure.target for measure in own if measure.target}}
    return {
        "own_measures": [
            {
                "name": measure.name,
                "label": measure.label,
                "unit": measure.unit,
                "definition": measure.definition,
                "formula": measure.formula,
                "lower_is_better": measure.target.lower_is_better if measure.target else measure.lower_is_better,
            }
            for measure in own
        ],
        "targets": {
            name: {
                "target": target.target,
                "alert": target.alert,
                "colour": None if kpis.get(name) is None else target.colour(float(kpis[name])),
            }
            for name, target in targets.items()
        },
    }


def own_names(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the measures that the portfolio defines, in its order."""
    return tuple(own["name"] for own in manifest.get("own_measures", ()))


def shown_names(manifest: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    """These measures, then those with a target, then the portfolio's own, each once."""
    return tuple(dict.fromkeys([*names, *manifest.get("targets", {}), *own_names(manifest)]))


def words_of(manifest: Mapping[str, Any], name: str) -> MeasureWords:
    """The words of a measure, of riskkit or of the portfolio; its code where nothing says more."""
    if name in MEASURES:
        return MEASURES[name]
    own = {measure["name"]: measure for measure in manifest.get("own_measures", ())}.get(name, {})
    return MeasureWords(
        name=name,
        unit=own.get("unit", "count"),
        label=_plain(own.get("label") or name),
        definition=_plain(own.get("definition") or own.get("label") or name),
        formula=_plain(own.get("formula") or ""),
        lower_is_better=own.get("lower_is_better"),
    )


def target_line(manifest: Mapping[str, Any], name: str, *, language: str, currency: str) -> Html | None:
    """What the measure is compared with and whether it holds, in words, a shape and a colour; None without a target."""
    given = manifest.get("targets", {}).get(name)
    if given is None:
        return None
    words = language_of(language)
    sign = "≤" if given["alert"] > given["target"] else "≥"
    shown = show_measure(name, float(given["target"]), language, currency=currency)
    said = {"green": words.text("met"), "orange": words.text("close"), "red": words.text("missed")}
    side, mark = _MARKS.get(given["colour"], ("", ""))
    return element(
        "span",
        element("span", f"{mark} ", aria_hidden="true") if mark else None,
        words.text("target {sign} {value}", sign=sign, value=shown),
        element("b", f" {said[given['colour']]}", class_=side) if given["colour"] in said else None,
        class_=f"rk-target {side}",
    )


def _plain(text: str) -> Message:
    """A text that a person wrote, as a message: its braces stand for themselves."""
    return Message(text.replace("{", "{{").replace("}", "}}"))
