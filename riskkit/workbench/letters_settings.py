"""What `portfolio.yaml` may say of letters: who writes them, in which language, from which templates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Line = Annotated[str, Field(max_length=120)]
FRENCH_SPEAKING = ("FR", "FRANCE", "BE", "BELGIQUE", "LU", "LUXEMBOURG", "MC", "MONACO", "CH", "SUISSE")


class LettersSettings(BaseModel):
    """The sender of letters and their templates; what is missing is marked to be completed in each letter.

    `templates` is a folder of one's own templates (fr/letter.docx, en/email.html …), which come before those shipped.
    `language` auto writes in English to customers whose country is known and does not speak French.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    templates: str | None = None
    language: Literal["auto", "fr", "en"] = "auto"
    name: Line = ""
    address: Annotated[str, Field(max_length=400)] = ""
    siren: Line = ""
    email: Line = ""
    phone: Line = ""
    iban: Line = ""
    bic: Line = ""
    signatory: Line = ""
    signatory_role: Line = ""
    town: Line = ""
    court: Line = ""
    pay_days: Annotated[int, Field(ge=1, le=60)] = 8

    def language_for(self, country: object) -> str:
        """The language of a letter to a customer of that country, as its file names it; missing is French."""
        if self.language != "auto":
            return self.language
        said = str(country).strip().upper() if isinstance(country, str) else ""
        return "fr" if not said or said in FRENCH_SPEAKING else "en"

    def fields(self, company: str) -> dict[str, str]:
        """The sender's fields of a letter."""
        return {
            "company": self.name or company,
            "sender_address": self.address,
            "sender_contact": " – ".join(part for part in (self.phone, self.email) if part),
            "sender_siren": self.siren,
            **{name: getattr(self, name) for name in ("iban", "bic", "signatory", "signatory_role", "town", "court")},
        }
