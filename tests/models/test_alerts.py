"""Alerts between two runs, by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from riskkit.exhibits.alert_digest import digest_line, make_alert_digest, migration_table
from riskkit.exhibits.language import language
from riskkit.models.alerts import WatchedRun, class_migration, find_alerts
from riskkit.policy_scores import ScoringPolicy
from riskkit.workbench.monitoring import alert_table

POLICY = ScoringPolicy()
NAN = float("nan")
DAY1, DAY2 = dt.date(2024, 2, 29), dt.date(2024, 3, 31)


def watched(day, rows, *, events=(), limits=None):
    columns = [
        "customer_id",
        "risk_class",
        "risk_level",
        "is_in_event",
        "break_ratio",
        "usual_days",
        "open_cents",
        "overdue_cents",
    ]
    known = pd.DataFrame(
        {
            "customer_id": pd.Series([e[0] for e in events], dtype="str"),
            "event_date": pd.to_datetime([e[1] for e in events]),
            "kind": pd.Series([e[2] for e in events], dtype="str"),
        }
    )
    return WatchedRun(day, "EUR", pd.DataFrame(rows, columns=columns), known, pd.Series(limits or {}, dtype="float64"))


def same(customer, *, owed=100_00, **change):
    row = {
        "customer_id": customer, "risk_class": "2", "risk_level": "low", "is_in_event": False, "break_ratio": 1.0,
        "usual_days": 5.0, "open_cents": owed, "overdue_cents": 10_00,
    }  # fmt: skip
    return list({**row, **change}.values())


def kinds(alerts):
    return [(alert.customer_id, alert.kind, alert.severity) for alert in alerts]


def test_nothing_changes_nothing_is_said():
    run = watched(DAY1, [same("A"), same("B", risk_class="4", risk_level="high", is_in_event=True, break_ratio=3.0)])
    assert find_alerts(run, run, policy=POLICY) == []


def test_each_kind_of_change_is_one_alert():
    before = watched(
        DAY1,
        [
            same("A"),
            same("B"),
            same("C", is_in_event=False),
            same("D"),
            same("E"),
            same("F", risk_class="4", risk_level="high"),
        ],
        limits={"E": 150_00},
    )
    after = watched(
        DAY2,
        [
            same("A", owed=900_00),
            same("B", risk_class="4", risk_level="high"),
            same("C", is_in_event=True),
            same("D", break_ratio=2.5),
            same("E", owed=200_00),
            same("F"),
        ],
        events=[("A", "2024-03-10", "liquidation"), ("A", "2024-02-10", "privilege"), ("B", "2024-04-02", "dispute")],
        limits={"E": 150_00},
    )
    assert kinds(find_alerts(before, after, policy=POLICY)) == [
        ("A", "event_liquidation", "critical"),  # the privilege of February was known, the dispute of April is not yet
        ("B", "class_worse", "high"),
        ("C", "in_event", "high"),
        ("D", "habit_break", "high"),
        ("E", "limit_overrun", "medium"),
        ("F", "class_better", "info"),
    ]


def test_a_late_payer_by_habit_who_slows_is_less_grave_than_a_regular_one_who_stops():
    before, after = watched(DAY1, [same("D")]), watched(DAY2, [same("D", break_ratio=2.5, usual_days=45.0)])
    assert kinds(find_alerts(before, after, policy=POLICY)) == [("D", "habit_break", "medium")]
    paid = watched(DAY2, [same("D", break_ratio=2.5, overdue_cents=0)])
    assert find_alerts(before, paid, policy=POLICY) == []


def test_unknown_and_new_customers_raise_no_alert_of_class():
    before = watched(DAY1, [same("A", risk_class="unknown", risk_level="unknown")])
    after = watched(DAY2, [same("A", risk_class="5", risk_level="high"), same("NEW", is_in_event=True)])
    assert kinds(find_alerts(before, after, policy=POLICY)) == [("NEW", "in_event", "high")]


def test_migration_counts_every_customer_of_both_runs_once():
    before = watched(DAY1, [same("A"), same("B"), same("C")])
    after = watched(DAY2, [same("A"), same("B", risk_class="4", risk_level="high"), same("NEW")])
    moved = class_migration(before, after)
    assert moved["customers"].sum() == 2
    assert moved.set_index(["from_class", "to_class"]).loc[("2", "4"), "customers"] == 1
    assert "rk-table" in migration_table(moved, language="fr")


def test_the_digest_says_why_how_much_and_what_to_do():
    before = watched(DAY1, [same("A"), same("B")])
    after = watched(DAY2, [same("A", owed=1_234_56), same("B")], events=[("A", "2024-03-10", "receivership")])
    alerts = find_alerts(before, after, policy=POLICY)
    words = language("fr")
    said = words.say(alerts[0].reason).replace("\u202f", " ").replace("\u00a0", " ")
    assert said == "Jugement de redressement judiciaire, connu le 10/03/2024 : 1 234,56 € d’encours"
    table = alert_table(alerts, pd.Series({"A": "<i>Alpha</i>"}), words).assign(owed_amount=[1234.56])
    assert "1 alertes critiques et 0 graves, sur 1 clients" in digest_line(table, language="fr")
    page = make_alert_digest(
        table, class_migration(before, after), company="Exemple", before=DAY1, after=DAY2, language="fr"
    )
    assert "&lt;i&gt;Alpha" in page
    assert "deux mois" in page
