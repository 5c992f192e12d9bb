"""The report of a run, as HTML and as PDF, in its folder."""

from __future__ import annotations

from pathlib import Path

from riskkit.exhibits.language import Language
from riskkit.exhibits.report.comments import comments_section
from riskkit.exhibits.report.document import make_report, report_html
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.report.typeset import report_pdf
from riskkit.workbench.report_settings import ReportSettings
from riskkit.workbench.stored_run import load_run, read_tables

HTML_REPORT, PDF_REPORT = "rapport.html", "rapport.pdf"
TABLES = (
    "cash_backtest_summary", "cash_customers", "cash_forecast", "claimable_penalties", "company_states",
    "concentration", "credit_limits", "provision", "provision_matrix", "quality", "scores", "segments",
)  # fmt: skip


def write_report(folder: Path, words: Language, *, settings: ReportSettings, comments: str) -> None:
    """Write `rapport.html` and `rapport.pdf` of the run in that folder, which is still being made."""
    run = load_run(folder)
    held = [name for name in TABLES if (folder / "tables" / f"{name}.parquet").is_file()]
    material = Material(run, read_tables(folder, held), words.code)
    said = comments_section(comments, words)
    report = make_report(material, author=settings.author, comments=said)
    (folder / HTML_REPORT).write_text(report_html(report), encoding="utf-8")
    (folder / PDF_REPORT).write_bytes(report_pdf(report, as_of=run.as_of))
