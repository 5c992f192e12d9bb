"""Terms, plans and cover as tables: the customers for whom something changes, most money first."""

from __future__ import annotations

import pandas as pd

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.tables import TableColumn, make_table


def terms_table(terms: pd.DataFrame, *, language: str, count: int = 15, currency: str = "EUR") -> Html:
    """Customers whose terms should change, those that free most cash first: days, deposit, and why."""
    words = language_of(language)
    changed = terms[(terms["freed_amount"] > 0) | (terms["beyond_law_count"] > 0)]
    if changed.empty:
        return element("p", words.text("Every customer's terms suit its risk and the law"), class_="rk-nothing")
    rows = changed.sort_values(["freed_amount", "customer_id"], ascending=[False, True]).head(count)
    shown = rows.assign(customer=rows["name"].fillna(rows["customer_id"]),
                        freed_amount=rows["freed_amount"].astype("float64"))  # fmt: skip
    columns = [
        TableColumn("customer", words.text("Customer")),
        TableColumn("current_days", words.text("Terms today"), "days"),
        TableColumn("recommended_days", words.text("Recommended"), "days"),
        TableColumn("deposit_share", words.text("Deposit"), "points"),
        TableColumn("freed_amount", words.text("Cash freed"), "money"),
        TableColumn("reason_terms", words.text("Why")),
    ]
    total = words.compact_money(100 * float(changed["freed_amount"].sum()), currency=currency)
    caption = words.text("{count:customer|customers} whose terms should change; {money} freed once in place",
                         count=len(changed), money=total)  # fmt: skip
    return make_table(shown, columns, language=language, caption=caption, currency=currency)


def cover_table(cover: pd.DataFrame, *, language: str, count: int = 15, currency: str = "EUR") -> Html:
    """Customers for whom insurance, factoring or a report pays, those that gain most first."""
    words = language_of(language)
    better = cover[["is_insured_better", "is_factored_better", "is_report_better"]].any(axis=1)
    if not better.any():
        return element("p", words.text("Neither insurance, factoring nor reports pay at the prices of the policy"),
                       class_="rk-nothing")  # fmt: skip
    money = ["expected_loss_amount", "premium_amount", "insurance_gain_amount", "report_gain_amount"]
    own = cover[better].astype(dict.fromkeys(money, "float64"))
    own = own.assign(gain=own[["insurance_gain_amount", "report_gain_amount"]].max(axis=1),
                     customer=own["name"].fillna(own["customer_id"]))  # fmt: skip
    rows = own.sort_values(["gain", "customer_id"], ascending=[False, True]).head(count)
    columns = [
        TableColumn("customer", words.text("Customer")),
        TableColumn("expected_loss_amount", words.text("Expected loss of a year"), "money"),
        TableColumn("premium_amount", words.text("Premium"), "money"),
        TableColumn("reason", words.text("What pays")),
    ]
    caption = words.text(
        "Insurance pays for {insured}, factoring for {factored}, a report for {reported} of {count:customer|customers}",
        insured=int(cover["is_insured_better"].sum()), factored=int(cover["is_factored_better"].sum()),
        reported=int(cover["is_report_better"].sum()), count=len(cover),
    )  # fmt: skip
    return make_table(rows, columns, language=language, caption=caption, currency=currency)
