"""The page Vue d'ensemble in a real browser, on runs whose figures are worked out by hand in `runs.py`."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from riskkit.workbench.server import Dashboard, serve_dashboard
from tests.e2e.conftest import CHECKOUT, eventually, kernels, open_page
from tests.e2e.runs import COMPANY, HOSTILE, write_runs

pytestmark = pytest.mark.e2e  # one tab for all tests, in this order

SCREENSHOTS = CHECKOUT / "build" / "screenshots"
COUNT = "[data-testid=debtors-count]"


@pytest.fixture(scope="module")
def overview(tmp_path_factory: pytest.TempPathFactory, importable: None) -> Iterator[Dashboard]:
    """The served run of 31 December 2024; beside it 30 June 2024, and 31 March 2024 whose tables are unreadable."""
    folder = write_runs(tmp_path_factory.mktemp("reports") / "company")
    broken = folder.parent / "2024-03-31"
    shutil.copytree(folder, broken)
    manifest = json.loads((folder / "manifest.json").read_text())
    (broken / "manifest.json").write_text(json.dumps(manifest | {"as_of": "2024-03-31"}))
    (broken / "tables" / "ageing.parquet").write_bytes(b"not a table")
    with serve_dashboard(folder, preheated=0) as running:
        yield running


@pytest.fixture(scope="module")
def french(browser, overview) -> Iterator[object]:
    """One tab for the whole module, opened once, with everything it asked for and complained of."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    open_page(page, overview)
    yield page
    page.close()
    context.close()


def shown(page, day: str, language: str) -> None:
    """Wait until the whole page is that of a date and a language."""
    page.locator(f"[data-rk-state='{day} {language}']").wait_for()


def read(page, test_id: str) -> str:
    """The text of an element, its kinds of spaces and line ends made one."""
    return re.sub(r"\s+", " ", page.get_by_test_id(test_id).inner_text())


def card(page, name: str) -> str:
    return read(page, f"card-{name}")


def names(page) -> list[str]:
    return page.locator("[data-testid=debtors] tbody th").all_inner_texts()


def test_page_is_in_french_with_its_header_cards_and_totals_that_tie(french) -> None:
    assert french.locator("html").get_attribute("lang") == "fr"
    assert french.locator("h1").inner_text() == "Vue d’ensemble"
    assert french.title() == f"Vue d’ensemble – {COMPANY}"
    assert COMPANY in french.locator(".rk-bar").inner_text()
    # Each late payer (customers 1, 5, 9, 13, 17) has four invoices overdue, August to November:
    # 4 × 10,000 × (1 + 1/5 + 1/9 + 1/13 + 1/17) = 57,874.3
    assert "57 874 €" in card(french, "overdue_amount")
    # and one due on the day itself; so has everybody: 10,000 × (1 + 1/2 + … + 1/19) = 35,477.4 more are open
    assert "93 352 €" in card(french, "receivables_amount")
    assert french.locator("[data-testid^=card-]").count() == 8
    assert "En retard" in read(french, "lead")


def test_largest_debtor_comes_first_with_its_overdue_part_and_its_age(french) -> None:
    cells = french.locator("[data-testid=debtors] tbody tr").first.locator("td").all_inner_texts()
    # Customer 1: five invoices of 10,000 open, four of them late; the oldest was due 31 August, 122 days before.
    assert [re.sub(r"\s", " ", cell) for cell in (cells[0], cells[2], cells[3])] == ["50 000 €", "40 000 €", "122 j"]
    assert "10 clients sur 19" in read(french, "debtors-count")
    assert "9 autres clients" in names(french)[-1]


def test_nothing_comes_from_outside_and_no_name_is_ever_run(french) -> None:
    inside = ("http://127.0.0.1:", "data:", "blob:")
    assert [url for url in french.asked if not url.startswith(inside)] == []
    assert french.complaints == []
    assert HOSTILE in names(french)
    assert french.locator("img[src=x]").count() == 0
    assert french.evaluate("window.robbed") is None
    assert "Traceback" not in french.content()


def test_method_page_ties_and_comes_back_to_where_the_reader_was(french) -> None:
    french.get_by_role("link", name="Méthode").click()
    french.locator("[data-rk-page=method]").wait_for(state="attached")
    assert "différence 0,00 €" in read(french, "method")
    assert french.title() == f"Méthode – {COMPANY}"
    french.wait_for_url("**/?page=method")
    french.go_back()
    french.locator("[data-rk-page=overview]").wait_for(state="attached")
    french.wait_for_url("**/")
    assert french.locator("h1").inner_text() == "Vue d’ensemble"


def test_search_ignores_accents_and_capitals_and_says_when_nobody_is_found(french) -> None:
    french.get_by_role("textbox", name="Rechercher").fill("KERAUDREN")
    french.locator(COUNT, has_text="Clients trouvés : 1 sur 19").wait_for()
    assert names(french) == ["Menuiserie Kéraudren"]
    french.wait_for_url("**/?search=KERAUDREN")
    french.get_by_role("textbox", name="Rechercher").fill("<b>zzz")
    french.locator(COUNT, has_text="Aucun client ne s’appelle « <b>zzz »").wait_for()
    french.get_by_role("textbox", name="Rechercher").fill("")
    french.locator(COUNT, has_text="10 clients sur 19").wait_for()
    french.wait_for_url("**/")


