"""The figures of a panel's selection, its open items by age, and how it got there month by month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.exhibits.bucket_words import bucket_label
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.panel_parts import part_heading, stacked_ages
from riskkit.exhibits.theme import bucket_bounds, bucket_colours
from riskkit.ledger.panel import Panel
from riskkit.ledger.panel_view import View

MONTHS = 36
_WIDTH, _HEIGHT = 340, 120
OLD_DAYS = 90


def figures_html(panel: Panel, view: View, words: Language) -> Html:
    """What is owed, overdue, sold, and how long it takes, for the selection."""
    totals, everything = view.totals, words.money
    overdue = totals["overdue"] / totals["open"] if totals["open"] > 0 else float("nan")
    on_sales = totals["overdue"] / totals["sales_12m"] if totals["sales_12m"] > 0 else float("nan")
    cards = [
        (words.text("Open items"), everything(totals["open"], currency=panel.currency, digits=0),
         words.text("{invoices:invoice|invoices}, {customers:customer|customers}", invoices=totals["items_count"],
                    customers=totals["customers_count"])),
        (words.text("Overdue"), everything(totals["overdue"], currency=panel.currency, digits=0),
         words.text("{share} of what is open", share=words.share(overdue, digits=1))),
        (words.text("Sales of 12 months"), everything(totals["sales_12m"], currency=panel.currency, digits=0),
         words.text("overdue: {share} of them", share=words.share(on_sales, digits=1))),
        ("DSO", "–" if view.dso_days is None else words.days(view.dso_days), _dso_note(view, words)),
    ]  # fmt: skip
    shown = [
        element(
            "li",
            element("span", label, class_="rk-figure-label"),
            element("b", value, class_="rk-figure-value"),
            element("span", note, class_="rk-figure-note"),
        )
        for label, value, note in cards
    ]
    return element("ul", *shown, class_="rk-figures", data_testid="panel-figures")


def ages_html(panel: Panel, view: View, words: Language) -> Html:
    """The open items of the selection by age: one bar, and the amount of each part."""
    cents = {code: int(amount) for code, amount in zip(panel.buckets, view.ages, strict=True)}
    heading = part_heading(words.text("By age"), _ages_finding(cents, panel, words))
    total = sum(cents.values())
    if total <= 0:
        return heading
    colours = bucket_colours(cents)
    rows = [
        element(
            "tr",
            element("th", element("span", class_="rk-swatch", style=f"background:{colours[code]}"),
                    bucket_label(code, words.code), scope="row"),
            element("td", words.money(amount, currency=panel.currency, digits=0), class_="rk-number"),
            element("td", words.share(amount / total, digits=1), class_="rk-number"),
        )
        for code, amount in cents.items()
        if amount or code != "undated"
    ]  # fmt: skip
    caption = element("caption", words.text("Open items by age"), class_="rk-hidden")
    table = element("table", caption, element("tbody", *rows), class_="rk-table", data_testid="panel-ages")
    return join(heading, stacked_ages(cents, words, whole=total, tall=True), table)


def history_html(panel: Panel, view: View, words: Language) -> Html:
    """The overdue of the customers kept at each month end, dark what is old, over three years."""
    history = view.history.tail(MONTHS)
    heading = part_heading(words.text("Month by month"), _history_finding(history, words))
    notes = []
    if view.selection.is_on_documents:
        notes.append(words.text("Whole balances of these customers: filters on amount and months do not apply here."))
    if len(history) < 2 or history["overdue"].max() <= 0:
        notes.append(words.text("There is no overdue history to draw."))
        return join(heading, *[element("p", note, class_="rk-note") for note in notes])
    drawn = _areas(history, panel, words)
    return join(heading, drawn, *[element("p", note, class_="rk-note") for note in notes])


def _dso_note(view: View, words: Language) -> str:
    if view.dso_days is not None:
        return words.text("receivables ÷ sales")
    if view.selection.is_on_documents:
        return words.text("not computable on part of the invoices")
    return words.text("not computable: no sales")


def nothing_late(cents: dict[str, int], words: Language) -> str:
    """What to say of open items, by bucket, none of which is known to be overdue."""
    if cents.get("undated") and not cents.get("not_due"):
        return words.text("Nothing that is open has a due date")
    return words.text("Nothing is overdue here")


def _ages_finding(cents: dict[str, int], panel: Panel, words: Language) -> str:
    late = sum(part for code, part in cents.items() if code not in ("not_due", "undated"))
    if not late:
        return nothing_late(cents, words)
    old = sum(part for code, part in cents.items() if (bucket_bounds(code)[0] or 0) > OLD_DAYS)
    return words.text("{share} of the overdue is older than {days} days", share=words.share(old / late), days=OLD_DAYS)


def _history_finding(history: pd.DataFrame, words: Language) -> str:
    if len(history) < 13 or history["open"].iloc[-13] <= 0 or history["open"].iloc[-1] <= 0:
        return words.text("Overdue at each month end")
    now, before = (float(history["overdue"].iloc[at] / history["open"].iloc[at]) for at in (-1, -13))
    return words.text(
        "Overdue: {now} of what is open, {before} a year ago", now=words.share(now), before=words.share(before)
    )


def _areas(history: pd.DataFrame, panel: Panel, words: Language) -> Html:
    """Stacked areas of the overdue buckets, the oldest at the bottom, with a scale that says its top."""
    late = [code for code in panel.buckets if code not in ("not_due", "undated")][::-1]
    colours = bucket_colours(late)
    places = np.linspace(0, _WIDTH, len(history))
    stacked = np.cumsum(np.vstack([np.zeros(len(history)), *[history[code].to_numpy() for code in late]]), axis=0)
    top = float(stacked[-1].max())
    heights = _HEIGHT - stacked / top * (_HEIGHT - 8)
    areas = []
    for rank, code in enumerate(late):
        upper = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(places, heights[rank + 1], strict=True))
        lower = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(places[::-1], heights[rank][::-1], strict=True))
        areas.append(element("polygon", points=f"{upper} {lower}", fill=colours[code]))
    first, last = (words.date(day.date(), style="month") for day in history["as_of"].iloc[[0, -1]])
    spoken = words.text(
        "Overdue from {first} to {last}: highest {top}",
        first=first, last=last, top=words.compact_money(top, currency=panel.currency),
    )  # fmt: skip
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    drawing = element(
        "svg", element("title", spoken), *areas, viewBox=box, preserveAspectRatio="none", role="img", class_="rk-areas"
    )
    scale = element("span", words.compact_money(top, currency=panel.currency), class_="rk-areas-top")
    ends = element("div", element("span", first), element("span", last), class_="rk-areas-ends")
    return element("div", scale, drawing, ends, class_="rk-areas-box", data_testid="panel-history")
