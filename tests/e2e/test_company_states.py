"""A real notice of BODACC, from the command line to the page: its customer is flagged from its day, and not before."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from riskkit.companies.provider_settings import ProviderSettings
from riskkit.workbench.cli import main
from riskkit.workbench.portfolio import Portfolio
from riskkit.workbench.server import Dashboard, serve_dashboard
from riskkit.workbench.stored_run import read_table
from tests.e2e.conftest import CHECKOUT, open_page

pytestmark = pytest.mark.e2e

BEFORE, AFTER = "2026-02-12", "2026-02-13"  # the notices are of 13 February 2026; their judgments are earlier
SCREENSHOTS = CHECKOUT / "build" / "screenshots"


@pytest.fixture(scope="module")
def runs(tmp_path_factory, shared_data: Path) -> Path:
    """Three customers, two of them in the real notices of one day, run by the command line at two dates."""
    home = tmp_path_factory.mktemp("states")
    source = shared_data / "bodacc" / "bodacc_procedures_collectives_2026-02-13.json.gz"
    records = json.loads(gzip.decompress(source.read_bytes()))["records"]
    wanted = ("Jugement d'ouverture de liquidation judiciaire",
              "Jugement d'ouverture d'une procédure de redressement judiciaire")  # fmt: skip
    found = {
        nature: next(r["registre"][0] for r in records if json.loads(r["contenu"])["nature"] == nature)
        for nature in wanted
    }
    liquidated, receiving = found.values()
    (home / "clients.csv").write_text(
        f"Code client;Nom;SIREN\nC1;Alpha SARL;{liquidated}\nC2;Bêta SAS;732829320\nC3;Gamma SA;{receiving}\n", "utf-8"
    )
    (home / "factures.csv").write_text(
        "N° facture;Code client;Client;Date facture;Date échéance;Montant TTC\n"
        "F1;C1;Alpha SARL;05/01/2026;04/02/2026;1200,00\nF2;C2;Bêta SAS;15/01/2026;16/02/2026;600,50\n"
        "F3;C3;Gamma SA;02/01/2026;01/02/2026;300,25\nF4;C2;Bêta SAS;13/02/2026;16/03/2026;0,01\n",
        encoding="utf-8",
    )
    files = [home / "clients.csv", home / "factures.csv"]
    made = Portfolio.from_files(files, name="Réel", folder=home)
    made.with_companies(ProviderSettings(bodacc=(str(source),))).write(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        for day in (BEFORE, AFTER):
            assert main(["run", str(home), "--as-of", day, "--only", "02_sectors"]) == 0
    return next(path for path in (home / "reports").rglob(AFTER))


@pytest.fixture(scope="module")
def served(runs: Path, importable: None) -> Iterator[Dashboard]:
    with serve_dashboard(runs, preheated=0) as running:
        yield running


def states(run: Path) -> dict[str, str]:
    return read_table(run, "customers").set_index("customer_id")["state"].to_dict()


def test_the_tables_know_a_notice_from_its_day(runs: Path) -> None:
    assert states(runs.with_name(BEFORE)) == {"C1": "unknown", "C2": "unknown", "C3": "unknown"}
    assert states(runs) == {"C1": "liquidation", "C2": "unknown", "C3": "receivership"}
    assert read_table(runs.with_name(BEFORE), "events").empty
    events = read_table(runs, "events").set_index("customer_id")
    assert events["kind"].to_dict() == {"C1": "liquidation", "C3": "receivership"}
    assert (events["judgment_date"] < events["event_date"]).all()


def names(page) -> list[str]:
    return [re.sub(r"\s+", " ", name) for name in page.locator("[data-testid=debtors] tbody th").all_inner_texts()]


def test_the_page_flags_it_lets_its_reader_choose_it_and_says_nothing_the_day_before(page, served: Dashboard) -> None:
    open_page(page, served)
    assert names(page) == ["Alpha SARL liquidation judiciaire", "Bêta SAS", "Gamma SA redressement judiciaire"]
    lead = re.sub(r"\s+", " ", page.get_by_test_id("lead").inner_text())
    assert "liquidation judiciaire : 1 (1 200,00 €) ; redressement judiciaire : 1 (300,25 €)" in lead
    page.get_by_label("Société").select_option("En procédure ou cessée (2)")
    page.locator("[data-testid=debtors-count]", has_text="Clients trouvés : 2 sur 3").wait_for()
    assert len(names(page)) == 2
    page.wait_for_url("**/?company=failed")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=SCREENSHOTS / f"company_states_{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="English").click()
    page.locator(f"[data-rk-state='{AFTER} en']").wait_for()
    assert names(page) == ["Alpha SARL judicial liquidation", "Gamma SA receivership"]
    page.get_by_label("Company").select_option("Not known (1)")
    page.locator("[data-testid=debtors-count]", has_text="1 of 3").wait_for()
    page.get_by_role("button", name="Français").click()
    page.get_by_label("Situation au").select_option("12/02/2026")
    page.locator(f"[data-rk-state='{BEFORE} fr']").wait_for()
    assert "judiciaire" not in page.locator("[data-testid=debtors]").inner_text()
    assert "Défaillances" not in page.get_by_test_id("lead").inner_text()
    assert not page.get_by_label("Société").is_visible()
