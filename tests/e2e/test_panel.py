"""The panel in a real browser: filter, chart, table, customer, invoices, export, on runs worked out in `runs.py`."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator

import openpyxl
import pytest

from riskkit.workbench.server import Dashboard, serve_dashboard
from tests.e2e.conftest import CHECKOUT, eventually, open_page, write_notebook
from tests.e2e.runs import DATES, HOSTILE, LONG, write_runs

pytestmark = pytest.mark.e2e  # one tab for all tests, in this order

DIVISION = "Division\u00a0NAF"
SCREENSHOTS = CHECKOUT / "build" / "screenshots"
PAGE = """
import os
from pathlib import Path
import ipywidgets as w
from IPython.display import display
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.theme import css_text
from riskkit.workbench.widgets.explorer import open_explorer
panel = open_explorer(Path(os.environ["RISKKIT_RUN"]), language=os.environ["RISKKIT_LANGUAGE"])
style = w.HTML(element("style", Html(css_text())))
display(w.VBox([style, panel.widget, w.HTML("<div data-testid='ready'>prêt</div>")]))
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, importable: None) -> Iterator[Dashboard]:
    folder = write_runs(tmp_path_factory.mktemp("reports") / "company", dates=DATES[:1])
    notebook = write_notebook(tmp_path_factory.mktemp("page") / "app.ipynb", PAGE)
    with serve_dashboard(folder, notebook=notebook, preheated=0) as running:
        yield running


@pytest.fixture(scope="module")
def tab(browser, served) -> Iterator[object]:
    context = browser.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    open_page(page, served)
    yield page
    page.close()
    context.close()


def read(page, test_id: str) -> str:
    return re.sub(r"\s+", " ", page.get_by_test_id(test_id).inner_text())


def drawn(page) -> int:
    return int(page.get_by_test_id("panel-status").get_attribute("data-rk-drawn"))


def after(page, act) -> None:
    """Do something and wait until the panel has drawn what follows from it."""
    before = drawn(page)
    act()
    assert eventually(lambda: drawn(page) > before)


def test_everything_ties_before_anything_is_filtered(tab) -> None:
    # as worked out in test_overview: 57,874.3 overdue, 93,352 open
    assert "57 874 €" in read(tab, "panel-figures")
    assert "93 352 €" in read(tab, "panel-figures")
    assert "19 clients" in read(tab, "panel-figures")
    assert HOSTILE in tab.get_by_test_id("panel-customers").inner_text()
    assert tab.locator("img[src=x]").count() == 0
    assert tab.evaluate("window.robbed") is None
    inside = ("http://127.0.0.1:", "data:", "blob:")
    assert [url for url in tab.asked if not url.startswith(inside)] == []
    assert tab.complaints == []


def test_a_group_opens_and_every_place_follows(tab) -> None:
    group = tab.get_by_test_id("panel-groups").get_by_role("button").first
    assert "Construction" in group.inner_text()
    after(tab, group.click)
    # Customers 1, 5, 9, 13 and 17 are the builders, and the only ones who stopped paying.
    assert "5 clients" in read(tab, "panel-figures")
    assert "57 874 €" in read(tab, "panel-figures")
    assert "Secteur : F Construction" in read(tab, "panel-trail")
    # They all are in one division, group and class: what parts them is the customer.
    assert tab.get_by_label("Grouper par").evaluate("list => list.selectedOptions[0].text") == "Client"
    assert tab.get_by_test_id("panel-customers").locator("tbody tr").count() == 5
    assert "non renseigné" not in read(tab, "panel-groups").lower()