def test_headings_sort_the_whole_portfolio_and_keep_the_focus(french) -> None:
    heading = french.get_by_role("button", name="Client", exact=True)
    heading.press("Enter")
    french.locator("th[aria-sort=ascending]", has_text="Client").wait_for()
    assert names(french)[1] == "Client numéro 10"
    assert eventually(lambda: french.evaluate("document.activeElement.textContent") == "Client")
    french.get_by_role("combobox", name="Trier par").select_option("Solde décroissant")
    french.locator("th[aria-sort=descending]", has_text="Solde").wait_for()
    french.get_by_role("combobox", name="Afficher").select_option("25 lignes")
    french.locator(COUNT, has_text="19 clients sur 19").wait_for()
    assert len(names(french)) == 19
    french.get_by_role("combobox", name="Afficher").select_option("10 lignes")
    french.locator(COUNT, has_text="10 clients sur 19").wait_for()


def test_another_date_redraws_everything_and_has_its_own_address(french) -> None:
    french.get_by_label("Situation au").select_option("30/06/2024")
    shown(french, "2024-06-30", "fr")
    # In June everybody still pays 10 days late at most: only the invoices of June, not due before July, are open.
    assert "0 €" in card(french, "overdue_amount")
    assert "35 477 €" in card(french, "receivables_amount")
    french.wait_for_url("**/?as_of=2024-06-30")
    french.get_by_label("Situation au").select_option("31/12/2024")
    shown(french, "2024-12-31", "fr")
    assert "57 874 €" in card(french, "overdue_amount")


def test_fault_under_a_choice_is_a_sentence_with_a_reference_and_the_page_lives_on(french, overview) -> None:
    french.get_by_label("Situation au").select_option("31/03/2024")
    notice = french.get_by_test_id("page-fault")
    notice.wait_for()
    reference = re.search(r"avec la référence ([0-9a-f]{8})\.", read(french, "page-fault"))
    assert reference is not None
    assert reference.group(1) in overview.log_file.read_text()
    assert "Traceback" not in french.content()
    assert french.get_by_label("Situation au").evaluate("list => list.selectedOptions[0].text") == "31/12/2024"
    french.get_by_label("Situation au").select_option("30/06/2024")
    shown(french, "2024-06-30", "fr")
    notice.wait_for(state="detached")
    french.get_by_label("Situation au").select_option("31/12/2024")
    shown(french, "2024-12-31", "fr")


def test_language_switch_translates_the_page_without_reloading_it(french) -> None:
    french.evaluate("window.stayed = true")
    french.get_by_role("button", name="English").click()
    shown(french, "2024-12-31", "en")
    assert french.locator("h1").inner_text() == "Overview"
    assert french.locator("html").get_attribute("lang") == "en"
    assert "€57,874" in card(french, "overdue_amount")
    assert french.get_by_role("textbox", name="Search").get_attribute("placeholder") == "Name or number"
    french.wait_for_url("**/?language=en")
    french.get_by_role("button", name="Français").click()
    shown(french, "2024-12-31", "fr")
    assert french.evaluate("window.stayed") is True


def test_page_fits_every_width_and_both_themes(french) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width, theme in ((1440, "light"), (1440, "dark"), (768, "light"), (390, "light"), (390, "dark")):
        french.set_viewport_size({"width": width, "height": 900})
        french.emulate_media(color_scheme=theme)
        french.locator(f"html[data-rk-theme={theme}]").wait_for()
        assert french.evaluate("document.documentElement.scrollWidth") <= width
        ground, ink = french.evaluate(
            "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]"
        )
        assert (ground == "rgb(255, 255, 255)") == (theme == "light")
        assert ink == {"light": "rgb(27, 31, 36)", "dark": "rgb(232, 235, 238)"}[theme]
        french.screenshot(path=SCREENSHOTS / f"overview_{width}_{theme}.png", full_page=True)
    french.emulate_media(color_scheme="light")
    french.set_viewport_size({"width": 1440, "height": 900})


def test_address_of_a_colleague_opens_the_same_state(page, overview) -> None:
    open_page(page, overview, "&language=en&as_of=2024-06-30&search=garage&rows=25&sort=nonsense")
    shown(page, "2024-06-30", "en")
    assert names(page) == ["Garage de la Gare"]
    assert page.get_by_role("textbox", name="Search").input_value() == "garage"
    page.wait_for_url("**/?as_of=2024-06-30&language=en&search=garage&rows=25")
    page.close()
    assert eventually(lambda: kernels(overview)["kernels"] == 1)


def test_screenshots_are_kept_out_of_the_repository() -> None:
    assert "build/" in Path(CHECKOUT / ".gitignore").read_text().split()
