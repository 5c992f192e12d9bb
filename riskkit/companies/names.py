"""Company names reduced to what tells companies apart: no accents, legal forms or empty words, abbreviations open.

`read_name` does one name, for the comparison of a few candidates. `tokens_sql` does a coarser reading inside DuckDB,
for the millions of names among which candidates are looked for; both sides of that search use it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LEGAL_FORMS = {
    "SARL": "54", "SARLU": "54", "EURL": "54", "SELARL": "54", "SELARLU": "54", "SA": "55", "SCOP": "",
    "SAS": "57", "SASU": "57", "SELAS": "57", "SELASU": "57", "SNC": "52", "SCS": "53", "SCA": "53", "SCI": "65",
    "SCM": "65", "SCP": "65", "SCCV": "65", "GAEC": "65", "EARL": "65", "SCEA": "65", "GFA": "65", "EI": "10",
    "EIRL": "10", "GIE": "62", "ASSOCIATION": "92", "ASSOC": "92", "ASSO": "92", "ASS": "92", "SCIC": "", "SEM": "",
    "SAEM": "55", "SEML": "55", "SPL": "55", "SE": "58", "SICA": "", "SC": "65", "SCPI": "65", "SPFPL": "",
}  # fmt: skip
"""Legal forms met in names, and the level II INSEE code each implies (blank where several are possible)."""

_FOREIGN_FORMS = frozenset(
    [
        "GMBH",
        "LTD",
        "LIMITED",
        "INC",
        "INCORPORATED",
        "CORP",
        "CORPORATION",
        "LLC",
        "LLP",
        "PLC",
        "CO",
        "BV",
        "NV",
        "SPA",
        "SRL",
        "SL",
        "KG",
        "OY",
        "AB",
        "AS",
        "APS",
    ]
)
_COMPANY_WORDS = frozenset(
    [
        "SOCIETE",
        "STE",
        "SOC",
        "ETABLISSEMENTS",
        "ETABLISSEMENT",
        "ETS",
        "ETB",
        "ETAB",
        "COMPAGNIE",
        "CIE",
        "ENTREPRISE",
        "ENT",
        "MAISON",
    ]
)
_TITLES = frozenset(["M", "MR", "MME", "MLLE", "MONSIEUR", "MADAME", "MADEMOISELLE"])
_EMPTY = frozenset(
    [
        "A",
        "AU",
        "AUX",
        "D",
        "DE",
        "DES",
        "DU",
        "EN",
        "ET",
        "L",
        "LA",
        "LE",
        "LES",
        "N",
        "POUR",
        "PAR",
        "SUR",
        "UN",
        "UNE",
        "THE",
        "OF",
        "AND",
    ]
)
_IGNORED = frozenset(LEGAL_FORMS) | _FOREIGN_FORMS | _COMPANY_WORDS | _TITLES | _EMPTY
_PHRASES = re.compile(
    r"\b(?:SOCIETE|STE) (?:A RESPONSABILITE LIMITEE|ANONYME|PAR ACTIONS SIMPLIFIEE(?: UNIPERSONNELLE)?|CIVILE"
    r"(?: IMMOBILIERE)?|EN NOM COLLECTIF|EN COMMANDITE(?: SIMPLE| PAR ACTIONS)?|COOPERATIVE)\b"
    r"|\bENTREPRISE UNIPERSONNELLE A RESPONSABILITE LIMITEE\b|\bA RESPONSABILITE LIMITEE\b"
    r"|\bGROUPEMENT D INTERET ECONOMIQUE\b|\bD INTERET COLLECTIF\b|\bASSOCIATION LOI (?:DE )?1901\b"
)
ABBREVIATIONS = {
    "ADMINIST": "ADMINISTRATION", "AGRI": "AGRICOLE", "ALIM": "ALIMENTATION", "AMENAGT": "AMENAGEMENT",
    "APPLI": "APPLICATION", "ARCHI": "ARCHITECTURE", "ASSUR": "ASSURANCE", "BAT": "BATIMENT", "BATIMT": "BATIMENT",
    "CHARP": "CHARPENTE", "CHAUF": "CHAUFFAGE", "COM": "COMMUNICATION", "CONST": "CONSTRUCTION",
    "CONSTR": "CONSTRUCTION", "COUV": "COUVERTURE", "DEV": "DEVELOPPEMENT", "DEVELOPPT": "DEVELOPPEMENT",
    "DISTRI": "DISTRIBUTION", "DISTRIB": "DISTRIBUTION", "DPT": "DEPARTEMENT", "ELEC": "ELECTRICITE",
    "EQUIPT": "EQUIPEMENT", "FAB": "FABRICATION", "FCE": "FRANCE", "GAL": "GENERAL",
    "GALE": "GENERALE", "GEN": "GENERALE", "GRP": "GROUPE", "GPE": "GROUPE", "GPT": "GROUPEMENT", "HLDG": "HOLDING",
    "IMMO": "IMMOBILIER", "IND": "INDUSTRIE", "INDUS": "INDUSTRIE", "INFO": "INFORMATIQUE", "INGE": "INGENIERIE",
    "INTER": "INTERNATIONAL", "INTL": "INTERNATIONAL", "INTERNAT": "INTERNATIONAL", "LOC": "LOCATION",
    "MAINT": "MAINTENANCE", "MANUT": "MANUTENTION", "MAT": "MATERIEL", "MECA": "MECANIQUE", "MENUIS": "MENUISERIE",
    "MGT": "MANAGEMENT", "NAL": "NATIONAL", "NLE": "NOUVELLE", "NVLLE": "NOUVELLE", "ORGA": "ORGANISATION",
    "PARTIC": "PARTICIPATION", "PLOMB": "PLOMBERIE", "PREFA": "PREFABRICATION", "PROD": "PRODUCTION",
    "REG": "REGIONAL", "REST": "RESTAURANT", "SCE": "SERVICE", "SCES": "SERVICE", "SERV": "SERVICE",
    "ST": "SAINT", "STES": "SAINTE", "SYST": "SYSTEME", "TECH": "TECHNIQUE", "TECHNO": "TECHNOLOGIE",
    "TRANSP": "TRANSPORT", "TPTS": "TRANSPORT", "TRAV": "TRAVAUX", "TRVX": "TRAVAUX", "TX": "TRAVAUX",
    "UNIV": "UNIVERSITE",
}  # fmt: skip
"""Usual abbreviations of the words of company names, after the plural is dropped from the long form."""

_LIGATURES = str.maketrans({"Œ": "OE", "œ": "oe", "Æ": "AE", "æ": "ae", "ß": "ss", "Ø": "O", "ø": "o", "Ł": "L"})
_DOTTED = re.compile(r"(?<![A-Z0-9])(?:[A-Z]\.){1,}[A-Z]?(?![A-Z0-9])")
_SINGLE_LETTERS = re.compile(r"(?<![A-Z0-9])(?:[A-Z] ){2,}[A-Z](?![A-Z0-9])")


@dataclass(frozen=True)
class Name:
    """One name, read: its telling words, the same without spaces, its initials, and the legal form it states."""

    tokens: tuple[str, ...]
    compact: str
    initials: str
    legal_form: str
    is_cut: bool


def fold(text: str) -> str:
    """Upper case, without accents or ligatures; punctuation becomes a space, `&` becomes ET, `S.A.R.L.` SARL."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    plain = "".join(mark for mark in decomposed if not unicodedata.combining(mark)).upper()
    plain = _DOTTED.sub(lambda match: match[0].replace(".", ""), plain)
    plain = re.sub("[^A-Z0-9]+", " ", plain.replace("&", " ET ")).strip()
    return _SINGLE_LETTERS.sub(lambda match: match[0].replace(" ", ""), plain)


