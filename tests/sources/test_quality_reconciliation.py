"""The gap to a control total: its parts always add up to it, and say what is sure and what is only possible."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.sources.quality import Control, Quality, make_quality
from tests.sources.quality_cases import AS_OF, invoice, make_reading, payment, said

ROWS = [
    invoice("F1", "C1", 1000_00, "2024-05-10", "2024-06-09"),
    invoice("F2", "C2", 700_00, "2024-05-11", "2024-06-10"),
    invoice("A1", "C2", -37_00, "2024-05-20", kind="credit_note"),
    invoice("F3", "C3", 411_00, "2024-07-05", "2024-08-04"),  # after the control date
]
PAID = [payment("F1", "C1", 250_00, "2024-06-01"), payment(None, "C2", 113_00, "2024-06-02")]
OURS = 1000_00 + 700_00 - 37_00 - 250_00 - 113_00  # at 30 June: 1 300.00


def report(control: Control) -> Quality:
    return make_quality(make_reading(ROWS, PAID), as_of=AS_OF, control=control)


def causes(made: Quality) -> dict[str, int]:
    return dict(zip(made.reconciliation["cause"], made.reconciliation["amount_cents"], strict=True))


def test_no_gap_grades_a_and_leaves_nothing_to_explain() -> None:
    made = report(Control(AS_OF, OURS))
    assert made.reconciliation.empty
    assert made.grades.set_index("dimension").loc["reconciliation", "grade"] == "A"


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        (OURS + 411_00, {"later": -411_00}),  # the list was printed after F3
        (OURS + 113_00, {"unnamed": -113_00}),  # the cash that names no invoice is not in it
        (OURS + 37_00, {"credit_notes": -37_00}),
        (OURS + 37_00 + 113_00, {"unnamed": -113_00, "credit_notes": -37_00}),
        (OURS - 700_00, {"single": 700_00}),
        (OURS + 2 * 250_00, {"sign": -500_00}),  # the payment of 250, read with the wrong sign
        (OURS - 1, {"unexplained": 1}),
    ],
)
def test_a_gap_is_explained_by_sums_that_agree_to_the_cent(control, expected) -> None:
    made = report(Control(AS_OF, control))
    assert causes(made) == expected
    assert not made.reconciliation["is_proven"].any()
    row = made.quality.set_index("code").loc["reconciliation_gap"]
    assert row["amount_cents"] == abs(OURS - control)


def test_a_single_movement_is_named_with_its_line() -> None:
    part = report(Control(AS_OF, OURS - 700_00)).reconciliation.iloc[0]
    assert (part["source_file"], part["source_line"], part["customer_id"]) == ("factures.csv", 3, "C2")
    assert said(part["explanation"]) == "A movement of this amount: F2 · C2 (candidates: 1)"


def test_a_list_by_customer_explains_the_gap_customer_by_customer() -> None:
    # ours: C1 750, C2 550 (700 − 37 − 113). Theirs: C1 750, C2 663, C9 20; total given 1 440, seven more than the list
    balances = pd.DataFrame({"customer_id": ["C1", "C2", "C9"], "balance_cents": [750_00, 663_00, 20_00]})
    made = report(Control(AS_OF, 1440_00, balances))
    parts = made.reconciliation
    assert parts["amount_cents"].to_list() == [-113_00, -20_00, -7_00]
    assert parts["amount_cents"].sum() == OURS - 1440_00
    assert parts["customer_id"].to_list()[:2] == ["C2", "C9"]
    assert parts["source_file"].iloc[0] == "reglements.csv"  # the payment of 113 alone is C2's difference
    assert "not in the files" in said(parts["explanation"].iloc[1])
    assert parts["cause"].iloc[2] == "unexplained"
    assert parts["is_proven"].to_list() == [True, True, False]


def test_the_list_alone_gives_its_own_total() -> None:
    balances = pd.DataFrame({"customer_id": ["C1", "C2"], "balance_cents": [750_00, 550_00]})
    assert report(Control(AS_OF, customers=balances)).reconciliation.empty
    assert Control(dt.date(2024, 1, 1)).total is None


@settings(max_examples=40, deadline=None)
@given(st.integers(-3000_00, 3000_00), st.none() | st.lists(st.integers(-900_00, 900_00), min_size=4, max_size=4))
def test_parts_add_up_to_the_gap_whatever_the_control(total, balances) -> None:
    customers = None
    if balances is not None:
        customers = pd.DataFrame({"customer_id": ["C1", "C2", "C3", "C7"], "balance_cents": balances})
    made = report(Control(AS_OF, total, customers))
    gap = OURS - total
    assert (made.reconciliation["amount_cents"].sum() if len(made.reconciliation) else 0) == gap
