"""What a panel shows, as an Excel file: the filters, the groups, the customers and the invoices, every row of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.fragment import clean
from riskkit.exhibits.language import Language
from riskkit.exhibits.panel_table import table_columns, table_rows
from riskkit.exhibits.panel_trail import said_documents, said_values
from riskkit.exhibits.theme import LIGHT
from riskkit.ledger.panel import Panel
from riskkit.ledger.panel_view import View

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_MAX_TEXT, _MAX_ROWS = 32_767, 1_048_575
_FORMATS = {"money": "#,##0.00", "share": "0.0 %", "number": "0.00", "days": "0", "count": "0", "date": "dd/mm/yyyy"}


def panel_workbook(panel: Panel, view: View, words: Language, *, company: str, label_of: Callable[[str], str]) -> bytes:
    """The view as an .xlsx file; no cell of it is ever a formula or a link, whatever a name holds.

    Amounts are in currency units, shares of 1 shown as percentages, dates are dates. `label_of` names a column.
    """
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, _OPTIONS) as book:
        styles = {kind: book.add_format({"num_format": shape}) for kind, shape in _FORMATS.items()}
        styles["head"] = book.add_format({"bold": True, "bg_color": LIGHT.accent, "font_color": LIGHT.accent_ink})
        _write_selection(book.add_worksheet(words.text("Selection")), panel, view, words, company, label_of, styles)
        _write_groups(book.add_worksheet(words.text("Groups")), panel, view, words, label_of(view.by), styles)
        for name, title in (("customers", words.text("Customers")), ("items", words.text("Open invoices"))):
            columns = [(c.name, c.heading, c.kind) for c in table_columns(name, words)]
            rows = table_rows(panel, view, name, words)
            if name == "customers":
                rows = rows.sort_values("overdue", ascending=False, kind="stable")
                rows = rows.assign(**{code: rows[code] / 100 for code in panel.buckets})
                columns += [(code, bucket_label(code, words.code), "money") for code in panel.buckets]
            _write_rows(book.add_worksheet(title), rows, columns, styles)
    return written.getvalue()


def _write_selection(
    sheet: Any, panel: Panel, view: View, words: Language, company: str, label_of: Callable[[str], str], styles: Any
) -> None:
    totals = view.totals
    filters = [(label_of(name), said_values(panel, name, keys, words)) for name, keys in view.selection.filters]
    if view.selection.is_on_documents:
        documents = said_documents(view.selection, words, currency=panel.currency)
        filters.append((words.text("Invoices"), documents))
    rows: list[tuple[str, object, str]] = [
        (words.text("Company"), company, "text"),
        (words.text("Position at"), pd.Timestamp(panel.as_of), "date"),
        (words.text("Currency"), panel.currency, "text"),
        *[(name, said, "text") for name, said in filters or [(words.text("Filters"), words.text("none"))]],
        (words.text("Open items"), totals["open"] / 100, "money"),
        (words.text("Overdue"), totals["overdue"] / 100, "money"),
        (words.text("Unapplied money"), totals["unapplied"] / 100, "money"),
        (words.text("Balance"), totals["receivables"] / 100, "money"),
        (words.text("Sales of 12 months"), totals["sales_12m"] / 100, "money"),
        (words.text("DSO in days"), view.dso_days, "number"),
        (words.text("Customers"), totals["customers_count"], "count"),
        (words.text("Open invoices"), totals["items_count"], "count"),
    ]
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 60)
    for row, (name, value, kind) in enumerate(rows):
        sheet.write_string(row, 0, name)
        _write(sheet, row, 1, value, kind, styles)


def _write_groups(sheet: Any, panel: Panel, view: View, words: Language, column: str, styles: Any) -> None:
    labels = panel.attributes[view.by].labels
    money = ["open", "overdue", "unapplied", "sales_12m", "excess"]
    rows = view.groups.assign(
        label=[labels[int(code)] for code in view.groups["code"]],
        **{name: view.groups[name].astype("float64").round() / 100 for name in money},
    )
    columns = [
        ("label", column, "text"),
        ("debtors_count", words.text("Customers"), "count"),
        ("open", words.text("Open items"), "money"),
        ("overdue", words.text("Overdue"), "money"),
        ("exposure_share", words.text("Share of open items"), "share"),
        ("overdue_share", words.text("Share of overdue"), "share"),
        ("overdue_share_low", words.text("Share of overdue, low"), "share"),
        ("overdue_share_high", words.text("Share of overdue, high"), "share"),
        ("lift", words.text("Ratio"), "number"),
        ("lift_low", words.text("Ratio, low"), "number"),
        ("lift_high", words.text("Ratio, high"), "number"),
        ("excess", words.text("Beyond its part"), "money"),
        ("sales_12m", words.text("Sales of 12 months"), "money"),
    ]
    _write_rows(sheet, rows, columns, styles)


def _write_rows(sheet: Any, rows: pd.DataFrame, columns: Sequence[tuple[str, str, str]], styles: Any) -> None:
    """A sheet of rows with its headings, frozen and filtered; a text is written as text whatever it begins with."""
    for rank, (_, heading, kind) in enumerate(columns):
        sheet.write_string(0, rank, heading, styles["head"])
        sheet.set_column(rank, rank, 34 if rank == 0 else 14 if kind != "text" else 24)
    for rank, (name, _, kind) in enumerate(columns):
        for row, value in enumerate(rows[name].head(_MAX_ROWS).tolist(), start=1):
            _write(sheet, row, rank, value, kind, styles)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, min(len(rows), _MAX_ROWS), len(columns) - 1)


def _write(sheet: Any, row: int, column: int, value: Any, kind: str, styles: Any) -> None:
    if value is None or pd.isna(value):
        return
    if kind == "date":
        sheet.write_datetime(row, column, pd.Timestamp(value).to_pydatetime(), styles["date"])
    elif kind == "text":
        sheet.write_string(row, column, clean(str(value))[:_MAX_TEXT])
    else:
        sheet.write_number(row, column, float(value), styles[kind])
