"""What-if as tables: scenarios side by side with their intervals, and what they assume of customers."""

from __future__ import annotations

import pandas as pd

from riskkit.errors import Message, message
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.tables import TableColumn, make_table

MEASURES: dict[str, Message] = {
    "cash_13w_amount": message("Cash freed in 13 weeks"),
    "receivables_amount": message("Receivables (BFR) after 13 weeks"),
    "dso_days": message("DSO after 13 weeks"),
    "bfr_days": message("BFR, days of sales without tax"),
    "long_run_cash_amount": message("Cash freed in the long run by terms"),
    "long_run_dso_days": message("DSO in the long run by terms"),
    "target_overdue_amount": message("Overdue of the customers concerned"),
    "target_loss_13w_amount": message("Their expected loss over 13 weeks"),
    "target_loss_share": message("Their expected loss after 13 weeks"),
    "margin_cost_13w_amount": message("Margin given up over 13 weeks"),
    "net_yearly_amount": message("Yearly gain, cost of cash and losses less margin"),
    "legal_risk_count": message("Customers beyond the legal terms"),
}
ASSUMPTIONS: dict[str, Message] = {
    "pass_through": message("part of a change of terms that customers follow"),
    "followers_share": message("customers who accept a deposit"),
    "discount_takers_share": message("customers who take the discount"),
    "dunning_gain_share": message("part of the days late that dunning saves"),
    "lost_sales_share": message("sales lost when terms get harder"),
    "sales_growth": message("sales of the weeks ahead over last year's"),
}
_SOURCES = {"policy": message("assumed (policy)"), "ledger": message("read from the ledger")}


def scenario_finding(scenarios: pd.DataFrame, *, language: str, currency: str = "EUR") -> str:
    """Which scenario frees most cash, how much, and between what and what."""
    words = language_of(language)
    cash = concerned(scenarios[scenarios["measure"] == "cash_13w_amount"])
    if cash.empty:
        return words.text("No scenario concerns a customer")
    best = cash.sort_values("change", kind="stable").iloc[-1]
    return words.text(
        "{freed} of cash in 13 weeks ({low} to {high}): {title}",
        title=str(best["title"]),
        **{name: words.compact_money(100 * float(best[column]), currency=currency).replace("-", "−")
           for name, column in (("freed", "change"), ("low", "low"), ("high", "high"))},
    )  # fmt: skip


def scenarios_table(scenarios: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """A line a measure, a column a scenario: the change, and the ends of its interval."""
    words = language_of(language)
    if scenarios.empty:
        return element("p", words.text("No scenario is declared in the policy"), class_="rk-nothing")
    played = concerned(scenarios)
    if played.empty:
        return join(_without_customer(scenarios, words))
    names = list(dict.fromkeys(played["scenario"]))
    shown = pd.DataFrame({"measure": [words.say(label) for label in MEASURES.values()]})
    columns = [TableColumn("measure", words.text("Change against today’s practice"))]
    for name in names:
        own = played[played["scenario"] == name].set_index("measure")
        shown[name] = [change_text(own.loc[code], words, currency=currency, brief=True) for code in MEASURES]
        columns.append(TableColumn(name, str(own["title"].iloc[0])))
    caption = scenario_finding(scenarios, language=language, currency=currency)
    table = make_table(shown, columns, language=language, sortable=False, caption=caption)
    return join(table, _without_customer(scenarios, words))


def assumptions_table(assumptions: pd.DataFrame, *, language: str) -> Html:
    """What scenarios assume of customers, between what and what, and where it comes from."""
    words = language_of(language)
    shown = assumptions.assign(
        label=[words.say(ASSUMPTIONS[str(name)]) for name in assumptions["assumption"]],
        source=[words.say(_SOURCES[str(source)]) for source in assumptions["source"]],
    )
    columns = [
        TableColumn("label", words.text("Assumption")),
        TableColumn("middle", words.text("Taken"), "points"),
        TableColumn("low", words.text("Low"), "points"),
        TableColumn("high", words.text("High"), "points"),
        TableColumn("source", words.text("Where it comes from")),
    ]
    caption = words.text("What is assumed of customers; both ends hold 95 chances in 100")
    return make_table(shown, columns, language=language, caption=caption, sortable=False)


def measure_text(value: float, unit: str, words: Language, *, currency: str, brief: bool = False) -> str:
    """A measure as its unit is written, to the cent or in brief (40 k€); missing is an en dash."""
    if pd.isna(value):
        return "–"
    amount = float(value)
    if unit == "amount":
        cents = 100 * amount
        shown = words.compact_money(cents, currency=currency) if brief else _whole_money(cents, words, currency)
    elif unit == "days":
        shown = words.days(amount, digits=1)
    else:
        shown = words.share(amount, digits=0 if brief else 1) if unit == "share" else words.number(amount, digits=0)
    is_nil = not any(digit in shown for digit in "123456789")
    return shown.replace("-", "" if is_nil else "−")


def change_text(row: pd.Series, words: Language, *, currency: str, brief: bool = False) -> str:
    """A change with its interval: +40 k€ [9 k€ ; 117 k€]; without the interval where it has no width."""
    unit = str(row["unit"])
    change, low, high = (
        measure_text(float(row[name]), unit, words, currency=currency, brief=brief)
        for name in ("change", "low", "high")
    )
    shown = f"+{change}" if float(row["change"]) > 0 else change
    return shown if low == high else f"{shown} [{low}\u00a0; {high}]"


def _whole_money(cents: float, words: Language, currency: str) -> str:
    return words.money(round(cents), currency=currency, digits=0)


def concerned(scenarios: pd.DataFrame) -> pd.DataFrame:
    """The rows of the scenarios that concern a customer."""
    return scenarios[scenarios["customers_count"] > 0]


def _without_customer(scenarios: pd.DataFrame, words: Language) -> Html | None:
    """Which scenarios concern nobody; None when each concerns somebody."""
    titles = scenarios.loc[scenarios["customers_count"] == 0, "title"].drop_duplicates()
    if titles.empty:
        return None
    said = words.text("Concerns no customer of this run: {titles}", titles="; ".join(str(title) for title in titles))
    return element("p", said, class_="rk-note")
