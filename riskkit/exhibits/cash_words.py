"""What the cash forecast says in sentences: its finding, its past errors, names of methods and reasons."""

from __future__ import annotations

import pandas as pd

from riskkit.errors import Message, message
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of

SHOWN_LEVEL = 0.8

METHODS: dict[str, Message] = {
    "model": message("average of the models"),
    "own_habits": message("customer habits"),
    "shared_curve": message("one curve for all"),
    "cohort_curves": message("cohort curves"),
    "customer_median": message("customer's median delay"),
    "mean_13_weeks": message("mean of 13 weeks"),
    "due_date": message("due date"),
}
REASONS: dict[str, Message] = {
    "procedure": message("collective procedure"),
    "dispute": message("disputed"),
    "habit": message("habit of the customer"),
    "segment": message("few settled invoices"),
    "due_date": message("no payment to learn from"),
}


def periods(
    forecast: pd.DataFrame, kind: str, *, level: float = SHOWN_LEVEL, source: str = "open_items"
) -> pd.DataFrame:
    """The periods of one kind at one level, in order."""
    kept = (forecast["period_kind"] == kind) & (forecast["source"] == source) & (forecast["level"].round(2) == level)
    return forecast[kept].sort_values("period_start").reset_index(drop=True)


def cash_finding(forecast: pd.DataFrame, *, language: str, currency: str = "EUR") -> str:
    """What should come in over 13 weeks, and between what and what."""
    words = language_of(language)
    total = periods(forecast, "total")
    if total.empty or not float(total["base_amount"].iloc[0] + total["due_amount"].iloc[0]):
        return words.text("No cash to expect: nothing is open")

    def shown(name: str) -> str:
        return words.compact_money(float(total[name].iloc[0]) * 100, currency=currency)

    if total[["low_amount", "high_amount"]].isna().any(axis=None):
        return words.text("Payment times are not computable; {due} falls due within 13 weeks", due=shown("due_amount"))
    return words.text(
        "{base} should come in within 13 weeks: between {low} and {high}, eight chances in ten",
        base=shown("base_amount"),
        low=shown("low_amount"),
        high=shown("high_amount"),
    )


def backtest_finding(summary: pd.DataFrame, *, language: str) -> str:
    """How wrong the forecast was on past dates, beside the best of the simple rules."""
    words = language_of(language)
    known = summary[summary["weekly_wape_rate"].notna()]
    chosen, others = known[known["is_chosen"]], known[~known["method"].isin(["model", "shared_curve", "own_habits"])]
    if chosen.empty or others.empty:
        return words.text("The forecast could not be tested: the ledger has no past date that is long enough")
    best = others.sort_values("weekly_wape_rate").iloc[0]
    return words.text(
        "Over {count:past date|past dates}, the forecast of a week was wrong by {own}; the best simple rule ({rule}) "
        "by {other}",
        count=int(chosen["dates_count"].iloc[0]),
        own=words.share(float(chosen["weekly_wape_rate"].iloc[0])),
        rule=method_name(str(best["method"]), words),
        other=words.share(float(best["weekly_wape_rate"])),
    )


def late_finding(customers: pd.DataFrame, *, language: str, currency: str = "EUR") -> str:
    """How much of what is open is expected late, and how few customers make half of it."""
    words = language_of(language)
    late = customers["late_amount"].astype("float64").sort_values(ascending=False)
    whole = float(late.sum())
    if whole <= 0:
        return words.text("Nothing is expected late")
    half = int((late.cumsum() < whole / 2).sum()) + 1
    return words.text(
        "{late} is late or expected late; {count:customer|customers} {count:?makes|make} half of it",
        late=words.compact_money(whole * 100, currency=currency),
        count=half,
    )


def method_name(method: str, words: Language) -> str:
    """The name of a method of forecast."""
    return words.say(METHODS[method]) if method in METHODS else method
