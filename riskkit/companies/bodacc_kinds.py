"""What a BODACC notice means: its words → the kind of event, and the state it leaves the company in.

Openings, conversions, extensions and resumptions start or change a procedure. Closings end one. Lists and statements
of claims, appointments and changes of dates say nothing new about the company: they are no event.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from riskkit.sources.tabular import plain


class Meaning(NamedTuple):
    """Kind of the event (None when the notice is none) and the state after it (None when it leaves it as it was)."""

    kind: str | None
    state_after: str | None = None
    is_understood: bool = True


NOTHING = Meaning(None)
UNREAD = Meaning(None, is_understood=False)

_GENERIC = re.compile(r"autres?\b.*|jugement|ordonnance|extrait de jugement|")
_CLAIMS = re.compile(
    r"\bdepot\b.{0,60}\b(etat|liste|projet)\b"
    r"|^(depot de l |depot du )?(etat|liste|projet|releve) (des|de) (creances|repartition|collocation)"
    r"|\bdepot en date du\b|\bliste des creances\b|\betat de collocation\b"
)
_QUASHED = re.compile(r"\b(infirm|retract|annul|cass)(e|ant|ation|er)\b")
_CONVERSION = re.compile(r"\bconversion\b.{0,60}?\ben (liquidation|redressement|sauvegarde)\b")
_INTO_LIQUIDATION = re.compile(
    r"\bliquidation (judiciaire |judicaire )?(simplifiee )?(sur|par) conversion\b"
    r"|\bresolution du plan\b.{0,120}\bliquidation\b"
)
_INTO_RECEIVERSHIP = re.compile(
    r"\bresolution du plan\b.{0,120}\b(ouverture|ouvrant|prononce)\b.{0,60}\bredressement\b"
)
_CLOSED = re.compile(
    r"^cloture\b|\bjugement (de|prononcant la) cloture\b|\bcloture (pour|des operations)\b"
    r"|\b(prononc\w+|ordonn\w+) la cloture\b"
)
_ENDED = re.compile(r"\b(mettant|met) fin (a la procedure|au redressement|a la sauvegarde)\b|\bfin de la procedure\b")
_PLAN_DONE = re.compile(r"\bexecution du plan\b|\bplan execute\b|\bfin du plan\b")
_PLAN = re.compile(r"\bplan de (redressement|sauvegarde|continuation|cession)\b|\bplan de la sauvegarde\b")
_PLAN_ACT = re.compile(
    r"\b(arret(e|ant|e le|ant le)|homologu\w+|modifi\w+|prorog\w+|adopt\w+)\b.{0,40}\bplan\b"
    r"|^(jugement (de|d) )?plan de\b"
)
_ASSET_SALE = re.compile(r"\bplan de cession\b")
_OPENED = re.compile(
    r"\b(ouverture|ouvre|ouvrant|extension|etend|etendant|reprise|reprend|prononc\w+|place en|mise en)\b.{0,80}?"
    r"\b(liquidation|redressement|sauvegarde)\b"
)
_NAMED = re.compile(r"^(jugement de |procedure de |en )?(liquidation|redressement|sauvegarde)( judiciaire| judicaire)?"
                    r"( simplifiee| acceleree| financiere acceleree)?$")  # fmt: skip
_SILENT = re.compile(
    r"\bdesignation\b|\bnommant\b|\bremplacement\b|\bperiode d observation\b|\bdate de (la )?cessation des paiements\b"
    r"|\bpoursuite d activite\b|\binterdiction de gerer\b|\bfaillite personnelle\b|\binsuffisance d actif a la charge\b"
    r"|\bretablissement professionnel\b|\bordonnance juge commissaire\b|\binalienabilite\b"
)
_KINDS = {"liquidation": "liquidation", "redressement": "receivership", "sauvegarde": "safeguard"}


def judgment_meaning(nature: str, *, family: str = "", details: str = "") -> Meaning:
    """What a judgment notice means.

    Parameters
    ----------
    nature
        The official nature (« Jugement d'ouverture de liquidation judiciaire »). When it is generic (« Autre jugement
        et ordonnance ») or blank, `details` is read instead.
    family
        Family of the judgment: « Avis de dépôt » is never an event, whatever it quotes.
    details
        The text of the notice (complementJugement).

    """
    return _meaning(nature, family, details)


@lru_cache(maxsize=16_384)
def _meaning(nature: str, family: str, details: str) -> Meaning:
    if plain(family) == "avis de depot":
        return NOTHING
    words = plain(nature)
    if _GENERIC.fullmatch(words):
        return _read(plain(details)[:600]) if details else UNREAD
    return _read(words)


def _read(words: str) -> Meaning:
    """The first rule that the words satisfy, from the most telling to the least."""
    if _QUASHED.search(words):
        return UNREAD
    if _CLAIMS.search(words):
        return NOTHING
    if match := _CONVERSION.search(words):
        return _opened(match[1])
    if _INTO_LIQUIDATION.search(words):
        return _opened("liquidation")
    if _INTO_RECEIVERSHIP.search(words):
        return _opened("redressement")
    if _CLOSED.search(words):
        survives = re.search(r"\bextinction du passif\b|\b(sauvegarde|redressement)\b", words)
        return Meaning("closing", "in_bonis" if survives else "ceased")
    if _ENDED.search(words) or _PLAN_DONE.search(words):
        return Meaning("closing", "in_bonis")
    if _PLAN.search(words) and _PLAN_ACT.search(words):
        if _ASSET_SALE.search(words):
            return Meaning("plan")
        return Meaning("plan", "safeguard" if "sauvegarde" in words else "receivership")
    if match := _NAMED.fullmatch(words):
        return _opened(match[2])
    if match := _OPENED.search(words):
        return _opened(match[2])
    return NOTHING if _SILENT.search(words) else UNREAD


def _opened(procedure: str) -> Meaning:
    kind = _KINDS[procedure]
    return Meaning(kind, kind)


_FACTS = (
    (re.compile(r"\b(mainlevee|radiation d\w* (privilege|inscription)|levee)\b"), "release"),
    (re.compile(r"\b(privileges?|inscriptions?|nantissements?|urssaf|tresor)\b"), "privilege"),
    (re.compile(r"\b(protets?|protest|effets? impayes?|cheques? impayes?)\b"), "protest"),
    (re.compile(r"\b(litiges?|dispute|contest\w*|reclamation)\b"), "dispute"),
    (re.compile(r"\b(cessation d activite|radiation|radiee?|dissolution|ceased|cessation|cessee?)\b"), "cessation"),
    (re.compile(r"\bsafeguard\b"), "safeguard"),
    (re.compile(r"\breceivership\b"), "receivership"),
)
_STATES_AFTER = {"cessation": "ceased", "safeguard": "safeguard", "receivership": "receivership"}


@lru_cache(maxsize=16_384)
def fact_meaning(words: str) -> Meaning:
    """What the words of a file of facts mean: a procedure as in a notice, a privilege, a protest, a dispute.

    A withdrawn privilege (« mainlevée ») is a `release`: a fact, with no effect on the state.
    """
    text = plain(words)
    for pattern, kind in _FACTS:
        if pattern.search(text) and not ("liquidation" in text and kind == "cessation"):
            return Meaning(kind, _STATES_AFTER.get(kind))
    return _read(text)
