"""Targets and own measures as a page shows them."""

from __future__ import annotations

import pytest

from riskkit.exhibits.measure_targets import manifest_targets, shown_names, target_line, words_of
from riskkit.policy import Policy

POLICY = Policy.model_validate(
    {
        "measures": {
            "targets": {"dso_days": {"target": 45, "alert": 60}, "recovery_rate": {"target": 0.9, "alert": 0.7}},
            "own": [
                {"name": "x_share", "label": "Part {x} <b>", "unit": "share", "formula": "1/2", "lower_is_better": True}
            ],
        }
    }
)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("dso_days", 44.0, "objectif ≤ 45 jours tenu"),
        ("dso_days", 50.0, "objectif ≤ 45 jours proche"),
        ("dso_days", 61.0, "objectif ≤ 45 jours manqué"),
        ("recovery_rate", 0.95, "objectif ≥ 90,0 % tenu"),
        ("recovery_rate", None, "objectif ≥ 90,0 %"),
    ],
)
def test_a_target_is_said_in_words_not_only_in_colour(name, value, said):
    manifest = manifest_targets(POLICY, {name: value})
    line = target_line(manifest, name, language="fr", currency="EUR")
    text = "".join(part.split(">")[-1] for part in str(line).split("<")).replace("\u00a0", " ")
    assert text.lstrip("●◐○ ").strip() == said


def test_own_measures_are_shown_after_the_others_and_their_words_cannot_be_markup():
    manifest = manifest_targets(POLICY, {})
    assert shown_names(manifest, ("dso_days",)) == ("dso_days", "recovery_rate", "x_share")
    words = words_of(manifest, "x_share")
    assert str(words.label) == "Part {x} <b>"
    assert words.lower_is_better is True
    assert target_line(manifest, "x_share", language="fr", currency="EUR") is None
    assert str(words_of({}, "gone_days").label) == "gone_days"
