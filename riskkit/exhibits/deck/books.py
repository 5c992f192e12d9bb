"""The last slides: both provisions, and what the quality of the data limits."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.deck.parts import brief_text, capital, number, whole_money
from riskkit.exhibits.deck.slide import Grid, Line, Slide
from riskkit.exhibits.measure_targets import words_of
from riskkit.exhibits.quality_words import dimension_name, quality_finding, say_packed
from riskkit.exhibits.reasons import say_reason
from riskkit.exhibits.report.money_at_stake import amount_of, provision_lead
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.summary import terms_message

_GRADES = 8


def provision(material: Material) -> Slide | None:
    """Both provisions, and the matrix by age."""
    words, items, matrix = material.words, material.table("provision"), material.table("provision_matrix")
    if items is None or matrix is None:
        return None
    names = (
        "balance_amount",
        "applied_rate",
        "expected_loss_amount",
        "expected_loss_low_amount",
        "expected_loss_high_amount",
    )
    shown = matrix[matrix["balance_amount"] > 0]
    rows = [
        (
            bucket_label(str(row["bucket"]), material.language),
            whole_money(material, number(row[names[0]])),
            words.share(float(row[names[1]]), digits=1),
            *(whole_money(material, number(row[name])) for name in names[2:]),
        )
        for _, row in shown.iterrows()
    ]
    rows.append(
        (
            words.text("Total"),
            whole_money(material, amount_of(shown, names[0])),
            "",
            *(whole_money(material, amount_of(shown, n)) for n in names[2:]),
        )
    )
    headings = [words.text(name) for name in ("Age", "Owed", "Loss rate", "Expected loss", "Low", "High")]
    grid = Grid(
        headings,
        rows,
        [False, *[True] * 5],
        [1.8, 1.4, 1.0, 1.3, 1.2, 1.2],
        words.text("Expected losses by age"),
        strong=[len(rows) - 1],
    )
    lead, why = provision_lead(material)
    pooled, low, high = (material.money(amount_of(shown, name)) for name in names[2:])
    title = words.text(
        "Provision: {expected} by IFRS 9, {statutory} by French rules; the part by age is {pooled} ({low} to {high})",
        expected=material.money(amount_of(items, "ifrs_amount")),
        pooled=pooled,
        low=low,
        high=high,
        statutory=material.money(amount_of(items, "statutory_amount")),
    )
    return Slide(
        "table_text",
        title,
        grids=[(10, grid)],
        texts=[(11, [Line(lead), Line(why)])],
        source=words.text("Loss rates read from past transitions of the ledger; 95 % interval."),
        notes=f"{lead}\n{why}",
    )


def limits_of_data(material: Material) -> Slide | None:
    """What the files are worth, what could not be computed, and that the totals tie."""
    words, run = material.words, material.run
    grades, quality = material.table("quality_grades"), material.table("quality")
    lines = [Line(words.say(terms_message(run)), words.text("Due dates"))]
    difference = (run.manifest.get("reconciliation") or {}).get("difference")
    if difference is not None:
        shown = words.money(round(float(difference) * 100), currency=run.currency)
        lines.insert(
            0, Line(words.text("the difference with the files is {amount}.", amount=shown), words.text("Totals"))
        )
    missing = run.manifest.get("not_computable") or {}
    reasons = list(dict.fromkeys(say_reason(reason, material.language) for reason in missing.values()))
    if missing:
        named = ", ".join(words.say(words_of(run.manifest, name).label) for name in missing)
        lines.append(Line(f"{named}.", words.text("Not computable")))
    notes = "\n".join(capital(reason) for reason in reasons)
    source = words.text(
        "Every finding, row by row, is in 01_ingestion.html; method and definitions are in rapport.pdf."
    )
    if grades is None:
        return (
            Slide("table_text", words.text("What the data limits"), texts=[(11, lines)], source=source)
            if lines
            else None
        )
    rows = [
        (
            dimension_name(str(row["dimension"]), material.language),
            str(row["grade"]) if isinstance(row["grade"], str) else "–",
            brief_text(say_packed(row["reason"], material.language).split(". ")[0], 110),
        )
        for _, row in grades.head(_GRADES).iterrows()
    ]
    grid = Grid(
        [words.text("Dimension"), words.text("Grade"), words.text("Main reason")],
        rows,
        [False, False, False],
        [1.7, 0.7, 4.6],
        words.text("What the files are worth, from A to E"),
    )
    title = quality_finding(quality if quality is not None else pd.DataFrame(), grades, language=material.language)
    return Slide("table_text", title, grids=[(10, grid)], texts=[(11, lines)], source=source, notes=notes)
