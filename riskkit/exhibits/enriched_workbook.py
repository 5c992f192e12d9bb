"""The client's own Excel file back, enriched: its columns untouched, what was found to their right, how sure it is."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from riskkit.companies.client_file import Cell, ClientFile
from riskkit.companies.enrich import Enrichment, coverage
from riskkit.exhibits.enriched_columns import AddedColumn, added_columns
from riskkit.exhibits.enriched_sheets import write_coverage, write_legend, write_matches
from riskkit.exhibits.language import Language, language
from riskkit.exhibits.theme import LIGHT

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "constant_memory": False,
}
_MAX_TEXT = 32_767
_WIDTHS = (8, 42)
_MEASURED_ROWS = 300


def write_enriched_workbook(
    path: Path,
    *,
    enrichment: Enrichment,
    as_of: dt.date,
    language_code: str = "fr",
    client_file: ClientFile | None = None,
    to_confirm: pd.DataFrame | None = None,
    exposure_cents: pd.Series | None = None,
    figures: Sequence[AddedColumn] = (),
) -> None:
    """Write the enriched workbook, aside and then renamed.

    From: an `Enrichment`; `client_file`, whose sheets come first with every value as it was; `to_confirm`, the matches
          that a person must confirm (`matching.PAIRS_TO_CONFIRM`).
    To:   an .xlsx file. On the sheet of customers each field found adds its value, its source and its date; where a
          measure is not computable the source says why. Then the matches to confirm, the coverage, the legend.

    Parameters
    ----------
    path
        Where to write. No cell of it is ever a formula or a link, whatever the client's file holds.
    enrichment
        Customers with what was found; source_file and source_line tell their row in the client's file.
    as_of
        Valuation date, said in the legend.
    language_code
        Of headers, legend and words.
    client_file
        The client's cells; without it, a plain list of the customers takes its place.
    to_confirm
        Matches to confirm; the sheet says so when there are none.
    exposure_cents
        Exposure of each customer, for the coverage by amount.
    figures
        Columns of the run's own figures (`enriched_figures`), after what was found about companies.

    """
    words = language(language_code)
    customers = client_file or listed_customers(enrichment, words)
    columns = _told_apart([*added_columns(enrichment, words), *figures], customers, words)
    aside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    with xlsxwriter.Workbook(str(aside), _OPTIONS) as book:
        book.set_properties({"created": dt.datetime.combine(as_of, dt.time())})
        formats = _formats(book)
        used = {name.lower() for name in customers.sheets}
        for name, rows in customers.sheets.items():
            sheet = book.add_worksheet(name[:31])
            _write_cells(sheet, rows, formats)
            if name == customers.sheet:
                _write_added(sheet, customers, enrichment, columns, formats)
                sheet.activate()
        if to_confirm is not None:
            write_matches(book.add_worksheet(_free(words.text("To confirm"), used)), to_confirm, words, formats)
        table = coverage(enrichment, exposure_cents=exposure_cents)
        write_coverage(book.add_worksheet(_free(words.text("Coverage"), used)), table, words, formats)
        legend = book.add_worksheet(_free(words.text("Legend"), used))
        write_legend(legend, columns, as_of=as_of, words=words, formats=formats)
    os.replace(aside, path)


def _formats(book: Any) -> dict[str, Any]:
    """Cell formats: the client's own cells plain, what was added on a ground of its own."""
    date, amount = "dd/mm/yyyy", "#,##0.00"
    header = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
    return {
        "header": book.add_format(header),
        "added_header": book.add_format({**header, "bg_color": LIGHT.accent, "font_color": LIGHT.accent_ink}),
        "date": book.add_format({"num_format": date}),
        "datetime": book.add_format({"num_format": f"{date} hh:mm"}),
        "time": book.add_format({"num_format": "hh:mm"}),
        "amount": book.add_format({"num_format": amount}),
        "number": book.add_format({"num_format": "0.00"}),
        "days": book.add_format({"num_format": "0"}),
        "share": book.add_format({"num_format": "0 %"}),
        "quiet": book.add_format({"font_color": LIGHT.quiet}),
        "quiet_date": book.add_format({"num_format": date, "font_color": LIGHT.quiet}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "text": None,
    }


def write_cell(sheet: Any, row: int, column: int, value: Cell, formats: Mapping[str, Any]) -> None:
    """One cell as its kind; a text is written as text, whatever it begins with."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, dt.datetime):
        if value.year < 1900:
            midnight = value.replace(hour=0, minute=0, second=0, microsecond=0)
            sheet.write_number(row, column, (value - midnight).total_seconds() / 86_400, formats["time"])
        else:
            has_time = value.time() != dt.time()
            sheet.write_datetime(row, column, value, formats["datetime" if has_time else "date"])
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, value[:_MAX_TEXT])


def _write_cells(sheet: Any, rows: Sequence[Sequence[Cell]], formats: Mapping[str, Any]) -> None:
    """Every value of a sheet at its place, and columns wide enough to read it."""
    widths: dict[int, int] = {}
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            write_cell(sheet, row, column, value, formats)
            if row < _MEASURED_ROWS and value is not None:
                length = 10 if isinstance(value, dt.datetime) else len(str(value))
                widths[column] = max(widths.get(column, 0), length)
    for column, width in widths.items():
        sheet.set_column(column, column, min(max(width + 2, _WIDTHS[0]), _WIDTHS[1]))


def _write_added(
    sheet: Any,
    customers: ClientFile,
    enrichment: Enrichment,
    columns: Sequence[AddedColumn],
    formats: Mapping[str, Any],
) -> None:
    """The columns found, to the right of the widest row, each customer on its own row."""
    rows = customers.sheets[customers.sheet]
    first = max((len(cells) for cells in rows), default=0)
    header = customers.header_row - 1
    for column, value in enumerate(rows[header]):
        if value is not None:
            sheet.write_string(header, column, str(value)[:_MAX_TEXT], formats["header"])
    lines = client_lines(enrichment.customers, customers)
    for offset, added in enumerate(columns):
        sheet.write_string(header, first + offset, added.title, formats["added_header"])
        sheet.set_column(first + offset, first + offset, added.width)
        for line, value in zip(lines, added.values, strict=True):
            if line is not None and value is not None:
                _write_found(sheet, line - 1, first + offset, value, formats, added.style)
    if columns:
        sheet.autofilter(header, 0, max(len(rows) - 1, header), first + len(columns) - 1)
    sheet.freeze_panes(header + 1, 1)


def _write_found(sheet: Any, row: int, column: int, value: Cell, formats: Mapping[str, Any], style: str) -> None:
    """One value found, in the style of its column."""
    shape = formats[style]
    if isinstance(value, dt.datetime):
        sheet.write_datetime(row, column, value, shape or formats["date"])
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(row, column, value, shape)
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:_MAX_TEXT], shape)


def _told_apart(columns: Sequence[AddedColumn], customers: ClientFile, words: Language) -> list[AddedColumn]:
    """The columns added, renamed where the client's file already has one of that name."""
    rows = customers.sheets[customers.sheet]
    header = rows[customers.header_row - 1] if rows else []
    taken = {str(title).strip().casefold() for title in header if title is not None}
    return [
        replace(column, title=words.text("{title} (riskkit)", title=column.title))
        if column.title.casefold() in taken
        else column
        for column in columns
    ]


def client_lines(customers: pd.DataFrame, client_file: ClientFile) -> list[int | None]:
    """Row of each customer in the client's file; None for one that was read from another file."""
    if not client_file.name or "source_line" not in customers:
        return [client_file.header_row + rank for rank in range(1, len(customers) + 1)]
    is_here = customers["source_file"].str.split(" [", regex=False).str[0] == client_file.name
    return [int(line) if here else None for line, here in zip(customers["source_line"], is_here, strict=True)]


def listed_customers(enrichment: Enrichment, words: Language) -> ClientFile:
    """The customers as a client's file would list them, when there is none: a ledger names its customers itself."""
    given = [name for name in ("customer_id", "name", "siren", "postcode", "town") if name in enrichment.customers]
    titles = {
        "customer_id": words.text("Customer account"),
        "name": words.text("Name"),
        "siren": "SIREN",
        "postcode": words.text("Postcode"),
        "town": words.text("Town"),
    }
    rows: list[list[Cell]] = [[titles[name] for name in given]]
    for values in enrichment.customers[given].itertuples(index=False):
        rows.append([value if isinstance(value, str) else None for value in values])
    name = words.text("Customers")
    return ClientFile("", {name: rows}, name, 1)


def _free(name: str, used: set[str]) -> str:
    """A sheet name that no sheet of the client bears."""
    free, rank = name, 1
    while free.lower() in used:
        rank += 1
        free = f"{name} {rank}"
    used.add(free.lower())
    return free
