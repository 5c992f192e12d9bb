"""How many customers are in each class of risk, and how much they owe."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from riskkit.exhibits.figure import make_sheet, text_width
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.score_words import CLASSES
from riskkit.exhibits.theme import FIGURE_SIZE, Mode, Size

_SHADES = {"1": "good", "2": "good", "3": "neutral", "4": "contrast", "5": "bad", "unknown": "line"}
_FAINT = {"2": 0.55}


def class_sums(scores: pd.DataFrame) -> pd.DataFrame:
    """Customers and amounts by class, every class present: index class, columns customers, open_amount, overdue_amount.

    From: scores of a run, amounts in currency units.
    """
    grouped = scores.groupby("risk_class").agg(
        customers=("customer_id", "size"), open_amount=("open_amount", "sum"), overdue_amount=("overdue_amount", "sum")
    )
    return grouped.reindex(list(CLASSES)).fillna(0.0)


def classes_finding(scores: pd.DataFrame, *, language: str, currency: str = "EUR") -> str:
    """How much is owed by customers of high risk."""
    words = language_of(language)
    owed = float(scores["open_amount"].sum())
    high = scores[scores["risk_level"] == "high"]
    if owed <= 0 or high.empty:
        return words.text("No customer of high risk owes anything")
    return words.text(
        "{count:customer|customers} of high risk {count:?owes|owe} {money}, {share} of what is owed",
        count=len(high),
        money=words.compact_money(float(high["open_amount"].sum()) * 100, currency=currency),
        share=words.share(float(high["open_amount"].sum()) / owed),
    )


def plot_score_classes(
    scores: pd.DataFrame,
    *,
    language: str,
    currency: str = "EUR",
    mode: Mode = "light",
    size: Size | None = None,
    titled: bool = True,
) -> Figure:
    """What each class owes (bar) and how many customers it has."""
    words = language_of(language)
    sums = class_sums(scores)
    finding = classes_finding(scores, language=language, currency=currency)
    shown = [
        words.text(
            "{count:customer|customers}, {money}",
            count=int(row["customers"]),
            money=words.compact_money(float(row["open_amount"]) * 100, currency=currency),
        )
        for _, row in sums.iterrows()
    ]
    labels = [words.say(CLASSES[str(code)]) for code in sums.index]
    described = "; ".join(f"{label}: {text}" for label, text in zip(labels, shown, strict=True))
    sheet = make_sheet(finding, described, size=size or FIGURE_SIZE, mode=mode, titled=titled)
    if scores.empty:
        return sheet.nothing(words.text("No customer to score."))
    left = max(text_width(label) for label in labels) + 0.2
    right = sheet.width - max(text_width(text, "small") for text in shown) - 0.2
    axes = sheet.axes(left, 0.1, right, sheet.top - 0.08)
    axes.set_ylim(len(sums) - 0.5, -0.5)
    axes.set_xlim(0, float(sums["open_amount"].max()) or 1.0)
    axes.set(xticks=[], yticks=[])
    axes.spines["bottom"].set_visible(False)
    bottom, height = 0.1, sheet.top - 0.18
    for rank, (code, row) in enumerate(sums.iterrows()):
        colour = getattr(sheet.colours, _SHADES[str(code)])
        axes.barh(rank, float(row["open_amount"]), height=0.66, color=colour, alpha=_FAINT.get(str(code), 1.0), lw=0)
        middle = bottom + height * (1 - (rank + 0.5) / len(sums))
        sheet.write(left - 0.1, middle, labels[rank], ha="right", va="center")
        end = left + (right - left) * float(row["open_amount"]) / axes.get_xlim()[1]
        sheet.write(end + 0.08, middle, shown[rank], size="small", va="center", colour=sheet.colours.quiet)
    return sheet.figure
