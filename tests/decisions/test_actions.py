"""The action plan by hand: one line per customer, the most pressing first, the largest stake; cash by owner adds up."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskkit.decisions.actions import candidates, plan_actions
from riskkit.decisions.owners import owners
from riskkit.policy_actions import ActionsPolicy

AS_OF = dt.date(2024, 12, 31)
POLICY = ActionsPolicy(min_amount=100, bonus_rate=0.01)
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["A", "B", "C", "D"], "name": ["Alpha", None, "Gamma", "Divers"],
        "siren": ["552100554", "404833048", None, None], "is_catch_all": [False, False, False, True],
        "sales_person": ["Anne", "Bob", None, "Bob"],
    }
)  # fmt: skip
DUNNING = pd.DataFrame(
    {
        "customer_id": ["A", "B"], "step": ["call", "claim"], "is_today": [True, True],
        "do_by": pd.to_datetime(["2024-12-31", "2025-02-10"]), "amount_cents": [50_000, 5_000],
        "reason_1": ["overdue", "procedure"],
    }
)  # fmt: skip
ITEMS = pd.DataFrame(
    {
        "customer_id": ["A", "A", "B", "C", "D"], "open_cents": [50_000, 30_000, 5_000, 40_000, 90_000],
        "stop": [None, "dispute", "procedure", None, "catch_all"],
        "is_prescribed_soon": [False] * 5, "prescription_date": pd.to_datetime(["2029-01-01"] * 5),
    }
)  # fmt: skip
LIMITS = pd.DataFrame(
    {
        "customer_id": ["A", "D"], "over_limit_cents": [70_000, 90_000], "approver": ["credit_manager", "own role"],
        "decided_by": ["loss", "catch_all"], "reason_1": ["capped", "mixed"],
    }
)  # fmt: skip
PROVISION = pd.DataFrame({"customer_id": ["B", "A"], "statutory_cents": [3_000, 0]})
TERMS = pd.DataFrame(
    {
        "customer_id": ["C", "D", "A"], "recommended_days": [30, 0, 44], "current_days": [60.0, 60.0, 45.0],
        "freed_cents": [20_000, 9_000, 100], "reason_terms": ["too long", "mixed", "x"],
    }
)  # fmt: skip


def planned(**policy):
    rules = POLICY.model_copy(update=policy)
    asked = candidates(
        DUNNING, ITEMS, LIMITS, PROVISION, TERMS, CUSTOMERS, as_of=AS_OF, currency="EUR", policy=rules
    )  # fmt: skip
    return plan_actions(asked, CUSTOMERS, policy=rules)


def test_each_customer_has_one_line_with_its_most_pressing_action_and_its_largest_stake():
    made = planned()
    # D: 900 €; A: over by 700 € (call 500, dispute 300); C: 200 € freed (400 € of a SIREN to find do not count beside
    # it); B: claim of 50 €
    assert made["customer_id"].tolist() == ["D", "A", "C", "B"]
    assert made["stake_cents"].tolist() == [90_000, 70_000, 20_000, 5_000]
    assert made["kind"].tolist() == ["buyer", "dunning", "terms", "claim"]
    assert made["actions_count"].tolist() == [1, 3, 2, 2]
    also = [[str(what) for what in rest] for rest in made["also"]]
    excess = "bring its exposure under its limit, or have the credit manager approve the excess"
    assert also[1] == ["settle the dispute", excess]
    assert also[2] == ["find its SIREN"]
    assert made["owner"].fillna("").tolist() == ["Bob", "Anne", "", "Bob"]
    # the claim by its deadline, the call today; 30 days on, 30 January 2025 is a Thursday
    assert [str(day.date()) for day in made["do_by"]] == ["2025-01-30", "2024-12-31", "2025-01-30", "2025-02-10"]


def test_small_stakes_are_left_out_but_a_claim_never_is():
    assert planned(min_amount=800)["customer_id"].tolist() == ["D", "B"]


def test_cash_by_owner_adds_up_to_the_euro_and_gives_the_bonus():
    items = pd.DataFrame(
        {"customer_id": ["A", "A", "B", "C"], "open_cents": [10_000, 5_000, 20_000, 1_000],
         "days_past_due": pd.array([3, 0, 40, None], dtype="Int64")}
    )  # fmt: skip
    paid = pd.DataFrame(
        [
            ("A", "payment", "2024-10-02", 100_000),  # 91 days, the last included: from 2 October on
            ("A", "payment", "2024-10-01", 7),
            ("A", "refund", "2024-11-01", -20_000),
            ("B", "write_off", "2024-11-01", 9_999),
            ("D", "payment", "2024-12-31", 50_000),
            ("D", "payment", "2025-01-01", 7),
        ],
        columns=["customer_id", "kind", "payment_date", "amount_cents"],
    )
    paid["payment_date"] = pd.to_datetime(paid["payment_date"])
    made = owners(items, paid, CUSTOMERS, planned(), as_of=AS_OF, policy=POLICY)
    assert made["owner"].fillna("").tolist() == ["Bob", "Anne", ""]
    assert made["open_cents"].tolist() == [20_000, 15_000, 1_000]
    assert made["overdue_cents"].tolist() == [20_000, 10_000, 0]
    assert made["collected_cents"].tolist() == [50_000, 80_000, 0]
    assert made["bonus_cents"].tolist() == [500, 800, 0]
    assert made["recovery_share"].iloc[:2].tolist() == pytest.approx([5 / 7, 8 / 9])
    assert made["open_cents"].sum() == items["open_cents"].sum()
    assert made["actions_count"].tolist() == [2, 1, 1]
