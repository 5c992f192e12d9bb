"""BODACC notices: what each nature means, and what is read from the shapes in which notices travel."""

from __future__ import annotations

import gzip
import json

import pandas as pd
import pytest

from riskkit.companies.bodacc import FACTS, read_bodacc, read_bodacc_records
from riskkit.companies.bodacc_kinds import fact_meaning, judgment_meaning
from riskkit.errors import DataError

DAY = pd.Timestamp
RESOLVED = "Jugement prononçant la résolution du plan de redressement et la liquidation judiciaire"
FROM_SAFEGUARD = "de la procédure de sauvegarde"


def notice(nature, *, date="2024-03-05", published="2024-03-14", registre="732829320,732 829 320", **fields):
    """A record in the shape of the API, its judgment JSON inside a string."""
    judgment = {"type": "initial", "famille": fields.pop("judgment_family", ""), "nature": nature, "date": date}
    return {"fields": {"familleavis": "collective", "registre": registre, "dateparution": published,
                       "jugement": json.dumps(judgment), **fields}}  # fmt: skip


def facts_of(*records):
    return read_bodacc_records(records, source_file="bodacc.json").facts


@pytest.mark.parametrize(
    ("nature", "kind", "state_after"),
    [
        ("Jugement d'ouverture de liquidation judiciaire", "liquidation", "liquidation"),
        ("Jugement d'ouverture d'une procédure de redressement judiciaire", "receivership", "receivership"),
        ("Jugement d'ouverture d'une procédure de sauvegarde", "safeguard", "safeguard"),
        (f"Jugement de conversion en liquidation judiciaire {FROM_SAFEGUARD}", "liquidation", "liquidation"),
        (f"Jugement de conversion en redressement judiciaire {FROM_SAFEGUARD}", "receivership", "receivership"),
        ("jugement d'extension d'une procédure de redressement judiciaire", "receivership", "receivership"),
        ("Jugement de reprise de la procédure de liquidation judiciaire", "liquidation", "liquidation"),
        (RESOLVED, "liquidation", "liquidation"),
        ("Jugement arrêtant le plan de sauvegarde", "plan", "safeguard"),
        ("Jugement de plan de redressement", "plan", "receivership"),
        ("Jugement modifiant le plan de continuation", "plan", "receivership"),
        ("Jugement arrêtant un plan de cession", "plan", None),
        ("Jugement de clôture pour insuffisance d'actif", "closing", "ceased"),
        ("Jugement de clôture pour extinction du passif", "closing", "in_bonis"),
        ("Jugement mettant fin à la procédure de redressement judiciaire", "closing", "in_bonis"),
        ("Jugement constatant l'exécution du plan", "closing", "in_bonis"),
        ("Dépôt de l'état des créances", None, None),
        ("Liste des créances nées après le jugement d'ouverture d'une procédure de liquidation judiciaire", None, None),
        ("Dépôt du projet de répartition", None, None),
        ("Jugement de désignation des organes de la procédure", None, None),
        ("Jugement modifiant la date de cessation des paiements", None, None),
        ("Liquidation judiciaire simplifiée", "liquidation", "liquidation"),
    ],
)  # fmt: skip
def test_a_nature_says_what_happened(nature, kind, state_after):
    meaning = judgment_meaning(nature)
    assert (meaning.kind, meaning.state_after, meaning.is_understood) == (kind, state_after, True)


@pytest.mark.parametrize(
    ("details", "kind"),
    [
        ("Ouvre les opérations de la liquidation judiciaire - Les déclarations de créances sont…", "liquidation"),
        ("Prononce la liquidation judiciaire sur conversion de la procédure de redressement", "liquidation"),
        ("Conversion d'une procédure de sauvegarde en liquidation judiciaire mettant fin à la période", "liquidation"),
        ("prononçant l'arrêt du plan de cession et la conversion en liquidation judiciaire", "liquidation"),
        ("Clôture pour insuffisance d'actif - PRONONCE la clôture des opérations de liquidation", "closing"),
        ("Avis de dépôt de la liste des créances postérieures à l'ouverture d'une liquidation judiciaire", None),
    ],
)  # fmt: skip
def test_a_generic_nature_is_read_in_the_text_of_the_notice(details, kind):
    assert judgment_meaning("Autre jugement et ordonnance", details=details).kind == kind


def test_a_nature_nobody_foresaw_is_left_to_be_read_and_never_guessed():
    quashed = judgment_meaning("Arrêt de la cour d'appel infirmant l'ouverture de la liquidation judiciaire")
    assert quashed.kind is None
    assert not quashed.is_understood


@pytest.mark.parametrize(
    ("words", "kind"),
    [("Privilège URSSAF", "privilege"), ("Inscription du Trésor", "privilege"), ("Protêt", "protest"),
     ("Mainlevée de privilège", "release"), ("Litige qualité", "dispute"), ("Radiation du RCS", "cessation"),
     ("Redressement judiciaire", "receivership"), ("Anniversaire", None)],
)  # fmt: skip
def test_words_of_a_file_of_facts(words, kind):
    assert fact_meaning(words).kind == kind


def test_a_notice_is_known_from_its_publication():
    fact = facts_of(notice("Jugement d'ouverture de liquidation judiciaire")).iloc[0]
    assert (fact["siren"], fact["kind"]) == ("732829320", "liquidation")
    assert (fact["judgment_date"], fact["event_date"]) == (DAY("2024-03-05"), DAY("2024-03-14"))


