"""The action plan as an Excel file: the plan, today's worklist, and what each owner has collected."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from riskkit.exhibits.fragment import clean
from riskkit.exhibits.language import Language
from riskkit.exhibits.theme import LIGHT

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_MAX_TEXT = 32_767
_FORMATS = {"money": "#,##0.00", "share": "0.0 %", "count": "0", "date": "dd/mm/yyyy"}
_WIDTHS = {"text": 22, "wide": 60, "money": 14, "share": 10, "count": 9, "date": 12}


def actions_workbook(
    actions: pd.DataFrame, worklist: pd.DataFrame, owners: pd.DataFrame, words: Language, *, as_of: dt.date
) -> bytes:
    """The file, dated `as_of`: the same frames, the same bytes. No cell is a formula or a link, whatever a name holds.

    From: `ACTIONS`, `DUNNING` (rows to do today, `step` in words) and `OWNERS`, in cents.
    """
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, _OPTIONS) as book:
        book.set_properties({"created": dt.datetime.combine(as_of, dt.time())})
        styles = {kind: book.add_format({"num_format": shape, "valign": "top"}) for kind, shape in _FORMATS.items()}
        styles["text"] = book.add_format({"valign": "top"})
        styles["wide"] = book.add_format({"valign": "top", "text_wrap": True})
        styles["head"] = book.add_format(
            {"bold": True, "bg_color": LIGHT.accent, "font_color": LIGHT.accent_ink, "text_wrap": True, "valign": "top"}
        )
        for title, name, frame, columns in (
            (words.text("Action plan"), "plan", actions, _plan_columns(words)),
            (words.text("Dunning of the day"), "worklist", worklist, _worklist_columns(words)),
            (words.text("By owner"), "owners", owners, _owner_columns(words)),
        ):
            _write(book.add_worksheet(title[:31]), name, frame, columns, styles)
    return written.getvalue()


def _plan_columns(words: Language) -> list[tuple[str, str, str]]:
    return [
        ("rank", words.text("No."), "count"),
        ("customer_id", words.text("Account"), "text"),
        ("name", words.text("Customer"), "text"),
        ("owner", words.text("Who"), "text"),
        ("action", words.text("To do"), "text"),
        ("why", words.text("Why"), "wide"),
        ("do_by", words.text("By"), "date"),
        ("stake_cents", words.text("At stake"), "money"),
        ("also", words.text("And also"), "wide"),
    ]


def _worklist_columns(words: Language) -> list[tuple[str, str, str]]:
    return [
        ("rank", words.text("No."), "count"),
        ("customer_id", words.text("Account"), "text"),
        ("name", words.text("Customer"), "text"),
        ("owner", words.text("Who"), "text"),
        ("step", words.text("Step"), "text"),
        ("amount_cents", words.text("Amount"), "money"),
        ("gain_cents", words.text("Expected gain"), "money"),
        ("gain_low_cents", words.text("Gain, low"), "money"),
        ("gain_high_cents", words.text("Gain, high"), "money"),
        ("do_by", words.text("By"), "date"),
        ("reason_1", words.text("Why"), "wide"),
        ("reason_2", words.text("To be known"), "wide"),
    ]


def _owner_columns(words: Language) -> list[tuple[str, str, str]]:
    return [
        ("owner", words.text("Who"), "text"),
        ("customers_count", words.text("Customers"), "count"),
        ("open_cents", words.text("Open items"), "money"),
        ("overdue_cents", words.text("Overdue"), "money"),
        ("overdue_share", words.text("Overdue, share"), "share"),
        ("period_start", words.text("From"), "date"),
        ("period_end", words.text("To"), "date"),
        ("collected_cents", words.text("Collected"), "money"),
        ("recovery_share", words.text("Collected ÷ (collected + overdue)"), "share"),
        ("bonus_cents", words.text("Bonus"), "money"),
        ("actions_count", words.text("Lines of the plan"), "count"),
    ]


def _write(
    sheet: Any, name: str, frame: pd.DataFrame, columns: Sequence[tuple[str, str, str]], styles: dict[str, Any]
) -> None:
    """A real table of Excel (sorted and filtered by its headings), its first row and columns frozen."""
    rows = max(len(frame), 1)
    heads = [{"header": heading, "header_format": styles["head"]} for _, heading, _ in columns]
    sheet.add_table(0, 0, rows, len(columns) - 1, {"name": f"riskkit_{name}", "columns": heads,
                                                  "style": "Table Style Light 1"})  # fmt: skip
    for place, (column, _, kind) in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS[kind])
        for row, value in enumerate(frame[column].tolist(), start=1):
            _cell(sheet, row, place, value, kind, styles)
    sheet.freeze_panes(1, min(3, len(columns) - 1))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _cell(sheet: Any, row: int, place: int, value: Any, kind: str, styles: dict[str, Any]) -> None:
    if value is None or pd.isna(value):
        return
    if kind in ("text", "wide"):
        sheet.write_string(row, place, clean(str(value))[:_MAX_TEXT], styles[kind])
    elif kind == "date":
        sheet.write_datetime(row, place, pd.Timestamp(value).to_pydatetime(), styles["date"])
    else:
        sheet.write_number(row, place, float(value) / (100 if kind == "money" else 1), styles[kind])
