"""The sheet of open items, with the provision of each."""

from __future__ import annotations

from functools import cache

import pandas as pd

from riskkit.errors import Message, message
from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.report.section import Material
from riskkit.exhibits.workbook.sheet import Sheet, SheetColumn
from riskkit.exhibits.workbook.write import MOST_ROWS

_KINDS: dict[str, Message] = {
    "invoice": message("invoice"),
    "deposit": message("deposit"),
    "opening": message("brought forward"),
    "refund": message("refund"),
    "other": message("other"),
}


def items_sheet(material: Material) -> Sheet | None:
    """Open items, the oldest first within a customer."""
    words, items = material.words, material.run.open_items
    if items.empty or len(items) > MOST_ROWS:
        return None
    rows = items.sort_values(["customer_name", "customer_id", "due_date", "item_id"], kind="stable")
    said = {code: words.say(kind) for code, kind in _KINDS.items()}
    number = rows["invoice_number"].fillna(rows["item_id"]) if "invoice_number" in rows else rows["item_id"]

    @cache
    def age(code: str) -> str:
        return bucket_label(code, material.language)

    columns = [
        SheetColumn(words.text("Invoice"), "text", cells(number)),
        SheetColumn(words.text("Account"), "text", cells(rows["customer_id"]), width=14),
        SheetColumn(words.text("Customer"), "text", cells(rows["customer_name"]), width=32),
        SheetColumn(words.text("Kind"), "text", [said.get(str(kind), str(kind)) for kind in rows["kind"]], width=12),
        SheetColumn(words.text("Issued"), "date", cells(rows["issue_date"])),
        SheetColumn(words.text("Due"), "date", cells(rows["due_date"])),
        SheetColumn(words.text("Days past due"), "count", cells(rows["days_past_due"]), colour="late"),
        SheetColumn(words.text("Age"), "text", [age(str(code)) for code in rows["bucket"]]),
        SheetColumn(words.text("Invoiced"), "money", cells(rows["amount"]), is_total=True),
        SheetColumn(words.text("Settled"), "money", cells(rows["applied_amount"]), is_total=True),
        SheetColumn(words.text("Open"), "money", cells(rows["open_amount"]), is_total=True),
    ]
    provision = material.table("provision")
    if provision is not None:
        own = provision.set_index("item_id").reindex(rows["item_id"])
        columns += [
            SheetColumn(words.text("IFRS 9 provision"), "money", cells(own["ifrs_amount"]), is_total=True),
            SheetColumn(words.text("French provision"), "money", cells(own["statutory_amount"]), is_total=True),
        ]
    for name, heading in (("source_file", words.text("File")), ("source_line", words.text("Line"))):
        if name in rows:
            columns.append(SheetColumn(heading, "text" if name == "source_file" else "count", cells(rows[name])))
    note = words.text("Each item that is not wholly paid at the date, with the row of the file it comes from.")
    return Sheet(words.text("Open items"), "riskkit_items", note, columns, frozen=3)


def cells(values: pd.Series) -> list[object]:
    """Values of a column as cells: missing as None, dates without a time."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return [None if pd.isna(value) else value for value in values.dt.to_pydatetime()]
    return values.astype("object").where(values.notna(), None).tolist()
