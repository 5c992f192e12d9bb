"""Deadlines of the law, worked by hand from the texts: prescription, and the declaration of a claim."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskkit.decisions.claims import claims, opening_notices
from riskkit.decisions.prescription import buyer_kinds, claim_deadline, prescription_dates, working_day
from riskkit.policy_dunning import DunningPolicy
from riskkit.policy_measures import PenaltyPolicy

POLICY = DunningPolicy()


@pytest.mark.parametrize(
    ("published", "deadline"),
    [
        ("2025-01-15", "2025-03-17"),  # 15 March 2025 is a Saturday: CPC 642
        ("2025-02-10", "2025-04-10"),
        ("2024-12-30", "2025-02-28"),  # no 30 February: the last day of the month (CPC 641)
        ("2023-12-30", "2024-02-29"),
        ("2025-03-14", "2025-05-14"),
        ("2025-03-08", "2025-05-09"),  # 8 May is a holiday
        ("2025-02-21", "2025-04-22"),  # 21 April 2025 is Easter Monday
    ],
)
def test_a_claim_is_declared_within_two_months_of_the_notice(published, deadline):
    assert claim_deadline(dt.date.fromisoformat(published), policy=POLICY) == dt.date.fromisoformat(deadline)


def test_working_days_pass_over_the_end_of_the_week_and_holidays():
    assert working_day(dt.date(2024, 12, 24), after=1) == dt.date(2024, 12, 26)
    assert working_day(dt.date(2024, 12, 28)) == dt.date(2024, 12, 30)  # a Saturday
    assert working_day(dt.date(2024, 12, 31), after=1) == dt.date(2025, 1, 2)


def test_who_the_buyer_is_decides_the_prescription():
    customers = pd.DataFrame(
        {"customer_id": list("ABCDE"), "legal_form": ["5710", None, "7210", "Particulier", "SARL"]}
    )
    kinds = buyer_kinds(customers, policy=DunningPolicy(consumers=("E",)), penalties=PenaltyPolicy())
    assert kinds.tolist() == ["trader", "trader", "public", "consumer", "consumer"]
    day = pd.Timestamp("2020-02-29")
    items = pd.DataFrame({"issue_date": day, "due_date": [pd.Timestamp("2020-03-31"), pd.NaT, day, day, day]})
    dates = prescription_dates(items, kinds, policy=POLICY)
    # 5 years from the due date, or from the issue date where none is known; 31 December of the 4th year; 2 years
    assert [str(day.date()) for day in dates] == ["2025-03-31", "2025-02-28", "2024-12-31", "2022-02-28", "2022-02-28"]


def events_of(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "event_date", "kind", "judgment_date", "annulled_date"])
    dates = ["event_date", "judgment_date", "annulled_date"]
    return frame.assign(**{name: pd.to_datetime(frame[name]).astype("datetime64[us]") for name in dates})


def test_the_opening_notice_counts_not_the_conversion():
    events = events_of(
        ("A", "2024-01-10", "receivership", "2024-01-05", None),
        ("A", "2024-09-10", "liquidation", "2024-09-01", None),
        ("B", "2022-01-10", "safeguard", None, None),
        ("B", "2023-01-10", "closing", None, None),
        ("B", "2024-05-10", "receivership", None, None),
        ("C", "2024-05-10", "liquidation", None, "2024-06-01"),  # annulled
        ("D", "2025-05-10", "liquidation", None, None),  # not known yet
    )
    notices = opening_notices(events, as_of=dt.date(2024, 12, 31))
    assert notices.loc["A"].astype("str").tolist() == ["2024-01-10", "2024-01-05"]
    assert notices.loc["B"].astype("str").tolist() == ["2024-05-10", "2024-05-10"]
    assert set(notices.index) == {"A", "B"}


def test_only_what_is_older_than_the_judgment_is_declared():
    notices = opening_notices(
        events_of(("A", "2024-11-20", "liquidation", "2024-11-12", None)), as_of=dt.date(2024, 12, 31)
    )
    items = pd.DataFrame(
        {
            "customer_id": ["A", "A", "A", "B"],
            "issue_date": pd.to_datetime(["2024-10-01", "2024-11-12", "2024-11-13", "2024-10-01"]),
            "open_cents": [100_000, 20_000, 5_000, 7],
        }
    )
    states = pd.Series({"A": "liquidation", "B": "in_bonis"})

    def status(day, declared=()):
        made = claims(items, states, notices, declared=set(declared), loss_shares={"liquidation": 0.95},
                      as_of=dt.date.fromisoformat(day), policy=POLICY)  # fmt: skip
        assert made["customer_id"].tolist() == ["A"]
        assert made[["claim_cents", "later_cents", "claim_items"]].iloc[0].tolist() == [120_000, 5_000, 2]
        assert made["gain_cents"].iloc[0] == 6_000  # 5 % of 1 200 €
        return made["claim_status"].iloc[0]

    assert status("2025-01-20") == "open"  # the last day
    assert status("2025-01-21") == "late"
    assert status("2025-05-20") == "late"  # six months of the notice
    assert status("2025-05-21") == "barred"
    assert status("2025-01-20", declared=["A"]) == "declared"
