"""The sheets that go with an enriched file: matches to confirm, coverage by field, legend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from riskkit.companies.enrich_fields import FIELDS
from riskkit.companies.match_reasons import reason
from riskkit.errors import Message, message
from riskkit.exhibits.enriched_columns import AddedColumn
from riskkit.exhibits.language import Language

_MATCH_COLUMNS: Mapping[str, tuple[Message, int]] = {
    "customer_id": (message("Customer account"), 16),
    "name": (message("Name given"), 32),
    "address": (message("Address given"), 36),
    "siren": (message("SIREN proposed"), 13),
    "matched_name": (message("Name in the register"), 32),
    "matched_address": (message("Address in the register"), 36),
    "naf_code": (message("NAF code"), 10),
    "is_closed": (message("Ceased"), 9),
    "probability": (message("Probability"), 12),
    "reasons": (message("What decided"), 40),
}
_TITLES = {"siren": message("SIREN"), **{field.name: field.title for field in FIELDS}}


def write_matches(sheet: Any, matches: pd.DataFrame, words: Language, formats: Mapping[str, Any]) -> None:
    """The pairs that a person must confirm, the surest first, with an empty column for the answer."""
    shown = [name for name in _MATCH_COLUMNS if name in matches]
    if matches.empty:
        sheet.write_string(0, 0, words.text("No match is waiting to be confirmed."))
        return
    ordered = (
        matches.sort_values(["customer_id", "probability"], ascending=[True, False])
        if "probability" in shown
        else matches
    )
    for column, name in enumerate(shown):
        title, width = _MATCH_COLUMNS[name]
        sheet.write_string(0, column, words.say(title), formats["header"])
        sheet.set_column(column, column, width)
    sheet.write_string(0, len(shown), words.text("Your answer (yes or no)"), formats["added_header"])
    sheet.set_column(len(shown), len(shown), 16)
    for row, values in enumerate(ordered[shown].to_dict("records"), start=1):
        for column, name in enumerate(shown):
            _write_match(sheet, row, column, name, values[name], words, formats)
    sheet.autofilter(0, 0, len(ordered), len(shown))
    sheet.freeze_panes(1, 2)


def _write_match(
    sheet: Any, row: int, column: int, name: str, value: Any, words: Language, formats: Mapping[str, Any]
) -> None:
    if pd.isna(value):
        return
    if name == "probability":
        sheet.write_number(row, column, float(value), formats["share"])
    elif name == "is_closed":
        sheet.write_string(row, column, words.text("yes") if value else words.text("no"))
    elif name == "reasons":
        told = ", ".join(words.say(reason(code)) for code in str(value).split("+") if code)
        sheet.write_string(row, column, told)
    else:
        sheet.write_string(row, column, str(value))


def write_coverage(sheet: Any, table: pd.DataFrame, words: Language, formats: Mapping[str, Any]) -> None:
    """How many customers, and how much of the exposure, each field covers."""
    has_exposure = bool(table["exposure_share"].notna().any())
    titles = [
        words.text("Field"),
        words.text("Customers known"),
        words.text("Customers"),
        words.text("Share of customers"),
    ]
    for column, title in enumerate([*titles, *([words.text("Share of exposure")] if has_exposure else [])]):
        sheet.write_string(0, column, title, formats["header"])
    for row, values in enumerate(table.to_dict("records"), start=1):
        sheet.write_string(row, 0, words.say(_TITLES[values["field"]]))
        sheet.write_number(row, 1, int(values["count"]))
        sheet.write_number(row, 2, int(values["customers"]))
        for column, share in ((3, values["share"]), (4, values["exposure_share"])):
            if pd.notna(share):
                sheet.write_number(row, column, float(share), formats["share"])
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 4, 16)
    sheet.freeze_panes(1, 1)


def write_legend(
    sheet: Any, columns: Sequence[AddedColumn], *, as_of: dt.date, words: Language, formats: Mapping[str, Any]
) -> None:
    """What each column added means, and the rules that hold for all."""
    rules = [
        words.text("What was known on {day}: later facts are not used.", day=as_of),
        words.text(
            "Your own columns come first, in their order, with their values unchanged; formulas show their results, "
            "merged cells are split with the value in the first."
        ),
        words.text(
            "Every value found has its source and its date beside it; where a measure is blank, the source says why."
        ),
        words.text("Name, activity and legal form are those of the last update of the source, whatever the date."),
    ]
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, words.text("Legend"), formats["title"])
    for row, rule in enumerate(rules, start=2):
        sheet.write_string(row, 0, rule)
    start = len(rules) + 3
    sheet.write_string(start, 0, words.text("Column"), formats["added_header"])
    sheet.write_string(start, 1, words.text("Meaning"), formats["added_header"])
    for row, column in enumerate((column for column in columns if column.meaning), start=start + 1):
        sheet.write_string(row, 0, column.title, formats["wrap"])
        sheet.write_string(row, 1, column.meaning, formats["wrap"])
