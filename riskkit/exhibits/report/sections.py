"""The sections of the report, each from the tables of a run; a table that a run does not have leaves its part out."""

from __future__ import annotations

from collections.abc import Callable

from riskkit.exhibits.cash_exhibits import backtest_table, cash_table, late_table
from riskkit.exhibits.debtor_table import debtors_table
from riskkit.exhibits.findings import nothing_overdue_text, sectors_finding, sectors_known
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.method import (
    definitions_list,
    matching_table,
    not_computable_list,
    reconciliation_table,
    remarks_list,
    sources_table,
)
from riskkit.exhibits.plot_ageing import plot_ageing
from riskkit.exhibits.plot_cash import plot_cash_backtest, plot_cash_forecast
from riskkit.exhibits.plot_dso import plot_dso_history
from riskkit.exhibits.plot_overdue import plot_overdue_history
from riskkit.exhibits.plot_score_classes import plot_score_classes
from riskkit.exhibits.plot_sectors import plot_sectors, sector_unknown_text
from riskkit.exhibits.quality_report import quality_remarks
from riskkit.exhibits.report.figures_table import figures_table
from riskkit.exhibits.report.money_at_stake import limits_section, provision_section, segments_section
from riskkit.exhibits.report.section import TALL, WIDE, Material, Section, drawing, paragraph, sub_title
from riskkit.exhibits.score_report import levels_table, scores_table
from riskkit.exhibits.sector_table import sectors_table

DEBTORS, SECTORS, CUSTOMERS, LATE = 15, 8, 12, 10


def report_sections(material: Material) -> list[Section]:
    """The sections that have something to show, in the order in which they are read."""
    makers: tuple[Callable[[Material], Section], ...] = (
        _identity, _payment_times, _ages, _sectors, _risk, segments_section, limits_section, _cash, provision_section,
        _quality, _method,
    )  # fmt: skip
    return [section for make in makers if not (section := make(material)).is_empty]


def _identity(material: Material) -> Section:
    words, run = material.words, material.run
    found = [words.say(sentence) for sentence in run.findings]
    return Section(
        words.text("The portfolio"),
        found,
        [figures_table(material), sub_title(words.text("Who owes what")), _debtors(material)],
    )


def _debtors(material: Material) -> Html:
    run = material.run
    return debtors_table(
        run.ageing, language=material.language, count=DEBTORS, currency=run.currency, states=run.states
    )


def _payment_times(material: Material) -> Section:
    words, run = material.words, material.run
    if run.kpi("dso_days") is None:
        return Section(words.text("Payment times"), parts=[not_computable_list(run, language=material.language)])
    return Section(
        words.text("Payment times"),
        parts=[drawing(plot_dso_history(run.measures, language=material.language, size=WIDE, titled=False))],
    )


def _ages(material: Material) -> Section:
    words, run = material.words, material.run
    if not len(run.ageing):
        return Section(words.text("Ageing"))
    parts = [
        drawing(plot_ageing(run.ageing, size=WIDE, titled=False, language=material.language, currency=run.currency))
    ]
    parts.append(
        drawing(
            plot_overdue_history(
                run.measures, size=WIDE, titled=False, language=material.language, currency=run.currency
            )
        )
    )
    return Section(words.text("Ageing"), parts=parts)


def _sectors(material: Material) -> Section:
    words, run = material.words, material.run
    title = words.text("What is behind the overdue money")
    if not sectors_known(run.sectors):
        return Section(title, [sector_unknown_text(words)])
    if round(float(run.sectors["overdue_amount"].sum()), 2) == 0 or not run.sectors["overdue_share"].notna().any():
        return Section(title, [nothing_overdue_text(run.sectors, words)])
    figure = plot_sectors(run.sectors, language=material.language, count=SECTORS, size=TALL, titled=False)
    table = sectors_table(run.sectors, language=material.language, count=SECTORS, currency=run.currency, brief=True)
    return Section(title, [f"{sectors_finding(run.sectors, language=material.language)}."], [drawing(figure), table])


def _risk(material: Material) -> Section:
    words, run, scores = material.words, material.run, material.table("scores")
    if scores is None:
        return Section(words.text("Who will not pay"))
    return Section(
        words.text("Who will not pay"),
        parts=[
            drawing(
                plot_score_classes(scores, size=WIDE, titled=False, language=material.language, currency=run.currency)
            ),
            levels_table(scores, language=material.language, currency=run.currency),
            sub_title(words.text("Customers most at risk, and why")),
            scores_table(scores, count=CUSTOMERS, language=material.language, currency=run.currency),
        ],
    )


def _cash(material: Material) -> Section:
    words, run, forecast = material.words, material.run, material.table("cash_forecast")
    if forecast is None:
        return Section(words.text("Cash to come"))
    parts: list[Html] = [
        drawing(
            plot_cash_forecast(forecast, size=TALL, titled=False, language=material.language, currency=run.currency)
        ),
        cash_table(forecast, kind="month", language=material.language, currency=run.currency),
    ]
    customers, tested = material.table("cash_customers"), material.table("cash_backtest_summary")
    if customers is not None:
        parts.append(sub_title(words.text("What is expected late, and by whom")))
        parts.append(late_table(customers, count=LATE, language=material.language, currency=run.currency))
    if tested is not None:
        parts += [
            sub_title(words.text("Can the forecast be trusted?")),
            drawing(plot_cash_backtest(tested, language=material.language, size=WIDE, titled=False)),
            backtest_table(tested, language=material.language),
        ]
    return Section(words.text("Cash to come"), parts=parts)


def _quality(material: Material) -> Section:
    words, run = material.words, material.run
    parts: list[Html] = [sources_table(run.manifest, language=material.language, currency=run.currency)]
    quality = material.table("quality")
    if quality is not None:
        parts.append(quality_remarks(quality, language=material.language, currency=run.currency))
    parts += [
        sub_title(words.text("Do the totals tie, to the cent?")),
        reconciliation_table(run.manifest, language=material.language, currency=run.currency),
        matching_table(run.manifest, language=material.language),
    ]
    return Section(words.text("Quality of the data and what it limits"), parts=parts)


def _method(material: Material) -> Section:
    words, run = material.words, material.run
    made = words.text(
        "Made by riskkit {version}; policy {policy}. Nothing later than {day} is used.",
        version=str(run.manifest.get("riskkit_version", "")),
        policy=str(run.manifest.get("policy_sha256", ""))[:12],
        day=run.as_of,
    )
    parts: list[Html] = [
        paragraph(made),
        sub_title(words.text("Remarks")),
        remarks_list(run, language=material.language),
        sub_title(words.text("Measures not computable")),
        not_computable_list(run, language=material.language),
        sub_title(words.text("Definitions")),
        definitions_list(language=material.language),
    ]
    return Section(words.text("Method"), parts=[part for part in parts if part != element("p", "")])
