"""Providers: files read by SIREN, and public services replayed by a server of this machine."""

from __future__ import annotations

import datetime as dt
import json
import threading
import urllib.parse
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import duckdb
import pandas as pd
import pytest
from pydantic import ValidationError

from riskkit.companies.bureau import BureauFile
from riskkit.companies.http_client import HttpSettings, PoliteClient, is_safe
from riskkit.companies.http_provider import HttpProvider
from riskkit.companies.provider_settings import ProviderSettings, open_providers
from riskkit.companies.providers import AccountsFile, BodaccFiles, BureauExport, PartialAnswerError, answer_of
from riskkit.companies.sirene_lookup import SireneFile
from riskkit.errors import DataError, UsageError

TODAY = dt.date(2024, 7, 1)
SIREN, OTHER = "732829320", "552100554"


@contextmanager
def replaying(answer):
    """A server of this machine; `answer(path, query)` gives (status, headers, body) for each request."""
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urllib.parse.urlsplit(self.path)
            query = {key: values[0] for key, values in urllib.parse.parse_qs(parts.query).items()}
            requests.append(query)
            status, headers, body = answer(parts.path, query)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Watch:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.time, self.slept = 0.0, []

    def __call__(self):
        return self.time

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


def client(tmp_path, address, *, watch=None, today=TODAY, **settings):
    watch = watch or Watch()
    allowed = HttpSettings(
        **{"enabled": True, "addresses": {"recherche_entreprises": f"{address}/search", "bodacc": f"{address}/bodacc"},
           **settings}
    )  # fmt: skip
    return PoliteClient(allowed, cache=tmp_path / "cache", today=today, sleep=watch.sleep, clock=watch)


UNIT = {"siren": SIREN, "nom_raison_sociale": "EXEMPLE SA", "activite_principale": "43.21A", "nature_juridique": "5599",
        "tranche_effectif_salarie": "12", "annee_tranche_effectif_salarie": "2022", "date_creation": "1973-01-01",
        "etat_administratif": "A", "date_fermeture": None, "date_mise_a_jour_insee": "2024-03-02T10:00:00",
        "finances": {"2023": {"ca": 999, "resultat_net": 9}, "2022": {"ca": 1200.5, "resultat_net": -40}}}  # fmt: skip


def unit_reply(path, query):
    found = [UNIT] if query["q"] == SIREN else [{**UNIT, "siren": "404833048"}]
    return 200, {}, {"results": found, "total_results": len(found)}


def test_off_by_default_and_says_what_allowing_means(tmp_path):
    off = PoliteClient(HttpSettings(), cache=tmp_path, today=TODAY)
    with pytest.raises(UsageError, match="enabled: true"):
        HttpProvider("bodacc", client=off).lookup([SIREN], as_of=TODAY)
    assert not any(tmp_path.iterdir())


def test_recherche_entreprises_gives_the_company_asked_and_no_homonym(tmp_path):
    with replaying(unit_reply) as (address, requests):
        provider = HttpProvider("recherche_entreprises", client=client(tmp_path, address))
        found = provider.lookup([SIREN, OTHER, "123456789", SIREN], as_of=TODAY)
    assert [query["q"] for query in requests] == [SIREN, OTHER]  # once each, and never a number that is no SIREN
    row = found.set_index("siren").loc[SIREN]
    assert len(found) == 1
    assert row[["official_name", "naf_code", "naf_version", "legal_form_code", "headcount_code"]].tolist() == [
        "EXEMPLE SA", "43.21A", "rev2", "5599", "12",
    ]  # fmt: skip
    # accounts of 2023 are known on 31 December 2023 + 214 days, 1 August 2024: on 1 July those of 2022 are the last
    assert (row["sales_excl_tax_cents"], row["net_income_cents"]) == (120_050, -4_000)
    assert row["sales_excl_tax_cents_date"] == pd.Timestamp("2022-12-31")
    assert (row["source"], row["date"]) == ("recherche-entreprises", pd.Timestamp("2024-03-02"))


def test_directors_are_those_of_the_day_of_the_answer_and_of_no_earlier_date(tmp_path):
    people = [
        {"nom": "NOM", "prenoms": "PRENOM", "qualite": "Président de SAS", "type_dirigeant": "personne physique"},
        {"siren": OTHER, "denomination": "AUDIT", "qualite": None, "type_dirigeant": "personne morale"},
        {"nom": None, "prenoms": None, "qualite": "Gérant"}, "no director",
    ]  # fmt: skip
    with replaying(lambda path, query: (200, {}, {"results": [{**UNIT, "dirigeants": people}]})) as (address, _):
        provider = HttpProvider("recherche_entreprises", client=client(tmp_path, address))
        row = provider.lookup([SIREN], as_of=TODAY).iloc[0]
        assert (row["directors"], row["directors_date"]) == (
            "PRENOM NOM (Président de SAS), AUDIT", pd.Timestamp(TODAY),
        )  # fmt: skip
        assert "directors" not in provider.lookup([SIREN], as_of=TODAY - dt.timedelta(days=1))


