"""The quality report as people read it: grades at a glance, findings as a table and as sentences."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.quality_words import (
    OVERALL,
    count_text,
    dimension_name,
    example_of,
    finding_sentence,
    quality_amount,
    say_packed,
    severity_name,
    severity_of,
    share_text,
)
from riskkit.exhibits.tables import TableColumn, make_table

LETTERS = "ABCDE"
GRADE_PROPERTIES = {"A": "good", "B": "good", "C": "warn-line", "D": "contrast", "E": "bad"}


def quality_grades(grades: pd.DataFrame, *, language: str) -> Html:
    """One row a dimension: its letter on the scale from A to E, and why."""
    words = language_of(language)
    if grades.empty:
        return element("p", words.text("The quality of the files was not judged."), class_="rk-nothing")
    ordered = pd.concat([grades[grades["dimension"] == OVERALL], grades[grades["dimension"] != OVERALL]])
    shown = pd.DataFrame(
        {
            "dimension": [dimension_name(str(code), language) for code in ordered["dimension"]],
            "grade": [_scale(grade, language) for grade in ordered["grade"]],
            "reason": [say_packed(reason, language) for reason in ordered["reason"]],
            "row_class": ["strong" if code == OVERALL else "" for code in ordered["dimension"]],
        }
    )
    columns = [
        TableColumn("dimension", words.text("Dimension")),
        TableColumn("grade", words.text("Grade"), "html"),
        TableColumn("reason", words.text("Main reason")),
    ]
    caption = words.text("What the files are worth, from A to E")
    table = make_table(shown, columns, language=language, caption=caption, sortable=False, is_stacked=True)
    return join(table, element("p", grade_rule(language=language), class_="rk-note"))


def grade_rule(*, language: str) -> str:
    """How grades are made, in one paragraph."""
    words = language_of(language)
    return words.text(
        "A grade is the share of the money that findings concern, each row once, weighted 1 when blocking, 0.25 when "
        "important, 0.05 when minor: A up to 1 %, B up to 3 %, C up to 10 %, D up to 25 %, E beyond; D at best with a "
        "blocking finding. Overall: the worst grade, legal payment terms left out."
    )


def quality_table(quality: pd.DataFrame, *, language: str, currency: str = "EUR", count: int | None = None) -> Html:
    """Every finding: how many rows, how much money, the first example, what it changes and what to do.

    From: quality, most severe first. `count` keeps the first ones and says how many are left out.
    """
    words = language_of(language)
    if quality.empty:
        return element("p", words.text("Nothing was found."), class_="rk-nothing")
    rows = quality if count is None else quality.head(count)
    shown = pd.DataFrame(
        {
            "finding": [_finding_cell(row, language) for _, row in rows.iterrows()],
            "count": [count_text(row, words) for _, row in rows.iterrows()],
            "amount": quality_amount(rows).to_numpy(),
            "share": [share_text(row, words) for _, row in rows.iterrows()],
            "advice": [
                _two_lines(say_packed(row["effect"], language), say_packed(row["action"], language))
                for _, row in rows.iterrows()
            ],
            "example": [_breakable(example_of(row, words)) for _, row in rows.iterrows()],
        }
    )
    columns = [
        TableColumn("finding", words.text("Finding"), "html"),
        TableColumn("count", words.text("How many")),
        TableColumn("amount", words.text("Money concerned"), "money"),
        TableColumn("share", words.text("Share")),
        TableColumn("advice", words.text("What it changes, what to do"), "html"),
        TableColumn("example", words.text("First example"), "html"),
    ]
    caption = words.text("What was found in the files; every row is in the table quality_rows")
    table = make_table(shown, columns, language=language, caption=caption, currency=currency, is_stacked=True)
    left_out = len(quality) - len(rows)
    note = words.text("Findings left out here, in the table of the run: {count}", count=left_out) if left_out else None
    return join(table, element("p", note, class_="rk-note") if note else None)


def quality_sentences(quality: pd.DataFrame, *, language: str, currency: str = "EUR", count: int = 8) -> list[str]:
    """The findings that weigh, largest money first, one or two sentences each."""
    graded = quality[quality["is_graded"].astype(bool)] if len(quality) else quality
    if graded.empty:
        return [language_of(language).text("Nothing found in the files that weighs on the figures.")]
    ordered = graded.assign(shown=quality_amount(graded)).sort_values("shown", ascending=False, kind="stable")
    return [
        finding_sentence(row, language=language, currency=currency, amount=float(row["shown"]))
        for _, row in ordered.head(count).iterrows()
    ]


def quality_remarks(quality: pd.DataFrame, *, language: str, currency: str = "EUR", count: int = 8) -> Html:
    """`quality_sentences` as a list for a page."""
    said = quality_sentences(quality, language=language, currency=currency, count=count)
    return element("ul", *[element("li", sentence) for sentence in said], class_="rk-remarks")


def _scale(grade: object, language: str) -> Html:
    """The letters A to E, the one that was given filled; words where there is none."""
    if not isinstance(grade, str) or grade not in LETTERS:
        return element("span", language_of(language).text("not computable"), class_="rk-note")
    cells = []
    for letter in LETTERS:
        colour = GRADE_PROPERTIES[letter]
        look = "display:inline-block;width:1.5em;text-align:center;line-height:1.5;"
        if letter == grade:
            look += (
                f"background:var(--rk-{colour});color:var(--rk-ground);font-weight:700;"
                "print-color-adjust:exact;-webkit-print-color-adjust:exact;"
            )
        else:
            look += "background:var(--rk-raised);color:var(--rk-quiet);opacity:.75;"
        cells.append(element("span", letter, style=look, aria_hidden="true"))
    name = element("span", grade, class_="rk-hidden")
    return element("span", name, *cells, style="white-space:nowrap;position:relative;", data_grade=grade)


def _finding_cell(row: pd.Series, language: str) -> Html:
    dimension = dimension_name(str(row["dimension"]), language)
    severity = severity_name(severity_of(row), language)
    return _two_lines(say_packed(row["label"], language), f"{dimension} · {severity}")


def _two_lines(first: str, second: str) -> Html:
    return join(first, element("br"), element("span", second, class_="rk-note", style="font-weight:400;"))


def _breakable(text: str) -> Html:
    """A text that may break anywhere: file names and raw rows have no spaces."""
    shown = text if len(text) <= 140 else text[:139] + "…"
    return element("span", shown, style="overflow-wrap:anywhere;", class_="rk-note")
