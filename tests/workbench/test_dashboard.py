"""What the dashboard draws, without a browser: addresses, order of customers, faults, empty and hostile runs."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from riskkit.companies.events import STATES
from riskkit.errors import UsageError, message
from riskkit.exhibits.company_words import failed_sentence
from riskkit.exhibits.language import language
from riskkit.exhibits.page_workbook import page_workbook
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.scenario_parts import scenario_measures
from riskkit.workbench import dashboard_overview as overview
from riskkit.workbench import dashboard_runs
from riskkit.workbench.dashboard_app import App
from riskkit.workbench.dashboard_cards import headline_cards
from riskkit.workbench.dashboard_debtors import company_words, debtors_html, find_debtors, index_debtors
from riskkit.workbench.dashboard_fault import fault_notice
from riskkit.workbench.dashboard_runs import RunShelf
from riskkit.workbench.dashboard_state import COMPANIES, ROWS, SORTS, AppState, PageState, read_filters, write_filters
from riskkit.workbench.follow_up import FILE
from riskkit.workbench.run import FinishedRun
from riskkit.workbench.stored_run import load_run
from riskkit.workbench.views.actions import ActionsPage
from riskkit.workbench.views.overview import OverviewPage
from riskkit.workbench.views.registry import VIEWS

DAY = dt.date(2024, 3, 31)
MONTH_ENDS = ("2023-03-31", "2024-02-29", "2024-03-31")
HOSTILE = "<script>alert(1)</script>"


def make_ageing(rows: list[tuple[str, str, float, float, int]]) -> pd.DataFrame:
    """Customer, name, open euros, of which 1 to 30 days late, days late."""
    frame = pd.DataFrame(rows, columns=["customer_id", "customer_name", "open_items_amount", "overdue_amount", "days"])
    return frame.assign(
        not_due_amount=frame["open_items_amount"] - frame["overdue_amount"],
        d1_30_amount=frame["overdue_amount"],
        receivables_amount=frame["open_items_amount"],
        oldest_days_past_due=frame["days"].astype("Int64"),
    )


@pytest.fixture
def run() -> RunTables:
    nothing = pd.DataFrame()
    ageing = make_ageing(
        [("C1", "Éts Durand", 300.0, 100.0, 4), ("C2", HOSTILE, 200.0, 200.0, 30), ("C3", "Zoé", 100.0, 0.0, 0)]
    )
    measures = pd.DataFrame(
        [
            ("2023-03-31", "overdue_amount", 0.0),
            ("2024-02-29", "overdue_amount", 400.0),
            ("2024-03-31", "overdue_amount", 300.0),
        ],
        columns=["as_of", "measure", "value"],
    ).assign(reason=None)
    sectors = pd.DataFrame({"level": ["section"], "code": ["unknown"], "is_finding": [False]})
    manifest = {
        "kpis": {"overdue_amount": 300.0, "dso_days": None},
        "not_computable": {"dso_days": "Aucune vente sur la période."},
        "reconciliation": {"open": 600.0, "difference": 0.0},
    }
    return RunTables("Tiny", DAY, "EUR", manifest, measures, nothing, ageing, sectors, nothing)


# ---- Addresses


def test_address_holds_only_what_differs_and_reads_back_to_the_same_state() -> None:
    default = AppState(as_of=DAY)
    usual = PageState(DAY)
    wanted = replace(usual, search="a&b=c", sort=SORTS[2], rows=ROWS[2])
    chosen = replace(default, as_of=dt.date(2023, 12, 31), language="en").choose(**wanted.options())
    assert default.address(default) == ""
    assert usual.options() == dict.fromkeys(usual.options(), "")
    assert chosen.address(default) == "as_of=2023-12-31&language=en&search=a%26b%3Dc&sort=overdue-down&rows=50"
    asked = {"as_of": "2023-12-31", "language": "en", "search": "a&b=c", "sort": "overdue-down", "rows": "50"}
    assert default.read(asked, dates=[DAY, dt.date(2023, 12, 31)]) == chosen
    assert PageState.of(chosen) == replace(wanted, as_of=dt.date(2023, 12, 31), language="en")


def test_filters_survive_an_address_and_anything_else_keeps_everybody() -> None:
    filters = (("section", ("F", "C & <b>")), ("x_région", ("",)))
    assert read_filters(write_filters(filters)) == filters
    for hostile in ("", "{", "[1]", '{"a": 1}', '{"a": [1]}', '{"a": []}', "[" * 5000, "null", '{"a": {"b": ["c"]}}'):
        assert read_filters(hostile) == ()
    assert len(read_filters(f'{{"{"a" * 500}": ["{"b" * 500}"]}}')[0][0]) == 120


def test_values_that_do_not_exist_are_as_if_absent() -> None:
    asked = {"as_of": "2031-01-01", "language": "xx", "sort": "name", "rows": "-1", "level": "../.."}
    read = AppState(as_of=DAY).read(asked | {"page": "../x", "filters": "nonsense"}, dates=[DAY])
    assert read == AppState(as_of=DAY).choose(sort="name", rows="-1", level="../..")
    assert PageState.of(read) == PageState(as_of=DAY)


# ---- Runs


def test_shelf_offers_the_runs_of_the_same_portfolio_latest_first(tmp_path: Path) -> None:
    for folder, portfolio, day in (
        ("a", "Tiny", "2024-03-31"),
        ("b", "Tiny", "2024-06-30"),
        ("c", "Other", "2024-09-30"),
        (".d", "Tiny", "2024-12-31"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "manifest.json").write_text(
            json.dumps({"schema_version": 1, "portfolio": portfolio, "as_of": day})
        )
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "manifest.json").write_text("half of a manif")
    shelf = RunShelf.beside(tmp_path / "a")
    assert list(shelf.folders) == [dt.date(2024, 6, 30), DAY]
    assert shelf.served == DAY


def test_folder_that_is_no_run_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not the folder of a finished run"):
        RunShelf.beside(tmp_path)


# ---- Customers


def test_each_order_sorts_all_customers_and_search_needs_every_word(run: RunTables) -> None:
    indexed = index_debtors(run)
    firsts = {sort: str(find_debtors(indexed, search="", sort=sort)["customer_id"].iloc[0]) for sort in SORTS}
    assert firsts == {
        "balance-down": "C1",
        "balance-up": "C3",
        "overdue-down": "C2",
        "overdue-up": "C3",
        "oldest-down": "C2",
        "oldest-up": "C3",
        "name-up": "C2",
        "name-down": "C3",
    }
    for search, found in (
        ("ets DURAND", ["C1"]),
        ("c3", ["C3"]),
        ("durand c2", []),
        (".*", []),
        ("  ", ["C1", "C2", "C3"]),
    ):
        assert list(find_debtors(indexed, search=search, sort="balance-down")["customer_id"]) == found


def test_state_of_a_company_is_a_word_beside_its_name_and_a_choice_that_ties(run: RunTables) -> None:
    known = replace(run, states=pd.Series({"C1": "liquidation", "C2": "in_bonis"}))
    indexed = index_debtors(known)
    assert indexed["state"].tolist() == ["liquidation", "in_bonis", "unknown"]
    words = language("fr")
    assert [text for text, _ in company_words(indexed, words)] == [
        "Toutes (3)", "En procédure ou cessée (1)", "Liquidation judiciaire (1)", "Aucune procédure connue (1)",
        "Non connu (1)",
    ]  # fmt: skip
    html = debtors_html(indexed, known, PageState(as_of=DAY, company="failed"))
    assert '<span class="rk-state">liquidation judiciaire</span>' in html
    assert "1 sur 3" in html
    assert html.count("300") == 2  # its row and the total of those shown
    nobody = debtors_html(indexed, known, PageState(as_of=DAY, company="ceased"))
    assert "Aucun client ayant un solde" in nobody
    assert failed_sentence(run, language="fr") == ""
    assert "liquidation judiciaire\u00a0: 1 (300,00\u00a0€)" in failed_sentence(known, language="fr")
    assert set(COMPANIES) - {"", "failed"} == set(STATES)


def test_customers_not_shown_are_summed_so_that_the_total_ties(run: RunTables) -> None:
    state = replace(PageState(as_of=DAY, language="en"), rows=2)
    html = debtors_html(index_debtors(run), run, state)
    rows = [re.sub(r"<[^>]+>", "|", row) for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)]
    assert "One other customer" in rows[3]
    assert "€100" in rows[3]  # 600 in all, less 300 and 200 shown
    assert "€600" in rows[4]


def test_hostile_names_and_searches_are_text(run: RunTables) -> None:
    indexed = index_debtors(run)
    for search in ("", "<script", "<img src=x onerror=alert(1)>"):
        html = debtors_html(indexed, run, PageState(as_of=DAY, search=search))
        assert "<script" not in html
        assert "<img" not in html


# ---- Cards, empty runs, faults


def test_card_says_how_it_moved_from_nothing_and_why_there_is_no_figure(run: RunTables) -> None:
    html = headline_cards(run, language="en")
    overdue = html[html.index("card-overdue_amount") :].partition("</li>")[0]
    assert "from €0</b> in one year" in overdue
    assert "−25.0%</b> in one month" in overdue  # 300 after 400
    assert overdue.count("rk-bad") == 1
    assert overdue.count("rk-good") == 1
    assert "Aucune vente sur la période." in html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_empty_run_explains_every_part(run: RunTables, language: str) -> None:
    empty = replace(run, ageing=run.ageing.iloc[:0], measures=run.measures.iloc[:0], sectors=run.sectors.iloc[:0])
    empty = replace(empty, manifest={"kpis": {}, "not_computable": {}})
    state = PageState(as_of=DAY, language=language)
    nobody = {"fr": "Aucun client ne doit", "en": "No customer owes anything"}[language]
    assert nobody in debtors_html(index_debtors(empty), empty, state)
    assert "rk-nothing" in overview.sectors_html(empty, state)
    for part in (overview.lead_html, *overview.FIGURES, overview.method_html, headline_cards):
        assert len(part(empty, language=language)) > 50


def test_fault_is_a_sentence_with_a_reference_and_its_details_are_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "page.log"
    monkeypatch.setenv("RISKKIT_LOG", str(log))
    notice = fault_notice(ZeroDivisionError("secret"), language="fr")
    assert "secret" not in notice
    assert re.search(r"référence ([0-9a-f]{8})", notice)[1] in log.read_text()
    assert "secret" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0
    assert "tell <b>" not in fault_notice(UsageError(message("tell <b>")), language="en")


def app_of(finished: FinishedRun) -> App:
    """A dashboard of that run, without a browser."""
    shelf = RunShelf.beside(finished.folder)
    default = AppState(as_of=shelf.served)
    app = App(shelf, default=default, state=default)
    app.draw()
    return app


def ask(app: App, do: str, value: str = "", **values: str) -> None:
    """What a reader does, as the page writes it."""
    app.letters.value = json.dumps({"n": app.served + 1, "do": do, "value": value, "values": values})


def test_choice_that_cannot_be_drawn_leaves_page_and_controls_as_they_were(
    finished: FinishedRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RISKKIT_LOG", str(tmp_path / "page.log"))
    app = app_of(finished)
    absent = dt.date(2019, 12, 31)
    app.shelf.folders[absent] = tmp_path / "gone"
    page = app.views["overview"]
    assert isinstance(page, OverviewPage)
    before = {name: place.value for name, place in page.places.items()}
    ask(app, "date", absent.isoformat())
    assert "rk-fault" in app.places["notice"].value
    assert app.state == app.default
    assert "selected" in app.places["heading"].value.partition(app.default.as_of.isoformat())[2][:30]
    assert {name: place.value for name, place in page.places.items()} == before
    page.search.value = "durand"
    assert app.places["notice"].value == ""
    assert app.state.option("search") == "durand"


def test_requests_that_are_not_understood_are_a_sentence_and_change_nothing(finished: FinishedRun) -> None:
    app = app_of(finished)
    for hostile in ("{", "[]", '"x"', "9" * 9_000, "[" * 5_000):
        app.letters.value = hostile
        assert "rk-fault" in app.places["notice"].value
    for do, value in (("page", "../../etc"), ("page", "__init__"), ("date", "2099-01-01"), ("language", "xx")):
        ask(app, do, value)
        assert app.state == app.default
    ask(app, "address", "?page=quality&customer=" + "x" * 500 + "&filters={")
    assert app.state.page == "quality"
    assert len(app.state.customer) == 120


def test_page_shows_the_figures_of_the_run_in_both_languages(finished: FinishedRun) -> None:
    app = app_of(finished)
    page = app.views["overview"]
    assert isinstance(page, OverviewPage)
    # Open at 31 March 2024: F2 600.50, F3 350 less 100 paid, F4 99.99; only F2 is past its due date.
    assert float(load_run(finished.folder).manifest["kpis"]["receivables_amount"]) == 950.49
    assert "950 €" in re.sub(r"\s", " ", page.places["cards"].value)
    ask(app, "language", "en")
    assert "€950" in page.places["cards"].value
    assert page.order.options[0][0] == "Balance, largest first"
    assert "language=en" in app.places["address"].value


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_can_be_drawn_linked_to_left_and_exported(finished: FinishedRun, language: str) -> None:
    app = app_of(finished)
    ask(app, "language", language)
    for name in VIEWS:
        ask(app, "page", name)
        assert app.places["notice"].value == "", name
        assert app.state.page == name
        assert [n for n, view in app.views.items() if view.widget.layout.display != "none"] == [name]
        ask(app, "export")
        if not app.views[name].sheets():  # a run without that table says so instead
            assert "rk-fault" in app.places["notice"].value
            continue
        assert app.places["notice"].value == "", name
        link = app.places["download"].value.partition("base64,")[2].partition('"')[0]
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(link)))
        assert len(book.sheetnames) >= 1


def test_what_is_recorded_goes_beside_the_runs_and_not_at_all_for_readers(
    finished: FinishedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = finished.folder.parent / FILE
    app = app_of(finished)
    customer = next(iter(app.run.names))
    form = {"author": "Zoé", "step": "call", "status": "done", "comment": HOSTILE}
    try:
        monkeypatch.setenv("RISKKIT_READ_ONLY", "1")
        ask(app, "customer", customer)
        ask(app, "record", customer, **form)
        assert "rk-fault" in app.places["notice"].value
        assert not beside.exists()
        monkeypatch.delenv("RISKKIT_READ_ONLY")
        ask(app, "record", "somebody else", **form)
        assert not beside.exists()
        ask(app, "record", customer, **form)
        assert app.places["notice"].value == ""
        assert beside.exists()
        ask(app, "page", "actions")
        page = app.views["actions"]
        assert isinstance(page, ActionsPage)
        assert "Zoé" in page.recorded.value
        assert "<script" not in page.recorded.value
        assert HOSTILE in set(next(frame for name, frame in page.sheets().items() if "ournal" in name).iloc[:, -2])
    finally:
        beside.unlink(missing_ok=True)


def test_scenarios_and_shocks_of_a_run_are_said_with_their_intervals(tmp_path: Path) -> None:
    words = language("en")
    known = [("cash_13w_amount", "amount", 100_000.0, 5_000.0, 4_000.0, 6_000.0),
             ("dso_days", "days", 70.0, -2.5, -3.0, -2.0),
             ("target_loss_share", "share", 0.10, -0.02, -0.03, -0.01),
             ("net_yearly_amount", "amount", float("nan"), -100.0, -200.0, 50.0)]  # fmt: skip
    rows = pd.DataFrame(
        [("a", HOSTILE, 12, 0.2, *row) for row in known],
        columns=[
            "scenario",
            "title",
            "customers_count",
            "sales_share",
            "measure",
            "unit",
            "base",
            "change",
            "low",
            "high",
        ],
    )
    html = scenario_measures(rows, words, currency="EUR")
    for said in ("€105,000", "+€5,000 [€4,000", "67.5 days", "−2.5 days [−3.0 days", "8.0%", "−€100 [−€200"):
        assert said in html.replace("\u00a0", " "), said


def test_cells_of_an_export_never_become_formulas() -> None:
    frame = pd.DataFrame({"name": ["=1+1", "+cmd|' /C calc'!A0", None], "open_amount": [1.5, float("nan"), -2.0]})
    made = page_workbook({"a/b": frame, "A B": frame}, company="=x", as_of=DAY, language="fr")
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert len(set(book.sheetnames)) == 2
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert [cell.value for cell in cells if cell.data_type == "n" and cell.value is not None] == [1.5, -2]


# ---- Runs held for the kernels to come


def test_held_run_is_given_until_another_is_written_in_its_place(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(dashboard_runs, "OpenRun", lambda folder: [folder])
    (tmp_path / "manifest.json").write_text("{}")
    dashboard_runs.hold_run(tmp_path)
    held = dashboard_runs.open_run(tmp_path)
    assert dashboard_runs.open_run(tmp_path) is held
    (tmp_path / "manifest.json").write_text('{"as_of": "2024-03-31"}')
    assert dashboard_runs.open_run(tmp_path) is not held