def singular(word: str) -> str:
    """The word without the mark of its plural, when it is long enough to have one."""
    return word[:-1] if len(word) > 4 and word[-1] in "SX" and word[-2:] != "SS" else word


@lru_cache(maxsize=262_144)
def read_name(text: str) -> Name:
    """A company name, read.

    From: the name as a file gives it.
    To:   a `Name`; when nothing but a legal form or empty words is there (`LES`, `SCI`), they are what is kept.
    """
    folded = fold(text)
    bare = _PHRASES.sub(" ", folded)
    words = bare.split() or folded.split()
    forms = [LEGAL_FORMS[word] for word in words if word in LEGAL_FORMS]
    kept = [word for word in words if word not in _IGNORED] or [word for word in words if word not in _EMPTY] or words
    tokens = tuple(dict.fromkeys(ABBREVIATIONS.get(word, singular(word)) for word in kept))
    tokens = tuple(singular(token) for token in tokens)
    return Name(
        tokens=tokens,
        compact="".join(kept),
        initials="".join(token[0] for token in tokens) if len(tokens) > 2 else "",
        legal_form=next((form for form in forms if form), "") or _phrase_form(folded),
        is_cut=len(text.strip()) in (20, 24, 25, 29, 30, 31, 32, 34, 35, 36, 38, 40),
    )


def aliases(text: str) -> list[str]:
    """The names one text holds: `DINUM (DIRECTION DU NUMERIQUE)` is two, and the whole."""
    inside = re.findall(r"\(([^()]{2,})\)?", text)
    outside = re.sub(r"\([^()]*\)?", " ", text).strip()
    return list(dict.fromkeys(part.strip() for part in (text, outside, *inside) if part.strip()))


def tokens_sql(column: str) -> str:
    """DuckDB expression: the telling words of a name column, as a list; all its words when none of them tells."""
    plain = f"upper(strip_accents(replace(replace({column}, 'œ', 'oe'), 'Œ', 'OE')))"
    joined = f"regexp_replace({plain}, '\\b([A-Z])\\.', '\\1', 'g')"  # S.A.R.L. is one word
    folded = f"regexp_replace({joined}, '[^A-Z0-9]+', ' ', 'g')"
    ignored = "|".join(sorted(_IGNORED, key=len, reverse=True))
    told = f"trim(regexp_replace({folded}, '\\b(?:{ignored})\\b ?', '', 'g'))"
    kept = f"coalesce(nullif({told}, ''), trim({folded}))"
    return f"string_split(regexp_replace({kept}, '([A-Z0-9]{{3}}[A-RT-Z0-9])[SX]\\b', '\\1', 'g'), ' ')"


def _phrase_form(folded: str) -> str:
    """Level II code of a legal form written in full, or blank."""
    for words, code in (
        ("RESPONSABILITE LIMITEE", "54"),
        ("ACTIONS SIMPLIFIEE", "57"),
        ("SOCIETE ANONYME", "55"),
        ("CIVILE", "65"),
        ("NOM COLLECTIF", "52"),
        ("INTERET ECONOMIQUE", "62"),
        ("LOI 1901", "92"),
    ):
        if words in folded:
            return code
    return ""