def test_a_customer_opens_on_its_invoices_and_the_export_is_what_is_shown(tab) -> None:
    after(tab, tab.get_by_test_id("panel-customers").get_by_role("button", name=f"Ouvrir {LONG}").click)
    rows = tab.get_by_test_id("panel-items").locator("tbody tr")
    assert rows.count() == 5  # five invoices of 10,000 open, of which four are late; the oldest by 122 days
    assert "122" in rows.first.inner_text()
    assert "50 000 €" in read(tab, "panel-figures")
    tab.get_by_role("button", name="Exporter vers Excel").click()
    link = tab.get_by_test_id("panel-download")
    link.wait_for()
    with tab.expect_download() as asked:
        link.click()
    book = openpyxl.load_workbook(io.BytesIO(asked.value.path().read_bytes()))
    assert asked.value.suggested_filename == "selection_2024-12-31.xlsx"
    amounts = [row[6].value for row in book.worksheets[3].iter_rows(min_row=2)]
    assert amounts == [10_000] * 5
    assert base64.b64decode(link.get_attribute("href").partition(",")[2])[:2] == b"PK"


def test_the_trail_leads_back_and_undo_and_reset_do_what_they_say(tab) -> None:
    after(tab, tab.get_by_test_id("panel-trail").get_by_role("button", name="Tous les clients").click)
    assert "93 352 €" in read(tab, "panel-figures")
    after(tab, tab.get_by_role("button", name="Annuler").click)
    assert "50 000 €" in read(tab, "panel-figures")
    after(tab, tab.get_by_role("button", name="Réinitialiser").click)
    assert "93 352 €" in read(tab, "panel-figures")


def test_filters_of_the_bar_act_on_everything_and_say_what_is_wrong(tab) -> None:
    tab.get_by_label("Filtrer sur").select_option(DIVISION)
    tab.get_by_label("Valeur").locator("option", has_text="43 ").wait_for(state="attached")
    after(tab, lambda: tab.get_by_label("Valeur").select_option(index=1))
    assert "Division NAF" in read(tab, "panel-trail")
    after(tab, tab.get_by_role("button", name="Réinitialiser").click)
    amount = tab.get_by_label("Montant facturé de")
    after(tab, lambda: (amount.fill("10 000"), amount.press("Tab")))
    assert "1 client" in read(tab, "panel-figures")  # only customer 1 is billed 10,000
    assert "non calculable sur une partie" in read(tab, "panel-figures")
    amount.fill("beaucoup")
    amount.press("Tab")
    tab.get_by_text("n’est pas un montant").wait_for()
    assert "Traceback" not in tab.content()
    after(tab, tab.get_by_role("button", name="Réinitialiser").click)


def test_tables_sort_and_search_by_keyboard_and_keep_the_focus(tab) -> None:
    heading = tab.get_by_test_id("panel-customers").get_by_role("button", name="Client", exact=True)
    heading.focus()
    after(tab, lambda: tab.keyboard.press("Enter"))
    assert tab.locator("[data-testid=panel-customers] th[aria-sort=ascending]").inner_text().startswith("Client")
    assert eventually(lambda: tab.evaluate("document.activeElement.textContent") == "Client")
    after(tab, lambda: tab.get_by_label("Rechercher").fill("KERAUDREN"))
    assert tab.get_by_test_id("panel-customers").locator("tbody tr").count() == 1
    after(tab, lambda: tab.get_by_label("Rechercher").fill(""))


def test_a_view_is_saved_under_a_name_and_comes_back(tab) -> None:
    after(tab, tab.get_by_test_id("panel-groups").get_by_role("button").first.click)
    tab.get_by_label("Enregistrer sous").fill("../piège")
    tab.get_by_role("button", name="Enregistrer la vue").click()
    tab.get_by_text("ne peut pas nommer une sélection").wait_for()
    tab.get_by_label("Enregistrer sous").fill("Bâtiment")
    tab.get_by_role("button", name="Enregistrer la vue").click()
    tab.get_by_test_id("panel-saved").wait_for()
    after(tab, tab.get_by_role("button", name="Réinitialiser").click)
    after(tab, lambda: tab.get_by_label("Vues enregistrées").select_option("Bâtiment"))
    assert "Secteur : F Construction" in read(tab, "panel-trail")


def test_panel_fits_every_width_and_both_themes(tab) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width, theme in ((1440, "light"), (1440, "dark"), (768, "light"), (390, "light"), (390, "dark")):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=theme)
        tab.locator(f"html[data-rk-theme={theme}]").wait_for()
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.screenshot(path=SCREENSHOTS / f"panel_{width}_{theme}.png", full_page=True)
