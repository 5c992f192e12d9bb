"""Penalties of open items by hand, and by the other route: the table of what may be claimed."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from riskkit.ledger.item_penalties import item_penalties, late_count
from riskkit.policy_measures import PenaltyPolicy
from tests.ledger.ledgers import invoice
from tests.ledger.test_ledger_tables import _run

POLICY = PenaltyPolicy()


def items_of(*rows):
    frame = pd.DataFrame(rows, columns=["item_id", "due_date", "open_cents"])
    return frame.assign(due_date=pd.to_datetime(frame["due_date"]).astype("datetime64[us]"))


def test_penalties_run_from_the_day_after_and_change_rate_with_the_half_year():
    made = item_penalties(
        items_of(("F1", "2024-05-31", 1_000_000)), until=dt.date(2024, 7, 31), is_public=False, policy=POLICY
    )
    # 10 000 €: 1 to 30 June at 4.5 + 10 = 14.5 %: 119.18; 1 to 31 July at 4.25 + 10 = 14.25 %: 121.03
    assert made["days"].tolist() == [30, 31]
    assert made["rate"].tolist() == [0.145, 0.1425]
    assert made["penalties_cents"].tolist() == [11_918, 12_103]
    assert made["from_date"].iloc[0] == dt.date(2024, 6, 1)
    assert made["to_date"].iloc[1] == dt.date(2024, 7, 31)


def test_nothing_runs_on_the_due_day_nor_without_one():
    items = items_of(("F1", "2024-07-31", 100), ("F2", "2024-08-05", 100), ("F3", None, 100), ("F4", "2024-07-30", 100))
    made = item_penalties(items, until=dt.date(2024, 7, 31), is_public=False, policy=POLICY)
    assert made["item_id"].tolist() == ["F4"]
    assert late_count(items, until=dt.date(2024, 7, 31)) == 1


def test_past_the_rate_tables_there_is_a_reason_and_no_amount():
    policy = PenaltyPolicy(known_until=dt.date(2024, 6, 30))
    made = item_penalties(
        items_of(("F1", "2024-05-31", 1_000_000)), until=dt.date(2024, 7, 31), is_public=False, policy=policy
    )
    assert made["penalties_cents"].isna().tolist() == [False, True]
    assert "known until 2024-06-30" in str(made["reason"].iloc[1])


def test_two_routes_to_what_an_unpaid_invoice_may_claim():
    until = dt.date(2024, 12, 31)
    dues = ["2022-11-15", "2023-06-30", "2024-02-29", "2024-12-30"]
    lines = [invoice(f"F{n}", f"C{n}", "2022-10-01", 123_457 * (n + 1), due) for n, due in enumerate(dues)]
    snapshot, tables = _run(lines, as_of=until)
    claimed = tables["claimable_penalties"].groupby("customer_id")[["penalties_cents", "indemnities_cents"]].sum()
    for customer, items in snapshot.open_items.groupby("customer_id"):
        made = item_penalties(items, until=until, is_public=False, policy=POLICY)
        assert int(made["penalties_cents"].sum()) == claimed.loc[customer, "penalties_cents"] > 0
        assert late_count(items, until=until) * 4_000 == claimed.loc[customer, "indemnities_cents"]
