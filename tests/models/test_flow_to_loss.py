"""Flow to loss: a published example, a chain solved by hand, and what too little data gives."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.models.flow_to_loss import loss_given_event, loss_rates
from riskkit.policy_decisions import LossPolicy

EDGES = (0, 30, 60, 90)
KNOWN = {"draws": 200, "confidence": 0.95, "seed": 1, "edges": EDGES}


def moves(rows, *, months=24):
    """Transitions from (from, to, amount, items)."""
    frame = pd.DataFrame(rows, columns=["from_bucket", "to_bucket", "amount_cents", "items_count"])
    whole = frame.groupby("from_bucket")["amount_cents"].transform("sum")
    return frame.assign(period="all", months_count=months, amount_share=frame["amount_cents"] / whole)


def rates_of(rows, *, months=24, policy=None):
    found = loss_rates(moves(rows, months=months), policy=policy or LossPolicy(oldest_loss_rate=1.0), **KNOWN)
    return found.set_index("bucket")


def test_published_example_of_sales_followed_until_they_are_lost():
    # IFRScommunity, "IFRS 9 example: lifetime ECL for trade receivables using a provision matrix", segment B2C:
    # of 100 000 sold, 50 000 then 23 000, 8 000 and 2 000 are left past each age; what is over 90 days is lost.
    # Loss rates 2.0 %, 4.0 %, 8.7 %, 25.0 % and 100 %.
    left = [100, 50, 23, 8, 2]
    codes = ["not_due", "d1_30", "d31_60", "d61_90", "over_90"]
    rows = []
    for rank in range(4):
        rows.append((codes[rank], codes[rank + 1], left[rank + 1] * 1000, left[rank + 1]))
        rows.append((codes[rank], "settled", (left[rank] - left[rank + 1]) * 1000, left[rank] - left[rank + 1]))
    rates = rates_of(rows)["loss_rate"]
    assert rates[codes].round(3).tolist() == [0.02, 0.04, 0.087, 0.25, 1.0]
    # balances 300 000, 140 000, 60 000, 23 000 and 5 000: allowance 27 567
    balances = [300_000, 140_000, 60_000, 23_000, 5_000]
    assert round(sum(b * r for b, r in zip(balances, rates[codes], strict=True))) == 27_567


def test_items_that_stay_in_a_bucket_end_one_day():
    # over_90: half stays each month, 0.3 settled, 0.2 lost → 0.2 ÷ 0.5 = 0.4 lost in the end
    rows = [
        ("not_due", "settled", 90, 90), ("not_due", "over_90", 10, 10),
        ("over_90", "over_90", 50, 50), ("over_90", "settled", 30, 30), ("over_90", "written_off", 20, 20),
    ]  # fmt: skip
    rates = rates_of(rows, policy=LossPolicy())
    assert rates.loc["over_90", "loss_rate"] == pytest.approx(0.4)
    assert rates.loc["over_90", "source"] == "own"
    assert rates.loc["not_due", "loss_rate"] == pytest.approx(0.04)
    assert rates.loc["not_due", "loss_low"] < 0.04 < rates.loc["not_due", "loss_high"]
    # never seen: the rate of the bucket after it
    assert rates.loc["d61_90", "loss_rate"] == pytest.approx(0.4)
    assert rates.loc["d61_90", "source"] == "next_older"
    assert pd.isna(rates.loc["undated", "loss_rate"])


def test_a_ledger_that_books_no_loss_takes_the_oldest_as_the_policy_says():
    rows = [("not_due", "over_90", 10, 10), ("not_due", "settled", 90, 90), ("over_90", "settled", 100, 100)]
    rates = rates_of(rows, policy=LossPolicy(unknown_loss_rate=0.5))
    assert rates.loc["over_90", "source"] == "oldest_unknown"
    assert rates.loc["not_due", "loss_rate"] == pytest.approx(0.05)


def test_a_short_ledger_says_nothing():
    rates = rates_of([("not_due", "settled", 100, 100)], months=11)
    assert rates["loss_rate"].isna().all()
    assert set(rates["source"]) == {"none"}
    assert loss_given_event(rates.reset_index(), event_days=60, edges=EDGES) is None


def test_an_empty_table_says_nothing():
    empty = moves([]).astype({"amount_share": "float64", "items_count": "int64"})
    assert loss_rates(empty, policy=LossPolicy(), **KNOWN)["loss_rate"].isna().all()


@pytest.mark.parametrize(("days", "bucket"), [(30, "d31_60"), (59, "d31_60"), (60, "d61_90"), (90, "over_90")])
def test_the_part_lost_is_that_of_the_bucket_after_the_event(days, bucket):
    rates = pd.DataFrame({"bucket": ["not_due", "d1_30", "d31_60", "d61_90", "over_90", "undated"]})
    rates = rates.assign(loss_rate=range(6), loss_low=0.0, loss_high=1.0)
    found = loss_given_event(rates, event_days=days, edges=EDGES)
    assert found is not None
    assert found.value == rates.set_index("bucket").loc[bucket, "loss_rate"]
