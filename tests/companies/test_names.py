"""Company names: what two spellings of one company have in common, in Python and in DuckDB."""

# ruff: noqa: S608 - the SQL is the function under test
from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.companies.names import aliases, fold, read_name, tokens_sql

SPELLINGS = [
    ("Société Dupont & Fils", "DUPONT ET FILS SARL"),
    ("S.A.R.L. Kéraudren", "keraudren"),
    ("ETS MOREAU", "Établissements Moreau"),
    ("STE NLE DES TRANSP. DURAND", "SOCIETE NOUVELLE DES TRANSPORTS DURAND"),
    ("Cie Générale de Maintenance", "COMPAGNIE GENERALE MAINT"),
    ("Œuvres du Cœur", "OEUVRES DU COEUR"),
    ("A.N.I.", "ANI"),
    ("I C E", "ICE"),
    ("Société par actions simplifiée Ardoise", "ARDOISE SAS"),
]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_spellings_of_one_company_have_the_same_words(one, other):
    assert sorted(read_name(one).tokens) == sorted(read_name(other).tokens)


@pytest.mark.parametrize(
    ("name", "form"),
    [("SCI DU LAC", "65"), ("Lac SARL", "54"), ("Lac société anonyme", "55"), ("Lac", ""), ("S.A.S. LAC", "57")],
)
def test_legal_form_is_read_from_the_name(name, form):
    assert read_name(name).legal_form == form


def test_a_name_made_of_empty_words_only_keeps_them():
    assert read_name("LES").tokens == ("LES",)
    assert read_name("SCI").tokens == ("SCI",)
    assert read_name("").tokens == ()


def test_two_companies_stay_apart():
    assert read_name("TRANSPORTS DURAND").compact != read_name("TRANSPORTS DUPONT").compact
    assert read_name("KIKOU 2").tokens != read_name("KIKOU 3").tokens


def test_name_in_brackets_is_another_name():
    found = aliases("AGENCE DE L ENVIRONNEMENT (ADEME)")
    assert found == ["AGENCE DE L ENVIRONNEMENT (ADEME)", "AGENCE DE L ENVIRONNEMENT", "ADEME"]


def test_initials_need_three_telling_words():
    assert read_name("REGIE AUTONOME DES TRANSPORTS PARISIENS").initials == "RATP"
    assert read_name("TRANSPORTS DURAND").initials == ""


@given(st.text(max_size=60))
def test_reading_never_fails_and_gives_capitals_and_digits(text):
    name = read_name(text)
    assert all(token.isascii() and token.isalnum() and token == token.upper() for token in name.tokens)
    assert fold(fold(text)) == fold(text) or "." in text  # single letters may join once their dots are gone


@pytest.mark.parametrize(
    "name",
    ["S.A.R.L. Dupont & Fils", "Société des œuvres d'été", "TRANSPORTS BRUXELLES", "LES", "Étab. Mairie-sur-Lac"],
)
def test_the_search_reads_words_as_the_comparison_does(name):
    [(words,)] = duckdb.sql(
        f"select {tokens_sql('name')} from (select $name as name)", params={"name": name}
    ).fetchall()
    assert words == list(read_name(name).tokens)
