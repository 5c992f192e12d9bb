"""Scores as people read them: the riskiest customers with their reasons, and the evidence behind the probabilities."""

from __future__ import annotations

import pandas as pd

from riskkit.errors import Message, message
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.score_words import CANDIDATES, CLASSES, DECIDERS, LEVELS, show_bin
from riskkit.exhibits.tables import TableColumn, make_table
from riskkit.models.figure_names import FIGURES

_ORDER = {"high": 0, "moderate": 1, "low": 2, "unknown": 3}
NO_BREAK, JOINER = "\u00a0", "\u2060"
NO_MODEL: Message = message(
    "No statistical score for this run: the notes of the run say why. The expert score stands alone."
)


def scores_table(scores: pd.DataFrame, *, language: str, count: int = 20, currency: str = "EUR") -> Html:
    """The customers of high risk, then of moderate risk, those who owe most first, with their reasons.

    From: scores of a run. `count` customers are shown; all are in the table.
    """
    words = language_of(language)
    ordered = scores.assign(order=scores["risk_level"].map(_ORDER)).sort_values(
        ["order", "open_amount", "customer_id"], ascending=[True, False, True]
    )
    shown = ordered[ordered["risk_class"].isin(["3", "4", "5"])].head(count)
    if shown.empty:
        return element("p", words.text("No customer of moderate or higher risk."), class_="rk-nothing")
    chances = [name for name in map(str, scores) if name.startswith("probability_") and scores[name].notna().any()]
    rows = pd.DataFrame(
        {
            "name": shown["name"].fillna(shown["customer_id"]),
            "class": [words.say(CLASSES[code]) for code in shown["risk_class"]],
            "by": [words.say(DECIDERS[code]) for code in shown["decided_by"]],
            "open_amount": shown["open_amount"],
            "overdue_amount": shown["overdue_amount"],
            **{name: shown[name] for name in chances},
            "why": [_reasons(row) for _, row in shown.iterrows()],
            "row_class": "",
        }
    )
    columns = [
        TableColumn("name", words.text("Customer")),
        TableColumn("class", words.text("Risk")),
        TableColumn("why", words.text("Why"), "html"),
        TableColumn("open_amount", words.text("Owed"), "money"),
        TableColumn("overdue_amount", words.text("Overdue"), "money"),
        *(
            TableColumn(name, words.text("Chance, {months} months", months=name.split("_")[1].rstrip("m")), "points")
            for name in chances
        ),
        TableColumn("by", words.text("Decided by")),
    ]
    caption = words.text("Customers at risk: who, how much, why")
    table = make_table(rows, columns, language=language, caption=caption, currency=currency)
    left = int(ordered["risk_class"].isin(["3", "4", "5"]).sum()) - len(shown)
    note = words.text("{count} more {count:?is|are} in the table scores.", count=left) if left > 0 else None
    return join(table, element("p", note, class_="rk-note") if note else None)


def _reasons(row: pd.Series) -> Html:
    said = [row[name] for name in ("reason_1", "reason_2", "reason_3") if isinstance(row[name], str)]
    return element("ol", *[element("li", text) for text in said], class_="rk-reasons")


