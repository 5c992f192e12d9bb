"""The report as one HTML file that refers to nothing outside itself."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from riskkit.exhibits.brand import Brand
from riskkit.exhibits.document import inline_svg, make_page
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.report.executive import executive_parts
from riskkit.exhibits.report.markdown import markdown_text
from riskkit.exhibits.report.section import Material, Section
from riskkit.exhibits.report.sections import report_sections
from riskkit.exhibits.theme import style_resource


@dataclass(frozen=True)
class Report:
    """A report: who it is about, as of when, by whom, its first page and its sections."""

    language: str
    company: str
    title: str
    brand: Brand
    first: Section
    sections: Sequence[Section]
    contents: str


def make_report(material: Material, *, brand: Brand | None = None, comments: Section | None = None) -> Report:
    """The report of a run.

    Parameters
    ----------
    material
        The run and its tables.
    brand
        Under whose name, logo and colours it is handed over; None says nothing.
    comments
        What its author has to say, before the sections.

    """
    words = material.words
    found = executive_parts(material)
    first = Section(
        words.text("Executive summary"),
        parts=[
            part
            for title, said in found
            for part in (
                element("h3", title),
                element("ul", *[element("li", element("b", f"{subject} "), sentence) for subject, sentence in said]),
            )
        ],
        key="summary",
        written="\n\n".join(_written(title, said) for title, said in found),
    )
    return Report(
        language=material.language,
        company=material.run.company,
        title=words.text("Receivables report on {day}", day=words.date(material.run.as_of, style="long")),
        brand=brand or Brand(),
        first=first,
        sections=[*([comments] if comments and not comments.is_empty else []), *report_sections(material)],
        contents=words.text("Contents"),
    )


def _written(title: str, said: Sequence[tuple[str, str]]) -> str:
    """A part of the first page as Markdown."""
    lines = [f"- **{markdown_text(subject)}** {markdown_text(sentence)}" for subject, sentence in said]
    return "\n".join([f"### {markdown_text(title)}", "", *lines])


def report_html(report: Report) -> str:
    """The whole report as HTML: first page, contents with links, sections."""
    numbered = list(enumerate(report.sections, start=1))
    links = [element("li", element("a", section.title, href=f"#section-{rank}")) for rank, section in numbered]
    body = element(
        "main",
        element(
            "header",
            _logo(report.brand),
            element("h1", report.company),
            element("p", report.title, class_="rk-subtitle"),
            element("p", report.brand.author, class_="rk-note") if report.brand.author else None,
        ),
        _shown(report.first, None),
        element("nav", element("h2", report.contents), element("ol", *links), aria_label=report.contents),
        *[_shown(section, rank) for rank, section in numbered],
        class_="rk-report",
    )
    whole = inline_svg(join(body))
    style = f"{style_resource('report.css')}\n:root {{ --rk-accent: {report.brand.accent}; }}"
    return make_page(f"{report.company} – {report.title}", whole, language=report.language, style=style)


def _logo(brand: Brand) -> Html | None:
    """The logo inside the page, as an image: nothing in it runs, nothing is fetched."""
    if not brand.logo:
        return None
    kind = {"png": "image/png", "svg": "image/svg+xml"}[brand.logo_kind]
    held = base64.b64encode(brand.logo).decode()
    return element("img", class_="rk-logo", src=f"data:{kind};base64,{held}", alt=brand.author)


def _shown(section: Section, rank: int | None) -> Html:
    return element(
        "section",
        element("h2", section.title if rank is None else f"{rank}. {section.title}"),
        *[element("p", f"{_capital(sentence)}", class_="rk-lead") for sentence in section.lead],
        *section.parts,
        id=None if rank is None else f"section-{rank}",
    )


def _capital(sentence: str) -> str:
    return re.sub(r"^\w", lambda found: found.group().upper(), sentence)
