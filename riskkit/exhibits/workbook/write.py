"""Sheets written as an .xlsx file, row by row, so that 200,000 rows need no more memory than one.

Above each table stands a row of live totals (`SUBTOTAL`, so that a filter is followed) with the values they have; every
text is written as text, whatever it begins with.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range, xl_rowcol_to_cell

from riskkit.exhibits.fragment import clean
from riskkit.exhibits.language import Language
from riskkit.exhibits.theme import LIGHT
from riskkit.exhibits.workbook.sheet import Sheet, SheetChart

MOST_ROWS = 1_000_000  # Excel has 1,048,576
NOTE_ROW, TOTAL_ROW, HEAD_ROW = 1, 2, 3
_MAX_TEXT = 32_767
_METHOD_PLACES, _MEANING_CHARS, _FORMULA_CHARS = (0, 1, 4), 72, 52
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_SHAPES = {"money": "#,##0.00", "share": "0.0%", "count": "#,##0", "number": "#,##0.0", "date": "dd/mm/yyyy"}
_WIDTHS = {"text": 20, "wide": 60, "money": 15, "share": 11, "count": 11, "number": 11, "date": 12}
_CLASS_COLOURS = {"1": LIGHT.good, "2": LIGHT.good, "4": LIGHT.contrast, "5": LIGHT.bad}


@dataclass(frozen=True)
class Control:
    """A line of the first sheet: what is compared, two formulas with the values they have, or a value and a formula."""

    label: str
    first: str | float
    first_value: float
    second: str
    second_value: float


@dataclass(frozen=True)
class Cover:
    """The first sheet: title, lines of text, controls whose difference must be nil, then rows of three texts."""

    sheet: str
    title: str
    lines: Sequence[str]
    controls: Sequence[Control]
    control_heads: Sequence[str]
    method_heads: Sequence[str]
    methods: Sequence[tuple[str, str, str]]


def write_workbook(
    path: Path, cover: Cover, sheets: Sequence[Sheet], words: Language, *, author: str, as_of: dt.date, accent: str
) -> None:
    """Write the workbook aside, then put it in place. Sheets without a row are not written.

    Parameters
    ----------
    path
        Where.
    cover, sheets
        What it holds, in order.
    words
        Language of what this module says itself.
    author, as_of
        Of the file's properties: its date is the valuation date.
    accent
        Colour of the headings.

    """
    aside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    with xlsxwriter.Workbook(str(aside), _OPTIONS) as book:
        day = dt.datetime(as_of.year, as_of.month, as_of.day)  # noqa: DTZ001 - Excel knows no zones
        book.set_properties({"title": cover.title, "author": author, "created": day})
        styles = _styles(book, accent)
        shown = [sheet for sheet in sheets if sheet.rows]
        _write_cover(book.add_worksheet(cover.sheet[:31]), cover, shown, styles, words)
        for sheet in shown:
            _write_sheet(book, sheet, styles, words)
    os.replace(aside, path)


def reference(table: str, heading: str) -> str:
    """A column of a table as a formula names it."""
    escaped = "".join(f"'{c}" if c in "[]#'@" else c for c in heading)
    return f"{table}[{escaped}]"


def subtotal(table: str, heading: str) -> str:
    """The sum of the visible rows of a column."""
    return f"=SUBTOTAL(109,{reference(table, heading)})"


def whole(table: str, heading: str) -> str:
    """The sum of a column, whatever is filtered."""
    return f"=ROUND(SUM({reference(table, heading)}),2)"


def _styles(book: Any, accent: str) -> dict[str, Any]:
    styles = {kind: book.add_format({"num_format": shape, "valign": "top"}) for kind, shape in _SHAPES.items()}
    styles |= {
        f"total_{kind}": book.add_format({"num_format": shape, "bold": True, "top": 1, "bg_color": LIGHT.raised})
        for kind, shape in _SHAPES.items()
    }
    styles["total"] = book.add_format({"bold": True, "top": 1, "bg_color": LIGHT.raised})
    styles["text"] = book.add_format({"valign": "top", "indent": 1})
    styles["wide"] = book.add_format({"valign": "top", "text_wrap": True})
    styles["note"] = book.add_format({"font_color": LIGHT.quiet, "italic": True})
    styles["title"] = book.add_format({"bold": True, "font_size": 16, "font_color": accent})
    styles["head"] = book.add_format(
        {"bold": True, "bg_color": accent, "font_color": LIGHT.accent_ink, "text_wrap": True, "valign": "top"}
    )
    styles["link"] = book.add_format({"font_color": accent, "underline": 1})
    styles["late"] = book.add_format({"font_color": LIGHT.bad, "bold": True})
    styles |= {f"class_{code}": book.add_format({"font_color": colour, "bold": True}) for code, colour in
               _CLASS_COLOURS.items()}  # fmt: skip
    return styles


def _write_sheet(book: Any, sheet: Sheet, styles: Mapping[str, Any], words: Language) -> None:
    made = book.add_worksheet(sheet.title[:31])
    last = HEAD_ROW + sheet.rows
    for place, column in enumerate(sheet.columns):
        made.set_column(place, place, column.width or _WIDTHS[column.kind])
    made.write_string(0, 0, clean(sheet.title), styles["title"])
    made.write_string(NOTE_ROW, 0, clean(sheet.note), styles["note"])
    made.set_row(HEAD_ROW, 30)
    _write_totals(made, sheet, styles, words)
    _add_table(made, sheet, last, styles)
    kinds = [(column.kind, styles[column.kind]) for column in sheet.columns]
    for row, values in enumerate(zip(*[column.cells for column in sheet.columns], strict=True), start=HEAD_ROW + 1):
        for place, (value, (kind, style)) in enumerate(zip(values, kinds, strict=True)):
            write_value(made, row, place, value, kind, style)
    made.freeze_panes(HEAD_ROW + 1, min(sheet.frozen, len(sheet.columns) - 1))
    _colour(made, sheet, last, styles)
    if sheet.chart is not None:
        _write_chart(book, made, sheet, sheet.chart)
    made.set_landscape()
    made.set_paper(9)
    made.fit_to_pages(1, 0)
    made.repeat_rows(HEAD_ROW)


def _write_totals(made: Any, sheet: Sheet, styles: Mapping[str, Any], words: Language) -> None:
    if not any(column.is_total for column in sheet.columns):
        return
    for place, column in enumerate(sheet.columns):
        if column.is_total:
            made.write_formula(
                TOTAL_ROW, place, subtotal(sheet.table, column.heading), styles[f"total_{column.kind}"], column.total
            )
        else:
            said = words.text("Total of the rows shown") if place == 0 else ""
            made.write_string(TOTAL_ROW, place, said, styles["total"])


def _add_table(made: Any, sheet: Sheet, last: int, styles: Mapping[str, Any]) -> None:
    """A real table of Excel.

    xlsxwriter offers none while it writes row by row, for it would write the cells of some; none of ours: the table is
    added over two rows, then given its range, and its headings are written again as text.
    """
    heads = [{"header": column.heading, "header_format": styles["head"]} for column in sheet.columns]
    wide = len(sheet.columns) - 1
    made.constant_memory = 0
    made.add_table(HEAD_ROW, 0, HEAD_ROW + 1, wide,
                   {"name": sheet.table, "columns": heads, "style": "Table Style Light 1"})  # fmt: skip
    made.constant_memory = 1
    table = made.tables[-1]
    table["range"] = table["a_range"] = table["autofilter"] = xl_range(HEAD_ROW, 0, last, wide)
    for place, column in enumerate(sheet.columns):
        made.write_string(HEAD_ROW, place, column.heading, styles["head"])


def write_value(made: Any, row: int, place: int, value: Any, kind: str, style: Any) -> None:
    """One value by the kind of its column; missing is an empty cell, a text is text whatever it begins with."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return
    if isinstance(value, str):
        made.write_string(row, place, clean(value)[:_MAX_TEXT], style)
    elif isinstance(value, (dt.datetime, dt.date)):
        made.write_datetime(row, place, value, style)
    elif isinstance(value, bool):
        made.write_boolean(row, place, value, style)
    elif kind in ("text", "wide"):
        made.write(row, place, value, style)
    else:
        made.write_number(row, place, float(value), style)


