"""The slides of a diagnostic, in order; one that would have nothing to show is left out."""

from __future__ import annotations

from riskkit.exhibits.brand import Brand
from riskkit.exhibits.deck import ahead, books, causes, customers, portfolio
from riskkit.exhibits.deck.parts import dated
from riskkit.exhibits.deck.slide import Slide
from riskkit.exhibits.deck.write import write_deck
from riskkit.exhibits.report.section import Material


def deck_slides(material: Material, brand: Brand) -> list[Slide]:
    """Twelve slides at most, the cover included."""
    makers = (
        portfolio.summary, portfolio.identity, causes.payment_times, causes.ages, causes.behind, customers.risk,
        customers.actions, ahead.cash, ahead.scenarios, books.provision, books.limits_of_data,
    )  # fmt: skip
    return [portfolio.cover(material, brand), *(slide for make in makers if (slide := make(material)) is not None)]


def diagnostic_deck(material: Material, brand: Brand) -> bytes:
    """`diagnostic.pptx` of a run."""
    words = material.words
    title = words.text("Receivables diagnostic on {day}", day=words.date(material.run.as_of, style="long"))
    said = dated(material, words)
    return write_deck(
        deck_slides(material, brand),
        brand=brand,
        title=f"{material.run.company} – {title}",
        footer=f"{said} – {brand.author}" if brand.author else said,
        as_of=material.run.as_of,
    )
