"""Customers of known identity: real names of a public file, with places drawn for them, spoiled; some not in it."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.corruption import spoil, street, towns
from riskkit.companies.addresses import read_address

NAMES_FILE = Path(__file__).parents[2] / "shared" / "data" / "sirene" / "sirene_numerique_ess_3667.csv.gz"
HOMONYMS_FILE = NAMES_FILE.with_name("recherche_entreprises_api.json")
NOTICES_FILE = NAMES_FILE.parents[1] / "bodacc" / "bodacc_procedures_collectives_2026-02-13.json.gz"
ABSENT_SHARE = 0.25
FIT_HALF, MEASURED_HALF, NOTICED = 0, 1, -1


@dataclass(frozen=True)
class Cases:
    """Customers to find (with `truth`, blank when their company is not in the register) and the register's rows."""

    customers: pd.DataFrame
    register: pd.DataFrame


def read_companies(path: Path = NAMES_FILE) -> pd.DataFrame:
    """The real companies (siren, name, acronym, legal_form, is_closed, half), each with a place drawn from its SIREN.

    The public file gives few addresses, so the places are made up: towns by size, usual street names.
    """
    read = pd.read_csv(path, dtype="str", encoding="utf-8-sig")
    known, weights = towns()
    rows = []
    for siren, name, acronym, form, active in zip(
        read["siren"], read["denomination"], read["sigle"].fillna(""), read["categorie_juridique"], read["est_active"],
        strict=True,
    ):  # fmt: skip
        draw = random.Random(f"place {siren}")  # noqa: S311
        postcode, town = draw.choices(known, weights)[0]
        # Two companies of one name stay on one side of the split.
        half = int(hashlib.sha256(name.upper().encode()).hexdigest(), 16) % 2
        short = "" if "[ND]" in acronym else acronym
        rows.append((siren, name, short, form[:4], active != "True", street(draw), postcode, town, half))
    columns = ["siren", "name", "acronym", "legal_form", "is_closed", "street", "postcode", "town", "half"]
    return pd.DataFrame(rows, columns=columns)


def read_noticed_companies(path: Path = NOTICES_FILE) -> pd.DataFrame:
    """The companies of one real day of BODACC, in the columns of `read_companies`, half -1: name and town are theirs.

    Nobody tuned or looked at matching on them; their streets, which the notices do not give, are drawn.
    """
    known: dict[str, tuple[object, ...]] = {}
    for record in json.loads(gzip.decompress(path.read_bytes()))["records"]:
        siren, name, town = record["registre"][0], record["nom_entreprise"].strip(), record["ville"].strip()
        if name and town and record["code_postal"]:
            draw = random.Random(f"place {siren}")  # noqa: S311
            place = (street(draw), record["code_postal"], town.upper())
            known.setdefault(siren, (siren, name, "", "", False, *place, NOTICED))
    columns = ["siren", "name", "acronym", "legal_form", "is_closed", "street", "postcode", "town", "half"]
    return pd.DataFrame(list(known.values()), columns=columns)


def make_cases(companies: pd.DataFrame, *, half: int, copies: int, seed: int) -> Cases:
    """Customers out of one part of the names, a quarter of which are taken out of the register of all of them."""
    draw = random.Random(seed)  # noqa: S311
    asked = companies[companies["half"] == half]
    absent = set(draw.sample(sorted(asked["siren"]), int(ABSENT_SHARE * len(asked))))
    rows = []
    for company in asked.itertuples():
        for copy in range(copies):
            spoiled = spoil(
                draw, str(company.name), legal_form=str(company.legal_form), acronym=str(company.acronym),
                address=str(company.street), postcode=str(company.postcode), town=str(company.town),
            )  # fmt: skip
            truth = "" if company.siren in absent else company.siren
            rows.append((f"{company.siren}-{copy}", spoiled.name, spoiled.address, spoiled.postcode, spoiled.town,
                         truth, company.siren, "+".join(spoiled.kinds)))  # fmt: skip
    columns = ["customer_id", "name", "address", "postcode", "town", "truth", "origin", "kinds"]
    return Cases(pd.DataFrame(rows, columns=columns), companies[~companies["siren"].isin(absent)])


def write_register(register: pd.DataFrame, folder: Path) -> None:
    """The register as INSEE publishes it: StockUniteLegale and StockEtablissement, CSV."""
    state = register["is_closed"].map({True: "C", False: "A"})
    pd.DataFrame({
        "siren": register["siren"], "sigleUniteLegale": register["acronym"],
        "denominationUniteLegale": register["name"],
        "categorieJuridiqueUniteLegale": register["legal_form"], "etatAdministratifUniteLegale": state,
    }).to_csv(folder / "StockUniteLegale_utf8.csv", index=False)  # fmt: skip
    pd.DataFrame({
        "siren": register["siren"], "siret": register["siren"] + "00010", "etablissementSiege": "true",
        "libelleVoieEtablissement": register["street"], "codePostalEtablissement": register["postcode"],
        "libelleCommuneEtablissement": register["town"],
        "etatAdministratifEtablissement": state.replace("C", "F"),
    }).to_csv(folder / "StockEtablissement_utf8.csv", index=False)  # fmt: skip


def make_homonym_cases(*, copies: int, seed: int, path: Path = HOMONYMS_FILE) -> Cases:
    """Customers out of real answers of a public search: many companies of one name, each with its true address."""
    draw = random.Random(seed)  # noqa: S311
    rows = []
    for unit in json.loads(path.read_text(encoding="utf-8"))["results"]:
        head_office = unit.get("siege") or {}
        if not unit["nom_raison_sociale"] or not head_office.get("code_postal"):
            continue
        address = read_address(head_office["adresse"], head_office["code_postal"], head_office["libelle_commune"])
        for copy in range(copies):
            spoiled = spoil(
                draw,
                unit["nom_raison_sociale"],
                legal_form=unit["nature_juridique"] or "",
                acronym=unit["sigle"] or "",
                address=address.street,
                postcode=address.postcode,
                town=head_office["libelle_commune"],
            )
            place = (spoiled.address, spoiled.postcode, spoiled.town)
            rows.append(
                (f"{unit['siren']}-{copy}", spoiled.name, *place, unit["siren"], unit["siren"], "+".join(spoiled.kinds))
            )
    columns = ["customer_id", "name", "address", "postcode", "town", "truth", "origin", "kinds"]
    return Cases(pd.DataFrame(rows, columns=columns), pd.DataFrame())
