"""Dunning by hand: what an action brings, who is left alone, and who is served first when a day is full."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from riskkit.decisions.dunning import choose_steps, dunning_options
from riskkit.decisions.dunning_gain import gained_shares, unpaid_share
from riskkit.decisions.dunning_items import customer_stops, dunning_items
from riskkit.decisions.dunning_reasons import dunning_reasons
from riskkit.decisions.dunning_rows import dunning_rows
from riskkit.policy_dunning import STEPS, DunningPolicy, DunningStep

AS_OF = dt.date(2024, 12, 31)
WITHIN = (7, 14, 28, 56, 91)
CALL = DunningStep(step="call", from_days=5, until_days=365, cost_amount=8, uplift=1.5, uplift_low=1.0, uplift_high=2.0,
                   effect_days=14, min_amount=100, per_day=1)  # fmt: skip
MAIL = DunningStep(step="email", from_days=1, until_days=60, cost_amount=1, uplift=1.2, uplift_low=1.0, uplift_high=1.4,
                   effect_days=14)  # fmt: skip
POLICY = DunningPolicy(steps=(MAIL, CALL), min_amount=10)


def shares(*paid):
    return pd.DataFrame([dict(zip([f"paid_{d}d_share" for d in WITHIN], row, strict=True)) for row in paid])


def test_a_gain_is_what_the_hazard_adds_to_the_survival():
    # S(14) = 0.64, S(28) = 0.5: u = 1.5 for 14 days brings 0.5 × (1 − 0.64^0.5) = 0.5 × 0.2 = 0.10; u = 2: 0.5 × 0.36
    made = gained_shares(shares((0.2, 0.36, 0.5, 0.6, 0.7)), CALL, horizon_days=28)
    assert made.iloc[0].to_dict() == pytest.approx({"paid": 0.5, "gained": 0.10, "gained_low": 0, "gained_high": 0.18})


def test_a_part_of_those_who_do_not_move_answers():
    # the same with a = 0.1: 0.5 × (1 − 0.8 × 0.9) = 0.14; who never pays: 0.1; over twice the horizon, 1 − 0.9^(1/2)
    step = CALL.model_copy(update={"answer": 0.1, "answer_high": 0.1})
    table = shares((0.2, 0.36, 0.5, 0.6, 0.7), (0, 0, 0, 0, 0), (1, 1, 1, 1, 1))
    assert gained_shares(table, step, horizon_days=28)["gained"].tolist() == pytest.approx([0.14, 0.1, 0], abs=1e-6)
    longer = step.model_copy(update={"effect_days": 56})
    assert gained_shares(table, longer, horizon_days=28)["gained"].iloc[1] == pytest.approx(1 - 0.9**0.5)


def test_nothing_is_gained_on_who_pays_anyway_or_never_does():
    made = gained_shares(shares((1, 1, 1, 1, 1), (0, 0, 0, 0, 0), (None,) * 5), CALL, horizon_days=28)
    assert made["gained"].iloc[:2].tolist() == pytest.approx([0, 0], abs=1e-6)
    assert np.isnan(made["gained"].iloc[2])


def test_between_days_of_the_table_the_hazard_is_even():
    # S(28) = 0.5 and S(56) = 0.32: at 42 days their geometric mean, 0.4
    table = shares((0.2, 0.36, 0.5, 0.68, 0.7))
    assert unpaid_share(table, days=42).iloc[0] == pytest.approx(0.4)
    assert unpaid_share(table, days=0).iloc[0] == 1
    assert unpaid_share(table, days=500).iloc[0] == pytest.approx(0.3)


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5), st.floats(1, 10), st.floats(1, 10))
def test_a_stronger_effect_never_brings_less_and_never_more_than_is_left(paid, one, other):
    low, high = sorted((one, other))
    step = CALL.model_copy(update={"uplift_low": 1.0, "uplift": low, "uplift_high": high})
    made = gained_shares(shares(sorted(paid)), step, horizon_days=28).iloc[0]
    assert 0 <= made["gained"] <= made["gained_high"] + 1e-12
    assert made["gained_high"] <= 1 - made["paid"] + 1e-9


ITEM = {"item_id": "F", "invoice_number": "F", "issue_date": pd.Timestamp("2024-10-01"), "dispute_date": pd.NaT,
        "due_date": pd.Timestamp("2024-12-01"), "days_past_due": 30, "open_cents": 100_000}  # fmt: skip
CUSTOMER = {"state": "in_bonis", "is_catch_all": False, "buyer_kind": "trader", "unapplied_cents": 0, "has_log": False,
            "promised_on": pd.NaT, "last_action_on": pd.NaT, "last_court_on": pd.NaT, "last_notice_on": pd.NaT,
            "open_cents": 100_000, "overdue_cents": 100_000, "name": None, "owner": None,
            "broken_promise_date": pd.NaT}  # fmt: skip
_DATES = ("promised_on", "last_action_on", "last_court_on", "last_notice_on", "broken_promise_date")


def customers_of(*rows):
    frame = pd.DataFrame([{**CUSTOMER, **row} for row in rows], index=[f"C{n}" for n in range(len(rows))])
    return frame.astype(dict.fromkeys(_DATES, "datetime64[us]"))


def items_of(*rows):
    frame = pd.DataFrame([{**ITEM, "customer_id": "C0", **row} for row in rows])
    dates = dict.fromkeys(("issue_date", "due_date", "dispute_date"), "datetime64[us]")
    return frame.astype({**dates, "days_past_due": "Int64"})


@pytest.mark.parametrize(
    ("said", "stop"),
    [
        ({}, None),
        ({"state": "receivership"}, "procedure"),
        ({"state": "ceased"}, "ceased"),
        ({"is_catch_all": True, "unapplied_cents": 200_000}, "catch_all"),
        ({"unapplied_cents": 100_000}, "credit"),
        ({"promised_on": "2025-01-05"}, "promise"),
        ({"last_court_on": "2024-06-01"}, "proceeding"),
        ({"last_action_on": "2024-12-25"}, "recent"),
        ({"last_action_on": "2024-12-24"}, None),  # seven days before
        ({"open_cents": 200_000, "unapplied_cents": 99_500}, "small"),  # 5 € overdue are left
        ({"open_cents": 200_000, "overdue_cents": 0}, None),
    ],
)
def test_who_is_left_alone(said, stop):
    found = customer_stops(customers_of(said), as_of=AS_OF, policy=POLICY).iloc[0]
    assert found == stop or (stop is None and pd.isna(found))


def made_of(items, customers, paid, policy=POLICY):
    """Items, options and steps of the day."""
    customers["stop"] = customer_stops(customers, as_of=AS_OF, policy=policy)
    before = items.copy(deep=True)
    listed = dunning_items(items, customers, 1 - unpaid_share(paid, days=28), as_of=AS_OF, policy=policy)
    options = dunning_options(listed, paid, customers, as_of=AS_OF, policy=policy)
    pd.testing.assert_frame_equal(items, before)
    return listed, options, choose_steps(options, as_of=AS_OF, policy=policy)


def test_items_say_why_they_are_left_alone():
    items = items_of(
        {},
        {"dispute_date": "2024-12-31"},
        {"dispute_date": "2025-01-01"},  # not known yet
        {"due_date": "2019-12-30", "days_past_due": 1828},  # five years and a day
        {"due_date": "2019-12-31", "days_past_due": 1827},
        {"due_date": None, "days_past_due": None},
    )
    listed, _, _ = made_of(items, customers_of({}), shares(*[(0.2, 0.36, 0.5, 0.6, 0.7)] * 6))
    stops = [None if pd.isna(stop) else stop for stop in listed["stop"]]
    assert stops == [None, "dispute", None, "prescribed", None, "undated"]
    assert listed["is_prescribed_soon"].tolist() == [False, False, False, False, True, False]


def test_a_call_is_about_everything_overdue_once_an_item_is_in_its_window():
    items = items_of({}, {"days_past_due": 2, "open_cents": 50_000}, {"days_past_due": 0})
    _, options, chosen = made_of(items, customers_of({}), shares(*[(0.2, 0.36, 0.5, 0.6, 0.7)] * 3))
    call = options.set_index("step").loc["call"]
    # 1 500 € × 0.10 = 150 € for 8 €
    figures = [call[name] for name in ("items_count", "amount_cents", "gain_cents", "net_gain_cents", "oldest_days")]
    assert figures == [2, 150_000, 15_000, 14_200, 30]
    assert chosen[["step", "is_today", "rank"]].iloc[0].tolist() == ["call", True, 1]


def test_money_not_applied_is_taken_off():
    customers = customers_of({"unapplied_cents": 40_000})
    _, options, _ = made_of(items_of({}), customers, shares((0.2, 0.36, 0.5, 0.6, 0.7)))
    call = options.set_index("step").loc["call"]
    assert [call["amount_cents"], call["gain_cents"]] == [60_000, 6_000]


def test_a_full_day_serves_who_gains_most_over_the_mail_and_the_other_waits():
    # C0: 1 000 €, C1: 3 000 € but half as likely to move; call 0.10 and 0.5 × 0.64 … by survival
    items = items_of({}, {"customer_id": "C1", "open_cents": 300_000})
    paid = shares((0.2, 0.36, 0.5, 0.6, 0.7), (0.0, 0.02, 0.05, 0.1, 0.2))
    _, options, chosen = made_of(items, customers_of({}, {}), paid)
    gains = options[options["step"] == "call"].set_index("customer_id")["net_gain_cents"]
    # 300 000 × 0.95 × (1 − 0.98^0.5) = 2 864; less 800
    assert gains.tolist() == pytest.approx([9_200, 2_064], abs=1)
    steps = chosen.set_index("customer_id")
    assert steps.loc["C0", "step"] == "call"
    assert [steps.loc["C1", "step"], steps.loc["C1", "next_step"]] == ["email", "call"]


def test_who_waits_without_a_milder_step_has_a_day_in_the_queue():
    policy = DunningPolicy(steps=(CALL,), min_amount=10)
    items = items_of(*({"customer_id": f"C{n}", "open_cents": 100_000 * (n + 1)} for n in range(3)))
    paid = shares(*[(0.2, 0.36, 0.5, 0.6, 0.7)] * 3)
    _, _, chosen = made_of(items, customers_of({}, {}, {}), paid, policy)
    assert chosen["customer_id"].tolist() == ["C2", "C1", "C0"]
    assert chosen["is_today"].tolist() == [True, False, False]
    # 31 December 2024 is a Tuesday; 1 January is a holiday
    assert [str(day.date()) for day in chosen["do_by"]] == ["2024-12-31", "2025-01-02", "2025-01-03"]


def test_the_choice_is_the_best_of_all_choices_of_calls():
    rng = np.random.default_rng(5)
    policy = DunningPolicy(steps=(MAIL, CALL.model_copy(update={"per_day": 2})), min_amount=10)
    items = items_of(*({"customer_id": f"C{n}", "open_cents": int(cents)}
                       for n, cents in enumerate(rng.integers(20_000, 900_000, 6))))  # fmt: skip
    paid = shares(*np.sort(rng.random((6, 5)), axis=1).tolist())
    _, options, chosen = made_of(items, customers_of(*[{}] * 6), paid, policy)
    gain = options.pivot_table(index="customer_id", columns="step", values="net_gain_cents").fillna(0).clip(lower=0)
    best = max(
        sum(gain.loc[c, "call"] if c in called else gain.loc[c, "email"] for c in gain.index)
        for called in permutations(gain.index, 2)
    )
    assert chosen.loc[chosen["is_today"], "net_gain_cents"].sum() == pytest.approx(best)


def test_without_a_forecast_the_largest_amount_comes_first():
    items = items_of({}, {"customer_id": "C1", "open_cents": 300_000})
    _, _, chosen = made_of(items, customers_of({}, {}), shares((None,) * 5, (None,) * 5))
    assert chosen["customer_id"].tolist() == ["C1", "C0"]
    assert chosen["gain_cents"].isna().all()


def test_the_court_waits_for_a_formal_notice_where_actions_are_logged():
    policy = DunningPolicy(min_amount=10)
    items = items_of({"days_past_due": 120, "open_cents": 900_000})
    paid = shares((0.0, 0.01, 0.02, 0.03, 0.04))

    def steps(**said):
        _, options, _ = made_of(items, customers_of({"open_cents": 900_000, **said}), paid, policy)
        return set(options["step"]) & {"formal_notice", "court_order"}

    assert steps() == {"formal_notice", "court_order"}
    assert steps(has_log=True) == {"formal_notice"}
    assert steps(has_log=True, last_notice_on="2024-12-22") == {"court_order"}
    assert steps(has_log=True, last_notice_on="2024-12-23") == set()  # the eight days it gave are not over


def test_every_customer_with_something_overdue_has_one_line_and_its_reason():
    items = items_of(
        {}, {"customer_id": "C1", "dispute_date": "2024-12-01"}, {"customer_id": "C2", "days_past_due": -3},
        {"customer_id": "C3"},
    )  # fmt: skip
    customers = customers_of({}, {}, {}, {"state": "liquidation"})
    listed, _, chosen = made_of(items, customers, shares(*[(0.2, 0.36, 0.5, 0.6, 0.7)] * 4))
    owed = pd.DataFrame(
        {"customer_id": ["C3"], "claim_cents": [100_000], "later_cents": [0], "claim_items": [1],
         "claim_deadline": pd.to_datetime(["2025-02-10"]), "claim_status": ["open"], "gain_cents": [5_000.0]}
    )  # fmt: skip
    table = dunning_rows(chosen, listed, customers, owed, policy=POLICY)
    assert table["customer_id"].tolist() == ["C0", "C3", "C1"]
    assert table["step"].tolist() == ["call", "claim", "none"]
    assert table["stop"].fillna("").tolist() == ["", "procedure", "dispute"]
    assert table["overdue_cents"].tolist() == [100_000] * 3
    said = dunning_reasons(table, owed, listed, currency="EUR", policy=POLICY)
    assert str(said[0][0]).startswith("1 invoice of 1,000.00 EUR overdue, the oldest by 30 days: 50 % expected")
    assert "declare what was owed before the judgment, by 2025-02-10" in str(said[1][0])
    assert "settle the dispute" in str(said[2][0])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"until_days": 1}, "not before"),
        ({"from_days": -5}, "not both"),
        ({"uplift": 3.0}, "uplift lies between"),
        ({"answer": 0.1}, "answer lies between"),
    ],
)
def test_a_step_that_contradicts_itself_is_refused(change, said):
    with pytest.raises(ValidationError, match=said):
        DunningStep(**{**CALL.model_dump(), **change})


def test_steps_come_once_and_in_order():
    with pytest.raises(ValidationError, match="in the order"):
        DunningPolicy(steps=(CALL, MAIL))
    assert [step.step for step in DunningPolicy().steps] == list(STEPS)
