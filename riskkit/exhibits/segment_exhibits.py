"""Segments as tables: the rules' segments with their strategy, the 2×2, and the groups that the data make."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.segment_words import segment_name, segment_rows
from riskkit.exhibits.tables import TableColumn, make_table


def segments_table(segments: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """One row a segment: customers, sales, what is owed and overdue, and what to do with its like."""
    words = language_of(language)
    if segments.empty:
        return element("p", words.text("There is no customer to sort."), class_="rk-nothing")
    rows = segment_rows(segments)
    rows = rows.assign(name=[segment_name(str(code), words) for code in rows["segment"]])
    columns = [
        TableColumn("name", words.text("Segment")),
        TableColumn("customers_count", words.text("Customers"), "count"),
        TableColumn("sales_12m_amount", words.text("Sales of 12 months"), "money"),
        TableColumn("open_amount", words.text("Owed"), "money"),
        TableColumn("overdue_amount", words.text("of which overdue"), "money"),
        TableColumn("strategy", words.text("What to do")),
    ]
    sums = ("customers_count", "sales_12m_amount", "open_amount", "overdue_amount")
    total: dict[str, object] = {"name": words.text("Total"), **{name: float(rows[name].sum()) for name in sums}}
    caption = words.text("Segments by the rules of the policy, the most overdue first")
    return make_table(rows, columns, language=language, caption=caption, currency=currency, total=total)


def square_table(segments: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """The 2×2: value against risk, with what is owed."""
    words = language_of(language)
    names = {"high": words.text("Key customers"), "low": words.text("Others")}
    risks = {"low": words.text("Low risk"), "high": words.text("High risk"), "unknown": words.text("Risk not known")}
    rows = []
    for value, name in names.items():
        row: dict[str, object] = {"value": name}
        for risk in risks:
            part = segments[(segments["value"] == value) & (segments["risk"] == risk)]
            owed = words.money(round(float(part["open_amount"].sum()) * 100), currency=currency, digits=0)
            row[risk] = words.text("{count:customer|customers}, {owed}", count=len(part), owed=owed)
        rows.append(row)
    columns = [TableColumn("value", words.text("Value")), *(TableColumn(risk, said) for risk, said in risks.items())]
    caption = words.text("Value and risk: how many customers, and what they owe")
    return make_table(pd.DataFrame(rows), columns, language=language, caption=caption, sortable=False)


def clusters_table(clusters: pd.DataFrame, *, language: str) -> Html:
    """The groups of payers that the data make, with how surely they come back; or that there are none."""
    words = language_of(language)
    if clusters.empty:
        said = words.text(
            "The data make no stable group of payers, or too few customers have a past: only the rules of the policy "
            "sort them."
        )
        return element("p", said, class_="rk-nothing")
    columns = [
        TableColumn("cluster_name", words.text("Payers")),
        TableColumn("customers_count", words.text("Customers"), "count"),
        TableColumn("mean_days_late", words.text("Days late"), "number"),
        TableColumn("spread_days", words.text("Spread of days late"), "number"),
        TableColumn("month_end_share", words.text("Payments at a month's end"), "points"),
    ]
    caption = words.text(
        "Groups of payers made by the data: when customers are drawn again, the grouping comes back with an adjusted "
        "Rand index of {mean} (1: the same, 0: chance)",
        mean=words.number(float(clusters["stability_index"].iloc[0]), digits=2),
    )
    return make_table(clusters, columns, language=language, caption=caption)
