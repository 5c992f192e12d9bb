"""Two lists behind the quality report: customers with unlawful terms, and what a gap to a control total is made of."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.quality_words import quality_amount, say_packed
from riskkit.exhibits.tables import TableColumn, make_table


def not_judged(grades: pd.DataFrame | None, dimension: str, *, language: str) -> Html | None:
    """Why a dimension has no grade, or None when it has one."""
    if grades is None:
        return None
    own = grades[grades["dimension"].eq(dimension) & grades["grade"].isna()]
    return None if own.empty else element("p", say_packed(str(own["reason"].iloc[0]), language), class_="rk-nothing")


def legal_delays_table(
    legal_delays: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    count: int = 10,
    grades: pd.DataFrame | None = None,
) -> Html:
    """Customers invoiced with due dates later than the law allows, most money first, and the others in one row.

    `grades` says whether there was anything to judge.
    """
    words = language_of(language)
    unjudged = not_judged(grades, "conformity", language=language)
    if legal_delays.empty and unjudged is not None:
        return unjudged
    if legal_delays.empty:
        return element("p", words.text("No due date is later than the law allows."), class_="rk-nothing")
    names = legal_delays["customer_name"].where(legal_delays["customer_name"].notna(), legal_delays["customer_id"])
    table = pd.DataFrame(
        {
            "customer": names.astype("str"),
            "invoices": legal_delays["beyond_count"],
            "beyond": quality_amount(legal_delays, "beyond"),
            "share": legal_delays["billing_share"],
            "own": legal_delays["beyond_share"],
            "longest": legal_delays["longest_days"],
        }
    )
    shown = table.head(count).assign(row_class="")
    rest = table.iloc[count:]
    if len(rest):
        others = {
            "customer": words.text("{count:other customer|other customers}", count=len(rest))
            if len(rest) > 1
            else words.text("One other customer"),
            "invoices": int(rest["invoices"].sum()),
            "beyond": float(rest["beyond"].sum()),
            "share": float(rest["share"].sum()),
            "own": None,
            "longest": int(rest["longest"].max()),
            "row_class": "rest",
        }
        shown = pd.concat([shown, pd.DataFrame([others])], ignore_index=True)
    columns = [
        TableColumn("customer", words.text("Customer")),
        TableColumn("invoices", words.text("Invoices beyond the law"), "count"),
        TableColumn("beyond", words.text("Money concerned"), "money"),
        TableColumn("share", words.text("Share of all invoices"), "share"),
        TableColumn("own", words.text("Share of its invoices"), "share"),
        TableColumn("longest", words.text("Longest terms"), "days"),
    ]
    total = {
        "customer": words.text("Total"),
        "invoices": int(table["invoices"].sum()),
        "beyond": float(table["beyond"].sum()),
        "share": float(table["share"].sum()),
    }
    caption = words.text("Due dates later than the law allows, by customer")
    return make_table(shown, columns, language=language, caption=caption, currency=currency, total=total)


def reconciliation_lines_table(
    parts: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    count: int = 20,
    grades: pd.DataFrame | None = None,
) -> Html:
    """What the gap between the files and the control total is made of; the parts add up to it.

    `grades` says whether there was a control total.
    """
    words = language_of(language)
    unjudged = not_judged(grades, "reconciliation", language=language)
    if parts.empty and unjudged is not None:
        return unjudged
    if parts.empty:
        return element("p", words.text("The files add up to the control total."), class_="rk-nothing")
    amounts = quality_amount(parts)
    proven, possible = words.text("established"), words.text("possible")
    table = pd.DataFrame(
        {
            "part": [say_packed(text, language) for text in parts["explanation"]],
            "amount": amounts.to_numpy(),
            "sure": [
                "" if cause == "unexplained" else proven if flag else possible
                for cause, flag in zip(parts["cause"], parts["is_proven"], strict=True)
            ],
            "place": [
                "" if pd.isna(line) else words.text("{file}, line {line}", file=str(file), line=str(int(line)))
                for file, line in zip(parts["source_file"], parts["source_line"], strict=True)
            ],
            "row_class": "",
        }
    )
    shown, rest = table.head(count), table.iloc[count:]
    if len(rest):
        others = {
            "part": words.text("{count:other difference|other differences}", count=len(rest)),
            "amount": float(rest["amount"].sum()),
            "sure": "",
            "place": "",
            "row_class": "rest",
        }
        shown = pd.concat([shown, pd.DataFrame([others])], ignore_index=True)
    columns = [
        TableColumn("part", words.text("Part of the gap")),
        TableColumn("amount", words.text("Amount"), "money"),
        TableColumn("sure", words.text("Certainty")),
        TableColumn("place", words.text("Where")),
    ]
    total = {"part": words.text("Gap: files less control total"), "amount": float(amounts.sum())}
    caption = words.text("The gap to the control total, line by line")
    return make_table(shown, columns, language=language, caption=caption, currency=currency, total=total)