def test_without_publication_a_judgment_is_known_from_its_date():
    fact = facts_of(notice("Jugement d'ouverture de liquidation judiciaire", published=None, date="5 mars 2024")).iloc[
        0
    ]
    assert fact["event_date"] == DAY("2024-03-05")


def test_the_same_judgment_published_twice_is_one_fact_at_its_first_publication():
    twice = facts_of(
        notice("Jugement d'ouverture de liquidation judiciaire", published="2024-04-02"),
        notice("Jugement d'ouverture de liquidation judiciaire", published="2024-03-14"),
    )
    assert twice["event_date"].tolist() == [DAY("2024-03-14")]


def test_a_notice_that_names_two_companies_is_two_facts():
    both = facts_of(notice("Jugement d'ouverture de liquidation judiciaire", registre=["732829320", "552 100 554"]))
    assert sorted(both["siren"]) == ["552100554", "732829320"]


def test_an_annulled_notice_keeps_the_day_of_its_annulment():
    previous = {"nomPublication": "BODACC A", "numeroParution": "20240052", "numeroAnnonce": "446"}
    facts = facts_of(
        notice("Jugement d'ouverture de liquidation judiciaire", id="A20240052446"),
        notice("Jugement d'ouverture de liquidation judiciaire", published="2024-05-02", typeavis="annulation",
               parutionavisprecedent=json.dumps(previous)),
    )  # fmt: skip
    assert len(facts) == 1
    assert facts["annulled_date"].iloc[0] == DAY("2024-05-02")


def test_a_striking_off_is_a_cessation_and_filed_accounts_are_nothing():
    filed = {"fields": {"familleavis": "dpc", "registre": "732829320", "dateparution": "2024-05-05"}}
    struck = {"fields": {"familleavis": "radiation", "registre": "732829320", "dateparution": "2024-06-05"}}
    facts = facts_of(filed, struck)
    assert facts[["kind", "state_after"]].to_numpy().tolist() == [["cessation", "ceased"]]


def test_a_notice_without_a_valid_siren_is_counted():
    notices = read_bodacc_records([notice("Jugement d'ouverture de liquidation judiciaire", registre="123456789")],
                                  source_file="b.json")  # fmt: skip
    assert notices.facts.empty
    assert "1 notice names no valid SIREN" in str(notices.notes[-1])


def test_a_flat_extract_loses_and_regains_its_leading_zero(tmp_path):
    path = tmp_path / "jugements.csv"
    path.write_text("RCS,DATE,NATURE\n94130994,2021-09-10,jugement de conversion en liquidation judiciaire", "utf-8")
    notices = read_bodacc([path])
    assert notices.facts["siren"].tolist() == ["094130994"]
    assert notices.facts["event_date"].tolist() == [DAY("2021-09-10")]
    assert any("leading zero" in str(note) for note in notices.notes)


def test_lines_of_json_and_compressed_files_are_read_alike(tmp_path):
    record = notice("Jugement d'ouverture de liquidation judiciaire")
    (tmp_path / "a.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(json.dumps({"results": [record["fields"]]}).encode()))
    assert len(read_bodacc([tmp_path / "a.jsonl"]).facts) == 1
    assert len(read_bodacc([tmp_path / "b.json.gz"]).facts) == 1
    assert len(read_bodacc([tmp_path]).facts) == 1  # the folder: the same judgment in two files


def test_a_cut_file_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "cut.json").write_text('{"records": [', "utf-8")
    with pytest.raises(DataError, match="Download it again"):
        read_bodacc([tmp_path / "cut.json"])


def test_nothing_read_is_an_empty_table():
    assert read_bodacc_records([], source_file="b.json").facts.columns.tolist() == FACTS.names


def test_a_day_of_real_notices(shared_data):
    notices = read_bodacc([shared_data / "bodacc" / "bodacc_procedures_collectives_2026-02-13.json.gz"])
    # counted by hand over the 26 natures of the file and the texts of its 23 « Autre jugement et ordonnance »:
    # 128 openings + 38 conversions + 8 resolutions + 1 + 1 + 2 others + 12 read in the text = 190 liquidations;
    # 82 + 1 + 3 in the text = 86 closings; 49 + 2 + 1 = 52 receiverships; 4 + 2 + 1 + 1 = 8 plans; 2 safeguards.
    assert notices.facts["kind"].value_counts().to_dict() == {
        "liquidation": 190, "closing": 86, "receivership": 52, "plan": 8, "safeguard": 2,
    }  # fmt: skip
    assert set(notices.facts["event_date"]) == {DAY("2026-02-13")}
    assert (notices.facts["judgment_date"] < notices.facts["event_date"]).all()


def test_a_year_of_real_judgments(shared_data):
    facts = read_bodacc([shared_data / "bodacc" / "bodacc_liquidations_2021_effectifs.csv"]).facts
    # 148 + 253 + 8 + 5 = 414 liquidations, of which 3 are an opening and a conversion of one company on one day
    assert facts["kind"].value_counts().to_dict() == {"liquidation": 411, "closing": 127, "receivership": 3}
    assert facts["siren"].nunique() == 537
    assert "094130994" in set(facts["siren"])


def test_the_native_record_of_the_api(shared_data):
    facts = read_bodacc([shared_data / "bodacc" / "bodacc_api_record.json"]).facts
    assert facts[["siren", "kind"]].to_numpy().tolist() == [["880878145", "cessation"]]  # two filings are no event
    assert facts["event_date"].tolist() == [DAY("2022-11-23")]
