"""The headline measures of the page: value, course over two years, and how each moved in a year and in a month."""

from __future__ import annotations

import math

from riskkit.exhibits.cards import HEADLINES, SLIGHT, sparkline
from riskkit.exhibits.findings import trend_text
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.measure_targets import shown_names, target_line, words_of
from riskkit.exhibits.measure_word import MeasureWords
from riskkit.exhibits.measure_words import show_measure
from riskkit.exhibits.reasons import say_reason
from riskkit.exhibits.run_tables import RunTables, measure_series, value_before

MONTHS_DRAWN = 24


def headline_cards(run: RunTables, *, language: str) -> Html:
    """One card for each headline measure, each with a target and each of the portfolio's own, as a list."""
    names = shown_names(run.manifest, HEADLINES)
    return element("ul", *[_card(run, name, language_of(language)) for name in names], class_="rk-cards")


def _card(run: RunTables, name: str, words: Language) -> Html:
    value = run.kpi(name)
    said = words_of(run.manifest, name)
    label = element("h3", words.say(said.label), class_="rk-card-label")
    meaning = element("p", words.say(said.definition), class_="rk-card-meaning")
    if value is None:
        why = element("p", say_reason(run.reason(name), words.code), class_="rk-card-why")
        shown = element("p", words.text("not computable"), class_="rk-card-value rk-none")
        return element("li", label, shown, why, meaning, class_="rk-kpi", data_testid=f"card-{name}")
    history = measure_series(run.measures, name, months=MONTHS_DRAWN)
    shown = element("p", show_measure(name, value, words.code, currency=run.currency), class_="rk-card-value")
    moves = [
        _move(said, value, value_before(history, months=months), since=since, words=words, currency=run.currency)
        for months, since in ((12, words.text("in one year")), (1, words.text("in one month")))
    ]
    known = [move for move in moves if move is not None]
    trend = element("p", *known, None if known else words.text("no earlier figure"), class_="rk-card-moves")
    spark = element("div", sparkline(history, width=120, height=36), class_="rk-card-spark")
    target = target_line(run.manifest, name, language=words.code, currency=run.currency)
    return element("li", label, shown, spark, trend, target, meaning, class_="rk-kpi", data_testid=f"card-{name}")


def _move(
    said: MeasureWords, value: float, before: float | None, *, since: str, words: Language, currency: str
) -> Html | None:
    """How the measure moved since an earlier value; better and worse are said aloud as well as coloured."""
    name = said.name
    if before is None or not math.isfinite(before):
        return None
    moved = trend_text(name, value, before, language=words.code)
    if not before and value and name.endswith("_amount"):
        moved = words.text("from {amount}", amount=show_measure(name, before, words.code, currency=currency))
    side, spoken = _judge(said, value, before, words)
    arrow = None if moved == words.text("unchanged") else "▲ " if value > before else "▼ "
    return element(
        "span",
        element("b", element("span", arrow, aria_hidden="true") if arrow else None, moved),
        f" {since}",
        element("span", f" ({spoken})", class_="rk-hidden") if spoken else None,
        class_=f"rk-move{side}",
    )


def _judge(said: MeasureWords, value: float, before: float, words: Language) -> tuple[str, str]:
    lower_is_better = said.lower_is_better
    if lower_is_better is None or abs(value - before) <= SLIGHT * abs(before):
        return "", ""
    better = (value < before) == lower_is_better
    return (" rk-good", words.text("better")) if better else (" rk-bad", words.text("worse"))
