"""Sectors, towns and invented names of the sample portfolio. No name below is taken from a company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Division:
    """A NAF rev. 2 division that buys: real sub-classes, its share of sales, first words of its members' names."""

    section: str
    naf_codes: tuple[str, ...]
    sales_share: float
    trades: tuple[str, ...]


DIVISIONS = (
    Division("F", ("41.20A", "41.20B"), 0.050, ("Constructions", "Bâtiments", "Maisons")),
    Division("F", ("42.11Z", "42.99Z"), 0.030, ("Travaux Publics", "Terrassements", "Voirie")),
    Division(
        "F",
        ("43.21A", "43.22A", "43.32A", "43.91A", "43.99C"),
        0.120,
        ("Menuiserie", "Charpentes", "Électricité", "Plomberie", "Maçonnerie", "Couverture"),
    ),
    Division("C", ("10.13A", "10.71A"), 0.040, ("Salaisons", "Biscuiterie", "Conserverie")),
    Division("C", ("16.23Z", "16.24Z"), 0.040, ("Scierie", "Bois et Dérivés", "Emballages")),
    Division("C", ("22.21Z", "22.29A"), 0.060, ("Plasturgie", "Thermoformage", "Polymères")),
    Division("C", ("23.61Z", "23.63Z"), 0.030, ("Bétons", "Préfabriqués", "Matériaux")),
    Division("C", ("25.11Z", "25.50A", "25.62B"), 0.130, ("Mécanique", "Usinage", "Tôlerie", "Chaudronnerie")),
    Division("C", ("27.12Z", "27.90Z"), 0.040, ("Électrotechnique", "Coffrets", "Bobinage")),
    Division("C", ("28.22Z", "28.29B", "28.41Z"), 0.110, ("Machines", "Levage", "Équipements")),
    Division("C", ("31.01Z", "31.09B"), 0.030, ("Ameublement", "Agencement", "Mobilier")),
    Division("C", ("33.11Z", "33.12Z", "33.20A"), 0.060, ("Maintenance", "Montage", "Atelier")),
    Division("E", ("38.11Z", "38.32Z"), 0.025, ("Recyclage", "Récupération", "Métaux")),
    Division("G", ("45.20A", "45.31Z"), 0.030, ("Garage", "Carrosserie", "Pièces Auto")),
    Division(
        "G", ("46.62Z", "46.69B", "46.73A", "46.74A"), 0.110, ("Négoce", "Fournitures", "Outillage", "Quincaillerie")
    ),
    Division("H", ("49.41A", "49.41B"), 0.035, ("Transports", "Messagerie", "Affrètement")),
    Division("M", ("71.12A", "71.12B"), 0.025, ("Ingénierie", "Études", "Bureau Technique")),
    Division("N", ("77.32Z", "77.39Z"), 0.020, ("Location", "Matériels", "Nacelles")),
    Division("N", ("81.22Z",), 0.015, ("Propreté", "Nettoyage", "Entretien")),
)

LEGAL_FORMS = ("SARL", "SAS", "SA", "EURL")
LEGAL_FORM_SHARES = (0.42, 0.36, 0.08, 0.14)
HEADCOUNT_BANDS = ("01", "02", "03", "11", "12", "21", "22", "31")
PAYMENT_METHODS = ("Virement", "LCR", "Chèque", "Prélèvement")
PAYMENT_METHOD_SHARES = (0.68, 0.17, 0.10, 0.05)


@dataclass(frozen=True)
class Region:
    """A French region, its share of customers, the sales team that covers it, and some of its towns."""

    name: str
    share: float
    team: str
    towns: tuple[tuple[str, str], ...]


REGIONS = (
    Region("Auvergne-Rhône-Alpes", 0.22, "Équipe Sud-Est", (("69100", "Villeurbanne"), ("42000", "Saint-Étienne"),
           ("01000", "Bourg-en-Bresse"), ("74000", "Annecy"), ("26000", "Valence"))),
    Region("Île-de-France", 0.16, "Équipe Nord", (("94000", "Créteil"), ("92230", "Gennevilliers"), ("77100", "Meaux"),
           ("91000", "Évry-Courcouronnes"))),
    Region("Pays de la Loire", 0.10, "Équipe Ouest", (("49300", "Cholet"), ("44600", "Saint-Nazaire"),
           ("72000", "Le Mans"), ("85000", "La Roche-sur-Yon"))),
    Region("Hauts-de-France", 0.09, "Équipe Nord", (("59100", "Roubaix"), ("80000", "Amiens"), ("62300", "Lens"))),
    Region("Grand Est", 0.09, "Équipe Est", (("68100", "Mulhouse"), ("51100", "Reims"), ("57000", "Metz"))),
    Region("Nouvelle-Aquitaine", 0.08, "Équipe Sud-Ouest", (("33700", "Mérignac"), ("87000", "Limoges"),
           ("79000", "Niort"))),
    Region("Occitanie", 0.08, "Équipe Sud-Ouest", (("31770", "Colomiers"), ("30000", "Nîmes"), ("81000", "Albi"),
           ("65000", "Tarbes"))),
    Region("Bretagne", 0.06, "Équipe Ouest", (("29200", "Brest"), ("56100", "Lorient"), ("22000", "Saint-Brieuc"))),
    Region("Provence-Alpes-Côte d'Azur", 0.05, "Équipe Sud-Est", (("13400", "Aubagne"), ("06000", "Nice"),
           ("84000", "Avignon"))),
    Region("Bourgogne-Franche-Comté", 0.04, "Équipe Est", (("21000", "Dijon"), ("90000", "Belfort"),
           ("71200", "Le Creusot"))),
    Region("Centre-Val de Loire", 0.03, "Équipe Nord", (("41000", "Blois"), ("45000", "Orléans"),
           ("36000", "Châteauroux"))),
)  # fmt: skip

