"""The documents of a run in its folder: the report as HTML and as PDF, the slides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from riskkit.errors import Message
from riskkit.exhibits.brand import Brand
from riskkit.exhibits.deck.contents import diagnostic_deck
from riskkit.exhibits.language import Language
from riskkit.exhibits.report.comments import comments_section
from riskkit.exhibits.report.document import make_report, report_html
from riskkit.exhibits.report.passages import merge_passages
from riskkit.exhibits.report.section import Material, Section
from riskkit.exhibits.report.typeset import report_pdf
from riskkit.exhibits.workbook.contents import diagnostic_workbook
from riskkit.exhibits.workbook.sheet import Sheet
from riskkit.workbench.passages import PASSAGES, passage_notes
from riskkit.workbench.stored_run import load_run, read_tables

HTML_REPORT, PDF_REPORT, DECK = "rapport.html", "rapport.pdf", "diagnostic.pptx"
WORKBOOK = "diagnostic.xlsx"
TABLES = (
    "actions", "cash_backtest_summary", "cash_customers", "cash_forecast", "claimable_penalties", "company_states",
    "concentration", "credit_limits", "dunning", "owners", "provision", "provision_matrix", "quality",
    "quality_grades", "receivables_matrix", "scenario_assumptions", "scenario_weeks", "scenarios", "scores", "segments",
    "stress",
)  # fmt: skip


def write_report(
    folder: Path, words: Language, *, brand: Brand, comments: str, passages: str = "", customers: Sheet | None = None
) -> tuple[list[Section], tuple[Message, ...]]:
    """Write the documents of the run in that folder, which is still being made.

    Parameters
    ----------
    folder
        Of the run.
    words
        Language of the documents.
    brand
        Author, logo and colours.
    comments
        What the author has to say, in Markdown.
    customers
        The client's own file of customers with what was found, for the workbook.
    passages
        The file of passages that the author may have rewritten; empty before the first run.

    Returns
    -------
    sections, notes
        The sections as computed, and what is to be said of rewritten passages.

    """
    run = load_run(folder)
    held = [name for name in TABLES if (folder / "tables" / f"{name}.parquet").is_file()]
    material = Material(run, read_tables(folder, held), words.code)
    said = comments_section(comments, words)
    report = make_report(material, brand=brand, comments=said)
    computed = [report.first, *report.sections]
    merged = merge_passages(passages, computed, words, company=run.company)
    report = replace(report, first=merged.sections[0], sections=merged.sections[1:])
    (folder / PASSAGES).write_text(merged.text, encoding="utf-8")
    (folder / HTML_REPORT).write_text(report_html(report), encoding="utf-8")
    (folder / PDF_REPORT).write_bytes(report_pdf(report, as_of=run.as_of))
    (folder / DECK).write_bytes(diagnostic_deck(material, brand))
    diagnostic_workbook(folder / WORKBOOK, material, brand, customers)
    return computed, passage_notes(merged)
