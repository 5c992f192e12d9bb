"""The cash forecast as tables: weeks and months, who is expected late, items, and past errors."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from riskkit.exhibits.cash_words import REASONS, late_finding, method_name, periods
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.tables import TableColumn, make_table


def cash_table(forecast: pd.DataFrame, *, language: str, kind: str = "week", currency: str = "EUR") -> Html:
    """Weeks, months or days: low, expected and high cash (80 %), beside what falls due; the total at the foot."""
    words = language_of(language)
    rows, total = periods(forecast, kind), periods(forecast, "total")
    if rows.empty:
        return element("p", words.text("No cash to expect: nothing is open"), class_="rk-nothing")
    columns = [
        TableColumn("period_start", words.text("From"), "date"),
        TableColumn("period_end", words.text("To"), "date"),
        TableColumn("low_amount", words.text("Low"), "money"),
        TableColumn("base_amount", words.text("Expected"), "money"),
        TableColumn("high_amount", words.text("High"), "money"),
        TableColumn("due_amount", words.text("Falls due"), "money"),
    ]
    money = ["low_amount", "base_amount", "high_amount", "due_amount"]
    rows = rows.astype(dict.fromkeys(money, "float64"))
    foot = {"period_start": words.text("13 weeks"), **{name: float(total[name].iloc[0]) for name in money}}
    caption = words.text("Cash expected of the open items; low and high hold eight chances in ten")
    return make_table(rows, columns, language=language, caption=caption, currency=currency, total=foot)


def late_table(
    customers: pd.DataFrame,
    *,
    language: str,
    count: int = 10,
    currency: str = "EUR",
    named: Callable[[str, str], Html] | None = None,
) -> Html:
    """The customers who make most of the money that is late or expected late.

    `named` writes a customer (id, name), as a link for instance.
    """
    words = language_of(language)
    rows = customers[customers["late_amount"] > 0].head(count)
    if rows.empty:
        return element("p", words.text("Nothing is expected late"), class_="rk-nothing")
    money = ["late_amount", "expected_amount", "later_amount", "never_amount"]
    shown = rows.astype(dict.fromkeys(money, "float64"))
    names = shown["customer_name"].fillna(shown["customer_id"])
    if named is not None:
        names = pd.Series(
            [named(str(i), str(n)) for i, n in zip(shown["customer_id"], names, strict=True)], shown.index
        )
    shown = shown.assign(customer=names)
    columns = [
        TableColumn("customer", words.text("Customer"), "text" if named is None else "html"),
        TableColumn("late_amount", words.text("Late or expected late"), "money"),
        TableColumn("late_days", words.text("Expected lateness"), "days"),
        TableColumn("expected_amount", words.text("Within 13 weeks"), "money"),
        TableColumn("later_amount", words.text("Later"), "money"),
        TableColumn("never_amount", words.text("Not expected"), "money"),
        TableColumn("settled_count", words.text("Settled invoices"), "count"),
    ]
    caption = late_finding(customers, language=language, currency=currency)
    return make_table(shown, columns, language=language, caption=caption, currency=currency)


def items_table(items: pd.DataFrame, *, language: str, count: int = 15, currency: str = "EUR") -> Html:
    """The largest open items with their expected date, its interval, and what it rests on."""
    words = language_of(language)
    rows = items.sort_values(["open_amount", "item_id"], ascending=[False, True]).head(count)
    if rows.empty:
        return element("p", words.text("No cash to expect: nothing is open"), class_="rk-nothing")
    shown = rows.assign(
        invoice=rows["invoice_number"].fillna(rows["item_id"]),
        customer=rows["customer_name"].fillna(rows["customer_id"]),
        open_amount=rows["open_amount"].astype("float64"),
        why=[words.say(REASONS[str(code)]) for code in rows["reason"]],
    )
    columns = [
        TableColumn("invoice", words.text("Invoice")),
        TableColumn("customer", words.text("Customer")),
        TableColumn("open_amount", words.text("Open"), "money"),
        TableColumn("due_date", words.text("Due"), "date"),
        TableColumn("expected_date", words.text("Expected"), "date"),
        TableColumn("low_date", words.text("At the earliest"), "date"),
        TableColumn("high_date", words.text("At the latest"), "date"),
        TableColumn("paid_28d_share", words.text("Paid within 28 days"), "points"),
        TableColumn("why", words.text("What weighs on it")),
    ]
    caption = words.text("The largest open items and when they should be paid (80 % interval; – is beyond two years)")
    return make_table(shown, columns, language=language, caption=caption, currency=currency)


def backtest_table(summary: pd.DataFrame, *, language: str) -> Html:
    """Errors of each method on past dates; the method used in bold."""
    words = language_of(language)
    if summary.empty:
        said = words.text("No past date is far enough from the start of the ledger to test the forecast.")
        return element("p", said, class_="rk-nothing")
    rows = summary.sort_values("weekly_wape_rate").assign(
        name=[method_name(str(name), words) for name in summary.sort_values("weekly_wape_rate")["method"]],
        row_class=["strong" if chosen else "" for chosen in summary.sort_values("weekly_wape_rate")["is_chosen"]],
    )
    columns = [
        TableColumn("name", words.text("Method")),
        TableColumn("weekly_wape_rate", words.text("Weekly error"), "share"),
        TableColumn("low_rate", words.text("from"), "share"),
        TableColumn("high_rate", words.text("to"), "share"),
        TableColumn("four_week_error_rate", words.text("Error on four weeks"), "share"),
        TableColumn("coverage_80_rate", words.text("Weeks inside the 80 % interval"), "points"),
        TableColumn("coverage_95_rate", words.text("Weeks inside the 95 % interval"), "points"),
    ]
    caption = words.text("The same forecast on past dates, with what was known then")
    return make_table(rows, columns, language=language, caption=caption)
