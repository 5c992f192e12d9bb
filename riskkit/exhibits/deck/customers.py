"""Slides about customers: the map of risk, and whom to act on."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.action_exhibits import plan_finding
from riskkit.exhibits.deck.parts import amount_format, brief_text, capital, short_name, whole_money
from riskkit.exhibits.deck.slide import Chart, Grid, Line, Series, Slide
from riskkit.exhibits.plot_score_classes import class_sums, classes_finding
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.score_words import CLASSES, LEVELS

_CLASS_COLOURS = {
    "1": "ACCENT_4",
    "2": "ACCENT_4",
    "3": "ACCENT_3",
    "4": "ACCENT_2",
    "5": "ACCENT_5",
    "unknown": "ACCENT_6",
}
_ACTIONS = 9


def risk(material: Material) -> Slide | None:
    """Five classes by what they owe, three levels in a table."""
    words, run, scores = material.words, material.run, material.table("scores")
    if scores is None:
        return None
    sums = class_sums(scores)
    title = classes_finding(scores, language=material.language, currency=run.currency)
    owed = [float(value) for value in sums["open_amount"]]
    shape, unit = amount_format(owed, material)
    chart = Chart(
        "bar",
        [words.say(CLASSES[str(code)]) for code in sums.index],
        [
            Series(
                words.text("Owed"), owed, "ACCENT_1", point_colours=[_CLASS_COLOURS[str(code)] for code in sums.index]
            )
        ],
        shape,
        words.text("owed, {unit}", unit=unit),
        title,
        has_labels=True,
    )
    money = ["open_amount", "overdue_amount"]
    grouped = scores.groupby("risk_level")[money].sum()
    counts = scores["risk_level"].value_counts()
    rows = [
        (
            capital(words.say(name)),
            str(int(counts.get(code, 0))),
            *(_money(material, grouped, code, column) for column in money),
        )
        for code, name in LEVELS.items()
    ]
    total = (
        words.text("Total"),
        str(len(scores)),
        *(whole_money(material, float(scores[column].sum())) for column in money),
    )
    table = Grid(
        [words.text("Risk"), words.text("Customers"), words.text("Owed"), words.text("Overdue")],
        [*rows, total],
        [False, True, True, True],
        [1.3, 1.0, 1.4, 1.4],
        words.text("Three classes"),
        strong=[len(rows)],
    )
    return Slide(
        "chart_table",
        title,
        texts=[(12, _riskiest(material, scores))],
        chart=chart,
        grids=[(11, table)],
        source=words.text(
            "Class by the grid of the policy, legal events and classes given by hand; “not known” is no good risk."
        ),
        notes=words.text(
            "The model card (model_card.html) says what the scores are worth on months they did not know."
        ),
    )


def _riskiest(material: Material, scores: pd.DataFrame) -> list[Line]:
    high = scores[(scores["risk_level"] == "high") & (scores["open_amount"] > 0)].nlargest(3, "open_amount")
    return [
        Line(
            f"{material.money(float(row['open_amount']))}. {row['reason_1']}"
            if isinstance(row["reason_1"], str)
            else material.money(float(row["open_amount"])),
            short_name(row["name"], row["customer_id"]),
        )
        for _, row in high.iterrows()
    ]


def actions(material: Material) -> Slide | None:
    """The first lines of the action plan."""
    words, plan = material.words, material.table("actions")
    if plan is None:
        return None
    first = plan.sort_values("rank").head(_ACTIONS)
    rows = [
        (
            short_name(row["name"], row["customer_id"]),
            str(row["action"]),
            brief_text(str(row["why"]), 95),
            row["owner"] if isinstance(row["owner"], str) else "–",
            words.date(row["do_by"].date()),
            whole_money(material, float(row["stake_amount"])),
        )
        for _, row in first.iterrows()
    ]
    headings = [words.text(name) for name in ("Customer", "To do", "Why", "Who", "By", "At stake")]
    grid = Grid(
        headings,
        rows,
        [False, False, False, False, False, True],
        [2.5, 2.6, 4.3, 1.5, 1.2, 1.3],
        words.text("The first lines of the action plan"),
    )
    return Slide(
        "table",
        plan_finding(plan, words, currency=material.run.currency),
        grids=[(10, grid)],
        source=words.text(
            "The whole plan is in plan_actions.xlsx; the same euros are often at stake in several actions: the "
            "largest counts."
        ),
        notes=words.text(
            "Kinds of action, most pressing first: claim, prescription, dunning, dispute, limit, terms, provision."
        ),
    )


def _money(material: Material, grouped: pd.DataFrame, code: str, column: str) -> str:
    return whole_money(material, float(grouped[column].get(code, 0.0)))
