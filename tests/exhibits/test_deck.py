"""The slides: native, editable, numbered; their charts tie to the tables; hostile names stay names."""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pypdf
import pytest
from pptx import Presentation

from riskkit.errors import UsageError
from riskkit.exhibits.brand import Brand, logo_png
from riskkit.exhibits.deck.contents import deck_slides, diagnostic_deck
from riskkit.exhibits.deck.master import LAYOUTS
from riskkit.exhibits.deck.slide import Line
from riskkit.exhibits.deck.write import fitting_size
from riskkit.exhibits.language import language
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.run_tables import ageing_totals
from riskkit.exhibits.steps import plan_steps
from riskkit.workbench.brand_settings import read_brand
from riskkit.workbench.report_settings import ReportSettings, copy_logo, report_values

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="#7a1f5c"/></svg>'
DAY = pd.Timestamp("2024-12-31")
HOSTILE = "=cmd|'/C calc'!A0 <script>x</script> & Fils"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def actions() -> pd.DataFrame:
    days = [0, 7, 30, 45, 60, 75, 200]
    kinds = ["dunning", "dunning", "dispute", "claim", "provision", "terms", "data"]
    return pd.DataFrame(
        {
            "rank": range(1, 8), "customer_id": [f"C{n}" for n in range(7)], "name": [HOSTILE, *["Client"] * 6],
            "owner": [None, *["Équipe"] * 6], "kind": kinds, "action": ["Relancer"] * 7, "why": ["En retard"] * 7,
            "do_by": [DAY + pd.Timedelta(days=day) for day in days],
            "stake_amount": [700.0, 600, 500, 400, 300, 200, 100],
        }
    )  # fmt: skip


def scenarios() -> pd.DataFrame:
    rows = [
        ("s", "Acompte", 4, measure, unit, 0.0, change, low, high)
        for measure, unit, change, low, high in (
            ("cash_13w_amount", "amount", 1000.0, 400.0, 2000.0), ("dso_days", "days", -2.0, -4.0, -1.0),
            ("target_loss_13w_amount", "amount", -10.0, -20.0, -5.0),
            ("net_yearly_amount", "amount", -5.0, -30.0, 20.0),
        )
    ]  # fmt: skip
    names = ["scenario", "title", "customers_count", "measure", "unit", "base", "change", "low", "high"]
    return pd.DataFrame(rows, columns=names)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {"actions": actions(), "scenarios": scenarios()}


@pytest.fixture
def deck(run, tables):
    made = diagnostic_deck(Material(run, tables, "fr"), Brand("Cabinet Exemple", accent="#7a1f5c", logo=SVG))
    return Presentation(io.BytesIO(made))


def frames(slide):
    return [shape for shape in slide.shapes if shape.has_chart or shape.has_table]


def test_each_slide_states_something_in_a_placeholder_and_bears_its_number(deck):
    assert len(deck.slides) >= 7
    for rank, slide in enumerate(deck.slides):
        assert slide.shapes.title.text_frame.text.strip()
        assert all(shape.is_placeholder for shape in slide.shapes)
        kinds = [shape.element.ph.get("type") for shape in slide.placeholders if shape.element.ph is not None]
        assert ("sldNum" in kinds) == (rank > 0)
        for shape in slide.placeholders:
            assert not shape.has_text_frame or shape.text_frame.text.strip()  # nothing asks to be clicked


def test_charts_and_tables_are_native_described_and_explained_in_the_notes(deck):
    shown = [shape for slide in deck.slides for shape in frames(slide)]
    assert sum(shape.has_chart for shape in shown) >= 3
    assert sum(shape.has_table for shape in shown) >= 2
    assert all(shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in shown)
    assert all(slide.notes_slide.notes_text_frame.text for slide in list(deck.slides)[1:] if frames(slide))
    assert not [shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == 13]  # pictures


def test_the_values_of_a_chart_are_those_of_the_table(deck, run):
    totals = list(ageing_totals(run.ageing).values())
    held = [
        list(series.values)
        for slide in deck.slides for shape in frames(slide) if shape.has_chart
        for series in shape.chart.plots[0].series
    ]  # fmt: skip
    assert totals in held
    assert round(sum(totals), 2) == round(float(run.ageing["open_items_amount"].sum()), 2)
    assert [1000.0] in held  # the cash a scenario frees


def test_intervals_are_error_bars_and_elements_stand_where_the_schema_wants_them(deck):
    charts = [shape.chart for slide in deck.slides for shape in frames(slide) if shape.has_chart]
    (bars,) = [chart._chartSpace.findall(f".//{CHART}errBars") for chart in charts
               if list(chart.plots[0].categories) == ["Acompte"]]  # fmt: skip
    ends = [float(value.text) for value in bars[0].iter(f"{CHART}v")]
    assert ends == [1000.0, 600.0]  # 2000 − 1000 above, 1000 − 400 below
    for chart in charts:
        names = [child.tag.removeprefix(CHART) for child in chart._chartSpace.find(f".//{CHART}catAx")]
        if "tickLblSkip" in names:
            assert names.index("lblOffset") < names.index("tickLblSkip") < names.index("noMultiLvlLbl")


