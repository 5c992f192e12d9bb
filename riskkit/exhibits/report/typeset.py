"""The report as a PDF: A4, contents with page numbers, vector drawings, tags for screen readers (PDF/UA-1).

Typst sets it from a template of this package and from values: texts reach it as data, never as instructions. Fonts are
those it brings, so that every machine makes the same pages.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import Any

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.report.blocks import to_blocks
from riskkit.exhibits.report.document import Report
from riskkit.exhibits.report.section import Section
from riskkit.exhibits.theme import LIGHT, style_resource

TEMPLATE = "report.typ"


def report_pdf(report: Report, *, as_of: dt.date) -> bytes:
    """The report as the bytes of a PDF; the same report gives the same bytes.

    Parameters
    ----------
    report
        What is set.
    as_of
        Valuation date, which is also the date that the file bears.

    """
    import typst

    drawings: list[str] = []
    values: dict[str, Any] = {
        "language": report.language,
        "company": report.company,
        "title": report.title,
        "author": report.brand.author,
        "logo": f"logo.{report.brand.logo_kind}" if report.brand.logo else "",
        "contents": report.contents,
        "accent": report.brand.accent,
        "quiet": LIGHT.quiet,
        "first": _values(report.first, drawings),
        "sections": [_values(section, drawings) for section in report.sections],
    }
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / TEMPLATE).write_text(style_resource(TEMPLATE), encoding="utf-8")
        (home / "report.json").write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        if report.brand.logo:
            (home / f"logo.{report.brand.logo_kind}").write_bytes(report.brand.logo)
        for rank, drawing in enumerate(drawings):
            (home / f"{rank}.svg").write_text(drawing, encoding="utf-8")
        made: bytes = typst.compile(
            str(home / TEMPLATE),
            root=str(home),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=dt.datetime(as_of.year, as_of.month, as_of.day, tzinfo=dt.UTC),
        )
    return made


def _values(section: Section, drawings: list[str]) -> dict[str, Any]:
    lead = [element("p", sentence) for sentence in section.lead]
    parts: list[Html] = [*lead, *section.parts]
    blocks = to_blocks(parts, drawings)
    said = {sentence.rstrip(".") for sentence in section.lead}
    for block in blocks:  # what the lead has just said is not said again above a drawing or a table
        if block["kind"] == "drawing":
            block["is_said"] = block["title"] in said
        elif block["kind"] == "table" and "".join(run["text"] for run in block["caption"]) in said:
            block["caption"] = []
    return {"title": section.title, "blocks": blocks}
