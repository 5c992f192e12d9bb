"""Invoices not yet due that should be paid long after their date, and what such chances were worth before."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.tables import TableColumn, make_table


def invoice_risk_table(
    invoices: pd.DataFrame, results: pd.DataFrame, *, language: str, count: int = 15, currency: str = "EUR"
) -> Html:
    """The invoices with most money likely late, and one sentence of what the same question gave at past dates.

    From: `INVOICE_RISK` and `INVOICE_RISK_RESULTS` of a run. `count` invoices are shown; all are in the table.
    """
    words = language_of(language)
    if invoices.empty:
        text = words.text("No chance by invoice: too few invoices were paid late, or none is still to fall due.")
        return element("p", text, class_="rk-nothing")
    days = int(invoices["late_after_days"].iloc[0])
    shown = invoices.head(count)
    rows = shown.assign(
        number=shown["invoice_number"].fillna(shown["item_id"]),
        name=shown["customer_name"].fillna(shown["customer_id"]),
        past=[
            words.text("{late} of {count}", late=int(late), count=int(whole))
            for late, whole in zip(shown["late_count"], shown["settled_count"], strict=True)
        ],
        row_class="",
    )
    columns = [
        TableColumn("number", words.text("Invoice")),
        TableColumn("name", words.text("Customer")),
        TableColumn("due_date", words.text("Due"), "date"),
        TableColumn("open_amount", words.text("Owed"), "money"),
        TableColumn("late_probability", words.text("Chance"), "share"),
        TableColumn("late_amount", words.text("Amount likely late"), "money"),
        TableColumn("past", words.text("Late before")),
    ]
    caption = words.text("Not due yet: chance of being paid more than {days} days after the due date", days=days)
    table = make_table(rows, columns, language=language, caption=caption, currency=currency)
    whole = words.text(
        "{count:invoice|invoices} not due, {money} owed, of which {late} should come more than {days} days late.",
        count=len(invoices),
        money=words.compact_money(round(100 * float(invoices["open_amount"].sum())), currency=currency),
        late=words.compact_money(round(100 * float(invoices["late_amount"].sum())), currency=currency),
        days=days,
    )
    return join(element("p", whole), table, element("p", _worth(results, language=language), class_="rk-note"))


def _worth(results: pd.DataFrame, *, language: str) -> str:
    words = language_of(language)
    whole = results[results["cut_date"].isna()]
    if whole.empty:
        return words.text("The past is too short to say what these chances are worth.")
    row = whole.iloc[0]
    low, high = 100 * float(row["gain_low"]), 100 * float(row["gain_high"])
    values = {
        "count": int(row["invoices"]),
        "share": words.share(float(row["late_rate"])),
        "area": words.number(float(row["auc"]), digits=2),
        "rate": words.number(float(row["auc_customer_rate"]), digits=2),
        "error": words.number(100 * float(row["ece"]), digits=1),
    }
    said = words.text(
        "Asked the same at past month ends, of {count:invoice|invoices} of which {share} came late: AUC {area}, "
        "against {rate} for the customer's own late rate; the chances were {error} points off on average.",
        **values,
    )
    if low > 0:
        verdict = words.text("The gain over the rate is sure.")
    elif high < 0:
        verdict = words.text("The rate alone orders them better.")
    else:
        verdict = words.text("They order invoices no better than that rate: what they add is their scale.")
    return f"{said} {verdict}"
