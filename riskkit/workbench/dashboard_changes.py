"""What changed since the run before, on the page Vue d'ensemble: measures in a sentence, alerts cash ahead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskkit.errors import RiskkitError
from riskkit.exhibits.alert_digest import SEVERITY_WORDS, digest_line, kind_word
from riskkit.exhibits.cash_words import cash_finding
from riskkit.exhibits.fragment import Html, element, join
from riskkit.exhibits.language import Language
from riskkit.exhibits.measure_targets import words_of
from riskkit.exhibits.measure_words import show_measure
from riskkit.exhibits.plot_cash import plot_cash_forecast
from riskkit.exhibits.run_tables import RunTables
from riskkit.exhibits.theme import Size
from riskkit.workbench.dashboard_runs import OpenRun
from riskkit.workbench.monitoring import monitor
from riskkit.workbench.views.view import Host, customer_link, drawing, panel_section

COMPARED = ("receivables_amount", "overdue_amount", "overdue_share", "dso_days")
ALERTS = 6
HALF: Size = (5.6, 2.6)


def changes_html(run: RunTables, before: RunTables | None, words: Language) -> Html:
    """One sentence: how the headline measures moved since the run before, or that there is none to compare with."""
    if before is None:
        said = words.text(
            "This is the first run of the portfolio: what changes will be said here from the next one on."
        )
        return element("p", said, class_="rk-changes rk-note", data_testid="changes")
    parts = []
    for name in COMPARED:
        now, then = run.kpi(name), before.kpi(name)
        if now is None or then is None:
            continue
        label = _inside(words.say(words_of(run.manifest, name).label))
        shown = [show_measure(name, value, words.code, currency=run.currency) for value in (then, now)]
        if shown[0] == shown[1]:
            parts.append(words.text("{measure} unchanged at {now}", measure=label, now=shown[1]))
        else:
            parts.append(words.text("{measure} from {then} to {now}", measure=label, then=shown[0], now=shown[1]))
    comma = "; " if words.code == "en" else "\u202f; "
    told = words.text("Since {day}: {parts}.", day=before.as_of, parts=comma.join(parts))
    return element("p", told, class_="rk-changes", data_testid="changes")


def cash_panel(run: OpenRun, words: Language) -> Html:
    """The cash of the next 13 weeks, or that the run has no forecast."""
    forecast, subject = run.table("cash_forecast"), words.text("Cash of 13 weeks")
    if forecast is None:
        none = element("p", words.text("This run holds no cash forecast."), class_="rk-nothing")
        return panel_section(subject, words.text("Not known"), none)
    currency = run.shown.currency
    figure = plot_cash_forecast(forecast, language=words.code, currency=currency, size=HALF, titled=False)
    return panel_section(subject, cash_finding(forecast, language=words.code, currency=currency), drawing(figure),
                         test_id="overview-cash")  # fmt: skip


def waiting_panel(words: Language) -> Html:
    """The place of the alerts while they are looked for."""
    said = element("p", words.text("Comparing with the run before…"), class_="rk-note", role="status")
    return panel_section(words.text("Alerts"), words.text("What changed"), said)


def alerts_panel(host: Host) -> Html:
    """The gravest alerts since the run before, each with its customer, what happened and what to do."""
    words, before = host.words, host.previous()
    subject = words.text("Alerts")
    if before is None:
        none = words.text("Alerts compare a run with the one before: there is none yet.")
        return panel_section(subject, words.text("Nothing to compare with"), element("p", none, class_="rk-nothing"))
    try:
        found = monitor(before.folder, host.run.folder, words=words)
    except RiskkitError as fault:
        said = [element("p", words.say(each), class_="rk-nothing") for each in fault.messages]
        return panel_section(subject, words.text("Nothing to compare with"), *said)
    if found is None or found.alerts.empty:
        none = words.text("Nothing to report since {day}.", day=before.shown.as_of)
        return panel_section(subject, none, test_id="alerts")
    alerts = found.alerts.assign(owed_amount=found.alerts["owed_cents"] / 100)
    entries = [
        element(
            "li",
            element("span", words.say(SEVERITY_WORDS[str(row["severity"])]), class_=f"rk-badge rk-{row['severity']}"),
            element(
                "div",
                element(
                    "p",
                    customer_link(host, str(row["customer_id"]), _name(row)),
                    element("small", f" {kind_word(str(row['kind']), words)}"),
                ),
                element("p", str(row["reason"])),
                element("p", str(row["advice"]), class_="rk-note"),
            ),
        )
        for row in alerts.head(ALERTS).to_dict("records")
    ]
    left = len(alerts) - len(entries)
    more = words.text("{count:other alert|other alerts}, down to plain information.", count=left) if left > 0 else None
    heading = digest_line(alerts, language=words.code, currency=host.run.shown.currency)
    return panel_section(
        subject,
        heading,
        join(element("ul", *entries, class_="rk-alerts"), element("p", more, class_="rk-note") if more else None),
        test_id="alerts",
    )


def _inside(label: str) -> str:
    """A label in the middle of a sentence: its first letter small, unless it begins an acronym."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _name(row: Mapping[Any, Any]) -> str:
    name = row["name"]
    return name if isinstance(name, str) else str(row["customer_id"])
