"""Exhibits in notebooks, and the report made of a notebook: no code, no stderr, no address, no foreign script."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat.v4 as notebooks
import pytest
from nbconvert import HTMLExporter

import riskkit
from riskkit.exhibits.debtor_table import debtors_table
from riskkit.exhibits.notebook import Exhibit, exhibit_style, notebook_resources, show
from riskkit.exhibits.plot_sectors import plot_sectors
from riskkit.exhibits.run_tables import RunTables

TEMPLATES = Path(riskkit.__file__).parent / "workbench" / "nbconvert"


def output(exhibit: Exhibit) -> object:
    return notebooks.new_output("execute_result", data=exhibit._repr_mimebundle_(), execution_count=1)


@pytest.fixture(scope="module")
def report(run: RunTables) -> str:
    cells = [
        notebooks.new_markdown_cell("# Secteurs\n\n<script>alert(2)</script>"),
        notebooks.new_code_cell("hidden_code = 1", outputs=[output(exhibit_style())]),
        notebooks.new_code_cell("x", outputs=[output(show(plot_sectors(run.sectors, language="fr"), caption="Lire…"))]),
        notebooks.new_code_cell(
            "x",
            outputs=[
                output(show(debtors_table(run.ageing, language="fr"))),
                notebooks.new_output("stream", name="stderr", text="/home/someone/warning"),
                notebooks.new_output("stream", name="stdout", text="a <b> c"),
                notebooks.new_output("error", ename="E", evalue="v", traceback=["secret trace"]),
            ],
        ),
    ]
    notebook = notebooks.new_notebook(metadata={"title": "Secteurs & <x>"}, cells=cells)
    exporter = HTMLExporter(template_name="riskkit", extra_template_basedirs=[str(TEMPLATES)])
    html, _ = exporter.from_notebook_node(notebook, resources=notebook_resources(language="fr"))
    return str(html)


def test_report_shows_exhibits_and_text_only(report: str) -> None:
    assert '<html lang="fr">' in report
    assert "<title>Secteurs &amp; &lt;x&gt;</title>" in report
    assert 'role="img"' in report
    assert "rk-sortable" in report
    assert "Lire…" in report
    assert "a &lt;b&gt; c" in report
    assert not any(word in report for word in ("hidden_code", "/home/someone", "secret trace"))
    assert "Cette étape n’a pas pu être calculée" in report


def test_report_fetches_nothing_and_allows_only_its_own_script(report: str) -> None:
    assert re.findall(r"https?://[^\s\"<>]+", report) == []
    assert "script-src 'sha256-" in report
    assert "'unsafe-inline'; script-src 'unsafe-inline'" not in report


def test_exhibits_fall_back_to_plain_text(run: RunTables) -> None:
    bundle = show(plot_sectors(run.sectors, language="fr"))._repr_mimebundle_()
    assert bundle["text/plain"].startswith("Travaux de construction")
    assert bundle["text/html"].startswith('<div class="rk">')
    assert show("<b>x")._repr_mimebundle_()["text/html"] == '<div class="rk"><p>&lt;b&gt;x</p></div>'
