"""The diagnostic: one HTML file that refers to nothing outside itself and prints on two A4 pages."""

from __future__ import annotations

import base64
import hashlib

from riskkit.exhibits.cards import measure_cards
from riskkit.exhibits.debtor_table import bucket_legend, debtors_table
from riskkit.exhibits.figure import figure_svg, figure_title
from riskkit.exhibits.findings import nothing_overdue_text, sectors_finding, sectors_known
from riskkit.exhibits.fragment import Html, element, escape, join
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.method import (
    definitions_list,
    matching_table,
    not_computable_list,
    reconciliation_table,
    remarks_list,
)
from riskkit.exhibits.plot_ageing import plot_ageing
from riskkit.exhibits.plot_debtors import plot_top_debtors
from riskkit.exhibits.plot_dso import plot_dso_history
from riskkit.exhibits.plot_overdue import plot_overdue_history
from riskkit.exhibits.plot_sectors import plot_sectors, sector_unknown_text
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.sector_table import sectors_table
from riskkit.exhibits.summary import summary_sentences
from riskkit.exhibits.theme import Size, css_text, style_resource

DEBTORS, SECTORS, BARS = 10, 5, 6
DRAWN: Size = (4.0, 2.3)


def make_diagnostic(run: RunTables, *, language: str) -> str:
    """The two pages of a run for a director, as the text of `diagnostic.html`."""
    words = language_of(language)
    title = words.text("Receivables diagnostic on {day}", day=words.date(run.as_of, style="long"))
    body = join(
        element("main", _first_page(run, title, language=language), _second_page(run, language=language)),
        _footer(run, language=language),
    )
    return make_page(f"{run.company} – {title}", body, language=language, style=style_resource("document.css"))


def make_page(title: str, body: Html, *, language: str, style: str = "") -> str:
    """A whole HTML page: the theme, its own style, the sorting script, and a policy that forbids anything else."""
    script = style_resource("sort.js")
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{escape(language)}">',
            "<head>",
            '<meta charset="utf-8">',
            element("meta", http_equiv="Content-Security-Policy", content=content_policy(script)),
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            element("title", title),
            f"<style>\n{css_text()}\n{style}</style>",
            "</head>",
            f'<body class="rk rk-document">\n{body}\n<script>{script}</script>\n</body>',
            "</html>",
            "",
        ]
    )


def content_policy(script: str) -> str:
    """The content security policy of a page that fetches nothing and runs that one script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def inline_svg(svg: Html) -> Html:
    """An SVG inside an HTML page, which needs no namespace."""
    return Html(svg.replace(' xmlns="http://www.w3.org/2000/svg"', ""))


def _first_page(run: RunTables, title: str, *, language: str) -> Html:
    words = language_of(language)
    head = element(
        "header",
        element("div", element("h1", run.company), element("p", title, class_="rk-subtitle"), class_="rk-who"),
        element("p", _sources_line(run, language=language), class_="rk-note rk-origin"),
        class_="rk-head",
    )
    summary = element(
        "ul",
        *[
            element("li", element("b", subject), element("span", sentence))
            for subject, sentence in summary_sentences(run, language=language)
        ],
        class_="rk-summary",
    )
    figures = (
        plot_dso_history(run.measures, language=language, size=DRAWN, titled=False),
        plot_ageing(run.ageing, language=language, currency=run.currency, size=DRAWN, titled=False),
        plot_overdue_history(run.measures, language=language, currency=run.currency, size=DRAWN, titled=False),
        plot_top_debtors(run.ageing, language=language, count=BARS, currency=run.currency, size=DRAWN, titled=False),
    )
    shown = [
        element(
            "section",
            element("h3", figure_title(figure)),
            element("div", inline_svg(figure_svg(figure)), class_="rk-figure"),
        )
        for figure in figures
    ]
    return element(
        "section",
        head,
        element("h2", words.text("In short")),
        summary,
        element("h2", words.text("Headline measures")),
        measure_cards(run, language=language),
        element("h2", words.text("Payment times, lateness and largest debtors")),
        element("div", *shown, class_="rk-pair"),
        class_="rk-page",
    )


def _second_page(run: RunTables, *, language: str) -> Html:
    words = language_of(language)
    return element(
        "section",
        element("h2", words.text("Who owes what")),
        debtors_table(run.ageing, language=language, count=DEBTORS, currency=run.currency, states=run.states),
        bucket_legend(run.ageing, language=language) if len(run.ageing) else None,
        element("h2", words.text("What is behind the overdue money")),
        _sectors(run, language=language),
        element("h2", words.text("Quality of the data and method")),
        element(
            "div",
            element(
                "div",
                reconciliation_table(run.manifest, language=language, currency=run.currency),
                element("h3", words.text("Measures not computable")),
                not_computable_list(run, language=language),
            ),
            element(
                "div",
                matching_table(run.manifest, language=language),
                element("h3", words.text("Remarks")),
                remarks_list(run, language=language),
            ),
            class_="rk-pair",
        ),
        element("h3", words.text("Definitions")),
        definitions_list(language=language),
        class_="rk-page rk-second",
    )


def _sectors(run: RunTables, *, language: str) -> Html:
    words = language_of(language)
    if not sectors_known(run.sectors):
        return element("p", sector_unknown_text(words), class_="rk-nothing")
    if round(float(run.sectors["overdue_amount"].sum()), 2) == 0 or not run.sectors["overdue_share"].notna().any():
        return element("p", nothing_overdue_text(run.sectors, words), class_="rk-nothing")
    figure = plot_sectors(run.sectors, language=language, count=SECTORS, titled=False)
    return join(
        element("p", f"{sectors_finding(run.sectors, language=language)}.", class_="rk-lead"),
        element(
            "div",
            element("div", inline_svg(figure_svg(figure)), class_="rk-figure"),
            sectors_table(run.sectors, language=language, count=SECTORS, currency=run.currency, brief=True),
            class_="rk-pair",
        ),
    )


def _sources_line(run: RunTables, *, language: str) -> str:
    words = language_of(language)
    sources = run.manifest.get("sources") or []
    files = [str(source.get("file", "")) for source in sources]
    rows = sum(int(source.get("rows_read") or 0) for source in sources)
    named = ", ".join(files[:3]) + (" …" if len(files) > 3 else "")
    return words.text(
        "Sources: {files} ({count:file|files}, {rows:row|rows} read). Amounts tax included, in {currency}.",
        files=named,
        count=len(files),
        rows=rows,
        currency=run.currency,
    )


def _footer(run: RunTables, *, language: str) -> Html:
    words = language_of(language)
    text = words.text(
        "Made by riskkit {version}; policy {policy}. Nothing later than {day} is used.",
        version=str(run.manifest.get("riskkit_version", "")),
        policy=str(run.manifest.get("policy_sha256", ""))[:12],
        day=run.as_of,
    )
    return element("footer", element("p", text, class_="rk-note"))