def test_a_cessation_counts_from_its_date(tmp_path):
    closed = {**UNIT, "etat_administratif": "C", "date_fermeture": "2024-05-31"}
    with replaying(lambda path, query: (200, {}, {"results": [closed]})) as (address, _):
        provider = HttpProvider("recherche_entreprises", client=client(tmp_path, address))
        assert provider.lookup([SIREN], as_of=dt.date(2024, 5, 30))["state"].isna().all()
        assert provider.lookup([SIREN], as_of=dt.date(2024, 5, 31))["state"].tolist() == ["ceased"]


def test_an_answer_is_kept_and_asked_again_when_it_is_old(tmp_path):
    with replaying(unit_reply) as (address, requests):
        for today in (TODAY, TODAY + dt.timedelta(days=30), TODAY + dt.timedelta(days=31)):
            HttpProvider("recherche_entreprises", client=client(tmp_path, address, today=today)).lookup(
                [SIREN], as_of=TODAY
            )
    assert len(requests) == 2  # on the first day, and on the thirty-first


def test_a_damaged_answer_on_disk_is_asked_again(tmp_path):
    with replaying(unit_reply) as (address, requests):
        for _ in range(2):
            HttpProvider("recherche_entreprises", client=client(tmp_path, address)).lookup([SIREN], as_of=TODAY)
            for kept in (tmp_path / "cache").iterdir():
                kept.write_text("{", "utf-8")
    assert len(requests) == 2


def test_requests_keep_their_distance(tmp_path):
    watch = Watch()
    with replaying(unit_reply) as (address, _):
        provider = HttpProvider("recherche_entreprises", client=client(tmp_path, address, watch=watch, per_second=2))
        provider.lookup([SIREN, OTHER, "404833048"], as_of=TODAY)
    assert watch.slept == [0.5, 0.5]


def test_a_busy_service_is_asked_again_when_it_says_so(tmp_path):
    replies = iter([(429, {"Retry-After": "7"}, {}), (503, {}, {}), (200, {}, {"results": [UNIT]})])
    watch = Watch()
    with replaying(lambda path, query: next(replies)) as (address, requests):
        provider = HttpProvider("recherche_entreprises", client=client(tmp_path, address, watch=watch))
        assert len(provider.lookup([SIREN], as_of=TODAY)) == 1
    assert len(requests) == 3
    assert watch.slept == [7.0, 2.0]  # what it asks, then 2 to the power of the attempt


def test_a_silent_service_keeps_what_was_found_and_says_where_it_stopped(tmp_path):
    def answer(path, query):
        return unit_reply(path, query) if query["q"] == SIREN else (500, {}, {})

    with replaying(answer) as (address, requests):
        provider = HttpProvider("recherche_entreprises", client=client(tmp_path, address, retries=1))
        with pytest.raises(PartialAnswerError, match="1 of 2 companies"):
            provider.lookup([SIREN, OTHER], as_of=TODAY)
        found, notes = answer_of(provider, [SIREN, OTHER], as_of=TODAY)
    assert found["siren"].tolist() == [SIREN]
    assert any("HTTP 500" in str(note) for note in notes)
    assert [query["q"] for query in requests].count(SIREN) == 1


@pytest.mark.parametrize("body", [b"<html>maintenance</html>", b"", b"[1, 2]", b'{"results": "none"}'])
def test_a_reply_of_another_shape_is_no_company(tmp_path, body):
    with replaying(lambda path, query: (200, {}, body)) as (address, _):
        found, _notes = answer_of(
            HttpProvider("recherche_entreprises", client=client(tmp_path, address, retries=0)), [SIREN], as_of=TODAY
        )
    assert found.empty


