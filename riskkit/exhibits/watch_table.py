"""Customers to watch: who has begun to pay later than it used to, or is badly rated, before anything is long unpaid."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.tables import TableColumn, make_table


def watch_table(scores: pd.DataFrame, *, language: str, count: int = 15, currency: str = "EUR") -> Html:
    """The customers to watch for failure, the strongest signs first, and how to read them.

    From: scores of a run. `count` customers are shown; all are in the table.
    """
    words = language_of(language)
    every = scores[scores["is_watched"].fillna(value=False).astype(bool)]
    if every.empty:
        return element("p", words.text("No sign of a coming failure in the last payments."), class_="rk-nothing")
    shown = every.sort_values(["failure_odds", "customer_id"], ascending=[False, True]).head(count)
    rows = shown.assign(name=shown["name"].fillna(shown["customer_id"]), row_class="")
    columns = [
        TableColumn("name", words.text("Customer")),
        TableColumn("usual_days", words.text("Usual delay after the due date"), "days"),
        TableColumn("recent_days", words.text("Delay of the last months"), "days"),
        TableColumn("bureau_class", words.text("External score, 1 to 5"), "count"),
        TableColumn("failure_odds", words.text("Strength of the signs"), "number"),
        TableColumn("open_amount", words.text("Owed"), "money"),
        TableColumn("overdue_amount", words.text("Overdue"), "money"),
    ]
    caption = words.text("Customers to watch: signs that come before a failure")
    note = words.text(
        "{shown} of {count:customer|customers} to watch, {money} owed. The strength says how many times likelier these "
        "payments, and this external score where there is one, are before a failure than without one. It is a reason "
        "to call, not a verdict: most customers watched do not fail.",
        shown=len(shown),
        count=len(every),
        money=words.compact_money(round(100 * float(every["open_amount"].sum())), currency=currency),
    )
    table = make_table(rows, columns, language=language, caption=caption, currency=currency)
    return join(table, element("p", note, class_="rk-note"))
