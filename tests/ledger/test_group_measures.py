"""Measures of a group are those of a ledger that holds its customers alone, at every date."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskkit.ledger.book import Book
from riskkit.ledger.group_measures import FOLLOWED, UNKNOWN, dimensions_of, group_measures
from riskkit.ledger.snapshot import choose_terms, measure_history, strike_history
from riskkit.policy import Policy
from tests.ledger.ledgers import DAY0, book_of, random_lines, reading_of

OWN = {"name": "x_share", "label": "X", "unit": "share", "formula": "overdue_amount / open_items_amount"}
POLICY = Policy.model_validate({"measures": {"own": [OWN]}})
AS_OF = DAY0 + dt.timedelta(560)
GROUPS = pd.DataFrame({"customer_id": [f"C{n}" for n in range(6)], "region": ["N", "N", "S", "S", "S", None]})


def _groups(lines):
    book = book_of(lines, policy=POLICY)
    terms = choose_terms(book, as_of=AS_OF, policy=POLICY)
    history = strike_history(book, as_of=AS_OF, policy=POLICY, terms=terms)
    table = group_measures(book, history.sums, GROUPS, dimensions=["region"], dates=history.dates, policy=POLICY)
    return table, terms


@pytest.mark.parametrize("seed", range(2))
def test_a_group_is_measured_as_a_ledger_of_its_own(seed):
    lines = random_lines(seed)
    table, terms = _groups(lines)
    for group, customers in (("N", ["C0", "C1"]), ("S", ["C2", "C3", "C4"]), (UNKNOWN, ["C5"])):
        # coverage is that of the whole ledger: a group that begins later is measured over the same windows
        alone = reading_of([x for x in lines if x.customer in customers]).changed(
            coverage_start=min(x.day for x in lines)
        )
        book = Book.from_reading(alone, policy=POLICY)
        expected = measure_history(book, as_of=AS_OF, policy=POLICY, terms=terms).set_index(["as_of", "measure"])
        found = table[table["group"] == group].set_index(["as_of", "measure"])
        assert len(found)
        last = pd.Timestamp(AS_OF)
        assert "x_share" in found.loc[last].index
        for key, row in found.iterrows():
            want = expected.loc[key]
            assert row["value"] == pytest.approx(want["value"], nan_ok=True), (group, key)
            assert (row["reason"] == want["reason"]) or (pd.isna(row["reason"]) and pd.isna(want["reason"]))
        assert set(found.index.get_level_values("measure")) >= set(FOLLOWED)


def test_amounts_of_groups_add_up_to_the_portfolio():
    lines = random_lines(9)
    table, terms = _groups(lines)
    whole = measure_history(book_of(lines, policy=POLICY), as_of=AS_OF, policy=POLICY, terms=terms)
    for name in ("receivables_amount", "overdue_amount", "sales_12m_amount", "customers_count"):
        groups = table[table["measure"] == name].groupby("as_of")["value"].sum()
        total = whole[whole["measure"] == name].set_index("as_of")["value"]
        assert groups.to_dict() == pytest.approx(total.reindex(groups.index).to_dict())


def test_columns_that_name_customers_make_no_groups():
    customers = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "name": ["A", "B", "B"],
            "section": ["F", "F", "C"],
            "x_region": ["N", "N", "N"],
            "is_catch_all": [False, True, False],
            "x_note": [f"n{i}" for i in range(3)],
        }
    )
    assert dimensions_of(customers, largest=2) == ["section", "is_catch_all"]
