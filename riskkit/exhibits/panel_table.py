"""The tables of a panel: customers or invoices of the selection, found, sorted and shown a page at a time."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.panel_parts import act_button, stacked_ages
from riskkit.exhibits.tables import Kind, show_cell
from riskkit.ledger.panel import CUSTOMER, Panel
from riskkit.ledger.panel_view import View

PAGE_ROWS = 20


@dataclass(frozen=True)
class PanelColumn:
    """A column of a panel's table: its name in the frame, its heading, how it is written, whether a phone shows it."""

    name: str
    heading: str
    kind: Kind = "text"
    wide: bool = False


@dataclass(frozen=True)
class TableAsked:
    """What the reader wants of the table: `customers` or `items`, the order (`overdue-down`), a search, a page."""

    table: str = "customers"
    sort: str = "overdue-down"
    search: str = ""
    page: int = 0


SORTS = {"customers": "overdue-down", "items": "days_past_due-down"}


def table_columns(table: str, words: Language) -> tuple[PanelColumn, ...]:
    """The columns of a table, in order."""
    if table == "items":
        return (
            PanelColumn("number", words.text("Invoice")),
            PanelColumn("name", words.text("Customer")),
            PanelColumn("issue_date", words.text("Issued"), "date", wide=True),
            PanelColumn("due_date", words.text("Due"), "date"),
            PanelColumn("days_past_due", words.text("Days late"), "count"),
            PanelColumn("amount", words.text("Invoice amount"), "money", wide=True),
            PanelColumn("open", words.text("Open"), "money"),
            PanelColumn("bucket", words.text("Age"), wide=True),
        )
    return (
        PanelColumn("name", words.text("Customer")),
        PanelColumn("id", words.text("Number"), wide=True),
        PanelColumn("receivables", words.text("Balance"), "money"),
        PanelColumn("overdue", words.text("of which overdue"), "money"),
        PanelColumn("oldest_days", words.text("Oldest overdue"), "days"),
        PanelColumn("items_count", words.text("Open invoices"), "count", wide=True),
        PanelColumn("sales_12m", words.text("Sales of 12 months"), "money", wide=True),
    )


def table_rows(panel: Panel, view: View, table: str, words: Language) -> pd.DataFrame:
    """Every row of a table, in currency units, with `folded` (what a search looks in) and `row` (its number)."""
    if table == "items":
        shown = panel.items.shown.iloc[view.items]
        labelled = shown["invoice_number"].where(shown["invoice_number"].notna(), shown["item_id"]).astype("str")
        labels = {code: bucket_label(code, words.code) for code in panel.buckets}
        customers = panel.items.facts.customer[view.items]
        rows = pd.DataFrame(
            {
                "row": customers,
                "number": labelled.to_numpy(),
                "name": np.array(panel.names, dtype=object)[customers],
                "issue_date": shown["issue_date"].to_numpy(),
                "due_date": shown["due_date"].to_numpy(),
                "days_past_due": pd.to_numeric(shown["days_past_due"]).to_numpy(dtype="float64", na_value=np.nan),
                "amount": shown["amount"].to_numpy(dtype="float64"),
                "open": shown["open_amount"].to_numpy(dtype="float64"),
                "bucket": shown["bucket"].map(labels).to_numpy(),
            }
        )
        rows["order"] = panel.items.bucket[view.items]
        return rows
    kept = view.customers[(view.customers["open"] != 0) | (view.customers["unapplied"] != 0)]
    numbers = kept.index.to_numpy()
    rows = kept[[*panel.buckets]].reset_index(drop=True)
    rows["row"] = numbers
    rows["name"] = np.array(panel.names, dtype=object)[numbers]
    rows["id"] = np.array(panel.customer_ids, dtype=object)[numbers]
    rows["receivables"] = (kept["open"] - kept["unapplied"]).to_numpy() / 100
    for name in ("open", "overdue", "sales_12m"):
        rows[name] = kept[name].to_numpy() / 100
    rows["oldest_days"] = kept["oldest_days"].where(kept["oldest_days"] > 0).to_numpy(dtype="float64")
    rows["items_count"] = kept["items_count"].to_numpy()
    return rows


