"""Every page of the dashboard in a real browser: both languages, three widths, two themes, and the way through them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from riskkit.exhibits.language import language
from riskkit.workbench.dashboard_shell import PAGE_NAMES
from riskkit.workbench.server import Dashboard, serve_dashboard
from riskkit.workbench.views.registry import VIEWS
from tests.e2e.accessibility import faults, small_targets
from tests.e2e.axe import serious_faults
from tests.e2e.conftest import CHECKOUT, eventually, open_page
from tests.e2e.runs import COMPANY, HOSTILE, LONG, write_runs

pytestmark = pytest.mark.e2e  # one tab for all tests, in this order

SCREENSHOTS = CHECKOUT / "build" / "screenshots"
LOOKS = ((1440, "light"), (1440, "dark"), (820, "light"), (820, "dark"), (390, "light"), (390, "dark"))


CHECKED = ((1440, "dark"), (390, "light"))  # 1440 in light is checked as the pages are visited


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of 31 December 2024; beside it 30 June 2024."""
    return write_runs(tmp_path_factory.mktemp("reports") / "company")


@pytest.fixture(scope="module")
def served(runs: Path, importable: None) -> Iterator[Dashboard]:
    """A server for that run."""
    with serve_dashboard(runs, preheated=0) as running:
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


def go(page, name: str) -> None:
    """Another page by its link, and wait until it is there."""
    said = {code: language(code).say(PAGE_NAMES[name]) for code in ("fr", "en")}
    code = page.locator("html").get_attribute("lang")
    page.locator("nav.rk-pages").get_by_role("link", name=said[code], exact=True).click()
    page.locator(f"[data-rk-page={name}]").wait_for(state="attached")
    page.locator("h1", has_text=said[code]).wait_for()


def is_seen(place, width: int) -> bool:
    """Whether all of an element is between the edges of a window of that width."""
    box = place.bounding_box()
    return bool(box) and box["x"] >= 0 and box["x"] + box["width"] <= width + 1


def read(page, test_id: str) -> str:
    """The text of an element, its kinds of spaces and line ends made one."""
    return re.sub(r"\s+", " ", page.get_by_test_id(test_id).inner_text())


def test_checks_of_a_page_find_what_they_look_for(page) -> None:
    page.set_content(
        "<div id='rendered_cells' style='background:#fff'><h1>a</h1><h3>b</h3><button></button><svg></svg>"
        "<p style='color:#999'>faint</p><table><tr><td>1</td></tr></table><input style='height:9px'>"
        "<i id='x'></i><i id='x'></i></div>"
    )
    found = " ".join(faults(page))
    assert any(found.startswith("button-name") for found in serious_faults(page))
    for rule in ("no name", "picture without a role", "heading level", "contrast 2.85", "without headings", "id given"):
        assert rule in found
    assert len(small_targets(page)) == 2


@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_page_opens_in_both_languages_without_a_fault(tab, code: str) -> None:
    if code == "en":
        tab.get_by_role("button", name="English").click()
        tab.locator("html[lang=en]").wait_for()
    for name in VIEWS:
        go(tab, name)
        assert tab.title() == f"{language(code).say(PAGE_NAMES[name])} – {COMPANY}"
        assert tab.get_by_test_id("page-fault").count() == 0, name
        assert "Traceback" not in tab.content(), name
        assert tab.locator("nav [aria-current=page]").count() == 1
        assert faults(tab) == [], name
    assert tab.evaluate("window.robbed") is None
    assert tab.complaints == []
    inside = ("http://127.0.0.1:", "data:", "blob:")
    assert [url for url in tab.asked if not url.startswith(inside)] == []
    if code == "en":
        tab.get_by_role("button", name="Français").click()
        tab.locator("html[lang=fr]").wait_for()


