"""French postal addresses: the postcode, town and street of one line, made comparable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from riskkit.companies.names import fold

_STREET_TYPES = {
    "ALL": "ALLEE", "ALLEES": "ALLEE", "AV": "AVENUE", "AVE": "AVENUE", "BD": "BOULEVARD", "BLD": "BOULEVARD",
    "BLVD": "BOULEVARD", "BVD": "BOULEVARD", "CHE": "CHEMIN", "CHEM": "CHEMIN", "CH": "CHEMIN", "CRS": "COURS",
    "FBG": "FAUBOURG", "FG": "FAUBOURG", "IMP": "IMPASSE", "LOT": "LOTISSEMENT", "PAS": "PASSAGE", "PL": "PLACE",
    "QU": "QUAI", "R": "RUE", "RES": "RESIDENCE", "RPT": "ROND POINT", "RTE": "ROUTE", "SQ": "SQUARE",
    "VLA": "VILLA", "LD": "LIEU DIT", "PROM": "PROMENADE", "TRA": "TRAVERSE", "ESP": "ESPLANADE",
}  # fmt: skip
_WORDS = {"ST": "SAINT", "STE": "SAINTE", "GAL": "GENERAL", "GEN": "GENERAL", "MAL": "MARECHAL", "CDT": "COMMANDANT",
          "PDT": "PRESIDENT", "DR": "DOCTEUR", "PR": "PROFESSEUR", "CAP": "CAPITAINE", "COL": "COLONEL"}  # fmt: skip
_EMPTY = frozenset(
    ["A", "AU", "AUX", "D", "DE", "DES", "DU", "EN", "ET", "L", "LA", "LE", "LES", "BIS", "TER", "B", "C"]
)
_KINDS = frozenset(word for kind in _STREET_TYPES.values() for word in kind.split())
_POSTCODE = re.compile(r"(?<![0-9])(?:F ?)?([0-9]{2} ?[0-9]{3})(?![0-9])")
_CEDEX = re.compile(r"\bCEDEX\b.*$")
_DISTRICT = re.compile(r"\b(PARIS|LYON|MARSEILLE)\b.*$")
_COUNTRY = re.compile(r"\s+(?:FRANCE|FR)$")


@dataclass(frozen=True)
class Address:
    """An address, read: five-digit postcode, town without its district or CEDEX, street; blank where unknown."""

    postcode: str
    town: str
    street: str
    number: str
    street_words: frozenset[str]
    street_type: str = ""


@lru_cache(maxsize=262_144)
def read_address(address: str, postcode: str = "", town: str = "") -> Address:
    """An address from its line and, where a file has them, its postcode and town, which win over the line.

    From: text; `84200.0`, `1000` (a leading zero lost), `F-75008` are postcodes; `75384 PARIS CEDEX 08` is Paris.
    To:   an `Address`. The last five digits that follow nothing but a street and precede a town are the postcode.
    """
    line = fold(address)
    found = list(_POSTCODE.finditer(line))
    # A town follows its postcode; "10000 HABITANTS" inside a street name is rare, so the last one is taken.
    match = next((m for m in reversed(found) if re.match(r" ?[A-Z]", line[m.end() :])), found[-1] if found else None)
    street, code, place = line, "", ""
    if match:
        street, code = line[: match.start()].strip(), match[1].replace(" ", "")
        place = _COUNTRY.sub("", line[match.end() :].strip())
    known_code = read_postcode(postcode) or code
    known_town = read_town(town) or read_town(place)
    if not match and known_town and street.endswith(known_town):
        street = street[: -len(known_town)].strip()
    number = re.match(r"[0-9]+", street)
    words = [_WORDS.get(word, word) for word in street.split()]
    words = [part for word in words for part in _STREET_TYPES.get(word, word).split()]
    telling = frozenset(word for word in words if word not in _EMPTY and word not in _KINDS and not word.isdigit())
    kind = next((word for word in words if word in _KINDS), "")
    return Address(known_code, known_town, " ".join(words), number[0] if number else "", telling, kind)


def read_postcode(postcode: str) -> str:
    """Five digits, or blank: `84200.0`, `F-84200`, `84 200`; four digits lost their zero."""
    digits = re.sub(r"\.0+$", "", postcode.strip())
    digits = re.sub(r"[\s\u00a0-]|^F", "", digits.upper())
    if not re.fullmatch("[0-9]{4,5}", digits):
        return ""
    return digits.zfill(5)


@lru_cache(maxsize=65_536)
def read_town(town: str) -> str:
    """A town made comparable: no accents, CEDEX or district, `ST` and `STE` opened: `St-Étienne Cedex 2`."""
    plain = _CEDEX.sub("", fold(town)).strip()
    plain = re.sub(r"^[0-9]{5} ", "", plain)
    plain = _DISTRICT.sub(r"\1", plain) if _DISTRICT.match(plain) else plain
    return " ".join(_WORDS.get(word, word) if word in ("ST", "STE") else word for word in plain.split())


def town_sql(column: str) -> str:
    """DuckDB expression of `read_town`, near enough to look candidates up."""
    plain = f"trim(regexp_replace(upper(strip_accents({column})), '[^A-Z0-9]+', ' ', 'g'))"
    plain = f"trim(regexp_replace({plain}, '\\bCEDEX\\b.*$', ''))"
    plain = f"regexp_replace({plain}, '^(PARIS|LYON|MARSEILLE)\\b.*$', '\\1')"
    return f"regexp_replace(regexp_replace({plain}, '\\bST\\b', 'SAINT', 'g'), '\\bSTE\\b', 'SAINTE', 'g')"


def door(address: Address) -> str:
    """The house number and the last word of the street (`12 ECOLES`), however spelled; blank without both."""
    last = address.street.split()[-1:]
    return f"{address.number} {last[0]}" if address.number and last and last[0] != address.number else ""


def door_sql(column: str) -> str:
    """DuckDB expression of `door` for a street as a register writes it."""
    return f"upper(split_part({column}, ' ', 1) || ' ' || split_part({column}, ' ', -1))"
