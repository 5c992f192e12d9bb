"""What headers say: the synonyms of `headers.yaml`, and how near a header is to each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

import yaml

from riskkit.sources.aged_balance_headers import BUCKET_FIELDS
from riskkit.sources.mapping_words import word_nearness
from riskkit.sources.tabular import plain

KINDS: tuple[Literal["invoices", "payments", "customers", "events"], ...] = (
    "invoices", "payments", "customers", "events",
)  # fmt: skip
BESIDE = {
    "segment": "x_segment", "region": "x_region", "credit_limit": "x_credit_limit", "risk_rating": "x_risk_rating",
    "customer_since": "x_customer_since", "payment_method": "x_payment_method", "customer_status": "x_customer_status",
}  # fmt: skip
"""Fields of customers that the contract does not hold, and the column of text each is kept in whatever its header."""


@dataclass(frozen=True)
class FieldNames:
    """A canonical field: what its cells look like, and its known headers, the likeliest first."""

    field: str
    content: str
    headers: tuple[str, ...]

    def nearness(self, header: str) -> float:
        """How surely that header names this field: 1 for a first synonym, 0 for a stranger."""
        words = essential(header)
        near = _nearness(self.headers, words)
        if near == 0.0 and words.endswith(" du"):  # « À échéance du »: an article after all
            near = 0.95 * _nearness(self.headers, words.removesuffix(" du"))
        return max(near, word_nearness(self.field, header))


@lru_cache(maxsize=20_000)
def _nearness(headers: tuple[str, ...], wanted: str) -> float:
    best = 0.0
    for rank, known in enumerate(headers):
        rank_cost = 0.004 * min(rank, 25)
        if wanted == known or wanted.replace(" ", "") == known.replace(" ", ""):
            best = max(best, 1.0 - rank_cost)
        elif len(known) > 4 and set(wanted.split()) == set(known.split()):
            best = max(best, 0.93 - rank_cost)
        elif " " in known and set(known.split()) < set(wanted.split()):
            extra = len(wanted.split()) - len(known.split())
            best = max(best, 0.82 - 0.1 * extra - rank_cost)
        elif len(known) > 6 and abs(len(known) - len(wanted)) <= 2 and _misspelt(wanted, known):
            best = max(best, 0.78 - rank_cost)
    return best


@lru_cache(maxsize=20_000)
def essential(header: str) -> str:
    """A header in plain words, without the neutral ones (de, la, EUR…), unless nothing would be left."""
    words = plain(header).split()
    kept = [word for place, word in enumerate(words) if word not in _neutral() or _is_due(words, place)]
    return " ".join(kept or words)


def _is_due(words: list[str], place: int) -> bool:
    """Whether « du » ends the header: it is « dû » then, not an article (Montant dû, Solde dû)."""
    return words[place] == "du" and place == len(words) - 1 and place > 0


def fields(kind: str) -> tuple[FieldNames, ...]:
    """The fields of a kind of table, those shared by all kinds included."""
    return _fields()[kind]


def is_not_invoices(name: str) -> bool:
    """Whether the name of a file or sheet says orders, quotes or delivery notes: nothing is owed yet."""
    words = set(plain(name).split())
    return bool(words & set(_synonyms()["not_invoices"])) and not words & {"facture", "factures", "invoice", "invoices"}


def tells_payments(headers: Sequence[str]) -> bool:
    """Whether a header names a payment, and not only an amount, a date and an invoice."""
    words = {word for header in headers for word in plain(header).split()}
    return bool(words & set(_synonyms()["payment_words"]))


def _misspelt(wanted: str, known: str) -> bool:
    if wanted[:1] != known[:1]:  # mode is not code
        return False
    matcher = SequenceMatcher(None, wanted, known)
    return matcher.quick_ratio() > 0.88 and matcher.ratio() > 0.88


@cache
def _synonyms() -> Mapping[str, Any]:
    text = resources.files("riskkit.sources").joinpath("headers.yaml").read_text(encoding="utf-8")
    # The same safe loader, in C where it is there: six times faster.
    loaded: Mapping[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return loaded


@cache
def _neutral() -> frozenset[str]:
    return frozenset(_synonyms()["neutral"])


@cache
def _fields() -> Mapping[str, tuple[FieldNames, ...]]:
    found: dict[str, tuple[FieldNames, ...]] = {}
    for kind in (*KINDS, "aged_balance"):
        described = {**_synonyms()["shared"], **_synonyms()[kind]}
        found[kind] = tuple(
            FieldNames(field, what["content"], tuple(dict.fromkeys(essential(str(name)) for name in what["headers"])))
            for field, what in described.items()
        )
    found["aged_balance"] += tuple(FieldNames(field, "amount", ()) for field in BUCKET_FIELDS)
    return found