@pytest.mark.parametrize("name", [*VIEWS, "sheet"])
def test_pages_fit_every_width_in_both_themes(tab, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    go(tab, "customers" if name == "sheet" else name)
    if name == "sheet":
        tab.get_by_test_id("customers").get_by_role("link", name=LONG).click()
        tab.get_by_test_id("sheet-figures").wait_for()
    for width, theme in LOOKS:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=theme)
        tab.locator(f"html[data-rk-theme={theme}]").wait_for()
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        if (width, theme) in CHECKED:
            assert faults(tab) == [], (name, width, theme)
        if width == 1440:
            assert serious_faults(tab) == [], (name, theme)
        if width == 390:
            assert eventually(lambda: is_seen(tab.locator("nav.rk-pages [aria-current=page]"), 390)), name
            assert small_targets(tab) == [], name
        tab.screenshot(path=SCREENSHOTS / f"{name}_{width}_{theme}.png", full_page=True)
    tab.emulate_media(color_scheme="light")
    tab.set_viewport_size({"width": 1440, "height": 900})


def test_filter_in_the_panel_follows_to_the_list_and_opens_a_sheet(tab) -> None:
    go(tab, "unpaid")
    before = read(tab, "panel-groups")
    tab.get_by_test_id("panel-groups").get_by_role("button", name=re.compile("Construction")).click()
    tab.locator("[data-testid=panel-trail] b", has_text="Construction").wait_for()
    assert read(tab, "panel-groups") != before
    tab.wait_for_url(re.compile("page=unpaid.*filters=.*section.*F"))
    go(tab, "customers")
    # Customers 1, 5, 9, 13 and 17 have the first of the four NAF codes, of section F, and each owes something.
    assert read(tab, "customers-count").startswith("5 clients sur 19")
    assert "Construction" in read(tab, "filters")
    tab.get_by_role("link", name=LONG).click()
    tab.get_by_test_id("sheet-figures").wait_for()
    # Customer 1: five invoices of 10,000 open, four of them late (see test_overview).
    assert "50 000 €" in read(tab, "sheet-figures")
    assert "40 000 €" in read(tab, "sheet-figures")
    assert tab.get_by_test_id("sheet-items").locator("tbody tr").count() == 5
    assert tab.title().startswith(LONG)
    tab.go_back()
    tab.get_by_test_id("customers").wait_for()
    tab.get_by_role("button", name=re.compile("Retirer le filtre")).click()
    tab.locator("[data-testid=customers-count]", has_text="19 clients sur 19").wait_for()


def test_list_is_searched_sorted_and_cut_to_columns_and_its_address_keeps_it(tab, served, context) -> None:
    go(tab, "customers")
    tab.get_by_role("searchbox", name="Rechercher").fill("menuiserie KERAU")
    tab.locator("[data-testid=customers-count]", has_text="1 client sur 19").wait_for()
    tab.get_by_role("searchbox", name="Rechercher").fill("")
    tab.locator("[data-testid=customers-count]", has_text="19 clients sur 19").wait_for()
    tab.get_by_role("button", name="Client", exact=True).press("Enter")
    tab.locator("th[aria-sort=ascending]", has_text="Client").wait_for()
    tab.get_by_text("Colonnes (").click()
    tab.get_by_label("Factures ouvertes", exact=True).check()
    tab.locator("[data-testid=customers] th", has_text="Factures ouvertes").wait_for()
    tab.locator("select[data-rk-do=view]").select_option("Avec un retard")
    tab.locator("[data-testid=customers-count]", has_text="5 clients sur 19").wait_for()
    tab.wait_for_url(re.compile("view=overdue"))
    other = context.new_page()
    open_page(other, served, "&" + tab.url.partition("?")[2])
    assert read(other, "customers-count") == read(tab, "customers-count")
    assert read(other, "customers") == read(tab, "customers")
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Exporter").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert book.worksheets[0].max_row == 6
    go(tab, "overview")


def test_sheet_of_a_hostile_name_or_an_unknown_number_is_text(page, served) -> None:
    open_page(page, served, "&page=customers&customer=C02")
    page.get_by_test_id("sheet-figures").wait_for()
    assert page.locator(".rk-sheet-name").inner_text() == HOSTILE
    assert page.evaluate("window.robbed") is None
    page.goto(f"http://127.0.0.1:{served.port}/?page=customers&customer=%3Cscript%3Ealert(1)%3C/script%3E")
    page.locator(".rk-absent", has_text="<script>alert(1)</script>").wait_for()
    assert page.evaluate("window.robbed") is None


