"""The parts of a customer's sheet about time: ages, delays, balances, open invoices, cash expected, events."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from riskkit.companies.events import EVENT_KINDS, STATES, write_state
from riskkit.errors import Message, message
from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.cash_words import REASONS
from riskkit.exhibits.customer_file import CustomerFile
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.panel_parts import stacked_ages
from riskkit.exhibits.payer_words import profile_label
from riskkit.exhibits.run_tables import ageing_buckets
from riskkit.exhibits.tables import TableColumn, make_table
from riskkit.exhibits.theme import bucket_colours

ITEMS = 60
HALF_YEARS, MONTHS = 8, 24
_WIDTH, _HEIGHT = 340, 90
EVENT_WORDS: dict[str, Message] = {
    "plan": message("plan adopted"),
    "closing": message("procedure closed"),
    "cessation": message("business ceased"),
    "privilege": message("privilege registered (taxes or social contributions)"),
    "release": message("privilege released"),
    "protest": message("unpaid bill of exchange"),
    "dispute": message("dispute"),
}


def sheet_ages(file: CustomerFile, words: Language, *, currency: str) -> Html:
    """Its open items by age: one bar and the amount of each part."""
    rows = file.rows("ageing")
    if rows.empty:
        return element("p", words.text("It owes nothing at this date."), class_="rk-nothing")
    row = rows.iloc[-1]
    cents = {code: round(float(row[f"{code}_amount"]) * 100) for code in ageing_buckets(rows)}
    whole = sum(amount for amount in cents.values() if amount > 0)
    if not whole:
        return element("p", words.text("It owes nothing at this date."), class_="rk-nothing")
    colours = bucket_colours(cents)
    body = [
        element(
            "tr",
            element(
                "th",
                element("span", class_="rk-swatch", style=f"background:{colours[code]}"),
                bucket_label(code, words.code),
                scope="row",
            ),
            element("td", words.money(amount, currency=currency, digits=0), class_="rk-number"),
            element("td", words.share(amount / whole), class_="rk-number"),
        )
        for code, amount in cents.items()
        if amount or code != "undated"
    ]
    caption = element("caption", words.text("Open items by age"), class_="rk-hidden")
    table = element("table", caption, element("tbody", *body), class_="rk-table")
    return join(stacked_ages(cents, words, whole=whole, tall=True), table)


def sheet_delays(file: CustomerFile, words: Language) -> Html:
    """Days late by half-year of due date, with its interval: a dot and a line on one scale."""
    rows = file.rows("payer_profiles").sort_values("period_start").tail(HALF_YEARS)
    if rows.empty:
        return element("p", words.text("Nothing of its has fallen due yet."), class_="rk-nothing")
    low = rows["mean_low_days"].fillna(rows["mean_days_late"]).clip(lower=-60)
    high = rows["mean_high_days"].fillna(rows["mean_days_late"]).clip(upper=365)
    first, last = min(0.0, float(low.min())), max(30.0, float(high.max()))

    def at(days: float) -> float:
        return 100 * (min(max(days, first), last) - first) / (last - first)

    body = []
    for row, down, up in zip(rows.to_dict("records"), low, high, strict=True):
        mean, start = float(row["mean_days_late"]), pd.Timestamp(row["period_start"])
        label = words.text("H{half} {year}", half=1 if start.month < 7 else 2, year=str(start.year))
        drawn = element(
            "span",
            element("i", class_="rk-zero", style=f"left:{at(0):.1f}%"),
            element("i", class_="rk-reach", style=f"left:{at(down):.1f}%;width:{max(at(up) - at(down), 0.5):.1f}%"),
            element("b", style=f"left:{at(mean):.1f}%"),
            class_="rk-span",
            aria_hidden="true",
        )
        profile = profile_label(str(row["profile"]), words)
        counted = words.text("{count:item|items}", count=int(row["items_count"]))
        body.append(
            element(
                "tr",
                element("th", label, scope="row"),
                element("td", drawn),
                element("td", words.days(mean).replace("-", "−"), class_="rk-number"),
                element("td", profile),
                element("td", counted, class_="rk-number rk-wide"),
            )
        )
    caption = element("caption", words.text("Days after the due date, by euro, with their 95 % interval"))
    return element("table", caption, element("tbody", *body), class_="rk-table rk-delays", data_testid="sheet-delays")


def sheet_balances(file: CustomerFile, words: Language, *, currency: str) -> Html:
    """Its balance at each month end, the overdue part of it darker."""
    rows = file.rows("customer_months").sort_values("as_of").tail(MONTHS)
    if len(rows) < 2:
        return element("p", words.text("There is no history to draw yet."), class_="rk-nothing")
    late = [
        name
        for name in rows.columns
        if str(name).endswith("_amount")
        and name not in ("not_due_amount", "undated_amount", "receivables_amount", "sales_amount")
    ]
    overdue = rows[late].astype("float64").sum(axis=1).to_numpy()
    owed = overdue + rows[["not_due_amount", "undated_amount"]].astype("float64").sum(axis=1).to_numpy()
    top = float(max(owed.max(), 0.01))
    places = np.linspace(0, _WIDTH, len(rows))

    def area(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], css: str) -> Html:
        line = " ".join(f"{x:.1f},{_HEIGHT - v / top * (_HEIGHT - 6):.1f}" for x, v in zip(places, values, strict=True))
        return element("polygon", points=f"0,{_HEIGHT} {line} {_WIDTH},{_HEIGHT}", class_=css)

    first, last = (words.date(pd.Timestamp(day).date(), style="month") for day in rows["as_of"].iloc[[0, -1]])
    highest = words.compact_money(top * 100, currency=currency)
    said = words.text("Open items from {first} to {last}: highest {top}", first=first, last=last, top=highest)
    drawing = element(
        "svg",
        element("title", said),
        area(owed, "rk-owed"),
        area(overdue, "rk-overdue"),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        class_="rk-areas",
    )
    ends = element("div", element("span", first), element("span", last), class_="rk-areas-ends")
    legend = element(
        "ul",
        element("li", element("span", class_="rk-swatch rk-owed"), words.text("open")),
        element("li", element("span", class_="rk-swatch rk-overdue"), words.text("overdue")),
        class_="rk-legend",
    )
    return element("div", element("span", highest, class_="rk-areas-top"), drawing, ends, legend, class_="rk-areas-box")


def sheet_items(file: CustomerFile, words: Language, *, currency: str) -> Html:
    """Its open invoices, the latest first, each with the day its money is expected."""
    items = file.rows("open_items")
    if items.empty:
        return element("p", words.text("No invoice is open at this date."), class_="rk-nothing")
    expected = file.rows("payment_time")
    wanted = [name for name in ("expected_date", "low_date", "high_date", "reason") if name in expected]
    rows = items.copy()
    if wanted:
        rows = rows.merge(expected[["item_id", *wanted]], on="item_id", how="left")
    rows = rows.assign(
        number=rows["invoice_number"].fillna(rows["item_id"]),
        late=rows["days_past_due"].where(rows["days_past_due"].fillna(0) > 0),
        disputed=[words.text("disputed") if pd.notna(day) else "" for day in rows["dispute_date"]],
        why=[words.say(REASONS[code]) if code in REASONS else "" for code in rows.get("reason", pd.Series(dtype="str"))]
        if "reason" in rows
        else "",
    ).sort_values(["late", "open_amount"], ascending=False, na_position="last")
    rows[["amount", "open_amount"]] = rows[["amount", "open_amount"]].astype("float64")
    columns = [
        TableColumn("number", words.text("Invoice")),
        TableColumn("issue_date", words.text("Issued"), "date"),
        TableColumn("due_date", words.text("Due"), "date"),
        TableColumn("late", words.text("Days late"), "count"),
        TableColumn("amount", words.text("Invoice amount"), "money"),
        TableColumn("open_amount", words.text("Open"), "money"),
    ]
    if "expected_date" in wanted:
        columns += [
            TableColumn("expected_date", words.text("Expected"), "date"),
            TableColumn("why", words.text("What weighs on it")),
        ]
    if any(rows["disputed"]):
        columns.append(TableColumn("disputed", words.text("Dispute")))
    total: dict[str, object] = {"number": words.text("Total"), "open_amount": float(rows["open_amount"].sum())}
    caption = words.text("{count:open invoice|open invoices}", count=len(rows))
    table = make_table(rows.head(ITEMS), columns, language=words.code, caption=caption, currency=currency, total=total)
    left = len(rows) - ITEMS
    note = words.text("{count} more {count:?is|are} in the export of this page.", count=left) if left > 0 else None
    return join(table, element("p", note, class_="rk-note") if note else None)


def sheet_cash(file: CustomerFile, words: Language, *, currency: str) -> Html:
    """What of its open items should come in, when, and on what that rests."""
    row = file.row("cash_customers")
    if not row:
        return element("p", words.text("No cash is expected: it owes nothing."), class_="rk-nothing")

    def money(name: str) -> str:
        return words.money(round(float(row.get(name, 0.0)) * 100), currency=currency, digits=0)

    said = [
        (words.text("Within 13 weeks"), money("expected_amount")),
        (words.text("Later"), money("later_amount")),
        (words.text("Not expected"), money("never_amount")),
        (words.text("Late or expected late"), money("late_amount")),
        (words.text("Expected lateness"), words.days(float(row["late_days"])) if "late_days" in row else "–"),
        (words.text("Settled invoices"), words.number(float(row.get("settled_count", 0)), digits=0)),
    ]
    pairs = [element("div", element("dt", label), element("dd", value)) for label, value in said if value != "–"]
    return element("dl", *pairs, class_="rk-facts")


def sheet_events(file: CustomerFile, words: Language) -> Html:
    """Dated facts about its company, the latest first."""
    events = file.rows("events")
    if events.empty:
        return element("p", words.text("No event is known of this company at this date."), class_="rk-note")
    entries = [
        element(
            "li",
            element("b", words.date(pd.Timestamp(row["event_date"]).date())),
            element("span", event_word(str(row["kind"]), words)),
            element("small", str(row["label"])) if isinstance(row.get("label"), str) else None,
            element("small", str(row["source_file"])),
        )
        for row in events.sort_values("event_date", ascending=False).to_dict("records")
    ]
    return element("ul", *entries, class_="rk-events")


def event_word(kind: str, words: Language) -> str:
    """What a kind of event is called."""
    if kind in STATES:
        return words.say(write_state(kind))
    return words.say(EVENT_WORDS[kind]) if kind in EVENT_KINDS and kind in EVENT_WORDS else kind


def sheet_past_scores(past: Mapping[str, Mapping[str, object]], words: Language) -> Html | None:
    """Its class of risk at the dates of earlier runs, oldest first; nothing without any."""
    if len(past) < 2:
        return None
    from riskkit.exhibits.score_words import CLASSES

    entries = [
        element(
            "li",
            element("span", day),
            element("b", words.say(CLASSES.get(str(row.get("risk_class")), CLASSES["unknown"]))),
        )
        for day, row in past.items()
    ]
    return join(
        element("p", words.text("Its class run after run"), class_="rk-eyebrow"),
        element("ol", *entries, class_="rk-past"),
    )
