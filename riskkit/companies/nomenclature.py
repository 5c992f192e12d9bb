"""Official nomenclatures shipped with the package: NAF, legal forms, headcount bands, départements.

NAF rev. 2 is complete: five levels (21 sections, 88 divisions, 272 groups, 615 classes, 732 sub-classes), official
French labels, official English labels of the sections and divisions. NAF 2025, which replaces it on 1 January 2027,
holds its 22 sections, 87 divisions, 287 groups and 651 classes; groups and classes have English labels only, and its
747 sub-classes are read by their class and their last letter (`scripts/build_naf_2025.py --insee` adds their official
labels where INSEE's list is at hand). Legal forms hold level I and the usual levels II and III; a missing code is
labelled by its level II. Headcount bands and départements are complete. `nomenclature_data/SOURCES.md` says where each
file comes from.

A code is nothing without its nomenclature: keep the version beside it. Functions return missing for what they do not
know; the word shown for it is the caller's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files

import pandas as pd

from riskkit.errors import UsageError, message

VERSIONS = ("rev2", "2025")
LEVELS = ("section", "division", "group", "class", "subclass")
_NO_CODE = re.compile(r"|N\W?[ACDR]\W?|#?N/?A|NAN|NONE|NULL|<NA>|[-?.]+|0000Z")
_REV1 = re.compile("[0-9]{3}[A-Z]")
_SUBCLASS = re.compile("[0-9]{4}[A-Z]")
_ENDINGS_2025 = frozenset("GHJKLY")  # sub-classes of rev. 2 end in A to F or Z: no code belongs to both


def load_naf(version: str = "rev2") -> pd.DataFrame:
    """The NAF of one `version` (`rev2` or `2025`), all its levels in one table.

    From: the files of the package, read once.
    To:   code (`F`, `43`, `43.2`, `43.21`, `43.21A`), level (1 to 5), label_fr, label_en (missing below divisions),
          short_fr, short_en (at most 40 characters, for charts; English missing below divisions), parent (code).
          In 2025 the labels below divisions are English, the French ones missing.
    """
    return _naf(version).copy()


def normalise_naf(codes: pd.Series, *, version: str = "rev2") -> pd.Series:
    """Sub-class codes as INSEE prints them: `4321A`, `43.21 a` → `43.21A`; missing for anything else.

    Codes of an older nomenclature (`45.2R`), of the other version or of a higher level are missing, never converted;
    `naf_status` says which. In rev. 2 the code must exist; in 2025 its class and its ending must.
    """
    _naf(version)
    return _mapped(codes, lambda code: _read(code, version)[1] if _read(code, version)[0] == "ok" else None)


def naf_status(codes: pd.Series, *, version: str = "rev2") -> pd.Series:
    """What each code is, seen from `version`.

    `ok` (a sub-class), `partial` (a section, division, group or class of it), `rev1` (three digits and a letter, in
    force before 2008), `rev2` or `2025` (a sub-class of the other version), `missing` (blank, NC, 00.00Z), `unknown`.
    """
    _naf(version)
    return _mapped(codes, lambda code: _read(code, version)[0]).fillna("missing")


def naf_levels(codes: pd.Series, *, version: str = "rev2") -> pd.DataFrame:
    """The five levels of each code: section, division, group, class, subclass.

    Higher codes (`43.2`, `4321`) give the levels they can. Three digits without a dot are not read: `432` may be a
    group, or an old code or a class that lost a digit. What is not of this `version` is missing on the whole row.
    In version 2025 the class is checked against the list, the last letter of a sub-class by its shape.
    """
    section_of = _naf(version).set_index("code")["parent"]

    def ancestors(code: str) -> tuple[str | None, ...]:
        status, read = _read(code, version)
        if status not in ("ok", "partial") or read is None:
            return (None,) * 5
        if len(read) == 1:
            return read, None, None, None, None
        lengths = (4, 5, 6)  # of a group, a class, a sub-class
        return section_of[read[:2]], read[:2], *(read[:n] if len(read) >= n else None for n in lengths)

    rows = {code: ancestors(code) for code in _distinct(codes)}
    columns = {
        level: pd.Series(codes.map({code: row[n] for code, row in rows.items()}), dtype="str")
        for n, level in enumerate(LEVELS)
    }
    return pd.DataFrame(columns, index=codes.index)


def naf_label(code: str, language: str = "fr", short: bool = True, *, version: str = "rev2") -> str | None:
    """Label of a code of any level, or None if unknown. In rev. 2, French stands in for English below divisions."""
    status, read = _read(code, version)
    if status not in ("ok", "partial") or read is None:
        return None
    return _naf_labels(version, _language(language), short).get(read)


def load_legal_forms() -> pd.DataFrame:
    """INSEE legal forms: code (1, 2 or 4 digits), label_fr, label_en, short_fr (`SARL`, missing where not usual)."""
    return _table("legal_forms").copy()


def label_legal_form(code: str, language: str = "fr", short: bool = False) -> str | None:
    """Label of a legal form (`5499`, `5499.0`), by its level II when level III is not shipped, or None.

    `short` gives the usual French abbreviation (SARL, SAS, SCI), in every language; the label where there is none.
    """
    labels = _labels("legal_forms", f"label_{_language(language)}")
    digits = _plain(code)
    known = next((part for part in (digits, digits[:2]) if part in labels), "")
    abbreviation = _labels("legal_forms", "short_fr").get(known) if short else None
    return abbreviation or labels.get(known)


def load_headcount_bands() -> pd.DataFrame:
    """Headcount bands of Sirene: code (`NN`, `00` to `53`), lower, upper (missing where open) and labels."""
    bands = _table("headcount_bands").copy()
    return bands.assign(lower=bands["lower"].astype("Int64"), upper=bands["upper"].astype("Int64"))


def label_headcount(code: str, language: str = "fr", short: bool = False) -> str | None:
    """Label of a headcount band (`12`, `NN`, or `1` for `01`), or None if unknown."""
    kind = "short" if short else "label"
    return _labels("headcount_bands", f"{kind}_{_language(language)}").get(_plain(code).zfill(2))


def load_departements() -> pd.DataFrame:
    """Départements and overseas collectivities: code, label, region_code, region (missing for collectivities)."""
    return _table("departements").copy()


def departements_of_postcodes(postcodes: pd.Series) -> pd.Series:
    """Département codes of French postcodes: `84200.0` → 84, `1000` → 01, `20200` → 2B; missing if not one.

    A handful of communes are served by the post office of the next département: exact to the town, not to the border.
    """
    known = _labels("departements", "label")

    def departement(postcode: str) -> str | None:
        digits = _plain(postcode).zfill(5) if len(_plain(postcode)) == 4 else _plain(postcode)
        if not re.fullmatch("[0-9]{5}", digits):
            return None
        code = digits[:3] if digits[:2] in ("97", "98") else digits[:2]
        if code == "20":
            code = "2A" if digits[2] in "01" else "2B"
        code = {"97133": "977", "97150": "978"}.get(digits, code)
        return code if code in known else None

    return _mapped(postcodes, departement)


@cache
def _table(name: str) -> pd.DataFrame:
    """One file of the package, every column as text."""
    with (files("riskkit.companies") / "nomenclature_data" / f"{name}.csv").open("rb") as stream:
        return pd.read_csv(stream, dtype="str", keep_default_na=False, na_values=[""], encoding="utf-8")


@cache
def _naf(version: str) -> pd.DataFrame:
    if version not in VERSIONS:
        known = ", ".join(VERSIONS)
        raise UsageError(message("Unknown NAF version {version}; use one of: {known}.", version=version, known=known))
    naf = _table(f"naf_{version}")
    if version == "rev2":  # sections and divisions have display labels of our own, the rest INSEE's 40 characters
        display = _table("naf_rev2_short").set_index("code")
        naf = naf.assign(
            short_fr=naf["short_fr"].fillna(naf["code"].map(display["short_fr"])),
            short_en=naf["code"].map(display["short_en"]),
        )
    columns = ["code", "level", "label_fr", "label_en", "short_fr", "short_en", "parent"]
    return naf.assign(level=naf["level"].astype("int64"))[columns]


@cache
def _codes(version: str) -> frozenset[str]:
    return frozenset(_naf(version)["code"])


@cache
def _naf_labels(version: str, language: str, short: bool) -> dict[str, str]:
    naf, kind = _naf(version), "short" if short else "label"
    labels = naf[f"{kind}_{language}"].fillna(naf[f"{kind}_fr"])
    return dict(zip(naf["code"][labels.notna()], labels.dropna(), strict=True))


@cache
def _labels(name: str, column: str) -> dict[str, str]:
    """Code → text of one column, without the codes that have none."""
    return dict(_table(name).dropna(subset=[column]).set_index("code")[column])


@lru_cache(maxsize=65_536, typed=True)
def _read(code: str, version: str) -> tuple[str, str | None]:
    """Status of a code (see `naf_status`) and the code as INSEE prints it, dots in place."""
    printed = re.sub(r"\s", "", str(code)).upper()
    bare = printed.replace(".", "")
    if _NO_CODE.fullmatch(bare) or _NO_CODE.fullmatch(printed):
        return "missing", None
    dotted = printed if len(bare) < 4 else f"{bare[:2]}.{bare[2:]}"
    if _SUBCLASS.fullmatch(bare):
        for candidate in (version, *(v for v in VERSIONS if v != version)):
            if _is_subclass(dotted, candidate):
                return ("ok" if candidate == version else candidate), dotted
        return "unknown", None
    if _REV1.fullmatch(bare):
        return "rev1", None
    return ("partial", dotted) if dotted in _codes(version) else ("unknown", None)


def _is_subclass(dotted: str, version: str) -> bool:
    if version == "rev2":
        return dotted in _codes("rev2")
    return dotted[-1] in _ENDINGS_2025 and dotted[:5] in _codes("2025")


def _language(language: str) -> str:
    """The two letters of a locale that has labels, French being the rule."""
    return "en" if language.lower().startswith("en") else "fr"


def _plain(code: object) -> str:
    """Text of a code, without the `.0` that a spreadsheet may have added."""
    return str(code).strip().upper().removesuffix(".0")


def _distinct(codes: pd.Series) -> list[str]:
    return [code for code in codes.unique() if pd.notna(code)]


def _mapped(codes: pd.Series, function: Callable[[str], str | None]) -> pd.Series:
    """`function` of each distinct code, spread over the rows; missing stays missing."""
    return pd.Series(codes.map({code: function(code) for code in _distinct(codes)}), codes.index, dtype="str")
