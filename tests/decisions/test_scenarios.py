"""What-if by hand (an invoice a day), its properties, and a planted change of terms predicted from before it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from benchmarks.what_if_cases import SPEC, make_case, read_pass_through
from riskkit.decisions import scenario_replay
from riskkit.decisions.scenario_ahead import OpenNow, ahead_of, pays_monthly
from riskkit.decisions.scenario_replay import play
from riskkit.decisions.scenario_tables import UNITS
from riskkit.decisions.scenario_words import lever_words, scenario_note, target_words
from riskkit.decisions.scenarios import (
    Company,
    Played,
    blocked_share,
    members_of,
    sales_growth,
    scenario_rows,
    week_rows,
)
from riskkit.models.pass_through import NEVER, Billing, pass_through
from riskkit.policy_scenarios import Range, Scenario, ScenariosPolicy
from riskkit.sources.quality_terms import legal_term

AS_OF = dt.date(2024, 6, 30)
DAY = AS_OF.toordinal()
NOTHING_OPEN = OpenNow(np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros((0, 5)))
SHARES = ("pass_through", "followers_share", "discount_takers_share", "dunning_gain_share", "lost_sales_share")


def daily(*, days=800, terms=60, late=0, cents=1_000_00, customer=0):
    """An invoice a day of 1 000, due after `terms`, paid `late` days after, as known at `AS_OF`."""
    issue = np.arange(DAY - days + 1, DAY + 1)
    paid = issue + terms + late
    whole = np.ones(days, dtype=np.int64)
    return Billing(customer * whole, issue, issue + terms, np.where(paid <= DAY, paid, NEVER), cents * whole)


def certain(**values):
    return {name: Range(middle=(value := values.get(name, 0.0)), low=value, high=value) for name in SHARES}


@pytest.fixture
def no_chance(monkeypatch):
    """Every invoice of the weeks ahead comes once, at its weight."""
    monkeypatch.setattr(
        scenario_replay, "_weights",
        lambda ahead, growth, spread, count, generator: np.tile(growth * ahead.weight, (count, 1)),
    )  # fmt: skip


def played(scenario, billing, *, opened=NOTHING_OPEN, growth=1.0, blocked=0.0, **values):
    ahead = ahead_of(billing, scenario, as_of=AS_OF, seed=1)
    return play(ahead, opened, scenario, blocked=np.array([blocked]), growth=growth, reactions=certain(**values),
                policy=ScenariosPolicy(draws=100), seed=1)  # fmt: skip


def euros(values):
    assert np.ptp(values) == pytest.approx(0, abs=1)
    return float(values[0]) / 100


def test_shorter_terms_bring_the_money_of_as_many_days_sooner(no_chance):
    # at day 91, invoices of 61 days are paid at 30 days instead of those of 31 days at 60: 30 × 1 000
    effects = played(Scenario(name="s", terms="30"), daily(), pass_through=1.0)
    assert euros(effects.freed[:, -1]) == 30_000
    assert euros(effects.freed[:, 3]) == 0  # nothing of the new terms is due by day 28
    assert euros(effects.freed[:, 4]) == 5_000  # day 35: invoices of days 1 to 5
    assert euros(effects.receivables[:, -1]) == -30_000
    assert euros(effects.long_run) == 30_000


@pytest.mark.parametrize(("followed", "freed", "overdue"), [(0.0, 0, 29_000), (0.5, 15_000, 14_000), (1.0, 30_000, 0)])
def test_customers_follow_as_far_as_they_do_and_what_they_do_not_is_overdue(no_chance, followed, freed, overdue):
    # due before day 91 at 30 days: invoices 1 to 60 (due today is not overdue); those from 32, 47 or 61 are not paid
    effects = played(Scenario(name="s", terms="30"), daily(), pass_through=followed)
    assert euros(effects.freed[:, -1]) == freed
    assert euros(effects.overdue[:, -1]) == overdue


def test_a_deposit_comes_with_the_order(no_chance):
    # half of the invoices ordered since, those of days 31 to 91; that of day 31 would have been paid: 61 − 1 halves
    effects = played(Scenario(name="s", deposit_share=0.5), daily(), followers_share=1.0)
    assert euros(effects.freed[:, -1]) == 30_000


def test_a_discount_brings_money_early_and_costs_its_rate(no_chance):
    # paid at 8 days: 83 invoices at 98 % instead of 31 whole ones; 2 % of 91 invoices is given up
    effects = played(Scenario(name="s", discount_rate=0.02), daily(), discount_takers_share=1.0)
    assert euros(effects.freed[:, -1]) == pytest.approx(83 * 980 - 31 * 1_000)
    assert euros(effects.discount_cost) == pytest.approx(1_820)


def test_dunning_saves_part_of_the_days_late_and_nothing_of_what_is_on_time(no_chance):
    # 20 days late, half saved: at day 91, invoices of 21 days against those of 11
    assert (
        euros(played(Scenario(name="s", dunning=True), daily(late=20), dunning_gain_share=0.5).freed[:, -1]) == 10_000
    )
    assert euros(played(Scenario(name="s", dunning=True), daily(), dunning_gain_share=0.5).freed[:, -1]) == 0


def test_dunning_also_brings_open_items_sooner(no_chance):
    # 1 000 overdue, half of it expected at day 28: at twice the pace that half is there at day 14
    opened = OpenNow(np.array([1_000_00.0]), np.array([0]), np.array([[0.0, 0.0, 0.5, 0.5, 0.5]]))
    effects = played(Scenario(name="s", dunning=True), daily(), opened=opened, dunning_gain_share=0.5)
    assert euros(effects.freed[:, 1]) == 500
    assert euros(effects.freed[:, 3]) == 0


def test_lost_sales_cost_their_cash_and_are_counted(no_chance):
    # a tenth of 91 invoices is not sold; 61 would be paid by day 91
    effects = played(Scenario(name="s", terms="30"), daily(), pass_through=1.0, lost_sales_share=0.1)
    assert euros(effects.lost_sales) == pytest.approx(9_100)
    assert euros(effects.freed[:, -1]) == pytest.approx(61_000 * 0.9 - 31_000)
    assert euros(effects.receivables[:, -1]) == pytest.approx(-(54_900 - 31_000) - 9_100)


def test_twice_the_money_is_twice_the_effect_and_days_stay():
    scenario = Scenario(name="s", terms="30", dunning=True)
    once, twice = (played(scenario, daily(late=9, cents=cents), pass_through=0.6, dunning_gain_share=0.3)
                   for cents in (1_000_00, 2_000_00))  # fmt: skip
    np.testing.assert_allclose(twice.freed, 2 * once.freed)


def test_terms_already_shorter_are_kept(no_chance):
    assert euros(played(Scenario(name="s", terms="45"), daily(terms=30), pass_through=1.0).freed[:, -1]) == 0


def test_who_pays_on_one_day_of_the_month_is_seen():
    ends = pd.date_range("2023-01-31", periods=12, freq="ME")
    paid = np.array([day.toordinal() for day in ends])
    whole = np.ones(12, dtype=np.int64)
    monthly = Billing(0 * whole, paid - 60, paid - 30, paid, whole)
    spread = daily(customer=1)
    both = Billing(*(np.concatenate([getattr(monthly, name), getattr(spread, name)])
                     for name in ("customer", "issue", "due", "paid", "cents")))  # fmt: skip
    assert pays_monthly(both).tolist() == [True, False]


def test_growth_is_drawn_half_way_and_unknown_is_none():
    assert sales_growth(daily(days=300), as_of=DAY) == 1.0
    assert sales_growth(daily(), as_of=DAY) == 1.0
    issue = daily().issue
    doubled = replace(daily(), cents=np.where(issue > DAY - 91, 1_210_00, 1_000_00))
    assert sales_growth(doubled, as_of=DAY) == pytest.approx(1.1)


FACTS = pd.DataFrame({
    "customer_id": ["A", "B", "C", "D"], "name": ["A", "B", "C", "D"], "is_catch_all": [False, False, False, True],
    "section": ["F", "C", None, "F"], "division": ["41", "25", None, "41"], "segment": ["firm", "trust", "firm", "x"],
    "risk_level": ["high", "low", "unknown", "high"], "overdue_cents": [100, 50, 900, 9_000],
    "sales_12m_cents": [365_000_00, 1, 1, 1], "net_exposure_cents": [8_000_00, 0, 0, 0],
    "limit_cents": pd.array([10_000_00, None, 0, None], dtype="Int64"),
    "current_limit_cents": pd.array([None, None, None, None], dtype="Int64"),
    "expected_loss_cents": [4_000_00, 0, 0, 0], "beyond_law_count": [2, 0, 0, 0],
})  # fmt: skip


@pytest.mark.parametrize(
    ("target", "value", "inside"),
    [("all", "", "ABC"), ("section", "C", "B"), ("largest_overdue_section", "", "A"), ("segment", "firm", "AC"),
     ("customer", "C", "C"), ("risk_level", "high", "A"), ("division", "25", "B")],
)  # fmt: skip
def test_scenarios_concern_whom_they_name_and_no_account_of_one_off_customers(target, value, inside):
    members = members_of(Scenario(name="s", terms="30", target=target, value=value), FACTS)
    assert "".join(FACTS.loc[members, "customer_id"]) == inside


def test_a_smaller_limit_stops_what_goes_beyond_it():
    # owes 8 000; half of 10 000 is 5 000: 3 000 beyond, of 91 000 bought in 13 weeks
    share = blocked_share(FACTS, Scenario(name="s", limit_factor=0.5))
    assert share[0] == pytest.approx(3_000 / 91_000)
    assert share[1:].tolist() == [0.0, 0.0, 0.0]


def rows_of(scenario, **values):
    company = Company(AS_OF, 60_000_00, 365_000_00, 0.2, 0.06, 0.95, 1)
    effects = played(scenario, daily(), **values)
    done = Played(scenario, np.array([0]), effects)
    rows = scenario_rows(done, FACTS, title="T", legal=legal_term("general"), company=company, policy=ScenariosPolicy())
    return rows.set_index("measure"), week_rows(done, company=company)


def test_every_measure_by_hand(no_chance):
    rows, weeks = rows_of(Scenario(name="s", terms="30"), pass_through=1.0)
    assert list(rows.index) == list(UNITS)
    # 1 000 a day: 30 000 less is 30 days of DSO, 36 days of sales without tax
    assert rows.loc["dso_days", ["base", "change"]].tolist() == pytest.approx([60.0, -30.0])
    assert rows.loc["bfr_days", "change"] == pytest.approx(-36.0)
    assert rows.loc["cash_13w_amount", "change"] == 30_000
    # what the customer owes of the weeks ahead falls from 60 000 to 30 000: half of its loss
    assert rows.loc["target_loss_share", "change"] == pytest.approx(-0.5)
    assert rows.loc["margin_cost_13w_amount", "change"] == 0
    assert rows.loc["legal_risk_count", ["base", "change"]].tolist() == [1.0, -1.0]
    assert weeks["freed_cents"].tolist()[-1] == 30_000_00
    assert weeks["week_end"].iloc[-1].date() == AS_OF + dt.timedelta(days=91)


def test_unlawful_terms_put_every_customer_at_risk(no_chance):
    rows, _ = rows_of(Scenario(name="s", terms="75", only_shorter=False), pass_through=1.0)
    assert rows.loc["legal_risk_count", "change"] == 0  # it was already
    assert rows.loc["cash_13w_amount", "change"] == -15_000


def test_sentences_have_figures():
    rows, _ = rows_of(Scenario(name="s", terms="30"), pass_through=0.8)
    assert "of cash in 13 weeks" in str(scenario_note(rows.reset_index(), currency="EUR"))
    scenario = Scenario(name="s", terms="30", deposit_share=0.3, discount_rate=0.01, limit_factor=0.8, dunning=True)
    assert len(lever_words(scenario)) == 5
    assert str(target_words(scenario, section=None, section_label=None, name=None)) == "All customers"


def test_a_scenario_says_what_it_changes_and_whom():
    for wrong in ({}, {"terms": "30", "target": "section"}, {"terms": "30", "target": "risk_level", "value": "huge"}):
        with pytest.raises(ValidationError):
            Scenario(name="s", **wrong)
    with pytest.raises(ValidationError, match="at most 3"):
        ScenariosPolicy(compared=tuple(Scenario(name=f"s{rank}", dunning=True) for rank in range(4)))


def test_pass_through_is_read_from_customers_whose_terms_changed():
    parts = []
    for code in range(24):  # the first twelve go from 60 to 30 days a year ago and follow by 60 %
        own = daily(days=730, customer=code)
        own = own.only(np.arange(code % 7, 730, 9))
        changed = (own.issue > DAY - 365) & (code < 12)
        due = np.where(changed, own.issue + 30, own.due)
        paid = own.issue + 60 - np.where(changed, 18, 0) + (own.issue * 7 + code) % 11
        parts.append(replace(own, due=due, paid=np.where(paid <= DAY, paid, NEVER)))
    billing = Billing(*(np.concatenate([getattr(part, name) for part in parts])
                        for name in ("customer", "issue", "due", "paid", "cents")))  # fmt: skip
    assumed = Range(middle=0.9, low=0.5, high=1.0)
    found = pass_through(billing, as_of=DAY, assumed=assumed)
    assert (found.source, found.customers_count) == ("ledger", 12)
    assert found.value.middle == pytest.approx(0.6, abs=0.05)
    assert found.value.low <= 0.6 <= found.value.high
    few = pass_through(billing.only(billing.customer >= 10), as_of=DAY, assumed=assumed)
    assert (few.source, few.value) == ("policy", assumed)


def test_a_planted_change_of_terms_is_predicted_from_before_it():
    # the whole of it is `make bench NAME=what_if`: 100 seeds
    spec = replace(SPEC, customers=200, invoices=6_000)
    cases = [make_case(seed, spec=spec) for seed in range(500, 504)]
    assert sum(case.freed_inside for case in cases) >= 3
    assert all(case.freed > 0 and case.freed_low < case.freed < case.freed_high for case in cases)
    read = [read_pass_through(seed, spec=spec) for seed in range(500, 503)]
    assert sum(each.inside for each in read) >= 2
