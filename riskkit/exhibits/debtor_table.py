"""The customers who owe most, as a table: balance, overdue, oldest, and their items by age."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.company_words import state_badge
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.run_tables import ageing_buckets, ageing_totals
from riskkit.exhibits.tables import TableColumn, make_table
from riskkit.exhibits.theme import bucket_colours


def debtors_table(
    ageing: pd.DataFrame,
    *,
    language: str,
    count: int = 10,
    currency: str = "EUR",
    states: pd.Series | None = None,
) -> Html:
    """The `count` largest balances, the other customers in one row, and the total that ties to the ledger.

    `states` is the state of each company by customer_id: a procedure or a cessation is said beside the name.
    """
    words = language_of(language)
    if ageing.empty:
        return element("p", words.text("No customer owes anything at this date."), class_="rk-nothing")
    ordered = ageing.sort_values("receivables_amount", ascending=False, kind="stable")
    colours = bucket_colours(ageing_buckets(ageing))
    largest = float(max(ordered["open_items_amount"].head(count).max(), 0.01))
    everything = float(ageing["receivables_amount"].sum())
    rows = [
        {
            "customer": _named(row, states, language),
            "balance": float(row["receivables_amount"]),
            "part": float(row["receivables_amount"]) / everything if everything > 0 else float("nan"),
            "overdue": float(row["overdue_amount"]),
            "oldest": row["oldest_days_past_due"] if _is_late(row["oldest_days_past_due"]) else None,
            "ages": _ages(row, colours, language=language, largest=largest),
        }
        for _, row in ordered.head(count).iterrows()
    ]
    rest = ordered.iloc[count:]
    if len(rest):
        oldest = rest["oldest_days_past_due"].max()
        rows.append(
            {
                "customer": words.text("{count:other customer|other customers}", count=len(rest))
                if len(rest) > 1
                else words.text("One other customer"),
                "balance": float(rest["receivables_amount"].sum()),
                "part": float(rest["receivables_amount"].sum()) / everything if everything > 0 else float("nan"),
                "overdue": float(rest["overdue_amount"].sum()),
                "oldest": oldest if _is_late(oldest) else None,
                "ages": Html(""),
                "row_class": "rest",
            }
        )
    columns = [
        TableColumn("customer", words.text("Customer"), "html"),
        TableColumn("balance", words.text("Balance"), "money"),
        TableColumn("part", words.text("Share"), "points"),
        TableColumn("overdue", words.text("of which overdue"), "money"),
        TableColumn("oldest", words.text("Oldest overdue"), "days"),
        TableColumn("ages", words.text("Open items by age"), "html"),
    ]
    total = {
        "customer": words.text("Total"),
        "balance": everything,
        "overdue": float(ageing["overdue_amount"].sum()),
    }
    caption = words.text("Largest balances, net of unapplied money")
    return make_table(pd.DataFrame(rows), columns, language=language, caption=caption, currency=currency, total=total)


def bucket_legend(ageing: pd.DataFrame, *, language: str) -> Html:
    """Which colour is which age."""
    totals = ageing_totals(ageing)
    colours = bucket_colours(totals)
    entries = [
        element("li", element("span", class_="rk-swatch", style=f"background:{colour}"), bucket_label(code, language))
        for code, colour in colours.items()
    ]
    return element("ul", *entries, class_="rk-legend")


def _named(row: pd.Series, states: pd.Series | None, language: str) -> Html:
    """The customer's name, with the procedure that its company is in."""
    name = str(row["customer_name"])
    badge = state_badge(None if states is None else states.get(str(row["customer_id"])), language=language)
    return join(name, " ", badge) if badge else join(name)


def _is_late(days: object) -> bool:
    return days is not None and not pd.isna(days) and int(str(days)) > 0  # type: ignore[call-overload]


def _ages(row: pd.Series, colours: dict[str, str], *, language: str, largest: float) -> Html:
    """A bar whose length is the customer's open items, cut by age; read aloud as its overdue part."""
    words = language_of(language)
    parts = {code: max(float(row[f"{code}_amount"]), 0.0) for code in colours}
    drawn = [
        element("span", style=f"flex:{amount:.2f} 1 0;background:{colours[code]}")
        for code, amount in parts.items()
        if amount > 0
    ]
    bar = element("div", *drawn, style=f"width:{max(100 * sum(parts.values()) / largest, 1):.2f}%")
    spoken = "; ".join(
        f"{bucket_label(code, language)} {words.share(amount / sum(parts.values()))}"
        for code, amount in parts.items()
        if amount > 0
    )
    return join(element("div", bar, class_="rk-ages", aria_hidden="true"), element("span", spoken, class_="rk-hidden"))
