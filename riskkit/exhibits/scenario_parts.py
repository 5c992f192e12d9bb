"""One scenario of a run as people read it: each measure without and with it, and the cash it frees week by week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.scenario_exhibits import MEASURES, change_text, measure_text
from riskkit.exhibits.tables import TableColumn, make_table

_WIDTH, _HEIGHT = 640, 150


def scenario_measures(rows: pd.DataFrame, words: Language, *, currency: str) -> Html:
    """One scenario: each measure without it, with it, and the change with its interval.

    From: the rows of one scenario of the table `scenarios`.
    """
    known = rows[rows["measure"].isin(MEASURES)]

    def written(values: pd.Series) -> list[str]:
        return [
            measure_text(float(value), str(unit), words, currency=currency)
            for value, unit in zip(values, known["unit"], strict=True)
        ]

    shown = pd.DataFrame(
        {
            "measure": [words.say(MEASURES[str(code)]) for code in known["measure"]],
            "base": written(known["base"]),
            "after": written(known["base"] + known["change"]),
            "change": [change_text(row, words, currency=currency) for _, row in known.iterrows()],
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
