"""How much a customer and a company of the register look alike: one row of evidence per pair, each figure with a name.

Words weigh by their rarity in the register that is searched (ln of names ÷ names holding the word), so that sharing
MOULIN proves little and sharing KERAUDREN much, whatever the size of the register.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import ratio

from riskkit.companies.addresses import Address
from riskkit.companies.names import Name

EVIDENCE = (
    "constant",
    "same_name",
    "same_words",
    "same_name_rarity",
    "own_words_found",
    "their_words_found",
    "own_words_left",
    "their_words_left",
    "rarity",
    "doubtful_words",
    "likeness",
    "acronym",
    "cut_name",
    "place_same",
    "place_area",
    "place_differs",
    "street_same",
    "street_differs",
    "number_same",
    "street_type_differs",
    "form_same",
    "form_differs",
    "digits_differ",
)
"""Names of the figures that `compare` returns, in order."""


@dataclass(frozen=True)
class Party:
    """One side of a pair: its names (the legal one first), its addresses, and its legal form (level II, or blank)."""

    names: tuple[Name, ...]
    addresses: tuple[Address, ...]
    legal_form: str
    acronyms: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Agreement:
    """What two names share: weights of words found on both sides, of those left over, and the share that is inexact."""

    shared: float
    own_left: float
    their_left: float
    inexact: float

    @property
    def likeness(self) -> float:
        """Share of all words found on both sides, by weight."""
        total = 2 * self.shared + self.own_left + self.their_left
        return 2 * self.shared / total if total else 0.0


def compare(customer: Party, company: Party, *, rarity: Mapping[str, float], names: int) -> list[float]:
    """Evidence that a customer is a company, one figure for each name of `EVIDENCE`.

    From: both parties; rarity (word → ln of names ÷ names with the word); names, the size of the register.
    To:   figures around 0 to 1.
    """
    scale = math.log(max(names, 3))
    best, own, their = _best_names(customer, company, rarity, scale)
    same = bool(own.compact) and own.compact == their.compact
    known = best.shared + best.own_left
    other = best.shared + best.their_left
    expected = max(-1.0, min(1.5, (best.shared - scale) / 10))
    name = [
        1.0,
        float(same),
        float(not same and len(own.tokens) > 1 and set(own.tokens) == set(their.tokens)),
        expected if same else 0.0,
        best.shared / known if known else 0.0,
        best.shared / other if other else 0.0,
        min(best.own_left / 10, 3.0),
        min(best.their_left / 10, 3.0),
        expected,
        best.inexact / best.shared if best.shared else 1.0,
        max(_alike(own.compact, their.compact), _alike(_sorted_words(own), _sorted_words(their))),
        float(_is_acronym(customer, company, own)),
        float(own.is_cut and their.compact.startswith(own.compact) and len(own.compact) > 8 and not same),
    ]
    form = customer.legal_form and company.legal_form
    digits = [{token for token in side.tokens if token.isdigit()} for side in (own, their)]
    return [
        *name,
        *_place(customer.addresses[0], company.addresses),
        float(bool(form) and customer.legal_form == company.legal_form),
        float(bool(form) and customer.legal_form != company.legal_form),
        float(digits[0] != digits[1] and not own.is_cut),
    ]


def agree(own: Name, their: Name, *, rarity: Mapping[str, float], scale: float) -> Agreement:
    """The words two names share, exactly or nearly, weighed by rarity."""
    common = set(own.tokens) & set(their.tokens)
    shared = sum(rarity.get(token, scale) for token in common)
    inexact = own_left = 0.0
    left = [token for token in their.tokens if token not in common]
    cut = own.tokens[-1] if own.is_cut else ""
    for token in own.tokens:
        if token in common:
            continue
        scored = [(near(token, other, is_cut=token == cut), other) for other in left]
        likeness, other = max(scored, default=(0.0, ""))
        if likeness:
            weight = min(rarity.get(token, scale), rarity.get(other, scale))
            shared += likeness * weight
            inexact += likeness * weight
            own_left += (1 - likeness) * weight
            left.remove(other)
        else:
            own_left += rarity.get(token, scale)
    their_left = sum(rarity.get(token, scale) for token in left)
    if own.is_cut and their.compact.startswith(own.compact):
        their_left = 0.0
    return Agreement(shared, own_left, their_left, inexact)


def near(own: str, their: str, *, is_cut: bool = False) -> float:
    """Likeness of two different words, 0 when they are not the same word: slip of the pen, abbreviation, cut."""
    short, long = sorted((own, their), key=len)
    if short.isdigit() or long.isdigit():
        return 0.0
    if len(short) >= 3 and long.startswith(short):
        return 0.95 if is_cut else 0.85 if len(short) >= 4 or len(long) > 6 else 0.7
    if is_cut and their.startswith(own):
        return 0.8
    slips = OSA.distance(own, their, score_cutoff=2)
    if len(short) >= 4 and slips <= (1 if len(short) < 8 else 2):
        return 0.9 if slips == 1 else 0.8
    if len(short) >= 3 and len(long) >= 6 and short[0] == long[0] and _is_inside(short, long):
        return 0.65
    return 0.0


def _is_inside(short: str, long: str) -> bool:
    """Whether the letters of an abbreviation follow each other, in order, inside a word (TRSPT in TRANSPORT)."""
    letters = iter(long)
    return all(letter in letters for letter in short)


def _alike(own: str, their: str) -> float:
    """Likeness of two names as strings of letters, from 0 to 1."""
    return JaroWinkler.similarity(own, their) * ratio(own, their) / 100


def _sorted_words(name: Name) -> str:
    return "".join(sorted(name.tokens))


def _best_names(
    customer: Party, company: Party, rarity: Mapping[str, float], scale: float
) -> tuple[Agreement, Name, Name]:
    """The pair of names, one of each side, that look most alike."""
    best: tuple[float, Agreement, Name, Name] | None = None
    for own in customer.names:
        for their in company.names:
            found = agree(own, their, rarity=rarity, scale=scale)
            likeness = 1.0 if own.compact == their.compact else found.likeness
            if found.shared == 0 and ratio(own.compact, their.compact) > 80:
                likeness = ratio(own.compact, their.compact) / 200
            if likeness == 1.0 and found.shared == 0:
                found = Agreement(rarity.get(own.compact, scale), 0.0, 0.0, 0.0)
            if best is None or (likeness, found.shared) > (best[0], best[1].shared):
                best = (likeness, found, own, their)
    if best is None:
        raise ValueError("a party has no name")
    if best[2].compact == best[3].compact:  # the same letters, cut into words otherwise
        found = best[1]
        best = (1.0, Agreement(found.shared + found.own_left, 0.0, 0.0, 0.0), best[2], best[3])
    return best[1], best[2], best[3]


def _is_acronym(customer: Party, company: Party, own: Name) -> bool:
    """Whether one side is the acronym or the initials of the other."""
    return (2 < len(own.compact) < 9 and own.compact == company.names[0].initials) or own.compact in company.acronyms


def _place(own: Address, theirs: Sequence[Address]) -> list[float]:
    """Agreement of place with the nearest establishment; all zeros where one side has none."""
    best = [0.0] * 7
    best_score = -math.inf
    for their in theirs:
        figures = _place_pair(own, their)
        score = figures[0] * 3 + figures[1] - figures[2] * 2 + figures[3] * 2 - figures[4] + figures[5] - figures[6]
        if (own.postcode or own.town) and (their.postcode or their.town) and score > best_score:
            best, best_score = figures, score
    return best


def _place_pair(own: Address, their: Address) -> list[float]:
    town = bool(own.town) and own.town == their.town
    code = bool(own.postcode) and own.postcode == their.postcode
    area = bool(own.postcode and their.postcode) and own.postcode[:2] == their.postcode[:2]
    if not (town or code) and own.town and their.town and ratio(own.town, their.town) > 85:
        town = True
    same = code or (town and not (own.postcode and their.postcode))
    near_by = not same and (area or town)
    streets = bool(own.street_words and their.street_words)
    overlap = len(own.street_words & their.street_words)
    alike = streets and overlap * 2 >= max(len(own.street_words), len(their.street_words))
    number = bool(own.number and their.number) and own.number == their.number
    here = same or near_by
    return [
        float(same),
        float(near_by),
        float(not here),
        float(alike and here),
        float(streets and not alike and here),
        float(number and alike),
        float(alike and here and bool(own.street_type and their.street_type) and own.street_type != their.street_type),
    ]
