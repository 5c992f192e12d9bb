"""Sheets of what comes: the cash of thirteen weeks with its interval, and what each scenario changes."""

from __future__ import annotations

from riskkit.errors import message
from riskkit.exhibits.cash_words import periods
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.scenario_exhibits import MEASURES, concerned
from riskkit.exhibits.workbook.item_sheets import cells
from riskkit.exhibits.workbook.sheet import Sheet, SheetChart, SheetColumn

_UNITS = {"days": message("days"), "share": message("share of 1"), "count": message("count")}


def forecast_sheet(material: Material) -> Sheet | None:
    """Week by week: low, expected and high cash, what falls due. Ends of intervals do not add up: no total of them."""
    words, forecast = material.words, material.table("cash_forecast")
    if forecast is None or (rows := periods(forecast, "week")).empty:
        return None
    names = [words.text(name) for name in ("Low", "Expected", "High", "Falls due")]
    amounts = ("low_amount", "base_amount", "high_amount", "due_amount")
    columns = [
        SheetColumn(words.text("From"), "date", cells(rows["period_start"])),
        SheetColumn(words.text("To"), "date", cells(rows["period_end"])),
        *[
            SheetColumn(
                name, "money", cells(rows[amount].astype("float64")), is_total=amount in ("base_amount", "due_amount")
            )
            for name, amount in zip(names, amounts, strict=True)
        ],
    ]
    chart = SheetChart("line", words.text("Cash expected, week by week"), words.text("From"), names)
    note = words.text(
        "Cash of the open items only; low and high hold eight chances in ten, and their ends do not add up."
    )
    return Sheet(words.text("Forecast"), "riskkit_forecast", note, columns, chart)


def scenarios_sheet(material: Material) -> Sheet | None:
    """Each scenario, measure by measure: without, with, the change and its interval."""
    words, scenarios = material.words, material.table("scenarios")
    if scenarios is None or (rows := concerned(scenarios)).empty:
        return None
    rows = rows[rows["measure"].isin(list(MEASURES))]
    units = [material.run.currency if unit == "amount" else words.say(_UNITS[str(unit)]) for unit in rows["unit"]]
    columns = [
        SheetColumn(words.text("Scenario"), "wide", cells(rows["title"])),
        SheetColumn(
            words.text("Measure"), "wide", [words.say(MEASURES[str(code)]) for code in rows["measure"]], width=46
        ),
        SheetColumn(words.text("Unit"), "text", units, width=14),
        SheetColumn(words.text("Without"), "money", cells(rows["base"])),
        SheetColumn(words.text("Change"), "money", cells(rows["change"])),
        SheetColumn(words.text("Low"), "money", cells(rows["low"])),
        SheetColumn(words.text("High"), "money", cells(rows["high"])),
    ]
    note = words.text("Played on the invoices of the last years; both ends hold 95 chances in 100.")
    return Sheet(words.text("Scenarios"), "riskkit_scenarios", note, columns)
