"""Dependence on few debtors, stability over month ends, positions, and the receivables matrix: by hand."""

import pandas as pd
import pytest

from riskkit.decisions.diagnosis import diagnosis_sentences
from riskkit.decisions.matrix import CELLS, place_company, strategy
from riskkit.exhibits.language import language
from riskkit.ledger.dependence import concentration_table
from riskkit.ledger.stability import with_stability
from riskkit.policy_drivers import MatrixPolicy
from tests.ledger.portfolios import attributed, grouping_of, positions, simulated


def told(concentration, **matrix):
    placed = place_company(**{"receivables_days": 70.0, "number": 2.5, "policy": MatrixPolicy(), **matrix})
    sentences = diagnosis_sentences(concentration, placed, currency="EUR")
    return [language("fr").say(s).replace("\u202f", " ").replace("\u00a0", " ") for s in sentences]


def four_debtors():
    """Debtor D1 has two accounts; DIVERS mixes one-off customers."""
    held = positions(("A1", 40_00, 10_00, 100), ("A2", 20_00, 0, 100), ("B", 30_00, 5_00, 500), ("C", 10_00, 0, 100),
                     ("DIVERS", 900_00, 900_00, 0))  # fmt: skip
    held["cash_12m_cents"] = [50_00, 10_00, 30_00, 5_00, 105_00]
    customers = pd.DataFrame({"debtor_id": ["D1", "D1", "B", "C", "DIVERS"], "is_catch_all": [False] * 4 + [True]})
    return concentration_table(held, customers).set_index("basis", drop=False)


def test_concentration_by_hand():
    # Debtors of open items: D1 60, B 30, C 10 of 100: HHI 0.36 + 0.09 + 0.01 = 0.46; 1 ÷ 0.46 = 2.17.
    row = four_debtors().loc["open_items"]
    assert row["debtors_count"] == 3
    assert row["total_cents"] == 1_000_00
    assert row["catch_all_cents"] == 900_00
    assert row["herfindahl"] == pytest.approx(0.46)
    assert row["effective_number"] == pytest.approx(1 / 0.46)
    assert row["top_1_share"] == pytest.approx(0.6)
    assert row["top_5_share"] == pytest.approx(1.0)
    assert (row["pareto_count"], row["pareto_amount_share"]) == (2, pytest.approx(0.9))
    # The largest debtor is named as its largest account; its loss: 60 open and 60 paid, of 200 received in the year.
    assert row["largest_debtor_id"] == "D1"
    assert row["largest_name"] == "Client A1"
    assert (row["largest_open_items_cents"], row["largest_cash_12m_cents"], row["cash_12m_cents"]) == (
        60_00,
        60_00,
        200_00,
    )
    assert row["largest_open_cash_share"] == pytest.approx(0.3)
    assert four_debtors().loc["sales_12m", "largest_debtor_id"] == "B"


def test_diagnosis_is_told():
    sentences = told(four_debtors())
    assert sentences[0].startswith("2 débiteurs portent 90 % de l’encours des 3 qui doivent quelque chose")
    assert sentences[1] == (
        "Perdre le premier débiteur, Client A1, coûterait 60 € d’un coup (30 % des encaissements de l’année) et 60 €"
        " d’encaissements par an (30 %)."
    )
    assert sentences[2].startswith("Encours élevé, peu de débiteurs : négocier.")


def test_nobody_owes_anything():
    customers, held = simulated(seed=1, customers=20)
    empty = concentration_table(held.assign(open_items_cents=0, overdue_cents=0), customers)
    assert empty["debtors_count"].tolist() == [0, 0, 20]
    assert empty["herfindahl"].isna().tolist() == [True, True, False]
    assert told(empty) == []


@pytest.mark.parametrize(
    ("days", "number", "cell"),
    [
        (59.9, 19.9, "low_few"),
        (59.9, 20.0, "low_many"),
        (60.0, 19.9, "high_few"),
        (60.0, 20.0, "high_many"),
        (None, 20.0, "unknown"),
        (60.0, float("nan"), "unknown"),
    ],
)
def test_cells_of_the_matrix_at_their_thresholds(days, number, cell):
    placed = place_company(receivables_days=days, number=number, policy=MatrixPolicy())
    assert placed["cell"].tolist() == [cell]
    moved = place_company(
        receivables_days=days, number=number, policy=MatrixPolicy(high_receivables_days=1.0, many_customers_number=1.5)
    )
    assert moved["cell"].iloc[0] in ("high_many", "unknown")


def test_every_cell_has_its_french():
    for cell in CELLS:
        assert language("fr").say(strategy(cell)) != strategy(cell).template


def test_stability_by_hand():
    held = positions(("A", 100, 90, 1), ("B", 100, 10, 1), ("C", 100, 20, 1))
    table = attributed(*simulated(seed=1, customers=20)).head(3).assign(
        level="x", code=["a", "b", "c"], excess_overdue_cents=[50, -30, -20]
    )  # fmt: skip
    # Excess of a, b, c: March 20 − 10 = … rates: 30/300: +10, −10, 0; April: 60/300: −20, +40, −20; May, the run's own.
    rows = [("2024-03-31", 20, 0, 10), ("2024-04-30", 0, 60, 0), ("2024-05-31", 90, 10, 20)]
    months = pd.DataFrame(
        [(pd.Timestamp(day), name, 100 - late, late, 0, 100, 0) for day, *lates in rows
         for name, late in zip("ABC", lates, strict=True)],
        columns=["as_of", "customer_id", "not_due_cents", "d1_30_cents", "undated_cents", "receivables_cents",
                 "sales_cents"],
    )  # fmt: skip
    grouping = grouping_of(x=["a", "b", "c"])
    stable = with_stability(table, months, grouping, held["customer_id"], count=12)
    assert stable["stable_months_count"].tolist() == [2, 2, 2]
    # a: + then −, now +: 1/2. b: − then +, now −: 1/2. c: 0 then −, now −: 1/2.
    assert stable["same_sign_share"].tolist() == [0.5, 0.5, 0.5]
    # Ranks now: a 1, c 2, b 3. March: a 1, c 2, b 3: all near. April: b 1, a and c 2.5: a 1.5 away, b 2 away, c 0.5.
    assert stable["same_rank_share"].tolist() == [0.5, 0.5, 1.0]
    one = with_stability(table, months, grouping, held["customer_id"], count=1)
    assert one["stable_months_count"].tolist() == [1, 1, 1]
    none = with_stability(table, months, grouping, held["customer_id"], count=0)
    assert none["stable_months_count"].tolist() == [0, 0, 0]
    assert none["same_sign_share"].isna().all()
