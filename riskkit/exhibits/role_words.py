"""Names of the roles of delegation, in the reader's language."""

from __future__ import annotations

from riskkit.errors import message
from riskkit.exhibits.language import Language

_ROLES = {
    "credit_analyst": message("credit analyst"),
    "credit_manager": message("credit manager"),
    "finance_director": message("finance director"),
    "managing_director": message("managing director"),
}


def role_words(role: str, words: Language) -> str:
    """A role of the policy: those shipped are translated, others shown as written."""
    return words.say(_ROLES[role]) if role in _ROLES else role
