"""Alerts between two runs, by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from riskkit.engine import write_parquet
from riskkit.exhibits.alert_digest import digest_line, make_alert_digest, migration_table
from riskkit.exhibits.language import language
from riskkit.models.alerts import LIMIT_USE, WatchedRun, class_migration, find_alerts
from riskkit.policy_scores import ScoringPolicy
from riskkit.workbench.monitoring import alert_table, limits_in_use

POLICY = ScoringPolicy()
NAN = float("nan")
DAY1, DAY2 = dt.date(2024, 2, 29), dt.date(2024, 3, 31)


def watched(day, rows, *, events=(), limits=None):
    columns = [
        "customer_id",
        "risk_class",
        "risk_level",
        "is_in_event",
        "break_odds",
        "usual_days",
        "recent_days",
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
    scores = pd.DataFrame(rows, columns=columns)
    return WatchedRun(day, "EUR", scores.merge(use_of(limits or {}), on="customer_id", how="left"), known)


def use_of(limits):
    """Rows of customer: (source, limit, exposure, part reached)."""
    kinds = dict(zip(LIMIT_USE, ("str", "Int64", "Int64", "float64"), strict=True))
    frame = pd.DataFrame([(name, *use) for name, use in limits.items()], columns=["customer_id", *LIMIT_USE])
    return frame.astype({"customer_id": "str", **kinds})


def same(customer, *, owed=100_00, **change):
    row = {
        "customer_id": customer, "risk_class": "2", "risk_level": "low", "is_in_event": False, "break_odds": 1.0,
        "usual_days": 5.0, "recent_days": 6.0, "open_cents": owed, "overdue_cents": 10_00,
    }  # fmt: skip
    return list({**row, **change}.values())


def kinds(alerts):
    return [(alert.customer_id, alert.kind, alert.severity) for alert in alerts]


def test_nothing_changes_nothing_is_said():
    run = watched(DAY1, [same("A"), same("B", risk_class="4", risk_level="high", is_in_event=True, break_odds=30.0)])
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
        limits={"E": ("in_force", 150_00, 100_00, 0.5)},
    )
    after = watched(
        DAY2,
        [
            same("A", owed=900_00),
            same("B", risk_class="4", risk_level="high"),
            same("C", is_in_event=True),
            same("D", break_odds=25.0, recent_days=60.0),
            same("E", owed=200_00),
            same("F"),
        ],
        events=[("A", "2024-03-10", "liquidation"), ("A", "2024-02-10", "privilege"), ("B", "2024-04-02", "dispute")],
        limits={"E": ("in_force", 150_00, 200_00, 1.0)},
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
    before, after = (
        watched(DAY1, [same("D")]),
        watched(DAY2, [same("D", break_odds=25.0, recent_days=60.0, usual_days=45.0)]),
    )
    assert kinds(find_alerts(before, after, policy=POLICY)) == [("D", "habit_break", "medium")]
    paid = watched(DAY2, [same("D", break_odds=25.0, recent_days=60.0, overdue_cents=0)])
    assert find_alerts(before, paid, policy=POLICY) == []


def limit_kinds(before, after, **change):
    runs = [watched(day, [same("E", **change)], limits={"E": use}) for day, use in ((DAY1, before), (DAY2, after))]
    return [(alert.kind, alert.severity) for alert in find_alerts(*runs, policy=POLICY)]


def test_a_limit_is_said_once_when_it_is_passed_and_each_time_more_of_it_is_used():
    at = {share: ("in_force", 1_000_00, round(1_000_00 * share), reached) for share, reached in
          ((0.4, 0.0), (0.5, 0.5), (0.89, 0.7), (0.9, 0.9), (1.0, 1.0), (1.1, 1.0), (1.3, 1.0))}  # fmt: skip
    assert limit_kinds(at[0.4], at[0.5]) == [("limit_near", "info")]
    assert limit_kinds(at[0.5], at[0.89]) == [("limit_near", "info")]
    assert limit_kinds(at[0.89], at[0.9]) == [("limit_near", "medium")]
    assert limit_kinds(at[0.9], at[1.0]) == [("limit_near", "medium")]  # exactly its limit is not over it
    assert limit_kinds(at[1.0], at[1.1]) == [("limit_overrun", "medium")]
    assert limit_kinds(at[0.4], at[1.1], risk_class="4", risk_level="high") == [("limit_overrun", "high")]
    assert limit_kinds(at[1.1], at[1.3]) == []
    assert limit_kinds(at[1.1], at[0.9]) == []


def test_a_proposed_limit_asks_for_one_and_a_refusal_of_credit_is_no_limit():
    proposed = [("proposed", 1_000_00, exposure, reached) for exposure, reached in ((950_00, 0.9), (1_200_00, 1.0))]
    assert limit_kinds(*proposed, risk_class="4", risk_level="high") == [("limit_overrun", "info")]
    assert limit_kinds(("proposed", 1_000_00, 100_00, 0.0), proposed[0]) == []
    assert limit_kinds(("proposed", 0, 0, 0.0), ("proposed", 0, 500_00, 0.0)) == []
    assert limit_kinds(("in_force", 0, 0, 0.0), ("in_force", 0, 500_00, 0.0)) == [("limit_overrun", "medium")]


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
    assert "1 alerte critique et 0 grave, sur 1 client qui doit" in digest_line(table, language="fr")
    page = make_alert_digest(
        table, class_migration(before, after), company="Exemple", before=DAY1, after=DAY2, language="fr"
    )
    assert "&lt;i&gt;Alpha" in page
    assert "deux mois" in page


def written(folder, *, scores, bureau, limits=None):
    tables = {
        "scores": pd.DataFrame(scores, columns=["customer_id", "open_amount"]),
        "enrichment": pd.DataFrame(bureau, columns=["customer_id", "bureau_limit_amount"]),
    }
    if limits is not None:
        columns = ["customer_id", "current_limit_amount", "limit_amount", "net_exposure_amount"]
        tables["credit_limits"] = pd.DataFrame(limits, columns=columns)
    (folder / "tables").mkdir()
    for name, table in tables.items():
        write_parquet(table, folder / "tables" / f"{name}.parquet")
    found = limits_in_use(folder, shares=(0.5, 0.9, 1.0)).set_index("customer_id")
    return [tuple(None if pd.isna(value) else value for value in row) for row in found.itertuples()]


def test_the_limit_in_force_goes_before_the_bureau_and_the_bureau_before_the_proposal(tmp_path):
    found = written(
        tmp_path,
        scores=[("A", 900.0)],
        bureau=[("A", 500.0), ("B", 500.0), ("C", None)],
        limits=[
            ("A", 1_000.0, 200.0, 900.0),  # insured or ordered: the net exposure counts, not what is owed
            ("B", None, 200.0, 250.01),
            ("C", None, 200.0, 210.0),
            ("D", None, None, 30.0),
            ("E", 0.0, 100.0, 30.0),
        ],
    )
    assert found == [
        ("A", "in_force", 1_000_00, 900_00, 0.9),
        ("B", "bureau", 500_00, 250_01, 0.5),
        ("C", "proposed", 200_00, 210_00, 1.0),
        ("D", None, None, 30_00, 0.0),
        ("E", "in_force", 0, 30_00, 0.0),
    ]


def test_a_run_without_limits_has_those_of_the_bureau_and_what_is_owed(tmp_path):
    found = written(tmp_path, scores=[("A", 900.0), ("B", 10.0)], bureau=[("A", 500.0)])
    assert found == [("A", "bureau", 500_00, 900_00, 1.0), ("B", None, None, 10_00, 0.0)]
