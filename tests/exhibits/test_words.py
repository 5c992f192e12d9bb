"""French is typeset; every measure has its words."""

from __future__ import annotations

from importlib import resources

import pytest
from babel.messages.pofile import read_po

from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.measure_words import MEASURES, measure_label, show_measure

CATALOGUES = sorted(
    entry.name for entry in resources.files("riskkit").joinpath("locale", "fr").iterdir() if entry.name.endswith(".po")
)


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_french_is_typeset(catalogue: str) -> None:
    with resources.files("riskkit").joinpath("locale", "fr", catalogue).open("rb") as handle:
        texts = [str(entry.string) for entry in read_po(handle) if entry.id]
    assert texts
    assert [text for text in texts if "'" in text.replace("Z''", "") or '"' in text] == []
    assert [text for text in texts if any(f" {mark}" in text for mark in ":;?!»")] == []


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_has_words_in_both_languages(name: str) -> None:
    assert measure_label(name, "fr") != name
    assert measure_label(name, "fr") != measure_label(name, "en") or name in ("dso_days", "dpo_days")
    suffix = {"amount": "_amount", "days": "_days", "count": "_count"}.get(MEASURES[name].unit)
    assert name.endswith(suffix or ("_share", "_rate"))


@pytest.mark.parametrize(
    ("name", "value", "fr", "en"),
    [
        ("dso_days", 58.2, "58 jours", "58 days"),
        ("days_beyond_terms_days", 8.66, "8,7 jours", "8.7 days"),
        ("overdue_share", 0.3534, "35,3 %", "35.3%"),
        ("receivables_amount", 1352910.4, "1 352 910 €", "€1,352,910"),
        ("customers_count", 1200.0, "1 200", "1,200"),
        ("dso_days", None, "non calculable", "not computable"),
        ("dso_days", float("nan"), "non calculable", "not computable"),
        ("something_new_rate", 0.5, "50,0 %", "50.0%"),
    ],
)
def test_measures_are_shown_with_their_unit(name: str, value: float | None, fr: str, en: str) -> None:
    assert show_measure(name, value, "fr").replace("\u202f", " ").replace("\u00a0", " ") == fr
    assert show_measure(name, value, "en") == en


def test_buckets_of_any_policy_have_a_name() -> None:
    assert bucket_label("not_due", "fr") == "Non échu"
    assert bucket_label("d16_45", "fr") == "16 à 45 j de retard"
    assert bucket_label("over_45", "en") == "over 45 d late"
    assert bucket_label("undated", "fr") == "Sans échéance"
