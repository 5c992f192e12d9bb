"""What Sirene knows of companies whose SIREN is known: a provider that reads INSEE's file of legal units in place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from riskkit.companies import nomenclature
from riskkit.companies.sirene import register_files
from riskkit.engine import connect
from riskkit.errors import Message
from riskkit.sources.parsing import quoted

SIRENE_FIELDS = (
    "official_name",
    "naf_code",
    "naf_version",
    "legal_form_code",
    "headcount_code",
    "creation_date",
    "state",
)

_SIRENE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "official_name": ("denominationUniteLegale", "nom_raison_sociale", "raison_sociale_sirene", "denomination"),
    "naf_code": ("activitePrincipaleUniteLegale", "activite_principale", "ape_sirene", "naf"),
    "naf_nomenclature": ("nomenclatureActivitePrincipaleUniteLegale",),
    "legal_form_code": ("categorieJuridiqueUniteLegale", "nature_juridique", "categorie_juridique"),
    "headcount_code": ("trancheEffectifsUniteLegale", "tranche_effectif_salarie", "tranche_effectifs"),
    "headcount_year": ("anneeEffectifsUniteLegale", "annee_tranche_effectif_salarie", "annee_effectifs"),
    "creation_date": ("dateCreationUniteLegale", "date_creation"),
    "closed": ("etatAdministratifUniteLegale", "etat_administratif"),
    "since": ("dateDebut",),
    "date": ("dateDernierTraitementUniteLegale", "date_mise_a_jour_insee", "date_stock_sirene"),
}


class SireneFile:
    """INSEE's stock file of legal units, Parquet or CSV, read in place: only the rows of the companies asked for.

    Name, activity, legal form and creation describe a company whatever the date, and bear that of INSEE's last update.
    A cessation and a headcount count only when they are not later than `as_of`.
    """

    fields = SIRENE_FIELDS

    def __init__(self, path: Path, *, name: str = "Sirene", extract_date: dt.date | None = None) -> None:
        self.path, self.name, self.extract_date = path, name, extract_date
        self.notes: tuple[Message, ...] = ()

    def lookup(self, sirens: Sequence[str], *, as_of: dt.date) -> pd.DataFrame:
        """The legal units of these SIREN (see `Provider.lookup`)."""
        parts = [part for path in register_files(self.path) if len(part := self._rows(path, sirens))]
        if not parts:
            return pd.DataFrame({"siren": pd.Series(dtype="str"), "source": pd.Series(dtype="str")})
        units = pd.concat(parts, ignore_index=True).groupby("siren", as_index=False).first()
        return unit_answer(units, as_of=as_of, source=self.name, extract_date=self.extract_date)

    def _rows(self, path: Path, sirens: Sequence[str]) -> pd.DataFrame:
        """Rows of one file, its columns under our names, as text; empty where the file has no SIREN."""
        with connect() as connection:
            if path.name.lower().endswith(".parquet"):
                relation = connection.read_parquet(str(path))
            elif path.name.lower().endswith((".csv", ".csv.gz")):
                relation = connection.read_csv(str(path), all_varchar=True)
            else:
                return pd.DataFrame()
            held = {column.lower(): column for column in relation.columns}
            if "siren" not in held:
                return pd.DataFrame()
            shown = ", ".join(f"{_first_text(columns, held)} as {name}" for name, columns in _SIRENE_COLUMNS.items())
            asked = connection.from_df(pd.DataFrame({"siren": pd.Series(list(sirens), dtype="str")}))
            siren = f"lpad({quoted(held['siren'])}::varchar, 9, '0')"
            found: pd.DataFrame = relation.project(f"{siren} as siren, {shown}").join(asked, "siren", how="semi").df()
        return found


def _first_text(columns: Sequence[str], held: Mapping[str, str]) -> str:
    """The first of these columns that says something; `[ND]`, INSEE's mark of what is not diffused, says nothing."""
    present = [
        f"nullif(nullif(trim({quoted(held[column.lower()])}::varchar), ''), '[ND]')"
        for column in columns
        if column.lower() in held
    ]
    return f"coalesce({', '.join([*present, 'null'])})"


def unit_answer(units: pd.DataFrame, *, as_of: dt.date, source: str, extract_date: dt.date | None) -> pd.DataFrame:
    """Legal units as text → an answer: codes read in their nomenclature, no state later than `as_of`."""
    cutoff = pd.Timestamp(as_of)
    rev2 = nomenclature.normalise_naf(units["naf_code"])
    new = nomenclature.normalise_naf(units["naf_code"], version="2025")
    headcount_day = pd.to_datetime(units["headcount_year"].str[:4] + "-12-31", errors="coerce")
    in_time = headcount_day.isna() | (headcount_day <= cutoff)
    since = pd.to_datetime(units["since"], errors="coerce", format="mixed")
    ceased = units["closed"].fillna("").str.upper().eq("C") & (since <= cutoff)
    updated = pd.to_datetime(units["date"].str[:10], errors="coerce", format="mixed")
    day = updated.fillna(pd.Timestamp(extract_date)) if extract_date else updated
    no_text = pd.Series(None, index=units.index, dtype="str")
    return pd.DataFrame(
        {
            "siren": units["siren"].astype("str"),
            "official_name": units["official_name"].astype("str"),
            "naf_code": rev2.fillna(new),
            "naf_version": no_text.mask(new.notna(), "2025").mask(rev2.notna(), "rev2"),
            "legal_form_code": units["legal_form_code"].astype("str").str.removesuffix(".0"),
            "headcount_code": units["headcount_code"].astype("str").where(in_time),
            "headcount_code_date": headcount_day,
            "creation_date": pd.to_datetime(units["creation_date"], errors="coerce", format="mixed"),
            "state": no_text.mask(ceased, "ceased"),
            "state_date": since,
            "source": source,
            "date": day,
        }
    )
