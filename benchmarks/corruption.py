"""Company names and addresses spoiled the way a client's accounting file spoils them, from a seed."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass

TOWNS = """75001 PARIS 8|75008 PARIS 14|75011 PARIS 10|75015 PARIS 10|92100 BOULOGNE BILLANCOURT 5|92000 NANTERRE 4
93200 SAINT DENIS 4|94000 CRETEIL 3|78000 VERSAILLES 3|91000 EVRY COURCOURONNES 2|95000 CERGY 2|77100 MEAUX 2
69003 LYON 8|69007 LYON 5|69100 VILLEURBANNE 4|13001 MARSEILLE 6|13008 MARSEILLE 6|13100 AIX EN PROVENCE 4
31000 TOULOUSE 9|33000 BORDEAUX 8|44000 NANTES 8|59000 LILLE 7|67000 STRASBOURG 6|34000 MONTPELLIER 6
35000 RENNES 5|06000 NICE 6|38000 GRENOBLE 4|83000 TOULON 3|42000 SAINT ETIENNE 3|76600 LE HAVRE 2|51100 REIMS 2
21000 DIJON 2|49000 ANGERS 2|63000 CLERMONT FERRAND 2|29200 BREST 2|37000 TOURS 2|87000 LIMOGES 2|80000 AMIENS 2
57000 METZ 2|25000 BESANCON 1|66000 PERPIGNAN 2|45000 ORLEANS 2|68100 MULHOUSE 1|14000 CAEN 1|54000 NANCY 1
76000 ROUEN 1|84000 AVIGNON 1|86000 POITIERS 1|17000 LA ROCHELLE 1|64000 PAU 1|56000 VANNES 1|29000 QUIMPER 1
74000 ANNECY 2|73000 CHAMBERY 1|26000 VALENCE 1|30000 NIMES 1|11100 NARBONNE 1|85000 LA ROCHE SUR YON 1
72000 LE MANS 1|22000 SAINT BRIEUC 1|53000 LAVAL 1|88000 EPINAL 1|10000 TROYES 1|02100 SAINT QUENTIN 1
62000 ARRAS 1|97400 SAINT DENIS 1|97200 FORT DE FRANCE 1|20000 AJACCIO 1|81100 CASTRES 1|47200 MARMANDE 1
12200 VILLEFRANCHE DE ROUERGUE 1|24000 PERIGUEUX 1|40000 MONT DE MARSAN 1|39000 LONS LE SAUNIER 1
01000 BOURG EN BRESSE 1|71100 CHALON SUR SAONE 1"""
STREETS = """DE LA REPUBLIQUE|DE LA GARE|VICTOR HUGO|JEAN JAURES|DU GENERAL DE GAULLE|GAMBETTA|PASTEUR|DES LILAS
DU MOULIN|DE PARIS|JULES FERRY|DE L EGLISE|EMILE ZOLA|DU MARECHAL FOCH|LOUIS PASTEUR|DES ACACIAS
DE VERDUN|DU 8 MAI 1945|NATIONALE|DU STADE|DES PRES|CARNOT|ARISTIDE BRIAND|VOLTAIRE|DE LA FONTAINE
JEAN MOULIN|DES ECOLES|SAINT MARTIN|DE LYON|THIERS|DE LA PAIX|GUSTAVE EIFFEL|DES ARTISANS|DE L INDUSTRIE
DES CHARMES|LAMARTINE|DE BRETAGNE|DU COMMERCE|MARIE CURIE|DES TILLEULS"""
STREET_TYPES = ("RUE", "RUE", "RUE", "RUE", "AVENUE", "BOULEVARD", "PLACE", "CHEMIN", "ROUTE", "IMPASSE", "ALLEE")
SHORT = {
    "SOCIETE": "STE", "ETABLISSEMENTS": "ETS", "COMPAGNIE": "CIE", "ASSOCIATION": "ASS", "GENERALE": "GALE",
    "NOUVELLE": "NLE", "TRANSPORTS": "TRANSP", "TRANSPORT": "TPT", "CONSTRUCTION": "CONSTR", "SERVICES": "SCES",
    "SERVICE": "SERV", "INFORMATIQUE": "INFO", "COMMUNICATION": "COM", "DEVELOPPEMENT": "DEV", "GROUPE": "GPE",
    "INTERNATIONAL": "INTL", "FRANCE": "FCE", "TECHNOLOGIES": "TECHNO", "TECHNOLOGIE": "TECH", "NUMERIQUE": "NUM",
    "TECHNIQUE": "TECH", "TECHNIQUES": "TECH", "SAINT": "ST", "SAINTE": "STE", "FORMATION": "FORM",
    "CONSEIL": "CONS", "SOLUTIONS": "SOL", "SYSTEMES": "SYST", "SYSTEME": "SYST", "AVENUE": "AV", "BOULEVARD": "BD",
    "PLACE": "PL", "CHEMIN": "CHE", "ROUTE": "RTE", "ALLEE": "ALL", "IMPASSE": "IMP", "GENERAL": "GAL", "RUE": "R",
}  # fmt: skip
FORMS = {"54": "SARL", "55": "SA", "57": "SAS", "92": "ASSOCIATION", "65": "SCI"}
KINDS = ("abbreviation", "no_accents", "typo", "legal_form", "word_order", "acronym", "truncated", "word_dropped")
PLACES = ("same", "same", "same", "same", "same", "old_address", "no_postcode", "no_street", "none", "none")
_KEYS = "AZERTYUIOP QSDFGHJKLM WXCVBN"


@dataclass(frozen=True)
class Spoiled:
    """A customer as a client's file holds it, and what was done to it."""

    name: str
    address: str
    postcode: str
    town: str
    kinds: tuple[str, ...]