def _colour(made: Any, sheet: Sheet, last: int, styles: Mapping[str, Any]) -> None:
    """Colours that follow the values: classes of risk, days late, bars of amounts."""
    for place, column in enumerate(sheet.columns):
        cells = (HEAD_ROW + 1, place, last, place)
        if column.colour == "class":
            for code in _CLASS_COLOURS:
                rule = {"type": "text", "criteria": "begins with", "value": code, "format": styles[f"class_{code}"]}
                made.conditional_format(*cells, rule)
        elif column.colour == "late":
            made.conditional_format(*cells, {"type": "cell", "criteria": ">", "value": 90, "format": styles["late"]})
        elif column.colour == "bar":
            made.conditional_format(*cells, {"type": "data_bar", "bar_color": LIGHT.line})


def _write_chart(book: Any, made: Any, sheet: Sheet, chart: SheetChart) -> None:
    """A native chart to the right of the table, or below a short one."""
    drawn = book.add_chart({"type": chart.kind})
    places = {column.heading: place for place, column in enumerate(sheet.columns)}
    first, last = HEAD_ROW + 1, HEAD_ROW + sheet.rows
    if chart.of_totals:
        wide = [places[name] for name in chart.series]
        drawn.add_series({
            "name": chart.title,
            "categories": [sheet.title[:31], HEAD_ROW, wide[0], HEAD_ROW, wide[-1]],
            "values": [sheet.title[:31], TOTAL_ROW, wide[0], TOTAL_ROW, wide[-1]],
            "fill": {"color": LIGHT.accent},
        })  # fmt: skip
        drawn.set_legend({"none": True})
    else:
        for name, colour in zip(chart.series, (LIGHT.accent, LIGHT.neutral, LIGHT.contrast, LIGHT.good), strict=False):
            drawn.add_series({
                "name": [sheet.title[:31], HEAD_ROW, places[name]],
                "categories": [sheet.title[:31], first, places[chart.categories], last, places[chart.categories]],
                "values": [sheet.title[:31], first, places[name], last, places[name]],
                "line": {"color": colour, "width": 2.25}, "fill": {"color": colour},
            })  # fmt: skip
        drawn.set_legend({"position": "bottom"})
        drawn.set_x_axis({"num_format": "dd/mm", "num_font": {"rotation": -45}})
    drawn.set_title({"name": chart.title, "name_font": {"size": 11}})
    drawn.set_size({"width": 760, "height": 320})
    made.insert_chart(HEAD_ROW, len(sheet.columns) + 1, drawn, {"description": chart.title})


