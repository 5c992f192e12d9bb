"""Segments by hand: the three axes at their edges, the order of the rules, the 2×2 place."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pandas as pd
import pytest
from pydantic import ValidationError

from riskkit.decisions.segments import SEGMENTS, STRATEGIES, segment_customers, segment_notes, strategy_of
from riskkit.exhibits.language import language
from riskkit.policy_segments import RULES, SHIPPED, SegmentRule, SegmentsPolicy

AS_OF, START = dt.date(2024, 12, 31), dt.date(2022, 1, 1)
OLD = pd.Timestamp("2022-01-10")
CUSTOMER = {
    "name": "X", "is_catch_all": False, "profile": "punctual", "risk_level": "low", "sales_12m_cents": 100_00,
    "first_date": OLD, "open_cents": 10_00, "overdue_cents": 1_00,
}  # fmt: skip


def segments_of(*customers, **rules):
    rows = [{**CUSTOMER, "customer_id": f"C{rank}", **each} for rank, each in enumerate(customers)]
    facts = pd.DataFrame(rows).astype({"first_date": "datetime64[us]"})
    before = facts.copy(deep=True)
    made = segment_customers(facts, coverage_start=START, as_of=AS_OF, policy=SegmentsPolicy(**rules))
    pd.testing.assert_frame_equal(facts, before)
    return made


def test_key_customers_are_the_fewest_that_make_half_of_the_sales():
    # 40 + 30 + 20 + 10: the first two pass 50
    made = segments_of(*({"sales_12m_cents": cents} for cents in (2000, 4000, 1000, 3000)))
    assert made["relation"].tolist() == ["regular", "key", "regular", "key"]
    assert made["value"].tolist() == ["low", "high", "low", "high"]


def test_a_catch_all_account_is_neither_key_nor_counted():
    made = segments_of({"sales_12m_cents": 900, "is_catch_all": True}, {"sales_12m_cents": 60}, {"sales_12m_cents": 40})
    assert made["relation"].tolist() == ["regular", "key", "regular"]
    assert made["segment"].iloc[0] == "catch_all"


@pytest.mark.parametrize(
    ("first", "sold", "relation"),
    [
        ("2024-01-02", 1, "new"),  # 364 days before
        ("2024-01-01", 1, "regular"),  # 365 days
        ("2022-04-03", 1, "regular"),
        (None, 1, "regular"),
        ("2024-06-01", 0, "dormant"),
    ],
)
def test_relations_at_their_edges(first, sold, relation):
    made = segments_of({"sales_12m_cents": 10_000}, {"first_date": pd.Timestamp(first), "sales_12m_cents": sold})
    assert made["relation"].iloc[1] == relation


def test_who_was_there_from_the_start_of_a_short_ledger_is_not_new():
    facts = pd.DataFrame([{**CUSTOMER, "customer_id": "A", "sales_12m_cents": 10_000, "first_date": OLD},
                          {**CUSTOMER, "customer_id": "B", "sales_12m_cents": 1, "first_date": OLD}])  # fmt: skip
    made = segment_customers(facts, coverage_start=START, as_of=dt.date(2022, 6, 30), policy=SegmentsPolicy())
    assert made["relation"].tolist() == ["key", "regular"]


@pytest.mark.parametrize(
    ("profile", "level", "is_key", "segment", "risk"),
    [
        ("punctual", "high", True, "critical", "high"),
        ("punctual", "high", False, "protect", "high"),
        ("very_late", "low", False, "firm", "high"),
        ("irregular", "moderate", True, "negotiate", "low"),
        ("late", "low", False, "remind", "low"),
        ("unknown", "low", False, "observe", "low"),
        ("unknown", "unknown", False, "observe", "unknown"),
        ("punctual", "unknown", False, "observe", "low"),
        ("punctual", "low", True, "develop", "low"),
        ("slightly_late", "moderate", True, "trust", "low"),
        ("punctual", "low", False, "trust", "low"),
    ],
)
def test_the_first_rule_that_fits_gives_the_segment(profile, level, is_key, segment, risk):
    made = segments_of({"profile": profile, "risk_level": level, "sales_12m_cents": 900 if is_key else 100},
                       {"sales_12m_cents": 100 if is_key else 900})  # fmt: skip
    assert made.loc[0, ["segment", "risk"]].tolist() == [segment, risk]


def test_every_customer_has_a_segment_with_a_strategy_in_french():
    cases = product(SegmentsPolicy().behaviours, ("low", "moderate", "high", "unknown"), (0, 100))
    made = segments_of(*({"profile": p, "risk_level": r, "sales_12m_cents": s} for p, r, s in cases))
    assert set(made["segment"]) <= set(SHIPPED)
    texts = {segment: language("fr").say(STRATEGIES[segment]) for segment in (*SHIPPED, "catch_all")}
    assert len(set(texts.values())) == len(texts)
    conformed = SEGMENTS.conform(made.assign(strategy=made["segment"].map(texts)))
    assert len(conformed) == len(made)


def test_a_rule_of_ones_own_says_its_strategy():
    own = SegmentRule(segment="vip", relation=("key",), strategy="Appeler le directeur")
    policy = SegmentsPolicy(rules=(own, *RULES))
    assert strategy_of("vip", policy=policy) == "Appeler le directeur"
    assert segments_of({}, rules=(own, *RULES))["segment"].tolist() == ["vip"]


@pytest.mark.parametrize(
    ("rules", "fault"),
    [(RULES[:-1], "last rule"), ((SegmentRule(segment="vip", relation=("key",)), *RULES), "no strategy")],
)
def test_rules_that_leave_somebody_out_or_say_nothing_are_refused(rules, fault):
    with pytest.raises(ValidationError, match=fault):
        SegmentsPolicy(rules=rules)


def test_key_customers_at_risk_are_said_with_their_money():
    made = segments_of({"risk_level": "high", "sales_12m_cents": 900_00}, {"sales_12m_cents": 100_00})
    [note] = segment_notes(made, currency="EUR")
    assert "1, who bought 900.00 EUR over twelve months and owe 10.00 EUR, of which 1.00 EUR" in str(note)
    assert segment_notes(made.iloc[1:], currency="EUR") == ()
