"""Who the customers are, from a portfolio to a person: what was planted is found, and nothing is known before its day.

Published on the sample: customers without a SIREN recovered at precision ≥ 0.995 and recall ≥ 0.90.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
from pathlib import Path

import duckdb
import fastexcel
import openpyxl
import pytest
import yaml

from riskkit.companies.match_answers import save_answer
from riskkit.companies.provider_settings import ProviderSettings
from riskkit.sources.sample import SamplePaths, SampleSpec, make_sample, write_sample
from riskkit.workbench.portfolio import SETTINGS_FILE, Portfolio
from riskkit.workbench.run import FinishedRun, make_tables
from riskkit.workbench.stored_run import load_run, read_table

SPEC = SampleSpec()
SMALL = SampleSpec(seed=5, customers=150, invoices=3_000, months=24, yearly_failure_rate=0.15)
PRECISION, RECALL = 0.995, 0.90


@pytest.fixture(scope="module")
def paths(tmp_path_factory) -> SamplePaths:
    return write_sample(tmp_path_factory.mktemp("sample"), SPEC)


@pytest.fixture(scope="module")
def truth() -> dict[str, str]:
    """The SIREN of each customer, which only the maker of the sample knows."""
    return make_sample(SPEC).customers.set_index("customer_id")["siren"].dropna().to_dict()


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> SamplePaths:
    return write_sample(tmp_path_factory.mktemp("small"), SMALL)


def portfolio(paths: SamplePaths, home: Path, **companies: object) -> Portfolio:
    home.mkdir(exist_ok=True)
    files = [paths.customers, paths.invoices, paths.payments]
    made = Portfolio.from_files(files, name="Exemple", folder=home)
    settings = {"sirene": str(paths.register), **companies}
    made.with_companies(ProviderSettings.model_validate(settings)).write(home)
    return Portfolio.open(home)


@pytest.fixture(scope="module")
def run(paths, tmp_path_factory) -> FinishedRun:
    home = tmp_path_factory.mktemp("identified")
    return make_tables(portfolio(paths, home / "p"), as_of=SPEC.end_date, folder=home / "run")


def test_customers_without_a_siren_are_recovered_at_the_published_precision_and_recall(run, truth):
    matches = read_table(run.folder, "matches")
    given = openpyxl.load_workbook(Path(run.folder, "clients_enrichis.xlsx"))["Clients"]
    blank = {row[0] for row in given.iter_rows(min_row=2, max_col=3, values_only=True) if row[2] in (None, "NC")}
    asked = blank & set(truth)
    assert set(matches["customer_id"]) == asked
    assert len(asked) > 40
    sure = matches[matches["outcome"] == "matched"]
    right = sure["siren"] == sure["customer_id"].map(truth)
    assert right.mean() >= PRECISION
    assert right.sum() / len(asked) >= RECALL
    # those left to a person hold the right company among the few shown
    pairs = read_table(run.folder, "pairs_to_confirm")
    shown = set(zip(pairs["customer_id"], pairs["siren"], strict=True))
    left = matches.loc[matches["outcome"] == "to_confirm", "customer_id"]
    assert all((customer, truth[customer]) in shown for customer in left)


def test_every_siren_of_the_run_is_the_true_one_and_each_repair_is_listed(run, truth):
    customers = read_table(run.folder, "customers").set_index("customer_id")
    known = customers["siren"].dropna()
    assert (known == known.index.map(truth)).all()
    assert set(customers["siren_source"].dropna()) == {"file", "matched"}
    repaired = customers[(customers["siren_source"] == "file") & (customers["siren_repair"] != "none")]
    assert len(repaired) == run.manifest["companies"]["repaired"] > 50
    assert (repaired["siren_raw"] != repaired["siren"]).all()
    assert run.manifest["companies"]["with_siren"] == len(known)


def test_the_manifest_says_which_register_made_it_by_its_digest(run, paths):
    said = run.manifest["company_sources"]
    digest = hashlib.sha256(Path(paths.register).read_bytes()).hexdigest()
    assert said == [{"file": Path(paths.register).name, "sha256": digest, "kind": "register"}]


def test_exposure_by_debtor_and_by_group_adds_up_to_what_is_owed(run):
    owed = run.manifest["kpis"]["receivables_amount"]
    levels = read_table(run.folder, "debtor_exposure").groupby("level")["receivables_amount"].sum().round(2)
    assert levels.to_dict() == {"debtor": pytest.approx(float(owed)), "group": pytest.approx(float(owed))}


def test_the_clients_file_comes_back_with_its_columns_untouched_by_two_other_readers(run, paths):
    before = list(openpyxl.load_workbook(paths.customers)["Clients"].iter_rows(values_only=True))
    enriched = run.folder / "clients_enrichis.xlsx"
    after = list(openpyxl.load_workbook(enriched)["Clients"].iter_rows(values_only=True))
    width = len(before[0])
    assert [row[:width] for row in after] == before
    titles = after[0]
    assert {"SIREN retrouvé", "Dénomination", "Code NAF (riskkit)"} <= set(titles[width:])
    assert "Limite de crédit conseillée" in titles
    assert len(set(titles)) == len(titles)
    sheet = fastexcel.read_excel(enriched).load_sheet("Clients", header_row=None, skip_rows=1, dtypes="string")
    with duckdb.connect() as connection:
        connection.register("sheet", sheet)
        rows = connection.table("sheet").fetchall()
    assert len(rows) == len(before) - 1
    told = {row[0]: row[titles.index("SIREN retrouvé")] for row in rows}
    customers = read_table(run.folder, "customers").set_index("customer_id")["siren"].dropna()
    assert {key: siren for key, siren in told.items() if siren} == customers.to_dict()
    assert "À confirmer" in fastexcel.read_excel(enriched).sheet_names


def test_a_ledger_alone_gets_its_sectors_from_the_companies_matched(small, tmp_path):
    """A FEC names its customers and nothing else: without a place, only a name that is alone is taken."""
    made = Portfolio.from_files(list(small.fec), name="Exemple", folder=tmp_path)
    companies = ProviderSettings(sirene=str(small.register))
    found = make_tables(made.with_companies(companies), as_of=SMALL.end_date, folder=tmp_path / "run")
    customers = read_table(found.folder, "customers")
    matched = customers[customers["siren_source"] == "matched"]
    assert matched["section"].notna().all()
    assert set(matched["naf_source"]) == {"Sirene"}
    sectors = read_table(found.folder, "sectors")
    assert len(matched) > 75
    assert "F" in set(sectors.loc[sectors["level"] == "section", "code"])
    assert not (found.folder / "clients_enrichis.xlsx").exists()


def test_without_a_source_about_companies_nothing_is_looked_for(small, tmp_path):
    made = Portfolio.from_files([small.customers, small.invoices, small.payments], name="Exemple", folder=tmp_path)
    found = make_tables(made, as_of=SMALL.end_date, folder=tmp_path / "run")
    assert read_table(found.folder, "matches").empty
    assert read_table(found.folder, "enrichment").empty
    assert set(read_table(found.folder, "company_states")["state"]) == {"unknown"}
    titles = [cell.value for cell in openpyxl.load_workbook(found.folder / "clients_enrichis.xlsx")["Clients"][1]]
    assert "Encours" in titles
    assert not {"SIREN retrouvé", "Dénomination"} & set(titles)
    assert "companies:" not in (found.folder / SETTINGS_FILE).read_text(encoding="utf-8")


def test_an_answer_is_remembered_by_the_next_run_of_the_run_itself(run, truth, tmp_path):
    first = Portfolio.open(run.folder)
    answers = first.folder / first.settings.companies.answers
    pair = read_table(run.folder, "pairs_to_confirm").iloc[0]
    save_answer(answers, fingerprint=pair["fingerprint"], siren=truth[pair["customer_id"]], answer="confirmed")
    try:
        again = make_tables(first, as_of=SPEC.end_date, folder=tmp_path / "again")
    finally:
        answers.unlink()
    customers = read_table(again.folder, "customers").set_index("customer_id")
    assert customers.loc[pair["customer_id"], ["siren", "siren_source"]].tolist() == [
        truth[pair["customer_id"]], "confirmed",
    ]  # fmt: skip
    assert again.manifest["companies"]["to_confirm"] == run.manifest["companies"]["to_confirm"] - 1


def notice(siren: str, *, judged: str, published: str) -> dict[str, object]:
    """A notice of liquidation in the shape of BODACC's API: the judgment is JSON inside a string."""
    judgment = {"famille": "Jugement d'ouverture", "nature": "Jugement d'ouverture de liquidation judiciaire",
                "date": judged}  # fmt: skip
    return {"id": f"A{siren}", "familleavis": "collective", "typeavis": "annonce", "dateparution": published,
            "registre": [siren], "jugement": json.dumps(judgment)}  # fmt: skip


