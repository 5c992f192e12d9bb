"""The groups of a panel: what part of the overdue each carries against its part of what is open. A group opens."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.panel_parts import act_button, interval, part_heading, stacked_ages, times
from riskkit.exhibits.panel_summary import nothing_late
from riskkit.ledger.panel import Panel
from riskkit.ledger.panel_view import MIN_CUSTOMERS, View

SHOWN = 12


def groups_html(panel: Panel, view: View, words: Language, *, column: str) -> Html:
    """The largest groups of the column by overdue, each a button that opens it, the others in one row.

    `column` is what the column is called. The bar is the group's share of the overdue, its thin line the interval,
    the upright mark its share of what is open.
    """
    heading = part_heading(column, groups_finding(panel, view, words))
    if view.groups.empty or not view.totals["open"]:
        nothing = words.text("No open item is left by these filters. Remove one, or start again.")
        return join(heading, element("p", nothing, class_="rk-nothing"))
    shown, rest = view.groups.head(SHOWN), view.groups.iloc[SHOWN:]
    ends = shown[["overdue_share", "overdue_share_high", "exposure_share"]].max().max()
    widest = float(ends) if ends > 0 else 1.0
    whole = int(shown["open"].max())
    rows = [_row(panel, view, row, words, widest=widest, whole=whole) for row in shown.to_dict("records")]
    if len(rest):
        rows.append(_rest(rest, panel, words))
    headings = [
        element("th", column, scope="col"),
        element("th", words.text("Share of overdue against share of open items"), scope="col"),
        element("th", words.text("Ratio"), scope="col", class_="rk-number"),
        element("th", words.text("Overdue"), scope="col", class_="rk-number"),
        element("th", words.text("Beyond its part"), scope="col", class_="rk-number rk-wide"),
        element("th", words.text("Open items by age"), scope="col", class_="rk-wide"),
    ]
    table = element(
        "table",
        element("caption", words.text("Groups behind the overdue money"), class_="rk-hidden"),
        element("thead", element("tr", *headings)),
        element("tbody", *rows),
        class_="rk-table rk-groups",
        data_testid="panel-groups",
    )
    return join(heading, element("div", table, class_="rk-scroll"), element("p", _key(view, words), class_="rk-note"))


def groups_finding(panel: Panel, view: View, words: Language) -> str:
    """Which group carries most beyond its part, or that none does beyond what chance between customers explains."""
    if not view.totals["overdue"]:
        return nothing_late(dict(zip(panel.buckets, map(int, view.ages), strict=True)), words)
    above = view.groups[(view.groups["lift_low"] > 1) & (view.groups["overdue_customers_count"] >= MIN_CUSTOMERS)]
    above = above[above["code"] != 0].sort_values("excess", ascending=False)
    if len(view.groups) == 1:
        only = panel.attributes[view.by].labels[int(view.groups["code"].iloc[0])]
        return words.text("{group}: nothing else to compare with here", group=only)
    if above.empty:
        return words.text("No group clearly carries more than its part")
    top = above.iloc[0]
    return words.text(
        "{group}: {overdue} of the overdue for {exposure} of what is open",
        group=panel.attributes[view.by].labels[int(top["code"])],
        overdue=words.share(float(top["overdue_share"])),
        exposure=words.share(float(top["exposure_share"])),
    )


def _row(panel: Panel, view: View, row: dict[Any, Any], words: Language, *, widest: float, whole: int) -> Html:
    attribute = panel.attributes[view.by]
    code = int(row["code"])
    label = attribute.labels[code]
    stands_out = row["lift_low"] > 1 and row["overdue_customers_count"] >= MIN_CUSTOMERS and code != 0
    opened = words.text("Open {group}", group=label)
    name = act_button(label, f"drill:{view.by}:{code}", label=opened)
    ends = interval(float(row["lift_low"]), float(row["lift_high"]), words)
    ratio = join(times(float(row["lift"]), words), element("small", ends) if ends else None)
    excess = words.money(round(row["excess"]), currency=panel.currency, digits=0).replace("-", "−")
    return element(
        "tr",
        element("th", name, scope="row"),
        element("td", _bar(row, words, widest=widest), class_="rk-bar-cell"),
        element("td", ratio, class_="rk-number rk-ratio"),
        element("td", words.money(int(row["overdue"]), currency=panel.currency, digits=0), class_="rk-number"),
        element("td", excess, class_="rk-number rk-wide"),
        element("td", stacked_ages({b: int(row[b]) for b in panel.buckets}, words, whole=whole), class_="rk-wide"),
        class_="rk-strong" if stands_out else None,
    )


def _bar(row: dict[Any, Any], words: Language, *, widest: float) -> Html:
    """The share of the overdue as a bar with its interval, and where the share of what is open lies."""

    def place(share: float) -> str:
        return f"{100 * min(max(share, 0.0) / widest, 1.0):.2f}%"

    share, exposure = float(row["overdue_share"]), float(row["exposure_share"])
    low, high = float(row["overdue_share_low"]), float(row["overdue_share_high"])
    spoken = words.text(
        "{overdue} of the overdue, {exposure} of what is open",
        overdue=words.share(share),
        exposure=words.share(exposure),
    )
    drawn = [element("i", class_="rk-share", style=f"width:{place(share)}")] if math.isfinite(share) else []
    if math.isfinite(low) and math.isfinite(high):
        drawn.append(element("i", class_="rk-range", style=f"left:{place(low)};right:calc(100% - {place(high)})"))
    if math.isfinite(exposure):
        drawn.append(element("i", class_="rk-mark", style=f"left:{place(exposure)}"))
    shown = element("div", *drawn, class_="rk-track", aria_hidden="true", title=spoken)
    return join(
        shown, element("small", words.share(share), aria_hidden="true"), element("span", spoken, class_="rk-hidden")
    )


def _rest(rest: pd.DataFrame, panel: Panel, words: Language) -> Html:
    named = (
        words.text("{count:other group|other groups}", count=len(rest))
        if len(rest) > 1
        else words.text("One other group")
    )
    excess = words.money(round(float(rest["excess"].sum())), currency=panel.currency, digits=0).replace("-", "−")
    return element(
        "tr",
        element("th", named, scope="row"),
        element("td", words.share(float(rest["overdue_share"].sum()))),
        element("td", "", class_="rk-number"),
        element("td", words.money(int(rest["overdue"].sum()), currency=panel.currency, digits=0), class_="rk-number"),
        element("td", excess, class_="rk-number rk-wide"),
        element("td", "", class_="rk-wide"),
        class_="rk-rest",
    )


def _key(view: View, words: Language) -> str:
    if view.groups["overdue_share_low"].notna().any():
        return words.text(
            "Bar: share of the overdue, with its 95% interval by customer. Mark: share of what is open. In bold: more "
            "than its part beyond chance between customers, for this look only; the findings of the run correct for "
            "all the groups searched."
        )
    return words.text("Bar: share of the overdue. Mark: share of what is open. Too few customers for an interval.")