def find_rows(rows: pd.DataFrame, asked: TableAsked, folded: dict[str, str]) -> pd.DataFrame:
    """The rows that hold every word searched, in the order asked; missing values come last.

    `folded` keeps the texts already compared, so that each is folded once.
    """
    for word in fold(asked.search).split():
        texts = [name for name in ("name", "id", "number") if name in rows]
        found = np.zeros(len(rows), dtype=bool)
        for name in texts:
            found |= np.array([word in _folded(text, folded) for text in rows[name]], dtype=bool)
        rows = rows[found]
    name, _, direction = asked.sort.rpartition("-")
    if name not in rows:
        name = SORTS[asked.table].rpartition("-")[0]
    keys = rows[name]
    if name == "bucket":
        keys = rows["order"]
    elif keys.dtype == object or pd.api.types.is_string_dtype(keys.dtype):
        keys = keys.map(lambda text: _folded(text, folded))
    return rows.loc[keys.sort_values(ascending=direction == "up", kind="stable", na_position="last").index]


def fold(text: str) -> str:
    """The text as it is compared: no accents, no capitals."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def table_html(panel: Panel, rows: pd.DataFrame, asked: TableAsked, words: Language) -> Html:
    """One page of the rows found, with headings that sort and steps from page to page."""
    columns = table_columns(asked.table, words)
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(max(asked.page, 0), pages - 1)
    shown = rows.iloc[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
    if rows.empty:
        return element("p", words.text("Nothing is found. Try fewer letters."), class_="rk-nothing", role="status")
    with_ages = asked.table == "customers"
    headings = [_heading(column, asked, words) for column in columns]
    if with_ages:
        headings.append(element("th", words.text("Open items by age"), scope="col", class_="rk-wide"))
    whole = round(float(shown["open"].max()) * 100) if with_ages else 0
    body = []
    for row in shown.to_dict("records"):
        cells = [_cell(row, column, panel, words, first=not rank) for rank, column in enumerate(columns)]
        if with_ages:
            ages = stacked_ages({code: int(row[code]) for code in panel.buckets}, words, whole=whole)
            cells.append(element("td", ages, class_="rk-wide"))
        body.append(element("tr", *cells))
    names = {"customers": words.text("Customers"), "items": words.text("Open invoices")}
    table = element(
        "table",
        element("caption", names[asked.table], class_="rk-hidden"),
        element("thead", element("tr", *headings)),
        element("tbody", *body),
        class_="rk-table rk-rows",
        data_testid=f"panel-{asked.table}",
    )
    scroll = element("div", table, class_="rk-scroll", tabindex="0", role="region", aria_label=names[asked.table])
    return join(scroll, _pager(len(rows), page, pages, words))


def _heading(column: PanelColumn, asked: TableAsked, words: Language) -> Html:
    name, _, direction = asked.sort.rpartition("-")
    order = {"down": "descending", "up": "ascending"}[direction] if name == column.name else None
    css = " ".join(
        part
        for part in ("rk-number" if column.kind not in ("text", "date") else "", "rk-wide" if column.wide else "")
        if part
    )
    button = act_button(column.heading, f"sort:{column.name}", css="rk-sort")
    return element("th", button, scope="col", class_=css or None, aria_sort=order)


def _cell(row: dict[object, object], column: PanelColumn, panel: Panel, words: Language, *, first: bool) -> Html:
    value = row[column.name]
    css = " ".join(
        part
        for part in ("rk-number" if column.kind not in ("text", "date") else "", "rk-wide" if column.wide else "")
        if part
    )
    if column.name == "name":
        text = str(value)
        opened = words.text("Open {group}", group=text)
        code = panel.attributes[CUSTOMER].code(panel.customer_ids[int(str(row["row"]))])
        button = act_button(text, f"drill:{CUSTOMER}:{code}", label=opened)
        return element("th" if first else "td", button, scope="row" if first else None, class_=css or None)
    shown = show_cell(value, column.kind, words, currency=panel.currency)
    return element("th" if first else "td", shown, scope="row" if first else None, class_=css or None)


def _pager(count: int, page: int, pages: int, words: Language) -> Html:
    first, last = page * PAGE_ROWS + 1, min((page + 1) * PAGE_ROWS, count)
    said = words.text("Rows {first} to {last} of {count}", first=first, last=last, count=count)
    parts = [element("span", said, role="status", data_testid="panel-rows")]
    if pages > 1:
        back, on = words.text("Previous page"), words.text("Next page")
        parts += [
            act_button("‹", "page:previous", label=back, disabled="" if page == 0 else None),
            act_button("›", "page:next", label=on, disabled="" if page == pages - 1 else None),
        ]
    return element("div", *parts, class_="rk-pager")


def _folded(text: object, folded: dict[str, str]) -> str:
    key = str(text)
    if key not in folded:
        folded[key] = fold(key)
    return folded[key]
