"""Attribution of the overdue to groups: hand-worked shares, excess and adjusted excess, and properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from riskkit.exhibits.language import language
from riskkit.ledger import attribution
from riskkit.ledger.attribution import ATTRIBUTION, attribute, excess_cents
from riskkit.ledger.customer_resampling import resampled_intervals
from riskkit.ledger.driver_search import prepare_search
from riskkit.ledger.equal_strata import adjusted
from riskkit.ledger.sectors import SECTORS, sector_attribution
from tests.ledger.portfolios import POLICY, attributed, grouping_of, positions, simulated

SIX = positions(
    ("C1", 400, 300, 1000),
    ("C2", 100, 100, 1000),
    ("C3", 300, 50, 3000),
    ("C4", 200, 0, 1000),
    ("C5", 400, 150, 2000),
    ("C6", 600, 0, 0),
)
GROUPS = ["A", "A", "B", "B", "unknown", "unknown"]


def six(held=SIX, **levels):
    grouping = grouping_of(**(levels or {"x_group": GROUPS}))
    search = prepare_search(held, grouping, policy=POLICY, seed=1)
    return attribute(held, grouping, search, policy=POLICY, draws=200, confidence=0.95, seed=7)


def test_shares_lift_and_excess_by_hand():
    # exposure: A 400+100=500, B 300+200=500, unknown 400+600=1000; E=2000
    # overdue:  A 300+100=400, B 50,          unknown 150;          U=600, R=600/2000=0.3
    # sales:    A 2000,        B 4000,        unknown 2000;         S=8000
    table = six().set_index("code")
    assert table.index.tolist() == ["A", "unknown", "B"]  # largest overdue first
    assert table["is_unknown"].tolist() == [False, True, False]
    assert table["customers_count"].to_dict() == {"A": 2, "B": 2, "unknown": 2}
    assert table["overdue_customers_count"].to_dict() == {"A": 2, "B": 1, "unknown": 1}
    assert table["overdue_share"].to_dict() == pytest.approx({"A": 400 / 600, "B": 50 / 600, "unknown": 0.25})
    assert table["exposure_share"].to_dict() == pytest.approx({"A": 0.25, "B": 0.25, "unknown": 0.5})
    assert table["sales_share"].to_dict() == pytest.approx({"A": 0.25, "B": 0.5, "unknown": 0.25})
    # lift: A 0.6667/0.25, B 0.0833/0.25, unknown 0.25/0.5; on sales: 0.6667/0.25, 0.0833/0.5, 0.25/0.25
    assert table["lift"].to_dict() == pytest.approx({"A": 8 / 3, "B": 1 / 3, "unknown": 0.5})
    assert table["sales_lift"].to_dict() == pytest.approx({"A": 8 / 3, "B": 1 / 6, "unknown": 1.0})
    # X: A 400 − 0.3·500 = 250; B 50 − 150 = −100; unknown 150 − 300 = −150
    assert table["excess_overdue_cents"].to_dict() == {"A": 250, "B": -100, "unknown": -150}


def test_largest_customer_and_the_lift_without_it_by_hand():
    table = six().set_index("code")
    # A: C1 owes 300 of 400 late. Without C1: A 100 of 300 overdue, 100 of 1600 exposed: (1/3)/(1/16) = 16/3
    assert table.loc["A", "largest_customer_share"] == 0.75
    assert table.loc["A", "largest_customer_name"] == "Client C1"
    assert table.loc["A", "lift_without_largest"] == pytest.approx(16 / 3)
    # B: C3 is all of its overdue; without it nothing: lift 0
    assert table.loc["B", "lift_without_largest"] == 0


def test_equal_terms_undo_a_paradox_by_hand():
    # Short terms: 10 customers of 100 open, half of it late. Long terms: 10 of 100, a tenth late.
    # Group A: 8 short, 2 long: 8·50 + 2·10 = 420 late of 1000; B: 2 short, 8 long: 180 of 1000; R = 600/2000 = 0.3.
    # Raw excess of A: 420 − 300 = 120. At equal terms: 8·0.5·100 + 2·0.1·100 = 420 expected: excess 0, lift 1.
    rows = [(f"S{n}", 100, 50, 600) for n in range(10)] + [(f"L{n}", 100, 10, 600) for n in range(10)]
    held = positions(*rows)
    terms = ["30"] * 10 + ["60"] * 10
    group = ["A"] * 8 + ["B"] * 2 + ["A"] * 2 + ["B"] * 8
    table = six(held, terms=terms, x_group=group).set_index(["level", "code"])
    assert table.loc[("x_group", "A"), "excess_overdue_cents"] == 120
    assert table.loc[("x_group", "A"), "adjusted_excess_cents"] == 0
    assert table.loc[("x_group", "A"), "adjusted_lift"] == pytest.approx(1.0)
    # Terms themselves are compared at equal size only: one stratum, so the adjusted excess is the raw one.
    assert table.loc[("terms", "30"), "adjusted_excess_cents"] == 500 - 300
    assert table.loc[("terms", "30"), "reason"] == attribution.MECHANICAL.template


def test_every_level_sums_to_nothing_and_holds_the_whole_ledger():
    customers, held = simulated(seed=2)
    customers.loc[:40, "naf_code"] = None
    table = attributed(customers, held)
    sums = table.groupby("level").sum(numeric_only=True)
    assert {"section", "division", "subclass", "region", "size", "age", "terms", "x_canal"} <= set(sums.index)
    assert (sums["excess_overdue_cents"] == 0).all()
    assert (sums["adjusted_excess_cents"] == 0).all()
    for name in ("open_items_cents", "overdue_cents", "sales_12m_cents"):
        assert (sums[name] == held[name].sum()).all()
    assert (sums["customers_count"] == len(held)).all()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), min_size=1, max_size=12))
def test_excess_sums_to_zero_to_the_cent(rows):
    exposure = pd.Series([a + b for a, b in rows])
    excess = excess_cents(pd.Series([b for _, b in rows]), exposure)
    assert sum(excess) == (0 if exposure.sum() else sum(excess))
    rate = sum(b for _, b in rows) / max(int(exposure.sum()), 1)
    assert all(
        abs(x - (b - rate * e)) <= 1 + 1e-3 * abs(b) for x, (_, b), e in zip(excess, rows, exposure, strict=True)
    )


def test_adjusted_expectation_by_an_independent_loop():
    customers, held = simulated(seed=5, customers=60)
    codes = pd.DataFrame({"terms": customers["payment_terms"], "x_canal": customers["x_canal"]})
    found = adjusted(held, codes, count=1)["x_canal"]
    expected = dict.fromkeys(sorted(set(codes["x_canal"])), 0.0)
    for terms in set(codes["terms"]):
        inside = [n for n in range(60) if codes["terms"][n] == terms and held["open_items_cents"][n] > 0]
        rate = sum(held["overdue_cents"][n] for n in inside) / sum(held["open_items_cents"][n] for n in inside)
        for n in inside:
            expected[codes["x_canal"][n]] += rate * held["open_items_cents"][n]
    assert found.to_dict() == pytest.approx(expected, abs=1)
    assert found.sum() == held["overdue_cents"].sum()


def test_order_of_rows_changes_nothing():
    customers, held = simulated(seed=4, planted=0.35)
    order = np.random.default_rng(1).permutation(len(held))
    shuffled = attributed(customers.iloc[order].reset_index(drop=True), held.iloc[order].reset_index(drop=True))
    pd.testing.assert_frame_equal(shuffled, attributed(customers, held))


def test_scaling_money_leaves_lift_and_verdicts_alone():
    customers, held = simulated(seed=4, planted=0.35)
    cents = ["open_items_cents", "overdue_cents", "sales_12m_cents"]
    plain, large = attributed(customers, held), attributed(customers, held.assign(**{c: held[c] * 7 for c in cents}))
    assert large["lift"].to_numpy() == pytest.approx(plain["lift"].to_numpy(), nan_ok=True)
    assert large["lift_low"].to_numpy() == pytest.approx(plain["lift_low"].to_numpy(), nan_ok=True)
    assert large["is_finding"].equals(plain["is_finding"])
    assert (abs(large["excess_overdue_cents"] - 7 * plain["excess_overdue_cents"]) <= 7).all()


def test_levels_drill_down_to_their_parents():
    table = attributed(*simulated(seed=1))
    children = table[table["parent_level"].notna()]
    assert set(children["level"]) == {"division", "group", "class", "subclass"}
    for (level, parent), part in children.groupby(["parent_level", "parent_code"]):
        above = table[(table["level"] == level) & (table["code"] == parent)].iloc[0]
        assert part["overdue_cents"].sum() == above["overdue_cents"]
        assert part["excess_overdue_cents"].sum() == pytest.approx(above["excess_overdue_cents"], abs=len(part))


def test_planted_sector_is_a_finding_and_nothing_else():
    table = attributed(*simulated(seed=1, planted=0.35))
    found = table[table["is_finding"]]
    assert found["code"].tolist() == ["F", "43", "43.2", "43.21", "43.21A"]  # one sub-class: the same at each level
    assert (found["lift_low"] > 1).all()
    assert table.loc[table["is_finding"], "reason"].isna().all()


def test_one_customer_is_not_a_finding():
    customers, held = simulated(seed=6)
    giant = customers.index[customers["naf_code"] == "56.10A"][0]
    held.loc[giant, ["open_items_cents", "overdue_cents"]] = held["open_items_cents"].sum() // 4
    table = attributed(customers, held).set_index(["level", "code"])
    assert not table["is_finding"].any()
    assert table.loc[("section", "I"), "reason"] == attribution.ONE_CUSTOMER.template


def test_bootstrap_interval_covers_the_truth():
    # 60 ledgers of one law: the share of the late group is known from a very large one.
    def late_of(seed, customers):
        frame, held = simulated(seed=seed, customers=customers, planted=0.35)
        amounts = [held[name].to_numpy(np.float64) for name in ("overdue_cents", "open_items_cents")]
        return (frame["naf_code"] == "43.21A").to_numpy(), *amounts

    late, overdue, _ = late_of(99, 60_000)
    truth = overdue[late].sum() / overdue.sum()
    inside = 0
    for seed in range(60):
        late, overdue, exposure = late_of(seed, 400)
        members = sparse.csr_matrix(late[None, :].astype(np.float64))
        found = resampled_intervals(
            members, overdue, exposure, customers_count=400, draws=400, confidence=0.95, seed=seed
        )
        inside += found.share[0, 0] <= truth <= found.share[1, 0]
    assert inside >= 51  # P(fewer than 51 of 60 at 95 %) = 0.001


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"overdue_cents": 0}, attribution.NOTHING_OVERDUE),
        ({}, attribution.ONE_GROUP),
    ],
)
def test_what_cannot_be_compared_says_why(change, reason):
    table = six(SIX.assign(**change), x_group=["A"] * 6)
    assert table["reason"].tolist() == [reason.template]
    assert table["lift"].isna().all()


def test_empty_and_idle_portfolios():
    customers, held = simulated(seed=1, customers=60)
    assert attributed(customers.iloc[:0], held.iloc[:0]).columns.tolist() == ATTRIBUTION.names
    idle = attributed(customers, held.assign(open_items_cents=0, overdue_cents=0))
    assert (idle["overdue_cents"] == 0).all()
    assert not idle["is_finding"].any()


def test_sector_view_is_the_attribution():
    table = attributed(*simulated(seed=1, planted=0.35))
    sectors = sector_attribution(table)
    assert sectors.columns.tolist() == SECTORS.names
    assert set(sectors["level"]) == {"section", "division"}
    assert sectors["excess_overdue_cents"].sum() == 0


def test_every_reason_has_its_french():
    french = language("fr")
    reasons = [value for value in vars(attribution).values() if hasattr(value, "template")]
    assert reasons
    for reason in reasons:
        assert french.say(reason) != reason.template