def test_the_theme_has_the_colours_asked_for_and_the_logo_is_on_the_master_once(deck):
    from pptx.opc.constants import RELATIONSHIP_TYPE

    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob.decode()
    assert '<a:accent1><a:srgbClr val="7A1F5C"/></a:accent1>' in theme
    assert [shape.name for shape in deck.slide_master.shapes if shape.shape_type == 13] == ["Logo"]
    assert {layout.name for layout in deck.slide_layouts} == set(LAYOUTS)
    assert deck.core_properties.author == "Cabinet Exemple"
    assert logo_png(Brand(logo=SVG)).startswith(b"\x89PNG")


def test_the_same_run_makes_the_same_file_and_a_hostile_name_stays_text(run, tables):
    named = dataclasses.replace(run, company=HOSTILE)
    made = [diagnostic_deck(Material(named, tables, "en"), Brand()) for _ in range(2)]
    assert made[0] == made[1]
    slides = Presentation(io.BytesIO(made[0])).slides
    assert slides[0].shapes.title.text_frame.text == HOSTILE
    cells = [cell.text for slide in slides for shape in frames(slide) if shape.has_table
             for row in shape.table.rows for cell in row.cells]  # fmt: skip
    assert any(cell.startswith("=cmd") for cell in cells)  # a text of a slide, which computes nothing


def test_a_slide_with_nothing_to_show_is_left_out(run):
    material = Material(run, {}, "fr")
    layouts = [slide.layout for slide in deck_slides(material, Brand())]
    titles = [slide.title for slide in deck_slides(material, Brand())]
    assert layouts[0] == "cover"
    assert len(titles) == len(set(titles))
    assert not any("scénario" in title.lower() or "Provision" in title for title in titles)


def test_every_line_of_the_plan_is_said_once_in_the_first_window_that_holds_its_date():
    words = language("en")
    said = plan_steps(actions(), None, scenarios(), None, as_of=DAY, words=words, money=lambda amount: f"€{amount:.0f}")
    assert [when for when, _ in said] == ["Within 30 days", "Within 60 days", "Within 90 days"]
    # 30 days: days 0, 7 and 30; 60: days 45 and 60; 90 and later: days 75 and 200
    assert said[0][1].startswith(
        "Dun 2 customers (€1300 at stake) and settle the disputes of 1 customer (€500 at stake). First"
    )
    assert said[1][1].startswith("Declare the claims on 1 customer in a procedure (€400 at stake) and book")
    assert "complete the file of 1 customer (€100 at stake)" in said[2][1]
    assert said[2][1].endswith("it would free €1000 in 13 weeks, between €400 and €2000.")
    counts = [int(number) for _, text in said for number in re.findall(r"(\d+) customer", text)]
    assert sum(counts) == len(actions())


def test_letters_shrink_until_the_text_fits():
    box = LAYOUTS["columns"][1]
    assert fitting_size([Line("Court.")], box) == box.size
    assert fitting_size([Line("mot " * 400)], box) < 12


def test_colours_and_logos_that_cannot_be_used_are_refused(tmp_path):
    (tmp_path / "logo.svg").write_bytes(SVG)
    (tmp_path / "run.svg").write_bytes(SVG.replace(b"<rect", b"<script>x</script><rect"))
    (tmp_path / "far.svg").write_bytes(SVG.replace(b'fill="#7a1f5c"', b'fill="url(http://x/y)"'))
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    (tmp_path / "not.txt").write_bytes(b"hello")
    inside = tmp_path / "p"
    inside.mkdir()
    brand = read_brand(ReportSettings(author="C", logo="logo.svg", accent="#7A1F5C"), folder=tmp_path)
    assert (brand.logo_kind, brand.accent) == ("svg", "#7a1f5c")
    for settings, folder, said in (
        (ReportSettings(accent="red"), tmp_path, "is no colour"),
        (ReportSettings(accent="#ffe000"), tmp_path, "too pale"),
        (ReportSettings(logo="../logo.svg"), inside, "outside the folder"),
        (ReportSettings(logo="none.png"), tmp_path, "cannot be read"),
        (ReportSettings(logo="run.svg"), tmp_path, "more than a drawing"),
        (ReportSettings(logo="far.svg"), tmp_path, "more than a drawing"),
        (ReportSettings(logo="bad.png"), tmp_path, "damaged"),
        (ReportSettings(logo="not.txt"), tmp_path, "neither a PNG nor an SVG"),
    ):
        with pytest.raises(UsageError, match=said):
            read_brand(settings, folder=folder)


def test_a_run_keeps_the_logo_beside_its_settings(tmp_path):
    (tmp_path / "brand").mkdir()
    (tmp_path / "brand" / "logo.svg").write_bytes(SVG)
    (tmp_path / "run").mkdir()
    settings = ReportSettings(logo="brand/logo.svg")
    copy_logo(settings, folder=tmp_path, target=tmp_path / "run")
    values = report_values(settings, folder=tmp_path, home=tmp_path / "run")
    again = ReportSettings(**values["report"])
    assert read_brand(again, folder=tmp_path / "run").logo == SVG


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_every_slide(run, tables, tmp_path: Path):
    material = Material(run, tables, "fr")
    (tmp_path / "deck.pptx").write_bytes(diagnostic_deck(material, Brand("Cabinet Exemple", logo=SVG)))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir",
         str(tmp_path), str(tmp_path / "deck.pptx")], check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    pages = pypdf.PdfReader(tmp_path / "deck.pdf").pages
    slides = deck_slides(material, Brand("Cabinet Exemple"))
    assert len(pages) == len(slides)
    for page, slide in zip(pages, slides, strict=True):
        written = re.sub(r"\s+", "", page.extract_text())
        assert re.sub(r"\s+", "", slide.title)[:20] in written
