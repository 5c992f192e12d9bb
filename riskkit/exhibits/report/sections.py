"""The sections of the report, each from the tables of a run; a table that a run does not have leaves its part out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from riskkit.exhibits.debtor_table import debtors_table
from riskkit.exhibits.findings import nothing_overdue_text, sectors_finding, sectors_known
from riskkit.exhibits.fragment import Html
from riskkit.exhibits.measure_words import measure_label, show_measure
from riskkit.exhibits.method import not_computable_list
from riskkit.exhibits.plot_ageing import plot_ageing
from riskkit.exhibits.plot_dso import plot_dso_history
from riskkit.exhibits.plot_matrix import plot_matrix
from riskkit.exhibits.plot_overdue import plot_overdue_history
from riskkit.exhibits.plot_sectors import plot_sectors, sector_unknown_text
from riskkit.exhibits.report.customer_sections import plan_section, risk_section
from riskkit.exhibits.report.data_sections import glossary_section, method_section, quality_section
from riskkit.exhibits.report.figures_table import figures_table
from riskkit.exhibits.report.future_sections import cash_section, scenarios_section, stress_section
from riskkit.exhibits.report.money_at_stake import limits_section, provision_section, segments_section
from riskkit.exhibits.report.section import SQUARE, TALL, WIDE, Material, Section, drawing, sub_title
from riskkit.exhibits.sector_table import sectors_table
from riskkit.exhibits.summary import summary_sentences

DEBTORS, SECTORS = 15, 8


def report_sections(material: Material) -> list[Section]:
    """The sections that have something to show, in the order in which they are read."""
    makers: tuple[Callable[[Material], Section], ...] = (
        _identity, _payment_times, _ages, _sectors, risk_section, segments_section, limits_section, plan_section,
        cash_section, scenarios_section, stress_section, provision_section, quality_section, method_section,
        glossary_section,
    )  # fmt: skip
    return [section for make in makers if not (section := make(material)).is_empty]


def _identity(material: Material) -> Section:
    words, run = material.words, material.run
    found = [words.say(sentence) for sentence in run.findings]
    matrix, parts = material.table("receivables_matrix"), [figures_table(material)]
    if matrix is not None and str(matrix["cell"].iloc[0]) != "unknown":
        parts.append(drawing(plot_matrix(matrix, language=material.language, size=SQUARE, titled=False)))
    parts += [sub_title(words.text("Who owes what")), _debtors(material)]
    return Section(words.text("The portfolio"), found, parts, key="portfolio")


def _debtors(material: Material) -> Html:
    run = material.run
    return debtors_table(
        run.ageing, language=material.language, count=DEBTORS, currency=run.currency, states=run.states
    )


def _payment_times(material: Material) -> Section:
    words, run = material.words, material.run
    title = words.text("Payment times and working capital")
    if run.kpi("dso_days") is None:
        return Section(title, parts=[not_computable_list(run, language=material.language)])
    figure = plot_dso_history(run.measures, language=material.language, size=WIDE, titled=False)
    return Section(
        title, [*_said(material, "Payment times"), *_capital(material)], [drawing(figure)], key="payment_times"
    )


def _said(material: Material, *subjects: str) -> list[str]:
    """Sentences of the summary, by their subjects."""
    wanted = {material.words.text(subject) for subject in subjects}
    return [said for subject, said in summary_sentences(material.run, language=material.language) if subject in wanted]


def _capital(material: Material) -> list[str]:
    """The working capital, measure by measure, where the files give what it takes."""
    run = material.run
    shown = [
        material.words.text(
            "{label}: {value}",
            label=measure_label(name, material.language),
            value=show_measure(name, value, material.language, currency=run.currency),
        )
        for name in ("bfr_amount", "bfr_days", "dpo_days")
        if (value := run.kpi(name)) is not None
    ]
    return [f"{' – '.join(shown)}."] if shown else []


def _ages(material: Material) -> Section:
    words, run = material.words, material.run
    title = words.text("Ageing")
    if not len(run.ageing):
        return Section(title)
    given: dict[str, Any] = {"size": WIDE, "titled": False, "language": material.language, "currency": run.currency}
    parts = [drawing(plot_ageing(run.ageing, **given)), drawing(plot_overdue_history(run.measures, **given))]
    return Section(title, _said(material, "Overdue", "Largest late payers"), parts, key="ageing")


def _sectors(material: Material) -> Section:
    words, run = material.words, material.run
    title, key = words.text("What is behind the overdue money"), "causes"
    if not sectors_known(run.sectors):
        return Section(title, [sector_unknown_text(words)], key=key)
    if round(float(run.sectors["overdue_amount"].sum()), 2) == 0 or not run.sectors["overdue_share"].notna().any():
        return Section(title, [nothing_overdue_text(run.sectors, words)], key=key)
    figure = plot_sectors(run.sectors, language=material.language, count=SECTORS, size=TALL, titled=False)
    table = sectors_table(run.sectors, language=material.language, count=SECTORS, currency=run.currency, brief=True)
    lead = _said(material, "Sectors") or [f"{sectors_finding(run.sectors, language=material.language)}."]
    return Section(title, lead, [drawing(figure), table], key=key)
