"""Sirene files read in place by DuckDB: INSEE's stock files, exports of sirene.fr, and files that hold their columns.

A register is two views over the files, never loaded: `units` (one row per legal unit) and `places` (one row per
establishment). Columns are recognised by name; a file may feed either view, or both.
"""

# ruff: noqa: S608 - the SQL is made of names and words written here; file names are quoted
from __future__ import annotations

import gzip
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import duckdb

from riskkit.errors import DataError, message

UNIT_COLUMNS: dict[str, tuple[str, ...]] = {
    "siren": ("siren",),
    "name": ("denominationUniteLegale", "nom_raison_sociale", "raison_sociale_sirene", "denomination", "nom_complet"),
    "usual_name": ("denominationUsuelle1UniteLegale", "nom_usage", "entreprise"),
    "usual_name_2": ("denominationUsuelle2UniteLegale",),
    "acronym": ("sigleUniteLegale", "sigle"),
    "family_name": ("nomUsageUniteLegale", "nomUniteLegale"),
    "first_name": ("prenomUsuelUniteLegale", "prenom1UniteLegale"),
    "legal_form_code": ("categorieJuridiqueUniteLegale", "categorie_juridique", "nature_juridique"),
    "naf_code": ("activitePrincipaleUniteLegale", "activite_principale", "ape_sirene", "naf"),
    "headcount_code": ("trancheEffectifsUniteLegale", "tranche_effectif_salarie", "tranche_effectifs"),
    "state": ("etatAdministratifUniteLegale", "est_active", "etat_administratif"),
}
"""Fields of a legal unit and the columns that may hold them, the best first; several that exist are coalesced."""

PLACE_COLUMNS: dict[str, tuple[str, ...]] = {
    "siren": ("siren",),
    "siret": ("siret", "siret_siege"),
    "sign": ("enseigne1Etablissement", "denominationUsuelleEtablissement", "nom_commercial"),
    "number": ("numeroVoieEtablissement",),
    "street_type": ("typeVoieEtablissement",),
    "street": ("libelleVoieEtablissement", "adresse", "geo_adresse"),
    "postcode": ("codePostalEtablissement", "code_postal"),
    "town": ("libelleCommuneEtablissement", "libelle_commune", "commune", "ville"),
    "head_office": ("etablissementSiege", "est_siege_unite_legale_sirene", "est_siege"),
    "place_state": ("etatAdministratifEtablissement", "etat_sirene", "etat_administratif", "est_active"),
}
"""Fields of an establishment and the columns that may hold them."""

_SUFFIXES = (".parquet", ".csv", ".csv.gz", ".json")
_CLOSED = ("C", "F", "CESSEE", "CESSÉE", "FERME", "FERMÉ", "FALSE", "0")


def register_files(register: Path) -> list[Path]:
    """The files of a register: the one named, or all those of a folder. `DataError` when there is none to read."""
    found = sorted(register.iterdir()) if register.is_dir() else [register]
    files = [path for path in found if path.name.lower().endswith(_SUFFIXES)]
    if not files or not all(path.exists() for path in files):
        raise DataError(
            message(
                "{file}: no Sirene file (Parquet or CSV) here. Download StockUniteLegale and StockEtablissement from "
                "INSEE, unzip them, and name their folder.",
                file=register.name,
            )
        )
    return files


def open_register(connection: duckdb.DuckDBPyConnection, register: Path) -> None:
    """Make the views `units` and `places` of a register on this connection.

    From: a file, or a folder of files (StockUniteLegale and StockEtablissement as published, Parquet or CSV; or any
          table with their columns, one row per company).
    To:   units (siren, name, usual_name, usual_name_2, acronym, legal_form_code, naf_code, headcount_code, is_closed),
          places (siren, siret, sign, street, postcode, town, is_head_office, is_closed); text, blank as missing.
    """
    units: list[str] = []
    places: list[str] = []
    for path in register_files(register):
        source, held = _columns(connection, path)
        if "siren" not in held:
            continue
        names = ("name", "family_name")
        if any(column.lower() in held for field in names for column in UNIT_COLUMNS[field]):
            units.append(_units(source, held))
        spots = ("postcode", "town", "street")
        if any(column.lower() in held for field in spots for column in PLACE_COLUMNS[field]):
            places.append(_places(source, held))
    if not units:
        raise DataError(
            message(
                "{file}: no column of company names beside a column 'siren'. StockEtablissement alone does not name "
                "companies: add StockUniteLegale to the folder.",
                file=register.name,
            )
        )
    connection.execute("create or replace temp view units as " + " union all by name ".join(units))
    empty = (
        "select ''::varchar siren, ''::varchar siret, null::varchar sign, null::varchar street, null::varchar postcode,"
        " null::varchar town, false is_head_office, false is_closed where false"
    )
    connection.execute("create or replace temp view places as " + " union all by name ".join(places or [empty]))


