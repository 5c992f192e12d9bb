"""The expert grid by hand: notes, weights, what is missing, legal events, classes given by hand, reasons."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from riskkit.companies.events import COMPANY_EVENTS
from riskkit.errors import UsageError
from riskkit.exhibits.language import language
from riskkit.ledger.snapshot import choose_terms, strike_history
from riskkit.models.customer_features import customer_features, customer_sums
from riskkit.models.expert_score import class_of, level_of, note, score_by_grid, worst_of
from riskkit.models.score_figures import score_figures, sector_levels
from riskkit.models.score_overrides import Override, apply_overrides, by_customer_id
from riskkit.models.score_reasons import write_reasons
from riskkit.policy import Policy
from riskkit.policy_scores import CRITERIA, GRID, ScoringPolicy
from riskkit.workbench.overrides import read_overrides
from tests.ledger.ledgers import book_of, invoice, payment, random_lines

POLICY = ScoringPolicy()
AS_OF = dt.date(2024, 3, 31)


def features_of(lines, *, as_of=AS_OF, policy=POLICY):
    book = book_of(lines)
    rules = Policy(scores=policy)
    terms = choose_terms(book, as_of=as_of, policy=rules)
    history = strike_history(book, as_of=as_of, policy=rules, terms=terms)
    return customer_features(customer_sums(history.items, policy=policy), policy=policy)


def at(features, customer, day=AS_OF):
    found = features[(features["as_of"] == day.toordinal()) & (features["customer_id"] == customer)]
    return found.iloc[0]


def customers_of(ids, **more):
    frame = pd.DataFrame({"customer_id": ids}).assign(
        name=lambda f: "Client " + f["customer_id"], is_catch_all=False, state="unknown", section=None, division=None
    )
    return frame.assign(**more)


def figures_of(lines, *, customers=None, events=None, policy=POLICY, enrichment=None, as_of=AS_OF):
    features = features_of(lines, policy=policy, as_of=as_of)
    people = customers if customers is not None else customers_of(sorted({x.customer for x in lines}))
    return score_figures(
        people,
        features[features["as_of"] == as_of.toordinal()],
        events=COMPANY_EVENTS.empty() if events is None else COMPANY_EVENTS.conform(events),
        enrichment=pd.DataFrame({"customer_id": people["customer_id"]}) if enrichment is None else enrichment,
        as_of=as_of,
        coverage_start=min(x.day for x in lines),
        policy=policy,
    )


def by_grid(classes):
    return pd.DataFrame({"own_class": classes, "risk_class": classes, "decided_by": "grid"})


LEDGER = [
    # A: 100 paid 10 days late, 300 paid 40 days late, 200 open and 11 days overdue at 31 March 2024, 50 not due
    invoice("1", "A", "2023-06-01", 10_000, "2023-07-01"),
    payment("1", "A", "2023-07-11", 10_000, reference="1"),
    invoice("2", "A", "2023-12-01", 30_000, "2023-12-31"),
    payment("2", "A", "2024-02-09", 30_000, reference="2"),
    invoice("3", "A", "2024-02-19", 20_000, "2024-03-20"),
    invoice("4", "A", "2024-03-20", 5_000, "2024-04-19"),
    # B: paid 5 days early; C: one invoice, not due
    invoice("5", "B", "2023-11-01", 40_000, "2023-12-01"),
    payment("5", "B", "2023-11-26", 40_000, reference="5"),
    invoice("6", "C", "2024-03-15", 7_000, "2024-04-14"),
]


def test_figures_are_those_of_a_hand_calculation():
    a = at(features_of(LEDGER), "A")
    # (100 × 10 + 300 × 40 + 200 × 11) ÷ (100 + 300 + 200) = 15 200 ÷ 600
    assert a["dbt_days"] == pytest.approx(15_200 / 600)
    # recent: settled or overdue since 2 December 2023: (300 × 40 + 200 × 11) ÷ 500 = 28.4; before: 10
    assert a["dbt_trend_days"] == pytest.approx(28.4 - 10)
    assert (a["due_count"], a["late_count"], a["broken_count"]) == (3, 3, 1)
    assert (a["open_cents"], a["overdue_cents"], a["oldest_overdue_days"]) == (25_000, 20_000, 11)
    assert a["overdue_share"] == pytest.approx(0.8)
    # recent part: invoices of 19 February and 20 March, 125.00 on average; before: 100 and 300, 200.00
    assert a["basket_ratio"] == pytest.approx(12_500 / 20_000)
    b = at(features_of(LEDGER), "B")
    assert (b["dbt_days"], b["late_share"], b["overdue_share"]) == (0, 0, 0)


def test_a_customer_whose_invoices_are_not_due_has_no_behaviour():
    c = at(features_of(LEDGER), "C")
    assert c[["dbt_days", "late_share", "broken_share", "overdue_share", "oldest_overdue_days"]].isna().all()


def test_the_days_beyond_terms_of_customers_add_up_to_that_of_the_ledger():
    lines = random_lines(11, customers=7, invoices=120)
    as_of = dt.date(2024, 10, 31)
    book, policy = book_of(lines), Policy()
    terms = choose_terms(book, as_of=as_of, policy=policy)
    history = strike_history(book, as_of=as_of, policy=policy, terms=terms)
    sums = customer_sums(history.items, policy=policy.scores)
    for day in history.dates[6::5]:
        own = sums[sums["as_of"] == day.toordinal()]
        measured = history.measures[history.measures["as_of"] == pd.Timestamp(day)].set_index("measure")["value"]
        whole = own["behaviour_cent_days"].sum() / own["behaviour_cents"].sum()
        assert whole == pytest.approx(measured["days_beyond_terms_floored_days"])
        assert own["overdue_cents"].sum() / 100 == pytest.approx(measured["overdue_amount"])
        assert own["open_cents"].sum() / 100 == pytest.approx(measured["open_items_amount"])


def test_what_comes_after_a_date_changes_nothing_at_that_date():
    lines = random_lines(3, customers=5, invoices=90)
    day = dt.date(2024, 1, 31)
    known = [replace(x, lettering=None, lettering_day=None) for x in lines]
    until = features_of([x for x in known if x.day <= day], as_of=day)
    whole = features_of(known, as_of=dt.date(2024, 12, 31))
    now = whole[whole["as_of"] == day.toordinal()].reset_index(drop=True)
    before = until[until["as_of"] == day.toordinal()].reset_index(drop=True)
    pd.testing.assert_frame_equal(now, before)


def test_notes_stay_on_the_better_side_of_a_cut():
    values = pd.Series([0, 5, 5.1, 15, 30, 60, 61, np.nan])
    assert note(values, "dbt_days", policy=POLICY).fillna(0).tolist() == [1, 1, 2, 2, 3, 4, 5, 0]
    # falling cuts: a Z'' of 2.6 is safe, of 1.1 not yet distress
    z = pd.Series([3.0, 2.6, 1.9, 1.1, 0.5, -1])
    assert note(z, "altman_z", policy=POLICY).tolist() == [1, 1, 2, 3, 4, 5]


def test_score_is_the_mean_by_known_weights_and_says_what_is_missing():
    policy = ScoringPolicy(grid={"dbt_days": GRID["dbt_days"], "bureau_class": GRID["bureau_class"]})
    figures = pd.DataFrame({name: [np.nan] * 3 for name in CRITERIA}).assign(
        customer_id=["x", "y", "z"],
        is_catch_all=False,
        dbt_days=[40.0, 40.0, np.nan],
        bureau_class=[1.0, np.nan, np.nan],
    )
    scores = score_by_grid(figures, policy=policy).scores
    # 40 days is a note of 4 with weight 15; class 1 of the bureau a note of 1 with weight 12: (60 + 12) ÷ 27
    assert scores["expert_score"].tolist()[:2] == pytest.approx([72 / 27, 4.0])
    assert scores["expert_class"].tolist() == ["3", "4", "unknown"]
    assert scores["known_share"].tolist() == pytest.approx([1, 15 / 27, 0])
    assert scores["missing_criteria"].fillna("").tolist() == ["", "bureau_class", "dbt_days+bureau_class"]


def test_one_customer_scores_as_in_the_batch():
    figures = figures_of(random_lines(5, customers=9, invoices=90))
    whole = score_by_grid(figures, policy=POLICY).scores
    single = [score_by_grid(figures.iloc[[row]], policy=POLICY).scores for row in range(len(figures))]
    pd.testing.assert_frame_equal(pd.concat(single, ignore_index=True), whole)


def test_classes_and_levels_follow_the_documented_table():
    assert class_of(pd.Series([1.0, 1.8, 1.81, 3.4, 4.2, 4.21, np.nan]), policy=POLICY).tolist() == [
        "1", "1", "2", "3", "4", "5", "unknown",
    ]  # fmt: skip
    assert level_of(pd.Series(["1", "2", "3", "4", "5", "unknown"]), policy=POLICY).tolist() == [
        "low", "low", "moderate", "high", "high", "unknown",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from("12345"), st.sampled_from([None, 1, 4, 5])), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_a_legal_event_never_makes_a_class_better(pairs):
    classes, floors = pd.Series([a for a, _ in pairs]), pd.Series([b for _, b in pairs], dtype="float64")
    worst = worst_of(classes, floors)
    assert [int(w) for w in worst] == [max(int(a), b or 0) for a, b in pairs]


def test_legal_events_force_the_class_and_come_first_among_the_reasons():
    people = customers_of(["A", "B", "C"], state=["in_bonis", "receivership", "unknown"])
    events = pd.DataFrame(
        {
            "customer_id": ["B", "A", "A"],
            "event_date": pd.to_datetime(["2024-02-01", "2024-01-15", "2022-01-15"]),
            "kind": ["receivership", "privilege", "privilege"],
            "source_file": "e",
            "source_line": 1,
        }
    )
    figures = figures_of(LEDGER, customers=people, events=events)
    assert figures["forced_class"].fillna(0).tolist() == [4, 5, 0]
    assert figures["alert_count"].tolist() == [1, 0, 0]  # the privilege of 2022 no longer counts
    expert = score_by_grid(figures, policy=POLICY)
    classes = worst_of(expert.scores["expert_class"], figures["forced_class"])
    assert classes.tolist() == ["4", "5", "unknown"]
    reasons = write_reasons(figures, expert.notes, by_grid(classes), currency="EUR", policy=POLICY)
    french = [[language("fr").say(each) for each in own] for own in reasons]
    assert french[1][0] == "Jugement de redressement judiciaire, connu depuis le 01/02/2024"
    assert french[2] == [
        "Aucune de ses factures n’est encore arrivée à échéance, et rien n’est connu de son entreprise"
    ]


def test_a_released_privilege_forces_nothing():
    people = customers_of(["A", "B", "C"])
    events = pd.DataFrame(
        {
            "customer_id": ["A", "A"],
            "event_date": pd.to_datetime(["2024-01-15", "2024-02-20"]),
            "kind": ["privilege", "release"],
            "source_file": "e",
            "source_line": 1,
        }
    )
    figures = figures_of(LEDGER, customers=people, events=events)
    assert figures["forced_class"].isna().all()
    assert figures["alert_count"].tolist() == [0, 0, 0]


def test_reasons_name_euros_and_days():
    figures = figures_of(LEDGER)
    expert = score_by_grid(figures, policy=POLICY)
    decided = by_grid(expert.scores["expert_class"])
    reasons = write_reasons(figures, expert.notes, decided, currency="EUR", policy=POLICY)
    own = [language("fr").say(each) for each in reasons[0]]
    assert len(own) == 3
    assert any("jours" in each for each in own)
    assert all("€" in each for each in own)
    assert "Factures payées avec plus de 3 jours de retard, ou encore en retard : 3 sur 3 (600,00 €)" in [
        each.replace("\u00a0", " ").replace("\u202f", " ") for each in own
    ]


def test_a_customer_without_recent_invoices_is_told_apart_from_a_new_one():
    lines = [
        *LEDGER,
        invoice("0", "OLD", "2022-01-01", 10_000, "2022-02-01"),
        payment("0", "OLD", "2022-02-01", 10_000),
    ]
    figures = figures_of(lines)
    expert = score_by_grid(figures, policy=POLICY)
    decided = by_grid(expert.scores["expert_class"])
    reasons = write_reasons(figures, expert.notes, decided, currency="EUR", policy=POLICY)
    said = dict(zip(figures["customer_id"], reasons, strict=True))
    assert "too old" in str(said["OLD"][0])
    assert "fallen due yet" in str(said["C"][0])


def test_a_catch_all_account_has_no_class():
    people = customers_of(["A", "B", "C"], is_catch_all=[True, False, False])
    expert = score_by_grid(figures_of(LEDGER, customers=people), policy=POLICY)
    assert expert.scores["expert_class"].tolist()[0] == "unknown"


def test_thirty_customers_without_history_are_scored():
    lines = [
        invoice(str(n), f"C{n:02d}", "2024-01-02", 10_000 + n, f"2024-{1 + n % 4:02d}-{1 + n % 28:02d}")
        for n in range(30)
    ]
    expert = score_by_grid(figures_of(lines), policy=POLICY)
    overdue = [n for n, line in enumerate(lines) if line.due < AS_OF]
    assert 15 < len(overdue) < 30
    known = expert.scores["expert_class"] != "unknown"
    assert known.to_numpy().nonzero()[0].tolist() == overdue


def test_sector_levels_come_from_the_policy_or_from_shrunk_defaults():
    known = pd.DataFrame(
        {
            "section": ["F"] * 20 + ["G"] * 20 + ["H"],
            "division": ["43"] * 20 + ["46"] * 20 + ["49"],
            "issued_count": 3,
            "is_catch_all": False,
            "event_cents": [5] * 10 + [0] * 10 + [0] * 21,
            "state": "unknown",
        }
    )
    levels = sector_levels(known, policy=POLICY)
    # average 10 ÷ 41; F (10 + 20 × .2439) ÷ 40 = .372, 1.52 × the average: 4; G .122, half of it: 1; H .95 of it: 3
    assert levels.tolist() == [4.0] * 20 + [1.0] * 20 + [3.0]
    given = ScoringPolicy(sector_levels={"F": 2, "46": 5})
    assert sector_levels(known, policy=given).tolist() == [2.0] * 20 + [5.0] * 20 + [3.0]


BY_HAND = Override(
    customer_id="A",
    risk_class=2,
    author="M. Durand",
    reason="garantie bancaire",
    decided_on=dt.date(2024, 1, 1),
    expires_on=dt.date(2024, 6, 30),
)


def decided(forced=(np.nan, np.nan)):
    return pd.DataFrame(
        {"customer_id": ["A", "B"], "risk_class": ["4", "3"], "decided_by": "grid", "forced_class": list(forced)}
    )


def test_an_override_holds_until_it_expires_and_never_against_a_legal_event():
    made, notes = apply_overrides(decided(), (BY_HAND,), as_of=AS_OF)
    assert made["risk_class"].tolist() == ["2", "3"]
    assert made["decided_by"].tolist() == ["override", "grid"]
    assert made["override_author"].tolist()[0] == "M. Durand"
    assert notes == ()
    later, notes = apply_overrides(decided(), (BY_HAND,), as_of=dt.date(2024, 7, 1))
    assert later["risk_class"].tolist() == ["4", "3"]
    assert "ended on 2024-06-30" in str(notes[0])
    failed, notes = apply_overrides(decided(forced=(5.0, np.nan)), (BY_HAND,), as_of=AS_OF)
    assert failed["risk_class"].tolist() == ["4", "3"]
    assert "no better class than 5" in str(notes[0])
    earlier, notes = apply_overrides(decided(), (BY_HAND,), as_of=dt.date(2023, 12, 31))
    assert earlier["risk_class"].tolist() == ["4", "3"]
    assert notes == ()


def test_an_override_may_name_its_customer_where_only_one_bears_the_name():
    people = pd.DataFrame({"customer_id": ["411A", "411B", "411C"], "name": ["Métal Sud", "Dupont", "DUPONT"]})
    given = [BY_HAND.model_copy(update={"customer_id": who}) for who in ("MÉTAL SUD", "411B", "dupont", "nobody")]
    assert [each.customer_id for each in by_customer_id(tuple(given), people)] == ["411A", "411B", "dupont", "nobody"]


def test_overrides_are_read_and_each_fault_is_named(tmp_path: Path):
    path = tmp_path / "overrides.yaml"
    assert read_overrides(path) == ()
    path.write_text(
        "- {customer_id: A, risk_class: 2, author: M. Durand, reason: garantie bancaire, decided_on: 2024-01-01, "
        "expires_on: 2024-06-30}\n",
        encoding="utf-8",
    )
    assert read_overrides(path) == (BY_HAND,)
    path.write_text("- {customer_id: A, risk_class: 7, author: x, decided_on: 2024-01-01}\n", encoding="utf-8")
    with pytest.raises(UsageError) as fault:
        read_overrides(path)
    assert {"0.risk_class", "0.reason", "0.expires_on"} <= {str(m).split("'")[1] for m in fault.value.messages}


def test_the_grid_of_the_policy_is_checked():
    with pytest.raises(ValidationError, match="no line of the grid"):
        ScoringPolicy(grid={"moon": GRID["dbt_days"]})
    with pytest.raises(ValidationError, match="cut points grow, or fall"):
        ScoringPolicy(grid={"dbt_days": {"weight": 1, "cuts": [1, 5, 3, 9]}})
    with pytest.raises(ValidationError, match="cannot have a lower class"):
        ScoringPolicy(three_classes={1: "low", 2: "moderate", 3: "low", 4: "high", 5: "high"})