def levels_table(scores: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """The three classes and those of whom nothing is known: customers, what they owe, what is overdue."""
    words = language_of(language)
    grouped = scores.groupby("risk_level").agg(
        customers=("customer_id", "size"), open_amount=("open_amount", "sum"), overdue_amount=("overdue_amount", "sum")
    )
    rows = grouped.reindex(list(LEVELS)).fillna(0.0).reset_index()
    rows = rows.assign(level=[words.say(LEVELS[code]) for code in rows["risk_level"]], row_class="")
    columns = [
        TableColumn("level", words.text("Risk")),
        TableColumn("customers", words.text("Customers"), "count"),
        TableColumn("open_amount", words.text("Owed"), "money"),
        TableColumn("overdue_amount", words.text("Overdue"), "money"),
    ]
    total: dict[str, object] = {
        "level": words.text("Total"),
        **{name: float(rows[name].sum()) for name in ("customers", "open_amount", "overdue_amount")},
    }
    caption = words.text("Three classes")
    return make_table(rows, columns, language=language, caption=caption, currency=currency, total=total, sortable=False)


def models_table(models: pd.DataFrame, *, language: str, horizon: int, by_cut: bool = False) -> Html:
    """Champion and challengers on months they did not know, over all cuts or cut by cut, with intervals."""
    words = language_of(language)
    own = models[models["horizon_months"] == horizon]
    own = own[own["cut_date"].notna()] if by_cut else own[own["cut_date"].isna()]
    if own.empty:
        return element("p", words.say(NO_MODEL), class_="rk-nothing")
    rows = own.assign(
        name=[words.say(CANDIDATES[code]) for code in own["candidate"]],
        cut=own["cut_date"],
        area=[_area(row, language) for _, row in own.iterrows()],
        gain=[_gain(row, language) for _, row in own.iterrows()],
        row_class=["strong" if champion else "" for champion in own["is_champion"]],
    )
    columns = [
        TableColumn("name", words.text("Model")),
        *([TableColumn("cut", words.text("Tested from"), "date")] if by_cut else []),
        TableColumn("cases", words.text("Cases"), "count"),
        TableColumn("event_rate", words.text("Event rate"), "points"),
        TableColumn("area", words.text("AUC, 95 % interval")),
        TableColumn("gain", words.text("Gain over the rate, points")),
        TableColumn("gini", "Gini", "points"),
        TableColumn("ks", "KS", "points"),
        TableColumn("average_precision", words.text("Average precision"), "points"),
        TableColumn("brier", "Brier", "share"),
        TableColumn("ece", "ECE", "share"),
    ]
    caption = words.text("Models over {months} months, on months they were not taught (in bold: the one in use)",
                         months=horizon)  # fmt: skip
    if by_cut:
        caption = words.text("The same at each cut in time, over {months} months", months=horizon)
    return make_table(rows, columns, language=language, caption=caption, sortable=False)


def measures_table(models: pd.DataFrame, *, language: str, horizon: int) -> Html:
    """Each measure of the model in use with its interval, and that of the customer's own rate beside."""
    words = language_of(language)
    whole = models[(models["horizon_months"] == horizon) & models["cut_date"].isna()].set_index("candidate")
    champion = whole[whole["is_champion"]]
    if champion.empty:
        return element("p", words.say(NO_MODEL), class_="rk-nothing")
    row, rate = champion.iloc[0], whole[whole.index == "customer_rate"].iloc[0]
    names = {
        "auc": "AUC", "ks": "KS", "average_precision": words.text("Average precision"), "brier": "Brier", "ece": "ECE"
    }  # fmt: skip
    rows = pd.DataFrame(
        {
            "title": list(names.values()),
            "value": [words.number(float(row[name]), digits=3) for name in names],
            "interval": [
                " – ".join(words.number(float(row[f"{name}_{bound}"]), digits=3) for bound in ("low", "high"))
                for name in names
            ],
            "rate": [words.number(float(rate[name]), digits=3) for name in names],
            "row_class": "",
        }
    )
    columns = [
        TableColumn("title", words.text("Measure")),
        TableColumn("value", words.text("Value")),
        TableColumn("interval", words.text("95 % interval, debtors resampled")),
        TableColumn("rate", words.text("Customer's own rate")),
    ]
    caption = words.text("The model in use over {months} months", months=horizon)
    note = words.text(
        "Average precision is to be read beside the event rate, {share}.",
        share=words.share(float(row["event_rate"]), digits=1),
    )
    return join(
        make_table(rows, columns, language=language, caption=caption, sortable=False),
        element("p", note, class_="rk-note"),
    )


def _area(row: pd.Series, language: str) -> str:
    words = language_of(language)
    value, low, high = (words.number(float(row[name]), digits=3) for name in ("auc", "auc_low", "auc_high"))
    return f"{value} ({low}–{JOINER}{high})".replace(" ", NO_BREAK)


def _gain(row: pd.Series, language: str) -> str:
    words = language_of(language)
    if row["candidate"] == "customer_rate":
        return "–"
    shown = [words.number(100 * float(row[f"gain_{part}"])) for part in ("over_rate", "low", "high")]
    return f"{shown[0]} ({shown[1]}–{JOINER}{shown[2]})".replace("-", "−").replace(" ", NO_BREAK)


def points_tables(points: pd.DataFrame, *, language: str, horizon: int) -> Html:
    """The scorecard: the points of each bin of each figure, integers that add up to the score."""
    words = language_of(language)
    own = points[points["horizon_months"] == horizon]
    if own.empty:
        return element("p", words.say(NO_MODEL), class_="rk-nothing")
    rows = own[(own["bin"] > 0) | (own["cases"] > 0)].copy()
    repeats = rows["figure"].eq(rows["figure"].shift())
    titles = zip(rows["figure"], repeats, strict=True)
    rows["title"] = ["" if is_repeat else words.say(FIGURES[name]) for name, is_repeat in titles]
    rows["value"] = [
        words.text("everybody") if name == "constant" else words.text("not known") if rank == 0
        else show_bin(name, float(above), float(up_to), words)
        for name, rank, above, up_to in rows[["figure", "bin", "above", "up_to"]].itertuples(index=False)
    ]  # fmt: skip
    rows["row_class"] = ""
    columns = [
        TableColumn("title", words.text("Figure")),
        TableColumn("value", words.text("Value")),
        TableColumn("points", words.text("Points"), "count"),
        TableColumn("cases", words.text("Cases"), "count"),
        TableColumn("event_rate", words.text("Event rate"), "share"),
    ]
    caption = words.text("Points over {months} months: add them up; more is safer", months=horizon)
    note = words.text("500 points stand for 10 customers without an event to 1 with; 40 points more double the odds.")
    return join(
        make_table(rows, columns, language=language, caption=caption, sortable=False),
        element("p", note, class_="rk-note"),
    )


def thresholds_table(thresholds: pd.DataFrame, *, language: str) -> Html:
    """The cuts of the probability that past results give: red by F0.5, orange by F2."""
    words = language_of(language)
    if thresholds.empty:
        return element("p", words.say(NO_MODEL), class_="rk-nothing")
    rows = thresholds.assign(
        name=[words.say(LEVELS[code]) for code in thresholds["level"]],
        measure=["F0,5" if beta < 1 else "F2" for beta in thresholds["beta"]],
        row_class="",
    )
    columns = [
        TableColumn("name", words.text("Risk")),
        TableColumn("horizon_months", words.text("Months"), "count"),
        TableColumn("measure", words.text("Chosen by")),
        TableColumn("probability", words.text("From a chance of"), "share"),
        TableColumn("precision", words.text("Right among those flagged"), "share"),
        TableColumn("recall", words.text("Events flagged"), "share"),
        TableColumn("flagged_share", words.text("Customers flagged"), "share"),
    ]
    caption = words.text("Classes by evidence: where past results would cut")
    return make_table(rows, columns, language=language, caption=caption, sortable=False)


def score_sectors_table(sectors: pd.DataFrame, *, language: str, horizon: int) -> Html:
    """Whether the probabilities are right in each section, and not only on average."""
    words = language_of(language)
    own = sectors[sectors["horizon_months"] == horizon].sort_values("customers", ascending=False)
    if own.empty:
        return element("p", words.say(NO_MODEL), class_="rk-nothing")
    rows = own.assign(
        interval=[
            f"{words.share(low)} – {words.share(high)}" for low, high in zip(own["low"], own["high"], strict=True)
        ],
        fair=[words.text("yes") if fair else words.text("no") for fair in own["is_fair"]],
        row_class="",
    )
    columns = [
        TableColumn("section", words.text("NAF section")),
        TableColumn("customers", words.text("Customers"), "count"),
        TableColumn("predicted_rate", words.text("Predicted"), "share"),
        TableColumn("observed_rate", words.text("Observed"), "share"),
        TableColumn("interval", words.text("Interval of the observed")),
        TableColumn("fair", words.text("Predicted inside")),
    ]
    caption = words.text("Calibration by section, over {months} months", months=horizon)
    return make_table(rows, columns, language=language, caption=caption)


def drift_table(drift: pd.DataFrame, *, language: str, horizon: int, count: int = 8) -> Html:
    """The figures whose distribution moved most since the model was fitted."""
    words = language_of(language)
    own = drift[drift["horizon_months"] == horizon].sort_values("psi", ascending=False).head(count)
    if own.empty:
        return element("p", words.say(NO_MODEL), class_="rk-nothing")
    rows = own.assign(
        title=[words.say(FIGURES[name]) for name in own["figure"]],
        shown=[words.number(value, digits=2) for value in own["psi"]],
        chance=[words.number(value, digits=2) for value in own["low_by_chance"]],
        moved=[words.text("yes") if moved else words.text("no") for moved in own["has_moved"]],
        row_class="",
    )
    columns = [
        TableColumn("title", words.text("Figure")),
        TableColumn("shown", words.text("Stability index")),
        TableColumn("chance", words.text("By chance alone")),
        TableColumn("moved", words.text("Moved")),
    ]
    caption = words.text("What moved since the model was fitted")
    return make_table(rows, columns, language=language, caption=caption, sortable=False)
