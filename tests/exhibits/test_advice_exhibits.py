"""What-if, stress, terms and cover as people see them: findings, empty states, both languages."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.decisions.cover import COVER
from riskkit.decisions.scenario_tables import SCENARIO_ASSUMPTIONS, SCENARIO_WEEKS, SCENARIOS, UNITS
from riskkit.decisions.scenarios import REACTIONS
from riskkit.decisions.stress import STRESS
from riskkit.decisions.terms import TERMS
from riskkit.engine import amount_name
from riskkit.exhibits.advice_tables import cover_table, terms_table
from riskkit.exhibits.decision_card import decision_card
from riskkit.exhibits.figure import figure_svg, figure_title
from riskkit.exhibits.language import language as language_of
from riskkit.exhibits.plot_scenarios import plot_scenarios
from riskkit.exhibits.scenario_exhibits import ASSUMPTIONS, MEASURES, assumptions_table, change_text, scenarios_table
from riskkit.exhibits.stress_exhibits import plot_stress, stress_table


def shown(frame):
    """A table as a run holds it: amounts in currency units, under their own names."""
    cents = [name for name in frame.columns if name.endswith("_cents")]
    euros = frame.assign(**{name: frame[name].astype("Float64") / 100 for name in cents})
    return euros.rename(columns={name: amount_name(name) for name in cents})


def row(table, **values):
    blank = {"text": "x", "cents": 0, "integer": 0, "number": 0.0, "date": pd.Timestamp("2024-01-07"), "flag": False}
    made = {column.name: None if column.nullable else blank[column.kind] for column in table} | values
    return made


def of(table, *rows):
    return shown(table.conform(pd.DataFrame([row(table, **values) for values in rows])))


SCENARIO = of(SCENARIOS, *(
    {"scenario": name, "title": f"Scenario {name}", "customers_count": 3, "measure": measure, "unit": unit,
     "change": size, "low": size / 2, "high": size * 2}
    for name, size in (("one", 40_000.0), ("two", -3_000.0)) for measure, unit in UNITS.items()
))  # fmt: skip
WEEKS = of(SCENARIO_WEEKS, *(
    {"scenario": name, "week": week, "freed_cents": week * size, "freed_low_cents": week,
     "freed_high_cents": week * 900}
    for name, size in (("one", 500), ("two", -300)) for week in range(1, 14)
))  # fmt: skip
SHOCKS = of(
    STRESS,
    {"shock": "top_failure", "size": 1.0, "unit": "count", "missing_cents": 90_000_00, "title": "Failure of one"},
    {"shock": "sector_failure", "size": 3.0, "unit": "factor", "missing_cents": 40_000_00,
     "missing_low_cents": 1_000_00, "missing_high_cents": 80_000_00, "breaks_in_week": 6, "title": "Failures times 3"},
    {"shock": "reverse_delay", "size": 5.5, "unit": "days", "title": "How many days"},
    {"shock": "reverse_top", "size": 4.0, "unit": "count", "title": "How many debtors"},
)  # fmt: skip


def test_every_measure_and_assumption_has_its_words():
    assert list(MEASURES) == list(UNITS)
    assert set(ASSUMPTIONS) == {*REACTIONS, "sales_growth"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_scenarios_side_by_side(language):
    html = str(scenarios_table(SCENARIO, language=language))
    assert "Scenario one" in html
    assert "Scenario two" in html
    assert "+40" in html or "+€40" in html
    assert "−3" in html or "−€3" in html or "€−3" in html
    figure = plot_scenarios(WEEKS, SCENARIO, language=language)
    assert figure_title(figure).endswith("Scenario one")
    assert figure_svg(figure)


def test_a_scenario_that_concerns_nobody_is_named_and_not_drawn():
    nobody = SCENARIO.assign(customers_count=SCENARIO["scenario"].map({"one": 3, "two": 0}))
    html = str(scenarios_table(nobody, language="fr"))
    assert "Ne concerne aucun client de cette exécution\u00a0: Scenario two" in html
    assert html.count("<th ") == 2 + len(MEASURES)  # the measure, one scenario, and a line a measure
    assert len(plot_scenarios(WEEKS, nobody, language="fr").axes[0].lines) == 1
    alone = SCENARIO.assign(customers_count=0)
    assert "<table" not in str(scenarios_table(alone, language="fr"))
    assert figure_svg(plot_scenarios(WEEKS, alone, language="fr"))


def test_a_change_rounded_to_nothing_has_no_sign():
    row = pd.Series({"unit": "share", "change": -0.001, "low": -0.12, "high": 0.004})
    assert change_text(row, language_of("fr"), currency="EUR", brief=True) == "0\u00a0% [−12\u00a0%\u00a0; 0\u00a0%]"


def test_assumptions_say_where_they_come_from():
    table = of(SCENARIO_ASSUMPTIONS, {"assumption": "pass_through", "middle": 0.75, "low": 0.45, "high": 1.0,
                                      "source": "policy"})  # fmt: skip
    html = str(assumptions_table(table, language="fr"))
    assert "hypothèse (politique)" in html
    assert "75" in html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_stress_says_what_breaks(language):
    figure = plot_stress(SHOCKS, language=language)
    assert "4" in figure_title(figure)
    assert len(figure.axes[0].patches) == 2  # reverse shocks are no bars
    assert "Failures times 3" in str(stress_table(SHOCKS, language=language))


def test_nothing_to_show_is_said():
    assert "Aucun scénario" in str(scenarios_table(SCENARIO.head(0), language="fr"))
    assert figure_svg(plot_scenarios(WEEKS.head(0), SCENARIO.head(0), language="fr"))
    assert "Rien à encaisser" in str(stress_table(SHOCKS.head(0), language="fr"))
    assert figure_svg(plot_stress(SHOCKS.head(0), language="fr"))
    assert "convient" in str(terms_table(of(TERMS, {}), language="fr"))
    assert "Ni assurance" in str(cover_table(of(COVER, {}), language="fr"))


def test_an_answer_is_a_card_in_both_languages():
    record = {
        "verdict": "deposit", "customer_id": "C1", "siren": None, "name": "Durand <SA>", "amount": 12_000.0,
        "deposit_amount": 12_000.0, "terms_days": 0, "approver": "credit_manager", "limit_amount": 0.0,
        "used_before_amount": 10.0, "used_after_amount": 10.0, "expected_loss_amount": 5.0,
        "expected_loss_low_amount": 1.0, "expected_loss_high_amount": 9.0, "currency": "EUR", "reasons": ["Parce que"],
    }  # fmt: skip
    html = str(decision_card(record, language="fr"))
    assert "PAIEMENT AVANT LIVRAISON" in html
    assert "Durand &lt;SA&gt; (C1)" in html
    assert "Parce que" in html
    assert "ACCEPT WITH A DEPOSIT" in str(decision_card(record | {"deposit_amount": 1.0}, language="en"))


def test_terms_and_cover_show_most_money_first():
    terms = of(TERMS, {"name": "Small", "freed_cents": 100_00, "current_days": 60.0},
               {"name": "Large", "freed_cents": 900_00, "current_days": 60.0})  # fmt: skip
    html = str(terms_table(terms, language="fr"))
    assert html.index("Large") < html.index("Small")
    cover = of(COVER, {"name": "Insured", "is_insured_better": True, "reason": "R1"}, {"name": "Other"})
    html = str(cover_table(cover, language="en"))
    assert "Insured" in html
    assert "Other" not in html
