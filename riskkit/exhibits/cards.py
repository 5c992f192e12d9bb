"""Headline measures as cards: the value, how it moved over a year, its course, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from riskkit.exhibits.findings import trend_text
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.measure_targets import shown_names, target_line, words_of
from riskkit.exhibits.measure_words import show_measure
from riskkit.exhibits.reasons import say_reason
from riskkit.exhibits.run_tables import RunTables, measure_series, value_before

HEADLINES = (
    "receivables_amount",
    "overdue_amount",
    "overdue_share",
    "days_beyond_terms_days",
    "dso_days",
    "countback_dso_days",
    "average_days_delinquent_days",
    "collection_effectiveness_rate",
)


SLIGHT = 0.02  # a move of less than this part of the earlier value is not judged


def measure_cards(run: RunTables, *, language: str, names: Sequence[str] = HEADLINES) -> Html:
    """One card for each measure, those with a target and the portfolio's own included, in a grid."""
    cards = [
        measure_card(
            name,
            run.kpi(name),
            measure_series(run.measures, name, months=24),
            language=language,
            currency=run.currency,
            reason=run.reason(name),
            manifest=run.manifest,
        )
        for name in shown_names(run.manifest, names)
    ]
    return element("ul", *cards, class_="rk-measures")


def measure_card(
    name: str,
    value: float | None,
    history: pd.Series,
    *,
    language: str,
    currency: str = "EUR",
    reason: object = None,
    manifest: Mapping[str, Any] = MappingProxyType({}),
) -> Html:
    """One card, a list item. `history` holds the measure by date and ends with `value`; it may be short or empty.

    `manifest` is that of the run: the words of its own measures, and targets.
    """
    words = language_of(language)
    said = words_of(manifest, name)
    label = element("span", words.say(said.label), class_="rk-measure-label", title=words.say(said.definition))
    if value is None or math.isnan(value):
        why = element("span", say_reason(reason, language), class_="rk-trend")
        shown = element("span", words.text("not computable"), class_="rk-measure-value rk-none")
        return element("li", label, shown, why, class_="rk-measure")
    shown = element("span", show_measure(name, value, language, currency=currency), class_="rk-measure-value")
    main = element("span", shown, sparkline(history), class_="rk-measure-main")
    trend = _trend(name, value, history, language=language, lower_is_better=said.lower_is_better)
    target = target_line(manifest, name, language=language, currency=currency)
    return element("li", label, main, trend, target, class_="rk-measure")


def sparkline(values: pd.Series, *, width: float = 84.0, height: float = 24.0) -> Html:
    """The course of a measure as a line with a dot on its last value; decoration, silent to a screen reader."""
    known = [float(value) for value in values if math.isfinite(float(value))]
    if len(known) < 3:
        return Html("")
    low, high = min(known), max(known)
    reach = (high - low) or 1.0
    points = [
        (2 + (width - 5) * rank / (len(known) - 1), height - 3 - (height - 6) * (value - low) / reach)
        for rank, value in enumerate(known)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element(
        "svg",
        element(
            "polyline", points=line, fill="none", stroke="currentColor", stroke_width="1.6", stroke_linejoin="round"
        ),
        element("circle", cx=f"{points[-1][0]:.1f}", cy=f"{points[-1][1]:.1f}", r="2.4", fill="currentColor"),
        class_="rk-spark",
        viewBox=f"0 0 {width:g} {height:g}",
        aria_hidden="true",
    )


def _trend(name: str, value: float, history: pd.Series, *, language: str, lower_is_better: bool | None) -> Html:
    words = language_of(language)
    since, before = words.text("in one year"), value_before(history, months=12)
    if before is None:
        since, before = words.text("in one month"), value_before(history, months=1)
    if before is None:
        return element("span", words.text("no earlier figure"), class_="rk-trend")
    moved = trend_text(name, value, before, language=language)
    side, spoken = "", ""
    if lower_is_better is not None and moved[:1] in "+−" and abs(value - before) > SLIGHT * abs(before):
        better = (value < before) == lower_is_better
        side = " rk-good" if better else " rk-bad"
        spoken = words.text("better") if better else words.text("worse")
    arrow = {"+": "▲ ", "−": "▼ "}.get(moved[:1], "")
    mark = element("span", arrow, aria_hidden="true") if arrow else None
    judged = element("span", f" ({spoken})", class_="rk-hidden") if spoken else None
    return element("span", element("b", mark, moved), f" {since}", judged, class_=f"rk-trend{side}")
