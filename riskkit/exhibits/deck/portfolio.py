"""The first slides: the cover, the summary of one page, the portfolio and its place in the matrix."""

from __future__ import annotations

import pandas as pd

from riskkit.decisions.matrix import strategy
from riskkit.exhibits.brand import Brand
from riskkit.exhibits.deck.parts import capital, formulas
from riskkit.exhibits.deck.slide import Grid, Line, Slide
from riskkit.exhibits.findings import overdue_finding
from riskkit.exhibits.measure_words import measure_label, show_measure
from riskkit.exhibits.report.executive import executive_parts
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.run_tables import measure_series, value_before
from riskkit.exhibits.summary import summary_sentences

_CARD = (
    "receivables_amount",
    "overdue_amount",
    "overdue_share",
    "sales_12m_amount",
    "customers_count",
    "dso_days",
    "countback_dso_days",
    "best_possible_dso_days",
    "average_days_delinquent_days",
    "collection_effectiveness_rate",
    "bfr_amount",
    "bfr_days",
)


def cover(material: Material, brand: Brand) -> Slide:
    """Who it is about, as of when, by whom."""
    words, run = material.words, material.run
    subject = words.text("Receivables diagnostic on {day}", day=words.date(run.as_of, style="long"))
    author = [Line(brand.author)] if brand.author else []
    return Slide("cover", run.company, texts=[(1, [Line(subject)]), *([(10, author)] if author else [])])


def summary(material: Material) -> Slide:
    """What was found, what it costs, what to do: one slide, three columns."""
    words = material.words
    parts = executive_parts(material)
    title = overdue_finding(material.run.measures, language=material.language)
    if material.run.kpi("overdue_share") is None and (
        said := summary_sentences(material.run, language=material.language)
    ):
        title = said[0][1]
    texts = [
        (10 + rank, [Line(head, is_head=True), *[Line(text, subject) for subject, text in said]])
        for rank, (head, said) in enumerate(parts[:3])
    ]
    cost = _cost(material)
    return Slide(
        "columns",
        f"{title}{cost}",
        texts=texts,
        source=words.text(
            "Every figure is computed from the files of the company; intervals are given where it is an estimate."
        ),
        notes=formulas(material, ("overdue_share", "dso_days", "average_days_delinquent_days", "dso_day_amount")),
    )


def _cost(material: Material) -> str:
    words, limits = material.words, material.table("credit_limits")
    if limits is None:
        return ""
    loss, low, high = (
        material.money(float(limits[f"expected_loss{end}_amount"].sum())) for end in ("", "_low", "_high")
    )
    return words.text("; expected losses of a year: {loss} ({low} to {high})", loss=loss, low=low, high=high)


def identity(material: Material) -> Slide:
    """The measures of the portfolio, and its place in the matrix."""
    words, run = material.words, material.run
    rows: list[tuple[str, str, str]] = []
    strong: list[int] = []
    for name in _CARD:
        value = run.kpi(name)
        if value is None:
            continue
        before = value_before(measure_series(run.measures, name), months=12)
        now, then = (
            "–" if amount is None else show_measure(name, amount, material.language, currency=run.currency)
            for amount in (value, before)
        )
        strong += [len(rows)] if name in ("receivables_amount", "overdue_amount", "dso_days") else []
        rows.append((measure_label(name, material.language), now, then))
    card = Grid(
        [words.text("Measure"), words.date(run.as_of), words.text("A year before")],
        rows,
        [False, True, True],
        [2.7, 1.5, 1.5],
        words.text("Measures of the portfolio, now and a year before"),
        strong=strong,
    )
    matrix = material.table("receivables_matrix")
    notes = formulas(material, _CARD)
    source = words.text("Amounts tax included; the formula of each measure is in the notes.")
    if matrix is None or str(matrix["cell"].iloc[0]) == "unknown":
        title = summary_sentences(run, language=material.language)[0][1]
        return Slide("table", title.rstrip("."), grids=[(10, card)], source=source, notes=notes)
    said = words.say(strategy(str(matrix["cell"].iloc[0])))
    head, _, rest = said.partition(". ")
    return Slide(
        "tables",
        head.rstrip("."),
        texts=[(12, _place(material, matrix, rest))],
        grids=[(10, card), (11, _matrix(material, matrix))],
        source=source,
        notes=f"{said}\n\n{notes}",
    )


def _matrix(material: Material, matrix: pd.DataFrame) -> Grid:
    words = material.words
    cell = str(matrix["cell"].iloc[0])
    rows = [
        (words.text("High receivables"), words.text("Negotiate"), words.text("Industrialise collection")),
        (words.text("Low receivables"), words.text("Watch each one"), words.text("Keep it automatic")),
    ]
    place = {"high_few": (0, 1), "high_many": (0, 2), "low_few": (1, 1), "low_many": (1, 2)}[cell]
    return Grid(
        ["", words.text("Few debtors"), words.text("Many debtors")],
        rows,
        [False, False, False],
        [1.2, 1.4, 1.4],
        words.text("The place of the portfolio in the matrix: {cell}", cell=rows[place[0]][place[1]]),
        filled=[place],
        row_height=0.75,
    )


def _place(material: Material, matrix: pd.DataFrame, rest: str) -> list[Line]:
    words, row = material.words, matrix.iloc[0]
    where = words.text(
        "DSO of {dso} (high from {high}); {number:equal debtor|equal debtors} (many from {many}).",
        dso=words.days(float(row["receivables_days"])),
        high=words.days(float(row["high_receivables_days"])),
        number=round(float(row["effective_number"])),
        many=round(float(row["many_customers_number"])),
    )
    return [Line(where, words.text("Place")), *([Line(capital(rest), words.text("To do"))] if rest else [])]
