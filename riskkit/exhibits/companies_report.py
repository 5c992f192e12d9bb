"""Who the customers are, as people read it: what is covered, what was repaired, what they are asked to confirm."""

from __future__ import annotations

import pandas as pd

from riskkit.companies.enrich_fields import FIELDS
from riskkit.companies.events import PROCEDURES, write_state
from riskkit.companies.match_reasons import reason
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.tables import TableColumn, make_table


def coverage_table(coverage: pd.DataFrame, *, language: str) -> Html:
    """How many customers each field is known for, and what share of the money they owe; unknown fields are left out.

    From: coverage as a run keeps it.
    """
    words = language_of(language)
    titles = {"siren": "SIREN", **{field.name: words.say(field.title) for field in FIELDS}}
    known = coverage[(coverage["count"] > 0) | (coverage["field"] == "siren")]
    shown = known.assign(title=known["field"].map(titles), row_class="")
    columns = [
        TableColumn("title", words.text("Field")),
        TableColumn("count", words.text("Customers"), "count"),
        TableColumn("share", words.text("Share of customers"), "share"),
        TableColumn("exposure_share", words.text("Share of what is owed"), "share"),
    ]
    return make_table(shown, columns, language=language, caption=words.text("What is known of the customers"))


def repairs_table(customers: pd.DataFrame, *, language: str, count: int = 15) -> Html:
    """Each SIREN that was repaired: what the file held and what was read. `count` shows the first ones."""
    words = language_of(language)
    is_given = customers["siren_source"].eq("file").fillna(value=False).astype("bool")
    repaired = customers[is_given & (customers["siren_repair"] != "none")]
    if repaired.empty:
        return element("p", words.text("No SIREN had to be repaired."), class_="rk-nothing")
    columns = [
        TableColumn("name", words.text("Customer")),
        TableColumn("siren_raw", words.text("In your file")),
        TableColumn("siren", words.text("SIREN read")),
    ]
    table = make_table(
        repaired.head(count).assign(row_class=""), columns, language=language, caption=words.text("SIREN repaired")
    )
    left_out = len(repaired) - count
    note = words.text("{count} more {count:?is|are} in the table customers.", count=left_out) if left_out > 0 else None
    return join(table, element("p", note, class_="rk-note") if note else None)


def matches_table(pairs: pd.DataFrame, *, language: str, count: int = 20) -> Html:
    """Pairs to confirm, the surest customers first: both names, both addresses, the probability and why."""
    words = language_of(language)
    if pairs.empty:
        return element("p", words.text("No match waits for a confirmation."), class_="rk-nothing")
    shown = pairs.head(count)
    rows = pd.DataFrame(
        {
            "given": [_two_lines(row["name"], row["address"]) for _, row in shown.iterrows()],
            "found": [_two_lines(row["matched_name"], row["matched_address"]) for _, row in shown.iterrows()],
            "siren": shown["siren"].to_numpy(),
            "probability": shown["probability"].to_numpy(),
            "why": [_reasons(str(codes), language) for codes in shown["reasons"]],
            "row_class": "",
        }
    )
    columns = [
        TableColumn("given", words.text("In your file"), "html"),
        TableColumn("found", words.text("In the register"), "html"),
        TableColumn("siren", "SIREN"),
        TableColumn("probability", words.text("Probability"), "points"),
        TableColumn("why", words.text("What speaks for it or against it")),
    ]
    caption = words.text("Matches to confirm or refuse")
    return make_table(rows, columns, language=language, caption=caption, sortable=False, is_stacked=True)


def states_table(states: pd.DataFrame, ageing: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """Customers whose company is in a procedure or has ceased, what they owe and since when it is known.

    From: states (`company_states` of a run), ageing in currency units.
    """
    words = language_of(language)
    failed = states[states["state"].isin([*PROCEDURES, "ceased"])]
    if failed.empty:
        return element("p", words.text("No customer is known to be in a procedure at this date."), class_="rk-nothing")
    owed = ageing.set_index("customer_id")[["customer_name", "receivables_amount"]]
    shown = failed.join(owed, on="customer_id")
    shown = shown.assign(
        name=shown["customer_name"].fillna(shown["customer_id"]),
        amount=shown["receivables_amount"].fillna(0.0),
        word=[words.say(write_state(str(state))) for state in shown["state"]],
        row_class="",
    ).sort_values("amount", ascending=False, kind="stable")
    columns = [
        TableColumn("name", words.text("Customer")),
        TableColumn("word", words.text("State")),
        TableColumn("since_date", words.text("Since"), "date"),
        TableColumn("known_date", words.text("Known on"), "date"),
        TableColumn("amount", words.text("Balance"), "money"),
    ]
    caption = words.text("Customers in a procedure or ceased, at this date")
    return make_table(shown, columns, language=language, caption=caption, currency=currency)


def _reasons(codes: str, language: str) -> str:
    words = language_of(language)
    return ", ".join(words.say(reason(code)) for code in codes.split("+") if code)


def _two_lines(first: object, second: object) -> Html:
    lines = [str(text) for text in (first, second) if isinstance(text, str) and text]
    return join(*(element("div", line, class_="rk-note" if rank else None) for rank, line in enumerate(lines)))
