"""The digest of what changed between two runs: alerts to act on, and the migration of classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from riskkit.errors import Message, message
from riskkit.exhibits.document import make_page
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.score_words import CLASSES
from riskkit.exhibits.tables import TableColumn, make_table
from riskkit.exhibits.theme import style_resource

SEVERITY_WORDS: dict[str, Message] = {
    "critical": message("critical"),
    "high": message("high severity"),
    "medium": message("medium severity"),
    "info": message("for information"),
}
KIND_WORDS: dict[str, Message] = {
    "event": message("legal event"),
    "class_worse": message("class worse"),
    "class_better": message("class better"),
    "in_event": message("first long delay"),
    "habit_break": message("habit broken"),
    "limit_overrun": message("limit overrun"),
    "limit_near": message("limit nearly used up"),
}


def make_alert_digest(
    alerts: pd.DataFrame,
    migration: pd.DataFrame,
    *,
    company: str,
    before: dt.date,
    after: dt.date,
    language: str,
    currency: str = "EUR",
    remarks: Sequence[str] = (),
) -> str:
    """The digest as the text of an HTML page.

    From: alerts (severity, kind, name, reason, advice, owed_amount), the gravest first; migration (from_class,
          to_class, customers); remarks already in the reader's language.
    """
    words = language_of(language)
    title = words.text("Alerts of {company} from {before} to {after}", company=company, before=before, after=after)
    acted = alerts[alerts["severity"] != "info"]
    body = join(
        element(
            "main",
            element("header", element("h1", title), class_="rk-head"),
            element("p", digest_line(alerts, language=language, currency=currency), class_="rk-lead"),
            element("h2", words.text("What to do, in order")),
            alerts_table(acted, language=language, currency=currency),
            element("h2", words.text("Who changed class?")),
            migration_table(migration, language=language, currency=currency),
            _remarks(remarks, words),
            element("h2", words.text("Good news and information")),
            alerts_table(alerts[alerts["severity"] == "info"], language=language, currency=currency),
            class_="rk-card",
        )
    )
    return make_page(title, body, language=language, style=style_resource("document.css"))


def digest_line(alerts: pd.DataFrame, *, language: str, currency: str = "EUR") -> str:
    """How many alerts of each severity, and the money of the customers to act on, each counted once."""
    words = language_of(language)
    acted = alerts[alerts["severity"].isin(["critical", "high"])]
    if acted.empty:
        return words.text("No alert of high severity")
    owed = float(acted.drop_duplicates("customer_id")["owed_amount"].sum())
    return words.text(
        "{critical:critical alert|critical alerts}, {high} of high severity, on {customers:customer|customers} who "
        "{customers:?owes|owe} {money}",
        critical=int((acted["severity"] == "critical").sum()),
        high=int((acted["severity"] == "high").sum()),
        customers=int(acted["customer_id"].nunique()),
        money=words.compact_money(owed * 100, currency=currency),
    )


def alerts_table(alerts: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """The alerts in order, each with why and what to do."""
    words = language_of(language)
    if alerts.empty:
        return element("p", words.text("Nothing to report."), class_="rk-nothing")
    rows = pd.DataFrame(
        {
            "severity": [words.say(SEVERITY_WORDS[code]) for code in alerts["severity"]],
            "name": alerts["name"].fillna(alerts["customer_id"]).to_numpy(),
            "kind": [kind_word(str(code), words) for code in alerts["kind"]],
            "why": [_two_lines(r, a) for r, a in zip(alerts["reason"], alerts["advice"], strict=True)],
            "owed_amount": alerts["owed_amount"].to_numpy(),
            "row_class": ["strong" if code == "critical" else "" for code in alerts["severity"]],
        }
    )
    columns = [
        TableColumn("name", words.text("Customer")),
        TableColumn("severity", words.text("Severity")),
        TableColumn("kind", words.text("Alert")),
        TableColumn("why", words.text("Why, and what to do"), "html"),
        TableColumn("owed_amount", words.text("Owed"), "money"),
    ]
    return make_table(rows, columns, language=language, caption=words.text("Alerts"), currency=currency)


def kind_word(code: str, words: Language) -> str:
    """The kind of an alert in words; every legal event is one kind."""
    return words.say(KIND_WORDS["event" if code.startswith("event_") else code])


def _two_lines(reason: str, advice: str) -> Html:
    return element("div", element("span", reason), element("p", advice, class_="rk-note"), class_="rk-reasons")


def migration_table(migration: pd.DataFrame, *, language: str, currency: str = "EUR") -> Html:
    """Customers by class then (rows) and now (columns)."""
    words = language_of(language)
    if migration.empty:
        return element("p", words.text("No customer is in both runs."), class_="rk-nothing")
    codes = list(CLASSES)
    counts = migration.pivot_table(index="from_class", columns="to_class", values="customers", aggfunc="sum")
    counts = counts.reindex(index=codes, columns=codes).fillna(0).astype("int64")
    rows = counts.reset_index().assign(
        title=[words.say(CLASSES[code]) for code in codes], row_class="", whole=counts.sum(axis=1).to_numpy()
    )
    columns = [
        TableColumn("title", words.text("Class then")),
        *(TableColumn(code, words.say(CLASSES[code]), "count") for code in codes),
        TableColumn("whole", words.text("Total"), "count"),
    ]
    caption = words.text("Customers by class then (rows) and now (columns)")
    return make_table(rows, columns, language=language, caption=caption, currency=currency, sortable=False)


def _remarks(remarks: Sequence[str], words: Language) -> Html | None:
    if not remarks:
        return None
    items = [element("li", remark) for remark in remarks]
    return join(element("h2", words.text("About the scores")), element("ul", *items, class_="rk-remarks"))
