"""What customers owed and bought month by month: by hand, and by striking each date on its own."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from riskkit.ledger.snapshot import choose_terms, measure_history, strike, strike_history
from riskkit.policy import Policy
from tests.ledger.ledgers import book_of, invoice, payment, random_lines

POLICY = Policy()


def months_of(book, as_of):
    terms = choose_terms(book, as_of=as_of, policy=POLICY, terms="30")
    history = strike_history(book, as_of=as_of, policy=POLICY, terms=terms)
    return history.measures, history.months


def test_each_month_end_says_what_was_known_then():
    book = book_of(
        [
            invoice("A", "C1", "2024-01-10", 10_000, "2024-02-09"),
            invoice("B", "C2", "2024-02-05", 4_000, "2024-03-06"),
            payment("P", "C1", "2024-02-20", 6_000, reference="A"),
            payment("Q", "C2", "2024-03-10", 5_000, reference="B"),
        ]
    )
    months = months_of(book, dt.date(2024, 3, 15))[1].set_index(["as_of", "customer_id"])
    assert set(months.index.get_level_values(0).strftime("%Y-%m-%d")) == {"2024-01-31", "2024-02-29", "2024-03-15"}
    january = months.loc[(pd.Timestamp("2024-01-31"), "C1")]
    assert (january["not_due_cents"], january["receivables_cents"], january["sales_cents"]) == (10_000, 10_000, 10_000)
    # 29 February: A is 20 days past due, 10 000 − 6 000 of it left; B is not due
    february = months.loc[(pd.Timestamp("2024-02-29"), "C1")]
    assert (february["d1_30_cents"], february["sales_cents"]) == (4_000, 0)
    # 15 March: A is 35 days past due; C2 paid 1 000 too much
    march = months.loc[pd.Timestamp("2024-03-15")]
    assert march.loc["C1", "d31_60_cents"] == 4_000
    assert march.loc["C2", "receivables_cents"] == -1_000


@pytest.mark.parametrize("seed", [1, 2])
def test_sums_are_those_of_a_run_at_each_date(seed):
    book = book_of(random_lines(seed))
    as_of = dt.date(2022, 9, 17) if book.coverage_start.year < 2022 else book.latest_date
    measures, months = months_of(book, as_of)
    wide = measures.pivot_table(index="as_of", columns="measure", values="value")
    sums = months.groupby("as_of").sum(numeric_only=True)
    buckets = [name for name in sums if name not in ("receivables_cents", "sales_cents")]
    assert (sums["receivables_cents"] / 100).to_list() == pytest.approx(wide["receivables_amount"].to_list())
    assert (sums[buckets].sum(axis=1) / 100).to_list() == pytest.approx(wide["open_items_amount"].to_list())
    day = sums.index[len(sums) // 2].date()
    terms = choose_terms(book, as_of=as_of, policy=POLICY, terms="30")
    ageing = strike(book, as_of=day, policy=POLICY, terms=terms).ageing.set_index("customer_id")
    then = months[months["as_of"] == pd.Timestamp(day)].set_index("customer_id").loc[ageing.index]
    assert (then[buckets] == ageing[buckets]).all(axis=None)
    assert measures.equals(measure_history(book, as_of=as_of, policy=POLICY, terms=terms))
