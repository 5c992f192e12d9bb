"""What moved an amount: by hand, by an independent Shapley value, and as properties."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskkit.ledger.change_effects import (
    Position,
    amount_effects,
    change_factors,
    days_effects,
    effects_by_customer,
    split_change,
    whole_units,
)

Cells = dict[tuple[str, int], tuple[int, int]]


def position(cells: Cells, rest: dict[str, int] | None = None, *, days: int = 365) -> Position:
    """From billing and amount owed by customer and block."""
    rows = [(customer, block, sold, owed) for (customer, block), (sold, owed) in cells.items()]
    frame = pd.DataFrame(rows, columns=["customer_id", "block", "sales_cents", "owed_cents"])
    return Position(frame, pd.Series(rest or {}, dtype="int64"), days)


def effects(before: Position, after: Position) -> dict[str, float]:
    parts = amount_effects(split_change(change_factors(before, after)))
    return {name: float(value[0]) for name, value in parts.items()}


def nearly(**expected: float) -> object:
    names = ("volume", "calendar", "mix", "behaviour", "old", "window")
    return pytest.approx({name: expected.get(name, 0.0) for name in names}, abs=1e-9)


def test_growth_of_the_customer_who_owes_most_is_volume_and_mix() -> None:
    before = position({("A", 0): (100, 50), ("B", 0): (100, 10)})
    after = position({("A", 0): (300, 150), ("B", 0): (100, 10)})
    # billing 200 → 400 at a mean level of (60/200 + 160/400) / 2 = 0.35: 70; A weighs 0.50 → 0.75, B 0.50 → 0.25:
    # (0.25 × 0.5 − 0.25 × 0.1) × mean billing 300 = 30; in all 160 − 60 = 100
    assert effects(before, after) == nearly(volume=70, mix=30)
    # told against the mean level 0.35: A 0.25 × (0.5 − 0.35), B −0.25 × (0.1 − 0.35)
    by_customer = effects_by_customer(change_factors(before, after))
    assert dict(by_customer["mix"]) == pytest.approx({"A": 0.0375, "B": 0.0625})
    # DSO: 60/200 × 365 = 109.5 → 160/400 × 365 = 146; growth alone moves nothing
    days = days_effects(split_change(change_factors(before, after)), days=(365, 365))
    assert {name: float(value[0]) for name, value in days.items()} == nearly(mix=36.5)


def test_the_same_billing_paid_later_is_behaviour() -> None:
    before = position({("A", 0): (100, 50), ("B", 0): (100, 10)})
    after = position({("A", 0): (100, 50), ("B", 0): (100, 30)})
    assert effects(before, after) == nearly(behaviour=20)
    assert dict(effects_by_customer(change_factors(before, after))["behaviour"]) == pytest.approx({"A": 0, "B": 0.1})


def test_billing_closer_to_the_date_is_calendar() -> None:
    before = position({("A", 0): (100, 100), ("A", 1): (100, 20)})
    after = position({("A", 0): (150, 150), ("A", 1): (50, 10)})
    # the last month weighs 0.50 → 0.75, all of it owed; the month before 0.50 → 0.25, a fifth owed:
    # (0.25 − 0.05) × 200 = 40
    assert effects(before, after) == nearly(calendar=40)


def test_who_comes_or_goes_is_mix_and_older_items_and_payments_are_apart() -> None:
    before = position({("A", 0): (100, 20), ("B", 0): (100, 20)}, {"A": 30})
    after = position({("A", 0): (100, 20), ("C", 0): (100, 40)}, {"A": 10, "B": -5})
    # B (0.5 × 0.2) left, C (0.5 × 0.4) came: 0.1 × 200 = 20; rest 30 → 5
    assert effects(before, after) == nearly(mix=20, old=-25)


def test_a_shorter_window_is_an_effect_of_its_own() -> None:
    held = position({("A", 0): (100, 20)})
    days = days_effects(split_change(change_factors(held, held)), days=(365, 180))
    # level 0.2 × (180 − 365)
    assert {name: float(value[0]) for name, value in days.items()} == nearly(window=-37)


def test_cents_that_do_not_divide_go_where_most_was_cut() -> None:
    assert whole_units({"a": 1.5, "b": 1.25, "c": -0.75}, 2) == {"a": 2, "b": 1, "c": -1}
    with pytest.raises(ValueError, match="do not add up"):
        whole_units({"a": 1.0}, 5)


amounts = st.integers(0, 90_000_00)
customers = st.dictionaries(
    st.tuples(st.sampled_from("ABCDE"), st.integers(0, 3)), st.tuples(st.integers(1, 90_000_00), amounts),
    min_size=1, max_size=12,
)  # fmt: skip
rests = st.dictionaries(st.sampled_from("ABCDEF"), st.integers(-5_000_00, 5_000_00), max_size=4)


@given(customers, rests, customers, rests)
def test_effects_add_up_to_the_change_to_the_cent_and_to_the_micro_day(
    cells_0: Cells, rest_0: dict[str, int], cells_1: Cells, rest_1: dict[str, int]
) -> None:
    before, after = position(cells_0, rest_0), position(cells_1, rest_1, days=300)
    change = after.owed_cents - before.owed_cents
    parts = split_change(change_factors(before, after))
    found = {name: float(value[0]) for name, value in amount_effects(parts).items()}
    assert math.isclose(sum(found.values()), change, abs_tol=1e-2)
    assert sum(whole_units(found, change).values()) == change
    dso = [held.owed_cents / held.sales_cents * held.days for held in (before, after)]
    days = {name: float(value[0]) for name, value in days_effects(parts, days=(365, 300)).items()}
    assert math.isclose(sum(days.values()), dso[1] - dso[0], rel_tol=1e-9, abs_tol=1e-6)
    back = amount_effects(split_change(change_factors(after, before)))
    assert {name: -float(value[0]) for name, value in back.items()} == pytest.approx(found, abs=1e-2)
    by_customer = effects_by_customer(change_factors(before, after)).sum()
    for name in ("calendar", "mix", "behaviour", "old"):
        assert by_customer[name] == pytest.approx(float(parts[name][0]), abs=1e-9)


@given(customers, customers)
def test_effects_are_those_of_an_independent_shapley_value(cells_0: Cells, cells_1: Cells) -> None:
    """Plain dictionaries, every order of the three factors, each moved one after the other."""
    factors = change_factors(position(cells_0), position(cells_1))
    found = {name: float(value[0]) for name, value in split_change(factors).items()}

    def factor(cells: Cells, other: Cells) -> tuple[dict[str, float], dict[object, float], dict[object, float]]:
        whole = sum(sold for sold, _ in cells.values())
        billed = {c: sum(sold for (who, _), (sold, _) in cells.items() if who == c) for c, _ in {*cells, *other}}
        lent = {c: sum(sold for (who, _), (sold, _) in other.items() if who == c) for c, _ in {*cells, *other}}
        weight = {c: billed[c] / whole for c in billed}
        share, owed = {}, {}
        for key in {*cells, *other}:
            of, total = (cells, billed) if billed[key[0]] else (other, lent)
            share[key] = of.get(key, (0, 0))[0] / total[key[0]]
            sold, left = cells.get(key) or other[key]
            owed[key] = left / sold
        return weight, share, owed

    dates = factor(cells_0, cells_1), factor(cells_1, cells_0)

    def level(of: tuple[int, int, int]) -> float:
        weight, share, owed = dates[of[0]][0], dates[of[1]][1], dates[of[2]][2]
        return sum(weight[key[0]] * share[key] * owed[key] for key in share)

    expected = dict.fromkeys(("mix", "calendar", "behaviour"), 0.0)
    for order in itertools.permutations(range(3)):
        state = [0, 0, 0]
        for moved in order:
            was = level((state[0], state[1], state[2]))
            state[moved] = 1
            expected[("mix", "calendar", "behaviour")[moved]] += (level((state[0], state[1], state[2])) - was) / 6
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(customers, rests, st.integers(2, 9))
def test_growth_of_everything_is_volume_only(cells: Cells, rest: dict[str, int], times: int) -> None:
    grown = {key: (times * sold, times * owed) for key, (sold, owed) in cells.items()}
    before, after = position(cells, rest), position(grown, {key: times * value for key, value in rest.items()})
    found = effects(before, after)
    assert found.pop("volume") == pytest.approx(after.owed_cents - before.owed_cents, abs=1e-2)
    assert found == pytest.approx(dict.fromkeys(found, 0.0), abs=1e-2)


def test_drawing_each_customer_once_is_the_change_itself() -> None:
    before = position({("A", 0): (100, 50), ("B", 1): (100, 10)}, {"B": 7})
    after = position({("A", 0): (300, 90), ("B", 0): (100, 10)}, {"A": -4})
    factors = change_factors(before, after)
    drawn = split_change(factors, np.ones((3, 2)))
    for name, value in split_change(factors).items():
        assert list(drawn[name]) == pytest.approx([float(value[0])] * 3)
