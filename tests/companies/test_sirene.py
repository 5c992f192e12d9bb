"""Sirene files: INSEE's two stock files, Parquet or CSV, and public files with their columns."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from riskkit.companies.sirene import open_register
from riskkit.engine import connect
from riskkit.errors import DataError

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "sirene"
needs_real = pytest.mark.skipif(not REAL.exists(), reason="../shared/data/sirene is not on this machine")

UNITS = pd.DataFrame({
    "siren": ["000000018", "000000026", "000000034"],
    "sigleUniteLegale": [None, "ADS", None],
    "prenomUsuelUniteLegale": [None, None, "ALIX"],
    "nomUniteLegale": [None, None, "EXEMPLE"],
    "denominationUniteLegale": ["ARDOISE", "ATELIERS DU SUD", "[ND]"],
    "categorieJuridiqueUniteLegale": ["5710", "5499", "1000"],
    "etatAdministratifUniteLegale": ["A", "C", "A"],
})  # fmt: skip
PLACES = pd.DataFrame({
    "siren": ["000000018", "000000018", "000000026"],
    "siret": ["00000001800010", "00000001800028", "00000002600013"],
    "etablissementSiege": ["false", "true", "true"],
    "numeroVoieEtablissement": ["1", "2", None],
    "typeVoieEtablissement": ["RUE", "AV", None],
    "libelleVoieEtablissement": ["DU LAC", "DU PORT", "LE BOURG"],
    "codePostalEtablissement": ["01000", "29200", "13001"],
    "libelleCommuneEtablissement": ["BOURG", "BREST", "MARSEILLE"],
    "etatAdministratifEtablissement": ["F", "A", "F"],
})  # fmt: skip


@pytest.fixture(params=["csv", "parquet"])
def folder(request, tmp_path):
    for name, frame in (("StockUniteLegale_utf8", UNITS), ("StockEtablissement_utf8", PLACES)):
        if request.param == "csv":
            frame.to_csv(tmp_path / f"{name}.csv", index=False)
        else:
            duckdb.from_df(frame).write_parquet(str(tmp_path / f"{name}.parquet"))
    return tmp_path


def test_the_two_stock_files_make_one_register(folder):
    with connect() as connection:
        open_register(connection, folder)
        units = connection.sql("select * from units order by siren").df()
        places = connection.sql("select * from places order by siret").df()
    assert units["siren"].tolist() == ["000000018", "000000026", "000000034"]
    assert units["name"].tolist() == ["ARDOISE", "ATELIERS DU SUD", "ALIX EXEMPLE"]  # [ND] is not a name
    assert units["is_closed"].tolist() == [False, True, False]
    assert units["legal_form_code"].tolist() == ["5710", "5499", "1000"]
    assert places["street"].tolist() == ["1 RUE DU LAC", "2 AV DU PORT", "LE BOURG"]
    assert places["is_head_office"].tolist() == [False, True, True]
    assert places["is_closed"].tolist() == [True, False, True]
    assert places["postcode"].tolist() == ["01000", "29200", "13001"]


def test_establishments_alone_are_refused_with_the_way_out(tmp_path):
    PLACES.to_csv(tmp_path / "StockEtablissement_utf8.csv", index=False)
    with connect() as connection, pytest.raises(DataError, match="add StockUniteLegale"):
        open_register(connection, tmp_path)


def test_an_empty_folder_says_what_to_download(tmp_path):
    with connect() as connection, pytest.raises(DataError, match="Download StockUniteLegale"):
        open_register(connection, tmp_path)


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path):
    (tmp_path / "StockUniteLegale.parquet").write_text("not parquet", encoding="utf-8")
    with connect() as connection, pytest.raises(DataError, match="cannot be read as a Sirene file"):
        open_register(connection, tmp_path)


@needs_real
@pytest.mark.parametrize(
    ("file", "units", "closed"),
    [  # rows and closed units as the data notes and the files' own state columns say
        ("sirene_numerique_ess_3667.csv.gz", 3667, 539),
        ("recherche_entreprises_api.json", 89, 3),
    ],
)
def test_public_files_are_registers(file, units, closed):
    with connect() as connection:
        open_register(connection, REAL / file)
        found = connection.sql("select count(distinct siren), sum(is_closed::int) from units").fetchall()
    assert found == [(units, closed)]


@needs_real
def test_a_file_of_establishments_with_names_is_a_register():
    with connect() as connection:
        open_register(connection, REAL / "etablissements_industrie_defense_462.csv.gz")
        [(sirens,)] = connection.sql("select count(distinct siren) from units").fetchall()
        [(places, postcodes)] = connection.sql("select count(*), count(postcode) from places").fetchall()
    assert (sirens, places) == (69, 311)  # 462 rows, 151 without SIREN
    assert postcodes > 300  # read from the address line, the file has no column of postcodes
