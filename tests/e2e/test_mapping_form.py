"""The form that corrects which column holds what, driven in a browser: saved, read again, asked no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.workbench.cli import main
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.server import serve_dashboard
from tests.e2e.conftest import CHECKOUT, open_page, write_notebook

pytestmark = pytest.mark.e2e

SCREENSHOTS = CHECKOUT / "build" / "screenshots"
CELL = """
import ipywidgets as w
from IPython.display import display
from riskkit.workbench.widgets.mapping import mapping_form
display(w.VBox([mapping_form({folder!r}), w.HTML("<div data-testid='ready'>prêt</div>")]))
"""
# The two dates have headers that say nothing: the earlier is guessed as the invoice date. Here the order comes first.
FILE = (
    "Réf;Acheteur;Jour A;Jour B;Montant TTC\nF001;ALPHA;05/01/2024;20/01/2024;100,10\n"
    "F002;ALPHA;15/02/2024;28/02/2024;200,20\nF003;BETA;16/02/2024;28/02/2024;1,30\n"
)


def test_a_person_sees_the_first_rows_corrects_a_column_and_saves(page, run_folder, tmp_path: Path, importable):
    (tmp_path / "export.csv").write_text(FILE, encoding="utf-8")
    assert main(["init", str(tmp_path / "p"), "--from", str(tmp_path / "export.csv"), "--yes"]) == 0
    before = Portfolio.open(tmp_path / "p").settings.sources[0]
    assert (before.columns["issue_date"], before.columns["due_date"]) == ("Jour A", "Jour B")
    notebook = write_notebook(tmp_path / "form.ipynb", CELL.format(folder=str(tmp_path / "p")))
    with serve_dashboard(run_folder, notebook=notebook, preheated=0) as running:
        open_page(page, running)
        first_rows = page.locator("table", has_text="Acheteur").first
        assert "05/01/2024" in first_rows.inner_text()
        page.get_by_label("date de facture").select_option("Jour B")
        page.get_by_label("date d’échéance").select_option(label="(aucune)")
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / "mapping_form.png", full_page=True)
        page.get_by_role("button", name="Enregistrer").click()
        page.get_by_text("Enregistré dans portfolio.yaml").first.wait_for()
    saved = Portfolio.open(tmp_path / "p")
    spec = saved.settings.sources[0]
    assert spec.columns["issue_date"] == "Jour B"
    assert "due_date" not in spec.columns
    assert spec.doubtful == ()
    assert saved.read().invoices["issue_date"].min().isoformat().startswith("2024-01-20")
