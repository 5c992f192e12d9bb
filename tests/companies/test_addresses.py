"""French addresses on one line."""

# ruff: noqa: S608 - the SQL is the function under test
from __future__ import annotations

import duckdb
import pytest

from riskkit.companies.addresses import read_address, read_postcode, read_town, town_sql


@pytest.mark.parametrize(
    ("line", "postcode", "town"),
    [
        ("14 A 16 14 RUE MARC BLOCH 92110 CLICHY", "92110", "CLICHY"),
        ("128 RUE LA BOETIE 75008 PARIS 8", "75008", "PARIS"),
        ("12 av. du Gal de Gaulle, 42000 St-Étienne CEDEX 1", "42000", "SAINT ETIENNE"),
        ("BP 12 - F-75384 PARIS CEDEX 08 FRANCE", "75384", "PARIS"),
        ("RTE DE BLAYE PARC DE LA VERRERIE 81400 BLAYE-LES-MINES", "81400", "BLAYE LES MINES"),
        ("ZI NORD", "", ""),
        ("", "", ""),
    ],
)
def test_postcode_and_town_come_from_the_line(line, postcode, town):
    address = read_address(line)
    assert (address.postcode, address.town) == (postcode, town)


def test_columns_of_the_file_win_over_the_line():
    address = read_address("4 RUE DE LA GARE 69003 LYON", "69007.0", "Lyon 07")
    assert (address.postcode, address.town, address.number) == ("69007", "LYON", "4")


def test_abbreviated_streets_are_the_same_street():
    one = read_address("12 AV DU GAL DE GAULLE 75001 PARIS")
    other = read_address("12, avenue du Général de Gaulle", "75001", "Paris")
    assert one.street == other.street == "12 AVENUE DU GENERAL DE GAULLE"
    assert one.street_words == {"GENERAL", "GAULLE"}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("84200.0", "84200"),
        ("1000", "01000"),
        ("F-75008", "75008"),
        ("84 200", "84200"),
        ("NC", ""),
        ("123", ""),
        ("", ""),
    ],
)
def test_postcodes_as_files_hold_them(given, read):
    assert read_postcode(given) == read


@pytest.mark.parametrize("town", ["PARIS 08", "St-Étienne CEDEX 2", "STE MARIE", "Lyon 3e", "L'Haÿ-les-Roses"])
def test_the_search_reads_towns_as_the_comparison_does(town):
    [(found,)] = duckdb.sql(f"select {town_sql('town')} from (select $town as town)", params={"town": town}).fetchall()
    assert found == read_town(town)
