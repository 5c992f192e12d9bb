"""The report: the same sections as HTML and as a PDF that another reader opens; hostile names stay names."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re

import pypdf
import pytest

from riskkit.errors import UsageError
from riskkit.exhibits.brand import Brand
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import language
from riskkit.exhibits.report.blocks import to_blocks
from riskkit.exhibits.report.comments import comments_section
from riskkit.exhibits.report.document import make_report, report_html
from riskkit.exhibits.report.section import Material, drawing
from riskkit.exhibits.report.typeset import report_pdf
from riskkit.workbench.report_settings import ReportSettings, read_comments, report_values

HOSTILE = '#import "/etc/passwd": * $x^2$ *gras* <b>x</b> \\ "]'


def plain(runs):
    return "".join(run["text"] for run in runs)


def text_of(made: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def test_a_table_keeps_its_cells_its_numbers_and_which_rows_are_heads_totals_or_strong():
    table = Html(
        '<div class="rk-scroll"><table><caption>Qui doit</caption><thead><tr><th>Client</th>'
        '<th class="rk-number">Dû</th></tr></thead><tbody><tr class="rk-strong"><th>A &amp; B<br>SARL</th>'
        '<td class="rk-number">12&nbsp;€</td></tr><tr><th>C</th></tr></tbody>'
        "<tfoot><tr><th>Total</th><td class='rk-number'>12&nbsp;€</td></tr></tfoot></table></div>"
    )
    (block,) = to_blocks([table], [])
    assert block["kind"] == "table"
    assert plain(block["caption"]) == "Qui doit"
    assert block["kinds"] == ["thead", "strong", "tbody", "tfoot"]
    assert [[plain(cell) for cell in row] for row in block["rows"]] == [
        ["Client", "Dû"], ["A & B SARL", "12\u00a0€"], ["C", ""], ["Total", "12\u00a0€"],
    ]  # fmt: skip
    assert block["numeric"] == [False, True]


def test_sentences_lists_definitions_and_bold_words():
    parts = [
        element("h3", "Titre"),
        Html("<p>Un <b>deux</b> trois</p><ul><li>quatre</li><li><b>cinq</b> — six</li></ul>"),
        Html("<dl><div><dt>DSO</dt><dd>Jours <i>x ÷ y</i></dd></div></dl>"),
        Html('<p aria-hidden="true">caché</p>'),
    ]
    blocks = to_blocks(parts, [])
    assert [block["kind"] for block in blocks] == ["heading", "paragraph", "list", "list"]
    assert [(run["text"], run["bold"]) for run in blocks[1]["runs"]] == [
        ("Un ", False), ("deux", True), (" trois", False),
    ]  # fmt: skip
    assert [plain(item) for item in blocks[2]["items"]] == ["quatre", "cinq — six"]
    assert [plain(item) for item in blocks[3]["items"]] == ["DSO. Jours x ÷ y"]


def test_a_drawing_is_kept_with_its_title_and_colours_that_need_no_page():
    title, path = '<title id="t">Le DSO &amp; le reste</title>', '<path style="fill: var(--rk-ink, #112233)"/>'
    svg = f'<svg class="rk-svg">{title}{path}</svg>'
    kept: list[str] = []
    blocks = to_blocks([element("figure", element("figcaption", "Le DSO"), Html(svg))], kept)
    assert blocks == [{"kind": "drawing", "rank": 0, "title": "Le DSO & le reste"}]
    assert "fill: #112233" in kept[0]
    assert 'xmlns="http://www.w3.org/2000/svg"' in kept[0]


@pytest.mark.parametrize("code", ["fr", "en"])
def test_both_documents_hold_every_section_and_no_empty_one(run, code):
    report = make_report(Material(run, {}, code), brand=Brand("Cabinet Exemple"))
    page, made = report_html(report), report_pdf(report, as_of=run.as_of)
    written = text_of(made)
    assert len(report.sections) >= 5
    for section in (report.first, *report.sections):
        assert section.parts or section.lead
        assert section.title in page
        assert section.title in written
    assert "Cabinet Exemple" in written
    absent = {"fr": ("Provision", "Segments"), "en": ("Provision", "Segments")}[code]
    assert not set(absent) & {section.title for section in report.sections}  # a run without those tables


def test_the_pdf_is_tagged_says_its_language_links_its_contents_and_is_the_same_twice(run):
    report = make_report(Material(run, {}, "fr"))
    made = report_pdf(report, as_of=run.as_of)
    assert made == report_pdf(report, as_of=run.as_of)
    reader = pypdf.PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("fr")
    assert reader.metadata.title == f"{run.company} – {report.title}"
    assert len(reader.outline) == 1 + len(report.sections)
    width, height = (float(size) for size in reader.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)  # A4 in points


def test_a_hostile_name_is_set_as_text(run):
    named = dataclasses.replace(run, company=HOSTILE, ageing=run.ageing.assign(customer_name=HOSTILE))
    report = make_report(
        Material(named, {}, "fr"), brand=Brand(HOSTILE), comments=comments_section(HOSTILE, language("fr"))
    )
    written = text_of(report_pdf(report, as_of=run.as_of))
    assert written.count('#import "/etc/passwd": *') >= 3
    assert "root:" not in written
    assert "<b>x</b>" not in report_html(report).split("<body")[1]


def test_a_figure_states_its_finding_once(run):
    from riskkit.exhibits.plot_ageing import plot_ageing

    part = drawing(plot_ageing(run.ageing, language="fr", titled=False))
    (block,) = to_blocks([part], [])
    assert block["title"]


def test_comments_are_titles_paragraphs_and_lists():
    section = comments_section("# Avis\nUne ligne\nsuite.\n\n- un\n- deux <b>\n", language("fr"))
    blocks = to_blocks(list(section.parts), [])
    assert [block["kind"] for block in blocks] == ["heading", "paragraph", "list"]
    assert plain(blocks[1]["runs"]) == "Une ligne suite."
    assert [plain(item) for item in blocks[2]["items"]] == ["un", "deux <b>"]
    assert comments_section(" \n", language("fr")).is_empty


def test_comments_are_read_beside_the_portfolio_or_refused(tmp_path):
    (tmp_path / "avis.md").write_bytes("é".encode())
    (tmp_path / "latin.md").write_bytes("é".encode("latin-1"))
    (tmp_path / "long.md").write_bytes(b"x" * 200_001)
    assert read_comments(ReportSettings(comments="avis.md"), folder=tmp_path) == "é"
    assert read_comments(ReportSettings(), folder=tmp_path) == ""
    for name, said in (("none.md", "cannot be read"), ("latin.md", "UTF-8"), ("long.md", "200001 bytes")):
        with pytest.raises(UsageError, match=said):
            read_comments(ReportSettings(comments=name), folder=tmp_path)


def test_the_settings_name_the_comments_from_where_they_are_written(tmp_path):
    settings = ReportSettings(author="Cabinet Exemple", comments="avis.md")
    values = report_values(settings, folder=tmp_path / "a", home=tmp_path / "b" / "c")
    assert values == {"report": {"author": "Cabinet Exemple", "comments": "../../a/avis.md"}}
    assert report_values(ReportSettings(), folder=tmp_path, home=tmp_path) == {}


def test_the_date_of_the_file_is_that_of_the_run(run):
    made = report_pdf(make_report(Material(run, {}, "fr")), as_of=dt.date(2024, 6, 30))
    stamp = pypdf.PdfReader(io.BytesIO(made)).metadata.creation_date
    assert stamp is None or stamp.date() == dt.date(2024, 6, 30)
