"""One scenario of a run as people read it: each measure without and with it, and the cash it frees week by week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.errors import Message, message
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.tables import TableColumn, make_table

MEASURES: dict[str, Message] = {
    "cash_13w_amount": message("Cash of the 13 weeks"),
    "receivables_amount": message("Receivables at the end of 13 weeks"),
    "dso_days": message("DSO at the end of 13 weeks"),
    "bfr_days": message("Working capital need, days of sales"),
    "long_run_cash_amount": message("Cash freed once and for all"),
    "long_run_dso_days": message("DSO in the long run"),
    "target_overdue_amount": message("Overdue of the customers concerned"),
    "target_loss_13w_amount": message("Loss expected on the customers concerned"),
    "target_loss_share": message("Loss, share of what the customers concerned owe"),
    "margin_cost_13w_amount": message("Margin given up in 13 weeks"),
    "net_yearly_amount": message("Net gain of a year"),
    "legal_risk_count": message("Customers beyond the legal terms"),
}
_WIDTH, _HEIGHT = 640, 150


def scenario_measures(rows: pd.DataFrame, words: Language, *, currency: str) -> Html:
    """One scenario: each measure without it, with it, and the change with its interval.

    From: the rows of one scenario of the table `scenarios`.
    """
    known = rows[rows["measure"].isin(MEASURES)]
    shown = pd.DataFrame(
        {
            "measure": [words.say(MEASURES[str(code)]) for code in known["measure"]],
            "base": [_shown(v, u, words, currency) for v, u in zip(known["base"], known["unit"], strict=True)],
            "after": [
                _shown(base + change, unit, words, currency)
                for base, change, unit in zip(known["base"], known["change"], known["unit"], strict=True)
            ],
            "change": [
                _change(row["change"], row["low"], row["high"], str(row["unit"]), words, currency)
                for row in known.to_dict("records")
            ],
        }
    )
    columns = [
        TableColumn("measure", words.text("Measure")),
        TableColumn("base", words.text("Without")),
        TableColumn("after", words.text("With the scenario")),
        TableColumn("change", words.text("Change, and its interval")),
    ]
    caption = words.text("What the scenario changes")
    return make_table(shown, columns, language=words.code, caption=caption, sortable=False)


def freed_cash(weeks: pd.DataFrame, words: Language, *, currency: str) -> Html:
    """The cash come beyond what would have come without, week after week, with its interval."""
    ordered = weeks.sort_values("week")
    names = ("freed_amount", "freed_low_amount", "freed_high_amount")
    middle, low, high = (ordered[name].to_numpy(dtype="float64") for name in names)
    bottom, top = min(0.0, float(low.min(initial=0))), max(float(high.max(initial=0)), 0.01)
    places = np.linspace(0, _WIDTH, len(ordered))

    def at(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[str]:
        heights = _HEIGHT - 6 - (values - bottom) / (top - bottom) * (_HEIGHT - 12)
        return [f"{x:.1f},{y:.1f}" for x, y in zip(places, heights, strict=True)]

    zero = _HEIGHT - 6 - (0 - bottom) / (top - bottom) * (_HEIGHT - 12)
    said = words.text(
        "Cash freed week after week: {amount} after 13 weeks",
        amount=words.compact_money(float(middle[-1]) * 100, currency=currency),
    )
    drawing = element(
        "svg",
        element("title", said),
        element("polygon", points=" ".join([*at(high), *reversed(at(low))]), class_="rk-owed"),
        element("line", x1="0", x2=str(_WIDTH), y1=f"{zero:.1f}", y2=f"{zero:.1f}", class_="rk-axis"),
        element("polyline", points=" ".join(at(middle)), class_="rk-course"),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        class_="rk-areas",
    )
    ends = [words.date(pd.Timestamp(day).date()) for day in ordered["week_end"].iloc[[0, -1]]]
    scale = element("span", words.compact_money(top * 100, currency=currency), class_="rk-areas-top")
    return element(
        "div",
        scale,
        drawing,
        element("div", element("span", ends[0]), element("span", ends[1]), class_="rk-areas-ends"),
        element("p", said, class_="rk-note"),
        class_="rk-areas-box",
    )


def _shown(value: float, unit: str, words: Language, currency: str) -> str:
    if pd.isna(value):
        return "–"
    said = {
        "amount": lambda: words.money(round(float(value) * 100), currency=currency, digits=0),
        "days": lambda: words.days(float(value), digits=1),
        "share": lambda: words.share(float(value), digits=1),
    }.get(unit, lambda: words.number(float(value), digits=0))()
    return said.replace("-", "−")


def _signed(value: float, unit: str, words: Language, currency: str) -> str:
    shown = _shown(value, unit, words, currency)
    return f"+{shown}" if not pd.isna(value) and value > 0 else shown


def _change(change: float, low: float, high: float, unit: str, words: Language, currency: str) -> str:
    if pd.isna(change):
        return "–"
    ends = [_shown(value, unit, words, currency) for value in (low, high)]
    return f"{_signed(change, unit, words, currency)} [{ends[0]}\u00a0; {ends[1]}]"
