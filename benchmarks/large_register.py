"""A register of millions of made-up companies, in the shape of INSEE's stock files, for speed and memory.

Names are drawn from patterns of French company names with a few very common words and a long tail of rare ones; many
companies share a name. Everything follows from the row number, so that a row is the same on every machine.
"""

# ruff: noqa: S608 - the SQL is made of names and words written here; file names are quoted
from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.corruption import STREET_TYPES, streets, towns

SURNAMES = """MARTIN BERNARD THOMAS PETIT ROBERT RICHARD DURAND DUBOIS MOREAU LAURENT SIMON MICHEL LEFEBVRE LEROY ROUX
DAVID BERTRAND MOREL FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU VINCENT MULLER LEFEVRE FAURE
ANDRE MERCIER BLANC GUERIN BOYER GARNIER CHEVALIER FRANCOIS LEGRAND GAUTHIER GARCIA PERRIN ROBIN CLEMENT
MORIN NICOLAS HENRY ROUSSEL MATHIEU GAUTIER MASSON MARCHAND DUVAL DENIS DUMONT MARIE LEMAIRE NOEL MEYER
DUFOUR MEUNIER BRUN BLANCHARD GIRAUD JOLY RIVIERE LUCAS BRUNET GAILLARD BARBIER ARNAUD MARTINEZ GERARD
ROCHE RENARD SCHMITT ROY LEROUX COLIN VIDAL CARON"""
ACTIVITIES = """TRANSPORTS CONSTRUCTION BATIMENT PLOMBERIE ELECTRICITE MENUISERIE CHARPENTE COUVERTURE MACONNERIE
PEINTURE CONSEIL SERVICES IMMOBILIER DISTRIBUTION INFORMATIQUE COMMUNICATION INGENIERIE FORMATION
RESTAURATION BOULANGERIE GARAGE AUTOMOBILES COIFFURE OPTIQUE PHARMACIE AMBULANCES TAXI NETTOYAGE SECURITE
PAYSAGES TERRASSEMENT LOCATION MECANIQUE CHAUDRONNERIE IMPRIMERIE PRODUCTIONS EVENEMENTS AGENCEMENT
ENERGIE ENVIRONNEMENT LOGISTIQUE GESTION PATRIMOINE FINANCES HOLDING PARTICIPATIONS INVESTISSEMENTS
DEVELOPPEMENT TECHNOLOGIES SOLUTIONS SYSTEMES INDUSTRIES EQUIPEMENTS MATERIAUX"""
SYLLABLES = """BA BE BI BO CA CE CO DA DE DI DO FA FE FI FO GA GE GO JA JO KA KE KI LA LE LI LO LU MA ME MI MO NA NE NI
NO PA PE PI PO RA RE RI RO SA SE SI SO TA TE TI TO VA VE VI VO ZA ZE TRA BRI CLO FLA GRA PLE STA VER MAR
LAN DOR TEL NOV SYN"""
PLACES = """MOULIN CENTRE PARC LAC CHATEAU PONT CHENE PORT MARCHE JARDIN BOIS VALLON PRE COTEAU RIVAGE PLATEAU VERGER"""


