"""Slides of what comes: the cash of thirteen weeks, and what each scenario would free."""

from __future__ import annotations

from riskkit.exhibits.cash_words import backtest_finding, cash_finding, late_finding, periods
from riskkit.exhibits.deck.parts import amount_format, number, signed, whole_money
from riskkit.exhibits.deck.slide import Chart, Grid, Line, Series, Slide
from riskkit.exhibits.figure import brief
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.scenario_exhibits import MEASURES, change_text, concerned, scenario_finding
from riskkit.exhibits.stress_exhibits import stress_finding

_SCENARIOS = 3
_SHOWN_MEASURES = (
    "cash_13w_amount",
    "dso_days",
    "target_loss_13w_amount",
    "net_yearly_amount",
)


def cash(material: Material) -> Slide | None:
    """Thirteen weeks of cash with their interval, the months in a table, whether it can be trusted."""
    words, run, forecast = material.words, material.run, material.table("cash_forecast")
    if forecast is None or (weeks := periods(forecast, "week")).empty:
        return None
    title = cash_finding(forecast, language=material.language, currency=run.currency)
    base, low, high, due = (
        [number(value) for value in weeks[f"{name}_amount"]] for name in ("base", "low", "high", "due")
    )
    has_ends = all(value is not None for value in (*low, *high))
    shape, unit = amount_format([*base, *high], material)
    chart = Chart(
        "column",
        [f"{day:%d/%m}" for day in weeks["period_start"]],
        [
            Series(words.text("Expected"), base, "ACCENT_1", low if has_ends else (), high if has_ends else ()),
            Series(words.text("Falls due"), due, "ACCENT_6"),
        ],
        shape,
        words.text("{unit} a week; the line holds 8 chances in 10", unit=unit),
        title,
    )
    months = periods(forecast, "month")
    names = ("low_amount", "base_amount", "high_amount")
    rows = [
        (
            words.date(row["period_start"].date(), style="month"),
            *(whole_money(material, number(row[name])) for name in names),
        )
        for _, row in months.iterrows()
    ]
    grid = Grid(
        [words.text("Month"), words.text("Low"), words.text("Expected"), words.text("High")],
        rows,
        [False, True, True, True],
        [1.1, 1.3, 1.3, 1.3],
        words.text("Cash expected of the open items, month by month"),
    )
    return Slide(
        "chart_table",
        title,
        texts=[(12, _cash_lines(material))],
        chart=chart,
        grids=[(11, grid)],
        source=words.text("Cash of items open on {day} only; low and high hold eight chances in ten.", day=run.as_of),
        notes=words.text(
            "Survival curves of payment by customer, struck again at past dates: the errors are those of the test."
        ),
    )


def _cash_lines(material: Material) -> list[Line]:
    words, lines = material.words, []
    customers, tested, stress = (material.table(n) for n in ("cash_customers", "cash_backtest_summary", "stress"))
    if customers is not None:
        said = late_finding(customers, language=material.language, currency=material.run.currency)
        lines.append(Line(f"{said}.", words.text("Late")))
    if tested is not None:
        lines.append(Line(f"{backtest_finding(tested, language=material.language)}.", words.text("Tested")))
    if stress is not None:
        said = stress_finding(stress, language=material.language, currency=material.run.currency)
        lines.append(Line(f"{said}.", words.text("Stress")))
    return lines


def scenarios(material: Material) -> Slide | None:
    """The cash that each scenario frees, with its interval, and what it costs."""
    words, run, table = material.words, material.run, material.table("scenarios")
    if table is None or (played := concerned(table)).empty:
        return None
    kept = list(dict.fromkeys(played["scenario"]))[:_SCENARIOS]
    rows = played[played["scenario"].isin(kept)]
    freed = rows[rows["measure"] == "cash_13w_amount"]
    values, low, high = ([number(value) for value in freed[name]] for name in ("change", "low", "high"))
    shape, unit = amount_format([*values, *high], material)
    title = scenario_finding(table, language=material.language, currency=run.currency)
    chart = Chart(
        "column",
        [str(name) for name in freed["title"]],
        [Series(words.text("Cash freed in 13 weeks"), values, "ACCENT_1", low, high)],
        shape,
        words.text("cash freed, {unit}; the line holds 95 chances in 100", unit=unit),
        title,
    )
    titles = [brief(str(name), characters=70) for name in freed["title"]]
    told = rows.set_index(["scenario", "measure"])
    lines = [
        (
            words.say(MEASURES[code]),
            *(change_text(told.loc[(name, code)], words, currency=run.currency, brief=True) for name in kept),
        )
        for code in _SHOWN_MEASURES
    ]
    grid = Grid(
        [words.text("Change"), *titles],
        lines,
        [False, *[True] * len(kept)],
        [1.7, *[1.9] * len(kept)],
        words.text("What each scenario changes, with its interval"),
    )
    cost = rows[rows["measure"] == "net_yearly_amount"]
    judged = [
        Line(
            words.text(
                "{net} a year in all, between {low} and {high}.",
                **{
                    name: signed(material, float(row[column]))
                    for name, column in (("net", "change"), ("low", "low"), ("high", "high"))
                },
            ),
            brief(str(row["title"]), characters=70),
        )
        for _, row in cost.iterrows()
    ]
    return Slide(
        "chart_table",
        title,
        texts=[(12, judged)],
        chart=chart,
        grids=[(11, grid)],
        source=words.text(
            "Played on last years’ invoices; what customers would do is assumed (policy), hence the wide intervals."
        ),
        notes=words.text("Net gain of a year: cost of cash and losses avoided, less the margin given up."),
    )
