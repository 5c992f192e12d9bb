"""What each kind of payer is called."""

from __future__ import annotations

from riskkit.exhibits.language import Language


def profile_label(name: str, words: Language) -> str:
    """What a payer profile is called."""
    return {
        "punctual": words.text("Punctual"),
        "slightly_late": words.text("Slightly late"),
        "late": words.text("Late"),
        "very_late": words.text("Very late"),
        "irregular": words.text("Irregular"),
        "unknown": words.text("Too few items"),
    }.get(name, name)
