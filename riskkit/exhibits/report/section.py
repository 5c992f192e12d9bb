"""What a report is made of: sections with a title, computed sentences, and exhibits. Empty ones are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.report.markdown import markdown_text
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.theme import Size

WIDE: Size = (6.9, 2.9)
TALL: Size = (6.9, 3.6)
SQUARE: Size = (6.9, 2.6)


@dataclass(frozen=True)
class Material:
    """A run, whichever of its tables a report may show (amounts in currency units), and the reader's language."""

    run: RunTables
    tables: Mapping[str, pd.DataFrame]
    language: str

    @property
    def words(self) -> Language:
        """Texts, numbers and dates in that language."""
        return language_of(self.language)

    def table(self, name: str) -> pd.DataFrame | None:
        """A table of the run; None when the run does not have it, or has no row in it."""
        found = self.tables.get(name)
        return None if found is None or found.empty else found

    def money(self, amount: float) -> str:
        """An amount as a headline writes it: 312 k€."""
        return self.words.compact_money(amount * 100, currency=self.run.currency)


@dataclass(frozen=True)
class Section:
    """A title, sentences that lead, exhibits in order.

    A section with a `key` has a passage that its author may rewrite: its `lead`, or, where the whole section is one
    passage, `written`, in Markdown.
    """

    title: str
    lead: Sequence[str] = ()
    parts: Sequence[Html] = ()
    key: str = ""
    written: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show: such a section is left out."""
        return not self.lead and not self.parts

    @property
    def passage(self) -> str:
        """The computed sentences as Markdown."""
        return self.written or "\n\n".join(markdown_text(sentence) for sentence in self.lead)


def paragraph(text: str) -> Html:
    """A sentence between exhibits."""
    return element("p", text)


def sub_title(text: str) -> Html:
    """The title of a part of a section."""
    return element("h3", text)


def drawing(figure: Figure) -> Html:
    """A figure as both documents take it: its finding, then its vectors."""
    from riskkit.exhibits.figure import figure_svg, figure_title

    return element("figure", element("figcaption", figure_title(figure)), figure_svg(figure))
