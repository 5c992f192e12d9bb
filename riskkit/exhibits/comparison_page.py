"""Two runs side by side as a page and as sheets: what moved, why, who, and what the forecast was worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskkit.errors import Message, message
from riskkit.exhibits.document import make_page
from riskkit.exhibits.fragment import Html, element
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.measure_words import measure_label, show_measure
from riskkit.exhibits.score_words import CLASSES
from riskkit.exhibits.tables import TableColumn, make_table
from riskkit.exhibits.theme import style_resource

MEASURES = ("dso_days", "receivables_amount", "overdue_amount")
SHOWN = 8
EFFECT_WORDS: dict[str, Message] = {
    "volume": message("Volume: the billing of the window rose or fell"),
    "calendar": message("Calendar: billing closer to the date, or further from it"),
    "mix": message("Mix: more weight to customers who owe more of what they are billed, or less"),
    "behaviour": message("Behaviour: the same customers pay sooner or later"),
    "old": message("Old balances: items older than the window, payments not allocated"),
    "window": message("Window: more or fewer days of billing are known"),
    "total": message("Change in all"),
}
SHORT_WORDS: dict[str, Message] = {
    "volume": message("volume"),
    "calendar": message("calendar of billing"),
    "mix": message("customer mix"),
    "behaviour": message("payment behaviour"),
    "old": message("old balances"),
    "window": message("length of the window"),
}
MOVE_WORDS: dict[str, Message] = {
    "new_risk": message("new risk"),
    "resolved": message("risk resolved"),
    "worse": message("class worse"),
    "better": message("class better"),
}


def comparison_page(
    effects: pd.DataFrame,
    customers: pd.DataFrame,
    moves: pd.DataFrame,
    forecast: pd.DataFrame,
    *,
    company: str,
    days: tuple[dt.date, dt.date],
    shared_sales_share: float,
    is_new_policy: bool,
    language: str,
    currency: str,
) -> str:
    """The page.

    From: effects (measure, effect, before, after, change, low, high), customers (name, measure, calendar, mix,
          behaviour, old), moves (name, move, class_before, class_after, open and overdue amounts before and after,
          reason), forecast (period_kind, period_start, period_end, base, due, low, high and real amounts, is_covered).
    """
    words = language_of(language)
    before, after = (words.date(day) for day in days)
    title = words.text("{company}: what moved from {before} to {after}", company=company, before=before, after=after)
    body = element(
        "main",
        element("header", element("h1", title), class_="rk-head"),
        *[
            element("p", sentence, class_="rk-lead")
            for sentence in effect_sentences(effects, language=language, currency=currency)
        ],
        element("h2", words.text("Why did DSO, receivables and overdue move?")),
        effects_table(effects, language=language, currency=currency),
        element("ul", *[element("li", words.say(EFFECT_WORDS[effect])) for effect in SHORT_WORDS], class_="rk-remarks"),
        element("p", _method(shared_sales_share, words), class_="rk-note"),
        *([element("p", _policy(words), class_="rk-note")] if is_new_policy else []),
        element("h2", words.text("Whose behaviour moved the overdue amount?")),
        _behaviour(customers, language=language, currency=currency),
        element("h2", words.text("Which risks are new, which are resolved?")),
        moves_table(moves[moves["move"].isin(["new_risk", "resolved"])], language=language, currency=currency),
        element("h2", words.text("Who else moved class?")),
        moves_table(moves[moves["move"].isin(["worse", "better"])], language=language, currency=currency),
        element("h2", words.text("What was the cash forecast worth?")),
        *_forecast(forecast, language=language, currency=currency),
        class_="rk-card",
    )
    return make_page(title, body, language=language, style=style_resource("document.css"))


def effect_sentences(effects: pd.DataFrame, *, language: str, currency: str) -> list[str]:
    """One sentence a measure: from what to what, and the effect that moved it most, with its interval."""
    words = language_of(language)
    said = []
    for measure in MEASURES:
        lines = effects[effects["measure"] == measure].set_index("effect")
        if lines.empty:
            continue
        whole = lines.loc["total"].to_dict()
        parts = lines.drop(index="total")
        same = parts[parts["change"] * float(whole["change"]) > 0]  # what moved it the way it went
        first = str((same if len(same) else parts)["change"].abs().idxmax())
        shown = {
            "measure": measure_label(measure, language),
            "before": show_measure(measure, float(whole["before"]), language, currency=currency),
            "after": show_measure(measure, float(whole["after"]), language, currency=currency),
            "effect": words.say(SHORT_WORDS[first]),
            "part": _signed(measure, float(parts["change"][first]), words, currency),
        }
        low, high = float(parts["low"][first]), float(parts["high"][first])
        if low != low:
            said.append(words.text("{measure}: from {before} to {after}; first cause: {effect} ({part}).", **shown))
        elif low > 0 or high < 0:
            said.append(
                words.text(
                    "{measure}: from {before} to {after}; first cause: {effect} ({part}), beyond what chance between "
                    "customers explains.",
                    **shown,
                )
            )
        else:
            said.append(
                words.text(
                    "{measure}: from {before} to {after}; first cause: {effect} ({part}), which a few customers may "
                    "make: its interval holds zero.",
                    **shown,
                )
            )
    return said


def effects_table(effects: pd.DataFrame, *, language: str, currency: str) -> Html:
    """Effects (rows) on each measure (columns), each with its 95 % interval; they add up to the last row."""
    words = language_of(language)
    rows = []
    for effect in (*SHORT_WORDS, "total"):
        label = words.say(SHORT_WORDS.get(effect, EFFECT_WORDS["total"]))
        row: dict[str, object] = {"effect": label[:1].upper() + label[1:], "row_class": "strong" * (effect == "total")}
        for measure in MEASURES:
            found = effects[(effects["measure"] == measure) & (effects["effect"] == effect)]
            line = found.iloc[0].to_dict() if len(found) else {}
            row[measure] = _signed(measure, line["change"], words, currency) if line else ""
            row[f"{measure}_range"] = _interval(measure, line, words, currency) if line else ""
        rows.append(row)
    columns = [TableColumn("effect", words.text("Effect"))]
    for measure in MEASURES:
        columns.append(TableColumn(measure, measure_label(measure, language), "number"))
        columns.append(TableColumn(f"{measure}_range", words.text("95% interval"), "number"))
    caption = words.text("Effects add up to the change, to the cent")
    return make_table(pd.DataFrame(rows), columns, language=language, caption=caption, sortable=False)


def moves_table(moves: pd.DataFrame, *, language: str, currency: str) -> Html:
    """Customers that changed class, the largest first."""
    words = language_of(language)
    if moves.empty:
        return element("p", words.text("Nobody."), class_="rk-nothing")
    shown = moves.assign(
        who=moves["name"].fillna(moves["customer_id"]),
        what=[words.say(MOVE_WORDS[code]) for code in moves["move"]],
        classes=[
            f"{_class(then, words)} → {_class(now, words)}"
            for then, now in zip(moves["class_before"], moves["class_after"], strict=True)
        ],
    ).head(5 * SHOWN)
    columns = [
        TableColumn("who", words.text("Customer")),
        TableColumn("what", words.text("Move")),
        TableColumn("classes", words.text("Class")),
        TableColumn("open_before_amount", words.text("Owed then"), "money"),
        TableColumn("open_after_amount", words.text("Owed now"), "money"),
        TableColumn("overdue_after_amount", words.text("Overdue now"), "money"),
        TableColumn("reason", words.text("Why")),
    ]
    return make_table(
        shown,
        columns,
        language=language,
        caption=words.text("Customers, by amount"),
        currency=currency,
        is_stacked=True,
    )


def _behaviour(customers: pd.DataFrame, *, language: str, currency: str) -> Html:
    words = language_of(language)
    rows = customers[customers["measure"] == "overdue_amount"]
    rows = rows[rows["behaviour"].abs() >= 0.005]
    if rows.empty:
        return element("p", words.text("Nobody."), class_="rk-nothing")
    ends = pd.concat([rows.nlargest(SHOWN, "behaviour"), rows.nsmallest(SHOWN, "behaviour")]).drop_duplicates(
        "customer_id"
    )
    ends = ends.sort_values("behaviour", ascending=False).assign(
        who=ends["name"].fillna(ends["customer_id"]),
        moved=[_signed("overdue_amount", float(value), words, currency) for value in ends["behaviour"]],
    )
    columns = [
        TableColumn("who", words.text("Customer")),
        TableColumn("moved", words.text("Effect of its behaviour on overdue"), "number"),
    ]
    caption = words.text("Largest effects both ways, at an unchanged billing")
    return make_table(ends, columns, language=language, caption=caption, currency=currency)


def _forecast(forecast: pd.DataFrame, *, language: str, currency: str) -> list[Html]:
    words = language_of(language)
    weeks, whole = (forecast[forecast["period_kind"] == kind] for kind in ("week", "total"))
    if weeks.empty:
        said = words.text("No whole week lies between the two dates, or the first run has no forecast.")
        return [element("p", said, class_="rk-nothing")]
    total = whole.iloc[0]
    held = weeks["low_amount"].notna()
    sentence = words.text(
        "{real} came in on what was open then, {base} were expected; {covered} of {count} weeks lie in the 80% "
        "interval. Mean weekly error: {error}; {naive} had everybody paid on the due date.",
        real=words.compact_money(float(total["real_amount"]) * 100, currency=currency),
        base=words.compact_money(float(total["base_amount"]) * 100, currency=currency),
        covered=int(weeks.loc[held, "is_covered"].sum()),
        count=int(held.sum()),
        error=_error(weeks, "base_amount", words, currency),
        naive=_error(weeks, "due_amount", words, currency),
    )
    columns = [
        TableColumn("period_start", words.text("Week of"), "date"),
        TableColumn("base_amount", words.text("Expected"), "money"),
        TableColumn("low_amount", words.text("Low end"), "money"),
        TableColumn("high_amount", words.text("High end"), "money"),
        TableColumn("real_amount", words.text("Came in"), "money"),
        TableColumn("held", words.text("In the interval")),
    ]
    shown = weeks.assign(held=[words.text("yes") if held else words.text("no") for held in weeks["is_covered"]])
    caption = words.text("Cash on the items open at the first date, week by week")
    few = words.text(
        "Some weeks are few to judge an interval: over {count}, chance alone explains a lot.", count=len(weeks)
    )
    return [
        element("p", sentence),
        make_table(shown, columns, language=language, caption=caption, currency=currency, sortable=False),
        element("p", few, class_="rk-note"),
    ]


def _error(weeks: pd.DataFrame, column: str, words: Language, currency: str) -> str:
    error = float((weeks[column] - weeks["real_amount"]).abs().mean())
    return words.compact_money(error * 100, currency=currency)


def _interval(measure: str, line: Mapping[Any, Any], words: Language, currency: str) -> str:
    if line["low"] != line["low"] or not (line["change"] or line["low"] or line["high"]):
        return ""
    return " ; ".join(_signed(measure, line[end], words, currency) for end in ("low", "high"))


def _signed(measure: str, value: float, words: Language, currency: str) -> str:
    digits = 1 if measure == "dso_days" else 0
    sign = "+" if round(value, digits) > 0 else "−" if round(value, digits) < 0 else ""
    if measure == "dso_days":
        return f"{sign}{words.text('{days} d', days=words.number(abs(value), digits=1))}"
    return f"{sign}{words.money(round(abs(value) * 100), currency=currency, digits=0)}"


def _method(share: float, words: Language) -> str:
    return words.text(
        "Each effect is the mean over every order in which its factors could have moved (Shapley): none comes first, "
        "and nothing is left over. Intervals draw the customers again. Behaviour is seen on the {share} of billing "
        "that both dates have customer by customer and age by age; who comes or goes is mix. Growth alone does not "
        "move DSO.",
        share=words.share(share),
    )


def _policy(words: Language) -> str:
    return words.text("The two runs used different policies: part of the change may come from there.")


def _class(code: object, words: Language) -> str:
    return words.say(CLASSES[str(code)]) if str(code) in CLASSES else "–"