def towns() -> tuple[list[tuple[str, str]], list[int]]:
    """Towns (postcode, name) and their weights."""
    rows = [entry.split() for entry in TOWNS.replace("\n", "|").split("|")]
    return [(row[0], " ".join(row[1:-1])) for row in rows], [int(row[-1]) for row in rows]


def streets() -> list[str]:
    """Names of streets, without their type."""
    return STREETS.replace("\n", "|").split("|")


def street(draw: random.Random) -> str:
    """A number, a type and a street."""
    return f"{draw.randint(1, 150)} {draw.choice(STREET_TYPES)} {draw.choice(streets())}"


def spoil(
    draw: random.Random, name: str, *, legal_form: str, acronym: str, address: str, postcode: str, town: str
) -> Spoiled:
    """One customer out of one company: up to three faults in its name, one in its place."""
    count = draw.choices((0, 1, 2, 3), (2, 4, 3, 1))[0]
    kinds = draw.sample(KINDS, count, counts=[6, 4, 6, 8, 3, 1, 3, 3]) if count else []
    done: list[str] = []
    text = name if draw.random() < 0.3 else name.upper()
    for kind in dict.fromkeys(kinds):
        changed = _spoil_name(draw, kind, text, legal_form, acronym)
        if changed != text:
            text, done = changed, [*done, kind]
    place = draw.choice(PLACES)
    line, code, city = _spoil_place(draw, place, address, postcode, town)
    if place != "same":
        done.append(place)
    return Spoiled(text, line, code, city, tuple(done))


def _spoil_name(draw: random.Random, kind: str, name: str, legal_form: str, acronym: str) -> str:
    words = name.split()
    if kind == "abbreviation":
        shorter = [SHORT.get(word.upper(), word) for word in words]
        if shorter == words and words and len(max(words, key=len)) > 8:
            longest = max(words, key=len)
            shorter = [word[: draw.randint(4, 6)] + "." if word == longest else word for word in words]
        return " ".join(shorter)
    if kind == "no_accents":
        plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
        return re.sub("[^A-Za-z0-9 ]", draw.choice((" ", "")), plain).strip() or name
    if kind == "typo":
        return _typo(draw, name)
    if kind == "legal_form":
        bare = [
            word for word in words if word.upper() not in ("SARL", "SAS", "SA", "ASSOCIATION", "ASS", "SASU", "EURL")
        ]
        if bare != words and bare:
            return " ".join(bare)
        form = FORMS.get(legal_form[:2], "SARL")
        return f"{form} {name}" if draw.random() < 0.5 else f"{name} {form}"
    if kind == "word_order" and len(words) > 1:
        turn = draw.randint(1, len(words) - 1)
        return " ".join(words[turn:] + words[:turn])
    if kind == "acronym":
        telling = [word for word in words if len(word) > 3]
        return acronym or ("".join(word[0] for word in telling) if len(telling) > 2 else name)
    if kind == "truncated":
        return name[:30].rstrip()
    if kind == "word_dropped" and len(words) > 3:
        drop = draw.randrange(len(words))
        return " ".join(word for index, word in enumerate(words) if index != drop)
    return name


def _typo(draw: random.Random, name: str) -> str:
    """One slip of the pen at a letter: doubled, missing, swapped with the next, or a neighbouring key."""
    letters = [index for index, mark in enumerate(name) if mark.isalpha()]
    if len(letters) < 4:
        return name
    at, slip = draw.choice(letters[1:]), draw.randrange(4)
    if slip == 0:
        return name[:at] + name[at] + name[at:]
    if slip == 1:
        return name[:at] + name[at + 1 :]
    if slip == 2 and at + 1 < len(name):
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    key = _KEYS.find(name[at].upper())
    return name[:at] + (_KEYS[key + 1 if key < 26 else key - 1].strip() or "E") + name[at + 1 :]


def _spoil_place(draw: random.Random, kind: str, address: str, postcode: str, town: str) -> tuple[str, str, str]:
    line = " ".join(SHORT.get(word, word) for word in address.split()) if draw.random() < 0.5 else address
    if kind == "old_address":
        line = street(draw)
        if draw.random() < 0.6:
            known, weights = towns()
            postcode, town = draw.choices(known, weights)[0]
    elif kind == "no_postcode":
        postcode = ""
    elif kind == "no_street":
        line = ""
    elif kind == "none":
        return "", "", ""
    if draw.random() < 0.3:  # the whole address on one line, as many exports have it
        return f"{line} {postcode} {town}".strip(), "", ""
    if draw.random() < 0.1 and town:
        town = f"{town} CEDEX {draw.randint(1, 9)}"
    return line, postcode, town.title() if draw.random() < 0.3 else town