def test_order_is_answered_with_its_reasons_and_logged_for_the_team(tab, runs) -> None:
    log = runs.parent / "decisions.jsonl"
    go(tab, "actions")
    form = tab.locator("form[data-rk-form=decide]:visible")
    form.get_by_label("Client (numéro, nom) ou SIREN").fill("personne")
    form.get_by_label("Montant TTC").fill("1 500,00")
    form.get_by_label("Votre nom").fill("Zoé")
    form.get_by_role("button", name="Répondre").click()
    tab.locator("[data-testid=page-fault]", has_text="« personne » n’est ni un client").wait_for()
    form.get_by_label("Client (numéro, nom) ou SIREN").fill("menuiserie kéraudren")
    form.get_by_label("Consigner").select_option("non, pour essayer")
    form.get_by_role("button", name="Répondre").click()
    tab.locator("[data-testid=order-answer]:visible", has_text="Menuiserie Kéraudren").wait_for()
    assert "Non consigné" in tab.locator("[data-testid=order-answer]:visible").inner_text()
    assert not log.exists()
    form.get_by_label("Client (numéro, nom) ou SIREN").fill("404 833 048")  # nobody of this run; its key is right
    form.get_by_label("Consigner").select_option("oui, pour l’équipe")
    form.get_by_role("button", name="Répondre").click()
    tab.locator("[data-testid=order-answer]:visible", has_text="404833048").wait_for()
    line = json.loads(log.read_text())
    assert (line["siren"], line["amount"], line["author"]) == ("404833048", 1500, "Zoé")
    assert all(reason in tab.locator("[data-testid=order-answer]:visible").inner_text() for reason in line["reasons"])


def test_reader_sees_no_form_and_is_refused(served, context) -> None:
    reader = context.new_page()
    reader.goto(served.reader_url + "&page=actions", wait_until="commit")
    reader.get_by_test_id("worklist").wait_for(timeout=30_000)
    assert reader.locator("form[data-rk-form]").count() == 0
    reader.evaluate("riskkitAsk('decide', '', {who: 'C03', amount: '100', author: 'x'})")
    reader.locator("[data-testid=page-fault]", has_text="en lecture").wait_for()
    reader.close()


def test_action_recorded_on_a_sheet_is_seen_by_a_second_viewer_with_its_author(tab, served, context) -> None:
    second = context.new_page()
    open_page(second, served, "&page=actions")
    assert "Rien n’est encore enregistré" in read(second, "actions-journal")
    go(tab, "customers")
    tab.get_by_test_id("customers").get_by_role("link", name=LONG).click()
    tab.get_by_test_id("sheet-figures").wait_for()
    form = tab.locator("form[data-rk-form=record]")
    form.get_by_label("Statut").select_option("promise")
    form.get_by_label("Commentaire").fill("<b>viendra</b> jeudi")
    form.get_by_role("button", name="Enregistrer").click()
    assert tab.evaluate(
        "document.querySelector('form[data-rk-form=record] [name=author]').validity.valueMissing"
    )  # the browser asks for the name
    form.get_by_label("Votre nom").fill("Zoé")
    form.get_by_role("button", name="Enregistrer").click()
    tab.locator("[data-testid=page-fault]", has_text="jour promis").wait_for()
    form.get_by_label("Promis pour le").fill("2025-01-15")
    form.get_by_label("Montant promis").fill("12 000")
    form.get_by_role("button", name="Enregistrer").click()
    tab.get_by_test_id("recorded").wait_for()
    assert tab.get_by_test_id("page-fault").count() == 0
    second.locator("[data-testid=actions-journal]", has_text="<b>viendra</b> jeudi").wait_for(timeout=15_000)
    seen = read(second, "actions-journal")
    for told in (LONG, "promesse de règlement", "12 000 € promis pour le 15/01/2025", "par Zoé"):
        assert told in seen
    tab.locator("form[data-rk-form=record] [name=author]").wait_for()
    assert tab.locator("form[data-rk-form=record] [name=author]").input_value() == "Zoé"  # remembered
    go(tab, "overview")