def test_only_https_or_this_machine(tmp_path):
    assert is_safe("https://example.org/x")
    assert is_safe("http://localhost:8000/x")
    assert not any(
        map(is_safe, ["http://example.org", "ftp://example.org", "file:///etc/hosts", "http://127.0.0.1.x.org"])
    )
    with pytest.raises(ValidationError, match="https"):
        HttpSettings(addresses={"bodacc": "http://example.org/api"})
    elsewhere = (302, {"Location": "http://example.org/"}, {})
    with replaying(lambda path, query: elsewhere) as (address, requests), pytest.raises(DataError, match="HTTP 302"):
        client(tmp_path, address, retries=0).get(f"{address}/search", {"q": SIREN})
    assert len(requests) == 1


def bodacc_record(kind, published, judged=None):
    judgment = {"nature": kind, "famille": "Jugement d'ouverture", "date": judged or published}
    return {"fields": {"familleavis": "collective", "registre": f"{SIREN},732 829 320", "dateparution": published,
                       "jugement": json.dumps(judgment)}}  # fmt: skip


def test_bodacc_gives_the_state_at_the_date_page_after_page(tmp_path):
    filed = {"fields": {"familleavis": "dpc", "registre": SIREN, "dateparution": "2023-01-01"}}
    records = [filed] * 100 + [
        bodacc_record("Jugement d'ouverture de liquidation judiciaire", "2024-06-10", "2024-06-03")
    ]

    def answer(path, query):
        start = int(query["start"])
        return 200, {}, {"nhits": 101, "records": records[start : start + int(query["rows"])]}

    with replaying(answer) as (address, requests):
        provider = HttpProvider("bodacc", client=client(tmp_path, address))
        before = provider.lookup([SIREN], as_of=dt.date(2024, 6, 9)).iloc[0]
        after = provider.lookup([SIREN], as_of=dt.date(2024, 6, 10)).iloc[0]
        later = provider.lookup([OTHER], as_of=TODAY + dt.timedelta(days=1))
    assert [query["start"] for query in requests[:2]] == ["0", "100"]
    assert before["state"] == "in_bonis"
    assert (after["state"], after["state_date"]) == ("liquidation", pd.Timestamp("2024-06-03"))
    assert later.empty  # asked before that date: nothing can be said of it


def test_the_recorded_reply_of_recherche_entreprises(tmp_path, shared_data):
    recorded = json.loads((shared_data / "sirene" / "recherche_entreprises_api.json").read_text("utf-8"))

    def answer(path, query):
        found = [unit for unit in recorded["results"] if unit["siren"] == query["q"]]
        return 200, {}, {**recorded, "results": found}

    with replaying(answer) as (address, _):
        provider = HttpProvider("recherche_entreprises", client=client(tmp_path, address))
        found = provider.lookup(["302474648", "880878145"], as_of=dt.date(2026, 5, 1)).set_index("siren")
    naturalia = found.loc["302474648"]
    assert naturalia[["naf_code", "legal_form_code", "headcount_code"]].tolist() == ["47.29Z", "5710", "42"]
    assert naturalia["creation_date"] == pd.Timestamp("1973-01-01")
    assert naturalia["sales_excl_tax_cents"] == 30_904_127_300
    assert naturalia["net_income_cents"] == -2_542_781_700


def test_the_recorded_reply_of_bodacc(tmp_path, shared_data):
    recorded = json.loads((shared_data / "bodacc" / "bodacc_api_record.json").read_text("utf-8"))
    with replaying(lambda path, query: (200, {}, recorded)) as (address, _):
        provider = HttpProvider("bodacc", client=client(tmp_path, address))
        assert provider.lookup(["880878145"], as_of=dt.date(2022, 11, 22))["state"].tolist() == ["in_bonis"]
        assert provider.lookup(["880878145"], as_of=dt.date(2022, 11, 23))["state"].tolist() == ["ceased"]


