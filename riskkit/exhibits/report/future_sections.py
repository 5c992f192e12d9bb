"""Sections of the report on what comes: cash, what each scenario would free, what would break the treasury."""

from __future__ import annotations

from typing import Any

from riskkit.exhibits.cash_exhibits import backtest_table, cash_table, late_table
from riskkit.exhibits.cash_words import cash_finding
from riskkit.exhibits.fragment import Html
from riskkit.exhibits.plot_cash import plot_cash_backtest, plot_cash_forecast
from riskkit.exhibits.plot_scenarios import plot_scenarios
from riskkit.exhibits.report.section import TALL, WIDE, Material, Section, drawing, sub_title
from riskkit.exhibits.scenario_exhibits import assumptions_table, concerned, scenario_finding, scenarios_table
from riskkit.exhibits.stress_exhibits import plot_stress, stress_finding, stress_table

LATE = 10


def cash_section(material: Material) -> Section:
    """Thirteen weeks, who is late, and whether the forecast can be trusted."""
    words, run, forecast = material.words, material.run, material.table("cash_forecast")
    title = words.text("Cash to come")
    if forecast is None:
        return Section(title)
    given: dict[str, Any] = {"language": material.language, "currency": run.currency}
    parts: list[Html] = [
        drawing(plot_cash_forecast(forecast, size=TALL, titled=False, **given)),
        cash_table(forecast, kind="month", **given),
    ]
    customers, tested = material.table("cash_customers"), material.table("cash_backtest_summary")
    if customers is not None:
        parts += [
            sub_title(words.text("What is expected late, and by whom")),
            late_table(customers, count=LATE, **given),
        ]
    if tested is not None:
        parts += [
            sub_title(words.text("Can the forecast be trusted?")),
            drawing(plot_cash_backtest(tested, language=material.language, size=WIDE, titled=False)),
            backtest_table(tested, language=material.language),
        ]
    return Section(title, [f"{cash_finding(forecast, **given)}."], parts, key="cash")


def scenarios_section(material: Material) -> Section:
    """What each scenario would free, in euros and with its interval, what it costs, and what it assumes."""
    words, run, scenarios = material.words, material.run, material.table("scenarios")
    title = words.text("What could be gained")
    if scenarios is None or concerned(scenarios).empty:
        return Section(title)
    given: dict[str, Any] = {"language": material.language, "currency": run.currency}
    parts: list[Html] = []
    weeks, assumed = material.table("scenario_weeks"), material.table("scenario_assumptions")
    if weeks is not None:
        parts.append(drawing(plot_scenarios(weeks, scenarios, size=TALL, titled=False, **given)))
    parts.append(scenarios_table(scenarios, **given))
    if assumed is not None:
        parts += [
            sub_title(words.text("What is assumed of customers")),
            assumptions_table(assumed, language=material.language),
        ]
    return Section(title, [f"{scenario_finding(scenarios, **given)}.", *_net(material)], parts, key="scenarios")


def _net(material: Material) -> list[str]:
    """Cash is not a gain: what each scenario brings or costs in a year, with its interval."""
    words, scenarios = material.words, material.table("scenarios")
    if scenarios is None:
        return []
    rows = concerned(scenarios[scenarios["measure"] == "net_yearly_amount"])
    return [
        words.text(
            "{title}: {net} a year, cost of cash and losses avoided less margin given up (between {low} and {high}).",
            title=str(row["title"]),
            **{name: material.money(float(row[column])).replace("-", "−")
               for name, column in (("net", "change"), ("low", "low"), ("high", "high"))},
        )
        for _, row in rows.iterrows()
    ]  # fmt: skip


def stress_section(material: Material) -> Section:
    """What each shock takes from the cash of thirteen weeks, and the smallest that breaks the treasury."""
    run, stress = material.run, material.table("stress")
    title = material.words.text("Stress tests")
    if stress is None:
        return Section(title)
    given: dict[str, Any] = {"language": material.language, "currency": run.currency}
    parts = [drawing(plot_stress(stress, size=TALL, titled=False, **given)), stress_table(stress, **given)]
    return Section(title, [f"{stress_finding(stress, **given)}."], parts, key="stress")
