"""The form that confirms or refuses matches, driven in a browser: the next run remembers what was answered."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from riskkit.companies.match_answers import read_answers
from riskkit.companies.provider_settings import ProviderSettings
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.run import make_tables
from riskkit.workbench.server import serve_dashboard
from riskkit.workbench.stored_run import read_table
from tests.e2e.conftest import CHECKOUT, eventually, open_page, write_notebook

pytestmark = pytest.mark.e2e

DAY = dt.date(2024, 6, 30)
SCREENSHOTS = CHECKOUT / "build" / "screenshots"
CELL = """
import ipywidgets as w
from IPython.display import display
from riskkit.workbench.widgets.matches import matches_form
display(w.VBox([matches_form({run!r}), w.HTML("<div data-testid='ready'>prêt</div>")]))
"""


@pytest.fixture
def portfolio(tmp_path: Path) -> Portfolio:
    """A customer without a SIREN whose name two companies of the register bear, in two towns."""
    (tmp_path / "clients.csv").write_text("Code client;Nom\nC1;Horizon Bleu\n", "utf-8")
    (tmp_path / "factures.csv").write_text(
        "N° facture;Code client;Client;Date facture;Date échéance;Montant TTC\n"
        "F1;C1;Horizon Bleu;05/01/2024;04/02/2024;1200,00\n",
        encoding="utf-8",
    )
    rows = ["siren,denominationUniteLegale,etatAdministratifUniteLegale,codePostalEtablissement"
            ",libelleCommuneEtablissement"]  # fmt: skip
    rows += ["732829320,HORIZON BLEU,A,29200,BREST", "404833048,HORIZON BLEU,A,13001,MARSEILLE"]
    rows += [f"{900_000_000 + n},ENTREPRISE NUMERO {n},A,75001,PARIS" for n in range(300)]
    (tmp_path / "sirene.csv").write_text("\n".join(rows), "utf-8")
    made = Portfolio.from_files([tmp_path / "clients.csv", tmp_path / "factures.csv"], name="Essai", folder=tmp_path)
    made.with_companies(ProviderSettings(sirene="sirene.csv")).write(tmp_path)
    return Portfolio.open(tmp_path)


def test_a_person_refuses_one_and_confirms_the_other_and_the_next_run_knows(page, portfolio, tmp_path, importable):
    first = make_tables(portfolio, as_of=DAY, folder=tmp_path / "run")
    pairs = read_table(first.folder, "pairs_to_confirm")
    assert set(pairs["siren"]) == {"732829320", "404833048"}
    notebook = write_notebook(tmp_path / "form.ipynb", CELL.format(run=str(first.folder)))
    with serve_dashboard(first.folder, notebook=notebook, preheated=0) as running:
        open_page(page, running)
        shown = page.locator("table", has_text="SIREN").first
        refused = str(pairs["siren"].iloc[0])
        assert refused in shown.inner_text()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / "matches_form.png")
        page.get_by_role("button", name="Refuser").click()
        confirmed = str(pairs["siren"].iloc[1])
        page.locator("table", has_text=confirmed).wait_for()
        page.get_by_role("button", name="Confirmer").click()
        page.get_by_text("La prochaine exécution").first.wait_for()
        assert eventually(page.get_by_role("button", name="Confirmer").is_disabled)
    opened = Portfolio.open(first.folder)
    answers = read_answers(opened.folder / opened.settings.companies.answers)
    assert dict(zip(answers["siren"], answers["answer"], strict=True)) == {refused: "refused", confirmed: "confirmed"}
    again = make_tables(opened, as_of=DAY, folder=tmp_path / "again")
    customer = read_table(again.folder, "customers").set_index("customer_id").loc["C1"]
    assert (customer["siren"], customer["siren_source"]) == (confirmed, "confirmed")
    assert read_table(again.folder, "pairs_to_confirm").empty