def _write_cover(made: Any, cover: Cover, sheets: Sequence[Sheet], styles: Mapping[str, Any], words: Language) -> None:
    made.hide_gridlines(2)
    made.set_column(0, 0, 44)
    made.set_column(1, 3, 22)
    made.set_column(4, 4, 56)
    made.write_string(0, 0, clean(cover.title), styles["title"])
    row = 1
    for line in cover.lines:
        made.write_string(row, 0, clean(line))
        row += 1
    row += 1
    for sheet in sheets:
        made.write_url(row, 0, f"internal:'{sheet.title[:31]}'!A1", styles["link"], sheet.title)
        made.write_string(row, 1, clean(sheet.note))
        row += 1
    row += 1
    for place, head in enumerate(cover.control_heads):
        made.write_string(row, place, head, styles["head"])
    for control in cover.controls:
        row += 1
        made.write_string(row, 0, clean(control.label))
        if isinstance(control.first, str):
            made.write_formula(row, 1, control.first, styles["money"], control.first_value)
        else:
            made.write_number(row, 1, control.first, styles["money"])
        made.write_formula(row, 2, control.second, styles["money"], control.second_value)
        left, right = xl_rowcol_to_cell(row, 1), xl_rowcol_to_cell(row, 2)
        difference = round(control.first_value - control.second_value, 2)
        made.write_formula(row, 3, f"=ROUND({left}-{right},2)", styles["money"], difference)
        met = words.text("ties"), words.text("does not tie")
        made.write_formula(row, 4, f'=IF({xl_col_to_name(3)}{row + 1}=0,"{met[0]}","{met[1]}")', None,
                           met[bool(difference)])  # fmt: skip
    row += 2
    for place, head in zip(_METHOD_PLACES, cover.method_heads, strict=True):
        made.write_string(row, place, head, styles["head"])
    for name, meaning, formula in cover.methods:
        row += 1
        lines = max(math.ceil(len(meaning) / _MEANING_CHARS), math.ceil(len(formula) / _FORMULA_CHARS), 1)
        made.set_row(row, 15 * lines)
        made.write_string(row, 0, clean(name), styles["text"])
        made.merge_range(row, 1, row, 3, clean(meaning)[:_MAX_TEXT], styles["wide"])
        made.write_string(row, 4, clean(formula)[:_MAX_TEXT], styles["wide"])
    made.set_landscape()
    made.set_paper(9)
    made.fit_to_pages(1, 0)
