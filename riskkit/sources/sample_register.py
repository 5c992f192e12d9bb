"""The register extract of the sample's fictional companies: what a user would download from INSEE, and as crowded.

One row per legal unit with the columns of StockUniteLegale and, for its head office, StockEtablissement. Beside the
companies of the sample stand decoys made from them: namesakes in other towns, companies of the same trade or the same
invented place, a former company of the same name that has ceased, and companies of the same street. Names are kept as
INSEE keeps them (capitals, no accents, the legal form apart), some are known by another name, and some companies have
moved since the client wrote their address down.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from riskkit.sources.sample_spec import Sample
from riskkit.sources.sample_words import LEGAL_FORMS, REGIONS, addresses, luhn_key, place_names

FORM_CODES = {"SARL": "5499", "SAS": "5710", "SA": "5599", "EURL": "5498"}
NAMESAKES, NEIGHBOURS, CEASED, SIBLINGS = 0.10, 1.0, 0.06, 1.0
"""Decoys for each company of the sample: namesakes elsewhere, others of the same street, ceased ones of the same name,
others of the same trade or place."""
MOVED, RENAMED = 0.04, 0.03
HEADERS = (
    "siren", "siret", "denominationUniteLegale", "denominationUsuelle1UniteLegale", "categorieJuridiqueUniteLegale",
    "activitePrincipaleUniteLegale", "nomenclatureActivitePrincipaleUniteLegale", "trancheEffectifsUniteLegale",
    "anneeEffectifsUniteLegale", "dateCreationUniteLegale", "etatAdministratifUniteLegale", "dateDebut",
    "dateDernierTraitementUniteLegale", "etablissementSiege", "numeroVoieEtablissement", "libelleVoieEtablissement",
    "codePostalEtablissement", "libelleCommuneEtablissement", "etatAdministratifEtablissement",
)  # fmt: skip
_TOWNS = [town for region in REGIONS for town in region.towns]


def write_register(path: Path, sample: Sample) -> None:
    """`sirene_extrait.csv`: the companies of the sample and their decoys by SIREN; same spec, same bytes."""
    rng = np.random.default_rng([sample.spec.seed, 7])
    rows = sorted({row["siren"]: row for row in _rows(sample, rng)}.items())
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, HEADERS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for _, row in rows)


def register_name(name: str) -> str:
    """A business name as INSEE keeps it: capitals without accents or marks, and without its legal form."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = re.sub(r"[^A-Z0-9]+", " ", plain).split()
    return " ".join(word for word in words if word not in LEGAL_FORMS)


def _rows(sample: Sample, rng: np.random.Generator) -> Iterator[dict[str, str]]:
    """Decoys first, so that a company of the sample prevails over a decoy that would bear its number."""
    customers = sample.customers[~sample.customers["is_catch_all"] & sample.customers["siren"].notna()]
    companies = customers.to_dict("records")
    units = [_unit({str(key): value for key, value in company.items()}, sample.spec.end_date) for company in companies]
    taken = {unit["siren"] for unit in units}
    yield from (decoy for decoy in _decoys(units, rng) if decoy["siren"] not in taken)
    moved, renamed = rng.random((2, len(units)))
    places = addresses(rng, len(units))
    for unit, moves, renames, place in zip(units, moved, renamed, places, strict=True):
        if moves < MOVED:
            unit = {**unit, **_place(place)}
        if renames < RENAMED:  # known to its suppliers by its usual name only
            unit = {**unit, "denominationUsuelle1UniteLegale": unit["denominationUniteLegale"],
                    "denominationUniteLegale": f"HOLDING {unit['denominationUniteLegale'].split()[-1]}"}  # fmt: skip
        yield unit


def _unit(company: dict[str, object], end_date: dt.date) -> dict[str, str]:
    """A company of the sample as the register knows it."""
    return {
        "siren": str(company["siren"]),
        "siret": f"{company['siren']}{_nic(str(company['siren']))}",
        "denominationUniteLegale": register_name(str(company["name"])),
        "denominationUsuelle1UniteLegale": "",
        "categorieJuridiqueUniteLegale": FORM_CODES[str(company["legal_form"])],
        "activitePrincipaleUniteLegale": str(company["naf_code"]),
        "nomenclatureActivitePrincipaleUniteLegale": "NAFRev2",
        "trancheEffectifsUniteLegale": str(company["headcount_band"]),
        "anneeEffectifsUniteLegale": str(end_date.year - 3),
        "dateCreationUniteLegale": f"{end_date.year - 15 - int(str(company['siren'])[-2:]) % 20}-04-01",
        "etatAdministratifUniteLegale": "A",
        "dateDebut": f"{end_date.year - 10}-01-01",
        "dateDernierTraitementUniteLegale": f"{end_date.year}-01-15",
        "etablissementSiege": "true",
        **_place(str(company["address"])),
        "codePostalEtablissement": str(company["postcode"]),
        "libelleCommuneEtablissement": register_name(str(company["town"])),
        "etatAdministratifEtablissement": "A",
    }


def _decoys(units: list[dict[str, str]], rng: np.random.Generator) -> Iterator[dict[str, str]]:
    """Companies that are not customers and look like some."""
    shares = (("namesake", NAMESAKES), ("neighbour", NEIGHBOURS), ("ceased", CEASED), ("sibling", SIBLINGS))
    order = [kind for kind, share in shares for _ in range(round(share * len(units)))]
    picks = rng.integers(0, len(units), len(order)).tolist()
    towns = rng.integers(0, len(_TOWNS), len(order)).tolist()
    places, lines = place_names(rng, len(order)), addresses(rng, len(order))
    for rank, (kind, pick, town, place, line) in enumerate(zip(order, picks, towns, places, lines, strict=True)):
        unit = units[pick]
        trade = unit["denominationUniteLegale"].split()[0]
        siren = _siren(98_000_000 + rank)
        decoy = {**unit, "siren": siren, "siret": siren + _nic(siren), "trancheEffectifsUniteLegale": "NN"}
        elsewhere = {"codePostalEtablissement": _TOWNS[town][0],
                     "libelleCommuneEtablissement": register_name(_TOWNS[town][1]), **_place(line)}  # fmt: skip
        if kind == "ceased":
            yield {**decoy, "etatAdministratifUniteLegale": "C", "etatAdministratifEtablissement": "F",
                   "dateDebut": "2012-06-30"}  # fmt: skip
        elif kind == "namesake":
            yield {**decoy, **elsewhere}
        elif kind == "sibling":
            yield {**decoy, **elsewhere, "denominationUniteLegale": f"{trade} {register_name(place)}"}
        else:
            yield {**decoy, "denominationUniteLegale": f"SOCIETE {register_name(place)}"}


def _place(line: str) -> dict[str, str]:
    """An address line in the register's two columns."""
    match = re.fullmatch(r"(\d+) (.+)", line)
    number, street = (match[1], match[2]) if match else ("", line)
    return {"numeroVoieEtablissement": number, "libelleVoieEtablissement": register_name(street)}


def _siren(body: int) -> str:
    """Eight digits and their key. 98x xxx xxx is as little attributed as the customers' own 99x."""
    return f"{body}{int(luhn_key(np.array([body], dtype=np.int64))[0])}"


def _nic(siren: str) -> str:
    """NIC of the head office: 0001 and the digit that makes the SIRET valid by Luhn."""
    body = f"{siren}0001"
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))]
    return f"0001{-sum(d // 10 + d % 10 for d in doubled) % 10}"