def test_a_liquidation_is_flagged_from_its_publication_and_not_a_day_before(small, tmp_path):
    """Judged on 3 June 2025, published on 10 June: known on the 10th, in the tables and beside the name."""
    from riskkit.exhibits.document import make_diagnostic

    truth = make_sample(SMALL).customers.set_index("customer_id")["siren"].dropna().to_dict()
    owing = read_table(make_tables(portfolio(small, tmp_path / "p"), as_of=dt.date(2025, 6, 9),
                                   folder=tmp_path / "plain").folder, "ageing")  # fmt: skip
    debtors = owing[owing["customer_id"].isin(truth)].sort_values("receivables_amount", ascending=False)
    customer = str(debtors["customer_id"].iloc[0])
    saved = tmp_path / "bodacc.json"
    saved.write_text(json.dumps([notice(truth[customer], judged="2025-06-03", published="2025-06-10")]), "utf-8")
    noticed = portfolio(small, tmp_path / "q", bodacc=[str(saved)])
    told = {}
    for day in (dt.date(2025, 6, 9), dt.date(2025, 6, 10)):
        found = make_tables(noticed, as_of=day, folder=tmp_path / day.isoformat())
        customers = read_table(found.folder, "customers").set_index("customer_id")
        states = read_table(found.folder, "company_states").set_index("customer_id")
        events = read_table(found.folder, "events")
        page = make_diagnostic(load_run(found.folder), language="fr")
        told[day] = (
            customers.loc[customer, "state"],
            states.loc[customer, "state"],
            customer in set(events["customer_id"]),
            'rk-state">liquidation judiciaire' in page,
            float(found.manifest["kpis"]["default_rate"]),
        )
    before, after = told.values()
    assert before[:4] == ("unknown", "unknown", False, False)
    assert after[:4] == ("liquidation", "liquidation", True, True)
    assert after[4] > before[4]  # a failure is a default, from the day it is known
    since = read_table(tmp_path / "2025-06-10", "company_states").set_index("customer_id").loc[customer]
    assert (str(since["since_date"].date()), str(since["known_date"].date())) == ("2025-06-03", "2025-06-10")


