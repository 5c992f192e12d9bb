"""The sheets of the diagnostic's workbook, from the tables of a run; one without a row is left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from riskkit.exhibits.brand import Brand
from riskkit.exhibits.measure_words import MEASURES
from riskkit.exhibits.report.data_sections import TERMS
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.workbook.customer_sheets import ageing_sheet, limits_sheet, scores_sheet, worklist_sheet
from riskkit.exhibits.workbook.future_sheets import forecast_sheet, scenarios_sheet
from riskkit.exhibits.workbook.item_sheets import items_sheet
from riskkit.exhibits.workbook.sheet import Sheet
from riskkit.exhibits.workbook.write import Control, Cover, whole, write_workbook


def diagnostic_sheets(material: Material, customers: Sheet | None) -> list[Sheet]:
    """The sheets in order; `customers` is the client's own file with what was found."""
    makers = (items_sheet, ageing_sheet, scores_sheet, limits_sheet, worklist_sheet, forecast_sheet, scenarios_sheet)
    made = [make(material) for make in makers]
    return [sheet for sheet in (customers, *made) if sheet is not None and sheet.rows]


def diagnostic_workbook(path: Path, material: Material, brand: Brand, customers: Sheet | None = None) -> None:
    """Write `diagnostic.xlsx` of a run."""
    sheets = diagnostic_sheets(material, customers)
    write_workbook(
        path, _cover(material, brand, sheets), sheets, material.words, author=brand.author,
        as_of=material.run.as_of, accent=brand.accent,
    )  # fmt: skip


def _cover(material: Material, brand: Brand, sheets: Sequence[Sheet]) -> Cover:
    words, run = material.words, material.run
    lines = [
        words.text("Receivables diagnostic on {day}", day=words.date(run.as_of, style="long")),
        *([brand.author] if brand.author else []),
        words.text(
            "Amounts in {currency}, tax included. Totals above the tables follow the filters.", currency=run.currency
        ),
    ]
    methods = [
        (words.say(said.label), words.say(said.definition), words.say(said.formula))
        for name, said in MEASURES.items()
        if run.kpi(name) is not None
    ]
    methods += [(words.say(term), words.say(meaning), "") for term, meaning in TERMS]
    return Cover(
        sheet=words.text("Read me"),
        title=run.company,
        lines=lines,
        controls=_controls(material, {sheet.table: sheet for sheet in sheets}),
        control_heads=[words.text(name) for name in ("Control", "Here", "Against", "Difference", "Verdict")],
        method_heads=[words.text(name) for name in ("Measure", "What it is", "Formula")],
        methods=methods,
    )


def _controls(material: Material, sheets: dict[str, Sheet]) -> list[Control]:
    """What must tie: open items against the ledger and the ageing, its ages against their total."""
    words = material.words
    found: list[Control] = []
    opened, open_name, ageing = sheets.get("riskkit_items"), words.text("Open"), sheets.get("riskkit_ageing")
    ledger = (material.run.manifest.get("reconciliation") or {}).get("open")
    if opened is not None and ledger is not None:
        shown = opened.column(open_name).total
        label = words.text("Open items: the files against the sheet")
        found.append(Control(label, float(ledger), float(ledger), whole("riskkit_items", open_name), shown))
    if ageing is not None:
        total = words.text("Open items")
        value = ageing.column(total).total
        if opened is not None:
            found.append(
                Control(
                    words.text("Open items: by invoice against by customer"),
                    whole("riskkit_items", open_name), opened.column(open_name).total,
                    whole("riskkit_ageing", total), value,
                )
            )  # fmt: skip
        ages = "+".join(whole("riskkit_ageing", name)[1:] for name in ageing.parts)
        by_age = round(sum(ageing.column(name).total for name in ageing.parts), 2)
        found.append(Control(words.text("Ageing: the total against its ages"), whole("riskkit_ageing", total), value,
                             f"=ROUND({ages},2)", by_age))  # fmt: skip
    return found