def stock(tmp_path, suffix):
    """Two companies in the columns of StockUniteLegale."""
    rows = pd.DataFrame(
        {
            "siren": [SIREN, OTHER], "denominationUniteLegale": ["EXEMPLE", "[ND]"],
            "activitePrincipaleUniteLegale": ["43.21A", "68.20H"], "categorieJuridiqueUniteLegale": ["5499", "6540"],
            "trancheEffectifsUniteLegale": ["12", "NN"], "anneeEffectifsUniteLegale": ["2022", None],
            "dateCreationUniteLegale": ["1973-01-01", "2010-05-06"], "etatAdministratifUniteLegale": ["A", "C"],
            "dateDebut": ["2010-01-01", "2023-06-30"],
            "dateDernierTraitementUniteLegale": ["2024-01-05T08:00:00", None],
        }
    )  # fmt: skip
    path = tmp_path / f"StockUniteLegale_utf8.{suffix}"
    relation = duckdb.from_df(rows)
    relation.write_parquet(str(path)) if suffix == "parquet" else relation.write_csv(str(path))
    return path


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_the_stock_file_of_sirene_is_asked_by_siren(tmp_path, suffix):
    provider = SireneFile(stock(tmp_path, suffix), extract_date=dt.date(2024, 2, 1))
    found = provider.lookup([SIREN, OTHER, "404833048"], as_of=TODAY).set_index("siren")
    assert sorted(found.index) == [OTHER, SIREN]
    assert found.loc[SIREN, ["naf_code", "naf_version", "date"]].tolist() == [
        "43.21A",
        "rev2",
        pd.Timestamp("2024-01-05"),
    ]
    assert found.loc[OTHER, ["naf_version", "state"]].tolist() == ["2025", "ceased"]
    assert pd.isna(found.loc[OTHER, "official_name"])
    assert found.loc[OTHER, "date"] == pd.Timestamp("2024-02-01")
    early = provider.lookup([SIREN, OTHER], as_of=dt.date(2022, 6, 30)).set_index("siren")
    assert early["state"].isna().all()  # closed a year later
    assert pd.isna(early.loc[SIREN, "headcount_code"])  # headcount of the end of 2022


def test_saved_notices_prove_nothing_unless_they_are_complete(tmp_path):
    (tmp_path / "b.json").write_text(
        json.dumps([bodacc_record("Jugement d'ouverture de liquidation judiciaire", "2024-06-10")]), "utf-8"
    )
    some = BodaccFiles([tmp_path]).lookup([SIREN, OTHER], as_of=TODAY)
    assert some["state"].tolist() == ["liquidation"]
    whole = BodaccFiles([tmp_path], complete_since=dt.date(2008, 1, 1)).lookup([SIREN, OTHER], as_of=TODAY)
    assert whole.set_index("siren")["state"].to_dict() == {SIREN: "liquidation", OTHER: "in_bonis"}


def test_accounts_give_the_last_year_known_with_its_change(tmp_path):
    (tmp_path / "bilans.csv").write_text(
        "SIREN;Date cloture;Total actif;Dettes\n"
        f"{SIREN};31/12/2021;1000;800\n{SIREN};31/12/2022;1000;500\n{SIREN};31/12/2023;1000;100\n", "utf-8"
    )  # fmt: skip
    row = AccountsFile(tmp_path / "bilans.csv").lookup([SIREN], as_of=TODAY).iloc[0]
    assert (row["solvency_ratio"], row["solvency_ratio_change"]) == (2.0, 0.75)  # 1000/500, less 1000/800 = 1.25
    assert row["date"] == pd.Timestamp("2022-12-31")
    assert row["gearing_reason"] == "missing_items"
    assert row["source"] == "bilans.csv"


def test_a_bureau_gives_its_last_opinion(tmp_path):
    (tmp_path / "scores.csv").write_text(
        f"SIREN;Date score;Score;Limite\n{SIREN};01/06/2024;64;5000\n{SIREN};02/07/2024;10;0\n", "utf-8"
    )
    export = BureauExport(BureauFile(file="scores.csv", provider="Bureau"), folder=tmp_path)
    row = export.lookup([SIREN], as_of=TODAY).iloc[0]
    assert row[["bureau_score", "bureau_class", "bureau_limit_cents"]].tolist() == ["64", "2", 500_000]


def test_a_provider_that_fails_adds_nothing_and_says_why(tmp_path):
    found, notes = answer_of(AccountsFile(tmp_path / "absent.csv"), [SIREN], as_of=TODAY)
    assert found.empty
    assert [str(note) for note in notes] == [
        "absent.csv does not exist. Correct its name in portfolio.yaml.",
        "absent.csv: nothing was added from this source.",
    ]  # fmt: skip


def test_a_portfolio_opens_its_files_first_and_no_public_service_unless_it_says_so(tmp_path):
    given = {"sirene": "stock", "bodacc": ["notices"], "accounts": [{"file": "bilans.csv"}],
             "bureaus": [{"file": "scores.csv", "provider": "Bureau"}]}  # fmt: skip
    where = {"folder": tmp_path, "cache": tmp_path / "cache", "today": TODAY}
    names = [p.name for p in open_providers(ProviderSettings.model_validate(given), **where)]
    assert names == ["BODACC", "Sirene", "bilans.csv", "Bureau"]
    allowed = ProviderSettings.model_validate(
        {**given, "http": {"enabled": True, "services": ["bodacc"]}, "http_date": TODAY}
    )
    assert [p.name for p in open_providers(allowed, **where)] == [*names, "BODACC"]
