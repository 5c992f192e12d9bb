"""The page Segments: who is in which segment, what it owes, and what is done with its like."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.score_words import LEVELS
from riskkit.exhibits.segment_words import BEHAVIOURS, segment_name, segment_rows
from riskkit.exhibits.tables import TableColumn, make_table
from riskkit.workbench.views.view import DocumentView, filter_link, missing_notice, panel_section

SUMMED = ("customers_count", "sales_12m_amount", "open_amount", "overdue_amount")


class SegmentsPage(DocumentView):
    """The segments with their strategy, the 2×2 of value and risk, behaviour against insolvency."""

    def parts(self) -> list[Html]:
        """The segments, or why there are none."""
        words, segments = self.host.words, self.host.run.table("segments")
        if segments is None:
            why = words.text("Run the portfolio again with this version of riskkit: the table is made at each run.")
            return [missing_notice(words.text("This run holds no segments."), why)]
        rows = segment_rows(segments)
        pair = element(
            "div",
            join(self._square(segments), self._cross(segments)),
            class_="rk-halves rk-even",
            data_testid="squares",
        )
        return [self._segments(rows), pair]

    def _segments(self, rows: pd.DataFrame) -> Html:
        words, currency = self.host.words, self.host.run.shown.currency
        whole = float(rows["overdue_amount"].sum())
        shown = rows.assign(
            name=[filter_link(self.host, "segment", code, segment_name(code, words)) for code in rows["segment"]],
            part=[amount / whole if whole > 0 else float("nan") for amount in rows["overdue_amount"]],
        )
        columns = [
            TableColumn("name", words.text("Segment"), "html"),
            TableColumn("customers_count", words.text("Customers"), "count"),
            TableColumn("sales_12m_amount", words.text("Sales of 12 months"), "money"),
            TableColumn("open_amount", words.text("Owed"), "money"),
            TableColumn("overdue_amount", words.text("of which overdue"), "money"),
            TableColumn("part", words.text("Share"), "points"),
            TableColumn("strategy", words.text("What to do")),
        ]
        total: dict[str, object] = {
            "name": words.text("Total"),
            **{name: float(rows[name].sum()) for name in SUMMED},
        }
        table = make_table(
            shown, columns, language=words.code, caption=words.text("Segments"), currency=currency, total=total
        )
        return panel_section(
            words.text("Segments"), _finding(rows, words, currency), table, css="rk-said", test_id="segments"
        )

    def _square(self, segments: pd.DataFrame) -> Html:
        """Value against risk: how many customers, what they owe, how much of it is overdue."""
        words = self.host.words
        columns = {
            "low": words.text("Low risk"),
            "high": words.text("High risk"),
            "unknown": words.text("Risk not known"),
        }
        rows = {"high": words.text("Key customers"), "low": words.text("Others")}
        return panel_section(
            words.text("Value and risk"),
            words.text("Where what is owed stands"),
            self._grid(segments, "value", rows, "risk", columns),
        )

    def _cross(self, segments: pd.DataFrame) -> Html:
        words = self.host.words
        columns = {code: words.say(LEVELS[code]).capitalize() for code in LEVELS}
        rows = {code: words.say(BEHAVIOURS[code]).capitalize() for code in BEHAVIOURS}
        return panel_section(
            words.text("Behaviour and risk of failure"),
            words.text("Those who can pay and do not, and those who cannot"),
            self._grid(segments, "behaviour", rows, "insolvency", columns),
        )

    def _grid(
        self, segments: pd.DataFrame, down: str, rows: Mapping[str, str], across: str, columns: Mapping[str, str]
    ) -> Html:
        words, currency = self.host.words, self.host.run.shown.currency
        sums = (
            segments.groupby([down, across])
            .agg(count=("customer_id", "size"), open=("open_amount", "sum"), overdue=("overdue_amount", "sum"))
            .astype("float64")
        )
        highest = max(float(sums["open"].max()), 0.01) if len(sums) else 0.01
        found = dict(zip(sums.index, sums.itertuples(index=False, name=None), strict=True))
        head = [element("th", "", scope="col"), *[element("th", text, scope="col") for text in columns.values()]]
        body = []
        for row, label in rows.items():
            cells = [element("th", label, scope="row")]
            for column in columns:
                if (row, column) not in found:
                    cells.append(element("td", "–", class_="rk-cell rk-none"))
                    continue
                count, owed, overdue = found[row, column]
                late = overdue / owed if owed > 0 else float("nan")
                shade = 4 + round(30 * max(float(owed), 0.0) / highest)
                cells.append(
                    element(
                        "td",
                        element("b", words.money(round(float(owed) * 100), currency=currency, digits=0)),
                        element("span", words.text("{count:customer|customers}", count=int(count))),
                        element("span", words.text("overdue: {share}", share=words.share(float(late)))),
                        class_="rk-cell",
                        style=f"background:color-mix(in srgb, var(--rk-accent) {shade}%, var(--rk-ground))",
                    )
                )
            body.append(element("tr", *cells))
        table = element("table", element("thead", element("tr", *head)), element("tbody", *body), class_="rk-grid")
        return element(
            "div", table, class_="rk-scroll", tabindex="0", role="region", aria_label=next(iter(rows.values()))
        )

    def sheets(self) -> Mapping[str, pd.DataFrame]:
        """Every customer with its segment."""
        segments = self.host.run.table("segments")
        return {} if segments is None else {self.host.words.text("Segments"): segments}


def _finding(rows: pd.DataFrame, words: Language, currency: str) -> str:
    """Which segment holds most of the overdue money."""
    whole = float(rows["overdue_amount"].sum())
    if rows.empty or whole <= 0:
        return words.text("Nothing is overdue")
    first = rows.iloc[0]
    return words.text(
        "“{segment}” holds {share} of the overdue: {money}, {count:customer|customers}",
        segment=segment_name(str(first["segment"]), words),
        share=words.share(float(first["overdue_amount"]) / whole),
        money=words.compact_money(float(first["overdue_amount"]) * 100, currency=currency),
        count=int(first["customers_count"]),
    )
