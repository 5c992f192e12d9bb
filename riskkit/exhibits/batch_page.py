"""The summary of a batch as a page and as sheets: portfolios ranked, customers to watch, failures and their reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from riskkit.exhibits.document import make_page
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.score_words import CLASSES
from riskkit.exhibits.tables import TableColumn, make_table
from riskkit.exhibits.theme import style_resource

WORST_SHOWN = 25


def batch_page(
    portfolios: pd.DataFrame, worst: pd.DataFrame, failed: pd.DataFrame, *, days: Sequence[dt.date], language: str
) -> str:
    """The page.

    From: portfolios (rank, portfolio, as_of, currency, receivables_amount, overdue_amount, overdue_share, dso_days,
          expected_loss_amount, high_risk_count, state, report), worst (portfolio, name, risk_class, open_amount,
          overdue_amount, expected_loss_amount, currency), failed (portfolio, why).
    """
    words = language_of(language)
    title = words.text("Summary of portfolios")
    body = element(
        "main",
        element(
            "header",
            element("h1", title),
            element("p", _dates(days, words), class_="rk-subtitle"),
            class_="rk-head",
        ),
        element("p", _lead(portfolios, failed, words), class_="rk-lead"),
        *_failures(failed, language=language),
        element("h2", words.text("Where is most to be lost?")),
        *_rankings(portfolios, language=language),
        element("h2", words.text("Which customers to look at first?")),
        *_worst(worst, language=language),
        element(
            "p",
            words.text(
                "The expected loss is that of IFRS 9 on what is owed at the date; its method is in each report. "
                "Portfolios in another currency are ranked apart: nothing is converted."
            ),
            class_="rk-note",
        ),
        class_="rk-card",
    )
    return make_page(title, join(body), language=language, style=style_resource("document.css"))


def batch_sheets(
    portfolios: pd.DataFrame, worst: pd.DataFrame, failed: pd.DataFrame, *, language: str
) -> dict[str, pd.DataFrame]:
    """The same as sheets of a workbook; `batch_headings` are the words over their columns."""
    words = language_of(language)
    states = {"done": words.text("done"), "unchanged": words.text("unchanged inputs")}
    ranked = portfolios.assign(state=portfolios["state"].map(states))
    classed = worst.assign(risk_class=[_class(code, words) for code in worst["risk_class"]])
    return {
        words.text("Portfolios"): ranked,
        words.text("Customers"): classed,
        words.text("Failed portfolios"): failed,
    }


def batch_headings(*, language: str) -> dict[str, str]:
    """The words over each column of the sheets."""
    words = language_of(language)
    return {
        "rank": words.text("No."),
        "portfolio": words.text("Portfolio"),
        "as_of": words.text("Date"),
        "currency": words.text("Currency"),
        "receivables_amount": words.text("Owed"),
        "open_amount": words.text("Owed"),
        "overdue_amount": words.text("Overdue"),
        "overdue_share": words.text("Overdue share"),
        "dso_days": words.text("DSO"),
        "expected_loss_amount": words.text("Expected loss"),
        "high_risk_count": words.text("High-risk customers"),
        "state": words.text("State"),
        "report": words.text("Report"),
        "customer_id": words.text("Account"),
        "name": words.text("Customer"),
        "risk_class": words.text("Risk"),
        "why": words.text("Why"),
    }


def _dates(days: Sequence[dt.date], words: Language) -> str:
    if not days:
        return words.text("No run was made.")
    first, last = min(days), max(days)
    if first == last:
        return words.text("On {day}", day=words.date(first, style="long"))
    return words.text("Runs dated {first} to {last}", first=words.date(first), last=words.date(last))


def _lead(portfolios: pd.DataFrame, failed: pd.DataFrame, words: Language) -> str:
    said = words.text(
        "{count:portfolio|portfolios} followed, of which {unchanged} unchanged since the last batch; {failed} failed.",
        count=len(portfolios),
        unchanged=int((portfolios["state"] == "unchanged").sum()),
        failed=len(failed),
    )
    return said


def _failures(failed: pd.DataFrame, *, language: str) -> list[Html]:
    if failed.empty:
        return []
    words = language_of(language)
    columns = [TableColumn("portfolio", words.text("Portfolio")), TableColumn("why", words.text("Why"))]
    caption = words.text("Failed, to be corrected and started again")
    table = make_table(failed, columns, language=language, caption=caption, is_stacked=True)
    return [element("h2", words.text("What failed, and why?")), table]


def _rankings(portfolios: pd.DataFrame, *, language: str) -> list[Html]:
    words = language_of(language)
    if portfolios.empty:
        return [element("p", words.text("No portfolio to rank."), class_="rk-nothing")]
    columns = [
        TableColumn("link", words.text("Portfolio"), "html"),
        TableColumn("as_of", words.text("Date"), "date"),
        TableColumn("receivables_amount", words.text("Owed"), "money"),
        TableColumn("overdue_amount", words.text("Overdue"), "money"),
        TableColumn("overdue_share", words.text("Overdue share"), "share"),
        TableColumn("dso_days", words.text("DSO"), "days"),
        TableColumn("expected_loss_amount", words.text("Expected loss"), "money"),
        TableColumn("high_risk_count", words.text("High-risk customers"), "count"),
    ]
    made = []
    for currency, rows in portfolios.groupby("currency", sort=False):
        linked = rows.assign(
            link=[element("a", name, href=file) for name, file in zip(rows["portfolio"], rows["report"], strict=True)]
        )
        total = {
            "link": words.text("Total"),
            "receivables_amount": rows["receivables_amount"].sum(),
            "overdue_amount": rows["overdue_amount"].sum(),
            "expected_loss_amount": rows["expected_loss_amount"].sum(),
            "high_risk_count": int(rows["high_risk_count"].sum()),
        }
        caption = words.text("Portfolios in {currency}, by expected loss", currency=str(currency))
        made.append(
            make_table(linked, columns, language=language, caption=caption, currency=str(currency), total=total)
        )
    return made


def _worst(worst: pd.DataFrame, *, language: str) -> list[Html]:
    words = language_of(language)
    if worst.empty:
        return [element("p", words.text("No customer with an expected loss."), class_="rk-nothing")]
    columns = [
        TableColumn("who", words.text("Customer")),
        TableColumn("portfolio", words.text("Portfolio")),
        TableColumn("class", words.text("Risk")),
        TableColumn("open_amount", words.text("Owed"), "money"),
        TableColumn("overdue_amount", words.text("Overdue"), "money"),
        TableColumn("expected_loss_amount", words.text("Expected loss"), "money"),
    ]
    made = []
    for currency, rows in worst.groupby("currency", sort=False):
        shown = rows.head(WORST_SHOWN)
        shown = shown.assign(
            who=shown["name"].fillna(shown["customer_id"]),
            **{"class": [_class(code, words) for code in shown["risk_class"]]},
        )
        caption = words.text(
            "Customers of all portfolios in {currency}, by expected loss: the first {count}",
            currency=str(currency),
            count=len(shown),
        )
        made.append(make_table(shown, columns, language=language, caption=caption, currency=str(currency)))
    return made


def _class(code: object, words: Language) -> str:
    return words.say(CLASSES[str(code)]) if str(code) in CLASSES else words.say(CLASSES["unknown"])
