"""Attribution of the overdue to groups: hand-worked shares and excess, properties, and what counts as a finding."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.ledger import attribution
from riskkit.ledger.attribution import ATTRIBUTION, attribute
from riskkit.ledger.customer_resampling import GroupedPositions, corrected_p, excess_and_error, resampled_sums

SHARES = ["sales_share", "exposure_share", "overdue_share"]


def positions(*rows):
    """Customers from (customer_id, group, open items, overdue, sales) in cents."""
    return pd.DataFrame(
        [(c, f"Client {c}", g, e, u, s) for c, g, e, u, s in rows],
        columns=["customer_id", "name", "group", "open_items_cents", "overdue_cents", "sales_12m_cents"],
    )


SIX = positions(
    ("C1", "A", 400, 300, 1000),
    ("C2", "A", 100, 100, 1000),
    ("C3", "B", 300, 50, 3000),
    ("C4", "B", 200, 0, 1000),
    ("C5", None, 400, 150, 2000),
    ("C6", "", 600, 0, 0),
)


def attributed(frame, *, draws=200, seed=7, **options):
    return attribute(frame, by="group", draws=draws, confidence=0.95, seed=seed, **options)


def simulated(*, seed, customers=400, groups=10, planted=0.0, spread=1.0):
    """Customers with skewed exposure; those of group G0 owe `planted` more of it late."""
    generator = np.random.default_rng(seed)
    group = generator.integers(groups, size=customers)
    exposure = np.exp(generator.normal(9, spread, customers))
    late = np.where(generator.random(customers) < 0.5, generator.beta(1, 3, customers), 0.0)
    late = np.clip(late + planted * (group == 0), 0, 1)
    cents = np.round(exposure * 100).astype("int64")
    return pd.DataFrame(
        {
            "customer_id": [f"C{i:05}" for i in range(customers)],
            "name": [f"Client {i}" for i in range(customers)],
            "group": [f"G{g}" for g in group],
            "open_items_cents": cents,
            "overdue_cents": (cents * late).astype("int64"),
            "sales_12m_cents": cents * 6,
        }
    )


def test_shares_lift_and_excess_by_hand():
    # exposure: A 400+100=500, B 300+200=500, unknown 400+600=1000; E=2000
    # overdue:  A 300+100=400, B 50,          unknown 150;          U=600, R=600/2000=0.3
    # sales:    A 2000,        B 4000,        unknown 2000;         S=8000
    table = attributed(SIX).set_index("code")
    assert table.index.tolist() == ["A", "unknown", "B"]  # largest overdue first
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
    table = attributed(SIX).set_index("code")
    # A: C1 owes 300 of 400 late. Without C1: A 100 of 300 overdue, 100 of 1600 exposed: (1/3)/(1/16) = 16/3
    assert table.loc["A", ["largest_customer_share", "largest_customer_name"]].tolist() == [0.75, "Client C1"]
    assert table.loc["A", "lift_without_largest"] == pytest.approx(16 / 3)
    assert table.loc["A", "reason"] == attribution.FEW_CUSTOMERS.template  # two customers, five are needed


def test_excess_is_rounded_so_that_it_still_sums_to_zero():
    # U=100 over three equal exposures: 33.33 each, rounded 34, 33, 33; X = 100−34, −33, −33
    table = attributed(positions(("1", "A", 100, 100, 1), ("2", "B", 100, 0, 1), ("3", "C", 100, 0, 1)))
    assert table.set_index("code")["excess_overdue_cents"].to_dict() == {"A": 66, "B": -33, "C": -33}


def test_a_customer_without_a_name_is_named_by_its_id():
    nameless = SIX.assign(name=None)
    assert attributed(nameless).set_index("code").loc["A", "largest_customer_name"] == "C1"


def test_a_customer_split_over_groups_counts_in_each_and_is_drawn_whole():
    split = positions(("C1", "A", 100, 50, 10), ("C1", "B", 100, 50, 10), ("C2", "A", 100, 0, 10))
    table = attributed(split).set_index("code")
    assert table["customers_count"].to_dict() == {"A": 2, "B": 1}
    # C1 drawn twice, once or not at all: U_A = U_B in every draw, so the share of B is always one half
    assert table.loc["B", ["overdue_share_low", "overdue_share_high"]].tolist() == [0.5, 0.5]


def test_input_is_left_as_it_was():
    before = SIX.copy(deep=True)
    attributed(SIX)
    pd.testing.assert_frame_equal(SIX, before)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (SIX.assign(overdue_cents=0), attribution.NOTHING_OVERDUE),
        (SIX.assign(open_items_cents=0, overdue_cents=0, sales_12m_cents=0), attribution.NOTHING_OVERDUE),
        (SIX.assign(group="A"), attribution.ONE_GROUP),
        (SIX.assign(group=None), attribution.ALL_UNKNOWN),
    ],
)
def test_what_cannot_be_compared_says_why(frame, reason):
    table = attributed(frame)
    assert table[["lift", "lift_low", "lift_high", "corrected_p"]].isna().all(axis=None)
    assert not table["is_finding"].any()
    assert (table["reason"] == reason.template).all()
    assert table["excess_overdue_cents"].sum() == 0


def test_more_overdue_than_open_is_refused():
    with pytest.raises(ValueError, match="1 customers have more overdue than open items, first C2"):
        attributed(SIX.assign(overdue_cents=[300, 101, 50, 0, 150, 0]))


def test_a_group_that_owes_nothing_has_no_lift():
    table = attributed(pd.concat([SIX, positions(("C7", "D", 0, 0, 500))])).set_index("code")
    assert np.isnan(table.loc["D", "lift"])
    assert table.loc["D", "reason"] == attribution.NO_EXPOSURE.template
    assert np.isnan(table.loc["D", "largest_customer_share"])


def test_no_customer_gives_an_empty_table():
    assert attributed(SIX.iloc[:0]).empty
    assert attributed(SIX.iloc[:0]).columns.tolist() == ATTRIBUTION.names


CUSTOMERS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", None]),
        st.integers(0, 10**9),
        st.floats(0, 1),
        st.integers(-(10**6), 10**9),
    ),
    min_size=1,
    max_size=12,
).map(lambda rows: positions(*[(f"C{i}", g, e, int(e * late), s) for i, (g, e, late, s) in enumerate(rows)]))


@settings(max_examples=40, deadline=None)
@given(CUSTOMERS)
def test_groups_conserve_the_ledger_and_excess_sums_to_zero(frame):
    table = attributed(frame, draws=30)
    for name in ("open_items_cents", "overdue_cents", "sales_12m_cents"):
        assert table[name].sum() == frame[name].sum()
    assert table["excess_overdue_cents"].sum() == 0
    for name in SHARES:
        assert table[name].isna().all() or table[name].sum() == pytest.approx(1)
    inside = table.dropna(subset=["lift", "lift_low"])
    assert (inside["lift_low"] <= inside["lift_high"]).all()


@settings(max_examples=25, deadline=None)
@given(CUSTOMERS, st.randoms(), st.integers(2, 1000))
def test_neither_row_order_nor_currency_matters(frame, random, factor):
    table = attributed(frame, draws=30)
    order = list(range(len(frame)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(attributed(frame.iloc[order], draws=30), table)
    money = [name for name in frame if name.endswith("_cents")]
    scaled = attributed(frame.assign(**{name: frame[name] * factor for name in money}), draws=30)
    pure = [column.name for column in ATTRIBUTION if column.kind == "number" or column.name == "is_finding"]
    pd.testing.assert_frame_equal(scaled[pure], table[pure], rtol=1e-9)


def grouped(overdue, exposure, sizes):
    return GroupedPositions(
        overdue=np.array(overdue, dtype=float),
        exposure=np.array(exposure, dtype=float),
        bounds=np.concatenate([[0], np.cumsum(sizes)]),
        customer=np.arange(len(overdue)),
        customers_count=len(overdue),
    )


def test_bootstrap_sums_have_the_moments_of_multinomial_weights():
    # Weights are multinomial(n; 1/n): the mean of Σw·x is Σx, its variance Σx² − (Σx)²/n. Idle customers count in n.
    x = np.array([0.5, 0.2, 0.0, 0.3, 0.0, 0.0, 0.4, 0.1])
    draws = resampled_sums(grouped(x, x, [3, 5]), draws=20_000, seed=1)[:, :, 0].sum(axis=1)
    variance = (x**2).sum() - x.sum() ** 2 / 8  # 0.55 − 2.25/8 = 0.26875
    assert variance == pytest.approx(0.26875)
    assert draws.mean() == pytest.approx(1.5, abs=4 * (variance / 20_000) ** 0.5)
    assert draws.var() == pytest.approx(variance, rel=0.05)


def test_standard_error_of_excess_agrees_with_the_bootstrap():
    generator = np.random.default_rng(3)
    exposure = generator.random(400) / 200
    sample = grouped(exposure * generator.random(400), exposure, [100, 300])
    _, error = excess_and_error(sample.sums())
    spread = excess_and_error(resampled_sums(sample, draws=4000, seed=4))[0].std(axis=0)
    assert error == pytest.approx(spread, rel=0.08)


def test_permutation_p_value_agrees_with_all_the_ways_to_deal_customers():
    # Nine customers who owe 1 each, four in the first group; late parts 0.9 0.8 0.7 0.2 | 0.5 0.6 0.1 0.3 0.4.
    # All 126 ways to choose the four are enumerated with plain loops; r = late − mean late, one customer one euro.
    late = [0.9, 0.8, 0.7, 0.2, 0.5, 0.6, 0.1, 0.3, 0.4]
    r = [part - sum(late) / 9 for part in late]

    def largest_t(first):
        ts = []
        for members in (first, [i for i in range(9) if i not in first]):
            w = len(members) / 9
            error = sum((r[i] * ((i in members) - w)) ** 2 for i in range(9)) ** 0.5
            ts.append(sum(r[i] for i in members) / error)
        return max(ts), ts[0]

    observed = largest_t([0, 1, 2, 3])[1]
    ways = [largest_t(list(four))[0] for four in itertools.combinations(range(9), 4)]
    exact = sum(t >= observed - 1e-12 for t in ways) / len(ways)
    found = corrected_p(
        grouped(late, [1.0] * 9, [4, 5]),
        tested=np.array([True, False]),
        min_overdue=1,
        max_largest=1.1,
        draws=4000,
        seed=5,
    )
    assert found[0] == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 4000) ** 0.5)
    assert np.isnan(found[1])


def test_interval_covers_the_true_share_about_as_often_as_it_says():
    # Exposure does not depend on the group; a customer is in A with chance 0.3. Late parts: A uniform on 0–1, mean
    # 0.5; B uniform on 0–0.4, mean 0.2. True share of A: 0.3·0.5/(0.3·0.5 + 0.7·0.2) = 0.15/0.29.
    truth, covered, reps = 0.15 / 0.29, 0, 200
    for seed in range(reps):
        generator = np.random.default_rng(seed)
        in_a = generator.random(250) < 0.3
        exposure = np.exp(generator.normal(9, 0.6, 250)) * 100
        late = generator.random(250) * np.where(in_a, 1.0, 0.4)
        rows = zip(
            range(250), np.where(in_a, "A", "B"), exposure.astype(int), (exposure * late).astype(int), strict=True
        )
        table = attributed(positions(*[(f"{i:03}", g, e, u, e) for i, g, e, u in rows]), draws=300).set_index("code")
        covered += table.loc["A", "overdue_share_low"] <= truth <= table.loc["A", "overdue_share_high"]
    # binomial(200, 0.95): 190 expected, standard deviation √(200·0.95·0.05) = 3.08; three of them either side
    assert 181 <= covered <= 199


def test_a_planted_group_is_found_and_nothing_else():
    for seed in range(10):
        table = attributed(simulated(seed=seed, planted=0.35), seed=seed)
        assert table.loc[table["is_finding"], "code"].tolist() == ["G0"]


def test_nothing_planted_is_rarely_a_finding():
    # At most 2.5 % of ledgers should raise a false alarm: of 80, 2 expected; 6 or more has a chance under 2 %.
    alarms = sum(attributed(simulated(seed=seed), seed=seed)["is_finding"].any() for seed in range(80))
    assert alarms <= 5


def test_one_large_late_customer_is_not_a_group():
    frame = simulated(seed=1)
    giant = frame.index[frame["group"] == "G3"][0]
    frame.loc[giant, ["open_items_cents", "overdue_cents"]] = [frame["open_items_cents"].sum() // 5] * 2
    row = attributed(frame).set_index("code").loc["G3"]
    assert row["lift"] > 2
    assert not row["is_finding"]
    assert row["reason"] == attribution.ONE_CUSTOMER.template


def test_the_unknown_group_is_never_a_finding():
    frame = simulated(seed=2, planted=0.35)
    row = attributed(frame.assign(group=frame["group"].replace("G0", None))).set_index("code").loc["unknown"]
    assert row["lift_low"] > 1
    assert not row["is_finding"]
    assert row["reason"] == attribution.UNKNOWN_GROUP.template


def test_searching_more_groupings_asks_for_more_evidence():
    frame = simulated(seed=4, planted=0.35)
    once, thrice = attributed(frame), attributed(frame, searches=3)
    known = once["corrected_p"].notna()
    expected = np.minimum(once.loc[known, "corrected_p"] * 3, 1)
    assert thrice.loc[known, "corrected_p"].tolist() == pytest.approx(expected.tolist())


def test_the_same_seed_gives_the_same_figures():
    frame = simulated(seed=5)
    pd.testing.assert_frame_equal(attributed(frame), attributed(frame))
