"""What happened next, by hand: events, labels, censoring, and what was at risk."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from riskkit.ledger.snapshot import choose_terms, strike, strike_history
from riskkit.models.customer_features import customer_features, customer_sums
from riskkit.models.outcomes import CUSTOMER_EVENTS, at_risk, events_ahead, failure_events, label, unpaid_events
from riskkit.models.score_cases import case_figures, labelled_cases
from riskkit.policy import Policy
from riskkit.policy_scores import ScoringPolicy
from tests.ledger.ledgers import book_of, invoice, payment, random_lines

POLICY = Policy(scores=ScoringPolicy(event_days=60, event_min_amount=100.0))
AS_OF = dt.date(2024, 6, 30)

LEDGER = [
    # A: due 1 July 2023, paid on the 60th day after: no event; due 1 September, paid on the 61st: an event that day
    invoice("1", "A", "2023-06-01", 50_000, "2023-07-01"),
    payment("1", "A", "2023-08-30", 50_000, reference="1"),
    invoice("2", "A", "2023-08-01", 50_000, "2023-09-01"),
    payment("2", "A", "2023-11-01", 50_000, reference="2"),
    # B: 99.00 left unpaid of an old invoice is too little to be an event
    invoice("3", "B", "2023-06-01", 50_000, "2023-07-01"),
    payment("3", "B", "2023-07-01", 40_100, reference="3"),
    # C: 200.00 left unpaid at 61 days: an event on 31 August 2023
    invoice("4", "C", "2023-06-01", 50_000, "2023-07-01"),
    payment("4", "C", "2023-07-01", 30_000, reference="4"),
    # D: due 10 June 2024, not old enough yet at the date
    invoice("5", "D", "2024-05-11", 50_000, "2024-06-10"),
]


def struck(lines=LEDGER, as_of=AS_OF):
    book = book_of(lines)
    return strike(book, as_of=as_of, policy=POLICY, terms=choose_terms(book, as_of=as_of, policy=POLICY))


def test_events_are_the_days_on_which_items_grow_too_old():
    snapshot = struck()
    found = unpaid_events(snapshot.items, snapshot.allocations, policy=POLICY.scores)
    day = dt.date(2023, 9, 1).toordinal() + 61
    assert day == dt.date(2023, 11, 1).toordinal()
    expected = [("A", day, "unpaid", 50_000), ("C", dt.date(2023, 8, 31).toordinal(), "unpaid", 20_000)]
    assert list(found.itertuples(index=False, name=None)) == expected


def test_labels_look_strictly_ahead_and_are_censored_whoever_the_customer_is():
    happened = CUSTOMER_EVENTS.conform(
        pd.DataFrame({"customer_id": ["A"], "event_day": [100], "kind": "unpaid", "unpaid_cents": [7]})
    )
    start = dt.date(2023, 1, 31).toordinal()
    happened["event_day"] = start + 100
    cases = pd.DataFrame({"customer_id": ["A", "A", "A", "B"], "as_of": [start, start + 99, start + 100, start]})
    known = start + 10_000
    assert label(cases, happened, months=6, known_day=known).tolist() == [1, 1, 0, 0]
    assert events_ahead(cases, happened, months=6)["unpaid_cents"].tolist() == [7, 7, 0, 0]
    assert label(cases, happened, months=3, known_day=known).tolist() == [0, 1, 0, 0]  # 30 April is 89 days later
    censored = label(cases, happened, months=6, known_day=start + 150)
    assert censored.isna().all()


def test_failures_count_from_the_first_procedure():
    events = pd.DataFrame(
        {
            "customer_id": ["A", "A", "B"],
            "kind": ["liquidation", "receivership", "dispute"],
            "event_date": pd.to_datetime(["2024-03-01", "2023-10-01", "2023-01-01"]),
        }
    )
    found = failure_events(events, as_of=AS_OF)
    assert found[["customer_id", "event_day"]].to_numpy().tolist() == [["A", dt.date(2023, 10, 1).toordinal()]]
    assert failure_events(events, as_of=dt.date(2023, 1, 1)).empty


def test_who_is_at_risk():
    features = pd.DataFrame(
        {
            "customer_id": ["A", "B", "C", "D"],
            "as_of": 100,
            "open_cents": [1, 0, 5, 5],
            "window_count": [0, 0, 1, 1],
            "event_cents": [0, 0, 5, 0],
        }
    )
    happened = CUSTOMER_EVENTS.conform(
        pd.DataFrame({"customer_id": ["D"], "event_day": [100], "kind": "failed", "unpaid_cents": 0})
    )
    # A owes; B neither buys nor owes; C is in the event; D has failed on the day itself
    assert at_risk(features, happened).tolist() == [True, False, False, False]


def test_figures_of_past_months_do_not_know_what_came_later():
    lines = random_lines(8, customers=8, invoices=160, days=900)
    lines = [x for x in lines if x.lettering is None]
    day = dt.date(2024, 6, 30)

    def figures(known, as_of):
        book = book_of(known)
        terms = choose_terms(book, as_of=as_of, policy=POLICY)
        history = strike_history(book, as_of=as_of, policy=POLICY, terms=terms)
        features = customer_features(customer_sums(history.items, policy=POLICY.scores), policy=POLICY.scores)
        sectors = pd.Series("F", index=sorted({x.customer for x in known}))
        made = case_figures(features, sectors=sectors, happened=CUSTOMER_EVENTS.empty(), policy=POLICY.scores)
        return made[made["as_of"] == day.toordinal()].reset_index(drop=True)

    later = figures(lines, dt.date(2025, 3, 31))
    then = figures([x for x in lines if x.day <= day], day)
    pd.testing.assert_frame_equal(later, then)


def test_cases_keep_the_debtor_and_leave_catch_all_accounts_out():
    lines = random_lines(8, customers=8, invoices=160, days=900)
    book, as_of = book_of(lines), dt.date(2025, 3, 31)
    terms = choose_terms(book, as_of=as_of, policy=POLICY)
    history = strike_history(book, as_of=as_of, policy=POLICY, terms=terms)
    snapshot = strike(book, as_of=as_of, policy=POLICY, terms=terms)
    features = customer_features(customer_sums(history.items, policy=POLICY.scores), policy=POLICY.scores)
    happened = unpaid_events(snapshot.items, snapshot.allocations, policy=POLICY.scores)
    sectors = pd.Series(dtype="str")
    figures = case_figures(features, sectors=sectors, happened=happened, policy=POLICY.scores)
    cases = labelled_cases(
        figures,
        happened,
        months=6,
        known_day=as_of.toordinal(),
        first_day=book.coverage_start.toordinal(),
        groups=pd.Series({"C1": "G", "C2": "G"}),
        excluded=["C3"],
    )
    joined = cases["customer_id"].isin(["C1", "C2"])
    assert joined.any()
    assert (cases.loc[joined, "group"] == "G").all()
    assert (cases.loc[~joined, "group"] == cases.loc[~joined, "customer_id"]).all()
    assert "C3" not in set(cases["customer_id"])
    assert np.isin(cases["bad"], [0.0, 1.0]).all()
    assert (cases["as_of"] <= dt.date(2024, 9, 30).toordinal()).all()
    assert ((cases["unpaid_cents"] > 0) == (cases["bad"] > 0)).all()
