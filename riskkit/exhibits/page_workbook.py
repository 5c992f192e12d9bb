"""What a page of the dashboard shows, as a workbook: one sheet a table, nothing in a cell is ever a formula."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from riskkit.exhibits.fragment import clean
from riskkit.exhibits.language import language as language_of

_ROWS = 1_000_000
_WIDEST = 60


def page_workbook(
    sheets: Mapping[str, pd.DataFrame],
    *,
    company: str,
    as_of: dt.date,
    language: str,
    headings: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """The frames as an Excel file, headings frozen and filtered; the company and the date are in its properties.

    A column is formatted by its name; `headings` gives the words that stand over it, where they are not its name.
    """
    import xlsxwriter

    words = language_of(language)
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"title": f"{company} {as_of.isoformat()}", "comments": words.text("Made by riskkit")})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        kinds = {
            "money": book.add_format({"num_format": "#,##0.00"}),
            "share": book.add_format({"num_format": "0.0%"}),
            "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        }
        taken: set[str] = set()
        for name, frame in sheets.items():
            sheet = book.add_worksheet(_sheet_name(name, taken))
            _write(sheet, frame.head(_ROWS), head, kinds, headings)
    return made.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[\[\]:*?/\\']", " ", clean(name)).strip()[:28] or "Table"
    unique = plain if plain.lower() not in taken else f"{plain} {len(taken)}"
    taken.add(unique.lower())
    return unique


def _write(
    sheet: object, frame: pd.DataFrame, head: object, kinds: Mapping[str, object], headings: Mapping[str, str]
) -> None:
    write = sheet  # xlsxwriter has no types of its own
    for column, name in enumerate(map(str, frame.columns)):
        heading = headings.get(name, name)
        write.write_string(0, column, heading, head)  # type: ignore[attr-defined]
        values = frame.iloc[:, column]  # two columns may be called the same
        kind = _kind(name, values)
        longest = len(heading)
        for row, value in enumerate(values.tolist(), start=1):
            if value is None or value is pd.NaT or value is pd.NA or value != value:
                continue
            if kind == "date":
                write.write_datetime(row, column, pd.Timestamp(value).to_pydatetime(), kinds["date"])  # type: ignore[attr-defined]
            elif isinstance(value, bool) or not isinstance(value, (int, float)):
                text = clean(str(value))[:32_000]
                longest = max(longest, len(text))
                write.write_string(row, column, text)  # type: ignore[attr-defined]
            else:
                write.write_number(row, column, float(value), kinds.get(kind))  # type: ignore[attr-defined]
        write.set_column(column, column, min(max(10, longest + 2), _WIDEST))  # type: ignore[attr-defined]
    if len(frame.columns):
        write.freeze_panes(1, 1)  # type: ignore[attr-defined]
        write.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)  # type: ignore[attr-defined]


def _kind(name: str, values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return "date"
    if name.endswith("_amount"):
        return "money"
    return "share" if name.endswith(("_share", "_rate")) else "number"