def companies_sql(*, first: int, count: int) -> str:
    """DuckDB query of made-up companies (number, siren, name, legal_form, is_closed, street, postcode, town)."""
    known, weights = towns()
    spread = [town for town, weight in zip(known, weights, strict=True) for _ in range(weight)]
    lists = {
        "surnames": SURNAMES.split(), "activities": ACTIVITIES.split(), "syllables": SYLLABLES.split(),
        "places": PLACES.split(), "streets": streets(), "types": list(STREET_TYPES),
        "codes": [code for code, _ in spread], "town_names": [name for _, name in spread],
    }  # fmt: skip
    texts = {name: "[" + ", ".join(f"'{word}'" for word in words) + "]" for name, words in lists.items()}

    def pick(name: str, salt: int, *, common_first: bool = False) -> str:
        share = f"((hash(i * 64 + {salt}) % 1000003) / 1000003.0)"
        share = f"pow({share}, 1.7)" if common_first else share
        return f"{texts[name]}[1 + floor({len(lists[name])} * {share})::integer]"

    def coined(salt: int) -> str:
        parts = [pick("syllables", salt + part) for part in range(3)]
        return " || ".join(parts) + f" || case when hash(i * 64 + {salt} + 3) % 2 = 0 then '' else {parts[0]} end"

    activity = pick("activities", 10, common_first=True)
    town = f"{texts['town_names']}[1 + (hash(i * 64 + 30) % {len(spread)})::integer]"
    return f"""
        select i as number, lpad((100000000 + i * 97 % 899999963)::varchar, 9, '0') as siren,
            case (hash(i * 64 + 1) % 20)::integer
                when 0 then {pick("surnames", 2, common_first=True)} || ' ' || {activity}
                when 1 then {activity} || ' ' || {pick("surnames", 2, common_first=True)}
                when 2 then 'SCI DU ' || {pick("places", 4)}
                when 3 then 'SCI ' || {pick("surnames", 2)} || ' ' || {pick("surnames", 3)}
                when 4 then {activity} || ' DU ' || {pick("places", 4)}
                when 5 then {coined(12)} || ' ' || {activity}
                when 6 then {activity} || ' ' || {town}
                when 7 then {pick("surnames", 2)} || ' ET FILS'
                when 8 then 'ETABLISSEMENTS ' || {coined(12)}
                when 9 then 'SOCIETE ' || {coined(12)} || ' ' || {pick("activities", 11)}
                when 10 then {coined(12)} || ' ' || {coined(18)}
                when 11 then 'GROUPE ' || {coined(12)}
                when 12 then {coined(12)} || ' FRANCE'
                when 13 then {activity} || ' ' || {pick("activities", 11)} || ' ' || {coined(12)}
                when 14 then 'ASSOCIATION ' || {coined(12)} || ' ' || {town}
                when 15 then {coined(12)} || ' ' || {pick("surnames", 2)}
                else {coined(12)} || ' ' || {coined(24)} end as name,
            ['5499', '5710', '6540', '9220', '5710'][1 + (hash(i * 64 + 5) % 5)::integer] as legal_form,
            hash(i * 64 + 6) % 5 = 0 as is_closed,
            (1 + hash(i * 64 + 7) % 150)::varchar || ' ' || {pick("types", 8)} || ' ' || {pick("streets", 9)} as street,
            {texts["codes"]}[1 + (hash(i * 64 + 30) % {len(spread)})::integer] as postcode, {town} as town
        from range({first}, {first + count}) numbers(i)"""


def write_large_register(folder: Path, *, count: int) -> None:
    """StockUniteLegale and StockEtablissement of `count` companies, Parquet, with INSEE's column names."""
    with duckdb.connect(":memory:", config={"memory_limit": "1500MB"}) as connection:
        connection.execute(f"create temp view companies as {companies_sql(first=0, count=count)}")
        connection.execute(
            f"""copy (select siren, name as denominationUniteLegale, null::varchar as sigleUniteLegale,
                legal_form as categorieJuridiqueUniteLegale, '62.01Z' as activitePrincipaleUniteLegale,
                'NN' as trancheEffectifsUniteLegale,
                case when is_closed then 'C' else 'A' end as etatAdministratifUniteLegale
            from companies) to '{folder / "StockUniteLegale_utf8.parquet"}' (compression zstd)"""
        )
        connection.execute(
            f"""copy (select siren, siren || '00010' as siret, 'true' as etablissementSiege,
                null::varchar as enseigne1Etablissement, street as libelleVoieEtablissement,
                postcode as codePostalEtablissement, town as libelleCommuneEtablissement,
                case when is_closed then 'F' else 'A' end as etatAdministratifEtablissement
            from companies) to '{folder / "StockEtablissement_utf8.parquet"}' (compression zstd)"""
        )