_FIRST = (
    "Val", "Bré", "Mor", "Cor", "Lan", "Sau", "Tré", "Ver", "Ro", "Mar", "Cha", "Fon", "Gri", "Her", "Jar", "Lou",
    "Mon", "Nan", "Or", "Per", "Quin", "Ri", "Sor", "Thi", "Vau", "Bel", "Cas", "Du", "Es", "Fla",
)  # fmt: skip
_LAST = (
    "lonne", "vaux", "nancé", "delle", "tigny", "gnac", "rieux", "morel", "bazan", "court", "lière", "sange", "touvre",
    "vigne", "zelle", "chant", "drac", "ferrand", "guet", "rive", "ssac", "theuil", "vonne", "mette", "pierre", "ronde",
)  # fmt: skip
_STREETS = ("rue des Forges", "rue de la Gare", "avenue de l'Industrie", "ZA des Peupliers", "rue du Moulin",
            "boulevard des Artisans", "impasse des Tanneurs", "ZI Nord", "chemin du Canal",
            "rue des Acacias")  # fmt: skip

CATCH_ALL = (("9DIVERS", "CLIENTS DIVERS"), ("9COMPT", "DIVERS COMPTOIR"))


def place_names(rng: np.random.Generator, count: int) -> list[str]:
    """Invented names that sound like a French place (Vallonne, Brévaux)."""
    first, last = rng.integers(0, len(_FIRST), count).tolist(), rng.integers(0, len(_LAST), count).tolist()
    return [_FIRST[a] + _LAST[b] for a, b in zip(first, last, strict=True)]


def business_names(rng: np.random.Generator, division: npt.NDArray[np.int64], forms: list[str]) -> list[str]:
    """Business names with their legal form, each once: a trade of the division and an invented place or pair."""
    count = len(forms)
    places, seconds = place_names(rng, count), place_names(rng, count)
    trade = rng.random(count)
    style = rng.random(count)
    taken: set[str] = set()
    names = []
    for row, index in enumerate(division.tolist()):
        trades = DIVISIONS[index].trades
        word = trades[int(trade[row] * len(trades))]
        link = "" if style[row] < 0.6 else ("de " if style[row] < 0.8 else "du ")
        name = f"{word} {link}{places[row]}"
        while name in taken:
            name = f"{name} {seconds[row]}" if seconds[row] not in name else f"{name} {row}"
        taken.add(name)
        names.append(f"{forms[row]} {name}" if style[row] < 0.15 else f"{name} {forms[row]}")
    return names


def addresses(rng: np.random.Generator, count: int) -> list[str]:
    """Address lines: a number and a street."""
    number, street = rng.integers(1, 140, count).tolist(), rng.integers(0, len(_STREETS), count).tolist()
    return [f"{n} {_STREETS[s]}" if not _STREETS[s].startswith("Z") else f"{_STREETS[s]}, lot {n}"
            for n, s in zip(number, street, strict=True)]  # fmt: skip


def luhn_key(body: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Last digit that makes a body of eight digits a valid SIREN."""
    total = np.zeros_like(body)
    for position in range(8):
        digit = body // 10**position % 10
        doubled = digit * 2 if position % 2 == 0 else digit
        total += doubled // 10 + doubled % 10
    return (10 - total % 10) % 10


def sirens(number: npt.NDArray[np.int64], seed: int) -> list[str]:
    """SIREN numbers, one per customer number, Luhn-valid and distinct, in ranges that look never attributed.

    Most are 99x xxx xxx; one customer in 25 gets 099 xxx xxx, whose zero a spreadsheet loses. Past 900,000 customers
    the range 9x is used.
    """
    body = np.where(number < 900_000, 99_000_000 + (number * 7919 + seed) % 990_000, 90_000_000 + number - 900_000)
    small = (number % 25 == 7) & (number < 2_250_000)
    body = np.where(small, 9_900_000 + (number // 25 * 7919 + seed) % 99_991, body)
    return [f"{value:09d}" for value in (body * 10 + luhn_key(body)).tolist()]