def test_the_samples_own_procedures_are_known_from_their_day(small, tmp_path):
    events = make_sample(SMALL).events.sort_values("event_date")
    last = events.iloc[-1]
    day = last["event_date"].date()
    files = [small.customers, small.invoices, small.payments, small.procedures]
    made = Portfolio.from_files(files, name="Exemple", folder=tmp_path)
    for as_of, is_known in ((day - dt.timedelta(days=1), False), (day, True)):
        found = make_tables(made, as_of=as_of, folder=tmp_path / as_of.isoformat())
        states = read_table(found.folder, "company_states").set_index("customer_id")["state"]
        assert (states[last["customer_id"]] == last["kind"]) == is_known
        assert read_table(found.folder, "events")["event_date"].max().date() <= as_of


def test_real_bodacc_notices_flag_the_customers_of_a_ledger(shared_data, tmp_path):
    """A hand-made ledger on companies of a real day of BODACC: flagged after its publication, not before."""
    source = shared_data / "bodacc" / "bodacc_procedures_collectives_2026-02-13.json.gz"
    records = json.loads(gzip.decompress(source.read_bytes()))["records"]
    opening = "ouverture de liquidation judiciaire"
    siren = next(record["registre"][0] for record in records if opening in json.loads(record["contenu"])["nature"])
    (tmp_path / "clients.csv").write_text(f"Code client;Nom;SIREN\nC1;Alpha SARL;{siren}\nC2;Beta SAS;732829320\n")
    (tmp_path / "factures.csv").write_text(
        "N° facture;Code client;Client;Date facture;Date échéance;Montant TTC\n"
        "F1;C1;Alpha SARL;05/01/2026;04/02/2026;1200,00\nF2;C2;Beta SAS;15/02/2026;16/03/2026;600,50\n",
        encoding="utf-8",
    )
    made = Portfolio.from_files([tmp_path / "clients.csv", tmp_path / "factures.csv"], name="Réel", folder=tmp_path)
    made = made.with_companies(ProviderSettings(bodacc=(str(source),)))
    told = []
    for day in (dt.date(2026, 2, 12), dt.date(2026, 2, 13)):
        found = make_tables(made, as_of=day, folder=tmp_path / day.isoformat())
        customers = read_table(found.folder, "customers").set_index("customer_id")["state"]
        told.append(customers[["C1", "C2"]].tolist())
    assert told == [["unknown", "unknown"], ["liquidation", "unknown"]]


def test_the_demonstration_has_its_register(tmp_path, monkeypatch):
    from riskkit.workbench.demo import demo_portfolio

    monkeypatch.setattr("riskkit.sources.sample.SampleSpec", lambda: SMALL)  # where the files are is what matters here
    made = demo_portfolio(tmp_path / "demo")
    settings = yaml.safe_load((tmp_path / "demo" / SETTINGS_FILE).read_text(encoding="utf-8"))
    assert settings["companies"] == {"sirene": "sources/registre/sirene_extrait.csv"}
    assert (made.folder / settings["companies"]["sirene"]).is_file()
