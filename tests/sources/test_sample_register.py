"""The register of the sample: every company of it once, valid numbers, and decoys that look like them."""

from __future__ import annotations

import csv

import pytest
from stdnum.fr import siren, siret

from riskkit.sources.sample import SampleSpec, make_sample
from riskkit.sources.sample_register import register_name, write_register

SPEC = SampleSpec(seed=3, customers=120, invoices=500, months=6)


@pytest.fixture(scope="module")
def rows(tmp_path_factory) -> list[dict[str, str]]:
    path = tmp_path_factory.mktemp("register") / "sirene_extrait.csv"
    write_register(path, make_sample(SPEC))
    first = path.read_bytes()
    write_register(path, make_sample(SPEC))
    assert path.read_bytes() == first
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_company_is_there_once_with_valid_numbers(rows):
    customers = make_sample(SPEC).customers
    numbers = [row["siren"] for row in rows]
    assert len(numbers) == len(set(numbers))
    assert set(customers["siren"].dropna()) <= set(numbers)
    assert all(siren.is_valid(row["siren"]) and siret.is_valid(row["siret"]) for row in rows)


def test_decoys_share_names_and_streets_with_customers_and_some_have_ceased(rows):
    own = set(make_sample(SPEC).customers["siren"].dropna())
    decoys = [row for row in rows if row["siren"] not in own]
    assert len(decoys) > len(own)
    names = {row["denominationUniteLegale"] for row in rows if row["siren"] in own}
    assert sum(row["denominationUniteLegale"] in names for row in decoys) >= 10
    assert {row["etatAdministratifUniteLegale"] for row in decoys} == {"A", "C"}


def test_a_name_is_kept_as_insee_keeps_it():
    assert register_name("SARL Électricité de l'Écluse") == "ELECTRICITE DE L ECLUSE"