def _columns(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, dict[str, str]]:
    """The table function that reads a file, and its columns by their name in small letters."""
    try:
        source = _source(connection, path)
        names = connection.sql(f"select * from {source} limit 0").columns
    except (duckdb.Error, OSError, EOFError) as fault:
        raise DataError(
            message(
                "{file} cannot be read as a Sirene file: {fault}. Check that it is the file as published, unzipped and "
                "whole.",
                file=path.name,
                fault=str(fault).splitlines()[0],
            )
        ) from None
    return source, {name.lower(): name for name in names}


def _source(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """The table function that reads a file, every column as text."""
    name = str(path).replace("'", "''")
    if path.name.lower().endswith(".parquet"):
        return f"read_parquet('{name}')"
    if path.name.lower().endswith(".json"):
        return _api_source(connection, name)
    return (
        f"read_csv('{name}', all_varchar = true, header = true, delim = '{_separator(path)}', quote = '\"', "
        "escape = '\"', null_padding = true, strict_mode = false, parallel = false)"
        if path.name.lower().endswith(".gz")
        else f"read_csv('{name}', all_varchar = true, header = true, delim = '{_separator(path)}', quote = '\"', "
        "escape = '\"')"
    )


def _separator(path: Path) -> str:
    """What separates the columns of a text file: the commonest of three marks in its first line."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as lines:
        first = lines.readline().decode("utf-8", errors="replace")
    return max((",", ";", "\t"), key=first.count)


def _api_source(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """Answers of the recherche-entreprises API (`results`), one row per establishment named in them."""
    view = f"api_{sha256(name.encode()).hexdigest()[:16]}"
    unit = ("siren", "nom_raison_sociale", "sigle", "nature_juridique", "activite_principale", "etat_administratif")
    place = ("siret", "nom_commercial", "adresse", "code_postal", "libelle_commune", "est_siege")
    columns = [f"u->>'{column}' as {column}" for column in (*unit, "tranche_effectif_salarie")]
    columns += [f"p->>'{column}' as {column}" for column in place]
    connection.execute(
        f"""create or replace temp view {view} as
        with units as (select unnest(from_json(json->'results', '["json"]')) as u from read_json_objects('{name}')),
        places as (
            select u, unnest(list_concat([u->'siege'], from_json(u->'matching_etablissements', '["json"]'))) as p
            from units)
        select {", ".join(columns)} from places"""
    )
    return view


def _units(source: str, held: dict[str, str]) -> str:
    """Query of the legal units of a file."""
    field = {name: _field(columns, held) for name, columns in UNIT_COLUMNS.items()}
    person = f"nullif(trim(concat_ws(' ', {field['first_name']}, {field['family_name']})), '')"
    plain = ", ".join(f"{field[name]} as {name}" for name in ("usual_name", "usual_name_2", "acronym", "naf_code"))
    codes = ", ".join(
        f"regexp_replace({field[name]}, '\\.0+$', '') as {name}" for name in ("legal_form_code", "headcount_code")
    )
    distinct = "distinct " if _may_repeat(held) else ""
    return (
        f"select {distinct}{field['siren']} as siren, coalesce({field['name']}, {person}) as name, {plain}, {codes}, "
        f"{_closed(field['state'])} as is_closed from {source} where {field['siren']} is not null"
    )


def _places(source: str, held: dict[str, str]) -> str:
    """Query of the establishments of a file."""
    field = {name: _field(columns, held) for name, columns in PLACE_COLUMNS.items()}
    street = f"nullif(trim(concat_ws(' ', {field['number']}, {field['street_type']}, {field['street']})), '')"
    return (
        f"select {field['siren']} as siren, {field['siret']} as siret, {field['sign']} as sign, {street} as street, "
        f"coalesce(regexp_replace({field['postcode']}, '\\.0+$', ''), "
        f"nullif(regexp_extract({field['street']}, '([0-9]{{5}}) [^0-9]+$', 1), '')) as postcode, "
        f"{field['town']} as town, "
        f"{'true or ' if 'siret_siege' in held and 'siret' not in held else ''}"
        f"coalesce(lower({field['head_office']}) in ('true', '1', 'oui'), false) as is_head_office, "
        f"{_closed(field['place_state'])} as is_closed from {source} where {field['siren']} is not null"
    )


def _field(columns: Iterable[str], held: dict[str, str]) -> str:
    """The first of these columns that has something to say, as text; INSEE's `[ND]` (not diffused) is nothing."""
    present = [
        f"nullif(nullif(trim(\"{held[column.lower()]}\"::varchar), ''), '[ND]')"
        for column in columns
        if column.lower() in held
    ]
    return f"coalesce({', '.join(present)})" if present else "null::varchar"


def _closed(state: str) -> str:
    """Whether a state column says closed: C (legal unit), F (establishment), False (active flag)."""
    marks = ", ".join(f"'{mark}'" for mark in _CLOSED)
    return f"coalesce(upper({state}) in ({marks}), false)"


def _may_repeat(held: dict[str, str]) -> bool:
    """Whether a file of names may hold several rows per company: it lists establishments."""
    return "siret" in held and "denominationunitelegale" not in held
