"""The parts of the page Vue d'ensemble, each from a finished run to HTML. Nothing here computes a measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.company_words import failed_sentence
from riskkit.exhibits.document import inline_svg
from riskkit.exhibits.figure import figure_svg, figure_title
from riskkit.exhibits.findings import sectors_finding, sectors_known
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.method import (
    definitions_list,
    matching_table,
    not_computable_list,
    reconciliation_table,
    remarks_list,
)
from riskkit.exhibits.plot_ageing import plot_ageing
from riskkit.exhibits.plot_dso import plot_dso_history
from riskkit.exhibits.plot_overdue import plot_overdue_history
from riskkit.exhibits.plot_sectors import plot_sectors, sector_unknown_text
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.sector_table import sectors_table
from riskkit.exhibits.summary import summary_sentences
from riskkit.exhibits.theme import Size
from riskkit.workbench.dashboard_state import LEVELS, PageState

THIRD: Size = (3.7, 2.35)  # inches; a third of a desktop, or a phone
HALF = 4.4
SECTORS = 8
FEW = 4  # sectors whose table is open at once: the drawing leaves it the room


def lead_html(run: RunTables, *, language: str) -> Html:
    """What to remember of this run: the sentences on overdue money, who owes it, and the sector behind it."""
    words = language_of(language)
    wanted = [words.text("Overdue"), words.text("Payment times"), words.text("Largest late payers")]
    said = [pair for pair in summary_sentences(run, language=language) if pair[0] in wanted]
    failed = failed_sentence(run, language=language)
    said += [(words.text("Failures"), failed)] if failed else []
    said += [(words.text("Sectors"), words.say(finding)) for finding in run.findings[:1] if sectors_known(run.sectors)]
    lines = [element("li", element("b", subject), element("span", sentence)) for subject, sentence in said]
    return element(
        "section",
        element("h2", words.text("In short")),
        element("ul", *lines) if lines else element("p", words.text("Nothing is open at this date.")),
        class_="rk-lead-panel",
        data_testid="lead",
    )


def cards_heading(*, language: str) -> Html:
    """The title of the headline measures, for screen readers."""
    return element("h2", language_of(language).text("Headline measures"), class_="rk-hidden")


def figure_panel(subject: str, figure: Figure) -> Html:
    """A figure under its subject and the finding it states."""
    return element("section", panel_heading(subject, figure_title(figure)), _drawing(figure), class_="rk-panel")


def ageing_panel(run: RunTables, *, language: str) -> Html:
    """How old the open items are."""
    figure = plot_ageing(run.ageing, language=language, currency=run.currency, size=THIRD, titled=False)
    return figure_panel(language_of(language).text("Ageing"), figure)


def overdue_panel(run: RunTables, *, language: str) -> Html:
    """Overdue money, month after month."""
    figure = plot_overdue_history(run.measures, language=language, currency=run.currency, size=THIRD, titled=False)
    return figure_panel(language_of(language).text("Overdue"), figure)


def dso_panel(run: RunTables, *, language: str) -> Html:
    """The three DSO, month after month."""
    figure = plot_dso_history(run.measures, language=language, size=THIRD, titled=False)
    return figure_panel(language_of(language).text("Payment times"), figure)


FIGURES: tuple[Callable[..., Html], ...] = (ageing_panel, overdue_panel, dso_panel)


def sector_level(run: RunTables, state: PageState) -> str:
    """The level of the NAF to show: the one asked for, else the coarsest one with a finding, else sections."""
    present = [level for level in LEVELS if (run.sectors["level"] == level).any()]
    if state.level in present:
        return state.level
    found = run.sectors[run.sectors["is_finding"].astype(bool)]
    return next((level for level in present if (found["level"] == level).any()), present[0] if present else LEVELS[0])


def sectors_shown(run: RunTables, state: PageState) -> pd.DataFrame:
    """The rows of the level shown."""
    return run.sectors[run.sectors["level"] == sector_level(run, state)]


def sectors_heading(run: RunTables, state: PageState) -> Html:
    """The title of the sectors: the finding at the level shown."""
    finding = sectors_finding(sectors_shown(run, state), language=state.language)
    return panel_heading(language_of(state.language).text("Sectors"), finding)


def sectors_html(run: RunTables, state: PageState) -> Html:
    """Which sectors are behind the overdue money, drawn and in figures; one sentence when no sector is known."""
    words = language_of(state.language)
    if not sectors_known(run.sectors):
        return element("p", sector_unknown_text(words), class_="rk-nothing")
    rows = sectors_shown(run, state)
    size = (HALF, max(2.2, 0.95 + 0.37 * min(SECTORS, len(rows))))
    figure = plot_sectors(rows, language=state.language, count=SECTORS, size=size, titled=False)
    table = sectors_table(rows, language=state.language, count=len(rows), currency=run.currency)
    is_open = "" if len(rows) <= FEW else None
    return join(
        _drawing(figure), element("details", element("summary", words.text("See the figures")), table, open=is_open)
    )


def panel_heading(subject: str, finding: str) -> Html:
    """The subject of a panel and, as its title, what it shows."""
    return join(element("p", subject, class_="rk-eyebrow"), element("h2", finding))


def method_html(run: RunTables, *, language: str) -> Html:
    """What a reader checks before believing: totals that tie, how money was matched, what is missing, definitions."""
    words = language_of(language)
    return element(
        "section",
        element("p", words.text("Quality"), class_="rk-eyebrow"),
        element("h2", _reconciled(run, words)),
        element(
            "div",
            element("div", reconciliation_table(run.manifest, language=language, currency=run.currency)),
            element("div", matching_table(run.manifest, language=language)),
            element(
                "div",
                element("h3", words.text("Remarks")),
                remarks_list(_without_findings(run), language=language),
                element("h3", words.text("Measures not computable")),
                not_computable_list(run, language=language),
            ),
            class_="rk-thirds",
        ),
        element("details", element("summary", words.text("Definitions")), definitions_list(language=language)),
        class_="rk-panel",
        data_testid="method",
    )


def _drawing(figure: Figure) -> Html:
    return element("div", inline_svg(figure_svg(figure)), class_="rk-drawing")


def _reconciled(run: RunTables, words: Language) -> str:
    """Whether the totals tie, with the difference to the cent."""
    difference = (run.manifest.get("reconciliation") or {}).get("difference")
    if difference is None:
        return words.text("The run holds no reconciliation.")
    shown = words.money(round(float(difference) * 100), currency=run.currency)
    if round(float(difference), 2) == 0:
        return words.text("The totals tie with the files: difference {difference}", difference=shown)
    return words.text("The totals do not tie with the files: difference {difference}", difference=shown)


def _without_findings(run: RunTables) -> RunTables:
    """The run whose sentences on sectors are already said at the top of the page."""
    return replace(run, findings=())
